"""Forms over text that several people write: a refusal or a later save never loses what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from cpd.actions.texts import AtField, Stale, tidy
from trust.access import Conflict
from trust.forms import HouseForm, IdempotencyField


class TextForm(HouseForm):
    """A form whose action may refuse in words, beside the field where there is one."""

    idempotency_key = IdempotencyField(required=False)

    def refuse(self, conflict: Conflict) -> None:
        """Say why the action did not take what was typed; it stays in the form."""
        field = conflict.field if isinstance(conflict, AtField) else None
        self.add_error(field if field in self.fields else None, str(conflict))

    def typed(self) -> dict[str, Any]:
        """What was typed, by name, without the form's own hidden fields."""
        hidden = ("idempotency_key", "version")
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}


class VersionedForm(TextForm):
    """A form that knows which version it was opened on, and shows the newer text beside when it is stale."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    newer: list[tuple[str, str]]
    """Label and text of what now stands otherwise than typed."""

    def __init__(self, *args: Any, of: models.Model, **kwargs: Any) -> None:
        self.of = of
        names = [name for name in self.base_fields if hasattr(of, name)]
        kwargs["initial"] = {name: getattr(of, name) for name in names} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.newer = []

    def refuse(self, conflict: Conflict) -> None:
        super().refuse(conflict)
        if isinstance(conflict, Stale):
            self._show_newer()

    def _show_newer(self) -> None:
        """Go on from the newest version: saving again is then a choice made with both texts in sight."""
        self.of.refresh_from_db()
        self.data = self.data.copy()
        self.data["version"] = str(self.of.version)  # type: ignore[attr-defined]
        for name, value in self.typed().items():
            stands = getattr(self.of, name)
            if stands != tidy(value):
                self.newer.append((str(self[name].label), _words(stands)))


def _words(value: Any) -> str:
    return str(value) if value not in (None, "") else "Nothing"
