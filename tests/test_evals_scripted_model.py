"""The model that lies by a script: nothing of its lies is served, and without the checks it would be."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from fixtures_assistant import ready

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.recheck import reply_problems
from evals.cases import read_cases
from evals.mutants import MODEL_MUTATIONS
from evals.scripted_model import LIES, said, with_scripted_model

QUESTIONS = [case.turns[0] for case in read_cases() if case.set == "answerable"][::12][:36]


@pytest.fixture(scope="module")
def assistant(real_index_config):
    return with_scripted_model(ready(real_index_config))


def replies(assistant):
    return [answer(question, Conversation(), assistant).reply for question in QUESTIONS]


def lies(reply):
    """Sentences that are not the words of their quotes; the script tells the truth word for word."""
    quotes = {one.n: " ".join(one.quote.split()) for one in reply.citations}
    written = [block for block in reply.blocks if block.kind == "written"]
    return [block.text for block in written if all(block.text not in quotes[n] for n in block.citations)]


def test_nothing_but_the_truth_is_served(assistant):
    told = replies(assistant)
    corpus = assistant.corpus()
    assert [problem for reply in told for problem in reply_problems(reply.as_json(), corpus)] == []
    assert [lie for reply in told for lie in lies(reply)] == []
    uses = [use for reply in told for use in reply.model]
    assert sum(use.written for use in uses) > len(QUESTIONS) / 3
    assert all(use.dropped for use in uses if use.written)


@pytest.mark.long
@pytest.mark.parametrize("id_", ["neither_support_nor_policy_checked", "altered_quotes_accepted"])
def test_without_a_check_lies_would_be_served(assistant, id_):
    (mutation,) = (one for one in MODEL_MUTATIONS if one.id == id_)
    with mutation.applied({"": assistant}) as broken:
        assert sum(len(lies(reply)) for reply in replies(broken[""])) > 5


def test_every_lie_is_told_and_none_is_true():
    rows = []
    for number in range(400):
        evidence = f"<evidence>\n1. [A]\nDo not rest for {number} days.\n</evidence>"
        rows.append(json.loads(said([("human", evidence)]))["sentences"])
    assert all(one[0]["text"].startswith("Do not rest for") for one in rows)
    kinds = Counter(json.dumps(one[1]).replace(str(number), "n") for number, one in enumerate(rows))
    assert len(kinds) >= len(LIES)
    assert all(one[0] not in one[1:] for one in rows)


def test_it_says_the_same_when_it_is_asked_the_same(assistant):
    again = replace(assistant, known={})
    question = QUESTIONS[0]
    assert answer(question, Conversation(id="a"), assistant).reply.blocks == (
        answer(question, Conversation(id="a"), again).reply.blocks
    )
