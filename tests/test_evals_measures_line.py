"""What a reply promises: real replies keep it, and each promise that is broken by hand is noticed."""

import copy

import pytest
from fixtures_assistant import EXERCISE, RED_FLAG, SOFT_SIGN, ready, talk

from assistant.triage.gate import load_protocol
from evals.measures_line import gold_recall, promises_broken, same_quotes

MIXED = "which stretches help my neck, and how much ibuprofen should I take?"
DISAGREEMENT = "should I use heat or ice on my back?"
SIGN_THEN_THANKS = (RED_FLAG, "thanks")


@pytest.fixture(scope="module")
def said(real_index_config):
    """The last reply of a talk, as JSON."""

    def saying(*messages):
        replies, _ = talk(ready(real_index_config), *messages)
        return replies[-1].as_json()

    return saying


@pytest.fixture(scope="module")
def broken(real_corpus, said):
    """What is found in the last reply of a talk after it was changed by hand."""

    def finding(change, *messages):
        reply = copy.deepcopy(said(*messages))
        change(reply)
        return promises_broken(reply, real_corpus, load_protocol())

    return finding


def untouched(reply):
    """Change nothing."""


def drop(*kinds):
    def dropping(reply):
        reply["blocks"] = [block for block in reply["blocks"] if block["kind"] not in kinds]

    return dropping


def keep_one(kind):
    """Only the first block of that kind is kept."""

    def keeping(reply):
        first = next(block for block in reply["blocks"] if block["kind"] == kind)
        reply["blocks"] = [block for block in reply["blocks"] if block["kind"] != kind or block is first]

    return keeping


@pytest.mark.parametrize(
    "messages",
    [(EXERCISE,), (DISAGREEMENT,), (MIXED,), (SOFT_SIGN,), SIGN_THEN_THANKS, ("hi",), ("do I need an MRI?",)],
)
def test_real_replies_keep_what_they_promise(broken, messages):
    assert broken(untouched, *messages) == []


def test_an_answer_ends_with_the_safety_line(broken):
    assert broken(drop("net"), EXERCISE) == ["the answer does not end with the safety line"]


def test_what_is_refused_is_said(broken):
    assert broken(drop("refusal"), MIXED) == ["1 refusals have 0 lines"]
    assert broken(drop("refusal"), "do I need an MRI?") == ["1 refusals have 0 lines"]


def test_every_cited_article_is_named_among_the_sources(broken):
    assert broken(lambda reply: reply["sources"].pop(), DISAGREEMENT) == ["the sources are not the cited articles"]


def test_an_article_that_is_not_there_is_noticed(broken):
    def invent(reply):
        reply["citations"][0]["source_id"] = "rumours"

    assert broken(invent, EXERCISE) == ["rumours is not an article that may be cited"]


def test_the_note_on_a_disagreement_stands(broken):
    assert "the note on heat-or-ice is missing" in broken(drop("note"), DISAGREEMENT)


def test_all_sides_of_a_disagreement_are_shown(broken):
    assert "a side of heat-or-ice is missing" in broken(keep_one("position"), DISAGREEMENT)


def test_a_side_that_misleads_alone_is_noticed_without_any_lead(broken):
    def alone(reply):
        keep_one("position")(reply)
        drop("lead")(reply)

    found = broken(alone, "should I rest or keep moving with a sore back?")
    assert any("stands without the other sides" in one for one in found)


def test_a_side_stands_under_the_title_of_its_article(broken):
    def rename(reply):
        next(block for block in reply["blocks"] if block["kind"] == "position")["heading"] = "Another article"

    assert "a side is under the title 'Another article'" in broken(rename, DISAGREEMENT)


@pytest.mark.parametrize("change", [slice(None, None, -1), slice(0, 2)])
def test_the_steps_of_an_exercise_are_whole_and_in_order(broken, change):
    def steps(reply):
        reply["blocks"] = reply["blocks"][:-1][change] + reply["blocks"][-1:]

    (problem,) = broken(steps, EXERCISE)
    assert "in their order" in problem


def test_what_is_shown_around_a_quote_is_what_may_be_shown(broken):
    def widen(reply):
        reply["citations"][0]["context"]["text"] += " Buy our device."

    assert broken(widen, EXERCISE) == ["the context of [1] is not what may be shown"]


def test_an_escalation_has_a_card(broken):
    assert broken(lambda reply: reply.update(card=None), RED_FLAG) == ["an escalation without a card"]


def test_a_card_is_one_of_the_protocol(broken):
    def invent(reply):
        reply["card"]["id"] = "calm_down_emergency"

    assert broken(invent, RED_FLAG) == ["there is no card calm_down_emergency"]


def test_a_card_is_for_a_sign_that_stands(broken):
    def swap(reply):
        card = load_protocol().shelf.card("heart", "emergency").as_json()
        reply["card"] = card

    assert broken(swap, RED_FLAG) == ["the card heart_emergency is for none of the signs"]


@pytest.mark.parametrize("messages", [(RED_FLAG,), SIGN_THEN_THANKS])
@pytest.mark.parametrize("part", ["numbers", "do"])
def test_a_card_says_what_to_do_and_whom_to_call(broken, messages, part):
    def cut(reply):
        reply["card"][part] = reply["card"][part][1:]

    (problem,) = broken(cut, *messages)
    assert problem.endswith("lacks a part")


def test_a_reminder_of_one_line_is_whole(broken):
    assert broken(untouched, SOFT_SIGN, "and for the neck?") == []


def test_no_strengthening_exercise_for_what_a_sign_protects(broken, real_corpus):
    flag = next(one for one in load_protocol().flags if "any" in one.protects or "back" in one.protects)
    bridge = next(
        one
        for one in real_corpus.exercises.values()
        if one.load == "strength" and one.passages and "lower back" in one.regions
    )
    found = broken(lambda reply: reply["flags"].append(flag.id), bridge.ask)
    assert f"{bridge.id} strengthens what a sign protects" in found


def test_the_share_of_gold_that_is_quoted():
    """Of a:0-10, a:20-30 and b:0-10 the citation a:5-25 overlaps the first two."""
    gold = [("a", 0, 10), ("a", 20, 30), ("b", 0, 10)]
    assert gold_recall([("a", 5, 25)], gold) == pytest.approx(2 / 3)
    assert gold_recall([], gold) == 0.0
    assert gold_recall([("a", 5, 25)], []) is None


def quoting(*places):
    return {"citations": [{"source_id": source, "start": start, "end": end} for source, start, end in places]}


def test_a_follow_up_and_its_twin_quote_alike():
    """One of three different spans is in both."""
    one, twin = quoting(("a", 0, 10), ("a", 20, 30)), quoting(("a", 0, 10), ("b", 0, 10))
    assert same_quotes(one, twin) == pytest.approx(1 / 3)
    assert same_quotes(one, one) == 1.0
    assert same_quotes(one, quoting()) == 0.0
    assert same_quotes(quoting(), quoting()) == 1.0
