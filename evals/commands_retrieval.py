"""'spotter eval retrieval': every choice of the retrieval against what else it could be, or any BEIR folder."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import KnownError

if TYPE_CHECKING:
    from evals.beir import Table
    from evals.beir_folder import BeirFolder
    from evals.retrieval import Bench
    from evals.retrieval_variants import Variant


class NotWritten(KnownError):
    """The figures cannot be written to the file that was asked for."""


class NothingToCompare(KnownError):
    """No variant is called that."""


@click.command("retrieval")
@click.option(
    "--split",
    type=click.Choice(["dev", "test"]),
    default="dev",
    show_default=True,
    help="Cases to search for; test is for reports only.",
)
@click.option("--only", metavar="TEXT", default="", help="Only variants with this in their name.")
@click.option("--beir", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Score a BEIR folder instead.")
@click.option("--json", "target", metavar="FILE", type=click.Path(path_type=Path), help="Write the figures there too.")
@click.option("--limit-queries", type=click.IntRange(min=1), help="Score only the first so many queries.")
def retrieval_command(
    split: str, only: str, folder: Path | None, target: Path | None, limit_queries: int | None
) -> None:
    """Compare every choice of the retrieval with what else it could be; takes about two minutes.

    Each variant is set against the retrieval as it is over the same questions of the cases, with the 95 % interval of
    the difference over families; a second table leaves out questions that nearly stand among the asked-as questions.
    Choices are made on the dev split.

    With --beir the retrieval is scored on a folder of that layout: corpus.jsonl (_id, title, text), queries.jsonl
    (_id, text, metadata) and qrels.tsv or qrels/test.tsv (query-id, corpus-id, score). Its documents are indexed as
    the articles are, without asked-as questions. The index is kept under "beir" in Spotter's data folder, which is
    safe to delete.
    """
    if target is not None:
        _check_place(target)
    figures = _compared(split, only, limit_queries) if folder is None else _scored(folder, limit_queries)
    if target is not None:
        _write(target, figures)


def _compared(split: str, only: str, limit: int | None) -> dict[str, Any]:
    from assistant.retrieval import encoder_for_build
    from assistant.settings import read_settings
    from corpus.library import load
    from evals.cases import read_cases
    from evals.retrieval import Bench, questions_of
    from evals.retrieval_report import NOTE, markdown
    from evals.retrieval_variants import VARIANTS

    variants = [one for one in VARIANTS if only.lower() in f"{one.group} {one.name}".lower()]
    if not variants:
        groups = ", ".join(dict.fromkeys(one.group for one in VARIANTS))
        raise NothingToCompare(f"Nothing is called {only!r}. The groups are: {groups}.")
    settings = read_settings()
    corpus = load(settings.corpus)
    questions = questions_of(read_cases(), split, corpus)[:limit]
    click.echo("Embedding what was not embedded before.", err=True)
    encoder = encoder_for_build(settings)()
    with tempfile.TemporaryDirectory() as scratch:
        tables = _tables(Bench(corpus, questions, settings.index, encoder, Path(scratch)), variants)
    for title, found in tables.items():
        click.echo(markdown(f"The {split} split, {title}", found))
    click.echo(NOTE)
    return {"split": split, "tables": tables}


def _tables(bench: "Bench", variants: Sequence["Variant"]) -> dict[str, Any]:
    """The variants over all questions, and over those that are not nearly asked-as questions."""
    from evals.retrieval import by_score
    from evals.retrieval_report import scores, table, twins, without
    from evals.retrieval_variants import AS_IT_IS

    searched = bench.searched(AS_IT_IS)
    default = scores(bench.questions, by_score(bench, searched))
    with click.progressbar(variants, label="Searching", file=sys.stderr) as bar:
        found = [(one, scores(bench.questions, bench.rankings(one.setup))) for one in bar]
    near = twins(searched)
    kept = [question for question in bench.questions if question.id not in near]
    tables = {"all questions": table(bench.questions, default, found)}
    if kept:
        fewer = [(one, without(near, bench.questions, values)) for one, values in found]
        tables["without near twins"] = table(kept, without(near, bench.questions, default), fewer)
    return tables


def _scored(folder: Path, limit: int | None) -> dict[str, Any]:
    from evals.beir_folder import read_folder

    read = read_folder(folder)
    limited = replace(read, queries=read.queries[:limit])
    figures = _figures(limited)
    click.echo(_shown(figures))
    for notice in read.notices:
        click.echo(notice)
    if len(limited.queries) < len(read.queries):
        click.echo(f"Only the first {len(limited.queries)} of {len(read.queries)} queries were scored.")
    return {"kinds": figures}


def _figures(folder: "BeirFolder") -> "Table":
    from assistant.commands.progress import building
    from assistant.retrieval import encoder_for_build
    from assistant.settings import read_settings
    from evals.beir import query_vectors, rankings, scratch_index, table

    settings = read_settings()
    click.echo("Opening the embedding model; the first time takes about a minute.", err=True)
    encoder = encoder_for_build(settings)()
    with building(f"Indexing {len(folder.documents)} documents; what is embedded once is kept.") as progress:
        scratch = scratch_index(folder, settings.index, encoder, progress)
    with _bar(len(folder.queries), "Reading the queries") as bar:
        ready, vectors, embedded = query_vectors(folder, settings.index, encoder, bar.update)
    click.echo(f"{len(folder.documents)} documents, {scratch.embedded + embedded} texts embedded.", err=True)
    with _bar(len(folder.queries), "Searching") as bar:
        found = []
        for query, vector in zip(ready, vectors, strict=True):
            found.append(rankings(scratch.side, query, vector))
            bar.update(1)
    return table(folder, found)


def _bar(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, show_pos=True, file=sys.stderr)


def _shown(figures: "Table") -> str:
    width = max(len("kind"), *map(len, figures))
    lines = [f"{'kind':{width}}  method  nDCG@10  recall@10  recall@100  queries"]
    for kind, methods in figures.items():
        lines += [
            f"{kind:{width}}  {method:6}  {row['ndcg@10']:7.4f}  {row['recall@10']:9.4f}  {row['recall@100']:10.4f}"
            f"  {row['n']:7}"
            for method, row in methods.items()
        ]
    return "\n".join(lines)


def _check_place(target: Path) -> None:
    """Say now, not after the search, that there is no such place."""
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise NotWritten(f"{target} cannot be written: it is a folder or its folder is missing. Choose another place.")


def _write(target: Path, figures: dict[str, Any]) -> None:
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        scratch.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        scratch.replace(target)
    except OSError as error:
        raise NotWritten(f"{target} cannot be written: {error.strerror}. Choose another place.") from None
    finally:
        scratch.unlink(missing_ok=True)
