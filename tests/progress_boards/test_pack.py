"""The pack: what it binds, when it is made and told, who may read it, and what a bad paper does to it."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from meetings.actions.papers import add_paper
from meetings.models import Meeting, Paper, PartB
from progress_boards.actions.pack import tell_pack
from progress_boards.documents.pack import make_pack, pack_snapshot
from progress_boards.documents.packs import (
    build_pack,
    may_read_pack_document,
    request_packs,
)
from progress_boards.documents.school_page import school_page_snapshot
from progress_boards.models import BriefingNote, ProgressBoard
from progress_boards.queries.pack import packs_due, packs_to_tell
from schools.queries import with_posts
from tests import factories
from tests.progress_boards.records import action_of, board_on, item_of, person, whole_board, writer
from trust import binding
from trust.binding import NotReadable, clean_paper
from trust.documents import document_path, make_document, pdf_trouble, render_pdf
from trust.leases import LEASE
from trust.models import Document, Mail
from trust.uploads import CleanUpload
from trust.work import run_due_work

pytestmark = pytest.mark.long
needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
PACK_DAY = "2026-11-26"
STEPS = {"papers": True, "accuracy_check": True}


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board(school, chair, ceo, link_trustee, head, clerk, other_school) -> ProgressBoard:
    """An issued board with its five people seated, a note and a rating; another school has one too."""
    whole_board(other_school)
    seats = {"chair": chair, "ceo": ceo, "link_trustee": link_trustee, "head": head, "clerk": clerk}
    board = board_on(
        school, dt.date(2026, 12, 3), 2, year=2026, state="issued",
        issued_on=dt.date(2026, 11, 18),
        deadlines={"leaders": "2026-11-23", "papers": "2026-11-25", "pack": PACK_DAY},
        seats={role: user.person for role, user in seats.items()},
    )  # fmt: skip
    board.meeting.steps = STEPS
    board.meeting.save()
    item_of(board, 1, "Welcome", type="welcome", minutes=2)
    item_of(board, 2, "Early reading", minutes=14, answered=person("Hanna Birk"),
            answered_by_role="Reading lead", leader_note="Nine of 14 are at the point\nThree are near")  # fmt: skip
    item_of(board, 3, "Attendance", minutes=12)
    factories.RatingAssessmentFactory(
        school=school, shared=True, position=3, effective_on=dt.date(2026, 9, 1)
    )
    return board


@cache
def pages(words: str, count: int = 1) -> bytes:
    """A PDF of so many pages that say these words."""
    body = "".join(f"<p>{words} {n + 1}</p>" for n in range(count))
    return render_pdf(
        '<html lang="en-GB"><head><title>p</title><style>p + p { break-before: page }</style></head>'
        f"<body>{body}</body></html>"
    )


def paper_on(board: ProgressBoard, title: str, content: bytes, *, item: int = 0, name: str = "",
             late: bool = False) -> Paper:  # fmt: skip
    row = Paper(
        meeting=board.meeting, title=title, file_name=name or f"{title}.pdf", is_late=late,
        item=board.meeting.items.get(order=item) if item else None, added_by=writer(),
        added_at=timezone.now(),
    )  # fmt: skip
    row.file.save(row.file_name, ContentFile(content))
    return row


def locked_with(password: str, *, owner: str = "owner") -> bytes:
    pdf = PdfWriter(clone_from=io.BytesIO(pages("Locked")))
    pdf.encrypt(password, owner_password=owner, algorithm="AES-256")
    written = io.BytesIO()
    pdf.write(written)
    return written.getvalue()


def bound(board: ProgressBoard, *, with_ratings: bool = True) -> PdfReader:
    return PdfReader(io.BytesIO(make_pack(pack_snapshot(board, with_ratings=with_ratings))))


def text(page) -> str:
    return " ".join(page.extract_text().split())


def bookmarks(reader: PdfReader) -> list[object]:
    """Titles with their page, those under another one as a list after it."""

    def told(rows: list) -> list[object]:
        return [
            told(row) if isinstance(row, list)
            else (row.title, reader.get_destination_page_number(row) + 1)
            for row in rows
        ]  # fmt: skip

    return told(reader.outline)


def part(reader: PdfReader, title: str) -> str:
    """What stands on the page of a bookmark."""
    places = [
        each for row in bookmarks(reader) for each in (row if isinstance(row, list) else [row])
    ]
    return text(reader.pages[dict(places)[title] - 1])


def sweep() -> None:
    """As the worker sweeps: what is found makes rows, the next sweep makes what they ask for."""
    for _ in range(3):
        run_due_work()


def packs_of(board: ProgressBoard) -> list[Document]:
    rows = Document.objects.filter(kind__startswith="pack", subject_id=board.pk)
    return list(rows.order_by("pk"))


# -- what it binds -------------------------------------------------------------------------------


@needs_pdf
def test_pack_holds_school_page_agenda_notes_and_papers_in_this_order_with_bookmarks(board, as_of):
    as_of(PACK_DAY)
    paper_on(board, "Reading data", pages("Reading data page", 2), item=2)
    paper_on(board, "Improvement plan", pages("Improvement plan page"))
    reader = bound(board)
    *own, papers = bookmarks(reader)
    assert [title for title, _ in own] == ["School on a page", "Agenda", "Leaders’ notes", "Papers"]
    first = own[-1][1] + 1
    assert papers == [("Whole board: Improvement plan", first), ("Item 2: Reading data", first + 1)]
    inside = {
        "School on a page": ("School on a page", "Red"),
        "Agenda": ("2. Early reading", "Hanna Birk, reading lead"),
        "Leaders’ notes": ("Nine of 14 are at the point", "Hanna Birk, reading lead"),
        "Papers": (f"Pack page {first}", f"Pack pages {first + 1} to {first + 2}"),
        "Whole board: Improvement plan": ("Improvement plan page 1", ""),
        "Item 2: Reading data": ("Reading data page 1", ""),
    }
    for title, words in inside.items():
        for each in words:
            assert each in part(reader, title)
    assert "Reading data page 2" in text(reader.pages[-1])


@needs_pdf
def test_every_page_says_which_page_of_the_pack_it_is(board, as_of):
    as_of(PACK_DAY)
    paper_on(board, "Reading data", pages("Reading data page", 2), item=2)
    said = [text(page) for page in bound(board).pages]
    assert [f"Pack page {n} of {len(said)}" in words for n, words in enumerate(said, 1)] == [
        True
    ] * len(said)
    assert not any("Page 1 of" in words.replace("Pack page", "") for words in said)
    assert "Item 2: Reading data" in said[-1]


@needs_pdf
def test_papers_page_is_lengthened_so_that_its_number_covers_nothing(board, as_of):
    as_of(PACK_DAY)
    paper_on(board, "Plan", pages("Plan"))
    last = bound(board).pages[-1]
    assert float(last.mediabox.height) == pytest.approx(841.89 + binding.STRIP, abs=0.1)
    assert float(last.mediabox.bottom) == pytest.approx(-binding.STRIP)


@needs_pdf
def test_pack_without_notes_and_papers_is_agenda_and_school_on_a_page(board, as_of):
    as_of(PACK_DAY)
    board.meeting.items.update(leader_note="")
    reader = bound(board)
    assert bookmarks(reader) == [("School on a page", 1), ("Agenda", 2)]
    assert all("Papers" not in text(page)[:10] for page in reader.pages)


@needs_pdf
def test_pack_keeps_tags_language_and_title_of_its_own_pages(board, as_of):
    as_of(PACK_DAY)
    paper_on(board, "Plan", pages("Plan"))
    pdf = pikepdf.open(io.BytesIO(make_pack(pack_snapshot(board, with_ratings=True))))
    assert str(pdf.Root.Lang) == "en-GB"
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.docinfo["/Title"]).startswith("Progress Board pack, Alderfen Primary Academy")


@needs_pdf
def test_one_snapshot_makes_the_same_pack_to_the_byte(board, as_of):
    as_of(PACK_DAY)
    paper_on(board, "Plan", pages("Plan"))
    snapshot = pack_snapshot(board, with_ratings=True)
    assert make_pack(snapshot) == make_pack(snapshot)


@needs_pdf
def test_pack_names_no_briefing_note_no_part_b_and_no_other_school(board, other_school, as_of, ceo):
    as_of(PACK_DAY)
    item = board.meeting.items.get(order=2)
    BriefingNote.objects.create(
        board=board,
        item=item,
        text="Because of the interim",
        updated_by=ceo,
        updated_at=timezone.now(),
    )
    PartB.objects.create(
        item=item, text="What few may know", updated_by=ceo, updated_at=timezone.now()
    )
    said = " ".join(text(page) for page in bound(board).pages)
    assert "Because of the interim" not in said
    assert "What few may know" not in said
    assert other_school.name not in said


@needs_pdf
def test_clerks_pack_names_no_rating(board, as_of):
    as_of(PACK_DAY)
    assert "Red" in text(bound(board).pages[0])
    page = text(bound(board, with_ratings=False).pages[0])
    assert "Red" not in page
    assert "Rating" not in page


# -- papers that cannot be bound -----------------------------------------------------------------


@needs_pdf
def test_bad_papers_are_named_with_their_links_and_stop_nothing(board, as_of, settings):
    as_of(PACK_DAY)
    bad = {
        "Words": (b"PK words", "words.docx", "is not a PDF"),
        "Damaged": (b"%PDF-1.7\n rubbish", "damaged.pdf", "is damaged and cannot be opened"),
        "Locked": (locked_with("secret"), "locked.pdf", "is locked with a password"),
        "Long": (pages("Long", 101), "long.pdf", "has more than 100 pages"),
    }
    rows = {
        title: paper_on(board, title, content, name=name)
        for title, (content, name, _) in bad.items()
    }
    gone = paper_on(board, "Gone", b"%PDF-1.7")
    gone.file.storage.delete(gone.file.name)
    paper_on(board, "Good", pages("Good paper"), late=True)
    reader = bound(board)
    assert [title for title, _ in bookmarks(reader)[-1]] == ["Whole board: Good, late paper"]
    papers = part(reader, "Papers")
    for title, (_, _, why) in bad.items():
        assert f"{title}" in papers
        assert f"the file {why}" in papers
        link = reverse("progress_boards:paper-file", args=[board.pk, rows[title].pk])
        assert f"{settings.SITE_URL}{link}" in papers.replace(" ", "")
    assert "the file is not in the store" in papers
    assert "Good · late paper" in papers
    assert "Good paper 1" in part(reader, "Whole board: Good, late paper")


@needs_pdf
def test_papers_beyond_the_size_of_a_pack_are_named(board, as_of, monkeypatch):
    as_of(PACK_DAY)
    small, big = pages("Small"), pages("Big", 9)
    monkeypatch.setattr("progress_boards.documents.pack.MOST_BYTES", len(small) + 900)
    paper_on(board, "Small", small)
    paper_on(board, "Big", big + b"\n" * 4000)
    reader = bound(board)
    said = part(reader, "Papers")
    assert "the file would make the pack too large" in said
    assert f"Pack page {len(reader.pages)}" in said


@needs_pdf
def test_paper_that_opens_without_a_password_is_bound():
    content, count = clean_paper(locked_with(""))
    assert count == 1
    assert not PdfReader(io.BytesIO(content)).is_encrypted


@needs_pdf
def test_clean_paper_leaves_nothing_that_runs():
    pdf = pikepdf.open(io.BytesIO(pages("Sting")))
    act = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = act
    pdf.pages[0].AA = pikepdf.Dictionary(O=act)
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link,
                              Rect=[0, 0, 9, 9], A=act)  # fmt: skip
    kept = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                              A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/"))  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link), pdf.make_indirect(kept)])
    written = io.BytesIO()
    pdf.save(written)
    clean = pikepdf.open(io.BytesIO(clean_paper(written.getvalue())[0]))
    assert "/OpenAction" not in clean.Root
    assert "/AA" not in clean.pages[0]
    first, second = clean.pages[0].Annots
    assert "/A" not in first
    assert str(second.A.URI) == "https://example.org/"


def test_empty_file_is_not_readable():
    with pytest.raises(NotReadable, match="is damaged"):
        clean_paper(b"")


@needs_pdf
def test_rotated_paper_keeps_its_number_at_the_foot(board, as_of):
    as_of(PACK_DAY)
    pdf = pikepdf.open(io.BytesIO(pages("Turned")))
    pdf.pages[0].Rotate = 90
    written = io.BytesIO()
    pdf.save(written)
    paper_on(board, "Turned", written.getvalue())
    reader = bound(board)
    last = reader.pages[-1]
    assert last.get("/Rotate", 0) == 0
    assert float(last.mediabox.width) > float(last.mediabox.height)
    assert f"Pack page {len(reader.pages)} of {len(reader.pages)}" in text(last)


# -- made by itself, once ------------------------------------------------------------------------


def test_packs_are_due_on_their_day_and_not_before(board, as_of):
    as_of("2026-11-25")
    assert packs_due() == []
    as_of(PACK_DAY)
    assert packs_due() == [board.pk]
    as_of("2026-12-04")
    assert packs_due() == []


def test_no_pack_is_made_where_the_step_is_off_or_the_agenda_is_not_out(board, as_of):
    as_of(PACK_DAY)
    meeting = board.meeting
    type(meeting).objects.filter(pk=meeting.pk).update(deadlines={}, steps={"papers": False})
    assert packs_due() == []
    type(meeting).objects.filter(pk=meeting.pk).update(
        deadlines={"pack": PACK_DAY}, steps=STEPS, state="agenda_draft"
    )
    assert packs_due() == []


@needs_pdf
def test_sweep_makes_the_packs_once_and_tells_the_five_once(board, as_of, chair, leader):
    as_of(PACK_DAY)
    sweep()
    assert [(d.kind, d.state) for d in packs_of(board)] == [
        ("pack", "done"),
        ("pack-clerk", "done"),
    ]
    mails = Mail.objects.filter(key__startswith="pack_ready:")
    seated = {s.person.email for s in board.meeting.seats.select_related("person")}
    assert {mail.to for mail in mails} == seated
    assert len(seated) == 5
    told = mails.get(to=chair.email)
    assert told.subject == "The pack is ready: Alderfen Primary Academy"
    assert reverse("progress_boards:pack", args=[board.pk]) in told.text
    assert "Red" not in told.text
    sweep()
    assert len(packs_of(board)) == 2
    assert mails.count() == 5


@needs_pdf
def test_nobody_is_told_before_the_pack_is_there(board, as_of):
    as_of(PACK_DAY)
    build_pack(board.pk)
    assert packs_to_tell() == []
    tell_pack(board.pk)
    assert not Mail.objects.filter(key__startswith="pack_ready:").exists()


def test_two_workers_at_one_board_ask_for_its_packs_once(board, as_of):
    as_of(PACK_DAY)
    build_pack(board.pk)
    board.meeting.items.filter(order=2).update(leader_note="Another note by then")
    build_pack(board.pk)
    assert len(packs_of(board)) == 2


@needs_pdf
def test_worker_killed_in_the_middle_of_a_pack_leaves_it_to_the_next(board, as_of):
    as_of(PACK_DAY)
    build_pack(board.pk)
    first, _ = packs_of(board)
    assert Document.objects.claim(first.pk, timezone.now())  # and its worker was killed
    make_document(first.pk)
    first.refresh_from_db()
    assert first.state == "pending"
    run_due_work()
    assert packs_to_tell() == []
    Document.objects.filter(pk=first.pk).update(
        lease_until=timezone.now() - LEASE, next_attempt_at=None
    )
    sweep()
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("done", 2)
    assert len(packs_of(board)) == 2
    assert Mail.objects.filter(key__startswith="pack_ready:").count() == 5


@needs_pdf
def test_late_paper_makes_the_pack_again_marked_and_tells_of_it_once(board, as_of, head):
    as_of(PACK_DAY)
    sweep()
    upload = CleanUpload("Late data.pdf", "pdf", ContentFile(pages("Late data")))
    with_posts(head, on=dt.date(2026, 11, 26))
    paper = add_paper(board.meeting, title="Late data", file=upload, by=head)
    assert paper.is_late
    sweep()
    sweep()
    newest = Document.objects.filter(kind="pack").latest("pk")
    reader = PdfReader(document_path(newest.sha256))
    assert [title for title, _ in bookmarks(reader)[-1]] == ["Whole board: Late data, late paper"]
    assert len(packs_of(board)) == 4
    subjects = sorted(
        Mail.objects.filter(to=head.email, key__startswith="pack_ready:").values_list(
            "subject", flat=True
        )
    )
    assert subjects == [
        "The pack has changed: Alderfen Primary Academy",
        "The pack is ready: Alderfen Primary Academy",
    ]


@needs_pdf
def test_pack_asked_for_by_hand_before_its_day_is_told_to_nobody_and_made_anew_then(
    board, as_of, ceo, client_for
):
    as_of("2026-11-20")
    client_for(ceo).post(reverse("progress_boards:pack", args=[board.pk]))
    sweep()
    assert len(packs_of(board)) == 2
    assert not Mail.objects.filter(key__startswith="pack_ready:").exists()
    as_of(PACK_DAY)
    sweep()
    assert len(packs_of(board)) == 4
    assert Mail.objects.filter(key__startswith="pack_ready:").count() == 5


# -- who may read it -----------------------------------------------------------------------------


def test_packs_go_to_their_readers_alone(
    board, ceo, dsi, head, link_trustee, chair, clerk, leader, trustee, other_head, other_trustee,
    local_committee, administrator, stranger,
):  # fmt: skip
    packs = request_packs(board, by=None)
    reads = {
        kind: [
            may_read_pack_document(user, packs[kind])
            for user in (ceo, dsi, head, link_trustee, chair, clerk)
        ]
        for kind in packs
    }
    assert reads == {"pack": [True] * 5 + [False], "pack-clerk": [True] * 6}
    others = (leader, trustee, other_head, other_trustee, local_committee, administrator, stranger)
    for document in packs.values():
        assert [may_read_pack_document(user, document) for user in others] == [False] * 7


def test_recalled_agendas_pack_is_nobodys(board, head, ceo):
    pack = request_packs(board, by=None)["pack"]
    type(board.meeting).objects.filter(pk=board.meeting_id).update(state="agenda_draft")
    assert not may_read_pack_document(head, pack)
    assert not may_read_pack_document(ceo, pack)


# -- the page ------------------------------------------------------------------------------------


def page_of(client, board):
    return client.get(reverse("progress_boards:pack", args=[board.pk]))


def test_page_says_when_the_pack_is_made_and_gives_it_sooner(board, as_of, chair, client_for):
    as_of("2026-11-20")
    client = client_for(chair)
    html = page_of(client, board).content.decode()
    assert "26 November 2026" in html
    first, second = (
        client.post(reverse("progress_boards:pack", args=[board.pk])) for _ in range(2)
    )
    assert first["Location"] == second["Location"]
    assert len(packs_of(board)) == 2
    assert "See how far it is" in page_of(client, board).content.decode()


@needs_pdf
def test_page_gives_the_newest_pack_and_says_when_it_is_out_of_date(
    board, as_of, clerk, head, client_for
):
    as_of(PACK_DAY)
    sweep()
    for user, kind in ((head, "pack"), (clerk, "pack-clerk")):
        client = client_for(user)
        response = page_of(client, board)
        document = response.context["page"].document
        assert document.kind == kind
        html = response.content.decode()
        assert "has changed since" not in html
        download = client.get(reverse("document-download", args=[document.pk]))
        assert download.status_code == 200
        assert b"".join(download.streaming_content).startswith(b"%PDF")
    paper_on(board, "Late", pages("Late"), late=True)
    assert "has changed since" in page_of(client_for(head), board).content.decode()


def test_page_is_refused_where_the_trust_has_no_packs_and_to_leaders(
    board, leader, head, other_head, client_for
):
    assert page_of(client_for(leader), board).status_code == 403
    assert page_of(client_for(other_head), board).status_code == 404
    meeting = board.meeting
    type(meeting).objects.filter(pk=meeting.pk).update(steps={"papers": False})
    refused = page_of(client_for(head), board)
    assert refused.status_code == 403
    assert "without a pack" in refused.content.decode()
    html = client_for(head).get(reverse("progress_boards:board-detail", args=[board.pk]))
    assert reverse("progress_boards:pack", args=[board.pk]) not in html.content.decode()


def test_board_leads_its_readers_to_the_pack(board, head, leader, client_for):
    link = reverse("progress_boards:pack", args=[board.pk])
    address = reverse("progress_boards:board-detail", args=[board.pk])
    assert link in client_for(head).get(address).content.decode()
    assert link not in client_for(leader).get(address).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_page_takes_as_many_queries_with_any_number_of_papers(board, head, client_for, rows):
    for n in range(rows):
        paper_on(board, f"Paper {n}", b"%PDF-1.7")
    request_packs(board, by=None)
    client = client_for(head)
    page_of(client, board)
    with CaptureQueriesContext(connection) as queries:
        assert page_of(client, board).status_code == 200
    assert len(queries) == PAGE_QUERIES


PAGE_QUERIES = 8


# -- the school on a page ------------------------------------------------------------------------


def crowded(school, board: ProgressBoard) -> None:
    """Everything long, and more of it than a page holds."""
    for n in range(30):
        action_of(board, f"ALD-26-A2-{n:02}", text="Make sure that every long word of it stands " * 4,
                  owner_role="Assistant headteacher for the quality of education")  # fmt: skip
        factories.VisitRecordFactory(
            school=school, state="filed", sent_at=timezone.now(), filed_at=timezone.now(), visited_on=dt.date(2026, 11, 1), is_external=n % 2 == 0,
            organisation="A very long name of an organisation that comes to schools and walks",
        )  # fmt: skip
    for n in range(9):
        factories.PriorityFactory(
            school=school, number=n + 1, title="A priority with a long title " * 4
        )


@needs_pdf
def test_school_on_a_page_is_one_side_whatever_the_history(board, school, as_of):
    as_of(PACK_DAY)
    held = whole_board(school)
    for n in range(4, 11):
        item_of(held, n, "An enquiry whose title is as long as titles may be, and then some more of it", judged=2)  # fmt: skip
    crowded(school, board)
    snapshot = school_page_snapshot(school, with_ratings=True, on=dt.date(2026, 11, 26))
    snapshot["rating"]["summary"] = ("A summary of the rating goes on " * 11)[:300]
    snapshot["rating"]["indicators"] = [
        {"name": f"An indicator with a longish name {n}", "band": None, "direction": "improving"}
        for n in range(8)
    ]
    snapshot["boards"] = snapshot["boards"][:1] * 6
    reader = PdfReader(
        io.BytesIO(render_pdf(render_to_string("pdf/school_page.html", {"s": snapshot})))
    )
    assert len(reader.pages) == 1
    said = text(reader.pages[0])
    assert "32 open, 2 overdue; the 5 most urgent stand here" in said
    assert "15 by the trust’s own people, 15 by others" in said


def test_school_on_a_page_says_what_the_school_is_and_what_was_agreed(board, school, as_of, head):
    as_of(PACK_DAY)
    whole_board(school)
    factories.PriorityFactory(school=school, number=1, title="Reading", state="off_track")
    factories.VisitRecordFactory(
        school=school, state="sent", sent_at=timezone.now(), visited_on=dt.date(2026, 11, 2)
    )
    page = school_page_snapshot(school, with_ratings=True, on=dt.date(2026, 11, 26))
    assert page["rating"]["overall"]["name"] == "Red"
    assert page["last"]["day"] == "8 October 2026"
    assert [row["title"] for row in page["last"]["judgements"]] == [
        "Item 2: Early reading: are the lowest 20% catching up?"
    ]
    assert (page["actions"]["open"], page["actions"]["overdue"]) == (2, 2)
    assert page["actions"]["rows"][0]["ref"] == "ALD-26-A1-01"
    assert page["priorities"][0]["state"] == "Off track"
    assert page["visits"]["rows"] == []  # sent, not filed: the Chair may not read it yet
    assert [p["name"] for p in page["people"]][:1] == [head.person.name]
    assert (
        school_page_snapshot(school, with_ratings=False, on=dt.date(2026, 11, 26))["rating"] is None
    )


def test_school_page_pdf_is_asked_for_from_the_school_and_read_as_rights_are(
    board, school, head, clerk, leader, other_head, client_for
):
    address = reverse("progress_boards:school-pdf", args=[school.pk])
    for user in (head, clerk):
        client = client_for(user)
        assert address in client.get(reverse("school", args=[school.pk])).content.decode()
        first, second = (client.post(address) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert client.get(first["Location"]).status_code == 200
    with_rating = Document.objects.get(kind="school-page")
    assert with_rating.snapshot["rating"]["overall"]["name"] == "Red"
    without = Document.objects.get(kind="school-page-clerk")
    assert without.snapshot["rating"] is None
    assert (
        client_for(clerk).get(reverse("document-progress", args=[with_rating.pk])).status_code
        == 404
    )
    assert client_for(leader).post(address).status_code == 403
    assert (
        address not in client_for(leader).get(reverse("school", args=[school.pk])).content.decode()
    )
    assert client_for(other_head).post(address).status_code == 404


@pytest.mark.parametrize(("state", "promised"), [("issued", True), ("held", False)])
def test_page_promises_a_pack_only_until_the_board_is_held(
    board, as_of, chair, client_for, state, promised
):
    as_of("2026-12-03")
    Meeting.objects.filter(pk=board.meeting_id).update(state=state)
    html = page_of(client_for(chair), board).content.decode()
    assert ("It is made by itself" in html) is promised
