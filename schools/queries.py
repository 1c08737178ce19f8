"""Who somebody is on a day, and the calendar of one school or of many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Q

from schools.gias import SCHOOL_FIELDS
from schools.models import ImportRun, NonSchoolDay, Post, School, SchoolHalfTerm, SchoolLink
from schools.plan import Circumstances, FileSchool, HeldSchool, ImportPlan, plan_of
from trust.access import NO_POSTS, Actor, Capacity, Holding, Posts
from trust.calendar import HALF_TERM_KEYS, HalfTermDates, SchoolCalendar
from trust.models import HalfTerm

U = TypeVar("U", bound=Actor)


# -- posts ---------------------------------------------------------------------------------------


def posts_of(person_id: int | None, on: dt.date) -> Posts:
    """What a person holds on a day, in one query; a delegate's holding counts while both posts last."""
    if person_id is None:
        return NO_POSTS
    rows = (
        Post.objects.current(on)
        .filter(person_id=person_id)
        .exclude(standing=Post.Standing.VACANT)
        .order_by("pk")
        .values_list(
            "capacity",
            "school_id",
            "is_chair_of_trustees",
            "delegate_of_id",
            "delegate_of__capacity",
            "delegate_of__school_id",
            "delegate_of__person_id",
            "delegate_of__starts_on",
            "delegate_of__ends_on",
        )
    )
    held: list[Holding] = []
    for capacity, school, mark, of, of_capacity, of_school, of_person, start, end in rows:
        if of is None:
            held.append(Holding(Capacity(capacity), school, is_mark=mark))
        elif of_person is not None and start <= on and (end is None or on <= end):
            held.append(Holding(Capacity(of_capacity), of_school, for_person_id=of_person))
    return Posts(tuple(held), person_id)


def with_posts(user: U, on: dt.date) -> U:
    """The user with the posts held on a day, for actions outside a request."""
    user.posts = posts_of(user.person_id, on)
    return user


# -- calendars -----------------------------------------------------------------------------------


def calendars(schools: Iterable[School | int]) -> dict[int, SchoolCalendar]:
    """The calendar of each school, by its key, in three queries however many schools there are."""
    keys = [school if isinstance(school, int) else school.pk for school in schools]
    terms = list(HalfTerm.objects.order_by("starts_on"))
    own: dict[int, dict[int, SchoolHalfTerm]] = {key: {} for key in keys}
    for override in SchoolHalfTerm.objects.filter(school_id__in=keys):
        own[override.school_id][override.half_term_id] = override
    everywhere: set[dt.date] = set()
    closed: dict[int, set[dt.date]] = {key: set() for key in keys}
    days = NonSchoolDay.objects.filter(Q(school__isnull=True) | Q(school_id__in=keys))
    for school_id, day in days.values_list("school_id", "day"):
        (everywhere if school_id is None else closed[school_id]).add(day)
    return {
        key: SchoolCalendar(
            tuple(_dates(term, own[key].get(term.pk)) for term in terms),
            frozenset(everywhere | closed[key]),
        )
        for key in keys
    }


def _dates(term: HalfTerm, override: SchoolHalfTerm | None) -> HalfTermDates:
    dates = override or term
    return HalfTermDates(HALF_TERM_KEYS[term.order - 1], term.name, dates.starts_on, dates.ends_on)


def school_calendar(school: School | int) -> SchoolCalendar:
    """The calendar of one school: the trust's dates, its own instead of them, and its closed days."""
    return next(iter(calendars([school]).values()))


def trust_calendar() -> SchoolCalendar:
    """The trust's own dates and the days closed everywhere, with no school's differences."""
    days = NonSchoolDay.objects.filter(school__isnull=True).values_list("day", flat=True)
    terms = HalfTerm.objects.order_by("starts_on")
    return SchoolCalendar(tuple(_dates(term, None) for term in terms), frozenset(days))


def is_school_day(school: School | int, day: dt.date) -> bool:
    """Whether pupils are in this school on the day."""
    return school_calendar(school).is_school_day(day)


def add_school_days(school: School | int, day: dt.date, n: int) -> dt.date:
    """The n-th school day of this school after (before, when negative) a day; raises NoSchoolDayError."""
    return school_calendar(school).add_school_days(day, n)


# -- the register --------------------------------------------------------------------------------


def predecessors_of(school: School) -> list[SchoolLink]:
    """Its predecessors and theirs, as the register links them."""
    return [
        link
        for link in school.links.order_by("-linked_on", "linked_urn")
        if link.kind.casefold().startswith(("predecessor", "successor", "result of"))
        and not (link.urn == school.urn and link.kind.casefold().startswith("successor"))
    ]


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
        day=_day(rows["day"]) or run.made_at.date(),
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
            values={
                name: School._meta.get_field(name).to_python(value)
                for name, value in row["values"].items()
            },
            is_open=row["is_open"],
            joined_on=_day(joined.get(str(row["urn"]))),
            links=tuple(
                (urn, linked, name, kind, _day(on))
                for urn, linked, name, kind, on in links.get(str(row["urn"]), ())
            ),
        )
        for row in rows["schools"]
    }


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _label(name: str) -> str:
    verbose = str(School._meta.get_field(name).verbose_name)
    return LABELS.get(name, verbose[:1].upper() + verbose[1:])
