"""Planning, dating, moving, postponing and cancelling meetings; who sits at them and who comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from meetings.actions.deadlines import (
    _not_before,
    calendar_of,
    offsets_of,
    reopened_deadlines,
    timetable_of,
)
from meetings.actions.moves import in_state, locked, move, note, permit
from meetings.models import Meeting, MeetingKind, Seat
from meetings.rules import step
from meetings.sealing import seal
from meetings.states import BEFORE_HELD, DATED
from schools.models import School
from trust.access import Capacity, Conflict
from trust.calendar import LONDON, NoSchoolDayError, SchoolCalendar, now, today
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear, TrustProfile
from trust.people.models import Person, User
from trust.uploads import CleanUpload

WAY_ON_SITE = dt.timedelta(minutes=15)
"""On each side of the hour, so that half an hour lies between two sites."""
WAY_ONLINE = dt.timedelta(minutes=5)

DONE_IN: dict[str, tuple[str, ...]] = {
    "scheduled": (),
    "agenda_draft": ("draft",),
    "agenda_with_chair": ("draft", "ceo", "agenda_lapses"),
    "issued": ("draft", "ceo", "agenda_lapses", "issued"),
}
"""Deadlines that lie behind a meeting in each state: a rebooking gives the others new dates."""


def plan_meeting(
    *,
    kind: MeetingKind,
    school: School | None,
    academic_year: AcademicYear,
    title: str,
    by: User | None,
    code: str = "",
) -> Meeting:
    """Put a meeting into the year without a date; raises NotAllowed unless its kind lets `by` schedule."""
    meeting = Meeting(
        kind=kind,
        school=school,
        academic_year=academic_year,
        title=title,
        code=code,
        minutes_length=kind.minutes_length,
        created_at=now(),
    )
    if kind.is_of_a_school and school is None:
        raise Conflict("Name the school")
    with transaction.atomic():
        meeting.save()
        permit(by, meeting, "schedule")
        note("plan", meeting, by=by, meeting=meeting, act="schedule")
    return meeting


def set_seats(
    meeting: Meeting, *, roles: Mapping[str, Person | None], by: User | None
) -> list[Seat]:
    """Say who sits in each of these roles; None leaves the seat empty. A new person has not replied."""
    with refusals_as_conflicts():
        row = locked(meeting)
        permit(by, row, "schedule")
        in_state(row, *BEFORE_HELD, "postponed")
        seats = [_seat(row, role, person) for role, person in roles.items()]
        _hold_time(row)
        note("set_seats", row, by=by, meeting=row, act="schedule", roles=sorted(roles))
    return seats


def _seat(meeting: Meeting, role: str, person: Person | None) -> Seat:
    seat = meeting.seats.filter(role=role).order_by("pk").first() or Seat(
        meeting=meeting, role=role
    )
    if seat.pk is None or seat.person_id != (person.pk if person else None):
        seat.person, seat.for_person = person, None
        seat.reply, seat.replied_at = Seat.Reply.NONE, None
    seat.is_required = role in meeting.kind.required_roles
    seat.save()
    return seat


# -- dates ---------------------------------------------------------------------------------------


def schedule_meeting(
    meeting: Meeting,
    *,
    starts_at: dt.datetime,
    by: User,
    place: str = "",
    is_online: bool = False,
    link: str = "",
    calendar: SchoolCalendar | None = None,
) -> Meeting:
    """Give a planned meeting its date; raises Conflict in words when a person or the school is taken.

    `calendar` is that of its school, where the caller has it.
    """
    where: dict[str, Any] = {"place": place, "is_online": is_online, "link": link}
    with refusals_as_conflicts():
        dated = _dated(meeting, starts_at, steps=_steps(meeting.kind), calendar=calendar, **where)
        move(meeting, "schedule", by=by, act="schedule", **dated)
        _hold_time(meeting)
    return meeting


def move_meeting(
    meeting: Meeting,
    *,
    starts_at: dt.datetime,
    by: User,
    place: str | None = None,
    is_online: bool | None = None,
    link: str | None = None,
) -> Meeting:
    """Give a dated meeting another date or place before it is held; everybody is asked again."""
    with refusals_as_conflicts():
        row = locked(meeting)
        permit(by, row, "schedule")
        in_state(row, *DATED)
        where: dict[str, Any] = {
            "place": row.place if place is None else place,
            "is_online": row.is_online if is_online is None else is_online,
            "link": row.link if link is None else link,
        }
        was = row.starts_at
        _put(meeting, row, _dated(row, starts_at, steps=row.steps, keep=DONE_IN[row.state],
                                  short_notice=True, **where))  # fmt: skip
        if was != starts_at:
            row.seats.update(reply=Seat.Reply.NONE, replied_at=None)
        _hold_time(row)
        note("move", row, by=by, meeting=row, act="schedule", was=was.isoformat() if was else "")
    return meeting


def postpone_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Take a meeting out of its hour, with the reason; agenda, respondents and papers stay."""
    with transaction.atomic():
        left = locked(meeting).state
        move(meeting, "postpone", by=by, act="schedule", state_left=left, during=None,
             postponed_reason=reason.strip())  # fmt: skip
        meeting.seats.update(during=None, reply=Seat.Reply.NONE, replied_at=None)
    return meeting


def rebook_meeting(
    meeting: Meeting,
    *,
    starts_at: dt.datetime,
    by: User,
    place: str | None = None,
    is_online: bool | None = None,
    link: str | None = None,
) -> Meeting:
    """Give a postponed meeting a new date: it returns to the state it left, undone steps get new dates."""
    with refusals_as_conflicts():
        row = locked(meeting)
        back_to = row.state_left or "scheduled"
        where: dict[str, Any] = {
            "place": row.place if place is None else place,
            "is_online": row.is_online if is_online is None else is_online,
            "link": row.link if link is None else link,
        }
        kept = DONE_IN.get(back_to, ())
        dated = _dated(row, starts_at, steps=row.steps, keep=kept, short_notice=True, **where)
        move(meeting, "rebook", by=by, act="schedule", to=back_to, state_left="", **dated)
        _hold_time(meeting)
    return meeting


def cancel_meeting(meeting: Meeting, *, reason: str, by: User | None) -> Meeting:
    """End a meeting before it is held, with the reason; its row and its seats stay in the record."""
    with transaction.atomic():
        move(meeting, "cancel", by=by, act="cancel", during=None, cancelled_reason=reason.strip())
        meeting.seats.update(during=None)
    return meeting


def _steps(kind: MeetingKind) -> dict[str, object]:
    return {**TrustProfile.current().steps, **kind.steps}


def _dated(
    meeting: Meeting,
    starts_at: dt.datetime,
    *,
    steps: dict[str, object],
    keep: Iterable[str] = (),
    short_notice: bool = False,
    calendar: SchoolCalendar | None = None,
    **where: Any,
) -> dict[str, Any]:
    """Every field that a date sets."""
    if starts_at <= now():
        raise Conflict("Choose a time that is still to come")
    ends_at = starts_at + dt.timedelta(minutes=meeting.minutes_length)
    day = starts_at.astimezone(LONDON).date()
    dates = timetable_of(day, calendar or calendar_of(meeting), steps, meeting.kind.offsets)
    if short_notice:
        dates = _not_before(today(), dates, day)
    kept = {name: meeting.deadlines[name] for name in keep if name in meeting.deadlines}
    return {
        "starts_at": starts_at,
        "during": DateTimeTZRange(starts_at, ends_at),
        "deadlines": {**dates, **kept},
        "steps": steps,
        **where,
    }


def move_closed_deadlines(meeting: Meeting) -> dict[str, str]:
    """Move what lies on a closed day to the next school day, as the software; says which, nothing twice."""
    with transaction.atomic():
        row = locked(meeting)
        moved = reopened_deadlines(row.deadlines, calendar_of(row), today())
        if moved:
            _put(meeting, row, {"deadlines": {**row.deadlines, **moved}})
            note("move_deadlines", row, by=None, meeting=row, act="schedule", moved=moved)
    return moved


def _put(meeting: Meeting, row: Meeting, changes: dict[str, Any]) -> None:
    """Save changes on the locked row and show them on the caller's object."""
    for name, value in changes.items():
        setattr(row, name, value)
        setattr(meeting, name, value)
    row.save(update_fields=list(changes))


def _hold_time(meeting: Meeting) -> None:
    """Copy the hour, with the way there and back, to the seat of each required person and of the clerk."""
    holds_time = Q(is_required=True) | Q(role=Capacity.CLERK)
    meeting.seats.exclude(holds_time).update(during=None)
    required = meeting.seats.filter(holds_time)
    if meeting.during is None or meeting.starts_at is None:
        required.update(during=None)
        return
    seats = list(required)
    neighbours = _same_site(meeting, seats)
    shared = {other.pk: other for others in neighbours.values() for other in others}
    for seat in seats:
        seat.during = _with_the_way(meeting, seat, neighbours.get(seat.person_id or 0, ()))
    Seat.objects.bulk_update([*shared.values(), *seats], ["during"])


def _with_the_way(
    meeting: Meeting, seat: Seat, neighbours: Iterable[Seat]
) -> DateTimeTZRange | None:
    """The seat's time; between two meetings at one site nobody travels, so a neighbour's way is cut too."""
    if seat.person_id is None or meeting.starts_at is None:
        return None
    start = meeting.starts_at
    end = start + dt.timedelta(minutes=meeting.minutes_length)
    first, last = start - _way(meeting), end + _way(meeting)
    for other in neighbours:
        there = other.meeting.during
        if there.upper <= start:
            first = start
            other.during = DateTimeTZRange(other.during.lower, there.upper)
        elif there.lower >= end:
            last = end
            other.during = DateTimeTZRange(there.lower, other.during.upper)
    return DateTimeTZRange(first, last)


def _way(meeting: Meeting) -> dt.timedelta:
    return WAY_ONLINE if meeting.is_online else WAY_ON_SITE


def _same_site(meeting: Meeting, seats: Iterable[Seat]) -> dict[int, list[Seat]]:
    """By person, the seats they hold at the same place just before or after this meeting, in one query."""
    people = [seat.person_id for seat in seats if seat.person_id]
    if meeting.is_online or not meeting.place or meeting.starts_at is None or not people:
        return {}
    end = meeting.starts_at + dt.timedelta(minutes=meeting.minutes_length)
    around = DateTimeTZRange(meeting.starts_at - WAY_ON_SITE, end + WAY_ON_SITE)
    rows = (
        Seat.objects.filter(
            person_id__in=people,
            during__overlap=around,
            meeting__place__iexact=meeting.place,
            meeting__is_online=False,
        )
        .exclude(meeting=meeting)
        .select_related("meeting")
    )
    found: dict[int, list[Seat]] = {}
    for row in rows:
        found.setdefault(row.person_id or 0, []).append(row)
    return found


# -- who comes -----------------------------------------------------------------------------------


def substitute(seat: Seat, *, person: Person, by: User | None) -> Seat:
    """Let another person sit for the one whose seat it is, shown as "for ..."."""
    with refusals_as_conflicts():
        meeting = locked(seat.meeting)
        permit(by, meeting, "schedule")
        in_state(meeting, *BEFORE_HELD, "held")
        row = locked(seat)
        whom = row.for_person or row.person
        seat.for_person = None if whom and whom.pk == person.pk else whom
        seat.person = person
        seat.reply, seat.replied_at = Seat.Reply.NONE, None
        seat.save(update_fields=["person", "for_person", "reply", "replied_at"])
        if meeting.state != "held":
            _hold_time(meeting)
        note("substitute", seat, by=by, meeting=meeting, act="schedule", person=person.pk)
    return seat


def record_past_meeting(
    *,
    kind: MeetingKind,
    school: School | None,
    academic_year: AcademicYear,
    title: str,
    starts_at: dt.datetime,
    attendance: Mapping[str, tuple[Person | None, str]],
    by: User,
    code: str = "",
    place: str = "",
    minutes_file: CleanUpload | None = None,
) -> Meeting:
    """Record a meeting held before the software: final at once, marked "entered later", with no signature.

    `attendance` says for each role who sat there and how; open actions are added by `raise_action`.
    """
    if starts_at > now():
        raise Conflict("Enter a date that has passed")
    with refusals_as_conflicts():
        meeting = plan_meeting(kind=kind, school=school, academic_year=academic_year,
                               title=title, code=code, by=by)  # fmt: skip
        for role, (person, attended) in attendance.items():
            Seat.objects.create(
                meeting=meeting, role=role, person=person, attendance=attended,
                is_required=role in kind.required_roles, sealed_at=now(),
            )  # fmt: skip
        if minutes_file is not None:
            meeting.past_minutes.save(minutes_file.stored_name, minutes_file.content, save=False)
        move(
            meeting, "record_past", by=by, act="schedule", entered_later=True, starts_at=starts_at,
            place=place, past_minutes=meeting.past_minutes, past_minutes_name=minutes_file.name if minutes_file else "",
        )  # fmt: skip
        seal(meeting)
    return meeting


def lapses_on(meeting: Meeting) -> dt.date | None:
    """When the Chair's school days to check an agenda sent today are over."""
    if step(meeting, "chair_sees_agenda") != "lapses":
        return None
    try:
        return calendar_of(meeting).add_school_days(today(), offsets_of(meeting.kind).chair_lapse)
    except NoSchoolDayError:
        return None
