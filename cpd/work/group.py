"""What the Strategy Group waits for: members' scores, the advice, the next meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from cpd.models import CpdRequest, GroupMeeting
from cpd.queries.group import ADVISABLE, live_meetings
from cpd.queries.group_page import title_of
from cpd.rules import MEMBERS, may_score
from meetings.rules import may
from trust.access import Capacity
from trust.models import HalfTerm
from trust.work import WorkItem

AHEAD = dt.timedelta(days=42)
"""How long before a half term begins its meeting is asked for."""


def group_work(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Requests to score before the meeting, advice to record after it, a meeting to plan."""
    if user.person_id is None:
        return
    if user.posts.holds(*MEMBERS, Capacity.CLERK):
        for group in _meetings(user):
            yield from _to_score(group, user, today)
            yield from _to_record(group, user, today)
    if user.posts.is_trust_wide(Capacity.DSI):
        yield from _to_plan(today)


def _meetings(user: Any) -> list[GroupMeeting]:
    rows = GroupMeeting.objects.visible_to(user).filter(
        meeting__state__in=("issued", "held", "with_chair"), meeting__starts_at__isnull=False
    )
    return list(rows.select_related("meeting__kind").prefetch_related("meeting__seats"))


def _on_agenda(group: GroupMeeting) -> list[CpdRequest]:
    rows = CpdRequest.objects.filter(items__item__meeting=group.meeting, state__in=ADVISABLE)
    return list(rows.prefetch_related("scores", "advice").distinct())


def _to_score(group: GroupMeeting, user: Any, today: dt.date) -> Iterator[WorkItem]:
    """One item a meeting, from the day its agenda is with the group until its day."""
    meeting = group.meeting
    if meeting.state != "issued" or meeting.day is None or meeting.day < today:
        return
    unscored = [
        r for r in _on_agenda(group)
        if may_score(user, r)
        and not any(s.person_id == user.person_id and s.meeting_id == meeting.pk for s in r.scores.all())
    ]  # fmt: skip
    if unscored:
        yield WorkItem(
            key=f"cpd.score.{group.pk}", title=f"Score {_many(len(unscored), 'request')}",
            why=f"{title_of(meeting)}: likely impact and value for money",
            url=reverse("cpd:group-meeting", args=[group.pk]), button="Score",
            due=meeting.day, icon="graduation-cap",
        )  # fmt: skip


def _to_record(group: GroupMeeting, user: Any, today: dt.date) -> Iterator[WorkItem]:
    """From the day of the meeting, for whoever minutes it."""
    meeting = group.meeting
    if meeting.day is None or meeting.day > today or not may(user, meeting, "minute"):
        return
    rest = [
        r for r in _on_agenda(group)
        if not any(a.meeting_id == meeting.pk for a in r.advice.all())
    ]  # fmt: skip
    if rest:
        due = meeting.deadline("draft_minutes") or meeting.day
        yield WorkItem(
            key=f"cpd.advice.{group.pk}", title=f"Record the advice on {_many(len(rest), 'request')}",
            why=title_of(meeting), url=reverse("cpd:group-meeting", args=[group.pk]),
            button="Record advice", due=due, icon="graduation-cap", is_late=due < today,
        )  # fmt: skip


def _to_plan(today: dt.date) -> Iterator[WorkItem]:
    """When the coming half term has no meeting of the Group."""
    coming = HalfTerm.objects.filter(starts_on__gt=today, starts_on__lte=today + AHEAD)
    half_term = coming.order_by("starts_on").first()
    if half_term is None or live_meetings().filter(half_term=half_term).exists():
        return
    yield WorkItem(
        key=f"cpd.plan.{half_term.pk}", title=f"Plan the Strategy Group’s meeting in {half_term}",
        why="The group meets every half term, and this one has no date",
        url=reverse("cpd:group-plan"), button="Plan meeting", due=half_term.starts_on,
        icon="calendar-plus",
    )  # fmt: skip


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
