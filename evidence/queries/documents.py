"""School documents: the passages marked for the board, their judgements, and what is missing or out of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet
from django.urls import reverse

from evidence.models import (
    DocumentJudgement,
    DocumentKind,
    MarkedPassage,
    SchoolDocument,
)
from evidence.queries.words import day_words
from schools.models import School
from trust.access import Actor


@dataclass(frozen=True)
class PassageLine:
    """One marked passage with its document."""

    pk: int
    document: str
    document_id: int
    quote: str
    page: int | None
    note: str
    indicator_id: int | None
    indicator: str
    take_to_board: bool
    on: dt.date
    url: str

    @property
    def label(self) -> str:
        """Such as "Self-evaluation, page 9"."""
        return f"{self.document}, page {self.page}" if self.page else self.document


@dataclass(frozen=True)
class JudgementLine:
    """What a document itself judges of an indicator: position 1 best, 2 middle, 3 worst."""

    document: str
    document_id: int
    indicator_id: int
    indicator: str
    position: int
    page: int | None
    on: dt.date
    url: str


@dataclass(frozen=True)
class Gap:
    """An expected document that is missing, or has run out on a day."""

    kind: str
    kind_slug: str
    expired_on: dt.date | None
    document_id: int | None
    url: str

    @property
    def label(self) -> str:
        """Such as "Attendance report: expired on 31 August 2026"."""
        if self.expired_on:
            return f"{self.kind}: expired on {day_words(self.expired_on)}"
        return f"{self.kind}: missing"


def _document_url(pk: int) -> str:
    return reverse("evidence:document-page", args=[pk])


def marked_passages(
    school: School, since: dt.date | None = None, *, to_board: bool = True
) -> tuple[PassageLine, ...]:
    """Passages of current documents marked for the board (or all marked ones), oldest first."""
    found = MarkedPassage.objects.filter(
        document__school=school, document__replaced_by__isnull=True
    ).select_related("document", "indicator")
    if to_board:
        found = found.filter(take_to_board=True)
    if since:
        found = found.filter(marked_at__date__gte=since)
    return tuple(
        PassageLine(
            pk=each.pk,
            document=each.document.title,
            document_id=each.document_id,
            quote=each.quote,
            page=each.page,
            note=each.note,
            indicator_id=each.indicator_id,
            indicator=each.indicator.name if each.indicator else "",
            take_to_board=each.take_to_board,
            on=each.marked_at.date(),
            url=_document_url(each.document_id),
        )
        for each in found.order_by("marked_at", "pk")
    )


def document_judgements(school: School) -> tuple[JudgementLine, ...]:
    """What the school's current documents judge of the indicators, in the indicators' order."""
    found = (
        DocumentJudgement.objects.filter(
            document__school=school, document__replaced_by__isnull=True
        )
        .select_related("document", "indicator")
        .order_by("indicator__order", "-document__valid_from", "pk")
    )
    return tuple(
        JudgementLine(
            document=each.document.title,
            document_id=each.document_id,
            indicator_id=each.indicator_id,
            indicator=each.indicator.name,
            position=each.position,
            page=each.page,
            on=each.document.valid_from,
            url=_document_url(each.document_id),
        )
        for each in found
    )


def gaps_of(
    schools: Iterable[School], today: dt.date, kinds: Iterable[DocumentKind] | None = None
) -> dict[int, tuple[Gap, ...]]:
    """Per school, the expected documents that are missing or have run out; two queries, or one if all kinds are given."""
    keys = [school.pk for school in schools]
    kinds = [each for each in kinds or DocumentKind.objects.all() if each.is_expected]
    newest: dict[tuple[int, int], SchoolDocument] = {}
    held = SchoolDocument.objects.filter(school__in=keys, kind__in=kinds, valid_from__lte=today)
    for document in held.order_by("valid_from", "pk"):
        newest[document.school_id, document.kind_id] = document
    gaps: dict[int, tuple[Gap, ...]] = {}
    for key in keys:
        pairs = [(kind, newest.get((key, kind.pk))) for kind in kinds]
        gaps[key] = tuple(_gap(kind, d, key) for kind, d in pairs if _is_gap(d, today))
    return gaps


def _is_gap(document: SchoolDocument | None, today: dt.date) -> bool:
    return document is None or (document.valid_until is not None and document.valid_until < today)


def _gap(kind: DocumentKind, document: SchoolDocument | None, school_id: int) -> Gap:
    if document is None:
        url = f"{reverse('evidence:document-list')}?school={school_id}&kind={kind.slug}"
        return Gap(kind.name, kind.slug, None, None, url)
    return Gap(kind.name, kind.slug, document.valid_until, document.pk, _document_url(document.pk))


def expired_or_missing(school: School, today: dt.date) -> tuple[Gap, ...]:
    """The school's expected documents that are missing or have run out."""
    return gaps_of([school], today)[school.pk]


def listed_documents(
    user: Actor, *, school: int | None = None, kind: str = "", with_older: bool = False
) -> QuerySet[SchoolDocument]:
    """Documents this person may read, by the filters of the list's address; older versions on request."""
    documents = SchoolDocument.objects.visible_to(user).select_related("school", "kind")
    if school:
        documents = documents.filter(school_id=school)
    if kind:
        documents = documents.filter(kind__slug=kind)
    if not with_older:
        documents = documents.filter(replaced_by__isnull=True)
    return documents.annotate(marked=Count("passages")).order_by(
        "school__name", "kind__order", "-valid_from", "-pk"
    )


def document_with_marks(documents: QuerySet[SchoolDocument]) -> QuerySet[SchoolDocument]:
    """Everything the page of a document shows, in a fixed number of queries."""
    return documents.select_related(
        "school", "kind", "added_by__person", "replaced_by"
    ).prefetch_related(
        Prefetch(
            "passages", MarkedPassage.objects.select_related("indicator", "marked_by__person")
        ),
        Prefetch(
            "judgements",
            DocumentJudgement.objects.select_related("indicator").order_by("indicator__order"),
        ),
    )
