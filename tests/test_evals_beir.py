"""Scoring a folder in the BEIR layout, through the real command."""

import json

import pytest
from fixtures_assistant import spotter


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "beir"
    place.mkdir()
    documents = [{"_id": "d1", "title": "Neck", "text": "Chin tucks help a stiff neck."}]
    documents += [{"_id": "d2", "title": "Back", "text": "Walking eases lower back pain."}]
    queries = [{"_id": "q1", "text": "what helps a stiff neck", "metadata": {"kind": "lay"}}]
    (place / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    (place / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (place / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\n", encoding="utf-8")
    return place


def scored(folder, config, tmp_path):
    out = tmp_path / "out.json"
    run = spotter("eval", "retrieval", "--beir", str(folder), "--json", str(out), data=config.data, home=tmp_path)
    return run, out


def test_figures_are_given_by_kind_and_method_and_a_second_run_embeds_nothing(folder, real_index_config, tmp_path):
    run, out = scored(folder, real_index_config, tmp_path)
    assert run.returncode == 0, run.stderr
    kinds = json.loads(out.read_text(encoding="utf-8"))["kinds"]
    assert set(kinds) == {"lay"}
    assert kinds["lay"]["hybrid"] == {"ndcg@10": 1.0, "recall@10": 1.0, "recall@100": 1.0, "n": 1}
    assert set(kinds["lay"]) == {"hybrid", "dense", "bm25"}
    again, _ = scored(folder, real_index_config, tmp_path)
    assert "0 texts embedded" in again.stderr


def test_a_broken_folder_gives_one_sentence_that_names_the_file(folder, real_index_config, tmp_path):
    (folder / "queries.jsonl").write_text("{", encoding="utf-8")
    run, out = scored(folder, real_index_config, tmp_path)
    assert run.returncode == 1
    assert "queries.jsonl" in run.stderr
    assert "Traceback" not in run.stderr
    assert not out.exists()
