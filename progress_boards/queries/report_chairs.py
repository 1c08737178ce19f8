"""Who takes part in one year's report: the Chairs who write, those who check its facts, and who has read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.timezone import localtime

from progress_boards.models import AnnualReport, ReportComment, TrustBoardDay
from schools.models import Post
from trust.access import CAPACITY_NAMES, Capacity
from trust.calendar import today
from trust.people.models import Person
from trust.templatetags.eyeline import day

# -- the Chairs who write ------------------------------------------------------------------------


def chairs_of(report: AnnualReport) -> dict[int, Person]:
    """School → the Chair who contributes its half page, where another than the lead has that school alone."""
    found: dict[int, list[Person]] = {}
    for post in _chairs_on(report):
        if post.school_id and post.person:
            found.setdefault(post.school_id, []).append(post.person)
    return {
        school: people[0]
        for school, people in found.items()
        if len(people) == 1 and people[0].pk != report.lead_id
    }


def chairs_at(report: AnnualReport, school: int) -> list[Person]:
    """The external Chairs of one school now, and the lead."""
    here = {p.person for p in _chairs_on(report) if p.school_id in (school, None) and p.person}
    return sorted({*here, report.lead}, key=lambda p: (p.pk != report.lead_id, p.name))


def _chairs_on(report: AnnualReport) -> Iterable[Post]:
    chairs = Post.objects.current(today()).filter(capacity=Capacity.CHAIR, delegate_of=None)
    return chairs.select_related("person").order_by("pk")


# -- those who check the facts -------------------------------------------------------------------

CHECKS = (Capacity.CEO, Capacity.DSI, Capacity.HEAD)


@dataclass(frozen=True)
class Check:
    """One post that was asked to check the facts, and what it said: never a name, for the report is read widely."""

    role: str
    school: str
    school_id: int | None
    people: frozenset[int]
    said: str
    is_silent: bool

    @property
    def label(self) -> str:
        return f"{self.role}, {self.school}" if self.school else self.role


def checks_of(report: AnnualReport) -> list[Check]:
    """Everybody whom the accuracy of this report was sent to, in order, silence said as silence; in two queries."""
    if report.accuracy_sent_at is None:
        return []
    sent_on = localtime(report.accuracy_sent_at).date()
    schools = {s["id"]: s["name"] for s in report.facts["schools"]}
    posts = Post.objects.current(sent_on).filter(capacity__in=CHECKS, delegate_of=None)
    comments = list(report.comments.select_related("section"))
    found: dict[tuple[int, int | None], list[Post]] = {}
    for post in posts.exclude(person=None).order_by("pk"):
        if post.school_id is None or post.school_id in schools:
            found.setdefault((CHECKS.index(Capacity(post.capacity)), post.school_id), []).append(
                post
            )
    places = sorted(found, key=lambda k: (k[0], schools.get(k[1] or 0, "")))
    return [_check(found[place], schools, comments, report) for place in places]


def _check(
    posts: list[Post], schools: dict[int, str], comments: list[ReportComment], report: AnnualReport
) -> Check:
    role, school = posts[0].capacity, posts[0].school_id
    mine = [
        c
        for c in comments
        if c.role == role and (school is None or (c.section and c.section.school_id == school))
    ]
    corrections = sum(1 for c in mine if c.text)
    said = f"{corrections} correction{'' if corrections == 1 else 's'} proposed"
    if not corrections:
        said = "Nothing to correct" if mine else _silence(report)
    return Check(
        CAPACITY_NAMES[role], schools.get(school or 0, ""), school,
        frozenset(p.person_id for p in posts if p.person_id), said, not mine,
    )  # fmt: skip


def _silence(report: AnnualReport) -> str:
    """Until the Chair has signed it is "no answer yet"; from then on it stays silence."""
    if report.signed_at is None:
        return "No answer yet"
    signed_on, until = localtime(report.signed_at).date(), report.accuracy_until
    if until and signed_on <= until:
        return f"No answer when the Chair signed; it could be checked until {day(until)}"
    return f"No answer by {day(until)}"


# -- the Trust Board -----------------------------------------------------------------------------


def board_day_of(report: AnnualReport) -> TrustBoardDay | None:
    """The first day of the Trust Board from the listing on (from today while it is not listed); None when none is entered."""
    listed = localtime(report.presented_at).date() if report.presented_at else today()
    return TrustBoardDay.objects.filter(day__gte=listed).order_by("day").first()


# -- who has read it -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """One member of the Trust Board, and when the report was opened; None when it was not."""

    name: str
    role: str
    at: object | None


def receipts_of(report: AnnualReport) -> list[Receipt]:
    """Trustees and Link Trustees of today, and whoever else has read it, in two queries."""
    read = {r.person_id: r for r in report.reads.select_related("person")}
    board = (
        Post.objects.current(today())
        .filter(capacity__in=(Capacity.TRUSTEE, Capacity.LINK_TRUSTEE), delegate_of=None)
        .exclude(person=None)
        .select_related("person")
    )
    roles: dict[int, tuple[str, str]] = {}
    for post in board:
        if (
            post.person_id
            and post.person
            and (post.person_id not in roles or post.capacity == Capacity.TRUSTEE)
        ):
            roles[post.person_id] = (post.person.name, CAPACITY_NAMES[post.capacity])
    for key, each in read.items():
        roles.setdefault(key, (each.person.name, "No longer on the Trust Board"))
    rows = [
        Receipt(name, role, read[key].at if key in read else None)
        for key, (name, role) in roles.items()
    ]
    return sorted(rows, key=lambda r: (r.at is None, r.name))
