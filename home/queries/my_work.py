"""What My work shows beside the list: what is coming up, and one's own schools in a few lines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.urls import reverse

from meetings.models import Action, Meeting, Seat
from meetings.states import BEFORE_HELD
from progress_boards.models import ProgressBoard, SchoolYear
from ratings.models import RatingAssessment
from schools.models import School
from trust.access import CAPACITY_NAMES, Actor, Capacity
from trust.calendar import LONDON
from trust.models import AcademicYear
from trust.templatetags.eyeline import clock_range, day

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
OWN_SCHOOLS = (Capacity.HEAD, Capacity.LEADER, Capacity.LINK_TRUSTEE, Capacity.CHAIR)
UPCOMING = 5


def number(count: int) -> str:
    """A small number in words, as it begins a sentence."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def greeting(moment: dt.datetime, waiting: int) -> str:
    """The first line of My work, such as "Good morning. Three things need you"."""
    hour = moment.astimezone(LONDON).hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    if waiting == 0:
        return f"Good {part}. Nothing needs you"
    return f"Good {part}. {number(waiting)} thing{'s need' if waiting > 1 else ' needs'} you"


def standing_words(user: Actor) -> str:
    """In which capacity somebody works in several schools, such as "Link Trustee of two schools"."""
    for capacity in OWN_SCHOOLS:
        schools = user.posts.schools(capacity)
        if len(schools) > 1:
            return f"{CAPACITY_NAMES[capacity]} of {number(len(schools)).lower()} schools"
    return ""


# -- coming up -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Upcoming:
    """One meeting to come, as the timeline shows it."""

    title: str
    small: str
    url: str = ""


def coming_up(user: Actor, today: dt.date) -> list[Upcoming]:
    """The next meetings at which this person sits, or that their own schools have, soonest first."""
    midnight = dt.datetime.combine(today, dt.time(), tzinfo=LONDON)
    if user.person_id is None:
        return []
    seats = Seat.objects.filter(person_id=user.person_id)
    mine = Q(pk__in=seats.values("meeting_id"))
    mine |= Q(school__in=user.posts.schools(*OWN_SCHOOLS))
    meetings = (
        Meeting.objects.visible_to(user)
        .filter(mine, during__isnull=False, starts_at__gte=midnight, state__in=BEFORE_HELD)
        .select_related("kind", "school")
        .prefetch_related(Prefetch("seats", seats, to_attr="own_seats"))
        .order_by("starts_at", "pk")[:UPCOMING]
    )
    return [_upcoming(meeting, meeting.own_seats) for meeting in meetings]  # type: ignore[attr-defined]


def _upcoming(meeting: Meeting, own_seats: list[Seat]) -> Upcoming:
    starts = meeting.starts_at
    assert starts is not None  # noqa: S101 - a dated meeting has its time
    ends = starts + dt.timedelta(minutes=meeting.minutes_length)
    parts = [f"{day(starts)}, {clock_range(starts, ends)}"]
    where = "online" if meeting.is_online else meeting.place
    replies = {seat.reply for seat in own_seats}
    if where:
        parts.append(where)
    if Seat.Reply.COMING in replies:
        parts.append("you are coming")
    elif Seat.Reply.CANNOT in replies:
        parts.append("you cannot come")
    title = f"{meeting.kind.name}, {meeting.school}" if meeting.school else meeting.title
    # The engine's page of a board leads to the board's own.
    return Upcoming(title, " · ".join(parts), reverse("meetings:agenda", args=[meeting.pk]))


# -- my schools ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnSchool:
    """One of somebody's own schools: its shared rating as far as they may see it, boards and actions."""

    name: str
    rating: RatingAssessment | None
    boards: str
    next_board: dt.date | None
    actions: str
    overdue: str


def own_schools(user: Actor, today: dt.date) -> list[OwnSchool]:
    """The schools where this person holds a post, in six queries however many they are."""
    keys = user.posts.schools(*OWN_SCHOOLS)
    if not keys:
        return []
    year = AcademicYear.on(today)
    ratings = {
        rating.school_id: rating
        for rating in RatingAssessment.objects.visible_to(user)
        .filter(state="shared", school__in=keys)
        .select_related("overall", "level")
    }
    agreed = dict(
        SchoolYear.objects.filter(school__in=keys, academic_year=year).values_list(
            "school_id", "agreed"
        )
    )
    held, following = _boards(user, keys, year, today)
    still_open, overdue = _actions(user, keys, today)
    return [
        OwnSchool(
            school.name,
            ratings.get(school.pk),
            f"{agreed[school.pk]} agreed, {held[school.pk]} held" if school.pk in agreed else "",
            following.get(school.pk),
            f"{still_open[school.pk]} open" if still_open[school.pk] else "",
            f"{overdue[school.pk]} overdue" if overdue[school.pk] else "",
        )
        for school in School.objects.filter(pk__in=keys).order_by(Lower("name"))
    ]


def _boards(
    user: Actor, keys: frozenset[int], year: AcademicYear | None, today: dt.date
) -> tuple[Counter[int], dict[int, dt.date]]:
    """How many boards each school has held this year, and the day of its next one."""
    held: Counter[int] = Counter()
    following: dict[int, dt.date] = {}
    boards = (
        ProgressBoard.objects.visible_to(user)
        .filter(school__in=keys, academic_year=year, meeting__starts_at__isnull=False)
        .select_related("meeting")
        .order_by("meeting__starts_at")
    )
    for board in boards:
        on = board.meeting.day
        if board.meeting.state in ("held", "with_chair", "accuracy_check", "final"):
            held[board.school_id] += 1
        elif board.meeting.during and on is not None and on >= today:
            following.setdefault(board.school_id, on)
    return held, following


def _actions(
    user: Actor, keys: frozenset[int], today: dt.date
) -> tuple[Counter[int], Counter[int]]:
    """How many actions of each school this person sees open, and how many of those overdue."""
    actions = Action.objects.visible_to(user).open().filter(school__in=keys)
    rows = list(actions.values_list("school_id", "state", "due_on"))
    late = [school for school, state, due in rows if state == "open" and due and due < today]
    return Counter(school for school, _, _ in rows), Counter(late)
