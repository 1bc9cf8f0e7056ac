"""Have the model say an answer in sentences of its own, each with the places of the words that it rests on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache

from pydantic import BaseModel, Field

from assistant.compose.evidence import Evidence
from assistant.model.mask import masked
from assistant.model.prompts import Prompt, read_prompt
from assistant.model.slot import NoUse, Slot, parsed
from assistant.reply import Block, Quote

MOST = 6  # sentences of an answer
LONGEST = 400  # characters of one
LOOK_EVERY = 100  # characters that come before it is looked again whether a sentence has ended
_OPENED = re.compile(r'"sentences"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_MARKUP = ("<", ">", "[", "]", "`", "*", "http", "www.", "\\", "{", "}")


class Cited(BaseModel):
    """The words of a piece of evidence on which a sentence rests."""

    id: int = Field(description="Number of the evidence.")
    quote: str = Field(description="Words of it, letter for letter.")


class Sentence(BaseModel):
    """A sentence of the answer."""

    text: str
    evidence: list[Cited]


class Written(BaseModel):
    """An answer; no sentences where the evidence has none."""

    sentences: list[Sentence]


def write(question: str, evidence: Sequence[Evidence], slot: Slot) -> Iterator[Block | str]:
    """Each sentence as soon as it is whole, not verified yet; or why one is not used. Raises NoUse."""
    best = str(sum(one.quoted for one in evidence))
    messages = answer_prompt().filled(question=masked(question), best=best, evidence=_numbered(evidence))
    given, looked, text = 0, 0, ""
    for text in slot.growing(messages, Written):
        if len(text) - looked >= LOOK_EVERY:
            looked = len(text)
            for sentence in _whole(text)[given:MOST]:
                given += 1
                yield _block(sentence, evidence)
    written = parsed(text, Written)
    if not written.sentences:
        raise NoUse("empty")
    for sentence in written.sentences[given:MOST]:
        yield _block(sentence, evidence)


def _whole(text: str) -> list[Sentence]:
    """The sentences that have come whole, of an answer that is still coming; in about linear time."""
    sentences: list[Sentence] = []
    opened = _OPENED.search(text)
    place = opened.end() if opened else len(text)
    while True:
        try:
            row, place = _DECODER.raw_decode(text, place)
            sentences.append(Sentence.model_validate(row))
        except (ValueError, RecursionError):  # the rest has not come yet, or never will
            return sentences
        place += len(_BETWEEN.match(text, place)[0])  # type: ignore[index]  # it matches nothing too


@cache
def answer_prompt() -> Prompt:
    return read_prompt("answer", frozenset({"question", "best", "evidence"}))


def _numbered(evidence: Sequence[Evidence]) -> str:
    return "\n\n".join(f"{n}. [{one.heading}]\n{one.text}" for n, one in enumerate(evidence, start=1))


def _block(sentence: Sentence, evidence: Sequence[Evidence]) -> Block | str:
    """The sentence with the places of its quotes, or why it is not used."""
    text = sentence.text.strip()
    if not 0 < len(text) <= LONGEST:
        return "length"
    if any(one in text for one in _MARKUP) or not text.isprintable():
        return "markup"
    if not sentence.evidence:
        return "uncited"
    quotes: list[Quote] = []
    for cited in sentence.evidence:
        if not 1 <= cited.id <= len(evidence):
            return "unknown evidence"
        quote = evidence[cited.id - 1].holding(cited.quote)
        if quote is None:
            return "altered quote"
        quotes.append(quote)
    return Block("written", text, tuple(dict.fromkeys(quotes)))
