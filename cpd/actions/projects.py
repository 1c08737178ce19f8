"""Joint projects: proposed, joined school by school, visited both ways, written up, finished.

"... use joint practice development to share best practice and raise standards in schools other than
their own" (seed 1): mutual, so each school gives and each says what it gained.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from cpd.actions.places import begin_when_all_joined, change_place, join_project, locked, still_open
from cpd.actions.texts import AtField, change_texts, standing, tidy
from cpd.models import JointProject, PracticeCard, ProjectSchool, ProjectVisit
from cpd.queries.projects import missing_to_finish
from cpd.rules import OF_SCHOOL, heads, may_edit_project, may_join_project
from schools.models import School
from trust.access import Conflict, allowed_if, require
from trust.audit import record
from trust.calendar import now, today
from trust.people.models import User
from trust.states import transition

PROJECT_FIELDS = frozenset(
    {
        "title", "question", "card", "indicator", "baseline", "starts_on", "ends_on",
        "practice_changed", "pupils_changed", "product",
    }
)  # fmt: skip
TWO_SCHOOLS = "A joint project needs two schools at least: choose another school beside your own"


def propose_project(
    *, title: str, question: str, schools: Iterable[School], by: User,
    card: PracticeCard | None = None, **fields: Any,
) -> JointProject:  # fmt: skip
    """Propose a project between schools, one of them the proposer's own.

    A headteacher's own school joins by the same act; every other school joins by its own headteacher.
    `own_lead`, `own_lead_role` and `own_brings` may be given for the proposer's school.
    """
    places = list(dict.fromkeys(schools))
    own = {name: fields.pop(f"own_{name}") for name in ("lead", "lead_role", "brings")
           if f"own_{name}" in fields}  # fmt: skip
    _check_names(fields)
    _check_schools(places, by)
    project = JointProject(
        title=tidy(title), question=tidy(question), card=card, created_by=by, created_at=now(),
        **{name: tidy(value) for name, value in fields.items()},
    )  # fmt: skip
    _check_project(project)
    with transaction.atomic():
        project.save()
        ids = [school.pk for school in places]
        record("propose_project", project, by=by, schools=ids, **standing(by, *ids))
        for school in places:
            place = ProjectSchool.objects.create(project=project, school=school)
            if heads(by, school.pk):
                join_project(place, by=by, **own)
            elif own and by.posts.holds(*OF_SCHOOL, school=school.pk):
                change_place(place, by=by, **own)
            else:
                continue
            own = {}
    project.refresh_from_db()
    return project


def _check_names(fields: dict[str, Any]) -> None:
    unknown = set(fields) - PROJECT_FIELDS
    if unknown:
        raise TypeError(f"A joint project has no {sorted(unknown)}")


def _check_schools(schools: list[School], by: User) -> None:
    own = any(by.posts.holds(*OF_SCHOOL, school=school.pk) for school in schools)
    require(allowed_if(own, "Leaders propose a project for their own school and another"))
    if len(schools) < 2:
        raise AtField("schools", TWO_SCHOOLS)
    gone = [school.name for school in schools if school.left_on and school.left_on <= today()]
    if gone:
        raise AtField("schools", f"{gone[0]} has left the trust: choose another school")


def _check_project(project: JointProject) -> None:
    if not project.title:
        raise AtField("title", "Enter a title")
    if not project.question:
        raise AtField("question", "Enter the shared question")
    if project.starts_on and project.ends_on and project.ends_on < project.starts_on:
        raise AtField("ends_on", "The project ends before it starts: change one of the dates")


def change_project(project: JointProject, *, version: int, by: User, **fields: Any) -> JointProject:
    """Change what a project says, under the version check; raises Stale when somebody saved since."""
    _check_names(fields)
    with transaction.atomic():
        row = _open_project(project, by)
        if change_texts(row, fields, version, check=_check_project):
            _note("change_project", row, by, fields=sorted(fields), version=row.version)
    return row


def _open_project(project: JointProject | int, by: User) -> JointProject:
    row = locked(project)
    require(may_edit_project(by, row))
    still_open(row)
    return row


def _note(verb: str, project: JointProject, by: User, **detail: Any) -> None:
    ids = list(project.schools.values_list("school_id", flat=True))
    record(verb, project, by=by, **standing(by, *ids), **detail)


# -- the schools in it ---------------------------------------------------------------------------


def ask_school_in(project: JointProject, *, school: School, by: User) -> ProjectSchool:
    """Ask one school more, while the project is proposed; a school that is asked already stays."""
    with transaction.atomic():
        row = _open_project(project, by)
        if row.state != "proposed":
            raise Conflict("The project is under way: its schools are settled")
        if school.left_on and school.left_on <= today():
            raise AtField("school", f"{school.name} has left the trust: choose another school")
        place, is_new = ProjectSchool.objects.get_or_create(project=row, school=school)
        if is_new:
            _note("ask_school_in", row, by, school=school.pk)
            if heads(by, school.pk):
                join_project(place, by=by)
    return place


def leave_project(place: ProjectSchool, *, by: User) -> JointProject:
    """Take a school out of a proposed project: its own headteacher does, or another's while it has not joined.

    With two schools left or more, all joined, the project begins.
    """
    with transaction.atomic():
        project = locked(place.project_id)
        row = ProjectSchool.objects.filter(pk=place.pk).first()
        if row is None:
            return project
        require(may_join_project(by, project))
        own = heads(by, row.school_id)
        require(allowed_if(own or not row.joined_at, "This school leaves by its own act"))
        if project.state != "proposed":
            raise Conflict("The project is under way: stop it, with the reason, instead")
        if project.schools.count() <= 2:
            raise Conflict("A joint project needs two schools: stop it, with the reason, instead")
        _note("leave_project", project, by, school=row.school_id)
        row.delete()
        begin_when_all_joined(project, None)
    return project


# -- visits -------------------------------------------------------------------------------------


def record_project_visit(
    project: JointProject, *, visitor: ProjectSchool, host: ProjectSchool, visited_on: dt.date,
    learned: str, by: User,
) -> ProjectVisit:  # fmt: skip
    """Record that one school of the project visited another; the same visit entered twice is one."""
    with transaction.atomic():
        row = _open_project(project, by)
        if row.state != "active":
            raise Conflict("The project begins when every school has joined: record visits then")
        _check_visit(row, visitor, host, visited_on)
        told = {
            "visitor": visitor,
            "host": host,
            "visited_on": visited_on,
            "learned": tidy(learned),
        }
        visit = ProjectVisit.objects.filter(project=row, **told).first()
        if visit is None:
            visit = ProjectVisit.objects.create(
                project=row, recorded_by=by, recorded_at=now(), **told
            )
            _note("record_project_visit", row, by, visit=visit.pk, visited_on=str(visited_on))
    return visit


def _check_visit(
    project: JointProject, visitor: ProjectSchool, host: ProjectSchool, visited_on: dt.date
) -> None:
    if visitor.pk == host.pk:
        raise AtField("host", "A school cannot visit itself: choose the school it went to")
    if {visitor.project_id, host.project_id} != {project.pk}:
        raise AtField("host", "Choose two schools of this project")
    if visited_on > today():
        raise AtField("visited_on", "This day is still to come: record the visit once it is made")


def remove_project_visit(visit: ProjectVisit, *, by: User) -> JointProject:
    """Take out a visit that was entered wrongly, while the project is under way."""
    with transaction.atomic():
        project = _open_project(visit.project_id, by)
        row = ProjectVisit.objects.filter(pk=visit.pk).first()
        if row is not None:
            _note("remove_project_visit", project, by, visit=row.pk, visited_on=str(row.visited_on))
            row.delete()
    return project


# -- its life ------------------------------------------------------------------------------------


def finish_project(project: JointProject, *, by: User) -> JointProject:
    """Finish a project that shows its baseline, a visit each way, every gain and what changed for pupils.

    Raises Conflict naming what is missing. A finished project stays as it is.
    """
    with transaction.atomic():
        row = locked(project)
        require(may_edit_project(by, row))
        if row.state == "finished":
            return row
        missing = missing_to_finish(row) if row.state == "active" else []
        if missing:
            raise Conflict(f"Before it is finished: {'; '.join(missing)}")
        return transition(project, "finish", by=by)


def stop_project(project: JointProject, *, reason: str, by: User) -> JointProject:
    """Stop a project with a reason that its schools can read; its record stays."""
    row = JointProject.objects.get(pk=project.pk)
    if row.state == "stopped":
        return row
    if not tidy(reason):
        raise AtField("reason", "Give the reason")
    return transition(project, "stop", by=by, stopped_reason=tidy(reason))


def take_up_project(project: JointProject, *, by: User) -> JointProject:
    """Take a stopped project up where it stood: under way if it had begun, else proposed."""
    with transaction.atomic():
        row = locked(project)
        if row.state in ("proposed", "active"):
            return row
        to = "active" if row.begun_at else "proposed"
        return transition(project, "take_up", by=by, to=to, stopped_reason="")


def reopen_project(project: JointProject, *, by: User) -> JointProject:
    """Open a finished project again, so that its schools can go on writing."""
    with transaction.atomic():
        row = locked(project)
        if row.state == "active":
            return row
        return transition(project, "reopen", by=by, finished_at=None, finished_by=None)
