"""What is measured inside a process of Spotter; run by bench.py, prints one line of JSON.

python -m evals.bench_inside questions FILE    write the questions that are asked, one a line
python -m evals.bench_inside answers FILE      seconds of each whole answer
python -m evals.bench_inside follow-ups        seconds of each follow-up, after its first question
python -m evals.bench_inside threads FILE      answers a second with 1, 2, 4 and 8 threads
python -m evals.bench_inside search FILE       seconds of each search, and of opening the index
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assistant.answer import Assistant, answer
from assistant.conversation import Conversation
from assistant.settings import quieten, read_settings
from assistant.start import start
from evals.cases import Case, read_cases

QUESTIONS = 200
WORKERS = (1, 2, 4, 8)
FIRST = 5  # questions that are asked before anything is timed


def _cases(of_set: str) -> list[Case]:
    return [case for case in read_cases() if case.set == of_set and case.split == "dev"]


def questions(file: str) -> dict[str, object]:
    texts = [" ".join(case.turns[-1].split()) for case in _cases("answerable")[:QUESTIONS]]
    Path(file).write_text("\n".join(texts), encoding="utf-8")
    return {"n": len(texts)}


def answers(file: str) -> dict[str, object]:
    assistant, texts = _ready(file)
    return {"seconds": [_timed(text, Conversation(), assistant)[0] for text in texts]}


def follow_ups() -> dict[str, object]:
    assistant = start(read_settings())
    taken = []
    for case in _cases("followup")[: QUESTIONS // 2]:
        conversation = Conversation()
        for text in case.turns:
            seconds, conversation = _timed(text, conversation, assistant)
        taken.append(seconds)
    return {"seconds": taken[FIRST:]}


def threads(file: str) -> dict[str, object]:
    assistant, texts = _ready(file)
    found: dict[str, object] = {}
    for workers in WORKERS:
        begun = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda text: answer(text, Conversation(), assistant), texts))
        found[str(workers)] = len(texts) / (time.perf_counter() - begun)
    return found


def search(file: str) -> dict[str, object]:
    assistant = start(read_settings())
    begun = time.perf_counter()
    assistant.corpus()
    read = time.perf_counter()
    assistant.index_version()
    opened = time.perf_counter()
    texts = Path(file).read_text(encoding="utf-8").splitlines()
    taken = []
    for text in texts[:FIRST] + texts:
        asked = time.perf_counter()
        assistant.search(text)
        taken.append(time.perf_counter() - asked)
    passages = len(assistant.corpus().passages)
    return {"read": read - begun, "opened": opened - read, "seconds": taken[FIRST:], "passages": passages}


def _ready(file: str) -> tuple[Assistant, list[str]]:
    assistant = start(read_settings())
    texts = Path(file).read_text(encoding="utf-8").splitlines()
    for text in texts[:FIRST]:
        answer(text, Conversation(), assistant)
    return assistant, texts


def _timed(text: str, conversation: Conversation, assistant: Assistant) -> tuple[float, Conversation]:
    begun = time.perf_counter()
    turn = answer(text, conversation, assistant)
    return time.perf_counter() - begun, turn.conversation


if __name__ == "__main__":
    quieten()
    steps = {"questions": questions, "answers": answers, "follow-ups": follow_ups, "threads": threads, "search": search}
    sys.stdout.write(json.dumps(steps[sys.argv[1]](*sys.argv[2:])) + "\n")  # type: ignore[operator]
