"""Every (state, move) pair of an action, and what its owner may not do."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.utils import InternalError

from meetings.actions import follow_up, minutes
from meetings.models import Action, Meeting
from meetings.queries.minutes import former_actions
from meetings.states import ACTION
from tests.meetings.makers import (
    NEXT_TIME,
    STEPS,
    Cast,
    attend,
    bring_to,
    make_cast,
    make_meeting,
    schedule,
)
from trust.access import Conflict, NotAllowed
from trust.states import transition

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 18)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def held(cast: Cast) -> Meeting:
    return bring_to(cast, "held")


def note(cast: Cast, held: Meeting, **fields: object) -> Action:
    values = {
        "text": "Keep-up timetable", "owner": cast.leader.person, "owner_role": "Reading lead",
        "due_on": DUE, **fields,
    }  # fmt: skip
    return follow_up.add_action(held.items.get(title="Attendance"), by=cast.clerk, **values)


def bring_action_to(cast: Cast, held: Meeting, state: str) -> Action:
    action = note(cast, held)
    if state != "draft":
        minutes.finish_meeting(held, by=cast.clerk)
        action.refresh_from_db()
    if state == "done":
        follow_up.mark_action_done(action, note="Seen in four lessons", by=cast.leader)
    if state == "closed":
        follow_up.close_action(action, by=cast.ceo)
    if state == "dropped":
        follow_up.drop(action, reason="The post is filled", by=cast.ceo)
    if state == "superseded":
        follow_up.supersede(action, reason="School left the trust")
    action.refresh_from_db()
    assert action.state == state
    return action


def next_meeting(cast: Cast) -> Meeting:
    """The school's next meeting, with its minutes being written."""
    meeting = make_meeting(cast, code="27-Sp1")
    schedule(cast, meeting, NEXT_TIME)
    for state in ("agenda_draft", "agenda_with_chair", "issued"):
        STEPS[state](cast, meeting)
    attend(cast, meeting)
    return meeting


VERBS: dict[str, Callable[[Cast, Action], object]] = {
    "read_back": lambda c, a: follow_up.open_from_draft(a, by=c.clerk),
    "mark_done": lambda c, a: follow_up.mark_action_done(a, note="Seen", by=c.leader),
    "reopen": lambda c, a: follow_up.reopen(a, reason="Not yet", by=c.ceo),
    "close_action": lambda c, a: follow_up.close_action(a, by=c.ceo),
    "carry": lambda c, a: transition(a, "carry", by=c.clerk, times_carried=a.times_carried + 1),
    "drop": lambda c, a: follow_up.drop(a, reason="No longer needed", by=c.dsi),
    "supersede": lambda c, a: follow_up.supersede(a, reason="School left the trust"),
}
LEADS_TO = {
    ("draft", "read_back"): "open",
    ("draft", "supersede"): "superseded",
    ("open", "mark_done"): "done",
    ("open", "close_action"): "closed",
    ("open", "carry"): "open",
    ("open", "drop"): "dropped",
    ("open", "supersede"): "superseded",
    ("done", "reopen"): "open",
    ("done", "close_action"): "closed",
    ("done", "carry"): "open",
    ("done", "drop"): "dropped",
    ("done", "supersede"): "superseded",
}


def test_every_move_of_the_machine_has_an_act() -> None:
    assert set(VERBS) == {move.verb for move in ACTION.moves}


@pytest.mark.parametrize("state", ACTION.states)
@pytest.mark.parametrize("verb", VERBS)
def test_make_each_move_in_each_state_leads_where_the_table_says_or_changes_nothing(
    cast: Cast, held: Meeting, verb: str, state: str
) -> None:
    action = bring_action_to(cast, held, state)
    before = Action.objects.filter(pk=action.pk).values().get()
    expected = LEADS_TO.get((state, verb))
    if expected:
        VERBS[verb](cast, action)
        assert Action.objects.get(pk=action.pk).state == expected
        return
    with pytest.raises(Conflict):
        VERBS[verb](cast, action)
    assert Action.objects.filter(pk=action.pk).values().get() == before


@pytest.mark.parametrize("act", ["close_action", "drop", "reopen"])
def test_decide_one_s_own_action_is_refused(cast: Cast, held: Meeting, act: str) -> None:
    action = note(cast, held, owner=cast.ceo.person, owner_role="Chief Executive")
    minutes.finish_meeting(held, by=cast.clerk)
    words = {"note": "x"} if act == "close_action" else {"reason": "x"}
    with pytest.raises(NotAllowed, match="never closes their own"):
        getattr(follow_up, act)(action, by=cast.ceo, **words)


def test_close_an_action_sooner_by_the_clerk_is_refused(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "done")
    with pytest.raises(NotAllowed):
        follow_up.close_action(action, by=cast.clerk)


def test_mark_done_by_somebody_else_is_refused_but_the_head_may(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    for other in (cast.ceo, cast.clerk, cast.link_trustee):
        with pytest.raises(NotAllowed):
            follow_up.mark_action_done(action, note="Seen", by=other)
    assert follow_up.mark_action_done(action, note="Seen", by=cast.head).state == "done"


def test_mark_done_without_evidence_is_refused(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    with pytest.raises(Conflict, match="what shows"):
        follow_up.mark_action_done(action, note="  ", by=cast.leader)


def test_delete_an_action_that_was_read_back_is_refused_by_the_database(
    cast: Cast, held: Meeting
) -> None:
    action = bring_action_to(cast, held, "open")
    with pytest.raises(InternalError), transaction.atomic():
        action.delete()
    assert Action.objects.filter(pk=action.pk).exists()


# -- numbers and dates ---------------------------------------------------------------------------


def test_number_actions_counts_on_within_a_meeting_and_after_one_is_taken_out(
    cast: Cast, held: Meeting
) -> None:
    first, second = note(cast, held), note(cast, held)
    assert (first.ref, second.ref) == ("ALD-26-A2-01", "ALD-26-A2-02")
    follow_up.remove_action(first, by=cast.clerk)
    assert note(cast, held).ref == "ALD-26-A2-03"


def test_default_due_date_is_five_school_days_before_the_next_meeting(
    cast: Cast, held: Meeting
) -> None:
    schedule(cast, make_meeting(cast, code="27-Sp1"), NEXT_TIME)
    assert note(cast, held, due_on=None).due_on == dt.date(2027, 1, 28)


def test_default_due_date_is_at_most_sixty_school_days_ahead(cast: Cast, held: Meeting) -> None:
    assert note(cast, held, due_on=None).due_on == dt.date(2027, 3, 19)


def test_add_an_action_after_the_finish_counts_at_once(cast: Cast, held: Meeting) -> None:
    minutes.finish_meeting(held, by=cast.clerk)
    assert note(cast, held).state == "open"


def test_take_out_an_action_that_was_read_back_supersedes_it(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    follow_up.remove_action(action, by=cast.clerk)
    assert Action.objects.get(pk=action.pk).state == "superseded"


def test_raise_an_action_numbers_it_in_its_half_term_and_opens_it(cast: Cast) -> None:
    action = follow_up.raise_action(
        school=cast.school, text="Planning clinic", owner_role="Headteacher", by=cast.dsi
    )
    assert (action.ref, action.state) == ("ALD-26-A2-01", "open")


def test_raise_an_action_by_a_head_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        follow_up.raise_action(
            school=cast.school, text="Planning clinic", owner_role="Headteacher", by=cast.head
        )


# -- what the next meeting says ----------------------------------------------------------------------


def test_carry_at_the_next_meeting_counts_once_however_often_it_is_clicked(
    cast: Cast, held: Meeting
) -> None:
    action = bring_action_to(cast, held, "done")
    meeting = next_meeting(cast)
    for _ in range(2):
        follow_up.carry(action, meeting=meeting, by=cast.clerk)
    action.refresh_from_db()
    assert (action.state, action.times_carried) == ("open", 1)
    assert action.due_on > DUE


def test_mark_an_action_twice_differently_at_one_meeting_is_refused(
    cast: Cast, held: Meeting
) -> None:
    action = bring_action_to(cast, held, "done")
    meeting = next_meeting(cast)
    follow_up.decide_former_action(action, decision="closed", meeting=meeting, by=cast.clerk)
    with pytest.raises(Conflict, match="has marked it: closed"):
        follow_up.decide_former_action(action, decision="carried", meeting=meeting, by=cast.clerk)
    action.refresh_from_db()
    assert (action.state, action.closed_at_meeting) == ("closed", meeting)


def test_drop_at_the_next_meeting_without_a_reason_is_refused(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    meeting = next_meeting(cast)
    with pytest.raises(Conflict, match="reason"):
        follow_up.decide_former_action(action, decision="dropped", meeting=meeting, by=cast.clerk)
    assert not meeting.action_marks.exists()


def test_mark_an_action_at_its_own_meeting_is_refused(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    with pytest.raises(Conflict, match="another meeting"):
        follow_up.decide_former_action(action, decision="closed", meeting=held, by=cast.clerk)


def test_read_earlier_minutes_after_a_later_meeting_lists_no_action_of_the_later(
    cast: Cast, held: Meeting
) -> None:
    action = bring_action_to(cast, held, "open")
    later = next_meeting(cast)
    assert [former.action for former in former_actions(later)] == [action]
    earlier = Meeting.objects.get(pk=later.pk)
    earlier.starts_at = held.starts_at - dt.timedelta(days=60)
    assert former_actions(earlier) == []


def test_read_final_minutes_lists_only_the_actions_marked_there(cast: Cast, held: Meeting) -> None:
    action = bring_action_to(cast, held, "open")
    later = next_meeting(cast)
    later.state = "final"
    assert former_actions(later) == []
    later.state = "held"
    follow_up.decide_former_action(action, decision="closed", meeting=later, by=cast.clerk)
    later.state = "final"
    assert [former.mark.mark for former in former_actions(later) if former.mark] == ["closed"]
