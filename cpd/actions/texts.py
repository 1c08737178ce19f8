"""Typed text of the training room that several people write: nothing typed is lost to a later save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models

from cpd.rules import OF_SCHOOL
from trust.access import Actor, Conflict

M = TypeVar("M", bound=models.Model)


class Stale(Conflict):
    """Somebody saved since the page was opened; nothing was changed, and the typed text is still held."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody saved this since you opened it. Your text is still here: compare it with "
            "what stands now, and save again"
        )


class AtField(Conflict):
    """An answer that does not fit, with the name of its field."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def change_texts(
    row: M, fields: dict[str, Any], version: int, *, check: Callable[[M], None]
) -> bool:
    """Set the fields on a locked row with a `version` and save; False when they stand so already.

    Raises Stale when `version` is not the newest, and what `check` of the changed row raises.
    """
    new = {name: tidy(value) for name, value in fields.items()}
    if all(getattr(row, name) == value for name, value in new.items()):
        return False
    if row.version != version:  # type: ignore[attr-defined]
        raise Stale
    for name, value in new.items():
        setattr(row, name, value)
    check(row)
    row.version += 1  # type: ignore[attr-defined]
    row.save(update_fields=[*new, "version"])
    return True


def tidy(value: Any) -> Any:
    """Text with its ends trimmed and its lines ended one way, as browsers send them in two."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def standing(by: Actor, *school_ids: int) -> dict[str, Any]:
    """In which capacity somebody acts for a school, and for whom, as the audit keeps it."""
    held = next(filter(None, (by.posts.holding(*OF_SCHOOL, school=pk) for pk in school_ids)), None)
    if held is None:
        return {}
    return {"acted_as": str(held.capacity), "acted_for": held.for_person_id}
