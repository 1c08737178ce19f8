"""A whole life of a meeting of no school, by the engine's own pages."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from meetings.models import Action, AgendaItem, Meeting, Minute, Seat
from tests.meetings.group import Table, make_table
from trust.calendar import clock_at
from trust.documents import document_path, pdf_trouble
from trust.models import Document, Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work, work_for

pytestmark = pytest.mark.django_db
needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def table(trust_set_up) -> Table:
    return make_table()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(user: User, name: str, *args: int, **data: object) -> int:
    """Send a form as this user, follow to the page, and say how it answered."""
    url = reverse(f"meetings:{name}", args=args)
    data.setdefault("idempotency_key", new_key())
    return signed_in(user).post(url, data, follow=True).status_code


def see(user: User, name: str, *args: int) -> str:
    response = signed_in(user).get(reverse(f"meetings:{name}", args=args), follow=True)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def titles(user: User) -> list[str]:
    return [item.title for item in work_for(user, TODAY) if item.key.startswith("meetings.")]


@needs_pdf
def test_hold_a_meeting_of_no_school_from_its_date_to_its_final_pdf(table: Table) -> None:
    pk, clerk, dsi = table.meeting.pk, table.clerk, table.dsi
    when = {"on": "2026-11-24", "at": "13:30", "is_online": "on"}
    assert send(clerk, "meeting-date", pk, **when) == 200
    assert table.again().state == "scheduled"
    assert "Prepare and issue the agenda" in titles(dsi)
    assert "Say whether you are coming" in titles(table.heads[0])

    seat = Seat.objects.get(meeting=pk, person=table.heads[0].person)
    asked = Mail.objects.get(key__startswith=f"meeting-dated:{pk}:", to=table.heads[0].email)
    assert f"/meetings/seats/{seat.pk}/reply/" in asked.text
    send(table.heads[0], "seat-reply", seat.pk, reply="coming")
    for kind, title, length in (("business", "Writing programme", 20), ("close", "Close", 5)):
        form = {"type": kind, "title": title, "question": "", "minutes": length}
        assert send(dsi, "agenda-item-add", pk, **form) == 200
    page = see(dsi, "agenda", pk)
    assert "1 coming" in page
    assert "25 of 90 minutes" in page
    assert "Answered by" not in page
    assert "Headteacher, Fenby 0 Primary" in page

    assert send(dsi, "agenda-issue", pk) == 200
    assert table.again().state == "issued"
    assert "Writing programme" in see(table.heads[1], "agenda", pk)
    assert "With the group" in see(table.heads[1], "agenda", pk)

    with clock_at(dt.datetime(2026, 11, 24, 13, 31, tzinfo=dt.UTC)):
        assert send(clerk, "meeting-start", pk) == 200
        item = AgendaItem.objects.get(meeting=pk, order=1)
        send(clerk, "minute-save", item.pk, text="The Group advises to buy once.", version=1)
        owner = str(table.heads[0].person_id)
        send(clerk, "action-add", item.pk,
             **{f"a{item.pk}-line": "Ask the provider for one quote", f"a{item.pk}-owner": owner})  # fmt: skip
        action = Action.objects.get()
        assert action.ref == "SG-26-A2-01"
        assert action.owner_role == "Headteacher, Fenby 0 Primary"
        there = {f"attendance-{s.pk}": "present" for s in table.meeting.seats.all()}
        send(clerk, "attendance-save", pk, **there)
        page = see(clerk, "minutes-edit", pk)
        assert "All required present" in page
        assert "Send to the Director of School Improvement" in page
        assert send(clerk, "minutes-send", pk) == 200
    assert table.again().state == "with_chair"
    assert "Read and sign the minutes" in titles(dsi)

    assert "The Group advises to buy once." in see(dsi, "minutes-sign", pk)
    assert send(dsi, "minutes-sign", pk, typed_name="Naomi Fleet") == 200
    meeting = table.again()
    assert (meeting.state, meeting.signed_name) == ("final", "Naomi Fleet")
    assert Minute.objects.get(item=item).sealed_at is not None
    run_due_work()  # asks for the document
    run_due_work()  # makes it
    document = Document.objects.get(kind="meeting-minutes", subject_id=pk)
    assert document.state == "done"
    text = words_of(document)
    for words in ("The Group advises to buy once.", "SG-26-A2-01", "Ask the provider for one quote",
                  "Signed by the Director of School Improvement", "Naomi Fleet",
                  "Headteacher, Fenby 1 Primary", "This is a true record of the meeting"):  # fmt: skip
        assert words in text, words
    assert "Chair" not in text
    assert "board" not in text.lower()


def words_of(document: Document) -> str:
    content = document_path(document.sha256).read_bytes()
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_issue_tells_everybody_with_a_seat_but_who_issued(table: Table) -> None:
    send(table.clerk, "meeting-date", table.meeting.pk, on="2026-11-24", at="13:30")
    Mail.objects.all().delete()
    send(table.dsi, "agenda-item-add", table.meeting.pk, type="business", title="A", minutes=5)
    send(table.dsi, "agenda-issue", table.meeting.pk)
    told = set(Mail.objects.values_list("to", flat=True))
    people = {table.ceo, table.clerk, *table.heads}
    assert told == {user.email for user in people}
    send(table.dsi, "agenda-issue", table.meeting.pk)  # the second click
    assert Mail.objects.count() == len(told)
    assert Meeting.objects.get(pk=table.meeting.pk).agenda_version == 1
