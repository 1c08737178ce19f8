"""Dates: deadlines in school days, two places at once, postponing, substitutes, replies, past meetings."""

import datetime as dt

import pytest

from meetings.actions import answering, scheduling
from meetings.actions.replies import reply_to_meeting
from meetings.models import Meeting, Seat
from schools.models import NonSchoolDay
from tests.meetings.makers import (
    NEXT_TIME,
    THURSDAY,
    Cast,
    bring_to,
    make_cast,
    make_kind,
    make_meeting,
    schedule,
)
from tests.schools.makers import make_person, make_school, make_user
from trust.access import Capacity, Conflict, NotAllowed
from trust.calendar import LONDON
from trust.models import LIGHT, Mail

pytestmark = pytest.mark.django_db
AN_HOUR_LATER = THURSDAY + dt.timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def elsewhere(cast: Cast, **roles: object) -> Meeting:
    """A meeting of another school with other people, but for the roles given."""
    people = {role: make_person() for role in cast.roles}
    return make_meeting(cast, school=make_school(), roles={**people, **roles})


# -- deadlines -----------------------------------------------------------------------------------


def test_schedule_a_meeting_dates_every_step_in_school_days(cast: Cast) -> None:
    NonSchoolDay.objects.create(day=dt.date(2026, 11, 27), kind=NonSchoolDay.Kind.INSET)
    meeting = schedule(cast, make_meeting(cast))
    assert meeting.deadlines == {
        "draft": "2026-11-11", "ceo": "2026-11-16", "issued": "2026-11-18", "leaders": "2026-11-20",
        "papers": "2026-11-24", "pack": "2026-11-25", "recall": "2026-11-25",
        "action_list": "2026-12-04", "draft_minutes": "2026-12-10", "chair": "2026-12-15",
        "corrections": "2027-01-07", "final": "2027-01-08",
    }  # fmt: skip


def test_schedule_with_steps_off_leaves_no_date_of_theirs() -> None:
    cast = make_cast(steps={**LIGHT, "accuracy_check": False})
    meeting = schedule(cast, make_meeting(cast))
    assert not {"papers", "pack", "corrections", "final"} & set(meeting.deadlines)
    assert meeting.steps["accuracy_check"] is False


def test_schedule_takes_a_kind_s_steps_before_the_trust_s() -> None:
    cast = make_cast(steps={"papers": True})
    cast.kind = make_kind("committee", steps={"papers": False})
    meeting = schedule(cast, make_meeting(cast))
    assert meeting.steps["papers"] is False


def test_schedule_a_meeting_of_no_school_counts_in_the_trust_s_calendar(cast: Cast) -> None:
    cast.kind = make_kind("group", is_of_a_school=False, required_roles=[], minutes_length=90)
    meeting = make_meeting(cast, school=None, roles={"clerk": cast.clerk.person})
    schedule(cast, meeting)
    assert meeting.deadlines["draft_minutes"] == "2026-12-10"
    assert meeting.during.upper - meeting.during.lower == dt.timedelta(minutes=90)


def test_schedule_across_a_clock_change_keeps_the_hour(cast: Cast) -> None:
    meeting = schedule(cast, make_meeting(cast), dt.datetime(2027, 3, 28, 0, 30, tzinfo=LONDON))
    assert meeting.during.upper - meeting.during.lower == dt.timedelta(hours=1)


def test_schedule_in_the_past_is_refused(cast: Cast) -> None:
    meeting = make_meeting(cast)
    with pytest.raises(Conflict, match="still to come"):
        schedule(cast, meeting, dt.datetime(2026, 11, 20, 9, tzinfo=LONDON))


# -- two places at once --------------------------------------------------------------------------


def test_schedule_a_person_twice_is_refused_in_words_and_changes_nothing(cast: Cast) -> None:
    schedule(cast, make_meeting(cast))
    second = elsewhere(cast, ceo=cast.ceo.person)
    with pytest.raises(Conflict, match="at another meeting then"):
        schedule(cast, second, THURSDAY + dt.timedelta(minutes=30))
    second.refresh_from_db()
    assert (second.state, second.during, second.deadlines) == ("planned", None, {})


def test_schedule_a_person_twice_in_different_roles_is_refused(cast: Cast) -> None:
    schedule(cast, make_meeting(cast))
    second = elsewhere(cast, link_trustee=cast.head.person)
    with pytest.raises(Conflict, match="at another meeting then"):
        schedule(cast, second)


def test_schedule_a_school_twice_is_refused_in_words(cast: Cast) -> None:
    schedule(cast, make_meeting(cast))
    people = {role: make_person() for role in cast.roles}
    second = make_meeting(cast, roles=people)
    with pytest.raises(Conflict, match="The school has another meeting then"):
        schedule(cast, second)


def test_schedule_two_empty_seats_at_once_clashes_with_nothing(cast: Cast) -> None:
    first, second = elsewhere(cast, link_trustee=None), elsewhere(cast, link_trustee=None)
    schedule(cast, first)
    schedule(cast, second)
    assert {first.state, second.state} == {"scheduled"}


def test_schedule_the_next_hour_on_another_site_leaves_no_time_to_travel(cast: Cast) -> None:
    schedule(cast, make_meeting(cast), place="Alderfen")
    second = elsewhere(cast, ceo=cast.ceo.person)
    with pytest.raises(Conflict):
        schedule(cast, second, AN_HOUR_LATER, place="Brackenholme")
    schedule(cast, second, AN_HOUR_LATER + dt.timedelta(minutes=30), place="Brackenholme")
    assert second.state == "scheduled"


def test_schedule_the_next_hour_on_the_same_site_needs_no_travel(cast: Cast) -> None:
    schedule(cast, make_meeting(cast), place="Trust office")
    second = schedule(
        cast, elsewhere(cast, ceo=cast.ceo.person), AN_HOUR_LATER, place="trust office"
    )
    assert second.state == "scheduled"


def test_schedule_online_needs_ten_minutes_between(cast: Cast) -> None:
    schedule(cast, make_meeting(cast), is_online=True)
    second = elsewhere(cast, ceo=cast.ceo.person)
    with pytest.raises(Conflict):
        schedule(cast, second, AN_HOUR_LATER, is_online=True)
    schedule(cast, second, AN_HOUR_LATER + dt.timedelta(minutes=10), is_online=True)


def test_name_a_substitute_frees_the_one_replaced(cast: Cast) -> None:
    first = schedule(cast, make_meeting(cast))
    seat = scheduling.substitute(first.seats.get(role="ceo"), person=cast.dsi.person, by=cast.clerk)
    assert (seat.person, seat.for_person) == (cast.dsi.person, cast.ceo.person)
    assert schedule(cast, elsewhere(cast, ceo=cast.ceo.person)).state == "scheduled"


def test_name_a_substitute_who_is_elsewhere_is_refused(cast: Cast) -> None:
    schedule(cast, elsewhere(cast, ceo=cast.dsi.person))
    first = schedule(cast, make_meeting(cast))
    with pytest.raises(Conflict):
        scheduling.substitute(first.seats.get(role="ceo"), person=cast.dsi.person, by=cast.clerk)


# -- moving, postponing, cancelling ----------------------------------------------------------------


def test_move_a_meeting_asks_everybody_again_and_frees_the_hour(cast: Cast) -> None:
    meeting = schedule(cast, make_meeting(cast))
    reply_to_meeting(meeting.seats.get(role="ceo"), reply="coming", by=cast.ceo)
    scheduling.move_meeting(meeting, starts_at=NEXT_TIME, by=cast.clerk)
    assert meeting.seats.get(role="ceo").reply == ""
    assert meeting.deadlines["draft_minutes"] == "2027-02-11"
    assert schedule(cast, elsewhere(cast, ceo=cast.ceo.person)).state == "scheduled"


def test_postpone_and_rebook_keeps_agenda_respondents_and_papers(cast: Cast) -> None:
    meeting = bring_to(cast, "issued")
    item = meeting.items.get(title="Attendance")
    answering.choose_respondent(item, person=cast.leader.person, by=cast.head)
    kept = list(meeting.items.values())
    issued = meeting.deadlines["issued"]
    scheduling.postpone_meeting(meeting, reason="Ofsted inspection", by=cast.clerk)
    assert meeting.during is None
    assert not meeting.seats.exclude(during=None).exists()
    scheduling.rebook_meeting(meeting, starts_at=NEXT_TIME, by=cast.clerk)
    assert meeting.state == "issued"
    assert list(meeting.items.values()) == kept
    assert meeting.deadlines["issued"] == issued
    assert meeting.deadlines["draft_minutes"] == "2027-02-11"
    assert meeting.seats.get(role="leader").person == cast.leader.person


def test_rebook_at_short_notice_dates_no_undone_step_in_the_past(cast: Cast) -> None:
    meeting = bring_to(cast, "agenda_draft")
    scheduling.postpone_meeting(meeting, reason="Illness", by=cast.clerk)
    soon = dt.datetime(2026, 11, 26, 9, tzinfo=LONDON)
    scheduling.rebook_meeting(meeting, starts_at=soon, by=cast.clerk)
    assert meeting.deadlines["issued"] == "2026-11-21"
    assert meeting.deadlines["leaders"] == "2026-11-21"


def test_postpone_without_a_reason_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "scheduled")
    with pytest.raises(Conflict, match="reason"):
        scheduling.postpone_meeting(meeting, reason=" ", by=cast.clerk)


def test_cancel_by_the_clerk_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "scheduled")
    with pytest.raises(NotAllowed):
        scheduling.cancel_meeting(meeting, reason="Other", by=cast.clerk)


def test_schedule_by_a_head_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        scheduling.schedule_meeting(make_meeting(cast), starts_at=THURSDAY, by=cast.head)


# -- replies, and meetings held before -------------------------------------------------------------


def test_reply_for_somebody_else_s_seat_is_refused(cast: Cast) -> None:
    meeting = bring_to(cast, "scheduled")
    with pytest.raises(NotAllowed):
        reply_to_meeting(meeting.seats.get(role="head"), reply="coming", by=cast.ceo)


def test_reply_twice_keeps_the_last(cast: Cast) -> None:
    seat = bring_to(cast, "scheduled").seats.get(role="head")
    reply_to_meeting(seat, reply="coming", by=cast.head)
    reply_to_meeting(seat, reply="cannot", by=cast.head)
    assert Seat.objects.get(pk=seat.pk).reply == "cannot"


def test_record_a_past_meeting_is_final_at_once_and_invents_no_signature(cast: Cast) -> None:
    meeting = scheduling.record_past_meeting(
        kind=cast.kind, school=cast.school, academic_year=cast.year, title="Panel, Autumn 1",
        starts_at=dt.datetime(2026, 10, 8, 9, tzinfo=LONDON), by=cast.clerk,
        attendance={"chair": (cast.chair.person, "present"), "ceo": (cast.ceo.person, "absent")},
    )  # fmt: skip
    assert (meeting.state, meeting.entered_later, meeting.signed_at) == ("final", True, None)
    assert not meeting.seats.filter(sealed_at=None).exists()


def test_plan_a_meeting_of_a_school_kind_without_a_school_is_refused(cast: Cast) -> None:
    with pytest.raises(Conflict, match="Name the school"):
        make_meeting(cast, school=None)


def test_plan_by_a_user_with_no_right_keeps_nothing(cast: Cast) -> None:
    stranger = make_user((Capacity.HEAD, cast.school))
    with pytest.raises(NotAllowed):
        scheduling.plan_meeting(
            kind=cast.kind, school=cast.school, academic_year=cast.year, title="Mine", by=stranger
        )
    assert not Meeting.objects.exists()


def test_cannot_come_of_somebody_required_is_told_at_once_to_who_dates_the_meeting(
    cast: Cast,
) -> None:
    """Once for each change of mind; no reason and no name in the mail."""
    meeting = bring_to(cast, "scheduled")
    seat = meeting.seats.get(role="head")
    before = Mail.objects.count()
    reply_to_meeting(seat, reply="cannot", by=cast.head)
    reply_to_meeting(seat, reply="cannot", by=cast.head)  # a second click
    told = Mail.objects.filter(key__startswith="cannot-come")
    assert {mail.to for mail in told} == {cast.ceo.person.email, cast.clerk.person.email}
    assert (Mail.objects.count() - before, cast.head.person.name in told[0].text) == (2, False)
    assert told[0].subject.startswith("Cannot come: Headteacher, ")
