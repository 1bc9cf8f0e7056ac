"""What is timed, what corpora growth is measured on, and how the page is made of it; 'make bench' runs the whole."""

import sys

import pytest

from corpus.library import load
from evals.bench import BenchFailed, Programs, Timed, environment, side_by_side, timed
from evals.bench_growth import write_corpus
from evals.bench_report import tables
from evals.commands_bench_folder import BEGIN, END, PAGE, section
from evals.page import placed

COLD = {
    "tutorial: first retrieval": {"seconds": [8.0, 10.0, 9.0], "median": 9.0, "megabytes": 500.0},
    "spotter ask, a question": {"seconds": [1.8, 1.9, 1.7], "median": 1.8, "megabytes": 250.0},
    "spotter ask, an emergency": {"seconds": [0.9, 0.9, 0.9], "median": 0.9, "megabytes": 60.0},
}
FOUND = {
    "cold": COLD,
    "warm": {
        "tutorial: retrieval": {"n": 200, "median": 0.010, "p95": 0.015},
        "spotter: whole answer": {"n": 200, "median": 0.012, "p95": 0.024},
        "spotter: follow-up": {"n": 95, "median": 0.013, "p95": 0.026},
    },
    "builds": {"tutorial": 10.0, "first": 40.0, "first_megabytes": 900.0, "again": 9.0, "index_megabytes": 50.0},
    "threads": {"1": 80.0, "2": 88.0},
    "growth": [
        {
            "passages": 1000, "build": 20.0, "build_megabytes": 400.0, "index_megabytes": 6.0, "cold": 2.0,
            "cold_megabytes": 240.0, "read": 0.1, "opened": 0.2, "search": 0.006, "search_p95": 0.009,
        }
    ],
}  # fmt: skip


def test_a_process_is_timed_with_the_most_memory_it_held(tmp_path):
    code = "import time; block = bytearray(200 * 2**20); time.sleep(0.2); print(len(block))"
    run = timed([sys.executable, "-c", code], environment(tmp_path))
    assert run.seconds > 0.2
    assert run.megabytes > 200
    assert run.output.strip() == str(200 * 2**20)


def test_a_program_that_fails_is_named(tmp_path):
    with pytest.raises(BenchFailed, match="status 3"):
        timed([sys.executable, "-c", "raise SystemExit(3)"], environment(tmp_path))


def test_without_the_environment_of_the_pipeline_it_is_said_how_it_is_made(tmp_path):
    with pytest.raises(BenchFailed, match="make bench"):
        side_by_side(str(tmp_path / "python"), tmp_path, 1, print)


def test_neither_program_looks_for_anything_on_the_network(tmp_path):
    assert environment(tmp_path)["HF_HUB_OFFLINE"] == "1"
    assert Programs("ours", "theirs", tmp_path).spotter("ask")[0] == "ours"


@pytest.mark.parametrize("wanted", [80, 1000])
def test_a_corpus_of_any_size_is_made_of_the_articles_and_hardly_two_passages_are_the_same(
    tmp_path, real_corpus, wanted
):
    write_corpus(tmp_path / "one", real_corpus, wanted)
    passages = load(tmp_path / "one").passages
    assert wanted * 0.8 < len(passages) < wanted * 1.3
    assert len({passage.text for passage in passages.values()}) > 0.98 * len(passages)


def test_the_same_seed_makes_the_same_corpus(tmp_path, real_corpus):
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        write_corpus(tmp_path / name, real_corpus, 160, seed=seed)
    one, two, three = (sorted(load(tmp_path / name).passages.items()) for name in ("one", "two", "three"))
    assert [passage.text for _, passage in one] == [passage.text for _, passage in two]
    assert [passage.text for _, passage in one] != [passage.text for _, passage in three]


def test_the_page_gives_ratios_to_the_medians_of_the_pipeline_and_says_which_goals_are_missed():
    lines = tables(FOUND).splitlines()
    assert "| tutorial: first retrieval | 9.00 | 8.00 to 10.00 | 500 | 1.00 |" in lines
    assert "| spotter ask, a question | 1.80 | 1.70 to 1.90 | 250 | 0.20 (goal 0.25: yes) |" in lines
    assert "| spotter ask, an emergency | 0.90 | 0.90 to 0.90 | 60 | 0.10 (goal 0.06: no) |" in lines
    assert "| spotter: whole answer | 200 | 12.0 | 24.0 | 2.0 | 1.20 (goal 1.0: no) |" in lines
    assert "| spotter: follow-up | 95 | 13.0 | 26.0 | 2.0 | 1.30 (goal 1.5: yes) |" in lines
    assert "| first build, model export included | 40.0 s | 90 s |" in lines
    assert "| 2 | 88 | 1.10 |" in lines
    assert "| 1,000 | 20 | 400 | 6 | 2.0 | 240 | 0.1 | 0.2 | 6.0 | 9.0 |" in lines


def test_the_section_of_a_folder_has_a_row_for_each_run_and_its_place_on_the_page():
    text = section(10_000, [Timed(61.4, 900.0, ""), Timed(9.6, 500.0, "")], 45.0)
    assert "10,000 documents, 200 queries; index 45 MB." in text
    assert "| first, with embedding and index | 61 | 900 |" in text
    assert "| again | 10 | 500 |" in text
    page = PAGE.read_text(encoding="utf-8")
    assert text in placed(page, text, BEGIN, END)
