"""Decides which questions of a message Spotter looks up, with a kind ready text for those it leaves to others.

The red-flag gate has run before; nothing here can undo what it found. When it is not clear whether a question
belongs here it goes through: retrieval declines later what the articles do not cover.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assistant.policy.clauses import as_typed, is_polite
from assistant.policy.data import Policy, Rule, read_policy
from assistant.policy.language import other_language
from assistant.policy.opinion import NO_OPINION, Ask, silent
from assistant.policy.output import banned_output
from assistant.policy.patterns import Patterns, read_clause
from assistant.policy.units import Unit, find_units
from assistant.policy.words import Token, has_words, read_words

__all__ = ["Policy", "Refusal", "Verdict", "banned_output", "judge", "load_policy"]

LONGEST_MESSAGE = 4000
REASONS = frozenset(
    {"diagnosis", "medication", "imaging_surgery", "other_body_part", "other_medical", "product", "off_topic"}
    | {"instructions", "abuse", "language", "too_long", "empty", "greeting", "thanks", "about", "sources"}
)
_NOTICES = frozenset({"about", "sources"})
_UNMENTIONED = _NOTICES | {"abuse"}
_SMALL_TALK = ("greeting", "thanks", "acknowledged", "goodbye", "filler")
_FOLDER = Path(__file__).parent
# Rules of these reasons go by words that ordinary questions use too; the second opinion may overrule them. Medicines,
# scans and operations are named by words that mean nothing else; what is said against Spotter or its rules stays so.
DOUBTED = frozenset({"diagnosis", "other_body_part", "other_medical", "product", "off_topic"})
SHORTEST = 4  # words from which a question says enough by itself to be refused for what it is like
MOST_ASKED = 12  # questions of one message about which the second opinion is asked; three are answered


@dataclass(frozen=True)
class Refusal:
    """A part of a message that is left to others: the reason, and one line for the user."""

    reason: str
    line: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message; see `judge`."""

    outcome: Literal["go", "refused", "notice"]
    reason: str
    lines: tuple[str, ...]
    questions: tuple[str, ...]
    also_refused: tuple[Refusal, ...]


def load_policy(folder: Path = _FOLDER, authors: Iterable[str] = ()) -> Policy:
    """Read the policy from its files; KnownError (corpus/errors.py) names a file that is missing or wrong.

    `authors` are those of the articles, as corpus/sources.toml names them: who they are is asked about the sources.
    """
    return read_policy(folder, REASONS, authors)


def judge(message: str, policy: Policy, ask: Ask = silent) -> Verdict:
    """Decide what becomes of a message.

    `ask` gives the second opinion on one question as typed. It is asked only where the rules leave room for it: not
    about small talk, other languages, Spotter itself, medicines, scans and attacks that the rules know. What it raises
    is raised.

    Returns "go" with the permitted questions as typed, in order (at least one), "refused" or "notice" with
    ready lines. A refused part of a mixed message stands in `also_refused`, one line for each reason. For the
    reason "sources" there is no line: the caller makes that text from the list of sources. The time grows in
    line with the length of the message, which is read up to 4,000 characters.
    """
    if not has_words(message):
        return _notice("empty", policy, "empty")
    if len(message) > LONGEST_MESSAGE:
        return _notice("too_long", policy, "too_long", "too_long_emergency")
    tokens = read_words(message, policy.vocabulary)
    if not tokens:
        return _notice("empty", policy, "empty")
    language = other_language(message, tokens, policy.languages)
    if language:
        return _notice("language", policy, f"language_{language}", "language")
    polite = _small_talk(tokens, policy)
    if polite:
        return _notice("greeting" if polite == "greeting" else "thanks", policy, polite)
    units = find_units(message, tokens, policy)
    if _made_for_a_machine(message, units, policy):
        return Verdict("refused", "instructions", (policy.lines["instructions"].text,), (), ())
    looked_at = [_second_look(message, unit, policy, ask) for unit in units[:MOST_ASKED]]
    units = (*looked_at, *units[MOST_ASKED:])
    return _answered(message, units, policy) or _declined(units, policy)


def _second_look(message: str, unit: Unit, policy: Policy, ask: Ask) -> Unit:
    """The question with the rule that stands after the second opinion was heard."""
    if unit.rule is not None and unit.rule.reason not in DOUBTED:
        return unit
    question = _question(message, unit, policy)
    opinion = ask(question) if question else NO_OPINION
    if unit.rule is None:
        enough = sum(len(clause.reading.tokens) for clause in unit.clauses) >= SHORTEST
        return replace(unit, rule=_general_rule(opinion.refuses)) if opinion.refuses and enough else unit
    if opinion.permits:
        return replace(unit, rule=None)
    renamed = opinion.renames and opinion.renames != unit.rule.reason
    return replace(unit, rule=_general_rule(opinion.renames)) if renamed else unit


def _general_rule(reason: str) -> Rule:
    """A rule that found its question without a pattern; its line is the one with the name of the reason."""
    none = Patterns(())
    return Rule(f"second opinion: {reason}", reason, reason, "ask", none, none, none, inherits=False)


def _notice(reason: str, policy: Policy, *ids: str) -> Verdict:
    lines = tuple(policy.lines[name].text for name in ids if name in policy.lines)
    return Verdict("notice", reason, lines, (), ())


def _small_talk(tokens: Sequence[Token], policy: Policy) -> str:
    """Which ready line suits a message of nothing but politeness; "" for any other message."""
    reading = read_clause(tokens, policy.vocabulary)
    for name in ("greeting", "goodbye", "thanks", "acknowledged"):
        if reading.has(name) and is_polite(reading, (name, *_SMALL_TALK)):
            return name
    return ""


def _made_for_a_machine(message: str, units: Sequence[Unit], policy: Policy) -> bool:
    """Markup or a forged turn, and nothing about back or neck that could be answered."""
    typed = message.casefold()
    if not any(sign in typed for sign in policy.markers):
        return False
    return not any(unit.rule is None and unit.ask.reading.has("site", "move") for unit in units)


def _answered(message: str, units: Sequence[Unit], policy: Policy) -> Verdict | None:
    permitted = [unit for unit in units if unit.rule is None]
    if not permitted:
        return None
    questions = tuple(_question(message, unit, policy) for unit in permitted)
    # Rudeness beside a real question gets no comment.
    rules = [unit.rule for unit in units if unit.rule and unit.rule.reason not in _UNMENTIONED]
    return Verdict("go", "ok", (), questions, _refusals(rules, policy))


def _question(message: str, unit: Unit, policy: Policy) -> str:
    start, end = unit.clauses[0].start, unit.clauses[-1].end
    return as_typed(message, start, end, policy)


def _declined(units: Sequence[Unit], policy: Policy) -> Verdict:
    """Refuse, or give the notice; the line that helps most comes first, rudeness and notices last."""
    rules = sorted((unit.rule for unit in units if unit.rule), key=lambda rule: rule.reason in _UNMENTIONED)
    if not rules:
        return _notice("empty", policy, "empty")
    first = next((rule for rule in rules if rule.reason == "instructions"), rules[0])
    if first.reason in _NOTICES:
        return _notice(first.reason, policy, *([] if first.reason == "sources" else [first.line]))
    others = [rule for rule in rules if rule.reason not in (*_UNMENTIONED, first.reason)]
    return Verdict("refused", first.reason, (policy.lines[first.line].text,), (), _refusals(others, policy))


def _refusals(rules: Sequence[Rule], policy: Policy) -> tuple[Refusal, ...]:
    """One line for each reason, in the order of the message."""
    lines: dict[str, str] = {}
    for rule in rules:
        lines.setdefault(rule.reason, policy.lines[rule.line].text)
    return tuple(Refusal(reason, line) for reason, line in lines.items())
