"""What the report's pages show: the list, the outline, one section beside its facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localtime

from progress_boards.models import AnnualReport, ProgressBoard, ReportSection
from progress_boards.queries.references import links_in
from progress_boards.queries.report_addresses import (
    figure_url,
    part_url,
    section_url,
    whole_url,
)
from progress_boards.queries.report_words import Citable, Line, citable_in, lines_of, plain_lines
from progress_boards.report_rules import (
    may_comment_report,
    may_open_report,
    may_present_report,
    may_read_check,
    may_respond_to_report,
    may_sign_report,
    may_submit_report,
    may_write_report,
)
from trust.access import Actor, Answer, Capacity, allowed_if
from trust.models import AcademicYear
from trust.templatetags.eyeline import day

KEYS = ReportSection.Key
READERS = frozenset(
    (Capacity.CHAIR, Capacity.LEAD_CHAIR, Capacity.CEO, Capacity.DSI, Capacity.TRUSTEE,
     Capacity.LINK_TRUSTEE, Capacity.CLERK, Capacity.CFO, Capacity.SAFEGUARDING_LEAD, Capacity.HEAD,
     Capacity.LOCAL_COMMITTEE)
)  # fmt: skip

PRESENTED_TO = "the Trust Board, every Link Trustee, the Chief Financial Officer and the trust safeguarding lead; each school reads its own part"
ORDER = (
    KEYS.SUMMARY, KEYS.REMIT, KEYS.HOW_BOARDS_RAN, KEYS.THEMES, KEYS.SCHOOL, KEYS.SUPPORT,
    KEYS.TRAINING, KEYS.READINESS, KEYS.EFFECTIVENESS, KEYS.FOLLOW_UP, KEYS.RECOMMENDATIONS,
)  # fmt: skip
OF_FACTS = {
    KEYS.HOW_BOARDS_RAN: "groups", KEYS.THEMES: "priorities", KEYS.SUPPORT: "visits",
    KEYS.TRAINING: "training", KEYS.FOLLOW_UP: "follow_up",
}  # fmt: skip
"""Sections that the software fills; each is gone when it has neither facts nor words."""


# -- the list ------------------------------------------------------------------------------------


def may_list_reports(user: Actor) -> Answer:
    """The report is written for the Trust Board; a head and a local committee find the part on their school."""
    held = user.posts.capacities | user.posts.year_capacities
    return allowed_if(held & READERS, "The annual report is for the Trust Board")


@dataclass(frozen=True)
class ReportRow:
    url: str
    name: str
    lead: str
    state: str
    kind: str
    signed_at: dt.datetime | None
    presented_at: dt.datetime | None


def report_rows(user: Actor) -> list[ReportRow]:
    """The reports this person may read, newest year first, and then parts of others, in two queries."""
    reports = AnnualReport.objects.visible_to(user).select_related("academic_year", "lead")
    whole = [
        _row(r, whole_url(r.pk), f"Annual report {r.academic_year.name}")
        for r in reports.defer("facts")
    ]  # fmt: skip
    return [*whole, *_part_rows(user)]


def _part_rows(user: Actor) -> list[ReportRow]:
    """Half pages that a contributing Chair writes, and the own school's part for its head and local committee."""
    sections = (
        ReportSection.objects.read_in_part(user)
        .select_related("school", "report__academic_year", "report__lead")
        .defer("report__facts")
        .order_by("-report__academic_year__starts_on", "school__name")
    )
    return [
        _row(
            s.report, part_url(user, s), f"{s.school}, annual report {s.report.academic_year.name}"
        )
        for s in sections
    ]


def _row(r: AnnualReport, url: str, name: str) -> ReportRow:
    kind = "done" if r.state == "presented" else "doing"
    return ReportRow(
        url, name, r.lead.name, r.get_state_display(), kind, r.signed_at, r.presented_at
    )


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
    lines: tuple[Line, ...]
    links: Mapping[str, str]
    """References in its words and facts → their threads, where this person may follow them."""
    url: str
    figure_url: str
    writer: str = ""
    enquiries: tuple[dict[str, Any], ...] = ()
    """Its lines of enquiry, each with the address of its board where this person may see it."""


@dataclass(frozen=True)
class ReportPage:
    report: AnnualReport
    facts: dict[str, Any]
    outline: list[OutlineRow]
    stats: list[dict[str, str]]
    schools: list[SchoolPart]
    texts: dict[str, tuple[Line, ...]]
    """Key of a section → the Chair's words; only what is written."""
    links: Mapping[str, str]
    """References anywhere on the page → their threads, where this person may follow them."""
    response: tuple[Line, ...]
    citable: list[Citable]
    """References for the section that is being written."""
    sees_whole: bool
    can_write: bool
    can_send: bool
    can_check: bool
    follows_check: bool
    can_take_back: bool
    can_submit: bool
    can_present: bool
    can_respond: bool
    sees_receipts: bool
    warning: str
    parts: list[OutlineRow] = field(default_factory=list)


def report_page(
    report: AnnualReport,
    user: Actor,
    stats: Iterable[dict[str, str]],
    current: ReportSection | None = None,
    *,
    whole: bool = True,
) -> ReportPage:
    """Everything the pages of one report show, in a fixed number of queries; not `whole`: only what this Chair contributes."""
    sections = list(report.sections.select_related("writer"))
    if not whole:
        sections = [s for s in sections if s.writer_id == user.person_id]
    leads = bool(may_write_report(user, report))
    own = {s.school_id: s for s in sections if s.key == KEYS.SCHOOL}
    told = [f for f in report.facts["schools"] if whole or f["id"] in own]
    texts = list(_texts(report, sections, told, whole=whole))
    if current is not None:
        texts += [board.get("ref", "") for board in report.facts["boards"]]
    links = links_in(texts, user)
    seen = seen_boards(report, user)
    return ReportPage(
        report=report,
        facts=report.facts,
        outline=_outline(report, sections, leads, current) if whole else [],
        parts=_parts(report, own, current) if leads or not whole else [],
        stats=[s | {"url": figure_url(report, s["key"])} for s in stats],
        schools=[
            _school_part(report, facts, own.get(facts["id"]), leads or not whole, links, seen)
            for facts in told
        ],
        texts={
            s.key: lines_of(s, links) for s in sections if s.school_id is None and s.text.strip()
        },
        links=links,
        response=plain_lines(report.response, links),
        citable=citable_in(report.facts, current, links) if current else [],
        sees_whole=whole,
        can_write=leads,
        can_send=leads and report.state == "draft",
        can_check=bool(may_comment_report(user, report, None)),
        follows_check=report.accuracy_sent_at is not None and bool(may_read_check(user, report)),
        can_take_back=bool(may_sign_report(user, report)) and report.state == "signed",
        can_submit=bool(may_submit_report(user, report)),
        can_present=bool(may_present_report(user, report)) and report.state == "signed",
        can_respond=bool(may_respond_to_report(user, report)),
        sees_receipts=report.state == "presented" and bool(may_read_check(user, report)),
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


def seen_boards(report: AnnualReport, user: Actor) -> frozenset[int]:
    """Those of the report's boards whose page this person may open, in one query."""
    told = [b["id"] for b in report.facts["boards"]]
    boards = ProgressBoard.objects.visible_to(user).filter(pk__in=told)
    return frozenset(boards.values_list("pk", flat=True))


def _texts(
    report: AnnualReport, sections: Iterable[ReportSection], schools: Iterable[dict[str, Any]],
    *, whole: bool = False,
) -> Iterator[str]:  # fmt: skip
    """Everything that may hold a reference: the words, the facts of these schools, and of the whole what stands between."""
    yield from (s.text for s in sections)
    for facts in schools:
        yield " ".join((*facts["open"], *facts.get("actions", ())))
        yield " ".join(each.get("ref", "") for each in (*facts["enquiries"], *facts["closings"]))
    if whole:
        yield report.response
        yield from report.recommendations.values_list("text", flat=True)
        for row in report.facts.get("follow_up", ()):
            yield " ".join((row.get("ref", ""), row["text"], row["note"]))


def _school_part(
    report: AnnualReport, facts: dict[str, Any], section: ReportSection | None, writes: bool,
    links: Mapping[str, str], seen: frozenset[int],
) -> SchoolPart:  # fmt: skip
    return SchoolPart(
        facts,
        lines_of(section, links) if section else (),
        links,
        section_url(section) if section and writes else "",
        figure_url(report, f"school_{facts['id']}"),
        section.writer.name if section and section.writer else "",
        tuple(
            each
            | {
                "url": reverse("progress_boards:board-detail", args=[each["board"]])
                if each["board"] in seen
                else ""
            }
            for each in facts["enquiries"]
        ),
    )


def school_part(report: AnnualReport, school: int, user: Actor) -> SchoolPart | None:
    """The part on one school, for its head; None when the report has none."""
    facts = next((f for f in report.facts["schools"] if f["id"] == school), None)
    section = report.sections.select_related("writer").filter(school=school).first()
    if facts is None:
        return None
    links = links_in(_texts(report, [section] if section else [], [facts]), user)
    return _school_part(report, facts, section, False, links, seen_boards(report, user))


# -- the outline ---------------------------------------------------------------------------------


def has_facts(report: AnnualReport, key: str) -> bool:
    """Whether the software has something to tell in this section."""
    found = report.facts.get(OF_FACTS.get(KEYS(key), ""))
    return bool(found["kinds"]) if key == KEYS.SUPPORT and found else bool(found)


def _outline(
    report: AnnualReport, sections: list[ReportSection], writes: bool, current: ReportSection | None
) -> list[OutlineRow]:
    """The sections in order, each with how far it is; an empty one shows only to who may write it."""
    page = whole_url(report.pk)
    count = report.recommendations.count()
    rows = []
    for key in ORDER:
        mine = [s for s in sections if s.key == key]
        shown = key in NEEDED or has_facts(report, key) or any(s.text.strip() for s in mine)
        if not shown and not (writes and mine):
            continue
        first = next((s for s in mine if not s.text.strip()), mine[0] if mine else None)
        url = section_url(first) if writes and first else f"{page}#{key}"
        kind, tag = _progress(report, key, mine, count)
        is_here = current is not None and current.key == key
        rows.append(OutlineRow(KEYS(key).label, url, kind, tag if writes else "", is_here))
    return rows


NEEDED = (KEYS.SUMMARY, KEYS.HOW_BOARDS_RAN, KEYS.SCHOOL, KEYS.RECOMMENDATIONS)


def _progress(
    report: AnnualReport, key: str, mine: list[ReportSection], recommendations: int
) -> tuple[str, str]:
    done = sum(1 for s in mine if s.text.strip())
    if key == KEYS.SCHOOL:
        return ("doing" if done else "todo"), f"{done} of {len(mine)}"
    if key == KEYS.RECOMMENDATIONS:
        return ("doing", str(recommendations)) if recommendations else ("todo", "To write")
    if done:
        return "doing", "Drafted"
    if has_facts(report, key):
        return "plain", "Automatic"
    return ("todo", "To write") if key in NEEDED else ("plain", "Optional")


def _parts(
    report: AnnualReport, own: dict[int | None, ReportSection], current: ReportSection | None
) -> list[OutlineRow]:
    """The schools, under "School by school" while one of them is open."""
    if current is None or current.key != KEYS.SCHOOL:
        return []
    return [
        OutlineRow(
            facts["name"], section_url(own[facts["id"]]),
            "doing" if own[facts["id"]].text.strip() else "todo",
            "Drafted" if own[facts["id"]].text.strip() else "To write",
            facts["id"] == current.school_id,
        )
        for facts in report.facts["schools"]
        if facts["id"] in own
    ]  # fmt: skip


def school_of(page: ReportPage, section: ReportSection) -> SchoolPart | None:
    """The school whose half page this is."""
    return next((p for p in page.schools if p.facts["id"] == section.school_id), None)


def next_section(page: ReportPage, section: ReportSection) -> OutlineRow | None:
    """Where the writer goes on: the next school, or the next section."""
    after = [p for p, q in zip(page.parts[1:], page.parts, strict=False) if q.current]
    if after:
        return after[0]
    here = next((i for i, row in enumerate(page.outline) if row.current), len(page.outline))
    return page.outline[here + 1] if here + 1 < len(page.outline) else None
