"""What the software does by itself: agendas proposed for every school, and a year of boards laid out."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from itertools import combinations

from progress_boards.actions.planning import lay_out_year
from progress_boards.actions.proposing import open_due_draft
from progress_boards.models import ProgressBoard
from progress_boards.queries.proposal import ProposedDate, propose_year
from schools.queries import with_posts
from tests.performance.asking import browser, cpu, least
from tests.performance.budgets import Row, judge
from tests.performance.seed import CEO
from tests.performance.sites import use
from trust.calendar import clock_at, today
from trust.models import AcademicYear
from trust.people.models import User

HOUR = dt.timedelta(hours=1)
BEFORE_THE_YEAR = dt.date(2026, 7, 15)


def agendas_row(database: str, number: int) -> Row:
    """The agendas of a half term's boards, proposed one after the other as the worker does."""
    with use(database):
        boards = list(
            ProgressBoard.objects.filter(meeting__state="scheduled", half_term__order=4)
            .order_by("pk")
            .values_list("pk", flat=True)[: number + 1]
        )
        floor = least([browser(CEO).rest], 20)[0]
        open_due_draft(boards[0])  # what is only once a process
        spent = sum(cpu(lambda pk=pk: open_due_draft(pk)) for pk in boards[1:])
        drafts = ProgressBoard.objects.filter(pk__in=boards, meeting__state="agenda_draft")
        assert drafts.count() == len(boards)
        count = len(boards) - 1
    return judge("A1", spent / (count * floor), f"{count} agendas, {spent / count:.0f} ms each")


def year_rows(database: str) -> Iterator[Row]:
    """A year laid out and dated, as the Chief Executive asks for it in July."""
    with use(database), clock_at(BEFORE_THE_YEAR):
        year = AcademicYear.objects.get(starts_on=dt.date(2026, 9, 1))
        ceo = with_posts(User.objects.get(pk=CEO), today())
        begin = time.process_time()
        boards = lay_out_year(year, by=ceo)
        laid = time.process_time()
        proposed = propose_year(year)
        spent = time.process_time() - laid
        undated = [each for each in proposed if each.starts_at is None]
        note = (
            f"{len(boards)} boards of {len({b.school_id for b in boards})} schools,"
            f" {len(undated)} without a date, each with its reason; laying them out {laid - begin:.1f} s"
        )
        yield judge("A2a", spent, note)
        yield judge("A2b", clashes(proposed) + sum(1 for each in undated if not each.reason))


def clashes(proposed: list[ProposedDate]) -> int:
    """Pairs of boards that want one person or one school at one time, counted without the planner's own rules."""
    wanted = [
        (each.starts_at, {s.person_id for s in each.board.meeting.seats.all() if s.person_id})
        for each in proposed
        if each.starts_at is not None
    ]
    return sum(
        abs(one[0] - other[0]) < HOUR and bool(one[1] & other[1])
        for one, other in combinations(wanted, 2)
    )
