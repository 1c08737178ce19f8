"""The agenda as a snapshot: what is asked, how long it has, and who answers."""

from __future__ import annotations

from typing import Any

from evidence.queries.words import finding_ref
from meetings.documents.pieces import paragraphs, role_words, seat_words
from meetings.models import AgendaItem, ItemSource
from progress_boards.documents.pieces import answered_words, heading, load
from progress_boards.models import ProgressBoard
from trust.templatetags.eyeline import day

DRAFTS = ("planned", "scheduled", "agenda_draft", "agenda_with_chair")
DATES = (
    ("leaders", "School names who answers by"),
    ("papers", "Papers by"),
)


def agenda_snapshot(board: ProgressBoard) -> dict[str, Any]:
    """Everything an agenda's PDF says; no briefing note, no rating, no other school."""
    board = load(board)
    meeting = board.meeting
    head = heading(board)
    items = list(
        meeting.items.select_related("answered_by", "second")
        .prefetch_related("sources__finding", "sources__action", "papers")
        .order_by("order")
    )
    is_draft = meeting.state in DRAFTS
    return head | {
        "title": f"Progress Board agenda, {head['school']}, {head['day'] or 'date to be agreed'}",
        "is_draft": is_draft,
        "status": _status(board, is_draft),
        "people": [seat_words(s) for s in meeting.seats.all() if s.role != "leader"],
        "required": [role_words(role) for role in meeting.kind.required_roles],
        "items": [item_words(item) for item in items],
        "total": sum(item.minutes for item in items),
        "papers": [p.title for p in meeting.papers.filter(item=None)],
        "dates": [
            {"label": label, "day": day(meeting.deadline(name))}
            for name, label in DATES
            if meeting.deadline(name)
        ],
    }


def _status(board: ProgressBoard, is_draft: bool) -> str:
    meeting = board.meeting
    if is_draft:
        return f"Draft agenda · {meeting.state_label.lower()}"
    issued = f"Issued {day(meeting.issued_at)}" if meeting.issued_at else "Issued"
    if meeting.agenda_version > 1:
        issued += f", version {meeting.agenda_version}"
    return f"{issued} · confidential to the trust and the school"


def item_words(item: AgendaItem) -> dict[str, Any]:
    """One item: what is asked, how long it has, who answers, and what was seen where."""
    seconded = f", with {item.second.name}" if item.second else ""
    return {
        "number": item.order,
        "title": item.title,
        "type": item.get_type_display(),
        "question": paragraphs(item.question),
        "answered_by": answered_words(item, names=True) + seconded,
        "minutes": item.minutes,
        "sources": [_source(s) for s in item.sources.all() if _is_evidence(s)],
        "papers": [p.title for p in item.papers.all()],
    }


def _is_evidence(source: ItemSource) -> bool:
    """What was seen where; a rating is not named here, because leaders read the agenda too."""
    return any(
        (source.finding_id, source.passage_id, source.document_id, source.action_id,
         source.former_item_id)
    )  # fmt: skip


def _source(source: ItemSource) -> str:
    """Its label, the day unless the label says it, and the reference by which it is found again."""
    seen, ref = source.seen_on, _ref(source)
    label = source.label
    if seen is not None and f"{seen.day} {seen:%B}" not in label:
        label = f"{label}, {day(seen)}"
    return f"{label} ({ref})" if ref and ref not in label else label


def _ref(source: ItemSource) -> str:
    if source.finding is not None:
        return finding_ref(source.finding)
    if source.action is not None:
        return source.action.ref
    return ""
