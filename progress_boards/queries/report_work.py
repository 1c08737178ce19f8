"""What waits round the annual report: for the Chairs, for those who check its facts, the clerk, the trust and the Trust Board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from progress_boards.models import AnnualReport, ProgressBoard, ReportSection
from progress_boards.queries.report_chairs import CHECKS
from trust.access import Capacity
from trust.models import AcademicYear
from trust.work import WorkItem


def report_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """The Chairs write, the schools and the trust check, the clerk lists, the Trust Board reads, the trust answers."""
    if user.person_id is None:
        return
    is_chair = user.posts.holds(Capacity.CHAIR, in_person=True)
    if is_chair or user.posts.years(Capacity.LEAD_CHAIR):
        yield from _leads_work(user, today)
    if is_chair:
        yield from _to_open(today)
        yield from _contributions(user, today)
    if user.posts.holds(*CHECKS):
        yield from _checks(user, today)
    if user.posts.is_trust_wide(Capacity.CLERK):
        yield from _to_list(today)
    if user.posts.is_trust_wide(Capacity.CEO):
        yield from _to_answer(today)
    if user.posts.holds(Capacity.TRUSTEE, Capacity.LINK_TRUSTEE):
        newest = _presented().first()
        if newest and not newest.reads.filter(person=user.person_id).exists():
            year = newest.academic_year.name
            yield _work(newest.pk, "Read the external Chair’s annual report", year,
                        "Read the report", None, today)  # fmt: skip


def _presented() -> Any:
    presented = AnnualReport.objects.filter(state="presented").defer("facts")
    return presented.select_related("academic_year").order_by("-presented_at")


def _leads_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    mine = AnnualReport.objects.filter(
        lead=user.person_id, state__in=("draft", "accuracy", "signed")
    )
    for report in mine.select_related("academic_year").defer("facts"):
        year = report.academic_year
        if report.state == "signed":
            if report.submitted_at is None:
                yield _work(report.pk, "Submit the annual report to the Trust Board", year.name,
                            "Open the report", written_by(year), today)  # fmt: skip
        elif report.state == "accuracy":
            yield _accuracy(report, today)
        elif report.cut_off_on < today:
            yield _work(report.pk, "Write the annual report", year.name, "Open the report",
                        written_by(year), today)  # fmt: skip


def _to_open(today: dt.date) -> Iterator[WorkItem]:
    """Years that end, with boards and no report yet."""
    held = ProgressBoard.objects.filter(academic_year=OuterRef("pk"))
    years = AcademicYear.objects.filter(Exists(held), annual_report__isnull=True)
    for year in years.filter(ends_on__lt=today + dt.timedelta(days=31)).order_by("starts_on"):
        if dt.date(year.ends_on.year, 8, 1) <= today:
            yield _work(None, f"Open the annual report of {year.name}", year.name,
                        "Go to the reports", written_by(year), today)  # fmt: skip


def _accuracy(report: AnnualReport, today: dt.date) -> WorkItem:
    """Corrections are answered as they come; with none, or once the days are over, the report is signed."""
    waiting = report.comments.filter(answer="").exclude(text="").count()
    title = "Sign the annual report"
    if waiting:
        title = f"Answer {waiting} correction{'s' if waiting > 1 else ''} of the annual report"
    elif report.accuracy_until and today <= report.accuracy_until:
        title = "Follow the accuracy check of the annual report"
    year = report.academic_year
    return _work(report.pk, title, year.name, "Open the report", written_by(year), today)


def _contributions(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Half pages that a Chair writes for another who leads."""
    mine = ReportSection.objects.filter(
        writer=user.person_id, text="", report__state="draft", report__cut_off_on__lt=today
    ).exclude(report__lead=user.person_id)
    for section in mine.select_related("school", "report__academic_year").defer("report__facts"):
        year = section.report.academic_year
        url = reverse("progress_boards:report-section", args=[section.report_id, section.pk])
        yield WorkItem(
            key=f"report.write.{section.pk}", title=f"Write about {section.school} for the annual report",
            why=f"Academic year {year.name}", button="Write", url=url, due=written_by(year),
            icon="file-text", school=str(section.school), is_late=written_by(year) < today,
        )  # fmt: skip


def _checks(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """While its accuracy is checked: the trust's officers on all of it, each head on the own school."""
    sent = AnnualReport.objects.filter(state="accuracy").select_related("academic_year")
    for report in sent.defer("facts"):
        said = set(report.comments.values_list("role", "section__school"))
        year = report.academic_year.name
        for role in (Capacity.CEO, Capacity.DSI):
            if user.posts.is_trust_wide(role) and all(r != role for r, _ in said):
                yield _check(reverse("progress_boards:report-accuracy", args=[report.pk]),
                             report, year, "", today)  # fmt: skip
                break
        halves = report.sections.filter(school__in=user.posts.schools(Capacity.HEAD))
        for section in halves.select_related("school"):
            if (Capacity.HEAD, section.school_id) not in said:
                url = reverse("progress_boards:report-school", args=[report.pk, section.school_id])
                yield _check(url, report, year, str(section.school), today)


def _check(url: str, report: AnnualReport, year: str, school: str, today: dt.date) -> WorkItem:
    due = report.accuracy_until
    return WorkItem(
        key=f"report.check.{report.pk}.{school}", title="Check the facts of the annual report",
        why=f"Academic year {year}", button="Check the facts", url=url, due=due, school=school,
        icon="file-text", is_late=bool(due and due < today),
    )  # fmt: skip


def _to_list(today: dt.date) -> Iterator[WorkItem]:
    submitted = AnnualReport.objects.filter(state="signed", submitted_at__isnull=False)
    for report in submitted.select_related("academic_year").defer("facts"):
        yield _work(report.pk, "List the annual report for the Trust Board", report.academic_year.name,
                    "Open the report", None, today)  # fmt: skip


def _to_answer(today: dt.date) -> Iterator[WorkItem]:
    newest = _presented().first()
    if newest and not newest.response:
        year = newest.academic_year.name
        yield _work(newest.pk, "Respond to the external Chair’s annual report", year,
                    "Open the report", None, today)  # fmt: skip


def written_by(year: AcademicYear) -> dt.date:
    """30 September after the year."""
    return dt.date(year.ends_on.year, 9, 30)


def _work(
    pk: int | None, title: str, year: str, button: str, due: dt.date | None, today: dt.date
) -> WorkItem:
    name = "progress_boards:report-detail" if pk else "progress_boards:report-list"
    return WorkItem(
        key=f"report.{title}.{year}", title=title, why=f"Academic year {year}", button=button,
        url=reverse(name, args=[pk] if pk else []), due=due, icon="file-text",
        is_late=bool(due and due < today),
    )  # fmt: skip
