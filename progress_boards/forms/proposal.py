"""The dates of a year as they are sent back: typed, dragged onto another day, or put on a free slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from progress_boards.actions.accepting import Accepted
from progress_boards.forms.planning import ProposedDateForm
from progress_boards.models import ProgressBoard
from progress_boards.queries.date_check import DateCheck
from progress_boards.queries.proposal import ProposedDate, check_dates, proposal_grids
from progress_boards.queries.weeks import Grid
from trust.calendar import LONDON
from trust.models import AcademicYear


@dataclass(frozen=True)
class Line:
    """One row of the page: the board, what is proposed or typed, and what was found when it was looked at."""

    row: ProposedDate
    form: ProposedDateForm
    check: DateCheck | None = None

    @property
    def starts_at(self) -> dt.datetime | None:
        return self.form.starts_at if self.form.is_bound else self.row.starts_at


def proposed_lines(rows: Iterable[ProposedDate]) -> list[Line]:
    """The lines of a fresh proposal."""
    return [Line(row, _form(row.board, row.starts_at)) for row in rows]


def _form(board: ProgressBoard, starts_at: dt.datetime | None) -> ProposedDateForm:
    first: dict[str, object] = {}
    if starts_at is not None:
        local = starts_at.astimezone(LONDON)
        first = {"take": True, "on": local.date(), "at": local.time()}
    return ProposedDateForm(prefix=str(board.pk), initial=first)


def grids_of(year: AcademicYear, lines: Iterable[Line], halves: Sequence[str]) -> tuple[Grid, ...]:
    """The lines as a calendar."""
    return proposal_grids(year, [(line.row.board, line.starts_at) for line in lines], halves)


class SentDates:
    """What was sent: which dates are meant, what speaks against them, and what is left when some were accepted."""

    def __init__(self, data: QueryDict, boards: Iterable[ProgressBoard]) -> None:
        """Read the rows of these boards; a slot that was chosen goes into its row first."""
        data = _with_slot(data)
        self._forms = {b: ProposedDateForm(data, prefix=str(b.pk)) for b in boards}
        self._checks = self._looked_at()

    def _looked_at(self) -> dict[int, DateCheck]:
        return check_dates({b: at for b, f in self._forms.items() if (at := f.starts_at)})

    def ready(self) -> list[tuple[ProgressBoard, dt.datetime]]:
        """The dates that may be tried, in order: those at short notice only when everybody has agreed."""
        found = [
            (board, form.starts_at)
            for board, form in self._forms.items()
            if form.starts_at
            and (form.cleaned_data["agreed"] or not self._checks[board.pk].warnings)
        ]
        return sorted(
            ((board, at) for board, at in found if at), key=lambda pair: (pair[1], pair[0].pk)
        )

    def settle(self, accepted: Accepted) -> None:
        """Let go what was accepted; each row that stays says beside its date why."""
        done = {board.pk for board in accepted.dated}
        self._forms = {b: f for b, f in self._forms.items() if b.pk not in done}
        self._checks = self._looked_at()
        for board, form in self._forms.items():
            check = self._checks.get(board.pk)
            if board.pk in accepted.refused:
                form.add_error("on", check.why if check and check.refusals else accepted.refused[board.pk])  # fmt: skip
            elif check and check.warnings:
                form.add_error("agreed", f"{check.warning}. Tick this when everybody has agreed")

    @property
    def has_errors(self) -> bool:
        """Whether a row cannot stay as it is."""
        return any(form.errors for form in self._forms.values())

    @property
    def clashes(self) -> int:
        """How many of the dates cannot be taken."""
        return sum(bool(check.refusals) for check in self._checks.values())

    def lines(self) -> list[Line]:
        """The rows as they stand, with what was found."""
        return [
            Line(ProposedDate(board, None), form, self._checks.get(board.pk))
            for board, form in self._forms.items()
        ]


def _with_slot(data: QueryDict) -> QueryDict:
    """The rows with the free slot that was chosen for one of them, sent as "12 2026-12-04 09:30"."""
    parts = data.get("put", "").split()
    if len(parts) != 3:
        return data
    key, on, at = parts
    changed = data.copy()
    changed[f"{key}-take"], changed[f"{key}-on"], changed[f"{key}-at"] = "on", on, at
    return changed
