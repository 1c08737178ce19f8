"""The dates of a year taken at once: a cost that grows with the boards and no faster, and mails with them or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Meeting, Seat
from progress_boards.actions.accepting import accept_dates
from progress_boards.actions.agreed import take_agreed
from progress_boards.actions.planning import plan_board
from progress_boards.agreed import read_agreed
from schools.models import School
from tests.factories import at, half_term
from tests.progress_boards import lives
from tests.progress_boards.lives import Table
from tests.progress_boards.test_page_queries import more_schools, year
from trust.calendar import clock_at
from trust.models import AcademicYear, AuditEvent
from trust.people.models import User

__all__ = ["year"]

MOST_PER_DATE = 35
"""Locks, seats, deadlines and audit of one board: none of it reads the others."""


def test_accepting_the_dates_of_a_year_asks_the_same_for_each_board(
    ceo: User, clerk: User, year: AcademicYear, as_of: Callable[[str], Any]
) -> None:
    as_of("2026-07-10")
    costs = []
    for half, number in ((2, 4), (3, 8), (4, 16)):
        days = [dt.date(2026, 11, 9), dt.date(2027, 1, 18), dt.date(2027, 3, 1)][half - 2]
        boards = [plan_board(s, half_term(half), by=clerk) for s in more_schools(number)]
        rows = [
            (board, at(days + dt.timedelta(days=7 * (n // 12) + n % 4), ("09:30", "11:15", "13:00")[n // 4 % 3]))
            for n, board in enumerate(boards[:number])
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            accepted = accept_dates(rows, by=clerk)
        assert accepted.refused == {}
        assert len(accepted.dated) == number
        costs.append(len(queries))
    few, some, many = costs
    assert (many - some) / 8 <= MOST_PER_DATE
    assert (some - few) / 4 <= MOST_PER_DATE


def test_dates_of_which_nobody_can_be_told_are_not_taken(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards = [lives.board_at(table), lives.board_at(table, half_term=4)]

    def lost(*args: object, **kwargs: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("progress_boards.actions.inviting.queue_mail", lost)
    rows = [(boards[0], at(lives.BOARD_DAY)), (boards[1], at(dt.date(2027, 3, 11)))]
    with clock_at(dt.date(2026, 9, 10)), pytest.raises(OSError, match="full"):
        accept_dates(rows, by=table.clerk)
    assert not Meeting.objects.exclude(state="planned").exists()
    assert not AuditEvent.objects.filter(verb__in=("schedule", "tell_of_dates")).exists()


def test_accepting_two_dates_that_clash_takes_the_first_and_says_why_not_the_second(
    table: Table, other_school: School, clerk: User
) -> None:
    first = lives.board_at(table)
    second = plan_board(other_school, half_term(2), by=clerk)
    with clock_at(dt.date(2026, 9, 10)):
        accepted = accept_dates([(second, at(lives.BOARD_DAY, "10:00")), (first, at(lives.BOARD_DAY))], by=clerk)  # fmt: skip
    assert [board.pk for board in accepted.dated] == [first.pk]
    assert (
        "The chief executive is booked at Alderfen Primary Academy at 9:30am that day"
        in (accepted.refused[second.pk])
    )
    assert "Nearest free" in accepted.refused[second.pk]
    assert not Seat.objects.filter(meeting=second.meeting_id, during__isnull=False).exists()


def test_agreed_dates_of_which_nobody_can_be_told_are_not_taken(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives.board_at(table)

    def lost(*args: object, **kwargs: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("progress_boards.actions.inviting.queue_mail", lost)
    lines = read_agreed("Alderfen Primary Academy, 3 December 2026, 9:30am")
    with clock_at(dt.date(2026, 9, 10)), pytest.raises(OSError, match="full"):
        take_agreed(lines, by=table.clerk)
    assert Meeting.objects.get().state == "planned"
