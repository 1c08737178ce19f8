"""What is typed about an agenda: items, the Chair's note, papers."""

from __future__ import annotations

from typing import Any

from django import forms

from evidence.models import SchoolDocument
from meetings.forms import UploadField
from meetings.models import AgendaItem, Meeting
from progress_boards.actions.late import LEAST, MOST
from trust.forms import HouseForm, IdempotencyField


class ItemChoice(forms.ModelChoiceField):
    """One item of an agenda, named by its number, title and minutes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AgendaItem.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.order}. {obj.title} ({obj.minutes} min)"


def choose_from(form: HouseForm, name: str, meeting: Meeting, but: int = 0) -> None:
    """Offer the items of a meeting; first what is in hand, because it is there to be used."""
    field: Any = form.fields[name]
    field.queryset = meeting.items.exclude(pk=but).order_by("order")
    in_hand = (item for item in field.queryset if item.type == AgendaItem.Type.IN_HAND)
    first = next(in_hand, None)
    if first is not None:
        field.initial = first.pk


class ItemForm(HouseForm):
    """One item: its title, its line of enquiry and its minutes."""

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
    minutes = forms.IntegerField(
        min_value=1, max_value=60, initial=10, help_text=f"An enquiry has {LEAST} to {MOST}"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submit = "Save the item"

    def __init__(self, *args: Any, item: AgendaItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    @classmethod
    def of(cls, item: AgendaItem) -> ItemForm:
        """The form filled with an item as it is."""
        names = ("title", "question", "minutes", "version")
        return cls(initial={name: getattr(item, name) for name in names}, item=item)


class AmendForm(ItemForm):
    """One item of an issued agenda: the minutes it gains come from another, those it loses go there."""

    balance = ItemChoice(
        label="If its minutes change, they come from or go to",
        required=False,
        empty_label="No item",
    )
    field_order = ("title", "question", "minutes", "balance")
    submit = "Issue as a new version"

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        choose_from(self, "balance", item.meeting, but=item.pk)


class OwnItemForm(ItemForm):
    """An item that comes from no evidence."""

    type = forms.ChoiceField(
        label="Kind of item",
        choices=[
            (AgendaItem.Type.ENQUIRY, "Enquiry"),
            (AgendaItem.Type.SUCCESS, "Practice to share"),
        ],
    )
    idempotency_key = IdempotencyField()
    submit = "Add the item"
    field_order = ("type", "title", "question", "minutes")


class LateItemForm(OwnItemForm):
    """An item added after issue: the hour stays an hour, so another item gives it its minutes."""

    taken_from = ItemChoice(
        label="Its minutes come from", empty_label="Choose an item",
        error_messages={"required": "Choose the item whose minutes it takes"},
    )  # fmt: skip
    source = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("type", "title", "question", "minutes", "taken_from")
    submit = "Issue with this late item"

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "taken_from", meeting)
        self.fields["minutes"].initial = 5


class NoteForm(HouseForm):
    """A note with which something goes back."""

    note = forms.CharField(
        label="What should be looked at again", widget=forms.Textarea, max_length=2000
    )
    submit = "Return with this note"


class PaperForm(HouseForm):
    """A paper: a file, or a document the school has here already."""

    document = forms.ModelChoiceField(
        SchoolDocument.objects.none(),
        label="A document the school has here",
        required=False,
        empty_label="None",
    )
    file = UploadField(
        label="Or a file",
        required=False,
        help_text="About five sides at most. No pupil may be named in it",
    )
    idempotency_key = IdempotencyField()
    submit = "Add the paper"

    def __init__(self, *args: Any, school_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        documents: Any = self.fields["document"]
        documents.queryset = SchoolDocument.objects.filter(
            school=school_id, replaced_by__isnull=True
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned.get("file")) == bool(cleaned.get("document")):
            raise forms.ValidationError("Choose a file, or one of the school's documents")
        return cleaned
