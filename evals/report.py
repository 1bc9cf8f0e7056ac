"""Write the scorecard: Markdown to read, JSON to compare, JUnit for CI, one HTML page with everything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals.figures import Figure
from evals.gates import Outcome
from evals.run import Run
from evals.score import Scored

TEMPLATE = Path(__file__).with_name("report.html")
WORST = 40  # cases shown with their whole reply


@dataclass(frozen=True)
class Scorecard:
    """Everything a report shows."""

    name: str
    run: Run
    scored: Sequence[Scored]
    figures: Mapping[str, Sequence[Figure]]  # by split
    gates: Sequence[Outcome]


def markdown(card: Scorecard) -> str:
    """The scorecard as a page of Markdown."""
    lines = [
        f"# Scorecard: {card.name}",
        "",
        f"Index {card.run.version[:16]}. {len(card.scored)} cases, {_crashed(card)} of them crashed. Points with 95 % "
        "intervals: exact for yes and no, bootstrap over families of cases otherwise.",
        "",
        "The cases and their labels were written by language models for this project; no clinician and no native "
        "speaker of the other languages has checked them. They prove what their authors thought of. The dev split was "
        "read while Spotter was built; the test split was not read, but totals on it were looked at.",
    ]
    for split, figures in card.figures.items():
        lines += ["", f"## {split}", "", "| figure | n | value | 95 % interval |", "|---|---|---|---|"]
        lines += [_row(figure) for figure in figures if figure.interval]
    lines += ["", "## Gates", "", "| figure | floor | reached | holds | why |", "|---|---|---|---|---|"]
    for one in card.gates:
        reached = "no case" if one.reached is None else f"{one.reached:.3f}"
        holds = "yes" if one.holds else "**no**"
        lines.append(f"| {one.gate.figure} | {one.gate.floor} | {reached} | {holds} | {one.gate.reason} |")
    return "\n".join(lines) + "\n"


def _row(figure: Figure) -> str:
    one = figure.interval
    assert one is not None
    return f"| {figure.definition.title} | {one.n} | {one.point:.3f} | {one.low:.3f} to {one.high:.3f} |"


def as_json(card: Scorecard) -> dict[str, Any]:
    """The figures as plain values, with the scores of every case; times are left out, so two runs are equal."""
    return {
        "name": card.name,
        "index": card.run.version,
        "figures": {
            split: {one.definition.id: vars(one.interval) for one in figures if one.interval}
            for split, figures in card.figures.items()
        },
        "gates": {one.gate.figure: one.holds for one in card.gates},
        "cases": {
            one.case.id: {key: value for key, value in one.scores.items() if key != "seconds"} for one in card.scored
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
    return template.render(card=card, crashed=_crashed(card), worst=_worst(card), slices=_slices(card))


def write(card: Scorecard, folder: Path) -> None:
    """The four files of a report, into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.md").write_text(markdown(card), encoding="utf-8")
    (folder / "scorecard.json").write_text(json.dumps(as_json(card), indent=1, sort_keys=True), encoding="utf-8")
    (folder / "scorecard.xml").write_text(junit(card), encoding="utf-8")
    (folder / "scorecard.html").write_text(html(card), encoding="utf-8")


def _crashed(card: Scorecard) -> int:
    return sum(bool(one.error) for one in card.scored)


def _worst(card: Scorecard) -> list[dict[str, Any]]:
    """The cases that went wrong in the gravest way first: crashes, missed signs, then answers without the gold."""
    rows = [(_gravity(one), one) for one in card.scored]
    worst = sorted((row for row in rows if row[0]), key=lambda row: (-row[0], row[1].case.id))[:WORST]
    return [{"scored": one, "row": json.dumps(card.run.rows.get(one.case.id), indent=1)} for _, one in worst]


def _gravity(one: Scored) -> float:
    if one.error:
        return 4.0
    if one.case.expect.get("tier") in ("urgent", "emergency") and "hard" in one.scores:
        return 3.0 * (1.0 - one.scores["hard"])
    return 1.0 - one.scores.get("gold_quoted", 1.0)


def _slices(card: Scorecard) -> list[tuple[str, str, str, int, float]]:
    """(set, slice, measure, n, mean): answers by kind of question, the gate by class of message."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for one in card.scored:
        for measure in ("gold_quoted", "gold_first", "hard", "soft", "not_answered"):
            if measure in one.scores:
                groups.setdefault((one.case.set, one.case.kind, measure), []).append(one.scores[measure])
    return [(*key, len(found), sum(found) / len(found)) for key, found in sorted(groups.items())]
