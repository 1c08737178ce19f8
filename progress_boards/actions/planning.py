"""The year's boards: how many a school has, in which half terms, and what joining and leaving change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from meetings.actions.scheduling import cancel_meeting, plan_meeting, set_seats, substitute
from meetings.models import Action, Meeting, MeetingKind
from meetings.states import BEFORE_HELD
from progress_boards.defaults import PROGRESS_BOARD, SEATS
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.planning import key_of, seat_holders, who_sits_for_ceo
from progress_boards.queries.year import (
    half_terms_by_key,
    numbers_for,
    planned_boards,
    schools_of,
)
from progress_boards.rules import may_agree_number, may_plan_year, may_remove_board
from progress_boards.slots import CANCELLED, PlannedBoard, replan
from ratings.models import BoardPolicy, RatingAssessment
from schools.models import School
from schools.queries import calendars
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import SchoolCalendar, academic_year_of, today
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear, HalfTerm, TrustProfile
from trust.people.models import Person, User
from trust.states import transition
from trust.timetable import Offsets

LEFT = "School left the trust"
Holders = Mapping[str, Person | None]


# -- one board -----------------------------------------------------------------------------------


def board_code(year: AcademicYear, half_term: HalfTerm) -> str:
    """The part of a board's references that names when it is, such as "26-A2"."""
    return f"{year.starts_on.year % 100}-{key_of(half_term)}"


def plan_board(
    school: School,
    half_term: HalfTerm,
    *,
    by: User | None,
    because_of: RatingAssessment | None = None,
    holders: Holders | None = None,
) -> ProgressBoard:
    """Put a board into a half term with its seats from the posts; the one that is there is left as it is."""
    found = ProgressBoard.objects.filter(school=school, half_term=half_term).first()
    if found is not None:
        return found
    year = half_term.term.academic_year
    on = max(today(), half_term.starts_on)
    with refusals_as_conflicts():
        meeting = plan_meeting(
            kind=MeetingKind.objects.get(slug=PROGRESS_BOARD),
            school=school,
            academic_year=year,
            title=f"Progress Board, {half_term.name}",
            code=board_code(year, half_term),
            by=by,
        )
        board = ProgressBoard.objects.create(
            meeting=meeting,
            school=school,
            academic_year=year,
            half_term=half_term,
            because_of=because_of,
        )
        seat_people(meeting, holders or seat_holders([school], on)[school.pk], by=by, on=on)
        record(
            "plan_board", board, by=by, half_term=half_term.name, meeting=meeting.pk,
            rating=because_of.pk if because_of else None,
        )  # fmt: skip
    return board


def seat_people(meeting: Meeting, holders: Holders, *, by: User | None, on: dt.date) -> bool:
    """Seat those who hold the posts; a substitute keeps the seat, and a vacant post leaves it empty.

    Returns whether a seat changed. Seats that the meeting came with are taken as they are.

    For the Chief Executive sits the representative for the school, where there is one; where the CEO is
    the head, the DSI or the Chair of trustees.
    """
    rows = sorted(meeting.seats.all(), key=lambda seat: -seat.pk)
    seated = {seat.role: seat for seat in rows if seat.role in SEATS}
    changed = {
        role: holders.get(role)
        for role in SEATS
        if role not in seated
        or (seated[role].for_person_id is None and seated[role].person != holders.get(role))
    }
    if changed:
        set_seats(meeting, roles=changed, by=by)
    ceo, head = holders.get(Capacity.CEO), holders.get(Capacity.HEAD)
    stands_in = holders.get(Capacity.CEO_REPRESENTATIVE)
    if ceo is not None and ceo == head:
        stands_in = who_sits_for_ceo(on)
    if ceo is not None and stands_in is not None and Capacity.CEO in changed:
        seat = meeting.seats.get(role=Capacity.CEO)
        seat.meeting = meeting
        substitute(seat, person=stands_in, by=by)
    return bool(changed)


def remove_board(
    board: ProgressBoard,
    *,
    by: User | None,
    because_of: RatingAssessment | None = None,
    reason: str = "",
) -> None:
    """Take a board out of the year before its agenda is issued: neither cancelled nor missed; only the audit keeps it."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=board.meeting_id)
        board.meeting = meeting
        if by is not None:
            require(may_remove_board(by, board))
        record(
            "remove_board", board, by=by, half_term=board.half_term.name, code=meeting.code,
            state=meeting.state, rating=because_of.pk if because_of else None, reason=reason.strip(),
        )  # fmt: skip
        school, year = board.school, board.academic_year
        meeting.delete()
        left = ProgressBoard.objects.of_year(year).filter(school=school)
        row = SchoolYear.objects.filter(school=school, academic_year=year).first()
        if row is not None and row.agreed > max(left.count(), 1):
            row.agreed, row.reason = max(left.count(), 1), reason.strip() or row.reason
            row.save(update_fields=["agreed", "reason"])


# -- how many ------------------------------------------------------------------------------------


def agree_number(
    school: School, year: AcademicYear, *, number: int, by: User, reason: str = ""
) -> SchoolYear:
    """Set how many boards a school has in a year; boards are added and removed by other acts."""
    require(may_agree_number(by))
    if not 1 <= number <= 6:
        raise Conflict("A school has 1 to 6 boards a year")
    with transaction.atomic():
        by_policy = numbers_for([school], year)[school.pk].by_policy
        row, _ = SchoolYear.objects.select_for_update().get_or_create(
            school=school,
            academic_year=year,
            defaults={"by_policy": by_policy, "agreed": number, "reason": reason.strip()},
        )
        was = row.agreed
        row.agreed, row.reason = number, reason.strip()
        row.save(update_fields=["agreed", "reason"])
        record("agree_number", row, by=by, was=was, number=number, by_policy=row.by_policy)
    return row


def lay_out_year(year: AcademicYear, *, by: User) -> list[ProgressBoard]:
    """Plan every board that a school's number still wants and that can be given notice; returns the new ones.

    The rating current on 1 June sets the number; a school that joined since has the half terms left to it.
    """
    require(may_plan_year(by))
    with transaction.atomic():
        AcademicYear.objects.select_for_update().get(pk=year.pk)  # one planner of a year at a time
        schools, half_terms = list(schools_of(year)), half_terms_by_key(year)
        missing = _missing(year, schools, by=by)
        return [
            board
            for key, half_term in half_terms.items()
            for board in _plan_half_term(
                half_term, [s for s in schools if key in missing[s.pk]], by
            )
        ]


def _plan_half_term(half_term: HalfTerm, schools: list[School], by: User) -> list[ProgressBoard]:
    if not schools:
        return []
    holders = seat_holders(schools, max(today(), half_term.starts_on))
    return [plan_board(s, half_term, holders=holders[s.pk], by=by) for s in schools]


def _missing(year: AcademicYear, schools: list[School], *, by: User) -> dict[int, tuple[str, ...]]:
    """By school, the half terms to add; a school counted for the first time gets its number."""
    numbers, existing, known = numbers_for(schools, year), planned_boards(year), calendars(schools)
    offsets = Offsets.of(TrustProfile.current().offsets)
    rows = {row.school_id: row for row in SchoolYear.objects.filter(academic_year=year)}
    found: dict[int, tuple[str, ...]] = {}
    for school in schools:
        row, number = rows.get(school.pk), numbers[school.pk]
        boards = existing.get(school.pk, [])
        wanted = row.agreed if row else number.chosen
        added = _to_add(school, wanted, boards, known[school.pk], year, offsets)
        found[school.pk] = added
        if row is None:
            row = SchoolYear.objects.create(
                school=school,
                academic_year=year,
                by_policy=number.by_policy,
                agreed=max(len(boards) + len(added), 1),
                reason=number.reason,
            )
            record("agree_number", row, by=by, number=row.agreed, by_policy=row.by_policy)
    return found


def _to_add(
    school: School,
    wanted: int,
    boards: list[PlannedBoard],
    calendar: SchoolCalendar,
    year: AcademicYear,
    offsets: Offsets,
) -> tuple[str, ...]:
    """The half terms to add for a number; a half term whose board was cancelled is not planned again."""
    from_day = max(today(), school.joined_on or year.starts_on)
    change = replan(
        wanted, boards, calendar, year=academic_year_of(year.starts_on),
        from_day=min(from_day, year.ends_on) if from_day > today() else today(),
        halves=BoardPolicy.current().halves,  # type: ignore[arg-type]
        offsets=offsets,
    )  # fmt: skip
    taken = {each.half_term for each in boards if each.state == CANCELLED}
    room = max(wanted - len(boards), 0)
    return tuple(key for key in change.added if key not in taken)[:room]


# -- joining and leaving -------------------------------------------------------------------------


def school_joined(school: School, year: AcademicYear, *, by: User) -> list[ProgressBoard]:
    """Plan the half terms that lie 20 school days or more after a school joined, as for a school not rated."""
    return [board for board in lay_out_year(year, by=by) if board.school_id == school.pk]


def school_left(school: School, *, by: User | None = None) -> int:
    """Cancel the school's boards not held and supersede its open actions; what was held stays in the report.

    Done by the software on the day of leaving; doing it again changes nothing. Returns how many changed.
    """
    with transaction.atomic():
        meetings = list(
            Meeting.objects.filter(school=school, state__in=(*BEFORE_HELD, "postponed"))
        )
        for meeting in meetings:
            cancel_meeting(meeting, reason=LEFT, by=None)
        actions = list(Action.objects.filter(school=school, state__in=("draft", "open", "done")))
        for action in actions:
            transition(action, "supersede", by=None, closing_note=LEFT)
        changed = len(meetings) + len(actions)
        if changed:
            record("school_left", school, by=by, meetings=len(meetings), actions=len(actions))
    return changed


def schools_to_leave() -> list[int]:
    """Schools whose day of leaving has come and that still have boards or actions open."""
    return list(
        School.objects.filter(left_on__lte=today())
        .filter(
            Q(meetings__state__in=(*BEFORE_HELD, "postponed"))
            | Q(actions__state__in=("draft", "open", "done"))
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()
    )


def leave_school(pk: int) -> Any:
    """The due work of one school that has left."""
    return school_left(School.objects.get(pk=pk))
