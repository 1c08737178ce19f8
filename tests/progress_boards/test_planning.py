"""The year's plan: how many boards, where, when, and what a refusal says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from meetings.actions.replies import reply_to_meeting
from meetings.models import Action, AgendaItem, Meeting, Seat
from progress_boards.actions.accepting import accept_dates
from progress_boards.actions.dating import (
    cancel_board,
    date_board,
    postpone_board,
)
from progress_boards.actions.planning import (
    agree_number,
    lay_out_year,
    leave_school,
    plan_board,
    remove_board,
    school_joined,
    schools_to_leave,
)
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.planning import key_of
from progress_boards.queries.proposal import propose_year
from progress_boards.queries.year import years_of_schools
from schools.models import NonSchoolDay, School
from tests import factories
from tests.factories import at, half_term, user_with
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import clock_at
from trust.models import AcademicYear, AuditEvent
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db

JULY = dt.date(2026, 7, 10)
DECEMBER_3 = dt.date(2026, 12, 3)


@pytest.fixture
def year(trust_set_up: object) -> AcademicYear:
    return factories.make_year(2026)


def keys(school: School) -> list[str]:
    boards = ProgressBoard.objects.filter(school=school).select_related("half_term")
    return [key_of(board.half_term) for board in boards.order_by("half_term__order")]


def rated(
    school: School, position: int | None, boards: int | None = None, reason: str = ""
) -> None:
    """A rating shared in March 2026, so current on 1 June."""
    if position is None:
        return
    chosen = {"boards_per_year": boards, "boards_reason": reason} if boards else {}
    factories.RatingAssessmentFactory(
        school=school, shared=True, position=position, effective_on=dt.date(2026, 3, 2),
        academic_year=factories.make_year(2025), **chosen,
    )  # fmt: skip


def whole_trust() -> dict[str, School]:
    """Eight schools as rated on 1 June 2026, each with its own people and one External Chair."""
    chair = factories.PersonFactory(name="Martin Yeo")
    schools = {}
    for name, position, boards in (
        ("Alderfen", 3, None), ("Brackenholme Infant", 1, None), ("Brackenholme Junior", 2, 3),
        ("Cressmere", 2, None), ("Dunlin Way", 2, None), ("Eastrow", 1, None),
        ("Fallowgate", 2, None), ("Gorsefield", None, None),
    ):  # fmt: skip
        school = schools[name] = factories.SchoolFactory(name=name)
        rated(school, position, boards, "Settled team" if boards else "")
        factories.PostFactory(person=chair, capacity=Capacity.CHAIR, school=school)
        factories.PostFactory(capacity=Capacity.HEAD, school=school)
        factories.PostFactory(capacity=Capacity.LINK_TRUSTEE, school=school)
    return schools


# -- how many, and where -------------------------------------------------------------------------


def test_lay_out_year_gives_every_school_its_number(
    year: AcademicYear, ceo: User, clerk: User
) -> None:
    schools = whole_trust()
    with clock_at(JULY):
        new = lay_out_year(year, by=ceo)
        again = lay_out_year(year, by=ceo)
    assert {name: len(keys(school)) for name, school in schools.items()} == {
        "Alderfen": 6, "Brackenholme Infant": 3, "Brackenholme Junior": 3, "Cressmere": 6,
        "Dunlin Way": 6, "Eastrow": 3, "Fallowgate": 6, "Gorsefield": 3,
    }  # fmt: skip
    assert (len(new), again) == (36, [])
    assert keys(schools["Eastrow"]) == ["A2", "Sp2", "Su2"]
    junior = SchoolYear.objects.get(school=schools["Brackenholme Junior"])
    assert (junior.by_policy, junior.agreed, junior.reason) == (6, 3, "Settled team")


def test_plan_board_seats_the_posts_and_leaves_a_vacant_one_empty(
    school: School, ceo: User, clerk: User, chair: User, head: User
) -> None:
    board = plan_board(school, half_term(2), by=ceo)
    seats = {seat.role: seat for seat in board.meeting.seats.all()}
    assert {role: seat.person for role, seat in seats.items()} == {
        "chair": chair.person, "ceo": ceo.person, "head": head.person, "clerk": clerk.person,
        "link_trustee": None,
    }  # fmt: skip
    assert {role for role, seat in seats.items() if seat.is_required} == {
        "chair", "ceo", "head", "link_trustee",
    }  # fmt: skip
    assert (board.meeting.title, board.meeting.code) == ("Progress Board, Autumn 2", "26-A2")
    assert plan_board(school, half_term(2), by=ceo) == board


def test_plan_board_where_the_ceo_is_the_head_seats_the_dsi_for_the_trust(
    school: School, dsi: User
) -> None:
    both = user_with((Capacity.CEO, None), (Capacity.HEAD, school))
    board = plan_board(school, half_term(2), by=both)
    seat = board.meeting.seats.get(role="ceo")
    assert (seat.person, seat.for_person) == (dsi.person, both.person)
    assert board.meeting.seats.get(role="head").person == both.person


def test_plan_board_by_a_head_is_refused(school: School, head: User) -> None:
    with pytest.raises(NotAllowed):
        plan_board(school, half_term(2), by=head)
    assert not Meeting.objects.exists()


def test_agree_number_lower_removes_nothing_by_itself(
    school: School, year: AcademicYear, ceo: User
) -> None:
    rated(school, 3)
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
        agree_number(school, year, number=3, reason="Settled team", by=ceo)
    (row,) = years_of_schools(year)
    assert (row.by_policy, row.agreed, row.over, row.missing) == (6, 3, 3, 0)
    assert len(row.may_go) == 6


@pytest.mark.parametrize("number", [0, 7])
def test_agree_number_beyond_six_is_refused(
    school: School, year: AcademicYear, ceo: User, number: int
) -> None:
    with pytest.raises(Conflict, match="1 to 6"):
        agree_number(school, year, number=number, by=ceo)


def test_agree_number_by_the_clerk_is_refused(
    school: School, year: AcademicYear, clerk: User
) -> None:
    with pytest.raises(NotAllowed):
        agree_number(school, year, number=3, by=clerk)


def test_remove_board_leaves_only_the_audit_and_lowers_the_agreed_number(
    school: School, year: AcademicYear, ceo: User
) -> None:
    rated(school, 3)
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
    board = ProgressBoard.objects.get(half_term=half_term(5))
    pk = board.pk
    remove_board(board, by=ceo, reason="Green again")
    assert keys(school) == ["A1", "A2", "Sp1", "Sp2", "Su2"]
    assert SchoolYear.objects.get(school=school).agreed == 5
    event = AuditEvent.objects.get(verb="remove_board")
    assert (event.object_id, event.detail["half_term"]) == (pk, "Summer 1")
    assert lay_out_year(year, by=ceo) == []


def test_remove_board_with_the_school_is_refused(school: School, ceo: User) -> None:
    board = factories.ProgressBoardFactory(
        school=school, meeting__state="issued", meeting__kind=factories.board_kind()
    )
    with pytest.raises(NotAllowed, match="before its agenda is issued"):
        remove_board(board, by=ceo)
    assert ProgressBoard.objects.get() == board


# -- joining and leaving (15.5 of the trust's own cases) -----------------------------------------


def test_school_joined_on_1_january_has_the_termly_half_terms_20_school_days_on(
    school: School, year: AcademicYear, ceo: User
) -> None:
    school.joined_on = dt.date(2027, 1, 1)
    school.save()
    with clock_at(dt.date(2027, 1, 1)):
        boards = school_joined(school, year, by=ceo)
    assert [key_of(board.half_term) for board in boards] == ["Sp2", "Su2"]
    row = SchoolYear.objects.get(school=school)
    assert (row.by_policy, row.agreed) == (3, 2)


def test_school_left_on_31_march_cancels_what_was_not_held(
    school: School, year: AcademicYear, ceo: User
) -> None:
    rated(school, 3)
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
    for board in ProgressBoard.objects.filter(half_term__order__lte=4):
        board.meeting.delete()
        factories.ProgressBoardFactory(
            school=school, half_term=board.half_term, meeting__state="final",
            meeting__entered_later=True,
        )  # fmt: skip
    action = Action.objects.create(
        ref="ALD-26-A2-01", school=school, text="Check phonics", owner_role="Headteacher",
        due_on=dt.date(2027, 5, 1), state="open", created_by=ceo, created_at=at(JULY),
    )  # fmt: skip
    School.objects.filter(pk=school.pk).update(left_on=dt.date(2027, 3, 31))
    with clock_at(dt.date(2027, 3, 30)):
        assert schools_to_leave() == []
    with clock_at(dt.date(2027, 3, 31)):
        run_due_work()
        assert schools_to_leave() == []
        assert leave_school(school.pk) == 0
    states = {key_of(b.half_term): b.meeting for b in ProgressBoard.objects.with_meeting()}
    assert {key: meeting.state for key, meeting in states.items()} == {
        "A1": "final", "A2": "final", "Sp1": "final", "Sp2": "final",
        "Su1": "cancelled", "Su2": "cancelled",
    }  # fmt: skip
    assert states["Su1"].cancelled_reason == "School left the trust"
    action.refresh_from_db()
    assert (action.state, action.closing_note) == ("superseded", "School left the trust")


# -- dates ---------------------------------------------------------------------------------------


def test_propose_year_dates_every_board_and_accepting_them_all_is_refused_nowhere(
    year: AcademicYear, ceo: User, clerk: User
) -> None:
    whole_trust()
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
        proposal = propose_year(year)
        rows = [(p.board, p.starts_at) for p in proposal if p.starts_at]
        accepted = accept_dates(rows, by=clerk)
        again = accept_dates(rows, by=clerk)
    assert [p.reason for p in proposal if not p.starts_at] == []
    assert (len(accepted.dated), accepted.refused) == (36, {})
    assert again.dated == ()
    assert Meeting.objects.filter(state="scheduled", during__isnull=False).count() == 36


def dated(
    school: School, by: User, day: dt.date, clock: str = "09:30", order: int = 2
) -> ProgressBoard:
    board = plan_board(school, half_term(order), by=by)
    return date_board(board, starts_at=at(day, clock), by=by)


@pytest.mark.parametrize("role", ["chair", "ceo", "link_trustee", "head", "clerk"])
def test_date_board_where_a_required_person_sits_elsewhere_names_them_and_the_free_slots(
    school: School, other_school: School, clerk: User, ceo: User, role: str
) -> None:
    busy = {"ceo": ceo.person, "clerk": clerk.person}.get(role) or factories.PersonFactory()
    if role not in ("ceo", "clerk"):
        for where in (school, other_school):
            factories.PostFactory(person=busy, capacity=role, school=where)
    else:
        Seat.objects.all().delete()
    dated(other_school, clerk, DECEMBER_3)
    board = plan_board(school, half_term(2), by=clerk)
    with pytest.raises(
        Conflict, match=r"is booked at Cressmere High at 9:30am that day.*Nearest free: "
    ):
        date_board(board, starts_at=at(DECEMBER_3, "10:00"), by=clerk)
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.during) == ("planned", None)


@pytest.mark.parametrize("role", ["chair", "ceo", "link_trustee", "head", "clerk"])
def test_seat_of_a_person_in_two_places_is_refused_by_the_database_in_words(
    school: School, other_school: School, clerk: User, role: str
) -> None:
    from meetings.actions.scheduling import schedule_meeting, set_seats

    person = factories.PersonFactory()
    for where in (school, other_school):
        meeting = factories.MeetingFactory(school=where)
        set_seats(meeting, roles={role: person}, by=clerk)
        if where == school:
            schedule_meeting(meeting, starts_at=at(DECEMBER_3), place=where.name, by=clerk)
    with pytest.raises(Conflict) as refused:
        schedule_meeting(meeting, starts_at=at(DECEMBER_3, "10:00"), place=where.name, by=clerk)
    assert "constraint" not in str(refused.value)
    assert Meeting.objects.filter(during__isnull=False).count() == 1


def test_empty_seats_clash_with_nothing(school: School, other_school: School, clerk: User) -> None:
    Seat.objects.all().delete()
    clerk.person.appointments.all().update(ends_on=dt.date(2026, 11, 30))
    dated(school, clerk, DECEMBER_3)
    dated(other_school, clerk, DECEMBER_3)
    assert Meeting.objects.filter(state="scheduled").count() == 2


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 12, 5), "Not a school day of the school"),
        (dt.date(2026, 11, 27), "Not a school day of the school"),
        (dt.date(2027, 1, 12), "Outside Autumn 2"),
        (dt.date(2026, 12, 1), "Less than 20 school days from another board of the school"),
    ],
)
def test_date_board_on_a_day_that_breaks_a_rule_is_refused_with_the_nearest_free_slots(
    school: School, clerk: User, day: dt.date, words: str
) -> None:
    if "20 school days" in words:
        dated(school, clerk, dt.date(2027, 1, 6), order=3)
    board = plan_board(school, half_term(2), by=clerk)
    with pytest.raises(Conflict) as refused:
        date_board(board, starts_at=at(day), by=clerk)
    assert str(refused.value).startswith(words)
    assert "Nearest free" in str(refused.value) or "No other slot is free" in str(refused.value)


def test_date_board_on_a_hard_blackout_names_its_reason(school: School, clerk: User) -> None:
    from schools.models import BlackoutPeriod

    BlackoutPeriod.objects.create(
        phase="Primary",
        starts_on=DECEMBER_3,
        ends_on=DECEMBER_3,
        is_hard=True,
        reason="Ofsted week",
    )
    board = plan_board(school, half_term(2), by=clerk)
    with pytest.raises(Conflict, match="Ofsted week"):
        date_board(board, starts_at=at(DECEMBER_3), by=clerk)


def test_date_board_closed_at_another_school_only_is_allowed(
    school: School, other_school: School, clerk: User
) -> None:
    NonSchoolDay.objects.create(school=other_school, day=DECEMBER_3, kind="inset")
    assert dated(school, clerk, DECEMBER_3).meeting.state == "scheduled"


# -- moved, postponed, booked again --------------------------------------------------------------


def with_agenda(board: ProgressBoard, person: object, by: User) -> AgendaItem:
    """Issue the board with one item answered and one paper, by hand: the agenda is another page's work."""
    from meetings.models import Paper

    Meeting.objects.filter(pk=board.meeting_id).update(state="agenda_draft")
    Meeting.objects.filter(pk=board.meeting_id).update(state="issued", issued_at=at(JULY))
    item = AgendaItem.objects.create(
        meeting=board.meeting, order=1, title="Early reading", answered_by=person,
        assigned_at=at(JULY),
    )  # fmt: skip
    Paper.objects.create(
        meeting=board.meeting, item=item, title="Phonics checks", file="papers/p.pdf",
        added_by=by, added_at=at(JULY),
    )  # fmt: skip
    board.meeting.refresh_from_db()
    return item


def test_postponing_and_rebooking_keep_agenda_respondents_and_papers(
    school: School, clerk: User, head: User
) -> None:
    board = dated(school, clerk, DECEMBER_3)
    item = with_agenda(board, head.person, clerk)
    postpone_board(board, reason="Ofsted inspection", by=clerk)
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.during) == ("postponed", None)
    assert set(board.meeting.seats.values_list("during", flat=True)) == {None}
    date_board(board, starts_at=at(dt.date(2026, 12, 8)), by=clerk)
    board.meeting.refresh_from_db()
    assert (board.meeting.state, board.meeting.day) == ("issued", dt.date(2026, 12, 8))
    assert board.meeting.postponed_reason == "Ofsted inspection"
    (kept,) = board.meeting.items.all()
    assert (kept, kept.answered_by) == (item, head.person)
    assert [paper.title for paper in kept.papers.all()] == ["Phonics checks"]


def test_rebooking_in_the_next_half_term_is_allowed_when_none_of_its_own_is_left(
    school: School, clerk: User
) -> None:
    board = dated(school, clerk, dt.date(2026, 12, 17))
    with clock_at(dt.date(2026, 12, 16)):
        postpone_board(board, reason="Ofsted inspection", by=clerk)
    with clock_at(dt.datetime(2026, 12, 18, 12, tzinfo=dt.UTC)):
        with pytest.raises(Conflict, match="Outside Autumn 2"):
            date_board(board, starts_at=at(dt.date(2027, 1, 25)), by=clerk)
        date_board(board, starts_at=at(dt.date(2027, 1, 12)), by=clerk)
    assert board.meeting.day == dt.date(2027, 1, 12)
    board.refresh_from_db()
    assert board.half_term == half_term(2)


def test_moving_a_board_asks_everybody_again_and_writes_to_those_with_a_seat(
    school: School, clerk: User, chair: User, ceo: User, head: User
) -> None:
    board = dated(school, clerk, DECEMBER_3)
    seat = board.meeting.seats.get(role="chair")
    reply_to_meeting(seat, reply="coming", by=chair)
    date_board(board, starts_at=at(dt.date(2026, 12, 4)), by=clerk)
    date_board(board, starts_at=at(dt.date(2026, 12, 4)), by=clerk)
    run_due_work()
    seat.refresh_from_db()
    assert seat.reply == ""
    told = [message for message in mail.outbox if "moved" in message.subject]
    assert sorted(m.to[0] for m in told) == sorted(user.person.email for user in (chair, ceo, head))
    text = told[0].body
    assert "3 December 2026" in text
    assert "4 December 2026" in text
    assert not any(user.person.name in text for user in (chair, ceo, head, clerk))


def test_cancelled_board_is_not_planned_again(
    school: School, year: AcademicYear, ceo: User
) -> None:
    rated(school, 3)
    with clock_at(JULY):
        lay_out_year(year, by=ceo)
    board = ProgressBoard.objects.get(half_term=half_term(4))
    cancel_board(board, reason="Weather or closure", by=ceo)
    assert lay_out_year(year, by=ceo) == []
    (row,) = years_of_schools(year)
    assert (row.agreed, len(row.live), row.missing) == (6, 5, 0)
