"""Puts clauses together into questions and finds the rule, if any, that leaves a question to others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.policy.clauses import Clause, Kind, cut_clauses, make_clause, whole
from assistant.policy.data import Policy, Rule
from assistant.policy.patterns import Reading
from assistant.policy.words import Token

# The lists that show what a question is about; without any of them it leans on what was said before.
_OWN_TOPICS = ("site", "move", "remedy", "domain", "symptom", "condition", "limb", "gear", "gear_plain", "nearby")
_MANY_FIELDS = frozenset({"nearby", "remedy", "gear", "gear_plain"})
# Such words are of many fields: they let a question stand alone, but do not make it one of ours.
_OUR_FIELD = (*(name for name in _OWN_TOPICS if name not in _MANY_FIELDS), "other_part")
_FOREIGN_TOPIC_FROM = 3
_SHORT_ASK = 2
# A request for exercises beside one of these in the same breath is answered on its own.
_SEPARABLE = frozenset({"medication", "imaging_surgery", "product", "other_body_part", "other_medical"})
# A longer clause without a verb we know is taken as telling, not as naming what is wanted.
_LONGEST_NAME = 10
# A question of our field that follows an odd or rude clause is never swallowed by it.
_ODD = frozenset({"instructions", "abuse", "about", "sources"})


@dataclass(frozen=True)
class Unit:
    """One question with what was told around it, and the rule that stops it, if any."""

    clauses: tuple[Clause, ...]
    ask: Clause
    rule: Rule | None


def find_units(message: str, tokens: Sequence[Token], policy: Policy) -> tuple[Unit, ...]:
    """The questions of a message in order."""
    clauses = [clause for clause in cut_clauses(message, tokens, policy) if clause.kind is not Kind.POLITE]
    clauses = [part for clause in clauses for part in _apart(message, clause, policy)]
    units: list[Unit] = []
    told: list[Clause] = []
    for clause in clauses:
        if not _asks_something(clause, policy):
            told.append(clause)
            continue
        _add(units, _unit((*told, clause), clause, policy), policy)
        told = []
    if told and units:
        units[-1] = replace(units[-1], clauses=(*units[-1].clauses, *told))
    elif told:
        units.append(_told_only(told, policy))
    return tuple(units)


def _asks_something(clause: Clause, policy: Policy) -> bool:
    if clause.kind is Kind.NAME and len(clause.reading.tokens) <= _LONGEST_NAME:
        return _first_rule(clause.reading, clause.reading, policy) is not None
    return clause.kind in (Kind.ASK, Kind.REQUEST)


def _unit(clauses: tuple[Clause, ...], ask: Clause, policy: Policy) -> Unit:
    reading = whole(clauses, policy.vocabulary)
    rule = _first_rule(ask.reading, reading, policy)
    bare = not ask.reading.has("site", "move", "remedy", "domain", "nearby")
    if bare and (rule is None or rule.reason == "off_topic"):
        rule = _inherited(clauses, reading, policy) or rule
    return Unit(clauses, ask, rule or _off_topic(reading, policy))


def _first_rule(ask: Reading, unit: Reading, policy: Policy) -> Rule | None:
    for rule in policy.rules:
        place = ask if rule.on == "ask" else unit
        if not rule.patterns.occur_in(place):
            continue
        if not rule.unless.occur_in(unit) and not rule.unless_ask.occur_in(ask):
            return rule
    return None


def _inherited(clauses: Sequence[Clause], unit: Reading, policy: Policy) -> Rule | None:
    """The rule that what was told falls under: "they offered me an injection. Should I say yes?"."""
    for clause in clauses[:-1]:
        rule = _first_rule(clause.reading, unit, policy)
        if rule is not None and rule.inherits:
            return rule
    return None


def _off_topic(reading: Reading, policy: Policy) -> Rule | None:
    """No word of our field at all, and more than the small words of a follow-up."""
    if reading.has(*_OUR_FIELD) or len(reading.tokens) < _FOREIGN_TOPIC_FROM:
        return None
    spans = [span for name, found in reading.places.items() if name[0] == "{" for span in found]
    listed = {at for span in spans for at in range(*span)}
    strange = [
        token
        for at, token in enumerate(reading.tokens)
        if at not in listed and token.text != "~" and not any(sign.isdigit() for sign in token.text)
    ]
    if len(strange) < policy.unlisted_words + _points_back(reading, policy):
        return None
    return next((rule for rule in policy.rules if rule.reason == "off_topic"), None)


def _add(units: list[Unit], unit: Unit, policy: Policy) -> None:
    """Add a question, or join it to the one before when one of the two cannot stand alone ("and how often?")."""
    last = units[-1] if units else None
    odd = last is not None and last.rule is not None and last.rule.reason in _ODD
    if last is None or (odd and unit.ask.reading.has(*_OUR_FIELD)):
        units.append(unit)
    elif last.rule is None and unit.rule is None and _leads_up(last):
        units[-1] = Unit((*last.clauses, *unit.clauses), unit.ask, None)
    elif _leans(unit, last, policy):
        units[-1] = Unit((*last.clauses, *unit.clauses), last.ask, last.rule)
    else:
        units.append(unit)


def _leads_up(unit: Unit) -> bool:
    """Only names the topic ("superman exercise, how many sets?") or nothing yet ("quick question")."""
    return unit.ask.kind is Kind.REQUEST or not unit.ask.reading.has(*_OWN_TOPICS)


def _points_back(reading: Reading, policy: Policy) -> bool:
    return any(token.text in policy.clauses.points_back for token in reading.tokens)


def _leans(unit: Unit, last: Unit, policy: Policy) -> bool:
    reading = unit.ask.reading
    if len(unit.clauses) > 1 or (unit.rule and unit.rule.patterns.occur_in(reading)):
        return False
    if last.rule is None and (unit.ask.kind is Kind.REQUEST or len(reading.tokens) <= _SHORT_ASK):
        return True
    if not last.clauses[-1].closed and {token.text for token in reading.tokens[:3]} & policy.clauses.points_back:
        return True
    return not reading.has(*_OWN_TOPICS) or (_points_back(reading, policy) and not reading.has("site", "move"))


def _told_only(told: Sequence[Clause], policy: Policy) -> Unit:
    """A message that asks nothing: a permitted clause with a topic carries it, else it is judged whole."""
    for clause in told:
        known = clause.reading.has("site", "move", "remedy")
        if known and _first_rule(clause.reading, clause.reading, policy) is None:
            return Unit(tuple(told), clause, None)
    reading = whole(told, policy.vocabulary)
    if reading.has("site") and reading.has("symptom"):
        # "My neck still hurts, the tablets do nothing" tells about pain; it does not ask about tablets.
        return Unit(tuple(told), told[-1], None)
    ask = Clause(told[0].start, told[-1].end, reading, Kind.TELL, closed=True)
    return _unit(tuple(told), ask, policy)


def _apart(message: str, clause: Clause, policy: Policy) -> tuple[Clause, ...]:
    """Cut "stretches for my neck and a painkiller" in two, when one half is permitted, the other not."""
    rule = _first_rule(clause.reading, clause.reading, policy)
    if rule is None or rule.reason not in _SEPARABLE or clause.kind is Kind.TELL:
        return (clause,)
    tokens = clause.reading.tokens
    for at in range(1, len(tokens) - 1):
        if tokens[at].text in policy.clauses.cuts or "," in message[tokens[at - 1].end : tokens[at].start]:
            halves = (
                make_clause(message, clause.start, tokens[at].start, tokens[:at], policy),
                make_clause(message, tokens[at].start, clause.end, tokens[at:], policy),
            )
            if _differ(halves, policy):
                return halves
    return (clause,)


def _differ(halves: tuple[Clause, Clause], policy: Policy) -> bool:
    """One half asks for exercises or the like and nothing speaks against it; the other half is refused."""
    rules = [_first_rule(half.reading, half.reading, policy) for half in halves]
    for half, own, other in zip(halves, rules, reversed(rules), strict=True):
        wanted = half.reading.has("wanted") and half.reading.has("site", "move")
        if own is None and wanted and half.kind is not Kind.TELL:
            return other is not None and other.reason in _SEPARABLE
    return False
