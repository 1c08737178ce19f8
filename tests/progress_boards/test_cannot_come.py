"""Somebody required cannot come: who hears, who could sit there, and where the board would go."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from meetings.actions.replies import reply_to_meeting
from meetings.models import Seat
from progress_boards.models import ProgressBoard
from progress_boards.queries.cannot_come import replies_work, ways_out
from tests.progress_boards import lives
from tests.progress_boards.lives import BOARD_DAY, Table
from tests.progress_boards.test_signing import table
from trust.access import Capacity
from trust.calendar import clock_at
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User

__all__ = ["table"]
ASKED_ON = dt.date(2026, 11, 12)


@pytest.fixture
def board(table: Table) -> ProgressBoard:
    return lives.schedule(lives.board_at(table), table)


def cannot(board: ProgressBoard, role: str, by: User) -> Seat:
    seat = board.meeting.seats.get(role=role)
    seat.meeting = board.meeting
    with clock_at(ASKED_ON):
        reply_to_meeting(seat, reply="cannot", by=by)
    return seat


def page_of(client_for: object, user: User, seat: Seat) -> str:
    with clock_at(ASKED_ON):
        answer = client_for(user).get(reverse("progress_boards:seat-cannot", args=[seat.pk]))  # type: ignore[operator]
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles(user: User) -> list[str]:
    return [item.title for item in replies_work(lives.again(user), ASKED_ON)]


def test_cannot_of_the_link_trustee_offers_another_trustee_in_the_mail_s_page(
    board: ProgressBoard, table: Table, trustee: User, client_for: object
) -> None:
    seat = cannot(board, Capacity.LINK_TRUSTEE, table.link_trustee)
    path = reverse("progress_boards:seat-cannot", args=[seat.pk])
    mails = Mail.objects.filter(key__startswith="cannot-come")
    assert set(mails.values_list("to", flat=True)) == {
        table.ceo.person.email, table.clerk.person.email,  # type: ignore[union-attr]
    }  # fmt: skip
    assert all(path in mail.text for mail in mails)
    assert titles(table.ceo) == titles(table.clerk) == [
        "Link Trustee cannot come: name a substitute, or move the board"
    ]  # fmt: skip
    assert titles(table.head) == titles(table.link_trustee) == []
    assert f"Let {trustee.person} sit for the Link Trustee" in page_of(client_for, table.ceo, seat)


def test_let_a_substitute_sit_there_by_one_button_settles_it(
    board: ProgressBoard, table: Table, trustee: User, client_for: object
) -> None:
    seat = cannot(board, Capacity.LINK_TRUSTEE, table.link_trustee)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    data = {"person": trustee.person_id, "idempotency_key": new_key()}
    with clock_at(ASKED_ON):
        for _ in range(2):
            answer = client.post(reverse("progress_boards:seat-substitute", args=[seat.pk]), data)
            assert answer.status_code == 302
    seat.refresh_from_db()
    assert (seat.person, seat.for_person) == (trustee.person, table.link_trustee.person)
    assert titles(table.ceo) == []


def test_move_to_a_free_day_by_one_button_settles_it(
    board: ProgressBoard, table: Table, client_for: object
) -> None:
    seat = cannot(board, Capacity.CHAIR, table.chair)
    with clock_at(ASKED_ON):
        out = ways_out(lives.fresh(board), seat)
    assert out.slots
    assert all(slot.on != BOARD_DAY.isoformat() for slot in out.slots)
    slot = out.slots[0]
    assert f'value="{slot.on} {slot.at}"' in page_of(client_for, table.clerk, seat)
    client: Client = client_for(table.clerk)  # type: ignore[operator]
    data = {"put": f"{slot.on} {slot.at}", "place": board.meeting.place, "link": ""}
    with clock_at(ASKED_ON):
        answer = client.post(reverse("progress_boards:board-date", args=[board.pk]), data)
        assert answer.status_code == 302
    assert lives.fresh(board).meeting.day.isoformat() == slot.on  # type: ignore[union-attr]
    assert titles(table.clerk) == []


def test_the_ceo_who_cannot_come_goes_on_to_the_ways_out(
    board: ProgressBoard, table: Table, dsi: User, client_for: object
) -> None:
    seat = board.meeting.seats.get(role=Capacity.CEO)
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    with clock_at(ASKED_ON):
        answer = client.post(reverse("meetings:seat-reply", args=[seat.pk]), {"reply": "cannot"})
    assert answer["Location"] == reverse("progress_boards:seat-cannot", args=[seat.pk])
    assert f"Let {dsi.person} sit for the chief executive" in page_of(client_for, table.ceo, seat)


def test_a_trustee_in_the_chair_is_said_to_be_without_external_validation(
    board: ProgressBoard, table: Table, trustee: User, client_for: object
) -> None:
    seat = cannot(board, Capacity.CHAIR, table.chair)
    page = page_of(client_for, table.ceo, seat)
    assert f"Let {trustee.person} sit for the External Chair" in page
    assert "not externally validated" in page


def test_ways_out_are_for_those_who_date_boards(
    board: ProgressBoard, table: Table, stranger: User, client_for: object
) -> None:
    seat = cannot(board, Capacity.HEAD, table.head)
    url = reverse("progress_boards:seat-cannot", args=[seat.pk])
    for user, status in ((table.head, 403), (table.chair, 403), (stranger, 404)):
        assert client_for(user).get(url).status_code == status  # type: ignore[operator]
