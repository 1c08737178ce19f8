"""What is typed into an agenda, and when and where a meeting is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from meetings.models import AgendaItem, Meeting
from trust.calendar import LONDON
from trust.forms import HouseForm, IdempotencyField


class ItemForm(HouseForm):
    """One item of an agenda: its title, what it asks and its minutes."""

    title = forms.CharField(
        max_length=120, help_text="Neutral, because everybody reads it; at most 120 characters"
    )
    question = forms.CharField(
        label="What it asks", required=False, widget=forms.Textarea, max_length=1500
    )
    minutes = forms.IntegerField(min_value=1, max_value=240, initial=10)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submit = "Save the item"

    @classmethod
    def of(cls, item: AgendaItem) -> ItemForm:
        """The form filled with an item as it is."""
        names = ("title", "question", "minutes", "version")
        return cls(initial={name: getattr(item, name) for name in names})


class OwnItemForm(ItemForm):
    """An item that somebody adds."""

    OFFERED = (
        AgendaItem.Type.BUSINESS,
        AgendaItem.Type.SUCCESS,
        AgendaItem.Type.IN_HAND,
        AgendaItem.Type.CLOSE,
    )
    type = forms.ChoiceField(
        label="Kind of item", choices=[(kind.value, kind.label) for kind in OFFERED]
    )
    idempotency_key = IdempotencyField()
    submit = "Add the item"
    field_order = ("type", "title", "question", "minutes")


class LateForm(OwnItemForm):
    """An item added after issue; it may take its minutes from another one."""

    OFFERED = (AgendaItem.Type.BUSINESS, AgendaItem.Type.SUCCESS)
    type = forms.ChoiceField(
        label="Kind of item", choices=[(kind.value, kind.label) for kind in OFFERED]
    )
    taken_from = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label="Its minutes come from",
        required=False,
        empty_label="No other item",
        help_text="Needed when the meeting is full",
    )
    submit = "Issue with this late item"
    field_order = ("type", "title", "question", "minutes", "taken_from")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken: Any = self.fields["taken_from"]
        taken.queryset = AgendaItem.objects.filter(meeting=meeting)
        taken.label_from_instance = lambda item: f"{item} ({item.minutes} minutes)"


class DateForm(HouseForm):
    """When and where a meeting is."""

    on = forms.DateField(label="Date")
    at = forms.TimeField(label="Starts at")
    is_online = forms.BooleanField(label="It is held online", required=False)
    place = forms.CharField(label="Place", required=False, max_length=120)
    link = forms.URLField(
        label="Link to join online", required=False, max_length=300, assume_scheme="https"
    )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """What the form begins with: the date there is."""
        first: dict[str, Any] = {"place": meeting.place, "is_online": meeting.is_online,
                                 "link": meeting.link}  # fmt: skip
        if meeting.starts_at:
            local = meeting.starts_at.astimezone(LONDON)
            first |= {"on": local.date(), "at": local.time()}
        return first

    @property
    def starts_at(self) -> dt.datetime:
        said = self.cleaned_data
        return dt.datetime.combine(said["on"], said["at"], tzinfo=LONDON)

    @property
    def where(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("place", "is_online", "link")}


class NotHeldForm(HouseForm):
    """Why a meeting is postponed or cancelled."""

    reason = forms.CharField(
        label="Reason", max_length=120, help_text="Name nobody and say nothing about a person"
    )
