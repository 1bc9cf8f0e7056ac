"""A command that is stopped, cut off or out of space: it ends at once, says why, and leaves nothing half-written."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ROOT, environment, open_page, spotter
from fixtures_faults import NEVER_SHOWN, data_of, fill, running, small_disk, told, unwritable

STOPS = [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
stops = pytest.mark.parametrize(("stop", "status"), STOPS, ids=["SIGTERM", "SIGINT"])


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def many(tmp_path):
    """A file of many conversations."""
    rows = [{"id": str(number), "turns": [f"{QUESTION} {number}", "why?"]} for number in range(2000)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path / "in.jsonl"


def quiet(one):
    return not any(word in one.output + one.errors for word in NEVER_SHOWN)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# Stopped


@stops
def test_a_batch_that_is_stopped_leaves_the_output_before_it(real_index_config, tmp_path, home, many, stop, status):
    target = tmp_path / "out.jsonl"
    target.write_text("earlier", encoding="utf-8")
    with running("batch", str(many), str(target), data=real_index_config.data, home=home) as batch:
        batch.until(lambda: any(file.stat().st_size for file in tmp_path.glob("out.jsonl.*.tmp")))
        assert batch.ended_by(stop) == status
    assert quiet(batch)
    assert target.read_text(encoding="utf-8") == "earlier"
    assert names(tmp_path) == ["home", "in.jsonl", "out.jsonl"]


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)], ids=["SIGTERM", "SIGINT"])
def test_a_chat_that_is_stopped_ends_in_peace(real_index_config, home, stop, status):
    with running("ask", data=real_index_config.data, home=home) as chat:
        chat.until(lambda: "You>" in chat.output)
        assert chat.ended_by(stop) == status
    assert quiet(chat)


@stops
def test_a_build_that_is_stopped_leaves_the_old_index_serving(real_index_config, tmp_path, home, stop, status):
    data = data_of(real_index_config, tmp_path / "data")
    before = names(data / "index")
    with running("index", "build", "--fresh", data=data, home=home) as build:
        build.until(lambda: len(list((data / "index").glob("*/chroma/chroma.sqlite3"))) > 1)
        assert build.ended_by(stop) == status
    assert quiet(build)
    assert set(names(data / "index")) - {"building.lock"} == set(before)
    assert "fits the corpus" in spotter("index", "status", data=data, home=home).stdout


@stops
def test_an_export_that_is_stopped_leaves_no_model_behind(tmp_path, home, stop, status):
    data = tmp_path / "data"
    with running("index", "build", data=data, home=home) as build:
        build.until(lambda: list(data.glob("models/*.tmp")))
        assert build.ended_by(stop) == status
    assert quiet(build)
    assert names(data / "models") == []
    assert set(names(data / "index")) <= {"building.lock"}


def test_a_page_that_is_stopped_as_a_service_is_says_so_and_is_no_failure(real_index_config, home):
    with open_page(real_index_config.data, home) as page:
        page.terminate()
    assert page.status == 0
    assert "Spotter stopped." in page.output
    assert "Traceback" not in page.output


@pytest.mark.parametrize(("stop", "status"), [STOPS[0], pytest.param(*STOPS[1], marks=pytest.mark.long)])
def test_an_evaluation_that_is_stopped_keeps_the_rows_it_has(real_index_config, tmp_path, home, stop, status):
    runs = tmp_path / "runs"
    file = runs / "latest.jsonl"
    run_cases = ["eval", "run", "--set", "answerable", "--runs", str(runs)]
    with running(*run_cases, data=real_index_config.data, home=home) as run:
        run.until(lambda: file.exists() and file.read_bytes().count(b"\n") > 2)
        assert run.ended_by(stop) == status
    assert quiet(run), run.output + run.errors
    head, *rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert head["version"]
    assert all(row["replies"] for row in rows)


@pytest.mark.long
@stops
def test_broken_assistants_that_are_stopped_leave_no_process(real_index_config, home, stop, status):
    with running("eval", "mutants", "--step", "gate", data=real_index_config.data, home=home) as run:
        run.until(lambda: "Running broken assistants" in run.errors)
        assert run.ended_by(stop) == status
        end = time.monotonic() + 30
        while run.left():
            assert time.monotonic() < end
            time.sleep(0.1)
    assert quiet(run), run.output + run.errors


# Out of space, or not allowed to write


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["ask", RED_FLAG], ["triage", "list"], ["--help"]])
def test_an_output_that_takes_no_more_is_one_sentence(real_index_config, home, arguments):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        run = subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=ROOT,
            env=environment(real_index_config.data, home),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert run.returncode == 1
    assert told(run.stderr)
    assert "No space left" in run.stderr


def test_a_chat_without_an_input_ends_in_peace(real_index_config, home):
    chat = "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'assistant', 'ask'])"
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", chat],
        cwd=ROOT,
        env=environment(real_index_config.data, home),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_terminal_that_knows_few_characters_still_shows_the_answer(real_index_config, home):
    run = spotter("ask", QUESTION, data=real_index_config.data, home=home, PYTHONIOENCODING="ascii:strict")
    assert (run.returncode, run.stderr) == (0, "")
    assert "[1]" in run.stdout


def test_a_batch_on_a_full_disk_is_one_sentence_and_the_earlier_output_stays(real_index_config, tmp_path, home, many):
    with small_disk(tmp_path / "disk", 1) as disk:
        (disk / "out.jsonl").write_text("earlier", encoding="utf-8")
        fill(disk, but=50_000)
        run = spotter("batch", str(many), str(disk / "out.jsonl"), data=real_index_config.data, home=home)
        assert (run.returncode, run.stdout) == (1, "")
        assert told(run.stderr)
        assert "No space left" in run.stderr
        assert names(disk) == ["filler", "out.jsonl"]
        assert (disk / "out.jsonl").read_text(encoding="utf-8") == "earlier"


def test_a_batch_that_may_not_write_so_much_is_one_sentence(real_index_config, tmp_path, home, many):
    target = tmp_path / "out.jsonl"
    target.write_text("earlier", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "batch", str(many), str(target)],
        cwd=ROOT,
        env=environment(real_index_config.data, home),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert told(run.stderr)
    assert target.read_text(encoding="utf-8") == "earlier"
    assert names(tmp_path) == ["home", "in.jsonl", "out.jsonl"]


def test_an_output_folder_that_may_not_be_written_is_one_sentence(real_index_config, tmp_path, home):
    (tmp_path / "out").mkdir()
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "turns": ["hello"]}), encoding="utf-8")
    with unwritable(tmp_path / "out") as folder:
        commands = (
            ["batch", str(source), str(folder / "out.jsonl")],
            ["eval", "run", "--only", "line-001", "--runs", str(folder)],
        )
        for arguments in commands:
            run = spotter(*arguments, data=real_index_config.data, home=home)
            assert (run.returncode, run.stdout) == (1, "")
            assert told(run.stderr.removeprefix("Running the cases\n"))
    assert names(tmp_path / "out") == []
