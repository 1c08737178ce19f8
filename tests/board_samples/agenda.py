"""What the access matrix asks for at an agenda's versions and late items, and at the standing items."""

from __future__ import annotations

from meetings.actions.versions import keep_version
from tests.matrix_objects import Sample, World, _board, _enquiry, sample
from trust.calendar import now
from trust.pages import new_key

WORDS = {"title": "Safeguarding", "question": "What was learned?", "type": "enquiry",
         "minutes": "5", "place": "last", "version": "1"}  # fmt: skip


@sample("progress_boards:agenda-late")
def _late(world: World, ownership: str) -> Sample:
    board = _board(world, ownership, "issued", issued_at=now(), agenda_version=1)
    data = {"type": "enquiry", "title": "Exclusions", "question": "", "minutes": "5",
            "taken_from": str(_enquiry(board).pk), "idempotency_key": new_key()}  # fmt: skip
    return Sample({"pk": board.pk}, data)


@sample("meetings:agenda-versions")
def _versions(world: World, ownership: str) -> Sample:
    return Sample({"pk": _versioned(world, ownership)})


@sample("meetings:agenda-version")
def _version(world: World, ownership: str) -> Sample:
    return Sample({"pk": _versioned(world, ownership), "number": 1})


def _versioned(world: World, ownership: str) -> int:
    board = _board(world, ownership, "issued", issued_at=now(), agenda_version=1)
    keep_version(board.meeting, by=None)
    return board.meeting_id
