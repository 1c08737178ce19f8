"""What is typed for the annual report: recommendations and what became of them, corrections and answers, the signature."""

from __future__ import annotations

from typing import Any

from django import forms

from progress_boards.models import AnnualReport, Recommendation, ReportComment, ReportSection
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


class CommentReportForm(HouseForm):
    """A factual correction, from whoever checks the whole report."""

    section = forms.ModelChoiceField(
        ReportSection.objects.none(), label="Which part", required=False,
        empty_label="The report as a whole",
    )  # fmt: skip
    text = forms.CharField(
        label="What should be corrected",
        widget=forms.Textarea,
        help_text="What is wrong, and what is right. The Chair decides, and both are kept",
    )
    idempotency_key = IdempotencyField()
    form_tag = False

    def __init__(self, *args: Any, report: AnnualReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        field.queryset = report.sections.select_related("school").exclude(text="")  # type: ignore[attr-defined]
        field.label_from_instance = section_name  # type: ignore[attr-defined]


def section_name(section: ReportSection) -> str:
    """A section as it is called, a half page by its school."""
    return str(section.school or section.get_key_display())


class CommentPartForm(HouseForm):
    """A factual correction of the part on one school, from its head."""

    text = CommentReportForm.base_fields["text"]
    idempotency_key = IdempotencyField()
    form_tag = False


class AnswerReportCommentForm(HouseForm):
    """The Chair decides on one correction."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            ("accepted", "Accepted, and corrected in the report"),
            ("refused", "Not accepted"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", widget=forms.Textarea, required=False,
        help_text="Needed when a correction is not accepted",
    )  # fmt: skip
    form_tag = False

    @classmethod
    def prefix_of(cls, comment: ReportComment) -> str:
        return f"c{comment.pk}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "refused" and not data.get("reason", "").strip():
            self.add_error("reason", "Say why the correction is not accepted")
        return data


class FollowRecommendationForm(HouseForm):
    """What has become of a recommendation."""

    progress = forms.ChoiceField(
        label="How far it is",
        choices=[("", "Choose"), *((v, n) for v, n in Recommendation.Progress.choices if v)],
    )
    note = forms.CharField(
        label="In one or two sentences", widget=forms.Textarea, required=False,
        help_text="Next year’s report tells the last of these",
    )  # fmt: skip
    form_tag = False

    @classmethod
    def of(cls, recommendation: Recommendation) -> FollowRecommendationForm:
        """The form filled with how far the recommendation was said to be."""
        return cls(
            initial={"progress": recommendation.progress}, prefix=cls.prefix_of(recommendation)
        )

    @staticmethod
    def prefix_of(recommendation: Recommendation) -> str:
        return f"f{recommendation.pk}"


class ResponseForm(HouseForm):
    """The chief executive's response, under its version."""

    text = forms.CharField(
        label="Your response",
        widget=forms.Textarea(attrs={"rows": "10"}),
        required=False,
        help_text="It stands apart from the Chair’s words, under your name",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    form_tag = False
