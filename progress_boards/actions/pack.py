"""The pack of a board: made by the software on its day, by hand before, and told once it is there."""

from __future__ import annotations

from django.db import transaction

from meetings.actions.moves import locked, note
from progress_boards.documents.packs import kind_for, request_packs
from progress_boards.models import ProgressBoard
from progress_boards.queries.pack import lacks_pack, telling
from progress_boards.rules import may_read_pack
from trust.access import require
from trust.audit import record
from trust.mail import queue_mail
from trust.models import Document
from trust.people.models import User

BUILD, TELL = "boards.pack", "boards.pack_ready"


def ask_for_pack(board: ProgressBoard, *, by: User) -> Document:
    """The pack as it stands now, for whoever reads it; a second click finds the first one's."""
    require(may_read_pack(by, board.meeting))
    with transaction.atomic():
        made = request_packs(board, by=by)[kind_for(by, board)]
        note("ask_for_pack", board, by=by, meeting=board.meeting, act="read_agenda", pack=made.pk)
    return made


def build_pack(pk: int) -> None:
    """Ask for a board's packs when they are due; whoever comes second finds them there."""
    with transaction.atomic():
        board = ProgressBoard.objects.select_related("meeting").get(pk=pk)
        locked(board.meeting)
        due = lacks_pack(pk)
        if due is None:
            return
        made = request_packs(due, by=None)
        record("build_pack", due, by=None, packs=[document.pk for document in made.values()])


def tell_pack(pk: int) -> None:
    """Tell those who sit at the board that its pack is there, and of each newer one; nobody twice of one."""
    with transaction.atomic():
        found = telling(pk)
        if found is None or not found.seats:
            return
        for seat in found.seats:
            queue_mail(
                found.keys[seat.person_id or 0],
                to=seat.person.email if seat.person else "",
                template="pack_changed" if seat.person_id in found.again else "pack_ready",
                context={
                    "board": found.board,
                    "school": found.board.school,
                    "day": found.board.meeting.day,
                },
            )
        record("tell", found.board, by=None, mail="pack_ready")
