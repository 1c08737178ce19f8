"""When a meeting is: its date given or moved, put off, called off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from meetings.actions import dating
from meetings.forms import DateForm, NotHeldForm
from meetings.models import Meeting
from meetings.rules import may_cancel, may_schedule
from meetings.states import DATED
from meetings.views.agenda import back, served_meeting
from trust.access import Conflict, allowed_if, require
from trust.pages import new_key, once
from trust.templatetags.eyeline import clock, day


@require_http_methods(["GET", "POST"])
def meeting_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a meeting a date, move it, or book it again after it was postponed."""
    meeting = served_meeting(request, pk)
    require(may_schedule(request.user, meeting))
    open_states = ("planned", "postponed", *DATED)
    require(allowed_if(meeting.state in open_states, "This meeting has no date to set now"))
    form = DateForm(request.POST or None, initial=DateForm.initial_of(meeting))
    if request.method == "POST" and form.is_valid():
        try:
            dating.date_meeting(meeting, starts_at=form.starts_at, by=request.user, **form.where)
            when = f"{day(form.starts_at)} at {clock(form.starts_at)}"
            messages.success(request, f"The meeting is on {when}")
            return back(meeting)
        except Conflict as refused:
            form.add_error("on", str(refused))
    title = "Move this meeting" if meeting.during else "Set a date"
    context = {"meeting": meeting, "form": form, "title": title}
    return render(request, "meetings/meeting_date.html", context)


@require_http_methods(["GET", "POST"])
@once
def meeting_postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a meeting out of its hour; everything prepared is kept for its new date."""
    meeting = served_meeting(request, pk)
    require(may_schedule(request.user, meeting))
    words = {
        "title": "Postpone this meeting",
        "lede": "The agenda is kept for its new date, and everybody with a seat is told",
        "done": "The meeting is postponed",
    }
    return _not_held(request, meeting, "postponed", dating.put_off_meeting, words)


@require_http_methods(["GET", "POST"])
@once
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End a meeting before it is held."""
    meeting = served_meeting(request, pk)
    require(may_cancel(request.user, meeting))
    words = {
        "title": "Cancel this meeting",
        "lede": "A cancelled meeting stays in the record. If it will be held later, postpone it instead",
        "done": "The meeting is cancelled",
    }
    return _not_held(request, meeting, "cancelled", dating.call_off_meeting, words)


def _not_held(
    request: HttpRequest,
    meeting: Meeting,
    becomes: str,
    act: Callable[..., Any],
    words: dict[str, str],
) -> HttpResponse:
    """The form with a reason; a meeting that is already what it is to become stays so."""
    if meeting.state == becomes:
        return back(meeting)
    form = NotHeldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(meeting, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, words["done"])
            return back(meeting)
        except Conflict as refused:
            form.add_error(None, str(refused))
    key = request.POST.get("idempotency_key") or new_key()
    context = {"meeting": meeting, "form": form, "key": key, **words}
    return render(request, "meetings/meeting_not_held.html", context)
