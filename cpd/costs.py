"""What training costs: totals, cost a head and an hour, the median of its kind, and figures that cannot be.

Pure: pounds are Decimal; `today` is passed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MOST_POUNDS = Decimal("250000")
MOST_STAFF = 2000
MOST_HOURS = Decimal("2000")
MOST_DAYS = Decimal("2000")
MOST_RATE = Decimal("2000")
PENNY = Decimal("0.01")
AMOUNTS = {"fee": "The fee", "materials": "Materials", "travel": "Travel"}


def pennies(amount: Decimal) -> Decimal:
    """To the penny, half a penny up."""
    return amount.quantize(PENNY, ROUND_HALF_UP)


@dataclass(frozen=True)
class Cost:
    """What one request costs, and what that is a head and an hour."""

    fee: Decimal = Decimal(0)
    materials: Decimal = Decimal(0)
    travel: Decimal = Decimal(0)
    supply_days: Decimal = Decimal(0)
    supply_rate: Decimal = Decimal(0)
    staff: int = 0
    hours_each: Decimal = Decimal(0)

    @property
    def supply(self) -> Decimal:
        return pennies(self.supply_days * self.supply_rate)

    @property
    def total(self) -> Decimal:
        return pennies(self.fee + self.materials + self.travel) + self.supply

    @property
    def a_head(self) -> Decimal | None:
        """Pounds for each member of staff; None while nobody is counted."""
        return pennies(self.total / self.staff) if self.staff else None

    @property
    def an_hour(self) -> Decimal | None:
        """Pounds for each hour of each member of staff."""
        hours = self.staff * self.hours_each
        return pennies(self.total / hours) if hours else None


def median(amounts: Sequence[Decimal]) -> Decimal | None:
    """The middle amount, or the mean of the two in the middle; None of none."""
    if not amounts:
        return None
    ordered = sorted(amounts)
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return pennies(middle)


def since(today: dt.date) -> dt.date:
    """From when costs are compared: the September of last year."""
    begins = today.year if today.month >= 9 else today.year - 1
    return dt.date(begins - 1, 9, 1)


def share(part: Decimal, whole: Decimal | None) -> int | None:
    """Hundredths of a whole, rounded; None when there is no whole."""
    if not whole:
        return None
    return int((part * 100 / whole).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Bars:
    """Two bars in one scale, as widths out of 280."""

    mine: int
    theirs: int

    @classmethod
    def of(cls, mine: Decimal | None, theirs: Decimal | None) -> Bars:
        """The longer one takes four fifths of the room."""
        longest = max(mine or Decimal(0), theirs or Decimal(0))
        if not longest:
            return cls(0, 0)
        return cls(*(int((each or Decimal(0)) * 224 / longest) for each in (mine, theirs)))


def faults(typed: Mapping[str, Any], today: dt.date) -> dict[str, str]:
    """What cannot be of the values typed: field name → one sentence that says what to put right."""
    return {**_money_faults(typed), **_size_faults(typed), **_day_faults(typed, today)}


def _money_faults(typed: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in AMOUNTS.items():
        amount = typed.get(name)
        if amount is None:
            continue
        if amount < 0:
            found[name] = f"{words} cannot be below £0"
        elif amount > MOST_POUNDS:
            found[name] = (
                f"{words} above £250,000 cannot be right for one request: check the amount"
            )
    rate = typed.get("supply_rate")
    if rate is not None and not 0 <= rate <= MOST_RATE:
        found["supply_rate"] = "Enter a supply rate from £0 to £2,000 a day"
    days = typed.get("supply_days")
    if days is not None and not 0 <= days <= MOST_DAYS:
        found["supply_days"] = "Enter from 0 to 2,000 supply days"
    names = ("fee", "materials", "travel", "supply_days", "supply_rate")
    if not found and Cost(**{n: typed[n] for n in names if typed.get(n) is not None}).total > MOST_POUNDS:  # fmt: skip
        found["fee"] = "The whole cost is above £250,000: check the amounts"
    return found


def _size_faults(typed: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    staff, hours = typed.get("staff"), typed.get("hours_each")
    if staff is not None and not 0 <= staff <= MOST_STAFF:
        found["staff"] = "Enter how many staff, from 1 to 2,000"
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        found["hours_each"] = "Enter from 0 to 2,000 hours each"
    return found


def _day_faults(typed: Mapping[str, Any], today: dt.date) -> dict[str, str]:
    starts, ends = typed.get("starts_on"), typed.get("ends_on")
    found = {}
    if starts is not None and starts < today - dt.timedelta(days=366):
        found["starts_on"] = "This training started more than a year ago: check the date"
    elif starts is not None and starts > today + dt.timedelta(days=731):
        found["starts_on"] = "This training starts more than two years from now: check the date"
    if starts is not None and ends is not None and ends < starts:
        found["ends_on"] = "The training ends before it starts: change one of the dates"
    elif ends is not None and ends > today + dt.timedelta(days=4 * 366):
        found["ends_on"] = "This training ends more than four years from now: check the date"
    return found
