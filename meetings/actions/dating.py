"""The date of a meeting as a page sets it: given, moved, put off, booked again or called off, and who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from meetings.actions.deadlines import calendar_of
from meetings.actions.scheduling import (
    cancel_meeting,
    move_meeting,
    postpone_meeting,
    rebook_meeting,
    schedule_meeting,
)
from meetings.actions.sending import tell_the_seated
from meetings.models import Meeting
from meetings.rules import may
from trust.access import Conflict, require
from trust.calendar import LONDON
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User


def date_meeting(
    meeting: Meeting,
    *,
    starts_at: dt.datetime,
    by: User,
    place: str = "",
    is_online: bool = False,
    link: str = "",
) -> Meeting:
    """Give a meeting its date, another date, or after a postponement a new one; the same date changes nothing.

    Raises Conflict in words on a day that is no school day, or when somebody who must be there is elsewhere.
    """
    where: dict[str, Any] = {"place": place.strip(), "is_online": is_online, "link": link}
    with refusals_as_conflicts():
        require(may(by, meeting, "schedule"))
        same = {"starts_at": starts_at, **where}
        if meeting.during is not None and all(getattr(meeting, k) == v for k, v in same.items()):
            return meeting
        day = starts_at.astimezone(LONDON).date()
        if not calendar_of(meeting).is_school_day(day):
            raise Conflict(f"{day.day} {day:%B %Y} is not a school day. Choose another date")
        was = meeting.starts_at if meeting.during else None
        _put_in_diary(meeting, starts_at, by, where)
        tell_the_seated(meeting, "moved" if was else "dated", was=was, by=by)
    return meeting


def _put_in_diary(
    meeting: Meeting, starts_at: dt.datetime, by: User, where: dict[str, Any]
) -> None:
    if meeting.state == "planned":
        schedule_meeting(meeting, starts_at=starts_at, by=by, **where)
    elif meeting.state == "postponed":
        rebook_meeting(meeting, starts_at=starts_at, by=by, **where)
    else:
        move_meeting(meeting, starts_at=starts_at, by=by, **where)


def put_off_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Take a meeting out of its hour, with the reason, and tell those who have a seat."""
    with transaction.atomic():
        was = meeting.starts_at
        postpone_meeting(meeting, reason=reason, by=by)
        tell_the_seated(meeting, "postponed", was=was, by=by)
    return meeting


def call_off_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """End a meeting before it is held, with the reason; those who had a date are told."""
    with transaction.atomic():
        was = meeting.starts_at if meeting.during else None
        cancel_meeting(meeting, reason=reason, by=by)
        if was is not None:
            tell_the_seated(meeting, "cancelled", was=was, by=by)
    return meeting
