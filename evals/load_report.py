"""The section of a page on many users at once: how fast they are answered, and what must hold meanwhile."""

import os
from collections import Counter

from assistant.commands.web import GRACE
from evals.load import Crowd, Load, crossed, errors

BEGIN, END = "<!-- between: written by 'make load' -->", "<!-- end of what 'make load' wrote -->"
GROWTH = 20  # MB that the memory may grow by and still be called flat


def broken(found: Load) -> list[str]:
    """What did not hold, in sentences; empty when all did."""
    stop, grown = found.stop, found.megabytes[1] - found.megabytes[0]
    told = [f"{count} messages got no reply: {why}." for why, count in Counter(errors(found)).items()]
    told += [f"{count} replies were not the asker's: {why}." for why, count in Counter(crossed(found)).items()]
    if grown >= GROWTH:
        told.append(f"The memory grew by {grown:.0f} MB, which is not less than {GROWTH} MB.")
    if stop.lost:
        told.append(f"{stop.lost} messages that had been accepted got no reply when the service was stopped.")
    if stop.seconds > GRACE or stop.status:
        told.append(f"The service ended after {stop.seconds:.1f} s with status {stop.status}.")
    return told


def section(found: Load, command: str) -> str:
    """The section in Markdown; `command` is what measured it."""
    made = f"Made by `{command}`. The machine had {os.cpu_count()} cores,\n"
    made += f"a load average of {found.busy:.1f} before, and the users on it as well."
    return "\n\n".join(["## Many at once", made, _speed(found), _held(found)]) + "\n"


def _speed(found: Load) -> str:
    head = "| users | replies | replies a second | median ms | p95 ms | with a red flag: median ms | p95 ms |"
    return "\n".join([head, "|" + " --- |" * 7, *map(_row, (found.alone, found.many))])


def _row(crowd: Crowd) -> str:
    times = [crowd.times(flagged) for flagged in (False, True)]
    cells = [f"{1000 * one[0]:.0f} | {1000 * one[1]:.0f}" if one else "- | -" for one in times]
    return f"| {crowd.users} | {len(crowd.asked)} | {crowd.rate:.0f} | {' | '.join(cells)} |"


def _held(found: Load) -> str:
    before, after = found.megabytes
    stop = found.stop
    rows = [
        f"| messages without a reply | {len(errors(found))} of {len(found.asked)} | 0 |",
        f"| replies with anything of another conversation | {len(crossed(found))} | 0 |",
        f"| resident memory after the warm-up, and at the end | {before:.0f} MB, {after:.0f} MB | + {GROWTH} MB |",
        f"| stopped while asked: end | after {stop.seconds:.1f} s | {GRACE} s |",
        f"| stopped while asked: replies still delivered, and lost | {stop.delivered}, {stop.lost} | 0 lost |",
    ]
    return "\n".join(["| what | found | goal |", "|" + " --- |" * 3, *rows])
