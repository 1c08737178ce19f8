"""What the access matrix asks for at the addresses of diaries: the Chair's own, and another Chair's."""

from __future__ import annotations

import datetime as dt

from progress_boards.models import AwayDays, TrustBoardDay
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.people.models import Person


def _chair(world: World, ownership: str) -> Person:
    if ownership == "own":
        person: Person = world.users["chair"].person
        return person
    post = factories.PostFactory(capacity="chair", school=world.other_school)
    return post.person  # type: ignore[no-any-return]


@sample("progress_boards:diary")
def _diary(world: World, ownership: str) -> Sample:
    data = {"do": "away", "starts_on": "2027-03-01", "ends_on": "2027-03-02"}
    return Sample({"pk": _chair(world, ownership).pk}, data=data)


@sample("progress_boards:away-remove")
def _away(world: World, ownership: str) -> Sample:
    away = AwayDays.objects.create(
        person=_chair(world, ownership), starts_on=dt.date(2027, 3, 1),
        ends_on=dt.date(2027, 3, 1), entered_by=world.users["clerk"], entered_at=now(),
    )  # fmt: skip
    return Sample({"pk": away.pk})


@sample("progress_boards:trust-board-day-add")
def _trust_board_day(world: World, ownership: str) -> Sample:
    return Sample(data={"day": "2027-03-04", "name": "Trust Board"})


@sample("progress_boards:trust-board-day-remove")
def _trust_board_day_out(world: World, ownership: str) -> Sample:
    return Sample({"pk": TrustBoardDay.objects.create(day=dt.date(2027, 3, 4)).pk})
