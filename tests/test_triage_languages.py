"""The gate reads Spanish, Portuguese, French and German beside English, and notices danger words of other languages."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures_time import worked
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.html.card import card_html
from assistant.policy.judge import judge, load_policy
from assistant.render import card_text
from assistant.triage.gate import assess, load_protocol
from assistant.triage.languages import fold
from assistant.triage.normalise import plain
from assistant.triage.records import TIERS, Assessment, TriageState

PROTOCOL = load_protocol()
LANGUAGES = PROTOCOL.languages
TABLE = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))
CASES = Path(__file__).parent.parent / "evals" / "cases"


def rows(kind: str) -> list[str]:
    return [message for table in TABLE.values() for message in table[kind]]


def talk(*turns: str) -> Assessment:
    state = TriageState()
    for turn in turns:
        assessment = assess(turn, state, PROTOCOL)
        state = assessment.state
    return assessment


# Words and names of other languages in English messages; such a message is then read in both languages.
LOANED = ("abuela", "Madeira", "DAN")


def english_turns() -> list[str]:
    found: list[str] = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("split") == "dev" and row.get("lang", "en") == "en":
                found += [turn for turn in row["turns"] if not any(word in turn for word in LOANED)]
    return found


@pytest.mark.parametrize("message", rows("dangerous"))
def test_a_danger_sign_in_another_language_stops_the_talk(message: str) -> None:
    assert talk(message).mode == "hard"


@pytest.mark.parametrize("message", rows("mixed"))
def test_a_danger_sign_in_two_languages_at_once_stops_the_talk(message: str) -> None:
    assert talk(message).mode == "hard"


@pytest.mark.parametrize("message", rows("quiet"))
def test_what_is_denied_past_or_ordinary_in_another_language_does_not(message: str) -> None:
    assert talk(message).mode != "hard"


@pytest.mark.parametrize(
    "message",
    [
        "¿y si un día no pudiera orinar? solo pregunto",
        "o que é a síndrome da cauda equina?",
        "was ist ein Schlaganfall?",
    ],
)
def test_a_question_about_a_sign_gets_the_card_and_a_question(message: str) -> None:
    assessment = talk(message)
    assert (assessment.mode, assessment.tier) == ("soft", "none")
    assert assessment.card
    assert assessment.question


def test_no_english_message_of_the_dev_split_has_a_word_that_only_another_language_has() -> None:
    turns = english_turns()
    assert len(turns) > 3_000
    for turn in turns:
        text = plain(turn, PROTOCOL.lexicon.characters)
        assert not LANGUAGES.spoken(text, ()), turn
        assert not LANGUAGES.unreadable(turn, text), turn


def test_an_english_message_is_assessed_as_without_the_languages() -> None:
    nobody = replace(LANGUAGES, read=(), evidence=frozenset(), unread=frozenset(), scripts=re.compile(r"(?!)"))
    alone = replace(PROTOCOL, languages=nobody)
    for turn in english_turns()[::20]:
        assert assess(turn, TriageState(), PROTOCOL) == assess(turn, TriageState(), alone)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz áéñçßü?.,'", max_size=80), st.sampled_from(rows("dangerous")))
@settings(max_examples=60, deadline=None)
def test_words_before_a_danger_sign_never_break_the_gate(noise: str, message: str) -> None:
    assert talk(f"{noise}\n{message}").tier in TIERS


@pytest.mark.parametrize(
    "word", ["pain", "main", "bras", "die", "hat", "not", "dos", "son", "sale", "once", "red", "chat"]
)
def test_a_word_that_is_english_too_says_nothing_about_the_language(word: str) -> None:
    assert word not in LANGUAGES.evidence
    assert not LANGUAGES.spoken(word, ())


def test_a_message_mainly_in_one_language_is_read_with_its_own_denials() -> None:
    assert talk("pas d'incontinence, pas de cancer, juste mal au dos").mode != "hard"
    assert talk("leider kein Tumor, keine Inkontinenz, nur Rückenschmerzen").mode != "hard"


def test_what_one_language_denies_the_other_still_finds() -> None:
    assert talk("my groin is numb, pero no tengo fiebre").mode == "hard"
    assert talk("no fever at all, aber ich kann nicht pinkeln").mode == "hard"


def test_the_same_letters_are_read_with_and_without_their_marks() -> None:
    for message in ("Ich spüre meine Füße nicht", "ich spuere meine fuesse nicht", "ICH SPURE MEINE FUSSE NICHT"):
        assert "bilateral_legs" in talk(message).flags
    assert fold("Weiß, cœur, mañana") == "weiss, coeur, manana"


def test_a_sign_is_put_together_over_two_turns() -> None:
    assert talk("me duele la espalda y no puedo", "orinar").mode == "hard"
    assert talk("je ne sens plus", "mon entrejambe").mode == "hard"


@pytest.mark.parametrize(
    ("begun", "yes", "no"),
    [
        ("me duele la espalda y me baja por la pierna", "sí, las dos", "no, ninguna"),
        ("dor nas costas que desce pela perna", "sim", "não"),
        ("j'ai une sciatique à droite", "oui, un peu", "non"),
        ("Schmerzen ziehen vom Rücken ins linke Bein", "ja", "nein"),
    ],
)
def test_a_short_answer_binds_to_the_question_just_asked(begun: str, yes: str, no: str) -> None:
    assert talk(begun).question
    assert talk(begun, yes).mode == "hard"
    assert talk(begun, no).mode == "soft"


def test_the_card_is_shown_in_the_language_of_the_message_first() -> None:
    card = talk("no puedo orinar y me duele la espalda").card
    assert card
    assert card.translation
    assert card.translation.language == "es"
    for shown in (card_text(card), card_html(card)):
        assert shown.index(card.translation.title) < shown.index(card.title)
        assert "nativo" in shown
        assert "911" in shown
    assert 'lang="es"' in card_html(card)


def test_the_text_fits_the_tier_and_stays_in_later_turns() -> None:
    title = {key: text.title for key, text in PROTOCOL.shelf.translations.items()}
    later = talk("ich kann nicht pinkeln", "ok").card
    assert later
    assert later.translation
    assert later.translation.title == title["de", "emergency"]
    urgent = talk("dolor constante entre los omóplatos desde hace diez días, no cambia si descanso").card
    assert urgent
    assert urgent.translation
    assert urgent.translation.title == title["es", "urgent"]
    crisis = talk("je pense à me tuer").card
    assert crisis
    assert crisis.translation
    assert crisis.translation.title == title["fr", "crisis"]
    english = talk("i can't feel my groin").card
    assert english
    assert english.translation is None


@pytest.mark.parametrize(
    "message",
    [
        "non riesco a urinare e ho mal di schiena",
        "ik kan niet plassen en mijn rug doet pijn",
        "nie mogę oddychać, boli mnie klatka piersiowa",
        "sırtım ağrıyor, bacaklarımı hissetmiyorum",
        "hindi ako makahinga, masakit ang dibdib ko",
        "я не чувствую ноги",
        "لا أستطيع التنفس",
        "我的腿麻木,不能小便",
        "背中が痛くて足がしびれています",
        "허리가 아프고 다리에 감각이 없어요",
        "ปวดหลังมาก ขาชา",
        "मेरी पीठ में दर्द है",
        "לא מצליח להשתין",
        "δεν μπορώ να αναπνεύσω",
    ],
)
def test_a_danger_word_of_a_language_that_is_not_read_gets_the_general_card(message: str) -> None:
    assessment = talk(message)
    assert assessment.mode == "soft"
    assert assessment.card
    assert assessment.card.id == "general_emergency"
    assert assessment.question
    assert assess("yes", assessment.state, PROTOCOL).mode == "hard"


def test_other_words_of_such_a_language_get_none() -> None:
    assert talk("Ciao, come stai?").mode == "none"
    assert talk("你好").mode == "none"


@pytest.mark.parametrize(
    ("message", "own"),
    [
        ("¿qué estiramientos hago para la espalda?", "inglés"),
        ("quais alongamentos faço para as costas?", "inglês"),
        ("quels étirements pour mon dos ?", "anglais"),
        ("welche Übungen helfen für den Rücken?", "Englisch"),
    ],
)
def test_an_ordinary_message_gets_one_line_in_its_language_and_one_in_english(message: str, own: str) -> None:
    assert talk(message).mode == "none"
    verdict = judge(message, load_policy())
    assert (verdict.outcome, verdict.reason, len(verdict.lines)) == ("notice", "language", 2)
    assert any(own in line for line in verdict.lines)
    assert any("in English" in line for line in verdict.lines)


def test_the_state_keeps_the_language_and_no_words() -> None:
    state = talk("me duele la espalda desde ayer").state
    assert state.languages == ("es",)
    assert TriageState.from_json(state.as_json()) == state


@pytest.mark.parametrize(
    "piece", ["no puedo ", "spüre meine ", "je ne sens ", "não ", "kann ich ", "no tengo no puedo ", "痛", "боль "]
)
def test_ten_times_the_text_takes_at_most_some_twenty_times_the_time(piece: str) -> None:
    def seconds(text: str) -> float:
        return worked(lambda: assess(text, TriageState(), PROTOCOL))

    short, long = seconds(piece * (3_000 // len(piece))), seconds(piece * (30_000 // len(piece)))
    assert long < 25 * short + 0.05
