"""The register of actions as rows of a spreadsheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.timezone import localtime

from meetings.models import Action
from meetings.queries import sources

HEADER = (
    "Reference", "Action", "School", "Owned by", "Name", "Due", "State", "Days overdue",
    "Times carried", "From", "Of", "Indicator", "It worked if", "Noted on", "Done on", "Closed on",
    "Closing note",
)  # fmt: skip


def export_row(action: Action, today: dt.date) -> tuple[Any, ...]:
    """One action; read it by the register, with its indicator."""
    source, seen_on = sources.origin_of(action)
    late = (today - action.due_on).days if action.state == "open" else 0
    return (
        action.ref, action.text, action.school.name if action.school else "The trust",
        action.owner_role, action.owner.name if action.owner else "", action.due_on,
        action.get_state_display(), max(late, 0), action.times_carried, source, seen_on or "",
        action.indicator.name if action.indicator else "", action.success_measure,
        _day(action.created_at), _day(action.done_at), _day(action.closed_at), action.closing_note,
    )  # fmt: skip


def _day(at: dt.datetime | None) -> dt.date | str:
    return localtime(at).date() if at else ""
