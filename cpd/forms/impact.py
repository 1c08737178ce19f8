"""What was seen at a review, and the verdict at the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpd.models import CpdRequest, ImpactReview
from trust.calendar import today
from trust.forms import HouseForm, IdempotencyField
from trust.uploads import ACCEPT, ALLOWED_WORDS, CleanUpload, check_upload

NO_NAMES = "No pupil and no member of staff by name"


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class UploadsField(forms.FileField):
    """Any number of files, each checked; its value is a list of CleanUpload."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFilesInput(attrs={"accept": ACCEPT, "multiple": True}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[CleanUpload]:
        return [check_upload(super(UploadsField, self).clean(each, initial)) for each in data or []]


class SeenField(forms.CharField):
    """Asked for like any other, and left empty only when it is too early to say: the form knows that."""

    def validate(self, value: str) -> None:
        return None


class ReviewForm(HouseForm):
    """One review's answer; the words are asked for unless it is too early to say."""

    outcome = forms.ChoiceField(
        label="Was it met?",
        choices=[c for c in ImpactReview.Outcome.choices if c[0]],
        widget=forms.RadioSelect,
    )
    evidence = SeenField(
        label="What was seen",
        help_text=f"What you looked at, and what it shows; empty only if it is too early to say. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
    measured = forms.CharField(
        label="The measure now",
        help_text="In the same words as the baseline, such as 58% of Year 2 pupils",
        required=False,
        max_length=300,
    )
    files = UploadsField(
        label="Evidence to attach",
        help_text=f"{ALLOWED_WORDS}, up to 20 MB each. {NO_NAMES}",
        required=False,
    )
    next_due = forms.DateField(
        label="When to ask again",
        help_text="Only if it is too early to say; without a day, in six weeks",
        required=False,
        widget=forms.DateInput,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    idempotency_key = IdempotencyField()

    def clean_seen(self) -> dt.datetime | None:
        """When the record was made that this one corrects."""
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def clean_next_due(self) -> dt.date | None:
        found: dt.date | None = self.cleaned_data["next_due"]
        if found is not None and found <= today():
            raise forms.ValidationError("Give a day after today for the next review")
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        said, words = typed.get("outcome"), (typed.get("evidence") or "").strip()
        if said and said != ImpactReview.Outcome.EARLY and not words:
            self.add_error("evidence", "Write what was seen")
        return typed


class VerdictForm(HouseForm):
    """What the school does next, and what it says of the provider."""

    verdict = forms.ChoiceField(
        label="What comes next?",
        choices=[c for c in CpdRequest.Verdict.choices if c[0]],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Why",
        help_text="Read by your school, the Chief Executive and the Director of School Improvement",
        required=False,
        widget=forms.Textarea,
    )
    would_use_again = forms.TypedChoiceField(
        label="Would you use the provider again?",
        choices=[("yes", "Yes"), ("no", "No"), ("", "No answer")],
        coerce=lambda said: {"yes": True, "no": False}.get(said),
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    provider_note = forms.CharField(
        label="A word on the provider",
        help_text="Every school reads it in the directory of providers",
        required=False,
        max_length=300,
    )
    idempotency_key = IdempotencyField()
