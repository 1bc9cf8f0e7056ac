"""What people think of an answer, from what the pressed button carries: the answer itself is nowhere kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from assistant.feedback import About, Feedback, FeedbackError, Rating
from assistant.slack.blocks import about_of
from assistant.slack.texts import Texts

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reaction:
    """A press on one of the two thumbs; `value` is what the button carries of the rated reply."""

    good: bool
    value: str
    about: About


@dataclass(frozen=True)
class Reactions:
    """Takes ratings."""

    feedback: Feedback
    texts: Texts

    def read(self, value: str) -> Reaction:
        """Raises ValueError for what no button of ours carries."""
        kind, _, about = value.partition(" ")
        return Reaction(kind == "good", about, about_of(about))

    def rated(self, reaction: Reaction) -> str:
        """Take a press; what to say to it."""
        try:
            self.feedback.give(Rating("slack", reaction.good, reaction.about))
        except FeedbackError as error:
            logger.error("%s", error)
            return self.texts.say("feedback.failed")
        return self.texts.say("feedback.thanks")

    def explained(self, about: str, reason: str) -> None:
        """Take what was wrong with an answer that was rated. Raises FeedbackError, or ValueError as `read` does."""
        self.feedback.add(Rating("slack", good=False, about=about_of(about), reason=reason))
