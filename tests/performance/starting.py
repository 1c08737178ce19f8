"""What a process costs that starts and does nothing, and what one trust costs to keep."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator

from tests.performance.asking import cpu
from tests.performance.budgets import Row, judge
from tests.performance.sites import size_of, use
from trust.work import due_kinds, found

HEAVY = ("weasyprint", "docx", "openpyxl")
SETUP = "import django; django.setup()"
CHECK = (
    "import sys, django; django.setup(); from django.core.management import call_command;"
    f"call_command('check', verbosity=0); print(chr(10), *(m for m in {HEAVY!r} if m in sys.modules))"
)
SWEEPS_A_DAY = 24 * 60 * 2


def _spent(code: str) -> tuple[float, str]:
    """CPU seconds of a Python process that runs this code, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=os.environ
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, done.stdout.removesuffix("\n")


def rows(rounds: int) -> Iterator[Row]:
    """`manage.py check` beside the least that any command needs."""
    turns = [(_spent(SETUP), _spent(CHECK)) for _ in range(rounds)]
    setup = min(one[0] for one, _ in turns)
    check = min(other[0] for _, other in turns)
    heavy = turns[0][1][1].rpartition("\n")[2].split()
    yield judge("S1a", check / setup, f"{check:.1f} s, {setup:.1f} s")
    yield judge("S1b", len(heavy), ", ".join(heavy))


def trust_facts(young: str, old: str, schools: int, years: int) -> list[tuple[str, str]]:
    """What one trust costs to keep: for sums on paper about many."""
    a_year = (size_of(old) - size_of(young)) / (years - 1) / 1e6
    with use(old):
        kinds = due_kinds()
        for kind in kinds:
            found(kind)
        sweep = sum(cpu(lambda kind=kind: found(kind)) for kind in kinds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        ("database of one trust a year", f"{a_year:.1f} MB at {schools} schools, files apart"),
        ("looking for due work, whole trust", f"{sweep:.0f} ms CPU a sweep, every 30 s"),
        ("background work a school and day", f"{sweep * SWEEPS_A_DAY / schools:.0f} ms CPU of looking"),
        ("this process at its largest", f"{memory:.0f} MiB, after every page and document above"),
    ]  # fmt: skip
