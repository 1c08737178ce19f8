"""The only writer of AuditEvent (ADR 7)."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

from trust.access import Actor
from trust.calendar import now
from trust.models import AuditEvent

request_id: ContextVar[str] = ContextVar("request_id", default="")


def record(
    verb: str,
    obj: Model,
    *,
    by: Actor | None,
    acted_as: str = "",
    acted_for: int | None = None,
    **detail: Any,
) -> AuditEvent:
    """Write that somebody did something to an object, in the transaction of the act.

    `by` is None when the software acted. `detail` holds ids and words for the trail, never the
    text of a minute, a rationale or a reason about people.
    """
    event = _event(verb, obj, by, acted_as, acted_for, detail)
    event.save(force_insert=True)
    return event


def record_all(verb: str, done: Iterable[tuple[Model, dict[str, Any]]]) -> None:
    """Write that the software did the same to many objects, a row each with its detail, in one statement."""
    AuditEvent.objects.bulk_create(
        _event(verb, obj, None, "", None, detail) for obj, detail in done
    )


def _event(
    verb: str,
    obj: Model,
    by: Actor | None,
    acted_as: str,
    acted_for: int | None,
    detail: dict[str, Any],
) -> AuditEvent:
    return AuditEvent(
        at=now(),
        user_id=by.pk if by else None,
        person_id=by.person_id if by else None,
        acted_as=acted_as or ("" if by else "software"),
        acted_for_id=acted_for,
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        school_id=getattr(obj, "school_id", None),
        detail=detail,
        request_id=request_id.get(),
    )
