"""Make a BEIR folder of any size, the same from the same seed: for timing and growth, not for figures of quality.

Documents are passages of the articles in which some words are replaced by invented ones. Those stand for subjects:
five documents share one, so that a query has one best document and a few that are about the same.
"""

import json
from pathlib import Path
from random import Random

from corpus.library import Corpus

WORDS = 150  # of a document on average; half as many at the least, half as many again at the most
TOGETHER = 5  # documents of one subject
TERMS = 4  # invented words of a subject
REPLACED = 0.1  # share of the words of a document that are invented
QUOTED = 10  # words of a query that is a piece of a document
BEST, RELATED = 2, 1  # scores of the document that a query was made from, and of the others of its subject
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def write_folder(folder: Path, corpus: Corpus, documents: int, queries: int = 200, seed: int = 7) -> None:
    """Write corpus.jsonl, queries.jsonl and qrels.tsv into a new folder; no more queries than documents."""
    random = Random(seed)
    passages = [passage.text.split() for passage in corpus.passages.values()]
    asked = set(random.sample(range(documents), queries))
    folder.mkdir(parents=True)
    with (
        (folder / "corpus.jsonl").open("w", encoding="utf-8") as corpus_file,
        (folder / "queries.jsonl").open("w", encoding="utf-8") as queries_file,
        (folder / "qrels.tsv").open("w", encoding="utf-8") as qrels_file,
    ):
        qrels_file.write("query-id\tcorpus-id\tscore\n")
        for first in range(0, documents, TOGETHER):
            terms = ["".join(random.choices(SYLLABLES, k=4)) for _ in range(TERMS)]
            subject = range(first, min(first + TOGETHER, documents))
            for number in subject:
                text = _text(random, passages, terms)
                title = f"{terms[0]} {random.choice(text)}".capitalize()
                corpus_file.write(_line(_id=f"d{number}", title=title, text=" ".join(text)))
                if number not in asked:
                    continue
                kind = random.choice(["quoted", "loose"])
                query = _query(random, text, terms, kind)
                queries_file.write(_line(_id=f"q{number}", text=query, metadata={"kind": kind}))
                for other in subject:
                    qrels_file.write(f"q{number}\td{other}\t{BEST if other == number else RELATED}\n")


def _text(random: Random, passages: list[list[str]], terms: list[str]) -> list[str]:
    length = random.randint(WORDS // 2, WORDS + WORDS // 2)
    words: list[str] = []
    while len(words) < length:
        words += random.choice(passages)
    return [random.choice(terms) if random.random() < REPLACED else word for word in words[:length]]


def _query(random: Random, text: list[str], terms: list[str], kind: str) -> str:
    """Words of the document in a row; or, in no order, some of them and a word of its subject."""
    if kind == "quoted":
        start = random.randrange(len(text) - QUOTED)
        return " ".join(text[start : start + QUOTED])
    return " ".join([*random.sample(text, QUOTED // 2), random.choice(terms)])


def _line(**row: object) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
