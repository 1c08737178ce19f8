"""What is typed about the central fund: its amount, a part of it, a reason, a school's own budget."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from cpd.forms.purchases import pounds_field
from trust.forms import HouseForm


class AmountForm(HouseForm):
    """Pounds for a year: of the central fund, or of a school's training."""

    amount = pounds_field("Amount for the year, pounds")


class PartForm(HouseForm):
    """The part that the central fund is asked to pay."""

    amount = pounds_field("Part asked for, pounds", min_value=Decimal("0.01"))


class DeclineForm(HouseForm):
    """Why the central fund does not pay a part."""

    reason = forms.CharField(
        label="Reason", max_length=300,
        help_text="The school reads it. Its own decision on the training stays its own",
    )  # fmt: skip
