"""What people think of an answer, from what the pressed button carries: the answer itself is nowhere kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from assistant.feedback import Feedback, FeedbackError, Rating
from assistant.slack.blocks import about_of
from assistant.slack.texts import Texts

logger = logging.getLogger(__name__)

GOOD, BAD = "good", "bad"


@dataclass(frozen=True)
class Reactions:
    """Takes ratings; a value is "good" or "bad", then what is kept of the reply."""

    feedback: Feedback
    texts: Texts

    def bad(self, value: str) -> bool:
        return value.startswith(BAD)

    def about(self, value: str) -> str:
        return value.partition(" ")[2]

    def rated(self, value: str) -> str:
        """Take a press; what to say to it. Raises ValueError for a value that is not ours."""
        rating = Rating("slack", not self.bad(value), about_of(self.about(value)))
        try:
            self.feedback.give(rating)
        except FeedbackError as error:
            logger.error("%s", error)
            return self.texts.say("feedback.failed")
        return self.texts.say("feedback.thanks")

    def explained(self, about: str, reason: str) -> None:
        """Take what was wrong with an answer that was rated. Raises FeedbackError, or ValueError as above."""
        self.feedback.add(Rating("slack", good=False, about=about_of(about), reason=reason))
