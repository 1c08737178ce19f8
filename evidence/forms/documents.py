"""A school document, a marked passage, the document's own judgement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from evidence.actions import DocumentFacts
from evidence.forms.uploads import UploadField
from evidence.models import DocumentKind, Indicator
from schools.models import School
from trust.calendar import today
from trust.forms import HouseForm, IdempotencyField


class DocumentForm(HouseForm):
    """A new document, or a newer version of one."""

    submit = "Add the document"
    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")
    kind = forms.ModelChoiceField(
        DocumentKind.objects.all(), to_field_name="slug", empty_label="Choose a kind"
    )
    title = forms.CharField(max_length=160)
    version_label = forms.CharField(
        label="Version", max_length=40, required=False, help_text="Such as Autumn 2026"
    )
    valid_from = forms.DateField(label="Holds from")
    valid_until = forms.DateField(label="Holds until", required=False)
    file = UploadField(help_text="PDF, Word, Excel, PowerPoint, picture or text, up to 20 MB")
    idempotency_key = IdempotencyField(required=False)

    def __init__(self, *args: Any, schools: QuerySet[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = schools
        if len(schools) == 1:
            field.empty_label = None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        start, end = typed.get("valid_from"), typed.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "Enter a date after the day it holds from")
        return typed

    def facts(self) -> DocumentFacts:
        typed = self.cleaned_data
        return DocumentFacts(
            typed["kind"],
            typed["title"],
            typed["valid_from"],
            typed["valid_until"],
            typed["version_label"],
        )


class PassageForm(HouseForm):
    """A passage to mark."""

    submit = "Mark the passage"
    page = forms.IntegerField(min_value=1, max_value=9_999, required=False)
    quote = forms.CharField(
        label="Words of the passage", max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), required=False, empty_label="None of these"
    )
    note = forms.CharField(label="Why it matters", max_length=300, required=False)
    take_to_board = forms.BooleanField(label="Take to Progress Board", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["indicator"]
        chosen.queryset = Indicator.objects.active(today())


class JudgementForm(HouseForm):
    """What the document itself judges of one indicator."""

    submit = "Enter the judgement"
    indicator = forms.ModelChoiceField(Indicator.objects.none(), empty_label="Choose an indicator")
    position = forms.TypedChoiceField(
        label="The document's own judgement",
        coerce=int,
        choices=[(1, "Best"), (2, "Middle"), (3, "Worst")],
        widget=forms.RadioSelect,
        help_text="As the school words it, placed on the trust's three steps",
    )
    page = forms.IntegerField(min_value=1, max_value=9_999, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["indicator"]
        chosen.queryset = Indicator.objects.active(today())
