"""Whom the software has still to tell of a board, found by state and by the mails there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from meetings.rules import step
from progress_boards.models import ProgressBoard
from schools.models import Post
from trust.access import Capacity
from trust.calendar import today
from trust.models import Mail
from trust.people.models import Person

OUTSTANDING = {"leaders_outstanding": "leaders", "papers_outstanding": "papers"}
"""A mail to the headteacher, and the deadline it goes with."""
FOR = dt.timedelta(days=14)


def preparing(board: ProgressBoard) -> list[Person]:
    """Who prepares a school's agenda: Chief Executive, Director of School Improvement, representative."""
    of_trust = Q(capacity__in=(Capacity.CEO, Capacity.DSI), school=None)
    of_school = Q(capacity=Capacity.CEO_REPRESENTATIVE, school=board.school_id)
    posts = Post.objects.current(today()).filter(
        of_trust | of_school, person__isnull=False, delegate_of__isnull=True
    )
    people = {p.person.pk: p.person for p in posts.select_related("person") if p.person}
    return [people[pk] for pk in sorted(people)]


def drafts_to_tell() -> list[int]:
    """Boards whose draft was opened lately and whose makers were not told."""
    since = today() - FOR
    rows = ProgressBoard.objects.filter(
        meeting__state="agenda_draft", meeting__draft_opened_at__date__gte=since
    )
    return _untold("draft_ready", rows.values_list("pk", flat=True))


def boards_to_write() -> list[int]:
    """Boards held lately whose clerk was not told that the minutes are theirs to write."""
    rows = ProgressBoard.objects.filter(
        meeting__state="held", meeting__return_note="", meeting__entered_later=False,
        meeting__starts_at__date__lt=today(), meeting__starts_at__date__gte=today() - FOR,
        meeting__seats__role=Capacity.CLERK, meeting__seats__person__email__gt="",
    )  # fmt: skip
    return _untold("minutes_to_write", rows.values_list("pk", flat=True).distinct())


def outstanding(board: ProgressBoard, day: dt.date) -> list[str]:
    """What is not done at a school on the day it should be: answers to choose, papers to add."""
    meeting, found = board.meeting, []
    leaders, papers = meeting.deadline("leaders"), meeting.deadline("papers")
    if meeting.state != "issued" or meeting.day is None or day >= meeting.day:
        return []
    if leaders and leaders <= day and any(
        item.is_for_school and item.answered_by_id is None for item in meeting.items.all()
    ):  # fmt: skip
        found.append("leaders_outstanding")
    if papers and papers <= day and step(meeting, "papers") and not meeting.papers.all():
        found.append("papers_outstanding")
    return found


def schools_outstanding() -> list[int]:
    """Boards with something outstanding today of which the headteacher has not been told."""
    rows = ProgressBoard.objects.filter(
        meeting__state="issued", meeting__starts_at__date__gt=today()
    )
    boards = list(rows.with_meeting().prefetch_related("meeting__items", "meeting__papers"))
    named = {board.pk: outstanding(board, today()) for board in boards}
    found: set[int] = set()
    for template in OUTSTANDING:
        found.update(_untold(template, [pk for pk, names in named.items() if template in names]))
    return sorted(found)


def _untold(template: str, boards: Iterable[int]) -> list[int]:
    """Those boards of which no mail of this kind was written."""
    waiting = list(boards)
    if not waiting:
        return []
    sent = Mail.objects.filter(key__startswith=f"{template}:").values_list("key", flat=True)
    told = {int(key.split(":")[1]) for key in sent}
    return sorted(pk for pk in set(waiting) if pk not in told)


# -- weekly, to the Trust Board ----------------------------------------------------------------------


def week_key(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"minutes-final-week:{year}-{week:02d}"


def final_last_week(day: dt.date) -> list[ProgressBoard]:
    """The boards whose minutes became final in the week before this one, in the order of their schools."""
    monday = day - dt.timedelta(days=day.weekday())
    rows = ProgressBoard.objects.filter(
        meeting__state="final", meeting__entered_later=False,
        meeting__finalised_at__date__gte=monday - dt.timedelta(days=7),
        meeting__finalised_at__date__lt=monday,
    )  # fmt: skip
    return list(rows.select_related("meeting", "school").order_by("school__name", "pk"))


def trustees_to_tell() -> list[int]:
    """Members of the Trust Board who have not had this week's list, when there is one."""
    if not final_last_week(today()):
        return []
    posts = Post.objects.current(today()).filter(
        capacity=Capacity.TRUSTEE, school=None, person__email__gt=""
    )
    people = set(posts.values_list("person_id", flat=True))
    key = week_key(today())
    sent = Mail.objects.filter(key__startswith=f"{key}:").values_list("key", flat=True)
    told = {int(each.rpartition(":")[2]) for each in sent}
    return sorted(pk for pk in people - told if pk)
