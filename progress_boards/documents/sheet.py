"""One item on a sheet of its own, for a leader without an account: the headteacher prints or forwards it."""

from __future__ import annotations

from typing import Any

from meetings.documents.pieces import action_words, paragraphs
from meetings.models import AgendaItem
from meetings.rules import may_read_item
from progress_boards.documents.agenda import item_words
from progress_boards.documents.pieces import band_words, heading, load
from progress_boards.models import ProgressBoard
from progress_boards.queries.leader_side import LastTime, LeaderPage
from trust.access import Actor
from trust.documents import register_document, request_document
from trust.models import Document
from trust.templatetags.eyeline import day

KIND = "item-sheet"


def sheet_snapshot(board: ProgressBoard, page: LeaderPage) -> dict[str, Any]:
    """What the agenda says of the item, its questions one by one, the leader's note, and last time."""
    item = page.item
    head = heading(load(board))
    return head | {
        "title": f"Item {item.order} of the Progress Board, {head['school']}, {head['day']}",
        "is_draft": False,
        "status": "Confidential to the trust and the school",
        "item": item_words(item),
        "of": page.of,
        "about": page.from_about,
        "questions": list(page.questions),
        "note": paragraphs(item.leader_note),
        "last": _last(page.last_time) if page.last_time else None,
        "due": day(board.meeting.deadline("papers")),
    }


def _last(last: LastTime) -> dict[str, Any]:
    judged = last.judgement
    return {
        "day": day(last.day),
        "text": paragraphs(last.text),
        "band": band_words(judged.band) if judged else None,
        "actions": [action_words(action) for action, _ in last.actions],
    }


def request_sheet(board: ProgressBoard, page: LeaderPage, *, by: Actor) -> Document:
    """The sheet as the item stands now; asked for twice without a change it is one document."""
    snapshot = sheet_snapshot(board, page)
    return request_document(KIND, page.item, title=snapshot["title"], snapshot=snapshot, by=by)


def may_read_sheet_document(user: Actor, document: Document) -> bool:
    """Who answers the item and who chose them, asked at every download."""
    item = AgendaItem.objects.filter(pk=document.subject_id).first()
    board = (
        ProgressBoard.objects.visible_to(user)
        .with_meeting()
        .filter(meeting=item.meeting_id if item else None)
        .first()
    )
    if item is None or board is None:
        return False
    item.meeting = board.meeting
    return bool(may_read_item(user, item))


def register() -> None:
    """Declare the sheet."""
    register_document(KIND, template="pdf/item_sheet.html", may_read=may_read_sheet_document)
