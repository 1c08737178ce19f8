"""Reminders of actions: before their day, on it, and weekly to the head; each once, only to whom it concerns."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from meetings.actions.reminders import (
    actions_to_remind,
    ask_owners_for_updates,
    remind_of_action,
    schools_with_late_actions,
    stage_of,
    tell_head_of_late_actions,
)
from meetings.models import Action
from tests.factories import MeetingFactory, PersonFactory
from trust.calendar import now
from trust.models import Mail
from trust.term_dates import default_english_calendar

CALENDAR = default_english_calendar(2026)


@pytest.mark.parametrize(
    ("due_on", "day", "stage"),
    [
        (
            "2026-12-03",
            "2026-11-24",
            "",
        ),  # 27 November is closed: five school days before is the 25th
        ("2026-12-03", "2026-11-25", "soon"),
        ("2026-12-03", "2026-12-02", "soon"),
        ("2026-12-03", "2026-12-03", "due"),
        ("2026-12-03", "2026-12-06", "due"),
        ("2026-12-03", "2026-12-07", ""),
        ("2027-01-08", "2026-12-16", ""),
        ("2027-01-08", "2026-12-17", "soon"),  # across the holiday
    ],
)
def test_stage_of_counts_school_days(due_on: str, day: str, stage: str) -> None:
    found = stage_of(dt.date.fromisoformat(due_on), dt.date.fromisoformat(day), CALENDAR)
    assert found == stage


@pytest.fixture
def action(school: Any, leader: Any, clerk: Any) -> Action:
    return Action.objects.create(
        ref="ALD-26-A2-01", school=school, state="open", text="zqactiontextqz", owner=leader.person,
        owner_role="Reading lead", due_on=dt.date(2026, 12, 3), created_by=clerk, created_at=now(),
    )  # fmt: skip


def _remind() -> list[str]:
    for pk in actions_to_remind():
        remind_of_action(pk)
    return list(Mail.objects.order_by("pk").values_list("to", flat=True))


@pytest.mark.django_db
def test_an_owner_is_reminded_before_the_day_and_on_it_each_once(
    action: Action, leader: Any, head: Any, as_of: Any
) -> None:
    as_of("2026-11-24")
    assert _remind() == []
    as_of("2026-11-25")
    assert _remind() == _remind() == [leader.person.email]
    as_of("2026-12-03")
    assert _remind() == [leader.person.email] * 2
    assert actions_to_remind() == []
    subjects = list(Mail.objects.order_by("pk").values_list("subject", flat=True))
    assert subjects[0].startswith("Due on 3 December 2026: action ALD-26-A2-01")
    assert subjects[1].startswith("Due now: action ALD-26-A2-01")
    assert not any("zqactiontextqz" in mail.text + mail.html for mail in Mail.objects.all())


@pytest.mark.django_db
def test_another_day_for_the_action_is_another_reminder(
    action: Action, leader: Any, as_of: Any
) -> None:
    as_of("2026-11-25")
    _remind()
    Action.objects.update(due_on=dt.date(2026, 12, 10))
    as_of("2026-12-03")
    assert len(_remind()) == 2


@pytest.mark.django_db
def test_an_owner_without_an_account_is_reminded_through_the_headteacher(
    action: Action, head: Any, as_of: Any
) -> None:
    Action.objects.update(owner=PersonFactory(email="nobody@example.org"))
    as_of("2026-11-25")
    assert _remind() == [head.person.email]


@pytest.mark.django_db
@pytest.mark.parametrize("states", [("done",), ("done", "closed"), ("superseded",)])
def test_what_is_not_open_is_not_reminded_of(
    action: Action, states: tuple[str, ...], as_of: Any
) -> None:
    for state in states:
        Action.objects.update(state=state, closed_at=now())
    as_of("2026-11-25")
    assert actions_to_remind() == []


@pytest.mark.django_db
def test_the_head_hears_of_late_actions_once_a_week(
    action: Action, head: Any, school: Any, as_of: Any
) -> None:
    as_of("2026-12-04")
    assert schools_with_late_actions() == [school.pk]
    for _ in range(2):
        tell_head_of_late_actions(school.pk)
    assert schools_with_late_actions() == []
    as_of("2026-12-07")
    assert schools_with_late_actions() == [school.pk]
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (head.person.email, f"1 action overdue, {school}")


@pytest.mark.django_db
def test_owners_are_asked_for_an_update_once_a_meeting(
    action: Action, school: Any, leader: Any
) -> None:
    meeting = MeetingFactory(school=school)
    for _ in range(2):
        ask_owners_for_updates(meeting)
    assert list(Mail.objects.values_list("to", flat=True)) == [leader.person.email]
