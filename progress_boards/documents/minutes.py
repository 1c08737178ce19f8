"""The minutes as a snapshot: the whole record, in the order of the agenda."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from meetings.documents.parts import document_parts_of
from meetings.documents.pieces import (
    action_words,
    day_words,
    lower_first,
    moment_words,
    paragraphs,
    role_words,
    seat_words,
)
from meetings.documents.record import (
    accuracy_record,
    actions_by_item,
    former_marks,
    item_record,
    required_words,
)
from meetings.models import Action, AgendaItem, Meeting, Seat
from meetings.queries.part_b import recorded_in_part_b
from progress_boards.documents.pieces import answered_words, band_words, heading, load
from progress_boards.models import ItemJudgement, ProgressBoard
from trust.access import Capacity
from trust.templatetags.eyeline import day

STATEMENT = "I chaired this board and this is a true record of it"
CHECKERS = (Capacity.HEAD, Capacity.CEO, Capacity.LINK_TRUSTEE)


def minutes_snapshot(board: ProgressBoard) -> dict[str, Any]:
    """Everything the minutes' PDF says; the rating is not named, because not every reader may read it."""
    board = load(board)
    meeting = board.meeting
    head = heading(board)
    seats = list(meeting.seats.all())
    posts = _posts_of(meeting)
    is_final = meeting.state == "final"
    actions = actions_by_item(meeting)
    return head | {
        "title": f"Progress Board minutes, {head['school']}, {head['day'] or 'date to be agreed'}",
        "is_draft": not is_final,
        "is_entered_later": meeting.entered_later,
        "status": _status(meeting),
        "present": [_present_words(s, posts) for s in seats if s.is_present],
        "apologies": [seat_words(s) for s in seats if s.attendance == Seat.Attendance.APOLOGIES],
        "absent": [seat_words(s) for s in seats if s.attendance == Seat.Attendance.ABSENT],
        "required": required_words(meeting),
        "interests": [f"{role_words(s.role)}: {s.interests}" for s in seats if s.interests.strip()],
        "not_validated": _not_validated(meeting),
        "former_actions": former_marks(meeting),
        "items": _items(board, actions),
        "other_actions": [action_words(a) for a in actions.get(None, [])],
        "closing": paragraphs(board.closing_statement),
        "evaluation": board.get_evaluation_validated_display()
        if board.evaluation_validated
        else "",
        "evaluation_reason": board.evaluation_reason,
        "advises_new_rating": board.advises_new_rating,
        "signature": _signature(meeting),
        "accuracy": _accuracy(meeting, seats),
        "school_note": paragraphs(meeting.school_note),
    }


def _status(meeting: Meeting) -> str:
    if meeting.state != "final":
        return f"Draft minutes · {meeting.state_label.lower()}"
    if meeting.entered_later:
        return "Entered later · confidential to the trust and the school"
    return f"Final {day(meeting.finalised_at)} · confidential to the trust and the school"


# -- who was there -------------------------------------------------------------------------------


def _posts_of(meeting: Meeting) -> dict[int | None, str]:
    """The post of each leader who answers, as it was then."""
    rows = meeting.items.exclude(answered_by_role="").values_list("answered_by", "answered_by_role")
    return dict(rows)


def _present_words(seat: Seat, posts: dict[int | None, str]) -> str:
    plain = seat.attendance == Seat.Attendance.PRESENT
    words = seat_words(seat)
    if seat.role == Capacity.LEADER and seat.person and seat.person_id in posts:
        words = f"{seat.person.name} ({lower_first(posts[seat.person_id])})"
    return words if plain else f"{words}, {seat.get_attendance_display().lower()}"


def has_external_chair(meeting: Meeting) -> bool:
    """Whether an external Chair was there; a trustee may have presided instead."""
    return any(
        s.role == Capacity.CHAIR and s.is_present and s.is_external_chair
        for s in meeting.seats.all()
    )


def _not_validated(meeting: Meeting) -> str:
    if not meeting.kind.has_external_chair or has_external_chair(meeting):
        return ""
    if not any(s.attendance for s in meeting.seats.all()):
        return ""
    return "Held without external Chair, not externally validated"


# -- items ---------------------------------------------------------------------------------------


def _items(board: ProgressBoard, actions: dict[int | None, list[Action]]) -> list[dict[str, Any]]:
    items = (
        board.meeting.items.select_related("answered_by", "minute", "judgement__band")
        .prefetch_related("minute__challenges", "minute__evidence")
        .order_by("order")
    )
    parts, in_part_b = document_parts_of(board.meeting), recorded_in_part_b(board.meeting, None)
    return [
        _item(item, actions.get(item.pk, []), parts.get(item.pk, []), in_part_b) for item in items
    ]


def _item(
    item: AgendaItem, actions: list[Action], parts: list[dict[str, Any]], in_part_b: Collection[int]
) -> dict[str, Any]:
    judgement: ItemJudgement | None = getattr(item, "judgement", None)
    answered = answered_words(item, names=False)
    by = answered if answered in ("Chair", "All") else f"Answered by {lower_first(answered)}"
    said = {"judgement": _judgement(judgement)}
    return item_record(item, actions, by, in_part_b) | said | ({"parts": parts} if parts else {})


def _judgement(judgement: ItemJudgement | None) -> dict[str, Any] | None:
    if judgement is None:
        return None
    words = judgement.band.name if judgement.band else judgement.get_value_display()
    if judgement.direction:
        words += f", {judgement.get_direction_display().lower()}"
    said = {"band": band_words(judgement.band), "words": words, "reason": judgement.reason}
    if judgement.evaluation:
        said["evaluation"] = judgement.get_evaluation_display().lower()
    return said


# -- signature and accuracy ----------------------------------------------------------------------


def _signature(meeting: Meeting) -> dict[str, str] | None:
    if meeting.signed_at is None:
        return None
    by = "external Chair" if has_external_chair(meeting) else "trustee who presided"
    return {
        "label": f"Signed by the {by}",
        "statement": STATEMENT,
        "name": meeting.signed_name,
        "at": moment_words(meeting.signed_at),
    }


def _accuracy(meeting: Meeting, seats: list[Seat]) -> dict[str, Any] | None:
    """What head, Chief Executive and Link Trustee said of the signed minutes."""
    asked = [s for s in seats if s.role in CHECKERS and s.is_present]
    found = accuracy_record(meeting, asked, "Chair")
    return found and found | {"until": day_words(meeting.deadline("corrections"))}
