"""Who could sit at a board for somebody who cannot come: by post, free in the hour, nobody twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from meetings.models import Seat
from progress_boards.diary import Attendee
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import (
    ROLE_WORDS,
)
from progress_boards.scheduling import (
    BoardRequest,
    Planning,
    reasons_against_time,
)
from schools.models import Post
from trust.access import Capacity
from trust.calendar import today
from trust.people.models import Person

MAY_SIT_FOR: dict[str, tuple[str, ...]] = {
    Capacity.CEO: (Capacity.CEO_REPRESENTATIVE, Capacity.DSI),
    Capacity.LINK_TRUSTEE: (Capacity.TRUSTEE, Capacity.LINK_TRUSTEE),
    # Another appointed Chair, or a trustee who presides: then it is held without an external Chair.
    Capacity.CHAIR: (Capacity.CHAIR, Capacity.TRUSTEE, Capacity.LINK_TRUSTEE),
    Capacity.CLERK: (Capacity.CLERK, Capacity.DSI),
}
OF_THE_SCHOOL = (Capacity.HEAD, Capacity.LEADER)
OFFERED = 2
"""Stand-ins named for each seat: two are a choice, ten are a list to read."""


@dataclass(frozen=True)
class StandIn:
    """Somebody free in the hour who may sit for one who cannot come."""

    seat: int
    person: Person
    for_whom: str

    @property
    def words(self) -> str:
        return f"{self.person} for {self.for_whom}"


class StandIns:
    """Who may sit for whom: the posts of the trust on a day, read once, when they are first asked for."""

    def __init__(self, on: dt.date | None = None) -> None:
        """Take the day whose posts count; today by default."""
        self._on = on or today()

    @cached_property
    def _posts(self) -> list[Post]:
        posts = Post.objects.current(self._on).filter(
            delegate_of__isnull=True, person__isnull=False
        )
        return list(posts.exclude(standing=Post.Standing.VACANT).select_related("person"))

    def of(self, role: str, school: int) -> Iterator[Person]:
        """Yield those who may sit in a role at a school, nearest first, nobody twice."""
        wanted = (*MAY_SIT_FOR.get(role, OF_THE_SCHOOL),)
        seen: set[int] = set()
        for capacity in wanted:
            mine = [p for p in self._posts if p.capacity == capacity]
            if role not in MAY_SIT_FOR:
                mine = [p for p in mine if p.school_id == school]
            for post in sorted(mine, key=lambda p: (p.school_id != school, p.pk)):
                if post.person is not None and post.person.pk not in seen:
                    seen.add(post.person.pk)
                    yield post.person

    def free(
        self, board: ProgressBoard, request: BoardRequest, at: dt.datetime, planning: Planning
    ) -> tuple[StandIn, ...]:
        """Name who could sit for each one that cannot come at a time, at most two a seat."""
        found: list[StandIn] = []
        for seat in board.meeting.seats.all():
            if seat.person_id is None or seat.role not in ROLE_WORDS:
                continue
            if _is_kept_away(_attendee(seat.person_id, seat.role), request, at, planning):
                found += self.for_seat(seat, board, request, at, planning)
        return tuple(found)

    def for_seat(
        self,
        seat: Seat,
        board: ProgressBoard,
        request: BoardRequest,
        at: dt.datetime,
        planning: Planning,
    ) -> tuple[StandIn, ...]:
        """Name who is free at a time to sit in one seat, at most two."""
        seated = {each.person_id for each in board.meeting.seats.all()}
        free = (
            StandIn(seat.pk, person, ROLE_WORDS[seat.role])
            for person in self.of(seat.role, request.school)
            if person.pk not in seated
            and not _is_kept_away(_attendee(person.pk, seat.role), request, at, planning)
        )
        return tuple(each for each, _ in zip(free, range(OFFERED), strict=False))


def _attendee(person: int, role: str) -> Attendee:
    return Attendee(person, ROLE_WORDS[role], role == Capacity.CHAIR, role == Capacity.LINK_TRUSTEE)


def _is_kept_away(
    attendee: Attendee, request: BoardRequest, at: dt.datetime, planning: Planning
) -> bool:
    alone = replace(request, attendees=(attendee,))
    return bool(reasons_against_time(alone, at.date(), at.time(), planning))
