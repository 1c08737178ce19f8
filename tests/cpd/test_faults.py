"""What goes wrong between two people is answered in one sentence, and what was typed comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cpd.actions.advice import record_advice, take_back_advice
from cpd.actions.joining import answer_purchase, leave_purchase
from cpd.actions.purchases import buy, open_purchase
from cpd.actions.requests import save_request, withdraw_request
from cpd.models import CpdRequest, SharedPurchase
from schools.models import School
from tests import factories
from tests.training_samples.requests import TYPED
from trust.people.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FIGURES = {"staff": "4", "hours_each": "3", "fee": "220", "supply_days": "1"}


def to(name: str, pk: int) -> str:
    return reverse(f"cpd:{name}", kwargs={"pk": pk})


def text(page: HttpResponse) -> str:
    return unescape(page.content.decode())


@pytest.fixture
def raised(school: School, head: User) -> CpdRequest:
    return factories.CpdRequestFactory(school=school, raised=True, created_by=head)


def test_decide_on_words_that_changed_meanwhile_asks_to_read_them_first(
    client_for: SignIn, raised: CpdRequest, head: User
) -> None:
    client, reason = client_for(head), "Year 2 need it by Easter"
    sent = {"decision": "proceed", "reason": reason, "version": "1", **FIGURES}
    save_request(raised, version=1, by=head, fee=Decimal(900))
    page = client.post(to("request-decide", raised.pk), sent)
    assert page.status_code == 409
    assert "was changed while you decided" in text(page)
    assert reason in text(page)
    raised.refresh_from_db()
    assert raised.state == "raised"
    again = client.post(to("request-decide", raised.pk), {**sent, "version": "2"})
    assert again.status_code == 302


def test_decide_despite_advice_that_was_taken_back_says_what_to_choose(
    client_for: SignIn, raised: CpdRequest, head: User, dsi: User
) -> None:
    meeting = factories.GroupMeetingFactory(
        day=dt.date(2026, 11, 24), meeting__state="held"
    ).meeting
    record_advice([raised], meeting=meeting, advice="against", note="Too dear", by=dsi)
    take_back_advice(raised, meeting=meeting, by=dsi)
    sent = {"decision": "despite", "reason": "We lead a twilight", **FIGURES}
    page = client_for(head).post(to("request-decide", raised.pk), sent)
    assert "There is no advice on this request now: choose Proceed" in text(page)
    assert "We lead a twilight" in text(page)


def test_change_of_a_request_withdrawn_meanwhile_gives_the_words_back(
    client_for: SignIn, raised: CpdRequest, head: User
) -> None:
    withdraw_request(raised, reason="No supply teacher", by=head)
    need = "Pupils write longer sentences by themselves"
    page = client_for(head).post(
        to("request-edit", raised.pk), {**TYPED, "need": need, "opened_as": "raised"}
    )
    assert page.status_code == 403
    assert "This request is closed" in text(page)
    assert need in text(page)


@pytest.fixture
def purchase(school: School, other_school: School, head: User, dsi: User) -> SharedPurchase:
    """Open to two schools, each with a request, led by the first, and joined by both."""
    asked = [
        factories.CpdRequestFactory(school=each, raised=True) for each in (school, other_school)
    ]
    made = open_purchase(title="Spelling", requests=asked, lead_school=school, by=dsi)
    other_head = factories.user_with(("head", other_school))
    for place, by in zip(made.schools.order_by("pk"), (head, other_head), strict=True):
        answer_purchase(place, join=True, by=by)
    return made


def test_withdraw_what_is_bought_with_others_keeps_the_reason(
    client_for: SignIn, purchase: SharedPurchase, school: School, head: User
) -> None:
    buy(purchase, cost=Decimal(300), by=head)
    request = CpdRequest.objects.get(school=school)
    sent = {"withdraw-reason": "The teacher has left us"}
    page = client_for(head).post(to("request-withdraw", request.pk), sent)
    assert page.status_code == 409
    assert "This training is bought with other schools: Spelling" in text(page)
    assert "The teacher has left us" in text(page)
    request.refresh_from_db()
    assert request.state == "going_ahead"


def test_buy_after_the_lead_school_left_says_what_is_missing(
    client_for: SignIn, purchase: SharedPurchase, school: School, head: User
) -> None:
    leave_purchase(purchase.schools.get(school=school), by=head)
    page = client_for(head).post(to("purchase-buy", purchase.pk), {"cost": "300", "seen": "x"})
    assert page.status_code == 403
    assert "Name a lead school first" in text(page)
    purchase.refresh_from_db()
    assert purchase.state == "open"


def test_page_after_a_race_leads_back_to_the_page_it_came_from_and_to_no_other_house(
    client_for: SignIn, raised: CpdRequest, head: User, ceo: User
) -> None:
    group = factories.GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="held")
    withdraw_request(raised, reason="No supply teacher", by=head)
    sent = {"card": raised.pk, "requests": [raised.pk], "advice": "more", "note": "Say for how long",
            "seen": f"{raised.pk}:1:0"}  # fmt: skip
    at, client = to("group-advise", group.pk), client_for(ceo)
    here = f"http://testserver{to('group-meeting', group.pk)}"
    page = client.post(at, sent, headers={"referer": here})
    assert page.status_code == 409
    assert f'href="{here}"' in text(page)
    assert "Say for how long" in text(page)
    elsewhere: Any = client.post(at, sent, headers={"referer": "https://elsewhere.example/"})
    assert "elsewhere.example" not in text(elsewhere)
