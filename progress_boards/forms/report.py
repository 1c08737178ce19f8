"""What is typed for the annual report: recommendations and the signature."""

from __future__ import annotations

from typing import Any

from django import forms

from progress_boards.models import Recommendation
from trust.forms import HouseForm, IdempotencyField


class RecommendationForm(HouseForm):
    """One recommendation to the Trust Board."""

    text = forms.CharField(
        label="Recommendation", widget=forms.Textarea, help_text="One thing the Trust Board can do"
    )
    owner = forms.CharField(label="Owner proposed", max_length=120, required=False)
    by_when = forms.DateField(label="By when", required=False)
    form_tag = False

    @classmethod
    def of(cls, recommendation: Recommendation) -> RecommendationForm:
        """The form filled with a recommendation as it is."""
        initial = {
            "text": recommendation.text,
            "owner": recommendation.owner,
            "by_when": recommendation.by_when,
        }
        return cls(initial=initial, prefix=cls.prefix_of(recommendation))

    @staticmethod
    def prefix_of(recommendation: Recommendation) -> str:
        return f"r{recommendation.pk}"

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        return {name: self.cleaned_data[name] for name in ("text", "owner", "by_when")}


class NewRecommendationForm(RecommendationForm):
    """The form under the list, taken once."""

    idempotency_key = IdempotencyField()


class SignReportForm(HouseForm):
    """The typed name is the confirmation."""

    typed_name = forms.CharField(
        label="Type your name to sign", max_length=120, help_text="As you are named here"
    )
    form_tag = False
