"""OpenAI's chat completions over the wire: a request, and its reply streamed or whole; for fixtures_model."""

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

CREATED = 1_790_000_000
SILENCE = 60.0  # seconds for which a client may leave unread what it is sent
TEXT = "@@text@@"  # where the text goes in a reply that is sent whole


class HungUp(Exception):
    """The client has gone, or the server closes."""


def complaint(message, type="invalid_request_error"):
    """An error as OpenAI writes it."""
    return {"error": {"message": message, "type": type, "param": None, "code": None}}


def trouble(body):
    """What OpenAI would refuse in a body, if anything."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "the body names no model"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "the body has no messages"
    if not all(isinstance(message, dict) and message.get("role") for message in messages):
        return "a message has no role"
    return None


@dataclass
class Request:
    """One request, and what became of its reply."""

    path: str
    headers: dict  # names in small letters
    body: dict
    kind: str = ""
    at: float = field(default_factory=time.monotonic)
    said: int = 0  # pieces of text that were sent
    hung_up: bool = False  # whether the client went before the reply was over
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self):
        """Every word of the messages, as they were sent."""
        return "\n".join(str(message.get("content") or "") for message in self.body["messages"])


class Handler(BaseHTTPRequestHandler):
    """One connection, which carries one request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = SILENCE

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/v1/models":
            model = {"id": "scripted", "object": "model", "created": CREATED, "owned_by": "tests"}
            self.send(200, {"object": "list", "data": [model]})
        else:
            self.refuse(404, f"there is nothing at {self.path}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(body)
        except ValueError:
            return self.refuse(400, "the body is no JSON")
        if self.path != "/v1/chat/completions":
            return self.refuse(404, f"there is nothing at {self.path}")
        if problem := trouble(body):
            return self.refuse(400, problem)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.reply(Request(self.path, headers, body))

    def reply(self, request):
        self.server.requests.append(request)
        try:
            behaviour = self.server.behaviour(request)
        except Exception as error:
            request.over.set()
            return self.refuse(500, f"the script fails: {error!r}")
        try:
            behaviour.do((Streamed if request.body.get("stream") else Whole)(self, request))
        except (HungUp, OSError):
            request.hung_up = not self.server.closing
        finally:
            request.over.set()
        return None

    def refuse(self, status, problem):
        self.server.complaints.append(problem)
        self.send(status, complaint(problem))

    def head(self, status, kind, headers=()):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Connection": "close", **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, status, body, headers=(), kind="application/json"):
        """A whole body of known length."""
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.head(status, kind, {"Content-Length": len(text), **dict(headers)})
        self.wfile.write(text)

    def chunk(self, text):
        """A chunk of a body whose length is not told; an empty one ends it."""
        part = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))


class Reply:
    """What a behaviour has to do with: one reply, which begins with its first piece."""

    KIND = ""

    def __init__(self, handler, request):
        self.handler, self.request, self.body = handler, request, request.body
        self.id = f"chatcmpl-{next(handler.server.numbers)}"
        self.began, self.field = False, ""
        choice = self.body.get("tool_choice")
        self.tool = choice["function"]["name"] if isinstance(choice, dict) else None

    def begin(self):
        """Send the head, unless that has been done."""
        if not self.began:
            self.began = True
            self.handler.head(200, self.KIND, {"Transfer-Encoding": "chunked"})

    def say(self, piece, refusal=False):
        """A piece of the text: of the content, of a refusal, or of what a tool that was chosen is called with."""
        first = "refusal" if refusal else "arguments" if self.tool else "content"
        if not self.field:
            self.open(first)
        self.piece(piece)
        self.request.said += 1

    def wait(self, seconds):
        """Say nothing for so long; over at once when the client goes or the server closes."""
        connection = self.handler.connection
        connection.settimeout(max(seconds, 0.001))
        try:
            if not connection.recv(1, socket.MSG_PEEK):
                raise HungUp
        except TimeoutError:
            pass
        finally:
            connection.settimeout(SILENCE)

    def reset(self):
        """End the connection as a process does that is killed."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.rfile.close()
        self.handler.connection.close()

    def row(self, name, choice, **more):
        choices = [] if choice is None else [{"index": 0, "logprobs": None, **choice}]
        return {
            "id": self.id,
            "object": name,
            "created": CREATED,
            "model": self.body["model"],
            "choices": choices,
            **more,
        }

    def usage(self):
        asked, said = len(self.request.text.split()), self.request.said
        return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}

    def call(self, arguments):
        return {"id": "call_1", "type": "function", "function": {"name": self.tool, "arguments": arguments}}


class Streamed(Reply):
    """Server-sent events, one for each piece."""

    KIND = "text/event-stream; charset=utf-8"

    @property
    def counts(self):
        return bool((self.body.get("stream_options") or {}).get("include_usage"))

    def event(self, row):
        self.begin()
        self.handler.chunk(f"data: {row if isinstance(row, str) else json.dumps(row)}\n\n")

    def delta(self, delta, reason=None):
        told = {"usage": None} if self.counts else {}
        self.event(self.row("chat.completion.chunk", {"delta": delta, "finish_reason": reason}, **told))

    def open(self, name):
        self.field = name
        said = {"content": None, "tool_calls": [{"index": 0, **self.call("")}]} if name == "arguments" else {}
        self.delta({"role": "assistant", "content": "", "refusal": None} | said)

    def piece(self, piece):
        if self.field == "arguments":
            self.delta({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        else:
            self.delta({self.field: piece})

    def mutter(self):
        """Something that keeps the connection alive, and that no client sees."""
        self.begin()
        self.handler.chunk(": still at work\n\n")

    def fail(self, error):
        self.event(error)
        self.handler.chunk("")

    def end(self, reason="stop"):
        if not self.field:
            self.open("content")
        self.delta({}, reason)
        if self.counts:
            self.event(self.row("chat.completion.chunk", None, usage=self.usage()))
        self.event("[DONE]")
        self.handler.chunk("")


class Whole(Reply):
    """One JSON, whose text goes over the wire in pieces all the same."""

    KIND = "application/json"

    def around(self, reason="stop"):
        """The JSON before and after the text."""
        message = {"role": "assistant", "content": None, "refusal": None}
        message |= {"tool_calls": [self.call(TEXT)]} if self.field == "arguments" else {self.field: TEXT}
        row = self.row("chat.completion", {"message": message, "finish_reason": reason}, usage=self.usage())
        return json.dumps(row).split(TEXT)

    def open(self, name):
        self.field = name
        self.begin()
        self.handler.chunk(self.around()[0])

    def piece(self, piece):
        self.handler.chunk(json.dumps(piece)[1:-1])

    def mutter(self):
        self.begin()
        self.handler.chunk(" ")

    def fail(self, error):
        if self.field:
            self.handler.chunk("\n")
        self.begin()
        self.handler.chunk(json.dumps(error) if isinstance(error, dict) else error)
        self.handler.chunk("")

    def end(self, reason="stop"):
        if not self.field:
            self.open("content")
        self.handler.chunk(self.around(reason)[1])
        self.handler.chunk("")
