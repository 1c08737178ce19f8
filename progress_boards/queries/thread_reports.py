"""What a reader sees of annual reports on the thread: their parts, the statements of each, and recommendations."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from progress_boards.citations import cited_in, statements_of
from progress_boards.models import AnnualReport, Recommendation, ReportSection
from progress_boards.queries.offers import short
from progress_boards.queries.report_addresses import anchor_of, part_url, statement_url, whole_url
from progress_boards.queries.thread_seen import WORDS, Knot, thread_url
from trust.access import Actor

FOLLOW_UP = ReportSection.Key.FOLLOW_UP


@dataclass(frozen=True)
class Statement:
    """One statement of the Chair's words, with the part of a report in which it stands."""

    section: ReportSection
    number: int
    words: str


def sections(which: Q, user: Actor) -> list[tuple[Knot, ReportSection]]:
    """Parts of reports that say something, for whoever reads the report or that part of it."""
    says = Q(school__isnull=False) | Q(key=FOLLOW_UP) | ~Q(text="")
    return [(_section(row, url), row) for row, url in _with_pages(which & says, user)]


def statements(which: Q, user: Actor) -> list[tuple[Knot, Statement]]:
    """Every statement of these sections that this reader may read, in their order."""
    return [
        (_statement(said, page), said)
        for section, page in _with_pages(which, user)
        for said in (
            Statement(section, n, words) for n, words in enumerate(statements_of(section.text), 1)
        )
    ]


def recommendations(which: Q, user: Actor) -> list[tuple[Knot, Recommendation]]:
    rows = Recommendation.objects.filter(which, report__in=AnnualReport.objects.visible_to(user))
    return [
        (
            Knot(
                "recommendation",
                "Recommendation",
                short(row.text, WORDS),
                f"{row.report}, {row.get_progress_display().lower()}",
                row.reference,
                f"{whole_url(row.report_id)}#recommendation-{row.pk}",
                thread_url("recommendation", row.pk),
            ),
            row,
        )
        for row in rows.select_related("report__academic_year").defer("report__facts")
    ]


def citing(ref: str, user: Actor) -> list[tuple[Knot, Statement | Recommendation]]:
    """The statements and recommendations of reports in which a reference stands."""
    stands = Q(text__contains=ref)
    said = [(k, s) for k, s in statements(stands, user) if ref in cited_in(s.words)]
    asked = [(k, r) for k, r in recommendations(stands, user) if ref in cited_in(r.text)]
    return [*said, *asked]


def _with_pages(which: Q, user: Actor) -> list[tuple[ReportSection, str]]:
    """Sections with the page on which this reader reads each, in two queries."""
    rows = list(
        ReportSection.objects.visible_to(user).filter(which)
        .select_related("report__academic_year", "school").defer("report__facts").order_by("pk")
    )  # fmt: skip
    reports = AnnualReport.objects.visible_to(user).filter(pk__in={row.report_id for row in rows})
    whole = set(reports.values_list("pk", flat=True)) if rows else set()
    return [
        (row, whole_url(row.report_id) if row.report_id in whole else part_url(user, row))
        for row in rows
    ]


def _section(row: ReportSection, page: str) -> Knot:
    return Knot(
        "section",
        "Annual report",
        f"{row.school or row.get_key_display()} in the report of {row.report.academic_year}",
        row.report.get_state_display(),
        url=f"{page}#{row.key}",
        thread_url=thread_url("section", row.pk),
    )


def _statement(said: Statement, page: str) -> Knot:
    section = said.section
    return Knot(
        "statement",
        "In the annual report",
        short(said.words, WORDS),
        f"{section.school or section.get_key_display()}, {section.report.academic_year}",
        url=f"{page}#{anchor_of(section, said.number)}",
        thread_url=statement_url(section, said.number),
    )
