"""The list of records, one record, its facts, its files and the school's answer."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from evidence.actions import (
    attach_file,
    change_facts,
    delete_draft,
    draft_visit,
    open_to_leaders,
    remove_file,
    reply_to_visit,
)
from evidence.forms import FileForm, ReplyForm, VisitFactsForm
from evidence.models import VisitAttachment, VisitKind, VisitRecord
from evidence.queries.visits import listed_visits, visit_page
from evidence.rules import may_edit, may_open, may_reply, may_start
from evidence.states import VISIT
from evidence.tables import VisitTable
from schools.queries.pages import school_choices
from trust.access import get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import new_key, once, remembered, version_of
from trust.people.models import User
from trust.uploads import send_file


def visit_or_404(request: HttpRequest, pk: int) -> VisitRecord:
    """The record, if this person may read it."""
    visits = VisitRecord.objects.select_related("school", "kind", "visitor")
    return get_visible_or_404(visits, request.user, pk=pk)


def person(request: HttpRequest) -> User:
    """Who asks; the sign-in middleware has seen to it that somebody does."""
    return cast("User", request.user)


@require_GET
def visit_list(request: HttpRequest) -> HttpResponse:
    """Records this person may read; filters, order and page are in the address."""
    asked = request.GET
    school = asked.get("school", "")
    table = VisitTable(
        listed_visits(
            person(request),
            school=whole_number(school),
            kind=asked.get("kind", ""),
            whose=asked.get("whose", ""),
            state=asked.get("state", ""),
        )
    )
    RequestConfig(request, paginate={"per_page": 50, "silent": True}).configure(table)
    context = {
        "table": table,
        "schools": school_choices(person(request), version_of(request)),
        "kinds": remembered(
            "visit-kinds", version_of(request), lambda: list(VisitKind.objects.all())
        ),
        "states": VISIT.choices,
        "asked": asked,
        "may_start": may_start(request.user),
    }
    return render(request, "evidence/visit_list.html", context)


@require_GET
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One record, with what its reader may do."""
    visit = visit_or_404(request, pk)
    context = {"visit": visit, "page": visit_page(visit, request.user), "form": ReplyForm()}
    return render(request, "evidence/visit.html", context)


@require_http_methods(["GET", "POST"])
@once
def visit_new(request: HttpRequest) -> HttpResponse:
    """Begin a record; school and kind may be chosen in the address."""
    user = person(request)
    require(may_start(user))
    initial = {
        "visited_on": today(), "days": 0.5,
        "school": request.GET.get("school"), "kind": request.GET.get("kind"),
    }  # fmt: skip
    form = VisitFactsForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        visit = draft_visit(form.facts(), by=user)
        return redirect("evidence:visit-edit", pk=visit.pk)
    return render(request, "evidence/visit_facts.html", {"form": form})


@require_http_methods(["GET", "POST"])
@once
def visit_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the facts of a draft right."""
    visit, user = visit_or_404(request, pk), person(request)
    require(may_edit(user, visit))
    initial = VisitFactsForm.initial_of(visit, user)
    form = VisitFactsForm(request.POST or None, user=user, visit=visit, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        change_facts(visit, form.facts(), by=user, version=whole_number(version) or 0)
        return redirect("evidence:visit-edit", pk=pk)
    return render(request, "evidence/visit_facts.html", {"form": form, "visit": visit})


@require_http_methods(["GET", "POST"])
@once
def visit_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, after a page that says what goes."""
    visit = visit_or_404(request, pk)
    require(may_edit(request.user, visit))
    if request.method == "GET":
        context = {"visit": visit, "page": visit_page(visit, request.user), "key": new_key()}
        return render(request, "evidence/visit_delete.html", context)
    delete_draft(visit, by=person(request))
    messages.success(request, "The draft is deleted. The school never had it")
    return redirect("evidence:visit-list")


@require_POST
@once
def visit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The school's answer to a record."""
    visit = visit_or_404(request, pk)
    require(may_reply(request.user, visit))
    form = ReplyForm(request.POST)
    if not form.is_valid():
        context = {"visit": visit, "page": visit_page(visit, request.user), "form": form}
        return render(request, "evidence/visit.html", context)
    typed = form.cleaned_data
    reply_to_visit(visit, reply=typed["reply"], text=typed["text"], by=person(request))
    messages.success(request, "Your reply stands beside the record, and the record is filed")
    return redirect("evidence:visit-page", pk=pk)


@require_POST
def visit_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The headteacher opens a record to the school's leaders, or closes it."""
    visit = visit_or_404(request, pk)
    require(may_open(request.user, visit))
    is_open = request.POST.get("open") == "yes"
    open_to_leaders(visit, is_open=is_open, by=person(request))
    said = "Leaders of the school can read this record" if is_open else "Leaders no longer read it"
    messages.success(request, said)
    return redirect("evidence:visit-page", pk=pk)


@require_POST
@once
def visit_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a photo or file beside a draft."""
    visit = visit_or_404(request, pk)
    require(may_edit(request.user, visit))
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "evidence/visit_file_refused.html", {"visit": visit, "form": form})
    attach_file(visit, form.cleaned_data["file"], by=person(request))
    messages.success(request, f"{form.cleaned_data['file'].name} is with the record")
    return redirect("evidence:visit-edit", pk=pk)


def _file_or_404(request: HttpRequest, pk: int, file_pk: int) -> VisitAttachment:
    visit = visit_or_404(request, pk)
    files = VisitAttachment.objects.select_related("visit__kind", "visit__school")
    return get_visible_or_404(files, request.user, pk=file_pk, visit=visit)


@require_GET
def visit_file(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """A file of a record, as a download."""
    attachment = _file_or_404(request, pk, file_pk)
    return send_file(attachment.file, attachment.name)


@require_POST
def visit_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file off a draft."""
    attachment = _file_or_404(request, pk, file_pk)
    require(may_edit(request.user, attachment.visit))
    remove_file(attachment, by=person(request))
    messages.success(request, f"{attachment.name} is removed")
    return redirect("evidence:visit-edit", pk=pk)
