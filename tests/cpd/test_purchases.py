"""Buying once: asked, joined by each school's own act, shared to the penny, bought, dissolved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection, transaction

from cpd.actions import leaving
from cpd.actions import purchases as actions
from cpd.actions.decisions import reconsider_request
from cpd.actions.joining import answer_purchase, leave_purchase
from cpd.actions.requests import withdraw_request
from cpd.models import CpdRequest, PurchaseSchool, SharedPurchase
from cpd.queries.purchase_pages import finds_for, read_purchase, settle
from cpd.work.purchases import work_for
from schools.models import School
from tests import factories
from tests.factories import TODAY
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AuditEvent
from trust.people.models import User
from trust.work import run_due_work


@pytest.fixture
def third(trust_set_up: Any) -> School:
    return factories.SchoolFactory(name="Eastrow Primary", code="EAS", pupils=210)


@pytest.fixture
def third_head(third: School) -> User:
    return factories.user_with((Capacity.HEAD, third), name="Ivo Marsh")


@pytest.fixture
def ask(
    school: School, other_school: School, third: School, head: User, dsi: User
) -> Callable[..., SharedPurchase]:
    """A purchase of two raised requests of £1,200, led by the first school, which a third could join."""

    def made(**fields: Any) -> SharedPurchase:
        requests = [
            factories.CpdRequestFactory(
                school=each, title="Writing programme", staff=9, fee=Decimal("1200"),
                supply_days=Decimal(0), raised=True,
            )
            for each in (school, other_school)
        ]  # fmt: skip
        given = {"lead_school": school, "quote": Decimal("1650"), "title": "Writing programme"}
        return actions.open_purchase(requests=requests, schools=[third], by=dsi, **(given | fields))

    return made


def place(purchase: SharedPurchase, school: School) -> PurchaseSchool:
    return PurchaseSchool.objects.select_related("purchase", "school", "request").get(
        purchase=purchase, school=school
    )


def join(purchase: SharedPurchase, school: School, head: User, staff: int = 9) -> PurchaseSchool:
    return answer_purchase(place(purchase, school), join=True, staff=staff, by=head)


# -- opening ---------------------------------------------------------------------------------------


def test_open_purchase_asks_every_school_and_joins_none(ask: Any) -> None:
    purchase = ask()
    rows = purchase.schools.order_by("school__name").values_list("school__name", "staff", "answer")
    assert list(rows) == [
        ("Alderfen Primary Academy", 9, ""),
        ("Cressmere High", 9, ""),
        ("Eastrow Primary", 0, ""),
    ]
    assert set(CpdRequest.objects.values_list("state", flat=True)) == {"raised"}


def test_open_purchase_with_a_request_of_an_open_one_is_refused(ask: Any, dsi: User) -> None:
    purchase = ask()
    request = purchase.schools.exclude(request=None).first().request
    with pytest.raises(Conflict, match="in a shared purchase already"):
        actions.open_purchase(title="Again", requests=[request], by=dsi)


def test_open_purchase_twice_opens_one(school: School, other_school: School, dsi: User) -> None:
    first, second = (
        actions.open_purchase(title="Phonics", schools=[school, other_school], by=dsi)
        for _ in range(2)
    )
    assert first == second
    assert actions.open_purchase(title="Phonics", schools=[school], by=dsi) != first


def test_open_purchase_with_a_draft_is_refused(school: School, dsi: User) -> None:
    draft = factories.CpdRequestFactory(school=school)
    with pytest.raises(Conflict, match="not before the Strategy Group"):
        actions.open_purchase(title="Writing", requests=[draft], by=dsi)


def test_open_purchase_with_a_school_that_left_is_refused(school: School, dsi: User) -> None:
    school.left_on = dt.date(2020, 1, 1)
    school.save()
    with pytest.raises(Conflict, match="has left the trust"):
        actions.open_purchase(title="Writing", schools=[school], by=dsi)


@pytest.mark.parametrize("quote", ["-0.01", "1.005", "100000000"])
def test_open_purchase_with_an_absurd_quote_is_refused(ask: Any, quote: str) -> None:
    with pytest.raises(Conflict, match="Enter"):
        ask(quote=Decimal(quote))
    assert not SharedPurchase.objects.exists()


def test_open_purchase_by_a_leader_is_refused(school: School, leader: User) -> None:
    with pytest.raises(NotAllowed):
        actions.open_purchase(title="Writing", schools=[school], by=leader)


# -- answering -------------------------------------------------------------------------------------


def test_join_decides_the_schools_own_request_and_plans_its_reviews(
    ask: Any, school: School, head: User
) -> None:
    joined = join(ask(), school, head, 8)
    request = CpdRequest.objects.get(school=school)
    assert (joined.answer, joined.staff, joined.answered_by) == ("joined", 8, head)
    assert (request.state, request.decision, request.decided_by) == ("going_ahead", "join", head)
    assert request.reviews.exists()
    assert request.staff == 9


def test_join_without_a_request_makes_none(ask: Any, third: School, third_head: User) -> None:
    join(ask(), third, third_head, 6)
    assert not CpdRequest.objects.filter(school=third).exists()


def test_join_twice_changes_nothing_the_second_time(ask: Any, school: School, head: User) -> None:
    purchase = ask()
    join(purchase, school, head)
    before = AuditEvent.objects.count()
    join(purchase, school, head)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("who", ["ceo", "dsi", "cfo", "leader", "other_head"])
def test_join_by_anybody_but_the_schools_head_is_refused(
    ask: Any, school: School, who: str, request: Any
) -> None:
    purchase = ask()
    with pytest.raises(NotAllowed, match="its headteacher"):
        join(purchase, school, request.getfixturevalue(who))
    assert place(purchase, school).answer == ""


def test_join_with_no_staff_is_refused(ask: Any, third: School, third_head: User) -> None:
    purchase = ask()
    with pytest.raises(Conflict, match="how many staff"):
        answer_purchase(place(purchase, third), join=True, by=third_head)


def test_join_by_a_school_that_left_is_refused(ask: Any, school: School, head: User) -> None:
    purchase = ask()
    School.objects.filter(pk=school.pk).update(left_on=TODAY)
    with pytest.raises(Conflict, match="has left the trust"):
        join(purchase, school, head)


def test_join_with_a_withdrawn_request_says_what_to_do(
    ask: Any, school: School, head: User
) -> None:
    purchase = ask()
    withdraw_request(CpdRequest.objects.get(school=school), reason="Not now", by=head)
    with pytest.raises(Conflict, match="raise it again, then join"):
        join(purchase, school, head)


def test_join_a_request_already_going_ahead_decides_it_anew(
    school: School, other_school: School, head: User, dsi: User
) -> None:
    booked = factories.CpdRequestFactory(school=school, going_ahead=True)
    purchase = actions.open_purchase(
        title="Spelling", requests=[booked], schools=[other_school], by=dsi
    )
    join(purchase, school, head, 4)
    booked.refresh_from_db()
    assert (booked.state, booked.decision, booked.decided_by) == ("going_ahead", "join", head)


def test_leave_raises_the_request_again_without_its_reviews(
    ask: Any, other_school: School, other_head: User
) -> None:
    purchase = ask()
    leave_purchase(join(purchase, other_school, other_head), by=other_head)
    request = CpdRequest.objects.get(school=other_school)
    assert (request.state, request.decision, request.decided_at) == ("raised", "", None)
    assert not request.reviews.exists()
    assert place(purchase, other_school).answer == "declined"
    purchase.refresh_from_db()
    assert purchase.lead_school is not None


def test_leave_by_the_lead_school_leaves_no_lead_and_no_buying(
    ask: Any, school: School, head: User, other_school: School, other_head: User, ceo: User
) -> None:
    purchase = ask()
    join(purchase, other_school, other_head)
    leave_purchase(join(purchase, school, head), by=head)
    purchase.refresh_from_db()
    assert purchase.lead_school is None
    with pytest.raises(Conflict, match="Name a lead school"):
        actions.buy(purchase, cost=Decimal("1650"), by=other_head)
    assert [item.key for item in work_for(ceo, TODAY)] == [f"purchase-lead-{purchase.pk}"]
    actions.change_purchase(purchase, version=purchase.version, by=ceo, lead_school=other_school)
    assert [item.key for item in work_for(ceo, TODAY)] == []


def test_withdraw_a_joined_request_leaves_the_purchase(
    ask: Any, other_school: School, other_head: User
) -> None:
    purchase = ask()
    join(purchase, other_school, other_head)
    request = CpdRequest.objects.get(school=other_school)
    withdraw_request(request, reason="The leader is leaving", by=other_head)
    assert place(purchase, other_school).answer == "declined"


def test_reconsider_a_joined_request_leaves_the_purchase(
    ask: Any, school: School, head: User
) -> None:
    purchase = ask()
    join(purchase, school, head)
    reconsider_request(CpdRequest.objects.get(school=school), by=head)
    purchase.refresh_from_db()
    assert (place(purchase, school).answer, purchase.lead_school) == ("declined", None)


# -- changing --------------------------------------------------------------------------------------


def test_change_purchase_of_an_older_version_changes_nothing(ask: Any, dsi: User) -> None:
    purchase = ask()
    actions.change_purchase(purchase, version=1, by=dsi, quote=Decimal("1700"))
    with pytest.raises(Conflict, match="meanwhile"):
        actions.change_purchase(purchase, version=1, by=dsi, quote=Decimal("1800"))
    purchase.refresh_from_db()
    assert (purchase.quote, purchase.version) == (Decimal("1700"), 2)


def test_change_lead_to_a_school_that_declined_is_refused(
    ask: Any, third: School, third_head: User, dsi: User
) -> None:
    purchase = ask()
    answer_purchase(place(purchase, third), join=False, by=third_head)
    with pytest.raises(Conflict, match="not taking part"):
        actions.change_purchase(purchase, version=1, by=dsi, lead_school=third)


def test_ask_school_by_a_head_puts_forward_the_own_and_no_other(
    ask: Any, school: School, head: User
) -> None:
    late = factories.SchoolFactory(name="Gorsefield School")
    late_head = factories.user_with((Capacity.HEAD, late))
    purchase = ask()
    assert actions.ask_school(purchase, school=late, staff=5, by=late_head).answer == ""
    with pytest.raises(NotAllowed):
        actions.ask_school(purchase, school=factories.SchoolFactory(), by=late_head)


# -- buying ----------------------------------------------------------------------------------------


@pytest.fixture
def joined(
    ask: Any, school: School, head: User, other_school: School, other_head: User
) -> Callable[..., SharedPurchase]:
    """Joined by the lead school with 9 staff and by the other with `staff`."""

    def made(staff: int = 9, **fields: Any) -> SharedPurchase:
        purchase = ask(**fields)
        join(purchase, school, head)
        join(purchase, other_school, other_head, staff)
        return purchase

    return made


def shares(purchase: SharedPurchase) -> dict[str, tuple[Decimal | None, Decimal]]:
    rows = purchase.schools.values_list("school__code", "share", "remainder")
    return {code: (share, over) for code, share, over in rows}


def test_buy_per_head_freezes_every_share_and_names_the_remainder(joined: Any, head: User) -> None:
    purchase = actions.buy(joined(staff=10), cost=Decimal("1650"), by=head)
    assert shares(purchase) == {
        "ALD": (Decimal("781.58"), Decimal("0.01")),
        "CRE": (Decimal("868.42"), Decimal(0)),
        "EAS": (None, Decimal(0)),
    }
    assert (purchase.state, purchase.cost, purchase.bought_by) == ("bought", Decimal("1650"), head)


def test_buy_shares_equal_sql_that_imports_nothing_of_ours(joined: Any, head: User) -> None:
    purchase = actions.buy(joined(staff=7), cost=Decimal("999.97"), by=head)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sum(share), p.cost, bool_and(
                share - remainder = floor(p.cost * 100 * staff / total) / 100)
            FROM (SELECT *, sum(staff) OVER () AS total FROM cpd_purchaseschool
                  WHERE purchase_id = %s AND answer = 'joined') AS s
            JOIN cpd_sharedpurchase p ON p.id = s.purchase_id GROUP BY p.cost
            """,
            [purchase.pk],
        )
        assert cursor.fetchone() == (Decimal("999.97"), Decimal("999.97"), True)


def test_buy_equally_per_school(joined: Any, head: User) -> None:
    purchase = actions.buy(joined(staff=30, split="school"), cost=Decimal("100.01"), by=head)
    assert shares(purchase)["ALD"] == (Decimal("50.01"), Decimal("0.01"))
    assert shares(purchase)["CRE"] == (Decimal("50.00"), Decimal(0))


def test_buy_by_roll_without_a_roll_says_whose(joined: Any, school: School, head: User) -> None:
    School.objects.filter(pk=school.pk).update(pupils=400)
    purchase = joined(split="roll")
    with pytest.raises(Conflict, match="No pupils on roll are known for Cressmere High"):
        actions.buy(purchase, cost=Decimal("1650"), by=head)


def test_buy_by_roll_shares_by_pupils(
    joined: Any, school: School, other_school: School, head: User
) -> None:
    School.objects.filter(pk=school.pk).update(pupils=100)
    School.objects.filter(pk=other_school.pk).update(pupils=300)
    purchase = actions.buy(joined(split="roll"), cost=Decimal("1000"), by=head)
    assert shares(purchase)["ALD"][0] == Decimal("250")


def test_buy_for_one_school_is_refused(ask: Any, school: School, head: User) -> None:
    purchase = ask()
    join(purchase, school, head)
    with pytest.raises(Conflict, match="Only one school has joined"):
        actions.buy(purchase, cost=Decimal("1650"), by=head)


def test_buy_led_by_a_school_that_has_not_joined_is_refused(
    ask: Any, other_school: School, other_head: User, head: User
) -> None:
    purchase = ask()
    join(purchase, other_school, other_head)
    with pytest.raises(Conflict, match="leads and has not joined"):
        actions.buy(purchase, cost=Decimal("1650"), by=head)


@pytest.mark.parametrize("cost", ["-1", "0.001", "100000000"])
def test_buy_at_an_absurd_cost_is_refused(joined: Any, head: User, cost: str) -> None:
    purchase = joined()
    with pytest.raises(Conflict, match="Enter"):
        actions.buy(purchase, cost=Decimal(cost), by=head)
    purchase.refresh_from_db()
    assert purchase.state == "open"


def test_buy_after_another_school_joined_shows_the_shares_again(
    joined: Any, head: User, third: School, third_head: User
) -> None:
    purchase = joined()
    seen = settle(purchase, Decimal("1650")).seen
    join(purchase, third, third_head, 6)
    with pytest.raises(Conflict, match="shares have changed"):
        actions.buy(purchase, cost=Decimal("1650"), by=head, seen=seen)


@pytest.mark.parametrize("who", ["ceo", "dsi", "cfo", "other_head", "leader"])
def test_buy_by_anybody_but_the_lead_schools_head_is_refused(
    joined: Any, who: str, request: Any
) -> None:
    purchase = joined()
    with pytest.raises(NotAllowed):
        actions.buy(purchase, cost=Decimal("1650"), by=request.getfixturevalue(who))


def test_bought_purchase_takes_no_more_answers_changes_or_leaving(
    joined: Any, head: User, other_school: School, other_head: User, third: School,
    third_head: User, dsi: User,
) -> None:  # fmt: skip
    purchase = joined()
    actions.buy(purchase, cost=Decimal("1650"), by=head)
    for act in (
        lambda: join(purchase, third, third_head),
        lambda: leave_purchase(place(purchase, other_school), by=other_head),
        lambda: actions.change_purchase(purchase, version=2, by=dsi, title="Other"),
        lambda: actions.dissolve_purchase(purchase, reason="No", by=dsi),
        lambda: actions.buy(purchase, cost=Decimal("1"), by=head),
        lambda: reconsider_request(CpdRequest.objects.get(school=other_school), by=other_head),
    ):
        with pytest.raises(Conflict):
            act()


FROZEN = [
    (SharedPurchase, {"cost": Decimal("1")}),
    (SharedPurchase, {"title": "Other"}),
    (SharedPurchase, {"split": "school"}),
    (PurchaseSchool, {"share": Decimal("1")}),
    (PurchaseSchool, {"staff": 1}),
    (PurchaseSchool, {"answer": "declined"}),
]


@pytest.mark.parametrize(("model", "change"), FROZEN)
def test_bought_purchase_is_frozen_and_kept_in_the_database(
    joined: Any, head: User, model: Any, change: dict[str, Any]
) -> None:
    purchase = actions.buy(joined(), cost=Decimal("1650"), by=head)
    rows = model.objects.filter(pk=purchase.pk)
    if model is PurchaseSchool:
        rows = PurchaseSchool.objects.filter(share__isnull=False)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        rows.delete()
    SharedPurchase.objects.filter(pk=purchase.pk).update(note="Invoice sent on 2 December")


def test_open_purchase_may_change_what_a_bought_one_may_not(joined: Any) -> None:
    purchase = joined()
    SharedPurchase.objects.filter(pk=purchase.pk).update(title="Other", split="school")
    assert PurchaseSchool.objects.filter(purchase=purchase).update(staff=1) == 3


# -- dissolving ------------------------------------------------------------------------------------


def test_dissolve_without_a_reason_is_refused(ask: Any, dsi: User) -> None:
    with pytest.raises(Conflict, match="Give a reason"):
        actions.dissolve_purchase(ask(), reason="  ", by=dsi)


def test_dissolve_leaves_each_decision_to_its_school(
    joined: Any, dsi: User, head: User, school: School
) -> None:
    purchase = joined()
    actions.dissolve_purchase(purchase, reason="The provider closed", by=dsi)
    request = CpdRequest.objects.get(school=school)
    assert (request.state, request.decision) == ("going_ahead", "join")
    assert [i.title for i in work_for(head, TODAY)] == [f"Decide anew on {request.ref}"]
    reconsider_request(request, by=head)
    assert list(work_for(head, TODAY)) == []


def test_open_again_asks_anew_the_schools_that_decided_otherwise(
    joined: Any, dsi: User, head: User, school: School, other_school: School
) -> None:
    purchase = actions.dissolve_purchase(joined(), reason="The provider closed", by=dsi)
    reconsider_request(CpdRequest.objects.get(school=school), by=head)
    actions.open_purchase_again(purchase, by=dsi)
    assert place(purchase, school).answer == ""
    assert place(purchase, other_school).answer == "joined"


# -- a school that left ----------------------------------------------------------------------------


def test_school_left_withdraws_its_requests_and_takes_it_out(
    joined: Any, school: School, other_school: School
) -> None:
    purchase = joined()
    draft = factories.CpdRequestFactory(school=school)
    held = factories.CpdRequestFactory(
        school=school, going_ahead=True, starts_on=dt.date(2026, 9, 14)
    )
    School.objects.filter(pk=school.pk).update(left_on=TODAY)
    assert leaving.schools_to_leave() == [school.pk]
    run_due_work()
    assert leaving.schools_to_leave() == []
    purchase.refresh_from_db()
    assert purchase.lead_school is None
    assert not purchase.schools.filter(school=school).exists()
    joined_request = CpdRequest.objects.get(school=school, title="Writing programme")
    for row in (joined_request, CpdRequest.objects.get(pk=draft.pk)):
        assert (row.state, row.withdrawn_reason) == ("withdrawn", "School left the trust")
    held.refresh_from_db()
    assert held.state == "going_ahead"
    assert CpdRequest.objects.get(school=other_school).state == "going_ahead"


def test_school_left_keeps_its_share_of_what_is_bought(
    joined: Any, school: School, head: User
) -> None:
    purchase = actions.buy(joined(), cost=Decimal("1650"), by=head)
    School.objects.filter(pk=school.pk).update(left_on=TODAY)
    run_due_work()
    assert place(purchase, school).share == Decimal("825")
    assert CpdRequest.objects.get(school=school).state == "going_ahead"


# -- what the page says ----------------------------------------------------------------------------


def test_saving_is_what_the_joined_requests_ask_for_less_the_cost(
    joined: Any, head: User, dsi: User
) -> None:
    page = read_purchase(joined(), dsi)
    assert [(f.label, f.value) for f in page.figures] == [
        ("Staff taking part", "18"),
        ("If bought apart", "£2,400"),
        ("Quote for all", "£1,650"),
        ("Saves", "£750"),
    ]


def test_figures_before_two_have_joined_are_those_if_every_school_joins(
    ask: Any, dsi: User
) -> None:
    page = read_purchase(ask(), dsi)
    assert [(f.label, f.value, f.small) for f in page.figures][:1] == [
        ("Staff taking part", "18", "if every school asked joins")
    ]
    assert (page.figures[-1].label, page.figures[-1].value) == ("Saves", "£750")


def test_a_dearer_purchase_says_so(joined: Any, dsi: User) -> None:
    page = read_purchase(joined(quote=Decimal("2500")), dsi)
    assert (page.figures[-1].label, page.figures[-1].value) == ("Dearer by", "£100")


def test_share_of_a_school_that_could_join_is_shown_before_it_does(
    joined: Any, third: School, dsi: User
) -> None:
    purchase = joined()
    PurchaseSchool.objects.filter(purchase=purchase, school=third).update(staff=12)
    rows = {r.place.school.code: (r.share, r.would) for r in read_purchase(purchase, dsi).places}
    assert rows == {
        "ALD": (Decimal("825"), None),
        "CRE": (Decimal("825"), None),
        "EAS": (None, Decimal("660")),
    }


def test_finds_are_like_requests_of_two_schools_in_no_purchase(
    school: School, other_school: School, dsi: User, cfo: User
) -> None:
    like = [
        factories.CpdRequestFactory(school=each, provider_name="Pen and Page", raised=True)
        for each in (school, other_school)
    ]
    factories.CpdRequestFactory(school=school, provider_name="Pen and Page", title="Writing again")
    factories.CpdRequestFactory(
        school=other_school, title="First aid for playground staff", raised=True
    )
    keys = "%2C".join(str(r.pk) for r in like)
    assert [(f.number, f.url) for f in finds_for(dsi)] == [
        (2, f"/cpd/purchases/new/?requests={keys}")
    ]
    assert [f.url for f in finds_for(cfo)] == [""]
    actions.open_purchase(title="Writing", requests=like, by=dsi)
    assert finds_for(dsi) == ()


# -- work ------------------------------------------------------------------------------------------


def test_work_asks_heads_to_answer_and_the_lead_school_to_buy_once_all_have(
    ask: Any, school: School, head: User, other_school: School, other_head: User, third: School,
    third_head: User,
) -> None:  # fmt: skip
    purchase = ask()
    assert [i.title for i in work_for(head, TODAY)] == ["Say whether you join: Writing programme"]
    join(purchase, school, head)
    join(purchase, other_school, other_head)
    assert list(work_for(head, TODAY)) == []
    answer_purchase(place(purchase, third), join=False, by=third_head)
    assert [i.title for i in work_for(head, TODAY)] == ["Buy for 2 schools: Writing programme"]
    assert list(work_for(other_head, TODAY)) == []
