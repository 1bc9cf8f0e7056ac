"""What an answer is made from behind the gate, each part read when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from assistant.abstain import Decision, read_decision
from assistant.compose.plan import Planner, read_planner
from assistant.condense import FollowUps, read_follow_ups
from assistant.guard import guarded, only
from assistant.lines import Lines, read_lines
from assistant.policy.judge import Policy, banned_output, load_policy
from assistant.policy.opinion import Ask
from assistant.retrieval import Retrieval
from assistant.settings import Settings
from corpus.library import Corpus, load
from index.config import Progress
from index.found import Found

if TYPE_CHECKING:
    from assistant.model.slot import Slot


class Parts:
    """Everything of an assistant but the gate; may be shared by threads. Reading a part raises KnownError."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self._settings, self._progress = settings, progress

    @cached_property
    def received(self) -> Corpus:
        """The corpus as it lies in its folder: what the index is built from."""
        return load(self._settings.corpus)

    @cached_property
    def corpus(self) -> Corpus:
        """The corpus without what must not be shown."""
        return guarded(self.received, lambda text: banned_output(text, self.policy))

    @cached_property
    def policy(self) -> Policy:
        return load_policy(authors=[article.source.author for article in self.received.articles])

    @cached_property
    def lines(self) -> Lines:
        return read_lines()

    @cached_property
    def planner(self) -> Planner:
        return read_planner(self.corpus)

    @cached_property
    def decision(self) -> Decision:
        return read_decision(self.corpus)

    @cached_property
    def follow_ups(self) -> FollowUps:
        return read_follow_ups()

    @cached_property
    def retrieval(self) -> Retrieval:
        return Retrieval(self._settings, self.received, self._progress)

    @cached_property
    def opinion(self) -> Ask:
        return self.retrieval.second_opinion(self.policy)

    @cached_property
    def model(self) -> Slot | None:
        """The language model of the settings, if they name one."""
        if self._settings.model is None:
            return None
        from assistant.model.slot import open_slot

        return open_slot(self._settings.model)

    def search(self, query: str) -> Found:
        return only(self.retrieval.index().search(query), self.corpus.passages)
