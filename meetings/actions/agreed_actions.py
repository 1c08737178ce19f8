"""The action list after a meeting: to each owner their own, once, and again whatever is changed later.

"They count from read back at the close": the list goes out on the next school day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from meetings.actions.deadlines import calendar_of
from meetings.actions.reminders import told_of, whom_to_write
from meetings.models import Action, Meeting
from meetings.queries.way import when_words
from trust.audit import record
from trust.calendar import NoSchoolDayError, now, today
from trust.mail import queue_mail
from trust.models import Mail
from trust.people.models import Person

FOR = dt.timedelta(days=30)
"""How long after a meeting its list still goes out, when it could not before."""


def meetings_to_tell() -> list[int]:
    """Meetings whose actions were read back before today's school day and whose owners have no list yet."""
    rows = Meeting.objects.filter(
        finished_at__gte=now() - FOR, entered_later=False, actions__state="open"
    ).select_related("kind", "school")
    sent = Mail.objects.filter(key__startswith="actions-agreed:").values_list("key", flat=True)
    told = {int(key.split(":")[1]) for key in sent}
    waiting = {row.pk: row for row in rows.distinct() if row.pk not in told}
    return sorted(pk for pk, row in waiting.items() if _is_next_day(row))


def _is_next_day(meeting: Meeting) -> bool:
    day = meeting.day
    if day is None:
        return False
    try:
        return calendar_of(meeting).add_school_days(day, 1) <= today()
    except NoSchoolDayError:
        return day < today()


def tell_owners(pk: int) -> None:
    """Send each owner the list of their own actions of one meeting, once."""
    meeting = Meeting.objects.select_related("kind", "school").get(pk=pk)
    lists: dict[int, tuple[Person, list[Action]]] = {}
    rows = meeting.actions.filter(state="open").select_related("owner", "school").order_by("ref")
    for action in rows:
        for person in whom_to_write(action):
            lists.setdefault(person.pk, (person, []))[1].append(action)
    for person, own in lists.values():
        queue_mail(
            f"actions-agreed:{meeting.pk}:{person.pk}", to=person.email, template="actions_agreed",
            context={"kind": meeting.kind.name, "when": when_words(meeting),
                     "school": meeting.school.name if meeting.school else "",
                     "actions": [told_of(action) for action in own]},
        )  # fmt: skip


def tell_of_change(
    action: Action, people: Iterable[Person] = (), *, is_withdrawn: bool = False
) -> None:
    """Tell owners that an action they had on their list is new, changed or withdrawn; before the list nobody is.

    `people` had it before; who owns it now is told as well.
    """
    key = f"actions-agreed:{action.meeting_id}:"
    if action.meeting_id is None or not Mail.objects.filter(key__startswith=key).exists():
        return
    now_own = [] if is_withdrawn else whom_to_write(action)
    told = {person.pk: person for person in (*people, *now_own)}
    event = record("tell_of_change", action, by=None, ref=action.ref)
    for pk, person in sorted(told.items()):
        context = {**told_of(action), "is_withdrawn": is_withdrawn, "is_new": not people,
                   "is_yours": person in now_own}  # fmt: skip
        queue_mail(
            f"action-changed:{action.pk}:{event.pk}:{pk}", to=person.email,
            template="action_changed", context=context,
        )  # fmt: skip
