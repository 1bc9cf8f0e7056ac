"""What the tests of the assistant share: a ready assistant, a search that is told what it finds, the command."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.policy.opinion import silent
from assistant.settings import read_settings
from assistant.start import start

ROOT = Path(__file__).parent.parent
WATCHED = Path(__file__).with_name("watched_command.py")
DOUBLED = Path(__file__).with_name("doubled_page.py")
LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "")

RED_FLAG = "I can't pee and my groin is numb"
SOFT_SIGN = "pain shoots down my leg, which stretches help my lower back?"
QUESTION = "Why does my lower back hurt after deadlifts?"
EXERCISE = "how do I do a wall angel?"


@lru_cache(maxsize=2)
def ready(config):
    """The assistant over the real corpus and the index in `config`, opened once for all tests."""
    return start(read_settings({"SPOTTER_DATA": str(config.data)}))


class ToldSearch:
    """A search that finds what it was told, whatever is asked, and keeps the queries."""

    def __init__(self, found):
        self.found = found
        self.queries = []

    def __call__(self, query):
        self.queries.append(query)
        return self.found


def fails_with(error):
    """A callable of any signature that raises the error."""

    def failing(*_):
        raise error

    return failing


def without_index(assistant, search):
    """The assistant with another search and no second opinion; it works without the data folder."""
    return replace(assistant, search=search, opinion=silent, index_version=lambda: "told")


def with_number(assistant, region, number):
    """The assistant with a checked emergency number for a region; none of the real table is checked for now."""
    protocol = assistant.protocol()
    numbers = protocol.shelf.numbers
    there = {"emergency": replace(numbers.generic["emergency"], number=number)}
    numbers = replace(numbers, regions={**numbers.regions, region: there})
    protocol = replace(protocol, shelf=replace(protocol.shelf, numbers=numbers))
    return replace(assistant, protocol=lambda: protocol)


def talk(assistant, *messages):
    """The replies of one conversation, and the conversation after it."""
    conversation, replies = Conversation(), []
    for message in messages:
        turn = answer(message, conversation, assistant)
        conversation = turn.conversation
        replies.append(turn.reply)
    return replies, conversation


def as_read(reply):
    """The reply as somebody reads it who was sent its JSON."""
    return json.loads(json.dumps(reply.as_json()))


def environment(data, home, **more):
    """The environment of a process of ours: its own home and scratch folder, and nothing of the tester's."""
    for folder in (home, home / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "SYSTEMROOT") if key in os.environ}
    places = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "GRADIO_TEMP_DIR": str(home / "tmp" / "gradio")}
    return {**kept, **places, "SPOTTER_DATA": str(data), "PYTHONDONTWRITEBYTECODE": "1", **more}


def code_copied(folder):
    """A copy of the program in the folder, for tests that break it."""
    for package in ("assistant", "corpus", "index"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def spotter(*arguments, data, home, stdin="", code=ROOT, **more):
    """Run the command as a process of its own, from a copy of the program where one is given."""
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        cwd=code,
        env=environment(data, home, **more),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def watched(*arguments, data, home, stdin="", **more):
    """Run the command, and say which modules it loaded and which hosts it turned to: (run, report)."""
    report = home / "report.json"
    run = subprocess.run(
        [sys.executable, WATCHED, str(report), *arguments],
        cwd=ROOT,
        env=environment(data, home, **more),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return run, json.loads(report.read_text(encoding="utf-8"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Program:
    """A command that listens until it is stopped, in a process of its own."""

    def __init__(self, data, home, *program, **more):
        self.home = home
        self.report = home / "report.json"
        self.output = ""
        self._process = subprocess.Popen(
            [sys.executable, *(program or (WATCHED,)), *map(str, self.arguments())],
            cwd=ROOT,
            env=environment(data, home, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.output += line

    def wait(self, seconds=60):
        """Until it says where it listens."""
        until = time.monotonic() + seconds
        while "listens" not in self.output:
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"It did not open:\n{self.output}")
            time.sleep(0.05)

    def stop(self):
        """End the process as Ctrl-C does; afterwards `output` and `hosts` are complete."""
        if self._process.poll() is None:
            self._process.send_signal(2)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def terminate(self):
        """End the process as the manager of a service does."""
        self._process.terminate()
        self._process.wait(60)

    @property
    def status(self):
        return self._process.returncode

    @property
    def hosts(self):
        return json.loads(self.report.read_text(encoding="utf-8"))["hosts"]


class Page(Program):
    """The real page."""

    def __init__(self, data, home, double="", **more):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self._double = double
        super().__init__(data, home, *((DOUBLED,) if double else ()), **more)

    def arguments(self):
        return (self._double, self.port) if self._double else (self.report, "web", "--port", self.port)


class Bot(Program):
    """The real bot, over a socket."""

    def arguments(self):
        return (self.report, "slack")


@contextmanager
def open_page(data, home, **more):
    """The page while it is open; with `double` over an assistant whose search is "failing", "slow" or "sluggish"."""
    page = Page(data, home, **more)
    page.wait()
    try:
        yield page
    finally:
        page.stop()


def strangers(hosts):
    """The hosts that are not this machine."""
    return sorted({host for host in hosts if host not in LOOPBACK and not re.match(r"127\.|/", host)})
