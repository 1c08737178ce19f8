"""What is typed into a shared purchase: what is bought, who is asked, how many staff, the cost, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cpd.models import CpdRequest, Provider, PurchaseSchool, SharedPurchase
from schools.models import School
from trust.access import Actor, Capacity
from trust.calendar import today
from trust.forms import HouseForm

MOST_STAFF = 2000


def pounds_field(label: str, help_text: str = "", **kwargs: Any) -> forms.DecimalField:
    """Pounds and pence, never negative, never more than the column holds."""
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        max_digits=9,
        decimal_places=2,
        min_value=kwargs.pop("min_value", 0),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter pounds and pence, such as 1650 or 1650.50",
            "min_value": "Enter £%(limit_value)s or more",
            "max_digits": "Enter less than £10,000,000",
            "max_whole_digits": "Enter less than £10,000,000",
            "max_decimal_places": "Enter pounds and pence, such as 1650 or 1650.50",
        },
        **kwargs,
    )


def staff_field(*, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label="How many staff take part",
        min_value=1,
        max_value=MOST_STAFF,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter a whole number, such as 9",
            "min_value": "Enter how many staff will take part, 1 or more",
            "max_value": f"Enter {MOST_STAFF} or fewer",
            "required": "Enter how many staff will take part, 1 or more",
        },
    )


class _WhatIsBought(HouseForm):
    title = forms.CharField(label="What is bought", max_length=120)
    provider = forms.ModelChoiceField(
        Provider.objects.none(),
        label="Provider",
        required=False,
        empty_label="Not in the directory",
    )
    provider_name = forms.CharField(
        label="Provider, if not in the directory", max_length=120, required=False
    )
    quote = pounds_field(
        "Quote for all, pounds", "The price for all schools together", required=False
    )
    split = forms.ChoiceField(
        label="How it is shared",
        choices=SharedPurchase.Split.choices,
        widget=forms.RadioSelect,
        help_text="Pennies that cannot be shared are borne by the lead school, by name",
    )
    lead_school = forms.ModelChoiceField(
        School.objects.none(), label="Lead school", required=False, empty_label="Not named yet",
        help_text="It buys for all, and recharges the others",
    )  # fmt: skip
    note = forms.CharField(
        label="Note to the schools", required=False, max_length=2000, widget=forms.Textarea
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["provider"].queryset = Provider.objects.filter(retired_at__isnull=True)


class PurchaseForm(_WhatIsBought):
    """A new purchase: what, from whom, and which schools are asked beside those of the requests."""

    schools = forms.ModelMultipleChoiceField(
        School.objects.none(), label="Other schools that could join", required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Asking joins nobody: each headteacher answers for their own school",
    )  # fmt: skip
    field_order = (
        "title", "provider", "provider_name", "schools", "quote", "split", "lead_school", "note",
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None, *, requests: Sequence[CpdRequest], user: Actor
    ) -> None:
        super().__init__(data, initial=self._first(requests, user))
        schools = School.objects.in_trust(today()).by_name()
        own = [r.school_id for r in requests]
        self.fields["schools"].queryset = schools.exclude(pk__in=own)
        self.fields["lead_school"].queryset = schools

    @staticmethod
    def _first(requests: Sequence[CpdRequest], user: Actor) -> dict[str, Any]:
        """As the first request has it; a headteacher who opens it leads unless another school is named."""
        first = {"split": SharedPurchase.Split.HEAD}
        own = user.posts.schools(Capacity.HEAD) & {r.school_id for r in requests}
        if own:
            first["lead_school"] = min(own)
        if not requests:
            return first
        providers = {r.provider_id for r in requests}
        shared = providers.pop() if len(providers) == 1 else None
        name = "" if shared else next((r.provider_words for r in requests if r.provider_words), "")
        return first | {
            "title": requests[0].title, "provider": shared, "provider_name": name,
        }  # fmt: skip


class PurchaseEditForm(_WhatIsBought):
    """A purchase that is open, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Mapping[str, Any] | None, *, purchase: SharedPurchase) -> None:
        names = ("title", "provider", "provider_name", "quote", "split", "note", "version")
        kept = {name: getattr(purchase, name) for name in names}
        super().__init__(data, initial=kept | {"lead_school": purchase.lead_school_id})
        taking_part = purchase.schools.exclude(answer=PurchaseSchool.Answer.DECLINED)
        self.fields["lead_school"].queryset = School.objects.filter(
            pk__in=taking_part.values("school")
        ).by_name()
        if purchase.provider_id is not None:
            held = Provider.objects.filter(pk=purchase.provider_id)
            self.fields["provider"].queryset = held | self.fields["provider"].queryset

    def changes(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class JoinForm(HouseForm):
    """With how many staff a school joins."""

    staff = staff_field()

    def __init__(self, data: Mapping[str, Any] | None = None, *, place: PurchaseSchool) -> None:
        super().__init__(data, initial={"staff": place.staff or None}, auto_id=f"id_{place.pk}_%s")


class AskForm(HouseForm):
    """One more school to ask."""

    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")
    staff = staff_field(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, schools: Sequence[School]) -> None:
        super().__init__(data, auto_id="id_ask_%s")
        self.fields["school"].queryset = School.objects.filter(pk__in=[s.pk for s in schools])
        self.fields["school"].label = "School"


class BuyForm(HouseForm):
    """The final cost, and the shares that were seen before it was confirmed."""

    cost = pounds_field("What it costs in the end, pounds", "The invoice for all schools together")
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)


class DissolveForm(HouseForm):
    """Why a purchase is dissolved."""

    reason = forms.CharField(
        label="Why it is dissolved", max_length=300,
        help_text="The schools that joined read it, and decide anew about their own requests",
    )  # fmt: skip
