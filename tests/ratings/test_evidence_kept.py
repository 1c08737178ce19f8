"""What a rating rests on is written down as it is confirmed."""

from __future__ import annotations

import datetime as dt

from evidence.models import Finding
from ratings import actions
from ratings.models import EvidenceLink
from tests import factories
from trust.calendar import clock_at

SEEN = dt.date(2026, 10, 1)


def visit_with(school, indicator, day=SEEN, **fields):
    visit = factories.VisitRecordFactory(
        school=school, state="filed", visited_on=day, sent_at=factories.at(day),
        filed_at=factories.at(day), focus="Reading", **fields,
    )  # fmt: skip
    Finding.objects.create(visit=visit, kind="develop", text="Uneven", indicator=indicator)
    return visit


def kept(rating):
    links = EvidenceLink.objects.filter(rating__assessment=rating)
    return [(link.rating.indicator.slug, link.visit_id, link.label) for link in links]


def test_share_keeps_what_stood_beside_each_indicator(school, other_school, indicators, draft, ceo):
    standards = indicators["S"]
    visit = visit_with(school, standards)
    visit_with(other_school, standards)
    rating = actions.share_rating(draft(school), by=ceo)
    assert kept(rating) == [("standards", visit.pk, "Reading")]


def test_confirming_for_a_date_keeps_what_stood_there_then(school, indicators, draft, ceo):
    standards = indicators["S"]
    visit = visit_with(school, standards)
    rating = draft(school)
    for _ in range(2):
        actions.confirm_for_date(rating, by=ceo, share_on=dt.date(2026, 12, 1))
    assert kept(rating) == [("standards", visit.pk, "Reading")]
    with clock_at(dt.date(2026, 12, 1)):
        visit_with(school, standards, dt.date(2026, 11, 28))
        shared = actions.share_rating(rating, by=None)
    assert kept(shared) == [("standards", visit.pk, "Reading")]


def test_next_rating_rests_on_what_came_after_the_one_before(
    school, indicators, shared, draft, ceo
):
    standards = indicators["S"]
    visit_with(school, standards)
    shared(school, on=dt.date(2026, 11, 5))
    newer = visit_with(school, standards, dt.date(2026, 11, 12))
    assert kept(actions.share_rating(draft(school), by=ceo)) == [
        ("standards", newer.pk, "Reading")
    ]  # fmt: skip
