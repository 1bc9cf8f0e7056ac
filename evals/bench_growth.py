"""How Spotter grows: corpora of any size, made of the articles by a seed, then built, opened and searched."""

import hashlib
import json
import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from corpus.library import Corpus, load
from corpus.sources import CORPUS
from evals.beir_generate import SYLLABLES
from evals.bench import QUESTION, Programs, Say, environment, megabytes, timed

SENTENCES = 80  # of an article, about as many passages as ours have
PARAGRAPH, SECTION = 4, 16  # sentences of a paragraph and of a section
REPLACED = 0.1  # share of the words that are invented, so that hardly two sentences are the same

_SOURCE = """[[source]]
id = "{id}"
file = "{id}.txt"
sha256 = "{digest}"
title = "{title}"
author = "unknown"
about_author = "unknown"
publisher = "unknown"
date = "unknown"
licence = "unknown"
interest = "None: made of other articles to measure growth."
quality_note = "Made of other articles to measure growth."
state = "reviewed"
reviewed = "2026-11-21"
next_review = "2027-11-21"
clinical_review = "none"
"""


def write_corpus(folder: Path, corpus: Corpus, passages: int, seed: int = 7) -> None:
    """Articles of about so many passages in a new folder, the same from the same seed; without asked-as questions."""
    random = Random(seed)
    known = [one.text.split() for one in corpus.passages.values() if one.kind == "prose" and len(one.text.split()) > 4]
    for name in ("articles", "curation", "asked_as"):
        (folder / name).mkdir(parents=True)
    shutil.copy(CORPUS / "vocabulary.toml", folder)
    sources = []
    for number in range(max(1, round(passages / SENTENCES))):
        id_ = f"article-{number}"
        text = _article(random, known, f"Article {number}")
        (folder / "articles" / f"{id_}.txt").write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        sources.append(_SOURCE.format(id=id_, digest=digest, title=f"Article {number}"))
    (folder / "sources.toml").write_text("\n".join(sources), encoding="utf-8")


def _article(random: Random, known: list[list[str]], title: str) -> str:
    lines = [title, ""]
    for place in range(SENTENCES):
        if place % SECTION == 0:
            lines += ["", f"{_invented(random).capitalize()} {_invented(random)}", ""]
        sentence = " ".join(_invented(random) if random.random() < REPLACED else word for word in random.choice(known))
        lines.append(f"The {_invented(random)}: {sentence.rstrip('.!?:;,')}.")
        if place % PARAGRAPH == PARAGRAPH - 1:
            lines.append("")
    joined = "\n".join(lines)
    return joined.replace(".\nThe ", ". The ")


def _invented(random: Random) -> str:
    return "".join(random.choices(SYLLABLES, k=3))


def growth(programs: Programs, sizes: list[int], rounds: int, say: Say) -> Iterator[dict[str, Any]]:
    """For each number of passages: seconds of the first build, of a cold answer, of a search; size and memory."""
    return (_grown(programs, size, rounds, say) for size in sizes)


def _grown(programs: Programs, size: int, rounds: int, say: Say) -> dict[str, Any]:
    folder = programs.scratch / f"corpus-{size}"
    data = programs.scratch / f"data-{size}"
    for one in (folder, data):
        shutil.rmtree(one, ignore_errors=True)
    write_corpus(folder, load(CORPUS), size)
    env = environment(data, folder)
    (data / "models").parent.mkdir(parents=True)
    shutil.copytree(programs.data / "models", data / "models")  # the export is part of the first build of all
    say(f"{size} passages: building")
    built = timed(programs.spotter("index", "build"), env)
    say(f"{size} passages: asking")
    cold = [timed(programs.spotter("ask", QUESTION), env) for _ in range(rounds)]
    inside = timed(programs.inside("search", str(programs.scratch / "questions.txt")), env)
    found = json.loads(inside.output)
    return {
        "passages": found["passages"],
        "build": built.seconds,
        "build_megabytes": built.megabytes,
        "index_megabytes": megabytes(data / "index"),
        "cold": statistics.median(one.seconds for one in cold),
        "cold_megabytes": statistics.median(one.megabytes for one in cold),
        "read": found["read"],
        "opened": found["opened"],
        "search": statistics.median(found["seconds"]),
        "search_p95": statistics.quantiles(found["seconds"], n=20)[-1],
    }
