"""The list of priorities: the trust's own first, then each school's, for one academic year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower

from improvement.models import Priority
from improvement.rules import may_add_priority
from improvement.states import PRIORITY
from trust.access import Actor
from trust.models import AcademicYear

MANY = 5
"""Three to five priorities are what a school can follow; more is said, not forbidden."""
OF_TRUST = "trust"
TAGS: dict[str, str] = {
    "not_started": "todo",
    "on_track": "doing",
    "at_risk": "you",
    "off_track": "late",
    "met": "done",
    "stopped": "plain",
}
ICONS: dict[str, str] = {"at_risk": "triangle-alert", "off_track": "circle-alert"}
STATUSES: dict[str, str] = {"live": "Being worked on", **PRIORITY.states}


@dataclass(frozen=True)
class Filters:
    """What is asked of the list, as its address says; `school` is "trust", a key, or "" for all."""

    year: AcademicYear | None
    school: str = ""
    status: str = ""

    @property
    def school_id(self) -> int | None:
        return int(self.school) if self.school.isdecimal() else None


@dataclass(frozen=True)
class Row:
    """One priority in the list, with the acts its reader has."""

    priority: Priority
    tag: str
    icon: str
    lead: str
    up: bool = False
    down: bool = False


@dataclass(frozen=True)
class Group:
    """The trust or a school with its priorities, and what is said when there are many."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""


def tag_of(priority: Priority) -> tuple[str, str]:
    """The kind of the status tag, and its icon where the kind has none of its own."""
    return TAGS[priority.state], ICONS.get(priority.state, "")


def lead_words(priority: Priority) -> str:
    """Who leads it: the post and the name, as far as they are known."""
    name = priority.lead.name if priority.lead else ""
    return ", ".join(filter(None, (priority.lead_role, name)))


def listed(user: Actor, filters: Filters) -> QuerySet[Priority]:
    """The priorities that the filters leave, the trust's first, then by school and number."""
    rows = Priority.objects.visible_to(user).filter(academic_year=filters.year)
    if filters.school == OF_TRUST:
        rows = rows.filter(school=None)
    elif filters.school:
        rows = rows.filter(school=filters.school_id)
    if filters.status == "live":
        rows = rows.live()
    elif filters.status:
        rows = rows.filter(state=filters.status)
    return rows.select_related("school", "lead", "parent").order_by(
        Lower("school__name").asc(nulls_first=True), "school", "number", "pk"
    )


def numbers(user: Actor, year: AcademicYear | None) -> dict[int | None, int]:
    """How many priorities of the year each place has that it did not stop, in one query."""
    rows = Priority.objects.visible_to(user).filter(academic_year=year).exclude(state="stopped")
    found = rows.order_by().values("school").annotate(number=Count("pk"))
    return {row["school"]: row["number"] for row in found}


def many_words(number: int) -> str:
    """What is said of a school with more than five priorities; nothing of one with fewer."""
    return f"{number} priorities: three to five are usual" if number > MANY else ""


def groups(
    priorities: Iterable[Priority],
    user: Actor,
    counted: dict[int | None, int],
    *,
    is_whole: bool = True,
) -> list[Group]:
    """One page's priorities by place; they can be moved where the whole of a place is shown."""
    made = []
    for school, members in groupby(priorities, key=lambda p: p.school):
        rows = list(members)
        key = school.pk if school else None
        moves = is_whole and bool(may_add_priority(user, key))
        made.append(
            Group(
                title=school.name if school else "The trust",
                rows=tuple(_row(p, place, len(rows), moves) for place, p in enumerate(rows)),
                note=many_words(counted.get(key, 0)) if key else "",
            )
        )
    return made


def _row(priority: Priority, place: int, of: int, moves: bool) -> Row:
    tag, icon = tag_of(priority)
    return Row(
        priority, tag, icon, lead_words(priority), moves and place > 0, moves and place < of - 1
    )
