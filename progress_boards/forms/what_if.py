"""What is supposed of a year: by school, and of schools that join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from progress_boards.queries.what_if import LEAVES, MOST_JOINING, TrustLine
from ratings.models import Band
from schools.models import School
from trust.calendar import today
from trust.forms import HouseForm


class LeavingForm(HouseForm):
    """The day on which a school would leave the trust."""

    leaves_on = forms.DateField(label="If the school leaves on")

    def clean_leaves_on(self) -> Any:
        day = self.cleaned_data["leaves_on"]
        if day < today():
            raise forms.ValidationError("Enter a date that is still to come")
        return day


class SupposeForm(HouseForm):
    """By school a rating, or that it leaves; how many join; from which day."""

    on = forms.DateField(label="From", required=False)
    joins = forms.TypedChoiceField(
        label="Schools that join", required=False, coerce=int, empty_value=0,
        choices=[(n, "None" if not n else str(n)) for n in range(MOST_JOINING + 1)],
    )  # fmt: skip

    def __init__(self, data: QueryDict, *, schools: Sequence[School]) -> None:
        """Take the schools of the year; what is not asked for is as now."""
        self.is_asked = any(data.get(name) for name in data if name != "year")
        first = {"on": today(), "joins": 0}
        super().__init__(data if self.is_asked else None, initial=first)
        options = [
            ("", "As it is now"),
            *((str(band.pk), band.name) for band in Band.objects.order_by("position")),
            (LEAVES, "Leaves"),
        ]
        self.schools = schools
        for school in schools:
            field = forms.ChoiceField(label=f"Suppose {school}", choices=options, required=False)
            self.fields[f"s{school.pk}"] = field
            self._dress(field)

    @property
    def supposition(self) -> dict[str, Any]:
        """What is supposed, as far as it can be read."""
        self.full_clean()
        said: dict[str, Any] = getattr(self, "cleaned_data", {})
        chosen = {s.pk: said.get(f"s{s.pk}") or "" for s in self.schools}
        return {
            "supposed": {key: value for key, value in chosen.items() if value},
            "joins": said.get("joins") or 0,
            "on": said.get("on"),
        }

    def rows(self, lines: Iterable[TrustLine]) -> list[tuple[TrustLine, BoundField]]:
        """Each school with its field."""
        return [(line, self[f"s{line.school.pk}"]) for line in lines]
