"""Conversations that nobody would write, made by a dice: what people say, spliced, broken and buried."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answer import LONGEST_READ
from corpus.library import Corpus
from corpus.sentences import split
from evals.cases import Case
from evals.variants import read_wordings, with_typos

MOST_TURNS = 5
MOST_REPEATED = 5_100_000  # characters, more or less
WARNINGS = 0.15  # the share of turns that are one
FOLLOW_UPS = (
    "why?", "and then?", "the second one", "how often?", "yes", "no", "yes both", "more", "what else?", "and my neck?",
    "are you sure?", "start again", "thanks", "ok", "2", "can I still lift?", "", " ", "jk", "it was my brother", "?",
)  # fmt: skip
# Control, bidirectional, zero-width and unassigned characters, half characters, piles of accents, emoji.
ODD = (
    "\x00", "\x07", "\x1b[2J", "\x85", "\u200b", "\u200d", "\u202e", "\u2066", "\u2028", "\ufeff", "\u00ad", "\ufffd",
    "\U0010ffff", "\ue000", "\ud800", "\udcff", "e\u0301" * 40, "🤷", "👨\u200d👩\u200d👧", "🇬🇧", "%s %n {0}", "\\",
    "\t\r\n", "¨", "\u3164", "\u0301", "\U000e0041",
)  # fmt: skip
# Those beside which a warning is read as if they were not there.
HARMLESS = ("\x00", "\x1b[2J", "\x85", "\u200b", "\u202e", "\u3164", "\ufeff", "🤷", "\U0010ffff", "\ud800", "\udcff")
SCRIPTS = (
    "मेरी पीठ में दर्द है", "我的背很痛", "ظهري يؤلمني", "у меня болит спина", "הגב שלי כואב", "허리가 아파요", "ﷺ" * 20,
    "me duele la espalda", "j'ai mal au dos", "mein Rücken tut weh", "minhas costas doem", "İıßﬁ ǅ K Å", "𝓷𝓮𝓬𝓴 𝔭𝔞𝔦𝔫",
    "ｎｅｃｋ",
)  # fmt: skip
MARKUP = (
    "<script>{}</script>", "<b>{}</b>", "[{}](javascript:x)", "```\n{}\n```", "**{}**", '{{"turns": ["{}"]}}',
    "[1] {} [2]", "# {}", "<!-- {} -->", "'; DROP TABLE x; -- {}", "&lt;{}&gt;", "> {}", "| {} |", "\\begin{{x}}{}",
    "{} [[withheld]]", "https://x.example/?q={}", "quote characters 0-500: {}",
)  # fmt: skip
NUMBERS = (
    "0", "-1", "10/10", "999999999999", "9" * 5000, "1e400", "²", "½", "١٢", "1,5", "3.", "0x1f", "1/0", "10-12x3",
    "NaN", "1st", "31 years old", "for 2 weeks", "10 out of 10",
)  # fmt: skip

Dice = random.Random
Change = Callable[[str, Dice, "Words"], str]


@dataclass(frozen=True)
class Words:
    """What messages are made of; `emergencies` are those of the cases that should stop a conversation."""

    ordinary: tuple[str, ...]
    questions: tuple[str, ...]
    sentences: tuple[str, ...]
    exercises: tuple[str, ...]
    emergencies: tuple[str, ...]
    orders: tuple[str, ...]  # texts around {text}

    def any(self, dice: Dice) -> str:
        """One text that is no emergency."""
        kinds = [kind for kind in (self.ordinary, self.questions, self.sentences, self.exercises) if kind]
        return dice.choice(dice.choice([*kinds, FOLLOW_UPS]))


@dataclass(frozen=True)
class Said:
    """A message and how it was made; `emergency` is the warning that is in it word for word, "" for none.

    `promised`: nothing in or before the message may keep the gate from reading the warning as it does alone. What was
    said before may: the second detector weighs the last turns together.
    """

    text: str
    made: tuple[str, ...]
    emergency: str = ""
    promised: bool = False


def words_of(cases: Sequence[Case], corpus: Corpus) -> Words:
    """What there is to say: the dev cases, the corpus, and the questions asked of it."""
    dev = [case for case in cases if case.split == "dev"]
    stops = [case for case in dev if case.set == "red_flag" and case.expect.get("tier") in ("emergency", "urgent")]
    ids = {case.id for case in stops}
    return Words(
        ordinary=tuple(turn for case in dev if case.id not in ids for turn in case.turns),
        questions=tuple(one.question for one in corpus.asked_as()),
        sentences=tuple(article.text[start:end] for article in corpus.articles for start, end in split(article.text)),
        exercises=tuple(name for one in corpus.exercises.values() for name in (one.name, *one.names, one.ask)),
        emergencies=tuple(case.turns[0] for case in stops if len(case.turns) == 1),
        orders=tuple(text for kind in read_wordings().values() for text in kind),
    )


def talk(seed: int, index: int, words: Words) -> tuple[Said, ...]:
    """The turns of one conversation, 1 to MOST_TURNS; the same for the same seed and index."""
    dice = Dice(f"{seed} {index}")
    turns = dice.choice((1, 1, 2, 2, 3, MOST_TURNS))
    return tuple(
        _warning(dice, words, turn) if dice.random() < WARNINGS else _message(dice, words, turn)
        for turn in range(turns)
    )


def _message(dice: Dice, words: Words, turn: int) -> Said:
    if turn and dice.random() < 0.3:
        text, made = dice.choice(FOLLOW_UPS), "follow-up"
    else:
        text, made = words.any(dice), "plain"
    names = dice.sample(sorted(CHANGES), dice.choice((0, 1, 1, 2, 3)))
    for name in names:
        text = CHANGES[name](text, dice, words)
    return Said(text, (made, *names))


def _warning(dice: Dice, words: Words, turn: int) -> Said:
    """A warning of the cases, word for word, alone or inside something else."""
    text = dice.choice(words.emergencies)
    name = dice.choice(sorted(WRAPPINGS))
    made = ("warning", name, "later") if turn else ("warning", name)
    return Said(WRAPPINGS[name](text, dice, words), made, text, name in PROMISED and not turn)


def _beside_odd(text: str, dice: Dice, _: Words) -> str:
    before, after = ("".join(dice.choices(HARMLESS, k=dice.randrange(4))) for _ in range(2))
    return f"{before}{text}{after}"


def _ordered(text: str, dice: Dice, words: Words) -> str:
    return dice.choice(words.orders).replace("{text}", text)


def _among(text: str, dice: Dice, words: Words) -> str:
    return _joined([words.any(dice), text, words.any(dice)], dice)


def _after_long(text: str, dice: Dice, words: Words) -> str:
    return f"{_long('', dice, words)} {text}"


def _joined(parts: Sequence[str], dice: Dice) -> str:
    return dice.choice((" ", ". ", "\n\n", ", ", " and ", "; ")).join(parts)


def _spliced(text: str, dice: Dice, words: Words) -> str:
    other = words.any(dice)
    return text[: dice.randint(0, len(text))] + other[dice.randint(0, len(other)) :]


def _truncated(text: str, dice: Dice, _: Words) -> str:
    start = dice.randint(0, len(text))
    return text[start : dice.randint(start, len(text))]


def _sprinkled(text: str, dice: Dice, words: Words) -> str:
    for _ in range(dice.randint(1, 8)):
        at = dice.randint(0, len(text))
        text = text[:at] + dice.choice(ODD) + text[at:]
    return text


def _shuffled(text: str, dice: Dice, _: Words) -> str:
    parts = text.split()
    dice.shuffle(parts)
    return " ".join(parts)


def _bracketed(text: str, dice: Dice, _: Words) -> str:
    depth = dice.choice((1, 2, 50, 2000))
    opened, closed = dice.choice(("()", "[]", "{}", "<>", "“”", "**"))
    return opened * depth + text + closed * dice.choice((depth, depth - 1))


def _long(text: str, dice: Dice, words: Words) -> str:
    """Text up to a length at random, now and then beyond what the gate reads whole."""
    length = dice.choice((500, 2_000, 5_000, 20_000, LONGEST_READ + 1000))
    piece = _joined([words.any(dice) for _ in range(8)], dice) + dice.choice((" ", "\n", "", "a" * 300))
    return (text + " " + piece * (1 + length // len(piece)))[:length]


def _repeated(text: str, dice: Dice, _: Words) -> str:
    times = min(dice.choice((2, 3, 30, 1000)), 1 + MOST_REPEATED // (len(text) + 1))
    return _joined([text] * times, dice)


def _with_number(text: str, dice: Dice, _: Words) -> str:
    parts = text.split(" ")
    parts.insert(dice.randint(0, len(parts)), dice.choice(NUMBERS))
    return " ".join(parts)


def _odd_case(text: str, dice: Dice, _: Words) -> str:
    return "".join(letter.upper() if dice.random() < 0.5 else letter.lower() for letter in text)


CHANGES: dict[str, Change] = {
    "typos": lambda text, dice, words: with_typos(text, dice),
    "capitals": lambda text, dice, words: text.upper(),
    "odd case": _odd_case,
    "spliced": _spliced,
    "joined": lambda text, dice, words: _joined([text, words.any(dice)], dice),
    "truncated": _truncated,
    "repeated": _repeated,
    "sprinkled": _sprinkled,
    "shuffled": _shuffled,
    "markup": lambda text, dice, words: dice.choice(MARKUP).format(text),
    "brackets": _bracketed,
    "long": _long,
    "number": _with_number,
    "script": lambda text, dice, words: _joined([text, dice.choice(SCRIPTS)], dice),
    "order": _ordered,
    "backwards": lambda text, dice, words: text[::-1],
}

# How a warning is buried, and where the gate promises to read it all the same.
WRAPPINGS: dict[str, Change] = {
    "alone": lambda text, dice, words: text,
    "beside odd characters": _beside_odd,
    "capitals": lambda text, dice, words: text.upper(),
    "order": _ordered,
    "among others": _among,
    "before another": lambda text, dice, words: _joined([text, words.any(dice)], dice),
    "after something long": _after_long,
    "markup": lambda text, dice, words: dice.choice(MARKUP).format(text),
    "script": lambda text, dice, words: _joined([text, dice.choice(SCRIPTS)], dice),
    "number": lambda text, dice, words: _joined([dice.choice(NUMBERS), text], dice),
}
PROMISED = frozenset({"alone", "beside odd characters", "capitals"})
