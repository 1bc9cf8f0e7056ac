"""The red-flag gate: reads a message first of all and says whether to stop, what to do and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.triage.check import problems
from assistant.triage.combine import answered, excuse, findings, in_one, joined, only_asks, present, standing
from assistant.triage.decide import Turn, decide
from assistant.triage.detect import Reading, open_slots, read_scene, read_signs
from assistant.triage.normalise import plain
from assistant.triage.numbers import GENERIC_EMERGENCY
from assistant.triage.protocol import Protocol, load
from assistant.triage.records import TIERS, Assessment, Card, Finding, Number, Tier, TriageState
from assistant.triage.second_look import added, doubted, opinion_on
from assistant.triage.second_opinion import SILENT
from assistant.triage.wordlists import ProtocolError

FOLDER = Path(__file__).parent
REMEMBERED = 3  # user turns whose open slots are kept
WEIGHED = 2  # user turns whose weight is kept


@dataclass(frozen=True)
class Standing:
    """What stands after the readings of a turn: findings so far, signs that count, flags, what is only asked about."""

    found: tuple[Finding, ...]
    signs: frozenset[str]
    flags: dict[str, Tier]
    asked: dict[str, Tier]
    asked_signs: tuple[str, ...]


@lru_cache(maxsize=4)
def load_protocol(folder: Path = FOLDER) -> Protocol:
    """The protocol, word lists, cards and numbers of `folder`, read once in a process.

    Raises corpus.errors.KnownError (as ProtocolError) naming the file and what is wrong with it.
    """
    protocol = load(folder)
    for problem in problems(protocol):
        raise ProtocolError(f"protocol.toml is wrong: {problem}. Correct it or restore the file.")
    return protocol


def assess(message: str, state: TriageState, protocol: Protocol, *, region: str = "") -> Assessment:
    """Assess one user turn, given the state of the conversation so far; the new state is in the result.

    Any string is handled; time is linear in its length. The tier never falls below that of `state`.
    `region` is a code such as "GB", or empty for the generic emergency line.
    """
    return decide(read_turn(message, state, protocol, region=region), protocol)


def raise_to_card(message: str, state: TriageState, protocol: Protocol, *, region: str = "") -> Assessment:
    """As `assess`, of a message in which somebody beside the gate suspects a sign: with the general card at least."""
    return decide(read_turn(message, state, protocol, region=region, suspected=True), protocol)


def restated(state: TriageState, protocol: Protocol, *, region: str = "") -> Card | None:
    """The card of what stands in a conversation, whole as if all of it had been found just now."""
    turn = read_turn("", state, protocol, region=region)
    return decide(replace(turn, before=replace(turn.before, flags=())), protocol).card


def read_turn(
    message: str, state: TriageState, protocol: Protocol, *, region: str = "", suspected: bool = False
) -> Turn:
    """All that is read in one user turn and what stands because of it, before a card is chosen."""
    text = plain(message, protocol.lexicon.characters)
    languages = protocol.languages.of(text, state.languages)
    scenes = [read_scene(message, protocol, language) for language in languages]
    each = [excuse(read_signs(scene, state.slots, protocol), protocol) for scene in scenes]
    answers = tuple(answer for one in scenes for answer in answered(one, state))
    opinion = SILENT
    if protocol.languages.mainly_english(text, languages):
        opinion = opinion_on(scenes[0], each[0], state, protocol)
    if len(each) == 1:
        each = [doubted(opinion, each[0], scenes[0], state, protocol)]
    readings = in_one(each)
    stands = _standing(readings, each, answers, state, protocol)
    more = list(added(opinion, readings, stands.flags, stands.asked, state, protocol))
    if protocol.languages.unreadable(message, text):
        more.append(Reading(protocol.unread_sign, "asked", "self", ""))
    if suspected:
        more.append(Reading(protocol.second_sign, "asked", "self", ""))
    if more:
        readings = (*readings, *more)
        stands = _standing(readings, each, answers, state, protocol)
    return Turn(
        before=state,
        after=replace(
            state,
            findings=tuple(f for f in stands.found if f.flag not in protocol.passing),
            slots=(*state.slots, open_slots(scenes[-1]))[-REMEMBERED:],
            pending="" if answers else _still_pending(state),
            languages=protocol.languages.kept(text, state.languages),
            weighed=(*state.weighed, opinion.kept)[-WEIGHED:],
            turn=state.turn + 1,
        ),
        region=region,
        language=languages[-1].code if languages[-1] else "",
        scene=scenes[-1],
        readings=readings,
        found=stands.found,
        signs=stands.signs,
        flags=stands.flags,
        asked=stands.asked,
        asked_signs=stands.asked_signs,
        only_asks=only_asks(scenes[-1], readings),
    )


def _standing(
    readings: Sequence[Reading],
    each: Sequence[tuple[Reading, ...]],
    answers: tuple[Finding, ...],
    state: TriageState,
    protocol: Protocol,
) -> Standing:
    """What stands with the readings of this turn; `each` are those of one language alone."""
    found = joined(state.findings, (*findings(readings, protocol, state.turn), *answers))
    signs, asked = present(found, protocol), _asked(readings)
    flags = _flags(each, signs, state, protocol)
    would = standing(signs | asked, protocol)
    return Standing(
        found=found,
        signs=signs,
        flags=flags,
        asked={id: tier for id, tier in would.items() if id not in flags},
        asked_signs=tuple(sorted(asked)),
    )


def _asked(readings: Sequence[Reading]) -> frozenset[str]:
    """Signs that are only asked about, told of somebody invented, or somebody else's past."""
    return frozenset(
        r.sign for r in readings if r.meant in ("asked", "told") or (r.meant == "past" and r.whose == "other")
    )


def _flags(
    each: Sequence[tuple[Reading, ...]], signs: frozenset[str], state: TriageState, protocol: Protocol
) -> dict[str, Tier]:
    """The flags of this turn and of those before; what one language says by itself, no other makes less of."""
    flags = _kept(standing(signs, protocol), state)
    for alone in each[:-1]:
        own = present(joined(state.findings, findings(alone, protocol, state.turn)), protocol)
        flags = _kept(standing(own, protocol), replace(state, flags=tuple(flags.items())))
    return flags


def _kept(now: dict[str, Tier], state: TriageState) -> dict[str, Tier]:
    """The flags of this turn together with those that stood before: a flag never falls."""
    kept = dict(state.flags)
    for id, tier in now.items():
        if TIERS.index(tier) > TIERS.index(kept.get(id, "none")):
            kept[id] = tier
    return dict(sorted(kept.items(), key=lambda pair: -TIERS.index(pair[1])))


def _still_pending(state: TriageState) -> str:
    """A question stays open for one more turn when it was talked past."""
    signs, _, turn = state.pending.partition("@")
    return state.pending if signs and state.turn <= int(turn) else ""


def note_question(state: TriageState, text: str) -> TriageState:
    """Remember which signs an assistant turn asked about, so that a bare "yes" can answer it.

    `text` is the assistant's; it is read only for that and adds no finding.
    """
    protocol = load_protocol()
    signs = {reading.sign for reading in read_signs(read_scene(text, protocol), (), protocol)}
    asked = sorted(signs & frozenset().union(*(flag.signs for flag in protocol.flags)))
    return replace(state, pending=f"{','.join(asked)}@{state.turn}" if asked else "")


def fallback_card() -> Card:
    """The general safety card, kept in code so that it works when every data file is unreadable."""
    return Card(
        id="general_emergency",
        tier="emergency",
        title="If something is badly wrong, get help now",
        do=(
            "If you are worried that this is an emergency, call now or ask someone near you to call.",
            "Call for trouble breathing, chest pain, a drooping face, slurred speech, fainting, new weakness or "
            "numbness, numbness between the legs, or trouble with your bladder or bowels.",
            "If it is not an emergency but you are worried, speak to a doctor or pharmacist today.",
        ),
        numbers=(Number("Emergency", GENERIC_EMERGENCY),),
        why="Our safety check could not run, so we cannot answer your question. Not having these signs does not "
        "prove that all is well.",
        avoid=("Do not start or go on with exercise while you feel this way.",),
        sources=(),
        reviewed="2026-11-21",
        clinical_review="none",
    )
