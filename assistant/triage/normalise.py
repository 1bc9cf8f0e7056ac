"""Makes plain words out of whatever was typed, so that tricks, typos and capitals hide no sign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# One alternative per kind of piece, no nested repeats: each character is looked at once.
PIECES = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W_]+(?:'[^\W_]+)*|[.!?;\n]|[,:()\[\]\"/–—-]")
SENTENCE_ENDS = frozenset(".!?;\n")
SHORTEST, LONGEST = 5, 20  # letters of a word whose spelling may be put right
QUOTE_MARKS = dict.fromkeys("’‘`´ʼ＇", "'") | dict.fromkeys("“”„«»", '"')

ASCII_CONTROLS: dict[int, str | None] = {**dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127)), ord("`"): "'"}
# What a terminal sends for an arrow key, or for a colour: its letter and digits are nobody's words.
ESCAPES = re.compile(r"\x1b(?:\[\d[\d;]*[A-Za-z~]|[\[O][A-DHF])")
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters that look like a blank


@dataclass(frozen=True)
class Words:
    """A message as words. All tuples have one entry for each word, in order.

    `sentence` numbers the sentences from 0; `comma` is true where a comma, dash, bracket or colon stands
    before the word; `asked` is true for each word of a sentence that ends in a question mark; `quoted`
    for words between quotation marks.
    """

    words: tuple[str, ...]
    sentence: tuple[int, ...]
    comma: tuple[bool, ...]
    asked: tuple[bool, ...]
    quoted: tuple[bool, ...]


def plain(text: str, characters: Mapping[str, str]) -> str:
    """Lower-case text without invisible characters, accents and look-alike letters.

    `characters` maps single characters (look-alikes, emoji) to what they stand for.
    """
    if "\x1b" in text:
        text = ESCAPES.sub("", text)
    if text.isascii():
        return text.translate(ASCII_CONTROLS).lower().replace("\r", "\n")
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    table = {ord(character): _folded(character, characters) for character in set(apart)}
    return apart.translate(table).lower().replace("\r", "\n")


def _folded(character: str, characters: Mapping[str, str]) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Cf", "Me") or (category == "Cc" and character not in "\n\t\r"):
        return ""
    if character in FILLERS:
        return " "
    return characters.get(character) or QUOTE_MARKS.get(character) or character


class Splitter:
    """Splits plain text into words, expanding contractions and putting right what is no known word."""

    def __init__(
        self,
        contractions: Mapping[str, tuple[str, ...]],
        known: frozenset[str],
        leet: Mapping[str, str],
        correct: Corrector,
    ) -> None:
        self.contractions = contractions
        self.known = known
        self.leet = str.maketrans(dict(leet))
        self.correct = correct

    def split(self, text: str) -> Words:
        """`text` as `plain` gives it. Linear in its length."""
        rows: list[tuple[str, int, bool, bool]] = []
        questions: set[int] = set()
        memo: dict[str, tuple[str, ...]] = {}
        sentence, comma, quoted = 0, False, False
        for piece in pieces(text):
            if piece in SENTENCE_ENDS:
                if piece == "?":
                    questions.add(sentence)
                if rows and rows[-1][1] == sentence:
                    sentence += 1
                comma = False
            elif piece[0].isalnum():
                parts = memo.get(piece)
                if parts is None:
                    parts = memo[piece] = self.repair(piece)
                for part in parts:
                    rows.append((part, sentence, comma, quoted))
                    comma = False
            else:
                quoted = not quoted if piece == '"' else quoted
                comma = comma or piece not in "-/"
        return Words(
            words=tuple(row[0] for row in rows),
            sentence=tuple(row[1] for row in rows),
            comma=tuple(row[2] for row in rows),
            asked=tuple(row[1] in questions for row in rows),
            quoted=tuple(row[3] for row in rows),
        )

    def put_right(self, text: str) -> dict[str, str]:
        """The typed words of `text` that are read as other ones, and what they are read as."""
        typed = dict.fromkeys(piece for piece in pieces(text) if piece[0].isalnum())
        return {piece: read for piece in typed if (read := " ".join(self.repair(piece))) != piece}

    def repair(self, piece: str) -> tuple[str, ...]:
        """One typed word as the words it stands for: "can't" as can not, "nuuumb" as numb."""
        if piece in self.contractions:
            return self.contractions[piece]
        if "'" in piece:
            return self._apostrophe(piece)
        if piece in self.known or (piece[0].isdigit() and piece[-1].isdigit()):
            return (piece,)
        return (self._unknown(piece),)

    def _apostrophe(self, piece: str) -> tuple[str, ...]:
        head, _, tail = piece.partition("'")
        if tail == "t" and head.endswith("n") and len(head) > 1:
            return (*self.repair(head[:-1]), "not")
        if tail in ("s", "m", "re", "ll", "d", "ve"):
            return self.repair(head)
        return (*self.repair(head), *(part for part in tail.split("'") if part))

    def _unknown(self, piece: str) -> str:
        # Repeated letters and digits in place of letters are tried before a typo is assumed.
        for candidate in (_once(piece, 2), _once(piece, 1), piece.translate(self.leet)):
            if candidate != piece and candidate in self.known:
                return candidate
        return self.correct.closest(_once(piece, 2))


def _once(word: str, most: int) -> str:
    """`word` with runs of one letter cut to `most`."""
    kept: list[str] = []
    for letter in word:
        if len(kept) >= most and all(letter == earlier for earlier in kept[-most:]):
            continue
        kept.append(letter)
    return "".join(kept)


def pieces(text: str) -> list[str]:
    """The words, marks and line ends of plain text, in order."""
    return _joined_letters(PIECES.findall(text))


def _joined_letters(found: list[str]) -> list[str]:
    """Letters spaced out ("n u m b") put together again; shorter runs stay as they are."""
    joined: list[str] = []
    run: list[str] = []
    for piece in [*found, "\n"]:
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            continue
        joined.extend(["".join(run)] if len(run) >= 4 else run)
        run = []
        joined.append(piece)
    return joined[:-1]


class Corrector:
    """Finds the lexicon word a misspelt word most likely is, `most` edits away; short words are left alone."""

    def __init__(self, vocabulary: frozenset[str], settled: frozenset[str], most: int = 2) -> None:
        self.settled = settled
        self.most = most
        self.by_key: dict[tuple[str, int], list[str]] = {}
        for word in sorted(vocabulary):
            if len(word) >= SHORTEST and word.isalpha():
                for key in {("^" + word[0], len(word)), ("$" + word[-1], len(word))}:
                    self.by_key.setdefault(key, []).append(word)

    def closest(self, word: str) -> str:
        """The nearest lexicon word within one edit (two from eight letters on), else `word` itself."""
        from rapidfuzz.distance import OSA

        if len(word) < SHORTEST or len(word) > LONGEST or word in self.settled or not word.isalpha():
            return word
        allowed = min(self.most, 2 if len(word) >= 8 else 1)
        best, distance = word, allowed + 1
        for size in range(len(word) + allowed, len(word) - allowed - 1, -1):  # a letter left out is the likelier slip
            for key in ("^" + word[0], "$" + word[-1]):
                for candidate in self.by_key.get((key, size), ()):
                    found = OSA.distance(word, candidate, score_cutoff=distance - 1)
                    if found < distance:
                        best, distance = candidate, found
        return best
