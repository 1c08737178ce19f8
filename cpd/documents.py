"""The papers of a Strategy Group meeting as one PDF, and its advice in the engine's own documents."""

from __future__ import annotations

from typing import Any

from cpd.models import GroupMeeting
from cpd.queries.group_papers import papers_snapshot
from cpd.rules import may_read_group
from trust.access import Actor
from trust.documents import register_document, request_document
from trust.models import Document

PAPERS = "group-papers"


def request_papers(group: GroupMeeting, *, by: Actor) -> Document:
    """The papers as they stand now; asked for twice without a change they are one document."""
    snapshot = papers_snapshot(group)
    return request_document(PAPERS, group, title=snapshot["title"], snapshot=snapshot, by=by)


def may_read_papers(user: Any, document: Document) -> bool:
    """Whoever may know of the meeting by post: the papers hold what any member may read."""
    groups = GroupMeeting.objects.visible_to(user)
    return bool(may_read_group(user)) and groups.filter(pk=document.subject_id).exists()


def register() -> None:
    """Declare the papers."""
    register_document(PAPERS, template="pdf/group_papers.html", may_read=may_read_papers)
