"""Keep the vectors of the last few texts: the policy and the search ask for the same question one after the other."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

from index.encoder import Encoder, Vectors

KEPT = 8  # questions of one message, with its context, and of a few people who ask at the same time


class RecentEncoder:
    """An encoder that does not embed a single text again shortly after. May be shared by threads.

    It keeps vectors by the digest of their text, never the text. Several texts at once go straight through.
    """

    def __init__(self, encoder: Encoder, kept: int = KEPT) -> None:
        self.digest = encoder.digest
        self._encoder, self._kept = encoder, kept
        self._lock = threading.Lock()
        self._rows: OrderedDict[bytes, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder itself; the row of a single text is (1, d) and must not be written to."""
        if len(texts) != 1:
            return self._encoder.encode(texts)
        key = hashlib.sha256(texts[0].encode(errors="replace")).digest()
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
                return row
        row = self._encoder.encode(texts)  # outside the lock: nobody waits for somebody else's question
        row.setflags(write=False)
        with self._lock:
            self._rows[key] = row
            while len(self._rows) > self._kept:
                self._rows.popitem(last=False)
        return row

    def count_tokens(self, text: str) -> int:
        return self._encoder.count_tokens(text)
