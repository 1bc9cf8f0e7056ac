"""Questions to ask next that the index is known to answer, and what is covered near a question it is not."""

from collections.abc import Callable, Iterable, Sequence

from assistant.compose.material import Composed, Limits
from corpus.library import Corpus
from corpus.records import Exercise, Passage, Section
from index.found import Hit

MOST = 3
NEAR = 40  # hits that are looked at
RELATED = 0.45  # share of the best score from which a hit is related to the question
_NAMED = 4  # topics named as nearby


def follow_ups(
    composed: Sequence[Composed], hits: Iterable[Hit], corpus: Corpus, limits: Limits, known: Callable[[str], bool]
) -> tuple[str, ...]:
    """Up to three: how to do an exercise that was listed, then questions that the articles themselves answer.

    A heading may ask what Spotter leaves to others, or nothing by itself: one that is not `known` is left out.
    """
    explained = {one.exercise for one in composed}
    offered = [exercise for one in composed for exercise in one.offered]
    exercises = [corpus.exercises[one] for one in offered]
    # What was listed with its only line has nothing more to tell.
    questions = dict.fromkeys(one.ask for one in exercises if len(one.passages) > 1)
    questions |= dict.fromkeys(one.ask for one in _namesakes(explained, corpus) if limits.allow(one))
    quoted = {(quote.source_id, quote.start) for one in composed for block in one.blocks for quote in block.quotes}
    for passage in _passages(hits, corpus):
        if len(questions) >= MOST:
            break
        exercise = corpus.exercises.get(passage.exercise)
        if exercise and exercise.id not in explained and not _quoted(exercise.passages, quoted, corpus):
            questions |= {exercise.ask: None} if len(exercise.passages) > 1 and limits.allow(exercise) else {}
        elif not exercise and (section := _asking(passage, corpus)) and not _answered(section, passage, quoted):
            heading = section.path[-1].text.strip()
            questions |= {heading: None} if known(heading) else {}
    return tuple(questions)[:MOST]


def _namesakes(explained: Iterable[str], corpus: Corpus) -> list[Exercise]:
    """What another article tells of an exercise that was explained, such as the cat-cow of two articles."""
    told = [corpus.exercises[one] for one in explained if one]
    return [
        other
        for other in corpus.exercises.values()
        if other.state in ("served", "corrected")
        and any(_bare(other.name) == _bare(one.name) and other is not one for one in told)
    ]


def _bare(name: str) -> str:
    return name.partition(" (")[0].casefold()


def _quoted(passages: Iterable[str], quoted: set[tuple[str, int]], corpus: Corpus) -> bool:
    return any((corpus.passages[one].source_id, corpus.passages[one].start) in quoted for one in passages)


def _answered(section: Section, passage: Passage, quoted: set[tuple[str, int]]) -> bool:
    """Whether the answer already quotes the section."""
    starts = [start for source, start in quoted if source == passage.source_id]
    return any(block.start <= start < block.end for block in section.blocks for start in starts)


def nearby(hits: Iterable[Hit], corpus: Corpus) -> tuple[str, ...]:
    """Headings of the sections that were found, as reading; no claim and no citation."""
    headings = [passage.heading.rpartition(" > ")[2] for passage in _passages(hits, corpus)]
    return tuple(dict.fromkeys(f"“{heading}”" for heading in headings if heading))[:_NAMED]


def _passages(hits: Iterable[Hit], corpus: Corpus) -> list[Passage]:
    near = list(hits)[:NEAR]
    best = max((hit.score for hit in near), default=0.0)
    return [corpus.passages[hit.passage_id] for hit in near if hit.score >= RELATED * best]


def _asking(passage: Passage, corpus: Corpus) -> Section | None:
    """The section of the passage when its heading is a question."""
    sections = corpus.by_source[passage.source_id].sections
    section = next(one for one in sections if one.id == passage.section_id)
    return section if section.question and passage.role != "sign" else None
