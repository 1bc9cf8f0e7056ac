"""The two detectors of the gate apart and together: whose alarm is whose, and what the tables say."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from assistant.triage.gate import load_protocol
from assistant.triage.second_opinion import NONE, Scales
from evals import detectors
from evals.cases import Case
from evals.commands import eval_group
from evals.detectors import (
    COLUMNS,
    counted,
    frames_alone,
    group_of,
    heard,
    markdown,
    second_alone,
    with_alarm,
    without_flag,
)
from evals.train import Message

KNOWS = Scales(({"gizmo": (4000, 0, 0), "sorrow": (0, 0, 4000)}, {}, {}), (-2.0, 0.0, -2.0))
PROTOCOL = replace(load_protocol(), second_opinion=replace(NONE, scales=KNOWS, alarm=1.0, despair=1.0))


def case(*turns, set="red_flag", **expect):
    return Case("id", set, "family", "test", "we", "2026-11-21", turns, expect={"tier": "emergency"} | expect)


NUMB, GIZMO, SORROW = case("my groin is numb"), case("the gizmo is odd"), case("so much sorrow", set="crisis")
CALM = case("my back is sore", set="no_flag", tier="none")


def stopped(protocol):
    return [heard(one, protocol).hard for one in (NUMB, GIZMO, SORROW, CALM)]


def test_the_frames_alone_know_nothing_of_what_the_second_detector_learned():
    assert stopped(frames_alone(PROTOCOL)) == [True, False, False, False]


def test_the_second_detector_alone_raises_nothing_that_only_the_frames_read():
    assert stopped(second_alone(PROTOCOL)) == [False, True, True, False]


def test_both_together_find_what_either_finds():
    assert stopped(PROTOCOL) == [True, True, True, False]


def test_another_threshold_is_another_gate():
    assert stopped(with_alarm(PROTOCOL, 3.0)) == [True, False, True, False]


def test_a_crisis_card_is_told_from_another_alarm():
    assert heard(SORROW, PROTOCOL).crisis
    assert not heard(GIZMO, PROTOCOL).crisis


def test_a_conversation_is_heard_up_to_the_turn_that_must_be_stopped():
    assert not heard(case("hello", "thanks", "my groin is numb", escalate_at=1), PROTOCOL).hard
    assert heard(case("hello", "my groin is numb", "thanks", escalate_at=1), PROTOCOL).hard


@pytest.mark.parametrize(
    ("one", "group"),
    [
        (NUMB, "danger"),
        (SORROW, "crisis"),
        (case("a", "b", set="conversation", outcome="crisis"), "crisis"),
        (CALM, "look_alike"),
        (case("hello", set="ordinary", tier="none"), "ordinary"),
        (case("my leg tingles", tier="see_clinician"), ""),
        (case("can I take it?", set="policy", tier="none"), ""),
    ],
)
def test_cases_are_counted_by_what_they_ask_of_the_gate(one, group):
    assert group_of(one) == group


def test_every_column_counts_its_own_group():
    table = dict(zip((title for title, _, _ in COLUMNS), counted([NUMB, GIZMO, SORROW, CALM], PROTOCOL), strict=True))
    assert (table["emergency and urgent: HARD"]["n"], table["emergency and urgent: HARD"]["share"]) == (2, 1.0)
    assert (table["self-harm: crisis card"]["n"], table["self-harm: crisis card"]["share"]) == (1, 1.0)
    assert table["hard negatives: HARD"]["share"] == 0.0
    assert table["ordinary: HARD"]["n"] == 0


def test_a_flag_is_unlearned_by_leaving_its_messages_out(monkeypatch):
    seen = []
    monkeypatch.setattr(detectors, "fitted", lambda learned: seen.append(learned) or NONE.scales)
    ours = [Message("a", True, flags=frozenset({"cardiac"})), Message("b", True)]
    cases = [case("the gizmo is odd", flags=["cardiac"])] * detectors.FEWEST
    row = without_flag("cardiac", ours, cases, PROTOCOL)
    assert seen == [ours[1:]]
    assert row == {"n": detectors.FEWEST, "blind": 0.0, "usual": 1.0, "both": 1.0}
    assert without_flag("cardiac", ours, cases[1:], PROTOCOL) is None


def test_the_page_has_a_row_for_every_gate_and_every_flag():
    gate = counted([NUMB, CALM], PROTOCOL)
    flag = {"n": 9, "blind": 0.5, "usual": 0.75, "both": 1.0}
    page = markdown({"gates": {"both": gate}, "flags": {"cardiac": flag}})
    assert "| both | 1.000 (0.025 to 1.000, n 1) |" in page
    assert "| cardiac | 9 | 0.500 | 0.750 | 1.000 |" in page
    assert "of which" not in markdown({"gates": {"both": gate}, "flags": {}})


@pytest.mark.long
def test_the_command_keeps_its_tables_for_the_report(real_data, monkeypatch, tmp_path):
    monkeypatch.setattr("evals.commands_gate.FILE", tmp_path / "runs" / "gate.json")
    monkeypatch.setattr("evals.detectors.FEWEST", 200)
    ran = CliRunner().invoke(eval_group, ["gate"])
    assert ran.exit_code == 0, ran.output
    kept = json.loads((tmp_path / "runs" / "gate.json").read_text(encoding="utf-8"))
    assert markdown(kept).strip() in ran.output
    shipped, frames = kept["gates"]["both"][0]["share"], kept["gates"]["frames alone"][0]["share"]
    assert shipped > frames
