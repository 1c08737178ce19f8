"""What the central fund of a year holds, what is agreed from it, what waits, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from cpd.models import CentralFund, CentralPart, CpdRequest, TrainingBudget
from cpd.queries.panels import Panel
from cpd.rules import READ_FUND, is_own, may_ask_funding, may_keep_fund, may_set_budget
from schools.models import School
from trust.access import Actor, Capacity, Conflict
from trust.calendar import today
from trust.models import AcademicYear
from trust.pages import new_key
from trust.people.models import User
from trust.templatetags.eyeline import money

NOTHING = Decimal("0")


def pounds(amount: Decimal) -> str:
    """An amount in the house's words, such as £1,650."""
    return money(amount)


def year_of(request: CpdRequest) -> AcademicYear:
    """The year from whose fund a request is paid: that of its first day, else this one."""
    found = (AcademicYear.on(request.starts_on) if request.starts_on else None) or current_year()
    if found is None:
        raise Conflict("No academic year is entered yet, so there is no central fund to ask")
    return found


def current_year() -> AcademicYear | None:
    """The academic year of today, else the newest entered."""
    return AcademicYear.on(today()) or AcademicYear.objects.order_by("-starts_on").first()


def agreed_of(year: AcademicYear) -> Decimal:
    """The sum agreed from the fund of a year."""
    rows = CentralPart.objects.filter(academic_year=year, state="agreed")
    return rows.aggregate(total=Sum("amount"))["total"] or NOTHING


# -- the page of the fund ------------------------------------------------------------------------


@dataclass(frozen=True)
class PartRow:
    """One part that is asked for or decided, as the fund's page lists it."""

    part: CentralPart
    reason: str
    """Why it was not agreed, for its own school and whoever keeps the fund."""
    tag: str


@dataclass(frozen=True)
class BudgetRow:
    """What one school means to spend on training, and what it has decided to."""

    school: School
    amount: Decimal | None
    spent: Decimal
    share: int | None
    width: int
    may_set: bool


@dataclass(frozen=True)
class FundPage:
    """The central fund of one year."""

    year: AcademicYear | None
    years: tuple[AcademicYear, ...]
    amount: Decimal | None
    agreed: Decimal
    waiting: Decimal
    left: Decimal
    share: int
    """How much of it is agreed, in hundredths."""
    asked: tuple[PartRow, ...]
    decided: tuple[PartRow, ...]
    budgets: tuple[BudgetRow, ...]
    may_keep: bool


def share_of(amount: Decimal, whole: Decimal | None) -> int | None:
    """An amount in hundredths of a whole, rounded down; None when there is no whole."""
    return int(amount * 100 / whole) if whole else None


def fund_page(year: AcademicYear | None, user: Actor) -> FundPage:
    """What the fund holds, agreed, waiting and left, and the schools' own budgets that this person reads."""
    rows = [] if year is None else list(_parts(year, user))
    fund = CentralFund.objects.filter(academic_year=year).first() if year else None
    agreed = _sum(r for r in rows if r.state == "agreed")
    amount = fund.amount if fund else None
    return FundPage(
        year=year,
        years=tuple(AcademicYear.objects.order_by("-starts_on")),
        amount=amount,
        agreed=agreed,
        waiting=_sum(r for r in rows if r.state == "asked"),
        left=(amount or NOTHING) - agreed,
        share=min(100, share_of(agreed, amount) or 0),
        asked=tuple(_row(r, user) for r in rows if r.state == "asked"),
        decided=tuple(_row(r, user) for r in rows if r.state in ("agreed", "declined")),
        budgets=_budgets(year, user) if year else (),
        may_keep=bool(may_keep_fund(user)),
    )


def _parts(year: AcademicYear, user: Actor) -> QuerySet[CentralPart]:
    seen = CpdRequest.objects.visible_to(user).values("pk")
    return (
        CentralPart.objects.filter(academic_year=year, request__in=seen)
        .exclude(state="withdrawn")
        .select_related("request__school", "decided_by__person")
        .order_by("asked_at", "pk")
    )


def _sum(parts: Iterable[CentralPart]) -> Decimal:
    return sum((part.amount for part in parts), NOTHING)


def _row(part: CentralPart, user: Actor) -> PartRow:
    reads_why = may_keep_fund(user) or is_own(user, part.request)
    tags = {"asked": "you" if may_keep_fund(user) else "doing", "agreed": "done"}
    return PartRow(part, part.decided_reason if reads_why else "", tags.get(part.state, "plain"))


def _budgets(year: AcademicYear, user: Actor) -> tuple[BudgetRow, ...]:
    """Every school's for the CEO, the CFO and the DSI; a headteacher the own."""
    schools = School.objects.in_trust(today()).by_name()
    if not user.posts.is_trust_wide(Capacity.CEO, Capacity.CFO, Capacity.DSI):
        schools = schools.filter(pk__in=user.posts.schools(Capacity.HEAD))
    budgets = dict(
        TrainingBudget.objects.filter(academic_year=year).values_list("school_id", "amount")
    )
    spent = dict(
        CpdRequest.objects.spending().of_year(year).values("school_id")
        .annotate(spent=Sum("total")).values_list("school_id", "spent")
    )  # fmt: skip
    return tuple(_budget(s, budgets.get(s.pk), spent.get(s.pk, NOTHING), user) for s in schools)


def _budget(school: School, amount: Decimal | None, spent: Decimal, user: Actor) -> BudgetRow:
    share = share_of(spent, amount)
    may_set = bool(may_set_budget(user, school.pk))
    return BudgetRow(school, amount, spent, share, min(100, share or 0), may_set)


# -- the panel on a request's page ---------------------------------------------------------------


@dataclass(frozen=True)
class PartPanel:
    """The part that the central fund is asked to pay, on the page of its request."""

    part: CentralPart | None
    tag: str
    reason: str
    width: int
    may_ask: bool
    may_withdraw: bool
    may_decide: bool
    may_reopen: bool
    suggested: Decimal
    key: str


def part_panel(request: CpdRequest, user: Actor) -> PartPanel | None:
    """What this reader sees of the central part; None when there is none and this reader asks for none."""
    if not (user.posts.holds(*READ_FUND) or is_own(user, request)):
        return None
    part = CentralPart.objects.filter(request=request).select_related("academic_year").first()
    asks = request.state in ("raised", "listed", "going_ahead") and bool(
        may_ask_funding(user, part or CentralPart(request=request))
    )
    state = part.state if part else "withdrawn"
    if not asks and (part is None or state == "withdrawn"):
        return None
    keeps = bool(may_keep_fund(user))
    row = _row(part, user) if part and state != "withdrawn" else None
    width = share_of(part.amount, request.total) if part else 0
    return PartPanel(
        part=part if state != "withdrawn" else None,
        tag=row.tag if row else "",
        reason=row.reason if row else "",
        width=min(100, width or 0),
        may_ask=asks and state != "agreed",
        may_withdraw=asks and state in ("asked", "agreed"),
        may_decide=keeps and state == "asked",
        may_reopen=keeps and state in ("agreed", "declined"),
        suggested=part.amount if part else request.total,
        key=new_key(),
    )


def panel_of(request: CpdRequest, user: User) -> Panel | None:
    """For the registry of panels on a request's page."""
    found = part_panel(request, user)
    return Panel("cpd/fund_panel.html", found) if found is not None else None
