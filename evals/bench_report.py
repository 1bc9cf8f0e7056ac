"""The page of a bench: ratios first, then seconds and sizes, then growth."""

from typing import Any

# What was to be reached, as shares of the tutorial pipeline's own median; see docs/performance.md.
COLD_GOALS = {"spotter ask, a question": 0.25, "spotter ask, an emergency": 0.06, "spotter --help": 0.06}
WARM_GOALS = {"spotter: whole answer": 1.0, "spotter: follow-up": 1.5}
MEMORY_GOAL, FIRST_BUILD_GOAL, BUILD_GOAL = 350, 90, 20
SEARCH_GOAL = 0.1  # seconds, 95th percentile at 100,000 passages


def tables(found: dict[str, Any]) -> str:
    """All tables in Markdown."""
    parts = [_cold(found["cold"]), _warm(found["warm"]), _builds(found["builds"], found["cold"])]
    parts.append(_threads(found["threads"]))
    if found.get("growth"):
        parts.append(_growth(found["growth"]))
    return "\n\n".join(parts) + "\n"


def _table(head: str, rows: list[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|" + " --- |" * columns, *rows])


def _ratio(value: float, base: float, goal: float | None) -> str:
    share = value / base
    return f"{share:.2f}" if goal is None else f"{share:.2f} (goal {goal}: {'yes' if share <= goal else 'no'})"


def _cold(found: dict[str, Any]) -> str:
    base = found["tutorial: first retrieval"]["median"]
    rows = []
    for name, row in found.items():
        low, high = min(row["seconds"]), max(row["seconds"])
        ratio = _ratio(row["median"], base, COLD_GOALS.get(name))
        rows.append(f"| {name} | {row['median']:.2f} | {low:.2f} to {high:.2f} | {row['megabytes']:.0f} | {ratio} |")
    head = "| a whole process, cold | median s | range | most memory, MB | of the pipeline's first retrieval |"
    return "## Cold\n\n" + _table(head, rows)


def _warm(found: dict[str, Any]) -> str:
    base = found["tutorial: retrieval"]["median"]
    rows = [
        f"| {name} | {row['n']} | {1000 * row['median']:.1f} | {1000 * row['p95']:.1f} "
        f"| {row['p95'] / row['median']:.1f} | {_ratio(row['median'], base, WARM_GOALS.get(name))} |"
        for name, row in found.items()
    ]
    head = "| inside an open process | n | median ms | p95 ms | p95 / median | of the pipeline's bare retrieval |"
    return "## Warm\n\n" + _table(head, rows)


def _builds(found: dict[str, Any], cold: dict[str, Any]) -> str:
    memory = cold["spotter ask, a question"]["megabytes"]
    rows = [
        f"| first build, model export included | {found['first']:.1f} s | {FIRST_BUILD_GOAL} s |",
        f"| build of everything again, embeddings known | {found['again']:.1f} s | {BUILD_GOAL} s |",
        f"| the pipeline's build | {found['tutorial']:.1f} s | |",
        f"| size of the index | {found['index_megabytes']:.0f} MB | |",
        f"| most memory of a cold answer | {memory:.0f} MB | {MEMORY_GOAL} MB |",
    ]
    return "## Builds and size\n\n" + _table("| what | found | goal |", rows)


def _threads(found: dict[str, float]) -> str:
    alone = found["1"]
    rows = [f"| {count} | {rate:.0f} | {rate / alone:.2f} |" for count, rate in found.items()]
    return "## Threads of one process\n\n" + _table("| threads | answers a second | of one thread |", rows)


def _growth(found: list[dict[str, Any]]) -> str:
    rows = [
        f"| {row['passages']:,} | {row['build']:.0f} | {row['build_megabytes']:.0f} | {row['index_megabytes']:.0f} "
        f"| {row['cold']:.1f} | {row['cold_megabytes']:.0f} | {row['read']:.1f} | {row['opened']:.1f} "
        f"| {1000 * row['search']:.1f} | {1000 * row['search_p95']:.1f} |"
        for row in found
    ]
    head = (
        "| passages | build s | build MB | index MB | cold answer s | cold MB | reading the articles s "
        "| opening the index s | search ms | search p95 ms |"
    )
    return "## Growth\n\n" + _table(head, rows)
