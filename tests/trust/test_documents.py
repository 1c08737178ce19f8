"""The one mechanism that makes documents, and the leases under it."""

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.template import engines
from django.utils import timezone

from trust import documents
from trust.documents import (
    document_path,
    make_document,
    may_read,
    pdf_trouble,
    register_document,
    render_pdf,
    request_document,
    try_again,
)
from trust.leases import ATTEMPTS, LEASE
from trust.models import Document, TrustProfile
from trust.work import run_due_work

needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
PAGE = """<html lang="en-GB"><head><title>{{ s.title }}</title>
<link rel="stylesheet" href="asset:print.css"></head>
<body><main data-trust="A trust" data-status="Draft"><h1>{{ s.title }}</h1><p>{{ s.text }}</p></main></body></html>"""


@pytest.fixture(autouse=True)
def sort(settings, tmp_path, monkeypatch):
    """A kind of document of the test's own, whose template is PAGE; files go to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(documents._sorts, "note", None)
    register_document(
        "note", template="note.html", may_read=lambda user, document: user == "reader"
    )
    template = engines["django"].from_string(PAGE)
    monkeypatch.setattr(
        documents, "render_to_string", lambda name, context: template.render(context)
    )


def ask(trust, text="A sentence."):
    return request_document(
        "note", trust, title="A note", snapshot={"title": "A note", "text": text}, by=None
    )


@pytest.fixture
def trust(db):
    return TrustProfile.objects.update_or_create(pk=1, defaults={"name": "A trust"})[0]


@needs_pdf
def test_request_makes_a_pdf_stored_under_its_hash(trust):
    document = ask(trust)
    run_due_work()
    document.refresh_from_db()
    path = document_path(document.sha256)
    assert (document.state, document.attempts, document.error) == ("done", 1, "")
    assert path.read_bytes().startswith(b"%PDF-1.7")
    assert path.stat().st_size == document.size
    assert not list(path.parent.glob("*.tmp"))


def test_request_of_the_same_content_twice_is_one_row(trust):
    assert ask(trust).pk == ask(trust).pk
    assert ask(trust).pk != ask(trust, "Another sentence.").pk


@needs_pdf
def test_claim_of_a_claimed_document_gets_nothing(trust):
    document = ask(trust)
    now = timezone.now()
    first = Document.objects.claim(document.pk, now)
    assert first is not None
    assert Document.objects.claim(document.pk, now) is None
    assert Document.objects.claim(document.pk, now + LEASE) is not None


def test_finish_by_a_late_twin_changes_nothing(trust):
    document = ask(trust)
    now = timezone.now()
    late = Document.objects.claim(document.pk, now)
    twin = Document.objects.claim(document.pk, now + LEASE + dt.timedelta(seconds=1))
    assert twin.finish(now, sha256="b" * 64, size=1)
    assert not late.finish(now, sha256="a" * 64, size=2)
    document.refresh_from_db()
    assert document.sha256 == "b" * 64


@needs_pdf
def test_foreign_address_in_a_page_stops_the_render(trust, monkeypatch):
    template = engines["django"].from_string('<img alt="" src="file:///etc/hostname">')
    monkeypatch.setattr(
        documents, "render_to_string", lambda name, context: template.render(context)
    )
    document = ask(trust)
    make_document(document.pk)
    document.refresh_from_db()
    assert document.state == "pending"
    assert "not one of our assets" in document.error


@needs_pdf
def test_document_that_cannot_be_made_fails_after_the_last_attempt_and_may_be_tried_again(
    trust, monkeypatch
):
    def broken(name, context):
        raise ZeroDivisionError("poison")

    monkeypatch.setattr(documents, "render_to_string", broken)
    document = ask(trust)
    for _ in range(ATTEMPTS + 2):
        Document.objects.update(next_attempt_at=None)
        run_due_work()
    document.refresh_from_db()
    assert (document.state, document.attempts) == ("failed", ATTEMPTS)
    assert "poison" in document.error
    try_again(document)
    document.refresh_from_db()
    assert (document.state, document.attempts, document.error) == ("pending", 0, "")


def test_document_is_read_only_by_whom_its_kind_lets(trust):
    document = ask(trust)
    assert may_read("reader", document)
    assert not may_read("somebody else", document)
    document.kind = "a kind nobody registered"
    assert not may_read("reader", document)


def test_snapshot_of_a_document_cannot_be_changed(trust):
    from django.db import InternalError, transaction

    document = ask(trust)
    with pytest.raises(InternalError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(snapshot={"text": "other"})
    Document.objects.filter(pk=document.pk).update(error="may change")


@pytest.mark.long
@needs_pdf
def test_render_in_two_processes_two_seconds_apart_gives_the_same_bytes():
    html = PAGE.replace("{{ s.title }}", "A note").replace("{{ s.text }}", "A sentence.")
    script = (
        "import os, sys, hashlib; os.environ.update(DJANGO_SETTINGS_MODULE='trust.settings', DEMO='1');"
        "import django; django.setup();"
        "from trust.documents import render_pdf;"
        "sys.stdout.write(hashlib.sha256(render_pdf(sys.stdin.read())).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]

    def render() -> str:
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=html,
            capture_output=True,
            text=True,
            cwd=root,
            check=True,
        )
        return done.stdout

    first = render()
    time.sleep(2)
    assert first == render()
    assert len(first) == 64


@needs_pdf
def test_render_is_tagged_and_names_its_language_and_title():
    import io

    import pikepdf

    pdf = pikepdf.open(io.BytesIO(render_pdf(PAGE.replace("{{ s.title }}", "A note"))))
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.docinfo["/Title"] == "A note"
