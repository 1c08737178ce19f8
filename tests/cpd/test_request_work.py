"""What waits for whom: a draft to finish, a decision to record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cpd.models import Advice, CpdRequest
from cpd.work.requests import work_for
from schools.queries import with_posts
from tests.factories import CpdRequestFactory, GroupMeetingFactory
from trust.calendar import now, today

pytestmark = pytest.mark.django_db


def titles(user: Any) -> list[str]:
    return [item.title for item in work_for(with_posts(user, on=today()), today())]


def mine(user: Any, school: Any, **more: Any) -> CpdRequest:
    return CpdRequestFactory(school=school, requester=user.person, created_by=user, **more)


def test_own_draft_waits_once_untouched_for_three_days(leader: Any, head: Any, school: Any) -> None:
    row = mine(leader, school)
    assert titles(leader) == []
    CpdRequest.objects.filter(pk=row.pk).update(saved_at=now() - dt.timedelta(days=3))
    assert titles(leader) == [
        "Finish your CPD request: Spelling subscription with a launch session"
    ]
    assert titles(head) == []


def test_own_draft_that_starts_soon_waits_at_once(leader: Any, school: Any) -> None:
    mine(leader, school, starts_on=today() + dt.timedelta(days=10))
    assert len(titles(leader)) == 1


def test_draft_without_a_title_is_named_by_its_number(leader: Any, school: Any) -> None:
    row = mine(leader, school, title="", starts_on=today())
    assert titles(leader) == [f"Finish your CPD request: {row.ref}"]


def test_advised_request_waits_for_the_headteacher_alone(
    head: Any, other_head: Any, leader: Any, dsi: Any, school: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True, title="Maths")
    assert titles(head) == []
    Advice.objects.create(
        request=row, meeting=GroupMeetingFactory(day=today(), meeting__state="held").meeting, advice="support",
        request_version=1, recorded_by=dsi, recorded_at=now(),
    )  # fmt: skip
    assert titles(head) == ["Decide on training: Maths"]
    assert titles(other_head) == titles(leader) == titles(dsi) == []


def test_request_that_starts_within_ten_school_days_waits_without_advice(
    head: Any, school: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True, starts_on=today() + dt.timedelta(days=40))
    assert titles(head) == []
    CpdRequest.objects.filter(pk=row.pk).update(starts_on=today() + dt.timedelta(days=9))
    assert len(titles(head)) == 1
