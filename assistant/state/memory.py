"""Conversations kept in the memory of this process: gone when it ends."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from assistant.conversation import Conversation
from assistant.state.ages import Ages
from assistant.state.join import FIRST, settled

MOST = 100_000  # conversations; of more, those longest untouched go first


class Memory:
    """A store for one process and all its threads."""

    def __init__(self, ages: Ages, most: int = MOST) -> None:
        self._ages = ages
        self._most = most
        self._kept: OrderedDict[str, tuple[Conversation, float]] = OrderedDict()  # with the time of the last turn
        self._lock = Lock()

    def load(self, conversation_id: str) -> Conversation:
        with self._lock:
            if conversation_id not in self._kept:
                return Conversation(id=conversation_id)
            conversation, touched = self._kept[conversation_id]
            if not self._ages.over(touched):
                return conversation
            del self._kept[conversation_id]
            return Conversation(id=conversation_id, restarted=True)

    def keep(self, conversation: Conversation) -> Conversation:
        if self._ages.sweeping():
            self.sweep()
        with self._lock:
            stored, touched = self._kept.get(conversation.id, (None, 0.0))
            if stored and conversation.turn <= FIRST and self._ages.over(touched):
                stored = None
            kept = settled(stored, conversation)
            if kept is None:
                return conversation
            self._kept[conversation.id] = (replace(kept, restarted=False), self._ages.now())
            self._kept.move_to_end(conversation.id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return kept

    def forget(self, conversation_id: str) -> bool:
        with self._lock:
            return self._kept.pop(conversation_id, None) is not None

    def sweep(self) -> int:
        with self._lock:
            oldest = self._ages.long_over()
            over = [id for id, (_, touched) in self._kept.items() if touched < oldest]
            for id in over:
                del self._kept[id]
            return len(over)

    def check(self) -> None:
        """Memory can always be read and written."""

    def close(self) -> None:
        """There is nothing to let go of."""
