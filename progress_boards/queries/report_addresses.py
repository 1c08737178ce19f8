"""Where each piece of a report is read and written."""

from __future__ import annotations

from django.urls import reverse

from progress_boards.models import AnnualReport, ReportSection
from progress_boards.report_rules import WRITTEN_IN
from trust.access import Actor


def whole_url(report: int) -> str:
    return reverse("progress_boards:report-detail", args=[report])


def figure_url(report: AnnualReport, key: str) -> str:
    return reverse("progress_boards:report-figure", args=[report.pk, key])


def school_url(report: AnnualReport, school: int) -> str:
    return reverse("progress_boards:report-school", args=[report.pk, school])


def section_url(section: ReportSection) -> str:
    return reverse("progress_boards:report-section", args=[section.report_id, section.pk])


def part_url(user: Actor, section: ReportSection) -> str:
    """Where a half page is read in part: by whoever writes it, else by its school."""
    if section.writer_id == user.person_id and section.report.state in WRITTEN_IN:
        return section_url(section)
    return school_url(section.report, section.school_id or 0)


def anchor_of(section: ReportSection, number: int) -> str:
    return f"words-{section.pk}-{number}"


def statement_url(section: ReportSection, number: int) -> str:
    return reverse("progress_boards:thread-statement", args=[section.pk, number])
