"""When a conversation has expired, and when it is swept away."""

from fixtures_state import Clock

from assistant.state.ages import Ages


def test_it_has_expired_from_the_hour_on():
    clock = Clock()
    ages, touched = Ages(24, clock), clock.now
    clock.on(23.999)
    assert not ages.over(touched)
    clock.on(0.001)
    assert ages.over(touched)


def test_what_has_expired_is_told_of_for_a_week():
    clock = Clock()
    ages, touched = Ages(24, clock), clock.now
    clock.on(24 + 7 * 24)
    assert ages.long_over() <= touched
    clock.on(0.001)
    assert ages.long_over() > touched


def test_sweeping_is_due_at_the_start_and_then_once_an_hour():
    clock = Clock()
    ages = Ages(24, clock)
    due = []
    for _ in range(5):
        due.append(ages.sweeping())
        clock.on(0.5)
    assert due == [True, False, True, False, True]
