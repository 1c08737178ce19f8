"""References in the annual report: printed, turned into links for whoever may follow them, and offered to whoever writes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from progress_boards.actions import report as actions
from progress_boards.citations import Piece, cite, cited_in, cut
from progress_boards.documents import report_snapshot
from progress_boards.models import AnnualReport
from tests.progress_boards.records import item_of
from tests.progress_boards.report_year import SmallYear, small_year
from trust.people.models import User


@pytest.fixture
def made(school, other_school) -> SmallYear:
    year = small_year(school, other_school)
    for board, code in ((year.first, "25-A1"), (year.second, "25-A2")):
        meeting = board.meeting
        type(meeting).objects.filter(pk=meeting.pk).update(code=code)
    return year


@pytest.fixture
def report(made, chair) -> AnnualReport:
    return actions.open_report(made.year, lead=chair.person, by=chair)


def thread(kind: str, pk: int) -> str:
    return reverse("progress_boards:thread", args=[kind, pk])


def page(client, name: str, *args: object) -> str:
    response = client.get(reverse(f"progress_boards:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


# -- in words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Phonics is taught (ALD-26-A2/3).", ["ALD-26-A2/3"]),
        ("ALD-25-Sp1-03, V57-2; AR-2026-1/3 and ALD-25-Su2", ["ALD-25-Sp1-03", "V57-2", "AR-2026-1/3", "ALD-25-Su2"]),
        ("ALD-26-A2 and again ALD-26-A2", ["ALD-26-A2"]),
        ("In 2025-26 well-being, year-2 and /ALD-26-A2/3x", []),
    ],
)  # fmt: skip
def test_references_are_found_in_words(words, found):
    assert cited_in(words) == found


def test_words_are_cut_at_the_references_that_lead_somewhere():
    assert cut("Reading (ALD-26-A2/3), see V57-2.", {"ALD-26-A2/3": "/x/"}) == [
        Piece("Reading ("), Piece("ALD-26-A2/3", "/x/"), Piece("), see V57-2."),
    ]  # fmt: skip


def test_each_statement_is_cited_once():
    once = cite("Leaders know. They act.\nWhy?", "ALD-25-A1")
    assert once == "Leaders know. They act (ALD-25-A1).\n\nWhy? (ALD-25-A1)"
    assert cite(once, "ALD-25-A1") == once


# -- on the page -----------------------------------------------------------------------------------


def test_words_and_facts_lead_to_board_item_and_action(report, made, chair, client_for):
    item = made.first.meeting.items.get(order=1)
    action = made.first.meeting.actions.get(ref="ALD-25-A1-01")
    half = report.sections.get(school=made.alderfen)
    assert half.text.startswith("Autumn 1, 2 October 2025: Leaders know their school (ALD-25-A1).")
    actions.save_section(half, text=f"{half.text}\n<b>So</b> (ALD-25-A1/1)", version=1, by=chair)
    shown = page(client_for(chair), "report-detail", report.pk)
    for kind, pk, ref in (
        ("board", made.first.pk, "ALD-25-A1"), ("item", item.pk, "ALD-25-A1/1"),
        ("action", action.pk, "ALD-25-A1-01"),
    ):  # fmt: skip
        assert f'<a href="{thread(kind, pk)}">{ref}</a>' in shown
    assert shown.count(f'<a href="{thread("item", item.pk)}">ALD-25-A1/1</a>') == 2
    assert f'Early reading (<a href="{thread("item", item.pk)}">ALD-25-A1/1</a>).' in shown
    assert "&lt;b&gt;So&lt;/b&gt;" in shown
    for number in (1, 2, 3):
        way = reverse("progress_boards:thread-statement", args=[half.pk, number])
        assert f'id="words-{half.pk}-{number}"' in shown
        assert way in shown


def test_reference_that_a_reader_may_not_follow_stays_text(
    report, made, cfo, trustee, chair, client_for
):
    summary = report.sections.get(key="summary")
    words = "Moved (ALD-25-A1/1), as agreed (ALD-25-A1-01) and NOT-25-A1/1 says."
    actions.save_section(summary, text=words, version=1, by=chair)
    item = made.first.meeting.items.get(order=1)
    present(report, chair)
    assert page(client_for(trustee), "report-detail", report.pk).count(thread("item", item.pk)) == 2
    for reader in (cfo, trustee):
        shown = page(client_for(reader), "report-detail", report.pk)
        assert "(ALD-25-A1-01) and NOT-25-A1/1 says." in shown
    assert "Moved (ALD-25-A1/1), as agreed" in page(client_for(cfo), "report-detail", report.pk)


def present(report: AnnualReport, chair: User) -> None:
    for state in ("signed", "presented"):
        AnnualReport.objects.filter(pk=report.pk).update(
            state=state, signed_at=report.created_at, signed_by=chair, signed_name="Martin Yeo"
        )


@pytest.mark.parametrize("rows", [1, 40])
def test_report_asks_as_often_for_many_references_as_for_few(report, made, chair, client_for, rows):
    for n in range(rows):
        item_of(made.second, n + 2, f"Item {n}")
    words = " ".join(f"Said (ALD-25-A2/{n + 2}), (ALD-25-A1-0{1 + n % 3})." for n in range(rows))
    actions.save_section(report.sections.get(key="summary"), text=words, version=1, by=chair)
    client = client_for(chair)
    page(client, "report-detail", report.pk)
    with CaptureQueriesContext(connection) as queries:
        page(client, "report-detail", report.pk)
    assert len(queries) == QUERIES


QUERIES = 20


def test_writer_is_offered_the_references_of_the_school(report, made, chair, client_for):
    half = report.sections.get(school=made.alderfen)
    shown = page(client_for(chair), "report-section", report.pk, half.pk)
    offered = shown.partition("References to cite")[2].partition("</details>")[0]
    for ref in ("ALD-25-A1", "ALD-25-A2/1", "ALD-25-A1-02"):
        assert f">{ref}</a>" in offered
    assert "CRE-" not in offered
    assert "becomes a link" in shown


def test_figure_names_the_reference_of_each_of_its_boards(report, made, chair, client_for):
    shown = page(client_for(chair), "report-figure", report.pk, "held")
    assert f'<a href="{thread("board", made.first.pk)}">ALD-25-A1</a>' in shown


# -- on paper --------------------------------------------------------------------------------------


def test_paper_prints_the_references(report):
    paper = render_to_string("pdf/annual_report.html", {"s": report_snapshot(report)})
    assert "Leaders know their school (ALD-25-A1)." in paper
    assert "ALD-25-A1/1 red" in paper
    assert "<td>ALD-25-A1</td><td>2 October 2025</td>" in paper


def test_snapshot_of_before_references_prints_half_terms(report):
    snapshot = report_snapshot(report)
    for row in (
        *snapshot["board_tables"][0],
        *(e for s in snapshot["schools"] for e in s["enquiries"]),
    ):
        del row["ref"]
    paper = render_to_string("pdf/annual_report.html", {"s": snapshot})
    assert "<td>Autumn 1</td><td>2 October 2025</td>" in paper
    assert "Autumn 1 red" in paper
