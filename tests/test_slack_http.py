"""The bot over HTTP: what Slack has signed is taken in, anything else is turned away before anybody looks into it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ready
from fixtures_service import served
from fixtures_slack import BOT_TOKEN, PATIENCE, Slack, mention, message, press, readable
from slack_sdk.signature import SignatureVerifier

from assistant.api.app import service
from assistant.api.health import Counts
from assistant.feedback import Feedback
from assistant.logs import _without_words
from assistant.settings import read_settings
from assistant.slack.app import client_of
from assistant.slack.http import routes
from assistant.slack.manifest import SCOPES
from assistant.slack.start import bot_over
from assistant.slack.work import Work
from assistant.start import talks_of

SECRET = "a-signing-secret-for-tests"
PATH = "/slack/events"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def both(real_index_config):
    """A Slack, and a client for the service that listens to it."""
    with Slack(SCOPES).open() as slack:
        settings = read_settings(
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_API_URL": f"{slack.address}/api",
                "SPOTTER_RATE": "100000/minute",
            }
        )
        assistant, counts, work = ready(real_index_config), Counts(), Work()
        talks = talks_of(assistant, settings.service)
        app = service(talks, settings.service, counts)
        app.include_router(routes(bot_over(talks, Feedback(), settings, client_of(settings.slack), work), SECRET))
        with served(app) as client:
            yield slack, client
        assert work.finish(PATIENCE)
        assert slack.complaints == []


@pytest.fixture
def slack(both):
    return both[0]


@pytest.fixture
def client(both):
    return both[1]


def signed(body, *, secret=SECRET, at=None, kind="application/json", **headers):
    """The headers with which Slack sends a body."""
    timestamp = str(int(time.time()) if at is None else at)
    text = body if isinstance(body, str) else body.decode(errors="replace")
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=text)
    return {
        "content-type": kind,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }


def send(client, row, **how):
    body = json.dumps(row)
    return client.post(PATH, content=body, headers=signed(body, **how))


def test_what_slack_signed_is_answered(slack, client):
    begun = time.monotonic()
    response = send(client, message(QUESTION, "H1"))
    assert (response.status_code, time.monotonic() - begun < 3) == (200, True)
    slack.until(lambda: slack.said("DH1"), "there was no answer")
    assert "deadlift" in readable(slack.said("DH1")[0])


def test_a_red_flag_gets_its_card(slack, client):
    send(client, mention(RED_FLAG, "H2"))
    slack.until(lambda: slack.said("DH2"), "there was no card")
    assert slack.called("chat.postEphemeral")[0].args["user"] == "H2"


def test_an_address_is_confirmed_with_the_challenge(client):
    response = send(client, {"type": "url_verification", "challenge": "abc123"})
    assert "abc123" in response.text


def test_a_form_is_read(slack, client):
    slack._chat_postMessage({"channel": "DH9", "text": "words"})
    body = urlencode({"payload": json.dumps(press({"action_id": "help"}, slack.said("DH9")[0]))})
    assert client.post(PATH, content=body, headers=signed(body, kind=FORM)).status_code == 200
    assert slack.awaited("views.open")


def test_the_command_is_read(slack, client):
    row = {"command": "/spotter", "text": "help", "team_id": "T1", "user_id": "H3", "channel_id": "C1"}
    body = urlencode(row | {"trigger_id": "t", "response_url": f"{slack.address}/respond/1"})
    assert client.post(PATH, content=body, headers=signed(body, kind=FORM)).status_code == 200
    slack.until(lambda: slack.responded, "nothing was said")


def test_a_request_that_is_sent_twice_is_answered_once(slack, client):
    body = json.dumps(message(QUESTION, "H4"))
    headers = signed(body)
    for _ in range(2):
        assert client.post(PATH, content=body, headers=headers).status_code == 200
    send(client, json.loads(body), x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
    slack.until(lambda: slack.said("DH4"), "there was no answer")
    time.sleep(0.5)
    assert len(slack.said("DH4")) == 1


@pytest.mark.parametrize(("secret", "late"), [("another-secret", 0), (SECRET, 301), (SECRET, -303)])
def test_what_is_signed_wrongly_or_long_ago_is_turned_away(slack, client, secret, late):
    before = len(slack.calls)
    assert send(client, message(QUESTION, "H5"), secret=secret, at=int(time.time()) - late).status_code == 401
    time.sleep(0.2)
    assert len(slack.calls) == before


def test_a_body_that_was_changed_on_its_way_is_turned_away(client):
    body = json.dumps(message(QUESTION))
    assert client.post(PATH, content=body.replace("deadlifts", "deadlifts "), headers=signed(body)).status_code == 401


@pytest.mark.parametrize("timestamp", [None, "", "soon", "1e9", "-5", "٣٤٥", "9" * 40])
def test_a_time_that_is_none_is_turned_away(client, timestamp):
    body = json.dumps(message(QUESTION))
    headers = signed(body)
    del headers["x-slack-request-timestamp"]
    if timestamp is not None:
        headers["x-slack-request-timestamp"] = timestamp.encode()
    assert client.post(PATH, content=body, headers=headers).status_code == 401


BODIES = [
    ("application/json", b"\xff\xfe"),
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"[]"),
    ("application/json", b"null"),
    ("application/json", b'{"team": 5}'),
    ("text/plain", b"{"),
    (FORM, b"payload=x"),
    (FORM, b"payload=[]"),
]


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_a_body_that_is_none_is_no_error_of_ours(client, kind, body):
    assert client.post(PATH, content=body, headers=signed(body, kind=kind)).status_code < 500
    unsigned = signed(body, kind=kind, secret="another")
    assert client.post(PATH, content=body, headers=unsigned).status_code == 401


def test_a_body_that_is_too_large_is_turned_away(client):
    body = json.dumps(message("x" * 3_000_000))
    assert client.post(PATH, content=body, headers=signed(body)).status_code == 413


def test_nothing_else_is_there(client):
    assert client.get(PATH).status_code in (404, 405)


def test_fifty_at_once_are_each_answered_once(slack, client):
    with ThreadPoolExecutor(10) as pool:
        sent = list(pool.map(lambda n: send(client, message(RED_FLAG, f"HM{n}")).status_code, range(50)))
    assert sent == [200] * 50
    slack.until(lambda: sum(one.channel.startswith("DHM") for one in slack.said()) == 50, "not all were answered")


def test_nothing_of_a_message_is_logged_when_its_signature_is_wrong(client, caplog):
    body = json.dumps(message("zanzibarquux", "H8"))
    caplog.handler.addFilter(_without_words)
    assert client.post(PATH, content=body, headers=signed(body, secret="another")).status_code == 401
    assert "zanzibarquux" not in caplog.text
