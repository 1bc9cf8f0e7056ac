"""The threads in which the bot works, and the end of their work."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from assistant.door import AT_ONCE, WAITING

SPARE = 36  # beside those that answer and wait: a red flag is read while all others wait


class Work(ThreadPoolExecutor):
    """Threads enough that nothing said waits unread behind what waits for an answer."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE + WAITING + SPARE, thread_name_prefix="slack")
        self.open: set[Future[Any]] = set()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.open.add(future)
        future.add_done_callback(self.open.discard)
        return future

    def finish(self, seconds: float) -> bool:
        """Take on nothing more; whether everything ended in time. What had not been begun by then is dropped."""
        self.shutdown(wait=False)
        left = wait(list(self.open), seconds).not_done
        self.shutdown(wait=False, cancel_futures=True)
        return not left
