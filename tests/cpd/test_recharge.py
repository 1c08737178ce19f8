"""The shares of a purchase: to the penny, for any weights and any cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.recharge import NOTHING, PENNY, Share, part, split

COSTS = st.integers(0, 10**10 - 1).map(lambda pennies: Decimal(pennies).scaleb(-2))
WEIGHTS = st.dictionaries(
    st.integers(1, 10**6), st.integers(0, 5000), min_size=1, max_size=40
).filter(lambda weights: any(weights.values()))


@st.composite
def purchases(draw: st.DrawFn) -> tuple[Decimal, dict[int, int], int]:
    weights = draw(WEIGHTS)
    return draw(COSTS), weights, draw(st.sampled_from(sorted(weights)))


@given(purchases())
def test_split_any_cost_by_any_weights_sums_to_the_cost(
    purchase: tuple[Decimal, dict[int, int], int],
) -> None:
    cost, weights, lead = purchase
    shares = split(cost, weights, lead)
    assert set(shares) == set(weights)
    assert sum((share.amount for share in shares.values()), NOTHING) == cost
    assert all(share.amount == share.amount.quantize(PENNY) for share in shares.values())


@given(purchases())
def test_split_any_cost_makes_no_share_negative_and_names_the_remainder_once(
    purchase: tuple[Decimal, dict[int, int], int],
) -> None:
    cost, weights, lead = purchase
    shares = split(cost, weights, lead)
    assert min(share.amount for share in shares.values()) >= 0
    assert NOTHING <= shares[lead].remainder < len(weights) * PENNY
    assert {shares[key].remainder for key in shares if key != lead} <= {NOTHING}


@given(purchases(), st.randoms())
def test_split_in_another_order_gives_the_same_shares(
    purchase: tuple[Decimal, dict[int, int], int], shuffled: object
) -> None:
    cost, weights, lead = purchase
    rows = list(weights.items())
    shuffled.shuffle(rows)  # type: ignore[attr-defined]
    assert split(cost, dict(rows), lead) == split(cost, weights, lead)


@given(purchases())
def test_split_shares_differ_from_proportion_by_less_than_a_penny(
    purchase: tuple[Decimal, dict[int, int], int],
) -> None:
    cost, weights, lead = purchase
    whole = sum(weights.values())
    for key, share in split(cost, weights, lead).items():
        exact = cost * weights[key] / whole
        assert NOTHING <= exact - (share.amount - share.remainder) < PENNY


def test_split_one_hundred_pounds_among_three_names_the_penny_over() -> None:
    assert split(Decimal("100"), {1: 1, 2: 1, 3: 1}, 2) == {
        1: Share(Decimal("33.33")),
        2: Share(Decimal("33.34"), Decimal("0.01")),
        3: Share(Decimal("33.33")),
    }


def test_split_with_one_weight_of_zero_charges_that_school_nothing() -> None:
    shares = split(Decimal("1650"), {1: 9, 2: 0, 3: 9}, 1)
    assert [shares[key].amount for key in (1, 2, 3)] == [Decimal(825), Decimal(0), Decimal(825)]


def test_split_a_cost_of_nothing_shares_nothing() -> None:
    assert {s.amount for s in split(Decimal(0), {1: 3, 2: 4}, 1).values()} == {NOTHING}


@pytest.mark.parametrize(
    ("cost", "weights", "lead", "words"),
    [
        ("100", {1: 0, 2: 0}, 1, "every weight is zero"),
        ("100", {1: 1, 2: -1}, 1, "never negative"),
        ("-0.01", {1: 1}, 1, "never negative"),
        ("1.005", {1: 1}, 1, "whole pennies"),
        ("100", {1: 1, 2: 1}, 3, "one of the payers"),
    ],
)
def test_split_what_cannot_be_shared_is_refused(
    cost: str, weights: dict[int, int], lead: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        split(Decimal(cost), weights, lead)


def test_part_without_a_payer_of_the_remainder_says_what_is_over() -> None:
    parts = part(Decimal("0.05"), {1: 1, 2: 1, 3: 1})
    assert parts.amounts == {1: PENNY, 2: PENNY, 3: PENNY}
    assert parts.over == Decimal("0.02")
