"""What waits for whom, and what the software must do by itself: two registries (ADR 3, ADR 8)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from trust.access import Actor
from trust.calendar import today

log = logging.getLogger("eyeline.work")
CHANNEL = "eyeline_work"


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for one person: what, why, by when, and the one button."""

    key: str
    title: str
    """Verb first, such as "Choose who answers 2 items"."""
    why: str
    url: str
    button: str
    due: dt.date | None = None
    school: str = ""
    icon: str = "circle-dot"
    is_late: bool = False

    @property
    def lateness(self) -> str:
        """How late it is in words, such as "Overdue by 6 days"; empty while it is in time."""
        if not self.is_late:
            return ""
        days = (today() - self.due).days if self.due else 0
        return f"Overdue by {days} day{'' if days == 1 else 's'}" if days > 0 else "Overdue"


WorkFor = Callable[[Any, dt.date], Iterable[WorkItem]]
_work_for: list[WorkFor] = []


def register_work(function: WorkFor) -> WorkFor:
    """Add an app's `work_for(user, today)` to the registry."""
    if function not in _work_for:
        _work_for.append(function)
    return function


def work_for(user: Actor, today: dt.date) -> list[WorkItem]:
    """Everything that waits for this person: late first, then soonest, undated last."""
    items = [item for function in _work_for for item in function(user, today)]
    return sorted(items, key=lambda i: (not i.is_late, i.due or dt.date.max, i.school, i.title))


@dataclass(frozen=True)
class Due:
    """One kind of background work: how to find what is due by its state, and how to do one."""

    name: str
    find: Callable[[], Iterable[int]]
    run: Callable[[int], object]


_due: dict[str, Due] = {}


def register_due(
    name: str, *, find: Callable[[], Iterable[int]], run: Callable[[int], object]
) -> None:
    """Add a kind of background work; a second registration of the name replaces the first."""
    _due[name] = Due(name, find, run)


def due_kinds() -> list[Due]:
    return list(_due.values())


def ring(name: str, pk: int) -> None:
    """Ring the doorbell after commit; losing the ring loses nothing, because the sweep finds the row."""
    transaction.on_commit(partial(_ring, name, pk), robust=True)


def _ring(name: str, pk: int) -> None:
    if settings.CELERY_BROKER_URL:
        try:
            current_app.send_task("eyeline.run_one", (name, pk), expires=300, retry=False)
        except Exception:  # noqa: BLE001 - any broker fault: the sweep will find the row
            log.warning("doorbell not heard for %s %s", name, pk)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{name}:{pk}"])


def run_one(name: str, pk: int) -> None:
    """Do one piece of due work; whatever goes wrong is logged and tried again by the next sweep."""
    try:
        _due[name].run(pk)
    except Exception:
        log.exception("background work %s %s failed", name, pk)


def found(kind: Due) -> list[int]:
    """What is due of one kind; a kind that cannot look is logged, and stops no other kind."""
    try:
        return list(kind.find())
    except Exception:
        log.exception("looking for background work %s failed", kind.name)
        return []


def run_due_work() -> int:
    """Do everything that is due, in this process, and say how many pieces there were."""
    done = 0
    for kind in due_kinds():
        for pk in found(kind):
            run_one(kind.name, pk)
            done += 1
    return done
