"""Train the second opinion of the policy on our own messages of the dev split; the same messages give the same file."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.policy.judge import Policy, judge
from assistant.policy.second_opinion import (
    CLASSES,
    FAMILIES,
    FILE,
    OK,
    REASONS,
    THOUSANDTHS,
    THRESHOLDS,
    SecondOpinion,
    Vector,
    features,
)
from evals.cases import ANSWERED_SETS, Case
from evals.train import digest_of

ASKED_AS = 4000  # of the asked-as questions, drawn with a seed
STRENGTH = 1.0  # inverse of the regularisation
VECTOR_SCALE, FAMILY_SCALES = 4.0, (4.0, 3.0)  # how loud the vector, the words and the lists are beside one another
OFTEN, OFTEN_IN_REASONS = 12, 2  # messages a feature must be in to be weighed: of any class, or of the reasons
FOLDS = 5
# Shares, among messages of authors held out: of questions to be let through that may be refused (of all, and of those
# that somebody wrote who had not read the articles' own questions); of messages to be refused that a rule refuses and
# this overrules.
MAY_REFUSE, MAY_REFUSE_WRITTEN = 0.01, 0.015
MAY_PERMIT = 0.01
RENAME = 0.8  # share of the likeliest reason among all reasons, from which the reason of a rule gives way

_REFUSED_SETS = frozenset({"policy", "off_topic", "injection"})
_NEW = frozenset("NO")  # authors whose ordinary messages were all written to be let through


@dataclass(frozen=True)
class Message:
    """What is learned from: a question as typed, its class, who wrote it, and the set that it comes from."""

    text: str
    label: str
    author: str
    set: str

    @property
    def written(self) -> bool:
        """A question with an answer, by somebody who had not seen the asked-as questions."""
        return self.label == OK and (self.set in ANSWERED_SETS or (self.set == "ordinary" and is_new(self.author)))


def messages(cases: Iterable[Case], asked_as: Iterable[str], policy: Policy) -> list[Message]:
    """The dev split in English, and a sample of the questions that the passages answer; no text twice.

    Ordinary messages count as questions to be let through where the rules let them through: some of them are no
    question for us, which their set does not say. The last turn of a follow-up stands alone, as the policy reads it.
    """
    sample = sorted(set(asked_as))
    random.Random(0).shuffle(sample)
    found = [Message(one, OK, f"asked as {at % FOLDS}", "asked_as") for at, one in enumerate(sample[:ASKED_AS])]
    for case in cases:
        if case.split == "dev" and case.lang == "en":
            found += _learned_from(case, policy)
    return list({one.text: one for one in found}.values())


def _learned_from(case: Case, policy: Policy) -> list[Message]:
    text, author = case.turns[-1].strip(), case.author.partition(" for this project")[0]
    if case.set in ANSWERED_SETS or case.set == "unanswerable":
        return [Message(one, OK, author, case.set) for one in (text, case.twin.strip()) if one]
    if case.set == "ordinary" and (is_new(author) or judge(text, policy).outcome == "go"):
        return [Message(text, OK, author, case.set)]
    reason = case.expect.get("reason", "")
    if case.set in _REFUSED_SETS and len(case.turns) == 1 and reason in REASONS:
        return [Message(text, reason, author, case.set)]
    return []


def is_new(author: str) -> bool:
    """Whether the messages of an author were written for this model, so that no rule was made for any of them."""
    return author.rpartition(" ")[2] in _NEW


@dataclass(frozen=True)
class Learned:
    """The messages with what is weighed of them."""

    messages: Sequence[Message]
    vectors: NDArray[np.float32]  # (n, d) unit rows, each embedded alone, as a question is
    found: Sequence[tuple[tuple[str, ...], ...]]  # as `features` gives it


def gathered(found: Sequence[Message], vectors: Sequence[Vector], policy: Policy) -> Learned:
    """The messages with their vectors, (d,) each, and their features."""
    return Learned(found, np.stack(vectors), [features(one.text, policy.vocabulary) for one in found])


def train(learned: Learned, policy: Policy, model: str) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """The file, and (n, classes) what models that saw nothing of an author make of that author's messages.

    The thresholds are set on the latter.
    """
    held_out = _held_out(learned)
    table = {
        "about": "Made by 'spotter eval train policy'; do not edit. Weights in thousandths, one for each class.",
        "model": model,
        "messages": digest(learned.messages),
        "n": len(learned.messages),
        "thresholds": _thresholds(learned, held_out, policy),
        "classes": list(CLASSES),
    }
    return table | fitted(learned, range(len(learned.messages))), held_out


def digest(learned: Iterable[Message]) -> str:
    """Of the messages and their labels, in any order."""
    return digest_of(f"{one.label} {one.text}" for one in learned)


def _thresholds(learned: Learned, held_out: NDArray[np.float64], policy: Policy) -> dict[str, float]:
    ok = held_out[:, 0]
    ours = np.array([one.label == OK and one.set not in ("ordinary", "unanswerable") for one in learned.messages])
    written = np.array([one.written for one in learned.messages])
    refused = np.array([one.label != OK and judge(one.text, policy).outcome != "go" for one in learned.messages])
    refuse = max(
        np.quantile(1 - ok[ours | written], 1 - MAY_REFUSE), np.quantile(1 - ok[written], 1 - MAY_REFUSE_WRITTEN)
    )
    permit = np.quantile(ok[refused], 1 - MAY_PERMIT)
    return {"refuse": round(float(refuse), 3), "permit": round(float(permit), 3), "rename": RENAME}


def _held_out(learned: Learned) -> NDArray[np.float64]:
    from sklearn.model_selection import GroupKFold

    probabilities = np.zeros((len(learned.messages), len(CLASSES)))
    authors = [one.author for one in learned.messages]
    for seen, unseen in GroupKFold(min(FOLDS, len(set(authors)))).split(authors, groups=authors):
        opinion = as_opinion(fitted(learned, seen))
        for at in unseen:
            probabilities[at] = opinion.probabilities(learned.vectors[at], learned.found[at])
    return probabilities


def as_opinion(table: Mapping[str, Any], thresholds: Mapping[str, float] | None = None) -> SecondOpinion:
    """The weights of a file with these thresholds, or with some that nothing reaches, to ask for probabilities."""
    weights = {family: table["weights"][family] for family in FAMILIES}
    limits = thresholds or dict.fromkeys(THRESHOLDS, np.inf)
    return SecondOpinion("", table["bias"], table["vector"], weights, **limits)


def fitted(learned: Learned, rows: Iterable[int]) -> dict[str, Any]:
    """Multinomial logistic regression over these messages, as the part of the file that holds weights.

    They must be of three classes at least: with two there is one row of weights.
    """
    from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression

    chosen = list(rows)
    labels = [learned.messages[at].label for at in chosen]
    blocks, names = [csr_matrix(learned.vectors[chosen].astype(np.float64) * VECTOR_SCALE)], []
    for family, scale in enumerate(FAMILY_SCALES):
        found = [learned.found[at][family] for at in chosen]
        names.append(_often(found, labels))
        blocks.append(_counted(found, names[-1]) * scale)
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(hstack(blocks).tocsr(), labels)
    order = [list(model.classes_).index(one) if one in model.classes_ else None for one in CLASSES]
    size = learned.vectors.shape[1]
    scales = np.repeat([VECTOR_SCALE, *FAMILY_SCALES], [size, *map(len, names)])
    weights = [
        np.zeros(len(scales)) if at is None else np.round(model.coef_[at] * scales * THOUSANDTHS) for at in order
    ]
    columns = np.array(weights, dtype=int).T.tolist()
    # A class without a message must never be the likeliest.
    bias = [-20 * THOUSANDTHS if at is None else round(float(model.intercept_[at]) * THOUSANDTHS) for at in order]
    starts = np.cumsum([size, *map(len, names)])
    families = {
        family: dict(zip(own, columns[start:], strict=False))
        for family, own, start in zip(FAMILIES, names, starts, strict=False)
    }
    return {"bias": bias, "vector": np.array(columns[:size]).T.tolist(), "weights": families}


def _often(found: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str]:
    """The features that are in enough messages, in the order of the alphabet."""
    anywhere = Counter(name for one in found for name in one)
    in_reasons = Counter(name for one, label in zip(found, labels, strict=True) for name in one if label != OK)
    return sorted(one for one in anywhere if anywhere[one] >= OFTEN or in_reasons[one] >= OFTEN_IN_REASONS)


def _counted(found: Sequence[Sequence[str]], names: Sequence[str]) -> Any:
    """(n, names), each row with the same weight for each of its known features, as `SecondOpinion` weighs it."""
    from scipy.sparse import csr_matrix

    place = {name: at for at, name in enumerate(names)}
    known = [[place[name] for name in one if name in place] for one in found]
    values = [1 / np.sqrt(len(one)) for one in known for _ in one]
    rows = [at for at, one in enumerate(known) for _ in one]
    return csr_matrix((values, (rows, [at for one in known for at in one])), shape=(len(found), len(names)))


def write(table: dict[str, Any], path: Path = FILE) -> None:
    """The file as it is shipped, in one line."""
    path.write_text(json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
