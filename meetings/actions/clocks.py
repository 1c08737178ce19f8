"""The clock of an item: begun when the meeting comes to it, stopped by the next one or at the finish."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from meetings.actions.moves import in_state, locked, note, permit
from meetings.models import AgendaItem, Meeting
from trust.access import Conflict
from trust.calendar import now
from trust.people.models import User

LONGEST_CUT = 4 * 3600
"""For how many seconds a press may have waited for the line to come back."""


def begin_item(item: AgendaItem, *, by: User, seconds_ago: int = 0) -> AgendaItem:
    """The meeting is at this item from now on, and the one before stops counting.

    Begun again while it runs, nothing changes. `seconds_ago` is how long ago the clerk pressed, when the
    line was cut between the press and here; it never reaches back before the item that runs was begun.
    """
    with transaction.atomic():
        row = locked(item.meeting)
        permit(by, row, "minute")
        in_state(row, "held")
        if row.finished_at is not None:
            raise Conflict("The meeting is finished. Its clock has stopped")
        item.refresh_from_db(fields=["begun_at", "seconds_spent"])
        if item.begun_at is None:
            begun = now() - dt.timedelta(seconds=min(max(seconds_ago, 0), LONGEST_CUT))
            begun = max([begun, *(other.begun_at for other in _running(row) if other.begun_at)])
            stop_clocks(row, begun)
            item.begun_at = begun
            item.save(update_fields=["begun_at"])
            note("begin_item", item, by=by, meeting=row, act="minute")
    return item


def _running(meeting: Meeting) -> QuerySet[AgendaItem]:
    return meeting.items.filter(begun_at__isnull=False)


def stop_clocks(meeting: Meeting, at: dt.datetime) -> None:
    """Add to each running item the time since it was begun."""
    for item in _running(meeting):
        since = (at - item.begun_at).total_seconds() if item.begun_at else 0
        item.seconds_spent += max(0, int(since))
        item.begun_at = None
        item.save(update_fields=["begun_at", "seconds_spent"])
