"""The register of actions: groups with their counts, overdue first, and the figures above it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, TruncDate

from meetings.models import Action, ActionUpdate
from meetings.queries import sources
from schools.models import School
from trust.access import Actor, Capacity
from trust.models import AcademicYear
from trust.people.models import User

ENDED = ("closed", "dropped", "superseded")
SOON = 14
"""Days ahead that count as soon due."""
STATUSES: dict[str, str] = {
    "open": "Open",
    "overdue": "Overdue",
    "done": "Done",
    "closed": "Closed",
}
SORTS: dict[str, tuple[str, ...]] = {
    "due": ("late_first", "done_first", "due_on", "pk"),
    "school": ("school__name", "due_on", "pk"),
    "owner": ("owner_first", "due_on", "pk"),
    "carried": ("-times_carried", "due_on", "pk"),
}
"""How the register may be ordered; by date it stands in groups, overdue first."""

SORTED = {"school": "By school", "owner": "By owner", "carried": "Carried most often first"}


class Median(Aggregate):
    """The middle of a column, as PostgreSQL has it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Filters:
    """What is asked of the register, as its address says."""

    status: str = "open"
    school: int | None = None
    owner: str = ""
    source: str = ""
    carried: str = ""
    sort: str = "due"


@dataclass(frozen=True)
class Row:
    """One action in the register."""

    action: Action
    source: str
    seen_on: dt.date | None
    late: str
    carried: str
    status: str
    tag: str


@dataclass(frozen=True)
class Group:
    title: str
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Counts:
    """The figures above the register."""

    open: int = 0
    overdue: int = 0
    overdue_schools: int = 0
    done: int = 0
    closed: int = 0
    closed_by_due: int = 0
    carried_twice: int = 0
    median: dt.timedelta | None = None
    """From the day an action was noted to the day it was closed, of those closed this year."""

    @property
    def median_days(self) -> str:
        if self.median is None:
            return "None yet"
        days = round(self.median / dt.timedelta(days=1))
        return f"{days} day{'' if days == 1 else 's'}"

    @property
    def share_by_due(self) -> str:
        return f"{round(100 * self.closed_by_due / self.closed)}%" if self.closed else "None yet"


def open_actions(school: School, today: dt.date) -> list[Action]:
    """What is open at a school, overdue first."""
    rows = Action.objects.open().filter(school=school).select_related("owner", "item", "meeting")
    return sorted(rows, key=lambda a: (a.due_on >= today, a.due_on, a.pk))


def seen_by(user: Actor) -> QuerySet[Action]:
    """The actions this person reads; a trustee's counts are over all that were read back."""
    return Action.objects.visible_to(user).exclude(state__in=("draft", "superseded"))


def counts(user: Actor, today: dt.date) -> Counts:
    """The figures, in one query; closed ones of this academic year. Trustees read counts of the whole trust."""
    rows = seen_by(user)
    if user.posts.is_trust_wide(Capacity.TRUSTEE):
        rows = Action.objects.exclude(state__in=("draft", "superseded"))
    year = AcademicYear.objects.filter(starts_on__lte=today, ends_on__gte=today)
    since = Coalesce(Subquery(year.values("starts_on")[:1]), dt.date(today.year, 1, 1))
    late = Q(state="open", due_on__lt=today)
    closed = Q(state="closed", closed_at__date__gte=since)
    found = rows.annotate(closed_day=TruncDate("closed_at")).aggregate(
        open=Count("pk", filter=Q(state__in=("open", "done"))),
        overdue=Count("pk", filter=late),
        overdue_schools=Count("school", filter=late, distinct=True),
        done=Count("pk", filter=Q(state="done")),
        closed=Count("pk", filter=closed),
        closed_by_due=Count("pk", filter=closed & Q(closed_day__lte=F("due_on"))),
        carried_twice=Count("pk", filter=Q(state__in=("open", "done"), times_carried__gte=2)),
        median=Median(_stood(), filter=closed),
    )
    return Counts(**found)


def _stood() -> ExpressionWrapper[Any]:
    """How long an action stood, from agreed to closed."""
    return ExpressionWrapper(F("closed_at") - F("created_at"), output_field=DurationField())


@dataclass(frozen=True)
class Choices:
    """What the register may be filtered by: the schools and the owners of the actions this person reads."""

    schools: tuple[tuple[int, str], ...]
    owners: tuple[str, ...]


def choices(user: User) -> Choices:
    """The schools and the posts that actions belong to, by name, in one query."""
    rows = seen_by(user).order_by().values_list("school_id", "school__name", "owner_role")
    found = list(rows.distinct())
    schools = {pk: name for pk, name, _ in found if pk}
    return Choices(
        tuple(sorted(schools.items(), key=lambda pair: pair[1].casefold())),
        tuple(sorted({role for _, _, role in found}, key=str.casefold)),
    )


def register(user: User, filters: Filters, today: dt.date) -> QuerySet[Action]:
    """The rows that the filters leave, as they are to be sorted: overdue first, then done, then by date."""
    rows = seen_by(user).select_related("school", "owner", *sources.related())
    rows = rows.filter(_status(filters.status, today))
    if filters.school:
        rows = rows.filter(school_id=filters.school)
    if filters.owner == "me":
        rows = rows.filter(owner_id=user.person_id or 0)
    elif filters.owner:
        rows = rows.filter(owner_role=filters.owner)
    if filters.carried == "twice":
        rows = rows.filter(times_carried__gte=2)
    rows = rows.filter(sources.where(filters.source))
    rank = Q(state="open", due_on__lt=today)
    return rows.annotate(
        is_followed=_said(), late_first=_flag(rank), done_first=_flag(Q(state="done")),
        owner_first=Lower("owner_role"),
    ).order_by(*SORTS[filters.sort])  # fmt: skip


def _said() -> Exists:
    return Exists(ActionUpdate.objects.filter(action=OuterRef("pk")))


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(0)), default=Value(1))


def _status(status: str, today: dt.date) -> Q:
    return {
        "overdue": Q(state="open", due_on__lt=today),
        "done": Q(state="done"),
        "closed": Q(state__in=("closed", "dropped")),
    }.get(status, Q(state__in=("open", "done")))


def groups(
    rows: list[Action], today: dt.date, totals: dict[str, int], sort: str = "due"
) -> list[Group]:
    """Rows of one page under their headings; each count is that of the whole list, not of the page.

    Sorted otherwise than by date they stand under one heading.
    """
    if sort != "due":
        shown = tuple(row_of(action, today) for action in rows)
        return [Group(SORTED[sort], sum(totals.values()), shown)] if shown else []
    made = [(group_of(action, today), row_of(action, today)) for action in rows]
    return [
        Group(title, totals.get(title, 0), tuple(row for _, row in members))
        for title, members in groupby(made, key=lambda pair: pair[0])
    ]


def totals_of(rows: QuerySet[Action], today: dt.date) -> dict[str, int]:
    """How many actions stand under each heading, in one query."""
    found: dict[str, int] = {}
    for state, due_on in rows.values_list("state", "due_on"):
        title = _group(state, due_on, today)
        found[title] = found.get(title, 0) + 1
    return found


def group_of(action: Action, today: dt.date) -> str:
    """The heading under which an action stands."""
    return _group(action.state, action.due_on, today)


def _group(state: str, due_on: dt.date, today: dt.date) -> str:
    if state in ENDED:
        return "Closed"
    if state == "done":
        return "Done, for the next meeting"
    if due_on < today:
        return "Overdue"
    soon = today + dt.timedelta(days=SOON)
    return f"Due by {soon.day} {soon:%B}" if due_on <= soon else "Later"


def row_of(action: Action, today: dt.date) -> Row:
    """One action as the register words it."""
    source, seen_on = sources.origin_of(action)
    return Row(
        action, source, seen_on, late_words(action, today), carried_words(action.times_carried),
        *status_words(action),
    )  # fmt: skip


def late_words(action: Action, today: dt.date) -> str:
    """How late an open action is, in words; "" when it is not."""
    if action.state != "open" or action.due_on >= today:
        return ""
    days = (today - action.due_on).days
    return f"{days} day{'' if days == 1 else 's'} overdue"


def carried_words(times: int) -> str:
    return {0: "No", 1: "Once", 2: "Twice"}.get(times, f"{times} times")


def status_words(action: Action) -> tuple[str, str]:
    """The word and the tag of an action's state."""
    return {
        "draft": ("Not yet read back", "doing"),
        "open": ("In progress", "doing")
        if getattr(action, "is_followed", False)
        else ("Open", "todo"),
        "done": ("Done", "done"),
        "closed": ("Closed", "done"),
        "dropped": ("Dropped", "plain"),
        "superseded": ("Superseded", "plain"),
    }[action.state]
