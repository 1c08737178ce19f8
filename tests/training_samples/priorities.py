"""What the access matrix asks for at the addresses of this part: priorities."""

from __future__ import annotations

from improvement.models import Priority
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.pages import new_key


def _priority(world: World, ownership: str) -> Priority:
    """The school's first priority, which a leader leads at the own school; another one stands below it."""
    led = {"lead": world.users["leader"].person} if ownership == "own" else {}
    school = world.school_for(ownership)
    first = factories.PriorityFactory(school=school, number=1, **led)
    factories.PriorityFactory(school=school, number=2, title="Writing across the curriculum")
    return first


@sample("improvement:priority-new")
def _priority_set(world: World, ownership: str) -> Sample:
    """One of the school: who sets only the trust's is refused."""
    return Sample(
        data={
            "school": world.school.pk,
            "academic_year": factories.make_year(2026).pk,
            "title": "Attendance in key stage 2",
            "outcome": "Pupils who were persistently absent attend",
            "phase": "explore",
            "idempotency_key": new_key(),
        }
    )


@sample("improvement:priority", "improvement:priority-report")
def _priority_read(world: World, ownership: str) -> Sample:
    data = {"state": "on_track", "note": "Nine of 14 pupils caught up"}
    return Sample({"pk": _priority(world, ownership).pk}, data)


@sample("improvement:priority-edit")
def _priority_changed(world: World, ownership: str) -> Sample:
    found = _priority(world, ownership)
    data = {"title": "Early reading", "outcome": found.outcome, "phase": "prepare", "version": "1"}
    return Sample({"pk": found.pk}, data)


@sample("improvement:priority-move")
def _priority_moved(world: World, ownership: str) -> Sample:
    return Sample({"pk": _priority(world, ownership).pk}, {"to": "down", "at": "1"})
