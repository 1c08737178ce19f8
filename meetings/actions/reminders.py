"""Owners are reminded of their actions, five school days before the day and on it; heads weekly of what is late.

Each is one mail, once: what has been sent is known by its key, so a missed sweep or a second one does no harm.
Only one's own actions are in one's mail. A post owns an action through whoever holds it today; an owner
without an account is reminded through the headteacher.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from meetings.models import Action, Meeting
from schools.models import Post, School
from schools.queries import calendars, trust_calendar
from trust.access import Capacity
from trust.calendar import NoSchoolDayError, SchoolCalendar, today
from trust.mail import Letter, queue_mail, queue_mails
from trust.models import Mail
from trust.people.models import Person, User

SOON = 5
"""School days before its day at which an action is reminded of."""
FARTHEST = dt.timedelta(days=40)
"""Five school days never reach further back than a holiday and this."""


@dataclass(frozen=True)
class Reminder:
    """One action that is soon due or due now."""

    action: Action
    stage: str

    @property
    def key(self) -> str:
        """The mail's key but for whom it is to; another day for the action is another reminder."""
        return f"action-{self.stage}:{self.action.pk}:{self.action.due_on.isoformat()}"


def stage_of(due_on: dt.date, day: dt.date, calendar: SchoolCalendar) -> str:
    """Whether an action is "soon" due, "due" now, or (later, or earlier than five school days) neither."""
    if due_on <= day:
        return "due" if day - due_on <= dt.timedelta(days=3) else ""
    try:
        return "soon" if calendar.add_school_days(due_on, -SOON) <= day else ""
    except NoSchoolDayError:
        return ""


def _reminders(actions: Iterable[Action]) -> list[Reminder]:
    rows = list(actions)
    known = calendars({row.school_id for row in rows if row.school_id})
    trust = trust_calendar() if any(row.school_id is None for row in rows) else None
    found = []
    for row in rows:
        calendar = known[row.school_id] if row.school_id else trust
        stage = stage_of(row.due_on, today(), calendar) if calendar else ""
        if stage:
            found.append(Reminder(row, stage))
    return found


def actions_to_remind() -> list[int]:
    """Open actions that are soon due or due and whose owner has no reminder of it yet."""
    window = (today() - dt.timedelta(days=3), today() + FARTHEST)
    rows = Action.objects.filter(state="open", due_on__range=window)
    due = _reminders(rows)
    sent = Mail.objects.filter(key__regex=r"^action-(soon|due):").values_list("key", flat=True)
    known = {key.rpartition(":")[0] for key in sent}
    return [each.action.pk for each in due if each.key not in known]


def remind_of_action(pk: int) -> None:
    """Remind of one action, once for each of its two days."""
    action = Action.objects.select_related("owner", "school").filter(pk=pk, state="open").first()
    for each in _reminders([action] if action else []):
        with transaction.atomic():
            for person in whom_to_write(each.action):
                queue_mail(
                    f"{each.key}:{person.pk}", to=person.email, template="action_due",
                    context={**told_of(each.action), "is_due": each.stage == "due"},
                )  # fmt: skip


def told_of(action: Action) -> dict[str, Any]:
    """All that a mail says of an action: which it is, whose school's, and by when."""
    school = action.school.name if action.school else ""
    return {"ref": action.ref, "school": school, "due": action.due_on, "action_pk": action.pk}


def whom_to_write(action: Action) -> list[Person]:
    """The owner, or who holds the post that owns it; the headteacher when neither has an account to be written to."""
    owner = action.owner or holder_of(action)
    return [owner] if owner and owner in _reached([owner]) else heads_of(action.school_id)


def _reached(people: Iterable[Person]) -> set[Person]:
    """Those of them who have an address and an account, in one query."""
    written = {person.pk: person for person in people if person.email}
    users = User.objects.filter(person__in=written, is_active=True)
    return {written[pk] for pk in users.values_list("person_id", flat=True) if pk}


def holder_of(action: Action) -> Person | None:
    """Who holds today the post named as the owner, at the action's school or for the trust; None when it is nobody's."""
    posts = Post.objects.current(today()).filter(
        school=action.school_id, person__isnull=False, delegate_of__isnull=True
    )
    asked = action.owner_role.casefold()
    held = (p for p in posts.select_related("person").order_by("pk") if p.label.casefold() == asked)
    post = next(held, None)
    return post.person if post else None


def heads_of(school_id: int | None) -> list[Person]:
    """Who heads a school today."""
    posts = Post.objects.current(today()).filter(school=school_id, capacity=Capacity.HEAD)
    people = {p.person.pk: p.person for p in posts.select_related("person") if p.person}
    return [] if school_id is None else [people[pk] for pk in sorted(people)]


# -- an update is wanted before a meeting --------------------------------------------------------


def ask_owners_for_updates(meeting: Meeting) -> None:
    """Ask the owner of every open action of the meeting's school how it goes; once an action and meeting."""
    rows = Action.objects.filter(state="open", school=meeting.school)
    context = {"kind": meeting.kind.name, "day": meeting.day}
    actions = list(rows.select_related("owner", "school").order_by("pk"))
    reached = _reached(action.owner for action in actions if action.owner)
    letters = [
        Letter(
            f"action-update:{action.pk}:{meeting.pk}:{person.pk}", person.email,
            {**context, **told_of(action)},
        )
        for action in actions
        for person in ([action.owner] if action.owner in reached else whom_to_write(action))
        if person
    ]  # fmt: skip
    queue_mails("action_update", letters)


# -- what is late, weekly ------------------------------------------------------------------------


def _week_key(school_id: int) -> str:
    year, week, _ = today().isocalendar()
    return f"actions-late:{school_id}:{year}-{week:02d}"


def schools_with_late_actions() -> list[int]:
    """Schools with overdue actions whose head was not told of it this week."""
    late = set(Action.objects.overdue(today()).values_list("school_id", flat=True)) - {None}
    sent = Mail.objects.filter(key__startswith="actions-late:").values_list("key", flat=True)
    known = {key.rpartition(":")[0] for key in sent}
    return sorted(pk for pk in late if pk is not None and _week_key(pk) not in known)


def tell_head_of_late_actions(school_pk: int) -> None:
    """Tell the headteacher how many actions of the school are overdue, once a week."""
    count = Action.objects.overdue(today()).filter(school=school_pk).count()
    school = School.objects.get(pk=school_pk)
    for person in heads_of(school_pk) if count else []:
        queue_mail(
            f"{_week_key(school_pk)}:{person.pk}", to=person.email, template="actions_late",
            context={"school": school.name, "count": count},
        )  # fmt: skip
