"""The agenda and the minutes of any kind of meeting as snapshots: all that their PDFs say."""

from __future__ import annotations

from typing import Any

from meetings.documents.parts import document_parts_of
from meetings.documents.pieces import (
    action_words,
    day_words,
    moment_words,
    paragraphs,
    role_words,
    seat_words,
    when_and_where,
)
from meetings.documents.record import (
    accuracy_record,
    actions_by_item,
    former_marks,
    item_record,
    required_words,
)
from meetings.models import AgendaItem, Meeting, Seat
from meetings.queries.part_b import recorded_in_part_b
from meetings.queries.people import table_labels
from meetings.queries.way import answered_words, signer_word, statement_of
from meetings.rules import checking_seats
from trust.models import TrustProfile
from trust.templatetags.eyeline import day

DRAFTS = ("planned", "scheduled", "agenda_draft", "agenda_with_chair", "postponed")


def load(meeting: Meeting) -> Meeting:
    """The meeting with what every snapshot reads of it."""
    return Meeting.objects.with_seats().get(pk=meeting.pk)


def heading(meeting: Meeting, what: str) -> dict[str, Any]:
    """Trust, kind, school if there is one, when and where."""
    school = meeting.school.name if meeting.school else ""
    on = day(meeting.starts_at) or "date to be agreed"
    whose = ", ".join(filter(None, (f"{meeting.kind.name} {what}", school, on)))
    return {
        "title": whose,
        "trust": TrustProfile.current().name,
        "kind": meeting.kind.name,
        "school": school,
        "meeting": meeting.title,
        "when": when_and_where(meeting) or "Date to be agreed",
        "day": day(meeting.starts_at),
        "state": meeting.state,
    }


def agenda_snapshot(meeting: Meeting) -> dict[str, Any]:
    """Everything an agenda's PDF says."""
    meeting = load(meeting)
    labels = table_labels(meeting)
    rows = meeting.items.select_related("answered_by").prefetch_related("sources")
    items = list(rows.order_by("order"))
    parts = document_parts_of(meeting)
    is_draft = meeting.state in DRAFTS
    return heading(meeting, "agenda") | {
        "is_draft": is_draft,
        "status": _agenda_status(meeting, is_draft),
        "people": [seat_words(s, labels[s.pk]) for s in meeting.seats.all()],
        "required": [role_words(role) for role in meeting.kind.required_roles],
        "items": [_agenda_item(meeting, item, parts.get(item.pk, [])) for item in items],
        "total": sum(item.minutes for item in items),
        "length": meeting.minutes_length,
    }


def _agenda_status(meeting: Meeting, is_draft: bool) -> str:
    if is_draft:
        return f"Draft agenda · {meeting.state_label.lower()}"
    issued = f"Issued {day(meeting.issued_at)}" if meeting.issued_at else "Issued"
    if meeting.agenda_version > 1:
        issued += f", version {meeting.agenda_version}"
    return f"{issued} · confidential to those who take part"


def _agenda_item(meeting: Meeting, item: AgendaItem, parts: list[dict[str, Any]]) -> dict[str, Any]:
    item.meeting = meeting
    return {
        "number": item.order,
        "title": item.title,
        "type": item.get_type_display(),
        "question": paragraphs(item.question),
        "answered_by": answered_words(item),
        "minutes": item.minutes,
        "sources": [source.label for source in item.sources.all()],
        "parts": parts,
    }


def minutes_snapshot(meeting: Meeting) -> dict[str, Any]:
    """Everything the minutes' PDF says."""
    meeting = load(meeting)
    labels = table_labels(meeting)
    seats = list(meeting.seats.all())
    actions = actions_by_item(meeting)
    return heading(meeting, "minutes") | {
        "is_draft": meeting.state != "final",
        "status": _minutes_status(meeting),
        "present": [_present(s, labels[s.pk]) for s in seats if s.is_present],
        "in_attendance": _seated(seats, labels, Seat.Attendance.OBSERVER),
        "apologies": _seated(seats, labels, Seat.Attendance.APOLOGIES),
        "absent": _seated(seats, labels, Seat.Attendance.ABSENT),
        "required": required_words(meeting),
        "interests": [f"{labels[s.pk]}: {s.interests}" for s in seats if s.interests.strip()],
        "former_actions": former_marks(meeting),
        "items": _minuted_items(meeting, actions),
        "other_actions": [action_words(a) for a in actions.get(None, [])],
        "signature": _signature(meeting),
        "accuracy": _accuracy(meeting),
        "school_note": paragraphs(meeting.school_note),
    }


def _minutes_status(meeting: Meeting) -> str:
    if meeting.state != "final":
        return f"Draft minutes · {meeting.state_label.lower()}"
    return f"Final {day(meeting.finalised_at)} · confidential to those who take part"


def _seated(seats: list[Seat], labels: dict[int, str], attended: str) -> list[str]:
    return [seat_words(s, labels[s.pk]) for s in seats if s.attendance == attended]


def _present(seat: Seat, label: str) -> str:
    words = seat_words(seat, label)
    plain = seat.attendance == Seat.Attendance.PRESENT
    return words if plain else f"{words}, {seat.get_attendance_display().lower()}"


def _minuted_items(meeting: Meeting, actions: dict[int | None, list[Any]]) -> list[dict[str, Any]]:
    rows = meeting.items.select_related("answered_by", "minute").order_by("order")
    items = list(rows.prefetch_related("minute__challenges", "minute__evidence"))
    parts, in_part_b = document_parts_of(meeting), recorded_in_part_b(meeting, None)
    found = []
    for item in items:
        item.meeting = meeting
        record = item_record(item, actions.get(item.pk, []), answered_words(item), in_part_b)
        found.append(record | {"parts": parts.get(item.pk, [])})
    return found


def _signature(meeting: Meeting) -> dict[str, str] | None:
    if meeting.signed_at is None:
        return None
    return {
        "label": f"Signed by the {signer_word(meeting.kind)}",
        "statement": statement_of(meeting.kind),
        "name": meeting.signed_name,
        "at": moment_words(meeting.signed_at),
    }


def _accuracy(meeting: Meeting) -> dict[str, Any] | None:
    found = accuracy_record(meeting, checking_seats(meeting), signer_word(meeting.kind))
    return found and found | {"until": day_words(meeting.deadline("corrections"))}
