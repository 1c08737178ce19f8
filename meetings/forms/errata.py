"""What is typed beside final minutes: an erratum, and what a redacted copy leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from meetings.models import AgendaItem
from meetings.redaction import read_words
from trust.forms import HouseForm


class ErratumForm(HouseForm):
    """A mistake in final minutes."""

    item = forms.ChoiceField(label="Where", required=False)
    text = forms.CharField(
        label="What the minutes say, and what they should say",
        widget=forms.Textarea,
        max_length=2_000,
        help_text="Everybody who reads the minutes reads this too. Roles, not names",
    )
    reason = forms.CharField(label="How the mistake was found", max_length=300)

    def __init__(self, *args: Any, items: Iterable[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        named = [(pk, f"{item.order}. {item.title}") for pk, item in self.items.items()]
        self.fields["item"].choices = [("", "The minutes as a whole"), *named]


class RedactForm(HouseForm):
    """Under what a copy was asked for, and what else is left out."""

    UNDER = (
        ("articles", "The trust’s articles: minutes open to inspection"),
        ("foi", "The Freedom of Information Act"),
        ("subject_access", "A subject access request"),
    )
    under = forms.ChoiceField(label="Asked for under", choices=[("", "Choose one"), *UNDER])
    words = forms.CharField(
        label="What else is replaced",
        required=False,
        widget=forms.Textarea,
        max_length=4_000,
        help_text="One a line, such as: Mrs Bell = a teacher",
    )

    def clean_words(self) -> dict[str, str]:
        found, strange = read_words(self.cleaned_data["words"])
        if strange:
            raise forms.ValidationError(
                f"Write “name = role” on each line. This is none: {strange[0]}"
            )
        return found
