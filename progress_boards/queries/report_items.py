"""What the boards of a year looked at: the Chair's judgements, indicators, carried items, leaders who answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from progress_boards.queries.report_rows import plain
from progress_boards.queries.report_schools import band_of
from progress_boards.queries.year_boards import Judged, YearBoard, answered_before
from ratings.models import Band
from trust.models import AcademicYear

Facts = dict[str, Any]
TERMS = (1, 2, 3)


def _judged_in(band: Band) -> Callable[[Judged], bool]:
    return lambda judged: judged.band is not None and judged.band.pk == band.pk


def judgement_rows(boards: list[YearBoard]) -> list[Facts]:
    bands = list(Band.objects.order_by("position"))
    wanted: list[tuple[str, str, Callable[[Judged], bool]]] = [
        (f"judged_{b.pk}", b.name, _judged_in(b)) for b in bands
    ]
    wanted.append(("too_early", "Too early to judge", lambda j: j.is_judged and j.band is None))
    return [_of_items(key, label, boards, test) for key, label, test in wanted]


def judged_by_term(boards: list[YearBoard], terms: list[str]) -> list[Facts]:
    """The judgements in bands as columns of a chart, a term each; none while nothing is judged."""
    bands = list(Band.objects.order_by("-position"))
    judged = [(b.term, j.band.pk) for b in boards for j in b.items if j.band is not None]
    if not judged:
        return []
    held = Counter(judged)
    return [
        {
            "label": name,
            "bands": [{"band": band_of(b), "count": held[term, b.pk]} for b in bands],
        }
        for term, name in zip(TERMS, terms, strict=False)
    ]


def _of_items(
    key: str, label: str, boards: list[YearBoard], test: Callable[[Judged], bool]
) -> Facts:
    by_term: Counter[int] = Counter()
    cited = []
    for board in boards:
        n = sum(1 for j in board.items if test(j))
        by_term[board.term] += n
        if n:
            cited.append(board)
    counts = [str(by_term[t]) for t in TERMS]
    row = plain(key, label, str(by_term.total()), cited)
    return row | {"by_term": counts, "n": by_term.total()}


def indicators(boards: list[YearBoard]) -> list[Facts]:
    """Items of held boards by the indicator they speak to: minutes given, and minutes spent where the clerk kept time."""
    found: dict[str, Facts] = {}
    for board in boards:
        for item in board.items:
            if not item.indicator:
                continue
            row = found.setdefault(
                item.indicator,
                {"name": item.indicator, "items": 0, "minutes": 0, "seconds": 0, "boards": []},
            )
            row["items"] += 1
            row["minutes"] += item.minutes
            row["seconds"] += item.seconds
            if board.id not in row["boards"]:
                row["boards"].append(board.id)
    rows = sorted(found.values(), key=lambda r: (-r["minutes"], r["name"]))
    return [
        row | {"key": f"indicator_{n}", "spent": _spent(row.pop("seconds"))}
        for n, row in enumerate(rows, 1)
    ]


def _spent(seconds: int) -> str:
    """Whole minutes, rounded half up; a dash where nobody kept the time."""
    return str((seconds + 30) // 60) if seconds else "–"


def movement(boards: list[YearBoard]) -> list[Facts]:
    """How the judgement moved between an item and the one carried from it."""
    rows = {
        key: {"key": key, "label": label, "n": 0, "boards": []}
        for key, label in (("better", "Better"), ("same", "The same"), ("worse", "Worse"))
    }
    for board in boards:
        for item in board.items:
            if item.band is None or item.former is None:
                continue
            change = item.former.position - item.band.position
            row: Facts = rows["better" if change > 0 else "worse" if change < 0 else "same"]
            row["n"] += 1
            if board.id not in row["boards"]:
                row["boards"].append(board.id)
    return list(rows.values())


def leaders(boards: list[YearBoard], year: AcademicYear) -> Facts:
    """Leaders who answered at a held board, and how many for the first time: numbers, never names."""
    people = {p for b in boards for j in b.items for p in j.answered}
    first = people - answered_before(people, year)
    cited = [b.id for b in boards if any(j.answered for j in b.items)]
    return {"key": "leaders", "n": len(people), "first_time": len(first), "boards": cited}
