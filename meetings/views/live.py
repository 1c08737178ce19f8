"""The live hour: a note in one line, the item the meeting is at, and a piece pasted from Word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from meetings.actions import clocks, follow_up, minutes
from meetings.forms import NoteLineForm
from meetings.models import AgendaItem
from meetings.pasted import plain_text
from meetings.queries.live import clocks_of
from meetings.queries.minutes import one_line
from meetings.queries.people import owners_of
from meetings.queries.way import signer_word
from meetings.rules import may_edit_minutes
from meetings.views.found import back_to, is_live, item_or_404, meeting_or_404, told
from meetings.views.minutes import edit_context
from trust.access import require
from trust.calendar import now, today
from trust.numbers import whole_number
from trust.pages import once
from trust.templatetags.eyeline import clock

ADD = {
    "challenge": minutes.add_challenge,
    "evidence": minutes.add_evidence,
    "action": follow_up.add_action,
}


@require_POST
@told
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a challenge, evidence or an action under an item, typed in one line.

    A line sent again under its key, because the answer was lost, is noted once.
    """
    item = item_or_404(request, pk)
    require(may_edit_minutes(request.user, item.meeting))
    answer = _line_taken(request, item)
    if not is_live(request) or answer.status_code != 302:
        return answer
    line = one_line(item, reader=request.user)
    shown = {"line": line, "item": item, "meeting": item.meeting, "edit": True}
    parts = {f"notes-{pk}": render_to_string("meetings/_item_notes.html", shown, request)}
    return JsonResponse({"parts": parts, "saved_at": clock(now())})


@once
def _line_taken(request: HttpRequest, item: AgendaItem) -> HttpResponse:
    form = line_form(item, request.POST)
    if form.is_valid():
        ADD[form.kind](item, by=request.user, **form.words)
        return back_to(request, item.meeting, at=f"line-{item.pk}")
    if is_live(request):
        return JsonResponse({"message": form.errors["line"][0]}, status=422)
    context = edit_context(request, item.meeting, {("line", item.pk): form})
    return render(request, "meetings/minutes_edit.html", context)


def line_form(item: AgendaItem, data: Any = None) -> NoteLineForm:
    """The line under an item: where no asker is named it is who signs, where no answerer who answers it."""
    signer = signer_word(item.meeting.kind)
    return NoteLineForm(
        data,
        auto_id=f"%s-{item.pk}",
        owners=owners_of(item.meeting, today()),
        asked_by=signer,
        answered_by=item.answered_by_role,
    )


@require_POST
@told
def item_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting comes to an item: its clock runs, the one before stops."""
    item = item_or_404(request, pk)
    ago = whole_number(request.POST.get("seconds_ago", "")) or 0
    clocks.begin_item(item, by=request.user, seconds_ago=ago)
    if is_live(request):
        return JsonResponse({"clocks": clocks_of(item.meeting, now())})
    messages.success(request, f"At item {item.order}")
    return back_to(request, item.meeting, item=pk)


@require_POST
def paste_clean(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece copied from Word, as plain text with its lists; nothing is saved."""
    require(may_edit_minutes(request.user, meeting_or_404(request, pk)))
    return JsonResponse({"text": plain_text(request.POST.get("html", ""))})
