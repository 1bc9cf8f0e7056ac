"""Ask the model whether a message that the gate let through may speak of a sign; it can only raise."""

from functools import cache

from pydantic import BaseModel

from assistant.model.mask import masked
from assistant.model.prompts import Prompt, read_prompt
from assistant.model.slot import NoUse, Slot


class Opinion(BaseModel):
    """What it makes of a message."""

    suspected: bool


def suspects(message: str, slot: Slot) -> bool:
    """Whether it suspects a sign; never raises for what a model or its server does: then it has no opinion."""
    try:
        return slot.whole(opinion_prompt().filled(message=masked(message)), Opinion).suspected
    except NoUse:
        return False


@cache
def opinion_prompt() -> Prompt:
    return read_prompt("second_opinion", frozenset({"message"}))
