"""The diaries of those whom boards need: their days away, their weekdays, and what clashes with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings.models import Seat
from progress_boards.defaults import SEATS
from progress_boards.models import AwayDays, PreferredWeekdays, ProgressBoard, TrustBoardDay
from schools.models import Post
from trust.calendar import LONDON
from trust.people.models import Person

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True)
class Clashing:
    """A board dated on a day on which somebody who must be there is away."""

    board: ProgressBoard
    day: dt.date


@dataclass
class DiaryPage:
    """One person's diary."""

    person: Person
    posts: str = ""
    weekdays: tuple[int, ...] = ()
    away: list[AwayDays] = field(default_factory=list)
    clashes: list[Clashing] = field(default_factory=list)

    @property
    def weekday_words(self) -> str:
        """Tuesday, Thursday; "" when there is no wish."""
        return ", ".join(WEEKDAYS[day] for day in self.weekdays)


def whom_boards_need(on: dt.date) -> dict[Person, str]:
    """Everybody who holds a post that has a seat at boards, with those posts in words, by name."""
    posts = (
        Post.objects.current(on)
        .filter(capacity__in=SEATS, person__isnull=False, delegate_of__isnull=True)
        .exclude(standing=Post.Standing.VACANT)
        .select_related("person", "school")
        .order_by("person__name", "capacity", "school__name")
    )
    found: dict[Person, dict[str, list[str]]] = {}
    for post in posts:
        if post.person is not None:
            schools = found.setdefault(post.person, {}).setdefault(post.get_capacity_display(), [])
            schools.extend([str(post.school)] if post.school else [])
    return {
        person: "; ".join(", ".join([capacity, *schools]) for capacity, schools in held.items())
        for person, held in found.items()
    }


def diary_pages(people: dict[Person, str], today: dt.date) -> list[DiaryPage]:
    """The diary of each person, in a fixed number of queries."""
    pages = {person.pk: DiaryPage(person, words) for person, words in people.items()}
    for row in PreferredWeekdays.objects.filter(person__in=pages):
        pages[row.person_id].weekdays = tuple(row.weekdays)
    for away in AwayDays.objects.filter(person__in=pages, ends_on__gte=today):
        pages[away.person_id].away.append(away)
    for person, clashing in _clashes(pages, today):
        pages[person].clashes.append(clashing)
    return list(pages.values())


def _clashes(pages: dict[int, DiaryPage], today: dt.date) -> Iterable[tuple[int, Clashing]]:
    seats = Seat.objects.filter(
        person__in=[pk for pk, page in pages.items() if page.away], during__isnull=False,
        meeting__starts_at__date__gte=today,
    )  # fmt: skip
    rows = seats.values_list("person_id", "meeting_id", "meeting__starts_at")
    days = [(p, m, at.astimezone(LONDON).date()) for p, m, at in rows if p is not None and at]
    hit = [
        (person, meeting, day)
        for person, meeting, day in days
        if any(away.starts_on <= day <= away.ends_on for away in pages[person].away)
    ]
    boards = ProgressBoard.objects.filter(meeting__in={meeting for _, meeting, _ in hit})
    by_meeting = {b.meeting_id: b for b in boards.select_related("school", "half_term")}
    for person, meeting, day in sorted(hit, key=lambda each: each[2]):
        if meeting in by_meeting:
            yield person, Clashing(by_meeting[meeting], day)


def trust_board_days(today: dt.date) -> list[TrustBoardDay]:
    """The days of the Trust Board still to come."""
    return list(TrustBoardDay.objects.filter(day__gte=today))
