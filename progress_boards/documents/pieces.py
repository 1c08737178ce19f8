"""What every snapshot of a board is made of, in words ready to print."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.timezone import localtime

from meetings.models import Action, AgendaItem, Seat
from progress_boards.models import ProgressBoard, SchoolYear
from ratings.models import Band
from trust.access import CAPACITY_NAMES, Capacity
from trust.models import TrustProfile
from trust.templatetags.eyeline import clock, clock_range, day

NAMES = ("English", "French", "German", "Latin", "Spanish", "Year")
"""Words that begin a post's title and are written with a capital anywhere."""
CHAIRS = (AgendaItem.Type.WELCOME, AgendaItem.Type.CLOSE)


def band_words(band: Band | None) -> dict[str, str] | None:
    """A band as a snapshot holds it."""
    if band is None:
        return None
    return {"name": band.name, "shape": band.shape, "letter": band.letter, "tone": band.tone}


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


def heading(board: ProgressBoard) -> dict[str, Any]:
    """Trust, school, when, where and which board of the year it is."""
    meeting = board.meeting
    begins = meeting.started_at or meeting.starts_at
    ends = meeting.finished_at
    if meeting.started_at is None and meeting.starts_at:
        ends = meeting.starts_at + dt.timedelta(minutes=meeting.minutes_length)
    where = "online" if meeting.is_online else meeting.place or "at the school"
    hours = clock_range(begins, ends)
    when = ", ".join(part for part in (day_words(meeting.starts_at), hours, where) if part)
    return {
        "trust": TrustProfile.current().name,
        "school": board.school.name,
        "when": when or "Date to be agreed",
        "day": day(meeting.starts_at),
        "board": _place_in_year(board),
        "state": meeting.state,
        "state_words": meeting.state_label,
    }


def _place_in_year(board: ProgressBoard) -> str:
    held = ProgressBoard.objects.filter(school=board.school, academic_year=board.academic_year)
    order = list(
        held.exclude(meeting__state="cancelled")
        .order_by("half_term__starts_on")
        .values_list("pk", flat=True)
    )
    agreed = SchoolYear.objects.filter(school=board.school, academic_year=board.academic_year)
    number = max(agreed.values_list("agreed", flat=True).first() or 0, len(order))
    where = f"{board.half_term.name}, academic year {board.academic_year.name}"
    return f"{order.index(board.pk) + 1} of {number}, {where}" if board.pk in order else where


def seat_words(seat: Seat) -> str:
    """Martin Yeo (External Chair), or a substitute with whom they sat for."""
    role = role_words(seat.role)
    if seat.person is None:
        return f"{role} (vacant)"
    if seat.for_person is not None:
        return f"{seat.person.name} for {seat.for_person.name} ({role})"
    if seat.role == Capacity.CHAIR and not seat.is_external_chair:
        return f"{seat.person.name} (trustee, presiding)"
    return f"{seat.person.name} ({role})"


def answered_words(item: AgendaItem, *, names: bool) -> str:
    """Who answers an item; minutes say roles and not names."""
    if item.type in CHAIRS:
        return "Chair"
    if not item.is_for_school:
        return "All"
    person = item.answered_by
    if person is None:
        return "School to choose"
    role = item.answered_by_role
    if not names:
        return role or person.name
    return f"{person.name}, {lower_first(role)}" if role else person.name


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


def load(board: ProgressBoard) -> ProgressBoard:
    """The board with what every snapshot reads of it."""
    return ProgressBoard.objects.with_meeting().select_related("academic_year").get(pk=board.pk)
