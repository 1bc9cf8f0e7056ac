"""What a second opinion may say of a question, and how it is asked."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Opinion:
    """What it makes of one question; where it is not sure it says nothing."""

    refuses: str = ""  # the reason for which the question is to be left to others
    permits: bool = False  # the question is to be looked up, whatever a rule that may be doubted says
    renames: str = ""  # the reason, if the question is to be left to others at all


NO_OPINION = Opinion()
Ask = Callable[[str], Opinion]


def silent(question: str) -> Opinion:
    """Asked by whoever has no second opinion: the rules decide alone."""
    del question
    return NO_OPINION
