"""'spotter index': build the index, say what it was built from, and search it without an answer."""

import click

from assistant.commands.progress import building
from assistant.retrieval import encoder_for_build, open_index
from assistant.settings import read_settings
from corpus.library import load
from index.build import build as build_index
from index.encoder import read_model_folder
from index.export import ensure_model, model_folder
from index.lock import current, fingerprint, read_lock


@click.group()
def index() -> None:
    """Build, describe and search the index."""


@index.command()
@click.option("--fresh", is_flag=True, help="Build anew even when the index fits.")
def build(fresh: bool) -> None:
    """Build the index; what is already embedded is not embedded again."""
    settings = read_settings()
    corpus = load(settings.corpus)
    with building() as progress:
        built = build_index(corpus, settings.index, encoder_for_build(settings), progress, fresh)
    if built.reused:
        ensure_model(settings.index)  # the other half of what a search needs
        click.echo("The index fits the corpus; nothing to do.")
    else:
        lock = built.lock
        click.echo(f"{lock.passages} passages and {lock.questions} questions; {built.embedded} texts embedded.")


@index.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say what the index was built from and whether it fits the corpus."""
    settings = read_settings()
    folder = current(settings.index)
    if folder is None:
        click.echo("There is no index yet. Run 'spotter index build'.")
        ctx.exit(1)
    lock = read_lock(folder)
    model = read_model_folder(model_folder(settings.index))
    fits = lock.fingerprint == fingerprint(settings.corpus, settings.index.model)
    click.echo(f"Index        {lock.fingerprint[:16]} ({'fits the corpus' if fits else 'out of date'})")
    click.echo(f"Passages     {lock.passages}, with {lock.questions} asked-as questions")
    click.echo(f"Model        {lock.model}, weights sha256 {lock.model_digest[:16]}…")
    runs_on = {"onnx": "ONNX Runtime", "sentence-transformers": "sentence-transformers itself (slow to start)"}
    click.echo(f"Runs on      {runs_on[model.runs_on]}")
    for source, digest in lock.articles.items():
        click.echo(f"Article      {source}, sha256 {digest[:16]}…")
    if not fits:
        click.echo("Run 'spotter index build'.")
        ctx.exit(1)


@index.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=8, show_default=True, help="How many passages to show.")
def search(query: tuple[str, ...], limit: int) -> None:
    """Show the passages found for a question, with their scores."""
    settings = read_settings()
    corpus = load(settings.corpus)
    with building() as progress:
        found = open_index(settings, corpus, progress).search(" ".join(query))
    click.echo(f"nearest question {found.question_cosine:.2f}, nearest text {found.text_cosine:.2f}")
    for hit in found.hits[:limit]:
        passage = corpus.passages[hit.passage_id]
        click.echo(f"{hit.score:.3f}  {passage.id}\n       {' '.join(passage.text.split())}")
