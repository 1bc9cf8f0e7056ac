"""Train the gate's second opinion on our own messages of the dev split; the same messages give the same file."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.triage import second_opinion
from assistant.triage.lexicon import Lexicon
from assistant.triage.normalise import plain
from assistant.triage.protocol import SECOND_OPINION
from assistant.triage.second_opinion import pieces, windows
from evals.cases import Case

MODEL = Path(second_opinion.__file__).with_name(SECOND_OPINION)
STRENGTH = 10.0  # inverse of the regularisation
OFTEN = 2  # messages a piece must be in to be weighed
FOLDS = 5
# Shares of hard negatives of the dev split, held out, that may be asked about and that may sound the alarm.
MAY_ASK, MAY_ALARM = 0.12, 0.03

_LEARNED_FROM = frozenset({"red_flag", "crisis", "no_flag", "ordinary", "policy", "unanswerable", "answerable"})


@dataclass(frozen=True)
class Message:
    """A text to learn from: whether it tells of an emergency, and whether a card beside it would be wrong."""

    text: str
    alarming: bool
    needs_no_card: bool
    family: str


def messages(cases: Iterable[Case], asked_as: Iterable[str], lexicon: Lexicon) -> list[Message]:
    """What is learned from: messages of the dev split in English, and the questions that the passages answer.

    Of conversations only turns in which nothing is wrong yet: the others may mean nothing by themselves.
    """
    found = [Message(plain(question, lexicon.characters), False, False, question) for question in asked_as]
    for case in cases:
        if case.split == "dev" and case.lang == "en":
            quiet = case.set == "no_flag" and case.expect.get("soft_right") is False
            alarming = case.set == "crisis" or case.expect.get("tier") in ("urgent", "emergency")
            for turn, alarms in _turns(case, alarming):
                found.append(Message(plain(turn, lexicon.characters), alarms, quiet, case.family))
    return found


def _turns(case: Case, alarming: bool) -> list[tuple[str, bool]]:
    """The turns to learn from, each with whether it tells of an emergency."""
    if case.set == "conversation":
        harmless = case.turns if not alarming else case.turns[: case.expect["escalate_at"]]
        return [(turn, False) for turn in harmless] if not alarming or case.kind == "late_sign" else []
    return [(case.turns[0], alarming)] if case.set in _LEARNED_FROM and len(case.turns) == 1 else []


def train(learned: Sequence[Message]) -> dict[str, Any]:
    """The second opinion as JSON: weights in thousandths, thresholds set on messages held out in turn.

    Logistic regression with classes balanced over binary features of unit length, so that a score is
    bias + sum of weights / sqrt(number of known pieces).
    """
    found = [_pieces(one) for one in learned]
    held_out = _held_out(learned, found)
    quiet = held_out[[one.needs_no_card for one in learned]]
    weights, bias = _fitted(learned, found)
    digest = hashlib.sha256("\n".join(sorted(f"{one.alarming}{one.text}" for one in learned)).encode())
    return {
        "about": "Made by 'spotter eval train'; do not edit.",
        "messages": digest.hexdigest(),
        "n": len(learned),
        "bias": round(bias, 3),
        "ask": round(float(np.quantile(quiet, 1 - MAY_ASK)), 3),
        "alarm": round(float(np.quantile(quiet, 1 - MAY_ALARM)), 3),
        "weights": {piece: round(1000 * weight) for piece, weight in sorted(weights.items())},
    }


def _pieces(message: Message) -> set[str]:
    return {piece for window in windows(message.text) for piece in pieces(window)}


def _held_out(learned: Sequence[Message], found: Sequence[set[str]]) -> np.ndarray:
    """The score of each message under a model that saw none of its family."""
    from sklearn.model_selection import GroupKFold

    scores = np.zeros(len(learned))
    labels = [one.alarming for one in learned]
    for seen, unseen in GroupKFold(FOLDS).split(learned, labels, [one.family for one in learned]):
        weights, bias = _fitted([learned[i] for i in seen], [found[i] for i in seen])
        opinion = second_opinion.SecondOpinion({k: round(1000 * w) for k, w in weights.items()}, bias, 0.0, 0.0)
        for i in unseen:
            scores[i] = opinion.score(learned[i].text)
    return scores


def _fitted(learned: Sequence[Message], found: Sequence[set[str]]) -> tuple[dict[str, float], float]:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    vectorizer = CountVectorizer(analyzer=sorted, binary=True, min_df=OFTEN)
    rows = normalize(vectorizer.fit_transform(found).astype(np.float64))
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=0)
    model.fit(rows, [one.alarming for one in learned])
    return dict(zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)), float(model.intercept_[0])


def write(table: dict[str, Any], path: Path = MODEL) -> None:
    """The file as it is shipped, one line a weight would be bulk: one line for all."""
    path.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
