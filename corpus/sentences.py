"""Cut a paragraph into sentences, keeping offsets.

No library: pysbd has had no release for years, and offsets into the article as received are what
every citation rests on. The rule is small and the cut only has to be stable and readable.
"""

import re
from itertools import pairwise

# A sentence ends at . ! ? or an ellipsis, with closing quotes and brackets, before white space and
# something that can open a sentence.
_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s+["'“‘(\[]*[A-Z0-9])""")

# What stands before the stop when it does not end a sentence: titles, "e.g.", initials, "m." for muscle.
_ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|mrs|ms|prof|st|vs|e\.g|i\.e|eg|ie|approx|no|fig|nov)|\b[A-Za-z])$", re.I)


def split(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets of the sentences of text[start:end], white space around them left out.

    Every character that is not white space lies in exactly one sentence.
    """
    stop = len(text) if end is None else end
    cuts = [start]
    for match in _END.finditer(text, start, stop):
        is_full_stop = match.group().startswith(".") and len(match.group().rstrip("\"'”’)]")) == 1
        if is_full_stop and _ABBREVIATION.search(text[max(start, match.start() - 8) : match.start()]):
            continue
        cuts.append(match.end())
    cuts.append(stop)
    return [trimmed for a, b in pairwise(cuts) if (trimmed := trim(text, a, b))]


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range without white space at its ends; None when nothing is left."""
    piece = text[start:end]
    if not piece.strip():
        return None
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
