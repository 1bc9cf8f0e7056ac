"""What is offered to ask next."""

from fixtures_assistant import ready, talk

from assistant.cite import shown_text


def test_every_question_that_is_offered_is_answered(real_index_config):
    assistant = ready(real_index_config)
    seeds = ["why does my back hurt after deadlifts", "which exercises help my neck", "heat or ice?", "my back hurts"]
    offered = {question for seed in seeds for question in talk(assistant, seed)[0][0].followups}
    assert offered
    for question in offered:
        (reply,), _ = talk(assistant, question)
        assert reply.outcome == "answered", question


def test_an_exercise_that_was_listed_can_be_asked_for_next(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "which stretches help my upper back?")
    assert reply.followups[0].startswith("How do I do the ")


def test_nothing_is_offered_after_an_escalation(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "my groin is numb and I can't pee")
    assert reply.followups == ()


def test_the_paragraph_around_a_quote_hides_what_is_withheld(real_corpus):
    article = real_corpus.by_source["back-pain-after-workout"]
    text = shown_text(article, 0, len(article.text))
    assert "$89.85" not in text
    assert "muscle relaxants" not in text
    assert "[withheld: promotion" in text
