"""An agenda after issue: versions kept as they were read, late items, and who is told of what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions.agenda import put_at
from meetings.models import AgendaItem, AgendaVersion
from progress_boards.actions import agenda as acts
from progress_boards.actions.late import add_late
from progress_boards.models import Deferral, ProgressBoard
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of, filled, issued, url
from tests.progress_boards.lives import Table
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

LATER = dt.date(2026, 11, 19)


@pytest.fixture
def board(scheduled: ProgressBoard, table: Table) -> ProgressBoard:
    """Issued, with one enquiry of fifteen minutes and thirty in hand."""
    lives.leader_of(table.school, "Hanna Birk", "Reading lead")
    lives.rate(table.school, {"standards": 3})
    return issued(scheduled, table)


def late(board: ProgressBoard, table: Table, **fields: object) -> AgendaItem:
    words = {"type": "enquiry", "title": "Exclusions", "question": "Why now?", "minutes": 10,
             "taken_from": board.meeting.items.get(type="in_hand")} | fields  # fmt: skip
    with clock_at(LATER):
        return add_late(board, by=table.ceo, **words)  # type: ignore[arg-type]


def lengths(board: ProgressBoard) -> list[tuple[str, int]]:
    return list(board.meeting.items.order_by("order").values_list("title", "minutes"))


# -- late items ------------------------------------------------------------------------------------


def test_issue_keeps_the_first_version(board: ProgressBoard, table: Table) -> None:
    version = AgendaVersion.objects.get(meeting=board.meeting)
    assert (version.number, version.changes, version.issued_by) == (1, [], table.chair)
    assert [(line["title"], line["minutes"]) for line in version.items] == lengths(board)


def test_version_once_kept_is_frozen(board: ProgressBoard) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        AgendaVersion.objects.filter(meeting=board.meeting).update(changes=["Nothing"])


def test_late_item_takes_its_minutes_from_what_is_in_hand(
    board: ProgressBoard, table: Table
) -> None:
    item = late(board, table)
    assert lengths(board)[-3:] == [
        ("Discussion in hand", 20), ("Exclusions", 10),
        ("Actions read back, closing statement, next board", 5),
    ]  # fmt: skip
    assert (item.since_version, lives.fresh(board).meeting.agenda_version) == (2, 2)
    assert AgendaVersion.objects.get(meeting=board.meeting, number=2).changes == [
        "Added: “Exclusions”, 10 minutes",
        "“Discussion in hand” has 20 minutes instead of 30",
    ]


def test_late_item_that_uses_all_that_is_in_hand_takes_its_place(
    board: ProgressBoard, table: Table
) -> None:
    late(board, table, minutes=30)
    assert not board.meeting.items.filter(type="in_hand").exists()
    assert [item.order for item in board.meeting.items.order_by("order")] == [1, 2, 3, 4, 5]


def test_late_item_without_minutes_to_take_is_refused_and_changes_nothing(
    board: ProgressBoard, table: Table
) -> None:
    before = lengths(board)
    with pytest.raises(Conflict, match="Take 10 minutes off"):
        late(board, table, taken_from=None)
    with pytest.raises(Conflict, match="3 to 30"):
        late(board, table, taken_from=board.meeting.items.get(title="Standards"), minutes=13)
    with pytest.raises(Conflict, match="has 8 minutes and cannot give 9"):
        late(board, table, taken_from=board.meeting.items.get(type="actions"), minutes=9)
    assert lengths(board) == before
    assert lives.fresh(board).meeting.agenda_version == 1


def test_late_item_by_the_dsi_or_once_held_is_refused(
    board: ProgressBoard, table: Table, dsi: User
) -> None:
    with pytest.raises(NotAllowed):
        add_late(board, type="enquiry", title="X", question="", minutes=5, by=dsi)
    held = lives.hold(board, table)
    with pytest.raises(Conflict, match="minutes in draft"):
        late(held, table)


def test_late_item_from_evidence_carries_its_source_and_is_deferred_no_more(
    scheduled: ProgressBoard, table: Table
) -> None:
    seen = lives.finding(table.school, "Spelling gaps in Year 2")
    with clock_at(lives.DRAFTED):
        draft = draft_of(scheduled, table)
        acts.take_off_item(draft.meeting.items.get(type="enquiry"), by=table.ceo)
    board = issued_from(draft, table)
    assert Deferral.objects.get(board=board).source_pk == seen.pk
    item = late(board, table, key=f"finding-{seen.pk}")
    assert item.sources.get().finding == seen
    assert not Deferral.objects.filter(board=board).exists()


def issued_from(draft: ProgressBoard, table: Table) -> ProgressBoard:
    board = filled(lives.fresh(draft), table)
    with clock_at(dt.date(2026, 11, 16)):
        acts.send_board_to_chair(board, by=table.ceo)
        acts.issue_board(lives.fresh(board), by=table.chair)
    return lives.fresh(board)


def test_late_item_page_takes_one_item_however_often_it_is_sent(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    assert "Add a late item" in client.get(url("board-detail", board)).content.decode()
    in_hand = board.meeting.items.get(type="in_hand")
    data = {"type": "enquiry", "title": "Exclusions", "question": "", "minutes": "10",
            "taken_from": in_hand.pk, "idempotency_key": new_key()}  # fmt: skip
    untaken = client.post(url("agenda-late", board), {**data, "taken_from": ""})
    assert "Choose the item whose minutes it takes" in untaken.content.decode()
    for _ in range(2):
        assert client.post(url("agenda-late", board), data).status_code == 302
    assert board.meeting.items.filter(title="Exclusions").count() == 1
    page = client.get(url("board-detail", board)).content.decode()
    assert "Late item" in page
    assert "since version 2" in page
    again = client.post(
        url("agenda-late", board), {**data, "minutes": "40", "idempotency_key": new_key()}
    )
    assert again.status_code == 200
    assert "Give an enquiry 3 to 30 minutes" in again.content.decode()


def test_late_item_page_fills_its_words_from_the_evidence_chosen(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    seen = lives.finding(table.school, "Spelling gaps in Year 2", day=dt.date(2026, 11, 12))
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    page = client.get(url("agenda-late", board) + f"?source=finding-{seen.pk}").content.decode()
    assert "Learning walk, 12 November 2026: “Spelling gaps in Year 2”" in page
    assert f'value="finding-{seen.pk}"' in page


# -- amendments ------------------------------------------------------------------------------------


def test_amended_minutes_come_from_the_item_chosen(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    item = board.meeting.items.get(title="Standards")
    in_hand = board.meeting.items.get(type="in_hand")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    data = {"title": item.title, "question": item.question, "minutes": "20",
            "version": item.version, "balance": in_hand.pk}  # fmt: skip
    assert client.post(url("agenda-item-edit", board, item.pk), data).status_code == 302
    assert dict(lengths(board)) | {"Standards": 20, "Discussion in hand": 25} == dict(
        lengths(board)
    )
    other = board.meeting.items.get(title="Standards")
    refused = client.post(
        url("agenda-item-edit", board, item.pk),
        {**data, "minutes": "15", "version": other.version, "balance": ""},
    )
    assert "one click adds Discussion in hand, 5 min" in refused.content.decode()
    assert board.meeting.items.get(title="Standards").minutes == 20


# -- who is told -----------------------------------------------------------------------------------


def test_new_version_tells_head_link_trustee_chair_and_who_answers(
    board: ProgressBoard, table: Table, leader: User
) -> None:
    item = board.meeting.items.get(title="Standards")
    chosen_at = factories.at(dt.date(2026, 11, 18), "10:00")
    with clock_at(chosen_at):
        acts.choose_respondents(
            board, chosen={item.pk: leader.person_id}, seconds={}, by=table.head
        )
    with clock_at(chosen_at + dt.timedelta(minutes=11)):
        run_due_work()
    Mail.objects.exclude(key__startswith="leader_chosen").delete()
    late(board, table)
    mails = {mail.to: mail for mail in Mail.objects.exclude(key__startswith="leader_chosen")}
    assert set(mails) == {
        table.head.email, table.link_trustee.email, table.chair.email, leader.email,
    }  # fmt: skip
    assert "Choose who answers" in mails[table.head.email].subject
    assert "/agenda/versions/2/" in mails[leader.email].text
    for mail in mails.values():
        assert not any(word in mail.text + mail.html for word in ("Exclusions", "Standards", "Red"))


def test_recall_tells_head_link_trustee_and_chair(board: ProgressBoard, table: Table) -> None:
    with clock_at(LATER):
        acts.recall_board(board, by=table.ceo)
    told = set(Mail.objects.filter(key__startswith="agenda_recalled").values_list("to", flat=True))
    assert told == {table.head.email, table.link_trustee.email, table.chair.email}


def test_issue_after_recall_is_the_next_version_and_says_what_changed(
    board: ProgressBoard, table: Table
) -> None:
    with clock_at(LATER):
        acts.recall_board(board, by=table.ceo)
        acts.change_board_item(
            board.meeting.items.get(title="Standards"), version=1, by=table.ceo,
            title="Standards in Key Stage 2",
        )  # fmt: skip
        acts.send_board_to_chair(lives.fresh(board), by=table.ceo)
        acts.issue_board(lives.fresh(board), by=table.chair)
    version = AgendaVersion.objects.get(meeting=board.meeting, number=2)
    assert version.changes == ["Renamed: “Standards” is now “Standards in Key Stage 2”"]


# -- reading versions ------------------------------------------------------------------------------


def versions_url(board: ProgressBoard, *number: int) -> str:
    name = "agenda-version" if number else "agenda-versions"
    return reverse(f"meetings:{name}", args=[board.meeting_id, *number])


def test_versions_are_read_by_the_school_and_compared(
    board: ProgressBoard, table: Table, leader: User, client_for: object
) -> None:
    late(board, table)
    late(board, table, title="Staffing", minutes=5)
    client: Client = client_for(leader)  # type: ignore[operator]
    listed = client.get(versions_url(board)).content.decode()
    assert "Added: “Staffing”, 5 minutes" in listed
    assert "The first version" in listed
    last = client.get(versions_url(board, 3)).content.decode()
    assert "Against version 2" in last
    assert "Added: “Exclusions”" not in last
    first = client.get(versions_url(board, 3) + "?against=1").content.decode()
    assert "Added: “Exclusions”, 10 minutes" in first
    assert client.get(versions_url(board, 4)).status_code == 404


def test_versions_of_an_agenda_in_draft_again_are_not_the_schools_to_read(
    board: ProgressBoard, table: Table, other_head: User, client_for: object
) -> None:
    assert client_for(other_head).get(versions_url(board)).status_code == 404  # type: ignore[operator]
    with clock_at(LATER):
        acts.recall_board(board, by=table.ceo)
    assert client_for(table.head).get(versions_url(board)).status_code == 403  # type: ignore[operator]
    assert client_for(table.ceo).get(versions_url(board)).status_code == 200  # type: ignore[operator]


def test_versions_page_asks_the_same_number_of_queries_at_1_and_9_versions(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    client.get(versions_url(board))
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(versions_url(board)).status_code == 200
        asked.append(len(queries))
        for number in range(2, 10):
            AgendaVersion.objects.get_or_create(
                meeting=board.meeting, number=number,
                defaults={"items": [], "issued_by": table.ceo, "issued_at": dt.datetime.now(dt.UTC)},
            )  # fmt: skip
        client.get(versions_url(board))
    assert asked[0] == asked[1] <= 9


# -- order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "stands"), [(1, 2), (2, 2), (3, 3), (9, 4)])
def test_item_put_at_a_place_stays_between_welcome_and_close(
    scheduled: ProgressBoard, table: Table, place: int, stands: int
) -> None:
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    board = draft_of(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    put_at(item, place=place, by=table.ceo)
    assert item.order == stands
    orders = list(board.meeting.items.order_by("order").values_list("order", "type"))
    assert [order for order, _ in orders] == [1, 2, 3, 4, 5]
    assert (orders[0][1], orders[-1][1]) == ("welcome", "close")


def test_move_by_place_and_by_button_keeps_the_focus_on_a_button_that_works(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    board = draft_of(scheduled, table)
    item = board.meeting.items.get(title="Standards")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    client.post(url("agenda-item-move", board, item.pk), {"do": "place", "place": "4"})
    item.refresh_from_db()
    assert item.order == 4
    answer = client.post(url("agenda-item-move", board, item.pk), {"do": "up"})
    assert answer["Location"].endswith(f"?at=up-{item.pk}")
    page = client.get(answer["Location"]).content.decode()
    assert 'aria-label="Move item 3 up" autofocus' in page
    client.post(url("agenda-item-move", board, item.pk), {"do": "sideways"})
    item.refresh_from_db()
    assert item.order == 3
