"""What is typed in the directory of providers."""

from __future__ import annotations

from typing import Any

from cpd.models import Provider
from trust.forms import HouseModelForm


class ProviderForm(HouseModelForm):
    """One provider: what it offers and charges, its checks, its contract, its conflicts."""

    submit = "Save provider"

    class Meta:
        model = Provider
        fields = (
            "name", "contact", "expertise", "day_rate", "rates_note", "checks_seen_on",
            "contract_from", "contract_until", "conflicts",
        )  # fmt: skip
        labels = {
            "name": "Name", "contact": "Contact", "expertise": "What it offers",
            "day_rate": "Rate, £ a day", "rates_note": "Other rates",
            "checks_seen_on": "Safeguarding checks seen on", "contract_from": "Contract from",
            "contract_until": "Contract until", "conflicts": "Conflicts of interest",
        }  # fmt: skip
        help_texts = {
            "contact": "A work address or number of the organisation",
            "conflicts": "Such as a governor or a relative of a member of staff who works for it",
        }

    def clean(self) -> dict[str, Any]:
        """The contract ends after it starts, and the rate is no less than nought."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends, rate = (typed.get(n) for n in ("contract_from", "contract_until", "day_rate"))
        if begins and ends and ends < begins:
            self.add_error("contract_until", "The contract ends before it starts: change one of the dates")  # fmt: skip
        if rate is not None and rate < 0:
            self.add_error("day_rate", "A rate cannot be below £0")
        return typed

    def validate_unique(self) -> None:
        """The action says that a name is taken, in the words of the house."""

    def validate_constraints(self) -> None:
        """Said by `clean`, beside the field."""
