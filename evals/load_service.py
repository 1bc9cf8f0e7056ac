"""The service that many users ask at once: a process of its own, the memory it holds, and how it ends."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import KnownError
from evals.bench import ROOT, environment

HOST = "127.0.0.1"
# Nothing of the tester's own service is touched, and all users come from one address.
OWN = {"SPOTTER_RATE": "999999/second", "SPOTTER_STATE": "memory", "SPOTTER_TOKEN": "", "SPOTTER_FEEDBACK": ""}
LONGEST = 60.0  # seconds after which a service that does not end is killed


class LoadFailed(KnownError):
    """The service could not be measured."""


@dataclass(frozen=True)
class Service:
    """The running service."""

    process: subprocess.Popen[bytes]
    address: str

    def megabytes(self) -> float:
        """The memory that is resident now. Raises LoadFailed."""
        try:
            told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
            return float(told.partition("VmRSS:")[2].split()[0]) / 1024
        except (OSError, IndexError):
            raise LoadFailed("The memory of the service cannot be read from /proc. Run this on Linux.") from None

    def stop(self) -> float:
        """Stop it as the manager of a service does; the seconds until it has ended. Raises LoadFailed."""
        begun = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            raise LoadFailed(f"The service did not end within {LONGEST:.0f} seconds of being told to.") from None
        return time.monotonic() - begun


@contextmanager
def opened(data: Path, corpus: Path) -> Iterator[Service]:
    """The service while it is open, on a free port of this machine. Raises LoadFailed."""
    port = _free_port()
    command = [sys.executable, "-m", "assistant", "web", "--host", HOST, "--port", str(port)]
    env, quiet = environment(data, corpus) | OWN, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=quiet) as process:
        try:
            _until_it_listens(process)
            yield Service(process, f"http://{HOST}:{port}")
        finally:
            if process.poll() is None:
                process.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
    return port


def _until_it_listens(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if b"listens on" in line:
            return
    raise LoadFailed("The service did not start. Run 'spotter web' by itself to see why.")
