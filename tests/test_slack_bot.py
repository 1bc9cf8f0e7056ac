"""What people meet in Slack: who is answered, where, and what others can see of it."""

import json
import time
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, fails_with
from fixtures_slack import (
    BOT_USER,
    a_shared,  # noqa: F401 (a fixture)
    a_slack,  # noqa: F401 (a fixture)
    an_assistant,  # noqa: F401 (a fixture)
    command,
    edited,
    elements,
    event,
    mention,
    message,
    press,
    readable,
    running,
    stamp,
    submitted,
)

from assistant.slack.texts import read_texts

SEEN_BY_ALL = ("chat.postMessage", "chat.update", "chat.startStream", "chat.appendStream", "chat.stopStream")
TEXTS = read_texts()
CARD = "emergency department"
WITH_QUESTION = "my leg hurts and tingles from my back"


@pytest.fixture
def bot(assistant):
    """Runs a bot with other settings."""
    opened = []

    def run(**environment):
        named = {f"SPOTTER_{name.upper()}": one for name, one in environment.items()}
        opened.append(running(assistant, environment=named))
        return opened[-1].__enter__()

    yield run
    for one in opened:
        one.__exit__(None, None, None)


def hear(slack, body, count=1, channel=None):
    """Deliver an event and wait for so many more messages; those."""
    before = len(slack.said(channel))
    slack.deliver("events_api", body)
    slack.until(lambda: len(slack.said(channel)) >= before + count, "there was no answer")
    return slack.said(channel)[before:]


def quiet(slack, body):
    """Deliver an event; everything that the bot does upon it."""
    before = len(slack.calls)
    slack.deliver("events_api", body)
    time.sleep(0.1)
    slack.until(slack.idle, "the bot is still at work")
    return [call.method for call in slack.calls[before:] if call.method != "auth.test"]


def public(slack, channel="C1"):
    """Everything that all in a channel can see."""
    return "\n".join(call.whole for call in slack.called(*SEEN_BY_ALL) if call.args["channel"] == channel)


# Private messages


def test_an_answer_stands_in_the_thread_of_its_question(slack):
    asked = message(QUESTION)
    (told,) = hear(slack, asked)
    assert (told.channel, told.thread) == ("DU1", asked["event"]["ts"])


def test_a_thread_is_a_conversation_and_needs_no_mention(slack):
    asked = message(EXERCISE)
    hear(slack, asked)
    (told,) = hear(slack, message("how many sets?", thread=asked["event"]["ts"]))
    assert "not cover" not in readable(told)
    (other,) = hear(slack, message("how many sets?"))
    assert readable(other) != readable(told)


def test_a_red_flag_gets_its_card_whole_and_nothing_is_streamed(slack):
    (told,) = hear(slack, message(RED_FLAG))
    assert CARD in readable(told)
    assert slack.called("chat.startStream", "assistant.threads.setStatus") == []
    assert elements(told.blocks) == {}


def test_a_card_can_be_seen_without_opening_its_thread(slack):
    asked = message(QUESTION)
    hear(slack, asked)
    hear(slack, message(RED_FLAG, thread=asked["event"]["ts"]))
    hear(slack, mention(QUESTION, "U2", thread="1700000000.000100"), 2)
    hear(slack, mention(RED_FLAG, "U2", thread="1700000000.000100"), 2)
    cards = [call.args for call in slack.called("chat.postMessage") if CARD in call.args["text"]]
    assert [(one["channel"], one["reply_broadcast"]) for one in cards] == [("DU1", True), ("DU2", True)]
    assert not any("reply_broadcast" in call.args for call in slack.calls if CARD not in call.whole)


def test_a_card_that_comes_with_an_answer_comes_first_and_whole(slack):
    (told,) = hear(slack, message(SOFT_SIGN))
    assert readable(told).startswith("**")
    assert slack.called("chat.startStream") == []


def test_after_a_red_flag_the_whole_thread_is_stopped(slack):
    asked = message(RED_FLAG)
    hear(slack, asked)
    (told,) = hear(slack, message(EXERCISE, thread=asked["event"]["ts"]))
    assert CARD in readable(told)
    assert "wall" not in readable(told)


def test_a_new_thread_of_somebody_who_had_a_red_flag_begins_with_one_reminder(slack):
    hear(slack, message(RED_FLAG))
    asked = message(EXERCISE)
    (told,) = hear(slack, asked)
    assert "may need help at once" in readable(told).split("\n")[0]
    (then,) = hear(slack, message("how many sets?", thread=asked["event"]["ts"]))
    assert "may need help at once" not in readable(then)
    (other,) = hear(slack, message(EXERCISE, "U2"))
    assert "may need help at once" not in readable(other)


def test_a_red_flag_outlasts_the_bot(assistant, tmp_path):
    environment = {"SPOTTER_STATE": str(tmp_path / "state.db")}
    asked = message(RED_FLAG)
    with running(assistant, environment=environment) as slack:
        hear(slack, asked)
    with running(assistant, environment=environment) as slack:
        assert quiet(slack, asked) == []  # delivered again
        (told,) = hear(slack, message(EXERCISE, thread=asked["event"]["ts"]))
        assert CARD in readable(told)
        (new,) = hear(slack, message(EXERCISE))
        assert "may need help at once" in readable(new)


def test_two_workers_with_one_state_answer_a_message_once(assistant, tmp_path):
    environment = {"SPOTTER_STATE": str(tmp_path / "state.db")}
    asked = message(QUESTION)
    with running(assistant, environment=environment) as one, running(assistant, environment=environment) as other:
        one.deliver("events_api", asked)
        other.deliver("events_api", asked)
        one.until(lambda: one.said() or other.said(), "nobody answered")
        time.sleep(0.5)
        assert len(one.said()) + len(other.said()) == 1


def test_a_message_without_words_is_told_so(slack):
    (told,) = hear(slack, message("", subtype="file_share", files=[{"id": "F1"}]))
    assert told.text == TEXTS.say("no_text")


def test_a_message_that_is_passed_on_is_read(slack):
    shared = [{"is_share": True, "text": RED_FLAG}]
    (told,) = hear(slack, message("what do you think?", attachments=shared))
    assert CARD in readable(told)


@pytest.mark.parametrize(
    "more",
    [{"bot_id": "B9", "subtype": "bot_message"}, {"bot_id": "B9"}, {"user": BOT_USER}, {"subtype": "message_deleted"}],
    ids=["a bot", "a bot as a user", "itself", "a deletion"],
)
def test_others_than_people_are_left_alone(slack, more):
    assert quiet(slack, message(QUESTION, **more)) == []


def test_what_people_say_in_a_channel_without_a_mention_is_left_alone(slack):
    said = {"type": "message", "channel_type": "channel", "channel": "C1", "user": "U1", "text": RED_FLAG}
    body = event(said | {"ts": stamp()})
    assert quiet(slack, body) == []


# Changes


def test_a_change_that_adds_a_red_flag_gets_the_card(slack):
    asked = message(QUESTION)
    hear(slack, asked)
    (told,) = hear(slack, edited(asked, RED_FLAG))
    assert CARD in readable(told)
    assert told.thread == asked["event"]["ts"]


def test_a_change_takes_nothing_back(slack):
    asked = message(RED_FLAG)
    hear(slack, asked)
    assert quiet(slack, edited(asked, QUESTION)) == []
    (told,) = hear(slack, message(EXERCISE, thread=asked["event"]["ts"]))
    assert CARD in readable(told)


def test_a_change_without_a_red_flag_is_not_answered_again(slack):
    asked = message(QUESTION)
    hear(slack, asked)
    assert quiet(slack, edited(asked, EXERCISE)) == []


def test_a_preview_that_slack_adds_is_no_change(slack):
    asked = message(QUESTION)
    hear(slack, asked)
    assert quiet(slack, edited(asked, QUESTION)) == []


# Channels


def test_a_mention_is_answered_in_private_and_the_channel_sees_one_neutral_line(slack):
    asked = mention(QUESTION)
    hear(slack, asked, 2)
    (line,) = slack.said("C1")
    assert line.text == TEXTS.say("answered_privately")
    assert line.thread == asked["event"]["ts"]
    (answer,) = slack.said("DU1")
    assert answer.thread == answer.ts  # seen without opening anything
    assert "deadlift" in readable(answer)
    assert "deadlift" not in public(slack)
    assert slack.called("chat.postEphemeral") == []


def test_the_private_thread_goes_on_with_the_conversation_of_the_channel(slack):
    asked = mention(EXERCISE)
    hear(slack, asked, 2)
    root = slack.said("DU1")[0]
    (told,) = hear(slack, message("how many sets?", thread=root.ts))
    assert "not cover" not in readable(told)
    hear(slack, mention("how is it done?", thread=asked["event"]["ts"]), 2)
    assert [one.thread for one in slack.said("DU1")] == [root.ts] * 3


def test_a_red_flag_in_a_channel_gets_its_card_there_at_once_for_the_asker_alone(slack):
    asked = mention(RED_FLAG)
    hear(slack, asked, 2)
    methods = [call.method for call in slack.calls if call.method.startswith(("chat", "conv", "assistant"))]
    assert methods[0] == "chat.postEphemeral"
    (card,) = slack.called("chat.postEphemeral")
    assert (card.args["channel"], card.args["user"]) == ("C1", "U1")
    assert CARD in card.args["blocks"][0]["text"]
    assert CARD in readable(slack.said("DU1")[0])
    assert "emergency" not in public(slack)


def test_a_red_flag_in_a_thread_gets_its_card_in_that_thread(slack):
    hear(slack, mention(RED_FLAG, thread="1700000000.000100"), 2)
    assert slack.called("chat.postEphemeral")[0].args["thread_ts"] == "1700000000.000100"


def test_a_red_flag_of_a_channel_stops_the_private_thread_too(slack):
    hear(slack, mention(RED_FLAG), 2)
    root = slack.said("DU1")[0]
    (told,) = hear(slack, message(EXERCISE, thread=root.ts))
    assert CARD in readable(told)


@pytest.mark.parametrize("way", ["ephemeral", "public"])
def test_an_operator_may_have_answers_in_the_channel(bot, way):
    slack = bot(slack_channel=way)
    slack.deliver("events_api", mention(QUESTION))
    method = {"ephemeral": "chat.postEphemeral", "public": "chat.postMessage"}[way]
    (told,) = slack.awaited(method)
    assert told.args["channel"] == "C1"
    assert "deadlift" in told.args["blocks"][0]["text"]
    assert slack.called("conversations.open") == []


@pytest.mark.parametrize("way", ["ephemeral", "public"])
def test_a_red_flag_is_never_public(bot, way):
    slack = bot(slack_channel=way)
    hear(slack, mention(RED_FLAG), 1, "DU1")
    assert slack.called("chat.postEphemeral")
    assert "emergency" not in public(slack)


def test_nothing_is_public_where_another_organisation_reads_along(bot):
    slack = bot(slack_channel="public")
    hear(slack, mention(QUESTION, shared=True), 2)
    assert "deadlift" not in public(slack)
    assert "deadlift" in readable(slack.said("DU1")[0])


def test_somebody_who_cannot_be_written_to_gets_the_answer_where_they_asked(slack):
    slack.answers["conversations.open"] = [{"ok": False, "error": "cannot_dm_bot"}]
    slack.deliver("events_api", mention(QUESTION))
    (told,) = slack.awaited("chat.postEphemeral")
    assert "deadlift" in told.args["blocks"][0]["text"]
    assert public(slack) == ""


@pytest.mark.parametrize("asked", [QUESTION, SOFT_SIGN])
def test_what_is_public_says_nothing_of_a_warning_sign(bot, asked):
    """Neither a reminder of an earlier one nor a card with an answer, nor a line that comes only then."""
    slack = bot(slack_channel="public")
    if asked == QUESTION:
        hear(slack, message(RED_FLAG))
    before = len(slack.said("DU1"))
    hear(slack, mention(asked), 1, "DU1")
    slack.until(slack.idle, "the bot is still at work")
    assert public(slack) == ""
    assert len(slack.said("DU1")) == before + 1


@pytest.mark.parametrize("way", ["ephemeral", "public"])
def test_no_line_tells_a_channel_that_somebody_had_a_red_flag(bot, way):
    slack = bot(slack_channel=way)
    hear(slack, mention(RED_FLAG), 1, "DU1")
    slack.until(slack.idle, "the bot is still at work")
    assert public(slack) == ""


@pytest.mark.parametrize(
    "refused",
    [
        {"chat.postEphemeral": 1, "conversations.open": 1},
        {"chat.postEphemeral": 1, "chat.postMessage": 1},
        {"chat.postMessage": 1},
    ],
    ids=["neither there nor opened", "neither there nor posted", "not posted"],
)
def test_a_card_finds_another_way(slack, refused):
    slack.answers |= {method: [{"ok": False, "error": "fatal_error"}] * n for method, n in refused.items()}
    slack.deliver("events_api", mention(RED_FLAG))
    slack.until(lambda: slack.idle() and any(CARD in call.whole for call in slack.calls), "there was no card")
    slack.until(slack.idle, "the bot is still at work")
    shown = [call for call in slack.called("chat.postEphemeral", "chat.postMessage") if (call.answer or {}).get("ok")]
    assert any(CARD in call.whole for call in shown)


def test_a_card_in_private_finds_another_way(slack):
    slack.answers["chat.postMessage"] = [{"ok": False, "error": "cannot_reply_to_message"}]
    (told,) = hear(slack, message(RED_FLAG))
    assert CARD in told.text
    assert told.thread == told.ts


def test_a_line_that_the_channel_does_not_take_is_no_failure(slack):
    slack.answers["conversations.open"] = []
    slack.deliver("events_api", mention(QUESTION))
    slack.until(lambda: slack.said("C1"), "there was no line")
    before = len(slack.said())
    slack.answers["chat.postMessage"] = [None, {"ok": False, "error": "restricted_action"}]
    hear(slack, mention(EXERCISE, "U2"))
    slack.until(slack.idle, "the bot is still at work")
    assert len(slack.said()) == before + 1
    assert "went wrong" not in "".join(call.whole for call in slack.calls)


def test_a_mention_that_was_changed_is_read_again(slack):
    asked = mention(QUESTION)
    hear(slack, asked, 2)
    again = event(asked["event"] | {"text": RED_FLAG, "edited": {"user": "U1", "ts": stamp()}})
    slack.deliver("events_api", again)
    (card,) = slack.awaited("chat.postEphemeral")
    assert CARD in card.whole
    slack.until(slack.idle, "the bot is still at work")
    assert CARD in readable(slack.said("DU1")[-1])


def test_nothing_but_a_file_in_a_stopped_thread_gets_the_card_again(slack):
    asked = message(RED_FLAG)
    hear(slack, asked)
    (told,) = hear(slack, message("", thread=asked["event"]["ts"], subtype="file_share"))
    assert CARD in readable(told)


def test_the_state_tells_nobody_who_had_a_red_flag(assistant, tmp_path):
    with running(assistant, environment={"SPOTTER_STATE": str(tmp_path / "state.db")}) as slack:
        hear(slack, message(RED_FLAG, "U0PERSON1"))
        hear(slack, mention(RED_FLAG, "U0PERSON2"), 2)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"escalated" in kept
    assert b"U0PERSON" not in kept


def test_people_of_an_organisation_are_the_same_in_every_payload(slack):
    asked = message(RED_FLAG)
    (told,) = hear(slack, asked)
    row = press({"action_id": "ask.0", "value": EXERCISE}, told)
    row |= {"team": None, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T024BE7LH"}}
    slack.deliver("interactive", row)
    slack.until(lambda: len(slack.said()) == 2, "there was no answer")
    assert CARD in readable(slack.said()[1])


def test_a_card_that_cannot_be_shown_in_the_channel_comes_in_private(slack):
    slack.answers["chat.postEphemeral"] = [{"ok": False, "error": "user_not_in_channel"}]
    hear(slack, mention(RED_FLAG), 2)
    assert CARD in readable(slack.said("DU1")[0])


def test_a_mention_in_private_messages_that_comes_as_two_events_is_answered_once(slack):
    asked = message(QUESTION)
    hear(slack, asked)
    again = event(asked["event"] | {"type": "app_mention"})
    assert quiet(slack, again) == []


# Output


@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<!here|here>", "<@U99>", "<!subteam^S1>", "@channel", "<https://evil.example|x>"]
)
def test_no_text_of_anybody_becomes_a_mention(slack, hostile):
    hear(slack, message(f"{hostile} why does my lower back hurt after deadlifts?"))
    hear(slack, message(f"&lt;!channel&gt; {RED_FLAG}", "U2"))
    sent = "".join(call.whole for call in slack.calls)
    assert "<!" not in sent
    assert "<@" not in sent
    assert "evil.example" not in sent


def test_nothing_that_is_said_unfurls(slack):
    hear(slack, mention(QUESTION), 2)
    for call in slack.called("chat.postMessage"):
        assert not {call.args["unfurl_links"], call.args["unfurl_media"]} & {"true", True, "1"}


def test_marks_lead_to_the_stored_articles_where_they_can_be_read(bot):
    slack = bot(public_url="https://spotter.example.org")
    (told,) = hear(slack, message(QUESTION))
    assert "[\\[1\\]](https://spotter.example.org/sources/" in readable(told)
    chips = [one for one in told.chunks if one["type"] == "task_update"]
    assert chips[0]["sources"][0]["url"].startswith("https://spotter.example.org/sources/")


# What can be pressed


def test_a_question_that_could_be_asked_next_is_asked_by_a_press(slack):
    (told,) = hear(slack, message(QUESTION))
    button = elements(told.blocks)["ask.0"]
    slack.deliver("interactive", press({"action_id": "ask.0", "value": button["value"]}, told))
    slack.until(lambda: len(slack.said()) == 2, "there was no answer")
    answer = slack.said()[1]
    assert readable(answer).startswith(f"You chose: {button['value']}")
    assert answer.thread == told.thread


def test_a_closed_question_is_answered_by_a_press(slack):
    (told,) = hear(slack, message(WITH_QUESTION))
    found = elements(told.blocks)
    assert [found[f"answer.{n}"]["value"] for n in range(2)]
    slack.deliver("interactive", press({"action_id": "answer.0", "value": found["answer.0"]["value"]}, told))
    slack.until(lambda: len(slack.said()) == 2, "there was no answer")


def test_a_press_that_tells_of_an_emergency_gets_the_card_and_nothing_before_it(slack):
    (told,) = hear(slack, message(QUESTION))
    before = len(slack.calls)
    slack.deliver("interactive", press({"action_id": "ask.0", "value": RED_FLAG}, told))
    slack.until(lambda: len(slack.said()) == 2, "there was no card")
    assert CARD in readable(slack.said()[1])
    assert [call.method for call in slack.calls[before:]] == ["chat.postMessage"]


def test_the_same_press_delivered_again_is_answered_once(slack):
    (told,) = hear(slack, message(QUESTION))
    again = press({"action_id": "ask.0", "value": EXERCISE}, told)
    for _ in range(3):
        slack.deliver("interactive", again)
    slack.until(lambda: len(slack.said()) == 2, "there was no answer")
    slack.until(slack.idle, "the bot is still at work")
    assert len(slack.said()) == 2


@pytest.mark.parametrize("ephemeral", [False, True])
def test_a_good_rating_is_counted_and_thanked_for(assistant, tmp_path, ephemeral):
    with running(assistant, environment={"SPOTTER_FEEDBACK": str(tmp_path / "ratings.jsonl")}) as slack:
        (told,) = hear(slack, message(QUESTION))
        value = elements(told.blocks)["feedback"]["positive_button"]["value"]
        slack.deliver("interactive", press({"action_id": "feedback", "value": value}, told, ephemeral=ephemeral))
        (thanks,) = slack.awaited("chat.postEphemeral")
        assert thanks.args["text"] == TEXTS.say("feedback.thanks")
    (row,) = map(json.loads, (tmp_path / "ratings.jsonl").read_text().splitlines())
    assert (row["good"], row["surface"], row["outcome"]) == (True, "slack", "answered")
    assert "deadlift" not in json.dumps([row[name] for name in row if name != "cited"])


def test_a_bad_rating_may_be_explained(assistant, tmp_path):
    with running(assistant, environment={"SPOTTER_FEEDBACK": str(tmp_path / "ratings.jsonl")}) as slack:
        (told,) = hear(slack, message(QUESTION))
        value = elements(told.blocks)["feedback"]["negative_button"]["value"]
        slack.deliver("interactive", press({"action_id": "feedback", "value": value}, told))
        (opened,) = slack.awaited("views.open")
        assert TEXTS.say("feedback.thanks") in opened.whole
        slack.deliver("interactive", submitted(opened.args["view"], "Hard to read"))
        slack.until(lambda: (tmp_path / "ratings.jsonl").read_text().count("\n") == 2, "nothing was written")
    rows = [json.loads(line) for line in (tmp_path / "ratings.jsonl").read_text().splitlines()]
    assert [(row["good"], row["reason"]) for row in rows] == [(False, ""), (False, "Hard to read")]


def test_a_rating_that_cannot_be_kept_is_said(assistant, tmp_path):
    with running(assistant, environment={"SPOTTER_FEEDBACK": str(tmp_path / "no" / "ratings.jsonl")}) as slack:
        (told,) = hear(slack, message(QUESTION))
        found = elements(told.blocks)["feedback"]
        slack.deliver("interactive", press({"action_id": "feedback", "value": found["positive_button"]["value"]}, told))
        assert slack.awaited("chat.postEphemeral")[0].args["text"] == TEXTS.say("feedback.failed")


def test_the_evidence_opens_with_every_quote_and_what_the_articles_are(slack, assistant):
    (told,) = hear(slack, message(QUESTION))
    button = elements(told.blocks)["evidence"]
    slack.deliver("interactive", press({"action_id": "evidence", "value": button["value"]}, told))
    (opened,) = slack.awaited("views.open")
    folded = next(row for row in told.blocks if row["type"] == "container")
    quotes = [one["elements"][1]["elements"][0]["text"] for one in folded["child_blocks"] if one["type"] == "rich_text"]
    assert quotes
    for quote in quotes:
        assert any(quote in article.text for article in assistant.corpus().articles)
        assert quote[:50] in opened.whole
    assert folded["default_collapsed"] is True


@pytest.mark.parametrize("value", ["another-index back-pain-after-workout:0-10", "", "x " * 10, "{index} nothing:0-5"])
def test_evidence_that_is_no_more_is_told_so(slack, assistant, value):
    (told,) = hear(slack, message(QUESTION))
    value = value.format(index=assistant.index_version())
    slack.deliver("interactive", press({"action_id": "evidence", "value": value}, told))
    assert TEXTS.say("evidence.changed") in slack.awaited("views.open")[0].whole


def test_more_help_shows_the_signs_that_cannot_wait(slack):
    (told,) = hear(slack, message(QUESTION))
    slack.deliver("interactive", press({"action_id": "help"}, told))
    assert "Signs that mean get help now" in slack.awaited("views.open")[0].whole


def test_the_home_tab_says_what_this_is(slack):
    slack.deliver("events_api", event({"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "home"}))
    (home,) = slack.awaited("views.publish")
    for words in ("not a clinician", "Signs that mean get help now", "Nothing you type is stored", "Delete my data"):
        assert words in home.whole


def test_who_opens_the_messages_is_shown_what_could_be_asked(slack):
    slack.deliver("events_api", event({"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "messages"}))
    (shown,) = slack.awaited("assistant.threads.setSuggestedPrompts")
    assert len(shown.args["prompts"]) == 4
    assert "thread_ts" not in shown.args


def test_everything_of_somebody_is_deleted_when_they_ask(slack):
    asked = message(RED_FLAG)
    (told,) = hear(slack, asked)
    hear(slack, message(RED_FLAG, "U2"))
    slack.deliver("interactive", press({"action_id": "forget"}, told))
    assert TEXTS.say("home.forgotten") in slack.awaited("views.publish")[0].whole
    (then,) = hear(slack, message(EXERCISE, thread=asked["event"]["ts"]))
    assert CARD not in readable(then)
    assert "may need help at once" not in readable(then)
    (other,) = hear(slack, message(EXERCISE, "U2"))
    assert "may need help at once" in readable(other)


# The command


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "/spotter forget"),
        ("help", "/spotter forget"),
        ("Sources", "How to Deal With Back Pain After Deadlift"),
        ("privacy", "Nothing you type is stored"),
        ("forget", "Deleted."),
    ],
)
def test_the_command_says_what_it_was_asked(slack, text, told):
    said = command(slack, text)
    assert said["response_type"] == "ephemeral"
    assert told in said["text"]


def test_a_question_to_the_command_is_answered_in_private(slack):
    said = command(slack, QUESTION)
    assert said["text"] == TEXTS.say("answered_privately")
    assert "deadlift" in readable(slack.said("DU1")[0])
    assert slack.said("C1") == []


@pytest.mark.parametrize("way", ["ephemeral", "public"])
def test_a_question_to_the_command_is_never_public(bot, way):
    slack = bot(slack_channel=way)
    command(slack, QUESTION)
    slack.until(slack.idle, "the bot is still at work")
    assert public(slack) == ""
    assert "deadlift" in readable(slack.said("DU1")[0])


def test_an_answer_that_slack_does_not_take_beside_the_command_comes_in_words(slack):
    slack.refused_responses = ["invalid_blocks", "invalid_blocks"]
    said = command(slack, RED_FLAG)
    assert "blocks" not in said
    assert CARD in said["text"]


def test_words_in_angle_brackets_are_read_by_the_gate(slack):
    said = command(slack, "my back hurts <! groin numb and I can't pee>")
    assert CARD in said["blocks"][0]["text"]


def test_a_red_flag_to_the_command_gets_its_card_at_once(slack):
    said = command(slack, RED_FLAG)
    assert CARD in said["blocks"][0]["text"]
    slack.until(lambda: len(slack.said("DU1")) == 1, "nothing came in private")


# Failure


@pytest.mark.parametrize("body", [message, mention])
def test_what_fails_ends_with_a_plain_sentence_and_no_error(assistant, body):
    broken = replace(assistant, search=fails_with(ValueError("zanzibarquux")))
    with running(broken) as slack:
        slack.deliver("events_api", body(QUESTION))
        slack.until(lambda: slack.called("chat.postMessage", "chat.postEphemeral"), "nothing was said")
        slack.until(slack.idle, "the bot is still at work")
        sent = "".join(call.whole for call in slack.calls)
        assert "Something went wrong on my side" in sent
        assert "zanzibarquux" not in sent


def test_a_red_flag_gets_its_card_whatever_else_fails(assistant):
    broken = replace(assistant, search=fails_with(ValueError("zanzibarquux")))
    with running(broken) as slack:
        (told,) = hear(slack, message(RED_FLAG))
        assert CARD in readable(told)
        card, sorry = hear(slack, message(SOFT_SIGN, "U2"), 2)
        assert readable(card).startswith("**")
        assert "Something went wrong on my side" in sorry.text


def test_a_state_that_cannot_be_used_still_lets_a_red_flag_through(assistant, tmp_path):
    environment = {"SPOTTER_STATE": str(tmp_path / "no" / "state.db")}
    with running(assistant, environment=environment) as slack:
        (told,) = hear(slack, message(RED_FLAG))
        assert CARD in readable(told)
        (other,) = hear(slack, message(QUESTION, "U2"))
        assert "Something went wrong on my side" in other.text


def test_a_slack_that_refuses_everything_does_not_end_the_bot(slack):
    refused = {"ok": False, "error": "fatal_error"}
    slack.answers |= {method: [refused] * 9 for method in SEEN_BY_ALL}
    slack.deliver("events_api", message(QUESTION))
    slack.awaited("chat.postMessage", 2)
    slack.answers.clear()
    assert hear(slack, message(QUESTION, "U2"))


def test_nobody_else_sees_what_was_typed(slack, caplog):
    caplog.set_level("DEBUG", "assistant")
    word = "zanzibarquux"
    hear(slack, message(f"{QUESTION} {word}"))
    hear(slack, mention(f"{QUESTION} {word}", "U2"), 2)
    hear(slack, message(f"{RED_FLAG} {word}", "U3"))
    assert word not in "".join(call.whole for call in slack.calls)
    assert word not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("assistant"))
