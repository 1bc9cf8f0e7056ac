"""'spotter eval': measure the answers, the gate and the retrieval."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.lazy import LazyGroup
from corpus.errors import KnownError

if TYPE_CHECKING:
    from evals.beir import Table
    from evals.beir_folder import BeirFolder


class NotWritten(KnownError):
    """The figures cannot be written to the file that was asked for."""


# The others load the whole assistant; they are imported when they are called.
COMMANDS = {
    "run": ("evals.commands_run", "run", "Run the cases and score them; the exit status is 1 when a gate falls."),
    "report": ("evals.commands_run", "report", "Write the scorecard of a run as Markdown, JSON, JUnit XML and HTML."),
    "compare": ("evals.commands_run", "compare", "Compare two runs case by case: better, worse, or not decided."),
    "mutants": ("evals.commands_mutants", "mutants_command", "Break the assistant and see whether the cases notice."),
    "variants": ("evals.commands_variants", "variants_command", "Say the cases in other ways: no tier may fall."),
    "inspect": ("evals.commands_inspect", "inspect_group", "Give cases, replies and scores to Inspect AI."),
    "gate": ("evals.commands_gate", "gate_command", "List what the gate gets wrong; compare its two detectors."),
    "train": ("evals.commands_train", "train_command", "Learn the second opinion of the gate or the policy anew."),
    "digests": ("evals.commands_run", "digests", "Write down the files of cases as they are now."),
}


@click.group("eval", cls=LazyGroup, table=COMMANDS)
def eval_group() -> None:
    """Measure the answers, the gate and the retrieval."""


@eval_group.command()
@click.option("--beir", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path), help="A BEIR folder.")
@click.option("--json", "target", metavar="FILE", type=click.Path(path_type=Path), help="Write the figures there too.")
@click.option("--limit-queries", type=click.IntRange(min=1), help="Score only the first so many queries.")
def retrieval(folder: Path, target: Path | None, limit_queries: int | None) -> None:
    """Score the retrieval on any folder in the BEIR layout.

    DIR holds corpus.jsonl (_id, title, text), queries.jsonl (_id, text, metadata) and qrels.tsv or qrels/test.tsv
    (query-id, corpus-id, score). Its documents are indexed as the articles are, without asked-as questions. The
    index is kept under "beir" in Spotter's data folder, which is safe to delete.
    """
    from evals.beir_folder import read_folder

    read = read_folder(folder)
    if target is not None:
        _check_place(target)
    limited = replace(read, queries=read.queries[:limit_queries])
    figures = _figures(limited)
    click.echo(_shown(figures))
    for notice in read.notices:
        click.echo(notice)
    if len(limited.queries) < len(read.queries):
        click.echo(f"Only the first {len(limited.queries)} of {len(read.queries)} queries were scored.")
    if target is not None:
        _write(target, {"kinds": figures})


def _figures(folder: "BeirFolder") -> "Table":
    from assistant.commands.progress import building
    from assistant.settings import read_settings
    from assistant.start import encoder_for_build
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
