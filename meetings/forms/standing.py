"""What is typed about a standing item."""

from __future__ import annotations

from typing import Any

from django import forms

from meetings.models import AgendaItem, StandingItem
from trust.forms import HouseForm, IdempotencyField
from trust.models import HalfTerm

TYPES = (AgendaItem.Type.ENQUIRY, AgendaItem.Type.SUCCESS, AgendaItem.Type.BUSINESS)
FIELDS = ("title", "question", "type", "minutes", "place", "half_terms")


class StandingForm(HouseForm):
    """A standing item: its words, its minutes, where it stands and in which half terms."""

    title = forms.CharField(
        max_length=120, help_text="Neutral, because everybody reads it; at most 120 characters"
    )
    question = forms.CharField(
        label="Line of enquiry",
        required=False,
        widget=forms.Textarea,
        help_text="One to three questions",
        max_length=1500,
    )
    type = forms.ChoiceField(
        label="Kind of item",
        choices=[(kind.value, kind.label) for kind in TYPES],
        help_text="Somebody is chosen to answer an enquiry or to share practice; an item is nobody's own",
    )
    minutes = forms.IntegerField(min_value=1, max_value=30, initial=5)
    place = forms.ChoiceField(
        label="Where it stands", choices=StandingItem.Place.choices, initial=StandingItem.Place.LAST
    )
    half_terms = forms.MultipleChoiceField(
        label="Only in these half terms",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: in every half term",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    idempotency_key = IdempotencyField()
    submit = "Save the standing item"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(HalfTerm.objects.order_by("starts_on").values_list("order", "name"))
        half_terms: Any = self.fields["half_terms"]
        half_terms.choices = [(n, names.get(n, f"Half term {n}")) for n in range(1, 7)]

    @classmethod
    def of(cls, item: StandingItem) -> StandingForm:
        """The form filled with an item as it is."""
        return cls(initial={name: getattr(item, name) for name in (*FIELDS, "version")})

    def fields_of(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in FIELDS}
