"""The agenda of a meeting that no app above serves on a page of its own: read, made, issued."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import agenda, removing, sending
from meetings.actions.removing import Removed
from meetings.forms import ItemForm, LateForm, OwnItemForm
from meetings.models import AgendaItem, Meeting
from meetings.queries.agenda import agenda_page
from meetings.queries.pages import pages_of
from meetings.rules import AGENDA_OUT, may_amend_agenda, may_edit_agenda
from meetings.views.found import item_or_404, meeting_or_404
from trust.access import Conflict, require
from trust.numbers import whole_number
from trust.pages import once

REMOVED = "removed_agenda_item"
"""The item taken off last, kept in the session for Undo."""
PRESSED = ("up", "down", "less", "more", "set")
"""Buttons of an item that keep the focus after they are pressed."""


def back(meeting: Meeting, item: AgendaItem | None = None, focus: str = "") -> HttpResponse:
    """To the agenda's page, at the item; `focus` names the button that is pressed again next."""
    url = reverse("meetings:agenda", args=[meeting.pk])
    if item and focus in PRESSED:
        return redirect(f"{url}?at={focus}-{item.pk}")  # a fragment would take the focus away
    return redirect(f"{url}#item-{item.pk}" if item else url)


def served_meeting(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, when its agenda is made here: one with pages of its own is none of this page's."""
    meeting = meeting_or_404(request, pk)
    if pages_of(meeting).agenda:
        raise Http404("This meeting has an agenda page of its own")
    return meeting


def served_item(request: HttpRequest, pk: int) -> AgendaItem:
    """An item of a meeting whose agenda is made here."""
    item = item_or_404(request, pk)
    item.meeting = served_meeting(request, item.meeting_id)
    return item


@require_GET
def meeting_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """One page that shows each person what they may see and do; a meeting with a page of its own is led there."""
    meeting = meeting_or_404(request, pk)
    own = pages_of(meeting).agenda
    if own:
        return redirect(own)
    context = {
        "meeting": meeting,
        "page": agenda_page(meeting, request.user, request.GET.get("at", "")),
        "removed": _removed(request, meeting),
    }
    return render(request, "meetings/agenda.html", context)


def _removed(request: HttpRequest, meeting: Meeting) -> str:
    kept = request.session.get(REMOVED)
    return kept["removed"]["fields"]["title"] if kept and kept["meeting"] == meeting.pk else ""


# -- items ---------------------------------------------------------------------------------------


def _item_page(
    request: HttpRequest, meeting: Meeting, form: ItemForm, heading: str, **more: Any
) -> HttpResponse:
    context = {"meeting": meeting, "form": form, "heading": heading, **more}
    return render(request, "meetings/agenda_item.html", context)


@require_http_methods(["GET", "POST"])
@once
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an item of one's own."""
    meeting = served_meeting(request, pk)
    require(may_edit_agenda(request.user, meeting))
    form = OwnItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {k: form.cleaned_data[k] for k in ("type", "title", "question", "minutes")}
        try:
            return back(meeting, agenda.add_item(meeting, purpose="", by=request.user, **words))
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _item_page(request, meeting, form, "Add an item")


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words and minutes of an item; after issue as an amendment."""
    item = served_item(request, pk)
    meeting = item.meeting
    issued = meeting.state == "issued"
    require((may_amend_agenda if issued else may_edit_agenda)(request.user, meeting))
    form = ItemForm(request.POST) if request.method == "POST" else ItemForm.of(item)
    if request.method == "POST" and form.is_valid():
        words = {k: form.cleaned_data[k] for k in ("title", "question", "minutes")}
        change = sending.amend_and_tell if issued else agenda.change_item
        try:
            change(item, version=form.cleaned_data["version"] or 0, by=request.user, **words)
            return back(meeting, item)
        except Conflict as refused:
            form.add_error(None, str(refused))
    heading = f"Amend item {item.order}" if issued else f"Edit item {item.order}"
    return _item_page(request, meeting, form, heading, is_amended=issued)


@require_http_methods(["GET", "POST"])
@once
def item_late(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an item after issue: the agenda becomes a new version, and everybody with a seat is told."""
    meeting = served_meeting(request, pk)
    require(may_amend_agenda(request.user, meeting))
    form = LateForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        names = ("type", "title", "question", "minutes", "taken_from")
        words = {name: form.cleaned_data[name] for name in names}
        try:
            return back(meeting, sending.add_late_and_tell(meeting, by=request.user, **words))
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _item_page(request, meeting, form, "Add a late item", is_amended=True)


@require_POST
def item_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """One minute less, one more, or the number typed."""
    item = served_item(request, pk)
    require(may_edit_agenda(request.user, item.meeting))
    typed = whole_number(request.POST.get("minutes", ""))
    step = {"less": -1, "more": 1}.get(request.POST.get("do", ""), 0)
    if typed is None:
        messages.error(request, "Enter the minutes as a whole number")
        return back(item.meeting, item)
    try:
        agenda.set_minutes(item, minutes=(item.minutes + step) if step else typed, by=request.user)
    except Conflict as refused:
        messages.error(request, str(refused))
    return back(item.meeting, item, request.POST.get("do", ""))


@require_POST
def item_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down, or to a place by its number, between what is always first and always last."""
    item = served_item(request, pk)
    require(may_edit_agenda(request.user, item.meeting))
    do, place = request.POST.get("do", ""), whole_number(request.POST.get("place", ""))
    if do == "place" and place is not None:
        agenda.put_at(item, place=place, by=request.user)
    elif do in ("up", "down"):
        agenda.move_between_ends(item, up=do == "up", by=request.user)
    return back(item.meeting, item, do)


@require_POST
def item_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item off; the page offers Undo."""
    if not AgendaItem.objects.filter(pk=pk).exists() and (kept := request.session.get(REMOVED)):
        return redirect("meetings:agenda", pk=kept["meeting"])  # the second click finds it gone
    item = served_item(request, pk)
    require(may_edit_agenda(request.user, item.meeting))
    try:
        removed = removing.remove_item(item, by=request.user)
    except Conflict as refused:
        messages.error(request, str(refused))
        return back(item.meeting, item)
    request.session[REMOVED] = {"meeting": item.meeting_id, "removed": removed.as_plain()}
    return back(item.meeting)


@require_POST
def item_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the last removal."""
    meeting = served_meeting(request, pk)
    require(may_edit_agenda(request.user, meeting))
    kept = request.session.pop(REMOVED, None)
    if kept is None or kept["meeting"] != meeting.pk:
        return back(meeting)
    removed = Removed.of_plain(kept["removed"])
    return back(meeting, removing.restore_item(meeting, removed=removed, by=request.user))


@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill what is left of the meeting with Discussion in hand."""
    meeting = served_meeting(request, pk)
    require(may_edit_agenda(request.user, meeting))
    try:
        return back(meeting, agenda.fill_in_hand(meeting, by=request.user))
    except Conflict as refused:
        messages.error(request, str(refused))
        return back(meeting)


# -- its way -------------------------------------------------------------------------------------


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the agenda; the second click finds it issued."""
    meeting = served_meeting(request, pk)
    if meeting.state in AGENDA_OUT:
        return back(meeting)
    sending.send_out_agenda(meeting, by=request.user)
    messages.success(request, "The agenda is issued, and everybody with a seat is told")
    return back(meeting)


@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the issued agenda back into draft; the second click finds it there."""
    meeting = served_meeting(request, pk)
    if meeting.state == "agenda_draft":
        return back(meeting)
    sending.call_back_agenda(meeting, by=request.user)
    messages.success(request, "The agenda is in draft again, and everybody with a seat is told")
    return back(meeting)
