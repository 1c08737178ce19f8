"""The form of one part of the settings, made from its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from trust.forms import HouseForm
from trust.preferences.parts import Part, Setting


class PartForm(HouseForm):
    """One field a setting, and the values it was opened with."""

    based_on = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, part: Part, data: QueryDict | None = None) -> None:
        self.part = part
        values = part.values
        self.base_fields = {s.name: _field(s) for s in part.settings} | self.base_fields
        initial = {s.name: _shown(s, values[s.name]) for s in part.settings}
        super().__init__(data, initial={**initial, "based_on": part.based_on()})

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for name, wrong in self.part.check(self.typed).items():
                self.add_error(name, wrong)
        for name in self.errors.keys() & self.fields.keys():
            self.fields[name].widget.attrs["class"] += " is-invalid"
        return self.cleaned_data

    @property
    def typed(self) -> dict[str, Any]:
        """The values as they are kept."""
        return {s.name: s.sign * self.cleaned_data[s.name] if not s.choices else self.cleaned_data[s.name]
                for s in self.part.settings}  # fmt: skip

    def renewed(self, part: Part) -> PartForm:
        """The same typed values over what is in force now, to be sent again."""
        data = self.data.copy()
        data["based_on"] = part.based_on()
        return PartForm(part, data)


def filled(part: Part, data: QueryDict) -> QueryDict:
    """What was sent; a preset, or one setting set back to its default, goes before what was typed."""
    kind, _, name = data.get("fill", "").partition(":")
    sent = data.copy()
    for setting in part.settings:
        for preset in part.presets:
            if (kind, name) == ("preset", preset.slug):
                sent[setting.name] = _shown(setting, preset.values[setting.name])
        if (kind, name) == ("default", setting.name):
            sent[setting.name] = _shown(setting, setting.default)
    return sent


@dataclass(frozen=True)
class SettingRow:
    """One line of the page."""

    setting: Setting
    field: forms.BoundField
    now: str
    beside: tuple[tuple[str, str], ...]
    """Each preset's value, or the default: title and words."""
    back_to: str
    """The default in words where another value is in force; "" where there is nothing to set back."""


def rows_of(part: Part, form: PartForm) -> list[SettingRow]:
    """The lines of a part's page."""
    values = part.values
    return [
        SettingRow(
            setting, form[setting.name], setting.words(values[setting.name]),
            tuple(_beside(part, setting)),
            setting.words(setting.default)
            if not part.presets and values[setting.name] != setting.default else "",
        )
        for setting in part.settings
    ]  # fmt: skip


def _beside(part: Part, setting: Setting) -> list[tuple[str, str]]:
    if part.presets:
        return [(p.title, setting.words(p.values[setting.name])) for p in part.presets]
    return [(part.default_title, setting.words(setting.default))]


def _shown(setting: Setting, value: Any) -> str:
    return str(value if setting.choices else setting.sign * value)


def _field(setting: Setting) -> forms.Field:
    if setting.choices:
        values = {str(value): value for value, _ in setting.choices}
        field: forms.Field = forms.TypedChoiceField(
            label=setting.label, help_text=setting.help, coerce=values.__getitem__,
            choices=[(str(value), words) for value, words in setting.choices],
        )  # fmt: skip
        field.widget.attrs["class"] = "form-select"
        return field
    bounds = f"{setting.label}: enter a whole number from {setting.least} to {setting.most}"
    field = forms.IntegerField(
        label=setting.label, help_text=setting.help, min_value=setting.least, max_value=setting.most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), bounds),
    )  # fmt: skip
    field.widget.attrs["class"] = "form-control"
    return field
