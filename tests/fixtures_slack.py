"""A Slack on this machine: its Web API, its sockets and its rules, as far as a bot meets them."""

import asyncio
import itertools
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

import pytest
from aiohttp import WSMsgType, web
from fixtures_assistant import ready
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from assistant.feedback import Feedback
from assistant.settings import read_settings
from assistant.slack.app import client_of
from assistant.slack.manifest import SCOPES
from assistant.slack.socket import connected
from assistant.slack.start import bot_over
from assistant.slack.work import Work
from assistant.start import talks_of

TEAM, BOT_USER, BOT = "T024BE7LH", "U0BOT0001", "B0BOT0001"
BOT_TOKEN, APP_TOKEN = "xoxb-for-tests", "xapp-for-tests"
MESSAGES_ONLY = {"markdown", "container", "context_actions", "table"}
PATIENCE = 20.0  # seconds for which a test waits for something that has to come

# method -> arguments that it needs, and the scope that allows it
METHODS = {
    "auth.test": ((), None),
    "conversations.open": (("users",), "im:write"),
    "chat.postMessage": (("channel", "text"), "chat:write"),
    "chat.postEphemeral": (("channel", "user", "text"), "chat:write"),
    "chat.update": (("channel", "ts", "text"), "chat:write"),
    "chat.startStream": (("channel", "thread_ts", "recipient_team_id", "recipient_user_id"), "chat:write"),
    "chat.appendStream": (("channel", "ts", "chunks"), "chat:write"),
    "chat.stopStream": (("channel", "ts"), "chat:write"),
    "assistant.threads.setStatus": (("channel_id", "thread_ts", "status"), "assistant:write"),
    "assistant.threads.setSuggestedPrompts": (("channel_id", "prompts"), "assistant:write"),
    "views.publish": (("user_id", "view"), None),
    "views.open": (("trigger_id", "view"), None),
}
ENCODED = ("blocks", "chunks", "view", "prompts", "loading_messages")  # JSON within a form


@dataclass(frozen=True)
class Call:
    """One call of the Web API, with the time at which it came."""

    method: str
    args: dict
    at: float
    answer: object = None

    @property
    def whole(self):
        return json.dumps(self.args, ensure_ascii=False)


@dataclass
class Delivered:
    """An envelope that was sent, and its ack."""

    id: str
    sent: float
    acked: float | None = None
    payload: dict | None = None


@dataclass
class Message:
    """A message as it stands in a channel; `text` is what a reader sees of it."""

    ts: str
    channel: str
    thread: str
    text: str
    blocks: list
    streaming: bool = False
    chunks: list = field(default_factory=list)


class Slack:
    """Records what a bot does, keeps what it says, and refuses what Slack would."""

    def __init__(self, scopes):
        self.scopes = set(scopes)
        self.calls, self.complaints, self.connections = [], [], []
        self.users = set()  # who has said or pressed something
        self.idle = lambda: True  # whether the bot has nothing to do
        self.answers = {}  # method -> what to answer next, in place of doing it
        self.messages = {}  # ts -> Message
        self.responded = []  # what came to a response_url
        self.refused_responses = []  # with what the next ones are refused
        self.delivered = {}
        self.address = ""
        self.broken_streams = 0  # how many of the next streams stop taking text after their first piece
        self._count = itertools.count(1)
        self._tickets, self._sockets = set(), []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()

    # What a test does

    def fresh(self):
        """As if nothing had been said yet: everybody is forgotten by the bot, and what it did by this Slack."""
        self.until(self.idle, "the bot is still at work")
        for user in sorted(self.users):
            command(self, "forget", user)
        self.until(self.idle, "the bot is still at work")
        complaints = self.complaints[:]
        for kept in (
            self.calls,
            self.answers,
            self.messages,
            self.responded,
            self.delivered,
            self.users,
            self.complaints,
        ):
            kept.clear()
        self.broken_streams = 0
        assert complaints == []

    def deliver(self, type, payload, *, envelope=None, attempt=None, reason=None, wait=True):
        """Send an envelope over the newest socket; waits for its ack."""
        id = envelope or f"envelope-{next(self._count)}"
        row = {"envelope_id": id, "type": type, "payload": payload, "accepts_response_payload": True}
        if attempt is not None:
            row |= {"retry_attempt": attempt, "retry_reason": reason or "timeout"}
        self.until(lambda: any(not one.closed for one in self._sockets), "no socket is open")
        self.delivered[id] = one = Delivered(id, time.monotonic())
        self.users |= set(_users(payload))
        self._run(self._send(json.dumps(row)))
        if wait:
            self.until(lambda: one.acked, f"{id} was not acknowledged")
        return one

    def rotate(self):
        """Ask the bot to connect anew, as Slack does every few hours."""
        before = len(self.connections)
        self._run(self._send(json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})))
        self.until(lambda: len(self.connections) > before, "the bot did not connect anew")

    def cut(self):
        """End every socket without a word."""
        before = len(self.connections)

        async def end():
            for socket in self._sockets:
                if not socket.closed and socket._req.transport:
                    socket._req.transport.abort()

        self._run(end())
        self.until(lambda: len(self.connections) > before, "the bot did not connect anew")

    def until(self, holds, complaint):
        end = time.monotonic() + PATIENCE
        with self._changed:
            while not holds():
                assert time.monotonic() < end, complaint
                self._changed.wait(0.05)  # not everything that is waited for is told of

    def called(self, *methods):
        return [call for call in list(self.calls) if call.method in methods]

    def awaited(self, method, count=1):
        """The calls of a method, once there are so many of them."""
        self.until(lambda: len(self.called(method)) >= count, f"{method} was not called {count} times")
        return self.called(method)

    def said(self, channel=None, thread=None):
        """The finished messages, in order; of a channel or a thread."""
        return [
            one
            for one in list(self.messages.values())
            if not one.streaming and channel in (None, one.channel) and thread in (None, one.thread)
        ]

    # What Slack does

    async def _api(self, request):
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        args = await _arguments(request)
        token = args.pop("token", token)
        call = Call(method, args, time.monotonic())
        planned = self.answers.get(method)
        answer = planned.pop(0) if planned else None
        if answer is None:
            answer = self._connect(request, token) if method == "apps.connections.open" else self._do(call, token)
        with self._changed:
            self.calls.append(replace(call, answer=answer))
            self._changed.notify_all()
        if callable(answer):
            return await answer(request)
        if isinstance(answer, int):
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(answer)}
            )
        return web.json_response(answer)

    def _connect(self, request, token):
        if token != APP_TOKEN:
            return {"ok": False, "error": "invalid_auth"}
        ticket = f"ticket-{next(self._count)}"
        self._tickets.add(ticket)
        return {"ok": True, "url": f"{self.address.replace('http', 'ws', 1)}/link/?ticket={ticket}"}

    def _do(self, call, token):
        if token != BOT_TOKEN:
            return {"ok": False, "error": "invalid_auth"}
        if call.method not in METHODS:
            return self._complain(call, "unknown_method")
        needed, scope = METHODS[call.method]
        if scope and scope not in self.scopes:
            return self._complain(call, "missing_scope")
        if missing := [name for name in needed if not call.args.get(name) and name != "text"]:
            return self._complain(call, f"missing {missing}")
        if problem := trouble(call.args):
            return self._complain(call, problem)
        return getattr(self, "_" + call.method.replace(".", "_"))(call.args)

    def _complain(self, call, problem):
        self.complaints.append(f"{call.method}: {problem}")
        return {"ok": False, "error": problem}

    def _auth_test(self, args):
        return {"ok": True, "user": "spotter", "user_id": BOT_USER, "team": "Tests", "team_id": TEAM, "bot_id": BOT}

    def _conversations_open(self, args):
        return {"ok": True, "channel": {"id": direct(args["users"])}}

    def _chat_postMessage(self, args):
        return self._keep(
            args["channel"], args.get("thread_ts") or "", args.get("text") or "", args.get("blocks") or []
        )

    def _chat_postEphemeral(self, args):
        return {"ok": True, "message_ts": self._ts()}

    def _chat_update(self, args):
        message = self.messages.get(args["ts"])
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        message.blocks, message.text, message.streaming, message.chunks = (
            args.get("blocks") or [],
            args["text"],
            False,
            [],
        )
        return {"ok": True, "ts": message.ts}

    def _chat_startStream(self, args):
        kept = self._keep(args["channel"], args["thread_ts"], "", [], streaming=True)
        self.messages[kept["ts"]].chunks = list(args.get("chunks") or [])
        return kept

    def _chat_appendStream(self, args):
        message = self.messages.get(args["ts"])
        if message is None or not message.streaming or self.broken_streams:
            self.broken_streams -= bool(self.broken_streams)
            return {"ok": False, "error": "message_not_in_streaming_state"}
        message.chunks += args["chunks"]
        return {"ok": True, "ts": message.ts}

    def _chat_stopStream(self, args):
        message = self.messages.get(args["ts"])
        if message is None or not message.streaming or self.broken_streams:
            self.broken_streams -= bool(self.broken_streams)
            return {"ok": False, "error": "message_not_in_streaming_state"}
        message.chunks += args.get("chunks") or []
        message.blocks, message.streaming = args.get("blocks") or [], False
        return {"ok": True, "ts": message.ts}

    def _assistant_threads_setStatus(self, args):
        return {"ok": True}

    _assistant_threads_setSuggestedPrompts = _views_publish = _views_open = _assistant_threads_setStatus

    def _keep(self, channel, thread, text, blocks, streaming=False):
        ts = self._ts()
        self.messages[ts] = Message(ts, channel, thread or ts, text, blocks, streaming)
        return {"ok": True, "ts": ts, "channel": channel}

    def _ts(self):
        return f"1800000000.{next(self._count):06d}"

    async def _respond(self, request):
        row = await request.json()
        problem = self.refused_responses.pop(0) if self.refused_responses else trouble(row)
        with self._changed:
            if not problem:
                self.responded.append(row)
            self._changed.notify_all()
        return web.Response(text=problem or "ok", status=400 if problem else 200)

    async def _link(self, request):
        ticket = request.query.get("ticket")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(
            json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}, "debug_info": {}})
        )
        with self._changed:
            self._sockets.append(socket)
            self.connections.append(ticket)
            self._changed.notify_all()
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._acked(message.data)
        return socket

    def _acked(self, data):
        row = json.loads(data) if data.startswith("{") else {}
        with self._changed:
            if one := self.delivered.get(row.get("envelope_id")):
                one.acked, one.payload = time.monotonic(), row.get("payload")
            self._changed.notify_all()

    async def _send(self, text):
        await next(one for one in reversed(self._sockets) if not one.closed).send_str(text)

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    @contextmanager
    def open(self):
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/api/{method}", self._api)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_get("/link/", self._link)
        ready = threading.Event()
        runner = web.AppRunner(app, shutdown_timeout=0.1)

        async def begin():
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
            ready.set()

        def serve():
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(begin())
            self._loop.run_forever()
            self._loop.run_until_complete(runner.cleanup())
            self._loop.close()

        thread = threading.Thread(target=serve)
        thread.start()
        assert ready.wait(PATIENCE)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(PATIENCE)


async def _arguments(request):
    raw = await request.text()
    if not raw:
        return {}
    if "json" in request.content_type and raw.startswith("{"):
        return json.loads(raw)
    rows = dict(parse_qsl(raw, keep_blank_values=True))
    return {name: json.loads(value) if name in ENCODED else value for name, value in rows.items()}


def words_of(value):
    """Every text in blocks."""
    if isinstance(value, dict):
        yield from (value["text"],) if isinstance(value.get("text"), str) else ()
        value = value.values()
    if not isinstance(value, str | int | None):
        for one in value:
            yield from words_of(one)


def trouble(args):
    """What Slack would not take about the blocks and texts of a call; "" when it takes them."""
    blocks, view = args.get("blocks") or [], args.get("view")
    try:
        if view:
            assert View(**view).to_dict() == view, "a view has what its kind does not know"
            assert len(view["blocks"]) <= 100, "too many blocks"
            blocks = view["blocks"]
            assert not {row["type"] for row in blocks} & MESSAGES_ONLY, "a block that only messages may have"
        assert len(json.dumps(list(words_of(blocks)))) <= 13_000, "all blocks together are too long"
        assert "ts" not in args or len((args.get("text") or "").encode()) <= 4_000, "the text is too long to change"
        assert len(args.get("blocks") or []) <= 50, "too many blocks"
        assert len(args.get("text") or "") <= 40_000, "the text is too long"
        for row in blocks:
            assert Block.parse(row).to_dict() == row, "a block has what its kind does not know"
            assert row["type"] != "section" or 0 < len(row["text"]["text"]) <= 3000, "a section is too long"
        chunks = [one["text"] for one in args.get("chunks") or () if one["type"] == "markdown_text"]
        written = [row["text"] for row in blocks if row["type"] == "markdown"] + chunks
        assert all(written), "there is an empty text"
        assert sum(map(len, written)) <= 12_000, "the Markdown is too long"
        named = [one["action_id"] for row in blocks for one in row.get("elements") or () if "action_id" in one]
        assert len(named) == len(set(named)), "an action id is there twice"
    except Exception as error:  # of the SDK's own checks too
        return f"invalid_blocks: {error}"
    return ""


# What a bot hears


def _users(payload):
    said = payload.get("event") or {}
    found = (said.get("user"), (payload.get("user") or {}).get("id"), payload.get("user_id"))
    return (one for one in found if one and one != BOT_USER)


def direct(user):
    """The channel in which a user and the bot are alone."""
    return f"D{user}"


class Stamps:
    """Time stamps as Slack gives them, each another."""

    def __init__(self):
        self._count = itertools.count(1)

    def __call__(self):
        return f"1790000000.{next(self._count):06d}"


stamp = Stamps()


def event(row, *, id=None, team=TEAM, **more):
    return {
        "type": "event_callback",
        "team_id": team,
        "api_app_id": "A1",
        "event_id": id or f"Ev{stamp()}",
        "event": row,
        **more,
    }


def message(text, user="U1", *, ts=None, thread=None, id=None, **more):
    """Somebody wrote to the bot alone."""
    row = {
        "type": "message",
        "channel": direct(user),
        "channel_type": "im",
        "user": user,
        "text": text,
        "ts": ts or stamp(),
    }
    if thread:
        row["thread_ts"] = thread
    return event(row | more, id=id)


def mention(text, user="U1", *, channel="C1", ts=None, thread=None, id=None, shared=False, **more):
    """Somebody mentioned the bot in a channel."""
    row = {
        "type": "app_mention",
        "channel": channel,
        "user": user,
        "text": f"<@{BOT_USER}> {text}",
        "ts": ts or stamp(),
    }
    if thread:
        row["thread_ts"] = thread
    return event(row | more, id=id, is_ext_shared_channel=shared)


def command(slack, text, user="U1", channel="C1"):
    """Give the command; what it says for the eyes of who gave it."""
    before = len(slack.responded)
    body = {
        "command": "/spotter",
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "channel_id": channel,
        "trigger_id": f"trigger-{stamp()}",
        "response_url": f"{slack.address}/respond/{stamp()}",
    }
    slack.deliver("slash_commands", body)
    slack.until(lambda: len(slack.responded) > before, "nothing was said")
    return slack.responded[before]


def submitted(view, reason, user="U1"):
    """Somebody sent a window off with one of its reasons."""
    chosen = {"type": "radio_buttons", "selected_option": {"value": reason}}
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": user},
        "view": view | {"id": "V1", "state": {"values": {"reason": {"reason": chosen}}}},
    }


def edited(before, text):
    """Somebody changed a message that they had written to the bot."""
    old = before["event"]
    row = {
        "type": "message",
        "subtype": "message_changed",
        "channel": old["channel"],
        "channel_type": "im",
        "message": old | {"text": text, "edited": {"user": old["user"], "ts": stamp()}},
        "previous_message": old,
        "ts": stamp(),
        "event_ts": stamp(),
    }
    return event(row)


def press(action, message, user="U1", *, ephemeral=False, **more):
    """Somebody pressed a button under a message; of one for their eyes alone Slack tells only where it stands."""
    row = pressed(action, message, user, **more)
    if ephemeral:
        del row["message"]
    return row


def pressed(action, message, user, **more):
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user},
        "trigger_id": f"trigger-{stamp()}",
        "channel": {"id": message.channel},
        "container": {
            "type": "message",
            "channel_id": message.channel,
            "message_ts": message.ts,
            "thread_ts": message.thread,
        },
        "message": {"ts": message.ts, "thread_ts": message.thread},
        "actions": [action | {"action_ts": stamp(), "type": action.get("type", "button"), "block_id": "b"}],
        **more,
    }


def elements(blocks):
    """What can be pressed in blocks, by action id."""
    return {one["action_id"]: one for row in blocks for one in row.get("elements") or () if "action_id" in one}


def readable(message):
    """The words of a message as a reader sees them, without what stands under them."""
    streamed = "".join(one["text"] for one in message.chunks if one["type"] == "markdown_text")
    written = "".join(row["text"] for row in message.blocks if row["type"] == "markdown")
    return streamed or written or message.text


@contextmanager
def running(assistant, *, scopes=tuple(SCOPES), environment=None, feedback=None, talks=None):
    """The real bot over its real socket, listening to a Slack of its own."""
    with Slack(scopes).open() as slack:
        with bot_for(slack, assistant, environment, feedback, talks):
            yield slack
        assert slack.complaints == []


@contextmanager
def bot_for(slack, assistant, environment=None, feedback=None, talks=None):
    """A bot that listens to a Slack; its work is finished at the end of the block."""
    settings = read_settings(
        {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{slack.address}/api",
            "SPOTTER_RATE": "100000/minute",
            **(environment or {}),
        }
    )
    work, client = Work(), client_of(settings.slack)
    own = talks or talks_of(assistant, settings.service)
    ratings = feedback or Feedback(settings.service.feedback, settings.service.feedback_texts)
    app = bot_over(own, ratings, settings, client, work)
    slack.idle = lambda: not work.open
    with connected(app, APP_TOKEN):
        yield app
    assert work.finish(PATIENCE)
    own.store.close()


# Fixtures, for a test file that imports them


@pytest.fixture(scope="module", name="assistant")
def an_assistant(real_index_config):
    return ready(real_index_config)


@pytest.fixture(scope="module", name="shared")
def a_shared(assistant):
    """A Slack with the bot in it, for a whole file of tests; a test asks for `slack`."""
    with running(assistant) as opened:
        yield opened


@pytest.fixture(name="slack")
def a_slack(shared):
    """The Slack of the file; nobody in it has said anything yet."""
    yield shared
    shared.fresh()
