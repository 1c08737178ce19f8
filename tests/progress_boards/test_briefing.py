"""The briefing: written by the Chief Executive, read by Chair and Link Trustee, never by the school."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from progress_boards.actions.briefing import write_briefing
from progress_boards.models import BriefingNote, ProgressBoard
from progress_boards.rules import may_read_briefing, may_write_briefing
from tests.factories import AgendaItemFactory, ProgressBoardFactory, seat, user_with
from trust.access import Capacity, Conflict
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db
WHY = "zqbriefingqz: the interim head may not know this"


@pytest.fixture
def board(school: Any, ceo: Any, head: Any, chair: Any, link_trustee: Any) -> ProgressBoard:
    made: ProgressBoard = ProgressBoardFactory(
        school=school, day=dt.date(2026, 12, 3), meeting__state="issued"
    )
    for user, role in ((ceo, "ceo"), (chair, "chair"), (link_trustee, "link_trustee"), (head, "head")):  # fmt: skip
        seat(made.meeting, user.person, role)
    AgendaItemFactory(meeting=made.meeting, order=1, title="Early reading")
    return made


def test_the_chief_executive_writes_and_the_trail_holds_no_word(board: Any, ceo: Any) -> None:
    note = write_briefing(board, item=None, text=WHY, version=0, by=ceo)
    again = write_briefing(board, item=None, text=WHY, version=0, by=ceo)  # a second click
    assert (note.version, again.version, BriefingNote.objects.count()) == (1, 1, 1)
    trail = json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "zqbriefingqz" not in trail


def test_readers_are_the_trusts_officers_chair_and_link_trustee(
    board: Any, ceo: Any, dsi: Any, head: Any, leader: Any, chair: Any, link_trustee: Any,
    clerk: Any, trustee: Any, other_trustee: Any,
) -> None:  # fmt: skip
    reads = {u for u in (ceo, dsi, head, leader, chair, link_trustee, clerk, trustee, other_trustee)
             if may_read_briefing(u, board)}  # fmt: skip
    assert reads == {ceo, dsi, chair, link_trustee}
    assert [u for u in reads if may_write_briefing(u, board)] == [ceo]


def test_whoever_is_of_the_school_reads_none_whatever_else_they_hold(
    board: Any, school: Any
) -> None:
    both = user_with((Capacity.DSI, None), (Capacity.LEADER, school))
    assert not may_read_briefing(both, board)


def test_a_stale_note_is_kept_on_the_page_beside_what_is_there(
    board: Any, ceo: Any, client_for: Any
) -> None:
    write_briefing(board, item=None, text="First", version=0, by=ceo)
    with pytest.raises(Conflict):
        write_briefing(board, item=None, text="Second", version=0, by=ceo)
    url = reverse("progress_boards:briefing", args=[board.pk])
    page = client_for(ceo).post(url, {"board": "Second", "version-board": "0"}).content.decode()
    assert "What is there now: First" in page
    assert ">Second</textarea>" in page
    assert BriefingNote.objects.get().text == "First"


def test_the_school_meets_no_word_of_it_on_any_page_of_the_board(
    board: Any, ceo: Any, head: Any, leader: Any, chair: Any, client_for: Any
) -> None:
    item = board.meeting.items.get()
    for each in (None, item):
        write_briefing(board, item=each, text=WHY, version=0, by=ceo)
    names = ("board-detail", "board-school", "briefing", "agenda-pdf")
    for user in (head, leader):
        for name in names:
            answer = client_for(user).get(reverse(f"progress_boards:{name}", args=[board.pk]))
            assert b"zqbriefingqz" not in answer.content, (name, user)
    seen = client_for(chair).get(reverse("progress_boards:briefing", args=[board.pk]))
    assert seen.content.count(b"zqbriefingqz") == 2
    assert b"<textarea" not in seen.content


@pytest.mark.parametrize("items", [1, 3, 40])
def test_the_page_asks_as_often_however_many_items(
    items: int, board: Any, ceo: Any, client_for: Any, django_assert_num_queries: Any
) -> None:
    for n in range(items):
        AgendaItemFactory(meeting=board.meeting, order=n + 2)
    client, url = client_for(ceo), reverse("progress_boards:briefing", args=[board.pk])
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)
