"""The corpus as a whole: what loads, what is refused, and what holds for every passage of the real one."""

import shutil

import pytest

from corpus.curation import CurationError, mended
from corpus.library import load
from corpus.records import Span
from corpus.sources import CORPUS, SourceError

TEXT = "Neck\n\nRest helps.\n\nneck roll\n\n1. Turn your head.\n2. Repeat it twice.\n\nBuy our pillow.\n"
WITHHELD = '[[withhold]]\nquote = "{}"\nreason = "promotion"\nwhy = "So."\n'
CONFLICT = """
[[conflict]]
id = "rest"
title = "Rest or move"
positions = [{source = "neck", quote = "Rest helps."}, {source = "back", quote = "Rest helps."}]
"""


def exercise(id_="neck-roll", place='section = "neck roll"', state="served", reason="reason = 'Unsafe.'"):
    return (
        f'[[exercise]]\nid = "{id_}"\nname = "Neck roll"\nnames = ["head circle"]\n{place}\nstate = "{state}"\n'
        f'{reason}\nregions = ["neck"]\nload = "mobility"\n'
    )


def test_only_reviewed_articles_are_in_the_corpus_but_all_sources_are_listed(small_corpus_folder):
    articles = {"neck": TEXT, "back": TEXT, "legs": TEXT}
    corpus = load(small_corpus_folder(articles, sources={"back": {"state": "draft"}, "legs": {"state": "withdrawn"}}))
    assert list(corpus.by_source) == ["neck"]
    assert [source.id for source in corpus.sources] == ["neck", "back", "legs"]
    assert {passage.source_id for passage in corpus.passages.values()} == {"neck"}


def test_an_article_that_is_not_citable_need_not_be_there(small_corpus_folder):
    folder = small_corpus_folder({"neck": TEXT, "back": TEXT}, sources={"back": {"state": "withdrawn"}})
    (folder / "articles" / "back.txt").unlink()
    assert list(load(folder).by_source) == ["neck"]


def test_a_tampered_article_stops_the_whole_corpus_with_its_name(small_corpus_folder):
    folder = small_corpus_folder({"neck": TEXT, "back": TEXT})
    (folder / "articles" / "back.txt").write_text(TEXT.replace("helps", "harms"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"back\.txt is not the one that was reviewed"):
        load(folder)


def test_an_exercise_has_its_steps_in_order_and_they_know_it(small_corpus_folder):
    corpus = load(small_corpus_folder({"neck": TEXT}, overlays={"neck": exercise()}))
    steps = corpus.exercises["neck-roll"].passages
    assert [corpus.passages[step].text for step in steps] == ["Turn your head.", "Repeat it twice.", "Buy our pillow."]
    assert {passage.id for passage in corpus.passages.values() if passage.exercise == "neck-roll"} == set(steps)


def test_an_exercise_may_be_placed_by_quotes_of_its_steps(small_corpus_folder):
    place = 'quotes = ["Turn your head.", "twice"]'
    corpus = load(small_corpus_folder({"neck": TEXT}, overlays={"neck": exercise(place=place)}))
    assert len(corpus.exercises["neck-roll"].passages) == 2


def test_a_withheld_exercise_is_known_by_name_and_has_no_steps(small_corpus_folder):
    overlay = WITHHELD.format("1. Turn your head.\\n2. Repeat it twice.\\n\\nBuy our pillow.")
    folder = small_corpus_folder({"neck": TEXT}, overlays={"neck": overlay + exercise(state="withheld")})
    found = load(folder).exercises["neck-roll"]
    assert (found.state, found.reason, found.passages) == ("withheld", "Unsafe.", ())


@pytest.mark.parametrize(
    ("overlay", "problem"),
    [
        (exercise(state="withheld"), "has citable steps but is withheld"),
        (exercise(place='section = "no such heading"'), "has no citable step"),
        (WITHHELD.format("Turn your head.") + exercise(place='quotes = ["Turn your head."]'), "has no citable step"),
    ],
)
def test_an_exercise_whose_state_does_not_fit_its_steps_is_refused(small_corpus_folder, overlay, problem):
    with pytest.raises(CurationError, match=rf"neck\.toml: the exercise 'neck-roll' {problem}"):
        load(small_corpus_folder({"neck": TEXT}, overlays={"neck": overlay}))


def test_what_stands_elsewhere_and_holds_for_an_exercise_comes_with_it_and_remains_a_statement(small_corpus_folder):
    place = 'section = "neck roll"\nalso = ["Rest helps."]'
    corpus = load(small_corpus_folder({"neck": TEXT}, overlays={"neck": exercise(place=place)}))
    (also,) = corpus.exercises["neck-roll"].also
    assert corpus.passages[also].text == "Rest helps."
    assert corpus.passages[also].exercise == ""


def test_what_also_holds_but_is_withheld_is_refused(small_corpus_folder):
    overlay = WITHHELD.format("Rest helps.") + exercise(place='section = "neck roll"\nalso = ["Rest helps."]')
    with pytest.raises(CurationError, match=r"what also holds for the exercise 'neck-roll' is withheld"):
        load(small_corpus_folder({"neck": TEXT}, overlays={"neck": overlay}))


def test_an_exercise_that_is_named_in_passing_does_not_make_a_step_of_the_sentence(small_corpus_folder):
    overlay = exercise(place='quotes = ["Rest helps."]', state="mentioned").replace('"mobility"', '"none"')
    corpus = load(small_corpus_folder({"neck": TEXT}, overlays={"neck": overlay}))
    (said,) = corpus.exercises["neck-roll"].passages
    assert corpus.passages[said].exercise == ""


def test_two_exercises_of_one_id_are_refused(small_corpus_folder):
    overlays = {"neck": exercise(), "back": exercise()}
    with pytest.raises(CurationError, match=r"exercise id 'neck-roll'"):
        load(small_corpus_folder({"neck": TEXT, "back": TEXT}, overlays=overlays))


def test_a_conflict_shows_the_passages_that_state_its_sides(small_corpus_folder):
    (conflict,) = load(small_corpus_folder({"neck": TEXT, "back": TEXT}, conflicts=CONFLICT)).conflicts
    assert [one.passage_id for one in conflict.positions] == ["neck#neck.1", "back#neck.1"]
    assert conflict.note is None


def test_a_side_whose_article_is_not_citable_is_left_out(small_corpus_folder):
    sources = {"back": {"state": "draft"}}
    (conflict,) = load(small_corpus_folder({"neck": TEXT, "back": TEXT}, conflicts=CONFLICT, sources=sources)).conflicts
    assert [one.source_id for one in conflict.positions] == ["neck"]


def test_a_side_that_is_withheld_is_refused(small_corpus_folder):
    overlays = {"back": WITHHELD.format("Rest helps.")}
    with pytest.raises(SourceError, match=r"conflicts\.toml, rest: 'Rest helps\.' is withheld"):
        load(small_corpus_folder({"neck": TEXT, "back": TEXT}, overlays=overlays, conflicts=CONFLICT))


def test_a_side_that_is_not_in_its_article_is_refused(small_corpus_folder):
    conflicts = CONFLICT.replace('"back", quote = "Rest helps."', '"back", quote = "Rest harms."')
    with pytest.raises(CurationError, match=r"conflicts\.toml, rest.*occurs 0 times"):
        load(small_corpus_folder({"neck": TEXT, "back": TEXT}, conflicts=conflicts))


def test_the_real_corpus_loads_from_another_folder_to_the_same_passages(real_corpus, tmp_path):
    copy = shutil.copytree(CORPUS, tmp_path / "corpus", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert load(copy).passages == real_corpus.passages


# What must hold for every passage of the real corpus.


def shown_spans(passage):
    lead = [Span(passage.lead.start, passage.lead.end)] if passage.lead else []
    return [passage.span, *lead]


def test_every_quote_of_the_real_corpus_is_the_article_to_the_letter(real_corpus):
    for article in real_corpus.articles:
        assert article.passages
        for passage in article.passages:
            assert passage.text == article.text[passage.start : passage.end]
            if passage.lead:
                assert passage.lead.text == article.text[passage.lead.start : passage.lead.end]


def test_no_passage_and_no_lead_of_the_real_corpus_touches_a_withheld_span(real_corpus):
    checked = 0
    for article in real_corpus.articles:
        for withheld in article.withheld:
            for passage in article.passages:
                assert not any(withheld.span.overlaps(span) for span in shown_spans(passage)), passage.id
                checked += 1
    assert checked > 1000


def test_no_withheld_words_of_the_real_corpus_come_back_from_another_place(real_corpus):
    """A withheld sentence that the article repeats elsewhere must be withheld there too."""
    shown = "\n".join(" ".join(passage.text.split()) for passage in real_corpus.passages.values())
    for article in real_corpus.articles:
        for withheld in article.withheld:
            words = " ".join(article.text[withheld.span.start : withheld.span.end].split())
            assert len(words) < 25 or words not in shown


def test_no_article_heading_over_a_passage_is_withheld(real_corpus):
    for article in real_corpus.articles:
        cited = {passage.section_id for passage in article.passages}
        for section in article.sections:
            if section.id in cited:
                for heading in section.path:
                    place = Span(heading.start, heading.end)
                    assert heading.by == "editor" or not any(one.span.overlaps(place) for one in article.withheld)


def test_passages_of_the_real_corpus_have_ids_of_their_own_and_do_not_share_words(real_corpus):
    assert len(real_corpus.passages) == sum(len(article.passages) for article in real_corpus.articles)
    for article in real_corpus.articles:
        edges = [edge for passage in article.passages for edge in (passage.start, passage.end)]
        assert edges == sorted(edges)


STATES = {
    "withheld": {"cervical-traction", "neck-roll", "knees-to-chest", "thoracic-extension", "neck-cracking"}
    | {"rectus-femoris-stretch", "paraspinal-stretches", "tech-neck-yoga"},
    "corrected": {"overhead-arm-reach", "chair-rotation", "cat-cow", "row", "face-pull", "wall-angel", "reverse-fly"}
    | {"lat-pulldown", "superman", "chest-stretch"},
    # Given as something to do, but without telling how.
    "mentioned": {
        "leg-swings",
        "arm-circles-warm-up",
        "torso-twists",
        "high-knees",
        "jumping-jacks",
        "piriformis-stretch",
    }
    | {"straight-leg-raise", "cat-camel", "upper-spine-mobility", "plank-chop-lift", "planks-and-bridges"}
    | {"foam-roll-before-deadlift", "foam-rolling-after-workout", "thread-the-needle", "neck-isometrics"}
    | {"cat-cow-chin-tuck", "scapular-slide"}
    # Named in passing.
    | {"hip-hinge", "squat", "squat-after-workout", "deadlift-variations", "one-rep-max", "myofascial-stretching"}
    | {"yoga", "yoga-after-workout", "pilates", "light-jogging", "biking", "trap-and-levator-stretches"}
    | {"neck-bridge", "backbend", "overhead-lifts", "movement-snack"},
}


def test_every_exercise_of_the_real_corpus_is_served_corrected_mentioned_or_withheld_as_decided(real_corpus):
    assert len(real_corpus.exercises) == 73
    for id_, exercise in real_corpus.exercises.items():
        decided = next((state for state, ids in STATES.items() if id_ in ids), "served")
        assert (id_, exercise.state) == (id_, decided)


def test_an_exercise_of_the_real_corpus_that_is_not_served_says_why_and_a_withheld_one_has_no_step(real_corpus):
    for exercise in real_corpus.exercises.values():
        assert bool(exercise.passages) == (exercise.state != "withheld")
        assert exercise.state in ("served", "mentioned") or exercise.reason
        assert exercise.ask.endswith("?")


def test_a_corrected_exercise_of_the_real_corpus_has_a_correction_among_its_steps_or_its_name_restored(real_corpus):
    for exercise in real_corpus.exercises.values():
        if exercise.state == "corrected":
            article = real_corpus.by_source[exercise.source_id]
            steps = [real_corpus.passages[step] for step in exercise.passages]
            mends = any(mended(step.text, step.start, article.mends) != step.text for step in steps)
            assert mends or any(step.heading_by == "editor" for step in steps), exercise.id


def test_the_steps_of_a_real_exercise_stand_in_order(real_corpus):
    for exercise in real_corpus.exercises.values():
        places = [real_corpus.passages[step].start for step in exercise.passages]
        assert places == sorted(places)


def test_childs_pose_is_served_step_by_step(real_corpus):
    steps = [real_corpus.passages[step] for step in real_corpus.exercises["childs-pose"].passages]
    assert [(step.kind, step.text.split(",")[0].split(".")[0]) for step in steps] == [
        ("field", "Good for: shoulders; upper"),
        ("item", "Start on all fours on the ground"),
        ("item", "When your big toes touch"),
        ("item", "Sit up straight and stretch your arms above your head"),
        ("item", "On the next exhalation"),
        ("item", "Let your forehead touch the floor"),
        ("item", "Hold for at least 15 seconds"),
    ]
    assert steps[-1].role == "volume"
    assert all({"shoulders", "lower back"} <= set(step.regions) for step in steps)


def test_the_rows_of_a_real_table_are_quoted_whole_and_shown_with_columns_parted(real_corpus):
    article = real_corpus.by_source["back-pain-after-workout"]
    rows = [passage for passage in article.passages if passage.kind == "row"]
    assert len(rows) == 10
    (legs,) = [passage for passage in rows if passage.text.startswith("Leg Swings")]
    assert legs.text == "Leg Swings Loosen hip and thigh muscles"
    assert mended(legs.text, legs.start, article.mends) == "Leg Swings[:] Loosen hip and thigh muscles"
    assert not any(row.text in ("Exercise Purpose", "Strategy Benefit") for row in rows)


def test_every_side_of_a_real_conflict_is_a_passage(real_corpus):
    assert len(real_corpus.conflicts) == 7
    for conflict in real_corpus.conflicts:
        assert len(conflict.positions) >= 2
        for position in conflict.positions:
            assert real_corpus.passages[position.passage_id].source_id == position.source_id


@pytest.mark.parametrize(
    ("source_id", "words"),
    [
        ("neck-after-lifting", "Neck Cloud"),
        ("neck-after-lifting", "rolled towel under neck"),
        ("cervical-stiffness", "epidural"),
        ("cervical-stiffness", "Pillar"),
        ("back-pain-exercises", "(Video)"),
        ("back-pain-exercises", "cyclobenzaprine"),
        ("back-pain-exercises", "Dsuvia"),
        ("back-pain-exercises", "over-the-counter pain relievers"),
        ("back-pain-exercises", "Quigley Dam"),
        ("back-pain-after-deadlift", "FREE Access"),
        ("back-pain-after-deadlift", "directly damage the spine"),
        ("back-pain-after-workout", "BCAA"),
        ("back-pain-after-workout", "anti-inflammatory medication"),
        ("back-pain-after-workout", "yoga mat, with muscle anatomy diagrams"),
    ],
)
def test_promotion_medicine_and_page_furniture_are_in_the_article_and_in_no_passage(real_corpus, source_id, words):
    article = real_corpus.by_source[source_id]
    assert words in article.text.replace("\N{NO-BREAK SPACE}", " ")
    for passage in article.passages:
        assert words not in passage.text.replace("\N{NO-BREAK SPACE}", " ")
        assert words not in (passage.lead.text if passage.lead else "")
