"""Pages of boards and of the year ask the database the same few questions however much they show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.models import Indicator
from meetings.actions.follow_up import raise_action
from meetings.models import AgendaItem, Meeting, Seat
from progress_boards.actions.planning import plan_board
from progress_boards.actions.proposing import propose_draft
from progress_boards.models import ProgressBoard
from schools.models import NonSchoolDay, School
from tests import factories
from tests.factories import at, half_term
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of, issued, url
from tests.progress_boards.lives import Table
from tests.progress_boards.test_reviewing import finals
from tests.progress_boards.test_signing import post
from trust.access import Capacity
from trust.models import AcademicYear, AuditEvent, Mail
from trust.pages import new_key
from trust.people.models import User

pytestmark = pytest.mark.django_db

MOST_OF_A_DRAFT = 15
MOST_OF_A_BOARD = 9
MOST_OF_THE_CALENDAR = 7
MOST_OF_A_PROPOSAL = 37
Browser = Callable[..., Client]


def asked(client: Client, where: str, **data: Any) -> int:
    """How many queries the page asks when it is opened again."""
    assert client.get(where, data).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(where, data)
    return len(queries)


# -- one board -----------------------------------------------------------------------------------


def more_evidence(table: Table, number: int) -> None:
    """One more of what a draft could ask about."""
    indicators = list(Indicator.objects.order_by("pk").values_list("slug", flat=True))
    lives.finding(
        table.school, f"Books, seen {number}", indicator=indicators[number % len(indicators)]
    )
    factories.SchoolDocumentFactory(school=table.school)
    factories.PriorityFactory(school=table.school, created_by=table.ceo, state="off_track")


@pytest.mark.parametrize("page", ["board-detail", "agenda-late"])
def test_agenda_in_the_making_asks_few_queries_at_1_3_and_20_pieces_of_evidence(
    scheduled: ProgressBoard, table: Table, client_for: Browser, page: str
) -> None:
    lives.rate(table.school, {"standards": 3})
    board = (draft_of if page == "board-detail" else issued)(scheduled, table)
    client, counts, made = client_for(table.ceo), [], 0
    for count in (1, 3, 20):
        for number in range(made, count):
            more_evidence(table, number)
        made = count
        counts.append(asked(client, url(page, board)))
    assert counts[0] == counts[1] == counts[2] <= MOST_OF_A_DRAFT


@pytest.mark.parametrize("count", [1, 20])
def test_agenda_is_proposed_in_few_statements_at_1_and_20_pieces_of_evidence_and_actions(
    scheduled: ProgressBoard, table: Table, count: int
) -> None:
    lives.rate(table.school, {"standards": 3})
    for number in range(count):
        more_evidence(table, number)
        raise_action(school=table.school, text=f"Check the books {number}", owner_role="Head",
                     owner=table.head.person, due_on=dt.date(2026, 12, 1), by=table.ceo)  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        propose_draft(scheduled, by=None)
    assert len(queries) <= MOST_OF_A_PROPOSAL
    items = list(AgendaItem.objects.filter(meeting=scheduled.meeting_id).order_by("order"))
    assert [item.order for item in items] == list(range(1, len(items) + 1))
    assert items[0].type == "welcome"
    assert items[-1].type == "close"
    assert AuditEvent.objects.filter(verb="add_item").count() == len(items)
    assert Mail.objects.filter(key__startswith="action-update:").count() == count


@pytest.mark.parametrize("role", ["ceo", "link_trustee", "head", "chair", "clerk"])
def test_final_board_asks_few_queries_with_a_review_questions_and_comments(
    table: Table, client_for: Browser, role: str
) -> None:
    board = finals(table)
    post(client_for, table.link_trustee, "board-reviewed", board, note="Read on the train")
    client, counts = client_for(getattr(table, role)), []
    for number in (1, 2):
        post(client_for, table.link_trustee, "board-ask", board,
             text=f"Is the plan enough, {number}", idempotency_key=new_key())  # fmt: skip
        counts.append(asked(client, url("board-detail", board)))
    page = client.get(url("board-detail", board)).content.decode()
    assert "Read on the train" in page
    assert ("Is the plan enough, 2" in page) == (role in ("ceo", "link_trustee"))
    assert counts[0] == counts[1] <= MOST_OF_A_BOARD


# -- the year ------------------------------------------------------------------------------------


@pytest.fixture
def year(trust_set_up: object) -> AcademicYear:
    return factories.make_year(2026)


def more_schools(count: int) -> list[School]:
    """Schools with a head and a Chair of their own, until there are so many."""
    while School.objects.count() < count:
        school = factories.SchoolFactory()
        for capacity in (Capacity.HEAD, Capacity.CHAIR):
            factories.PostFactory(capacity=capacity, school=school)
    return list(School.objects.order_by("pk"))


def counted(client: Client, where: Callable[[], str], fill: Callable[[int], None], **data: Any) -> list[int]:  # fmt: skip
    """The queries of a page at 1, 3 and 12 schools, each filled before it is opened."""
    counts = []
    for number in (1, 3, 12):
        fill(number)
        counts.append(asked(client, where(), **data))
    return counts


def with_boards_on_one_day(number: int, clerk: User, *, day: dt.date) -> None:
    """Each school with a board on the same day, half of them at an hour they cannot all have."""
    for school in more_schools(number):
        board = plan_board(school, half_term(2), by=clerk)
        hour = DateTimeTZRange(at(day), at(day, "10:30"))
        Meeting.objects.filter(pk=board.meeting_id).update(
            state="scheduled", starts_at=at(day), during=hour
        )
        NonSchoolDay.objects.get_or_create(school=school, day=day, kind="closure")
        Seat.objects.filter(meeting=board.meeting_id, role="chair").update(reply="cannot")


@pytest.mark.parametrize("view", ["year", "term", "month", "list"])
def test_calendar_with_a_clash_at_every_school_asks_as_often_at_12_as_at_1(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser, view: str
) -> None:
    client = client_for(clerk)
    where = reverse("progress_boards:board-list")
    day = dt.date(2026, 12, 3)
    counts = counted(
        client, lambda: where, lambda n: with_boards_on_one_day(n, clerk, day=day),
        view=view, year="2026",
    )  # fmt: skip
    pages = [client.get(where, {"clashes": n}).content.decode() for n in (1, 2)]
    assert [page.count("3 December 2026: ") for page in pages] == [10, 2]
    assert all("12 clashes." in page for page in pages)
    assert counts[0] == counts[1] == counts[2] <= MOST_OF_THE_CALENDAR


@pytest.mark.parametrize("do", ["", "check"])
def test_year_dates_ask_as_often_at_12_schools_as_at_1(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser, do: str
) -> None:
    client = client_for(clerk)
    where = reverse("progress_boards:year-dates") + "?year=2026"
    counts = []
    for number in (1, 3, 12):
        boards = [plan_board(s, half_term(4), by=clerk) for s in more_schools(number)]
        sent: dict[str, str] = {"do": "check"}
        for board in boards:
            sent |= {f"{board.pk}-take": "on", f"{board.pk}-on": "2027-03-11",
                     f"{board.pk}-at": "09:30"}  # fmt: skip
        client.get(where)
        with CaptureQueriesContext(connection) as queries:
            page = client.post(where, sent) if do else client.get(where)
        assert page.status_code == 200
        counts.append(len(queries))
    # With one school nobody is wanted twice, so nobody is looked for to stand in.
    assert counts[0] <= counts[1] == counts[2] <= counts[0] + 1 <= 23


def test_date_of_a_board_asks_as_often_beside_12_boards_as_beside_1(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    school = factories.SchoolFactory()
    board = plan_board(school, half_term(2), by=clerk)
    counts = counted(
        client_for(clerk), lambda: reverse("progress_boards:board-date", args=[board.pk]),
        lambda n: with_boards_on_one_day(n + 1, clerk, day=dt.date(2026, 12, 3)),
        on="2026-12-03", at="09:30",
    )  # fmt: skip
    assert counts[0] == counts[1] == counts[2] <= 24


def test_what_if_of_a_school_asks_as_often_at_12_schools_as_at_1(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    school = factories.SchoolFactory()
    counts = counted(
        client_for(clerk), lambda: reverse("progress_boards:school-what-if", args=[school.pk]),
        lambda n: with_boards_on_one_day(n, clerk, day=dt.date(2026, 12, 3)),
        leaves_on="2027-01-04",
    )  # fmt: skip
    assert counts[0] == counts[1] == counts[2] <= 25
