"""Show the kill table: as Markdown to read, as JSON for the report."""

from typing import Any

from evals.mutants import Fall, KillTable, Tried

SHOWN = 3  # figures a mutant


def markdown(table: KillTable) -> str:
    """The table, the survivors first said in words."""
    share = table.share
    caught = sum(one.caught for one in table.tried)
    lines = [
        "# Broken assistants",
        "",
        f"{caught} of {share.n} caught: {share.point:.3f} ({share.low:.3f} to {share.high:.3f}, exact 95 % interval); "
        f"{table.at_least} are needed. {sum(table.cases.values())} cases each, {table.seconds:.0f} s in all. "
        f"Index {table.index[:16]}.",
        "",
        "A mutant is caught when a case crashes, a hard gate falls, or a gated figure is worse (paired, Holm). "
        + ("The healthy assistant, run again, is caught by nothing." if table.sound else _false_alarm(table)),
        "",
        "| step | mutant | what is broken | rows changed | caught by |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(one) for one in table.tried]
    return "\n".join(lines) + "\n"


def _false_alarm(table: KillTable) -> str:
    found = ", ".join(fall.figure for fall in table.healthy.falls) or "nothing"
    return (
        f"**The table is void: the healthy assistant, run again, gave {table.healthy.changed} other rows and was "
        f"caught by {found}.**"
    )


def _row(one: Tried) -> str:
    shown = "; ".join(_fall(fall) for fall in _strongest(one)[:SHOWN])
    more = f"; and {len(one.falls) - SHOWN} more" if len(one.falls) > SHOWN else ""
    survived = "**survived**" if one.changed else "**survived: it changed nothing**"
    found = shown + more if one.caught else survived
    return f"| {one.mutation.step} | {one.mutation.id} | {one.mutation.broken} | {one.changed} | {found} |"


def _strongest(one: Tried) -> list[Fall]:
    """Each figure once: crashes first, then hard gates, then what got worse, the widest fall first."""
    order = ("crashed", "hard gate", "worse")
    ranked = sorted(one.falls, key=lambda fall: (order.index(fall.why), -abs(fall.after - fall.before)))
    return list({fall.figure: fall for fall in reversed(ranked)}.values())[::-1]


def _fall(fall: Fall) -> str:
    return f"{fall.figure} {fall.before:g} → {fall.after:.3g}" if fall.why == "crashed" else _figure(fall)


def _figure(fall: Fall) -> str:
    return f"{fall.figure} {fall.before:.3f} → {fall.after:.3f}{' (hard gate)' if fall.why == 'hard gate' else ''}"


def as_json(table: KillTable) -> dict[str, Any]:
    """The table as plain values, for the report.

    {"index", "cases": {set: n}, "seconds", "at_least", "holds", "caught", "mutants",
     "share": {"low", "point", "high"}, "healthy": {"changed", "falls": [...]},
     "rows": [{"id", "step", "broken", "changed", "caught", "seconds",
               "falls": [{"figure", "why", "before", "after"}]}]}
    """
    share = table.share
    return {
        "index": table.index,
        "cases": table.cases,
        "seconds": round(table.seconds, 1),
        "at_least": table.at_least,
        "holds": table.holds,
        "caught": sum(one.caught for one in table.tried),
        "mutants": share.n,
        "share": {"low": share.low, "point": share.point, "high": share.high},
        "healthy": {
            "changed": table.healthy.changed,
            "falls": [vars(fall) for fall in table.healthy.falls],
        },
        "rows": [
            {
                "id": one.mutation.id,
                "step": one.mutation.step,
                "broken": one.mutation.broken,
                "changed": one.changed,
                "caught": one.caught,
                "seconds": round(one.seconds, 1),
                "falls": [vars(fall) for fall in _strongest(one)],
            }
            for one in table.tried
        ],
    }
