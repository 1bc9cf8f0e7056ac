"""Show the kill table: as Markdown to read, as JSON for the report."""

from typing import Any

from evals.mutants import Fall, KillTable, Tried
from evals.run import version_of

SHOWN = 3  # figures a mutant


def markdown(table: dict[str, Any]) -> str:
    """The table as `as_json` gives it, said in words and then in rows."""
    share = table["share"]
    lines = [
        "## Broken assistants",
        "",
        f"{table['caught']} of {table['mutants']} caught: {share['point']:.3f} ({share['low']:.3f} to "
        f"{share['high']:.3f}, exact 95 % interval); {table['at_least']} are needed. {sum(table['cases'].values())} "
        f"cases each, {table['seconds']:.0f} s in all. Index {table['index'][:16]}.",
        "",
        "A mutant is caught when a case crashes, a hard gate falls, or a gated figure is worse (paired, Holm). "
        + _false_alarm(table["healthy"]),
        "",
        "| step | mutant | what is broken | rows changed | caught by |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(one) for one in table["rows"]]
    return "\n".join(lines) + "\n"


def _false_alarm(healthy: dict[str, Any]) -> str:
    if not healthy["changed"] and not healthy["falls"]:
        return "The healthy assistant, run again, is caught by nothing."
    found = ", ".join(fall["figure"] for fall in healthy["falls"]) or "nothing"
    return (
        f"**The table is void: the healthy assistant, run again, gave {healthy['changed']} other rows and was "
        f"caught by {found}.**"
    )


def _row(one: dict[str, Any]) -> str:
    falls = one["falls"]
    shown = "; ".join(_fall(fall) for fall in falls[:SHOWN])
    more = f"; and {len(falls) - SHOWN} more" if len(falls) > SHOWN else ""
    survived = "**survived**" if one["changed"] else "**survived: it changed nothing**"
    found = shown + more if one["caught"] else survived
    return f"| {one['step']} | {one['id']} | {one['broken']} | {one['changed']} | {found} |"


def _fall(fall: dict[str, Any]) -> str:
    if fall["why"] == "crashed":
        return f"{fall['figure']} {fall['before']:g} → {fall['after']:.3g}"
    hard = " (hard gate)" if fall["why"] == "hard gate" else ""
    return f"{fall['figure']} {fall['before']:.3f} → {fall['after']:.3f}{hard}"


def _strongest(one: Tried) -> list[Fall]:
    """Each figure once: crashes first, then hard gates, then what got worse, the widest fall first."""
    order = ("crashed", "hard gate", "worse")
    ranked = sorted(one.falls, key=lambda fall: (order.index(fall.why), -abs(fall.after - fall.before)))
    return list({fall.figure: fall for fall in reversed(ranked)}.values())[::-1]


def as_json(table: KillTable) -> dict[str, Any]:
    """The table as plain values, for the report.

    {"version", "index", "cases": {set: n}, "seconds", "at_least", "holds", "caught", "mutants",
     "share": {"low", "point", "high"}, "healthy": {"changed", "falls": [...]},
     "rows": [{"id", "step", "broken", "changed", "caught", "seconds",
               "falls": [{"figure", "why", "before", "after"}]}]}
    """
    share = table.share
    return {
        "version": version_of(table.index),
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
