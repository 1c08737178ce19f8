"""Two heads joining at once both count, and the fund never spends a pound twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from cpd.actions import purchases as actions
from cpd.actions.funding import agree_part
from cpd.actions.joining import answer_purchase
from cpd.models import CentralFund, CentralPart, CpdRequest, PurchaseSchool, SharedPurchase
from schools.models import School
from tests import factories
from tests.at_once import Click, at_once, posting, while_unfinished
from trust.access import Capacity
from trust.calendar import now
from trust.people.models import User


@pytest.fixture
def heads(transactional_db: None) -> list[User]:
    """The headteachers of three schools."""
    factories.lay_down_trust()
    schools = [factories.SchoolFactory(name=name) for name in ("Ash", "Birch", "Cedar")]
    return [factories.user_with((Capacity.HEAD, school)) for school in schools]


@pytest.fixture
def purchase(heads: list[User]) -> SharedPurchase:
    """Open to the three schools, each with a request of £1,200, led by the first."""
    schools = [School.objects.get(pk=pk) for head in heads for pk in head.posts.schools("head")]
    requests = [factories.CpdRequestFactory(school=s, raised=True, staff=5) for s in schools]
    return actions.open_purchase(
        title="Writing", requests=requests, lead_school=requests[0].school,
        quote=Decimal("100"), by=heads[0],
    )  # fmt: skip


def _answer(head: User, purchase: SharedPurchase, act: str = "answer", **data: str) -> Click:
    place = purchase.schools.get(school__in=head.posts.schools("head"))
    return posting(head, reverse(f"cpd:purchase-{act}", kwargs={"pk": place.pk}), data)


@pytest.mark.django_db(transaction=True)
def test_join_by_three_heads_at_once_counts_all_three(
    heads: list[User], purchase: SharedPurchase
) -> None:
    clicks = [_answer(head, purchase, join="yes", staff="5") for head in heads]
    assert at_once(*clicks) == [302, 302, 302]
    assert set(purchase.schools.values_list("answer", flat=True)) == {"joined"}
    assert set(CpdRequest.objects.values_list("decision", flat=True)) == {"join"}


@pytest.mark.django_db(transaction=True)
def test_join_by_two_clicks_of_one_head_at_once_joins_once(
    heads: list[User], purchase: SharedPurchase
) -> None:
    clicks = [_answer(heads[0], purchase, join="yes", staff="5") for _ in range(2)]
    assert at_once(*clicks) == [302, 302]
    request = CpdRequest.objects.get(purchase_places__school__in=heads[0].posts.schools("head"))
    assert request.reviews.count() == 1


@pytest.mark.django_db(transaction=True)
def test_buy_while_a_third_school_joins_charges_exactly_who_joined(
    heads: list[User], purchase: SharedPurchase
) -> None:
    for head in heads[:2]:
        place = purchase.schools.get(school__in=head.posts.schools("head"))
        answer_purchase(place, join=True, by=head)
    page = Client()
    page.force_login(heads[0])
    url = reverse("cpd:purchase-buy", kwargs={"pk": purchase.pk})
    settlement = page.post(url, {"cost": "100"}).context["settlement"]
    buying = posting(heads[0], url, {"cost": "100", "seen": settlement.seen})
    statuses = at_once(buying, _answer(heads[2], purchase, join="yes", staff="5"))
    assert max(statuses) < 500
    purchase.refresh_from_db()
    joined = purchase.schools.filter(answer="joined")
    shares = [place.share for place in joined]
    if purchase.state == "bought":  # the buyer was first: the third school did not join
        assert sum(share or 0 for share in shares) == Decimal("100")
        assert len(shares) == 2
    else:  # the third school was first: the buyer sees the shares again
        assert shares == [None, None, None]


@pytest.mark.django_db(transaction=True)
def test_leave_while_the_lead_school_buys_charges_nobody_who_left(
    heads: list[User], purchase: SharedPurchase
) -> None:
    for head in heads:
        place = purchase.schools.get(school__in=head.posts.schools("head"))
        answer_purchase(place, join=True, by=head)
    page = Client()
    page.force_login(heads[0])
    url = reverse("cpd:purchase-buy", kwargs={"pk": purchase.pk})
    seen = page.post(url, {"cost": "100"}).context["settlement"].seen
    buying = posting(heads[0], url, {"cost": "100", "seen": seen})
    assert max(at_once(buying, _answer(heads[2], purchase, "leave"))) < 500
    purchase.refresh_from_db()
    shares = list(purchase.schools.values_list("answer", "share"))
    if purchase.state == "bought":  # the buyer was first: all three stand
        assert [answer for answer, _ in shares] == ["joined"] * 3
        assert sum(share or 0 for _, share in shares) == Decimal("100")
    else:  # the school had left: the buyer sees the shares of two
        assert sorted(shares) == [("declined", None), ("joined", None), ("joined", None)]
        request = CpdRequest.objects.get(purchase_places__answer="declined")
        assert (request.state, request.decision) == ("raised", "")


@pytest.mark.django_db(transaction=True)
def test_buy_by_two_clicks_at_once_buys_once(heads: list[User], purchase: SharedPurchase) -> None:
    for head in heads[:2]:
        place = purchase.schools.get(school__in=head.posts.schools("head"))
        answer_purchase(place, join=True, by=head)
    page = Client()
    page.force_login(heads[0])
    url = reverse("cpd:purchase-buy", kwargs={"pk": purchase.pk})
    seen = page.post(url, {"cost": "100.01"}).context["settlement"].seen
    data = {"cost": "100.01", "seen": seen}
    assert max(at_once(*[posting(heads[0], url, data) for _ in range(2)])) < 500
    shares = PurchaseSchool.objects.filter(share__isnull=False).values_list("share", flat=True)
    assert sorted(shares) == [Decimal("50.00"), Decimal("50.01")]


@pytest.mark.django_db(transaction=True)
def test_agree_a_part_while_another_is_agreed_never_spends_a_pound_twice(heads: list[User]) -> None:
    ceo, cfo = (factories.user_with((c, None)) for c in (Capacity.CEO, Capacity.CFO))
    year = factories.make_year(2026)
    CentralFund.objects.create(academic_year=year, amount=Decimal("1000"))
    parts = [
        CentralPart.objects.create(
            request=factories.CpdRequestFactory(raised=True, fee=Decimal("900")),
            academic_year=year, amount=Decimal("600"), asked_at=now(),
        )
        for _ in range(2)
    ]  # fmt: skip
    late = posting(cfo, reverse("cpd:part-agree", kwargs={"pk": parts[1].pk}), {})
    answer = while_unfinished(lambda: agree_part(parts[0], by=ceo), late)
    assert answer.status_code == 302
    assert sorted(CentralPart.objects.values_list("state", flat=True)) == ["agreed", "asked"]
