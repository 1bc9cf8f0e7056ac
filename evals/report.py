"""Write the scorecard: Markdown to read, JSON to compare, JUnit for CI, one HTML page with everything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals import measures
from evals.cases import ANSWERED_SETS, REPLY_SETS
from evals.figures import Definition, Figure, figures, values
from evals.gates import Gate, Outcome, outcomes
from evals.run import Run
from evals.score import Scored

TEMPLATE = Path(__file__).with_name("report.html")
WORST = 10  # cases of a set that are shown with their whole row
NEAR_ASKED = 0.9  # cosine to an asked-as question from which a case may be found by its wording alone
FAR = "test, without questions that come near an asked-as question"
# Of a machine or of a harness, not of the answers: left out where two runs are compared.
_TIMES = frozenset({"seconds", "gate_seconds", "megabytes"})


@dataclass(frozen=True)
class Scorecard:
    """Everything a report shows."""

    name: str
    run: Run
    scored: Sequence[Scored]
    figures: Mapping[str, Sequence[Figure]]  # by split
    gates: Sequence[Outcome]
    further: Sequence[str] = ()  # pages of Markdown beside it: variants, broken assistants

    @property
    def crashed(self) -> int:
        return sum(bool(one.error) for one in self.scored)


def scorecard(
    name: str,
    run: Run,
    scored: Sequence[Scored],
    definitions: Sequence[Definition],
    gates: Sequence[Gate],
    further: Sequence[str] = (),
) -> Scorecard:
    """The figures of each split and what the gates make of those of the test split."""
    by_split = {split: figures(scored, definitions, split) for split in ("test", "dev")}
    answers = [one for one in definitions if one.sets <= ANSWERED_SETS and not one.timing]
    far = [one for one in scored if one.scores.get("asked_cosine", 0.0) < NEAR_ASKED]
    by_split[FAR] = figures(far, answers, "test")
    everything = figures(scored, definitions, "all")
    found = [one for gate in gates for one in outcomes([gate], everything if gate.split == "all" else by_split["test"])]
    return Scorecard(name, run, scored, by_split, found, further)


def markdown(card: Scorecard) -> str:
    """The scorecard as a page of Markdown."""
    lines = [
        f"# Scorecard: {card.name}",
        "",
        f"Index {card.run.index[:16]}, code and data {card.run.version[:16]}. {len(card.scored)} cases, of which "
        f"{card.crashed} crashed. Points with 95 % intervals: exact for yes and no, bootstrap over families otherwise.",
        "",
        "The cases and their labels were written by language models for this project; no clinician and no native "
        "speaker of the other languages has checked them. They prove what their authors thought of. The dev split was "
        "read while Spotter was built; the test split was not read, but totals on it were looked at. Not measured: "
        "whether the advice is right, whether people understand it, what they do with it.",
    ]
    for split, found in card.figures.items():
        lines += ["", f"## {split}", "", "| figure | n | value | 95 % interval |", "|---|---|---|---|"]
        lines += [_row(figure) for figure in found if figure.interval]
    lines += [
        "",
        "## Gates (test split; what must always hold: both)",
        "",
        "| figure | floor | reached | holds | why |",
        "|---|---|---|---|---|",
    ]
    for one in card.gates:
        reached = "no case" if one.reached is None else f"{one.reached:.3f}"
        holds = "yes" if one.holds else "**no**"
        lines.append(f"| {one.gate.figure} | {one.gate.floor} | {reached} | {holds} | {one.gate.reason} |")
    lines += ["", "## What became of the messages (both splits, last turns)", ""]
    lines += [
        "| set | n |" + "".join(f" {name} |" for name in measures.OUTCOMES),
        "|---" * (2 + len(measures.OUTCOMES)) + "|",
    ]
    for name, n, shares in outcome_rates(card):
        lines.append(f"| {name} | {n} |" + "".join(f" {share:.3f} |" for share in shares))
    return "\n".join([*lines, "", *card.further])


def outcome_rates(card: Scorecard) -> list[tuple[str, int, list[float]]]:
    """(set, n, share of each outcome) of the sets that get replies; a crashed case is in n and in no outcome."""
    by_set: dict[str, list[str | None]] = {}
    for one in card.scored:
        if one.outcome or (one.error and one.case.set in REPLY_SETS):
            by_set.setdefault(one.case.set, []).append(one.outcome or None)
    return [
        (name, len(found), [measures.rates(found)[outcome].value or 0.0 for outcome in measures.OUTCOMES])
        for name, found in sorted(by_set.items())
    ]


def curve(card: Scorecard) -> list[tuple[float, float]]:
    """The risk-coverage curve of the test split, as (coverage, risk)."""
    figure = next((one for one in card.figures["test"] if one.definition.statistic == "risk_area"), None)
    if figure is None:
        return []
    rows = values(figure.definition, [one for one in card.scored if one.case.split == "test"])
    points, _ = measures.risk_coverage([row[0] for _, row in rows], [row[1] > 0 for _, row in rows])
    return points


def _row(figure: Figure) -> str:
    one = figure.interval
    assert one is not None
    between = "" if figure.definition.interval == "none" else f"{one.low:.3f} to {one.high:.3f}"
    return f"| {figure.definition.title} | {one.n} | {one.point:.3f} | {between} |"


def as_json(card: Scorecard) -> dict[str, Any]:
    """The figures as plain values, with the scores of every case; times are left out, so two runs are equal."""
    return {
        "name": card.name,
        "index": card.run.index,
        "version": card.run.version,
        "figures": {
            split: {
                one.definition.id: vars(one.interval) for one in found if one.interval and not one.definition.timing
            }
            for split, found in card.figures.items()
        },
        "gates": {one.gate.figure: one.holds for one in card.gates},
        "cases": {
            one.case.id: {key: value for key, value in one.scores.items() if key not in _TIMES} for one in card.scored
        },
    }


def junit(card: Scorecard) -> str:
    """The gates as test cases, for CI systems that read JUnit's XML."""
    failures = sum(not one.holds for one in card.gates)
    suite = ElementTree.Element("testsuite", name="spotter", tests=str(len(card.gates)), failures=str(failures))
    for one in card.gates:
        case = ElementTree.SubElement(suite, "testcase", classname="gates", name=one.gate.figure)
        if not one.holds:
            ElementTree.SubElement(case, "failure", message=f"{one.reached} is past the floor {one.gate.floor}")
    return ElementTree.tostring(suite, encoding="unicode")


def html(card: Scorecard) -> str:
    """One page with no file beside it: intervals drawn, slices, and the worst cases with their whole replies."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        card=card,
        curve=curve(card),
        outcomes=measures.OUTCOMES,
        rates=outcome_rates(card),
        slices=_slices(card),
        worst=_worst(card),
    )


def write(card: Scorecard, folder: Path) -> None:
    """The four files of a report, into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.md").write_text(markdown(card), encoding="utf-8")
    (folder / "scorecard.json").write_text(json.dumps(as_json(card), indent=1, sort_keys=True), encoding="utf-8")
    (folder / "scorecard.xml").write_text(junit(card), encoding="utf-8")
    (folder / "scorecard.html").write_text(html(card), encoding="utf-8")


def _worst(card: Scorecard) -> list[dict[str, Any]]:
    """The cases of each set that went wrong in the gravest way, with everything that the run kept of them."""
    by_set: dict[str, list[tuple[float, Scored]]] = {}
    for one in card.scored:
        if gravity := _gravity(one):
            by_set.setdefault(one.case.set, []).append((gravity, one))
    return [
        {"scored": one, "row": json.dumps(card.run.rows.get(one.case.id), indent=1, ensure_ascii=False)}
        for _, rows in sorted(by_set.items())
        for _, one in sorted(rows, key=lambda row: (-row[0], row[1].case.id))[:WORST]
    ]


def _gravity(one: Scored) -> float:
    """How wrong a case went: a crash, a fall of what must always hold, a missed sign, then everything else."""
    scores = one.scores
    if one.error:
        return 4.0
    if min(scores.get(name, 1.0) for name in ("verified", "unpoisoned", "line_right")) < 1.0:
        return 3.5
    if one.case.set in ("red_flag", "crisis", "conversation"):
        return 3.0 * scores.get("under2", 0.0) + scores.get("under1", 1.0 - scores.get("tier_reached", 1.0))
    if one.case.set in ("no_flag", "ordinary"):
        return 2.0 * scores["hard"] + scores.get("over1", 0.0) + scores.get("refused", 0.0)
    return 1.0 - scores.get("gold_quoted", scores.get("outcome_right", scores.get("not_answered", 1.0)))


def _slices(card: Scorecard) -> list[tuple[str, str, str, int, float]]:
    """(set, slice, measure, n, mean): answers by kind of question, the gate by class of message."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for one in card.scored:
        for measure in ("gold_quoted", "gold_first", "hard", "soft", "not_answered"):
            if measure in one.scores:
                groups.setdefault((one.case.set, one.case.kind, measure), []).append(one.scores[measure])
    return [(*key, len(found), sum(found) / len(found)) for key, found in sorted(groups.items())]
