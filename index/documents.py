"""What is embedded and what is searched by words: windows of passages, and the questions asked of them."""

from collections.abc import Callable, Iterator
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


def passage_windows(corpus: Corpus, count_tokens: Callable[[str], int]) -> list[Document]:
    """Each passage under the header 'title > heading path'; a long one in windows of LONGEST_WINDOW pieces."""
    titles = {article.source.id: article.source.title for article in corpus.articles}
    return [
        Document(f"{passage.id}|{number}", passage.id, window)
        for passage in corpus.passages.values()
        for number, window in enumerate(_windows(passage, titles[passage.source_id], count_tokens))
    ]


def questions(corpus: Corpus) -> list[Document]:
    """The asked-as questions, each as a document that points to its passage."""
    return [
        Document(f"{row.passage_id}|q{number}", row.passage_id, row.question)
        for number, row in enumerate(corpus.asked_as())
    ]


def _windows(passage: Passage, title: str, count_tokens: Callable[[str], int]) -> Iterator[str]:
    header = " > ".join(part for part in (title, passage.heading) if part)
    lead = f"{passage.lead.text} " if passage.lead else ""
    whole = f"{header}\n{lead}{passage.text}"
    if count_tokens(whole) <= LONGEST_WINDOW:
        yield whole
        return
    room = max(LONGEST_WINDOW - count_tokens(header), LONGEST_WINDOW // 2)
    window: list[str] = []
    used = 0
    for word in f"{lead}{passage.text}".split():
        pieces = count_tokens(word)
        if window and used + pieces > room:
            yield f"{header}\n{' '.join(window)}"
            window, used = [], 0
        window.append(word)
        used += pieces
    yield f"{header}\n{' '.join(window)}"
