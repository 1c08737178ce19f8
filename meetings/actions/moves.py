"""What every act at a meeting shares: the lock, the standing of who acts, the audit."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from meetings.models import Meeting
from meetings.rules import may, standing
from trust.access import Conflict, require
from trust.audit import record
from trust.people.models import User
from trust.states import transition

M = TypeVar("M", bound=Model)


def locked(obj: M) -> M:
    """The row as it is now, held until the end of the transaction."""
    manager = type(obj)._default_manager
    return manager.select_for_update(of=("self",)).get(pk=obj.pk)


def in_state(meeting: Meeting, *states: str) -> None:
    """Raise Conflict, naming the state there is, unless the meeting is in one of these."""
    if meeting.state not in states:
        now_is = meeting.state_label.lower()
        raise Conflict(f"This is now: {now_is}. Nothing was changed")


def stands(by: User | None, meeting: Meeting, act: str) -> dict[str, Any]:
    """In which capacity and for whom somebody acts, as the audit keeps it."""
    found = standing(by, meeting, act) if by else None
    return {"acted_as": found[0], "acted_for": found[1]} if found else {}


def move(
    meeting: Meeting, verb: str, *, by: User | None, act: str, to: str | None = None, **fields: Any
) -> Meeting:
    """One move of the meeting's machine, stamped with the standing of who makes it."""
    return transition(meeting, verb, by=by, to=to, **stands(by, meeting, act), **fields)


def permit(by: User | None, meeting: Meeting, act: str) -> None:
    """Raise NotAllowed with the reason unless the kind of meeting grants the act; None is the software."""
    if by is not None:
        require(may(by, meeting, act))


def note(
    verb: str, obj: Model, *, by: User | None, meeting: Meeting, act: str, **detail: Any
) -> None:
    """The audit row of an act that moves no state."""
    detail.setdefault("meeting", meeting.pk)
    record(verb, obj, by=by, **stands(by, meeting, act), **detail)
