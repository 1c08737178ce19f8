"""Beside final minutes: errata, the versions of their PDF, and a copy without names."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions.errata import record_erratum, say_inspectable
from meetings.documents.redacted import names_in, request_redacted
from meetings.documents.versions import maker_of
from meetings.errata_rules import may_record_erratum, may_redact, may_say_inspectable
from meetings.forms import ErratumForm, RedactForm
from meetings.rules import may_read_minutes
from meetings.views.found import meeting_or_404
from trust.access import Conflict, require
from trust.pages import new_key, once


@require_http_methods(["GET", "POST"])
@once
def errata(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found wrong in final minutes, and every version of their PDF; a POST records one more."""
    meeting = meeting_or_404(request, pk)
    require(may_read_minutes(request.user, meeting))
    if meeting.state != "final":
        raise Conflict("Errata are stated beside final minutes. These can still be changed")
    records = may_record_erratum(request.user, meeting)
    form = ErratumForm(request.POST or None, items=meeting.items.all())
    if request.method == "POST":
        require(records)
        if form.is_valid():
            said = form.cleaned_data
            item = form.items.get(said["item"])
            record_erratum(
                meeting, item=item, text=said["text"], reason=said["reason"], by=request.user
            )
            messages.success(request, "The erratum is recorded. A new version of the PDF states it")
            return redirect("meetings:errata", pk=pk)
    context = {
        "meeting": meeting, "form": form if records else None, "key": new_key(),
        "errata": meeting.errata.select_related("item", "recorded_by__person"),
        "versions": list(maker_of(meeting).versions), "may_redact": bool(may_redact(request.user, meeting)),
    }  # fmt: skip
    return render(request, "meetings/errata.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def redacted(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom a copy of final minutes leaves out; a POST makes it."""
    meeting = meeting_or_404(request, pk)
    require(may_redact(request.user, meeting))
    form = RedactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        document = request_redacted(
            meeting, under=said["under"], more=said["words"], by=request.user
        )
        back = urlencode({"back": reverse("meetings:redacted", args=[pk])})
        return redirect(f"{reverse('document-progress', args=[document.pk])}?{back}")
    newest = maker_of(meeting).versions.last()
    context = {
        "meeting": meeting,
        "form": form,
        "names": sorted(names_in(meeting, newest.snapshot if newest else {}).items()),
        "inspectable": meeting.kind.steps.get("minutes_inspectable"),
        "may_say": bool(may_say_inspectable(request.user, meeting)),
    }
    return render(request, "meetings/redacted.html", context, status=422 if form.errors else 200)


@require_POST
def inspectable(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether minutes of this kind are open to inspection under the trust's articles."""
    meeting = meeting_or_404(request, pk)
    require(may_say_inspectable(request.user, meeting))
    open_to_all = request.POST.get("inspectable") == "yes"
    say_inspectable(meeting, inspectable=open_to_all, by=request.user)
    messages.success(request, "What your articles say is kept")
    return redirect("meetings:redacted", pk=pk)
