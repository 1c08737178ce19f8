"""The record that the minutes of any kind of meeting hold: items, earlier actions, attendance, the accuracy check."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from meetings.documents.pieces import (
    action_words,
    lower_first,
    moment_words,
    paragraphs,
    role_words,
    upper_first,
)
from meetings.models import Action, AgendaItem, Correction, Meeting, Minute, Seat
from meetings.queries.part_b import sentence


def actions_by_item(meeting: Meeting) -> dict[int | None, list[Action]]:
    """The actions of a meeting under the item at which each was agreed."""
    found: dict[int | None, list[Action]] = {}
    for action in meeting.actions.select_related("owner").order_by("pk"):
        found.setdefault(action.item_id, []).append(action)
    return found


def item_record(
    item: AgendaItem, actions: Iterable[Action], by: str, in_part_b: Collection[int] = ()
) -> dict[str, Any]:
    """One item: its text, what was asked and seen, and what was agreed; of a Part B only that there is one."""
    minute: Minute | None = getattr(item, "minute", None)
    return {
        "number": item.order,
        "title": item.title,
        "by": " · ".join(filter(None, (by, f"{item.minutes} minutes"))),
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
        "actions": [action_words(a) for a in actions],
        "carry": item.carry_forward,
        "part_b": sentence(item) if item.pk in in_part_b else "",
    }


def former_marks(meeting: Meeting) -> list[dict[str, str]]:
    """What this meeting decided of earlier actions."""
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


def required_words(meeting: Meeting) -> str:
    """Whether all required were present: a fact of the record, which blocks nothing."""
    if not any(s.attendance for s in meeting.seats.all()):
        return "Attendance not yet recorded"
    missing = missing_roles(meeting)
    if not missing:
        return "All required present"
    return "Required and not present: " + ", ".join(role_words(role) for role in missing)


def missing_roles(meeting: Meeting) -> list[str]:
    """The required roles in which nobody was present, a substitute neither."""
    present = {s.role for s in meeting.seats.all() if s.is_present}
    return [role for role in meeting.kind.required_roles if role not in present]


# -- the accuracy check ----------------------------------------------------------------------------


def accuracy_record(meeting: Meeting, asked: list[Seat], signer: str) -> dict[str, Any] | None:
    """Who was asked and what they said; silence is recorded as silence. None before it began, or when off."""
    if meeting.signed_at is None or not meeting.steps.get("accuracy_check"):
        return None
    corrections = list(meeting.corrections.select_related("item", "person").order_by("at", "pk"))
    replies = {(r.person_id, r.role): r for r in meeting.accuracy_replies.all()}
    rows: list[dict[str, str]] = []
    silent: list[str] = []
    for seat in asked:
        mine = [c for c in corrections if (c.person_id, c.role) == (seat.person_id, seat.role)]
        reply = replies.get((seat.person_id or 0, seat.role))
        if not mine:
            silent.append(lower_first(role_words(seat.role)))
        rows += _answers(seat, mine, reply.at if reply else None, meeting.state == "final", signer)
    told = {(s.person_id, s.role) for s in asked}
    for c in corrections:
        if (c.person_id, c.role) not in told:
            rows.append(_correction(role_words(c.role), c, signer))
    none = not corrections and meeting.state == "final"
    return {
        "rows": rows,
        "silence": f"No correction proposed by {', '.join(silent)}" if none and silent else "",
    }


def _answers(
    seat: Seat, mine: list[Correction], at: Any, is_final: bool, signer: str
) -> list[dict[str, str]]:
    role = role_words(seat.role)
    if mine:
        return [_correction(role, c, signer) for c in mine]
    return [{"asked": role, **without_correction(at, is_final)}]


def without_correction(at: Any, is_final: bool) -> dict[str, str]:
    """What is recorded of one who proposed no correction: their word and when, or their silence."""
    if at is not None:
        return {"answer": "Nothing to correct", "when": moment_words(at)}
    return {"answer": "No correction proposed" if is_final else "No answer yet", "when": "–"}


def _correction(role: str, correction: Correction, signer: str) -> dict[str, str]:
    where = f"item {correction.item.order}" if correction.item else "the minutes"
    answer = f"Proposed a correction to {where}: {correction.text.rstrip('.')}. "
    if correction.answer:
        answer += f"{correction.get_answer_display()} by the {signer}"
    else:
        answer += f"Not yet answered by the {signer}"
    if correction.answer_reason:
        answer += f": {correction.answer_reason}"
    return {"asked": role, "answer": answer, "when": moment_words(correction.at)}
