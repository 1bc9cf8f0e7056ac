"""How long a conversation is kept after its last turn, and when those long over are swept away."""

import time
from collections.abc import Callable

HOUR = 3600.0
# What has expired stays for a week, so that whoever comes back is told that the conversation begins anew.
TOLD = 7 * 24 * HOUR


class Ages:
    """Reads the clock for a store."""

    def __init__(self, hours: int, clock: Callable[[], float] = time.time) -> None:
        self._stands = hours * HOUR
        self._clock = clock
        self._swept = float("-inf")

    def now(self) -> float:
        return self._clock()

    def over(self, touched: float) -> bool:
        """Whether a conversation has expired whose last turn was then."""
        return self.now() - touched >= self._stands

    def long_over(self) -> float:
        """What was last touched before this time need not be told of any more."""
        return self.now() - self._stands - TOLD

    def sweeping(self) -> bool:
        """True once an hour, also at the first call: a service that often starts anew sweeps too."""
        now = self.now()
        if now - self._swept < HOUR:
            return False
        self._swept = now
        return True
