"""The gallery of answers is what Spotter says, in the groups that were asked for."""

import tomllib
from dataclasses import replace

from fixtures_assistant import ready

from evals.gallery import PAGE, QUESTIONS, gallery


def test_the_page_is_what_spotter_says(real_index_config):
    assistant = replace(ready(real_index_config), known={})  # what other tests broke on purpose is not remembered
    assert gallery(assistant) == PAGE.read_text(encoding="utf-8"), "Run 'make gallery' and read it."


def test_there_are_six_groups_of_ten_questions_and_none_twice():
    groups = [group["questions"] for group in tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["group"]]
    assert [len(questions) for questions in groups] == [10] * 6
    assert len({one for questions in groups for one in questions}) == 60
