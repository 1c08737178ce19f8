"""How the cost of one purchase is shared among schools: pure, in whole pennies, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PENNY = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Share:
    """What one school pays, and how much of it is the pennies that could not be shared."""

    amount: Decimal
    """With the remainder."""
    remainder: Decimal = NOTHING


@dataclass(frozen=True)
class Parts:
    """The whole pennies of each, and what is over."""

    amounts: dict[int, Decimal]
    over: Decimal


def part(cost: Decimal, weights: Mapping[int, int]) -> Parts:
    """Each one's part of a cost in proportion to its weight, rounded down to the penny, and what is over.

    What is over is less than a penny a school. Raises ValueError for a cost that is negative or finer than
    a penny, for a negative weight, and when no weight is above zero: there is nothing to share by.
    """
    if cost < 0 or cost != cost.quantize(PENNY):
        raise ValueError("A cost is pounds and whole pennies, never negative")
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("A weight is never negative")
    whole = sum(weights.values())
    if not whole:
        raise ValueError("Nothing to share by: every weight is zero")
    pennies = int(cost * 100)
    shared = {key: pennies * weight // whole for key, weight in weights.items()}
    over = pennies - sum(shared.values())
    return Parts({key: pounds(each) for key, each in shared.items()}, pounds(over))


def split(cost: Decimal, weights: Mapping[int, int], remainder_to: int) -> dict[int, Share]:
    """What each pays: the parts sum to the cost to the penny, and one named payer bears what is over.

    The same cost and weights give the same shares whatever their order. Raises ValueError as `part` does,
    and when the one who bears the remainder is not among the payers.
    """
    if remainder_to not in weights:
        raise ValueError("Whoever bears the remainder is one of the payers")
    parts = part(cost, weights)
    return {
        key: Share(amount + parts.over, parts.over) if key == remainder_to else Share(amount)
        for key, amount in parts.amounts.items()
    }


def pounds(pennies: int) -> Decimal:
    """Whole pennies as pounds."""
    return Decimal(pennies).scaleb(-2)
