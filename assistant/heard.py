"""What is heard of an answer while it is made: each sentence of a language model as soon as it was verified."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Generic, TypeVar

from assistant.reply import Block

Hear = Callable[[Block], None]
T = TypeVar("T")


class Heard(Generic[T]):
    """The blocks that `say` hears, as they come; afterwards its result. The work goes on when nobody listens."""

    def __init__(self, say: Callable[[Hear], T]) -> None:
        self._blocks: SimpleQueue[Block | None] = SimpleQueue()
        pool = ThreadPoolExecutor(1, thread_name_prefix="answer")
        self._work: Future[T] = pool.submit(say, self._blocks.put)
        self._work.add_done_callback(lambda _: self._blocks.put(None))
        pool.shutdown(wait=False)

    def __iter__(self) -> Iterator[Block]:
        while (block := self._blocks.get()) is not None:
            yield block

    def result(self) -> T:
        """What `say` returned, or its error raised."""
        return self._work.result()
