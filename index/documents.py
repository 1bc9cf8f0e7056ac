"""What is embedded and what is searched by words: windows of passages, and the questions asked of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from corpus.library import Corpus
from corpus.records import Passage

# MiniLM cuts at 256 word pieces; special ones and the header need room.
LONGEST_WINDOW = 230


@dataclass(frozen=True)
class Document:
    """A searchable text and the passage it stands for."""

    id: str
    passage_id: str
    text: str


# A passage -> its pieces, each a header and a text.
Pieces = Callable[[Corpus, Passage], Iterable[tuple[str, str]]]


def whole(corpus: Corpus, passage: Passage) -> list[tuple[str, str]]:
    """The passage in one piece under the header 'title > heading path', after the line that introduces its list."""
    title = corpus.by_source[passage.source_id].source.title
    lead = f"{passage.lead.text} " if passage.lead else ""
    return [(" > ".join(part for part in (title, passage.heading) if part), f"{lead}{passage.text}")]


def passage_windows(corpus: Corpus, count_tokens: Callable[[str], int], pieces: Pieces = whole) -> list[Document]:
    """The pieces of each passage; a long one in windows of LONGEST_WINDOW word pieces."""
    return [
        Document(f"{passage.id}|{number}", passage.id, window)
        for passage in corpus.passages.values()
        for number, window in enumerate(
            window for header, text in pieces(corpus, passage) for window in windows(header, text, count_tokens)
        )
    ]


def questions(corpus: Corpus) -> list[Document]:
    """The asked-as questions, each as a document that points to its passage."""
    return [
        Document(f"{row.passage_id}|q{number}", row.passage_id, row.question)
        for number, row in enumerate(corpus.asked_as())
    ]


def windows(header: str, text: str, count_tokens: Callable[[str], int]) -> Iterator[str]:
    """The text under its header, whole or in windows of LONGEST_WINDOW pieces that do not overlap.

    A header may be empty; one of more than half a window makes its windows longer by what it is over.
    """
    whole = f"{header}\n{text}" if header else text
    if count_tokens(whole) <= LONGEST_WINDOW:
        yield whole
        return
    start = f"{header}\n" if header else ""
    room = max(LONGEST_WINDOW - count_tokens(header), LONGEST_WINDOW // 2)
    window: list[str] = []
    used = 0
    for word in text.split():
        for part, pieces in _parts(word, room, count_tokens):
            if window and used + pieces > room:
                yield f"{start}{' '.join(window)}"
                window, used = [], 0
            window.append(part)
            used += pieces
    yield f"{start}{' '.join(window)}"


def _parts(word: str, room: int, count_tokens: Callable[[str], int]) -> Iterator[tuple[str, int]]:
    """A word and its pieces; one that no window has room for, such as a long address, in halves of halves."""
    pieces = count_tokens(word)
    half = len(word) // 2
    if pieces <= room or count_tokens(word[:half]) >= pieces or count_tokens(word[half:]) >= pieces:
        yield word, pieces
        return
    yield from _parts(word[:half], room, count_tokens)
    yield from _parts(word[half:], room, count_tokens)
