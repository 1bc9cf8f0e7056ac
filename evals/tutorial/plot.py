"""Draw a bench: cold and warm beside the tutorial pipeline, and growth.

plot.py BENCH.json PLOT.svg
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

plt.rcParams.update({"svg.hashsalt": "spotter", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})


def draw(found: dict[str, Any], target: Path) -> None:
    grown = found.get("growth") or []
    figure, axes = plt.subplots(1, 3 if grown else 2, figsize=(11 if grown else 8, 3), layout="constrained")
    _bars(axes[0], "Cold: a whole process, seconds", {k: v["median"] for k, v in found["cold"].items()})
    _bars(axes[1], "Warm: milliseconds", {k: 1000 * v["median"] for k, v in found["warm"].items()})
    if grown:
        sizes = [row["passages"] for row in grown]
        axes[2].loglog(sizes, [row["build"] for row in grown], marker="o", label="build")
        axes[2].loglog(sizes, [row["cold"] for row in grown], marker="o", label="cold answer")
        axes[2].loglog(sizes, [row["search_p95"] for row in grown], marker="o", label="search, p95")
        axes[2].set(title="Growth: seconds by passages", xlabel="passages")
        axes[2].legend(frameon=False)
    figure.savefig(target, metadata={"Date": None})


def _bars(axis: plt.Axes, title: str, values: dict[str, float]) -> None:
    names = list(values)[::-1]
    colours = ["#999999" if name.startswith("tutorial") else "#1f6f5c" for name in names]
    bars = axis.barh(names, [values[name] for name in names], color=colours)
    axis.bar_label(bars, fmt="%.2f" if max(values.values()) < 20 else "%.0f", padding=3)
    axis.set_title(title)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
