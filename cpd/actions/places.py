"""One school in a joint project: it joins by its own headteacher, and says what it brings and what it gained."""

from __future__ import annotations

from django.db import transaction

from cpd.actions.texts import AtField, Stale, standing, tidy
from cpd.models import JointProject, ProjectSchool
from cpd.rules import OF_SCHOOL, heads, may_write_practice
from schools.models import Post
from trust.access import Conflict, allowed_if, require
from trust.audit import record
from trust.calendar import now, today
from trust.people.models import Person, User
from trust.states import transition


def locked(project: JointProject | int) -> JointProject:
    """The project's row, so that its schools answer one after the other."""
    pk = project if isinstance(project, int) else project.pk
    return JointProject.objects.select_for_update(of=("self",)).get(pk=pk)


def still_open(row: JointProject) -> None:
    """Raise Conflict for a project that is finished or stopped."""
    if row.state == "finished":
        raise Conflict("This project is finished: reopen it first")
    if row.state == "stopped":
        raise Conflict("This project is stopped: take it up again first")


def join_project(
    place: ProjectSchool, *, by: User, lead: Person | None = None, lead_role: str = "",
    brings: str = "",
) -> ProjectSchool:  # fmt: skip
    """A school joins by its own headteacher; with the last of two or more the project begins.

    Joining twice changes nothing. Raises AtField when the lead is of another school.
    """
    require(allowed_if(heads(by, place.school_id), "Each school joins by its own headteacher"))
    with transaction.atomic():
        project = locked(place.project_id)
        row = ProjectSchool.objects.select_related("school").get(pk=place.pk)
        if row.joined_at is None:
            still_open(project)
            _set_place(row, lead=lead or row.lead, lead_role=lead_role or row.lead_role,
                       brings=brings or row.brings)  # fmt: skip
            row.joined_at, row.joined_by = now(), by
            row.save()
            record("join_project", row, by=by, project=project.pk, **standing(by, row.school_id))
            begin_when_all_joined(project, by)
    return _like(place, row)


def begin_when_all_joined(project: JointProject, by: User | None) -> None:
    """Begin a proposed project of two schools or more, once each has joined."""
    joined = [place.joined_at is not None for place in project.schools.all()]
    if project.state == "proposed" and len(joined) >= 2 and all(joined):
        transition(project, "begin", by=by)


def change_place(
    place: ProjectSchool, *, by: User, lead: Person | None, lead_role: str = "", brings: str = ""
) -> ProjectSchool:
    """Say who leads at one school and what it brings; the school's own leaders do."""
    require(may_write_practice(by, place.school_id))
    with transaction.atomic():
        still_open(locked(place.project_id))
        row = ProjectSchool.objects.select_related("school").get(pk=place.pk)
        if _set_place(row, lead=lead, lead_role=lead_role, brings=brings):
            row.save()
            record("change_place", row, by=by, **standing(by, row.school_id))
    return _like(place, row)


def _set_place(row: ProjectSchool, *, lead: Person | None, lead_role: str, brings: str) -> bool:
    if lead is not None and lead != row.lead:
        at_school = Post.objects.current(today()).filter(
            person=lead, school=row.school_id, capacity__in=OF_SCHOOL
        )
        if not at_school.exists():
            raise AtField(
                "lead", f"{lead.name} is of another school: choose a leader of {row.school.name}"
            )
    new = {"lead": lead, "lead_role": tidy(lead_role), "brings": tidy(brings)}
    is_new = any(getattr(row, name) != value for name, value in new.items())
    for name, value in new.items():
        setattr(row, name, value)
    return is_new


def _like(place: ProjectSchool, row: ProjectSchool) -> ProjectSchool:
    """The caller's object with what the row now says."""
    for name in ("lead", "lead_role", "brings", "gained", "joined_at", "joined_by"):
        setattr(place, name, getattr(row, name))
    return place


def write_gain(
    place: ProjectSchool, *, gained: str, by: User, was: str | None = None
) -> ProjectSchool:
    """Each school writes what it gained itself.

    Raises Stale when the text is no longer what it `was` as the page was opened.
    """
    require(may_write_practice(by, place.school_id))
    with transaction.atomic():
        project = locked(place.project_id)
        still_open(project)
        if project.state != "active":
            raise Conflict("The project begins when every school has joined: write this then")
        row = ProjectSchool.objects.get(pk=place.pk)
        text = tidy(gained)
        if row.gained != text:
            if was is not None and row.gained != tidy(was):
                raise Stale
            row.gained = text
            row.save(update_fields=["gained"])
            record("write_gain", row, by=by, project=project.pk, **standing(by, row.school_id))
    return _like(place, row)
