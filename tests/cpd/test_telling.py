"""Whom the mails of training reach, and that they judge nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cpd.actions.funding import agree_part, ask_central_part, decline_part, set_central_fund
from cpd.actions.purchases import ask_school, open_purchase
from cpd.actions.telling import asks_and_decides
from schools.models import Post
from tests.factories import CpdRequestFactory, make_year
from trust.models import Mail

pytestmark = pytest.mark.django_db


def _told(kind: str) -> list[str]:
    return sorted(Mail.objects.filter(key__startswith=kind).values_list("to", flat=True))


def test_a_requester_who_has_left_the_school_is_told_nothing(
    school: Any, head: Any, leader: Any
) -> None:
    request = CpdRequestFactory(school=school, created_by=leader, raised=True)
    assert asks_and_decides(request) == [head.person, leader.person]
    Post.objects.filter(person=leader.person).update(ends_on=dt.date(2026, 11, 20))
    assert asks_and_decides(request) == [head.person]


def test_heads_hear_that_their_school_may_join_and_whoever_asks_for_the_own_does_not(
    school: Any, other_school: Any, head: Any, other_head: Any, dsi: Any
) -> None:
    purchase = open_purchase(
        title="Writing programme", schools=[school], lead_school=school, by=head
    )
    assert _told("purchase_asked") == []
    ask_school(purchase, school=other_school, by=dsi)
    ask_school(purchase, school=other_school, by=dsi)
    assert _told("purchase_asked") == [other_head.person.email]


def test_a_decision_on_the_central_part_is_told_without_saying_which(
    school: Any, head: Any, cfo: Any
) -> None:
    set_central_fund(make_year(2026), amount=Decimal("600"), by=cfo)
    for agreed in (True, False):
        request = CpdRequestFactory(school=school, created_by=head, raised=True)
        request.refresh_from_db()
        part = ask_central_part(request, amount=Decimal("100"), by=head)
        agree_part(part, by=cfo) if agreed else decline_part(part, reason="Spent", by=cfo)
    mails = Mail.objects.filter(key__startswith="central_part")
    assert [mail.to for mail in mails] == [head.person.email] * 2
    assert {mail.subject for mail in mails} == {
        f"The central fund has answered: {request.title}, {school}"
    }
    assert not any(
        word in mail.text for mail in mails for word in ("Spent", "£", "declin", "agree")
    )
