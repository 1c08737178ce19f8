"""What the access matrix asks for at the addresses of this part: group."""

from __future__ import annotations

import datetime as dt

from cpd.models import GroupMeeting
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.pages import new_key


def _group(state: str = "agenda_draft") -> GroupMeeting:
    """A dated meeting of the Group: it belongs to no school."""
    return factories.GroupMeetingFactory(day=dt.date(2026, 12, 1), meeting__state=state)


@sample("cpd:group-plan")
def _planned(world: World, ownership: str) -> Sample:
    return Sample(
        data={
            "half_term": factories.half_term(2).pk,
            "on": "2026-12-01",
            "at": "13:30",
            "is_online": "on",
            "idempotency_key": new_key(),
        }
    )


@sample("cpd:group-meeting", "cpd:group-papers")
def _met(world: World, ownership: str) -> Sample:
    """With a request of each school before it, and another school's draft that is nowhere told."""
    for school in (world.school, world.other_school):
        factories.CpdRequestFactory(school=school, raised=True)
        factories.CpdRequestFactory(school=school)
    return Sample({"pk": _group().pk})


@sample("cpd:group-propose")
def _proposed(world: World, ownership: str) -> Sample:
    return Sample({"pk": _group("scheduled").pk})


@sample("cpd:group-item-add")
def _added(world: World, ownership: str) -> Sample:
    waiting = factories.CpdRequestFactory(school=world.other_school, raised=True)
    return Sample({"pk": _group().pk}, {"key": f"requests:{waiting.pk}"})


@sample("cpd:group-score")
def _scored(world: World, ownership: str) -> Sample:
    """Own: a request of the school, which its own people do not score."""
    asked = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    return Sample({"pk": _group().pk}, {"card": asked.pk, "impact": "3", "value": "2"})


@sample("cpd:group-advise", "cpd:group-advice-take-back")
def _advised(world: World, ownership: str) -> Sample:
    asked = factories.CpdRequestFactory(school=world.school_for(ownership), raised=True)
    data = {"card": asked.pk, "requests": [asked.pk], "advice": "against", "note": "No follow-up",
            "seen": f"{asked.pk}:1:0"}  # fmt: skip
    return Sample({"pk": _group().pk}, data)
