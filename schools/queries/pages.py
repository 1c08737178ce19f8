"""What the pages of the register, the posts and the term dates show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from schools.models import ImportRun, NonSchoolDay, Post, School, SchoolHalfTerm, SchoolLink
from schools.plan import ImportPlan, shown
from schools.queries.calendars import school_calendar, trust_calendar
from schools.queries.register import as_day, plan_told, predecessors_of
from schools.rules import (
    may_appoint,
    may_edit_school,
    may_edit_school_calendar,
    may_edit_trust_calendar,
    may_end_post,
    may_mark_membership,
    may_name_delegate,
    may_read_profile,
)
from trust.access import CAPACITY_NAMES, Actor, Capacity
from trust.calendar import academic_year_of
from trust.models import AcademicYear, HalfTerm
from trust.people.models import User
from trust.term_dates import ENGLISH_YEARS


@dataclass(frozen=True)
class SchoolLine:
    """One school of the list, with who leads it and who is linked to it."""

    school: School
    heads: str
    link_trustees: str
    may_open: bool


def school_lines(user: Actor, today: dt.date, *, left: bool = False) -> list[SchoolLine]:
    """The schools this person may know of, those that left apart, in two queries."""
    schools = School.objects.visible_to(user).by_name()
    shown_schools = [s for s in schools if (s.left_on is not None and s.left_on <= today) == left]
    names: dict[tuple[int, str], list[str]] = {}
    posts = Post.objects.current(today).filter(
        capacity__in=(Capacity.HEAD, Capacity.LINK_TRUSTEE), delegate_of=None, school__isnull=False
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
        for school in shown_schools
    ]


def _holder(post: Post) -> str:
    name = post.person.name if post.person else "Vacant"
    return name if post.standing in ("permanent", "vacant") else f"{name} ({post.standing})"


@dataclass(frozen=True)
class PostLine:
    """One post with what this person may do about it."""

    post: Post
    holder: str
    what: str
    where: str
    standing: str
    may_end: bool
    may_delegate: bool
    is_coming: bool
    has_ended: bool


def post_lines(
    user: Actor, today: dt.date, *, school: School | None = None, ended: bool = False
) -> list[PostLine]:
    """Posts held now or to come (or those that ended), in one query."""
    posts = Post.objects.visible_to(user).select_related("person", "school", "delegate_of__person")
    if school is not None:
        posts = posts.at(school)
    past = posts.filter(ends_on__lt=today)
    rows = past if ended else posts.exclude(pk__in=past.values("pk"))
    order = list(CAPACITY_NAMES)
    lines = [_post_line(post, user, today) for post in rows]
    return sorted(lines, key=lambda n: (n.where.casefold(), order.index(n.post.capacity)))


def _post_line(post: Post, user: Actor, today: dt.date) -> PostLine:
    what, standing = CAPACITY_NAMES[post.capacity], ""
    if post.delegate_of:
        standing = f"Delegate of {post.delegate_of.person}"
    elif post.standing != Post.Standing.PERMANENT:
        standing = post.get_standing_display()
    if post.is_chair_of_trustees:
        standing = "Chair of trustees"
    ended = post.ends_on is not None and post.ends_on < today
    return PostLine(
        post=post,
        holder=post.person.name if post.person else "Vacant",
        what=what,
        where=post.school.name if post.school else "Whole trust",
        standing=standing,
        may_end=not ended and bool(may_end_post(user, post)),
        may_delegate=not ended
        and post.delegate_of is None
        and post.person_id is not None
        and bool(may_name_delegate(user, post)),
        is_coming=post.starts_on > today,
        has_ended=ended,
    )


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


@dataclass(frozen=True)
class HalfTermLineOf:
    """One half term as a school keeps it: its own dates, or the trust's."""

    half_term: HalfTerm
    starts_on: dt.date
    ends_on: dt.date
    is_own: bool


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
        posts=post_lines(user, today, school=school),
        history=predecessors_of(school),
        half_terms=half_term_lines(year, school) if year else [],
        year_number=year.starts_on.year if year else None,
        may_edit=bool(may_edit_school(user, school)),
        may_appoint=bool(may_appoint(user, Post(capacity=Capacity.LEADER, school_id=school.pk))),
        may_mark=bool(may_mark_membership(user, school)),
        may_edit_dates=bool(may_edit_school_calendar(user, school)),
    )


def half_term_lines(year: AcademicYear, school: School | None = None) -> list[HalfTermLineOf]:
    """The six half terms of a year, with a school's own dates where it has any."""
    own: dict[int, SchoolHalfTerm] = {}
    if school is not None:
        overrides = SchoolHalfTerm.objects.filter(
            school=school, half_term__term__academic_year=year
        )
        own = {each.half_term_id: each for each in overrides}
    lines = []
    for half in HalfTerm.objects.of_year(year).order_by("order"):
        dates = own.get(half.pk, half)
        lines.append(HalfTermLineOf(half, dates.starts_on, dates.ends_on, half.pk in own))
    return lines


@dataclass(frozen=True)
class ClosedLine:
    """A closed day, where it is, and whether this person may open the schools again."""

    closed: NonSchoolDay
    where: str
    may_remove: bool


@dataclass(frozen=True)
class YearPage:
    """The term dates of one year, for the trust or for one school."""

    year: AcademicYear
    number: int
    school: School | None
    half_terms: list[HalfTermLineOf]
    closed: list[ClosedLine]
    differing: list[School]
    may_edit: bool
    may_close: bool
    school_days: int


def year_page(year: AcademicYear, school: School | None, user: Actor) -> YearPage:
    """The half terms and closed days of a year, and how many school days that leaves."""
    calendar = school_calendar(school) if school else trust_calendar()
    number = year.starts_on.year
    days = sum(len(calendar.school_days_of(h)) for h in calendar.half_terms if h.year == number)
    may_edit = may_edit_school_calendar(user, school) if school else may_edit_trust_calendar(user)
    return YearPage(
        year=year,
        number=number,
        school=school,
        half_terms=half_term_lines(year, school),
        closed=closed_days(year, school, user),
        differing=[] if school else differing_schools(year, user),
        may_edit=bool(may_edit),
        may_close=bool(may_edit),
        school_days=days,
    )


@dataclass(frozen=True)
class YearLine:
    number: int
    name: str
    is_entered: bool
    is_current: bool
    has_default: bool


@dataclass(frozen=True)
class YearList:
    """The years entered and those that may be entered next, and the schools whose dates one may see."""

    years: list[YearLine]
    schools: list[School]
    number: int
    """The year for the schools' links: the present one, else the last one entered."""
    may_edit: bool
    may_import: bool


def year_list(user: Actor, today: dt.date) -> YearList:
    entered = {year.starts_on.year: year for year in AcademicYear.objects.all()}
    present = academic_year_of(today)
    may_edit = bool(may_edit_trust_calendar(user))
    numbers = set(entered) | ({present, present + 1} if may_edit else set())
    return YearList(
        years=[
            YearLine(
                number,
                f"{number} to {number + 1}",
                number in entered,
                number == present,
                number in ENGLISH_YEARS,
            )
            for number in sorted(numbers, reverse=True)
        ],
        schools=list(School.objects.visible_to(user).in_trust(today).by_name()) if entered else [],
        number=present if present in entered else max(entered, default=present),
        may_edit=may_edit,
        may_import=may_edit_any_calendar(user),
    )


def may_edit_any_calendar(user: Actor) -> bool:
    """Whether there is any calendar, the trust's or a school's, that this person keeps."""
    return bool(may_edit_trust_calendar(user)) or bool(user.posts.schools(Capacity.HEAD))


def may_appoint_anybody(user: Actor) -> bool:
    """Whether there is any post that this person may make."""
    places = [None, *user.posts.schools(Capacity.HEAD)]
    office = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI)
    return office or any(
        may_appoint(user, Post(capacity=Capacity.LEADER, school_id=place)) for place in places
    )


def closed_days(year: AcademicYear, school: School | None, user: Actor) -> list[ClosedLine]:
    """The closed days of a year: everywhere, and at this school or at every school one may know of."""
    days = NonSchoolDay.objects.visible_to(user).filter(day__range=(year.starts_on, year.ends_on))
    if school is not None:
        days = days.filter(Q(school=school) | Q(school__isnull=True))
    everywhere = bool(may_edit_trust_calendar(user))
    return [
        ClosedLine(
            closed,
            closed.school.name if closed.school else "Every school",
            bool(may_edit_school_calendar(user, closed.school)) if closed.school else everywhere,
        )
        for closed in days.select_related("school").order_by("day", "school__name")
    ]


def differing_schools(year: AcademicYear, user: Actor) -> list[School]:
    """Schools with half terms of their own in a year."""
    own = SchoolHalfTerm.objects.filter(half_term__term__academic_year=year).values("school")
    return list(School.objects.visible_to(user).filter(pk__in=own).by_name())


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
            names.get(run.made_by_id, "Command line"),
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
    user = User.objects.filter(pk=run.made_by_id).select_related("person").first()
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
