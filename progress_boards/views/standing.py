"""The trust's standing items: what every agenda of a Progress Board has."""

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
from meetings.rules import may_keep_standing_items, may_read_standing_items
from progress_boards.defaults import PROGRESS_BOARD
from progress_boards.queries.standing import standing_page
from trust.access import Conflict, require
from trust.pages import once


@require_GET
def standing_list(request: HttpRequest) -> HttpResponse:
    """The standing items by their place, and what they leave of the hour."""
    require(may_read_standing_items(request.user))
    kind = _kind()
    context = {
        "page": standing_page(kind),
        "keeps": bool(may_keep_standing_items(request.user)),
    }
    return render(request, "progress_boards/standing_list.html", context)


@require_http_methods(["GET", "POST"])
@once
def standing_add(request: HttpRequest) -> HttpResponse:
    """Add a standing item."""
    require(may_keep_standing_items(request.user))
    kind = _kind()
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = add_standing_item(kind, by=request.user, **form.fields_of())
            messages.success(request, f"{item.title} is on every agenda proposed from now on")
            return redirect("progress_boards:standing-list")
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _page(request, form, "Add a standing item")


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
            messages.success(request, "Saved. Agendas proposed from now on have it so")
            return redirect("progress_boards:standing-list")
        except Conflict as refused:
            form.add_error(None, str(refused))
    return _page(request, form, "Change a standing item")


@require_POST
def standing_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave it out from now on; the second click finds it left out."""
    require(may_keep_standing_items(request.user))
    item = retire_standing_item(_item(pk), by=request.user)
    messages.success(request, f"{item.title} is on no agenda proposed from now on")
    return redirect("progress_boards:standing-list")


@require_POST
def standing_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it in again."""
    require(may_keep_standing_items(request.user))
    item = bring_back_standing_item(_item(pk), by=request.user)
    messages.success(request, f"{item.title} is on every agenda proposed from now on")
    return redirect("progress_boards:standing-list")


def _kind() -> MeetingKind:
    return get_object_or_404(MeetingKind, slug=PROGRESS_BOARD)


def _item(pk: int) -> StandingItem:
    """A standing item of Progress Boards; those of another kind of meeting are not kept here."""
    return get_object_or_404(_kind().standing_items.select_related("kind"), pk=pk)


def _page(request: HttpRequest, form: StandingForm, heading: str) -> HttpResponse:
    return render(request, "progress_boards/standing_item.html", {"form": form, "heading": heading})
