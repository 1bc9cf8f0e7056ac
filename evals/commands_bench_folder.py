"""'spotter eval bench-folder': how long the search takes over a folder in the BEIR layout, of any size."""

import shutil
import sys
from pathlib import Path

import click

from corpus.library import load
from evals.beir_generate import write_folder
from evals.bench import ROOT, Timed, environment, megabytes, timed
from evals.page import placed

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- between: written by 'make bench' for a folder -->", "<!-- end of the folder -->"
QUERIES = 200


@click.command("bench-folder")
@click.option("--documents", default=10_000, show_default=True, help="How many documents the folder holds.")
@click.option("--scratch", type=click.Path(path_type=Path), default=Path(".spotter/bench-folder"), show_default=True)
@click.option("--write", is_flag=True, help="Write the section into docs/performance.md.")
def bench_folder_command(documents: int, scratch: Path, write: bool) -> None:
    """Time `spotter eval retrieval --beir` over a folder of generated documents, first and again."""
    scratch = scratch.absolute()
    shutil.rmtree(scratch, ignore_errors=True)
    folder, data = scratch / "folder", scratch / "data"
    write_folder(folder, load(), documents, QUERIES)
    command = [sys.executable, "-m", "assistant", "eval", "retrieval", "--beir", str(folder)]
    env = environment(data)
    timed([sys.executable, "-m", "assistant", "index", "build"], env)  # the model is exported by now
    runs = [timed(command, env) for _ in ("first", "again")]
    text = section(documents, runs, megabytes(data / "beir"))
    click.echo(text)
    if write:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), text, BEGIN, END), encoding="utf-8")


def section(documents: int, runs: list[Timed], size: float) -> str:
    """The section in Markdown."""
    rows = [
        f"| {name} | {one.seconds:.0f} | {one.megabytes:.0f} |"
        for name, one in zip(("first, with embedding and index", "again"), runs, strict=True)
    ]
    told = f"Made by `spotter eval bench-folder`: {documents:,} documents, {QUERIES} queries; index {size:.0f} MB."
    table = ["| `spotter eval retrieval --beir DIR` | s | most memory, MB |", "| --- | --- | --- |", *rows]
    return "\n\n".join(["## A folder in the BEIR layout", told, "\n".join(table)]) + "\n"
