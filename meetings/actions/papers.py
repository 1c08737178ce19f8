"""Papers for a meeting or one of its items: added, late after their day, taken off."""

from __future__ import annotations

from django.db import transaction

from evidence.models import SchoolDocument
from meetings.actions.moves import in_state, locked, note
from meetings.models import AgendaItem, Meeting, Paper
from meetings.rules import may_add_paper, step
from trust.access import Conflict, require
from trust.calendar import now, today
from trust.people.models import User
from trust.uploads import CleanUpload


def add_paper(
    meeting: Meeting,
    *,
    title: str,
    by: User,
    item: AgendaItem | None = None,
    file: CleanUpload | None = None,
    document: SchoolDocument | None = None,
) -> Paper:
    """Add a paper, a file that was checked or a school document; late after its day."""
    with transaction.atomic():
        row = locked(meeting)
        require(may_add_paper(by, row, item))
        if not step(row, "papers"):
            raise Conflict("This trust holds these meetings without papers")
        in_state(row, "issued")
        if (file is None) == (document is None):
            raise Conflict("Choose a file, or one of the school's documents")
        if document is not None and document.school_id != row.school_id:
            raise Conflict("Choose one of this school's documents")
        until = row.deadline("papers")
        paper = Paper(
            meeting=row, item=item, title=title.strip()[:160] or "Paper", document=document,
            is_late=until is not None and today() > until, added_by=by, added_at=now(),
        )  # fmt: skip
        if file is not None:
            paper.file_name, paper.size = file.name, file.size
            paper.file.save(file.stored_name, file.content, save=False)
        paper.save()
        note("add_paper", paper, by=by, meeting=row, act="add_papers", late=paper.is_late)
    return paper


def remove_paper(paper: Paper, *, by: User) -> None:
    """Take a paper off before the meeting is held; its file goes once that is committed."""
    with transaction.atomic():
        row = locked(paper.meeting)
        require(may_add_paper(by, row, paper.item))
        in_state(row, "issued")
        note("remove_paper", paper, by=by, meeting=row, act="add_papers", title=paper.title)
        stored = paper.file.name if paper.file else ""
        storage = paper.file.storage
        paper.delete()
        if stored:
            transaction.on_commit(lambda: storage.delete(stored), robust=True)
