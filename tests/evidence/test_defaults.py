"""What a trust starts with, and what it may switch on."""

from __future__ import annotations

import datetime as dt

import pytest

from evidence.actions import lay_down_defaults, retire_indicator, switch_on_indicator
from evidence.models import DocumentKind, Indicator, IndicatorDescriptor, VisitKind
from trust.access import Conflict
from trust.models import AuditEvent, TrustProfile

DAY = dt.date(2026, 9, 1)


def test_lay_down_defaults_puts_in_the_four_in_their_parts(trust_set_up: TrustProfile) -> None:
    assert list(Indicator.objects.values_list("slug", "part", "about_people", "is_seeded")) == [
        ("capacity-to-improve", "decisive", False, True),
        ("proximity-to-inspection", "core", False, True),
        ("standards", "decisive", False, True),
        ("experience-of-leaders", "core", True, True),
    ]
    for slug in ("capacity-to-improve", "proximity-to-inspection", "experience-of-leaders"):
        texts = IndicatorDescriptor.objects.filter(indicator__slug=slug, phase="")
        assert list(texts.values_list("position", flat=True)) == [1, 2, 3]


def test_lay_down_defaults_says_standards_for_each_phase(trust_set_up: TrustProfile) -> None:
    standards = IndicatorDescriptor.objects.filter(indicator__slug="standards")
    phases = set(standards.values_list("phase", flat=True))
    assert {"", "Nursery", "Primary", "Junior", "Secondary", "16 plus", "Not applicable"} <= phases
    assert standards.count() == 3 * len(phases)
    special = standards.filter(phase="Not applicable").values_list("text", flat=True)
    assert all("no national comparator" in text for text in special)


def test_lay_down_defaults_twice_keeps_what_the_trust_changed(trust_set_up: TrustProfile) -> None:
    VisitKind.objects.filter(slug="learning-walk").update(name="Learning visit")
    counts = [m.objects.count() for m in (Indicator, IndicatorDescriptor, VisitKind, DocumentKind)]
    lay_down_defaults()
    assert [
        m.objects.count() for m in (Indicator, IndicatorDescriptor, VisitKind, DocumentKind)
    ] == counts
    assert VisitKind.objects.get(slug="learning-walk").name == "Learning visit"


def test_lay_down_defaults_marks_who_visits_as_a_lay_person(trust_set_up: TrustProfile) -> None:
    lay = VisitKind.objects.filter(is_lay=True).values_list("slug", flat=True)
    assert list(lay) == ["local-committee-visit", "link-trustee-visit"]
    assert VisitKind.objects.count() == 14


def test_switch_on_indicator_from_the_library_is_active_from_its_day(
    trust_set_up: TrustProfile,
) -> None:
    made = switch_on_indicator("safeguarding", on=DAY, by=None)
    again = switch_on_indicator("safeguarding", on=DAY, by=None)
    assert (made.part, made.order, again.pk) == ("decisive", 5, made.pk)
    assert made not in Indicator.objects.active(dt.date(2026, 8, 31))
    assert made in Indicator.objects.active(DAY)
    assert made.descriptors.count() == 3
    assert AuditEvent.objects.filter(verb="switch_on", object_id=made.pk).exists()


def test_switch_on_indicator_in_another_part_keeps_that_part(trust_set_up: TrustProfile) -> None:
    assert switch_on_indicator("attendance", on=DAY, by=None, part="core").part == "core"


def test_switch_on_indicator_unknown_is_refused(trust_set_up: TrustProfile) -> None:
    with pytest.raises(Conflict):
        switch_on_indicator("astrology", on=DAY, by=None)


def test_retire_indicator_keeps_its_row_and_may_come_back(trust_set_up: TrustProfile) -> None:
    made = switch_on_indicator("finance", on=DAY, by=None)
    retire_indicator(made, on=dt.date(2026, 11, 1), by=None)
    assert made not in Indicator.objects.active(dt.date(2026, 11, 1))
    back = switch_on_indicator("finance", on=dt.date(2026, 12, 1), by=None)
    assert back.pk == made.pk
    assert back.retired_on is None
