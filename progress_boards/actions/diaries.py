"""Keeping the diaries that the planner reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from progress_boards.models import AwayDays, PreferredWeekdays, TrustBoardDay
from progress_boards.rules import may_keep_diary, may_plan_year
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import Person, User

LONGEST = dt.timedelta(days=366)


def add_away_days(
    person: Person, *, starts_on: dt.date, ends_on: dt.date, by: User, reason: str = ""
) -> AwayDays:
    """Enter whole days on which a person cannot come; boards dated already stay, and the page names them."""
    require(may_keep_diary(by, person.pk))
    if ends_on < starts_on:
        raise Conflict("The last day lies before the first: change one of them")
    if ends_on < today():
        raise Conflict("These days have passed")
    if ends_on - starts_on > LONGEST:
        raise Conflict("Enter at most a year at a time")
    with refusals_as_conflicts():
        away = AwayDays.objects.create(
            person=person, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()[:80],
            entered_by=by, entered_at=now(),
        )  # fmt: skip
        record("add_away_days", away, by=by, person=person.pk)
    return away


def remove_away_days(away: AwayDays, *, by: User) -> None:
    """Take days out of the diary again."""
    require(may_keep_diary(by, away.person_id))
    with transaction.atomic():
        record("remove_away_days", away, by=by, person=away.person_id)
        away.delete()


def prefer_weekdays(person: Person, *, weekdays: Iterable[int], by: User) -> PreferredWeekdays:
    """Say on which weekdays a person would rather come; none, or all five, is no wish."""
    require(may_keep_diary(by, person.pk))
    wanted = sorted({day for day in weekdays if 0 <= day <= 4})
    with transaction.atomic():
        row, _ = PreferredWeekdays.objects.update_or_create(
            person=person, defaults={"weekdays": [] if len(wanted) == 5 else wanted}
        )
        record("prefer_weekdays", row, by=by, person=person.pk, weekdays=row.weekdays)
    return row


def add_trust_board_day(*, day: dt.date, name: str, by: User) -> TrustBoardDay:
    """Enter a day on which the Trust Board meets; entering it twice changes nothing."""
    require(may_plan_year(by))
    with transaction.atomic():
        row, is_new = TrustBoardDay.objects.get_or_create(
            day=day, name=name.strip()[:60] or "Trust Board"
        )
        if is_new:
            record("add_trust_board_day", row, by=by, day=day.isoformat())
    return row


def remove_trust_board_day(row: TrustBoardDay, *, by: User) -> None:
    """Take a day of the Trust Board out again."""
    require(may_plan_year(by))
    with transaction.atomic():
        record("remove_trust_board_day", row, by=by, day=row.day.isoformat())
        row.delete()
