"""Take personal data out of a text before it is given to a model."""

import re
from functools import cache, partial
from pathlib import Path

from langchain.agents.middleware.pii import (
    detect_credit_card,
    detect_email,
    detect_ip,
    detect_mac_address,
    detect_url,
)

from corpus.sources import read_toml

FOUND_BY = (detect_email, detect_url, detect_credit_card, detect_mac_address, detect_ip)
PATTERNS = Path(__file__).with_name("mask.toml")


def masked(text: str) -> str:
    """The text with names, numbers, dates and addresses as far as they are known by their form, each as [kind].

    A name that nothing introduces ("Anna hurt her neck") stays: docs/privacy.md says so.
    """
    for detect in FOUND_BY:
        for match in reversed(detect(text)):
            text = f"{text[: match['start']]}[{match['type']}]{text[match['end'] :]}"
    for kind, pattern in _patterns():
        text = pattern.sub(partial(_without, kind), text)
    return text


def _without(kind: str, found: re.Match[str]) -> str:
    group = "it" if "it" in found.re.groupindex else 0
    start, end = found.start(group) - found.start(), found.end(group) - found.start()
    return f"{found.group()[:start]}[{kind}]{found.group()[end:]}"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"])) for row in read_toml(PATTERNS)["mask"])
