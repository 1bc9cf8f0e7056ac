"""Faults of the red-flag gate: what it reads, what it remembers, what it makes of it, what it shows."""

import re
from dataclasses import replace
from typing import Any

from assistant import answer
from assistant.answer import Assistant
from assistant.triage import combine, context, decide, gate, normalise
from assistant.triage.cards import Shelf
from assistant.triage.records import TIERS, Assessment, TriageState
from evals.mutations.mutation import Function, breaks, changes

TEXT_MESSAGE = 160  # characters
BELOW = dict(zip(TIERS[1:], TIERS, strict=False))


@breaks(answer, "_answer")
def gate_after_retrieval(line: Function) -> Function:
    """The articles are searched before the gate has read the message."""

    def searching_first(message: str, conversation: Any, assistant: Assistant, *rest: Any) -> Any:
        assistant.search(message)
        return line(message, conversation, assistant, *rest)

    return searching_first


@breaks(gate, "assess")
def gate_on_first_turn_only(assess: Function) -> Function:
    """Later turns of a conversation are not read by the gate."""
    return lambda message, state, *rest, **more: assess("" if state.turn else message, state, *rest, **more)


@breaks(gate, "assess")
def gate_on_last_clause_only(assess: Function) -> Function:
    """The gate reads what follows the last comma or stop of a message."""
    return lambda message, *rest, **more: assess(_parts(message)[-1], *rest, **more)


@breaks(gate, "assess")
def gate_on_first_sentence_only(assess: Function) -> Function:
    """The gate reads the first sentence of a message."""
    return lambda message, *rest, **more: assess(re.split(r"[.!?\n]", message.lstrip(" .!?\n"))[0], *rest, **more)


@breaks(gate, "assess")
def gate_on_short_messages_only(assess: Function) -> Function:
    """The gate reads no further than the 160 characters of a text message."""
    return lambda message, *rest, **more: assess(message[:TEXT_MESSAGE], *rest, **more)


@breaks(normalise, "plain")
def capitals_are_not_folded(plain: Function) -> Function:
    """The gate reads words in lower case only: “Numb” is no word that it knows."""
    return lambda text, characters: "".join(
        low if typed == low else "#" for typed, low in zip(text, plain(text, characters), strict=False)
    )


@breaks(normalise.Corrector, "closest")
def typing_slips_are_not_mended(_: Function) -> Function:
    """The gate knows a word only when it is spelt right."""
    return lambda self, word: word


@breaks(gate, "assess")
def latch_forgotten(assess: Function) -> Function:
    """Every turn is judged as if it were the first."""
    return lambda message, state, *rest, **more: assess(message, TriageState(turn=state.turn), *rest, **more)


@breaks(gate, "assess")
def latch_cleared_by_thanks(assess: Function) -> Function:
    """A word of thanks or an “ok” clears what was found before."""

    def cleared(message: str, state: TriageState, *rest: Any, **more: Any) -> Any:
        settled = re.match(r"\W*(thank|thx|cheers|ok|sure|fine|great)", message.lower())
        return assess(message, TriageState(turn=state.turn) if settled else state, *rest, **more)

    return cleared


@breaks(gate, "assess")
def latch_shared_by_visitors(assess: Function) -> Function:
    """One state is kept for everybody: the next visitor is told to stop for the sign of the last one."""
    last: list[Assessment] = []

    def shared(message: str, state: TriageState, *rest: Any, **more: Any) -> Any:
        last[:] = [assess(message, last[0].state if last else state, *rest, **more)]
        return last[0]

    return shared


@breaks(gate, "_kept")
def flags_of_earlier_turns_dropped(_: Function) -> Function:
    """Only the flags of the turn itself count; the tier is kept, the flags behind it are not."""
    return lambda now, state: now


@breaks(gate, "joined")
def signs_of_earlier_turns_dropped(joined: Function) -> Function:
    """Signs that are one by one harmless are not put together over turns."""
    return lambda earlier, new: joined((), new)


@breaks(gate, "open_slots")
def halves_of_signs_dropped(_: Function) -> Function:
    """A sign that is begun in one turn and ended in the next is not seen."""
    return lambda scene: ()


@breaks(gate, "answered")
def bare_yes_not_understood(_: Function) -> Function:
    """A “yes” to the question of a card says nothing."""
    return lambda scene, state: ()


@breaks(context, "_reaches")
def any_no_denies_everything(_: Function) -> Function:
    """A “no” or “not” denies everything after it in the sentence, past commas and a “but”."""
    return lambda denial, target, scene: True


@breaks(context, "is_denied")
def denials_ignored(_: Function) -> Function:
    """“No numbness” is read as numbness."""
    return lambda occurrence, scene: False


@breaks(context, "is_past")
def past_ignored(_: Function) -> Function:
    """What was over years ago is read as there now."""
    return lambda occurrence, scene: False


@breaks(context, "is_asked")
def questions_read_as_signs(_: Function) -> Function:
    """Whoever asks what a sign means is told to stop."""
    return lambda occurrence, scene: False


@breaks(context, "meaning")
def questions_clear_signs(meaning: Function) -> Function:
    """A sign in a message that ends in a question mark counts as only asked about."""

    def asked(occurrence: Any, scene: context.Scene) -> str:
        meant: str = meaning(occurrence, scene)
        return "asked" if meant == "present" and scene.words.asked[-1] else meant

    return asked


@breaks(gate, "present")
def other_people_do_not_count(present: Function) -> Function:
    """“My dad can't pee” brings no card."""
    return lambda found, protocol: present([one for one in found if one.whose == "self"], protocol)


@breaks(gate, "excuse")
def look_alikes_not_excused(_: Function) -> Function:
    """A harmless look-alike, such as a foot that fell asleep, counts as the sign."""
    return lambda readings, protocol: tuple(readings)


@breaks(combine, "tier_of")
def tier_lowered_by_one(tier_of: Function) -> Function:
    """Each flag stands one tier lower than the protocol says."""
    return lambda flag, signs: BELOW.get(tier_of(flag, signs), "none")


@breaks(combine, "tier_of")
def tier_raised_to_the_top(tier_of: Function) -> Function:
    """Every flag is an emergency."""
    return lambda flag, signs: "none" if tier_of(flag, signs) == "none" else "emergency"


@breaks(decide, "_result")
def hard_shown_as_soft(result: Function) -> Function:
    """The card of an emergency comes with an answer instead of in place of one."""
    return lambda turn, protocol, **more: result(turn, protocol, **(more | {"outcome": "", "reason": ""}))


@breaks(decide, "_see_clinician")
def soft_card_dropped(_: Function) -> Function:
    """Signs that somebody should have looked at bring no card."""
    return lambda turn, protocol: decide._result(turn, protocol)


@breaks(decide, "_asked")
def asked_card_dropped(_: Function) -> Function:
    """A question about a sign brings no card."""
    return lambda turn, protocol: decide._result(turn, protocol)


@changes
def crisis_treated_as_ordinary(assistant: Assistant) -> Assistant:
    """Self-harm gets the card of any other emergency."""
    protocol = assistant.protocol()
    flags = tuple(replace(flag, crisis=False) for flag in protocol.flags)
    return replace(assistant, protocol=lambda: replace(protocol, flags=flags))


@changes
def one_card_for_everything(assistant: Assistant) -> Assistant:
    """Every sign gets the general card."""
    protocol = assistant.protocol()
    flags = tuple(replace(flag, card=protocol.general_card) for flag in protocol.flags)
    general = replace(protocol, flags=flags, crisis_card=protocol.general_card)
    return replace(assistant, protocol=lambda: general)


@breaks(Shelf, "card")
def numbers_missing_from_the_card(card: Function) -> Function:
    """A card does not say whom to call."""
    return lambda self, *rest: replace(card(self, *rest), numbers=())


@breaks(Shelf, "card")
def first_thing_to_do_missing_from_the_card(card: Function) -> Function:
    """A card leaves out the first thing to do."""

    def shortened(self: Shelf, *rest: Any) -> Any:
        whole = card(self, *rest)
        return replace(whole, do=whole.do[1:])

    return shortened


@breaks(answer, "gate")
def gate_fails_open(assessed: Function) -> Function:
    """Where the gate stumbles (here: over a digit), the message goes on as if it had found nothing."""

    def stumbling(message: str, conversation: Any, assistant: Assistant) -> Any:
        return assessed("" if re.search(r"\d", message) else message, conversation, assistant)

    return stumbling


def _parts(message: str) -> list[str]:
    return [part for part in re.split(r"[,.;!?\n]+", message) if part.strip()] or [message]
