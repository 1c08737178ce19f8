"""The engine's pages of a meeting of no school: who sees and does what, second clicks, undo, fixed numbers of queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.actions import dating, follow_up, minutes, scheduling, sending, signing
from meetings.actions.replies import reply_to_meeting
from meetings.documents import agenda_snapshot, may_read_minutes_document, register_document_parts
from meetings.documents.parts import _parts
from meetings.models import Action, ActionMark, AgendaItem, ItemSource, Meeting, Seat
from meetings.queries.people import guests_of, owners_of
from tests import factories
from tests.meetings.group import LATER, TUESDAY, Table, bring_to, fill, make_table
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import LONDON, clock_at
from trust.models import Document, Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work, work_for

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def table(trust_set_up) -> Table:
    return make_table()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *args: int) -> str:
    return reverse(f"meetings:{name}", args=args)


def status(user: User, name: str, *args: int) -> int:
    return signed_in(user).get(address(name, *args)).status_code


def page(user: User, name: str, *args: int) -> str:
    return signed_in(user).get(address(name, *args)).content.decode()


# -- who sees what -----------------------------------------------------------------------------


def test_read_agenda_by_heads_once_it_is_issued(table: Table, leader: User) -> None:
    meeting = bring_to(table, "agenda_draft")
    hidden = page(table.heads[0], "agenda", meeting.pk)
    assert "The agenda has not reached you yet" in hidden
    assert "Requests 1" not in hidden
    assert "Issue the agenda" in page(table.dsi, "agenda", meeting.pk)
    sending.send_out_agenda(meeting, by=table.dsi)
    shown = page(table.heads[0], "agenda", meeting.pk)
    assert "Requests 1" in shown
    assert "Edit" not in shown
    assert status(leader, "agenda", meeting.pk) == 404


def test_read_agenda_and_minutes_by_a_leader_who_has_a_seat(table: Table, leader: User) -> None:
    Seat.objects.create(meeting=table.meeting, role=Capacity.LEADER, person=leader.person)
    meeting = bring_to(table, "final")
    assert status(leader, "agenda", meeting.pk) == 200
    assert "Earlier" not in page(leader, "minutes", meeting.pk)
    assert status(leader, "minutes", meeting.pk) == 200


def test_open_agenda_of_a_board_leads_to_the_boards_own_page(ceo: User) -> None:
    board = factories.ProgressBoardFactory(day=dt.date(2026, 12, 3), meeting__state="with_chair")
    url = reverse("progress_boards:board-detail", args=[board.pk])
    client = signed_in(ceo)
    assert client.get(address("agenda", board.meeting_id))["Location"] == url
    sign = client.get(address("minutes-sign", board.meeting_id))["Location"]
    assert sign == reverse("progress_boards:chair-sign", args=[board.pk])
    assert client.post(address("agenda-issue", board.meeting_id)).status_code == 404
    assert client.post(address("minutes-pdf", board.meeting_id)).status_code == 404
    assert client.get(address("meeting-date", board.meeting_id)).status_code == 404


def test_open_signing_page_stamps_it_and_is_for_the_signer_alone(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    assert status(table.ceo, "minutes-sign", meeting.pk) == 403
    assert status(table.heads[0], "minutes-sign", meeting.pk) == 403
    assert Meeting.objects.get(pk=meeting.pk).minutes_opened_at is None
    assert status(table.dsi, "minutes-sign", meeting.pk) == 200
    assert Meeting.objects.get(pk=meeting.pk).minutes_opened_at is not None
    with pytest.raises(NotAllowed):
        signing.take_back_minutes(Meeting.objects.get(pk=meeting.pk), by=table.clerk)


def test_sign_with_another_name_is_refused_and_keeps_what_was_typed(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    answer = signed_in(table.dsi).post(
        address("minutes-sign", meeting.pk), {"typed_name": "R Calder"}
    )
    assert answer.status_code == 422
    assert 'value="R Calder"' in answer.content.decode()
    assert "Type your own name" in answer.content.decode()
    assert table.again().state == "with_chair"


def test_edit_before_signing_is_shown_as_a_change(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    item = meeting.items.get(order=1)
    minutes.save_minute(item, text="The Group advises patience.", version=1, by=table.dsi)
    shown = page(table.dsi, "minutes-sign", meeting.pk)
    assert "<ins>" in shown
    assert "1 change since" in shown
    assert "Go to signing" in page(table.dsi, "minutes-edit", meeting.pk)


def test_return_minutes_needs_a_note_and_goes_back_to_the_clerk(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    client = signed_in(table.dsi)
    refused = client.post(address("minutes-return", meeting.pk), {"note": " "})
    assert refused.status_code == 422
    assert "Write what should be looked at again" in refused.content.decode()
    for _ in range(2):  # the second click finds it returned
        client.post(address("minutes-return", meeting.pk), {"note": "Item 2 lacks the advice"})
    assert table.again().state == "held"
    assert "Item 2 lacks the advice" in page(table.clerk, "minutes-edit", meeting.pk)


def test_sign_twice_is_once(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    client = signed_in(table.dsi)
    for _ in range(2):
        answer = client.post(address("minutes-sign", meeting.pk), {"typed_name": "Naomi Fleet"})
        assert answer["Location"] == address("minutes", meeting.pk)
    assert table.again().state == "final"


def test_accuracy_round_of_any_kind_is_signed_on_the_engines_page(table: Table) -> None:
    kind = table.meeting.kind
    kind.steps = {**kind.steps, "accuracy_check": True}
    kind.acts = {**kind.acts, "check_accuracy": ["seat:ceo"]}
    kind.save()
    meeting = bring_to(table, "with_chair")
    client = signed_in(table.dsi)
    client.post(address("minutes-sign", meeting.pk), {"typed_name": "Naomi Fleet"})
    assert table.again().state == "accuracy_check"
    for _ in range(2):  # the second click finds it taken back
        client.post(address("sign-take-back", meeting.pk))
    assert table.again().state == "with_chair"
    client.post(address("minutes-sign", meeting.pk), {"typed_name": "Naomi Fleet"})
    correction = signing.propose_correction(
        table.again(), item=None, text="Two schools, not three", by=table.ceo
    )
    assert [i.title for i in work_for(table.dsi, TODAY) if "sign" in i.key] == [
        "Answer 1 correction"
    ]
    client.post(address("correction-answer", correction.pk), {"answer": "refused", "reason": ""})
    correction.refresh_from_db()
    assert correction.answer == ""
    client.post(address("correction-answer", correction.pk), {"answer": "accepted"})
    shown = client.get(address("minutes-sign", meeting.pk)).content.decode()
    assert "Sign the minutes again" in shown
    client.post(address("minutes-sign", meeting.pk), {"typed_name": "Naomi Fleet"})
    assert table.again().state == "final"


# -- the agenda ------------------------------------------------------------------------------------


def test_remove_item_and_undo_puts_back_all_that_hung_on_it(table: Table) -> None:
    meeting = bring_to(table, "agenda_draft")
    item = meeting.items.get(order=1)
    request = factories.CpdRequestFactory(raised=True)
    item.training.create(request=request)
    ItemSource.objects.create(item=item, label="Request 1")
    client = signed_in(table.dsi)
    for _ in range(2):  # the second click finds it gone
        assert client.post(address("agenda-item-remove", item.pk)).status_code == 302
    assert list(meeting.items.values_list("title", flat=True)) == ["Requests 2"]
    assert "is off the agenda" in client.get(address("agenda", meeting.pk)).content.decode()
    for _ in range(2):  # and the second undo changes nothing
        client.post(address("agenda-item-restore", meeting.pk))
    assert list(meeting.items.values_list("title", flat=True)) == ["Requests 1", "Requests 2"]
    back = meeting.items.get(title="Requests 1")
    assert [row.request_id for row in back.training.all()] == [request.pk]
    assert [source.label for source in back.sources.all()] == ["Request 1"]


def test_edit_item_somebody_else_changed_keeps_what_was_typed(table: Table) -> None:
    meeting = bring_to(table, "agenda_draft")
    item = meeting.items.get(order=1)
    client = signed_in(table.dsi)
    first = {"title": "Requests of A2", "question": "", "minutes": 10, "version": item.version}
    assert client.post(address("agenda-item-edit", item.pk), first).status_code == 302
    second = {**first, "title": "Another title"}
    answer = client.post(address("agenda-item-edit", item.pk), second)
    assert "Somebody else changed this item" in answer.content.decode()
    assert "Another title" in answer.content.decode()
    assert AgendaItem.objects.get(pk=item.pk).title == "Requests of A2"


def test_amend_issued_item_tells_the_seated_of_a_new_version(table: Table) -> None:
    meeting = bring_to(table, "issued")
    Mail.objects.all().delete()
    item = meeting.items.get(order=1)
    data = {"title": "Requests, amended", "question": "", "minutes": 5, "version": item.version}
    signed_in(table.dsi).post(address("agenda-item-edit", item.pk), data)
    assert Meeting.objects.get(pk=meeting.pk).agenda_version == 2
    assert Mail.objects.filter(subject__contains="the agenda has changed").count() == 4
    assert status(table.heads[0], "agenda-item-edit", item.pk) == 403


def test_move_items_keeps_the_close_last(table: Table) -> None:
    meeting = bring_to(table, "agenda_draft")
    client = signed_in(table.dsi)
    form = {"type": "close", "title": "Close", "minutes": 5, "idempotency_key": new_key()}
    for _ in range(2):  # the second click adds nothing
        client.post(address("agenda-item-add", meeting.pk), form)
    last = meeting.items.get(title="Requests 2")
    client.post(address("agenda-item-move", last.pk), {"do": "down"})
    client.post(address("agenda-item-move", last.pk), {"do": "up"})
    titles = list(meeting.items.values_list("title", flat=True))
    assert titles == ["Requests 2", "Requests 1", "Close"]


@pytest.mark.parametrize(
    ("typed", "do", "becomes"), [("5", "more", 6), ("5", "less", 4), ("12", "set", 12), ("x", "set", 5)]
)  # fmt: skip
def test_set_minutes_of_an_item(table: Table, typed: str, do: str, becomes: int) -> None:
    item = bring_to(table, "agenda_draft").items.get(order=1)
    signed_in(table.dsi).post(address("agenda-item-minutes", item.pk), {"minutes": typed, "do": do})
    assert AgendaItem.objects.get(pk=item.pk).minutes == becomes


def test_issue_longer_than_the_meeting_is_refused_in_words(table: Table) -> None:
    meeting = bring_to(table, "agenda_draft")
    item = meeting.items.get(order=1)
    data = {"title": "Long", "question": "", "minutes": 120, "version": item.version}
    signed_in(table.dsi).post(address("agenda-item-edit", item.pk), data)
    assert "Take 35 minutes off: the items need 125 of 90" in page(table.dsi, "agenda", meeting.pk)
    with pytest.raises(Conflict, match="Take 35 minutes off"):
        sending.send_out_agenda(table.again(), by=table.dsi)


def test_recall_twice_is_once(table: Table) -> None:
    meeting = bring_to(table, "issued")
    Meeting.objects.filter(pk=meeting.pk).update(deadlines={})
    client = signed_in(table.dsi)
    for _ in range(2):
        assert client.post(address("agenda-recall", meeting.pk)).status_code == 302
    assert table.again().state == "agenda_draft"


# -- dates -----------------------------------------------------------------------------------------


def test_move_postpone_and_book_again_asks_everybody_again(table: Table) -> None:
    bring_to(table, "scheduled")
    seat = Seat.objects.get(meeting=table.meeting, person=table.heads[0].person)
    reply_to_meeting(seat, reply="coming", by=table.heads[0])
    dating.date_meeting(table.again(), starts_at=LATER, is_online=True, by=table.clerk)
    assert Seat.objects.get(pk=seat.pk).reply == ""
    assert Mail.objects.filter(subject__contains="moved to 8 December 2026").count() == 4
    client = signed_in(table.clerk)
    form = {"reason": "Snow", "idempotency_key": new_key()}
    for _ in range(2):
        assert client.post(address("meeting-postpone", table.meeting.pk), form).status_code == 302
    assert table.again().state == "postponed"
    assert "Postponed: Snow" in page(table.heads[0], "agenda", table.meeting.pk)
    when = {"on": "2026-12-08", "at": "13:30", "is_online": "on"}
    client.post(address("meeting-date", table.meeting.pk), when)
    assert table.again().state == "scheduled"


@pytest.mark.parametrize(("day", "words"), [("2026-11-28", "is not a school day"), ("2026-11-17", "still to come")])  # fmt: skip
def test_date_that_cannot_be_is_refused_beside_the_field(
    table: Table, day: str, words: str
) -> None:
    data = {"on": day, "at": "13:30", "place": "Trust office"}
    answer = signed_in(table.clerk).post(address("meeting-date", table.meeting.pk), data)
    assert words in answer.content.decode()
    assert "Trust office" in answer.content.decode()
    assert table.again().state == "planned"


def test_same_date_again_tells_nobody(table: Table) -> None:
    bring_to(table, "scheduled")
    dating.date_meeting(table.again(), starts_at=TUESDAY, is_online=True, by=table.clerk)
    assert Mail.objects.count() == 0


def test_cancel_needs_a_reason_and_is_for_those_the_kind_names(table: Table) -> None:
    bring_to(table, "scheduled")
    assert status(table.clerk, "meeting-cancel", table.meeting.pk) == 403
    client = signed_in(table.dsi)
    answer = client.post(address("meeting-cancel", table.meeting.pk), {"reason": ""})
    assert "Enter reason" in answer.content.decode()
    for _ in range(2):
        client.post(address("meeting-cancel", table.meeting.pk), {"reason": "Nothing to advise on"})
    assert table.again().state == "cancelled"
    assert Mail.objects.filter(subject__contains="cancelled").count() == 4


def test_deadline_on_a_day_closed_since_moves_to_the_next_school_day(table: Table) -> None:
    meeting = bring_to(table, "issued")
    until = meeting.deadline("draft_minutes")
    assert until is not None
    factories.NonSchoolDay.objects.create(day=until, kind="inset", note="")
    for _ in range(2):
        run_due_work()
    moved = table.again().deadline("draft_minutes")
    assert moved is not None
    assert moved > until


# -- the minutes -----------------------------------------------------------------------------------


def test_owners_and_guests_of_a_meeting_of_no_school(table: Table, leader: User) -> None:
    meeting = table.again()
    owners = {owner.label for owner in owners_of(meeting, TODAY)}
    assert owners == {
        "Chief Executive, Ruth Calder", "Director of School Improvement, Naomi Fleet",
        "Clerk, Bea Norris", "Headteacher, Fenby 0 Primary, Head of Fenby 0 Primary",
        "Headteacher, Fenby 1 Primary, Head of Fenby 1 Primary",
    }  # fmt: skip
    guests = {owner.label: owner for owner in guests_of(meeting, TODAY)}
    assert list(guests) == ["School leader, Alderfen Primary Academy, Hanna Birk"]
    bring_to(table, "held")
    data = {"person": str(leader.person_id)}
    for _ in range(2):
        signed_in(table.clerk).post(address("attendee-add", meeting.pk), data)
    seat = Seat.objects.get(meeting=meeting, person=leader.person)
    assert (seat.role, seat.attendance) == ("leader", "present")
    assert leader.person_id in {owner.person_id for owner in owners_of(table.again(), TODAY)}


def _second_meeting(table: Table, day: dt.datetime) -> Meeting:
    meeting = scheduling.plan_meeting(
        kind=table.meeting.kind, school=None, academic_year=factories.make_year(2026),
        title="Spring 1", code="SG-26-Sp1", by=table.clerk,
    )  # fmt: skip
    scheduling.schedule_meeting(meeting, starts_at=day, by=table.clerk)
    return meeting


def test_former_actions_of_the_same_kind_stand_apart_and_are_decided(table: Table) -> None:
    first = bring_to(table, "held")
    item = first.items.get(order=1)
    action = follow_up.add_action(item, text="Ask for a quote", owner_role="Clerk", by=table.clerk)
    signing.send_minutes(table.again(), by=table.clerk)
    signing.sign_minutes(table.again(), typed_name="Naomi Fleet", by=table.dsi)
    other = Action.objects.create(
        ref="TRUST-01", text="Of no meeting", owner_role="Clerk", due_on=TODAY, state="open",
        created_by=table.clerk, created_at=factories.now(),
    )  # fmt: skip
    second = _second_meeting(table, dt.datetime(2027, 1, 26, 13, 30, tzinfo=LONDON))
    Meeting.objects.filter(pk=second.pk).update(state="scheduled")
    table.meeting = second
    scheduling.set_seats(
        second, roles={"dsi": table.dsi.person, "clerk": table.clerk.person}, by=table.clerk
    )
    fill(table, 1)
    sending.send_out_agenda(table.again(), by=table.dsi)
    shown = page(table.clerk, "minutes-edit", second.pk)
    assert "Earlier actions" in shown
    assert "Ask for a quote" in shown
    assert "Of no meeting" not in shown
    url = address("former-action-mark", second.pk, action.pk)
    signed_in(table.clerk).post(url, {"mark": "closed"})
    action.refresh_from_db()
    assert action.state == "closed"
    assert ActionMark.objects.get().meeting_id == second.pk
    with pytest.raises(Conflict, match="another meeting"):
        follow_up.decide_former_action(
            other, decision="closed", meeting=table.again(), by=table.clerk
        )


def test_update_an_action_of_no_school_by_its_owner_and_those_who_follow_it_up(
    table: Table,
) -> None:
    meeting = bring_to(table, "held")
    action = follow_up.add_action(
        meeting.items.get(order=1), text="Ask", owner=table.heads[0].person,
        owner_role="Headteacher", by=table.clerk,
    )  # fmt: skip
    minutes.finish_meeting(meeting, by=table.clerk)
    action.refresh_from_db()
    follow_up.update_action(action, text="Asked", by=table.heads[0])
    with pytest.raises(NotAllowed):
        follow_up.update_action(action, text="Asked too", by=table.heads[1])


def test_words_of_the_minutes_are_those_of_the_kind(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    texts = [
        page(table.dsi, "minutes-sign", meeting.pk),
        page(table.clerk, "minutes", meeting.pk),
        page(table.dsi, "minutes-edit", meeting.pk),
        page(table.dsi, "agenda", meeting.pk),
    ]
    for text in texts:
        main = text[text.index("<main") :]
        assert "Minutes to sign" in main
        assert "Chair" not in main
        assert "With the school" not in main
        assert "School to choose" not in main


# -- what waits ------------------------------------------------------------------------------------


def own_work(user: User, day: dt.date = TODAY) -> list[str]:
    return sorted(item.title for item in work_for(user, day) if item.key.startswith(("meetings.", "boards.")))  # fmt: skip


def test_work_is_told_once_and_to_those_who_do_it(table: Table) -> None:
    bring_to(table, "scheduled")
    early = dt.date(2026, 11, 1)
    assert own_work(table.dsi, early) == []
    reply, prepare = "Say whether you are coming", "Prepare and issue the agenda"
    assert own_work(table.dsi) == [prepare, reply]
    assert own_work(table.heads[0]) == [reply]
    fill(table, 1)
    sending.send_out_agenda(table.again(), by=table.dsi)
    assert own_work(table.dsi) == [reply]


def test_work_of_a_board_is_not_told_by_the_engine_too(ceo: User, school) -> None:
    board = factories.ProgressBoardFactory(
        school=school, day=dt.date(2026, 12, 3), meeting__state="agenda_draft"
    )
    factories.seat(board.meeting, ceo.person, "ceo", reply="coming")
    keys = [item.key for item in work_for(ceo, TODAY)]
    assert [key for key in keys if str(board.pk) in key or str(board.meeting_id) in key] == [
        f"boards.draft.{board.pk}"
    ]


# -- documents -------------------------------------------------------------------------------------


def test_parts_of_an_app_above_are_printed_under_their_item(table: Table) -> None:
    meeting = bring_to(table, "issued")
    item = meeting.items.get(order=2)
    part = {"title": "Fenby 0 Primary", "rows": [("Cost", "£220")]}
    register = register_document_parts(lambda m: {item.pk: [part]})
    try:
        snapshot = agenda_snapshot(meeting)
    finally:
        _parts.remove(register)
    assert snapshot["items"][0]["parts"] == []
    assert snapshot["items"][1]["parts"] == [
        {"title": "Fenby 0 Primary", "rows": [["Cost", "£220"]]}
    ]


def test_draft_minutes_document_stays_with_those_who_write_them(table: Table) -> None:
    meeting = bring_to(table, "with_chair")
    signed_in(table.clerk).post(address("minutes-pdf", meeting.pk))
    document = Document.objects.get(kind="meeting-minutes")
    assert may_read_minutes_document(table.clerk, document)
    assert not may_read_minutes_document(table.heads[0], document)
    signing.sign_minutes(table.again(), typed_name="Naomi Fleet", by=table.dsi)
    assert not may_read_minutes_document(table.heads[0], document)
    final = signed_in(table.heads[0]).post(address("minutes-pdf", meeting.pk))
    assert final.status_code == 302
    newest = Document.objects.filter(kind="meeting-minutes").latest("pk")
    assert newest.pk != document.pk
    assert may_read_minutes_document(table.heads[1], newest)


# -- as many queries for forty as for one ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "who"),
    [
        ("agenda", "agenda_draft", "dsi"),
        ("agenda", "issued", "ceo"),
        ("minutes-edit", "held", "clerk"),
        ("minutes-sign", "with_chair", "dsi"),
        ("minutes", "final", "ceo"),
    ],
)
def test_pages_ask_as_often_at_one_three_and_forty_items(
    trust_set_up, name: str, state: str, who: str
) -> None:
    asked = []
    for items, heads in ((1, 1), (3, 3), (40, 40)):
        table = make_table(heads, code=f"SG-{items}")
        Meeting.objects.exclude(pk=table.meeting.pk).update(during=None)
        Seat.objects.exclude(meeting=table.meeting).update(during=None)
        scheduling.schedule_meeting(table.meeting, starts_at=TUESDAY, by=table.clerk)
        for n in range(1, items + 1):
            factories.AgendaItemFactory(meeting=table.meeting, order=n, type="business", minutes=2)
        _to(table, state)
        client = signed_in(getattr(table, who))
        url = address(name, table.meeting.pk)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        asked.append(len(queries))
    assert len(set(asked)) == 1, asked


def _to(table: Table, state: str) -> None:
    if state == "agenda_draft":
        return
    with clock_at(dt.datetime(2026, 11, 20, 9, 0, tzinfo=LONDON)):
        sending.send_out_agenda(table.again(), by=table.dsi)
        if state == "issued":
            return
        minutes.start_meeting(table.again(), by=table.clerk)
        if state == "held":
            return
        signing.send_minutes(table.again(), by=table.clerk)
        if state == "final":
            signing.sign_minutes(table.again(), typed_name="Naomi Fleet", by=table.dsi)
