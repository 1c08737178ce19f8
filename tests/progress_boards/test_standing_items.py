"""Standing items: kept by the Chief Executive, laid on every agenda proposed, their minutes counted."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from meetings.actions.standing import (
    add_standing_item,
    bring_back_standing_item,
    change_standing_item,
    retire_standing_item,
)
from meetings.models import MeetingKind, StandingItem
from progress_boards.agenda import AgendaRules
from progress_boards.models import ProgressBoard
from progress_boards.queries.standing import left_of_the_hour
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.drafts import draft_of
from tests.progress_boards.lives import Table
from trust.access import Conflict, NotAllowed
from trust.models import AuditEvent
from trust.people.models import User


@pytest.fixture
def kind(trust_set_up: object) -> MeetingKind:
    return factories.board_kind()


def add(kind: MeetingKind, by: User, title: str = "Safeguarding", **fields: object) -> StandingItem:
    words = {"title": title, "question": "", "type": "enquiry", "minutes": 5, "place": "last",
             "half_terms": []}  # fmt: skip
    return add_standing_item(kind, by=by, **{**words, **fields})


# -- on the agenda ---------------------------------------------------------------------------------


def test_proposal_has_the_standing_items_in_their_places_and_counts_their_minutes(
    scheduled: ProgressBoard, table: Table
) -> None:
    kind = scheduled.meeting.kind
    add(kind, table.ceo, "Safeguarding", minutes=5, question="What was learned?")
    add(kind, table.ceo, "Attendance this week", place="first", minutes=4, type="business")
    add(kind, table.ceo, "Summer only", half_terms=[5, 6])
    retire_standing_item(add(kind, table.ceo, "Given up"), by=table.ceo)
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2, "experience-of-leaders": 2})
    board = draft_of(scheduled, table)
    items = [(i.title, i.type, i.minutes) for i in board.meeting.items.order_by("order")]
    assert [title for title, _, _ in items] == [
        "Welcome, apologies, declarations of interest", "Actions so far", "Attendance this week",
        "Standards", "Capacity to improve", "Experience of leaders", "Safeguarding",
        "Actions read back, closing statement, next board",
    ]  # fmt: skip
    assert items[2][1:] == ("business", 4)
    # 60 less welcome 2, actions 8, close 5 and standing 9 leaves 36 for scores 90, 50 and 50.
    assert [minutes for _, _, minutes in items[3:6]] == [15, 11, 10]
    assert sum(minutes for _, _, minutes in items) == 60
    assert board.meeting.items.get(title="Safeguarding").sources.get().label == "Standing item"


def test_change_of_a_standing_item_leaves_an_open_draft_as_it_is(
    scheduled: ProgressBoard, table: Table
) -> None:
    item = add(scheduled.meeting.kind, table.ceo)
    board = draft_of(scheduled, table)
    change_standing_item(
        item, version=1, by=table.ceo, title="Safeguarding culture", question="", type="enquiry",
        minutes=7, place="last", half_terms=[],
    )  # fmt: skip
    assert board.meeting.items.get(title="Safeguarding").minutes == 5


@given(st.integers(0, 120))
def test_standing_minutes_never_leave_more_enquiries_than_their_least_allows(minutes: int) -> None:
    rules = AgendaRules().with_standing(minutes)
    assert 0 <= rules.enquiries <= 4
    assert rules.enquiries * rules.least <= rules.for_enquiries == max(0, 45 - minutes)


def test_standing_items_that_take_nearly_all_leave_one_enquiry(
    scheduled: ProgressBoard, table: Table
) -> None:
    for title in ("A", "B"):
        add(scheduled.meeting.kind, table.ceo, title, minutes=19)
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    board = draft_of(scheduled, table)
    assert [i.title for i in board.meeting.items.order_by("order")][2:-1] == ["Standards", "A", "B"]


# -- kept by the Chief Executive -------------------------------------------------------------------


def test_add_change_and_retire_are_the_chief_executives_alone(
    kind: MeetingKind, ceo: User, dsi: User, clerk: User
) -> None:
    item = add(kind, ceo)
    for other in (dsi, clerk):
        with pytest.raises(NotAllowed, match="Only the Chief Executive"):
            add(kind, other)
        with pytest.raises(NotAllowed):
            retire_standing_item(item, by=other)
    assert StandingItem.objects.count() == 1


def test_items_that_need_more_than_the_hour_in_one_half_term_are_refused(
    kind: MeetingKind, ceo: User
) -> None:
    add(kind, ceo, "One", minutes=30, half_terms=[1])
    add(kind, ceo, "Two", minutes=30, half_terms=[2])
    with pytest.raises(Conflict, match="would need 61 of 60 minutes"):
        add(kind, ceo, "Three", minutes=31, half_terms=[2, 3])
    assert StandingItem.objects.count() == 2


def test_stale_change_is_refused_and_keeps_the_first(kind: MeetingKind, ceo: User) -> None:
    item = add(kind, ceo)
    words = {"question": "", "type": "enquiry", "minutes": 5, "place": "last", "half_terms": []}
    change_standing_item(item, version=1, by=ceo, title="First", **words)
    with pytest.raises(Conflict, match="Somebody else changed"):
        change_standing_item(item, version=1, by=ceo, title="Second", **words)
    assert StandingItem.objects.get(pk=item.pk).title == "First"


def test_retire_twice_is_once_and_bring_back_takes_it_in_again(
    kind: MeetingKind, ceo: User
) -> None:
    item = add(kind, ceo)
    retire_standing_item(item, by=ceo)
    first = StandingItem.objects.get().retired_at
    retire_standing_item(item, by=ceo)
    assert StandingItem.objects.get().retired_at == first
    bring_back_standing_item(item, by=ceo)
    assert StandingItem.objects.get().retired_at is None
    verbs = AuditEvent.objects.filter(verb__contains="standing_item").values_list("verb", flat=True)
    assert sorted(verbs) == [
        "add_standing_item",
        "bring_back_standing_item",
        "retire_standing_item",
    ]


def test_all_six_half_terms_are_the_same_as_none_named(kind: MeetingKind, ceo: User) -> None:
    assert add(kind, ceo, half_terms=["1", "2", "3", "4", "5", "6"]).half_terms == []
    assert add(kind, ceo, "Odd", half_terms=["5", "1"]).half_terms == [1, 5]


# -- the pages -------------------------------------------------------------------------------------


def test_page_says_what_is_left_of_the_hour(
    kind: MeetingKind, ceo: User, client_for: object
) -> None:
    add(kind, ceo, minutes=6, half_terms=["1", "3"])
    home = reverse("meetings:standing-list", args=[kind.slug])
    page = client_for(ceo).get(home).content.decode()  # type: ignore[operator]
    assert "Enquiry · 6 minutes · Autumn 1, Spring 1" in page
    assert "39 are left beside them for 4 enquiries from evidence." in page
    assert "36 are left beside them for 4 enquiries" in left_of_the_hour(9)
    assert "7 are left beside them for 1 enquiry from evidence" in left_of_the_hour(38)
