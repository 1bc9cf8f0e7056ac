"""The gate's time grows with the length of the message and no faster."""

import time

import pytest
from fixtures_time import worked

from assistant.triage.gate import assess, load_protocol
from assistant.triage.records import TriageState

PROTOCOL = load_protocol()


def seconds(text: str) -> float:
    return worked(lambda: assess(text, TriageState(), PROTOCOL))


@pytest.mark.parametrize(
    "piece", ["numb legs ", "no ", "my back hurts. ", "can not feel ", "zq", "what if ", "((((", "in my novel he ", "'"]
)
@pytest.mark.long
def test_ten_times_the_text_takes_at_most_some_twenty_times_the_time(piece: str) -> None:
    short, long = seconds(piece * (3_000 // len(piece))), seconds(piece * (30_000 // len(piece)))
    assert long < 25 * short + 0.05


def test_a_hundred_thousand_characters_are_read_to_the_end() -> None:
    text = "how do I stretch my back after the gym? " * 2_500 + "my crotch is numb"
    start = time.perf_counter()
    assert assess(text, TriageState(), PROTOCOL).mode == "hard"
    assert time.perf_counter() - start < 10
