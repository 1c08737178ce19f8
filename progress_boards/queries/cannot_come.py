"""Somebody required cannot come: who could sit there instead, and where the board would go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from meetings.models import Seat
from meetings.states import DATED
from progress_boards.models import ProgressBoard
from progress_boards.queries.date_check import BY_HAND, TO_THE_LAST_DAY, Slot, nearest_free_slots
from progress_boards.queries.planning import ROLE_WORDS, planning_of, request_of
from progress_boards.queries.stand_ins import StandIn, StandIns
from trust.access import Capacity
from trust.calendar import LONDON
from trust.work import WorkItem

DATES = (Capacity.CEO, Capacity.DSI, Capacity.CLERK)
OFFERED = 3


@dataclass(frozen=True)
class WaysOut:
    """What may be done about one seat whose person cannot come."""

    stand_ins: tuple[StandIn, ...]
    slots: tuple[Slot, ...]


def ways_out(board: ProgressBoard, seat: Seat) -> WaysOut:
    """Who is free in the hour to sit there, and the nearest days on which everybody who is seated can come."""
    meeting = board.meeting
    if meeting.starts_at is None or meeting.during is None:
        return WaysOut((), ())
    planning, request = planning_of([board.school], besides=board), request_of(board)
    local = meeting.starts_at.astimezone(LONDON)
    stand_ins: tuple[StandIn, ...] = ()
    if seat.role in ROLE_WORDS:
        stand_ins = StandIns(local.date()).for_seat(seat, board, request, local, planning)
    by_hand = replace(planning, rules=BY_HAND, offsets=TO_THE_LAST_DAY)
    for known in (planning, by_hand):
        free = nearest_free_slots(request, local, known, count=OFFERED + 1)
        slots = tuple(Slot(each) for each in free if each.astimezone(LONDON).date() != local.date())
        if slots:
            return WaysOut(stand_ins, slots[:OFFERED])
    return WaysOut(stand_ins, ())


def replies_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Required people who said that they cannot come, for whoever names a substitute or moves the board."""
    if not user.posts.is_trust_wide(*DATES):
        return
    seats = Seat.objects.filter(
        reply=Seat.Reply.CANNOT, is_required=True, meeting__state__in=DATED,
        meeting__starts_at__date__gte=today, meeting__progress_board__isnull=False,
    )  # fmt: skip
    for seat in seats.select_related("meeting__school"):
        meeting, day = seat.meeting, seat.meeting.day
        if day is None:
            continue
        yield WorkItem(
            key=f"boards.cannot.{seat.pk}",
            title=f"{seat.get_role_display()} cannot come: name a substitute, or move the board",
            why=f"Progress Board of {day.day} {day:%B %Y}",
            url=reverse("progress_boards:seat-cannot", args=[seat.pk]), button="See the ways out",
            due=day, school=meeting.school.name if meeting.school else "", icon="calendar-check",
        )  # fmt: skip
