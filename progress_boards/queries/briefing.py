"""The briefing of one board, note by note, and the questions asked in advance, item by item."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import AgendaItem
from progress_boards.models import AdvanceQuestion, BriefingNote, ProgressBoard
from trust.people.models import User


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


# -- questions in advance --------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One question, and whether this reader may take it back."""

    question: AdvanceQuestion
    is_mine: bool


@dataclass(frozen=True)
class AdvanceLine:
    """One item that the school answers, with what was asked about it."""

    item: AgendaItem
    asked: tuple[Asked, ...]


def advance_lines(board: ProgressBoard, user: User) -> list[AdvanceLine]:
    """The items that the school answers with the questions asked in advance, in two queries."""
    found: dict[int, list[Asked]] = {}
    rows = AdvanceQuestion.objects.filter(board=board).select_related("person")
    for row in rows:
        found.setdefault(row.item_id, []).append(Asked(row, row.person_id == user.person_id))
    return [
        AdvanceLine(item, tuple(found.get(item.pk, ())))
        for item in board.meeting.items.order_by("order")
        if item.is_for_school
    ]


def asked_about(item: AgendaItem) -> list[AdvanceQuestion]:
    """What was asked about one item in advance."""
    return list(AdvanceQuestion.objects.filter(item=item).select_related("person"))
