"""The only writer of CSV: what a spreadsheet would run as a formula is written as words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet takes for a formula."""


def neutral(cell: Any) -> str | int | Decimal:
    """The cell as it is written: numbers as numbers, days in ISO form, words never as a formula."""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, int | Decimal):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.lstrip(" ").startswith(RUNS) or words.startswith(RUNS) else words


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV file to download; it begins with the mark by which Excel knows UTF-8."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow([neutral(cell) for cell in header])
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return answer
