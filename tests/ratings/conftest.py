"""The four seeded indicators and the trust's bands, by short names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from evidence.models import Indicator
from ratings import actions
from ratings.models import Band, RatingAssessment
from schools.models import School
from trust.calendar import clock_at
from trust.models import TrustProfile
from trust.people.models import User

LONG_AGO = dt.date(2020, 9, 1)
SEEDED = {
    "C": ("capacity", "Capacity to improve", "decisive", False),
    "P": ("proximity", "Proximity to inspection", "core", False),
    "S": ("standards", "Standards", "decisive", False),
    "L": ("leaders", "Experience of leaders", "core", True),
}
LETTERS = {"G": 1, "A": 2, "R": 3}


@pytest.fixture
def indicators(trust_set_up: TrustProfile) -> dict[str, Indicator]:
    """The four of seed 1 by their first letters: capacity, proximity, standards, leaders."""
    found = {}
    for order, (letter, (slug, name, part, about_people)) in enumerate(SEEDED.items(), 1):
        found[letter], _ = Indicator.objects.get_or_create(
            name=name,
            defaults={
                "slug": slug, "short_name": name[:12], "part": part, "help_text": name,
                "about_people": about_people, "is_seeded": True, "order": order,
                "active_from": LONG_AGO,
            },
        )  # fmt: skip
    return found


@pytest.fixture
def band(trust_set_up: TrustProfile) -> Callable[[str], Band]:
    """A band by its letter: `band("R")`."""
    return lambda letter: Band.objects.get(position=LETTERS[letter])


@pytest.fixture
def draft(
    indicators: dict[str, Indicator], band: Callable[[str], Band], ceo: User
) -> Callable[..., RatingAssessment]:
    """A draft with every seeded indicator and the overall in one band: `draft(school, "R")`."""

    def make(school: School, letter: str = "A", *, by: User | None = None, **fields: Any) -> Any:
        who = by or ceo
        made = actions.start_rating(school, by=who)
        for each in indicators.values():
            actions.rate_indicator(
                made, by=who, indicator=each, band=band(letter), rationale=f"Why of {each.name}"
            )
        return actions.judge_overall(
            made, by=who, overall=band(letter), summary=f"Summary {letter}", **fields
        )

    return make


@pytest.fixture
def shared(draft: Callable[..., RatingAssessment], ceo: User) -> Callable[..., RatingAssessment]:
    """A shared rating of a school: `shared(school, "R", on=date)`."""

    def make(school: School, letter: str = "A", *, on: dt.date | None = None) -> Any:
        with clock_at(on or dt.date(2026, 11, 5)):
            return actions.share_rating(draft(school, letter), by=ceo)

    return make
