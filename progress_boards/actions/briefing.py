"""The Chief Executive's briefing for the Chair and the Link Trustee."""

from __future__ import annotations

from django.db import transaction

from meetings.models import AgendaItem, Meeting
from progress_boards.models import BriefingNote, ProgressBoard
from progress_boards.rules import may_write_briefing
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import User

LONGEST = 5_000


def write_briefing(
    board: ProgressBoard, *, item: AgendaItem | None, text: str, version: int, by: User
) -> BriefingNote | None:
    """Write the note of one item, or of the whole board; an empty text takes it away. The school never sees it.

    `version` is the note's as it was read, 0 for none. Raises Conflict when somebody wrote it meanwhile.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise Conflict(f"Keep a note within {LONGEST:,} characters: it has {len(text):,}")
    with transaction.atomic():
        board.meeting = Meeting.objects.with_seats().get(pk=board.meeting_id)
        require(may_write_briefing(by, board))
        if item is not None and item.meeting_id != board.meeting_id:
            raise Conflict("This item belongs to another board")
        note = (
            BriefingNote.objects.select_for_update(of=("self",))
            .filter(board=board, item=item)
            .first()
        )
        if (note.text if note else "") == text:
            return note
        if (note.version if note else 0) != version:
            raise Conflict("Somebody else wrote this note after you opened it. Yours is kept below")
        note = note or BriefingNote(board=board, item=item, version=0)
        note.text, note.version = text, note.version + 1
        note.updated_by, note.updated_at = by, now()
        note.save()
        record("write_briefing", note, by=by, board=board.pk, item=item.pk if item else None)
    return note
