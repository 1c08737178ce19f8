"""The pages of buying once and of the central fund, as people use them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.actions import funding
from cpd.actions import purchases as actions
from cpd.actions.joining import answer_purchase
from cpd.models import CentralFund, CentralPart, CpdRequest, PurchaseSchool, SharedPurchase
from schools.models import School
from tests import factories
from trust.access import Capacity
from trust.calendar import now
from trust.pages import new_key
from trust.people.models import User


@pytest.fixture
def requests(school: School, other_school: School) -> list[CpdRequest]:
    """Two like requests, raised."""
    return [
        factories.CpdRequestFactory(
            school=each, title="Writing programme", staff=9, fee=Decimal("1200"), raised=True
        )
        for each in (school, other_school)
    ]


@pytest.fixture
def purchase(requests: list[CpdRequest], school: School, dsi: User) -> SharedPurchase:
    return actions.open_purchase(
        title="Writing programme", requests=requests, lead_school=school, quote=Decimal("1650"),
        by=dsi,
    )  # fmt: skip


@pytest.fixture
def joined(
    purchase: SharedPurchase, head: User, other_head: User, school: School
) -> SharedPurchase:
    for place in purchase.schools.select_related("purchase", "school", "request"):
        by = head if place.school_id == school.pk else other_head
        answer_purchase(place, join=True, by=by)
    return purchase


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"cpd:{name}", kwargs={"pk": pk} if pk else None)


def text_of(response: Any) -> str:
    """The words of a page, without its tags."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(bare.replace("&#x27;", "'").split())


# -- finding and opening ---------------------------------------------------------------------------


def test_list_offers_like_requests_and_opens_them_with_their_words(
    client_for: Callable[..., Client], dsi: User, requests: list[CpdRequest]
) -> None:
    client = client_for(dsi)
    page = client.get(url("purchase-list"))
    assert "Could be bought once" in text_of(page)
    form = client.get(page.context["page"].finds[0].url)
    assert form.context["form"].initial["title"] == "Writing programme"
    assert [r.pk for r in form.context["requests"]] == [r.pk for r in requests]


def test_open_by_two_clicks_opens_one(
    client_for: Callable[..., Client], head: User, requests: list[CpdRequest], school: School
) -> None:
    client = client_for(head)
    address = f"{url('purchase-new')}?requests={requests[0].pk},{requests[1].pk}"
    data = {
        "title": "Writing programme", "split": "head", "quote": "1650", "lead_school": school.pk,
        "idempotency_key": new_key(),
    }  # fmt: skip
    first, second = (client.post(address, data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert SharedPurchase.objects.get().schools.count() == 2


def test_open_with_a_request_that_is_not_visible_names_it_not(
    client_for: Callable[..., Client], other_head: User, school: School
) -> None:
    draft = factories.CpdRequestFactory(school=school, title="Canary of a draft")
    page = client_for(other_head).get(f"{url('purchase-new')}?requests={draft.pk},abc,-1,{2**70}")
    assert page.status_code == 200
    assert "Canary" not in text_of(page)


def test_open_with_bad_input_keeps_what_was_typed(
    client_for: Callable[..., Client], dsi: User, trust_set_up: Any
) -> None:
    data = {"title": "Writing programme", "split": "head", "quote": "-5", "note": "From January"}
    page = client_for(dsi).post(url("purchase-new"), data | {"idempotency_key": new_key()})
    words = page.content.decode()
    assert "Enter £0 or more" in words
    assert "From January" in words
    page = client_for(dsi).post(
        url("purchase-new"), data | {"quote": "5", "idempotency_key": new_key()}
    )
    assert "Choose the schools to ask" in text_of(page)


# -- answering -------------------------------------------------------------------------------------


def test_answer_with_nonsense_for_staff_says_what_to_enter(
    client_for: Callable[..., Client], head: User, purchase: SharedPurchase, school: School
) -> None:
    place = purchase.schools.get(school=school)
    for typed, words in (
        ("", "Enter how many staff"), ("0", "1 or more"), ("nine", "whole number"),
        ("99999", "2000 or fewer"),
    ):  # fmt: skip
        page = client_for(head).post(
            url("purchase-answer", place.pk), {"join": "yes", "staff": typed}
        )
        assert words in text_of(page)
        assert "There is a problem" in text_of(page)
    place.refresh_from_db()
    assert place.answer == ""


def test_answer_leave_and_decline_by_the_page(
    client_for: Callable[..., Client], head: User, purchase: SharedPurchase, school: School
) -> None:
    client, place = client_for(head), purchase.schools.get(school=school)
    client.post(url("purchase-answer", place.pk), {"join": "yes", "staff": "8"})
    page = client.get(url("purchase", purchase.pk))
    assert "Alderfen Primary Academy has joined with 8 staff" in text_of(page)
    client.post(url("purchase-leave", place.pk))
    page = client.get(url("purchase", purchase.pk))
    assert "No school leads this purchase" in text_of(page)
    place.refresh_from_db()
    assert place.answer == "declined"


def test_page_shows_a_reader_no_form_that_is_not_theirs(
    client_for: Callable[..., Client], cfo: User, leader: User, purchase: SharedPurchase
) -> None:
    for user in (cfo, leader):
        page = client_for(user).get(url("purchase", purchase.pk))
        assert b"<form" not in page.content.partition(b"<main")[2]


def test_leader_reads_of_another_schools_request_only_what_the_purchase_says(
    client_for: Callable[..., Client], leader: User, purchase: SharedPurchase,
    requests: list[CpdRequest],
) -> None:  # fmt: skip
    page = client_for(leader).get(url("purchase", purchase.pk))
    assert requests[0].ref in text_of(page)
    assert requests[1].ref not in text_of(page)


# -- changing --------------------------------------------------------------------------------------


def test_stale_edit_keeps_what_was_typed_and_shows_what_is_there(
    client_for: Callable[..., Client], ceo: User, dsi: User, purchase: SharedPurchase
) -> None:
    actions.change_purchase(purchase, version=1, by=dsi, quote=Decimal("1700"))
    data = {
        "title": "Writing and talk", "split": "school", "quote": "1800", "version": "1",
        "note": "Mine", "lead_school": purchase.lead_school_id,
    }  # fmt: skip
    page = client_for(ceo).post(url("purchase-edit", purchase.pk), data)
    words = page.content.decode()
    assert "Somebody changed this purchase meanwhile" in words
    assert all(each in words for each in ("Writing and talk", "1800", "Mine", "£1,700"))
    purchase.refresh_from_db()
    assert purchase.title == "Writing programme"


def test_ask_a_like_request_from_the_page_links_it(
    client_for: Callable[..., Client], dsi: User, purchase: SharedPurchase
) -> None:
    third = factories.CpdRequestFactory(title="Writing programme", staff=4, raised=True)
    client = client_for(dsi)
    assert [
        x.request.pk for x in client.get(url("purchase", purchase.pk)).context["page"].like
    ] == [third.pk]
    client.post(url("purchase-ask", purchase.pk), {"like": third.pk})
    place = purchase.schools.get(school=third.school)
    assert (place.request_id, place.staff, place.answer) == (third.pk, 4, "")


# -- buying ----------------------------------------------------------------------------------------


def test_buy_shows_every_share_and_the_remainder_before_it_is_bought(
    client_for: Callable[..., Client], head: User, joined: SharedPurchase
) -> None:
    client = client_for(head)
    page = client.post(url("purchase-buy", joined.pk), {"cost": "1650.01"})
    assert "Alderfen Primary Academy 9 staff £825.01 with £0.01 that cannot be shared" in text_of(
        page
    )
    joined.refresh_from_db()
    assert joined.state == "open"
    seen = page.context["settlement"].seen
    for _ in range(2):
        answer = client.post(url("purchase-buy", joined.pk), {"cost": "1650.01", "seen": seen})
        assert answer.status_code == 302
    joined.refresh_from_db()
    assert (joined.state, joined.cost) == ("bought", Decimal("1650.01"))


def test_buy_with_nonsense_for_the_cost_says_what_to_enter(
    client_for: Callable[..., Client], head: User, joined: SharedPurchase
) -> None:
    for typed in ("", "-1", "lots", "1.001", "99999999999", "NaN", "Infinity"):
        page = client_for(head).post(url("purchase-buy", joined.pk), {"cost": typed})
        assert "There is a problem" in text_of(page)
        assert page.context["settlement"] is None


def test_recharge_note_sums_to_the_cost_and_runs_no_formula(
    client_for: Callable[..., Client], head: User, joined: SharedPurchase
) -> None:
    School.objects.filter(name="Cressmere High").update(name="=Cressmere High")
    actions.buy(joined, cost=Decimal("1000.01"), by=head)
    answer = client_for(head).get(url("purchase-recharge", joined.pk))
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert sum(Decimal(row["Share"]) for row in rows) == Decimal("1000.01")
    assert {row["School"] for row in rows} == {"Alderfen Primary Academy", "'=Cressmere High"}


def test_dissolve_and_open_again_by_the_page(
    client_for: Callable[..., Client], dsi: User, joined: SharedPurchase
) -> None:
    client = client_for(dsi)
    page = client.post(url("purchase-dissolve", joined.pk), {"reason": ""})
    assert "There is a problem" in text_of(page)
    client.post(url("purchase-dissolve", joined.pk), {"reason": "The provider closed"})
    page = client.get(url("purchase", joined.pk))
    assert "Dissolved: The provider closed" in text_of(page)
    for _ in range(2):
        client.post(url("purchase-open-again", joined.pk))
    joined.refresh_from_db()
    assert joined.state == "open"


# -- the central fund ------------------------------------------------------------------------------


@pytest.fixture
def part(requests: list[CpdRequest], head: User, ceo: User) -> CentralPart:
    funding.set_central_fund(factories.make_year(2026), amount=Decimal("500"), by=ceo)
    return funding.ask_central_part(requests[0], amount=Decimal("600"), by=head)


def test_agree_beyond_what_is_left_is_refused_with_the_figures_on_the_page(
    client_for: Callable[..., Client], cfo: User, part: CentralPart
) -> None:
    client = client_for(cfo)
    page = client.post(url("part-agree", part.pk), {"next": "fund"}, follow=True)
    assert "£600 is asked for and £500 of the £500 for 2026 to 2027 is left" in text_of(page)
    client.post(url("fund-set"), {"amount": "6000"})
    page = client.post(url("part-agree", part.pk), {"next": "fund"}, follow=True)
    assert "£600 of £6,000" in text_of(page)
    assert 'width="10"' in page.content.decode()


@pytest.mark.parametrize("typed", ["https://elsewhere.example/", "//elsewhere.example", "9" * 19])
def test_agree_leads_back_to_this_house_only(
    client_for: Callable[..., Client], cfo: User, part: CentralPart, typed: str
) -> None:
    answer = client_for(cfo).post(url("part-agree", part.pk), {"next": typed})
    assert answer["Location"] == url("request", part.request_id)


def test_ask_on_the_page_refuses_more_than_the_whole_and_keeps_it(
    client_for: Callable[..., Client], head: User, requests: list[CpdRequest]
) -> None:
    data = {"amount": "5000", "idempotency_key": new_key()}
    page = client_for(head).post(url("part-ask", requests[0].pk), data)
    assert "The whole costs £1,360" in text_of(page)
    assert 'value="5000"' in page.content.decode()


def test_panel_stands_on_the_requests_page(
    client_for: Callable[..., Client], head: User, part: CentralPart
) -> None:
    page = client_for(head).get(url("request", part.request_id))
    assert "Only this part waits for the Chief Executive" in text_of(page)


def test_decline_tells_the_school_why(
    client_for: Callable[..., Client], ceo: User, head: User, part: CentralPart
) -> None:
    client_for(ceo).post(url("part-decline", part.pk), {"reason": "Shared training comes first"})
    page = client_for(head).get(url("request", part.request_id))
    assert "Shared training comes first" in text_of(page)


def test_fund_of_a_year_that_is_not_there_is_not_found(
    client_for: Callable[..., Client], cfo: User
) -> None:
    assert client_for(cfo).get(f"{url('fund')}?year=999999").status_code == 404
    assert client_for(cfo).get(f"{url('fund')}?year=x").status_code == 404


def test_budget_by_the_page(client_for: Callable[..., Client], head: User, school: School) -> None:
    client = client_for(head)
    page = client.post(url("budget-set", school.pk), {"amount": "-1"})
    assert "Enter £0 or more" in text_of(page)
    client.post(url("budget-set", school.pk), {"amount": "9000.50"})
    assert "£9,000.50" in text_of(client.get(url("fund")))


# -- as many questions whatever the number ---------------------------------------------------------


def _many(number: int, dsi: User, ceo: User) -> SharedPurchase:
    """Purchases, finds, parts and schools: `number` of each."""
    made = None
    year = factories.make_year(2026)
    CentralFund.objects.get_or_create(academic_year=year, defaults={"amount": 9000})
    asked = [
        factories.CpdRequestFactory(title="Writing programme", staff=3, raised=True)
        for _ in range(number + 1)
    ]
    for index in range(number):
        made = SharedPurchase.objects.create(
            title=f"Purchase {index}", quote=Decimal("1650"), created_by=dsi, created_at=now(),
            lead_school=asked[0].school,
        )  # fmt: skip
    assert made is not None
    for each in asked:
        PurchaseSchool.objects.create(
            purchase=made, school=each.school, request=each, staff=3, answer="joined",
            answered_at=now(), answered_by=dsi,
        )  # fmt: skip
        CentralPart.objects.create(
            request=each, academic_year=year, amount=Decimal("1"), asked_at=now()
        )
        factories.CpdRequestFactory(title="Sensory circuits workshop", raised=True)
    return made


@pytest.mark.parametrize("name", ["purchase-list", "purchase", "fund"])
def test_pages_ask_as_often_at_1_3_and_40_rows(
    client_for: Callable[..., Client], ceo: User, dsi: User, name: str
) -> None:
    counts = []
    for number in (1, 2, 37):
        made = _many(number, dsi, ceo)
        client = client_for(ceo)
        client.get(url(name, made.pk if name == "purchase" else None))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url(name, made.pk if name == "purchase" else None))
        assert page.status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


def test_no_page_of_ours_speaks_of_leave_being_given(
    client_for: Callable[..., Client], ceo: User, head: User, joined: SharedPurchase,
    part: CentralPart,
) -> None:  # fmt: skip
    for user, address in (
        (head, url("purchase-list")), (head, url("purchase", joined.pk)),
        (head, url("purchase-buy", joined.pk)), (ceo, url("fund")),
        (ceo, url("part-decline", part.pk)), (head, url("part-ask", part.request_id)),
        (ceo, url("purchase-edit", joined.pk)), (ceo, url("purchase-new")),
    ):  # fmt: skip
        words = text_of(client_for(user).get(address)).lower()
        assert not re.search(r"approv|permission|permit|authoris", words), address


def test_head_of_a_school_not_asked_may_put_it_forward(
    client_for: Callable[..., Client], purchase: SharedPurchase
) -> None:
    late = factories.SchoolFactory(name="Gorsefield School")
    late_head = factories.user_with((Capacity.HEAD, late))
    client = client_for(late_head)
    assert "Put your school forward" in text_of(client.get(url("purchase", purchase.pk)))
    client.post(url("purchase-ask", purchase.pk), {"school": late.pk, "staff": "5"})
    assert purchase.schools.get(school=late).answer == ""
