"""The minutes as a snapshot: the whole record, in the order of the agenda."""

from __future__ import annotations

from typing import Any

from meetings.models import Action, AgendaItem, Correction, Meeting, Minute, Seat
from progress_boards.documents.pieces import (
    action_words,
    answered_words,
    band_words,
    day_words,
    heading,
    load,
    lower_first,
    moment_words,
    paragraphs,
    role_words,
    seat_words,
    upper_first,
)
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
        "former_actions": _former_actions(meeting),
        "items": _items(board),
        "other_actions": [action_words(a) for a in _actions(meeting) if a.item_id is None],
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


def missing_roles(meeting: Meeting) -> list[str]:
    """The required roles in which nobody was present, a substitute neither."""
    present = {s.role for s in meeting.seats.all() if s.is_present}
    return [role for role in meeting.kind.required_roles if role not in present]


def required_words(meeting: Meeting) -> str:
    """Whether all required were present: a fact of the record, which blocks nothing."""
    if not any(s.attendance for s in meeting.seats.all()):
        return "Attendance not yet recorded"
    missing = missing_roles(meeting)
    if not missing:
        return "All required present"
    return "Required and not present: " + ", ".join(role_words(role) for role in missing)


def _not_validated(meeting: Meeting) -> str:
    if not meeting.kind.has_external_chair or has_external_chair(meeting):
        return ""
    if not any(s.attendance for s in meeting.seats.all()):
        return ""
    return "Held without external Chair, not externally validated"


# -- items ---------------------------------------------------------------------------------------


def _actions(meeting: Meeting) -> list[Action]:
    return list(meeting.actions.select_related("owner").order_by("pk"))


def _items(board: ProgressBoard) -> list[dict[str, Any]]:
    meeting = board.meeting
    by_item: dict[int | None, list[Action]] = {}
    for action in _actions(meeting):
        by_item.setdefault(action.item_id, []).append(action)
    items = (
        meeting.items.select_related("answered_by", "minute", "judgement__band")
        .prefetch_related("minute__challenges", "minute__evidence")
        .order_by("order")
    )
    return [_item(item, by_item.get(item.pk, [])) for item in items]


def _item(item: AgendaItem, actions: list[Action]) -> dict[str, Any]:
    minute: Minute | None = getattr(item, "minute", None)
    judgement: ItemJudgement | None = getattr(item, "judgement", None)
    answered = answered_words(item, names=False)
    by = answered if answered in ("Chair", "All") else f"Answered by {lower_first(answered)}"
    return {
        "number": item.order,
        "title": item.title,
        "by": f"{by} · {item.minutes} minutes",
        "question": paragraphs(item.question),
        "discussion": paragraphs(minute.discussion) if minute else [],
        "challenges": [
            {
                "asked_by": upper_first(c.asked_by),
                "question": c.question,
                "response": c.response,
                "answered_by": upper_first(c.answered_by),
            }
            for c in (minute.challenges.all() if minute else ())
        ],
        "evidence": [
            f"{e.what} ({e.get_how_display().lower()})"
            for e in (minute.evidence.all() if minute else ())
        ],
        "judgement": _judgement(judgement),
        "actions": [action_words(a) for a in actions],
        "carry": item.carry_forward,
    }


def _judgement(judgement: ItemJudgement | None) -> dict[str, Any] | None:
    if judgement is None:
        return None
    words = judgement.band.name if judgement.band else judgement.get_value_display()
    if judgement.direction:
        words += f", {judgement.get_direction_display().lower()}"
    return {"band": band_words(judgement.band), "words": words, "reason": judgement.reason}


def _former_actions(meeting: Meeting) -> list[dict[str, str]]:
    marks = meeting.action_marks.select_related("action").order_by("action__ref")
    return [
        {
            "ref": m.action.ref,
            "text": m.action.text,
            "mark": m.get_mark_display(),
            "note": m.note,
        }
        for m in marks
    ]


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
    """Who was asked and what they said; silence is recorded as silence. None before it began, or when off."""
    if meeting.signed_at is None or not meeting.steps.get("accuracy_check"):
        return None
    corrections = list(meeting.corrections.select_related("item", "person").order_by("at", "pk"))
    replies = {(r.person_id, r.role): r for r in meeting.accuracy_replies.all()}
    asked = [s for s in seats if s.role in CHECKERS and s.is_present]
    rows: list[dict[str, str]] = []
    silent: list[str] = []
    for seat in asked:
        mine = [c for c in corrections if (c.person_id, c.role) == (seat.person_id, seat.role)]
        reply = replies.get((seat.person_id or 0, seat.role))
        if not mine:
            silent.append(lower_first(role_words(seat.role)))
        rows += _answers(seat, mine, reply.at if reply else None, meeting.state == "final")
    told = {(s.person_id, s.role) for s in asked}
    for c in corrections:
        if (c.person_id, c.role) not in told:
            rows.append(_correction(role_words(c.role), c))
    none = not corrections and meeting.state == "final"
    return {
        "until": day_words(meeting.deadline("corrections")),
        "rows": rows,
        "silence": f"No correction proposed by {', '.join(silent)}" if none and silent else "",
    }


def _answers(seat: Seat, mine: list[Correction], at: Any, is_final: bool) -> list[dict[str, str]]:
    role = role_words(seat.role)
    if mine:
        return [_correction(role, c) for c in mine]
    if at is not None:
        return [{"asked": role, "answer": "Nothing to correct", "when": moment_words(at)}]
    words = "No correction proposed" if is_final else "No answer yet"
    return [{"asked": role, "answer": words, "when": "–"}]


def _correction(role: str, correction: Correction) -> dict[str, str]:
    where = f"item {correction.item.order}" if correction.item else "the minutes"
    answer = f"Proposed a correction to {where}: {correction.text.rstrip('.')}. "
    if correction.answer:
        answer += f"{correction.get_answer_display()} by the Chair"
    else:
        answer += "Not yet answered by the Chair"
    if correction.answer_reason:
        answer += f": {correction.answer_reason}"
    return {"asked": role, "answer": answer, "when": moment_words(correction.at)}
