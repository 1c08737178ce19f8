"""What dating a board needs to know: who must be there, when they are engaged, and which days are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from meetings.models import Meeting, Seat
from meetings.rules import may
from meetings.states import BEFORE_HELD, DATED
from progress_boards.defaults import SEATS
from progress_boards.diary import Attendee, Blackout, Diary, Engagement, Place
from progress_boards.models import AwayDays, PreferredWeekdays, ProgressBoard, TrustBoardDay
from progress_boards.rules import may_remove_board
from progress_boards.scheduling import BoardRequest, Planning
from schools.models import BlackoutPeriod, Post, School
from schools.queries import calendars
from trust.access import Actor, Capacity
from trust.calendar import HALF_TERM_KEYS, LONDON, SchoolCalendar, academic_year_of, today
from trust.models import HalfTerm, TrustProfile
from trust.people.models import Person
from trust.timetable import Offsets

ROLE_WORDS: dict[str, str] = {
    Capacity.CHAIR: "the External Chair",
    Capacity.CEO: "the chief executive",
    Capacity.LINK_TRUSTEE: "the Link Trustee",
    Capacity.HEAD: "the headteacher",
    Capacity.CLERK: "the clerk",
}
WITHOUT_A_DAY = ("planned", "postponed", "cancelled")
LOOK_BACK = dt.timedelta(days=120)
"""How far back an earlier board of a school may speak against a day: longer than any spacing with a summer in it."""


def key_of(half_term: HalfTerm) -> str:
    """The key of a half term, such as "A2"; its name is the trust's."""
    return HALF_TERM_KEYS[half_term.order - 1]


def moment(day_: dt.date, time: dt.time) -> dt.datetime:
    """A day and a time on a wall clock in England."""
    return dt.datetime.combine(day_, time, tzinfo=LONDON)


def first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]


# -- who must be there ---------------------------------------------------------------------------


def seat_holders(
    schools: Iterable[School], on: dt.date, *, of_trust: bool = False
) -> dict[int, dict[str, Person | None]]:
    """By school, who holds each seat's post on a day, in one query; None where vacant.

    The latest appointment counts; the Chief Executive's representative for the school is named too.
    With `of_trust`, who holds the trust's own posts stands under 0, as for a school that is not there yet.
    """
    keys = [school.pk for school in schools] + [0] * of_trust
    named = (*SEATS, Capacity.CEO_REPRESENTATIVE)
    held: dict[int, dict[str, Person | None]] = {key: dict.fromkeys(named) for key in keys}
    posts = (
        Post.objects.current(on)
        .filter(Q(school__in=keys) | Q(school__isnull=True), capacity__in=named)
        .filter(delegate_of__isnull=True)
        .select_related("person")
        .order_by("starts_on", "pk")
    )
    for post in posts:
        person = None if post.standing == Post.Standing.VACANT else post.person
        for key in keys if post.school_id is None else [post.school_id]:
            held[key][post.capacity] = person
    return held


def who_sits_for_ceo(on: dt.date) -> Person | None:
    """Who sits for the trust where the CEO is the head: the DSI, else the Chair of trustees."""
    stands_in = (
        Post.objects.current(on)
        .filter(Q(capacity=Capacity.DSI) | Q(is_chair_of_trustees=True))
        .filter(delegate_of__isnull=True, person__isnull=False)
        .exclude(standing=Post.Standing.VACANT)
        .select_related("person")
        .order_by("capacity", "pk")
        .first()
    )
    return stands_in.person if stands_in else None


def attendees_of(meeting: Meeting) -> tuple[Attendee, ...]:
    """Everybody whose time a board needs, from its seats; an empty seat clashes with nothing."""
    return tuple(
        Attendee(
            seat.person_id,
            ROLE_WORDS[seat.role],
            is_chair=seat.role == Capacity.CHAIR,
            is_trustee=seat.role == Capacity.LINK_TRUSTEE,
        )
        for seat in meeting.seats.all()
        if seat.person_id and seat.role in ROLE_WORDS
    )


# -- when they are engaged -----------------------------------------------------------------------


def site_of(place: str, is_online: bool) -> Place:
    """Where a meeting is, as the planner compares it: the same words are the same site."""
    return Place(place.strip().casefold() or None, is_online)


def engagements(*, besides: int | None = None) -> list[Engagement]:
    """The hours that people's seats hold from today on, in every meeting but one, and their days away: two queries."""
    return [each for _, each in seat_hours(besides=besides)] + _days_away()


def seat_hours(*, besides: int | None = None) -> list[tuple[int, Engagement]]:
    """Each hour that a seat holds from today on, with its meeting: no board is dated on a day that has passed."""
    rows = (
        Seat.objects.filter(during__isnull=False, person__isnull=False)
        .filter(meeting__starts_at__gte=moment(today(), dt.time.min))
        .exclude(meeting_id=besides or 0)
        .order_by()
        .values_list(
            "meeting_id", "person_id", "role", "meeting__starts_at", "meeting__minutes_length",
            "meeting__place", "meeting__is_online",
        )
    )  # fmt: skip
    taken = []
    for meeting, person, role, starts_at, minutes, place, is_online in rows:
        if starts_at is None:
            continue
        start = starts_at.astimezone(LONDON)
        end = (start + dt.timedelta(minutes=minutes)).time()
        where = site_of(place, is_online)
        hour = Engagement(person, start.date(), start.time(), end, where, role == Capacity.CHAIR)
        taken.append((meeting, hour))
    return taken


def _days_away() -> list[Engagement]:
    """Each whole day from today on that somebody's diary says they cannot come."""
    rows = AwayDays.objects.filter(ends_on__gte=today()).values_list(
        "person_id", "starts_on", "ends_on"
    )
    return [
        Engagement(person, first + dt.timedelta(days=n))
        for person, first, last in rows
        for n in range((last - first).days + 1)
    ]


def board_days(*, besides: int | None = None) -> dict[int, set[dt.date]]:
    """The days of each school's boards that a day from now on may be too near to, held ones too."""
    days: dict[int, set[dt.date]] = {}
    rows = (
        ProgressBoard.objects.filter(
            meeting__starts_at__gte=moment(today(), dt.time.min) - LOOK_BACK
        )
        .exclude(meeting__state__in=WITHOUT_A_DAY)
        .exclude(pk=besides or 0)
        .order_by()
        .values_list("school_id", "meeting__starts_at")
    )
    for school, starts_at in rows:
        if starts_at is None:
            continue
        days.setdefault(school, set()).add(starts_at.astimezone(LONDON).date())
    return days


def hard_blackouts() -> list[Blackout]:
    """Days on which no board may be held, with the schools they are for."""
    return blackouts()[True]


def blackouts() -> dict[bool, list[Blackout]]:
    """Days on which a board may not (True) or should not (False) be, with the schools they are for."""
    periods = list(BlackoutPeriod.objects.all())
    by_phase: dict[str, set[int]] = {}
    if any(period.phase for period in periods):
        for key, phase in School.objects.values_list("pk", "phase"):
            by_phase.setdefault(phase, set()).add(key)
    found: dict[bool, list[Blackout]] = {True: [], False: []}
    for period in periods:
        schools = None
        if period.school_id is not None:
            schools = frozenset({period.school_id})
        elif period.phase:
            schools = frozenset(by_phase.get(period.phase, ()))
        found[period.is_hard].append(
            Blackout(period.starts_on, period.ends_on, period.reason, schools)
        )
    return found


def planning_of(
    schools: Iterable[School],
    *,
    besides: ProgressBoard | None = None,
    known: Mapping[int, SchoolCalendar] | None = None,
) -> Planning:
    """What is known when these schools' boards are dated, in a fixed number of queries; `known` calendars are not asked for again."""
    hours = engagements(besides=besides.meeting_id if besides else None)
    return _planning(schools, hours, besides.pk if besides else None, known)


def planning_with_hours(
    schools: Iterable[School], known: Mapping[int, SchoolCalendar] | None = None
) -> tuple[Planning, dict[int, list[Engagement]]]:
    """The same, with the hours of each meeting, so that one may be lifted out while its date is looked at."""
    hours: dict[int, list[Engagement]] = {}
    for meeting, hour in seat_hours():
        hours.setdefault(meeting, []).append(hour)
    taken = [hour for mine in hours.values() for hour in mine]
    return _planning(schools, taken + _days_away(), None, known), hours


def _planning(
    schools: Iterable[School],
    hours: list[Engagement],
    besides: int | None,
    known: Mapping[int, SchoolCalendar] | None,
) -> Planning:
    periods = blackouts()
    return Planning(
        dict(known) if known is not None else calendars(schools),
        Diary(hours),
        board_days(besides=besides),
        periods[True],
        today(),
        offsets=Offsets.of(TrustProfile.current().offsets),
        discouraged=periods[False],
        weekdays=_weekdays(),
        trust_board_days=list(TrustBoardDay.objects.values_list("day", flat=True)),
    )


def _weekdays() -> dict[int, frozenset[int]]:
    """The weekdays each person would rather have, of those who have a wish."""
    rows = PreferredWeekdays.objects.values_list("person_id", "weekdays")
    return {person: frozenset(days) for person, days in rows if days}


def request_of(board: ProgressBoard, place: Place | None = None) -> BoardRequest:
    """A board as the planner sees it; read it `with_meeting()`."""
    return BoardRequest(
        key=board.pk,
        school=board.school_id,
        school_name=board.school.name,
        year=academic_year_of(board.academic_year.starts_on),
        half_term=key_of(board.half_term),
        attendees=attendees_of(board.meeting),
        place=place or site_of(board.meeting.place or board.school.name, board.meeting.is_online),
        is_rebooked=board.meeting.state == "postponed",
    )


# -- what may be done about a date ---------------------------------------------------------------


@dataclass(frozen=True)
class DiaryLink:
    """One thing that may be done about a board's date, and the page for it."""

    label: str
    url_name: str


def diary_links(board: ProgressBoard, user: Actor) -> tuple[DiaryLink, ...]:
    """What this person may do about when a board is; reads attributes only."""
    meeting, links = board.meeting, []
    if may(user, meeting, "schedule"):
        if meeting.state == "planned":
            links.append(DiaryLink("Set a date", "progress_boards:board-date"))
        elif meeting.state == "postponed":
            links.append(DiaryLink("Book this board again", "progress_boards:board-rebook"))
        elif meeting.state in DATED:
            links.append(
                DiaryLink("Move this board or change who sits", "progress_boards:board-date")
            )
            links.append(DiaryLink("Postpone this board", "progress_boards:board-postpone"))
    if may(user, meeting, "cancel") and meeting.state in (*BEFORE_HELD, "postponed"):
        links.append(DiaryLink("Cancel this board", "progress_boards:board-cancel"))
    if may_remove_board(user, board):
        links.append(DiaryLink("Remove it from the year’s plan", "progress_boards:board-remove"))
    return tuple(links)
