"""The Chair's annual report while it is written: opened, compiled, its sections and its recommendations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from progress_boards.citations import cite
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from progress_boards.queries.report import compile_facts
from progress_boards.queries.report_chairs import chairs_at, chairs_of
from progress_boards.queries.report_dates import cut_off_of
from progress_boards.report_rules import may_open_report, may_write_report, may_write_section
from schools.actions import appoint_for_year
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear
from trust.people.models import Person, User

KEYS = ReportSection.Key
OPENS_WITH = (KEYS.SUMMARY, KEYS.HOW_BOARDS_RAN, KEYS.RECOMMENDATIONS)
OFFERED = (
    KEYS.REMIT, KEYS.THEMES, KEYS.SUPPORT, KEYS.READINESS, KEYS.EFFECTIVENESS,
)  # fmt: skip
"""Sections that may be written and are gone from the report when they are empty."""
AS_CHAIR: dict[str, Any] = {"acted_as": str(Capacity.CHAIR)}


class StaleSection(Conflict):
    """Somebody saved the section in between: both texts are shown, and nothing is lost."""

    def __init__(self, section: ReportSection, text: str) -> None:
        super().__init__("This section changed after you opened it. Nothing was changed")
        self.section = section
        self.text = text


# -- opened and compiled -------------------------------------------------------------------------


def open_report(year: AcademicYear, *, lead: Person, by: User) -> AnnualReport:
    """Open the report of a year: facts compiled, each school's half page begun from its closing statements.

    Its lead holds the post of Lead Chair for that year until it is presented, and longer if it never is:
    "The lead reads Part A minutes, ratings and actions of every board of that year".

    Raises Conflict when the year has a report already.
    """
    require(may_open_report(by))
    if year.starts_on > today():
        raise Conflict("This year has not begun")
    with refusals_as_conflicts():
        report = AnnualReport.objects.create(
            academic_year=year, lead=lead, cut_off_on=cut_off_of(year), created_at=now()
        )
        for key in (*OPENS_WITH, *OFFERED):
            ReportSection.objects.create(report=report, key=key)
        _compile(report)
        appoint_for_year(
            lead, year, capacity=Capacity.LEAD_CHAIR, title=f"annual report {year.name}", by=by
        )
        record("open_report", report, by=by, year=year.name, **AS_CHAIR)
    return report


def compile_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """Compile the facts again while it is being written; nothing that was written is touched."""
    with transaction.atomic():
        row = locked(report)
        require(may_write_report(by, row))
        _compile(row)
        report.facts, report.facts_compiled_at = row.facts, row.facts_compiled_at
        record("compile_report", row, by=by, **AS_CHAIR)
    return report


def compile_at_cut_off(pk: int) -> None:
    """Compile a draft's facts once more when the cut-off has passed; done before, nothing happens."""
    with transaction.atomic():
        found = AnnualReport.objects.filter(pk__in=reports_past_cut_off(), pk=pk)
        for report in found.select_for_update(of=("self",)).select_related("academic_year"):
            _compile(report)
            record("compile_report", report, by=None)


def reports_past_cut_off() -> list[int]:
    """Drafts whose facts were compiled before their cut-off was over."""
    drafts = AnnualReport.objects.filter(state="draft", cut_off_on__lt=today())
    return list(
        drafts.filter(facts_compiled_at__date__lte=F("cut_off_on")).values_list("pk", flat=True)
    )


def _compile(report: AnnualReport) -> None:
    """The facts as at the cut-off, or as at today while that day has not come."""
    report.facts = compile_facts(report.academic_year, min(report.cut_off_on, today()))
    report.facts_compiled_at = now()
    report.save(update_fields=["facts", "facts_compiled_at"])
    for key, has_facts in (
        (KEYS.TRAINING, report.facts["training"]),
        (KEYS.FOLLOW_UP, report.facts["follow_up"]),
    ):
        if has_facts:
            ReportSection.objects.get_or_create(report=report, key=key, school=None)
    chairs = chairs_of(report)
    held = {s.school_id: s for s in report.sections.filter(key=KEYS.SCHOOL)}
    for school in report.facts["schools"]:
        section = held.get(school["id"])
        words = "\n\n".join(
            f"{said['label']}: {cite(said['text'], said['ref'])}" for said in school["closings"]
        )
        if section is None:
            ReportSection.objects.create(
                report=report, key=KEYS.SCHOOL, school_id=school["id"], text=words,
                writer=chairs.get(school["id"]),
            )  # fmt: skip
        elif not section.text.strip() and words and section.version == 1:
            ReportSection.objects.filter(pk=section.pk).update(text=words)


def locked(report: AnnualReport) -> AnnualReport:
    """The report's row as it is now, held until the transaction ends."""
    rows = AnnualReport.objects.select_for_update(of=("self",)).select_related("academic_year")
    return rows.get(pk=report.pk)


def name_writer(section: ReportSection, *, writer: Person | None, by: User) -> ReportSection:
    """Give the half page of a school to the Chair of that school, or back to the lead.

    Raises Conflict for another section, or for somebody who is not an external Chair of that school.
    """
    with transaction.atomic():
        report = locked(section.report)
        require(may_write_report(by, report))
        if section.school_id is None:
            raise Conflict("Only the half page of a school is given to another Chair")
        if writer is not None and writer not in chairs_at(report, section.school_id):
            raise Conflict(f"{writer} is not an external Chair of this school")
        row = ReportSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
        row.writer = None if writer is not None and writer.pk == report.lead_id else writer
        row.save(update_fields=["writer"])
        record("name_writer", row, by=by, report=report.pk, writer=row.writer_id, **AS_CHAIR)
    return row


# -- written -------------------------------------------------------------------------------------


def save_section(section: ReportSection, *, text: str, version: int, by: User) -> ReportSection:
    """Save the words of one section under its version; the same words twice change nothing.

    Raises StaleSection, which holds what was typed, when somebody saved other words in between.
    """
    words = text.replace("\r\n", "\n")
    with transaction.atomic():
        report = locked(section.report)
        row = ReportSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
        require(may_write_section(by, report, row))
        if row.text == words:
            return row
        if row.version != version:
            raise StaleSection(row, words)
        row.text, row.version, row.updated_at = words, row.version + 1, now()
        row.save(update_fields=["text", "version", "updated_at"])
        record("save_section", row, by=by, report=section.report_id, key=row.key, **AS_CHAIR)
    return row


def add_recommendation(
    report: AnnualReport, *, text: str, owner: str, by_when: dt.date | None, by: User
) -> Recommendation:
    """Add a recommendation to the Trust Board at the end of the list."""
    with transaction.atomic():
        row = locked(report)
        require(may_write_report(by, row))
        last = row.recommendations.aggregate(last=Max("order"))["last"] or 0
        made = Recommendation.objects.create(
            report=row, order=last + 1, text=_words(text), owner=owner.strip(), by_when=by_when
        )
        record("add_recommendation", made, by=by, report=row.pk, **AS_CHAIR)
    return made


def _words(text: str) -> str:
    if not text.strip():
        raise Conflict("Write the recommendation")
    return text.strip()


def change_recommendation(
    recommendation: Recommendation,
    *,
    text: str,
    owner: str,
    by_when: dt.date | None,
    by: User,
) -> Recommendation:
    """Change the words, the proposed owner or the date of a recommendation."""
    with transaction.atomic():
        require(may_write_report(by, locked(recommendation.report)))
        recommendation.text = _words(text)
        recommendation.owner, recommendation.by_when = owner.strip(), by_when
        recommendation.save(update_fields=["text", "owner", "by_when"])
        record("change_recommendation", recommendation, by=by, **AS_CHAIR)
    return recommendation


def remove_recommendation(recommendation: Recommendation, *, by: User) -> None:
    """Take a recommendation out; those after it move up."""
    with transaction.atomic():
        report = locked(recommendation.report)
        require(may_write_report(by, report))
        record("remove_recommendation", recommendation, by=by, report=report.pk, **AS_CHAIR)
        later = report.recommendations.filter(order__gt=recommendation.order)
        recommendation.delete()
        later.update(order=F("order") - 1)


def move_recommendation(recommendation: Recommendation, *, up: bool, by: User) -> None:
    """Change places with the one before (or after); at the end of the list nothing moves."""
    with transaction.atomic():
        report = locked(recommendation.report)
        require(may_write_report(by, report))
        rows = list(report.recommendations.select_for_update().order_by("order", "pk"))
        place = next(i for i, row in enumerate(rows) if row.pk == recommendation.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for order, row in enumerate(rows, 1):
            Recommendation.objects.filter(pk=row.pk).update(order=order)
        record("move_recommendation", recommendation, by=by, up=up, **AS_CHAIR)
