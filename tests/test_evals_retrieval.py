"""The retrieval as it is and with something changed: over a tiny corpus, and over the real one."""

import json
from dataclasses import astuple, fields

import pytest
from click.testing import CliRunner
from conftest import WordCountEncoder

from assistant.cli import spotter
from corpus.errors import KnownError
from corpus.library import load
from evals import retrieval_changes as changes
from evals.cases import read_cases
from evals.retrieval import Bench, Question, Setup, by_score, questions_of
from evals.retrieval_report import markdown, scores, table, twins, without
from evals.retrieval_rerank import reranked
from evals.retrieval_variants import AS_IT_IS, VARIANTS, Variant
from index.build import build
from index.config import IndexConfig
from index.lock import serving
from index.search import Fusion, Index
from index.synonyms import read_synonyms

ARTICLES = {
    "neck": "Neck care\n\nHold your neck. This helps. Rest your neck and back.\n\nWhat helps?\n\nRest. Lift.\n",
    "back": "Back care\n\nLift your back. Rest a day.\n",
}
ASKED = {
    "neck": [("Hold your neck", ["hold neck", "neck hold"])],
    "back": [("Lift your back", ["lift back", "back"]), ("Rest a day", ["rest"])],
}
HOLD, BOTH, LIFT, DAY = "neck#neck-care.1", "neck#neck-care.2", "back#back-care.1", "back#back-care.2"
QUERIES = ["back", "hold my neck", "rest your neck and back", "lift", "rest a day", "aeroplane", ""]


def question(text, *gold, family=""):
    return Question(text, family or text, text, dict.fromkeys(gold, 1.0))


@pytest.fixture
def corpus(small_corpus_folder):
    return load(small_corpus_folder(ARTICLES, asked_as=ASKED))


@pytest.fixture
def bench_of(corpus, tmp_path):
    def made(*questions):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        return Bench(corpus, questions, IndexConfig(tmp_path / "data"), WordCountEncoder(), scratch)

    return made


# As it is


def test_the_default_finds_exactly_what_a_search_finds(bench_of, corpus, tmp_path):
    config = IndexConfig(tmp_path / "data")
    build(corpus, config, WordCountEncoder)
    index = Index(*serving(config, corpus.folder), WordCountEncoder())
    bench = bench_of(*map(question, QUERIES))
    for one in bench.searched(Setup()):
        found = index.search(one.question.text).hits
        assert [hit.passage_id for hit in one.hits] == [hit.passage_id for hit in found]
        for mine, theirs in zip(one.hits, found, strict=True):
            assert astuple(mine)[1:] == pytest.approx(astuple(theirs)[1:], abs=1e-6)


@pytest.mark.long
def test_the_default_ranks_real_questions_as_the_real_index_does(real_index, real_corpus, real_index_config, tmp_path):
    """Beyond the first ten, one of 200 candidates that Chroma's graph misses may shift a passage."""
    questions = questions_of(read_cases(), "dev", real_corpus)[::8]
    bench = Bench(real_corpus, questions, real_index_config, real_index._encoder, tmp_path)
    for one in bench.searched(AS_IT_IS):
        found = real_index.search(one.question.text).hits
        assert [hit.passage_id for hit in one.hits[:10]] == [hit.passage_id for hit in found[:10]]
        assert [hit.score for hit in one.hits[:10]] == pytest.approx([hit.score for hit in found[:10]], abs=5e-3)


def test_questions_are_those_of_one_split_that_have_gold_and_follow_ups_are_asked_as_what_they_mean(real_corpus):
    cases = {case.id: case for case in read_cases()}
    found = questions_of(tuple(cases.values()), "dev", real_corpus)
    assert {cases[one.id].set for one in found} == {"answerable", "conflict", "followup"}
    assert all(one.gains and cases[one.id].split == "dev" for one in found)
    assert all(one.text == cases[one.id].twin for one in found if cases[one.id].set == "followup")


# Changes


def test_each_variant_has_a_name_of_its_own_and_changes_one_thing():
    assert len({(one.group, one.name) for one in VARIANTS}) == len(VARIANTS)
    for one in VARIANTS:
        differing = [f.name for f in fields(Setup) if getattr(one.setup, f.name) != getattr(AS_IT_IS, f.name)]
        assert len(differing) == 1, one


def test_the_shares_of_every_variant_add_up_to_one():
    for one in VARIANTS:
        shares = one.setup.fusion
        assert shares.questions + shares.text == pytest.approx(1)
        assert shares.questions_dense + shares.questions_words == pytest.approx(1)
        assert shares.text_dense + shares.text_words == pytest.approx(1)


def test_scores_are_scaled_in_other_ways():
    ranking = [("a", 5.0), ("b", 4.0), ("c", 0.0)]
    assert changes.by_place(ranking) == {"a": 1 / 61, "b": 1 / 62, "c": 1 / 63}
    assert changes.by_the_best(ranking) == {"a": 1.0, "b": 0.8, "c": 0.0}
    deviation = ((4 + 1 + 9) / 3) ** 0.5
    assert changes.by_deviation(ranking) == {
        "a": pytest.approx(5 / deviation),
        "b": pytest.approx(4 / deviation),
        "c": 0.0,
    }
    assert changes.by_deviation([("a", 2.0)]) == {"a": 0.0}
    for scaled in (changes.by_place, changes.by_the_best, changes.by_deviation):
        assert scaled([]) == {}


def test_a_passage_is_cut_and_headed_in_other_ways(corpus):
    hold, both = corpus.passages[HOLD], corpus.passages[BOTH]
    assert hold.text == "Hold your neck. This helps."
    assert changes.without_header(corpus, hold) == [("", hold.text)]
    assert changes.under_its_heading(corpus, hold) == [(hold.heading, hold.text)]
    ((header, _),) = changes.after_a_sentence(corpus, hold)
    assert changes.by_sentence(corpus, hold) == [(header, "Hold your neck."), (header, "This helps.")]
    assert changes.after_a_sentence(corpus, hold) == [(header, hold.text)]  # nothing stands before it
    assert changes.after_a_sentence(corpus, both) == [(header, f"This helps. {both.text}")]


def test_the_line_that_introduces_a_list_stays_with_each_sentence(real_corpus):
    item = next(one for one in real_corpus.passages.values() if one.lead)
    assert all(text.startswith(item.lead.text) for _, text in changes.by_sentence(real_corpus, item))


def test_a_share_of_the_questions_is_the_same_every_time():
    documents = list(range(100))
    half = changes.a_share(0.5)(documents)
    assert len(set(half)) == 50
    assert changes.a_share(0.5)(documents) == half


def test_a_query_is_read_without_other_words_and_without_meanings():
    synonyms = read_synonyms()
    word, meaning = next(iter(synonyms.unknown.items()))
    term = synonyms.rows[0][0]
    assert changes.without_synonyms(term, synonyms).others == []
    assert changes.without_synonyms(word, synonyms).text == f"{word} ({meaning})"
    assert changes.without_meanings(word, synonyms).text == word


def test_what_stands_under_the_heading_of_the_best_hit_gains(bench_of):
    """ "lift" finds the back first; with a bonus of the whole best score both passages of the back lead."""
    bench = bench_of(question("lift your back", LIFT))
    (plain,) = bench.rankings(Setup())
    assert plain[0] == LIFT
    assert bench.rankings(Setup(order=changes.weighed(section=1.0))) == [plain]  # 'Back care' is no question
    (moved,) = bench.rankings(Setup(order=changes.weighed(section=1.0, only_questions=False)))
    assert moved[:2] == [LIFT, DAY]
    assert sorted(moved) == sorted(plain)


def test_a_question_is_reranked_by_what_other_families_taught(bench_of):
    """Whatever the gold of a question, it does not change how that question is ranked."""
    rows = [("lift", LIFT), ("hold", HOLD), ("rest neck", BOTH), ("rest day", DAY), ("lift back", LIFT)]
    bench = bench_of(*(question(text, gold) for text, gold in rows))
    searched = bench.searched(Setup())
    ranked = reranked(bench, searched)
    assert [sorted(one) for one in ranked] == [sorted(one) for one in by_score(bench, searched)]
    bench.questions = [question("lift", HOLD), *bench.questions[1:]]
    changed = reranked(bench, bench.searched(Setup()))
    assert changed[0] == ranked[0]
    bench.questions = [question(text, DAY) for text, _ in rows]
    assert reranked(bench, bench.searched(Setup())) != ranked


# Figures


def test_measures_are_taken_question_by_question():
    asked = [question("one", "a", "b"), question("two", "c")]
    found = scores(asked, [["a", "x"], ["x", "c"]])
    assert found["recall@5"] == [0.5, 1.0]
    assert found["hit@5"] == [1.0, 1.0]
    assert found["MRR"] == [1.0, 0.5]
    assert scores(asked, [[], []])["hit@5"] == [0.0, 0.0]


def test_a_table_has_the_paired_difference_with_its_interval_and_says_what_it_shows():
    asked = [question(str(number), "a") for number in range(20)]
    good, bad = scores(asked, [["a"]] * 20), scores(asked, [["b"]] * 20)
    variants = [(Variant("parts", "nothing found", Setup()), bad), (Variant("parts", "the same", Setup()), good)]
    found = table(asked, good, variants)
    assert (found["n"], found["families"]) == (20, 20)
    worse, same = (one["measures"]["MRR"] for one in found["variants"])
    assert worse == {"mean": 0.0, "difference": {"point": -1.0, "low": -1.0, "high": -1.0}, "verdict": "worse"}
    assert same["verdict"] == "not decided"
    lines = markdown("The dev split", found).splitlines()
    assert lines[0] == "### The dev split: 20 questions of 20 families"
    assert lines[-2].endswith("| 0.000: -1.000 (-1.000 to -1.000) | worse |")
    assert lines[-1].endswith("| 1.000: +0.000 (+0.000 to +0.000) | no difference |")


def test_questions_that_are_nearly_asked_as_questions_are_told_apart(bench_of):
    bench = bench_of(question("hold neck", HOLD), question("lift the neck up", LIFT))
    near = twins(bench.searched(Setup()))
    assert near == {"hold neck"}
    assert without(near, bench.questions, {"MRR": [1.0, 0.25]}) == {"MRR": [0.25]}


# The command


@pytest.fixture
def called(real_index_config, socket_disabled):
    def call(*arguments):
        runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
        result = runner.invoke(spotter, ["eval", "retrieval", *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return call


def test_variants_are_compared_printed_and_written(called, tmp_path):
    target = tmp_path / "figures.json"
    output = called("--only", "text", "--limit-queries", "12", "--json", target)
    written = json.loads(target.read_text(encoding="utf-8"))
    assert written["split"] == "dev"
    assert list(written["tables"]) == ["all questions", "without near twins"]
    assert written["tables"]["all questions"]["n"] == 12
    assert "### The dev split, all questions: 12 questions of" in output
    assert "| parts | text alone |" in output
    assert "asked-as questions alone" not in output


@pytest.mark.long
def test_every_variant_ranks_passages_of_the_corpus_and_the_same_each_time(called):
    arguments = ("--split", "test", "--limit-queries", "2")
    first = called(*arguments)
    assert all(f"| {one.group} | {one.name} |" in first for one in VARIANTS)
    assert called(*arguments) == first


def test_a_name_that_no_variant_has_is_an_error_of_ours(called):
    with pytest.raises(KnownError, match="The groups are: parts"):
        called("--only", "no such thing")


def test_the_numbers_of_the_fusion_are_those_of_the_decision():
    assert Fusion() == Fusion(0.7, 0.3, 0.5, 0.5, 0.6, 0.4, candidates=200, agreeing=3)
