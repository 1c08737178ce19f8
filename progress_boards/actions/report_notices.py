"""Who is told by mail that the annual report has come to them: its title, a school, a day and a link, no word of it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from progress_boards.actions.notices import holders
from progress_boards.models import AnnualReport
from schools.models import Post, School
from trust.access import Capacity
from trust.calendar import today
from trust.mail import queue_mail
from trust.people.models import Person

READERS = (Capacity.CEO, Capacity.TRUSTEE, Capacity.LINK_TRUSTEE)
"""The Trust Board and the Chief Executive, who read it once it is presented."""


def tell_of_accuracy(report: AnnualReport) -> None:
    """The Chief Executive and the DSI check the whole of it, each head the own school."""
    whole = reverse("progress_boards:report-accuracy", args=[report.pk])
    for person in holders(Capacity.CEO, Capacity.DSI):
        _tell(report, "accuracy", person, whole, due=report.accuracy_until)
    for person, school in _heads(report):
        _tell(report, "accuracy", person, _page_of(report, school), school, report.accuracy_until)


def tell_of_submission(report: AnnualReport) -> None:
    """The clerk has the report to list for the Trust Board."""
    for person in holders(Capacity.CLERK):
        _tell(report, "submitted", person, _page(report))


def tell_of_presentation(report: AnnualReport) -> None:
    """The Trust Board has it, the Chief Executive too, and each head the own school."""
    posts = Post.objects.current(today()).filter(
        capacity__in=READERS, person__isnull=False, delegate_of__isnull=True
    )
    for person in Person.objects.filter(pk__in=posts.values("person")).order_by("pk"):
        _tell(report, "presented", person, _page(report))
    for person, school in _heads(report):
        _tell(report, "presented", person, _page_of(report, school), school)


def _heads(report: AnnualReport) -> list[tuple[Person, School]]:
    """The heads today of the schools that the report is about."""
    posts = Post.objects.current(today()).filter(
        capacity=Capacity.HEAD, school__in=report.sections.values("school"),
        person__isnull=False, delegate_of__isnull=True,
    )  # fmt: skip
    rows = posts.select_related("person", "school").order_by("school", "pk")
    return [(post.person, post.school) for post in rows if post.person and post.school]


def _page(report: AnnualReport) -> str:
    return reverse("progress_boards:report-detail", args=[report.pk])


def _page_of(report: AnnualReport, school: School) -> str:
    return reverse("progress_boards:report-school", args=[report.pk, school.pk])


def _tell(
    report: AnnualReport,
    news: str,
    person: Person,
    path: str,
    school: School | None = None,
    due: dt.date | None = None,
) -> None:
    """One mail, once for each draft of the report that comes so far."""
    place = school.pk if school else "whole"
    queue_mail(
        f"report-{news}:{report.pk}:{report.draft_number}:{place}:{person.pk}", to=person.email,
        template="report_stage",
        context={"news": news, "year": report.academic_year, "school": school, "due": due,
                 "path": path},
    )  # fmt: skip
