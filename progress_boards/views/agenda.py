"""The page of one board, and the making of its agenda."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import agenda as engine
from meetings.actions.removing import Removed
from meetings.actions.removing import restore_item as put_back
from meetings.models import AgendaItem
from meetings.rules import may_return_agenda
from progress_boards.actions import agenda as acts
from progress_boards.actions.proposing import want_draft
from progress_boards.forms.agenda import AmendForm, ItemForm, NoteForm, OwnItemForm
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gathered_at
from progress_boards.queries.agenda_shown import evidence_groups, not_taken
from progress_boards.queries.board import board_page, flags_of, with_counts, with_page
from progress_boards.queries.board_items import page_urls
from progress_boards.queries.review import review_panel, with_reviews
from progress_boards.rules import (
    may_amend_agenda,
    may_edit_agenda,
    may_read_advance,
    may_read_briefing,
)
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import once, version_of

REMOVED = "removed_item"
"""The item taken off last, kept in the session for Undo."""
PRESSED = ("up", "down", "less", "more", "set")
"""Buttons of an item that keep the focus after they are pressed."""


def board_of(request: HttpRequest, pk: int) -> ProgressBoard:
    """The board, when this person may know of it."""
    return get_visible_or_404(with_page(), request.user, pk=pk)


def item_of_board(board: ProgressBoard, pk: int) -> AgendaItem:
    item = get_object_or_404(AgendaItem.objects.select_related("answered_by", "second"),
                             pk=pk, meeting=board.meeting_id)  # fmt: skip
    item.meeting = board.meeting
    return item


def back(board: ProgressBoard, item: AgendaItem | None = None, focus: str = "") -> HttpResponse:
    """To the board's page, at the item; `focus` names the button that is pressed again next."""
    url = reverse("progress_boards:board-detail", args=[board.pk])
    if item and focus in PRESSED:
        return redirect(f"{url}?at={focus}-{item.pk}")  # a fragment would take the focus away
    return redirect(f"{url}#item-{item.pk}" if item else url)


@require_GET
def board_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One page that shows each person what they may see and do."""
    board: Any = get_visible_or_404(with_reviews(with_counts()), request.user, pk=pk)
    edits = flags_of(board.meeting, request.user)["edit"]
    gathered = gathered_at(board, today(), version_of(request)) if edits else None
    page = board_page(board, request.user, gathered, at=request.GET.get("at", ""))
    context: dict[str, Any] = {
        "board": board,
        "meeting": board.meeting,
        "page": page,
        "urls": page_urls(board),
    }
    if gathered:
        items = board.meeting.items.all()
        context["groups"] = evidence_groups(gathered, items)
        context["left_over"] = len(not_taken(gathered, items))
        context["removed"] = _removed(request, board)
    if may_read_briefing(request.user, board):
        context["briefing"] = board.notes
    if may_read_advance(request.user, board):
        context["advance"] = board.questions_asked
    if page.may["return_agenda"]:
        context["return_form"] = NoteForm()
    if page.may["read_minutes"]:
        context["review"] = review_panel(board, request.user)
    return render(request, "progress_boards/board.html", context)


def _removed(request: HttpRequest, board: ProgressBoard) -> str:
    kept = request.session.get(REMOVED)
    return kept["removed"]["fields"]["title"] if kept and kept["board"] == board.pk else ""


@require_POST
def propose_board(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the proposal now; the worker makes it."""
    board = board_of(request, pk)
    want_draft(board, by=request.user)
    messages.success(
        request, "The agenda is being proposed from the evidence. You may leave this page"
    )
    return back(board)


# -- items ---------------------------------------------------------------------------------------


@require_POST
def add_source(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one piece of evidence to the agenda; a second click finds it there."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    item = acts.add_from_evidence(board, key=request.POST.get("source", ""), by=request.user)
    messages.success(request, f"On the agenda: {item.title}")
    return back(board, item)


@require_http_methods(["GET", "POST"])
@once
def add_own_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an item of one's own."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    form = OwnItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {k: form.cleaned_data[k] for k in ("type", "title", "question", "minutes")}
        try:
            return back(board, acts.add_own_item(board, by=request.user, **words))
        except Conflict as refused:
            form.add_error(None, str(refused))
    return render(request, "progress_boards/agenda_item.html",
                  {"board": board, "form": form, "heading": "Add an item of your own"})  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Change the words and minutes of an item; after issue as an amendment."""
    board = board_of(request, pk)
    row = item_of_board(board, item)
    issued = board.meeting.state == "issued"
    require((may_amend_agenda if issued else may_edit_agenda)(request.user, board))
    kind = AmendForm if issued else ItemForm
    form = kind(request.POST, item=row) if request.method == "POST" else kind.of(row)
    if request.method == "POST" and form.is_valid():
        words = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        try:
            acts.change_board_item(
                row, version=form.cleaned_data["version"] or 0, by=request.user, **words
            )
            return back(board, row)
        except Conflict as refused:
            form.add_error(None, str(refused))
    heading = f"Amend item {row.order}" if issued else f"Edit item {row.order}"
    return render(request, "progress_boards/agenda_item.html",
                  {"board": board, "form": form, "heading": heading, "is_amended": issued})  # fmt: skip


@require_POST
def set_item_minutes(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One minute less, one more, or the number typed."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    row = item_of_board(board, item)
    typed = whole_number(request.POST.get("minutes", ""))
    step = {"less": -1, "more": 1}.get(request.POST.get("do", ""), 0)
    if typed is None:
        messages.error(request, "Enter the minutes as a whole number")
        return back(board, row)
    try:
        acts.set_item_minutes(row, minutes=(row.minutes + step) if step else typed, by=request.user)
    except Conflict as refused:
        messages.error(request, str(refused))
    return back(board, row, request.POST.get("do", ""))


@require_POST
def move_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One place up or down, or to a place by its number, between the first item and the last."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    row = item_of_board(board, item)
    do, place = request.POST.get("do", ""), whole_number(request.POST.get("place", ""))
    if do == "place" and place is not None:
        engine.put_at(row, place=place, by=request.user)
    elif do in ("up", "down"):
        engine.move_between_ends(row, up=do == "up", by=request.user)
    return back(board, row, do)


@require_POST
def remove_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take an item off; the page offers Undo."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    row = AgendaItem.objects.filter(pk=item, meeting=board.meeting_id).first()
    if row is not None:  # a second click finds it gone
        removed = acts.take_off_item(row, by=request.user)
        request.session[REMOVED] = {"board": board.pk, "removed": removed.as_plain()}
    return back(board)


@require_POST
def restore_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the last removal."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    kept = request.session.pop(REMOVED, None)
    if kept is None or kept["board"] != board.pk:
        return back(board)
    removed = Removed.of_plain(kept["removed"])
    return back(board, put_back(board.meeting, removed=removed, by=request.user))


@require_POST
def fill_in_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill what is left of the hour with Discussion in hand."""
    board = board_of(request, pk)
    require(may_edit_agenda(request.user, board))
    try:
        return back(board, engine.fill_in_hand(board.meeting, by=request.user))
    except Conflict as refused:
        messages.error(request, str(refused))
        return back(board)


# -- its way -------------------------------------------------------------------------------------


@require_POST
def send_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    board = board_of(request, pk)
    acts.send_board_to_chair(board, by=request.user)
    messages.success(request, "The agenda is with the Chair")
    return back(board)


@require_http_methods(["GET", "POST"])
def return_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The Chair gives the agenda back with a note."""
    board = board_of(request, pk)
    require(may_return_agenda(request.user, board.meeting))
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        engine.return_agenda(board.meeting, note=form.cleaned_data["note"], by=request.user)
        messages.success(request, "The agenda is back with the Chief Executive, with your note")
        return back(board)
    return render(request, "progress_boards/agenda_return.html", {"board": board, "form": form})


@require_POST
def issue_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    board = board_of(request, pk)
    acts.issue_board(board, by=request.user)
    messages.success(request, f"The agenda is with {board.school}: the school chooses who answers")
    return back(board)


@require_POST
def recall_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    board = board_of(request, pk)
    acts.recall_board(board, by=request.user)
    messages.success(request, "The agenda is in draft again, and the school is told")
    return back(board)
