"""How a reply looks in Slack: within its limits, and with nobody's markup live, whatever the texts hold."""

import json
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ready, talk
from fixtures_html import NASTY, citation, laid_out, reply_with
from fixtures_slack import elements, trouble
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.feedback import About
from assistant.reply import Block
from assistant.slack.blocks import LONGEST_MARKDOWN, LONGEST_VALUE, Writer, about_of, about_value, escaped
from assistant.slack.texts import read_texts

WRITER = Writer(read_texts(), "https://spotter.example.org")
MARKDOWN = MarkdownIt("commonmark")


def sent(message):
    """The message as it is sent, once it is known to be one that Slack takes."""
    row = {"text": message.text, "blocks": [{"type": "markdown", "text": message.markdown}, *message.tail]}
    assert trouble(row) == ""
    return json.dumps(row, ensure_ascii=False)


@pytest.mark.parametrize("asked", [QUESTION, EXERCISE, SOFT_SIGN, RED_FLAG, "what is the capital of France?"])
def test_a_real_reply_is_taken_by_slack(real_index_config, asked):
    (reply,), _ = talk(ready(real_index_config), asked)
    message = WRITER.reply(reply, "A leading line.", asking=True)
    sent(message)
    assert message.text.startswith("A leading line.\n\n")
    html = MARKDOWN.render(message.markdown)
    for one in reply.citations:
        assert f'href="https://spotter.example.org{one.path}"'.replace("&", "&amp;") in html


def test_without_an_address_a_mark_is_a_mark():
    block = Block("statement", "Rest.", citations=(1,))
    reply = laid_out([block], citations=(citation(quote="Rest."),))
    assert Writer(read_texts(), "").reply(reply, asking=True).markdown == "Rest. \\[1\\]"


def test_an_emergency_has_nothing_to_press(real_index_config):
    (reply,), _ = talk(ready(real_index_config), RED_FLAG)
    assert WRITER.reply(reply, asking=True).tail == ()


def test_in_a_channel_nothing_invites_to_go_on(real_index_config):
    (reply,), _ = talk(ready(real_index_config), QUESTION)
    assert set(elements(WRITER.reply(reply, asking=False).tail)) == {"evidence", "help", "feedback"}
    assert "ask.0" in elements(WRITER.reply(reply, asking=True).tail)


texts = NASTY | st.text(max_size=40) | st.sampled_from(["<!channel>", "<!here>", "<@U1>", "<https://evil.example|x>"])
blocks = st.builds(
    Block,
    kind=st.sampled_from(["lead", "net", "statement", "step", "notice"]),
    text=texts,
    heading=st.just("") | texts,
    citations=st.lists(st.integers(1, 3), max_size=2).map(tuple),
)


@given(st.lists(blocks, max_size=4), texts, st.lists(texts.filter(str.strip), max_size=3))
def test_no_text_becomes_a_mention_or_a_link(given_blocks, lead, quotes):
    cited = tuple(citation(n + 1, one) for n, one in enumerate(quotes))
    message = WRITER.reply(laid_out(given_blocks, citations=cited), lead, asking=True)
    for shown in (message.text, message.markdown):
        assert "<" not in shown
    html = MARKDOWN.render(message.markdown)
    assert "evil.example" not in "".join(part.partition('"')[0] for part in html.split('href="')[1:])


@given(st.lists(st.text(alphabet="ab \n", min_size=1, max_size=30_000), min_size=1, max_size=2))
def test_no_piece_is_longer_than_slack_takes_and_none_is_lost(parts):
    text = "\n\n".join(parts)
    message = WRITER.reply(reply_with(text), asking=False)
    assert all(len(piece) <= LONGEST_MARKDOWN for piece in message.pieces)
    assert "".join(message.markdown.split()) == "".join(text.split())


def test_a_reply_with_many_quotes_stays_within_the_limits():
    cited = tuple(citation(n + 1, f"Words of quote {n}. " * 300) for n in range(30))
    blocks = [Block("statement", one.quote[:100], citations=(one.n,)) for one in cited]
    message = WRITER.reply(laid_out(blocks, citations=cited), asking=True)
    sent(message)
    container = next(row for row in message.tail if row["type"] == "container")
    assert len(container["child_blocks"]) <= 10
    assert "Show evidence" in json.dumps(container, ensure_ascii=False)


@given(st.lists(st.text(max_size=60), max_size=100))
def test_what_is_kept_of_a_reply_fits_into_a_button_and_is_read_back(cited):
    about = About("1" * 32, "answered", "", "none", tuple(cited), "f" * 64)
    value = about_value(about)
    assert len(f"good {value}") <= LONGEST_VALUE
    read = about_of(value)
    assert about.cited[: len(read.cited)] == read.cited
    assert replace(read, cited=()) == replace(about, cited=())


@given(st.text())
def test_words_for_a_field_with_mentions_hold_none(text):
    assert not {"<", ">"} & set(escaped(text))
