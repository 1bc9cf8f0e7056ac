"""What the bot reads in an event: the words as they were typed, and where."""

import pytest
from fixtures_slack import BOT_USER, TEAM, edited, event, mention, message
from hypothesis import given
from hypothesis import strategies as st

from assistant.slack.heard import heard, typed


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (f"<@{BOT_USER}> my back hurts", "my back hurts"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("see <https://example.org/x|this page>", "see this page"),
        ("see <https://example.org/x>", "see https://example.org/x"),
        ("mail <mailto:me@example.org|me@example.org>", "mail me@example.org"),
        ("call <tel:112>", "call 112"),
        ("<!here> <#C1|general> numb", "general numb"),
        ("<!subteam^S1|@team> numb", "@team numb"),
        ("I can't <pee", "I can't <pee"),
        ("", ""),
    ],
)
def test_words_are_read_as_they_were_typed(sent, read):
    assert typed(sent) == read


@given(st.text(alphabet=st.characters(exclude_characters="<>&"), max_size=60))
def test_plain_words_stay_as_they_are(words):
    assert typed(words) == words.strip()


@given(st.text(max_size=60))
def test_what_slack_escapes_is_read_back(words):
    sent = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert typed(sent) == words.strip()


def test_a_private_message_begins_a_talk_of_its_own():
    one, other = heard(message("a", "U1", ts="1.0")), heard(message("a", "U1", ts="2.0"))
    assert one.place.talk != other.place.talk
    assert heard(message("b", "U1", ts="3.0", thread="1.0")).place.talk == one.place.talk
    assert one.place.direct


def test_two_people_in_one_thread_have_a_talk_each():
    one = heard(mention("a", "U1", thread="1.0")).place
    other = heard(mention("a", "U2", thread="1.0")).place
    assert one.talk != other.talk
    assert not one.direct


def test_a_channel_that_is_shared_is_known():
    assert heard(mention("a", shared=True)).place.shared
    assert not heard(mention("a")).place.shared


def test_a_bot_that_is_installed_for_an_organisation_knows_people_by_it():
    body = message("a") | {"team_id": None, "enterprise_id": "E1"}
    assert heard(body).place.owner == "slack E1 U1"
    assert heard(message("a")).place.owner == f"slack {TEAM} U1"


def test_a_change_is_told_from_a_new_message():
    asked = message("a")
    assert not heard(asked).changed
    assert heard(edited(asked, "b")).changed
    assert heard(edited(asked, "b")).place == heard(asked).place
    assert heard(edited(asked, "a")) is None


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda v: st.lists(v, max_size=2)))
def test_an_event_that_says_nothing_is_nothing(value):
    assert heard({"event": {"type": "reaction_added", "user": "U1", "item": value}}) is None
    assert heard(event({"type": "message", "channel_type": "im", "subtype": "channel_join", "text": value})) is None
    assert heard({}) is None
