"""The pack of a board: the school on a page, the agenda, the leaders' notes and the papers, bound to one PDF."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse

from meetings.documents.pieces import paragraphs
from meetings.models import AgendaItem, Paper
from progress_boards.documents.agenda import agenda_snapshot
from progress_boards.documents.pieces import answered_words
from progress_boards.documents.school_page import school_page_snapshot
from progress_boards.models import ProgressBoard
from progress_boards.queries.pack import stamp_of
from trust.binding import Leaf, NotReadable, bind, clean_paper, count_pages
from trust.calendar import today
from trust.documents import render_pdf

TEMPLATE = "pdf/pack.html"
PAPERS = "Papers"
MOST_BYTES = 60 * 1024 * 1024
"""Papers beyond this are named in the pack and read by their links."""


def pack_snapshot(board: ProgressBoard, *, with_ratings: bool) -> dict[str, Any]:
    """Everything a pack says, and which files it binds; no briefing note, and nothing of Part B."""
    agenda = agenda_snapshot(board)
    meeting = board.meeting
    items = list(meeting.items.select_related("answered_by").order_by("order"))
    return {
        "title": f"Progress Board pack, {agenda['school']}, {agenda['day'] or 'date to be agreed'}",
        "trust": agenda["trust"],
        "status": agenda["status"],
        "is_draft": agenda["is_draft"],
        "state": meeting.state,
        "stamp": stamp_of(board),
        "school_page": school_page_snapshot(board.school, with_ratings=with_ratings, on=today()),
        "agenda": agenda,
        "notes": [_note(item) for item in items if item.leader_note.strip()],
        "papers": [_paper(board, paper) for paper in _papers_of(board)],
    }


def _note(item: AgendaItem) -> dict[str, Any]:
    return {
        "number": item.order,
        "title": item.title,
        "by": answered_words(item, names=True),
        "text": paragraphs(item.leader_note),
    }


def _papers_of(board: ProgressBoard) -> list[Paper]:
    """Papers in the order of the agenda, those of the whole board first."""
    papers = board.meeting.papers.select_related("item", "document")
    return sorted(papers, key=lambda p: (p.item.order if p.item else 0, p.pk))


def _paper(board: ProgressBoard, paper: Paper) -> dict[str, Any]:
    source = paper.document or paper
    path = reverse("progress_boards:paper-file", args=[board.pk, paper.pk])
    return {
        "title": paper.title,
        "item": f"Item {paper.item.order}" if paper.item else "Whole board",
        "is_late": paper.is_late,
        "file": source.file.name,
        "file_name": source.file_name,
        "url": f"{settings.SITE_URL}{path}",
    }


# -- from the snapshot to the PDF ----------------------------------------------------------------


def make_pack(snapshot: dict[str, Any]) -> bytes:
    """The pack of a snapshot: a paper that cannot be bound is named with its link and stops nothing."""
    rows, leaves = _gather(snapshot["papers"])
    own, pages = _own_pages(snapshot, rows, before=2)
    for _ in range(2):  # the table of papers says on which page each begins
        own, counted = _own_pages(snapshot, rows, before=pages)
        if counted == pages:
            break
        pages = counted
    labels = [""] * pages + [leaf.bookmark for leaf in leaves for _ in range(leaf.pages)]
    return bind(own, leaves, under=PAPERS, feet=lambda total: _feet(snapshot, labels, total))


def _gather(papers: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Leaf]]:
    """Each paper with why it is not bound, "" when it is; and those that are."""
    rows, leaves, size = [], [], 0
    for paper in papers:
        try:
            content, pages = _read(paper, room=MOST_BYTES - size)
        except NotReadable as why:
            rows.append(paper | {"why": str(why), "pages": 0})
            continue
        size += len(content)
        late = ", late paper" if paper["is_late"] else ""
        leaves.append(Leaf(f"{paper['item']}: {paper['title']}{late}", content, pages))
        rows.append(paper | {"why": "", "pages": pages})
    return rows, leaves


def _read(paper: dict[str, Any], *, room: int) -> tuple[bytes, int]:
    if not paper["file_name"].lower().endswith(".pdf"):
        raise NotReadable("is not a PDF")
    try:
        if default_storage.size(paper["file"]) > room:
            raise NotReadable("would make the pack too large")
        with default_storage.open(paper["file"]) as file:
            return clean_paper(file.read())
    except FileNotFoundError as gone:
        raise NotReadable("is not in the store") from gone


def _own_pages(
    snapshot: dict[str, Any], rows: list[dict[str, Any]], *, before: int
) -> tuple[bytes, int]:
    """Our own pages, when so many of them stand before the first paper; and how many there are."""
    starts = accumulate((row["pages"] for row in rows), initial=before + 1)
    placed = [
        row | {"first": start, "last": start + row["pages"] - 1}
        for row, start in zip(rows, starts, strict=False)
    ]
    own = render_pdf(render_to_string(TEMPLATE, {"s": snapshot | {"papers": placed}}))
    return own, count_pages(own)


def _feet(snapshot: dict[str, Any], labels: list[str], total: int) -> bytes:
    strips = [{"what": label, "n": n} for n, label in enumerate(labels, 1)]
    page = {"s": snapshot, "strips": strips, "total": total}
    return render_pdf(render_to_string("pdf/pack_feet.html", page))
