"""Figures, gates, comparisons and reports over scores made by hand."""

import json

import pytest
from fixtures_evals import case

from evals.compare import compare
from evals.figures import figures, read_definitions
from evals.gates import Gate, outcomes, read_gates
from evals.report import as_json, html, junit, markdown, scorecard, write
from evals.run import Run
from evals.score import Scored


def definition(id_):
    return next(one for one in read_definitions() if one.id == id_)


def missed(count, hits, **expect):
    usual = {"tier": "emergency", "mode": "hard"} | expect
    return [
        Scored(case(f"r-{n}", "red_flag", family=f"f-{n}", expect=usual), {"hard": float(n < hits)})
        for n in range(count)
    ]


def test_a_share_has_its_n_and_an_exact_interval():
    (figure,) = figures(missed(10, 9), [definition("gate.emergency_hard")], "test")
    one = figure.interval
    assert (one.n, one.point) == (10, 0.9)
    assert (one.low, one.high) == pytest.approx((0.5550, 0.9975), abs=1e-4)  # Clopper-Pearson for 9 of 10


def test_a_figure_counts_only_the_cases_it_is_about():
    scored = [*missed(4, 4), *missed(3, 0, tier="see_clinician")]
    (figure,) = figures(scored, [definition("gate.emergency_hard")], "test")
    assert figure.interval.n == 4


def test_a_language_can_be_left_out():
    french = Scored(case("fr", "red_flag", lang="fr", expect={"tier": "urgent"}), {"hard": 0.0})
    english, other = (definition(f"gate.{name}") for name in ("emergency_hard", "other_languages_hard"))
    found = {one.definition.id: one.interval for one in figures([*missed(2, 2), french], [english, other], "all")}
    assert (found[english.id].n, found[other.id].n) == (2, 1)


def test_a_figure_without_cases_says_nothing():
    (figure,) = figures([], [definition("answers.ndcg@10")], "test")
    assert figure.interval is None


def test_every_gate_is_about_a_figure_and_has_a_reason():
    known = {one.id for one in read_definitions()}
    assert all(gate.figure in known and gate.reason for gate in read_gates())


def test_a_gate_falls_below_its_floor_and_above_it_where_lower_is_better():
    low = figures(missed(10, 9), [definition("gate.emergency_hard")], "test")
    assert [one.holds for one in outcomes([Gate("gate.emergency_hard", 0.9, "x")], low)] == [True]
    assert [one.holds for one in outcomes([Gate("gate.emergency_hard", 0.91, "x")], low)] == [False]
    ordinary = [Scored(case("o", "ordinary"), {"hard": 1.0})]
    high = figures(ordinary, [definition("gate.ordinary_hard")], "test")
    assert [one.holds for one in outcomes([Gate("gate.ordinary_hard", 0.01, "x")], high)] == [False]


def test_a_clear_gain_is_better_and_names_the_cases_that_flipped():
    (one,) = compare(missed(60, 20), missed(60, 60), [definition("gate.emergency_hard")], {"gate.emergency_hard"})
    assert one.verdict == "better"
    assert (one.before, one.after) == pytest.approx((1 / 3, 1.0))
    assert len(one.flipped) == 40


def test_a_small_change_is_not_decided():
    (one,) = compare(missed(20, 10), missed(20, 11), [definition("gate.emergency_hard")], {"gate.emergency_hard"})
    assert one.verdict == "not decided"


def test_more_false_alarms_are_worse():
    def alarms(count):
        return [Scored(case(f"o-{n}", "ordinary", family=f"o-{n}"), {"hard": float(n < count)}) for n in range(60)]

    (one,) = compare(alarms(0), alarms(40), [definition("gate.ordinary_hard")], ())
    assert one.verdict == "worse"


@pytest.fixture
def card():
    scored = [*missed(4, 3), Scored(case("x", set_="policy"), {"not_answered": 0.0}, error="RuntimeError: <b>")]
    run = Run("0123456789abcdef0123", {"x": {"id": "x", "error": "RuntimeError: <b>"}}, "fedcba")
    return scorecard("name", run, scored, read_definitions(), [Gate("gate.emergency_hard", 0.99, "why")])


def test_the_scorecard_names_figures_gates_and_who_wrote_the_cases(card):
    text = markdown(card)
    assert "| Emergency and urgent: HARD (English) | 4 | 0.750 |" in text
    assert "**no**" in text
    assert "no clinician" in text
    assert "of which 1 crashed" in text


def test_the_page_needs_no_other_file_and_escapes_what_it_shows(card):
    page = html(card)
    assert "RuntimeError: &lt;b&gt;" in page
    assert "<script" not in page
    assert "http" not in page


def test_a_gate_that_fell_is_a_failure_for_ci(card):
    assert '<failure message="0.75 is past the floor 0.99" />' in junit(card)


def test_the_json_holds_every_case_and_no_times(card):
    row = as_json(card)
    assert row["cases"]["r-0"] == {"hard": 1.0}
    assert "seconds" not in json.dumps(row)


def test_the_report_is_four_files(card, tmp_path):
    write(card, tmp_path / "report")
    assert {path.suffix for path in (tmp_path / "report").iterdir()} == {".md", ".json", ".xml", ".html"}
