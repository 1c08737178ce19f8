"""What the database itself says of requests: the total, the search, what is kept, and who reads a draft."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import IntegrityError, InternalError, transaction

from cpd.models import CpdRequest
from tests.factories import CpdRequestFactory

pytestmark = pytest.mark.django_db


def test_total_is_fee_materials_travel_and_supply(school: Any) -> None:
    request = CpdRequestFactory(
        school=school, fee=Decimal("220"), materials=Decimal("10.50"), travel=Decimal("4"),
        supply_days=Decimal("1.5"), supply_rate=Decimal("160"),
    )  # fmt: skip
    request.refresh_from_db()
    assert request.total == Decimal("474.50")


def test_words_are_found_by_their_stem(school: Any) -> None:
    CpdRequestFactory(school=school, title="Spelling subscription")
    found = CpdRequest.objects.filter(search=SearchQuery("spell", config="english"))
    assert found.count() == 1


def test_a_negative_cost_is_refused(school: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CpdRequestFactory(school=school, fee=Decimal("-1"))


def test_a_raised_request_is_kept_and_a_draft_may_go(school: Any) -> None:
    CpdRequestFactory(school=school).delete()
    with pytest.raises(InternalError), transaction.atomic():
        CpdRequestFactory(school=school, raised=True).delete()


def test_a_draft_is_read_by_its_own_school_only(
    school: Any, head: Any, leader: Any, other_head: Any, ceo: Any, dsi: Any, trustee: Any
) -> None:
    draft, raised = CpdRequestFactory(school=school), CpdRequestFactory(school=school, raised=True)
    seen = {
        user: set(CpdRequest.objects.visible_to(user))
        for user in (head, leader, other_head, ceo, dsi)
    }
    assert seen[head] == seen[leader] == {draft, raised}
    assert seen[other_head] == seen[ceo] == seen[dsi] == {raised}
    assert not CpdRequest.objects.visible_to(trustee).exists()
