"""The briefing of one board, note by note."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import AgendaItem
from progress_boards.models import BriefingNote, ProgressBoard


@dataclass
class BriefingLine:
    """One note: of an item, or (item None) of the whole board."""

    item: AgendaItem | None
    text: str = ""
    version: int = 0
    updated_at: dt.datetime | None = None
    problem: str = ""
    kept: str = ""
    """A text that came second and was not saved."""

    @property
    def key(self) -> str:
        """Its place as one word, for a form."""
        return f"item-{self.item.pk}" if self.item else "board"

    @property
    def label(self) -> str:
        return f"{self.item.order}. {self.item.title}" if self.item else "The whole board"


def briefing_lines(board: ProgressBoard) -> list[BriefingLine]:
    """The board's note, then one for each item, in two queries."""
    notes = {note.item_id: note for note in BriefingNote.objects.filter(board=board)}
    items: list[AgendaItem | None] = [None, *board.meeting.items.order_by("order")]
    lines = []
    for item in items:
        note = notes.get(item.pk if item else None)
        lines.append(
            BriefingLine(item, note.text, note.version, note.updated_at)
            if note
            else BriefingLine(item)
        )
    return lines
