"""Other words for what somebody typed."""

from index.synonyms import read_synonyms


def test_a_word_that_the_model_does_not_know_is_spelled_out():
    assert "delayed muscle soreness" in read_synonyms().spelled_out("what is doms?")


def test_a_question_without_such_a_word_stays_as_it_is():
    assert read_synonyms().spelled_out("why is my back sore") == "why is my back sore"


def test_clinical_and_lay_words_find_each_other():
    assert "cervical" in read_synonyms().others("sore neck")
    assert "lumbar" in read_synonyms().others("my low back")


def test_part_of_a_word_is_not_the_word():
    assert read_synonyms().others("bottleneck") == ""
