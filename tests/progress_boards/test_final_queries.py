"""What final minutes ask the database: little to read them, less to get their PDF, and never by old rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import follow_up
from meetings.actions.minutes import add_challenge
from meetings.models import AgendaItem
from progress_boards.actions import signing
from progress_boards.documents import request_minutes
from progress_boards.models import ProgressBoard
from schools.models import Post
from tests.factories import at
from tests.progress_boards import lives
from tests.progress_boards.lives import BOARD_DAY, Table
from tests.progress_boards.test_reviewing import finals
from tests.progress_boards.test_signing import enquiry_of, signed, table, url, with_the_chair
from trust.audit import record
from trust.calendar import clock_at
from trust.documents import document_path
from trust.models import AuditEvent, Document
from trust.pages import remembered, version
from trust.people.models import User
from trust.work import run_due_work

__all__ = ["table"]

OF_A_FINAL_PAGE = 9
OF_A_FIRST_READING = 25
OF_A_FILE = 5
OF_A_SAVED_MINUTE = 12
OF_THE_REGISTER = 5
Browser = Callable[..., Client]


def asked(client: Client, where: str) -> int:
    """How many queries a page asks that is opened now."""
    with CaptureQueriesContext(connection) as queries:
        assert opened(client, where) == 200
    return len(queries)


def opened(client: Client, where: str) -> int:
    """The status of what is opened and, where it is a file, closed again."""
    answer = client.get(where)
    for close in answer._resource_closers:  # the file only: `close()` would end the connection too
        close()
    return answer.status_code


def asked_again(client: Client, where: str) -> int:
    """How many it asks while nothing was written since it was opened last."""
    assert opened(client, where) == 200
    return asked(client, where)


def full_board(table: Table, challenges: int) -> ProgressBoard:
    """Final minutes with so many challenges, and a comment of the Link Trustee."""
    board = with_the_chair(table)
    item = enquiry_of(board)
    with clock_at(at(BOARD_DAY, "10:40")):
        for number in range(challenges):
            add_challenge(item, asked_by="Chair", question=f"Why {number}?", by=table.chair)
    signed(lives.fresh(board), table)
    with clock_at(dt.date(2027, 1, 8)):
        run_due_work()
    board = lives.fresh(board)
    signing.comment_on_item(board, item=item, text="Ask again in March", by=table.link_trustee)
    return board


# -- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("challenges", [1, 12])
@pytest.mark.parametrize("reader", ["chair", "link_trustee", "ceo", "head"])
def test_read_final_minutes_asks_nine_queries_at_most(
    table: Table, client_for: Browser, challenges: int, reader: str
) -> None:
    board = full_board(table, challenges)
    client = client_for(getattr(table, reader))
    for where in (
        url("board-minutes", board),
        reverse("meetings:minutes", args=[board.meeting_id]),
    ):
        assert asked_again(client, where) <= OF_A_FINAL_PAGE
        caches["process"].clear()
        client.get(reverse("meetings:action-list"))  # so that the menu has counted what waits
        assert asked(client, where) <= OF_A_FIRST_READING


def test_read_final_minutes_again_shows_what_was_written_since(
    table: Table, client_for: Browser
) -> None:
    board = full_board(table, 1)
    client = client_for(table.head)
    assert "Better now" not in client.get(url("board-minutes", board)).content.decode()
    item = enquiry_of(board)
    signing.comment_on_item(board, item=item, text="Better now", by=table.link_trustee)
    assert "Better now" in client.get(url("board-minutes", board)).content.decode()


def test_read_final_minutes_after_another_reader_shows_each_their_own(
    table: Table, client_for: Browser, leader: User
) -> None:
    board = full_board(table, 1)
    signing.ask_about_board(board, text="Is it enough?", by=table.link_trustee)
    for reader, questions, comments in (
        (table.link_trustee, True, True),
        (table.head, False, True),
        (leader, False, False),
    ):
        page = client_for(reader).get(url("board-minutes", board)).content.decode()
        assert ("Is it enough?" in page) is questions
        assert ("Ask again in March" in page) is comments


# -- the file ------------------------------------------------------------------------------------


@pytest.fixture
def file_url(table: Table, settings: object, tmp_path: object) -> str:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    document = request_minutes(finals(table), by=None)
    path = document_path("a" * 64)  # what the file holds is another test's matter
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF")
    Document.objects.filter(pk=document.pk).update(state="done", sha256="a" * 64)
    return reverse("document-download", args=[document.pk])


def test_download_of_an_unchanged_document_asks_five_queries(
    table: Table, client_for: Browser, file_url: str
) -> None:
    assert asked_again(client_for(table.head), file_url) <= OF_A_FILE


def test_download_after_a_post_ended_is_404_at_once(
    table: Table, client_for: Browser, file_url: str
) -> None:
    client = client_for(table.head)
    assert opened(client, file_url) == 200
    # Unheard by the audit, as a change by hand in the database would be.
    Post.objects.filter(person=table.head.person).update(ends_on=dt.date(2020, 1, 1), starts_on=dt.date(2019, 1, 1))  # fmt: skip
    assert opened(client, file_url) == 404


# -- beside them ---------------------------------------------------------------------------------


def test_save_minute_asks_twelve_queries(table: Table, client_for: Browser) -> None:
    board = with_the_chair(table)
    item: AgendaItem = enquiry_of(board)
    client = client_for(table.chair)
    where = reverse("meetings:minute-save", args=[item.pk])
    client.post(where, {"text": "One", "version": item.minute.version})
    item.minute.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(where, {"text": "Two", "version": item.minute.version})
    assert answer.status_code == 302
    sent = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sent) <= OF_A_SAVED_MINUTE
    item.minute.refresh_from_db()
    assert item.minute.discussion == "Two"


def test_register_of_actions_asks_five_queries_and_counts_what_was_raised_since(
    table: Table, client_for: Browser
) -> None:
    client, where = client_for(table.ceo), reverse("meetings:action-list")
    assert asked_again(client, where) <= OF_THE_REGISTER
    of = {"school": table.school, "owner_role": "Headteacher", "due_on": dt.date(2026, 12, 18)}
    follow_up.raise_action(text="Cover", by=table.ceo, **of)  # type: ignore[arg-type]
    page = client.get(where)
    assert "Cover" in page.content.decode()
    assert page.context["page_obj"].paginator.count == 1
    assert asked_again(client, where) <= OF_THE_REGISTER


def test_version_tells_a_write_with_a_lower_key_that_came_to_light_later(table: Table) -> None:
    newest = record("look", table.school, by=table.ceo)
    for key in (newest.pk + 2, newest.pk + 1):  # the second of two writes at once commits first
        before = version()
        row = AuditEvent.objects.get(pk=newest.pk)
        row.pk, row._state.adding = key, True
        row.save(force_insert=True)
        assert version() != before
        assert remembered("looked", version(), lambda key=key: key) == key
