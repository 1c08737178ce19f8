"""What is typed about a Part B: a correction of it, and whom the Chief Executive lets read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from trust.forms import HouseForm
from trust.people.models import Person


class PartBCorrectionForm(HouseForm):
    """A proposed correction of a Part B."""

    text = forms.CharField(
        label="What should it say?",
        widget=forms.Textarea,
        max_length=4_000,
        help_text="Accuracy only. Only the readers of this Part B see it",
    )


class PartBGrantForm(HouseForm):
    """Who else may read a Part B, and why."""

    person = forms.ChoiceField(label="Who may read it")
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="Kept beside the name, not beside the text"
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [(pk, person.name) for pk, person in self.people.items()]
        self.fields["person"].choices = [("", "Choose a person"), *choices]
