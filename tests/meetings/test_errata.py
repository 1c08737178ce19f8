"""After final: a mistake is stated beside the minutes, in a new version; the old one stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.db.utils import InternalError
from django.urls import reverse

from meetings.actions.errata import record_erratum
from meetings.documents.versions import make_anew, maker_of, meetings_with_new_errata
from meetings.models import Erratum, Meeting, Seat
from progress_boards.documents import request_minutes
from progress_boards.models import ProgressBoard
from schools.models import School
from tests import factories
from tests.progress_boards.records import whole_board
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at
from trust.documents import may_read
from trust.models import AuditEvent, Document
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db

WRONG = "Item 2 says 38%; it should say 83%"


@pytest.fixture(autouse=True)
def _own_store(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board(school: School, clerk: User, chair: User) -> ProgressBoard:
    """A final board whose clerk and Chair have accounts."""
    made = whole_board(school)
    Seat.objects.filter(meeting=made.meeting).update(sealed_at=None)
    for role, user in (("clerk", clerk), ("chair", chair)):
        Seat.objects.filter(meeting=made.meeting, role=role).update(person=user.person)
    return made


def meeting_of(board: ProgressBoard) -> Meeting:
    return Meeting.objects.with_seats().get(pk=board.meeting_id)


def state(board: ProgressBoard, by: User, text: str = WRONG, order: int | None = 2) -> Erratum:
    meeting = meeting_of(board)
    item = meeting.items.get(order=order) if order else None
    return record_erratum(meeting, item=item, text=text, reason="Read out by the head", by=by)


@pytest.mark.parametrize("name", ["clerk", "chair"])
def test_record_an_erratum_is_for_the_clerk_and_the_chair(
    name: str, board: ProgressBoard, request: pytest.FixtureRequest
) -> None:
    made = state(board, request.getfixturevalue(name))
    assert (made.number, made.item.order) == (1, 2)
    event = AuditEvent.objects.get(verb="record_erratum")
    assert "83" not in str(event.detail)


@pytest.mark.parametrize("name", ["ceo", "dsi", "head", "leader", "link_trustee", "trustee"])
def test_record_an_erratum_by_anybody_else_is_refused(
    name: str, board: ProgressBoard, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        state(board, request.getfixturevalue(name))
    assert not Erratum.objects.exists()


def test_record_an_erratum_before_final_is_refused(board: ProgressBoard, clerk: User) -> None:
    draft = Meeting.objects.with_seats().get(pk=board.meeting_id)
    draft.pk, draft.state, draft.during = None, "held", None
    draft.save()
    Seat.objects.create(meeting=draft, role="clerk", person=clerk.person)
    with pytest.raises(NotAllowed, match="not final yet"):
        record_erratum(draft, item=None, text=WRONG, reason="Found", by=clerk)


def test_record_an_erratum_without_words_or_of_another_meeting_is_refused(
    board: ProgressBoard, clerk: User, other_school: School
) -> None:
    with pytest.raises(Conflict, match="and why"):
        state(board, clerk, text=" ")
    elsewhere = whole_board(other_school).meeting.items.first()
    with pytest.raises(Conflict, match="another meeting"):
        record_erratum(meeting_of(board), item=elsewhere, text=WRONG, reason="Found", by=clerk)


def test_erratum_is_frozen_and_the_minutes_stay_as_they_were(
    board: ProgressBoard, clerk: User
) -> None:
    made = state(board, clerk)
    with pytest.raises(InternalError), transaction.atomic():
        Erratum.objects.filter(pk=made.pk).update(text="Nothing")
    with pytest.raises(InternalError), transaction.atomic():
        made.delete()


def test_erratum_makes_a_new_version_that_states_it_and_changes_no_other_word(
    board: ProgressBoard, clerk: User
) -> None:
    first = request_minutes(board, by=clerk)
    before = dict(first.snapshot)
    assert request_minutes(board, by=clerk) == first
    state(board, clerk)
    second = request_minutes(board, by=clerk)
    assert second != first
    assert request_minutes(board, by=clerk) == second
    first.refresh_from_db()
    assert first.snapshot == before
    added = {k: v for k, v in second.snapshot.items() if before.get(k) != v}
    assert set(added) == {"title", "errata", "version"}
    assert added["version"] == 2
    assert added["errata"][0]["text"] == [WRONG]
    assert added["errata"][0]["where"] == "Item 2"


def test_version_says_the_day_and_hour_of_the_erratum_by_the_trusts_clock(
    board: ProgressBoard, clerk: User
) -> None:
    with clock_at(factories.at(dt.date(2026, 12, 17), "11:20")):
        state(board, clerk)
    (row,) = request_minutes(board, by=clerk).snapshot["errata"]
    assert row["when"] == "17 December 2026, 11:20am"


def test_each_erratum_is_a_version_and_every_one_stays_readable(
    board: ProgressBoard, clerk: User, head: User, client_for: object
) -> None:
    request_minutes(board, by=None)
    state(board, clerk)
    request_minutes(board, by=None)
    state(board, clerk, text="The date is 8 October", order=None)
    request_minutes(board, by=None)
    versions = list(maker_of(meeting_of(board)).versions)
    assert [doc.snapshot.get("version", 1) for doc in versions] == [1, 2, 3]
    assert all(may_read(head, doc) for doc in versions)
    page = (
        client_for(head).get(reverse("meetings:errata", args=[board.meeting_id])).content.decode()
    )
    assert [f"/documents/{doc.pk}/" in page for doc in versions] == [True] * 3


def test_new_version_is_made_without_anybody_asking(board: ProgressBoard, clerk: User) -> None:
    request_minutes(board, by=None)
    assert meetings_with_new_errata() == []
    state(board, clerk)
    assert meetings_with_new_errata() == [board.meeting_id]
    run_due_work()
    run_due_work()  # the second sweep makes what the first one asked for
    assert meetings_with_new_errata() == []
    newest = Document.objects.order_by("pk").last()
    assert (newest.snapshot["version"], newest.state) == (2, "done")
    assert make_anew(board.meeting_id) == newest


# -- the page ------------------------------------------------------------------------------------------


def test_page_records_an_erratum_once_and_shows_it_to_readers_of_the_minutes(
    board: ProgressBoard, clerk: User, head: User, client_for: object
) -> None:
    url = reverse("meetings:errata", args=[board.meeting_id])
    client = client_for(clerk)
    key = client.get(url).context["key"]
    said = {"item": board.meeting.items.get(order=2).pk, "text": WRONG, "reason": "Read out",
            "idempotency_key": key}  # fmt: skip
    for _ in range(2):
        assert client.post(url, said).status_code == 302
    assert Erratum.objects.count() == 1
    for name, pk in (("meetings:errata", board.meeting_id),
                     ("meetings:minutes", board.meeting_id),
                     ("progress_boards:board-minutes", board.pk)):  # fmt: skip
        page = client_for(head).get(reverse(name, args=[pk]))
        assert WRONG in page.content.decode(), name
        assert "Record the erratum" not in page.content.decode()


def test_page_keeps_what_was_typed_when_something_is_missing(
    board: ProgressBoard, clerk: User, client_for: object
) -> None:
    url = reverse("meetings:errata", args=[board.meeting_id])
    page = client_for(clerk).post(url, {"text": WRONG, "reason": ""})
    assert page.status_code == 422
    assert WRONG in page.content.decode()
    assert not Erratum.objects.exists()


def test_page_of_errata_takes_the_same_queries_for_1_3_and_40(
    board: ProgressBoard, clerk: User, client_for: object, django_assert_max_num_queries: object
) -> None:
    client = client_for(clerk)
    url = reverse("meetings:errata", args=[board.meeting_id])
    client.get(url)
    for wanted in (1, 3, 40):
        while Erratum.objects.count() < wanted:
            state(board, clerk, text=f"Number {Erratum.objects.count()}")
        client.get(url)
        with django_assert_max_num_queries(17):
            client.get(url)


def test_the_same_erratum_said_twice_is_one(board: ProgressBoard, clerk: User, chair: User) -> None:
    first = state(board, clerk)
    assert state(board, chair) == first
    assert state(board, clerk, order=None) != first
    assert [row.number for row in Erratum.objects.order_by("number")] == [1, 2]
