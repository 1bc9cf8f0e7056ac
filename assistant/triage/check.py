"""Checks that the parts of the protocol fit together, so that a wrong edit is found when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.triage.cards import TRANSLATED
from assistant.triage.protocol import Flag, Protocol


def problems(protocol: Protocol) -> Iterator[str]:
    """What is inconsistent between the parts, one sentence each; nothing when all is well."""
    signs = frozenset(sign.id for sign in protocol.signs)
    for sign in protocol.signs:
        used = frozenset().union(*(frame.blocked.union(*frame.parts) for frame in sign.frames))
        for name in sorted(used - protocol.lexicon.concepts):
            yield f"the sign {sign.id} uses the concept {name}, which no word list defines"
    for flag in protocol.flags:
        yield from _flag_problems(flag, signs, protocol)
    for look_alike in protocol.look_alikes:
        for name in sorted(frozenset().union(look_alike.signs, look_alike.unless, *look_alike.needs) - signs):
            yield f"a look_alike names the sign {name}, which does not exist"
    yield from _second_problems(protocol, signs)
    yield from _language_problems(protocol, signs)
    for topic in (protocol.general_card, protocol.crisis_card, protocol.crisis_with_emergency):
        if not protocol.shelf.has(topic, "emergency"):
            yield f"there is no emergency card {topic}"


def _second_problems(protocol: Protocol, signs: frozenset[str]) -> Iterator[str]:
    for sign in sorted({protocol.second_sign, protocol.despair_sign} - signs):
        yield f"the second detector reports the sign {sign}, which does not exist"
    if protocol.second_flag not in {flag.id for flag in protocol.flags}:
        yield f"the second detector raises the flag {protocol.second_flag}, which does not exist"


def _language_problems(protocol: Protocol, signs: frozenset[str]) -> Iterator[str]:
    if protocol.unread_sign not in signs:
        yield f"danger words of other languages make the sign {protocol.unread_sign}, which does not exist"
    for language in protocol.languages.read:
        own = language.lexicon
        for name in sorted(own.concepts - own.masks - protocol.lexicon.concepts):
            yield f"the language {language.code} uses the concept {name}, which no word list defines"
        for kind in TRANSLATED:
            if (language.code, kind) not in protocol.shelf.translations:
                yield f"the language {language.code} has no card text for {kind}"


def _flag_problems(flag: Flag, signs: frozenset[str], protocol: Protocol) -> Iterator[str]:
    if not flag.rules:
        yield f"the flag {flag.id} has no rule"
    for rule in flag.rules:
        for name in sorted(frozenset().union(rule.unless, *rule.needs) - signs):
            yield f"the flag {flag.id} needs the sign {name}, which does not exist"
        if not protocol.shelf.has(flag.card, rule.tier):
            yield f"the flag {flag.id} has no card {flag.card} for the tier {rule.tier}"
    for name in sorted(set(flag.asks) - signs):
        yield f"the flag {flag.id} asks about the sign {name}, which does not exist"
