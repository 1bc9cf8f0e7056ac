"""The vectors of the last few texts are kept: nothing is embedded twice, and no text stays."""

import threading

import numpy as np
from conftest import WordCountEncoder

from index.recent import RecentEncoder


def test_the_same_text_is_embedded_once_and_gives_the_same_row():
    inner = WordCountEncoder()
    recent = RecentEncoder(inner)
    first, second = recent.encode(["neck and back"]), recent.encode(["neck and back"])
    assert inner.texts == ["neck and back"]
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, inner.encode(["neck and back"]))


def test_only_the_last_few_are_kept():
    inner = WordCountEncoder()
    recent = RecentEncoder(inner, kept=2)
    for text in ("neck", "back", "neck", "hold", "neck", "back"):
        recent.encode([text])
    assert inner.texts == ["neck", "back", "hold", "back"]


def test_several_texts_at_once_go_straight_through():
    inner = WordCountEncoder()
    recent = RecentEncoder(inner)
    assert recent.encode(["neck", "back"]).shape == (2, 6)
    assert recent.encode([]).shape[0] == 0
    recent.encode(["neck"])
    assert inner.texts == ["neck", "back", "neck"]


def test_no_text_is_kept():
    recent = RecentEncoder(WordCountEncoder("zanzibar"))
    recent.encode(["zanzibar"])
    assert all(isinstance(key, bytes) and b"zanzibar" not in key for key in recent._rows)


def test_it_is_the_encoder_in_all_else():
    inner = WordCountEncoder()
    assert RecentEncoder(inner).digest == inner.digest
    assert RecentEncoder(inner).count_tokens("two words") == 2


def test_many_threads_get_the_rows_of_their_own_texts():
    inner, wrong = WordCountEncoder(), []
    recent = RecentEncoder(inner, kept=2)
    rows = {text: WordCountEncoder().encode([text]) for text in ("neck", "back", "hold", "rest", "lift")}

    def ask():
        for _ in range(100):
            wrong.extend(text for text, row in rows.items() if not np.array_equal(recent.encode([text]), row))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
