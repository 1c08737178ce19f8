"""The central fund: the only part of training that waits for anybody, and never spent twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cpd.actions import funding as actions
from cpd.actions.decisions import decide_request
from cpd.actions.requests import withdraw_request
from cpd.models import CentralFund, CentralPart, CpdRequest, TrainingBudget
from cpd.queries.funding import fund_page, part_panel
from cpd.work.purchases import work_for
from schools.models import School
from tests import factories
from tests.factories import TODAY
from trust.access import Conflict, NotAllowed
from trust.models import AcademicYear, AuditEvent
from trust.people.models import User


@pytest.fixture
def year(trust_set_up: Any) -> AcademicYear:
    return factories.make_year(2026)


@pytest.fixture
def fund(year: AcademicYear, ceo: User) -> CentralFund:
    return actions.set_central_fund(year, amount=Decimal("1000"), by=ceo)


@pytest.fixture
def raised(school: School) -> CpdRequest:
    made = factories.CpdRequestFactory(school=school, fee=Decimal("800"), raised=True)
    made.refresh_from_db()
    return made


@pytest.fixture
def part(raised: CpdRequest, head: User) -> CentralPart:
    return actions.ask_central_part(raised, amount=Decimal("600"), by=head)


# -- the fund --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dsi", "head", "leader", "clerk", "trustee", "administrator"])
def test_set_fund_by_anybody_but_ceo_and_cfo_is_refused(
    year: AcademicYear, who: str, request: Any
) -> None:
    with pytest.raises(NotAllowed):
        actions.set_central_fund(year, amount=Decimal(1), by=request.getfixturevalue(who))


def test_set_fund_twice_to_the_same_is_one_act(fund: CentralFund, cfo: User) -> None:
    before = AuditEvent.objects.count()
    actions.set_central_fund(fund.academic_year, amount=Decimal("1000"), by=cfo)
    assert AuditEvent.objects.count() == before


def test_set_fund_below_what_is_agreed_is_refused_with_the_figure(
    fund: CentralFund, part: CentralPart, cfo: User
) -> None:
    actions.agree_part(part, by=cfo)
    with pytest.raises(Conflict, match="£600 is agreed from the fund of 2026 to 2027 already"):
        actions.set_central_fund(fund.academic_year, amount=Decimal("599.99"), by=cfo)


@pytest.mark.parametrize("amount", ["-1", "1.001", "10000000"])
def test_set_fund_to_an_absurd_amount_is_refused(
    year: AcademicYear, ceo: User, amount: str
) -> None:
    with pytest.raises(Conflict, match="Enter"):
        actions.set_central_fund(year, amount=Decimal(amount), by=ceo)


# -- asking ----------------------------------------------------------------------------------------


def test_ask_never_holds_up_the_schools_decision(
    part: CentralPart, raised: CpdRequest, head: User
) -> None:
    decide_request(raised, decision="proceed", by=head)
    part.refresh_from_db()
    assert (raised.state, part.state) == ("going_ahead", "asked")


def test_declined_part_leaves_the_decision_as_it_was(
    part: CentralPart, raised: CpdRequest, head: User, ceo: User
) -> None:
    decide_request(raised, decision="proceed", by=head)
    actions.decline_part(part, reason="The fund is for shared training", by=ceo)
    raised.refresh_from_db()
    assert raised.state == "going_ahead"


def test_ask_more_than_the_whole_costs_is_refused(raised: CpdRequest, head: User) -> None:
    with pytest.raises(Conflict, match="The whole costs £960"):
        actions.ask_central_part(raised, amount=Decimal("960.01"), by=head)


@pytest.mark.parametrize("amount", ["0", "-5", "0.001"])
def test_ask_for_nothing_or_less_is_refused(raised: CpdRequest, head: User, amount: str) -> None:
    with pytest.raises(Conflict, match="Enter"):
        actions.ask_central_part(raised, amount=Decimal(amount), by=head)


def test_ask_for_a_draft_is_refused(school: School, head: User) -> None:
    draft = factories.CpdRequestFactory(school=school)
    draft.refresh_from_db()
    with pytest.raises(Conflict, match="Raise the request first"):
        actions.ask_central_part(draft, amount=Decimal(1), by=head)


@pytest.mark.parametrize("who", ["other_head", "leader", "ceo", "cfo"])
def test_ask_by_anybody_but_the_school_is_refused(
    raised: CpdRequest, who: str, request: Any
) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_central_part(raised, amount=Decimal(1), by=request.getfixturevalue(who))


def test_ask_again_with_another_amount_changes_what_waits(
    part: CentralPart, raised: CpdRequest, head: User
) -> None:
    actions.ask_central_part(raised, amount=Decimal("500"), by=head)
    assert [p.amount for p in CentralPart.objects.all()] == [Decimal("500")]


def test_ask_again_after_it_was_declined_waits_again_without_the_reason(
    part: CentralPart, raised: CpdRequest, head: User, ceo: User
) -> None:
    actions.decline_part(part, reason="Too much", by=ceo)
    again = actions.ask_central_part(raised, amount=Decimal("300"), by=head)
    assert (again.state, again.amount, again.decided_by, again.decided_reason) == (
        "asked", Decimal("300"), None, "",
    )  # fmt: skip


def test_withdrawn_request_asks_for_nothing(
    part: CentralPart, raised: CpdRequest, head: User
) -> None:
    withdraw_request(raised, reason="Not now", by=head)
    part.refresh_from_db()
    assert part.state == "withdrawn"


# -- agreeing --------------------------------------------------------------------------------------


def test_agree_up_to_the_last_pound_and_not_beyond(
    fund: CentralFund, part: CentralPart, other_school: School, other_head: User, cfo: User
) -> None:
    other = factories.CpdRequestFactory(school=other_school, fee=Decimal("800"), raised=True)
    other.refresh_from_db()
    second = actions.ask_central_part(other, amount=Decimal("400.01"), by=other_head)
    actions.agree_part(part, by=cfo)
    with pytest.raises(
        Conflict, match=r"£400\.01 is asked for and £400 of the £1,000 for 2026 to 2027 is left"
    ):
        actions.agree_part(second, by=cfo)
    actions.ask_central_part(other, amount=Decimal("400"), by=other_head)
    second.refresh_from_db()
    assert actions.agree_part(second, by=cfo).state == "agreed"


def test_agree_twice_is_agreed_once(fund: CentralFund, part: CentralPart, cfo: User) -> None:
    actions.agree_part(part, by=cfo)
    before = AuditEvent.objects.count()
    assert actions.agree_part(part, by=cfo).state == "agreed"
    assert AuditEvent.objects.count() == before


def test_agree_without_a_fund_says_so(part: CentralPart, ceo: User) -> None:
    with pytest.raises(Conflict, match="No central fund is set"):
        actions.agree_part(part, by=ceo)


def test_agree_more_than_the_request_costs_by_now_is_refused(
    fund: CentralFund, part: CentralPart, raised: CpdRequest, ceo: User
) -> None:
    CpdRequest.objects.filter(pk=raised.pk).update(fee=Decimal("100"))
    with pytest.raises(Conflict, match="the whole now costs £260"):
        actions.agree_part(part, by=ceo)


@pytest.mark.parametrize("who", ["dsi", "head", "clerk", "trustee"])
def test_agree_by_anybody_but_ceo_and_cfo_is_refused(
    fund: CentralFund, part: CentralPart, who: str, request: Any
) -> None:
    with pytest.raises(NotAllowed):
        actions.agree_part(part, by=request.getfixturevalue(who))


def test_decline_without_a_reason_is_refused(part: CentralPart, ceo: User) -> None:
    with pytest.raises(Conflict, match="Give a reason"):
        actions.decline_part(part, reason=" ", by=ceo)


def test_reopen_frees_the_money_again(fund: CentralFund, part: CentralPart, ceo: User) -> None:
    actions.reopen_part(actions.agree_part(part, by=ceo), by=ceo)
    page = fund_page(fund.academic_year, ceo)
    assert (page.agreed, page.waiting, page.left) == (Decimal(0), Decimal("600"), Decimal("1000"))


def test_fund_page_tells_its_figures(fund: CentralFund, part: CentralPart, cfo: User) -> None:
    actions.agree_part(part, by=cfo)
    page = fund_page(fund.academic_year, cfo)
    assert (page.agreed, page.left, page.share) == (Decimal("600"), Decimal("400"), 60)


def test_reason_of_a_declined_part_is_read_by_its_school_and_the_keepers(
    fund: CentralFund, part: CentralPart, ceo: User, head: User, other_head: User
) -> None:
    actions.decline_part(part, reason="The fund is for shared training", by=ceo)
    told = {
        user.display_name: fund_page(fund.academic_year, user).decided[0].reason
        for user in (ceo, head, other_head)
    }
    assert told == {
        "Ruth Calder": "The fund is for shared training",
        "Tessa Marlow": "The fund is for shared training",
        "Owen Strand": "",
    }


def test_work_asks_ceo_and_cfo_and_nobody_else(
    part: CentralPart, ceo: User, cfo: User, dsi: User, head: User
) -> None:
    wanted = ["Decide on 1 part asked of the central fund"]
    assert [[i.title for i in work_for(u, TODAY)] for u in (ceo, cfo, dsi, head)] == [
        wanted, wanted, [], [],
    ]  # fmt: skip


def test_panel_offers_each_reader_the_own_acts(
    part: CentralPart, raised: CpdRequest, ceo: User, head: User, leader: User, other_head: User,
    clerk: User,
) -> None:  # fmt: skip
    def acts(user: User) -> list[str] | None:
        panel = part_panel(raised, user)
        names = ("may_ask", "may_withdraw", "may_decide", "may_reopen")
        return panel and [name for name in names if getattr(panel, name)]

    assert acts(head) == ["may_ask", "may_withdraw"]
    assert acts(ceo) == ["may_decide"]
    assert acts(leader) == []
    assert acts(other_head) == []
    assert acts(clerk) is None


# -- the school's own budget -----------------------------------------------------------------------


def test_set_budget_by_head_and_cfo_keeps_one_row(
    school: School, year: AcademicYear, head: User, cfo: User
) -> None:
    actions.set_training_budget(school, year, amount=Decimal("9000"), by=head)
    actions.set_training_budget(school, year, amount=Decimal("9500"), by=cfo)
    assert [b.amount for b in TrainingBudget.objects.all()] == [Decimal("9500")]
    acted = AuditEvent.objects.filter(verb="set_training_budget").values_list("acted_as", flat=True)
    assert list(acted.order_by("pk")) == ["head", "cfo"]


@pytest.mark.parametrize("who", ["ceo", "dsi", "other_head", "leader"])
def test_set_budget_by_anybody_else_is_refused(
    school: School, year: AcademicYear, who: str, request: Any
) -> None:
    with pytest.raises(NotAllowed):
        actions.set_training_budget(
            school, year, amount=Decimal(1), by=request.getfixturevalue(who)
        )


def test_budgets_are_read_by_who_keeps_money_and_by_the_own_head(
    school: School, other_school: School, year: AcademicYear, cfo: User, head: User
) -> None:
    assert [b.school for b in fund_page(year, cfo).budgets] == [school, other_school]
    assert [b.school for b in fund_page(year, head).budgets] == [school]
