"""A request's cost beside others of its kind, and beside what the school means to spend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from cpd.costs import Bars, Cost, median, pennies, share, since
from cpd.models import CpdRequest, TrainingBudget
from trust.calendar import today
from trust.models import AcademicYear
from trust.templatetags.eyeline import money, pounds

FEWEST = 3
"""Below this many requests no median is told: two would tell one school's cost to another."""
COMPARED = ("raised", "going_ahead", "evaluated")
KINDS = {
    "course": "external courses", "in_house": "in-house trainings", "coaching": "coaching requests",
    "npq": "NPQs", "network": "networks", "conference": "conferences", "visit": "visits to schools",
    "consultancy": "consultancies", "subscription": "subscriptions", "jpd": "joint projects",
}  # fmt: skip


def cost_of(row: CpdRequest) -> Cost:
    """The request's figures, before the database has added them up."""
    names = ("fee", "materials", "travel", "supply_days", "supply_rate", "hours_each")
    return Cost(staff=row.staff, **{name: Decimal(getattr(row, name)) for name in names})


def heads_of(pairs: Iterable[tuple[Decimal, int]]) -> list[Decimal]:
    """Cost a head of each (total, staff), to the penny."""
    return [pennies(total / staff) for total, staff in pairs if staff]


@dataclass(frozen=True)
class OfItsKind:
    """How many requests of the kind there were, and the middle of their costs a head."""

    number: int
    median: Decimal | None


def of_its_kind(kind: str, *, on: dt.date, without: int | None = None) -> OfItsKind:
    """Requests of a kind raised in the trust since the September of last year, itself left out."""
    rows = CpdRequest.objects.filter(
        kind=kind, listing="", state__in=COMPARED, staff__gt=0, starts_on__gte=since(on)
    ).exclude(pk=without or 0)
    heads = heads_of(rows.values_list("total", "staff"))
    return OfItsKind(len(heads), median(heads) if len(heads) >= FEWEST else None)


@dataclass(frozen=True)
class CostPanel:
    """What the page says of a cost: words by name, and the widths of its two bars."""

    words: dict[str, str]
    bars: Bars

    def told(self) -> dict[str, object]:
        """As the page's script takes it."""
        return {
            "words": {f"cost-{name}": words for name, words in self.words.items()},
            "widths": {"cost-mine": self.bars.mine, "cost-theirs": self.bars.theirs},
        }


def cost_panel(
    cost: Cost, *, kind: str, school_id: int, starts_on: dt.date | None, without: int | None = None
) -> CostPanel:
    """The panel of one request: its parts, its total, a head, an hour, its kind, the school's budget."""
    kinds = of_its_kind(kind, on=today(), without=without)
    head = cost.a_head
    days = f"{cost.supply_days.normalize():f}"
    words = {
        "head": pounds(head) or "£0",
        "fee": money(pennies(cost.fee)),
        "materials": money(pennies(cost.materials)),
        "travel": money(pennies(cost.travel)),
        "supply": money(cost.supply),
        "supplied": f"Supply, {days} day{'' if days == '1' else 's'} at {money(cost.supply_rate)}",
        "total": money(cost.total),
        "hour": money(cost.an_hour) if cost.an_hour is not None else "Enter staff and hours",
        "line": f"{money(cost.total)}, {pounds(head)} a head" if head is not None else money(cost.total),
        "mine": pounds(head),
        "theirs": pounds(kinds.median),
        "of": f"Median of {kinds.number} {KINDS.get(kind, 'requests')}" if kinds.median is not None else "",
        "compared": _compared(head, kinds, kind),
        "budget": _budget_words(cost.total, school_id, starts_on, without),
    }  # fmt: skip
    return CostPanel(words, Bars.of(head, kinds.median) if kinds.median else Bars(0, 0))


def _compared(head: Decimal | None, kinds: OfItsKind, kind: str) -> str:
    when = f"since September {since(today()).year}"
    if kinds.median is None:
        return f"Too few {KINDS.get(kind, 'requests')} {when} to compare with"
    if head is None:
        return "Enter how many staff to compare it"
    apart = head.quantize(Decimal(1), ROUND_HALF_UP) - kinds.median.quantize(
        Decimal(1), ROUND_HALF_UP
    )
    if not apart:
        return f"As the median {when}"
    return f"{money(abs(apart))} a head {'below' if apart < 0 else 'above'} the median {when}"


def _budget_words(
    total: Decimal, school_id: int, starts_on: dt.date | None, without: int | None
) -> str:
    """The share of the school's training budget that this takes; empty when none is entered."""
    year = AcademicYear.on(starts_on or today())
    budget = TrainingBudget.objects.filter(school=school_id, academic_year=year).first()
    if year is None or budget is None:
        return ""
    part = share(total, budget.amount)
    spent = spent_of(school_id, year, without=without) + total
    whole = share(spent, budget.amount)
    if part is None or whole is None:
        return ""
    return f"{part}% of the school’s {money(budget.amount)} for training in {year}; {whole}% with what it has decided on"


def spent_of(school_id: int, year: AcademicYear, *, without: int | None = None) -> Decimal:
    """What a school's training of a year costs: going ahead, evaluated or listed."""
    rows = (
        CpdRequest.objects.filter(school=school_id)
        .spending()
        .of_year(year)
        .exclude(pk=without or 0)
    )
    return rows.aggregate(total=Sum("total"))["total"] or Decimal(0)


def median_a_head(rows: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """The middle cost a head of what is listed."""
    return median(heads_of(rows))
