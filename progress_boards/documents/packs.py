"""Whose pack is whose: how one is asked for, and who may read it; the clerk's names no rating."""

from __future__ import annotations

from django.db import transaction

from meetings.actions.moves import locked, note
from meetings.rules import AGENDA_OUT
from progress_boards.actions.pack import tell_pack
from progress_boards.documents.pack import TEMPLATE, make_pack, pack_snapshot
from progress_boards.documents.school_page import school_page_snapshot
from progress_boards.models import ProgressBoard
from progress_boards.queries.pack import (
    CLERKS_PACK,
    KINDS,
    PACK,
    kind_for,
    lacks_pack,
    packs_due,
    packs_to_tell,
)
from progress_boards.rules import may_read_pack, may_read_school_page
from ratings.rules import may_read_history
from schools.models import School
from trust.access import Actor, require
from trust.audit import record
from trust.calendar import today
from trust.documents import register_document, request_document
from trust.models import Document
from trust.people.models import User
from trust.work import register_due

PAGE, CLERKS_PAGE = "school-page", "school-page-clerk"
BUILD, TELL = "boards.pack", "boards.pack_ready"


def request_packs(board: ProgressBoard, *, by: Actor | None) -> dict[str, Document]:
    """Both packs as they stand now, by their kinds; asked for twice without a change each is one document."""
    with transaction.atomic():
        return {kind: _request(board, kind, by=by) for kind in KINDS}


def _request(board: ProgressBoard, kind: str, *, by: Actor | None) -> Document:
    snapshot = pack_snapshot(board, with_ratings=kind == PACK)
    return request_document(kind, board, title=snapshot["title"], snapshot=snapshot, by=by)


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


def request_school_page(school: School, *, by: Actor) -> Document:
    """One school on a page as its reader may read it."""
    with_ratings = bool(may_read_history(by, school))
    snapshot = school_page_snapshot(school, with_ratings=with_ratings, on=today())
    kind = PAGE if with_ratings else CLERKS_PAGE
    return request_document(kind, school, title=snapshot["title"], snapshot=snapshot, by=by)


# -- who may read one ----------------------------------------------------------------------------


def may_read_pack_document(user: Actor, document: Document) -> bool:
    """The pack's readers; what names the rating is not the clerk's."""
    boards = ProgressBoard.objects.visible_to(user).with_meeting()
    board = boards.filter(pk=document.subject_id).first()
    if board is None or board.meeting.state not in AGENDA_OUT:
        return False
    if not may_read_pack(user, board.meeting):
        return False
    return document.kind == CLERKS_PACK or kind_for(user, board) == PACK


def may_read_page_document(user: Actor, document: Document) -> bool:
    """The readers of the school on a page; what names the rating is for its readers."""
    school = School.objects.visible_to(user).filter(pk=document.subject_id).first()
    if school is None or not may_read_school_page(user, school.pk):
        return False
    return document.kind == CLERKS_PAGE or bool(may_read_history(user, school))


def register() -> None:
    """Declare the packs and the school on a page; packs are made on their day, then told."""
    for kind in KINDS:
        register_document(kind, template=TEMPLATE, may_read=may_read_pack_document, make=make_pack)
    for kind in (PAGE, CLERKS_PAGE):
        register_document(kind, template="pdf/school_page.html", may_read=may_read_page_document)
    register_due(BUILD, find=packs_due, run=build_pack)
    register_due(TELL, find=packs_to_tell, run=tell_pack)
