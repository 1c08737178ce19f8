"""Input of the Strategy Group: its meeting's date, members' scores, the advice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cpd.models import Advice
from cpd.queries.group import live_meetings
from cpd.queries.group_cards import Card
from schools.queries import trust_calendar
from trust.calendar import LONDON, today
from trust.forms import HouseForm, IdempotencyField
from trust.models import HalfTerm
from trust.templatetags.eyeline import day

SCORES = [("", "No score"), ("4", "4, high"), ("3", "3"), ("2", "2"), ("1", "1, low")]


def _score(label: str, **kwargs: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=SCORES, coerce=int, empty_value=None, required=False, **kwargs
    )


class PlanForm(HouseForm):
    """When and where the Group meets; a day without school, and a second meeting, want a yes."""

    half_term = forms.ModelChoiceField(label="Half term", queryset=HalfTerm.objects.none())
    on = forms.DateField(label="Date")
    at = forms.TimeField(label="Starts at", initial=dt.time(13, 30))
    is_online = forms.BooleanField(label="It is held online", required=False, initial=True)
    place = forms.CharField(label="Place", required=False, max_length=120)
    link = forms.URLField(
        label="Link to join online", required=False, max_length=300, assume_scheme="https"
    )
    agreed = forms.BooleanField(label="Plan it all the same", required=False)
    idempotency_key = IdempotencyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = HalfTerm.objects.filter(ends_on__gte=today()).order_by("starts_on")
        field = self.fields["half_term"]
        field.queryset = coming  # type: ignore[attr-defined]
        taken = set(live_meetings().values_list("half_term", flat=True))
        free = [half for half in coming if half.pk not in taken]
        field.initial = free[0].pk if free else None
        self.warnings: list[str] = []

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        half, on = said.get("half_term"), said.get("on")
        if half and on:
            self._warn(half, on)
            if self.warnings and not said.get("agreed"):
                self.add_error(
                    "agreed", "Choose another date, or say that it is planned all the same"
                )
        if not said.get("is_online") and not said.get("place"):
            self.add_error("place", "Enter the place, or say that it is online")
        return said

    def _warn(self, half: HalfTerm, on: dt.date) -> None:
        if not half.starts_on <= on <= half.ends_on:
            self.warnings.append(
                f"{day(on)} is not in {half}, which is {day(half.starts_on)} to {day(half.ends_on)}"
            )
        elif not trust_calendar().is_school_day(on):
            self.warnings.append(f"{on:%A} {day(on)} is no school day")
        if live_meetings().filter(half_term=half).exists():
            self.warnings.append(f"The group has a meeting in {half} already")

    @property
    def starts_at(self) -> dt.datetime:
        said = self.cleaned_data
        return dt.datetime.combine(said["on"], said["at"], tzinfo=LONDON)

    @property
    def where(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("place", "is_online", "link")}


class OnCardForm(HouseForm):
    """A form on the card of like requests: each card's fields have ids of their own."""

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__[0].lower()}{card.pks[0]}_%s")
        super().__init__(*args, **kwargs)
        self.card = card


class AdviceForm(OnCardForm):
    """One of the five advices, for one school or several, with a note unless it is Support."""

    requests = forms.TypedMultipleChoiceField(
        label="Requests this advice is for", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a school that the advice is for"},
    )  # fmt: skip
    advice = forms.ChoiceField(
        label="Advice", choices=Advice.Words.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the five advices"},
    )  # fmt: skip
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text="What the group suggests, asks for or advises; only Support needs none",
    )  # fmt: skip
    impact = _score("Likely impact, as the group agreed")
    value = _score("Value for money, as the group agreed")
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        given = card.advised
        first: dict[str, Any] = {"requests": card.pks, "seen": card.seen}
        if given is not None:
            first |= {"advice": given.advice, "note": given.note}
        kwargs.setdefault("initial", first)
        super().__init__(*args, card=card, **kwargs)
        self.fields["requests"].choices = [  # type: ignore[attr-defined]
            (line.request.pk, f"{line.request.school}, {line.request.ref}") for line in card.lines
        ]
        self.fields["advice"].widget.attrs["class"] = "sr-input"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("advice") not in (None, Advice.Words.SUPPORT) and not said.get("note"):
            self.add_error("note", "Write the note: what the group suggests, asks for or advises")
        return said

    def versions(self, at: int) -> dict[int, int]:
        """By request, the version that was on the page: of itself (1), of its advice (2)."""
        rows = [part.split(":") for part in self.cleaned_data["seen"].split(",")]
        return {
            int(row[0]): int(row[at]) for row in rows if len(row) == 3 and all(map(str.isdecimal, row))
        }  # fmt: skip


class ScoreForm(OnCardForm):
    """A member's two scores, or the conflict of interest that they declare instead."""

    impact = _score("Likely impact on pupils")
    value = _score("Value for money")
    conflict = forms.CharField(
        label="Conflict of interest", required=False, max_length=300,
        help_text="Who declares one does not score",
    )  # fmt: skip

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        mine = card.scores.mine
        if mine is not None:
            kwargs.setdefault(
                "initial", {"impact": mine.impact, "value": mine.value, "conflict": mine.conflict}
            )
        super().__init__(*args, card=card, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("conflict"):
            for name in ("impact", "value"):
                if name in said and said[name] is None:
                    self.add_error(name, "Score it, 1 to 4, or declare a conflict of interest")
        return said
