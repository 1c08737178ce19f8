"""Packs: which are due, who is to be told of one, and how the pack of a board stands."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from meetings.models import Seat
from meetings.states import BEFORE_HELD
from progress_boards.models import ProgressBoard
from progress_boards.rules import pack_role
from trust.access import Actor, Capacity
from trust.calendar import today
from trust.leases import LeasedState
from trust.models import Document, Mail

PACK, CLERKS_PACK = "pack", "pack-clerk"
KINDS = (PACK, CLERKS_PACK)
"""A board has two: "RAG shared" is not for the clerk, whose pack names no rating."""
READERS = (
    Capacity.CHAIR, Capacity.CEO, Capacity.LINK_TRUSTEE, Capacity.HEAD, Capacity.CLERK,
)  # fmt: skip
"""Who is told: "pack ready -> Chair, CEO, Link Trustee, head, clerk"."""


def kind_for(user: Actor, board: ProgressBoard) -> str:
    """Which of the two packs somebody reads."""
    return CLERKS_PACK if pack_role(user, board.meeting) == Capacity.CLERK else PACK


def stamp_of(board: ProgressBoard) -> dict[str, Any]:
    """By what a pack is told from a newer one: its day, the hour, the issued version and its papers."""
    meeting = board.meeting
    due = meeting.deadline("pack")
    return {
        "is_due": due is not None and due <= today(),
        "starts_at": meeting.starts_at.isoformat() if meeting.starts_at else "",
        "agenda_version": meeting.agenda_version,
        "papers": sorted(paper.pk for paper in meeting.papers.all()),
    }


def _with_their_pack_due() -> QuerySet[ProgressBoard]:
    """Issued boards still to be held whose day for the pack has come; a step switched off left them no day."""
    day = today()
    return (
        ProgressBoard.objects.filter(meeting__state="issued", meeting__starts_at__date__gte=day)
        .annotate(pack_on=KeyTextTransform("pack", "meeting__deadlines"))
        .filter(pack_on__lte=day.isoformat())
        .select_related("meeting", "school").prefetch_related("meeting__papers")
    )  # fmt: skip


def _newest(boards: Iterable[ProgressBoard]) -> dict[int, dict[str, tuple[Any, str]]]:
    """Of each board the stamp and the state of its newest pack of each kind, in one query."""
    rows = Document.objects.filter(
        kind__in=KINDS,
        subject_type=ProgressBoard._meta.label_lower,
        subject_id__in=[board.pk for board in boards],
    ).order_by("pk").values_list("subject_id", "kind", "snapshot__stamp", "state")  # fmt: skip
    found: dict[int, dict[str, tuple[Any, str]]] = {}
    for board, kind, stamp, state in rows:
        found.setdefault(board, {})[kind] = (stamp, state)
    return found


def packs_due() -> list[int]:
    """Boards without a pack since its day, or whose agenda, hour or papers changed after it was made."""
    boards = list(_with_their_pack_due())
    newest = _newest(boards)
    return [board.pk for board in boards if is_due(board, newest.get(board.pk, {}))]


def is_due(board: ProgressBoard, newest: dict[str, tuple[Any, str]]) -> bool:
    """Whether one of a board's packs is missing or speaks of something older."""
    stamp = stamp_of(board)
    return any(newest.get(kind, (None, ""))[0] != stamp for kind in KINDS)


def lacks_pack(pk: int) -> ProgressBoard | None:
    """The board when its pack is due still: what its own transaction asks again."""
    board = _with_their_pack_due().filter(pk=pk).first()
    return board if board and is_due(board, _newest([board]).get(pk, {})) else None


# -- who is told ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Telling:
    """Of which pack who is to be told, and whether they were told of an earlier one."""

    board: ProgressBoard
    seats: tuple[Seat, ...]
    keys: dict[int, str]
    again: frozenset[int]


def packs_to_tell() -> list[int]:
    """Boards whose newest packs are made and of which somebody was not told."""
    boards = list(_with_their_pack_due().prefetch_related("meeting__seats__person"))
    newest = _newest(boards)
    ready = [board for board in boards if _is_made(board, newest.get(board.pk, {}))]
    wanted = {board.pk: set(_keys(board).values()) for board in ready}
    told = Mail.objects.filter(key__in=set().union(*wanted.values())).values_list("key", flat=True)
    return [pk for pk, keys in wanted.items() if keys - set(told)]


def telling(pk: int) -> Telling | None:
    """What is still to be said of one board's pack."""
    board = _with_their_pack_due().prefetch_related("meeting__seats__person").filter(pk=pk).first()
    if board is None or not _is_made(board, _newest([board]).get(pk, {})):
        return None
    keys, told = _keys(board), _told(board)
    seats = tuple(s for s in _seats(board) if keys[s.person_id or 0] not in told)
    before = {key.split(":")[2] for key in told}
    again = frozenset(s.person_id or 0 for s in seats if str(s.person_id) in before)
    return Telling(board, seats, keys, again)


def _is_made(board: ProgressBoard, newest: dict[str, tuple[Any, str]]) -> bool:
    return not is_due(board, newest) and all(newest[kind][1] == LeasedState.DONE for kind in KINDS)


def _seats(board: ProgressBoard) -> list[Seat]:
    """One seat of each reader who can be written to."""
    found: dict[int, Seat] = {}
    for seat in board.meeting.seats.all():
        if seat.role in READERS and seat.person is not None and seat.person.email:
            found.setdefault(seat.person.pk, seat)
    return list(found.values())


def _keys(board: ProgressBoard) -> dict[int, str]:
    """The key of the mail to each reader: one a pack, however often it is asked."""
    stamp = json.dumps(stamp_of(board), sort_keys=True)
    mark = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    return {
        seat.person_id or 0: f"pack_ready:{board.pk}:{seat.person_id}:{mark}"
        for seat in _seats(board)
    }


def _told(board: ProgressBoard) -> set[str]:
    """The keys of all mails about this board's packs."""
    mails = Mail.objects.filter(key__startswith=f"pack_ready:{board.pk}:")
    return set(mails.values_list("key", flat=True))


# -- the page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperLine:
    """One paper of the pack as the page names it."""

    item: str
    title: str
    url: str
    is_late: bool
    is_pdf: bool


@dataclass(frozen=True)
class PackPage:
    """How the pack of a board stands for one reader."""

    document: Document | None
    is_current: bool
    made_on: dt.date | None
    """The day on which the software makes it; none once the board was held without."""
    papers: tuple[PaperLine, ...]
    notes: tuple[str, ...]
    earlier: tuple[Document, ...]


def pack_page(board: ProgressBoard, user: Actor) -> PackPage:
    """Read the newest pack this person may read, what it holds, and the ones before."""
    documents = list(
        Document.objects.filter(
            kind=kind_for(user, board), subject_type=board._meta.label_lower, subject_id=board.pk
        ).order_by("-pk")[:6]
    )  # fmt: skip
    newest = documents[0] if documents else None
    snapshot = newest.snapshot if newest else {}
    return PackPage(
        document=newest,
        is_current=bool(newest and snapshot["stamp"] == stamp_of(board)),
        made_on=board.meeting.deadline("pack") if board.meeting.state in BEFORE_HELD else None,
        papers=tuple(
            PaperLine(
                item=paper["item"],
                title=paper["title"],
                url=paper["url"],
                is_late=paper["is_late"],
                is_pdf=paper["file_name"].lower().endswith(".pdf"),
            )
            for paper in snapshot.get("papers", ())
        ),
        notes=tuple(
            f"Item {note['number']}: {note['title']}" for note in snapshot.get("notes", ())
        ),
        earlier=tuple(documents[1:]),
    )
