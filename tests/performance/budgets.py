"""The budgets, the rows of a run, and how they are told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TOLERANCE = 1.3
"""A run fails when a *must* falls short by more: times drift on a busy machine. Counts are exact."""


@dataclass(frozen=True)
class Budget:
    """What must hold, and what is aimed at; `is_exact` for what does not drift: queries, bytes, errors."""

    key: str
    what: str
    must: float
    goal: float
    unit: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Row:
    """One figure of a run beside its budget."""

    key: str
    what: str
    value: float
    unit: str
    must: float
    goal: float
    verdict: str
    note: str = ""
    is_failure: bool = False


BUDGETS = {
    budget.key: budget
    for budget in (
        Budget("W1", "Trust overview, 30 schools × 6 indicators × 6 terms ÷ F", 9, 4),
        Budget("W2a", "Queries of the trust overview, at most", 12, 8, is_exact=True),
        Budget("W2b", "Queries of a board's page, at most", 9, 6, is_exact=True),
        Budget("W2c", "Queries of any list, at most", 7, 5, is_exact=True),
        Budget("W2d", "Pages whose queries differ between sizes", 0, 0, is_exact=True),
        Budget("W3", "Slowest growth of a page, 100 schools × 20 years ÷ 30 schools × 1 year", 1.25, 1.1),
        Budget("W5", "List of 100 rows ÷ a plain loop over them", 3, 1.9),
        Budget("W6a", "Saving a minute ÷ F", 6, 4),
        Budget("W6b", "Queries of saving a minute", 12, 12, is_exact=True),
        Budget("W7", "Overview over the wire, gzip, without fonts", 60, 40, "KB", is_exact=True),
        Budget("D1", "Minutes of ten items and 15 actions ÷ bare paragraphs", 2, 1.4),
        Budget("D2a", "Annual report, a page ÷ a page of minutes", 2, 1.3),
        Budget("D2b", "Annual report, a school at 60 schools ÷ at 10", 1.15, 1.05),
        Budget("D3a", "Tagged (PDF/UA-1) ÷ plain", 1.15, 1.1),
        Budget("D3b", "Errors in the tags of minutes and report", 0, 0, is_exact=True),
        Budget("D4a", "Minutes, size", 40, 30, "KB", is_exact=True),
        Budget("D4b", "Annual report of 30 schools, size", 300, 200, "KB", is_exact=True),
        Budget("D5", "Unchanged document from the store ÷ F", 2, 1.5),
        Budget("D6", "Peak memory of a worker on the report of 30 schools", 260, 160, "MiB"),
        Budget("A1", "Proposing 100 agendas ÷ (100 × F)", 10, 3),
        Budget("A2a", "Planning a year of boards for 100 schools, CPU seconds", 10, 2, "s"),
        Budget("A2b", "Hard clashes in that year", 0, 0, is_exact=True),
        Budget("S1a", "manage.py check ÷ bare django.setup()", 1.5, 1.25),
        Budget("S1b", "Heavy libraries imported by it", 0, 0, is_exact=True),
    )
}  # fmt: skip

KNOWN = {
    "W3": 1.4,
    "A1": 18,
}
"""What falls short today, and how far: docs/performance.md says why. A run fails when one of these grows."""


def judge(key: str, value: float, note: str = "") -> Row:
    """The row of a budget: in its goal, in its must, short of it, or (a failure) short by more than drift and what is known explain."""
    budget = BUDGETS[key]
    limit = budget.must if budget.is_exact else budget.must * TOLERANCE
    known = KNOWN.get(key, 0) * (1 if budget.is_exact else TOLERANCE)
    if value <= budget.goal:
        verdict = "goal met"
    elif value <= budget.must:
        verdict = "must met"
    elif value <= limit:
        verdict = "short of the must, within drift"
    elif value <= known:
        verdict = "falls short, as known"
    else:
        verdict = "FALLS SHORT"
    return Row(
        key, budget.what, round(value, 2), budget.unit, budget.must, budget.goal, verdict, note,
        value > max(limit, known),
    )  # fmt: skip


def table(rows: Sequence[Row], facts: Sequence[tuple[str, str]]) -> str:
    """The run as Markdown."""
    lines = [
        "| # | what | measured | must | goal | verdict | note |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        value = f"{row.value:g} {row.unit}".strip()
        lines.append(
            f"| {row.key} | {row.what} | {value} | ≤ {row.must:g} | ≤ {row.goal:g} | {row.verdict} | {row.note} |"
        )
    if facts:
        lines += ["", "| beside them | |", "|---|---|"]
        lines += [f"| {name} | {words} |" for name, words in facts]
    return "\n".join(lines)


def save(rows: Sequence[Row], facts: Sequence[tuple[str, str]], path: Path) -> None:
    """The run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"rows": [asdict(row) for row in rows], "beside": dict(facts)}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
