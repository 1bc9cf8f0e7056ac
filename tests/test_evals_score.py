"""Scores of cases, worked out by hand."""

import pytest
from fixtures_assistant import ready
from fixtures_evals import case, wall_angel

from evals.run import Run, row_of
from evals.score import score


@pytest.fixture(scope="module")
def answered(real_index_config, real_corpus):
    one = wall_angel()
    (scored,) = score((one,), Run("v", {one.id: row_of(one, ready(real_index_config))}), real_corpus)
    return scored.scores


def test_the_gold_of_an_answer_is_found_quoted_and_first(answered):
    assert answered["answered"] == answered["gold_quoted"] == answered["gold_first"] == 1.0
    assert answered["quotes_exact"] == 1.0


def test_a_vital_fact_counts_apart_from_one_that_is_merely_fine(answered):
    assert (answered["vital_nuggets"], answered["nuggets"]) == (1.0, 0.5)


def test_a_volume_does_not_count_against_the_length(answered):
    assert answered["words"] == 0.0


def test_a_case_that_crashed_counts_as_zero_with_its_reason(real_corpus):
    one = wall_angel()
    (scored,) = score((one,), Run("v", {one.id: {"id": one.id, "error": "RuntimeError: x"}}), real_corpus)
    assert scored.error == "RuntimeError: x"
    assert set(scored.scores.values()) == {0.0}
    assert "gold_quoted" in scored.scores


def test_a_case_without_a_row_counts_as_zero(real_corpus):
    (scored,) = score((wall_angel(),), Run("v", {}), real_corpus)
    assert scored.error == "no row"


def gate(case_, *turns, corpus):
    usual = {"mode": "none", "tier": "none", "flags": [], "outcome": "", "card": "", "seconds": 0.001}
    row = {"id": case_.id, "assessments": [usual | turn for turn in turns]}
    return score((case_,), Run("v", {case_.id: row}), corpus)[0].scores


def test_a_missed_emergency_is_under_by_the_steps_it_missed(real_corpus):
    one = case("r", "red_flag", expect={"tier": "emergency", "mode": "hard"})
    scores = gate(one, {"mode": "soft", "tier": "see_clinician", "card": "c"}, corpus=real_corpus)
    assert (scores["hard"], scores["tier_reached"], scores["under"], scores["card"]) == (0.0, 0.0, 2.0, 1.0)


def test_a_needless_escalation_is_over(real_corpus):
    one = case("n", "no_flag", expect={"tier": "none", "mode": "none"})
    scores = gate(one, {"mode": "hard", "tier": "urgent", "card": "c"}, corpus=real_corpus)
    assert (scores["hard"], scores["over"], scores["under"]) == (1.0, 2.0, 0.0)


def test_a_conversation_is_scored_at_the_turn_that_is_labelled(real_corpus):
    one = case(
        "c", "conversation", turns=("a", "b", "c"), expect={"tier": "emergency", "mode": "hard", "escalate_at": 1}
    )
    hard = {"mode": "hard", "tier": "emergency"}
    assert gate(one, {}, hard, hard, corpus=real_corpus)["hard"] == 1.0
    assert gate(one, {}, {}, hard, corpus=real_corpus)["hard"] == 0.0


def test_a_crash_never_flatters_a_figure_of_false_alarms(real_corpus):
    one = case("o", "ordinary", expect={"tier": "none"})
    (scored,) = score((one,), Run("v", {}), real_corpus)
    assert (scored.scores["hard"], scored.scores["refused"]) == (1.0, 1.0)


def test_a_conversation_that_crashed_counts_as_missed(real_corpus):
    one = case("c", "conversation", expect={"tier": "emergency", "mode": "hard", "escalate_at": 0})
    (scored,) = score((one,), Run("v", {}), real_corpus)
    assert scored.scores["hard"] == 0.0
