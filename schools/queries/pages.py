"""What the pages of the register show: the schools, one school, and what was brought in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from schools.models import ImportRun, Post, School, SchoolLink
from schools.plan import ImportPlan, shown
from schools.queries.people import PostLine, post_lines, posts_listed
from schools.queries.register import as_day, plan_told, predecessors_of
from schools.queries.years import HalfTermLineOf, half_term_lines
from schools.rules import (
    may_appoint,
    may_edit_school,
    may_edit_school_calendar,
    may_mark_membership,
    may_read_profile,
)
from trust.access import Actor, Capacity
from trust.calendar import today
from trust.models import AcademicYear
from trust.pages import remembered
from trust.people.models import User


@dataclass(frozen=True)
class SchoolLine:
    """One school of the list, with who leads it and who is linked to it."""

    school: School
    heads: str
    link_trustees: str
    may_open: bool


def school_choices(user: Actor, at: int, *, in_trust: bool = False) -> list[School]:
    """The schools this person may know of (or those of the trust today), by name, for a filter; `at` is the newest audit row."""
    day = today()
    seen = School.objects.visible_to(user).only("name").by_name()
    wanted = seen.in_trust(day) if in_trust else seen
    return remembered(f"schools:{user.pk}:{day}:{in_trust}", at, lambda: list(wanted))


def schools_listed(user: Actor, today: dt.date, *, left: bool = False) -> QuerySet[School]:
    """The schools this person may know of by name, those that left apart."""
    gone = Q(left_on__isnull=False, left_on__lte=today)
    return School.objects.visible_to(user).filter(gone if left else ~gone).by_name()


def school_lines(user: Actor, today: dt.date, schools: Iterable[School]) -> list[SchoolLine]:
    """These schools with who leads each and who is linked to it, in one query."""
    shown = list(schools)
    names: dict[tuple[int, str], list[str]] = {}
    posts = Post.objects.current(today).filter(
        capacity__in=(Capacity.HEAD, Capacity.LINK_TRUSTEE), delegate_of=None, school__in=shown
    )
    for post in posts.select_related("person"):
        names.setdefault((post.school_id or 0, post.capacity), []).append(_holder(post))
    return [
        SchoolLine(
            school,
            ", ".join(names.get((school.pk, Capacity.HEAD), ())),
            ", ".join(names.get((school.pk, Capacity.LINK_TRUSTEE), ())),
            bool(may_read_profile(user, school)),
        )
        for school in shown
    ]


def _holder(post: Post) -> str:
    name = post.person.name if post.person else "Vacant"
    return name if post.standing in ("permanent", "vacant") else f"{name} ({post.standing})"


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class SchoolRegister:
    """One school's page of the register."""

    school: School
    facts: tuple[Fact, ...]
    address: str
    posts: list[PostLine]
    history: list[SchoolLink]
    half_terms: list[HalfTermLineOf]
    year_number: int | None
    may_edit: bool
    may_appoint: bool
    may_mark: bool
    may_edit_dates: bool


def school_facts(school: School) -> tuple[Fact, ...]:
    """What the register says of a school, leaving out what it does not say."""
    pairs = (
        ("URN", school.urn),
        ("LAESTAB", school.laestab),
        ("UKPRN", school.ukprn),
        ("Code", school.code),
        ("Phase", school.phase),
        ("Ages", school.ages),
        ("Kind", school.type_name),
        ("Status", school.status),
        ("Pupils", school.pupils),
        ("Places", school.capacity),
        (
            "Free school meals",
            f"{school.percentage_fsm}%" if school.percentage_fsm is not None else "",
        ),
        ("Nursery", school.has_nursery),
        ("Sixth form", school.has_sixth_form),
        ("Gender", school.gender),
        ("Religious character", school.religious_character),
        ("Diocese", school.diocese),
        ("Local authority", school.local_authority),
        ("Telephone", school.telephone),
        ("Opened", school.opened_on),
        ("Closed", school.closed_on),
        ("Joined the trust", school.joined_on),
        ("Left the trust", school.left_on),
    )
    return tuple(Fact(label, shown(value)) for label, value in pairs if value not in (None, ""))


def school_register(school: School, user: Actor, today: dt.date) -> SchoolRegister:
    """Everything the register's page of a school shows."""
    year = AcademicYear.on(today)
    parts = (school.street, school.town, school.county, school.postcode)
    return SchoolRegister(
        school=school,
        facts=school_facts(school),
        address=", ".join(part for part in parts if part),
        posts=post_lines(user, today, posts_listed(user, today, school=school)),
        history=predecessors_of(school),
        half_terms=half_term_lines(year, school) if year else [],
        year_number=year.starts_on.year if year else None,
        may_edit=bool(may_edit_school(user, school)),
        may_appoint=bool(may_appoint(user, Post(capacity=Capacity.LEADER, school_id=school.pk))),
        may_mark=bool(may_mark_membership(user, school)),
        may_edit_dates=bool(may_edit_school_calendar(user, school)),
    )


@dataclass(frozen=True)
class ImportLine:
    """One import of the list: when, by whom, from what, and what it did."""

    run: ImportRun
    by: str
    file: str
    is_applied: bool


def import_lines(user: Actor) -> list[ImportLine]:
    """The imports made and the previews that wait, newest first, in two queries."""
    runs = list(ImportRun.objects.visible_to(user).defer("rows")[:50])
    people = User.objects.filter(pk__in={run.made_by_id for run in runs}).select_related("person")
    names = {each.pk: each.display_name for each in people}
    return [
        ImportLine(
            run,
            names.get(run.made_by_id or 0, "Command line"),
            run.files[0]["name"],
            run.applied_at is not None,
        )
        for run in runs
    ]


@dataclass(frozen=True)
class ImportPage:
    """What an import would do, or did."""

    run: ImportRun
    counts: dict[str, int]
    stats: tuple[dict[str, object], ...]
    key: str
    new: list[dict[str, object]]
    changed: list[dict[str, object]]
    left: list[dict[str, object]]
    unchanged: list[str]
    refused: list[dict[str, object]]
    total: int
    changes_nothing: bool
    by: str
    last: ImportRun | None
    file_dated: dt.date | None


def import_page(run: ImportRun, plan: ImportPlan | None) -> ImportPage:
    """A preview worked out now, or what an applied import kept of its own."""
    told = plan_told(plan) if plan else run.rows["plan"]
    counts = plan.counts if plan else run.counts
    user = User.objects.filter(pk=run.made_by_id or 0).select_related("person").first()
    earlier = ImportRun.objects.filter(applied_at__isnull=False, made_at__lt=run.made_at)
    values = f"{counts['values']} {'value' if counts['values'] == 1 else 'values'}"
    changes = f"{_schools(counts['changed'])}, {values}"
    return ImportPage(
        run=run,
        counts=counts,
        stats=(
            {"label": "New", "value": counts["new"], "small": _schools(counts["new"])},
            {"label": "Changed", "value": counts["changed"], "small": changes},
            {"label": "Left the trust", "value": counts["left"]},
            {
                "label": "Refused",
                "value": counts["refused"],
                "small": "row" if counts["refused"] == 1 else "rows",
                "late": counts["refused"] > 0,
            },
        ),
        key=plan.key if plan else "",
        new=[{**each, "joined_on": as_day(each["joined_on"])} for each in told["new"]],
        changed=told["changed"],
        left=[{**each, "left_on": as_day(each["left_on"])} for each in told["left"]],
        unchanged=[name for _, name in told["unchanged"]],
        refused=run.refused,
        total=counts["new"] + counts["changed"] + counts["left"],
        changes_nothing=plan.changes_nothing if plan else False,
        by=user.display_name if user else "Command line",
        last=earlier.defer("rows").first(),
        file_dated=as_day(run.files[0]["dated"]),
    )


def _schools(number: int) -> str:
    return "school" if number == 1 else "schools"
