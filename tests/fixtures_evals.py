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


def differing(table, shipped, at=""):
    """Where `table` is not `shipped`, a line each; numbers within a few thousandths are the same.

    Another processor adds in another order, and a weight is then rounded the other way.
    """
    if isinstance(table, dict) and isinstance(shipped, dict):
        keys = sorted({*table, *shipped})
        pairs = [(f"{at}.{key}", table.get(key, "nothing"), shipped.get(key, "nothing")) for key in keys]
    elif isinstance(table, list) and isinstance(shipped, list) and len(table) == len(shipped):
        pairs = [(f"{at}[{n}]", *both) for n, both in enumerate(zip(table, shipped, strict=True))]
    else:
        return [] if _same(table, shipped) else [f"{at}: {table} is not {shipped}"]
    return [line for name, one, other in pairs for line in differing(one, other, name)]


def _same(one, other):
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= (WEIGHT_ROUNDING if isinstance(one, int) else THRESHOLD_ROUNDING)
    return one == other
