"""How long work takes, on a machine that also does other things."""

import time


def worked(call, rounds=3) -> float:
    """Seconds that this thread alone works, the best of some rounds; a clock on the wall counts other tests too."""
    taken = []
    for _ in range(rounds):
        started = time.thread_time()
        call()
        taken.append(time.thread_time() - started)
    return min(taken)
