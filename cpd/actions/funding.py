"""The central fund and each school's training budget: the one place where training waits for money.

Only the part of a request that the central fund is asked to pay waits for the Chief Executive or the Chief
Financial Officer. The school's own decision does not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from cpd.actions.purchases import standing_of
from cpd.actions.telling import asks_and_decides, tell
from cpd.models import CentralFund, CentralPart, CpdRequest, TrainingBudget
from cpd.queries.funding import agreed_of, pounds, year_of
from cpd.rules import may_ask_funding, may_keep_fund, may_set_budget
from schools.models import School
from trust.access import Actor, Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.models import AcademicYear
from trust.people.models import User
from trust.states import transition

LARGEST = Decimal("9999999.99")
CAN_ASK = ("raised", "listed", "going_ahead")


def _as_keeper(by: Actor) -> dict[str, Any]:
    return standing_of(by, Capacity.CEO, Capacity.CFO).words


def _as_school(by: Actor | None, request: CpdRequest) -> dict[str, Any]:
    if by is None:
        return {}
    return standing_of(by, Capacity.HEAD, Capacity.LEADER, school=request.school_id).words


def _require_money(amount: Decimal) -> None:
    if amount < 0:
        raise Conflict("Enter £0 or more")
    if amount > LARGEST or amount != amount.quantize(Decimal("0.01")):
        raise Conflict("Enter pounds and pence, such as 1650 or 1650.50")


# -- the fund of a year --------------------------------------------------------------------------


@transaction.atomic
def set_central_fund(year: AcademicYear, *, amount: Decimal, by: User) -> CentralFund:
    """Say what the central fund of a year is; never less than what is agreed from it already."""
    require(may_keep_fund(by))
    _require_money(amount)
    with refusals_as_conflicts():
        CentralFund.objects.get_or_create(academic_year=year, defaults={"amount": Decimal(0)})
    fund = CentralFund.objects.select_for_update().get(academic_year=year)
    agreed = agreed_of(year)
    if amount < agreed:
        raise Conflict(
            f"{pounds(agreed)} is agreed from the fund of {year} already: enter that or more"
        )
    if fund.amount != amount:
        record(
            "set_central_fund", fund, by=by, **_as_keeper(by),
            former=str(fund.amount), amount=str(amount),
        )  # fmt: skip
        fund.amount = amount
        fund.save(update_fields=["amount"])
    return fund


@transaction.atomic
def set_training_budget(
    school: School, year: AcademicYear, *, amount: Decimal, by: User
) -> TrainingBudget:
    """Say what a school means to spend on training in a year: its headteacher, or the CFO."""
    require(may_set_budget(by, school.pk))
    _require_money(amount)
    with refusals_as_conflicts():
        budget, is_new = TrainingBudget.objects.select_for_update(of=("self",)).get_or_create(
            school=school, academic_year=year, defaults={"amount": amount}
        )
    former = None if is_new else budget.amount
    if former != amount:
        budget.amount = amount
        budget.save(update_fields=["amount"])
        standing = standing_of(by, Capacity.HEAD, school=school.pk)
        if not standing.acted_as:
            standing = standing_of(by, Capacity.CFO)
        record(
            "set_training_budget", budget, by=by, **standing.words,
            former=str(former or ""), amount=str(amount),
        )  # fmt: skip
    return budget


# -- asking --------------------------------------------------------------------------------------


@transaction.atomic
def ask_central_part(request: CpdRequest, *, amount: Decimal, by: User) -> CentralPart:
    """Ask the central fund for a part of what a raised request costs; the request itself waits for nothing.

    Asked again with another amount, a part that still waits takes the new one. Raises Conflict when more is
    asked than the whole costs, and when the part is agreed already.
    """
    held = CpdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    part = CentralPart.objects.select_for_update().filter(request=held).first()
    require(may_ask_funding(by, part or CentralPart(request=held)))
    if held.state not in CAN_ASK:
        raise Conflict(
            "Raise the request first: the central fund is asked about what the Group reads"
        )
    _require_part(amount, held)
    if part is None:
        part = CentralPart.objects.create(
            request=held, academic_year=year_of(held), amount=amount, asked_at=now()
        )
        record("ask_central_part", part, by=by, **_as_school(by, held), amount=str(amount))
        return part
    if part.state == "agreed":
        if part.amount == amount:
            return part
        raise Conflict(f"{pounds(part.amount)} is agreed from the central fund already")
    if part.state == "asked":
        return _ask_other_amount(part, amount, by=by)
    return ask_again(part, by=by, amount=amount)


def _require_part(amount: Decimal, request: CpdRequest) -> None:
    if amount <= 0:
        raise Conflict("Enter more than £0")
    _require_money(amount)
    if amount > request.total:
        raise Conflict(
            f"The whole costs {pounds(request.total)}: ask the central fund for that or less"
        )


def _ask_other_amount(part: CentralPart, amount: Decimal, *, by: User) -> CentralPart:
    if part.amount != amount:
        record(
            "ask_other_amount", part, by=by, **_as_school(by, part.request),
            former=str(part.amount), amount=str(amount),
        )  # fmt: skip
        part.amount = amount
        part.save(update_fields=["amount"])
    return part


@transaction.atomic
def ask_again(part: CentralPart, *, by: User, amount: Decimal | None = None) -> CentralPart:
    """Ask once more for a part that was withdrawn or not agreed to."""
    if part.request.state not in CAN_ASK:
        raise Conflict("This request is closed, so the central fund is asked for nothing")
    wanted = part.amount if amount is None else amount
    _require_part(wanted, part.request)
    return transition(
        part, "ask_again", by=by, **_as_school(by, part.request), amount=wanted, asked_at=now(),
        academic_year=year_of(part.request), decided_at=None, decided_by=None, decided_reason="",
    )  # fmt: skip


@transaction.atomic
def withdraw_part(part: CentralPart, *, by: User | None) -> CentralPart:
    """Ask for it no longer; what was agreed is free again in the fund."""
    if _now(part).state == "withdrawn":
        return part
    return transition(part, "withdraw_part", by=by, **_as_school(by, part.request))


# -- deciding ------------------------------------------------------------------------------------


def _now(part: CentralPart) -> CentralPart:
    """The part as it is now, held; one that moved on is seen as it moved."""
    return (
        CentralPart.objects.select_for_update(of=("self",))
        .select_related("request__school", "academic_year")
        .get(pk=part.pk)
    )


@transaction.atomic
def agree_part(part: CentralPart, *, by: User) -> CentralPart:
    """Agree to pay a part from the fund of its year, never beyond what is left of it.

    The fund is held meanwhile, so that two parts agreed at once never spend the same pound. Agreed twice is
    agreed once.
    """
    require(may_keep_fund(by))
    fund = CentralFund.objects.select_for_update().filter(academic_year=part.academic_year).first()
    held = _now(part)
    if held.state == "agreed":
        return held
    if fund is None:
        raise Conflict(f"No central fund is set for {held.academic_year}. Set its amount first")
    if held.request.state not in CAN_ASK:
        raise Conflict(f"{held.request.ref} is closed, so there is nothing to pay")
    if held.amount > held.request.total:
        raise Conflict(
            f"{pounds(held.amount)} is asked for and the whole now costs {pounds(held.request.total)}"
        )
    left = fund.amount - agreed_of(held.academic_year)
    if held.amount > left:
        raise Conflict(
            f"{pounds(held.amount)} is asked for and {pounds(left)} of the {pounds(fund.amount)} "
            f"for {held.academic_year} is left. Nothing was changed"
        )
    transition(held, "agree", by=by, **_as_keeper(by), decided_reason="")
    _tell_decided(held)
    return held


def _tell_decided(part: CentralPart) -> None:
    """Headteacher and requester hear that there is a decision on the part, not which."""
    request = part.request
    tell(
        asks_and_decides(request), key=f"central_part:{part.pk}:{part.decided_at}",
        template="central_part_decided", title=request.title, school=request.school.name,
        request_pk=request.pk,
    )  # fmt: skip


@transaction.atomic
def decline_part(part: CentralPart, *, reason: str, by: User) -> CentralPart:
    """Say that the central fund does not pay this part, with the reason."""
    held = _now(part)
    if held.state == "declined":
        return held
    transition(held, "decline", by=by, **_as_keeper(by), decided_reason=reason.strip())
    _tell_decided(held)
    return held


@transaction.atomic
def reopen_part(part: CentralPart, *, by: User) -> CentralPart:
    """Take the decision back: the part waits again."""
    held = _now(part)
    if held.state == "asked":
        return held
    return transition(
        held, "reopen", by=by, **_as_keeper(by),
        decided_at=None, decided_by=None, decided_reason="",
    )  # fmt: skip
