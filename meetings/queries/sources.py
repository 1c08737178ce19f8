"""Where actions come from: meetings, visits, and what apps above add, such as a rating."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from meetings.models import Action

Origin = tuple[str, "dt.date | None"]


@dataclass(frozen=True)
class Source:
    """One kind of origin: its word in the filter, its condition, and how one action's origin reads."""

    label: str
    where: Q
    related: tuple[str, ...]
    """What the register reads with the actions, so that `origin` asks nothing."""
    origin: Callable[[Action], Origin | None]


def _of_meeting(action: Action) -> Origin | None:
    if action.meeting is None:
        return None
    return action.meeting.kind.name, action.meeting.day


def _of_visit(action: Action) -> Origin | None:
    if action.finding is None:
        return None
    visit = action.finding.visit
    return visit.kind.name, visit.visited_on


_sources: dict[str, Source] = {
    "meetings": Source(
        "Meetings", Q(meeting__isnull=False), ("meeting__kind", "item"), _of_meeting
    ),
    "visits": Source("Visits", Q(finding__isnull=False), ("finding__visit__kind",), _of_visit),
}


def register_source(
    key: str, label: str, *, relation: str, reads: str, origin: Callable[[Action], Origin | None]
) -> None:
    """Add what an app above raises actions from: `relation` is the reverse name of its row, `reads` what goes with it."""
    _sources[key] = Source(label, Q(**{f"{relation}__isnull": False}), (reads,), origin)


def labels() -> dict[str, str]:
    """The filter's choices; what none of them raised stands alone."""
    return {key: source.label for key, source in _sources.items()} | {"other": "Elsewhere"}


def related() -> tuple[str, ...]:
    """Everything to read with an action to say where it comes from."""
    return tuple(name for source in _sources.values() for name in source.related)


def where(key: str) -> Q:
    """The condition of one choice; an unknown one leaves everything."""
    if key in _sources:
        return _sources[key].where
    if key != "other":
        return Q()
    known = Q()
    for source in _sources.values():
        known |= source.where
    return ~known


def origin_of(action: Action) -> Origin:
    """Where an action comes from, and of which day; ("", None) when from nothing."""
    found = (source.origin(action) for source in _sources.values())
    return next((origin for origin in found if origin), ("", None))
