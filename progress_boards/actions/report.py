"""The Chair's annual report: opened, compiled, written, signed, submitted to the Trust Board, read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from meetings.actions.signing import own_name
from progress_boards.models import AnnualReport, Recommendation, ReportRead, ReportSection
from progress_boards.queries.report import compile_facts, cut_off_of
from progress_boards.rules import may_open_report, may_sign_report, may_write_report
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear
from trust.people.models import Person, User
from trust.states import transition

KEYS = ReportSection.Key
OPENS_WITH = (KEYS.SUMMARY, KEYS.HOW_BOARDS_RAN, KEYS.RECOMMENDATIONS)
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

    Raises Conflict when the year has a report already.
    """
    require(may_open_report(by))
    if year.starts_on > today():
        raise Conflict("This year has not begun")
    with refusals_as_conflicts():
        report = AnnualReport.objects.create(
            academic_year=year, lead=lead, cut_off_on=cut_off_of(year), created_at=now()
        )
        for key in OPENS_WITH:
            ReportSection.objects.create(report=report, key=key)
        _compile(report)
        record("open_report", report, by=by, year=year.name, **AS_CHAIR)
    return report


def compile_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """Compile the facts again while it is being written; nothing that was written is touched."""
    with transaction.atomic():
        row = _locked(report)
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
    if report.facts["training"]:
        ReportSection.objects.get_or_create(report=report, key=KEYS.TRAINING, school=None)
    held = {s.school_id: s for s in report.sections.filter(key=KEYS.SCHOOL)}
    for school in report.facts["schools"]:
        section = held.get(school["id"])
        words = "\n\n".join(f"{c['label']}: {c['text']}" for c in school["closings"])
        if section is None:
            ReportSection.objects.create(
                report=report, key=KEYS.SCHOOL, school_id=school["id"], text=words
            )
        elif not section.text.strip() and words and section.version == 1:
            ReportSection.objects.filter(pk=section.pk).update(text=words)


def _locked(report: AnnualReport) -> AnnualReport:
    rows = AnnualReport.objects.select_for_update(of=("self",)).select_related("academic_year")
    return rows.get(pk=report.pk)


# -- written -------------------------------------------------------------------------------------


def save_section(section: ReportSection, *, text: str, version: int, by: User) -> ReportSection:
    """Save the words of one section under its version; the same words twice change nothing.

    Raises StaleSection, which holds what was typed, when somebody saved other words in between.
    """
    words = text.replace("\r\n", "\n")
    with transaction.atomic():
        require(may_write_report(by, _locked(section.report)))
        row = ReportSection.objects.select_for_update().get(pk=section.pk)
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
        row = _locked(report)
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
        require(may_write_report(by, _locked(recommendation.report)))
        recommendation.text = _words(text)
        recommendation.owner, recommendation.by_when = owner.strip(), by_when
        recommendation.save(update_fields=["text", "owner", "by_when"])
        record("change_recommendation", recommendation, by=by, **AS_CHAIR)
    return recommendation


def remove_recommendation(recommendation: Recommendation, *, by: User) -> None:
    """Take a recommendation out; those after it move up."""
    with transaction.atomic():
        report = _locked(recommendation.report)
        require(may_write_report(by, report))
        record("remove_recommendation", recommendation, by=by, report=report.pk, **AS_CHAIR)
        later = report.recommendations.filter(order__gt=recommendation.order)
        recommendation.delete()
        later.update(order=F("order") - 1)


def move_recommendation(recommendation: Recommendation, *, up: bool, by: User) -> None:
    """Change places with the one before (or after); at the end of the list nothing moves."""
    with transaction.atomic():
        report = _locked(recommendation.report)
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


# -- signed, submitted, read ---------------------------------------------------------------------


def missing_before_signing(report: AnnualReport) -> list[str]:
    """What is still to be written before the report can be signed."""
    empty = [s for s in report.sections.all() if not s.text.strip()]
    said = ["Write the summary"] if any(s.key == KEYS.SUMMARY for s in empty) else []
    schools = sum(1 for s in empty if s.key == KEYS.SCHOOL)
    if schools:
        said.append(f"Write {schools} school{'s' if schools > 1 else ''}")
    if not report.recommendations.exists():
        said.append("Add a recommendation")
    return said


def sign_report(report: AnnualReport, *, typed_name: str, by: User) -> AnnualReport:
    """Sign the report with one's own name: facts, words and recommendations are sealed as they stand."""
    signed_name = own_name(typed_name, by)
    with transaction.atomic():
        row = _locked(report)
        require(may_sign_report(by, row))
        missing = missing_before_signing(row)
        if missing:
            raise Conflict(f"{missing[0]} before you sign")
        transition(report, "sign_report", by=by, signed_name=signed_name, **AS_CHAIR)
        _seal(report, now())
    return report


def take_back_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """Take the signature back while the Trust Board does not have the report."""
    nothing: dict[str, Any] = {"signed_at": None, "signed_by": None, "signed_name": ""}
    with transaction.atomic():
        transition(report, "take_back_report", by=by, **nothing, **AS_CHAIR)
        _seal(report, None)
    return report


def _seal(report: AnnualReport, at: dt.datetime | None) -> None:
    report.sections.update(sealed_at=at)
    report.recommendations.update(sealed_at=at)


def present_report(report: AnnualReport, *, by: User) -> AnnualReport:
    """Submit the signed report to the Trust Board: from now on its readers see it, for good."""
    return transition(report, "present", by=by, **AS_CHAIR)


def record_read(report: AnnualReport, *, by: User) -> None:
    """Keep that a member of the Trust Board opened the report; a second time changes nothing."""
    is_board = by.posts.holds(Capacity.TRUSTEE, Capacity.LINK_TRUSTEE)
    if report.state != "presented" or by.person_id is None or not is_board:
        return
    with transaction.atomic():
        read, is_new = ReportRead.objects.get_or_create(
            report=report, person_id=by.person_id, defaults={"at": now()}
        )
        if is_new:
            record("read_report", read, by=by, report=report.pk)
