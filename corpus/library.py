"""Load the whole corpus: sources, articles as curated, exercises, conflicts and asked-as questions."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from corpus.asked_as import AskedAs, read_asked_as, read_asked_of_conflicts
from corpus.curation import CurationError, NamedExercise, Overlay, locate, read_overlay
from corpus.passages import Vocabulary, cut, read_vocabulary
from corpus.records import Article, Conflict, Exercise, Note, Passage, Position, Section, Source, Span
from corpus.sections import parse
from corpus.sources import CORPUS, SourceError, check_schema, read_article, read_sources, read_toml


@dataclass(frozen=True)
class Corpus:
    """Everything the index is built from and replies are checked against."""

    articles: tuple[Article, ...]  # the citable ones only
    sources: tuple[Source, ...]  # all that are listed
    conflicts: tuple[Conflict, ...]
    vocabulary: Vocabulary
    folder: Path

    @cached_property
    def passages(self) -> dict[str, Passage]:
        return {passage.id: passage for article in self.articles for passage in article.passages}

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {exercise.id: exercise for article in self.articles for exercise in article.exercises}

    @cached_property
    def by_source(self) -> dict[str, Article]:
        return {article.source.id: article for article in self.articles}

    def asked_as(self) -> tuple[AskedAs, ...]:
        """Read when an index is built or checked; answering does not need them."""
        of_passages = [row for article in self.articles for row in read_asked_as(article, self.folder)]
        return tuple(dict.fromkeys([*of_passages, *read_asked_of_conflicts(self.conflicts, self.folder)]))


def load(folder: Path = CORPUS) -> Corpus:
    """The corpus in a folder; raises SourceError or CurationError with what to mend."""
    sources = read_sources(folder)
    vocabulary = read_vocabulary(folder)
    articles = tuple(_article(source, vocabulary, folder) for source in sources if source.citable)
    exercises = [exercise.id for article in articles for exercise in article.exercises]
    if twice := {one for one in exercises if exercises.count(one) > 1}:
        raise CurationError(f"Two overlays use the exercise id {min(twice)!r}. Give each exercise an id of its own.")
    return Corpus(articles, sources, _conflicts(articles, folder), vocabulary, folder)


def _article(source: Source, vocabulary: Vocabulary, folder: Path) -> Article:
    text = read_article(source, folder)
    overlay = read_overlay(source.id, text, folder)
    sections = parse(text, overlay.hints)
    passages = cut(source.id, text, sections, overlay, vocabulary)
    exercises, passages = _exercises(source.id, sections, passages, overlay)
    return Article(
        source=source,
        text=text,
        sections=sections,
        withheld=overlay.withheld,
        mends=overlay.mends,
        notes=overlay.notes,
        passages=passages,
        exercises=exercises,
    )


def _exercises(
    source_id: str, sections: tuple[Section, ...], passages: tuple[Passage, ...], overlay: Overlay
) -> tuple[tuple[Exercise, ...], tuple[Passage, ...]]:
    """The exercises with their steps, and the passages marked with the exercise they describe."""
    exercises, owner = [], {}
    for named in overlay.exercises:
        steps = _steps(source_id, named, sections, passages)
        # What is said of an exercise in passing remains a statement like any other.
        if named.state != "withheld" and named.load != "none":
            owner.update(dict.fromkeys(steps, named.id))
        exercises.append(
            Exercise(
                id=named.id,
                source_id=source_id,
                name=named.name,
                names=named.names,
                ask=named.ask,
                state=named.state,  # type: ignore[arg-type]  # the schema allows these four
                reason=named.reason,
                regions=named.regions,
                load=named.load,
                passages=() if named.state == "withheld" else steps,
                also=_also(source_id, named, passages),
            )
        )
    marked = tuple(replace(one, exercise=owner[one.id]) if one.id in owner else one for one in passages)
    return tuple(exercises), marked


def _steps(
    source_id: str, named: NamedExercise, sections: tuple[Section, ...], passages: tuple[Passage, ...]
) -> tuple[str, ...]:
    if named.section:
        ids = {one.id for one in sections if one.path and one.path[-1].text == named.section}
        steps = tuple(one.id for one in passages if one.section_id in ids)
    else:
        steps = tuple(one.id for one in passages if any(one.span.overlaps(span) for span in named.spans))
    if bool(steps) == (named.state == "withheld"):
        problem = "has citable steps but is withheld" if steps else "has no citable step"
        raise CurationError(f"curation/{source_id}.toml: the exercise {named.id!r} {problem}. Mend its place or state.")
    return steps


def _also(source_id: str, named: NamedExercise, passages: tuple[Passage, ...]) -> tuple[str, ...]:
    """What stands outside the steps and holds for the exercise; refused where none of it can be quoted."""
    found = []
    for span in named.also:
        touched = [one.id for one in passages if one.span.overlaps(span)]
        if not touched:
            raise CurationError(
                f"curation/{source_id}.toml: what also holds for the exercise {named.id!r} is withheld. Drop the quote."
            )
        found += touched
    return tuple(dict.fromkeys(found))


def _conflicts(articles: tuple[Article, ...], folder: Path) -> tuple[Conflict, ...]:
    path = folder / "conflicts.toml"
    if not path.exists():
        return ()
    rows = read_toml(path)
    check_schema(rows, "conflicts", path)
    by_id = {article.source.id: article for article in articles}
    return tuple(
        Conflict(
            id=row["id"],
            title=row["title"],
            positions=tuple(
                Position(
                    one["source"], _stated_by(by_id, one["source"], one["quote"], row["id"]), one.get("alone", True)
                )
                for one in row["positions"]
                if one["source"] in by_id
            ),
            note=Note(Span(0, 0), **row["note"]) if "note" in row else None,
        )
        for row in rows["conflict"]
    )


def _stated_by(articles: dict[str, Article], source_id: str, quote: str, conflict: str) -> str:
    article = articles[source_id]
    span = locate(article.text, quote, f"conflicts.toml, {conflict}")
    for passage in article.passages:
        if passage.span.overlaps(span):
            return passage.id
    raise SourceError(f"conflicts.toml, {conflict}: {quote[:60]!r} is withheld, so it cannot be shown as a side.")
