"""Joint projects as their pages, the library and the year's report read them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet

from cpd.models import JointProject, PracticeCard, ProjectSchool, ProjectVisit
from cpd.queries.practice import Choices, Filters, choices, read_filters
from cpd.rules import OF_SCHOOL, heads, may_change_project, may_edit_project
from cpd.states import PROJECT
from schools.models import School
from trust.access import Actor, Capacity
from trust.models import AcademicYear

PER_PAGE = 20


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


def with_schools(projects: QuerySet[JointProject]) -> QuerySet[JointProject]:
    """Projects with their schools and visits, in three queries however many there are."""
    places = ProjectSchool.objects.select_related("school", "lead")
    visits = ProjectVisit.objects.select_related("visitor__school", "host__school")
    return projects.select_related("indicator").prefetch_related(
        Prefetch("schools", places), Prefetch("visits", visits)
    )


@dataclass(frozen=True)
class ProjectLine:
    """One project in a list."""

    pk: int
    title: str
    question: str
    schools: str
    state: str
    label: str
    small: str


def project_line(project: JointProject, today: dt.date) -> ProjectLine:
    """A project as one line; needs its schools loaded."""
    return ProjectLine(
        pk=project.pk,
        title=project.title,
        question=project.question,
        schools=", ".join(place.school.name for place in project.schools.all()),
        state=project.state,
        label=PROJECT.states[project.state],
        small=_small(project, today),
    )


def _small(project: JointProject, today: dt.date) -> str:
    if project.state == "proposed":
        asked = [place.school.name for place in project.schools.all() if not place.joined_at]
        return f"Waits for {' and '.join(asked)}" if asked else ""
    if project.state == "active" and project.ends_on:
        words = "was to end on" if project.ends_on < today else "until"
        return f"{words} {project.ends_on.day} {project.ends_on:%B %Y}"
    return ""


@dataclass(frozen=True)
class Projects:
    """The page of all projects."""

    lines: list[ProjectLine]
    page: Page[JointProject]
    filters: Filters
    choices: Choices
    states: list[tuple[str, str]]
    may_propose: bool


def projects(user: Actor, asked: Mapping[str, str], today: dt.date) -> Projects:
    """Projects of every school, by words, state, school and indicator from the address."""
    filters = read_filters(asked, PROJECT.states)
    rows = JointProject.objects.visible_to(user)
    if filters.show:
        rows = rows.filter(state=filters.show)
    if filters.school:
        rows = rows.filter(schools__school=filters.school)
    if filters.indicator:
        rows = rows.filter(indicator=filters.indicator)
    if filters.q:
        query = SearchQuery(filters.q, config="english", search_type="websearch")
        told = SearchVector("title", "question", "practice_changed", "product", config="english")
        rows = rows.annotate(told=told).filter(told=query)
    page = Paginator(with_schools(rows.order_by("-pk")), PER_PAGE).get_page(filters.page)
    return Projects(
        lines=[project_line(project, today) for project in page],
        page=page, filters=filters, choices=choices(), states=PROJECT.choices,
        may_propose=bool(user.posts.schools(*OF_SCHOOL)),
    )  # fmt: skip


# -- one project ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceLine:
    """One school of a project, and what this reader may do there."""

    place: ProjectSchool
    is_own: bool
    may_join: bool
    may_take_out: bool
    may_write: bool
    may_gain: bool


@dataclass(frozen=True)
class ProjectPage:
    """One project as its page reads it."""

    project: JointProject
    label: str
    places: list[PlaceLine]
    visits: list[ProjectVisit]
    missing: list[str]
    card: PracticeCard | None
    may_edit: bool
    may_change: bool
    may_ask: bool
    is_open: bool

    @property
    def is_ready(self) -> bool:
        return self.project.state == "active" and not self.missing

    @property
    def steps(self) -> list[dict[str, str]]:
        """Proposed, under way, finished."""
        if self.project.state == "stopped":
            return []
        order = ["proposed", "active", "finished"]
        at = order.index(self.project.state)
        states = [
            "done" if n < at or at == 2 else "current" if n == at else "todo" for n in range(3)
        ]
        return [
            {"label": PROJECT.states[name], "state": state, "small": ""}
            for name, state in zip(order, states, strict=True)
        ]


def project_page(project: JointProject, user: Actor) -> ProjectPage:
    """Everything the page of a project shows; its card only to whoever may read the card."""
    places = list(project.schools.all())
    card = PracticeCard.objects.visible_to(user).filter(pk=project.card_id or 0).first()
    is_proposed = project.state == "proposed"
    is_head = any(heads(user, place.school_id) for place in places)
    can_leave = is_proposed and len(places) > 2 and is_head
    return ProjectPage(
        project=project,
        label=PROJECT.states[project.state],
        places=[_place_line(user, place, project, can_leave) for place in places],
        visits=list(project.visits.all()),
        missing=missing_to_finish(project),
        card=card,
        may_edit=bool(may_edit_project(user, project)),
        may_change=bool(may_change_project(user, project)),
        may_ask=is_proposed and bool(may_edit_project(user, project)),
        is_open=project.state in ("proposed", "active"),
    )


def _place_line(
    user: Actor, place: ProjectSchool, project: JointProject, can_leave: bool
) -> PlaceLine:
    is_head = heads(user, place.school_id)
    is_own = user.posts.holds(*OF_SCHOOL, school=place.school_id)
    is_open = project.state in ("proposed", "active")
    return PlaceLine(
        place=place,
        is_own=is_own,
        may_write=is_own and is_open and place.joined_at is not None,
        may_gain=is_own and project.state == "active",
        may_join=project.state == "proposed" and not place.joined_at and is_head,
        may_take_out=can_leave and (is_head or not place.joined_at),
    )


# -- one school, one year ------------------------------------------------------------------------


@dataclass(frozen=True)
class SharedPractice:
    """What one school shares: its cards in the library and the projects it is in."""

    cards: list[PracticeCard]
    projects: list[ProjectLine]


def practice_of_school(school: School, user: Actor, today: dt.date) -> SharedPractice | None:
    """The newest three of each for the school's page; None for whoever reads no practice, or when there is none."""
    cards = list(PracticeCard.objects.visible_to(user).shared().filter(school=school)[:3])
    rows = JointProject.objects.visible_to(user).filter(schools__school=school)
    rows = rows.exclude(state="stopped").order_by("-pk")
    lines = [project_line(project, today) for project in with_schools(rows)[:3]]
    return SharedPractice(cards, lines) if cards or lines else None


@dataclass(frozen=True)
class PracticeOfYear:
    """Joint practice development in one academic year, for the annual report."""

    cards: int
    """Practice cards shared in the year."""
    projects: dict[str, int]
    """Projects of the year by the label of their state."""
    visits: int
    """Visits between schools made in the year."""
    hosted: dict[str, int]
    """How often each school was visited by another one in the year."""


def practice_of_year(year: AcademicYear, until: dt.date | None = None) -> PracticeOfYear:
    """Cards shared, projects, and visits made within the year (up to `until`, when given).

    A project is of the year when it was proposed by its end, and is still open, was finished since the
    year's start, or was stopped after it was proposed or begun in it; its state is the one it has now.
    """
    last = min(filter(None, (year.ends_on, until)))
    span = (year.starts_on, last)
    shared = PracticeCard.objects.filter(shared_at__date__range=span).count()
    of_year = JointProject.objects.filter(created_at__date__lte=last).filter(
        Q(state__in=("proposed", "active"))
        | Q(state="finished", finished_at__date__gte=year.starts_on)
        | Q(state="stopped", created_at__date__gte=year.starts_on)
        | Q(state="stopped", begun_at__date__gte=year.starts_on)
    )
    by_state = Counter(of_year.order_by().values_list("state", flat=True))
    visits = ProjectVisit.objects.filter(visited_on__range=span)
    hosted = Counter(visits.order_by().values_list("host__school__name", flat=True))
    return PracticeOfYear(
        cards=shared,
        projects={label: by_state[state] for state, label in PROJECT.choices if by_state[state]},
        visits=hosted.total(),
        hosted=dict(hosted),
    )


def asked_to_join(user: Actor) -> QuerySet[ProjectSchool]:
    """Places in proposed projects that wait for this headteacher."""
    return ProjectSchool.objects.filter(
        school__in=user.posts.schools(Capacity.HEAD),
        joined_at__isnull=True,
        project__state="proposed",
    ).select_related("project", "school")


def past_their_end(user: Actor, today: dt.date) -> QuerySet[JointProject]:
    """Projects under way whose end is over, of which this person is a lead or a school's headteacher."""
    mine = Q(schools__school__in=user.posts.schools(Capacity.HEAD))
    if user.person_id:
        of_lead = Q(
            schools__lead=user.person_id, schools__school__in=user.posts.schools(*OF_SCHOOL)
        )
        mine |= of_lead
    return (
        JointProject.objects.filter(mine, state="active", ends_on__lt=today)
        .order_by("ends_on", "pk")
        .distinct()
    )
