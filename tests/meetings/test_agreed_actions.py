"""The action list on the day after a meeting, what is changed later, and posts that own actions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from meetings.actions import follow_up, minutes, signing
from meetings.actions.agreed_actions import meetings_to_tell, tell_owners
from meetings.actions.reminders import whom_to_write
from meetings.models import Action, ActionMark, Meeting
from tests.factories import PersonFactory, PostFactory
from tests.meetings.makers import Cast, bring_to, make_cast
from trust.access import Capacity, NotAllowed
from trust.calendar import LONDON, clock_at
from trust.models import Mail

pytestmark = pytest.mark.django_db
AT_THE_CLOSE = dt.datetime(2026, 12, 3, 15, 0, tzinfo=LONDON)
NEXT_DAY = dt.date(2026, 12, 4)


@pytest.fixture
def cast() -> Cast:
    return make_cast(has_external_chair=True)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Held, with one action of the leader's and one of a post that nobody holds, and finished."""
    meeting = bring_to(cast, "held")
    item = meeting.items.get(title="Attendance")
    with clock_at(AT_THE_CLOSE):
        for text, role, owner in (
            ("zqfirstqz", "Attendance lead", cast.leader.person),
            ("zqsecondqz", "Site manager", None),
        ):
            follow_up.add_action(item, text=text, owner_role=role, owner=owner, by=cast.clerk)
        minutes.finish_meeting(meeting, by=cast.clerk)
    return meeting


def sweep(day: dt.date) -> list[tuple[str, str]]:
    with clock_at(day):
        for pk in meetings_to_tell():
            tell_owners(pk)
    mails = Mail.objects.filter(key__startswith="actions-agreed:").order_by("to")
    return [(mail.to, mail.subject) for mail in mails]


def test_tell_owners_on_the_next_school_day_each_their_own_once(
    cast: Cast, meeting: Meeting
) -> None:
    assert sweep(dt.date(2026, 12, 3)) == []
    told = sweep(NEXT_DAY)
    assert sorted(to for to, _ in told) == sorted(
        [cast.leader.person.email, cast.head.person.email]  # type: ignore[union-attr]
    )
    assert sweep(dt.date(2026, 12, 7)) == told
    mine = Mail.objects.get(to=cast.leader.person.email, key__startswith="actions-agreed")  # type: ignore[union-attr]
    refs = dict(Action.objects.values_list("text", "ref"))
    assert refs["zqfirstqz"] in mine.text
    assert refs["zqsecondqz"] not in mine.text
    assert not any("zq" in mail.text + mail.html for mail in Mail.objects.all())


def test_change_an_action_by_the_chair_is_told_again_and_before_the_list_is_not(
    cast: Cast, meeting: Meeting
) -> None:
    signing.send_minutes(meeting, by=cast.clerk)
    action = Action.objects.get(text="zqfirstqz")
    follow_up.change_action(action, due_on=dt.date(2027, 1, 29), by=cast.chair)
    assert not Mail.objects.filter(key__startswith="action-changed").exists()
    sweep(NEXT_DAY)
    follow_up.change_action(action, due_on=dt.date(2027, 1, 29), by=cast.chair)  # nothing new
    assert not Mail.objects.filter(key__startswith="action-changed").exists()
    follow_up.change_action(action, due_on=dt.date(2027, 2, 5), by=cast.chair)
    follow_up.change_action(action, due_on=dt.date(2027, 2, 12), by=cast.chair)
    told = Mail.objects.filter(key__startswith="action-changed").order_by("pk")
    assert [mail.to for mail in told] == [cast.leader.person.email] * 2  # type: ignore[union-attr]
    assert "due on 12 February 2027" in told[1].text


def test_give_an_action_to_another_owner_tells_both(cast: Cast, meeting: Meeting) -> None:
    signing.send_minutes(meeting, by=cast.clerk)
    sweep(NEXT_DAY)
    action = Action.objects.get(text="zqfirstqz")
    follow_up.change_action(
        action, owner=cast.head.person, owner_role="Headteacher", by=cast.chair
    )  # fmt: skip
    texts = {mail.to: mail.text for mail in Mail.objects.filter(key__startswith="action-changed")}
    assert "has another owner now" in texts[cast.leader.person.email]  # type: ignore[union-attr]
    assert "It is yours" in texts[cast.head.person.email]  # type: ignore[union-attr]


def test_take_an_action_out_after_the_list_tells_its_owner(cast: Cast, meeting: Meeting) -> None:
    sweep(NEXT_DAY)
    follow_up.remove_action(Action.objects.get(text="zqfirstqz"), by=cast.clerk)
    mail = Mail.objects.get(key__startswith="action-changed")
    assert mail.to == cast.leader.person.email  # type: ignore[union-attr]
    assert mail.subject.startswith("Withdrawn: action")


def test_a_post_owns_an_action_through_whoever_holds_it_today(cast: Cast, meeting: Meeting) -> None:
    action = Action.objects.get(text="zqsecondqz")
    assert whom_to_write(action) == [cast.head.person]
    PostFactory(person=cast.leader.person, capacity=Capacity.LEADER, school=cast.school,
                title="Site manager")  # fmt: skip
    assert whom_to_write(action) == [cast.leader.person]
    PostFactory(person=PersonFactory(), capacity=Capacity.LEADER, school=cast.school, title="Cook")
    action.owner_role = "Cook"
    assert whom_to_write(action) == [cast.head.person]  # that person has no account


def test_where_only_officers_close_actions_a_meeting_carries_but_does_not_close(cast: Cast) -> None:
    action = follow_up.raise_action(
        school=cast.school, text="Do it", owner_role="Head", by=cast.ceo
    )
    meeting = bring_to(cast, "held")
    meeting.steps = {**meeting.steps, "actions_closed_by": "officers"}
    meeting.save()
    for decision in ("closed", "dropped"):
        with pytest.raises(NotAllowed):
            follow_up.decide_former_action(
                action, decision=decision, meeting=meeting, note="So said", by=cast.clerk
            )
    follow_up.decide_former_action(action, decision="carried", meeting=meeting, by=cast.clerk)
    follow_up.close_action(action, by=cast.ceo)
    assert Action.objects.get().state == "closed"


def test_marks_on_the_minutes_page_are_those_the_trust_lets_a_meeting_make(cast: Cast) -> None:
    follow_up.raise_action(school=cast.school, text="Do it", owner_role="Head", by=cast.ceo)
    meeting = bring_to(cast, "held")
    client, url = Client(), reverse("meetings:minutes-edit", args=[meeting.pk])
    client.force_login(cast.clerk)

    def marks() -> list[str]:
        page = client.get(url).content.decode()
        return [mark for mark in ActionMark.Mark.values if f'<option value="{mark}">' in page]

    assert marks() == ["closed", "carried", "dropped"]
    Meeting.objects.filter(pk=meeting.pk).update(
        steps={**meeting.steps, "actions_closed_by": "officers"}
    )
    assert marks() == ["carried"]
