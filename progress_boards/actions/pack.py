"""That the pack of a board is there is told to those who sit at it."""

from __future__ import annotations

from django.db import transaction

from progress_boards.queries.pack import telling
from trust.audit import record
from trust.mail import queue_mail


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
