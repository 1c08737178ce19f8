"""Documents: what a PDF of minutes and of the annual report costs, beside bare paragraphs of the same words."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pikepdf
import weasyprint
from django.template.loader import render_to_string
from django.urls import reverse

from progress_boards.actions.report import open_report
from progress_boards.documents import minutes_snapshot, report_snapshot, request_minutes
from progress_boards.models import ProgressBoard
from schools.queries import with_posts
from tests.performance.asking import browser, least
from tests.performance.budgets import Row, judge
from tests.performance.seed import CEO, CHAIRS, FULL_SCHOOL
from tests.performance.sites import use
from trust.calendar import today
from trust.documents import make_document, render_pdf
from trust.models import AcademicYear, Document
from trust.people.models import User

YEAR = dt.date(2025, 9, 1)
KILO = 1000


def minutes_page(database: str) -> str:
    """The minutes of ten items and fifteen actions as HTML."""
    with use(database):
        snapshot = minutes_snapshot(_board())
        return render_to_string("pdf/minutes.html", {"s": snapshot})


def _board() -> ProgressBoard:
    """A board of the full school, held last year and final."""
    boards = ProgressBoard.objects.filter(school_id=FULL_SCHOOL, meeting__state="final")
    return boards.order_by("-half_term__starts_on")[0]


def report_page(database: str) -> str:
    """The annual report of last year as HTML, from facts compiled by its own act."""
    with use(database):
        chair = with_posts(User.objects.get(pk=11 + FULL_SCHOOL % CHAIRS), today())
        year = AcademicYear.objects.get(starts_on=YEAR)
        report = year.annual_report if hasattr(year, "annual_report") else None
        report = report or open_report(year, lead=chair.person, by=chair)
        return render_to_string("pdf/annual_report.html", {"s": report_snapshot(report)})


def bare(page: str) -> str:
    """The same words as paragraphs and nothing else."""
    body = re.sub(r"<(style|title|svg)\b.*?</\1>", "", page.partition("<body")[2], flags=re.S)
    words = [" ".join(html.unescape(part).split()) for part in re.split(r"<[^>]+>", body)]
    paragraphs = "".join(f"<p>{html.escape(each)}</p>" for each in words[1:] if each)
    return f"<!doctype html><html lang=en-GB><title>Words</title><body>{paragraphs}"


@contextmanager
def untagged() -> Iterator[None]:
    """Let the renderer make plain files meanwhile."""
    made = weasyprint.HTML.write_pdf

    def plain(self: weasyprint.HTML, *args: object, **asked: object) -> object:
        return made(self, *args, **{k: v for k, v in asked.items() if k != "pdf_variant"})

    weasyprint.HTML.write_pdf = plain
    try:
        yield
    finally:
        weasyprint.HTML.write_pdf = made


def _plain(page: str) -> bytes:
    with untagged():
        return render_pdf(page)


def tag_errors(pdf: bytes) -> list[str]:
    """What a reader of tags would miss: language, title, marks, words for a picture, heads of a table."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        root = file.Root
        found = [] if str(root.get("/Lang", "")) == "en-GB" else ["no language"]
        if not root.get("/MarkInfo", {}).get("/Marked", False):
            found.append("not marked")
        if not str(file.docinfo.get("/Title", "")):
            found.append("no title")
        if "/StructTreeRoot" not in root:
            return [*found, "no tags"]
        tables: list[set[str]] = []
        _walk(root.StructTreeRoot, found, tables)
        found += ["table without heads" for names in tables if names and "/TH" not in names]
    return found


def _walk(node: pikepdf.Object, found: list[str], tables: list[set[str]]) -> None:
    name = str(node.get("/S", ""))
    if name == "/Figure" and not str(node.get("/Alt", "")):
        found.append("picture without words")
    if name == "/Table":
        tables.append(set())
    elif tables and name in {"/TH", "/TD"}:
        tables[-1].add(name)
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            _walk(child, found, tables)


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return len(file.pages)


# -- the rows ------------------------------------------------------------------------------------


def rows(sites: Mapping[int, str], rounds: int) -> Iterator[Row]:
    """Every row of the documents; `sites` are databases by their number of schools."""
    middle = sites[30]
    page, few, many = minutes_page(middle), min(sites), max(sites)
    reports = {number: report_page(database) for number, database in sites.items()}
    words = bare(page)
    spent = least(
        [lambda: render_pdf(words), lambda: render_pdf(page), lambda: _plain(page)], rounds
    )
    paragraphs, minutes, plain = spent
    pdf = render_pdf(page)
    sheets = pages_of(pdf)
    yield judge(
        "D1",
        minutes / paragraphs,
        f"{minutes:.0f} ms, {sheets} pages, {minutes / sheets:.0f} ms a page",
    )
    cost = dict(
        zip(reports, least([lambda p=p: render_pdf(p) for p in reports.values()], 2), strict=True)
    )
    report = render_pdf(reports[30])
    leaves = pages_of(report)
    yield judge(
        "D2a",
        cost[30] / leaves / (minutes / sheets),
        f"{cost[30] / KILO:.1f} s, {leaves} pages, {cost[30] / leaves:.0f} ms a page",
    )
    yield judge(
        "D2b",
        (cost[many] / many) / (cost[few] / few),
        f"{many} schools beside {few}: {cost[many] / KILO:.1f} s, {cost[few] / KILO:.1f} s",
    )
    yield judge("D3a", minutes / plain)
    errors = tag_errors(pdf) + tag_errors(report)
    yield judge("D3b", len(errors), "; ".join(sorted(set(errors))))
    yield judge("D4a", len(pdf) / KILO)
    yield judge("D4b", len(report) / KILO, f"{leaves} pages")
    yield store_row(middle, max(rounds, 5))
    yield judge("D6", peak_memory(reports[30]))


def store_row(database: str, rounds: int) -> Row:
    """A document that was made is served again, to a reader whose right is looked at again."""
    with use(database):
        document = request_minutes(_board(), by=None)
        make_document(document.pk)
        document = Document.objects.get(pk=document.pk)
        assert document.state == "done", document.error
        one = browser(CEO)
        path = reverse("document-download", args=[document.pk])
        answer = one.get(path)
        assert answer.status == 200, answer.status
        floor, spent = least([one.rest, lambda: one.get(path)], rounds)
    return judge("D5", spent / floor, f"{spent:.1f} ms")


def peak_memory(page: str) -> float:
    """MiB at most of a process that starts, renders the page once and ends."""
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
        file.write(page)
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "tests.performance.memory", file.name],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return int(done.stdout.split()[-1]) / 1024
