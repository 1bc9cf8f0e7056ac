"""Spotter's search as a retriever: passages of the articles as they are printed, without what is withheld."""

from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from corpus.records import Passage


class SpotterRetriever(BaseRetriever):
    """Finds; it does not read for red flags. Whoever answers people with what it finds puts `SpotterGuard` in front."""

    assistant: Any = Field(exclude=True, repr=False, description="An Assistant, from assistant.start.")
    k: int = Field(default=5, ge=1, description="How many passages, best first.")

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **more: Any
    ) -> list[Document]:
        corpus = self.assistant.corpus()
        hits = self.assistant.search(query).hits[: k or self.k]
        return [_document(corpus.passages[hit.passage_id], hit.score, self._digest) for hit in hits]

    def _digest(self, source_id: str) -> tuple[str, str]:
        source = self.assistant.corpus().by_source[source_id].source
        return source.title, source.sha256


def _document(passage: Passage, score: float, about: Callable[[str], tuple[str, str]]) -> Document:
    """The words exactly as in the article; `score` is comparable within one search only."""
    title, digest = about(passage.source_id)
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "source_id": passage.source_id,
            "title": title,
            "heading": passage.heading,
            "start": passage.start,
            "end": passage.end,
            "sha256": digest,
            "score": score,
        },
    )
