"""When a board is: its date, moved, postponed, booked again or cancelled, and who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse

from meetings.actions.deadlines import meetings_with_closed_deadlines
from meetings.actions.scheduling import (
    cancel_meeting,
    move_closed_deadlines,
    move_meeting,
    postpone_meeting,
    rebook_meeting,
    schedule_meeting,
    substitute,
)
from meetings.models import Meeting, Seat
from meetings.rules import may
from progress_boards.actions.inviting import calendar_for, entry_of, seated_at, tell_of_dates
from progress_boards.actions.planning import seat_people
from progress_boards.models import ProgressBoard
from progress_boards.queries.date_check import check_date
from progress_boards.queries.planning import seat_holders
from schools.models import Post
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import LONDON, today
from trust.conflicts import refusals_as_conflicts
from trust.mail import queue_mail
from trust.people.models import Person, User


def date_board(
    board: ProgressBoard,
    *,
    starts_at: dt.datetime,
    by: User,
    place: str = "",
    is_online: bool = False,
    link: str = "",
    was: dt.datetime | None = None,
    tells: bool = True,
) -> ProgressBoard:
    """Give a board its date, another date, or after a postponement a new one; the same date changes nothing.

    `was` is the date it lost in the same act, for those who are told. With `tells` off the caller tells of
    a first date, together with others.

    Raises Conflict in words, with the nearest free slots, when the date breaks a rule of the year's plan or
    somebody is elsewhere.
    """
    place = place.strip() or ("" if is_online else board.school.name)
    where: dict[str, Any] = {
        "starts_at": starts_at,
        "place": place,
        "is_online": is_online,
        "link": link,
    }
    with refusals_as_conflicts():
        meeting = Meeting.objects.with_seats().get(pk=board.meeting_id)
        require(may(by, meeting, "schedule"))
        if meeting.during is not None and all(getattr(meeting, k) == v for k, v in where.items()):
            return board
        on = starts_at.astimezone(LONDON).date()
        seat_people(meeting, seat_holders([board.school], on)[board.school_id], by=by, on=on)
        fresh = ProgressBoard.objects.with_meeting().get(pk=board.pk)
        check = check_date(fresh, starts_at, place=place, is_online=is_online)
        if check.refusals:
            raise Conflict(check.sentence)
        board.meeting = meeting = fresh.meeting
        was = meeting.starts_at if meeting.during else was
        if meeting.state == "planned":
            schedule_meeting(meeting, by=by, **where)
            if tells:
                tell_of_dates([board], by=by)
        elif meeting.state == "postponed":
            rebook_meeting(meeting, by=by, **where)
            tell_the_seated(board, was=was, by=by)
        else:
            move_meeting(meeting, by=by, **where)
            tell_the_seated(board, was=was, by=by)
    return board


def postpone_board(board: ProgressBoard, *, reason: str, by: User) -> ProgressBoard:
    """Take a board out of its hour, with the reason, and tell those who have a seat."""
    with refusals_as_conflicts():
        was = board.meeting.starts_at
        postpone_meeting(board.meeting, reason=reason, by=by)
        tell_the_seated(board, was=was, by=by)
    return board


def postpone_and_rebook(
    board: ProgressBoard, *, reason: str, starts_at: dt.datetime, by: User
) -> ProgressBoard:
    """Take a board out of its hour and give it another in one act, with one mail; both happen or neither does."""
    with refusals_as_conflicts():
        meeting = board.meeting
        was, place, link = meeting.starts_at, meeting.place, meeting.link
        is_online = meeting.is_online
        postpone_meeting(meeting, reason=reason, by=by)
        date_board(
            board, starts_at=starts_at, by=by, place=place, is_online=is_online, link=link, was=was
        )
    return board


def cancel_board(board: ProgressBoard, *, reason: str, by: User) -> ProgressBoard:
    """End a board before it is held, with the reason; those who had a date are told."""
    with refusals_as_conflicts():
        was = board.meeting.starts_at if board.meeting.during else None
        cancel_meeting(board.meeting, reason=reason, by=by)
        if was is not None:
            tell_the_seated(board, was=was, by=by)
    return board


def substitute_at_board(seat: Seat, *, person: Person, by: User) -> Seat:
    """Let somebody sit for another; a Chair who is nobody's external Chair makes it a board held without one."""
    with refusals_as_conflicts():
        substitute(seat, person=person, by=by)
        if seat.role == Capacity.CHAIR:
            appointed = Post.objects.current(today()).filter(capacity=Capacity.CHAIR, person=person)
            seat.is_external_chair = appointed.exists()
            seat.save(update_fields=["is_external_chair"])
    return seat


def tell_the_seated(board: ProgressBoard, *, by: User, was: dt.datetime | None = None) -> None:
    """Write to everybody with a seat but who did it: which board, from when to when; no name and no reason."""
    meeting = board.meeting
    context = {
        "school": board.school.name,
        "half_term": board.half_term.name,
        "was": was,
        "starts_at": meeting.starts_at if meeting.during else None,
        "minutes": meeting.minutes_length,
        "place": meeting.place,
        "is_online": meeting.is_online,
        "state": meeting.state,
        "path": reverse("progress_boards:board-detail", kwargs={"pk": board.pk}),
    }
    event = record("tell_the_seated", board, by=by, state=meeting.state)
    entry = entry_of(board, event.pk, was)
    for person in seated_at(meeting, besides=by):
        queue_mail(
            f"board-moved:{meeting.pk}:{event.pk}:{person.pk}", to=person.email,
            template="board_moved", context=context,
            calendar=calendar_for(person, [entry] if entry else []),
        )  # fmt: skip


# -- a day closed since ----------------------------------------------------------------------------


def boards_with_closed_deadlines() -> list[int]:
    """Boards with a deadline on a day that has been closed since, such as a snow day."""
    boards = ProgressBoard.objects.filter(meeting__in=meetings_with_closed_deadlines())
    return list(boards.values_list("pk", flat=True))


def reopen_deadlines(pk: int) -> None:
    """Move one board's deadlines off a closed day, and tell everybody with a seat once."""
    board = ProgressBoard.objects.with_meeting().get(pk=pk)
    with transaction.atomic():
        moved = move_closed_deadlines(board.meeting)
        if not moved:
            return
        people = {s.person.pk: s.person for s in board.meeting.seats.all() if s.person}
        days = "-".join(sorted(set(moved.values())))
        for person in people.values():
            queue_mail(
                f"deadlines_moved:{board.meeting_id}:{days}:{person.pk}",
                to=person.email,
                template="deadlines_moved",
                context={
                    "school": board.school.name,
                    "day": board.meeting.day,
                    "path": reverse("progress_boards:board-detail", kwargs={"pk": board.pk}),
                },
            )
