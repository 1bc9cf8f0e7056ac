"""The cases: read, checked, and the files that are committed."""

from collections import Counter

import pytest
from fixtures_evals import case, folder_of, line, wall_angel

from evals.cases import CaseError, QuotedSpan, problems, read_cases, spans


def test_a_case_is_read_with_what_it_expects(tmp_path):
    (one,) = read_cases(folder_of(tmp_path, line()))
    assert (one.id, one.set, one.turns, one.expect) == ("p-1", "policy", ("q",), {"outcome": "refused"})


@pytest.mark.parametrize(
    "broken",
    ["{", line(split="train"), line(turns=[]), line(set="nonsense"), line(expect={"tier": "bad"}), line(unknown=1)],
)
def test_a_broken_line_is_refused_with_its_file_and_number(tmp_path, broken):
    with pytest.raises(CaseError, match=r"cases\.jsonl, line 2"):
        read_cases(folder_of(tmp_path, line(), broken))


def test_an_id_is_used_once(tmp_path):
    with pytest.raises(CaseError, match="p-1"):
        read_cases(folder_of(tmp_path, line(), line()))


def test_a_file_that_changed_without_its_digest_is_refused(tmp_path):
    folder = folder_of(tmp_path, line())
    (folder / "cases.jsonl").write_text(line(id="p-2"), encoding="utf-8")
    with pytest.raises(CaseError, match=r"digests\.json"):
        read_cases(folder)


def test_gold_is_found_by_its_words(real_corpus):
    ((source, start, end),) = spans(wall_angel().gold, real_corpus)
    assert real_corpus.by_source[source].text[start:end].endswith("10 repetitions.")


def test_gold_that_is_withheld_is_a_problem(real_corpus):
    withheld = case(gold=(QuotedSpan("back-pain-after-workout", "muscle relaxants may be prescribed"),))
    assert problems((withheld,), real_corpus) == [
        "a-1: a gold span of back-pain-after-workout is withheld",
        "a-1: a gold span of back-pain-after-workout is in no passage",
    ]


def test_the_committed_cases_fit_the_corpus(real_corpus):
    assert problems(read_cases(), real_corpus) == []


def test_the_committed_cases_reach_their_floors():
    count = Counter(one.set for one in read_cases())
    floors = {"answerable": 150, "conflict": 25, "followup": 40, "unanswerable": 60, "off_topic": 40, "policy": 100}
    floors |= {"injection": 60, "red_flag": 400, "no_flag": 400}
    assert {name: count[name] for name, floor in floors.items() if count[name] < floor} == {}


def test_a_family_of_answerable_cases_is_in_one_split():
    splits = {}
    for one in read_cases():
        if one.gold:
            splits.setdefault(one.family, set()).add(one.split)
    assert {family for family, found in splits.items() if len(found) > 1} == set()


def test_no_case_is_a_copy_of_an_asked_as_question(real_corpus):
    asked = {" ".join(row.question.lower().split()) for row in real_corpus.asked_as()}
    answered = [one for one in read_cases() if one.gold]
    assert [one.id for one in answered if " ".join(one.turns[-1].lower().split()) in asked] == []
