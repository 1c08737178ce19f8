"""What was seen and written about a school, as pages, ratings and agendas read it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse

from evidence.finding_links import FindingLink, links_of
from evidence.models import (
    DocumentJudgement,
    DocumentKind,
    Finding,
    Indicator,
    MarkedPassage,
    NextStep,
    SchoolDocument,
    VisitAttachment,
    VisitRecord,
)
from evidence.pupil_traces import pupil_traces
from evidence.rules import may_edit, may_open, may_reply
from schools.models import School
from schools.queries import school_calendar
from trust.access import Actor
from trust.calendar import NoSchoolDayError, SchoolCalendar

SEND_WITHIN = 5
"""School days after the visit in which its record is due at the school."""

# -- words ---------------------------------------------------------------------------------------


def day_words(day: dt.date) -> str:
    """5 November 2026."""
    return f"{day.day} {day:%B %Y}"


def reply_words(visit: VisitRecord) -> str:
    """Where a record stands with the school: "Draft", "Reply awaited until 20 November", "Disputed", "No reply"."""
    if visit.state == "draft":
        return "Draft"
    if visit.reply:
        return str(visit.get_reply_display())
    if visit.state == "sent" and visit.reply_by:
        return f"Reply awaited until {visit.reply_by.day} {visit.reply_by:%B}"
    return "No reply" if visit.reply_by else "Filed"


def visitor_words(visit: VisitRecord) -> str:
    """Who came, with the organisation if there is one."""
    names = [visit.visitor.name] if visit.visitor else []
    names += [visit.visitor_names] if visit.visitor_names else []
    who = " and ".join(names)
    return (
        f"{who}, {visit.organisation}" if who and visit.organisation else who or visit.organisation
    )


def finding_ref(finding: Finding) -> str:
    """V57-2: the second finding of record 57, as PDFs print it."""
    return f"V{finding.visit_id}-{finding.order}"


# -- records of visit ----------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitLine:
    """One record of visit in a list or a timeline."""

    pk: int
    title: str
    school: str
    on: dt.date
    by: str
    is_external: bool
    state: str
    label: str
    focus: str
    url: str
    to_board: int = 0

    @property
    def small(self) -> str:
        """The line under the title."""
        return " · ".join(part for part in (day_words(self.on), self.by, self.label) if part)


@dataclass(frozen=True)
class FindingLine:
    """One finding with the record it comes from."""

    pk: int
    kind: str
    kind_label: str
    text: str
    indicator_id: int | None
    indicator: str
    take_to_board: bool
    good_practice: bool
    visit: VisitLine


def visit_line(visit: VisitRecord, to_board: int = 0) -> VisitLine:
    """A record as one line; needs school, kind and visitor loaded."""
    return VisitLine(
        pk=visit.pk,
        title=visit.kind.name,
        school=visit.school.name,
        on=visit.visited_on,
        by=visitor_words(visit),
        is_external=visit.is_external,
        state=visit.state,
        label=reply_words(visit),
        focus=visit.focus,
        url=reverse("evidence:visit-page", args=[visit.pk]),
        to_board=to_board,
    )


def _with_names(visits: QuerySet[VisitRecord]) -> QuerySet[Any]:
    return visits.select_related("school", "kind", "visitor").annotate(
        to_board=Count("findings", filter=Q(findings__take_to_board=True))
    )


def visits_of(
    school: School, *, since: dt.date | None = None, user: Actor | None = None
) -> tuple[VisitLine, ...]:
    """The school's sent and filed records, newest first; with a user, only those this person may read."""
    visits = VisitRecord.objects.all() if user is None else VisitRecord.objects.visible_to(user)
    found = _with_names(visits.sent().filter(school=school))
    if since:
        found = found.filter(visited_on__gte=since)
    return tuple(visit_line(v, v.to_board) for v in found.order_by("-visited_on", "-pk"))


def listed_visits(
    user: Actor, *, school: int | None = None, kind: str = "", whose: str = "", state: str = ""
) -> QuerySet[VisitRecord]:
    """Records this person may read, by the filters of the list's address."""
    visits = VisitRecord.objects.visible_to(user)
    if school:
        visits = visits.filter(school_id=school)
    if kind:
        visits = visits.filter(kind__slug=kind)
    if whose:
        visits = visits.filter(is_external=whose == "external")
    if state:
        visits = visits.filter(state=state)
    return _with_names(visits).order_by("-visited_on", "-pk")


def _findings(school: School, since: dt.date | None, **only: object) -> tuple[FindingLine, ...]:
    found = (
        Finding.objects.filter(visit__school=school, visit__is_restricted=False, **only)
        .exclude(visit__state="draft")
        .exclude(text="")
        .select_related("indicator", "visit__school", "visit__kind", "visit__visitor")
        .order_by("visit__visited_on", "visit_id", "order", "pk")
    )
    if since:
        found = found.filter(visit__visited_on__gte=since)
    return tuple(
        FindingLine(
            pk=each.pk,
            kind=each.kind,
            kind_label=each.get_kind_display(),
            text=each.text,
            indicator_id=each.indicator_id,
            indicator=each.indicator.name if each.indicator else "",
            take_to_board=each.take_to_board,
            good_practice=each.good_practice,
            visit=visit_line(each.visit),
        )
        for each in found
    )


def flagged_findings(school: School, since: dt.date | None = None) -> tuple[FindingLine, ...]:
    """Findings marked "take to Progress Board" in records the school has, oldest first; drafts never."""
    return _findings(school, since, take_to_board=True)


def strengths(school: School, since: dt.date | None = None) -> tuple[FindingLine, ...]:
    """Strengths of filed records, oldest first."""
    return _findings(school, since, kind=Finding.Kind.STRENGTH, visit__state="filed")


# -- school documents ----------------------------------------------------------------------------


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


# -- what speaks to an indicator -----------------------------------------------------------------


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence beside an indicator: what, of when, where to read it."""

    kind: str
    """visit, passage or judgement."""
    label: str
    text: str
    on: dt.date
    url: str
    source_id: int
    """Key of the record of visit or of the document."""


def evidence_by_indicator(
    school: School, since: dt.date | None = None
) -> dict[int, tuple[EvidenceLine, ...]]:
    """Everything that speaks to each indicator of a school, newest first; four queries in all."""
    lines: dict[int, list[EvidenceLine]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for finding in _findings(school, since, indicator__isnull=False):
        visit = finding.visit
        lines[finding.indicator_id or 0].append(
            EvidenceLine("visit", _visit_label(visit), finding.text, visit.on, visit.url, visit.pk)
        )
        seen.add((finding.indicator_id or 0, visit.pk))
    focused = VisitRecord.objects.sent().filter(
        school=school, indicator__isnull=False, is_restricted=False
    )
    for record in _with_names(focused if since is None else focused.filter(visited_on__gte=since)):
        if (record.indicator_id, record.pk) not in seen:
            visit = visit_line(record)
            lines[record.indicator_id].append(
                EvidenceLine(
                    "visit", _visit_label(visit), visit.focus, visit.on, visit.url, visit.pk
                )
            )
    for passage in marked_passages(school, since, to_board=False):
        if passage.indicator_id:
            lines[passage.indicator_id].append(
                EvidenceLine(
                    "passage", passage.label, passage.quote, passage.on, passage.url, passage.document_id
                )
            )  # fmt: skip
    for judged in document_judgements(school):
        page = f", page {judged.page}" if judged.page else ""
        lines[judged.indicator_id].append(
            EvidenceLine(
                "judgement", f"{judged.document}{page}", "", judged.on, judged.url, judged.document_id
            )
        )  # fmt: skip
    return {
        key: tuple(sorted(found, key=lambda line: line.on, reverse=True))
        for key, found in lines.items()
    }


def _visit_label(visit: VisitLine) -> str:
    words = f"{visit.title}, {visit.on.day} {visit.on:%B}"
    if visit.label.startswith("Reply awaited") or visit.label in ("Disputed", "No reply"):
        return f"{words} ({visit.label[:1].lower()}{visit.label[1:]})"
    return words


def evidence_for(
    school: School, indicator: Indicator, since: dt.date | None = None
) -> tuple[EvidenceLine, ...]:
    """What speaks to one indicator of a school, newest first."""
    return evidence_by_indicator(school, since).get(indicator.pk, ())


# -- the pages of one record ---------------------------------------------------------------------


@dataclass(frozen=True)
class VisitPage:
    """One record as a page reads it, with what its reader may do."""

    line: VisitLine
    findings: tuple[Finding, ...]
    links: dict[int, tuple[FindingLink, ...]]
    steps: tuple[NextStep, ...]
    files: tuple[VisitAttachment, ...]
    traces: tuple[str, ...]
    may_edit: bool
    may_reply: bool
    may_open: bool

    @property
    def linked(self) -> tuple[tuple[Finding, tuple[FindingLink, ...]], ...]:
        """Each finding with where it leads."""
        return tuple((finding, self.links.get(finding.pk, ())) for finding in self.findings)

    @property
    def counts(self) -> str:
        """Such as "2 findings, 1 for the Progress Board"."""
        n = len(self.findings)
        flagged = sum(finding.take_to_board for finding in self.findings)
        return f"{n} finding{'' if n == 1 else 's'}, {flagged} for the Progress Board"


def visit_page(visit: VisitRecord, user: Actor) -> VisitPage:
    """Everything the page of a record shows, in three queries beside the record's own."""
    findings = tuple(visit.findings.select_related("indicator"))
    steps = tuple(visit.next_steps.all())
    texts = [
        visit.focus, visit.overall, visit.progress, visit.activities,
        *(finding.text for finding in findings), *(step.text for step in steps),
    ]  # fmt: skip
    return VisitPage(
        line=visit_line(visit),
        findings=findings,
        links=links_of(visit, findings, user),
        steps=steps,
        files=tuple(visit.attachments.order_by("pk")),
        traces=tuple(pupil_traces(*texts)),
        may_edit=bool(may_edit(user, visit)),
        may_reply=bool(may_reply(user, visit)),
        may_open=bool(may_open(user, visit)),
    )


def send_by(school: School, visited_on: dt.date) -> dt.date | None:
    """The day by which the record of a visit is due; None where no term dates are entered."""
    return days_after(school_calendar(school), visited_on)


def days_after(calendar: SchoolCalendar, day: dt.date, n: int = SEND_WITHIN) -> dt.date | None:
    """The n-th school day after a day, or None beyond the term dates entered."""
    try:
        return calendar.add_school_days(day, n)
    except NoSchoolDayError:
        return None
