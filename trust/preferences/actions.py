"""A change of settings: checked, kept and audited with what was before."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from trust.access import Actor, Conflict, require
from trust.audit import record
from trust.preferences.parts import Part, Values
from trust.preferences.rules import may_change_settings


class SettingsChanged(Conflict):
    """Somebody else changed the part after it was opened; `part` holds what is in force now."""

    def __init__(self, part: Part, changed: Values) -> None:
        super().__init__(
            "Somebody else changed these settings after you opened the page. "
            f"Now it is {'; '.join(part.said(changed))}. Save again to put yours in place"
        )
        self.part = part


def change_settings(part: Part, values: Values, *, based_on: str, by: Actor) -> dict[str, Any]:
    """Set what differs from what is in force; returns it, empty when there was nothing to do.

    `based_on` is the part's own when its form was opened. Raises SettingsChanged when it is no longer so, and
    Conflict for values that do not go together.
    """
    with transaction.atomic():
        require(may_change_settings(by, part.row))
        rows = type(part.row)._default_manager.select_for_update()
        row = rows.filter(pk=part.row.pk).first()
        if row is None:
            raise Conflict("The trust is not set up yet")
        held = part.of(row)
        was = held.values
        changed = {name: value for name, value in values.items() if was[name] != value}
        if not changed:
            return {}
        if since := held.since(based_on):
            raise SettingsChanged(held, since)
        for wrong in held.check({**was, **changed}).values():
            raise Conflict(wrong)
        row.save(update_fields=held.put(changed))
        record(
            "change_settings", row, by=by, part=part.slug,
            changes={name: {"was": was[name], "now": value} for name, value in changed.items()},
        )  # fmt: skip
    return changed
