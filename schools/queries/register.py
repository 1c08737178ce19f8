"""The schools as held, set against what register files say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from schools.gias import SCHOOL_FIELDS
from schools.models import ImportRun, School, SchoolLink
from schools.plan import Circumstances, FileSchool, HeldSchool, ImportPlan, plan_of

REGISTER_FIELDS = (*SCHOOL_FIELDS, "laestab")
"""Fields of a school that the register keeps; all others are the trust's own."""
LABELS = {
    "capacity": "Places",
    "pupils": "Pupils",
    "high_age": "Highest age",
    "low_age": "Lowest age",
}


def import_plan(run: ImportRun, *, lock: bool = False) -> ImportPlan:
    """What a preview would do to the schools as they are now, in two queries."""
    held = School.objects.select_for_update() if lock else School.objects.all()
    schools = {school.urn: school for school in held.order_by("pk")}
    links: dict[int, set[Any]] = {}
    for link in SchoolLink.objects.all():
        entry = (link.urn, link.linked_urn, link.linked_name, link.kind, link.linked_on)
        links.setdefault(link.school_id, set()).add(entry)
    rows = run.rows
    about = Circumstances(
        labels={name: _label(name) for name in REGISTER_FIELDS},
        elsewhere={int(urn): reason for urn, reason in rows["elsewhere"].items()},
        refused_urns=frozenset(rows["refused_urns"]),
        refused_rows=len({(r["file"], r["row"]) for r in run.refused}),
        is_first=not schools,
        day=as_day(rows["day"]) or run.made_at.date(),
    )
    return plan_of(
        file_schools(rows),
        {
            urn: HeldSchool(
                urn,
                school.name,
                {name: getattr(school, name) for name in REGISTER_FIELDS},
                school.left_on,
                frozenset(links.get(school.pk, ())),
            )
            for urn, school in schools.items()
        },
        about,
    )


def file_schools(rows: Mapping[str, Any]) -> dict[int, FileSchool]:
    """The schools of a stored reading, with their values as the fields hold them."""
    joined, links = rows["joined"], rows["links"]
    return {
        row["urn"]: FileSchool(
            urn=row["urn"],
            values={name: _field(name).to_python(value) for name, value in row["values"].items()},
            is_open=row["is_open"],
            joined_on=as_day(joined.get(str(row["urn"]))),
            links=tuple(
                (urn, linked, name, kind, as_day(on))
                for urn, linked, name, kind, on in links.get(str(row["urn"]), ())
            ),
        )
        for row in rows["schools"]
    }


def as_day(text: str | dt.date | None) -> dt.date | None:
    """A day from its ISO form in JSON."""
    if isinstance(text, dt.date):
        return text
    return dt.date.fromisoformat(text) if text else None


def _field(name: str) -> Any:
    return School._meta.get_field(name)


def _label(name: str) -> str:
    verbose = str(_field(name).verbose_name)
    return LABELS.get(name, verbose[:1].upper() + verbose[1:])


def predecessors_of(school: School) -> list[SchoolLink]:
    """Its predecessors and theirs, as the register links them."""
    return [
        link
        for link in school.links.order_by("-linked_on", "linked_urn")
        if link.kind.casefold().startswith(("predecessor", "successor", "result of"))
        and not (link.urn == school.urn and link.kind.casefold().startswith("successor"))
    ]


def plan_told(plan: ImportPlan) -> dict[str, Any]:
    """A plan as plain data, for the page that shows it and the row that keeps it."""
    return {
        "new": [vars(each) for each in plan.new],
        "changed": [
            {"urn": c.urn, "name": c.name, "values": [vars(v) for v in c.values]}
            for c in plan.changed
        ],
        "left": [vars(each) for each in plan.left],
        "unchanged": plan.unchanged,
    }
