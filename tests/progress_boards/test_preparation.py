"""Preparation: how many items are ready, the leader's one page, and one mail to whoever is chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import answering
from meetings.models import Action, AgendaItem, Minute
from progress_boards.actions import agenda as acts
from progress_boards.documents.sheet import request_sheet
from progress_boards.models import ProgressBoard
from progress_boards.queries.due import boards_with_chosen_to_tell
from progress_boards.queries.leader_side import LastTime, leader_page
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import issued, url
from tests.progress_boards.lives import Table
from tests.progress_boards.test_documents import made, needs_pdf, text_of
from trust.calendar import clock_at
from trust.documents import may_read
from trust.models import Document, Mail
from trust.people.models import User
from trust.work import run_due_work

CHOSEN_AT = factories.at(dt.date(2026, 11, 18), "10:00")


@pytest.fixture
def board(scheduled: ProgressBoard, table: Table) -> ProgressBoard:
    """Issued, with the actions, two enquiries and no leader chosen."""
    lives.leader_of(table.school, "Ivo Marsh")
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    return issued(scheduled, table)


def item(board: ProgressBoard, title: str) -> AgendaItem:
    return board.meeting.items.get(title=title)


def choose(
    board: ProgressBoard, table: Table, titles: dict[str, User | None], minute: int = 0
) -> None:
    chosen = {
        item(board, title).pk: user.person_id if user else None for title, user in titles.items()
    }
    with clock_at(CHOSEN_AT + dt.timedelta(minutes=minute)):
        acts.choose_respondents(board, chosen=chosen, seconds={}, by=table.head)


# -- ready -----------------------------------------------------------------------------------------


def test_head_and_ceo_see_how_many_are_ready_on_board_school_page_and_list(
    board: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    choose(board, table, {"Standards": leader, "Capacity to improve": leader})
    answering.mark_ready(item(board, "Standards"), by=leader)
    listed = reverse("progress_boards:board-list") + "?view=list"
    for user, url_of in (
        (table.head, url("board-detail", board)), (table.head, url("board-school", board)),
        (table.head, listed), (table.ceo, url("board-detail", board)), (table.ceo, listed),
    ):  # fmt: skip
        page = client_for(user).get(url_of).content.decode()  # type: ignore[operator]
        assert "1 of 3 ready" in page, (user, url_of)


def test_nobody_else_sees_how_many_are_ready(
    board: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    listed = reverse("progress_boards:board-list") + "?view=list"
    for user in (leader, table.link_trustee, table.chair, table.clerk):
        client: Client = client_for(user)  # type: ignore[operator]
        for address in (url("board-detail", board), listed):
            assert "of 3 ready" not in client.get(address).content.decode()


def test_list_of_boards_asks_once_for_readiness_at_1_and_6_boards(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    listed = reverse("progress_boards:board-list") + "?view=list"
    asked = []
    for more in (0, 5):
        for _ in range(more):
            other = factories.ProgressBoardFactory(meeting__state="issued", day=lives.BOARD_DAY)
            factories.AgendaItemFactory(meeting=other.meeting, type="enquiry")
        client.get(listed)
        with CaptureQueriesContext(connection) as queries:
            client.get(listed)
        asked.append(sum("is_ready" in q["sql"] for q in queries))
    assert asked == [1, 1]


# -- one mail --------------------------------------------------------------------------------------


@pytest.fixture
def told(board: ProgressBoard) -> None:
    """Nothing is in the post yet."""
    Mail.objects.all().delete()


def chosen_mails() -> list[Mail]:
    return list(Mail.objects.filter(key__startswith="leader_chosen").order_by("to", "pk"))


def run(minute: int) -> None:
    with clock_at(CHOSEN_AT + dt.timedelta(minutes=minute)):
        run_due_work()


def test_leader_chosen_is_told_once_after_ten_minutes_of_both_items(
    board: ProgressBoard, table: Table, leader: User, told: None
) -> None:
    choose(board, table, {"Standards": leader})
    choose(board, table, {"Capacity to improve": leader}, minute=4)
    run(11)
    assert chosen_mails() == []  # the last choice has not settled
    run(14)
    (mail,) = chosen_mails()
    assert (mail.to, mail.subject) == (
        leader.email, "You answer at the Progress Board: Alderfen Primary Academy",
    )  # fmt: skip
    assert "chosen you for 2 items of the Progress Board of 3 December 2026" in mail.text
    for title in ("Standards", "Capacity to improve"):
        assert url("leader-item", board, item(board, title).pk) in mail.text
        assert title not in mail.text + mail.html


def test_change_of_mind_within_ten_minutes_tells_only_who_stays(
    board: ProgressBoard, table: Table, leader: User, told: None
) -> None:
    other = lives.leader_of(table.school, "Hanna Birk")
    choose(board, table, {"Standards": leader})
    with clock_at(CHOSEN_AT + dt.timedelta(minutes=3)):
        acts.choose_respondents(
            board, chosen={item(board, "Standards").pk: other.pk}, seconds={}, by=table.head
        )
    run(20)
    assert [mail.to for mail in chosen_mails()] == [other.email]


def test_later_change_mails_nobody_twice_of_an_item(
    board: ProgressBoard, table: Table, leader: User, told: None
) -> None:
    choose(board, table, {"Standards": leader})
    run(11)
    choose(board, table, {"Standards": None}, minute=30)
    choose(board, table, {"Standards": leader}, minute=60)
    run(90)
    assert len(chosen_mails()) == 1
    assert boards_with_chosen_to_tell() == []


def test_leader_told_once_is_told_again_of_one_more_item_and_only_of_it(
    board: ProgressBoard, table: Table, leader: User, told: None
) -> None:
    choose(board, table, {"Standards": leader})
    run(11)
    choose(board, table, {"Standards": leader, "Capacity to improve": leader}, minute=60)
    for minute in (71, 80):
        run(minute)
    first, second = chosen_mails()
    assert "chosen you for 1 more item of" in second.text
    assert "more item" not in first.text
    pages = [url("leader-item", board, item(board, title).pk)
             for title in ("Standards", "Capacity to improve")]  # fmt: skip
    assert [[page in mail.text for page in pages] for mail in (first, second)] == [
        [True, False], [False, True],
    ]  # fmt: skip


def test_head_who_answers_all_is_not_told(board: ProgressBoard, table: Table, told: None) -> None:
    with clock_at(CHOSEN_AT):
        answering.answer_all(board.meeting, by=table.head)
    run(11)
    assert chosen_mails() == []


def test_second_is_told_too(board: ProgressBoard, table: Table, leader: User, told: None) -> None:
    other = lives.leader_of(table.school, "Hanna Birk")
    row = item(board, "Standards")
    with clock_at(CHOSEN_AT):
        acts.choose_respondents(
            board, chosen={row.pk: leader.person_id}, seconds={row.pk: other.pk}, by=table.head
        )
    run(11)
    assert {mail.to for mail in chosen_mails()} == {leader.email, other.email}


def test_agenda_recalled_before_ten_minutes_tells_no_leader(
    board: ProgressBoard, table: Table, leader: User, told: None
) -> None:
    choose(board, table, {"Standards": leader})
    with clock_at(CHOSEN_AT + dt.timedelta(minutes=2)):
        acts.recall_board(board, by=table.ceo)
    run(11)
    assert chosen_mails() == []


# -- the sheet -------------------------------------------------------------------------------------


def test_sheet_of_an_item_is_printed_by_its_leader_and_its_head_and_nobody_else(
    board: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    choose(board, table, {"Standards": leader})
    row = item(board, "Standards")
    answering.save_leader_note(row, text="Nine of fourteen are back on track", by=leader)
    address, page = url("leader-item-sheet", board, row.pk), url("leader-item", board, row.pk)
    for user, answer in ((leader, 302), (table.head, 302), (table.ceo, 404), (table.chair, 404)):
        assert client_for(user).post(address).status_code == answer, user  # type: ignore[operator]
    assert f'action="{address}"' in client_for(leader).get(page).content.decode()  # type: ignore[operator]
    (document,) = Document.objects.filter(kind="item-sheet")  # asked for twice, made once
    said = document.snapshot
    assert (said["item"]["title"], said["item"]["answered_by"].split(",")[0]) == (
        "Standards", leader.person.name,
    )  # fmt: skip
    assert said["note"] == ["Nine of fourteen are back on track"]
    assert (said["school"], said["of"]) == (table.school.name, board.meeting.items.count())
    assert [may_read(user, document) for user in (leader, table.head, table.ceo)] == [
        True, True, False,
    ]  # fmt: skip


@needs_pdf
def test_sheet_prints_the_question_and_last_time(
    board: ProgressBoard, table: Table, leader: User, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    choose(board, table, {"Standards": leader})
    row = item(board, "Standards")
    page = leader_page(board, row, leader)
    last = LastTime(dt.date(2026, 10, 8), 1, "Six of 14 pupils caught up", None, ())
    text = text_of(made(request_sheet(board, replace(page, last_time=last), by=leader)))
    for words in ("Standards", "Last time, 8 October 2026", "Six of 14 pupils caught up",
                  "No note was written"):  # fmt: skip
        assert words in text


# -- the leader's page -----------------------------------------------------------------------------


def test_leaders_page_links_only_evidence_that_may_be_opened(
    scheduled: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    opened = lives.finding(table.school, "Six books", open_to_leaders=True)
    closed = lives.finding(table.school, "Staffing", focus="Staffing in Year 4")
    board = issued(scheduled, table)
    titles = list(board.meeting.items.filter(type="enquiry").values_list("title", flat=True))
    choose(board, table, dict.fromkeys(titles, leader))
    client: Client = client_for(leader)  # type: ignore[operator]
    pages = {
        source.finding_id: client.get(url("leader-item", board, source.item_id)).content.decode()
        for each in board.meeting.items.filter(type="enquiry")
        for source in each.sources.all()
    }
    link = reverse("evidence:visit-page", args=[opened.visit_id])
    assert f'href="{link}"' in pages[opened.pk]
    assert "Evidence you can read" not in pages[closed.pk]
    assert reverse("evidence:visit-page", args=[closed.visit_id]) not in pages[closed.pk]


def test_leaders_page_shows_last_time_with_its_action_and_who_helps(
    scheduled: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    lives.leader_of(table.school, "Hanna Birk")
    former = lives.board_at(
        table, half_term=1, day=dt.date(2026, 10, 8), state="final",
        meeting__signed_at=CHOSEN_AT, meeting__signed_by=table.chair, meeting__signed_name="Yeo",
    )  # fmt: skip
    rating = lives.rate(table.school, {"standards": 3}).indicators.get()
    last = factories.AgendaItemFactory(
        meeting=former.meeting, title="Standards", indicator=rating.indicator
    )
    Minute.objects.create(item=last, discussion="6 of the 14 had reached the point.")
    action = Action.objects.create(
        ref="ALD-26-A1-02", school=table.school, meeting=former.meeting, item=last,
        text="Write the timetable", owner=leader.person, owner_role="Reading lead", state="open",
        due_on=dt.date(2026, 11, 13), created_by=table.clerk, created_at=CHOSEN_AT,
    )  # fmt: skip
    board = issued(scheduled, table)
    row = item(board, "Standards")
    helps = lives.leader_of(table.school, "Ana Ruiz")
    with clock_at(CHOSEN_AT):
        acts.choose_respondents(
            board, chosen={row.pk: leader.person_id}, seconds={row.pk: helps.pk}, by=table.head
        )
    page = client_for(leader).get(url("leader-item", board, row.pk)).content.decode()  # type: ignore[operator]
    assert "Last time, 8 October 2026" in page
    assert "6 of the 14 had reached the point." in page
    assert reverse("meetings:action", args=[action.pk]) in page
    assert "with Ana Ruiz" in page
    assert "chosen by your headteacher" in page
