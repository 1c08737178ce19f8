"""Agenda and minutes as PDFs: what they say, what they never say, who may read them, and that they get made."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from pypdf import PdfReader

from evidence.models import Finding
from meetings.actions.signing import sign_minutes
from meetings.models import ItemSource
from progress_boards.documents import (
    boards_without_minutes,
    may_read_minutes_document,
    minutes_snapshot,
    request_agenda,
    request_minutes,
)
from progress_boards.models import ProgressBoard
from tests import factories
from tests.progress_boards.records import board_on, item_of, person, whole_board
from trust import documents as mechanism
from trust.documents import document_path, pdf_trouble, render_pdf
from trust.models import Document
from trust.work import run_due_work

needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board(school, other_school) -> ProgressBoard:
    """A whole final record, beside another school that has one too."""
    whole_board(other_school)
    return whole_board(school)


@pytest.fixture
def issued(school) -> ProgressBoard:
    """An issued board whose items come from a finding and from a rating."""
    board = board_on(school, dt.date(2026, 12, 3), 2, year=2026, state="issued",
                     issued_on=dt.date(2026, 11, 18), deadlines={"leaders": "2026-11-20"})  # fmt: skip
    item_of(board, 1, "Welcome", type="welcome", minutes=2)
    reading = item_of(board, 2, "Early reading", minutes=14, answered=person("Hanna Birk"),
                      answered_by_role="Reading lead")  # fmt: skip
    item_of(board, 3, "Adaptive teaching for pupils with SEND", minutes=12)
    visit = factories.VisitRecordFactory(school=school)
    finding = Finding.objects.create(visit=visit, kind="develop", text="Keep-up is uneven")
    ItemSource.objects.create(item=reading, label="Record of visit", seen_on=dt.date(2026, 11, 5),
                              finding=finding, reason="Consultant saw it")  # fmt: skip
    ItemSource.objects.create(item=reading, label="Standards rated Red")
    return board


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def made(document: Document) -> bytes:
    run_due_work()
    document.refresh_from_db()
    assert (document.state, document.error) == ("done", "")
    return document_path(document.sha256).read_bytes()


def leaves(value: object) -> list[str]:
    """Every text of a snapshot."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value] if isinstance(value, str) else []


# -- what they say -------------------------------------------------------------------------------


@needs_pdf
def test_minutes_pdf_says_every_item_action_and_answer_of_the_record(board):
    text = text_of(made(request_minutes(board, by=None)))
    for words in (
        "Alderfen Primary Academy", "Thursday 8 October 2026, 9:30am to 10:28am",
        "1 of 6", "Martin Yeo (External Chair)", "All required present", "Bea Norris (Clerk)",
        "1. Welcome, apologies, declarations of interest",
        "2. Early reading: are the lowest 20% catching up?", "Answered by reading lead · 14 minutes",
        "What do the checks show?", "Nine of 14 pupils now at expected point.",
        "Chair asked: How do leaders know?", "Reading lead: Drop-ins cover two days.",
        "Assessment summary (paper)", "Amber, improving", "The checks show it",
        "ALD-26-A1-01 Weekly drop-ins", "Reading lead (Hanna Birk), by 17 November 2026",
        "ALD-26-A1-02 Bring the maths data", "3. Actions read back, next board",
        "The rise in outcomes is real.", "Leaders can explain it.", "In part.",
        "For maths the evidence was too thin.", "Signed by the external Chair",
        "I chaired this board and this is a true record of it", "Martin Yeo, 8 October 2026, 4pm",
        "Proposed a correction to item 2: Reading was 74%, not 72%. Accepted by the Chair",
        "Nothing to correct", "No correction proposed", "The maths data existed on the day.",
        "Final 5 November 2026",
    ):  # fmt: skip
        assert words in text, words


@needs_pdf
def test_minutes_pdf_breaks_an_address_longer_than_its_line(board):
    snapshot = minutes_snapshot(board)
    for row in snapshot["accuracy"]["rows"]:
        row["answer"] = "https://example.org/" + "z" * 400
    pdf = render_pdf(render_to_string("pdf/minutes.html", {"s": snapshot}))
    lines = [
        line
        for page in PdfReader(io.BytesIO(pdf)).pages
        for line in page.extract_text().splitlines()
    ]
    assert max(line.count("z") for line in lines) < 100  # the paper holds no more in a line
    assert sum(line.count("z") for line in lines) >= 400 * len(snapshot["accuracy"]["rows"])


@needs_pdf
def test_minutes_pdf_names_no_other_school_and_no_rating(board, other_school):
    factories.RatingAssessmentFactory(
        school=board.school, shared=True, position=3, effective_on=dt.date(2026, 9, 1)
    )
    text = text_of(made(request_minutes(board, by=None)))
    assert other_school.name not in text
    assert "Red" not in text


def test_minutes_of_a_silent_round_record_the_silence(school):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, absent=("ceo",))
    accuracy = minutes_snapshot(board)["accuracy"]
    assert accuracy["silence"] == "No correction proposed by Link Trustee, headteacher"
    assert minutes_snapshot(board)["required"] == "Required and not present: Chief Executive"


def test_minutes_under_a_presiding_trustee_are_not_externally_validated(school):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, presiding=True)
    snapshot = minutes_snapshot(board)
    assert snapshot["not_validated"] == "Held without external Chair, not externally validated"
    assert snapshot["signature"]["label"] == "Signed by the trustee who presided"


def test_minutes_not_yet_final_carry_the_draft_mark(school):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, state="with_chair")
    html = render_to_string("pdf/minutes.html", {"s": minutes_snapshot(board)})
    assert '<div class="draft">Draft</div>' in html
    assert "Not yet signed" in html
    final = minutes_snapshot(board_on(school, dt.date(2026, 11, 12), 2, year=2026))
    assert "Draft" not in render_to_string("pdf/minutes.html", {"s": final})


@needs_pdf
def test_agenda_pdf_says_who_answers_and_where_an_item_comes_from_but_no_rating(issued):
    text = text_of(made(request_agenda(issued, by=None)))
    for words in (
        "Early reading", "Hanna Birk, reading lead", "School to choose", "28 minutes in all",
        "Comes from Record of visit, 5 November 2026", "School names who answers by 20 November 2026",
        "Issued 18 November 2026",
    ):  # fmt: skip
        assert words in text, words
    assert "Standards rated Red" not in text


@needs_pdf
@pytest.mark.parametrize("kind", ["agenda", "minutes"])
def test_pdf_is_tagged_with_language_title_author_and_marked_tables(kind, board, issued):
    document = (
        request_agenda(issued, by=None) if kind == "agenda" else request_minutes(board, by=None)
    )
    content = made(document)
    pdf = pikepdf.open(io.BytesIO(content))
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.MarkInfo.Marked
    assert "StructTreeRoot" in str(list(pdf.Root.keys()))
    assert str(pdf.docinfo["/Title"]) == document.title
    assert str(pdf.docinfo["/Author"]) == "Marlfen Learning Trust"
    assert b"pdfuaid" in bytes(pdf.Root.Metadata.read_bytes())


def test_snapshot_is_plain_json_and_stays_what_it_was(board):
    snapshot = minutes_snapshot(board)
    assert json.loads(json.dumps(snapshot)) == snapshot
    document = request_minutes(board, by=None)
    board.school.name = "Another name"
    board.school.save()
    document.refresh_from_db()
    assert "Another name" not in leaves(document.snapshot)


# -- that they get made --------------------------------------------------------------------------


def test_request_of_minutes_twice_is_one_row_and_final_ones_are_made_once(board):
    first = request_minutes(board, by=None)
    board.school.name = "Alderfen Academy"
    board.school.save()
    assert request_minutes(board, by=None).pk == first.pk
    assert Document.objects.count() == 1


def test_sweep_asks_for_the_minutes_of_boards_that_became_final(board, school, settings):
    entered = board_on(school, dt.date(2026, 11, 12), 2, year=2026, meeting={"entered_later": True})
    board_on(school, dt.date(2027, 2, 4), 3, year=2026, state="accuracy_check")
    wanted = boards_without_minutes()
    assert board.pk in wanted
    assert entered.pk not in wanted
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # nobody answers there
    run_due_work()
    kept = Document.objects.get(kind="minutes", subject_id=board.pk)
    assert kept.snapshot["state"] == "final"
    assert boards_without_minutes() == []


@needs_pdf
def test_document_is_made_by_the_sweep_when_the_broker_is_lost(
    board, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        document = request_minutes(board, by=None)
    assert document.state == "pending"
    assert made(document).startswith(b"%PDF-1.7")


def test_missing_library_leaves_the_document_waiting_and_says_what_to_type(
    board, clerk, client_for, monkeypatch
):
    line = "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"
    monkeypatch.setattr(mechanism, "pdf_trouble", lambda: line)
    monkeypatch.setattr("trust.document_views.pdf_trouble", lambda: line)
    document = request_minutes(board, by=None)
    run_due_work()
    document.refresh_from_db()
    assert document.state == "pending"
    page = client_for(clerk).get(f"/documents/{document.pk}/")
    assert page.status_code == 200
    assert line in page.content.decode()


@pytest.mark.long
@needs_pdf
def test_render_of_one_snapshot_in_two_processes_two_seconds_apart_gives_the_same_bytes(board):
    html = render_to_string("pdf/minutes.html", {"s": minutes_snapshot(board)})
    script = (
        "import os, sys, hashlib; os.environ.update(DJANGO_SETTINGS_MODULE='trust.settings', DEMO='1');"
        "import django; django.setup();"
        "from trust.documents import render_pdf;"
        "sys.stdout.write(hashlib.sha256(render_pdf(sys.stdin.read())).hexdigest())"
    )

    def render() -> str:
        done = subprocess.run(
            [sys.executable, "-c", script], input=html, capture_output=True, text=True, cwd=ROOT,
            check=True,
        )  # fmt: skip
        return done.stdout

    first = render()
    time.sleep(2)
    assert len(first) == 64
    assert render() == first


# -- who may read them ---------------------------------------------------------------------------


def test_minutes_document_goes_to_the_readers_of_final_minutes(
    board,
    head,
    leader,
    link_trustee,
    trustee,
    chair,
    clerk,
    other_head,
    other_trustee,
    stranger,
    administrator,
):
    document = request_minutes(board, by=None)
    readers = [head, leader, link_trustee, trustee, chair, clerk]
    others = [other_head, other_trustee, stranger, administrator]
    assert [may_read_minutes_document(u, document) for u in readers] == [True] * 6
    assert [may_read_minutes_document(u, document) for u in others] == [False] * 4


def test_draft_minutes_document_stays_with_chair_and_clerk_even_when_final_later(
    school, head, chair, clerk
):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, state="with_chair",
                     seats={"chair": chair.person, "clerk": clerk.person, "head": head.person})  # fmt: skip
    document = request_minutes(board, by=clerk)
    assert may_read_minutes_document(clerk, document)
    assert may_read_minutes_document(chair, document)
    assert not may_read_minutes_document(head, document)
    type(board.meeting).objects.filter(pk=board.meeting_id).update(
        state="accuracy_check", signed_at=factories.at(dt.date(2026, 10, 9)),
        signed_by=chair, signed_name="Martin Yeo",
    )  # fmt: skip
    assert not may_read_minutes_document(head, document)


# -- the buttons ---------------------------------------------------------------------------------


def test_second_click_on_the_button_leads_to_the_same_document(issued, head, client_for):
    client = client_for(head)
    address = reverse("progress_boards:agenda-pdf", args=[issued.pk])
    first, second = (client.post(address) for _ in range(2))
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    assert Document.objects.filter(kind="agenda").count() == 1
    page = client.get(first["Location"]).content.decode()
    assert reverse("progress_boards:board-detail", args=[issued.pk]) in page


def test_page_of_a_document_never_leads_out_of_the_house(board, clerk, client_for):
    document = request_minutes(board, by=None)
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        page = client_for(clerk).get(f"/documents/{document.pk}/", {"back": back}).content.decode()
        assert f'href="{back}"' not in page


@needs_pdf
def test_minutes_pdf_exists_once_the_chair_has_signed_without_anybody_asking(school, chair):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, state="with_chair",
                     seats={"chair": chair.person}, closing_statement="Good.",
                     evaluation_validated="yes")  # fmt: skip
    meeting = board.meeting
    meeting.steps = {"accuracy_check": False}
    meeting.save()
    sign_minutes(meeting, typed_name="Martin Yeo", by=chair)
    run_due_work()
    run_due_work()
    document = Document.objects.get(kind="minutes", subject_id=board.pk)
    assert (document.state, document.snapshot["state"]) == ("done", "final")
