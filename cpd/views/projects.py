"""Joint projects: the list, one project, and every act of its schools."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.practice import (
    ask_school_in,
    change_place,
    change_project,
    finish_project,
    join_project,
    leave_project,
    propose_project,
    record_project_visit,
    remove_project_visit,
    reopen_project,
    stop_project,
    take_up_project,
    write_gain,
)
from cpd.forms.projects import (
    AskForm,
    GainForm,
    NewProjectForm,
    PlaceForm,
    ProjectForm,
    ReasonForm,
    VisitForm,
)
from cpd.models import JointProject, PracticeCard, PracticeNotice, ProjectSchool, ProjectVisit
from cpd.queries.projects import project_page, projects, with_schools
from cpd.rules import heads, may_change_project, may_edit_project, may_write_practice
from cpd.views.practice import reader, writer
from trust.access import Conflict, allowed_if, first_denied, get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import once
from trust.people.models import User


def project_or_404(request: HttpRequest, pk: int) -> JointProject:
    """The project with its schools and visits, if this person reads practice."""
    return get_visible_or_404(with_schools(JointProject.objects.all()), reader(request), pk=pk)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _shown(request: HttpRequest, project: JointProject) -> HttpResponse:
    """The page of the project, with no form."""
    page = project_page(project, _person(request))
    return render(request, "cpd/project.html", {"project": project, "page": page})


@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """Joint projects of all schools; words, state and other filters are in the address."""
    page = projects(reader(request), request.GET, today())
    return render(request, "cpd/project_list.html", {"projects": page, "at": "projects"})


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project."""
    return _shown(request, project_or_404(request, pk))


@require_http_methods(["GET", "POST"])
@once
def project_new(request: HttpRequest) -> HttpResponse:
    """Propose a project: from a card, from an offer or a need, or from nothing."""
    user = writer(request)
    card = _card(request, user)
    form = NewProjectForm(request.POST or None, user=user, initial=_begun_from(request, user, card))
    if request.method == "POST" and form.is_valid():
        try:
            made = propose_project(by=user, card=card, **_proposal(form.typed()))
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, _proposed(made))
            return redirect("cpd:project", pk=made.pk)
    return render(request, "cpd/project_new.html", {"form": form, "card": card})


def _proposal(typed: dict[str, Any]) -> dict[str, Any]:
    own = {f"own_{name}": typed.pop(name) for name in ("lead", "lead_role", "brings")}
    schools = [typed.pop("school"), *typed.pop("schools")]
    return {**typed, **own, "schools": schools}


def _proposed(made: JointProject) -> str:
    if made.state == "active":
        return "The project is under way"
    return "The project is proposed: it begins when every school has joined"


def _card(request: HttpRequest, user: User) -> PracticeCard | None:
    pk = whole_number(request.GET.get("card", ""))
    if pk is None:
        return None
    shared = PracticeCard.objects.select_related("school").shared()
    return get_visible_or_404(shared, user, pk=pk)


def _begun_from(request: HttpRequest, user: User, card: PracticeCard | None) -> dict[str, Any]:
    """What the page begins with: the card's, the offer's or the need's words, and its school to ask."""
    pk = whole_number(request.GET.get("notice", ""))
    notice = None
    if pk is not None:
        notice = get_visible_or_404(PracticeNotice.objects.all(), user, pk=pk)
    begun: dict[str, Any] = {}
    if card is not None:
        begun = {"title": card.title, "indicator": card.indicator_id, "schools": [card.school_id]}
    if notice is not None:
        begun.setdefault("title", notice.title)
        begun["indicator"] = begun.get("indicator") or notice.indicator_id
        begun["schools"] = [*begun.get("schools", []), notice.school_id]
    return begun


@require_http_methods(["GET", "POST"])
@once
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write in a project; a later save of somebody else's is shown beside it."""
    found, user = project_or_404(request, pk), _person(request)
    require(may_change_project(user, found))
    form = ProjectForm(request.POST or None, of=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_project(found, version=form.cleaned_data["version"], by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "The project is saved")
            return redirect("cpd:project", pk=pk)
    return render(request, "cpd/project_edit.html", {"form": form, "project": found})


# -- the schools in it ---------------------------------------------------------------------------


def _place_or_404(request: HttpRequest, pk: int) -> ProjectSchool:
    reader(request)
    places = ProjectSchool.objects.select_related("project", "school")
    return get_visible_or_404(places, _person(request), pk=pk)


@require_http_methods(["GET", "POST"])
@once
def project_join(request: HttpRequest, pk: int) -> HttpResponse:
    """A school joins by its own headteacher, or puts right who leads there and what it brings."""
    place, user = _place_or_404(request, pk), _person(request)
    require(_may_answer(user, place))
    form = PlaceForm(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        act = change_place if place.joined_at else join_project
        try:
            act(place, by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, f"{place.school} is in the project")
            return redirect("cpd:project", pk=place.project_id)
    context = {"form": form, "place": place, "project": place.project}
    return render(request, "cpd/project_join.html", context)


def _may_answer(user: User, place: ProjectSchool) -> Any:
    if place.joined_at:
        return may_write_practice(user, place.school_id)
    return allowed_if(heads(user, place.school_id), "Each school joins by its own headteacher")


@require_POST
def project_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a school out of a project that is only proposed."""
    place = _place_or_404(request, pk)
    leave_project(place, by=_person(request))
    messages.success(request, f"{place.school} is no longer asked")
    return redirect("cpd:project", pk=place.project_id)


@require_http_methods(["GET", "POST"])
@once
def project_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one school more."""
    found, user = project_or_404(request, pk), _person(request)
    require(_may_ask(user, found))
    form = AskForm(request.POST or None, project=found)
    if request.method == "POST" and form.is_valid():
        school = form.cleaned_data["school"]
        ask_school_in(found, school=school, by=user)
        messages.success(request, f"{school} is asked to join")
        return redirect("cpd:project", pk=pk)
    context = {"form": form, "project": found, "title": "Ask another school"}
    return render(request, "cpd/project_form.html", context)


def _may_ask(user: User, found: JointProject) -> Any:
    settled = "The project is under way: its schools are settled"
    return first_denied(
        (may_change_project(user, found), allowed_if(found.state == "proposed", settled))
    )


# -- visits and gains ----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def project_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a visit between two schools of the project."""
    found, user = project_or_404(request, pk), _person(request)
    require(may_change_project(user, found))
    form = VisitForm(request.POST or None, project=found, initial={"visited_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            record_project_visit(found, by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "The visit is recorded")
            return redirect("cpd:project", pk=pk)
    context = {"form": form, "project": found, "title": "Record a visit"}
    return render(request, "cpd/project_form.html", context)


@require_POST
def project_visit_remove(request: HttpRequest, pk: int, visit: int) -> HttpResponse:
    """Take out a visit that was entered wrongly."""
    found = project_or_404(request, pk)
    require(may_change_project(_person(request), found))
    row = ProjectVisit.objects.filter(project=found, pk=visit).first()
    if row is not None:
        remove_project_visit(row, by=_person(request))
    messages.success(request, "The visit is taken out")
    return redirect("cpd:project", pk=pk)


@require_http_methods(["GET", "POST"])
@once
def project_gain(request: HttpRequest, pk: int) -> HttpResponse:
    """What one school gained, in its own words."""
    place, user = _place_or_404(request, pk), _person(request)
    require(may_write_practice(user, place.school_id))
    form = GainForm(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        try:
            write_gain(place, by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "What your school gained is saved")
            return redirect("cpd:project", pk=place.project_id)
    context = {"form": form, "project": place.project, "title": f"What {place.school} gained"}
    return render(request, "cpd/project_form.html", context)


# -- its life ------------------------------------------------------------------------------------


@require_POST
def project_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish the project, or open a finished one again."""
    found, user = project_or_404(request, pk), _person(request)
    if request.POST.get("reopen") == "yes":
        reopen_project(found, by=user)
        messages.success(request, "The project is open again")
    else:
        finish_project(found, by=user)
        messages.success(request, "The project is finished. Its product can become a practice card")
    return redirect("cpd:project", pk=pk)


@require_http_methods(["GET", "POST"])
@once
def project_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the project, with its reason."""
    found, user = project_or_404(request, pk), _person(request)
    require(may_edit_project(user, found))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stop_project(found, by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "The project is stopped. It can be taken up again")
            return redirect("cpd:project", pk=pk)
    context = {"form": form, "project": found, "title": "Stop this project"}
    return render(request, "cpd/project_form.html", context)


@require_POST
def project_take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stopped project up where it stood."""
    take_up_project(project_or_404(request, pk), by=_person(request))
    messages.success(request, "The project goes on where it stood")
    return redirect("cpd:project", pk=pk)
