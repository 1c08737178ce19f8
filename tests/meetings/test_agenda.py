"""The agenda: its sixty minutes, its way, and who answers."""

import datetime as dt

import pytest

from meetings.actions import agenda, amending, answering, minutes, removing, scheduling
from meetings.models import AgendaItem, ItemSource, Meeting
from tests.meetings.makers import (
    Cast,
    bring_to,
    fill_agenda,
    fresh,
    make_cast,
    make_kind,
    make_meeting,
    schedule,
)
from tests.schools.makers import make_post, make_user
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import LIGHT, AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def draft(cast: Cast) -> Meeting:
    return bring_to(cast, "agenda_draft")


def titles(meeting: Meeting) -> list[str]:
    return [f"{item.order} {item.title}" for item in meeting.items.order_by("order")]


# -- items ---------------------------------------------------------------------------------------


def test_add_an_item_stands_before_the_close(cast: Cast, draft: Meeting) -> None:
    agenda.add_item(draft, title="  Writing  ", by=cast.ceo)
    assert titles(draft) == [
        "1 Welcome", "2 Reading in Year 3", "3 Attendance", "4 Writing", "5 Close",
    ]  # fmt: skip


def test_move_an_item_exchanges_neighbours_and_stops_at_the_end(cast: Cast, draft: Meeting) -> None:
    item = draft.items.get(title="Attendance")
    agenda.move_item(item, up=True, by=cast.ceo)
    assert titles(draft)[1:3] == ["2 Attendance", "3 Reading in Year 3"]
    for _ in range(3):
        agenda.move_item(item, up=True, by=cast.ceo)
    assert titles(draft)[0] == "1 Attendance"


def test_remove_an_item_and_put_it_back_restores_all_of_it(cast: Cast, draft: Meeting) -> None:
    source = agenda.SourceOf("Learning walk", reason="Six books", seen_on=dt.date(2026, 11, 12))
    item = agenda.add_item(draft, title="Writing", question="How?", sources=[source], by=cast.ceo)
    agenda.move_item(item, up=True, by=cast.ceo)
    before = titles(draft)
    removed = removing.remove_item(item, by=cast.ceo)
    assert titles(draft) == [
        "1 Welcome", "2 Reading in Year 3", "3 Attendance", "4 Close",
    ]  # fmt: skip
    back = removing.restore_item(draft, removed=removed, by=cast.ceo)
    assert titles(draft) == before
    assert back.question == "How?"
    assert [(s.label, s.reason) for s in ItemSource.objects.filter(item=back)] == [
        ("Learning walk", "Six books")
    ]


def test_change_an_item_on_an_old_version_is_refused_and_keeps_the_first(
    cast: Cast, draft: Meeting
) -> None:
    item = draft.items.get(title="Attendance")
    agenda.change_item(item, version=1, title="Persistent absence", by=cast.ceo)
    with pytest.raises(Conflict, match="Somebody else"):
        agenda.change_item(item, version=1, title="Late marks", by=cast.dsi)
    assert AgendaItem.objects.get(pk=item.pk).title == "Persistent absence"


def test_change_an_item_by_a_head_is_refused(cast: Cast, draft: Meeting) -> None:
    item = draft.items.get(title="Attendance")
    with pytest.raises(NotAllowed):
        agenda.change_item(item, version=1, title="Nothing", by=cast.head)


def test_fill_in_hand_twice_fills_once_and_then_says_there_is_nothing_left(
    cast: Cast, draft: Meeting
) -> None:
    agenda.set_minutes(draft.items.get(title="Attendance"), minutes=15, by=cast.ceo)
    item = agenda.fill_in_hand(draft, by=cast.ceo)
    assert (item.type, item.minutes, item.order) == ("in_hand", 10, 4)
    agenda.set_minutes(draft.items.get(title="Attendance"), minutes=12, by=cast.ceo)
    assert agenda.fill_in_hand(draft, by=cast.ceo).minutes == 13
    with pytest.raises(Conflict, match="No minutes are left"):
        agenda.fill_in_hand(draft, by=cast.ceo)


# -- its way -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "words"), [(26, "Take 1 minute off"), (20, "one click adds Discussion in hand, 5")]
)
def test_send_an_agenda_whose_minutes_do_not_add_up_is_refused_in_words(
    cast: Cast, draft: Meeting, length: int, words: str
) -> None:
    agenda.set_minutes(draft.items.get(title="Attendance"), minutes=length, by=cast.ceo)
    with pytest.raises(Conflict, match=words):
        agenda.send_agenda_to_chair(draft, by=cast.ceo)
    assert Meeting.objects.get(pk=draft.pk).state == "agenda_draft"


def test_send_an_agenda_without_a_close_is_refused(cast: Cast, draft: Meeting) -> None:
    removing.remove_item(draft.items.get(type="close"), by=cast.ceo)
    with pytest.raises(Conflict, match="Close"):
        agenda.send_agenda_to_chair(draft, by=cast.ceo)


def test_send_an_agenda_of_a_kind_that_asks_for_a_welcome_is_refused_without() -> None:
    cast = make_cast()
    cast.kind = make_kind("committee", steps={"required_items": ["welcome", "close"]})
    meeting = bring_to(cast, "agenda_draft")
    removing.remove_item(meeting.items.get(type="welcome"), by=cast.ceo)
    with pytest.raises(Conflict, match="Welcome"):
        agenda.send_agenda_to_chair(meeting, by=cast.ceo)


def test_issue_by_the_ceo_before_the_chair_s_days_are_over_is_refused(
    cast: Cast, draft: Meeting
) -> None:
    with pytest.raises(NotAllowed, match="Chair sees the agenda first"):
        agenda.issue_agenda(draft, by=cast.ceo)
    agenda.send_agenda_to_chair(draft, by=cast.ceo)
    assert draft.deadlines["agenda_lapses"] == "2026-11-24"
    with pytest.raises(NotAllowed):
        agenda.issue_agenda(draft, by=cast.ceo)


def test_issue_by_the_ceo_once_the_chair_s_days_are_over(
    cast: Cast, draft: Meeting, settings
) -> None:
    agenda.send_agenda_to_chair(draft, by=cast.ceo)
    settings.EYELINE_AS_OF = dt.date(2026, 11, 24)
    agenda.issue_agenda(draft, by=cast.ceo)
    assert (draft.state, draft.issued_by, draft.agenda_version) == ("issued", cast.ceo, 1)


def test_issue_at_once_where_the_chair_s_check_is_off() -> None:
    cast = make_cast(steps=LIGHT)
    draft = bring_to(cast, "agenda_draft")
    with pytest.raises(NotAllowed, match="without the Chair"):
        agenda.send_agenda_to_chair(draft, by=cast.ceo)
    assert agenda.issue_agenda(draft, by=cast.ceo).state == "issued"


def test_recall_is_open_until_the_last_week(cast: Cast, settings) -> None:
    meeting = bring_to(cast, "issued")
    settings.EYELINE_AS_OF = dt.date.fromisoformat(meeting.deadlines["recall"])
    with pytest.raises(NotAllowed, match="last week"):
        agenda.recall_agenda(meeting, by=cast.ceo)
    settings.EYELINE_AS_OF = settings.EYELINE_AS_OF - dt.timedelta(days=1)
    assert agenda.recall_agenda(meeting, by=cast.ceo).state == "agenda_draft"


def test_recall_keeps_respondents(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    answering.answer_all(meeting, by=cast.head)
    agenda.recall_agenda(meeting, by=cast.ceo)
    assert {i.answered_by_id for i in meeting.items.filter(type="enquiry")} == {cast.head.person_id}


def test_amend_an_issued_item_counts_a_new_version_and_must_still_add_up(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    item = meeting.items.get(title="Attendance")
    with pytest.raises(Conflict, match="Take 5"):
        amending.amend_issued_item(item, version=1, minutes=30, by=cast.ceo)
    assert AgendaItem.objects.get(pk=item.pk).minutes == 25
    item.refresh_from_db()
    amending.amend_issued_item(item, version=1, title="Persistent absence", by=cast.ceo)
    assert Meeting.objects.get(pk=meeting.pk).agenda_version == 2


def test_change_an_issued_item_as_if_in_draft_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    with pytest.raises(Conflict):
        agenda.set_minutes(meeting.items.get(title="Attendance"), minutes=5, by=cast.ceo)


# -- who answers -----------------------------------------------------------------------------------


def test_choose_who_answers_by_the_ceo_is_refused(cast: Cast) -> None:
    item = bring_to(cast, "issued").items.get(title="Attendance")
    with pytest.raises(NotAllowed):
        answering.choose_respondent(item, person=cast.leader.person, by=cast.ceo)
    assert AgendaItem.objects.get(pk=item.pk).answered_by is None


def test_choose_who_answers_by_a_ceo_who_is_also_its_head_is_done_as_head(cast: Cast) -> None:
    make_post(cast.ceo.person, Capacity.HEAD, cast.school)
    item = bring_to(cast, "issued").items.get(title="Attendance")
    answering.choose_respondent(item, person=cast.leader.person, by=fresh(cast.ceo))
    assert AuditEvent.objects.get(verb="choose_respondent").acted_as == "head"


def test_choose_who_answers_gives_the_leader_a_seat_and_takes_it_back(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    item = meeting.items.get(title="Attendance")
    answering.choose_respondent(item, person=cast.leader.person, by=cast.head)
    assert item.answered_by_role == "School leader"
    assert meeting.seats.get(role="leader").person == cast.leader.person
    answering.choose_respondent(item, person=cast.head.person, by=cast.head)
    assert not meeting.seats.filter(role="leader").exists()


@pytest.mark.parametrize("title", ["Welcome", "Close"])
def test_choose_who_answers_an_item_of_the_chair_is_refused(cast: Cast, title: str) -> None:
    item = bring_to(cast, "issued").items.get(title=title)
    with pytest.raises(Conflict):
        answering.choose_respondent(item, person=cast.leader.person, by=cast.head)


def test_choose_somebody_of_another_school_is_refused(cast: Cast) -> None:
    item = bring_to(cast, "issued").items.get(title="Attendance")
    with pytest.raises(Conflict, match="holds no post at the school"):
        answering.choose_respondent(item, person=cast.stranger.person, by=cast.head)


def test_answer_all_stands_the_head_on_every_item_of_the_school(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    answering.answer_all(meeting, by=cast.head)
    answered = {item.title: item.answered_by for item in meeting.items.all()}
    assert answered == {
        "Welcome": None, "Close": None,
        "Reading in Year 3": cast.head.person, "Attendance": cast.head.person,
    }  # fmt: skip


def test_choose_who_answers_once_it_is_held_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    with pytest.raises(NotAllowed):
        answering.answer_all(meeting, by=cast.head)


def test_start_with_an_item_unassigned_lets_the_head_answer(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    answering.choose_respondent(
        meeting.items.get(title="Attendance"), person=cast.leader.person, by=cast.head
    )
    minutes.start_meeting(meeting, by=cast.clerk)
    assert meeting.items.get(title="Reading in Year 3").answered_by == cast.head.person
    assert meeting.items.get(title="Attendance").answered_by == cast.leader.person


def test_mark_ready_by_a_leader_who_does_not_answer_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    item = meeting.items.get(title="Attendance")
    other = make_user((Capacity.LEADER, cast.school))
    answering.choose_respondent(item, person=cast.leader.person, by=cast.head)
    with pytest.raises(NotAllowed):
        answering.mark_ready(item, by=other)
    answering.save_leader_note(item, text=" We have cards ", by=cast.leader)
    answering.mark_ready(item, by=cast.leader)
    saved = AgendaItem.objects.get(pk=item.pk)
    assert (saved.leader_note, saved.is_ready) == ("We have cards", True)


def test_open_the_draft_by_the_software_and_propose_items_names_no_person(cast: Cast) -> None:
    meeting = schedule(cast, make_meeting(cast))
    agenda.open_draft(meeting, by=None)
    item = agenda.add_item(meeting, title="Reading", by=None)
    assert (meeting.state, item.order) == ("agenda_draft", 1)


def test_prepare_an_agenda_of_a_meeting_that_is_held_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    with pytest.raises(Conflict):
        fill_agenda(cast, meeting)


def test_move_a_held_meeting_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "held")
    with pytest.raises(Conflict):
        scheduling.move_meeting(
            meeting, starts_at=dt.datetime(2027, 3, 1, tzinfo=dt.UTC), by=cast.clerk
        )
