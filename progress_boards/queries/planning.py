"""What dating a board needs to know: who must be there, when they are engaged, and which days are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from meetings.models import Meeting, Seat
from meetings.rules import may
from meetings.states import BEFORE_HELD, DATED
from progress_boards.defaults import SEATS
from progress_boards.diary import Attendee, Blackout, Diary, Engagement, Place
from progress_boards.models import AwayDays, PreferredWeekdays, ProgressBoard, TrustBoardDay
from progress_boards.planner import propose
from progress_boards.rules import may_remove_board
from progress_boards.scheduling import (
    DEFAULT_PLAN_RULES,
    BoardRequest,
    Planning,
    reasons_against_day,
    reasons_against_time,
)
from schools.models import BlackoutPeriod, Post, School
from schools.queries import calendars
from trust.access import Actor, Capacity
from trust.calendar import HALF_TERM_KEYS, LONDON, academic_year_of, today
from trust.models import AcademicYear, HalfTerm
from trust.people.models import Person
from trust.templatetags.eyeline import clock, day
from trust.timetable import DEFAULT_OFFSETS

ROLE_WORDS: dict[str, str] = {
    Capacity.CHAIR: "the External Chair",
    Capacity.CEO: "the chief executive",
    Capacity.LINK_TRUSTEE: "the Link Trustee",
    Capacity.HEAD: "the headteacher",
    Capacity.CLERK: "the clerk",
}
WITHOUT_A_DAY = ("planned", "postponed", "cancelled")

# By hand a board may be agreed at short notice, early in the year or in the last weeks of summer: the
# page warns. What is never agreed is a closed day, another half term, a blackout, or two boards too near.
BY_HAND = replace(DEFAULT_PLAN_RULES, notice=0, first_day_of_year=0)
TO_THE_LAST_DAY = replace(DEFAULT_OFFSETS, summer_final=0)


def key_of(half_term: HalfTerm) -> str:
    """The key of a half term, such as "A2"; its name is the trust's."""
    return HALF_TERM_KEYS[half_term.order - 1]


def moment(day_: dt.date, time: dt.time) -> dt.datetime:
    """A day and a time on a wall clock in England."""
    return dt.datetime.combine(day_, time, tzinfo=LONDON)


def first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]


# -- who must be there ---------------------------------------------------------------------------


def seat_holders(schools: Iterable[School], on: dt.date) -> dict[int, dict[str, Person | None]]:
    """By school, who holds each seat's post on a day: the latest appointment, in one query; None where vacant."""
    keys = [school.pk for school in schools]
    held: dict[int, dict[str, Person | None]] = {key: dict.fromkeys(SEATS) for key in keys}
    posts = (
        Post.objects.current(on)
        .filter(Q(school__in=keys) | Q(school__isnull=True), capacity__in=SEATS)
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
    """The hours that people's seats hold, in every meeting but one, and their days away: two queries."""
    rows = (
        Seat.objects.filter(during__isnull=False, person__isnull=False)
        .exclude(meeting_id=besides or 0)
        .values_list(
            "person_id", "role", "meeting__starts_at", "meeting__minutes_length",
            "meeting__place", "meeting__is_online",
        )
    )  # fmt: skip
    taken = []
    for person, role, starts_at, minutes, place, is_online in rows:
        if starts_at is None:
            continue
        start = starts_at.astimezone(LONDON)
        end = (start + dt.timedelta(minutes=minutes)).time()
        where = site_of(place, is_online)
        taken.append(
            Engagement(person, start.date(), start.time(), end, where, role == Capacity.CHAIR)
        )
    return taken + _days_away()


def _days_away() -> list[Engagement]:
    """Each whole day that somebody's diary says they cannot come."""
    rows = AwayDays.objects.values_list("person_id", "starts_on", "ends_on")
    return [
        Engagement(person, first + dt.timedelta(days=n))
        for person, first, last in rows
        for n in range((last - first).days + 1)
    ]


def board_days(*, besides: int | None = None) -> dict[int, set[dt.date]]:
    """The days of each school's boards, held ones too."""
    days: dict[int, set[dt.date]] = {}
    rows = (
        ProgressBoard.objects.filter(meeting__starts_at__isnull=False)
        .exclude(meeting__state__in=WITHOUT_A_DAY)
        .exclude(pk=besides or 0)
        .values_list("school_id", "meeting__starts_at")
    )
    for school, starts_at in rows:
        if starts_at is None:
            continue
        days.setdefault(school, set()).add(starts_at.astimezone(LONDON).date())
    return days


def hard_blackouts() -> list[Blackout]:
    """Days on which no board may be held, with the schools they are for."""
    return blackouts(is_hard=True)


def blackouts(*, is_hard: bool) -> list[Blackout]:
    """Days on which a board may not (hard) or should not (soft) be, with the schools they are for."""
    by_phase: dict[str, set[int]] = {}
    for key, phase in School.objects.values_list("pk", "phase"):
        by_phase.setdefault(phase, set()).add(key)
    found = []
    for period in BlackoutPeriod.objects.filter(is_hard=is_hard):
        schools = None
        if period.school_id is not None:
            schools = frozenset({period.school_id})
        elif period.phase:
            schools = frozenset(by_phase.get(period.phase, ()))
        found.append(Blackout(period.starts_on, period.ends_on, period.reason, schools))
    return found


def planning_of(schools: Iterable[School], *, besides: ProgressBoard | None = None) -> Planning:
    """What is known when these schools' boards are dated, in a fixed number of queries."""
    return Planning(
        calendars(schools),
        Diary(engagements(besides=besides.meeting_id if besides else None)),
        board_days(besides=besides.pk if besides else None),
        hard_blackouts(),
        today(),
        discouraged=blackouts(is_hard=False),
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


# -- one date, looked at -------------------------------------------------------------------------


@dataclass(frozen=True)
class DateCheck:
    """What speaks against a date: refusals stand, warnings may be agreed; and where it would go instead."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]
    free: tuple[dt.datetime, ...] = ()

    @property
    def sentence(self) -> str:
        """The refusals and the nearest free slots, for somebody who has to find another date."""
        why = "; ".join(self.refusals)
        if not self.free:
            return f"{first_upper(why)}. No other slot is free in this half term"
        slots = ", ".join(slot_words(each) for each in self.free)
        return f"{first_upper(why)}. Nearest free: {slots}"


def slot_words(starts_at: dt.datetime) -> str:
    """4 December 2026 at 9:30am."""
    return f"{day(starts_at)} at {clock(starts_at)}"


def check_date(
    board: ProgressBoard, starts_at: dt.datetime, *, place: str = "", is_online: bool = False
) -> DateCheck:
    """Look at a date for a board; the free slots are looked for only when it is refused."""
    planning = planning_of([board.school], besides=board)
    request = request_of(board, site_of(place or board.school.name, is_online))
    local = starts_at.astimezone(LONDON)
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    refusals = reasons_against_day(request, local.date(), by_hand)
    warnings = tuple(
        reason
        for reason in reasons_against_day(request, local.date(), planning)
        if reason not in refusals
    )
    refusals += _engaged(board, request, local, planning)
    if not refusals:
        return DateCheck((), warnings)
    free = nearest_free_slots(request, local, planning)
    return DateCheck(refusals, warnings, free or nearest_free_slots(request, local, by_hand))


def _engaged(
    board: ProgressBoard, request: BoardRequest, local: dt.datetime, planning: Planning
) -> tuple[str, ...]:
    """Who cannot be there, and where they are instead, in words."""
    reasons = reasons_against_time(request, local.date(), local.time(), planning)
    if not reasons:
        return ()
    taken: dict[int, list[str]] = {}
    others = (
        Seat.objects.filter(
            person__in=[each.person for each in request.attendees],
            during__isnull=False,
            meeting__starts_at__date=local.date(),
        )
        .exclude(meeting=board.meeting_id)
        .select_related("meeting__school")
        .order_by("meeting__starts_at")
    )
    for seat in others:
        where = seat.meeting.school.name if seat.meeting.school else seat.meeting.title
        taken.setdefault(seat.person_id or 0, []).append(
            f"{where} at {clock(seat.meeting.starts_at)}"
        )
    said = []
    for each in request.attendees:
        mine = [reason for reason in reasons if reason.startswith(each.words)]
        engaged = f"{each.words} is engaged"
        said += [
            f"{each.words} is booked at {' and '.join(taken[each.person])} that day"
            if reason == engaged and each.person in taken
            else reason
            for reason in mine
        ]
    return tuple(said)


def nearest_free_slots(
    request: BoardRequest, wanted: dt.datetime, planning: Planning, count: int = 3
) -> tuple[dt.datetime, ...]:
    """The slots nearest to a wanted time that keep every rule, one a day, in order."""
    calendar = planning.calendars[request.school]
    half_term = calendar.half_term(request.half_term, request.year)
    if half_term is None:
        return ()
    days = list(calendar.school_days_of(half_term))
    following = calendar.half_term_after(half_term)
    if request.is_rebooked and following:
        days += calendar.school_days_of(following)[: planning.rules.rebooked_into_next]
    starts = sorted(
        planning.rules.starts(),
        key=lambda start: abs(moment(wanted.date(), start) - wanted),
    )
    found: list[dt.datetime] = []
    for each in sorted(days, key=lambda day_: abs(day_ - wanted.date())):
        if reasons_against_day(request, each, planning):
            continue
        free = (s for s in starts if not reasons_against_time(request, each, s, planning))
        start = next(free, None)
        if start is not None:
            found.append(moment(each, start))
        if len(found) == count:
            break
    return tuple(sorted(found))


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


# -- a year, proposed ----------------------------------------------------------------------------


@dataclass(frozen=True)
class ProposedDate:
    """One board without a date: the slot proposed for it, or why there is none."""

    board: ProgressBoard
    starts_at: dt.datetime | None
    reason: str = ""


def undated_boards(year: AcademicYear) -> list[ProgressBoard]:
    """The boards of a year that are planned and have no date, with all that a proposal reads."""
    return list(
        ProgressBoard.objects.of_year(year)
        .filter(meeting__state="planned")
        .with_meeting()
        .select_related("academic_year")
    )


def propose_year(year: AcademicYear) -> list[ProposedDate]:
    """A date for each board of the year that has none: a proposal, which changes nothing."""
    boards = undated_boards(year)
    planning = planning_of({board.school for board in boards})
    proposal = propose([request_of(board) for board in boards], planning)
    by_key = {board.pk: board for board in boards}
    return [
        *(ProposedDate(by_key[d.request.key], moment(d.day, d.start)) for d in proposal.dated),
        *(ProposedDate(by_key[u.request.key], None, u.reason) for u in proposal.undated),
    ]
