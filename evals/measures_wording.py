"""How an answer is worded: numbers and negations as quoted, how hard it is to read, how long, how often it repeats.

The word lists are in measures.toml. None means that the measure does not apply. A case that crashed has no text;
whoever scores it enters 0, not None.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from evals.measures_answers import as_read, corrections, without_corrections

LISTS = Path(__file__).with_name("measures.toml")
DUPLICATE_FROM = 0.8

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%°–—-]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*(?:[.,]\d+)*")
_MARK = re.compile(r"\[\d+\]")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\"'”’)\]]*(?:\s|$))|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^aeiouytd]ed|[^aeiouylszxcgh]es|[^aeiouyl]e|[aeiouy]le|[aeiouy]les)$")


@dataclass(frozen=True)
class _Lists:
    negations: frozenset[str]
    joiners: frozenset[str]
    function_words: frozenset[str]
    units: dict[str, str]  # as written -> its one name
    numbers: dict[str, float]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    rows = tomllib.loads(LISTS.read_text(encoding="utf-8"))
    return _Lists(
        negations=frozenset(rows["negations"]),
        joiners=frozenset(rows["joiners"]),
        function_words=frozenset(rows["function_words"]),
        units={written: name for name, forms in rows["units"].items() for written in forms},
        numbers={word: float(value) for word, value in rows["numbers"].items()},
    )


def numbers_agree(statement_text: str, quote_texts: Sequence[str]) -> bool:
    """Whether numbers, their units and the negations of a statement are those of each of its quotes, taken alone.

    Compared are the numbers (digits or words) with the unit that follows each, and how many negations there are; all
    as often as they occur, in any order. Corrections in [brackets] are removed first and may not bring a number of
    their own. It is a guard and no proof: a statement may agree in all of them and still say something else. The
    block's text is meant, which has no marks [n]. False for a statement without a quote.
    """
    if not quote_texts or any(_quantities(_tokens(added)) for added in corrections(statement_text)):
        return False
    said = _compared(without_corrections(statement_text))
    return all(_compared(quote) == said for quote in quote_texts)


def _compared(text: str) -> tuple[Counter[tuple[float, str]], int]:
    tokens = _tokens(text)
    negations = sum(token in _lists().negations or token.endswith("n't") for token in tokens)
    return Counter(_quantities(tokens)), negations


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.replace("’", "'").lower())


def _quantities(tokens: Sequence[str]) -> list[tuple[float, str]]:
    """Each number with its unit, or ""."""
    found = []
    for place, token in enumerate(tokens):
        unit = _unit_after(tokens, place)
        value = 1.0 if token == "one" and unit else _number(token)
        if value is not None:
            found.append((value, unit))
    return found


def _unit_after(tokens: Sequence[str], place: int) -> str:
    """The unit that follows a number, over the rest of a range (10 to 15 seconds); "" for none."""
    for token in tokens[place + 1 :]:
        if token in _lists().units:
            return _lists().units[token]
        if token not in _lists().joiners and _number(token) is None:
            return ""
    return ""


def _number(token: str) -> float | None:
    if not token[0].isdigit():
        return _lists().numbers.get(token)
    thousands = re.sub(r",(?=\d{3}(?:\D|$))", "", token).replace(",", ".")
    whole, _, decimals = thousands.partition(".")
    return float(f"{whole}.{decimals.replace('.', '')}")


def words(text: str) -> int:
    """How many words the text has; a number is one, a hyphenated word too, marks like [1] are none."""
    return len(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(as_read(_MARK.sub(" ", text)))


def readability(text: str) -> float | None:
    """Flesch-Kincaid grade: years of US school needed to read the text, about -3 to 20; lower is easier.

    0.39 words/sentences + 11.8 syllables/words - 15.59 (Kincaid and others, Research Branch Report 8-75, 1975). A
    sentence ends at . ! or ? before a space, and at a new line. Syllables are guessed; see `syllables`. None for a
    text without words. Of use for comparing runs; a single short text can be years off.
    """
    found = _words(text)
    if not found:
        return None
    sentences = sum(bool(_words(part)) for part in _SENTENCE_END.split(as_read(_MARK.sub(" ", text))))
    return 0.39 * len(found) / sentences + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def syllables(word: str) -> int:
    """A guess at the syllables of an English word, at least 1.

    Runs of vowels (a e i o u y) are counted, less one for a silent ending: e after a consonant (hope; not after l, as
    in table), es (hopes; not after l, s, z, x, c, g or h), ed (moved; not after t or d), le and les after a vowel
    (pile). The parts of a hyphenated word are counted apart; a number counts as 1. Right for most words; wrong, for
    instance, for two vowels said apart (idea is 3, the guess 2) and a silent e inside (movement is 2, the guess 3).
    """
    return sum(_syllables(part) for part in re.split(r"[-’']", word.lower()) if len(part) > 1) or 1


def _syllables(part: str) -> int:
    silent = bool(_SILENT.search(part))
    return max(1, len(_VOWELS.findall(part)) - silent)


def duplicate_advice(texts: Sequence[str]) -> float | None:
    """Share of the statements that repeat another one of the same answer, in [0, 1]; None for no statements.

    A statement repeats another when at least 0.8 of its different content words stand in the other too. So of a short
    statement and a longer one that says more, only the short one repeats. Content words are all but the function
    words of measures.toml, in lower case, numbers among them; word forms are not brought together.
    """
    if not texts:
        return None
    contents = [frozenset(_tokens_of_content(text)) for text in texts]
    repeating = [
        any(_repeats(one, other) for other in (*contents[:place], *contents[place + 1 :]))
        for place, one in enumerate(contents)
    ]
    return sum(repeating) / len(texts)


def _tokens_of_content(text: str) -> list[str]:
    lowered = (word.lower().replace("’", "'") for word in _words(text))
    return [word for word in lowered if word not in _lists().function_words]


def _repeats(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and len(one & other) >= DUPLICATE_FROM * len(one)
