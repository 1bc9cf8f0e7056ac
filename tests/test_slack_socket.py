"""The bot over the real protocol of a socket: acknowledged at once, answered once, whatever becomes of it."""

import time
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG
from fixtures_slack import BOT_TOKEN, Slack, a_shared, a_slack, an_assistant, bot_for, message, readable, running  # noqa: F401 (fixtures)

from assistant.settings import read_settings
from assistant.slack.app import SlackError, client_of, known_as
from assistant.slack.socket import connected
from index.found import Found

ACK = 3.0  # seconds that Slack waits


def slow(assistant, seconds):
    def search(query):
        time.sleep(seconds)
        return Found((), 0.0, 0.0, 0.0, 0)

    return replace(assistant, search=search)


def answered(slack, count, methods=("chat.stopStream", "chat.postMessage", "chat.update")):
    """Waits for so many finished messages, and a moment for one too many."""
    slack.until(lambda: len(slack.said()) >= count, f"there were not {count} messages")
    time.sleep(0.3)
    return slack.said()


def test_a_message_is_acknowledged_long_before_its_answer_is_there(assistant):
    with running(slow(assistant, 4)) as slack:
        one = slack.deliver("events_api", message(QUESTION))
        assert one.acked - one.sent < ACK / 2
        assert slack.said() == []
        (told,) = answered(slack, 1)
        assert told.thread != told.ts


@pytest.mark.parametrize("id", ["the same event", "another event"])
def test_a_message_that_is_delivered_again_is_answered_once(slack, id):
    first = message(QUESTION, id="Ev1")
    slack.deliver("events_api", first)
    again = first if id == "the same event" else first | {"event_id": "Ev2"}
    for attempt in (1, 2, 3):
        slack.deliver("events_api", again, attempt=attempt, reason="timeout")
    answered(slack, 1)
    assert len(slack.called("chat.startStream")) == 1
    assert len(slack.said()) == 1


def test_a_message_delivered_again_while_its_answer_is_made_is_answered_once(assistant):
    with running(slow(assistant, 1)) as slack:
        first = message(QUESTION)
        for attempt in (None, 1, 2):
            slack.deliver("events_api", first, attempt=attempt)
        assert len(answered(slack, 1)) == 1


def test_a_new_connection_takes_the_place_of_the_old_one_and_nothing_is_lost(slack):
    before = len(slack.connections)
    slack.deliver("events_api", message(QUESTION, "U1"))
    slack.rotate()
    slack.deliver("events_api", message(QUESTION, "U2"))
    told = answered(slack, 2)
    assert {one.channel for one in told} == {"DU1", "DU2"}
    assert len(slack.connections) == len(set(slack.connections)) == before + 1


@pytest.mark.long
def test_a_connection_that_breaks_off_is_made_anew_and_loses_no_answer_in_work(assistant):
    with running(slow(assistant, 2)) as slack:
        slack.deliver("events_api", message(QUESTION, "U1"))
        slack.cut()
        slack.deliver("events_api", message(QUESTION, "U2"))
        assert [one.channel for one in answered(slack, 2)] == ["DU1", "DU2"]


def test_an_answer_is_streamed_in_order_and_whole(slack):
    slack.deliver("events_api", message(QUESTION))
    (told,) = answered(slack, 1)
    order = [call.method for call in slack.calls if call.method.startswith(("assistant", "chat"))]
    assert order[:2] == ["assistant.threads.setStatus", "chat.startStream"]
    assert order[-1] == "chat.stopStream"
    assert set(order[2:-1]) == {"chat.appendStream"}
    assert "[\\[1\\]]" not in readable(told)  # nobody said where the articles can be read
    assert "\\[1\\]" in readable(told)


def test_a_stream_that_has_expired_is_put_right_with_the_full_text(slack, assistant):
    slack.broken_streams = 1
    slack.deliver("events_api", message(QUESTION, "U1"))
    (broken,) = answered(slack, 1)
    assert slack.called("chat.update")
    slack.deliver("events_api", message(QUESTION, "U2"))
    whole = answered(slack, 2)[1]
    assert readable(broken) == readable(whole)
    assert [row["type"] for row in broken.blocks] == ["markdown", *(row["type"] for row in whole.blocks)]


def test_a_stream_that_cannot_begin_becomes_a_message(slack):
    slack.answers["chat.startStream"] = [{"ok": False, "error": "method_not_supported_for_channel_type"}]
    slack.deliver("events_api", message(QUESTION))
    (told,) = answered(slack, 1)
    assert "\\[1\\]" in readable(told)


def test_a_message_that_cannot_be_put_right_comes_anew(slack):
    slack.broken_streams = 1
    slack.answers["chat.update"] = [{"ok": False, "error": "cant_update_message"}]
    slack.deliver("events_api", message(QUESTION))
    slack.awaited("chat.postMessage")
    assert "\\[1\\]" in readable(slack.said()[-1])


def test_blocks_that_slack_does_not_take_are_left_out_and_the_words_are_not(slack):
    slack.answers["chat.postMessage"] = [{"ok": False, "error": "invalid_blocks"}] * 2
    slack.deliver("events_api", message(RED_FLAG))
    (told,) = answered(slack, 1)
    assert told.blocks == []
    assert "emergency department" in told.text


def test_a_call_that_comes_too_often_is_made_again_when_slack_says(slack):
    slack.answers["chat.postMessage"] = [1]
    slack.deliver("events_api", message(RED_FLAG))
    answered(slack, 1)
    first, second = slack.called("chat.postMessage")
    assert second.at - first.at >= 1


def test_a_server_that_fails_for_a_moment_is_asked_again(slack):
    async def down(request):
        from aiohttp import web

        return web.Response(status=503, text="later")

    slack.answers["chat.postMessage"] = [down]
    slack.deliver("events_api", message(RED_FLAG))
    assert len(answered(slack, 1)) == 1


def test_two_who_write_at_once_never_see_each_others_answers(slack):
    for n in range(6):
        slack.deliver("events_api", message(QUESTION if n % 2 else EXERCISE, f"U{n}"))
    told = answered(slack, 6)
    assert sorted(one.channel for one in told) == [f"DU{n}" for n in range(6)]
    for one in told:
        assert ("deadlift" in readable(one)) == (int(one.channel[2:]) % 2 == 1)


def test_a_red_flag_gets_its_card_while_all_places_are_taken(assistant):
    with running(slow(assistant, 2)) as slack:
        for n in range(8):
            slack.deliver("events_api", message(QUESTION, f"U{n}"))
        sent = time.monotonic()
        slack.deliver("events_api", message(RED_FLAG, "U99"))
        slack.until(lambda: slack.said("DU99"), "there was no card")
        assert time.monotonic() - sent < 1.5
        slack.until(lambda: len(slack.said()) == 9, "not all were answered")


@pytest.mark.long
def test_two_hundred_questions_are_each_answered_once(slack):
    asked = [(f"U{n}", message((QUESTION, EXERCISE, RED_FLAG)[n % 3], f"U{n}")) for n in range(200)]
    for n, (_, said) in enumerate(asked):
        slack.deliver("events_api", said, wait=False)
        if n % 5 == 0:
            slack.deliver("events_api", said, attempt=1, wait=False)
        slack.until(lambda n=n: len(slack.said()) >= n - 30, "the answers stopped coming")
    told = answered(slack, 200)
    assert sorted(one.channel for one in told) == sorted(f"D{user}" for user, _ in asked)


def test_tokens_that_slack_does_not_take_are_named(assistant):
    with Slack(()).open() as slack:
        settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_API_URL": f"{slack.address}/api"})
        with pytest.raises(SlackError, match=r"SLACK_BOT_TOKEN \(invalid_auth\)"):
            known_as(client_of(settings.slack))
        refused = pytest.raises(SlackError, match=r"SLACK_APP_TOKEN \(invalid_auth\)")
        with bot_for(slack, assistant) as app, refused, connected(app, "xapp-wrong"):
            pass


def test_a_slack_that_is_not_there_is_told():
    settings = read_settings({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_API_URL": "http://127.0.0.1:9/api"})
    with pytest.raises(SlackError, match="cannot be reached"):
        known_as(client_of(settings.slack))


def test_a_bot_says_who_it_is():
    with Slack(()).open() as slack:
        settings = read_settings({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_API_URL": f"{slack.address}/api"})
        assert known_as(client_of(settings.slack)) == "spotter in Tests"
