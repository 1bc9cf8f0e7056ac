"""The real service over loopback, in a thread of the tests or in a process of its own."""

import json
import threading
import time
from contextlib import contextmanager

import httpx
import uvicorn

from assistant.api.app import service
from assistant.api.health import Counts
from assistant.commands.web import listening
from assistant.door import Rooms
from assistant.settings import read_settings
from assistant.state.store import open_store
from assistant.talks import Talks


def talks_over(assistant, counts, *, store=None, rate="100000/minute"):
    return Talks(assistant, store or open_store("memory", 24), Rooms(rate), counts.said)


@contextmanager
def served(app):
    """The app on a free port of this machine: a client for it."""
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, timeout=60) as client:
            until = time.monotonic() + 30
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.01)
            yield client
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@contextmanager
def interface(assistant, *, environment=None, **talks):
    """The interface for programs over an assistant: a client for it."""
    counts = Counts()
    settings = read_settings(environment or {}).service
    with served(service(talks_over(assistant, counts, **talks), settings, counts)) as client:
        yield client


def events(response):
    """(event, data) of a stream of server-sent events."""
    found = []
    for part in response.text.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in part.split("\n") if not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("event", "message"), json.loads(fields["data"])))
    return found
