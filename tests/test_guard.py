"""What must not be shown is withheld, whether or not the curation says so."""

from assistant.guard import guarded, only
from corpus.library import load
from index.found import Found, Hit

TEXT = (
    "Neck\n\nRest helps.\n\nAsk our bot.\n\nBot\n\nWalk a mile.\n\n"
    "Nod\n\n1. Look down.\n2. Ask our bot again.\n3. Look up.\n"
)
OVERLAY = """
[[exercise]]
id = "nod"
name = "Nod"
names = ["nodding"]
section = "Nod"
state = "served"
regions = ["neck"]
load = "mobility"
"""
CONFLICT = """
[[conflict]]
id = "rest"
title = "Rest or ask"
positions = [{source = "neck", quote = "Rest helps."}, {source = "neck", quote = "Ask our bot."}]
"""


def banned(text):
    return "instructions" if "bot" in text.lower() else ""


def corpus_of(folder):
    return load(folder({"neck": TEXT}, overlays={"neck": OVERLAY}, conflicts=CONFLICT))


def found(*ids):
    return Found(tuple(Hit(one, 1.0, 0.8, 0.9) for one in ids), 0.8, 0.9, 1.0, 3)


def test_a_passage_that_must_not_be_shown_is_withheld_and_so_is_all_under_such_a_heading(small_corpus_folder):
    corpus = guarded(corpus_of(small_corpus_folder), banned)
    assert [passage.text for passage in corpus.passages.values()] == ["Rest helps."]
    (article,) = corpus.articles
    shown = {article.text[one.span.start : one.span.end]: one.reason for one in article.withheld}
    assert shown["Ask our bot."] == "instructions"
    assert shown["Walk a mile."] == "heading: instructions"


def test_an_exercise_that_loses_a_step_is_withheld_whole(small_corpus_folder):
    corpus = guarded(corpus_of(small_corpus_folder), banned)
    exercise = corpus.exercises["nod"]
    assert (exercise.state, exercise.passages) == ("withheld", ())
    assert exercise.reason


def test_a_conflict_of_which_one_side_is_left_is_none(small_corpus_folder):
    whole = corpus_of(small_corpus_folder)
    assert len(guarded(whole, lambda text: "").conflicts[0].positions) == 2
    assert guarded(whole, banned).conflicts == ()


def test_the_real_corpus_is_as_curated(real_corpus):
    from assistant.policy.judge import banned_output, load_policy

    policy = load_policy()
    assert guarded(real_corpus, lambda text: banned_output(text, policy)).passages == real_corpus.passages


def test_what_was_found_is_cut_to_what_may_be_shown(small_corpus_folder):
    passages = guarded(corpus_of(small_corpus_folder), banned).passages
    kept, gone = "neck#neck.1", "neck#neck.2"
    assert only(found(kept), passages) == found(kept)
    assert [hit.passage_id for hit in only(found(gone, kept), passages).hits] == [kept]
    nothing = only(found(gone), passages)
    assert (nothing.hits, nothing.text_cosine, nothing.question_cosine) == ((), 0.0, 0.0)
