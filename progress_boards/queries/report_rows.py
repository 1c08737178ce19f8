"""One row of the report's tables: a count by term and in the year, with the boards it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from progress_boards.queries.year_boards import YearBoard

Facts = dict[str, Any]
Test = Callable[[YearBoard], bool]


def counted(
    key: str, label: str, boards: Sequence[YearBoard], test: Test, of: Test | None = None
) -> Facts:
    """How many boards pass a test, by term and in the year; with `of`, out of how many, and the share."""
    passing = [b for b in boards if test(b) and (of is None or of(b))]
    base = [b for b in boards if of(b)] if of else []

    def words(term: int | None) -> str:
        n = sum(1 for b in passing if term in (None, b.term))
        if of is None:
            return str(n)
        whole = sum(1 for b in base if term in (None, b.term))
        return f"{n} of {whole}" if whole else "–"

    share = f"{percent(len(passing), len(base))}%" if base else ""
    return {
        "key": key, "label": label, "by_term": [words(t) for t in (1, 2, 3)], "year": words(None),
        "share": share, "n": len(passing), "of": len(base) if of else None,
        "boards": [b.id for b in passing],
    }  # fmt: skip


def plain(key: str, label: str, words: str, boards: Iterable[YearBoard] = ()) -> Facts:
    """A row that stands for the year alone."""
    return {
        "key": key, "label": label, "by_term": ["–"] * 3, "year": words, "share": "",
        "boards": [b.id for b in boards],
    }  # fmt: skip


def percent(part: int, whole: int) -> int:
    """Rounded half up, as a reader would."""
    return (200 * part + whole) // (2 * whole) if whole else 0
