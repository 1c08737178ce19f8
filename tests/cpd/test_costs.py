"""Costs: pure figures for any amounts, and medians, shares and totals equal to SQL that imports nothing of ours."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpd.costs import Bars, Cost, faults, median, share, since
from cpd.queries.costs import FEWEST, of_its_kind, spent_of
from tests.factories import CpdRequestFactory, SchoolFactory, make_year

POUNDS = st.decimals(0, 20_000, places=2)
TODAY = dt.date(2026, 11, 21)


@given(POUNDS, POUNDS, POUNDS, st.decimals(0, 60, places=1), POUNDS.filter(lambda p: p < 2000), st.integers(1, 200))  # fmt: skip
def test_total_is_the_sum_of_its_parts_and_heads_come_back_to_it(
    fee: Decimal, materials: Decimal, travel: Decimal, days: Decimal, rate: Decimal, staff: int
) -> None:
    cost = Cost(fee, materials, travel, days, rate, staff)
    assert cost.total == fee + materials + travel + cost.supply
    assert abs(cost.supply - days * rate) <= Decimal("0.005")
    head = cost.a_head
    assert head is not None
    assert abs(head * staff - cost.total) <= Decimal("0.005") * staff


def test_nobody_counted_has_no_cost_a_head_nor_an_hour() -> None:
    assert Cost(fee=Decimal(10)).a_head is None
    assert Cost(fee=Decimal(10), staff=3).an_hour is None


def test_the_pictures_request_costs_95_a_head() -> None:
    cost = Cost(Decimal(220), supply_days=Decimal(1), supply_rate=Decimal(160), staff=4, hours_each=Decimal(3))  # fmt: skip
    assert (cost.total, cost.a_head, cost.an_hour) == (Decimal(380), Decimal(95), Decimal("31.67"))


@pytest.mark.parametrize(
    ("amounts", "middle"),
    [([], None), ([3], 3), ([1, 9], 5), ([9, 1, 4], 4), ([1, 2, 3, 10], Decimal("2.5"))],
)
def test_median_is_the_middle_or_the_mean_of_the_two(amounts: list[int], middle: Any) -> None:
    assert median([Decimal(a) for a in amounts]) == middle


@pytest.mark.parametrize(
    ("today", "begins"),
    [(dt.date(2026, 11, 21), 2025), (dt.date(2026, 9, 1), 2025), (dt.date(2026, 8, 31), 2024)],
)
def test_costs_are_compared_since_the_september_of_last_year(today: dt.date, begins: int) -> None:
    assert since(today) == dt.date(begins, 9, 1)


def test_share_is_in_hundredths_and_of_nothing_is_none() -> None:
    assert share(Decimal(2150), Decimal(6000)) == 36
    assert share(Decimal(1), Decimal(0)) is None
    assert share(Decimal(1), None) is None


@given(POUNDS, POUNDS)
def test_bars_stand_in_one_scale(mine: Decimal, theirs: Decimal) -> None:
    bars = Bars.of(mine, theirs)
    assert max(bars.mine, bars.theirs) in (0, 224)
    assert (mine > theirs) <= (bars.mine >= bars.theirs)


@given(st.decimals(-(10**12), 10**12, places=2), st.integers(-(10**9), 10**9))
def test_what_cannot_be_is_said_once_and_never_raises(pounds: Decimal, staff: int) -> None:
    found = faults({"fee": pounds, "staff": staff, "supply_days": pounds}, TODAY)
    assert ("fee" in found) or 0 <= pounds <= 250_000
    assert ("staff" in found) == (not 0 <= staff <= 2000)


def test_whole_cost_above_the_most_is_said_where_each_part_is_below() -> None:
    parts = {"fee": Decimal(200_000), "materials": Decimal(60_000)}
    assert "whole cost" in faults(parts, TODAY)["fee"]


# -- against the database --------------------------------------------------------------------------

MEDIAN = """
    SELECT count(*), round(percentile_cont(0.5) WITHIN GROUP (
        ORDER BY round((fee + materials + travel + supply_days * supply_rate) / staff, 2))::numeric, 2)
    FROM cpd_cpdrequest WHERE kind = %s AND listing = '' AND staff > 0 AND starts_on >= %s
    AND state IN ('raised', 'going_ahead', 'evaluated')
"""
SPENT = """
    SELECT coalesce(sum(fee + materials + travel + supply_days * supply_rate), 0) FROM cpd_cpdrequest
    WHERE school_id = %s AND state IN ('going_ahead', 'evaluated', 'listed')
    AND starts_on BETWEEN '2026-09-01' AND '2027-08-31'
"""


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(rows=st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 40), st.sampled_from(["raised", "going_ahead", "withdrawn", "draft"])), max_size=9))  # fmt: skip
def test_median_and_spend_equal_sql(rows: list[tuple[int, int, str]], school: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        for pence, staff, state in rows:
            CpdRequestFactory(
                school=school, fee=Decimal(pence) / 100, staff=staff, kind="coaching",
                **({state: True} if state in ("raised", "going_ahead") else {"state": state}),
            )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(MEDIAN, ["coaching", since(TODAY)])
            number, middle = cursor.fetchone()
            cursor.execute(SPENT, [school.pk])
            (spent,) = cursor.fetchone()
        ours = of_its_kind("coaching", on=TODAY)
        assert ours.number == number
        assert ours.median == (middle if number >= FEWEST else None)
        assert spent_of(school.pk, make_year(2026)) == spent
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_too_few_of_a_kind_tell_no_median(trust_set_up: Any) -> None:
    for n in range(FEWEST - 1):
        CpdRequestFactory(school=SchoolFactory(), raised=True, fee=Decimal(100 * n))
    assert of_its_kind("subscription", on=TODAY).median is None


@pytest.mark.django_db
def test_a_request_is_not_compared_with_itself(trust_set_up: Any) -> None:
    rows = [CpdRequestFactory(school=SchoolFactory(), raised=True) for _ in range(4)]
    assert of_its_kind("subscription", on=TODAY, without=rows[0].pk).number == 3
