"""Train the gate's second opinion on our own messages of the dev split; the same messages give the same file."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.triage import second_opinion
from assistant.triage.combine import excuse
from assistant.triage.detect import read_scene, read_signs
from assistant.triage.features import features
from assistant.triage.protocol import SECOND_OPINION, Protocol
from assistant.triage.records import HARD_TIERS
from assistant.triage.second_opinion import FAMILIES, SCALES, Features, Scales, windows
from corpus.sources import read_toml
from evals.cases import Case
from evals.variants import with_typos

MODEL = Path(second_opinion.__file__).with_name(SECOND_OPINION)
WORDINGS = Path(__file__).with_suffix(".toml")
STRENGTH = 10.0  # inverse of the regularisation
WRAPPED = 0.7  # share of the messages that are learned from inside another text, once more
OFTEN = 20  # messages a feature must be in to be weighed
FOLDS = 5
# Shares, among messages of authors held out: of hard negatives that need no card and of ordinary messages that may
# sound the alarm, and that may be asked about or sound it; of alarming messages below which an alarm may be doubted;
# of emergencies that may be taken for a same-day matter.
MAY_ALARM, MAY_ALARM_ORDINARY = 0.27, 0.025
MAY_ASK, MAY_ASK_ORDINARY = 0.4, 0.06
MAY_DOUBT = 0.02
MAY_BE_URGENT = 0.05
# And of all others that may be taken for a crisis, or asked about one; of crises in which the frames are doubted.
MAY_DESPAIR = 0.015
MAY_WORRY = 0.04
MAY_BE_CALM = 0.05

_ORDINARY = frozenset({"ordinary", "answerable", "conflict", "followup", "off_topic"})
_LEARNED_FROM = _ORDINARY | {
    "red_flag",
    "crisis",
    "no_flag",
    "conversation",
    "line",
    "policy",
    "unanswerable",
    "injection",
}


@dataclass(frozen=True)
class Message:
    """What is learned from. `alarming` ones are urgent or, when `grave`, an emergency; in quiet ones a card is wrong.

    A conversation is learned as one message of its turns up to the one that must be stopped.
    """

    text: str
    alarming: bool
    grave: bool = False
    despairing: bool = False
    quiet: bool = False
    ordinary: bool = False
    author: str = ""
    flags: frozenset[str] = frozenset()
    protocol: Protocol | None = None

    @cached_property
    def looked_at(self) -> tuple[Features, tuple[tuple[int, int], ...]]:
        """Its features and its windows, read as the gate reads them."""
        assert self.protocol
        scene = read_scene(self.text, self.protocol)
        readings = excuse(read_signs(scene, (), self.protocol), self.protocol)
        return features(scene, readings), windows(scene.words.sentence)

    @cached_property
    def names(self) -> tuple[list[str], ...]:
        """Its features by family, each as often as it stands there."""
        return tuple([name for name, _ in found] for found in self.looked_at[0])

    @cached_property
    def said_otherwise(self) -> "Message":
        """The message with other words around it, in small letters without stops, or with a slip; always the same."""
        dice = random.Random(self.text)
        kind = dice.random()
        if kind < WRAPPED:
            text = dice.choice(wordings()).format(text=self.text)
        elif kind < (1 + WRAPPED) / 2:
            text = "".join(mark for mark in self.text.lower() if mark not in ".,!?;:")
        else:
            text = with_typos(self.text, dice)
        return replace(self, text=text)


@cache
def wordings() -> tuple[str, ...]:
    return tuple(read_toml(WORDINGS)["wordings"])


@cache
def left_out() -> frozenset[str]:
    """Authors of whom the gate learns nothing."""
    return frozenset(read_toml(WORDINGS)["left_out"])


def messages(cases: Iterable[Case], asked_as: Iterable[str], protocol: Protocol) -> list[Message]:
    """The messages of the dev split in English, and the questions that the passages answer."""
    found = [Message(one, False, ordinary=True, author="asked as", protocol=protocol) for one in asked_as]
    for case in cases:
        stops = case.set == "line" and "hard" in case.expect["modes"]  # whole talks, which say no tier
        others = case.author in left_out()  # not written for the gate
        if case.split == "dev" and case.lang == "en" and case.set in _LEARNED_FROM and not stops and not others:
            found += _learned_from(case, protocol)
    return found


def _learned_from(case: Case, protocol: Protocol) -> Iterator[Message]:
    """The case as one message, and what a conversation says before the turn that must be stopped."""
    alarming = case.set == "crisis" or case.expect.get("tier") in HARD_TIERS
    stopped_at = case.expect.get("escalate_at", len(case.turns) - 1)
    if stopped_at and alarming:
        yield Message("\n".join(case.turns[:stopped_at]), False, author=case.author, protocol=protocol)
    yield Message(
        text="\n".join(case.turns[: stopped_at + 1]),
        alarming=alarming,
        grave=case.set == "crisis" or case.expect.get("tier") == "emergency",
        despairing=case.set == "crisis" or case.expect.get("outcome") == "crisis",
        quiet=case.set == "no_flag" and case.expect.get("soft_right") is False,
        ordinary=case.set in _ORDINARY,
        author=case.author,
        flags=frozenset(case.expect.get("flags", ())),
        protocol=protocol,
    )


def train(learned: Sequence[Message]) -> dict[str, Any]:
    """The second opinion as JSON: weights in thousandths, thresholds set on messages of authors held out in turn."""
    alarming, grave, despairing = _held_out(learned).T
    is_a = {
        kind: np.array([getattr(one, kind) for one in learned], dtype=bool)
        for kind in ("alarming", "grave", "despairing", "quiet", "ordinary")
    }
    quiet, ordinary, others = alarming[is_a["quiet"]], alarming[is_a["ordinary"]], despairing[~is_a["despairing"]]
    scales = fitted(learned)
    return {
        "about": "Made by 'spotter eval train'; do not edit.",
        "messages": digest(learned),
        "n": len(learned),
        "alarm": max(_above(MAY_ALARM, quiet), _above(MAY_ALARM_ORDINARY, ordinary)),
        "ask": max(_above(MAY_ASK, quiet), _above(MAY_ASK_ORDINARY, ordinary)),
        "doubt": _above(1 - MAY_DOUBT, alarming[is_a["alarming"] & ~is_a["despairing"]]),
        "emergency": _above(1 - MAY_BE_URGENT, grave[is_a["grave"]]),
        "despair": _above(MAY_DESPAIR, others),
        "worry": _above(MAY_WORRY, others),
        "calm": _above(1 - MAY_BE_CALM, despairing[is_a["despairing"]]),
        "bias": {name: round(bias, 3) for name, bias in zip(SCALES, scales.bias, strict=True)},
        "weights": {family: dict(sorted(one.items())) for family, one in zip(FAMILIES, scales.weights, strict=True)},
    }


def digest(learned: Iterable[Message]) -> str:
    """Of the messages and what they are learned as, in any order."""
    return digest_of(f"{one.alarming}{one.grave}{one.despairing}{one.text}" for one in learned)


def digest_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _above(share: float, scores: NDArray[np.float64]) -> float:
    """The threshold that at most this share reaches."""
    return round(float(np.quantile(scores, 1 - share)), 3)


def _held_out(learned: Sequence[Message]) -> NDArray[np.float64]:
    """The scores of each message, one column a scale, on scales that saw none of its author's."""
    from sklearn.model_selection import GroupKFold

    scores = np.zeros((len(learned), len(SCALES)))
    authors = [one.author for one in learned]
    folds = min(FOLDS, len(set(authors)))
    for seen, unseen in GroupKFold(folds).split(learned, groups=authors):
        scales = fitted([learned[i] for i in seen])
        for i in unseen:
            scores[i] = scales.scores(scales.weigh(*learned[i].looked_at))
    return scores


def fitted(once: Sequence[Message]) -> Scales:
    """Logistic regression with classes balanced, over the messages and each of them said otherwise.

    Counts of features are divided by the root of their number in each family, as `Scales` weighs them. How grave a
    message is, is learned from the alarming ones alone.
    """
    from scipy.sparse import hstack  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    learned = [*once, *(one.said_otherwise for one in once)]
    vectorizers = [CountVectorizer(analyzer=list, min_df=OFTEN) for _ in FAMILIES]
    blocks = [
        _by_root(vectorizer.fit_transform(one.names[family] for one in learned))
        for family, vectorizer in enumerate(vectorizers)
    ]
    matrix = hstack(blocks).tocsr()
    alarming = [at for at, one in enumerate(learned) if one.alarming]
    models = []
    for scale, rows in zip(SCALES, (range(len(learned)), alarming, range(len(learned))), strict=True):
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=0)
        models.append(model.fit(matrix[rows], [getattr(learned[at], scale) for at in rows]))
    columns = zip(*(model.coef_[0] for model in models), strict=True)
    weights = [
        {name: [round(1000 * one) for one in next(columns)] for name in vectorizer.get_feature_names_out()}
        for vectorizer in vectorizers
    ]
    return Scales(tuple(weights), tuple(float(model.intercept_[0]) for model in models))


def _by_root(counts: Any) -> Any:
    """Each row of a sparse matrix by the root of its sum, as `Scales` weighs it."""
    from scipy.sparse import diags

    return diags(1 / np.sqrt(np.maximum(counts.sum(axis=1).A1, 1))) @ counts.astype(np.float64)


def write(table: dict[str, Any], path: Path = MODEL) -> None:
    """The file as it is shipped, one line a weight would be bulk: one line for all."""
    path.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
