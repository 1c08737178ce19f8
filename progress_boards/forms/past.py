"""Input of a board held before the software: which it was, when, who was there, its minutes, what is open."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms

from meetings.models import Seat
from progress_boards.actions.past import PastAction
from progress_boards.defaults import SEATS
from schools.models import School
from trust.access import CAPACITY_NAMES
from trust.forms import HouseForm
from trust.models import HalfTerm
from trust.people.models import Person
from trust.uploads import CleanUpload, FileRefused, check_upload


class WhichBoardForm(HouseForm):
    """The school and the half term of a board held before."""

    school = forms.ModelChoiceField(
        label="School", queryset=School.objects.none(), empty_label="Choose a school"
    )
    half_term = forms.ModelChoiceField(
        label="Half term", queryset=HalfTerm.objects.none(), empty_label="Choose a half term"
    )

    def __init__(self, *args: Any, schools: Any, half_terms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[School]", self.fields["school"]).queryset = schools
        half_term = cast("forms.ModelChoiceField[HalfTerm]", self.fields["half_term"])
        half_term.queryset = half_terms
        half_term.label_from_instance = lambda h: f"{h}, {h.term.academic_year}"  # type: ignore[method-assign, assignment]


class PastBoardForm(HouseForm):
    """When it was, who was there, its minutes."""

    on = forms.DateField(label="Date")
    at = forms.TimeField(label="Started at")
    minutes = forms.FileField(
        label="Minutes", required=False, help_text="PDF or Word, up to 20 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx"}),
    )  # fmt: skip

    def __init__(self, *args: Any, holders: dict[str, Person | None], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"at": dt.time(9, 30)})
        super().__init__(*args, **kwargs)
        everybody = Person.objects.all()
        for role in SEATS:
            name = CAPACITY_NAMES[role]
            self.fields[f"{role}_person"] = forms.ModelChoiceField(
                label=name, queryset=everybody, required=False, initial=holders.get(role),
                empty_label="Nobody, or not known",
            )  # fmt: skip
            self.fields[f"{role}_attended"] = forms.ChoiceField(
                label=f"{name}: attendance", choices=Seat.Attendance.choices, required=False,
                initial=Seat.Attendance.PRESENT,
            )  # fmt: skip
            for each in (f"{role}_person", f"{role}_attended"):
                self._dress(self.fields[each])

    def clean_minutes(self) -> CleanUpload | None:
        file = self.cleaned_data.get("minutes")
        if not file:
            return None
        clean = check_upload(file)
        if clean.extension not in ("pdf", "docx"):
            raise FileRefused(f"“{clean.name}” cannot be taken. Choose a PDF or Word file")
        return clean

    @property
    def attendance(self) -> dict[str, tuple[Person | None, str]]:
        said = self.cleaned_data
        return {
            role: (
                said[f"{role}_person"],
                said[f"{role}_attended"] if said[f"{role}_person"] else "",
            )
            for role in SEATS
        }

    def seats(self) -> list[tuple[Any, Any]]:
        """Each role's two fields, side by side."""
        return [(self[f"{role}_person"], self[f"{role}_attended"]) for role in SEATS]


class PastActionForm(HouseForm):
    """One action still open; an empty row is no action."""

    text = forms.CharField(label="Action", required=False, widget=forms.Textarea)
    owner_role = forms.CharField(label="Post that owns it", required=False, max_length=80)
    due_on = forms.DateField(label="Due", required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if any(said.values()) and not self.errors:
            for name, words in (
                ("text", "Enter the action"), ("owner_role", "Enter whose it is"),
                ("due_on", "Enter when it is due"),
            ):  # fmt: skip
                if not said.get(name):
                    self.add_error(name, words)
        return said

    @property
    def action(self) -> PastAction | None:
        said = self.cleaned_data
        if not said.get("text"):
            return None
        return PastAction(said["text"], said["owner_role"], said["due_on"])
