"""Learn from the dev split whether the articles cover a question; the same cases give the same weights."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.abstain import SIGNALS, WEIGHTS, Decision
from evals.cases import ANSWERED_SETS, Case
from evals.measures_decisions import brier
from index.found import Found

TEXT = 0.1  # see Decision.text; given, since every article here has asked-as questions
KEPT = 0.98  # of the questions that are covered, in cross-validation
STRENGTH = 10.0  # inverse of the regularisation
FOLDS = 10
DIGITS = 3


@dataclass(frozen=True)
class Learned:
    """The signals of each question (n, 4), whether it is covered (n,), and its family, for the folds."""

    signals: NDArray[np.float64]
    covered: NDArray[np.bool_]
    families: tuple[str, ...]


def gather(cases: Iterable[Case], decision: Decision, search: Callable[[str], Found]) -> Learned:
    """The dev questions that have gold, and those near the domain that have none."""
    rows, covered, families = [], [], []
    for case in cases:
        if case.split != "dev" or not (case.set in ANSWERED_SETS or case.set == "unanswerable"):
            continue
        question = case.twin or case.turns[-1]
        rows.append(decision.signals(question, search(question)))
        covered.append(case.set in ANSWERED_SETS)
        families.append(case.family)
    return Learned(np.array(rows), np.array(covered), tuple(families))


def train(learned: Learned) -> dict[str, object]:
    """The file's content: weights by signal, bias, and the least probability, set on held-out families."""
    model = _fitted(learned, np.ones(len(learned.covered), dtype=bool))
    weights = {name: round(float(weight), DIGITS) for name, weight in zip(SIGNALS, model.coef_[0], strict=True)}
    least = float(np.quantile(held_out(learned)[learned.covered], 1 - KEPT))
    return {
        "weights": weights,
        "bias": round(float(model.intercept_[0]), DIGITS),
        "least": round(least, DIGITS),
        "text": TEXT,
    }


def held_out(learned: Learned) -> NDArray[np.float64]:
    """What a model that saw nothing of a question's family makes of it, (n,), in 0..1."""
    fold_of = {name: place % FOLDS for place, name in enumerate(sorted(set(learned.families)))}
    folds = np.array([fold_of[name] for name in learned.families])
    found = np.zeros(len(folds))
    for fold in range(FOLDS):
        found[folds == fold] = _fitted(learned, folds != fold).predict_proba(learned.signals[folds == fold])[:, 1]
    return found


def _fitted(learned: Learned, rows: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    return model.fit(learned.signals[rows], learned.covered[rows])


def figures(learned: Learned, content: dict[str, Any]) -> str:
    """How the threshold does on held-out families, in one line."""
    found, covered = held_out(learned), learned.covered
    kept, declined = found[covered] >= content["least"], found[~covered] < content["least"]
    return (
        f"Held-out families: {kept.mean():.3f} of {len(kept)} covered questions answered, "
        f"{declined.mean():.3f} of {len(declined)} others declined; Brier {brier(list(found), list(covered)):.3f}."
    )


def write(content: dict[str, object]) -> None:
    """Write the weights where the assistant reads them."""
    WEIGHTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
