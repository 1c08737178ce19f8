"""Writing in a record: saved as typed under a version check, sent to the school, never losing text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evidence.actions import (
    Stale,
    days_to_reply,
    missing_before_sending,
    save_visit,
    send_visit,
)
from evidence.forms import FileForm, VisitEditor
from evidence.models import VisitRecord
from evidence.queries.visits import days_after, visit_page
from evidence.rules import may_edit
from evidence.views.visits import person, visit_or_404
from schools.queries import school_calendar
from trust.access import Conflict, require
from trust.calendar import now, today
from trust.models import TrustProfile
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.templatetags.eyeline import clock

TYPED = "evidence-typed"
"""Where the session keeps the words of a save that came too late."""


@require_http_methods(["GET", "POST"])
@once
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a draft; its button saves, adds or removes a row, or sends."""
    visit = visit_or_404(request, pk)
    if request.method == "GET" and visit.state != "draft":
        return redirect("evidence:visit-page", pk=pk)
    if visit.state != "draft":
        raise Conflict(f"This is now: {visit.get_state_display().lower()}. Nothing was changed")
    require(may_edit(request.user, visit))
    if request.method == "GET":
        missing = missing_before_sending(visit) if "check" in request.GET else []
        return _edit_page(request, VisitEditor(visit), missing)
    editor = VisitEditor(visit, request.POST)
    if not editor.is_valid():
        return _edit_page(request, editor)
    try:
        return _saved(request, visit, editor)
    except Stale:
        return redirect(_keep_typed(request, pk))


def _edit_page(
    request: HttpRequest, editor: VisitEditor, missing: list[str] | None = None
) -> HttpResponse:
    visit = editor.visit
    calendar = school_calendar(visit.school)
    errors = editor.errors() + [("id_focus", each) for each in missing or []]
    context = {
        "visit": visit,
        "page": visit_page(visit, request.user),
        "editor": editor,
        "errors": errors,
        "has_errors": bool(errors),
        "send_by": days_after(calendar, visit.visited_on),
        "reply_by": days_after(calendar, today(), days_to_reply()),
        "asks_reply": TrustProfile.current().step("visit_reply"),
        "file_form": FileForm(),
        "key": new_key(),
    }
    return render(request, "evidence/visit_edit.html", context)


def _saved(request: HttpRequest, visit: VisitRecord, editor: VisitEditor) -> HttpResponse:
    do, _, which = request.POST.get("do", "save").partition(":")
    add = which if do == "add" else ""
    what, _, key = which.partition("-")
    number = whole_number(key) if do == "remove" else None
    remove = None if number is None else (what, number)
    text = editor.text(add=add, remove=remove)
    saved = save_visit(visit, text, by=person(request), version=editor.version())
    request.session.get(TYPED, {}).pop(str(visit.pk), None)
    request.session.modified = True
    edit = reverse("evidence:visit-edit", args=[visit.pk])
    if do != "send":
        here = {"finding": "#findings-end", "step": "#steps-end"}.get(add or what, "")
        if not here:
            messages.success(request, f"Saved at {clock(now())}")
        return redirect(f"{edit}{here}")
    if missing_before_sending(saved):
        return redirect(f"{edit}?check=1")
    send_visit(saved, by=person(request))
    messages.success(request, f"The record is with {visit.school}")
    return redirect("evidence:visit-page", pk=visit.pk)


@require_POST
def visit_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed; answers with the new version, or says why not."""
    visit = visit_or_404(request, pk)
    require(may_edit(request.user, visit))
    editor = VisitEditor(visit, request.POST)
    if not editor.is_valid():
        return JsonResponse({"message": f"Not saved: {editor.errors()[0][1]}"}, status=422)
    try:
        saved = save_visit(visit, editor.text(), by=person(request), version=editor.version())
    except Stale:
        return JsonResponse({"url": _keep_typed(request, pk)}, status=409)
    return JsonResponse({"version": saved.version, "saved_at": clock(now())})


# -- two texts -----------------------------------------------------------------------------------


def _keep_typed(request: HttpRequest, pk: int) -> str:
    """Hold the typed words in the session, and say where both texts stand."""
    kept = request.session.setdefault(TYPED, {})
    kept[str(pk)] = {
        name: values
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "idempotency_key", "do")
    }
    request.session.modified = True
    return reverse("evidence:visit-both-texts", args=[pk])


@require_GET
def visit_both_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person typed beside what is saved, with a button for each."""
    visit = visit_or_404(request, pk)
    held: dict[str, list[str]] | None = request.session.get(TYPED, {}).get(str(pk))
    if held is None or visit.state != "draft":
        return redirect("evidence:visit-page", pk=pk)
    require(may_edit(request.user, visit))
    typed = QueryDict(mutable=True)
    for name, values in held.items():
        typed.setlist(name, values)
    typed["version"] = str(visit.version)
    context = {
        "visit": visit,
        "differences": _differences(VisitEditor(visit, typed), VisitEditor(visit)),
        "typed": [(name, value) for name, values in typed.lists() for value in values],
        "key": new_key(),
    }
    return render(request, "evidence/visit_both_texts.html", context)


def _differences(mine: VisitEditor, saved: VisitEditor) -> list[dict[str, Any]]:
    """Each typed field whose words differ from what is saved, with both texts."""
    there = {bound.html_name: bound.value() for form in saved.forms for bound in form}
    found = []
    for form in mine.forms:
        for bound in form:
            typed, kept = bound.value(), there.get(bound.html_name)
            if bound.is_hidden or str(typed or "") == str(kept or ""):
                continue
            found.append({"label": bound.label, "mine": typed or "", "saved": kept or ""})
    return found
