"""The page of a board asks the database the same few questions however much it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import Action, ItemSource, Paper
from progress_boards.models import AdvanceQuestion, BriefingNote, ProgressBoard
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import issued, url
from tests.progress_boards.lives import BOARD_DAY, Table
from trust.calendar import now

MOST = 9
"""Session, account and posts included."""
OFF = {"meeting__cancelled_reason": "Weather", "meeting__during": None}


def fill(board: ProgressBoard, table: Table, number: int) -> None:
    """One more of everything that the page shows."""
    meeting = board.meeting
    item = factories.AgendaItemFactory(meeting=meeting, order=10 + number, minutes=1)
    document = factories.SchoolDocumentFactory(school=table.school)
    ItemSource.objects.create(item=item, label="Seen", reason="Six books")
    for at in (item, None):
        Paper.objects.create(meeting=meeting, item=at, title="Checks", document=document,
                             added_by=table.head, added_at=now())  # fmt: skip
    Action.objects.create(
        ref=f"ALD-{number}", school=table.school, text="Mend it", owner=table.head.person,
        owner_role="Head", state="open", due_on=BOARD_DAY, created_by=table.clerk, created_at=now(),
    )  # fmt: skip
    BriefingNote.objects.create(
        board=board, item=item, text="Ask why", updated_by=table.ceo, updated_at=now()
    )
    AdvanceQuestion.objects.create(
        board=board, item=item, person=table.chair.person, role="chair", text="Why?",
        asked_by=table.chair, asked_at=now(),
    )  # fmt: skip


@pytest.mark.parametrize("role", ["ceo", "head", "chair", "link_trustee", "clerk"])
def test_issued_board_asks_the_same_few_queries_at_1_3_and_20_items(
    scheduled: ProgressBoard, table: Table, client_for: object, role: str
) -> None:
    board = issued(scheduled, table)
    client: Client = client_for(getattr(table, role))  # type: ignore[operator]
    asked, made = {}, 0
    for count in (1, 3, 20):
        for number in range(made, count):
            fill(board, table, number)
        made = count
        client.get(url("board-detail", board))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("board-detail", board)).content.decode()
        assert page.count("Six books") == count
        assert page.count("Checks") == 2 * count
        asked[count] = len(queries)
    assert asked[1] == asked[3] == asked[20] <= MOST


@pytest.mark.parametrize("state", ["planned", "scheduled", "held", "with_chair", "cancelled"])
def test_board_in_another_state_asks_no_more(table: Table, client_for: object, state: str) -> None:
    board = lives.board_at(table, state=state, **(OFF if state == "cancelled" else {}))
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    client.get(url("board-detail", board))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url("board-detail", board)).status_code == 200
    assert len(queries) <= MOST


def test_board_says_its_place_among_those_of_the_year_that_stand(
    table: Table, client_for: object
) -> None:
    first = lives.board_at(table, half_term=1, state="planned")
    gone = lives.board_at(table, half_term=2, state="cancelled", **OFF)
    third = lives.board_at(table, half_term=3, state="planned")
    factories.ProgressBoardFactory()  # another school's
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    pages = [client.get(url("board-detail", b)).content.decode() for b in (first, gone, third)]
    assert "Board 1 of 2" in pages[0]
    assert "Board " not in pages[1].split("<h1>")[0].split("crumb")[1]
    assert "Board 2 of 2" in pages[2]
