"""The pages of the year's plan: what each shows, and that a second click does nothing twice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.models import Action, Meeting, Seat
from progress_boards.actions.dating import date_board, postpone_board
from progress_boards.actions.diaries import add_away_days
from progress_boards.actions.past import record_past_board
from progress_boards.actions.planning import lay_out_year, plan_board
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.calendar import calendar_page
from progress_boards.queries.planning import moment
from schools.models import NonSchoolDay, School
from tests import factories
from tests.factories import at, half_term, user_with
from trust.access import Capacity, Conflict
from trust.calendar import clock_at
from trust.models import AcademicYear, AuditEvent
from trust.people.models import User

pytestmark = pytest.mark.django_db

JULY = dt.date(2026, 7, 10)
DECEMBER_3 = dt.date(2026, 12, 3)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
Browser = Callable[..., Client]


@pytest.fixture
def year(trust_set_up: object) -> AcademicYear:
    return factories.make_year(2026)


@pytest.fixture
def board(school: School, clerk: User) -> ProgressBoard:
    """A board of Autumn 2 on 3 December 2026 at 9:30am."""
    planned = plan_board(school, half_term(2), by=clerk)
    return date_board(planned, starts_at=at(DECEMBER_3), by=clerk)


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"progress_boards:{name}", kwargs=kwargs)


def key() -> dict[str, str]:
    return {"idempotency_key": str(uuid.uuid4())}


# -- the calendar --------------------------------------------------------------------------------


def looks(page: Any) -> dict[str, list[str]]:
    return {
        str(line.school): [f"{c.day} {c.words}".strip() for c in line.cells]
        for line in page.schools
    }


def test_calendar_shows_held_dated_postponed_and_missing_boards_by_half_term(
    school: School, clerk: User, board: ProgressBoard, year: AcademicYear
) -> None:
    record_past_board(
        school, half_term(1), starts_at=at(dt.date(2026, 10, 8)), attendance={}, by=clerk
    )
    late = date_board(
        plan_board(school, half_term(3), by=clerk), starts_at=at(dt.date(2027, 2, 4)), by=clerk
    )
    postpone_board(late, reason="Ofsted inspection", by=clerk)
    plan_board(school, half_term(4), by=clerk)
    page = calendar_page(clerk, year)
    assert looks(page) == {
        "Alderfen Primary Academy": [
            "8 Oct Held", "3 Dec 9:30am", "Postponed", "Set a date", "", "",
        ]
    }  # fmt: skip
    assert (
        page.notes[-1]
        == "Alderfen Primary Academy’s Spring 1 board was postponed: Ofsted inspection."
    )


def test_calendar_names_the_clash_of_a_date_whose_day_was_closed_since(
    school: School, clerk: User, board: ProgressBoard, year: AcademicYear, head: User
) -> None:
    NonSchoolDay.objects.create(school=school, day=DECEMBER_3, kind="closure")
    (clash,) = calendar_page(clerk, year).clashes
    assert (
        clash.sentence
        == "Alderfen Primary Academy, 3 December 2026: it is not a school day of the school"
    )
    assert calendar_page(head, year).clashes == ()


def test_calendar_names_a_required_person_who_cannot_come(
    clerk: User, chair: User, board: ProgressBoard, year: AcademicYear
) -> None:
    Seat.objects.filter(meeting=board.meeting, role="ceo").update(reply="cannot")
    (clash,) = calendar_page(clerk, year).clashes
    assert clash.sentence.endswith("the chief executive cannot come")


def test_calendar_of_a_head_shows_the_own_school_only(
    board: ProgressBoard, other_school: School, clerk: User, head: User, year: AcademicYear
) -> None:
    plan_board(other_school, half_term(2), by=clerk)
    assert list(looks(calendar_page(head, year))) == ["Alderfen Primary Academy"]
    assert len(calendar_page(clerk, year).schools) == 2


def test_calendar_shows_a_rating_only_to_those_who_may_read_it(
    school: School, board: ProgressBoard, ceo: User, head: User, leader: User, clerk: User,
    year: AcademicYear,
) -> None:  # fmt: skip
    factories.RatingAssessmentFactory(school=school, shared=True, position=3)
    seen = {}
    for name, user in (("ceo", ceo), ("head", head), ("leader", leader), ("clerk", clerk)):
        (line,) = calendar_page(user, year).schools
        seen[name] = (line.reads_rating, str(line.band))
    assert seen == {
        "ceo": (True, "Red"), "head": (True, "Red"),
        "leader": (False, "None"), "clerk": (False, "None"),
    }  # fmt: skip


def test_calendar_of_one_person_shows_the_boards_where_they_sit(
    board: ProgressBoard, school: School, other_school: School, clerk: User, chair: User,
    year: AcademicYear,
) -> None:  # fmt: skip
    factories.PostFactory(capacity=Capacity.CHAIR, school=other_school)
    plan_board(other_school, half_term(2), by=clerk)
    board.meeting.seats.filter(role="chair").update(person=chair.person)
    page = calendar_page(clerk, year, who=str(chair.person_id))
    assert list(looks(page)) == ["Alderfen Primary Academy"]
    assert [c.label for c in page.people if c.is_chosen] == ["Martin Yeo, External Chair"]


@pytest.mark.long
@pytest.mark.parametrize("view", ["year", "term", "list"])
def test_calendar_takes_as_many_queries_at_40_schools_as_at_1(
    view: str, ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    client = client_for(ceo)
    counts = []
    for schools in (1, 3, 40):
        while School.objects.count() < schools:
            school = factories.SchoolFactory()
            factories.PostFactory(capacity=Capacity.CHAIR, school=school)
            factories.RatingAssessmentFactory(school=school, shared=True)
            board = plan_board(school, half_term(2), by=clerk)
            Meeting.objects.filter(pk=board.meeting_id).update(
                state="scheduled", starts_at=at(DECEMBER_3)
            )
        client.get(url("board-list"), {"view": view, "year": "2026"})
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url("board-list"), {"view": view, "year": "2026"})
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 7


@pytest.mark.long
def test_calendar_draws_thirty_schools_a_page_and_fifty_boards(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    for school in factories.SchoolFactory.create_batch(31):
        plan_board(school, half_term(2), by=clerk)
        plan_board(school, half_term(4), by=clerk)
    pages = [calendar_page(clerk, year, page=number) for number in ("1", "2")]
    assert [len(page.schools) for page in pages] == [30, 1]
    assert len({line.school.pk for page in pages for line in page.schools}) == 31
    listed = [calendar_page(clerk, year, view="list", page=number) for number in ("1", "2", "x")]
    assert [len(page.boards) for page in listed] == [50, 12, 50]
    assert {page.number for page in (*pages, *listed)} == {62}
    client = client_for(clerk)
    seen = client.get(url("board-list"), {"year": "2026"}).content.decode()
    assert 'href="?year=2026&amp;view=year&amp;who=&amp;page=2"' in seen
    rows = client.get(url("board-export"), {"year": "2026"}).content.decode().splitlines()
    assert len(rows) == 63


def test_year_plan_takes_as_many_queries_at_40_schools_as_at_1(
    ceo: User, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    client = client_for(ceo)
    counts = []
    for schools in (1, 3, 40):
        while School.objects.count() < schools:
            plan_board(factories.SchoolFactory(), half_term(2), by=clerk)
        client.get(url("board-list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("year-plan"), {"year": "2026"})
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("asked", ["1999", "twenty", "²⁰²⁶", "", "99999999999999999999"])
def test_board_list_of_a_year_nobody_entered_shows_the_year_of_today(
    asked: str, board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    response = client_for(clerk).get(url("board-list"), {"year": asked, "view": "none", "who": "x"})
    assert "Academic year 2026 to 2027" in response.content.decode()


def test_board_list_without_an_academic_year_says_what_to_do(
    bare_house: None, client_for: Browser
) -> None:
    user = user_with((Capacity.CEO, None))
    page = client_for(user).get(url("board-list")).content.decode()
    assert "No academic year yet" in page


# -- the plan ------------------------------------------------------------------------------------


def test_year_plan_posted_twice_plans_each_board_once(
    school: School, ceo: User, year: AcademicYear, client_for: Browser, as_of: Callable[[str], Any]
) -> None:
    as_of("2026-07-10")
    client = client_for(ceo)
    for _ in range(2):
        assert client.post(f"{url('year-plan')}?year=2026").status_code == 302
    assert ProgressBoard.objects.count() == 3
    assert AuditEvent.objects.filter(verb="plan_board").count() == 3


def test_school_year_with_a_number_beside_the_policy_wants_its_reason(
    school: School, ceo: User, year: AcademicYear, client_for: Browser
) -> None:
    client = client_for(ceo)
    page = client.post(url("school-year", school_pk=school.pk), {"number": "6", "reason": ""})
    assert "Enter why it is not 3, as the rating gives" in page.content.decode()
    assert not SchoolYear.objects.exists()
    client.post(url("school-year", school_pk=school.pk), {"number": "6", "reason": "New head"})
    row = SchoolYear.objects.get()
    assert (row.by_policy, row.agreed, row.reason) == (3, 6, "New head")


def test_year_dates_accepts_what_fits_and_says_beside_the_row_what_does_not(
    school: School, other_school: School, clerk: User, ceo: User, year: AcademicYear,
    client_for: Browser,
) -> None:  # fmt: skip
    client = client_for(clerk)
    boards = [plan_board(where, half_term(4), by=clerk) for where in (school, other_school)]
    sent = {}
    for row, day in zip(boards, ("2027-03-11", "2027-03-11"), strict=True):
        sent |= {f"{row.pk}-take": "on", f"{row.pk}-on": day, f"{row.pk}-at": "09:30"}
    page = client.post(f"{url('year-dates')}?year=2026", sent).content.decode()
    assert Meeting.objects.filter(state="scheduled").count() == 1
    assert "The chief executive is booked at" in page
    assert "Nearest free" in page
    page = client.post(f"{url('year-dates')}?year=2026", sent).content.decode()
    assert Meeting.objects.filter(state="scheduled").count() == 1


def test_year_dates_proposes_dates_that_are_all_accepted(
    school: School, other_school: School, clerk: User, ceo: User, year: AcademicYear,
    client_for: Browser, as_of: Callable[[str], Any],
) -> None:  # fmt: skip
    as_of("2026-07-10")
    lay_out_year(year, by=ceo)
    client = client_for(clerk)
    lines = client.get(f"{url('year-dates')}?year=2026").context["lines"]
    sent = {}
    for line in lines:
        form = line.form
        sent |= {
            f"{form.prefix}-take": "on",
            f"{form.prefix}-on": form.initial["on"].isoformat(),
            f"{form.prefix}-at": f"{form.initial['at']:%H:%M}",
        }
    assert len(lines) == 6
    assert client.post(f"{url('year-dates')}?year=2026", sent).status_code == 302
    assert Meeting.objects.filter(state="scheduled").count() == 6


def test_board_plan_clicked_twice_adds_one_board(
    school: School, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    client, sent = client_for(clerk), key()
    where = url("board-plan", school_pk=school.pk, half_term_pk=half_term(3).pk)
    first, second = (client.post(where, sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert ProgressBoard.objects.count() == 1


# -- one board -----------------------------------------------------------------------------------


def sent_date(day: dt.date, clock: str = "09:30", **more: str) -> dict[str, str]:
    return {"on": day.isoformat(), "at": clock, "place": "Alderfen Primary Academy", **more}


def test_board_date_at_short_notice_warns_and_is_taken_when_everybody_agreed(
    school: School, clerk: User, client_for: Browser
) -> None:
    board = plan_board(school, half_term(2), by=clerk)
    client, where = client_for(clerk), url("board-date", pk=board.pk)
    page = client.post(where, sent_date(DECEMBER_3)).content.decode()
    assert "Less than 20 school days of notice. Tick this when everybody has agreed" in page
    board.meeting.refresh_from_db()
    assert board.meeting.state == "planned"
    assert client.post(where, sent_date(DECEMBER_3, agreed="on")).status_code == 302
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.day) == ("scheduled", DECEMBER_3)


def test_board_date_refused_comes_back_with_what_was_typed(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    page = client_for(clerk).post(
        url("board-date", pk=board.pk), sent_date(dt.date(2026, 12, 5), "13:45", place="The annexe")
    )
    text = page.content.decode()
    assert (
        text.count("Not a school day of the school") == 1
    )  # beside its ways out, not in each place
    assert "Nearest free" in text
    assert "Choose another date" in text
    assert all(typed in text for typed in ("2026-12-05", "13:45", "The annexe"))


def test_board_postpone_for_an_inspection_is_one_click_and_the_second_does_nothing(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    client, sent = client_for(clerk), {"reason": "Ofsted inspection", **key()}
    for _ in range(2):
        assert client.post(url("board-postpone", pk=board.pk), sent).status_code == 302
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.postponed_reason) == (
        "postponed",
        "Ofsted inspection",
    )
    assert AuditEvent.objects.filter(verb="postpone").count() == 1


def test_board_postpone_for_another_reason_wants_it_in_words(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    page = client_for(clerk).post(url("board-postpone", pk=board.pk), {"reason": "other", **key()})
    assert "Enter the reason" in page.content.decode()
    board.meeting.refresh_from_db()
    assert board.meeting.state == "scheduled"


def test_board_rebook_clicked_twice_books_once(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    postpone_board(board, reason="Illness", by=clerk)
    client, where = client_for(clerk), url("board-rebook", pk=board.pk)
    for _ in range(2):
        assert client.post(where, sent_date(dt.date(2026, 12, 8))).status_code == 302
    assert AuditEvent.objects.filter(verb="rebook").count() == 1


def test_board_cancel_by_the_clerk_is_refused_with_the_reason(
    board: ProgressBoard, clerk: User, client_for: Browser
) -> None:
    response = client_for(clerk).post(
        url("board-cancel", pk=board.pk), {"reason": "Illness", **key()}
    )
    assert response.status_code == 403
    assert "Only the Chief Executive can cancel it" in response.content.decode()


def test_board_remove_below_the_policy_wants_a_reason(
    school: School, ceo: User, year: AcademicYear, client_for: Browser
) -> None:
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
    board = ProgressBoard.objects.get(half_term=half_term(6))
    client, where = client_for(ceo), url("board-remove", pk=board.pk)
    assert "Enter reason" in client.post(where, key()).content.decode()
    sent = {"reason": "School closes early", **key()}
    for _ in range(2):
        assert client.post(where, sent).status_code in (302, 404)
    assert ProgressBoard.objects.count() == 2
    assert SchoolYear.objects.get().agreed == 2


def test_seat_substitute_shows_for_whom_somebody_sits(
    ceo: User, dsi: User, clerk: User, board: ProgressBoard, client_for: Browser
) -> None:
    seat = board.meeting.seats.get(role="ceo")
    where = url("seat-substitute", pk=seat.pk)
    client_for(clerk).post(where, {"person": dsi.person_id, **key()})
    seat.refresh_from_db()
    assert (seat.person, seat.for_person) == (dsi.person, ceo.person)
    assert (
        "Naomi Fleet for Ruth Calder"
        in client_for(clerk).get(url("board-date", pk=board.pk)).content.decode()
    )


def test_trustee_in_the_chair_makes_it_a_board_without_an_external_chair(
    board: ProgressBoard, clerk: User, trustee: User, client_for: Browser
) -> None:
    seat = board.meeting.seats.get(role="chair")
    client_for(clerk).post(
        url("seat-substitute", pk=seat.pk), {"person": trustee.person_id, **key()}
    )
    seat.refresh_from_db()
    assert (seat.person, seat.is_external_chair) == (trustee.person, False)


# -- boards held before the software -------------------------------------------------------------


def past(school: School, client: Client, **more: Any) -> Any:
    where = f"{url('past-board-record')}?school={school.pk}&half_term={half_term(1).pk}"
    sent = {
        "on": "2026-10-08", "at": "09:30", "minutes": SimpleUploadedFile("minutes.pdf", PDF),
        "head_attended": "present", "action0-text": "Check phonics again",
        "action0-owner_role": "Reading lead", "action0-due_on": "2026-12-11", **more,
    }  # fmt: skip
    return client.post(where, sent)


def test_past_board_is_final_at_once_entered_later_and_signed_by_nobody(
    school: School, clerk: User, head: User, year: AcademicYear, client_for: Browser
) -> None:
    sent = {"head_person": head.person_id, **key()}
    client = client_for(clerk)
    for _ in range(2):
        assert past(school, client, **sent).status_code == 302
    board = ProgressBoard.objects.with_meeting().get()
    meeting = board.meeting
    assert (meeting.state, meeting.entered_later, meeting.signed_at) == ("final", True, None)
    assert (board.evaluation_validated, meeting.past_minutes_name) == ("", "minutes.pdf")
    assert "minutes" not in meeting.past_minutes.name.removeprefix("past-minutes/")
    assert meeting.seats.get(role="head").attendance == "present"
    action = Action.objects.get()
    assert (action.text, action.state, action.meeting) == ("Check phonics again", "open", meeting)
    assert action.ref.startswith("ALD-26-A1-")


def test_past_board_takes_the_place_of_one_only_planned(school: School, clerk: User) -> None:
    plan_board(school, half_term(1), by=clerk)
    record_past_board(
        school, half_term(1), starts_at=at(dt.date(2026, 10, 8)), attendance={}, by=clerk
    )
    assert [b.meeting.state for b in ProgressBoard.objects.with_meeting()] == ["final"]


def test_past_board_beside_a_dated_one_is_refused(
    board: ProgressBoard, school: School, clerk: User
) -> None:
    with pytest.raises(Conflict, match="has a board in Autumn 2 already"):
        record_past_board(
            school, half_term(2), starts_at=at(dt.date(2026, 11, 12)), attendance={}, by=clerk
        )


def test_past_board_with_a_script_for_minutes_is_refused_with_its_name(
    school: School, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    page = past(
        school, client_for(clerk), minutes=SimpleUploadedFile("minutes.exe", b"MZ"), **key()
    )
    assert "“minutes.exe” cannot be taken" in page.content.decode()
    assert not ProgressBoard.objects.exists()


def test_past_board_with_a_date_still_to_come_is_refused(
    school: School, clerk: User, year: AcademicYear, client_for: Browser
) -> None:
    page = past(school, client_for(clerk), on="2027-03-01", **key())
    assert "Enter a date that has passed" in page.content.decode()


def test_moment_is_a_wall_clock_in_england() -> None:
    assert moment(dt.date(2026, 7, 1), dt.time(9, 30)).astimezone(dt.UTC).hour == 8


def test_past_minutes_are_downloaded_under_their_own_name_and_linked_from_the_board(
    school: School,
    clerk: User,
    head: User,
    other_head: User,
    year: AcademicYear,
    client_for: Browser,
) -> None:
    past(school, client_for(clerk), **key())
    board = ProgressBoard.objects.get()
    where = url("past-minutes", pk=board.pk)
    assert where in client_for(head).get(url("board-detail", pk=board.pk)).content.decode()
    response = client_for(head).get(where)
    assert b"".join(response.streaming_content) == PDF
    assert 'filename="minutes.pdf"' in response["Content-Disposition"]
    assert client_for(other_head).get(where).status_code == 404


# -- months, export, days away ---------------------------------------------------------------------


def test_months_put_each_board_under_its_month_and_the_undated_last(
    board: ProgressBoard, school: School, clerk: User, client_for: Browser
) -> None:
    plan_board(school, half_term(4), by=clerk)
    page = calendar_page(clerk, board.academic_year, view="month")
    assert [(m.name, len(m.boards)) for m in page.months] == [
        ("December 2026", 1),
        ("Without a date", 1),
    ]
    seen = client_for(clerk).get(url("board-list"), {"year": "2026", "view": "month"})
    assert b"December 2026" in seen.content


def test_export_is_what_the_list_shows_and_a_chair_exports_nothing(
    board: ProgressBoard, clerk: User, chair: User, client_for: Browser
) -> None:
    answer = client_for(clerk).get(url("board-export"), {"year": "2026"})
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("School,URN,Half term,Date,Starts,Minutes,Where,State,Chair")
    assert rows[1].startswith(
        f"Alderfen Primary Academy,{board.school.urn},Autumn 2,2026-12-03,09:30,60,"
    )
    assert len(rows) == 2
    assert client_for(chair).get(url("board-export"), {"year": "2026"}).status_code == 403


def test_a_board_on_a_day_away_is_a_clash_in_words(
    board: ProgressBoard, head: User, clerk: User
) -> None:
    board.meeting.seats.filter(role="head").update(person=head.person, is_required=True)
    add_away_days(head.person, starts_on=DECEMBER_3, ends_on=DECEMBER_3, by=head)
    page = calendar_page(clerk, board.academic_year)
    assert [clash.sentence for clash in page.clashes] == [
        "Alderfen Primary Academy, 3 December 2026: the headteacher is away that day"
    ]
