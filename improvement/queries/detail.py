"""One priority: what it says, what serves it, and what points at it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.functions import Lower

from improvement.models import Priority
from improvement.queries.parts import Part, parts_of
from improvement.queries.register import lead_words, tag_of
from improvement.rules import may_edit_priority
from improvement.states import LIVE
from trust.access import Actor


@dataclass(frozen=True)
class Served:
    """A school's priority that serves this one."""

    priority: Priority
    tag: str
    icon: str
    lead: str


@dataclass(frozen=True)
class PriorityPage:
    """Everything that the page of one priority shows."""

    priority: Priority
    tag: str
    icon: str
    lead: str
    served_by: tuple[Served, ...]
    parts: tuple[Part, ...]
    may_edit: bool
    is_live: bool


def priority_page(priority: Priority, user: Actor) -> PriorityPage:
    """Read the page for one person; what they may not read is not fetched."""
    tag, icon = tag_of(priority)
    return PriorityPage(
        priority=priority,
        tag=tag,
        icon=icon,
        lead=lead_words(priority),
        served_by=tuple(_served(child) for child in _children(priority, user)),
        parts=parts_of(priority, user),
        may_edit=bool(may_edit_priority(user, priority)),
        is_live=priority.state in LIVE,
    )


def _children(priority: Priority, user: Actor) -> list[Priority]:
    if priority.school_id is not None:
        return []
    children = Priority.objects.visible_to(user).filter(parent=priority)
    return list(
        children.select_related("school", "lead").order_by(Lower("school__name"), "number", "pk")
    )


def _served(child: Priority) -> Served:
    tag, icon = tag_of(child)
    return Served(child, tag, icon, lead_words(child))
