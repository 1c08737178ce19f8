"""One action: raised by itself, how it goes, that it is done, that it is closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.action_rules import (
    may_close_sooner,
    may_mark_action_done,
    may_raise_action,
    may_update_action,
)
from meetings.actions import follow_up
from meetings.forms import CloseForm, DoneForm, RaiseActionForm, ReasonForm, UpdateForm
from meetings.models import Action
from meetings.queries import register, sources
from meetings.queries.findings import finding_to_raise
from meetings.queries.people import owners_at
from schools.models import School
from trust.access import get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.uploads import send_file


@require_http_methods(["GET", "POST"])
@once
def action_raise(request: HttpRequest) -> HttpResponse:
    """Add an action that no meeting noted: by itself, or from a finding of a visit, as the address says."""
    require(may_raise_action(request.user, None))
    finding = finding_to_raise(request.user, whole_number(request.GET.get("finding", "")))
    if finding is not None and finding.raised:
        return redirect("meetings:action", pk=finding.raised.pk)
    schools = School.objects.visible_to(request.user).by_name()
    at = [finding.school] if finding else schools
    form = RaiseActionForm(
        request.POST or None,
        schools=schools,
        owners=owners_at(at, today()),
        finding=finding.finding if finding else None,
    )
    if not form.is_valid():
        context = {"form": form, "key": new_key(), "finding": finding}
        return render(request, "meetings/action_raise.html", context)
    said = form.cleaned_data
    if finding is not None:
        said |= {"school": finding.school, "finding": finding.finding}
        said |= {"indicator": finding.finding.indicator}
    action = follow_up.raise_action(by=request.user, **said)
    messages.success(
        request, f"{action.ref} is added, due {action.due_on.day} {action.due_on:%B %Y}"
    )
    return redirect("meetings:action", pk=action.pk)


def _action(request: HttpRequest, pk: int) -> Action:
    rows = Action.objects.select_related(
        "school", "owner", "indicator", "done_by__person", "closed_by__person",
        "closed_at_meeting", *sources.related(),
    )  # fmt: skip
    return get_visible_or_404(rows, request.user, pk=pk)


@require_GET
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action: what, whose, by when, and everything said of it since."""
    found = _action(request, pk)
    return render(request, "meetings/action.html", _context(request, found))


def _context(request: HttpRequest, found: Action, **bound: Any) -> dict[str, Any]:
    user, is_live = request.user, found.state in ("open", "done")
    closes = is_live and bool(may_close_sooner(user, found))
    updates = is_live and bool(may_update_action(user, found))
    marks_done = found.state == "open" and bool(may_mark_action_done(user, found))
    return {
        "action": found,
        "row": register.row_of(found, today()),
        "updates": list(found.updates.select_related("by__person")),
        "marks": list(found.marks.select_related("meeting__kind")),
        "update_form": bound.get("update") or UpdateForm(prefix="update") if updates else None,
        "done_form": bound.get("done") or DoneForm(prefix="done") if marks_done else None,
        "close_form": bound.get("close") or CloseForm(prefix="close") if closes else None,
        "drop_form": bound.get("drop") or ReasonForm(prefix="drop") if closes else None,
        "reopen_form": bound.get("reopen") or ReasonForm(prefix="reopen") if closes and found.state == "done" else None,
        "form": next(iter(bound.values()), None),
        "key": new_key(),
    }  # fmt: skip


@require_POST
@once
def action_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how an action goes."""
    found = _action(request, pk)
    require(may_update_action(request.user, found))
    form = UpdateForm(request.POST, request.FILES, prefix="update")
    if not form.is_valid():
        return render(request, "meetings/action.html", _context(request, found, update=form))
    follow_up.update_action(found, by=request.user, **form.cleaned_data)
    messages.success(request, "Your update is saved")
    return redirect("meetings:action", pk=pk)


@require_POST
def action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner marks an action done, with the evidence."""
    found = _action(request, pk)
    require(may_mark_action_done(request.user, found))
    form = DoneForm(request.POST, request.FILES, prefix="done")
    if not form.is_valid():
        return render(request, "meetings/action.html", _context(request, found, done=form))
    follow_up.mark_action_done(found, by=request.user, **form.cleaned_data)
    messages.success(request, "Marked done. The next meeting closes it")
    return redirect("meetings:action", pk=pk)


@require_POST
def action_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an action before the next meeting does."""
    found = _action(request, pk)
    require(may_close_sooner(request.user, found))
    form = CloseForm(request.POST, prefix="close")
    if not form.is_valid():
        return render(request, "meetings/action.html", _context(request, found, close=form))
    follow_up.close_action(found, note=form.cleaned_data["note"], by=request.user)
    messages.success(request, f"{found.ref} is closed")
    return redirect("meetings:action", pk=pk)


@require_POST
def action_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an action, with the reason."""
    return _with_reason(request, pk, "drop", follow_up.drop)


@require_POST
def action_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an action again that was marked done too soon."""
    return _with_reason(request, pk, "reopen", follow_up.reopen)


def _with_reason(request: HttpRequest, pk: int, name: str, act: Any) -> HttpResponse:
    found = _action(request, pk)
    require(may_close_sooner(request.user, found))
    form = ReasonForm(request.POST, prefix=name)
    if not form.is_valid():
        return render(request, "meetings/action.html", _context(request, found, **{name: form}))
    act(found, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"{found.ref} is now: {found.get_state_display().lower()}")
    return redirect("meetings:action", pk=pk)


@require_GET
def action_file(request: HttpRequest, pk: int, update_pk: int) -> FileResponse:
    """A file that came with an update."""
    update = _action(request, pk).updates.filter(pk=update_pk).exclude(file="").first()
    if update is None:
        raise Http404("No file to see here")
    return send_file(update.file, update.file_name)
