"""The filter over what is about to be shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.policy.judge import banned_output, load_policy

POLICY = load_policy()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You probably have a herniated disc.", "diagnosis"),
        ("This sounds like a muscle strain.", "diagnosis"),
        ("You\u2019re probably dealing with a compensatory strain pattern.", "diagnosis"),
        ("There is nothing to worry about.", "reassurance"),
        ("You're fine.", "reassurance"),
        ("It won\u2019t directly damage the spine.", "reassurance"),
        ("No need to see a doctor.", "reassurance"),
        ("Take ibuprofen after training.", "medication"),
        ("Muscle relaxants may be prescribed.", "medication"),
        ("Take 400 mg twice a day.", "dose"),
        ("This will cure your back pain.", "cure"),
        ("Works like magic over time.", "cure"),
    ],
)
def test_what_must_never_be_shown_is_found(text, reason):
    assert banned_output(text, POLICY) == reason


@pytest.mark.parametrize(
    "text",
    [
        "Hold for 30 seconds and repeat 3 times.",
        "If you have a muscle strain, rest for a day.",
        "Walk ten to fifteen minutes twice a day.",
        "Place one pillow underneath your head.",
        "Motion, even gentle, is medicine for stiff spines.",
        "Consult a physical therapist before starting a new exercise program.",
    ],
)
def test_ordinary_advice_passes(text):
    assert banned_output(text, POLICY) == ""


def test_a_banned_sentence_is_found_among_others():
    assert banned_output("Keep moving. You have sciatica. Rest well.", POLICY) == "diagnosis"


def test_every_ready_text_of_the_policy_passes_its_own_filter():
    assert [line.id for line in POLICY.lines.values() if banned_output(line.text, POLICY)] == []


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_looked_over(text):
    assert banned_output(text, POLICY) in {"", "dose", "medication", "diagnosis", "reassurance", "cure"}
