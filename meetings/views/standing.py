"""The standing items of one kind of meeting: what every agenda proposed from now on has."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions.standing import (
    add_standing_item,
    bring_back_standing_item,
    change_standing_item,
    retire_standing_item,
)
from meetings.forms.standing import StandingForm
from meetings.models import MeetingKind, StandingItem
from meetings.queries.standing import standing_rows
from meetings.rules import may_keep_standing_items, may_read_standing_items
from trust.access import Conflict, require
from trust.pages import once


@require_GET
def standing_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Those in force and those retired, with the minutes they take of the meeting."""
    require(may_read_standing_items(request.user))
    kind = get_object_or_404(MeetingKind, slug=slug)
    keeps = bool(may_keep_standing_items(request.user))
    context = {"kind": kind, "page": standing_rows(kind), "keeps": keeps}
    return render(request, "meetings/standing_list.html", context)


@require_http_methods(["GET", "POST"])
@once
def standing_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a standing item."""
    require(may_keep_standing_items(request.user))
    kind = get_object_or_404(MeetingKind, slug=slug)
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = add_standing_item(kind, by=request.user, **form.fields_of())
            return _done(request, item, f"{item.title} is on every agenda proposed from now on")
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _page(request, kind, form, "Add a standing item")


@require_http_methods(["GET", "POST"])
def standing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a standing item; agendas that are there already stay as they are."""
    require(may_keep_standing_items(request.user))
    item = _item(pk)
    form = StandingForm(request.POST) if request.method == "POST" else StandingForm.of(item)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_standing_item(item, version=version, by=request.user, **form.fields_of())
            return _done(request, item, "Saved. Agendas proposed from now on have it so")
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _page(request, item.kind, form, "Change a standing item")


@require_POST
def standing_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave it out from now on; the second click finds it left out."""
    require(may_keep_standing_items(request.user))
    item = retire_standing_item(_item(pk), by=request.user)
    return _done(request, item, f"{item.title} is on no agenda proposed from now on")


@require_POST
def standing_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it in again."""
    require(may_keep_standing_items(request.user))
    item = bring_back_standing_item(_item(pk), by=request.user)
    return _done(request, item, f"{item.title} is on every agenda proposed from now on")


def _item(pk: int) -> StandingItem:
    return get_object_or_404(StandingItem.objects.select_related("kind"), pk=pk)


def _done(request: HttpRequest, item: StandingItem, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("meetings:standing-list", slug=item.kind.slug)


def _page(
    request: HttpRequest, kind: MeetingKind, form: StandingForm, heading: str
) -> HttpResponse:
    context = {"kind": kind, "form": form, "heading": heading}
    return render(request, "meetings/standing_item.html", context)
