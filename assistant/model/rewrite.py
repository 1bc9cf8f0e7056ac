"""Put what a model wrote in the place of a plain answer, as far as it holds; else the quotes stay, and it is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.compose.evidence import evidence
from assistant.compose.material import Composed, Material
from assistant.heard import Hear
from assistant.model.slot import NoUse, Slot
from assistant.model.writer import answer_prompt, write
from assistant.reply import Block, ModelUse

ENOUGH = 0.5  # share of the sentences that has to hold: where most do not, the others are not trusted

Verify = Callable[[Sequence[Block]], tuple[tuple[Block, ...], tuple[str, ...]]]


@dataclass(frozen=True)
class Rewritten:
    """The blocks that are served, and how the model was used."""

    blocks: tuple[Block, ...]
    use: ModelUse
    left_out: tuple[str, ...] = ()  # sentences that did not hold, each after the reason


def rewritten(
    question: str, material: Material, composed: Composed, slot: Slot, verify: Verify, hear: Hear
) -> Rewritten:
    """A plain answer as the model says it, every sentence verified; or as it was, where too little holds.

    `hear` is told of every sentence that holds, as soon as it is there.
    """
    kept: list[Block] = []
    dropped: list[str] = []
    left_out: list[str] = []
    reason = ""
    try:
        for one in write(question, evidence(material, composed.blocks), slot):
            if isinstance(one, str) or any(one.text == other.text for other in kept):
                dropped.append(one if isinstance(one, str) else "repeated")
                continue
            held, failed = verify([one])
            left_out += failed
            dropped += [problem.partition(": ")[0] for problem in failed]  # never the sentence itself
            for block in held:
                kept.append(block)
                hear(block)
    except NoUse as error:
        reason = error.reason
    if not reason and len(kept) < max(1, ENOUGH * (len(kept) + len(dropped))):
        reason = "unsupported"
    use = ModelUse(slot.name, answer_prompt().version, not reason, reason, tuple(dropped))
    if reason:
        return Rewritten((*composed.blocks, material.notice("model.not_used")), use, tuple(left_out))
    blocks = (material.lead("written"), *kept, *_beside(kept, material, composed))
    return Rewritten(blocks, use, tuple(left_out))


def _beside(kept: Sequence[Block], material: Material, composed: Composed) -> list[Block]:
    """The cautions that would be lost, and the notes that go with what is cited."""
    cited = {quote for block in kept for quote in block.quotes}
    lost = [one for one in composed.blocks if one.kind == "caution" and not cited & set(one.quotes)]
    return [*lost, *material.notes_beside([*cited, *(quote for one in lost for quote in one.quotes)])]
