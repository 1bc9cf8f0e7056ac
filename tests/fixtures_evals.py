"""What the tests of the harness share: cases made by hand, and a folder of them."""

import json

from evals.cases import Case, Nugget, QuotedSpan, write_digests

WALL_ANGEL = "Make 3 sets of 10 repetitions."
WEIGHT_ROUNDING = 3  # in thousandths, as the weights of the trained files are
THRESHOLD_ROUNDING = 0.003


def case(id_="a-1", set_="answerable", **more):
    usual = {"family": id_, "split": "test", "author": "a test", "date": "2026-11-21", "turns": ("q",)}
    return Case(**({"id": id_, "set": set_} | usual | more))


def wall_angel(**more):
    """A question whose gold is the last step of the wall angel."""
    return case(
        turns=("how many wall angels should I do?",),
        gold=(QuotedSpan("back-pain-exercises", f"return to the starting position.\n  5. {WALL_ANGEL}"),),
        nuggets=(Nugget("n1", True, r"3 sets of 10"), Nugget("n2", False, r"twice a day")),
        **more,
    )


def line(**more):
    """A case as a line of a file."""
    usual = {"id": "p-1", "set": "policy", "family": "p-1", "split": "test", "author": "a test", "date": "2026-11-21"}
    return json.dumps({**usual, "turns": ["q"], "expect": {"outcome": "refused"}, **more})


def folder_of(path, *lines):
    """A folder with one file of cases, its digest written down."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    write_digests(path)
    return path


def nearest(table, shipped):
    """`table` with each of its numbers as in `shipped` where the two are within a few thousandths.

    Another processor adds in another order, and a weight is then rounded the other way.
    """
    if isinstance(table, dict) and isinstance(shipped, dict):
        return {key: nearest(one, shipped.get(key)) for key, one in table.items()}
    if isinstance(table, list) and isinstance(shipped, list) and len(table) == len(shipped):
        return [nearest(one, other) for one, other in zip(table, shipped, strict=True)]
    if isinstance(table, int | float) and isinstance(shipped, int | float):
        within = WEIGHT_ROUNDING if isinstance(table, int) else THRESHOLD_ROUNDING
        return shipped if abs(table - shipped) <= within else table
    return table
