"""The pure figures of training: totals, shares, medians and counts hold for any rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cpd import figures
from cpd.figures import Training

MONEY = st.decimals("0", "99999.99", places=2)
OUTCOMES = st.tuples(st.integers(1, 5), st.sampled_from(["met", "partly", "not", "early"]))


@st.composite
def trainings(draw: st.DrawFn) -> Training:
    return Training(
        school=draw(st.sampled_from(["Alderfen", "Cressmere", "Eastrow"])),
        kind=draw(st.sampled_from(["Coaching", "Network"])),
        provider=draw(st.sampled_from(["", "Fenland Spelling", "Marsh Maths"])),
        amount=draw(MONEY),
        staff=draw(st.integers(0, 80)),
        priority=draw(st.sampled_from(["", "Writing", "Maths"])),
        is_reviewed=draw(st.booleans()),
        reviews=tuple(draw(st.lists(OUTCOMES, max_size=5))),
        verdict=draw(st.sampled_from(["", "repeat", "scale"])),
        would_use_again=draw(st.sampled_from([None, True, False])),
    )


ROWS = st.lists(trainings(), max_size=20)


@given(st.lists(MONEY, max_size=12))
def test_shares_add_up_to_a_hundred_and_stay_within_one_of_the_truth(
    amounts: list[Decimal],
) -> None:
    shares = figures.shares(amounts)
    whole = sum(amounts, Decimal(0))
    assert sum(shares) == (100 if whole else 0)
    for amount, share in zip(amounts, shares, strict=True):
        exact = Fraction(amount) * 100 / Fraction(whole) if whole else 0
        assert abs(exact - share) < 1


@given(ROWS)
def test_breakdown_loses_no_penny_and_no_training(rows: list[Training]) -> None:
    for key in (lambda r: r.school, lambda r: r.provider, lambda r: r.priority):
        found = figures.breakdown(rows, key)
        assert sum((r.spend for r in found), Decimal(0)) == figures.total(rows)
        assert sum(r.trainings for r in found) == len(rows)
        assert sum(r.staff for r in found) == sum(r.staff for r in rows)
        labels = [r.label for r in found]
        assert len(set(labels)) == len(labels)
        assert "" not in labels[:-1]


@given(ROWS)
def test_median_stands_in_the_middle_of_the_costs_a_head(rows: list[Training]) -> None:
    costs = [Fraction(r.amount) / r.staff for r in rows if r.staff]
    found = figures.median_a_head(rows)
    assert (found is None) == (not costs)
    if found is not None:
        penny = Fraction(1, 100)
        assert sum(1 for c in costs if c <= Fraction(found) + penny) * 2 >= len(costs)
        assert sum(1 for c in costs if c >= Fraction(found) - penny) * 2 >= len(costs)


@given(ROWS)
def test_cost_a_head_times_the_staff_is_the_spend(rows: list[Training]) -> None:
    counted = [r for r in rows if r.staff]
    staff = sum(r.staff for r in counted)
    found = figures.cost_a_head(rows)
    assert (found is None) == (staff == 0)
    if found is not None:
        assert abs(found * staff - figures.total(counted)) <= Decimal("0.005") * staff


@given(ROWS)
def test_evidence_is_part_of_the_reviewed_spend(rows: list[Training]) -> None:
    found = figures.evidenced(rows)
    assert 0 <= found.spend <= found.of <= figures.total(rows)
    assert 0 <= found.trainings <= found.of_trainings <= len(rows)
    assert found.percent is None or 0 <= found.percent <= 100


def test_too_early_and_the_lower_levels_are_no_evidence() -> None:
    def one(*reviews: tuple[int, str]) -> bool:
        return Training("A", "Course", "", Decimal(1), 1, reviews=reviews).has_evidence

    assert [one((4, "met")), one((5, "partly")), one((4, "not"))] == [True] * 3
    assert [one(), one((3, "met")), one((5, "early")), one((4, ""))] == [False] * 4


def test_providers_stand_by_what_was_seen_of_them() -> None:
    def of(provider: str, *reviews: tuple[int, str], again: bool | None = None) -> Training:
        return Training(
            "A", "Course", provider, Decimal(10), 1, reviews=reviews, would_use_again=again
        )

    rows = [
        of("None yet"), of("Partly", (4, "partly")), of("Met", (4, "met"), (3, "not"), again=True),
        of("Met", (5, "met"), again=False), of("Not", (5, "not"), (5, "early")), of(""),
    ]  # fmt: skip
    found = figures.providers(rows)
    assert [(p.label, p.met, p.partly, p.not_met, p.answered) for p in found] == [
        ("Met", 2, 0, 0, 2),
        ("Partly", 0, 1, 0, 1),
        ("Not", 0, 0, 1, 1),
        ("None yet", 0, 0, 0, 0),
    ]
    assert (found[0].again, found[0].asked_again) == (1, 2)
