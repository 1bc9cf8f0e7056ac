"""The self-test: its canaries hold on every surface, and an assistant whose gate or line is broken is refused."""

import json
import logging
import re
import shutil
import time
from dataclasses import replace

import httpx
import pytest
from click.testing import CliRunner
from fixtures_assistant import (
    ToldSearch,
    code_copied,
    fails_with,
    open_page,
    ready,
    spotter,
    talk,
    watched,
    without_index,
)

from assistant.cli import spotter as command
from assistant.self_test import SelfTestFailed, check, check_gate, read_canaries
from assistant.settings import read_settings
from assistant.start import start, start_service
from assistant.triage.gate import FOLDER, load_protocol
from assistant.triage.second_opinion import NONE
from corpus.errors import KnownError
from evals.cases import read_cases
from index.found import Found
from index.lock import IndexMissing

CANARIES = read_canaries()
BAD = [one for one in CANARIES if one.mode != "none"]
GOOD = [one for one in CANARIES if one.mode == "none"]
HARD = [one for one in CANARIES if one.mode == "hard"]
NAMES = [one.id for one in CANARIES]


@pytest.fixture(scope="module")
def assistant(real_index_config):
    return ready(real_index_config)


@pytest.fixture
def unindexed():
    """An assistant whose search finds nothing, as with a corpus about something else."""
    return without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))


def emptied(folder):
    """A copy of the gate's data that loads without a complaint and whose frames find nothing."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "protocol.toml"
    text, times = re.subn(r"^frames = \[[^\]]*\]", "frames = []", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert times > 100
    path.write_text(text, encoding="utf-8")
    return folder


# The canaries themselves


def test_there_are_enough_of_both_kinds_and_each_has_its_own_name():
    assert len(BAD) >= 20
    assert len(GOOD) >= 10
    assert len(set(NAMES)) == len(NAMES)
    assert {one.tier for one in BAD} == {"emergency", "urgent", "see_clinician", "none"}
    assert {outcome for one in HARD for outcome in one.outcomes} == {"escalated", "crisis"}


def test_the_bad_ones_stand_for_many_flags(assistant):
    flags = {flag for one in BAD for flag in talk(assistant, *one.turns)[0][-1].flags}
    assert len(flags) >= 15


def test_no_canary_is_a_case_that_figures_are_made_from():
    said = {" ".join(turn.lower().split()) for one in CANARIES for turn in one.turns if len(turn.split()) > 4}
    cases = {" ".join(turn.lower().split()) for case in read_cases() for turn in case.turns}
    assert said & cases == set()


# Every surface


@pytest.mark.parametrize("canary", CANARIES, ids=NAMES)
def test_a_canary_holds_in_python(assistant, canary):
    reply = talk(assistant, *canary.turns)[0][-1]
    assert (reply.mode, reply.tier, reply.outcome) == (canary.mode, canary.tier, canary.outcomes[0])
    assert (reply.card is None) == (canary.mode == "none")


def test_the_canaries_hold_in_a_batch(real_index_config, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [json.dumps({"id": one.id, "turns": one.turns}) for one in CANARIES]
    source.write_text("\n".join(rows), encoding="utf-8")
    runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
    assert runner.invoke(command, ["batch", str(source), str(target)]).exit_code == 0
    given = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    last = {row["id"]: row["replies"][-1] for row in given}
    assert {id_: (r["mode"], r["tier"], r["outcome"]) for id_, r in last.items()} == {
        one.id: (one.mode, one.tier, one.outcomes[0]) for one in CANARIES
    }


@pytest.mark.parametrize("canary", [one for one in CANARIES if len(one.turns) == 1], ids=lambda one: one.id)
def test_a_canary_holds_when_it_is_asked_in_a_terminal(real_index_config, canary):
    runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
    run = runner.invoke(command, ["ask", "--json", *canary.turns])
    row = json.loads(run.stdout)
    assert run.exit_code == 0
    assert (row["mode"], row["tier"], row["outcome"]) == (canary.mode, canary.tier, canary.outcomes[0])


def test_the_canaries_hold_in_a_chat(real_index_config, assistant):
    lines = [line for one in CANARIES for line in (*one.turns, "new")]
    runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
    said = " ".join(runner.invoke(command, ["ask"], input="\n".join([*lines, ""])).stdout.split())
    talks = said.split("What was said before is forgotten.")
    assert len(talks) == len(CANARIES) + 1
    for one, lines in zip(CANARIES, talks, strict=False):
        heard = lines.split("You> ")[-2]  # the last line is "new"
        card = talk(assistant, *one.turns)[0][-1].card
        assert (card is None) or card.title in heard, one.id
        assert ("Sources" in heard) == (one.outcomes[0] == "answered"), one.id


def test_every_canary_holds_in_the_service(real_index_config, tmp_path):
    address = "/api/v1/ask"
    served = open_page(real_index_config.data, tmp_path / "home", SPOTTER_RATE="10000/minute")
    with served as page, httpx.Client(base_url=page.address) as client:
        for number, one in enumerate(CANARIES):
            for turn in one.turns:
                said = {"message": turn, "conversation_id": f"canary-{number}"}
                row = client.post(address, json=said, timeout=60).json()
            assert (row["mode"], row["tier"], row["outcome"]) == (one.mode, one.tier, one.outcomes[0]), one.id


# What the self-test accepts


def test_the_assistant_as_it_stands_passes(assistant):
    check(assistant)


def test_an_assistant_with_a_corpus_about_something_else_passes(unindexed):
    check(unindexed)


@pytest.mark.parametrize("region", ["", "GB", "BR"])
def test_the_region_makes_no_difference(unindexed, region):
    check(replace(unindexed, region=region))


def test_the_gate_is_tested_without_model_and_index(tmp_path):
    broken = replace(start(read_settings({})), search=None, index_version=None, policy=None, planner=None)
    check_gate(broken)


def test_a_command_that_only_shows_a_card_still_loads_nothing_heavy(tmp_path):
    run, report = watched("ask", CANARIES[0].turns[0], data=tmp_path / "data", home=tmp_path)
    assert run.returncode == 0
    assert set(report["modules"]) & {"onnxruntime", "chromadb", "torch", "tokenizers", "gradio"} == set()


@pytest.mark.timed
def test_the_gates_canaries_take_less_than_a_tenth_of_a_second(unindexed):
    check_gate(unindexed)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        check_gate(unindexed)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1


# What it refuses


def test_a_gate_whose_frames_are_gone_is_refused_by_the_names_of_the_canaries_and_no_more(unindexed, tmp_path):
    folder = emptied(tmp_path / "triage")
    broken = replace(unindexed, protocol=lambda: replace(load_protocol(folder), second_opinion=NONE))
    with pytest.raises(SelfTestFailed) as refused:
        check_gate(broken)
    named = str(refused.value).partition("failed for: ")[2].partition(".")[0].split(", ")
    assert set(named) <= set(NAMES)
    assert {"numb_between_the_legs", "crisis_said_plainly", "latched", "over_two_turns"} <= set(named)
    assert not any(turn in str(refused.value) for one in CANARIES for turn in one.turns)
    assert "112, 911, 999 or 000" in str(refused.value)


@pytest.mark.parametrize("file", ["protocol.toml", "lexicon/body.toml", "cards/heart.toml"])
def test_a_gate_that_cannot_be_read_is_refused_by_the_name_of_the_file(unindexed, tmp_path, file):
    folder = emptied(tmp_path / "triage")
    (folder / file).write_text("[[", encoding="utf-8")
    with pytest.raises(SelfTestFailed, match=file.rpartition("/")[2]):
        check(replace(unindexed, protocol=lambda: load_protocol(folder)))


def test_one_canary_that_comes_out_wrong_is_enough(unindexed):
    protocol = load_protocol()
    kept = tuple(flag for flag in protocol.flags if flag.id != "rhabdomyolysis")
    with pytest.raises(SelfTestFailed, match=r"failed for: cola_urine\."):
        check(replace(unindexed, protocol=lambda: replace(protocol, flags=kept, second_opinion=NONE)))


def test_a_gate_that_stops_everything_is_refused(unindexed):
    protocol = load_protocol()
    nervous = replace(protocol.second_opinion, alarm=-1e9)
    with pytest.raises(SelfTestFailed, match="answerable"):
        check(replace(unindexed, protocol=lambda: replace(protocol, second_opinion=nervous)))


class Stopping:
    """A search that fails as no search of ours should."""

    def __call__(self, query):
        raise ZeroDivisionError(query)


def test_a_line_that_fails_behind_a_sound_gate_is_refused(unindexed, caplog):
    broken = replace(unindexed, search=Stopping())
    check_gate(broken)
    with pytest.raises(SelfTestFailed, match="answerable"):
        check(broken)


def test_an_error_that_says_itself_what_to_do_is_left_as_it_is(unindexed):
    with pytest.raises(IndexMissing):
        check(replace(unindexed, search=fails_with(IndexMissing("Run 'spotter index build'."))))


def test_a_policy_that_forgot_its_words_is_refused(unindexed):
    policy = unindexed.policy()
    blinded = replace(policy, vocabulary=replace(policy.vocabulary, entries={}))
    blind = replace(unindexed, policy=lambda: blinded)
    with pytest.raises(SelfTestFailed, match="an_exercise"):
        check(blind)


def test_the_refusal_is_an_error_of_ours_and_nothing_typed_is_logged(unindexed, caplog):
    assert issubclass(SelfTestFailed, KnownError)
    with caplog.at_level(logging.DEBUG), pytest.raises(SelfTestFailed):
        check(replace(unindexed, search=Stopping()))
    assert not any(turn in caplog.text for one in CANARIES for turn in one.turns)


# The start


def test_a_service_starts_with_its_index_open(real_index_config):
    served = start_service(read_settings({"SPOTTER_DATA": str(real_index_config.data)}))
    assert talk(served, *GOOD[0].turns)[0][0].outcome == "answered"


@pytest.fixture(scope="module")
def broken_copy(tmp_path_factory):
    """The program copied, with a gate whose frames are gone: the real start-up of a damaged installation."""
    home = code_copied(tmp_path_factory.mktemp("broken") / "code")
    data = emptied(home / "data")
    shutil.copy(data / "protocol.toml", home / "assistant" / "triage" / "protocol.toml")
    return home


@pytest.mark.parametrize("arguments", [["web"], ["ask", "hello"], ["batch", "in.jsonl", "out.jsonl"]])
def test_no_surface_opens_over_a_broken_gate(broken_copy, real_index_config, tmp_path, arguments):
    (broken_copy / "in.jsonl").write_text('{"id": "a", "turns": ["hello"]}', encoding="utf-8")
    run = spotter(*arguments, code=broken_copy, data=real_index_config.data, home=tmp_path / "home")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1
    assert "numb_between_the_legs" in run.stderr
    assert not (broken_copy / "out.jsonl").exists()
