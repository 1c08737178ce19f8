"""The Strategy Group's acts: planned, proposed, scored, advised; and none that moves a request."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import InternalError, transaction

from cpd.actions import advice as says
from cpd.actions import group as acts
from cpd.actions.requests import save_request
from cpd.models import (
    Advice,
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    MemberScore,
    PracticeCard,
    TrainingItem,
)
from cpd.queries.group import offers_for
from cpd.states import REQUEST
from meetings.actions.agenda import issue_agenda
from meetings.actions.minutes import finish_meeting, record_attendance, start_meeting
from meetings.actions.scheduling import cancel_meeting
from meetings.actions.signing import send_minutes, sign_minutes
from meetings.sealing import seal
from tests import factories
from tests.factories import CpdRequestFactory, GroupMeetingFactory, at, half_term
from trust.access import Allowed, Conflict, NotAllowed, rule_named
from trust.calendar import now
from trust.models import AuditEvent, Mail
from trust.work import run_due_work

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 1)


@pytest.fixture
def group(trust_set_up: Any) -> GroupMeeting:
    """A dated meeting whose agenda is not yet proposed."""
    return GroupMeetingFactory(day=DAY, meeting__state="scheduled")


@pytest.fixture
def asked(school: Any, head: Any) -> CpdRequest:
    return CpdRequestFactory(school=school, raised=True, requester=head.person)


def plan(by: Any, **changes: Any) -> GroupMeeting:
    fields: dict[str, Any] = {"half_term": half_term(2), "starts_at": at(DAY, "13:30"), "by": by}
    return acts.plan_group_meeting(**{**fields, **changes})


# -- the meeting ---------------------------------------------------------------------------------


def test_plan_group_meeting_seats_members_by_their_posts(
    ceo: Any, dsi: Any, clerk: Any, head: Any, other_head: Any, leader: Any
) -> None:
    meeting = plan(dsi).meeting
    seats = {(s.role, s.person_id, s.is_required) for s in meeting.seats.all()}
    assert seats == {
        ("ceo", ceo.person_id, True),
        ("dsi", dsi.person_id, True),
        ("clerk", clerk.person_id, False),
        ("head", head.person_id, False),
        ("head", other_head.person_id, False),
    }
    assert meeting.state == "scheduled"
    assert meeting.code == "SG-26-A2"
    assert set(meeting.deadlines) >= {"draft", "issued"}


def test_plan_group_meeting_seats_once_whoever_heads_two_schools(
    dsi: Any, school: Any, other_school: Any
) -> None:
    both = factories.user_with(("head", school), ("head", other_school))
    assert plan(dsi).meeting.seats.filter(person=both.person_id).count() == 1


def test_plan_group_meeting_twice_in_a_half_term_needs_a_yes(dsi: Any) -> None:
    first = plan(dsi)
    with pytest.raises(Conflict, match="has a meeting in"):
        plan(dsi)
    second = plan(dsi, another=True, starts_at=at(DAY + dt.timedelta(days=1), "13:30"))
    assert second.meeting.code == f"{first.meeting.code}.2"


def test_plan_group_meeting_after_a_cancelled_one_is_allowed(dsi: Any, ceo: Any) -> None:
    cancel_meeting(plan(dsi).meeting, reason="Weather or closure", by=ceo)
    assert plan(dsi).meeting.state == "scheduled"


def test_plan_group_meeting_by_a_head_is_refused(head: Any) -> None:
    with pytest.raises(NotAllowed):
        plan(head)
    assert not GroupMeeting.objects.exists()


def test_plan_group_meeting_outside_the_year_is_refused(dsi: Any) -> None:
    with pytest.raises(Conflict, match="academic year"):
        plan(dsi, starts_at=at(dt.date(2027, 9, 20), "13:30"))


# -- the agenda ----------------------------------------------------------------------------------


def everything(school: Any, other_school: Any, by: Any) -> None:
    """Two like requests and one other, a late review, a card."""
    CpdRequestFactory(school=school, raised=True, title="Writing", provider_name="Fenland Writing")
    CpdRequestFactory(
        school=other_school, raised=True, title="Sentences", provider_name="fenland writing"
    )
    CpdRequestFactory(
        school=school,
        going_ahead=True,
        booked_first=True,
        title="Maths fluency",
        provider_name="Oak",
    )
    advised = CpdRequestFactory(school=other_school, going_ahead=True, title="Behaviour scripts")
    Advice.objects.create(
        request=advised, meeting=factories.GroupMeetingFactory(half_term=half_term(1)).meeting,
        advice="support", request_version=1, recorded_by=by, recorded_at=now(),
    )  # fmt: skip
    ImpactReview.objects.create(request=advised, level=4, due_on=dt.date(2026, 11, 6))
    PracticeCard.objects.create(
        school=school, title="Oral rehearsal", what="Talk first", created_by=by, created_at=now(),
        shared_at=now(), shared_by=by,
    )  # fmt: skip


def test_propose_group_agenda_lays_what_waits_with_its_reasons(
    group: GroupMeeting, school: Any, other_school: Any, dsi: Any
) -> None:
    everything(school, other_school, dsi)
    CpdRequestFactory(school=school, title="A draft")
    CpdRequestFactory(
        school=school, state="listed", listing="statutory", title="First aid",
        raised_at=now(), raised_by=dsi,
    )  # fmt: skip
    acts.propose_group_agenda(group, by=dsi)
    items = list(group.meeting.items.order_by("order").prefetch_related("training", "sources"))
    assert [(i.type, i.title) for i in items] == [
        ("welcome", "Welcome, apologies, declarations of interest"),
        ("actions", "Actions and schools' decisions so far"),
        ("business", "Maths fluency"),
        ("business", "Writing"),
        ("business", f"Impact of Behaviour scripts, {other_school}"),
        ("success", "Oral rehearsal"),
        ("close", "Actions read back, next meeting"),
    ]
    assert [len(i.training.all()) for i in items] == [0, 0, 1, 2, 1, 1, 0]
    assert sum(i.minutes for i in items) <= 90
    reasons = [s.reason for i in items for s in i.sources.all()]
    assert reasons[0].startswith(f"Raised by {school}, booked before the group met")
    assert "could be bought once" in reasons[1]
    assert reasons[2] == "Impact review was due 6 November 2026"


def test_propose_group_agenda_twice_changes_nothing(
    group: GroupMeeting, school: Any, other_school: Any, dsi: Any
) -> None:
    everything(school, other_school, dsi)
    acts.propose_group_agenda(group, by=dsi)
    before = list(group.meeting.items.values_list("pk", "title"))
    acts.propose_group_agenda(group, by=dsi)
    assert list(group.meeting.items.values_list("pk", "title")) == before
    assert AuditEvent.objects.filter(verb="propose_agenda").count() == 1


def test_propose_group_agenda_by_itself_on_its_day(group: GroupMeeting, asked: CpdRequest) -> None:
    group.meeting.deadlines = {"draft": "2026-11-23"}
    group.meeting.save()
    run_due_work()
    group.meeting.refresh_from_db()
    assert group.meeting.state == "scheduled"
    group.meeting.deadlines = {"draft": "2026-11-20"}
    group.meeting.save()
    run_due_work()
    run_due_work()
    group.meeting.refresh_from_db()
    assert group.meeting.state == "agenda_draft"
    assert TrainingItem.objects.filter(item__meeting=group.meeting, request=asked).count() == 1


def test_propose_group_agenda_by_a_head_is_refused(group: GroupMeeting, head: Any) -> None:
    with pytest.raises(NotAllowed):
        acts.propose_group_agenda(group, by=head)
    group.meeting.refresh_from_db()
    assert group.meeting.state == "scheduled"


def test_propose_group_agenda_without_room_leaves_the_rest_to_be_added(
    group: GroupMeeting, school: Any, dsi: Any
) -> None:
    for n in range(20):
        CpdRequestFactory(school=school, raised=True, title=f"Course {n:02}", provider_name=f"P{n}")
    acts.propose_group_agenda(group, by=dsi)
    left = offers_for(group)
    there = TrainingItem.objects.filter(item__meeting=group.meeting).count()
    assert there == 14
    assert there + len(left) == 20
    added = acts.add_to_group_agenda(group, key=left[0].candidate.key, by=dsi)
    again = acts.add_to_group_agenda(group, key=left[0].candidate.key, by=dsi)
    assert added is not None
    assert again is None
    assert len(offers_for(group)) == 5


def test_add_to_group_agenda_a_group_that_has_grown_adds_it_whole(
    group: GroupMeeting, school: Any, other_school: Any, dsi: Any
) -> None:
    acts.propose_group_agenda(group, by=dsi)
    first = CpdRequestFactory(school=school, raised=True, provider_name="Fenland Writing")
    CpdRequestFactory(school=other_school, raised=True, provider_name="Fenland Writing")
    item = acts.add_to_group_agenda(group, key=f"requests:{first.pk}", by=dsi)
    assert item is not None
    assert item.training.count() == 2


def test_add_to_group_agenda_what_is_gone_is_refused(group: GroupMeeting, dsi: Any) -> None:
    with pytest.raises(Conflict, match="no longer waits"):
        acts.add_to_group_agenda(group, key="requests:999", by=dsi)


def test_an_issued_agenda_needs_no_school_and_no_full_hour(
    group: GroupMeeting, asked: CpdRequest, dsi: Any
) -> None:
    acts.propose_group_agenda(group, by=dsi)
    issue_agenda(group.meeting, by=dsi)
    assert group.meeting.state == "issued"


# -- scores --------------------------------------------------------------------------------------


def test_score_request_by_a_member_is_kept_once_and_changed(
    group: GroupMeeting, asked: CpdRequest, other_head: Any
) -> None:
    for impact in (2, 3, 3):
        says.score_request(asked, meeting=group.meeting, by=other_head, impact=impact, value=4)
    score = MemberScore.objects.get()
    assert (score.impact, score.value) == (3, 4)
    assert AuditEvent.objects.filter(verb="score_request").count() == 2


def test_score_request_of_ones_own_school_is_refused(
    group: GroupMeeting, asked: CpdRequest, head: Any, leader: Any, clerk: Any
) -> None:
    for who in (head, leader, clerk):
        with pytest.raises(NotAllowed):
            says.score_request(asked, meeting=group.meeting, by=who, impact=4, value=4)
    assert not MemberScore.objects.exists()


def test_score_request_in_conflict_keeps_no_score(
    group: GroupMeeting, asked: CpdRequest, other_head: Any
) -> None:
    says.score_request(asked, meeting=group.meeting, by=other_head, impact=3, value=3)
    says.score_request(
        asked, meeting=group.meeting, by=other_head, impact=4, value=4, conflict="My sister trains"
    )
    score = MemberScore.objects.get()
    assert (score.impact, score.value, score.conflict) == (None, None, "My sister trains")


@pytest.mark.parametrize(("impact", "value"), [(None, None), (3, None), (0, 3), (5, 1)])
def test_score_request_without_both_scores_is_refused(
    group: GroupMeeting, asked: CpdRequest, other_head: Any, impact: Any, value: Any
) -> None:
    with pytest.raises(Conflict, match="Score both"):
        says.score_request(asked, meeting=group.meeting, by=other_head, impact=impact, value=value)


# -- advice --------------------------------------------------------------------------------------


def advise(requests: list[CpdRequest], group: GroupMeeting, by: Any, **said: Any) -> list[Advice]:
    fields = {"advice": "against", "note": "No follow-up is planned"}
    return says.record_advice(requests, meeting=group.meeting, by=by, **{**fields, **said})


def test_record_advice_leaves_the_request_where_it_stands(
    group: GroupMeeting, asked: CpdRequest, clerk: Any
) -> None:
    (given,) = advise([asked], group, clerk)
    asked.refresh_from_db()
    assert asked.state == "raised"
    assert asked.decision == ""
    assert given.request_version == asked.version


@pytest.mark.parametrize("advice", ["suggestion", "alternative", "more", "against"])
def test_record_advice_other_than_support_needs_a_note(
    group: GroupMeeting, asked: CpdRequest, dsi: Any, advice: str
) -> None:
    with pytest.raises(Conflict, match="Write the note"):
        advise([asked], group, dsi, advice=advice, note="  ")
    assert advise([asked], group, dsi, advice="support", note="")[0].note == ""


def test_record_advice_keeps_the_medians_unless_the_group_agreed_otherwise(
    group: GroupMeeting, asked: CpdRequest, ceo: Any, dsi: Any, other_head: Any
) -> None:
    for who, impact in ((ceo, 2), (other_head, 3)):
        says.score_request(asked, meeting=group.meeting, by=who, impact=impact, value=1)
    assert [(a.impact, a.value) for a in advise([asked], group, dsi)] == [(3, 1)]
    assert [(a.impact, a.value) for a in advise([asked], group, dsi, value=4)] == [(3, 4)]


def test_record_advice_tells_requester_and_head_once_and_not_what(
    group: GroupMeeting, school: Any, head: Any, leader: Any, dsi: Any
) -> None:
    asked = CpdRequestFactory(
        school=school, raised=True, requester=leader.person, title="National conference"
    )
    advise([asked], group, dsi)
    advise([asked], group, dsi, advice="more", note="Who will lead the twilight?")
    mails = Mail.objects.filter(key__startswith="advice:")
    assert sorted(m.to for m in mails) == sorted([head.email, leader.email])
    for mail in mails:
        whole = f"{mail.subject} {mail.text} {mail.html}".casefold()
        assert "national conference" in whole
        assert f"/cpd/{asked.pk}/" in whole
        for word in ("against", "twilight", "no follow-up", "approv", "permission", "authoris"):
            assert word not in whole


def test_record_advice_twice_the_same_changes_nothing(
    group: GroupMeeting, asked: CpdRequest, dsi: Any
) -> None:
    first, second = advise([asked], group, dsi)[0], advise([asked], group, dsi)[0]
    assert (first.pk, first.version, second.version) == (second.pk, 1, 1)
    assert AuditEvent.objects.filter(verb="record_advice").count() == 1


def test_record_advice_on_a_request_changed_meanwhile_is_refused(
    group: GroupMeeting, asked: CpdRequest, head: Any, dsi: Any
) -> None:
    seen = {asked.pk: asked.version}
    save_request(asked, version=asked.version, by=head, staff=12)
    with pytest.raises(says.ChangedMeanwhile) as refused:
        advise([asked], group, dsi, versions=seen)
    assert [r.pk for r in refused.value.requests] == [asked.pk]
    assert not Advice.objects.exists()


def test_record_advice_over_one_not_read_is_refused(
    group: GroupMeeting, asked: CpdRequest, dsi: Any, clerk: Any
) -> None:
    advise([asked], group, dsi)
    with pytest.raises(Conflict, match="a moment ago"):
        advise([asked], group, clerk, advice="support", advised={asked.pk: 0})
    advise([asked], group, clerk, advice="support", note="", advised={asked.pk: 1})
    assert Advice.objects.get().advice == "support"


@pytest.mark.parametrize("state", ["draft", "withdrawn", "listed"])
def test_record_advice_on_what_is_not_before_the_group_is_refused(
    group: GroupMeeting, school: Any, dsi: Any, state: str
) -> None:
    listing = "statutory" if state == "listed" else ""
    row = CpdRequestFactory(
        school=school, state=state, listing=listing,
        **({} if state == "draft" else {"raised_at": now(), "raised_by": dsi}),
    )  # fmt: skip
    with pytest.raises(Conflict):
        advise([row], group, dsi)


@pytest.mark.parametrize("who", ["cfo", "leader", "trustee", "chair"])
def test_record_advice_by_whoever_is_no_member_is_refused(
    group: GroupMeeting, asked: CpdRequest, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        advise([asked], group, request.getfixturevalue(who))


def test_take_back_advice_until_the_minutes_are_final(
    group: GroupMeeting, asked: CpdRequest, dsi: Any
) -> None:
    advise([asked], group, dsi)
    says.take_back_advice(asked, meeting=group.meeting, by=dsi)
    says.take_back_advice(asked, meeting=group.meeting, by=dsi)
    assert not Advice.objects.exists()
    assert AuditEvent.objects.filter(verb="take_back_advice").count() == 1


def test_sealed_advice_and_scores_no_longer_change(
    asked: CpdRequest, dsi: Any, other_head: Any
) -> None:
    group = GroupMeetingFactory(day=DAY, meeting__state="with_chair")
    says.score_request(asked, meeting=group.meeting, by=other_head, impact=3, value=3)
    advise([asked], group, dsi)
    seal(group.meeting)
    for row, change in (
        (Advice.objects.get(), {"note": "Other"}),
        (MemberScore.objects.get(), {"impact": 1}),
    ):
        assert row.sealed_at is not None
        for name, value in change.items():
            setattr(row, name, value)
        with pytest.raises(InternalError), transaction.atomic():
            row.save()  # fmt: skip


def test_record_advice_once_the_minutes_are_final_is_refused(asked: CpdRequest, dsi: Any) -> None:
    group = GroupMeetingFactory(
        day=DAY, meeting__state="final", meeting__signed_at=now(), meeting__signed_by=dsi,
        meeting__signed_name="Naomi Fleet",
    )  # fmt: skip
    for act in (
        lambda: advise([asked], group, dsi),
        lambda: says.take_back_advice(asked, meeting=group.meeting, by=dsi),
        lambda: says.score_request(asked, meeting=group.meeting, by=dsi, impact=2, value=2),
    ):
        with pytest.raises(Conflict, match="final"):
            act()


def test_a_meeting_from_its_plan_to_its_final_minutes_seals_what_was_said(
    asked: CpdRequest, dsi: Any, ceo: Any, clerk: Any, other_head: Any, as_of: Any
) -> None:
    """The engine serves the Group by its kind's data: no Chair, no school, no accuracy round."""
    group = plan(dsi)
    meeting = acts.propose_group_agenda(group, by=clerk).meeting
    issue_agenda(meeting, by=clerk)
    says.score_request(asked, meeting=meeting, by=other_head, impact=3, value=4)
    as_of("2026-12-01")
    start_meeting(meeting, by=clerk)
    advise([asked], group, clerk)
    present = {seat.pk: ("online", "") for seat in meeting.seats.all()}
    record_attendance(meeting, present, by=clerk)
    finish_meeting(meeting, by=clerk)
    send_minutes(meeting, by=clerk)
    sign_minutes(meeting, typed_name="Naomi Fleet", by=dsi)
    assert meeting.state == "final"
    assert Advice.objects.get().sealed_at == MemberScore.objects.get().sealed_at is not None
    asked.refresh_from_db()
    assert asked.state == "raised"


# -- advice blocks nothing -----------------------------------------------------------------------


@pytest.mark.parametrize("move", REQUEST.moves, ids=lambda m: m.verb)
def test_every_move_of_a_request_is_allowed_to_the_head_whatever_the_advice(
    group: GroupMeeting, school: Any, head: Any, dsi: Any, move: Any
) -> None:
    """ "Schools have autonomy over the training they require for their staff" (seed 1)."""
    decided = {"decision": "proceed", "decided_at": now(), "decided_by": head, "verdict": "repeat"}
    for source in move.sources:
        for advice in (None, *Advice.Words.values):
            row = CpdRequestFactory(school=school, raised=True, title=source)
            if advice is not None:
                advise([row], group, dsi, advice=advice)
            put(row, source, decided)
            answer = rule_named(move.rule)(head, CpdRequest.objects.get(pk=row.pk))
            assert isinstance(answer, Allowed), (move.verb, source, advice)


def put(row: CpdRequest, state: str, fields: dict[str, Any]) -> None:
    """Bring a raised request to a state by the moves of its table, as the database demands."""
    if state == "listed":
        fields = {**fields, "listing": "statutory"}
    ways = {
        "raised": (), "draft": ("draft",), "going_ahead": ("going_ahead",),
        "withdrawn": ("withdrawn",), "evaluated": ("going_ahead", "evaluated"),
        "listed": ("draft", "listed"),
    }  # fmt: skip
    for step in ways[state]:
        CpdRequest.objects.filter(pk=row.pk).update(state=step, **fields)
