"""What every reply promises beside exact quotes: nothing that belongs to it is missing, swapped or out of order.

`assistant.recheck` says whether the words and marks of a reply are those of the articles. It cannot see what is not
there: a note left out, a side of a disagreement not shown, a card without its numbers. Everything here is worked out
from the reply's JSON, the corpus and the protocol of the gate.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assistant.cite import shown_text
from assistant.compose.material import Limits
from assistant.triage.protocol import Protocol
from assistant.triage.records import Card
from corpus.library import Corpus
from corpus.records import Passage, Span
from evals.measures_answers import Span as Place
from evals.measures_answers import gold_quoted

Reply = dict[str, Any]


def gold_recall(cited: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of the gold spans that a citation overlaps, in [0, 1]; None without gold.

    Where the articles disagree every side is gold, so that one side alone is a half or a third.
    """
    return sum(gold_quoted(cited, [one]) for one in gold) / len(gold) if gold else None


def same_quotes(reply: Reply, twin: Reply) -> float:
    """How much two replies quote alike: shared spans by all spans (Jaccard), in [0, 1]; 1 when neither quotes any.

    For a follow-up and its stand-alone twin: whoever resolves the one right gives the answer of the other.
    """
    one, other = ({(c["source_id"], c["start"], c["end"]) for c in said["citations"]} for said in (reply, twin))
    return len(one & other) / len(one | other) if one | other else 1.0


def promises_broken(reply: Reply, corpus: Corpus, protocol: Protocol) -> list[str]:
    """Everything that a reply lacks or has in the wrong place, one sentence each; empty when it is whole."""
    if unknown := {one["source_id"] for one in reply["citations"]} - corpus.by_source.keys():
        return [f"{min(unknown)} is not an article that may be cited"]
    over_the_reply: tuple[Callable[[Reply], Iterator[str]], ...] = (_ends_safely, _says_what_it_refuses, _names_sources)
    over_the_corpus: tuple[Callable[[Reply, Corpus], Iterator[str]], ...] = (
        _notes_stand, _sides_together, _sides_named, _exercises_whole, _contexts_clean,
    )  # fmt: skip
    problems = [problem for check in over_the_reply for problem in check(reply)]
    problems += [problem for own in over_the_corpus for problem in own(reply, corpus)]
    return [*problems, *_card_whole(reply, protocol), *_strength_held_back(reply, corpus, protocol)]


def _ends_safely(reply: Reply) -> Iterator[str]:
    """An answer ends with the line that says when to stop and get help."""
    if reply["outcome"] == "answered" and reply["blocks"][-1]["kind"] != "net":
        yield "the answer does not end with the safety line"


def _says_what_it_refuses(reply: Reply) -> Iterator[str]:
    """Each reason for which a part was left to others has its line, and so has a refusal as a whole."""
    lines = sum(block["kind"] == "refusal" for block in reply["blocks"])
    due = len(reply["also_refused"]) + (reply["outcome"] == "refused")
    if lines < due:
        yield f"{due} refusals have {lines} lines"


def _names_sources(reply: Reply) -> Iterator[str]:
    """The sources are the cited articles, in order of first use."""
    cited = list(dict.fromkeys(one["source_id"] for one in reply["citations"]))
    if [one["id"] for one in reply["sources"]] != cited:
        yield "the sources are not the cited articles"


def _notes_stand(reply: Reply, corpus: Corpus) -> Iterator[str]:
    """The editor's note on a quote, and the one on a disagreement, stands in the reply that quotes it."""
    notes = {block["text"] for block in reply["blocks"] if block["kind"] == "note"}
    for one in reply["citations"]:
        for note in corpus.by_source[one["source_id"]].notes:
            if note.span.overlaps(Span(one["start"], one["end"])) and note.text not in notes:
                yield f"the note on [{one['n']}] is missing"
    shown = {passage.id for passage in _quoted(reply, corpus, "position")}
    for conflict in corpus.conflicts:
        due = conflict.note is not None and shown & {side.passage_id for side in conflict.positions}
        # Passages may be sides of two disagreements; the one that was asked about has its title in the lead.
        if due and _is_about(reply, conflict.title) and conflict.note and conflict.note.text not in notes:
            yield f"the note on {conflict.id} is missing"


def _sides_together(reply: Reply, corpus: Corpus) -> Iterator[str]:
    """A disagreement that is announced is shown whole; a side that misleads alone stands only in one shown whole."""
    quoted = {passage.id for passage in _quoted(reply, corpus)}
    whole: set[str] = set()
    astray: set[str] = set()
    for conflict in corpus.conflicts:
        sides = {side.passage_id for side in conflict.positions}
        missing = {one for one in sides - quoted if corpus.passages[one].role != "sign"}
        if missing and _is_about(reply, conflict.title):
            yield f"a side of {conflict.id} is missing"
        whole |= set() if missing else sides
        astray |= {side.passage_id for side in conflict.positions if not side.alone} & quoted
    for one in sorted(astray - whole):
        yield f"{one} stands without the other sides"


def _is_about(reply: Reply, title: str) -> bool:
    """Whether a lead of the reply announces the disagreement of that title."""
    leads = [block["text"].casefold() for block in reply["blocks"] if block["kind"] == "lead"]
    return any(title.casefold() in lead for lead in leads)


def _sides_named(reply: Reply, corpus: Corpus) -> Iterator[str]:
    """Each side stands under the title of its own article, which is named once for sides that follow each other."""
    source = {one["n"]: one["source_id"] for one in reply["citations"]}
    named = ""
    for block in reply["blocks"]:
        if block["kind"] == "position":
            named = block.get("heading", named)
            own = {corpus.by_source[source[n]].source.title for n in block["citations"] if n in source}
            if own != {named}:
                yield f"a side is under the title {named!r}"


def _exercises_whole(reply: Reply, corpus: Corpus) -> Iterator[str]:
    """An exercise that is told step by step has all its steps, in the order of the article."""
    steps = [passage for passage in _quoted(reply, corpus, "step") if passage.exercise]
    for id_ in dict.fromkeys(passage.exercise for passage in steps):
        told = [passage for passage in _quoted(reply, corpus) if passage.exercise == id_]
        due = [corpus.passages[one] for one in corpus.exercises[id_].passages]
        # What the exercise is for stands after how it is done.
        if told != sorted(due, key=lambda one: one.kind == "field"):
            yield f"the steps of {id_} are not those of the article in their order"


def _contexts_clean(reply: Reply, corpus: Corpus) -> Iterator[str]:
    """What is shown around a quote is the article, what is withheld left out."""
    for one in reply["citations"]:
        context = one["context"]
        if context["text"] != shown_text(corpus.by_source[one["source_id"]], context["start"], context["end"]):
            yield f"the context of [{one['n']}] is not what may be shown"


def _card_whole(reply: Reply, protocol: Protocol) -> Iterator[str]:
    """A card is one of the protocol, for a sign that stands; with an escalation it says whom to call."""
    ended = reply["outcome"] in ("escalated", "crisis")
    card = reply["card"]
    if card is None or reply["reason"] == "gate_failed":
        if ended and card is None:
            yield "an escalation without a card"
        return
    topic = card["id"].removesuffix(f"_{card['tier']}")
    if not protocol.shelf.has(topic, card["tier"]):
        yield f"there is no card {card['id']}"
        return
    written = protocol.shelf.card(topic, card["tier"])
    if ended and topic not in _topics(reply, protocol):
        yield f"the card {card['id']} is for none of the signs"
    if (told := card["translation"]) and told not in [one.as_json() for one in protocol.shelf.translations.values()]:
        yield f"the text of the card {card['id']} in {told['language']} is not as it is written"
    if not _as_written(card, written, ended):
        yield f"the card {card['id']} lacks a part"


def _topics(reply: Reply, protocol: Protocol) -> set[str]:
    """The cards that may speak for the flags of a reply; self-harm has cards of its own."""
    flags = [protocol.flag(one) for one in reply["flags"]]
    if any(flag.crisis for flag in flags):
        return {protocol.crisis_card, protocol.crisis_with_emergency}
    return {flag.card for flag in flags}


def _as_written(card: dict[str, Any], written: Card, ended: bool) -> bool:
    """Whether a card has the words of the protocol; in later turns its first two things to do, or the first alone.

    The kinds of lines to call are compared, not their numbers, which depend on the region.
    """
    done = len(card["do"])
    whole = bool(card["why"])
    first = card["do"] == list(written.do[:done]) and done >= (len(written.do) if whole else min(2, len(written.do)))
    reminder = not ended and not whole and card["do"] == list(written.do[:1])
    return (first and len(card["numbers"]) == len(written.numbers)) or reminder


def _strength_held_back(reply: Reply, corpus: Corpus, protocol: Protocol) -> Iterator[str]:
    """No strengthening exercise for a part of the body that a flag protects."""
    parts = tuple(part for flag in reply["flags"] for part in protocol.flag(flag).protects)
    limits = Limits(no_strengthening=parts)
    for passage in _quoted(reply, corpus):
        exercise = corpus.exercises.get(passage.exercise)
        if exercise and not limits.allow(exercise):
            yield f"{exercise.id} strengthens what a sign protects"


def _quoted(reply: Reply, corpus: Corpus, kind: str = "") -> list[Passage]:
    """The passages that a reply quotes from their first character on, in its order; of one kind of block, or of all."""
    starts = {(passage.source_id, passage.start): passage for passage in corpus.passages.values()}
    place = {one["n"]: (one["source_id"], one["start"]) for one in reply["citations"]}
    marks = [n for block in reply["blocks"] if kind in ("", block["kind"]) for n in block["citations"]]
    return [starts[place[n]] for n in marks if place.get(n) in starts]
