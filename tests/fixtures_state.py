"""What the tests of kept conversations share: a clock to turn, turns with a sign each, a PostgreSQL server."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from fixtures_assistant import ROOT, free_port

from assistant.state.ages import Ages
from assistant.state.database import open_database
from assistant.state.memory import Memory
from assistant.state.sql import Sql
from assistant.triage.records import Finding, higher

PASSWORD = "geheim-quux"
HOUR = 3600


class Clock:
    """A clock that a test turns."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now

    def on(self, hours):
        self.now += hours * HOUR


def sql(place, clock=time.time, hours=24, patience=5.0):
    """A store on a path or a URL."""
    return Sql(open_database(str(place), patience), Ages(hours, clock))


def loaded(place, id_):
    """What another store on the same place, by the clock of this machine, loads."""
    store = sql(place)
    try:
        return store.load(id_)
    finally:
        store.close()


def memory(clock=time.time, hours=24, **more):
    return Memory(Ages(hours, clock), **more)


def after(conversation, sign, tier="none", **more):
    """The conversation after a turn in which one sign was found; at a tier, a flag of its name stands too."""
    triage = conversation.triage
    return replace(
        conversation,
        turn=conversation.turn + 1,
        triage=replace(
            triage,
            findings=(*triage.findings, Finding(sign, "present", "self", triage.turn)),
            tier=higher(triage.tier, tier),
            flags=triage.flags if tier == "none" else (*triage.flags, (sign, tier)),
            turn=triage.turn + 1,
        ),
        **more,
    )


def signs(conversation):
    return {finding.flag for finding in conversation.triage.findings}


def turns(store, conversation_id, name, number):
    """Turns of one conversation, one after the other, each with a sign of its own."""
    for at in range(number):
        store.keep(after(store.load(conversation_id), f"{name}-{at}", "urgent" if at % 5 == 0 else "none"))


def at_once(*tasks):
    """Run the tasks in a thread each; the first error of any of them is raised."""
    errors = []

    def run(task):
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


# Keeps turns of one conversation: place, id, name of the process, how many.
TURNS = """
import sys
from fixtures_state import sql, turns
store = sql(sys.argv[1])
turns(store, sys.argv[2], sys.argv[3], int(sys.argv[4]))
store.close()
"""


def process(code, *arguments, **more):
    """A process of our own that may import what the tests share."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def ended(one):
    """What a process said; it must have ended well."""
    said, trouble = one.communicate(timeout=120)
    assert (one.returncode, trouble) == (0, "")
    return said


class Server:
    """A PostgreSQL server on this machine, run by nobody in particular, as it refuses to be run by root."""

    def __init__(self, folder, programs):
        self._folder, self._programs = folder, programs
        self._port = free_port()
        self._numbers = count(1)
        self._process = None
        self._as = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        secret = folder / "secret"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        self._run(
            programs / "initdb",
            *("--pgdata", folder / "data", "--username", "spotter", "--pwfile", secret),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )

    def _run(self, *arguments):
        run = subprocess.run(
            list(map(str, arguments)), cwd=self._folder, capture_output=True, text=True, check=False, **self._as
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": self._folder,
            "fsync": "off",
            "max_connections": 60,
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder / "data"]
                + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                **self._as,
            )
        end = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < end, "the PostgreSQL server did not start"
            time.sleep(0.1)

    def _answers(self):
        import psycopg

        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self):
        """End the server and its connections at once, as a restart of it does."""
        if self._process.poll() is None:
            self._process.send_signal(2)
            self._process.wait(60)

    def connect(self, database):
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self._port,
            user="spotter",
            password=PASSWORD,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def url(self, database, password=PASSWORD):
        return f"postgresql+psycopg://spotter:{password}@127.0.0.1:{self._port}/{database}"

    def new(self):
        """The name of a new and empty database."""
        name = f"conversations_{next(self._numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return name


def server_programs():
    """The folder with the programs of the newest PostgreSQL server of this machine."""
    found = [Path(one).resolve() for one in (shutil.which("postgres"),) if one]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: one.parent.parent.name)
    assert found, "These tests need a PostgreSQL server; run 'make system' to install one."
    return found[-1].parent


@contextmanager
def postgres():
    """The server while it runs; its folder lies where a user without rights may reach it."""
    programs = server_programs()
    with tempfile.TemporaryDirectory(prefix="state-") as folder:
        server = Server(Path(folder), programs)
        server.start()
        try:
            yield server
        finally:
            server.stop()


# Fixtures, for a test file that imports them


@pytest.fixture(scope="module", name="server")
def a_server():
    with postgres() as one:
        yield one


@pytest.fixture(name="clock")
def a_clock():
    return Clock()


@pytest.fixture(name="place", params=["memory", "SQLite", "PostgreSQL"])
def a_place(request, tmp_path):
    """What SPOTTER_STATE says, for each kind of place there is."""
    if request.param == "PostgreSQL":
        running = request.getfixturevalue("server")
        return running.url(running.new())
    return str(tmp_path / "state.db") if request.param == "SQLite" else "memory"
