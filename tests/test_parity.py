"""The same conversations through every surface: the same outcome, the same tier, the same quotes."""

import json

import httpx
import pytest
from click.testing import CliRunner
from fixtures_assistant import open_page, ready
from fixtures_slack import elements, message, readable, running, stamp
from gradio_client import Client

from assistant.cli import spotter
from assistant.slack.blocks import about_of
from evals.cases import read_cases

PICKED = {
    "answerable": 8,
    "conversation": 4,
    "followup": 4,
    "red_flag": 4,
    "crisis": 1,
    "no_flag": 3,
    "policy": 3,
    "off_topic": 1,
    "unanswerable": 1,
    "conflict": 1,
}


def picked():
    """(id, turns): the first cases of the dev split of each set, in English."""
    cases = [case for case in read_cases() if case.split == "dev" and case.lang == "en"]
    found = []
    for name, count in PICKED.items():
        found += [(case.id, case.turns) for case in [one for one in cases if one.set == name][:count]]
    return found


CONVERSATIONS = picked()


def of(reply):
    """What has to be the same, from a reply's JSON."""
    cited = {f"{one['source_id']}:{one['start']}-{one['end']}" for one in reply["citations"]}
    return reply["outcome"], reply["reason"], reply["tier"], cited


@pytest.fixture(scope="module")
def expected(real_index_config, tmp_path_factory):
    """id -> what each turn came to on the command line."""
    folder = tmp_path_factory.mktemp("parity")
    rows = [json.dumps({"id": id, "turns": turns}) for id, turns in CONVERSATIONS]
    (folder / "in.jsonl").write_text("\n".join(rows), encoding="utf-8")
    environment = {"SPOTTER_DATA": str(real_index_config.data)}
    files = [str(folder / "in.jsonl"), str(folder / "out.jsonl")]
    ran = CliRunner().invoke(spotter, ["batch", *files], env=environment, catch_exceptions=False)
    assert ran.exit_code == 0
    out = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["replies"] for row in out}


def test_there_are_thirty_of_every_kind(expected):
    assert len(CONVERSATIONS) == 30
    assert {reply["outcome"] for replies in expected.values() for reply in replies} >= {
        "answered",
        "declined",
        "refused",
        "escalated",
    }


@pytest.fixture(scope="module")
def page(real_index_config, tmp_path_factory):
    with open_page(real_index_config.data, tmp_path_factory.mktemp("home"), SPOTTER_RATE="9999/minute") as opened:
        yield opened


def test_the_interface_says_what_the_command_line_says(page, expected):
    with httpx.Client(base_url=page.address, timeout=60) as client:
        for id, turns in CONVERSATIONS:
            row = {"conversation_id": f"parity-{id}"}
            told = [client.post("/api/v1/ask", json=row | {"message": turn}).json() for turn in turns]
            assert list(map(of, told)) == list(map(of, expected[id])), id


def test_the_page_says_what_the_command_line_says(page, expected):
    client = Client(page.address, verbose=False)
    for id, turns in CONVERSATIONS:
        told, conversation = [], ""
        for turn in turns:
            told.append(client.predict(turn, conversation, api_name="/ask"))
            conversation = told[-1]["conversation_id"]
        assert list(map(of, told)) == list(map(of, expected[id])), id


def test_slack_says_what_the_command_line_says(real_index_config, expected):
    with running(ready(real_index_config)) as slack:
        for n, (id, turns) in enumerate(CONVERSATIONS):
            thread = stamp()
            for place, turn in enumerate(turns):
                asked = message(turn, f"U{n}", ts=thread if place == 0 else None, thread=thread if place else None)
                before = len(slack.said())
                slack.deliver("events_api", asked)
                slack.until(lambda before=before: len(slack.said()) > before, "there was no answer")
                assert_shown(slack.said()[-1], expected[id][place], id)


def assert_shown(told, reply, id):
    """What is under a message tells of its reply; under a card there is nothing but the card."""
    found = elements(told.blocks)
    if reply["mode"] == "hard":
        assert reply["card"]["title"] in readable(told).replace("\\", ""), id
        assert "feedback" not in found
        return
    about = about_of(found["feedback"]["positive_button"]["value"].partition(" ")[2])
    assert (about.outcome, about.why, about.tier, set(about.cited)) == of(reply), id
    shown = set(found["evidence"]["value"].split()[1:]) if "evidence" in found else set()
    assert shown == of(reply)[3], id
    if reply["card"]:
        assert reply["card"]["title"] in readable(told).replace("\\", ""), id
