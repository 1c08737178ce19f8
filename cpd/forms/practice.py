"""Writing a practice card, and posting an offer or a need."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from cpd.forms.texts import TextForm, VersionedForm
from cpd.models import PracticeNotice
from cpd.queries.practice import own_schools
from evidence.models import Indicator
from schools.models import School
from trust.access import Actor
from trust.calendar import today

NOBODY = "Name no pupil and no member of staff: say roles, such as the Year 4 teachers"


def indicator_field() -> Any:
    return forms.ModelChoiceField(
        Indicator.objects.none(), required=False, empty_label="None in particular"
    )


class _Indicators(forms.BaseForm):
    """Offers the indicators in use, and the writer's own schools where there are several."""

    def offer(self, user: Actor | None = None) -> None:
        field = cast("forms.ModelChoiceField[Indicator]", self.fields["indicator"])
        field.queryset = Indicator.objects.active(today())
        if user is not None:
            school = cast("forms.ModelChoiceField[School]", self.fields["school"])
            own = own_schools(user)
            school.queryset = own
            if len(own) == 1:
                school.empty_label = None
                school.initial = own[0].pk
                school.widget = forms.HiddenInput()


class CardWords(forms.Form):
    """What a card says."""

    title = forms.CharField(max_length=120, help_text="What it is, in a few words")
    what = forms.CharField(
        label="What we do", widget=forms.Textarea(attrs={"rows": "6"}), help_text=NOBODY
    )
    effect = forms.CharField(
        label="What pupils gained, and how we know",
        widget=forms.Textarea(attrs={"rows": "4"}), required=False,
    )  # fmt: skip
    conditions = forms.CharField(
        label="What it needs to work elsewhere", widget=forms.Textarea, required=False,
        help_text="Time, training, materials, and what would make it fail",
    )  # fmt: skip
    indicator = indicator_field()
    contact_role = forms.CharField(
        label="Whom to ask", max_length=80, required=False,
        help_text="A role, such as English lead; never a name",
    )  # fmt: skip
    seen_on = forms.DateField(label="Seen on", required=False)
    seen_by = forms.CharField(
        label="How it was seen", max_length=160, required=False,
        help_text="Such as “Seen by the peer review of 13 October 2026”; no names",
    )  # fmt: skip

    def clean_seen_on(self) -> Any:
        seen_on = self.cleaned_data["seen_on"]
        if seen_on and seen_on > today():
            raise forms.ValidationError("This day is still to come: enter the day it was seen")
        return seen_on


class NewCardForm(_Indicators, TextForm, CardWords):
    """A new card, in draft until it is shared."""

    submit = "Save as a draft"
    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")
    field_order = ["school"]

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(user)


class CardForm(_Indicators, VersionedForm, CardWords):
    """A card's text, under the version check."""

    submit = "Save the card"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()


class NoticeForm(_Indicators, TextForm):
    """What a school can offer, or would like to gain."""

    submit = "Post it"
    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")
    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            (PracticeNotice.Kind.OFFER, "We can offer this to another school"),
            (PracticeNotice.Kind.NEED, "We would like to gain this from another school"),
        ],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(max_length=120, help_text="What it is about, in a few words")
    words = forms.CharField(
        label="More about it", widget=forms.Textarea, required=False, help_text=NOBODY
    )
    indicator = indicator_field()

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(user)
