"""What the report's pages show: the outline, one section beside its facts, the boards behind a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localtime

from progress_boards.models import AnnualReport, ProgressBoard, ReportSection
from progress_boards.rules import (
    may_open_report,
    may_present_report,
    may_sign_report,
    may_write_report,
)
from trust.access import Actor, Answer, Capacity, allowed_if
from trust.models import AcademicYear
from trust.templatetags.eyeline import day
from trust.work import WorkItem

KEYS = ReportSection.Key
READERS = frozenset(
    (Capacity.CHAIR, Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE, Capacity.LINK_TRUSTEE,
     Capacity.CLERK, Capacity.CFO, Capacity.SAFEGUARDING_LEAD)
)  # fmt: skip

PRESENTED_TO = "the Trust Board, every Link Trustee, the Chief Financial Officer and the trust safeguarding lead"


# -- the list ------------------------------------------------------------------------------------


def may_list_reports(user: Actor) -> Answer:
    """The report is written for the Trust Board; a head is not among its readers."""
    return allowed_if(user.posts.holds(*READERS), "The annual report is for the Trust Board")


@dataclass(frozen=True)
class ReportRow:
    pk: int
    year: str
    lead: str
    state: str
    kind: str
    signed_at: dt.datetime | None
    presented_at: dt.datetime | None


def report_rows(user: Actor) -> list[ReportRow]:
    """The reports this person may read, newest year first, in one query."""
    reports = AnnualReport.objects.visible_to(user).select_related("academic_year", "lead")
    return [
        ReportRow(
            r.pk, r.academic_year.name, r.lead.name, r.get_state_display(),
            "done" if r.state == "presented" else "doing", r.signed_at, r.presented_at,
        )
        for r in reports.defer("facts")
    ]  # fmt: skip


def years_without_report(user: Actor, today: dt.date) -> list[AcademicYear]:
    """Years that have begun, with boards and without a report, for whoever may open one."""
    if not may_open_report(user):
        return []
    held = ProgressBoard.objects.filter(academic_year=OuterRef("pk"))
    years = AcademicYear.objects.filter(
        Exists(held), starts_on__lte=today, annual_report__isnull=True
    )
    return list(years.order_by("-starts_on"))


# -- one report ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutlineRow:
    label: str
    url: str
    kind: str
    tag: str
    current: bool = False


@dataclass(frozen=True)
class SchoolPart:
    """One school's facts, with the Chair's words and where they are written."""

    facts: dict[str, Any]
    text: str
    url: str
    figure_url: str


@dataclass(frozen=True)
class ReportPage:
    report: AnnualReport
    facts: dict[str, Any]
    sections: list[ReportSection]
    outline: list[OutlineRow]
    stats: list[dict[str, str]]
    schools: list[SchoolPart]
    summary: str
    how: str
    training: str
    recommendation_text: str
    can_write: bool
    can_sign: bool
    can_take_back: bool
    can_present: bool
    warning: str
    parts: list[OutlineRow] = field(default_factory=list)


def report_page(
    report: AnnualReport,
    user: Actor,
    stats: Iterable[dict[str, str]],
    current: ReportSection | None = None,
) -> ReportPage:
    """Everything the pages of one report show, in two queries."""
    sections = list(report.sections.all())
    writes = bool(may_write_report(user, report))
    signs = bool(may_sign_report(user, report))
    texts = {(s.key, s.school_id): s for s in sections}
    return ReportPage(
        report=report,
        facts=report.facts,
        sections=sections,
        outline=_outline(report, sections, writes, current),
        parts=_parts(report, sections, writes, current),
        stats=[s | {"url": figure_url(report, s["key"])} for s in stats],
        schools=[
            _school_part(report, facts, texts.get((KEYS.SCHOOL, facts["id"])), writes)
            for facts in report.facts["schools"]
        ],
        summary=_text(texts, KEYS.SUMMARY),
        how=_text(texts, KEYS.HOW_BOARDS_RAN),
        training=_text(texts, KEYS.TRAINING),
        recommendation_text=_text(texts, KEYS.RECOMMENDATIONS),
        can_write=writes,
        can_sign=writes,
        can_take_back=signs and report.state == "signed",
        can_present=bool(may_present_report(user, report)) and report.state == "signed",
        warning=early_warning(report),
    )


def early_warning(report: AnnualReport) -> str:
    """What to know before signing or submitting a report whose cut-off has not come; "" afterwards."""
    compiled = report.facts_compiled_at
    if compiled is None or localtime(compiled).date() > report.cut_off_on:
        return ""
    return (
        f"The year is not over: the figures are those of {report.facts['cut_off']}, "
        f"and its cut-off is {day(report.cut_off_on)}"
    )


def figure_url(report: AnnualReport, key: str) -> str:
    return reverse("progress_boards:report-figure", args=[report.pk, key])


def _text(texts: dict[Any, ReportSection], key: str) -> str:
    section = texts.get((key, None))
    return section.text if section else ""


def _school_part(
    report: AnnualReport, facts: dict[str, Any], section: ReportSection | None, writes: bool
) -> SchoolPart:
    url = _section_url(report, section) if section and writes else ""
    figure = figure_url(report, f"school_{facts['id']}")
    return SchoolPart(facts, section.text if section else "", url, figure)


def _section_url(report: AnnualReport, section: ReportSection) -> str:
    return reverse("progress_boards:report-section", args=[report.pk, section.pk])


def _outline(
    report: AnnualReport, sections: list[ReportSection], writes: bool, current: ReportSection | None
) -> list[OutlineRow]:
    """The required sections, each with how far it is; links lead to the editor or down the page."""
    page = reverse("progress_boards:report-detail", args=[report.pk])
    rows = []
    for key in (
        KEYS.SUMMARY, KEYS.HOW_BOARDS_RAN, KEYS.SCHOOL, KEYS.TRAINING, KEYS.RECOMMENDATIONS,
    ):  # fmt: skip
        mine = [s for s in sections if s.key == key]
        if key == KEYS.TRAINING and not has_training(report, mine):
            continue
        first = next((s for s in mine if not s.text.strip()), mine[0] if mine else None)
        url = _section_url(report, first) if writes and first else f"{page}#{key}"
        kind, tag = _progress(report, key, mine)
        is_here = current is not None and current.key == key
        rows.append(OutlineRow(KEYS(key).label, url, kind, tag if writes else "", is_here))
    return rows


def has_training(report: AnnualReport, sections: list[ReportSection]) -> bool:
    """Whether the year has a section on training: with figures or words, else it is gone."""
    return bool(report.facts.get("training") or any(s.text.strip() for s in sections))


def _progress(report: AnnualReport, key: str, mine: list[ReportSection]) -> tuple[str, str]:
    done = sum(1 for s in mine if s.text.strip())
    if key in (KEYS.HOW_BOARDS_RAN, KEYS.TRAINING):
        return "plain", "Automatic"
    if key == KEYS.SCHOOL:
        return ("doing" if done else "todo"), f"{done} of {len(mine)}"
    if key == KEYS.RECOMMENDATIONS:
        done = report.recommendations.count()
        return ("doing", str(done)) if done else ("todo", "To write")
    return ("doing", "Drafted") if done else ("todo", "To write")


def _parts(
    report: AnnualReport, sections: list[ReportSection], writes: bool, current: ReportSection | None
) -> list[OutlineRow]:
    """The schools, under "School by school" while one of them is open."""
    if current is None or current.key != KEYS.SCHOOL or not writes:
        return []
    mine = {s.school_id: s for s in sections if s.key == KEYS.SCHOOL}
    return [
        OutlineRow(
            facts["name"], _section_url(report, mine[facts["id"]]),
            "doing" if mine[facts["id"]].text.strip() else "todo",
            "Drafted" if mine[facts["id"]].text.strip() else "To write",
            facts["id"] == current.school_id,
        )
        for facts in report.facts["schools"]
        if facts["id"] in mine
    ]  # fmt: skip


def school_of(page: ReportPage, section: ReportSection) -> SchoolPart | None:
    """The school whose half page this is."""
    return next((p for p in page.schools if p.facts["id"] == section.school_id), None)


def next_section(page: ReportPage, section: ReportSection) -> OutlineRow | None:
    """Where the writer goes on: the next school, or the next section."""
    if page.parts:
        after = [p for p, q in zip(page.parts[1:], page.parts, strict=False) if q.current]
        if after:
            return after[0]
    here = next(i for i, row in enumerate(page.outline) if row.current)
    return page.outline[here + 1] if here + 1 < len(page.outline) else None


# -- what waits ----------------------------------------------------------------------------------


def report_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """The Chair opens, writes and submits by 30 September; the Trust Board reads."""
    if user.person_id is None:
        return
    if user.posts.holds(Capacity.CHAIR, in_person=True):
        yield from _chairs_work(user, today)
    if user.posts.holds(Capacity.TRUSTEE, Capacity.LINK_TRUSTEE):
        presented = AnnualReport.objects.filter(state="presented").defer("facts")
        newest = presented.select_related("academic_year").order_by("-presented_at").first()
        if newest and not newest.reads.filter(person=user.person_id).exists():
            year = newest.academic_year.name
            yield _work(newest.pk, "Read the external Chair’s annual report", year,
                        "Read the report", None, today)  # fmt: skip


def _chairs_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    mine = AnnualReport.objects.filter(lead=user.person_id, state__in=("draft", "signed"))
    for report in mine.select_related("academic_year").defer("facts"):
        year = report.academic_year
        if report.state == "signed":
            yield _work(report.pk, "Submit the annual report to the Trust Board", year.name,
                        "Open the report", written_by(year), today)  # fmt: skip
        elif report.cut_off_on < today:
            yield _work(report.pk, "Write the annual report", year.name, "Open the report",
                        written_by(year), today)  # fmt: skip
    held = ProgressBoard.objects.filter(academic_year=OuterRef("pk"))
    years = AcademicYear.objects.filter(Exists(held), annual_report__isnull=True)
    for year in years.filter(ends_on__lt=today + dt.timedelta(days=31)).order_by("starts_on"):
        if dt.date(year.ends_on.year, 8, 1) <= today:
            yield _work(None, f"Open the annual report of {year.name}", year.name,
                        "Go to the reports", written_by(year), today)  # fmt: skip


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


# -- the boards behind a figure ------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    boards: list[dict[str, Any]]
    schools: list[dict[str, str]] = field(default_factory=list)
    """For a figure of training, which comes from no board: the same of each school."""
    definition: str = ""


def figure_of(report: AnnualReport, key: str, user: Actor) -> Figure | None:
    """The boards one figure comes from, each with its address where this person may see it."""
    facts = report.facts
    found = next((f for f in _figures(facts) if f["key"] == key), None)
    if found is None:
        return None
    cited = set(found["boards"])
    seen = set(
        ProgressBoard.objects.visible_to(user).filter(pk__in=cited).values_list("pk", flat=True)
    )
    boards = [b | {"is_seen": b["id"] in seen} for b in facts["boards"] if b["id"] in cited]
    return Figure(
        found["label"], found["value"], boards, found.get("schools", []),
        found.get("definition", ""),
    )  # fmt: skip


def _figures(facts: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for row in (*(r for g in facts["groups"] for r in g["rows"]), *facts["actions"]):
        yield {
            "key": row["key"],
            "label": row["label"],
            "value": row["year"],
            "boards": row["boards"],
        }
    for row in facts["indicators"]:
        yield {"key": row["key"], "label": f"Items on {row['name']}", "value": str(row["items"]),
               "boards": row["boards"]}  # fmt: skip
    for row in facts["movement"]:
        yield {"key": row["key"], "label": f"Carried items judged {row['label'].lower()}",
               "value": str(row["n"]), "boards": row["boards"]}  # fmt: skip
    for row in facts.get("training", {}).get("rows", []):
        yield {"key": row["key"], "label": row["label"], "value": row["year"], "boards": [],
               "schools": row["schools"], "definition": row["definition"]}  # fmt: skip
    leaders = facts["leaders"]
    yield {"key": "leaders", "label": "Leaders who answered at a board",
           "value": str(leaders["n"]), "boards": leaders["boards"]}  # fmt: skip
    for school in facts["schools"]:
        yield {"key": f"school_{school['id']}", "label": f"Boards held, {school['name']}",
               "value": school["held"], "boards": school["boards"]}  # fmt: skip
