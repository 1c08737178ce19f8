"""Buying once: how the cost of a purchase is shared, and what stands in the way of buying it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal

from cpd.models import CpdRequest, PurchaseSchool, SharedPurchase
from cpd.recharge import NOTHING, Parts, Share, part, split

JOINED = PurchaseSchool.Answer.JOINED
DECLINED = PurchaseSchool.Answer.DECLINED


def weights_of(purchase: SharedPurchase, places: Iterable[PurchaseSchool]) -> dict[int, int]:
    """By what each school's share is measured: its staff taking part, itself, or its pupils on roll."""
    ways = SharedPurchase.Split
    if purchase.split == ways.SCHOOL:
        return {place.school_id: 1 for place in places}
    if purchase.split == ways.ROLL:
        return {place.school_id: place.school.pupils or 0 for place in places}
    return {place.school_id: place.staff for place in places}


def trouble_with_split(purchase: SharedPurchase, places: Sequence[PurchaseSchool]) -> str:
    """Why the cost cannot be shared as the purchase says, in words; "" when it can."""
    if purchase.split == SharedPurchase.Split.ROLL:
        absent = [str(p.school) for p in places if not p.school.pupils]
        if absent:
            return f"No pupils on roll are known for {listed(absent)}, so the cost cannot be shared by roll"
    if places and not sum(weights_of(purchase, places).values()):
        return "No school has said how many staff take part, so the cost cannot be shared by head"
    return ""


def trouble_with_buying(purchase: SharedPurchase, joined: Sequence[PurchaseSchool]) -> str:
    """Why it cannot be bought as it stands, in words; "" when it can."""
    if purchase.lead_school_id is None:
        return "Name a lead school first: nobody buys for the others yet"
    if purchase.lead_school_id not in {place.school_id for place in joined}:
        return f"{purchase.lead_school} leads and has not joined: it joins, or another school leads"
    if len(joined) < 2:
        return "Only one school has joined, so there is nothing to share"
    return trouble_with_split(purchase, joined)


def shares_of(
    purchase: SharedPurchase, joined: Sequence[PurchaseSchool], cost: Decimal
) -> dict[int, Share]:
    """What each school that joined pays; the lead school bears the pennies that cannot be shared."""
    lead = purchase.lead_school_id
    if lead is None:
        raise ValueError("No lead school bears the remainder")
    return split(cost, weights_of(purchase, joined), lead)


def parts_of(
    purchase: SharedPurchase, places: Sequence[PurchaseSchool], cost: Decimal | None
) -> Parts | None:
    """The whole pennies of each and what is over, or None while there is nothing to share or no way to."""
    if cost is None or not places or trouble_with_split(purchase, places):
        return None
    return part(cost, weights_of(purchase, places))


def apart_of(request: CpdRequest | None) -> Decimal:
    """What a school would have paid a provider on its own: cover and travel are its own either way."""
    return request.fee + request.materials if request is not None else NOTHING


def apart_in_all(places: Iterable[PurchaseSchool]) -> Decimal:
    """What the schools' own requests would have paid providers."""
    return sum((apart_of(place.request) for place in places), NOTHING)


def fingerprint(shares: dict[int, Share]) -> str:
    """Equal for equal shares: what a buyer was shown is what is bought."""
    words = ";".join(f"{key}:{shares[key].amount:.2f}" for key in sorted(shares))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def listed(names: Sequence[str]) -> str:
    """A, B and C."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
