"""Vectors in and out of Chroma: exact cosines, a stable order, and errors that say what helps."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from index.cache import embed
from index.documents import passage_windows, questions
from index.lock import serving
from index.store import Collection, StoreError, write


def unit(*rows):
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def near(collection, vector, limit):
    return [(row.id, row.cosine) for row in collection.near(vector, limit)]


def test_neighbours_come_nearest_first_with_their_cosine(tmp_path):
    write(tmp_path / "chroma", "texts", ["far", "near", "between"], unit([-1, 0], [1, 0], [1, 1]))
    found = near(Collection(tmp_path / "chroma", "texts"), unit([1, 0])[0], 3)
    assert found == [("near", pytest.approx(1)), ("between", pytest.approx(0.5**0.5)), ("far", pytest.approx(-1))]


def test_vectors_of_one_cosine_stand_in_the_order_of_their_ids(tmp_path):
    ids = ["c", "a", "d", "b"]
    write(tmp_path / "chroma", "texts", ids, unit([1, 0], [1, 0], [0, 1], [1, 0]))
    found = near(Collection(tmp_path / "chroma", "texts"), unit([1, 0])[0], 4)
    assert [id_ for id_, _ in found] == ["a", "b", "c", "d"]


def test_order_and_cosines_are_those_of_numpy(tmp_path):
    random = np.random.default_rng(7)
    vectors = unit(*random.normal(size=(500, 24)))
    ids = [f"{number:03}" for number in range(500)]
    write(tmp_path / "chroma", "texts", ids, vectors)
    collection = Collection(tmp_path / "chroma", "texts")
    for query in unit(*random.normal(size=(10, 24))):
        cosines = vectors @ query
        expected = sorted(zip(ids, cosines, strict=True), key=lambda row: (-row[1], row[0]))[:20]
        found = near(collection, query, 20)
        assert [id_ for id_, _ in found] == [id_ for id_, _ in expected]
        np.testing.assert_allclose([cosine for _, cosine in found], [cosine for _, cosine in expected], atol=1e-6)


def test_more_neighbours_than_there_are_vectors_may_be_asked_for(tmp_path):
    write(tmp_path / "chroma", "texts", ["a", "b"], unit([1, 0], [0, 1]))
    assert len(near(Collection(tmp_path / "chroma", "texts"), unit([1, 0])[0], 100)) == 2


def test_more_vectors_than_one_insert_takes_are_all_stored(tmp_path):
    vectors = unit(*np.random.default_rng(1).normal(size=(2100, 4)))
    ids = [str(number) for number in range(2100)]
    write(tmp_path / "chroma", "texts", ids, vectors)
    collection = Collection(tmp_path / "chroma", "texts")
    assert near(collection, vectors[2099], 1)[0] == ("2099", pytest.approx(1))
    assert near(collection, vectors[3], 1)[0] == ("3", pytest.approx(1))


@pytest.mark.parametrize("size", [3000, 6000])  # of either graph
@pytest.mark.long
def test_nearly_all_of_the_hundred_nearest_are_found_where_all_texts_are_alike(tmp_path, size):
    random = np.random.default_rng(3)
    vectors = unit(*(random.normal(size=(size, 384)) + 3 * random.normal(size=384)))
    ids = [str(number) for number in range(size)]
    write(tmp_path / "chroma", "texts", ids, vectors)
    collection = Collection(tmp_path / "chroma", "texts")
    shares = []
    for query in vectors[:20]:
        true = {ids[place] for place in np.argsort(-(vectors @ query))[:100]}
        shares.append(len(true & {row.id for row in collection.near(query, 100)}) / 100)
    assert np.mean(shares) >= 0.99


def test_another_process_finds_the_same_as_the_one_that_wrote(tmp_path):
    """A graph that is not written down whole is finished by each process anew, in another order."""
    vectors = unit(*np.random.default_rng(4).normal(size=(1500, 32)))
    np.save(tmp_path / "vectors.npy", vectors)
    write(tmp_path / "chroma", "texts", [str(number) for number in range(1500)], vectors)
    assert list((tmp_path / "chroma").glob("*/index_metadata.pickle"))  # the graph is on disk
    code = (
        "import sys, numpy; from pathlib import Path; from index.store import Collection\n"
        "folder = Path(sys.argv[1]); vectors = numpy.load(folder / 'vectors.npy')\n"
        "opened = Collection(folder / 'chroma', 'texts')\n"
        "print([[row.id for row in opened.near(one, 100)] for one in vectors[:20]])"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout


def test_two_collections_lie_side_by_side(tmp_path):
    write(tmp_path / "chroma", "texts", ["a"], unit([1, 0]))
    write(tmp_path / "chroma", "asked", ["b"], unit([1, 0]))
    assert [near(Collection(tmp_path / "chroma", name), unit([1, 0])[0], 5)[0][0] for name in ("texts", "asked")] == [
        "a",
        "b",
    ]


def test_an_id_that_is_used_twice_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        write(tmp_path / "chroma", "texts", ["a", "a"], unit([1, 0], [0, 1]))


def test_a_collection_that_is_not_there_is_refused_with_the_command_that_helps(tmp_path):
    write(tmp_path / "chroma", "texts", ["a"], unit([1, 0]))
    with pytest.raises(StoreError, match="spotter index build --fresh"):
        Collection(tmp_path / "chroma", "other")


def test_a_damaged_database_is_refused_with_the_command_that_helps(tmp_path):
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="spotter index build --fresh"):
        Collection(tmp_path / "chroma", "texts")


def test_a_stored_collection_may_be_moved_with_its_folder(tmp_path):
    write(tmp_path / "one" / "chroma", "texts", ["a", "b"], unit([1, 0], [0, 1]))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert near(Collection(tmp_path / "two" / "chroma", "texts"), unit([0, 1])[0], 1)[0][0] == "b"


@pytest.mark.parametrize("name", ["passages", "questions"])
def test_the_first_neighbours_in_the_real_index_are_the_true_ones(real_index_config, real_corpus, real_encoder, name):
    documents = (
        questions(real_corpus) if name == "questions" else passage_windows(real_corpus, real_encoder.count_tokens)
    )
    vectors, embedded = embed(
        real_encoder, [one.text for one in documents], real_index_config.embeddings, lambda done: None
    )
    assert embedded == 0
    folder, _ = serving(real_index_config, real_corpus.folder)
    collection = Collection(folder / "chroma", name)
    for query in real_encoder.encode(["Should I use ice or heat?", "cat cow", "why do deadlifts hurt my back"]):
        best = np.sort(vectors @ query)[::-1][:30]
        np.testing.assert_allclose([row.cosine for row in collection.near(query, 100)][:30], best, atol=1e-5)
