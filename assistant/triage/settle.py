"""Write lexicon/settled.toml: correct English words that lie near a lexicon word and must not be "put right" to it.

python -m assistant.triage.settle WORDLIST...   (one word a line, such as Debian's wamerican and wbritish)
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from assistant.triage.gate import load_protocol
from assistant.triage.lexicon import Lexicon
from assistant.triage.normalise import Corrector
from assistant.triage.wordlists import read_toml

FILE = Path(__file__).parent / "lexicon" / "settled.toml"

_HEAD = """\
# Correct English words that lie one or two letters from a lexicon word; never "put right" to it.
# Made by 'python -m assistant.triage.settle'; `misspelt` is kept by hand.
"""


def settled(known: Iterable[str], lexicon: Lexicon, misspelt: frozenset[str]) -> list[str]:
    """The known words that would be taken for a typo of a lexicon word, in alphabetical order.

    Inflections of the lexicon word are left out, since they mean the same, and so are those of `misspelt`: words that
    exist, but that are a slip when somebody writes about their body.
    """
    corrector = Corrector(lexicon.vocabulary, frozenset())
    found = []
    for word in {word for word in known if word.isascii() and word.isalpha() and word.islower()} - lexicon.vocabulary:
        nearest = corrector.closest(word)
        if nearest != word and word not in misspelt and not _inflected(word, nearest):
            found.append(word)
    return sorted(found)


def _inflected(word: str, other: str) -> bool:
    return _stem(word) == _stem(other)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|d|er)$", "", word).rstrip("e")


def main(paths: Iterable[Path]) -> None:
    table = read_toml(FILE)
    misspelt = table["misspelt"]["words"]
    lists = [table["settled"]["words"], *(path.read_text(encoding="utf-8") for path in paths)]
    known = {word for text in lists for word in text.split()}
    found = settled(known, load_protocol().lexicon, frozenset(misspelt.split()))
    words = "\n".join(textwrap.wrap(" ".join(found), 110))
    text = f'{_HEAD}\n[misspelt]\nwords = "{misspelt}"\n\n[settled]\nwords = """\n{words}\n"""\n'
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
