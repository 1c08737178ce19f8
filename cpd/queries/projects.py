"""Joint projects as their pages, the library and the year's report read them."""

from __future__ import annotations

from cpd.models import JointProject


def missing_to_finish(project: JointProject) -> list[str]:
    """What a project still lacks before it can be finished, each in words; reads its schools and visits."""
    visits = list(project.visits.all())
    made = {visit.visitor_id for visit in visits}
    hosted = {visit.host_id for visit in visits}
    places = list(project.schools.all())
    missing = [] if project.baseline else ["where pupils stood at the start"]
    missing += [f"a visit by {place.school}" for place in places if place.pk not in made]
    missing += [f"a visit to {place.school}" for place in places if place.pk not in hosted]
    missing += [f"what {place.school} gained" for place in places if not place.gained]
    missing += [] if project.pupils_changed else ["what changed for pupils"]
    return missing
