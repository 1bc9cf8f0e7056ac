"""Says why one turn of a conversation escalated or not: what was read, what was made of it, which rule it met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.triage.combine import answered, rule_of, tier_of
from assistant.triage.context import Cues, Meant, Scene, is_asked, is_denied, is_past, is_told, named
from assistant.triage.decide import Turn
from assistant.triage.detect import Reading, taken_back
from assistant.triage.frames import Occurrence
from assistant.triage.lexicon import Hit
from assistant.triage.normalise import plain
from assistant.triage.protocol import Flag, LookAlike, Protocol, Rule, Sign
from assistant.triage.records import TIERS, Assessment, Tier

CUES: dict[Meant, Callable[[Occurrence, Scene], Cues]] = {
    "denied": is_denied,
    "told": is_told,
    "past": is_past,
    "asked": is_asked,
}
MADE_SO: dict[Meant, str] = {
    "denied": "denied by",
    "told": "a story, a quotation or an animal, by",
    "past": "over, by",
    "asked": "only asked about, by",
}


@dataclass(frozen=True)
class SignRead:
    """One sign: the words it was read in, the frame as the protocol writes it, and what was made of it.

    `parts` are the concepts of the frame with their words, `earlier` those that stood in turns before this one,
    `because` what made it denied, past, asked, told or somebody else's, with the words; `counts` says whether the
    sign counts in this turn (another place of it may count although this one does not).
    """

    sign: str
    meaning: str
    words: str
    frame: str
    parts: tuple[tuple[str, str], ...]
    earlier: tuple[str, ...]
    meant: str
    whose: str
    because: tuple[str, ...]
    counts: bool


@dataclass(frozen=True)
class Support:
    """A sign that a rule rests on, and the 1-based user turn it was said in."""

    sign: str
    meaning: str
    turn: int


@dataclass(frozen=True)
class FlagWhy:
    """Why a flag stands at its tier: the rule, the signs that meet each part of it, what raised it and held it lower.

    `rule` is empty for a flag that is kept from an earlier turn. `modifiers` and `held` are sentences.
    """

    flag: str
    meaning: str
    tier: Tier
    rule: str
    met_by: tuple[tuple[Support, ...], ...]
    modifiers: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """One turn, explained. It holds words of the message: it is shown to whoever asked and never kept or logged.

    `flags` stand; `asked` would stand if the signs that are only asked about were there; `held` are sentences on
    flags that no rule holds for although all their signs are there; `left_out` and `taken_back` on what was not read.
    """

    turn: int
    words: str
    put_right: dict[str, str]
    left_out: tuple[str, ...]
    taken_back: tuple[str, ...]
    answered: tuple[str, ...]
    signs: tuple[SignRead, ...]
    flags: tuple[FlagWhy, ...]
    asked: tuple[FlagWhy, ...]
    held: tuple[str, ...]
    mode: str
    tier: Tier
    tier_before: Tier
    outcome: str
    reason: str
    card: str
    card_form: Literal["", "full", "short"]
    question: str
    no_strengthening: tuple[str, ...]


def explain(message: str, turn: Turn, assessment: Assessment, protocol: Protocol) -> Explanation:
    """Explain what `gate.read_turn` made of `message` and what was decided on it."""
    scene, signs = turn.scene, {sign.id: sign for sign in protocol.signs}
    reader = protocol.languages.named(turn.language) or protocol
    flags = {flag.id: flag for flag in protocol.flags}
    asked = turn.signs | set(turn.asked_signs)
    return Explanation(
        turn=turn.before.turn + 1,
        words=_sentences(turn),
        put_right=reader.splitter.put_right(plain(message, protocol.lexicon.characters)),
        left_out=tuple(_words(hit, turn) for hit in reader.lexicon.idioms(scene.words.words, scene.words.sentence)),
        taken_back=tuple(dict.fromkeys(_taken_back(turn, protocol))),
        answered=tuple(f"{found.flag} {found.polarity}" for found in answered(scene, turn.before)),
        signs=tuple(_sign(reading, signs[reading.sign], turn) for reading in turn.readings),
        flags=tuple(_flag(flags[id], tier, turn.signs, turn, protocol) for id, tier in turn.flags.items()),
        asked=tuple(_flag(flags[id], tier, asked, turn, protocol) for id, tier in turn.asked.items()),
        held=tuple(line for flag in protocol.flags if flag.id not in turn.flags for line in _held(flag, "none", turn)),
        mode=assessment.mode,
        tier=assessment.tier,
        tier_before=turn.before.tier,
        outcome=assessment.outcome,
        reason=assessment.reason,
        card=assessment.card.id if assessment.card else "",
        card_form=("full" if assessment.card.why else "short") if assessment.card else "",
        question=assessment.question.text if assessment.question else "",
        no_strengthening=assessment.no_strengthening,
    )


def _sentences(turn: Turn) -> str:
    """The words as they are read, a stroke between sentences."""
    words = turn.scene.words.words
    return " | ".join(" ".join(words[start:end]) for start, end in turn.scene.sentences)


def _words(hit: Hit, turn: Turn) -> str:
    return " ".join(turn.scene.words.words[hit.start : hit.end])


def _sign(reading: Reading, sign: Sign, turn: Turn) -> SignRead:
    found = reading.occurrence
    return SignRead(
        sign=sign.id,
        meaning=sign.meaning,
        words=reading.words,
        frame=found.frame.text if found else "",
        parts=tuple((hit.concept, _words(hit, turn)) for hit in found.hits) if found else (),
        earlier=found.earlier if found else (),
        meant=reading.meant,
        whose=reading.whose,
        because=tuple(_because(reading, sign, turn)),
        counts=sign.id in turn.signs,
    )


def _because(reading: Reading, sign: Sign, turn: Turn) -> Iterator[str]:
    """What made the sign no plain sign of the speaker's own, with the words."""
    found, scene = reading.occurrence, turn.scene
    if found is None:
        return
    if reading.doubted:
        yield "doubted by the second detector"
    elif reading.excused:
        yield from _excuse(reading, reading.excused, turn)
    else:
        yield from _made_so(reading.meant, found, turn)
    if sign.always_asked:
        yield "always a question"
    if reading.meant == "past" and sign.history:
        yield "counts although it is over"
    if reading.whose == "other":
        yield f"somebody else's, by {_quoted(named(found, scene), turn)}"


def _excuse(reading: Reading, look_alike: LookAlike, turn: Turn) -> Iterator[str]:
    """The look-alike, and the signs that speak for it."""
    reasons = frozenset().union(*look_alike.needs)
    said = [r for r in turn.readings if r.sign in reasons and r.meant == "present"]
    yield f"excused as a look-alike ({look_alike.meaning}) by {' and '.join(f'{r.sign} “{r.words}”' for r in said)}"


def _made_so(meant: Meant, found: Occurrence, turn: Turn) -> Iterator[str]:
    """The words by which a sign is denied, told, past or asked about, or there although it is asked about."""
    scene = turn.scene
    if meant in CUES:
        if cues := CUES[meant](found, scene):
            yield f"{MADE_SO[meant]} {_quoted(cues, turn)}"
    elif cues := is_asked(found, scene):
        real = scene.first("it_is_me", found.end, len(scene.words.words))
        yield f"asked about by {_quoted(cues, turn)}, but there by {_quoted(real, turn)}"


def _quoted(hits: tuple[Hit, ...], turn: Turn) -> str:
    return " and ".join(f"“{_words(hit, turn)}”" for hit in hits)


def _taken_back(turn: Turn, protocol: Protocol) -> Iterator[str]:
    for found, blocking in taken_back(turn.scene, protocol):
        words = " ".join(turn.scene.words.words[found.start : found.end])
        yield f"{found.sign} “{words}”, because of {blocking.concept} “{_words(blocking, turn)}”"


def _flag(flag: Flag, tier: Tier, signs: frozenset[str], turn: Turn, protocol: Protocol) -> FlagWhy:
    rule = rule_of(flag, signs)
    if rule is None or rule.tier != tier:  # it stood higher in an earlier turn
        return FlagWhy(flag.id, flag.meaning, tier, "", (), (), ())
    said = {found.flag: found.turn for found in reversed(turn.found) if found.polarity in ("present", "unsure")}
    there = [Support(s.id, s.meaning, said.get(s.id, turn.before.turn) + 1) for s in protocol.signs if s.id in signs]
    return FlagWhy(
        flag=flag.id,
        meaning=flag.meaning,
        tier=tier,
        rule=rule.text,
        met_by=tuple(tuple(support for support in there if support.sign in part) for part in rule.needs),
        modifiers=tuple(_modifiers(flag, tier, signs, protocol)),
        held=tuple(_held(flag, tier, turn)),
    )


def _modifiers(flag: Flag, tier: Tier, signs: frozenset[str], protocol: Protocol) -> Iterator[str]:
    """What about the person raised the tier, found by leaving it out."""
    names = dict.fromkeys(sign.modifier for sign in protocol.signs if sign.modifier and sign.id in signs)
    for name in names:
        without = tier_of(flag, signs - {sign.id for sign in protocol.signs if sign.modifier == name})
        if TIERS.index(without) < TIERS.index(tier):
            yield f"{name}: without it {without}"


def _held(flag: Flag, tier: Tier, turn: Turn) -> Iterator[str]:
    """Rules of a higher tier whose signs are all there, but also one of those that they must be without."""
    for rule in flag.rules:
        against = sorted(rule.unless & turn.signs)
        if TIERS.index(rule.tier) > TIERS.index(tier) and against and _all_there(rule, turn.signs):
            yield f"{flag.id} is not {rule.tier} by “{rule.text}”, because of {', '.join(against)}"


def _all_there(rule: Rule, signs: frozenset[str]) -> bool:
    return all(part & signs for part in rule.needs)


def lines(told: Explanation) -> Iterator[str]:
    """The explanation as lines for a terminal; a single one when nothing was read."""
    if not (told.signs or told.answered or told.flags or told.card or told.taken_back):
        idioms = f" Left out: {', '.join(f'“{words}”' for words in told.left_out)}." if told.left_out else ""
        yield f"Turn {told.turn}: no sign was read in “{told.words}”.{idioms}"
        return
    yield f"Turn {told.turn}: {told.words}"
    yield from (f"  read as       {typed} -> {read}" for typed, read in told.put_right.items())
    yield from (f"  idiom         “{words}” is left out" for words in told.left_out)
    yield from (f"  answer        {answer}" for answer in told.answered)
    for sign in told.signs:
        yield from _sign_lines(sign)
    yield from (f"  taken back    {line}" for line in told.taken_back)
    for why in told.flags:
        yield from _flag_lines(f"  flag          {why.flag}, {why.tier}: {why.meaning}", why)
    for why in told.asked:
        yield from _flag_lines(f"  asked about   {why.flag}, {why.tier} if it were there: {why.meaning}", why)
    yield from (f"  held lower    {line}" for line in told.held)
    yield from _result_lines(told)


def _sign_lines(sign: SignRead) -> Iterator[str]:
    if not sign.frame:
        yield f"  sign          {sign.sign} ({sign.meaning}): {sign.meant}"
        return
    parts = [*(f"{name} (in an earlier turn)" for name in sign.earlier)]
    parts += [f"{name} “{words}”" for name, words in sign.parts]
    yield f"  sign          {sign.sign} ({sign.meaning}): {'; '.join((sign.meant, *sign.because))}"
    yield f"                “{sign.words}” = {' + '.join(parts)}, by the frame {sign.frame}"


def _flag_lines(head: str, why: FlagWhy) -> Iterator[str]:
    yield head
    if not why.rule:
        yield "                stands since an earlier turn"
        return
    yield f"                by the rule {why.rule}"
    parts = (" or ".join(f"{one.sign} (turn {one.turn})" for one in part) for part in why.met_by)
    yield f"                met by {' and '.join(parts)}"
    yield from (f"                modifier {line}" for line in why.modifiers)
    yield from (f"                {line}" for line in why.held)


def _result_lines(told: Explanation) -> Iterator[str]:
    before = "" if told.tier_before == told.tier else f" (was {told.tier_before})"
    ends = f", {told.outcome} for the reason {told.reason}" if told.outcome else ""
    yield f"  so            mode {told.mode}, tier {told.tier}{before}{ends}"
    yield f"                {f'card {told.card}, {told.card_form}' if told.card else 'no card'}"
    if told.question:
        yield f"                asks: {told.question}"
    if told.no_strengthening:
        yield f"                no strengthening for {', '.join(told.no_strengthening)}"
