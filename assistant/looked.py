"""What became of one question of a message."""

from dataclasses import dataclass

from assistant.compose.material import Composed
from assistant.compose.plan import Plan
from assistant.reply import ModelUse
from index.found import Hit


@dataclass(frozen=True)
class Looked:
    """What became of one question: its plan, its verified blocks, and the hits it was made from."""

    plan: Plan
    composed: Composed
    hits: tuple[Hit, ...]
    probability: float  # that the articles cover the question, 0..1
    left_out: tuple[str, ...] = ()  # why a block was not served, one reason each
    unmentioned: tuple[str, ...] = ()  # names in a question that was declined which no article mentions
    model: tuple[ModelUse, ...] = ()  # how a language model was used
