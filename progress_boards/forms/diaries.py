"""Input of a diary: days away, weekdays, days of the Trust Board."""

from __future__ import annotations

from typing import Any

from django import forms

from progress_boards.queries.diaries import WEEKDAYS
from trust.forms import HouseForm


class AwayForm(HouseForm):
    """Whole days on which somebody cannot come."""

    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(
        label="Last day", required=False, help_text="Leave it empty for a single day"
    )
    reason = forms.CharField(
        label="Reason", required=False, max_length=80,
        help_text="Read by whoever plans the year; nothing private",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["ends_on"] = said.get("ends_on") or said.get("starts_on")
        return said


class WeekdaysForm(HouseForm):
    """The weekdays on which somebody would rather come."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Weekdays you would rather have", required=False, coerce=int,
        choices=list(enumerate(WEEKDAYS)), widget=forms.CheckboxSelectMultiple,
        help_text="A wish: a date may still go against it",
    )  # fmt: skip


class TrustBoardForm(HouseForm):
    """A day on which the Trust Board or its standards committee meets."""

    day = forms.DateField(label="Day")
    name = forms.CharField(label="What meets", max_length=60, initial="Trust Board")
