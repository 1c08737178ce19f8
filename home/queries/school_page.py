"""The page of one school: what every floor says of it, as far as the reader may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from cpd.queries.projects import SharedPractice, practice_of_school
from evidence.models import SchoolDocument, VisitKind
from evidence.queries.documents import listed_documents
from evidence.queries.visits import VisitLine, visits_of
from evidence.rules import may_read_documents, writing
from improvement.models import READ_EVERY, READ_OWN, Priority
from improvement.queries.register import lead_words, tag_of
from improvement.rules import may_add_priority
from meetings.models import Action
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.rules import may_read_school_page
from ratings.queries import RatingPanel, rating_panel
from ratings.queries.sheet import may_rate_school
from schools.models import Post, School
from schools.queries.pages import Fact, school_facts
from trust.access import Actor, Capacity
from trust.models import AcademicYear
from trust.pages import remembered

SHOWN = 4
HELD = ("held", "with_chair", "accuracy_check", "final")
PEOPLE = (Capacity.HEAD, Capacity.LINK_TRUSTEE, Capacity.CHAIR)


@dataclass(frozen=True)
class Link:
    """A button of the page's head."""

    label: str
    url: str


@dataclass(frozen=True)
class BoardLine:
    """One board of the year: its half term, its day, its state, and its page."""

    half_term: str
    on: dt.date | None
    state: str
    url: str


@dataclass(frozen=True)
class PersonLine:
    """One post of the school, and since when it is held."""

    label: str
    holder: str
    since: dt.date | None
    standing: str


@dataclass(frozen=True)
class PriorityLine:
    """One priority of the year: its words, who leads it, how it stands, and its page."""

    title: str
    lead: str
    state: str
    tag: str
    icon: str
    url: str


@dataclass(frozen=True)
class PriorityPanel:
    """The school's priorities of the year, and where one more is added or all are read."""

    lines: tuple[PriorityLine, ...]
    link: Link


@dataclass(frozen=True)
class SchoolPage:
    """Everything that the page shows."""

    school: School
    crumb: str
    links: tuple[Link, ...]
    ratings: RatingPanel | None
    boards: tuple[BoardLine, ...]
    numbers: str
    next_board: BoardLine | None
    actions: tuple[Action, ...]
    overdue: int
    actions_url: str
    visits: tuple[VisitLine, ...]
    documents: tuple[SchoolDocument, ...]
    documents_url: str
    people: tuple[PersonLine, ...]
    facts: tuple[Fact, ...]
    priorities: PriorityPanel | None = None
    """None for those to whom priorities are not open."""
    practice: SharedPractice | None = None
    """None for those who read no practice, and for a school that shares none yet."""
    pdf_url: str = ""
    """Where the school on one side of A4 is asked for; empty for those who do not sit at its boards."""


def school_page(school: School, user: Actor, today: dt.date, *, at: int) -> SchoolPage:
    """Read the page, in a number of queries that does not grow with the school's history; `at` is the newest audit row."""
    year = remembered(f"year:{today}", at, lambda: AcademicYear.on(today))
    boards = _boards(school, user, year)
    lines = tuple(_board_line(board) for board in boards)
    coming = (line for line, board in zip(lines, boards, strict=True) if _is_coming(board, today))
    actions = _open_actions(school, user)
    late = sum(1 for action in actions if action.state == "open" and action.due_on < today)
    return SchoolPage(
        school=school,
        crumb=", ".join(filter(None, (school.phase, _pupils(school), _ages(school)))),
        links=_links(school, user, at),
        ratings=rating_panel(school, user, at=at),
        boards=lines,
        numbers=_numbers(school, boards, year),
        next_board=next(coming, None),
        actions=tuple(actions[:SHOWN]),
        overdue=late,
        actions_url=f"{reverse('meetings:action-list')}?school={school.pk}",
        visits=visits_of(school, user=user)[:SHOWN],
        documents=tuple(listed_documents(user, school=school.pk)[:SHOWN]),
        documents_url=_documents_url(school, user),
        people=_people(school, today),
        facts=school_facts(school),
        priorities=_priorities(school, user, today),
        practice=practice_of_school(school, user, today),
        pdf_url=reverse("progress_boards:school-pdf", args=[school.pk])
        if may_read_school_page(user, school.pk)
        else "",
    )


def _pupils(school: School) -> str:
    return f"{school.pupils:,} pupils" if school.pupils is not None else ""


def _ages(school: School) -> str:
    return f"ages {school.ages}" if school.ages else ""


def _links(school: School, user: Actor, at: int) -> tuple[Link, ...]:
    links = []
    kinds = remembered("visit-kinds", at, lambda: list(VisitKind.objects.all()))
    if any(writing(user, school.pk, kind) for kind in kinds):
        links.append(Link("Record a visit", f"{reverse('evidence:visit-new')}?school={school.pk}"))
    if may_rate_school(school, user):
        links.append(Link("Rate this school", reverse("progress_boards:rate", args=[school.pk])))
    return tuple(links)


def _documents_url(school: School, user: Actor) -> str:
    """Where all documents of the school are listed; empty for a role to which they are not open."""
    if not may_read_documents(user, school):
        return ""
    return f"{reverse('evidence:document-list')}?school={school.pk}"


def _boards(school: School, user: Actor, year: AcademicYear | None) -> list[ProgressBoard]:
    boards = ProgressBoard.objects.visible_to(user).filter(school=school, academic_year=year)
    return list(
        boards.select_related("meeting__kind", "half_term").order_by("half_term__starts_on")
    )


def _board_line(board: ProgressBoard) -> BoardLine:
    return BoardLine(
        half_term=board.half_term.name,
        on=board.meeting.day,
        state=board.meeting.state_label,
        url=reverse("progress_boards:board-detail", args=[board.pk]),
    )


def _is_coming(board: ProgressBoard, today: dt.date) -> bool:
    on = board.meeting.day
    return board.meeting.during is not None and on is not None and on >= today


def _numbers(school: School, boards: list[ProgressBoard], year: AcademicYear | None) -> str:
    """Planned by policy, agreed and held, as the trust counts them."""
    row = SchoolYear.objects.filter(school=school, academic_year=year).first()
    if row is None:
        return ""
    held = sum(board.meeting.state in HELD for board in boards)
    return f"{row.by_policy} by policy · {row.agreed} agreed · {held} held"


def _priorities(school: School, user: Actor, today: dt.date) -> PriorityPanel | None:
    posts = user.posts
    if not (posts.is_trust_wide(*READ_EVERY) or posts.holds(*READ_OWN, school=school.pk)):
        return None
    priorities = Priority.objects.visible_to(user).filter(
        school=school, academic_year__starts_on__lte=today, academic_year__ends_on__gte=today
    )
    lines = tuple(_priority_line(p) for p in priorities.select_related("lead").order_by("number"))
    link = Link("See all priorities", f"{reverse('improvement:priority-list')}?school={school.pk}")
    if may_add_priority(user, school.pk):
        link = Link("Add a priority", f"{reverse('improvement:priority-new')}?school={school.pk}")
    return PriorityPanel(lines, link)


def _priority_line(priority: Priority) -> PriorityLine:
    tag, icon = tag_of(priority)
    return PriorityLine(
        title=str(priority),
        lead=lead_words(priority),
        state=priority.get_state_display(),
        tag=tag,
        icon=icon,
        url=reverse("improvement:priority", args=[priority.pk]),
    )


def _open_actions(school: School, user: Actor) -> list[Action]:
    return list(Action.objects.visible_to(user).open().filter(school=school).order_by("due_on"))


def _people(school: School, today: dt.date) -> tuple[PersonLine, ...]:
    posts: QuerySet[Post] = Post.objects.current(today).at(school).filter(capacity__in=PEOPLE)
    held = posts.filter(delegate_of__isnull=True).select_related("person")
    by_order = sorted(held, key=lambda post: (PEOPLE.index(Capacity(post.capacity)), post.pk))
    return tuple(
        PersonLine(
            label=post.get_capacity_display(),
            holder=post.person.name if post.person else "Vacant",
            since=post.starts_on if post.person else None,
            standing=""
            if post.standing == Post.Standing.PERMANENT
            else post.get_standing_display(),
        )
        for post in by_order
    )
