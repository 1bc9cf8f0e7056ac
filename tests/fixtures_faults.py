"""What the fault tests share: processes ended in the middle, folders that are full or may not be written to."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from fixtures_assistant import ROOT, environment

NEVER_SHOWN = ("Traceback", "Exception ignored", "Error:")


def told(text):
    """Whether this is one plain sentence or two on one line, and nothing of a traceback."""
    return text.count("\n") == 1 and not any(one in text for one in NEVER_SHOWN) and text.strip().endswith(".")


def data_of(config, folder, *, index=True):
    """A data folder of our own: the model of the real one, and a copy of its index."""
    folder.mkdir()
    (folder / "models").symlink_to(config.models)
    if index:
        shutil.copytree(config.builds, folder / "index", ignore=shutil.ignore_patterns("building.lock"))
        shutil.copy(config.embeddings, folder)
    return folder


def heeds_interrupts():
    """Undo that a shell tells what it starts in the background to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """The command while it works, in a process group of its own, as a terminal starts it."""

    def __init__(self, *arguments, data, home, **more):
        self._places = [home / "stdout", home / "stderr"]
        env = environment(data, home, PYTHONUNBUFFERED="1", **more)
        with self._places[0].open("wb") as stdout, self._places[1].open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assistant", *arguments],
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                preexec_fn=heeds_interrupts,
            )

    @property
    def output(self):
        return self._places[0].read_text(encoding="utf-8")

    @property
    def errors(self):
        return self._places[1].read_text(encoding="utf-8")

    def until(self, condition, seconds=120):
        """Wait until the command has come so far."""
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.output + self.errors
            assert time.monotonic() < end, "what was waited for did not come"
            time.sleep(0.01)

    def ended_by(self, stop):
        """The exit status: Ctrl-C reaches all processes of a terminal, another signal the one it is sent to."""
        (os.killpg if stop == signal.SIGINT else os.kill)(self.process.pid, stop)
        return self.process.wait(60)

    def left(self):
        """The processes it started that still work."""
        listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True)
        rows = [row.split() for row in listed.stdout.splitlines()]
        return [state for group, state in rows if int(group) == self.process.pid and not state.startswith("Z")]


@contextmanager
def running(*arguments, **more):
    one = Running(*arguments, **more)
    try:
        yield one
    finally:
        one.process.stdin.close()
        if one.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(one.process.pid, 9)
            one.process.wait()


@contextmanager
def small_disk(folder, megabytes):
    """A file system of its own of so many megabytes; skips where this machine lets nobody make one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a file system may not be mounted here; the tests with a limit of file size do the like")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder, but=0):
    """Use up the space of a small disk but for so many bytes; the file that does it."""
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free - but
    filler.write_bytes(b"\0" * max(free, 0))
    return filler


@contextmanager
def unwritable(folder):
    """The folder and all in it may only be read: by permission, or for root, whom none binds, by a mount."""
    if os.geteuid():
        before = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")] if not path.is_symlink()}
        for path, mode in before.items():
            path.chmod(mode & 0o555)
        try:
            yield folder
        finally:
            for path, mode in before.items():
                path.chmod(mode)
        return
    if subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("root may write everywhere and cannot mount a folder for reading only here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
