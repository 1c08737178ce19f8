"""What the access matrix asks for at the addresses of this part: practice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cpd.models import (
    JointProject,
    PracticeCard,
    PracticeNotice,
    ProjectSchool,
    ProjectVisit,
)
from schools.models import School
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key


@sample("cpd:practice", "cpd:practice-edit", "cpd:practice-share", "cpd:practice-retire")
def _card(world: World, ownership: str) -> Sample:
    """Own: a draft of the own school; other: a shared card of the other; none: the other's draft."""
    card = PracticeCard.objects.create(
        school=world.school if ownership == "own" else world.other_school,
        title="Oral rehearsal", what="We say it first", created_by=factories.UserFactory(),
        created_at=now(), shared_at=now() if ownership == "other" else None,
    )  # fmt: skip
    return Sample({"pk": card.pk}, {"version": 1, "title": "Oral rehearsal", "what": "Said first"})


@sample("cpd:practice-new", "cpd:notice-new")
def _written(world: World, ownership: str) -> Sample:
    data = {"school": world.school.pk, "title": "Oral rehearsal", "what": "x", "kind": "need"}
    return Sample(data={**data, "idempotency_key": new_key()})


@sample("cpd:notice-close")
def _notice(world: World, ownership: str) -> Sample:
    notice = PracticeNotice.objects.create(
        kind="need", school=world.school_for(ownership), title="Longer sentences",
        posted_by=factories.UserFactory(), posted_at=now(),
    )  # fmt: skip
    return Sample({"pk": notice.pk})


@sample("cpd:project-new")
def _proposal(world: World, ownership: str) -> Sample:
    schools = {"school": world.school.pk, "schools": [world.other_school.pk]}
    data = {"title": "Sentences", "question": "Do they grow?", **schools}
    return Sample(data={**data, "idempotency_key": new_key()})


def _project(world: World, ownership: str, **fields: Any) -> JointProject:
    """Between the school and the other one and a third; or, for "other", without the school."""
    first = world.school_for(ownership)
    state = fields.get("state", "active")
    project = JointProject.objects.create(
        title="Sentences", question="Do they grow?", created_by=factories.UserFactory(),
        created_at=now(), **{"state": "active", **fields},
    )  # fmt: skip
    for school in (first, *_two_more(world, ownership)):
        joined = now() if state != "proposed" else None
        ProjectSchool.objects.create(project=project, school=school, joined_at=joined, gained="x")
    return project


def _two_more(world: World, ownership: str) -> tuple[School, School]:
    second = world.other_school if ownership == "own" else factories.SchoolFactory()
    return second, factories.SchoolFactory()


def _visits(project: JointProject) -> list[ProjectVisit]:
    one, two, three = project.schools.all()
    return [
        ProjectVisit.objects.create(
            project=project, visitor=visitor, host=host, visited_on=dt.date(2026, 11, 20),
            recorded_by=project.created_by, recorded_at=now(),
        )
        for visitor, host in ((one, two), (two, three), (three, one))
    ]  # fmt: skip


@sample("cpd:project", "cpd:project-edit", "cpd:project-stop")
def _under_way(world: World, ownership: str) -> Sample:
    project = _project(world, ownership)
    data = {"version": 1, "title": "Sentences", "question": "Do they grow?", "reason": "A move"}
    return Sample({"pk": project.pk}, data)


@sample("cpd:project-ask")
def _asked(world: World, ownership: str) -> Sample:
    project = _project(world, ownership, state="proposed")
    return Sample({"pk": project.pk}, {"school": factories.SchoolFactory().pk})


@sample("cpd:project-join", "cpd:project-leave")
def _asked_place(world: World, ownership: str) -> Sample:
    project = _project(world, ownership, state="proposed")
    return Sample({"pk": project.schools.all()[0].pk})


@sample("cpd:project-gain")
def _joined_place(world: World, ownership: str) -> Sample:
    place = _project(world, ownership).schools.all()[0]
    return Sample({"pk": place.pk}, {"gained": "A routine", "was": "x"})


@sample("cpd:project-visit")
def _visited(world: World, ownership: str) -> Sample:
    project = _project(world, ownership)
    one, two, _ = project.schools.all()
    data = {"visitor": one.pk, "host": two.pk, "visited_on": "2026-11-20"}
    return Sample({"pk": project.pk}, data)


@sample("cpd:project-visit-remove")
def _wrong_visit(world: World, ownership: str) -> Sample:
    project = _project(world, ownership)
    return Sample({"pk": project.pk, "visit": _visits(project)[0].pk})


@sample("cpd:project-finish")
def _ready(world: World, ownership: str) -> Sample:
    project = _project(world, ownership, baseline="9 of 30", pupils_changed="21 of 30")
    _visits(project)
    return Sample({"pk": project.pk})


@sample("cpd:project-take-up")
def _stopped(world: World, ownership: str) -> Sample:
    project = _project(world, ownership, state="stopped", stopped_reason="A move", begun_at=now())
    return Sample({"pk": project.pk})
