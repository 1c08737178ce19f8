"""What the snapshots of a meeting's documents are made of, in words ready to print."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.timezone import localtime

from meetings.models import Action, Meeting, Seat
from trust.access import CAPACITY_NAMES, Capacity
from trust.models import TrustProfile
from trust.templatetags.eyeline import clock, clock_range, day

NAMES = ("English", "French", "German", "Latin", "Spanish", "Year")
"""Words that begin a post's title and are written with a capital anywhere."""


def paragraphs(text: str) -> list[str]:
    """A text as its paragraphs: what was typed on lines of its own stays so."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def day_words(value: dt.date | dt.datetime | None) -> str:
    """Thursday 8 October 2026."""
    if value is None:
        return ""
    shown = localtime(value) if isinstance(value, dt.datetime) else value
    return f"{shown:%A} {day(shown)}"


def moment_words(value: dt.datetime | None) -> str:
    """20 October 2026, 8:12am."""
    return f"{day(value)}, {clock(value)}" if value else ""


def role_words(role: str) -> str:
    """A capacity in the trust's own word for it."""
    name = CAPACITY_NAMES.get(role, role)
    return TrustProfile.current().word(name)


def lower_first(words: str) -> str:
    """For the middle of a sentence; Chief Executive, English lead and SENDCo keep their capitals."""
    first, *rest = words.split() or [""]
    is_name = first in NAMES or any(word[:1].isupper() for word in rest)
    return words if is_name or not words[1:2].islower() else words[:1].lower() + words[1:]


def upper_first(words: str) -> str:
    """For the beginning of a line."""
    return words[:1].upper() + words[1:]


def seat_words(seat: Seat, label: str = "") -> str:
    """Martin Yeo (External Chair), or a substitute with whom they sat for; `label` is said in place of the role."""
    role = label or role_words(seat.role)
    if seat.person is None:
        return f"{role} (vacant)"
    if seat.for_person is not None:
        return f"{seat.person.name} for {seat.for_person.name} ({role})"
    if seat.role == Capacity.CHAIR and not seat.is_external_chair:
        return f"{seat.person.name} (trustee, presiding)"
    return f"{seat.person.name} ({role})"


def action_words(action: Action) -> dict[str, Any]:
    """An action as minuted: reference, text, who and by when."""
    owner = action.owner_role
    if action.owner and action.owner.name != owner:
        owner = f"{owner} ({action.owner.name})" if owner else action.owner.name
    return {
        "ref": action.ref,
        "text": action.text,
        "owner": owner,
        "due": day(action.due_on),
        "measure": action.success_measure,
    }


def when_and_where(meeting: Meeting, otherwise: str = "") -> str:
    """Thursday 8 October 2026, 9:30am to 10:30am, online: as it was held, else as it is to be."""
    begins = meeting.started_at or meeting.starts_at
    ends = meeting.finished_at
    if meeting.started_at is None and meeting.starts_at:
        ends = meeting.starts_at + dt.timedelta(minutes=meeting.minutes_length)
    where = "online" if meeting.is_online else meeting.place or otherwise
    hours = clock_range(begins, ends)
    return ", ".join(part for part in (day_words(meeting.starts_at), hours, where) if part)
