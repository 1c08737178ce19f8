"""What a board could ask about from visits, learning walks and the school's documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from evidence.models import DocumentKind, Finding, MarkedPassage, SchoolDocument
from meetings.models import ItemSource
from progress_boards.agenda import Candidate, ScoreWeights
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda_more import HELD, LOOKS_BACK
from progress_boards.queries.offers import (
    DOCUMENTS,
    VISITS,
    Offer,
    day_words,
    short,
    topic_of,
)


def from_findings(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
    """Findings marked "take to Progress Board" in records the school has; strengths of filed ones."""
    findings = (
        Finding.objects.filter(
            Q(take_to_board=True, visit__state__in=("sent", "filed"))
            | Q(kind=Finding.Kind.STRENGTH, visit__state="filed"),
            visit__school=board.school_id,
            visit__visited_on__gt=day - LOOKS_BACK,
            visit__visited_on__lte=day,
            visit__is_restricted=False,
        )
        .exclude(pk__in=_used(board, "finding"))
        .select_related("visit__kind", "indicator")
        .order_by("-visit__visited_on", "order", "pk")
    )
    for finding in findings:
        yield _found(finding, weights)


def _found(finding: Finding, weights: ScoreWeights) -> Offer:
    visit = finding.visit
    kind = "flagged" if finding.take_to_board else "strength"
    on = day_words(visit.visited_on)
    title = visit.focus or (finding.indicator.name if finding.indicator else str(visit.kind))
    asked = (
        "What makes it work, and what could other schools take from it?"
        if kind == "strength"
        else "What do leaders see now, what have they done, and how will they know that it works?"
    )
    words = {"flagged": "Marked for the board", "strength": "A strength seen"}[kind]
    candidate = Candidate(
        kind=kind,
        score=weights.of(kind),
        title=short(title, 120),
        question=f"{visit.kind}, {on}: “{short(finding.text, 300)}” {asked}",
        reason=short(f"{words}: {finding.text}", 300),
        source=("finding", finding.pk),
        evidence_on=visit.visited_on,
        topic=topic_of(finding.indicator),
    )
    state = "" if visit.state == "filed" else " · the school may still reply"
    return Offer(candidate, VISITS, f"{visit.kind}, {on}", f"{finding.get_kind_display()}{state}",
                 indicator=finding.indicator, links={"finding": finding})  # fmt: skip


def from_passages(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
    """Passages of the documents in force that a reader marked "take to Progress Board"."""
    passages = (
        MarkedPassage.objects.filter(
            take_to_board=True,
            document__in=SchoolDocument.objects.filter(school=board.school_id).current(day),
        )
        .exclude(pk__in=_used(board, "passage"))
        .select_related("document", "indicator")
    )
    for passage in passages:
        page = f", page {passage.page}" if passage.page else ""
        label = f"{passage.document.title}{page}"
        title = passage.indicator.name if passage.indicator else passage.document.title
        candidate = Candidate(
            kind="flagged",
            score=weights.flagged,
            title=short(title, 120),
            question=f"{label} says: “{short(passage.quote, 300)}” What is the evidence for it, and what follows?",
            reason=short(f"Marked by a reader: “{passage.quote}”", 300),
            source=("passage", passage.pk),
            evidence_on=passage.document.valid_from,
            topic=topic_of(passage.indicator),
        )
        small = f"In force since {day_words(passage.document.valid_from)}"
        links = {"passage": passage, "document": passage.document}
        yield Offer(candidate, DOCUMENTS, label, small, indicator=passage.indicator, links=links)


def from_documents(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
    """Kinds of document every school is expected to have that are missing, or expire before the board."""
    board_on = board.meeting.day or day
    current: dict[int, SchoolDocument] = {}
    documents = SchoolDocument.objects.filter(school=board.school_id, kind__is_expected=True)
    for document in documents.current(day).order_by("valid_from", "pk"):
        current[document.kind_id] = document  # the newest stands
    for kind in DocumentKind.objects.filter(is_expected=True):
        newest = current.get(kind.pk)
        if newest is not None and (newest.valid_until is None or newest.valid_until >= board_on):
            continue
        yield _wanting(kind, newest, weights)


def _wanting(kind: DocumentKind, document: SchoolDocument | None, weights: ScoreWeights) -> Offer:
    expires = document.valid_until if document else None
    reason = f"In force until {day_words(expires)}" if expires else "None is kept here"
    candidate = Candidate(
        kind="document_missing",
        score=weights.document_missing,
        title=short(f"{kind}: bringing it up to date", 120),
        question="When will it be ready, who writes it, and what will leaders use it for?",
        reason=reason,
        source=("document_kind", kind.pk),
        evidence_on=expires,
    )
    links = {"document": document} if document else {}
    return Offer(candidate, DOCUMENTS, str(kind), reason, links=links)


def _used(board: ProgressBoard, name: str) -> Any:
    """Rows of a kind that an earlier board of the school has taken up."""
    used = ItemSource.objects.filter(
        item__meeting__progress_board__school=board.school_id,
        item__meeting__state__in=HELD,
        **{f"{name}__isnull": False},
    ).exclude(item__meeting=board.meeting_id)
    return used.values(name)
