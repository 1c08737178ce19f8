"""What training costs and what it changed: totals, shares, medians and counts over plain rows.

Definitions, used on the page, in the export and in the annual report alike:

* *Spend* of a training: the school's share once a shared purchase is bought, else the request's total.
* *Evidence at levels 4 and 5*: a review at that level of Guskey's was answered met, partly met or not
  met. "Too early to say" is no evidence. The short form's one review asks about levels 3 and 4 together
  and counts as level 4.
* *Share of spend with evidence*: of the spend on training that is reviewed. What is listed only
  (statutory, nationally funded) is never reviewed and stands outside both sides.
* *Cost a head*: all spend over all staff; the *median* is that of the single trainings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

PENNY = Decimal("0.01")
EVIDENCE = ("met", "partly", "not")
USE = 4
"""The first of Guskey's levels at which something has changed: practice, and after it pupils."""


@dataclass(frozen=True)
class Training:
    """One training a school spends on, as the figures need it."""

    school: str
    kind: str
    provider: str
    amount: Decimal
    staff: int
    priority: str = ""
    is_reviewed: bool = True
    """False for what is listed only."""
    reviews: tuple[tuple[int, str], ...] = ()
    """Level and outcome of each review that was answered."""
    late: int = 0
    """Reviews whose day is past and that nobody answered."""
    verdict: str = ""
    would_use_again: bool | None = None

    @property
    def has_evidence(self) -> bool:
        """Whether a review at level 4 or 5 says met, partly or not."""
        return any(level >= USE and outcome in EVIDENCE for level, outcome in self.reviews)


@dataclass(frozen=True)
class Row:
    """One line of a breakdown."""

    label: str
    trainings: int
    staff: int
    spend: Decimal
    share: int
    """Whole per cent of all spend; the lines add up to 100."""
    a_head: Decimal | None
    with_evidence: Decimal


@dataclass(frozen=True)
class ProviderRow:
    """What schools said after a provider's training, in reviews at levels 4 and 5."""

    label: str
    trainings: int
    spend: Decimal
    met: int
    partly: int
    not_met: int
    again: int
    asked_again: int
    """How many schools said whether they would use the provider again."""

    @property
    def answered(self) -> int:
        return self.met + self.partly + self.not_met


@dataclass(frozen=True)
class Evidenced:
    """How much of the spend has evidence at levels 4 and 5."""

    spend: Decimal
    of: Decimal
    trainings: int
    of_trainings: int

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded half up; None while nothing is spent."""
        return percent(self.spend, self.of)


def total(rows: Iterable[Training]) -> Decimal:
    """All spend, to the penny."""
    return sum((row.amount for row in rows), Decimal(0))


def percent(part: Decimal, whole: Decimal) -> int | None:
    """Whole per cent, rounded half up; None of nothing."""
    if not whole:
        return None
    return int((part * 100 / whole).to_integral_value(ROUND_HALF_UP))


def shares(amounts: Sequence[Decimal]) -> list[int]:
    """Whole per cents that add up to 100 (largest remainder, the earlier line first), or zeros."""
    whole = sum(amounts, Decimal(0))
    if not whole:
        return [0] * len(amounts)
    exact = [amount * 100 / whole for amount in amounts]
    floors = [int(each) for each in exact]
    order = sorted(range(len(amounts)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[: 100 - sum(floors)]:
        floors[i] += 1
    return floors


def cost_a_head(rows: Iterable[Training]) -> Decimal | None:
    """All spend over all staff, of trainings that name how many; None without one."""
    counted = [row for row in rows if row.staff]
    staff = sum(row.staff for row in counted)
    return _to_penny(total(counted) / staff) if staff else None


def median_a_head(rows: Iterable[Training]) -> Decimal | None:
    """The median cost a head of the single trainings; None without one."""
    costs = [row.amount / row.staff for row in rows if row.staff]
    return _to_penny(median(costs)) if costs else None


def _to_penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)


def evidenced(rows: Iterable[Training]) -> Evidenced:
    """How much of the reviewed spend has evidence at levels 4 and 5."""
    reviewed = [row for row in rows if row.is_reviewed]
    proved = [row for row in reviewed if row.has_evidence]
    return Evidenced(total(proved), total(reviewed), len(proved), len(reviewed))


def breakdown(rows: Sequence[Training], key: Callable[[Training], str]) -> list[Row]:
    """Spend by one thing, most first; trainings without it come last under an empty label."""
    groups: dict[str, list[Training]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    order = sorted(groups, key=lambda label: (not label, -total(groups[label]), label.casefold()))
    amounts = [total(groups[label]) for label in order]
    return [
        Row(
            label=label,
            trainings=len(groups[label]),
            staff=sum(row.staff for row in groups[label]),
            spend=amount,
            share=share,
            a_head=cost_a_head(groups[label]),
            with_evidence=evidenced(groups[label]).spend,
        )
        for label, amount, share in zip(order, amounts, shares(amounts), strict=True)
    ]


def providers(rows: Iterable[Training]) -> list[ProviderRow]:
    """Providers by what was seen of them at levels 4 and 5: met first, then partly, then by name."""
    groups: dict[str, list[Training]] = {}
    for row in rows:
        if row.provider:
            groups.setdefault(row.provider, []).append(row)
    found = [_provider(label, group) for label, group in groups.items()]
    return sorted(
        found, key=lambda p: (not p.answered, -p.met, -p.partly, p.not_met, p.label.casefold())
    )


def _provider(label: str, rows: Sequence[Training]) -> ProviderRow:
    outcomes = Counter(o for row in rows for level, o in row.reviews if level >= USE)
    said = [row.would_use_again for row in rows if row.would_use_again is not None]
    return ProviderRow(
        label=label,
        trainings=len(rows),
        spend=total(rows),
        met=outcomes["met"],
        partly=outcomes["partly"],
        not_met=outcomes["not"],
        again=sum(said),
        asked_again=len(said),
    )


def verdicts(rows: Iterable[Training]) -> Counter[str]:
    """How many trainings ended with each verdict."""
    return Counter(row.verdict for row in rows if row.verdict)
