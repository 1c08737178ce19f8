"""What is ticked on the page that confirms a sharing, or a withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from progress_boards.queries.replanning import YearChange
from progress_boards.queries.sharing import ConfirmPage
from ratings.models import RatingAssessment
from trust.calendar import today
from trust.forms import HouseForm


def _slots(changes: Iterable[YearChange], which: str) -> list[tuple[str, str]]:
    return list({slot.key: slot.name for c in changes for slot in getattr(c, which)}.items())


class TicksForm(HouseForm):
    """The boards that go and those added at short notice: only what is on offer can be ticked."""

    removed = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Boards to remove"
    )
    by_agreement = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Boards agreed at short notice"
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        changes: Iterable[YearChange],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        changes = list(changes)
        super().__init__(data, initial=initial)
        for name, which in (("removed", "offered"), ("by_agreement", "short_notice")):
            field = cast("forms.MultipleChoiceField", self.fields[name])
            field.choices = _slots(changes, which)
            field.error_messages["invalid_choice"] = (
                "The boards have changed. Look at what is on offer now"
            )


class ShareForm(TicksForm):
    """When to share: empty for now."""

    share_on = forms.DateField(required=False, widget=forms.HiddenInput, label="Date to share")

    def clean_share_on(self) -> Any:
        day = self.cleaned_data["share_on"]
        if day is not None and day <= today():
            raise forms.ValidationError("Choose a date after today, or share now")
        return day


class ShareAllForm(HouseForm):
    """Which ratings are shared, each as it was read, and when."""

    chosen = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="Ratings to share",
        error_messages={
            "required": "Tick the ratings to share",
            "invalid_choice": "A rating has changed since. Read what is shared now",
        },
    )
    share_on = forms.DateField(
        required=False,
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control", "aria-describedby": "when-help"}
        ),
        label="Date to share",
        help_text="Empty: now",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, ready: Iterable[ConfirmPage]
    ) -> None:
        self.ready = {_as_read(page.assessment): page.assessment for page in ready}
        super().__init__(data, initial={"chosen": list(self.ready)})
        field = cast("forms.MultipleChoiceField", self.fields["chosen"])
        field.choices = [(key, str(each.school)) for key, each in self.ready.items()]

    def clean_share_on(self) -> Any:
        day = self.cleaned_data["share_on"]
        if day is not None and day <= today():
            raise forms.ValidationError("Choose a date after today, or leave it empty")
        return day

    @property
    def assessments(self) -> list[RatingAssessment]:
        """The ratings ticked."""
        return [self.ready[key] for key in self.cleaned_data["chosen"]]


def _as_read(assessment: RatingAssessment) -> str:
    """A rating in the version that stood on the page."""
    return f"{assessment.pk}-{assessment.version}"


class WithdrawForm(TicksForm):
    """Why a rating is withdrawn, and whether the boards go back to what they were."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why it is withdrawn",
        help_text="A rating is withdrawn only if it was entered in error. It stays in the audit and leaves every chart, count and report",
    )
    plan_back = forms.BooleanField(
        required=False, initial=True, label="Plan the boards as they would be without it"
    )
