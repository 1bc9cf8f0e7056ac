"""A model on this machine behind OpenAI's chat completions: it says, and fails, as a test has written it down."""

import itertools
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from socketserver import TCPServer

from fixtures_model_wire import SILENCE, Handler, Streamed, complaint
from langchain.chat_models import init_chat_model

PATIENCE = 20.0  # seconds for which a test waits for something that has to come
MOST = 200_000  # chunks after which an endless reply ends
PIECE = 7  # characters of a chunk


class ModelServer(ThreadingHTTPServer):
    """Replies by its script, and records what it is asked.

    `script`: kind of request -> a behaviour, or a function from the messages to one. `kind`: body -> kind.
    """

    daemon_threads = False  # so that closing waits for every thread
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.script, self.kind = {}, lambda body: "answer"
        self.requests, self.complaints = [], []
        self.connections = 0
        self.closing = False
        self.numbers = itertools.count(1)
        self._open, self._lock = set(), threading.Lock()

    def of(self, kind):
        """The requests of a kind, in order."""
        return [request for request in list(self.requests) if request.kind == kind]

    def behaviour(self, request):
        request.kind = self.kind(request.body)
        found = self.script[request.kind]
        return found if isinstance(found, Behaviour) else found(request.body["messages"])

    def close(self):
        """End every reply at once, and wait for the threads."""
        self.closing = True
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def server_bind(self):
        TCPServer.server_bind(self)  # without asking for the name of this machine

    def process_request(self, request, client_address):
        with self._lock:
            self.connections += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        error = sys.exception()
        if not isinstance(error, OSError):
            self.complaints.append(repr(error))


@dataclass(frozen=True)
class Behaviour:
    """What becomes of a request."""

    do: object  # function of a reply


def spoken(pieces, reason="stop", *, before=0.0, pause=0.0, refusal=False):
    """The pieces one after the other, and an end."""

    def do(reply):
        if before:
            reply.wait(before)
        for number, piece in enumerate(pieces):
            if number and pause:
                reply.wait(pause)
            reply.say(piece, refusal)
        reply.end(reason)

    return Behaviour(do)


def pieces(text):
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def says(text):
    """The text in small pieces."""
    return spoken(pieces(text))


def half(text):
    """The first half of the text, as if that were all."""
    return says(text[: len(text) // 2])


def empty():
    """No text at all."""
    return says("")


def slow(seconds, text):
    """Nothing for so long, not even a head; then the text."""
    return spoken(pieces(text), before=seconds)


def drip(text, pause):
    """A piece at each pause, the first one at once."""
    return spoken(pieces(text), pause=pause)


def refusal(text):
    """The text where OpenAI says why it does not answer."""
    return spoken(pieces(text), refusal=True)


def truncated(text, reason="length"):
    """The text, with an end that is none; "content_filter" is another such reason."""
    return spoken(pieces(text), reason)


def endless(piece, seconds=SILENCE, chunks=MOST):
    """The piece again and again, until the client hangs up; who hears it to its end is complained about."""

    def do(reply):
        until = time.monotonic() + seconds
        for _ in range(chunks):
            if time.monotonic() > until:
                break
            reply.say(piece)
        reply.end()
        reply.handler.server.complaints.append("an endless reply was heard to its end")

    return Behaviour(do)


def mutters(seconds, text, pause=0.02):
    """What is no text for so long, though the connection never falls silent; then the text."""

    def do(reply):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            reply.mutter()
            reply.wait(pause)
        says(text).do(reply)

    return Behaviour(do)


def cut(text, how="short"):
    """The first half of the text, then an end of the connection.

    "short": in the middle of the body. "reset": with a reset. "quiet": the body is whole, though neither a reason nor
    [DONE] came, as behind a proxy that hides what happened.
    """

    def do(reply):
        for piece in pieces(text[: len(text) // 2]):
            reply.say(piece)
        if how == "reset":
            reply.reset()
        elif how == "quiet":
            reply.handler.chunk("")

    return Behaviour(do)


def broken(text, error=None):
    """The first half of the text, then an error in place of the rest: a dict as JSON, a string as it stands."""

    def do(reply):
        for piece in pieces(text[: len(text) // 2]) if isinstance(reply, Streamed) else ():
            reply.say(piece)
        reply.fail(error or complaint("The engine has failed.", "server_error"))

    return Behaviour(do)


def status(code, body=None, headers=()):
    """Another status than 200; by default with an error as OpenAI writes it."""
    return Behaviour(lambda reply: reply.handler.send(code, body or complaint(f"Status {code}."), headers))


def html(text):
    """A page where a reply should be, as from a proxy that asks for a password."""
    return Behaviour(lambda reply: reply.handler.send(200, text, kind="text/html; charset=utf-8"))


@contextmanager
def serving(**script):
    """A server with a script; at the end every thread is over, and nobody has complained."""
    server = ModelServer()
    server.script |= script
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert server.complaints == []


def chat(server, **more):
    """The real client, which turns to the server."""
    told = {"base_url": server.address, "api_key": "none", "max_retries": 0, "timeout": 10.0}
    return init_chat_model("openai:scripted", **told | more)
