"""The list of schools, a school's page of the register, and bringing in the register's files."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from schools import actions
from schools.forms import MembershipForm, RegisterFilesForm, SchoolCodeForm
from schools.imports import read_files
from schools.models import ImportRun, School
from schools.queries import import_plan
from schools.queries.pages import (
    import_lines,
    import_page,
    school_lines,
    school_register,
    schools_listed,
)
from schools.register import Handed, TrustNotFound
from schools.rules import (
    may_edit_school,
    may_import_register,
    may_mark_membership,
    may_read_profile,
)
from schools.tabular import FileRefused
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import today
from trust.models import TrustProfile
from trust.pages import page_of, remembered, version_of

A_PAGE = 30


@require_GET
def school_list(request: HttpRequest) -> HttpResponse:
    user, day, left = request.user, today(), request.GET.get("show") == "left"
    listed = schools_listed(user, day, left=left)
    key = f"schools-listed:{user.pk}:{hash(user.posts)}:{left}:{day}"
    count = remembered(key, version_of(request), listed.count)
    pages = page_of(listed, count, A_PAGE, request.GET.get("page"))
    context = {
        "lines": school_lines(user, day, pages),
        "pages": pages,
        "query": "show=left" if left else "",
        "left": left,
        "may_import": bool(may_import_register(request.user, None)),
    }
    return render(request, "schools/school_list.html", context)


@require_GET
def school_page(request: HttpRequest, pk: int) -> HttpResponse:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_read_profile(request.user, school))
    page = school_register(school, request.user, today())
    return render(request, "schools/school_register.html", {"page": page, "school": school})


@require_http_methods(["GET", "POST"])
def school_code(request: HttpRequest, pk: int) -> HttpResponse:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_edit_school(request.user, school))
    form = SchoolCodeForm(request.POST or None, initial={"code": school.code})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_school_code(school, by=request.user, code=form.cleaned_data["code"])
            messages.success(request, "Short code changed")
            return redirect("schools:school-register", pk)
        except Conflict as conflict:
            form.add_error("code", str(conflict))
    return render(request, "schools/school_code.html", {"form": form, "school": school})


@require_http_methods(["GET", "POST"])
def school_membership(request: HttpRequest, pk: int) -> HttpResponse:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_mark_membership(request.user, school))
    form = MembershipForm(request.POST or None, initial={"what": "left"})
    if request.method == "POST" and form.is_valid():
        try:
            _mark(request, school, form.cleaned_data)
            return redirect("schools:school-register", pk)
        except Conflict as conflict:
            form.add_error("on", str(conflict))
    return render(request, "schools/school_membership.html", {"form": form, "school": school})


def _mark(request: HttpRequest, school: School, said: dict[str, Any]) -> None:
    if said["what"] == "left":
        actions.mark_school_left(school, by=request.user, on=said["on"], reason=said["reason"])
        messages.success(
            request, "The school is marked as leaving. Its people's access ends 30 days later"
        )
    else:
        actions.mark_school_joined(school, by=request.user, on=said["on"])
        messages.success(request, "The day of joining is recorded")


# -- bringing in files ---------------------------------------------------------------------------


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    require(may_import_register(request.user, None))
    return render(request, "schools/import_list.html", {"lines": import_lines(request.user)})


@require_http_methods(["GET", "POST"])
def import_upload(request: HttpRequest) -> HttpResponse:
    require(may_import_register(request.user, None))
    profile = TrustProfile.current()
    initial = {"trust": profile.group_uid or profile.group_id}
    form = RegisterFilesForm(request.POST or None, request.FILES or None, initial=initial)
    candidates: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            run = _read(request, form.cleaned_data)
            return redirect("schools:import-preview", run.pk)
        except TrustNotFound as missing:
            candidates = missing.candidates
            form.add_error("trust", _say_missing(missing))
        except FileRefused as refused:
            form.add_error(_which_file(refused, form), f"{refused.refusal}. Nothing was changed")
        except Conflict as another_trust:
            form.add_error("trust", f"{another_trust}. Nothing was changed")
    return render(request, "schools/import_upload.html", {"form": form, "candidates": candidates})


def _which_file(refused: FileRefused, form: RegisterFilesForm) -> str | None:
    """The field whose file is refused, so that the reason stands beside it."""
    for name in ("schools", "groups", "links"):
        handed = form.cleaned_data.get(name)
        if handed and handed.name == refused.refusal.file:
            return name
    return None


def _say_missing(missing: TrustNotFound) -> str:
    if missing.candidates:
        return "This is not one trust: enter the UID of one of those listed"
    return str(missing)


def _read(request: HttpRequest, said: dict[str, Any]) -> ImportRun:
    schools, groups, links = (
        Handed(said[name].name, cast("BinaryIO", said[name])) if said[name] else None
        for name in ("schools", "groups", "links")
    )
    return read_files(
        cast("Handed", schools),
        cast("Handed", groups),
        links,
        wanted=said["trust"],
        by=request.user,
    )


@require_GET
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_visible_or_404(ImportRun.objects.all(), request.user, pk=pk)
    plan = None if run.applied_at else import_plan(run)
    return render(request, "schools/import_preview.html", {"page": import_page(run, plan)})


@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_visible_or_404(ImportRun.objects.all(), request.user, pk=pk)
    try:
        run = actions.apply_import(run, by=request.user, key=request.POST.get("key", ""))
        messages.success(request, "The register has been brought in")
    except Conflict as conflict:
        messages.error(request, str(conflict))
    return redirect("schools:import-preview", pk)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_visible_or_404(ImportRun.objects.all(), request.user, pk=pk)
    try:
        actions.discard_import(run, by=request.user)
        messages.success(request, "Everything is left as it is")
    except Conflict as conflict:
        messages.error(request, str(conflict))
    return redirect("schools:import-list")
