"""Records of visit: their lines, their findings, and the page of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from evidence.finding_links import FindingLink, links_of
from evidence.models import (
    Finding,
    NextStep,
    VisitAttachment,
    VisitRecord,
)
from evidence.pupil_traces import pupil_traces
from evidence.queries.words import day_words, reply_words, visitor_words
from evidence.rules import may_edit, may_open, may_reply
from schools.models import School
from schools.queries import school_calendar
from trust.access import Actor
from trust.calendar import NoSchoolDayError, SchoolCalendar

SEND_WITHIN = 5
"""School days after the visit in which its record is due at the school."""


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


def with_names(visits: QuerySet[VisitRecord]) -> QuerySet[Any]:
    """With all that a line of the list says, and how many findings go to the board."""
    return visits.select_related("school", "kind", "visitor").annotate(
        to_board=Count("findings", filter=Q(findings__take_to_board=True))
    )


def visits_of(
    school: School, *, since: dt.date | None = None, user: Actor | None = None
) -> tuple[VisitLine, ...]:
    """The school's sent and filed records, newest first; with a user, only those this person may read."""
    visits = VisitRecord.objects.all() if user is None else VisitRecord.objects.visible_to(user)
    found = with_names(visits.sent().filter(school=school))
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
    return with_names(visits).order_by("-visited_on", "-pk")


def findings_at(school: School, since: dt.date | None, **only: object) -> tuple[FindingLine, ...]:
    """The findings of a school's sent and filed records that anybody there may speak of: no restricted one."""
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
    return findings_at(school, since, take_to_board=True)


def strengths(school: School, since: dt.date | None = None) -> tuple[FindingLine, ...]:
    """Strengths of filed records, oldest first."""
    return findings_at(school, since, kind=Finding.Kind.STRENGTH, visit__state="filed")


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
