"""The school's side of a board: who answers, each leader's own item, papers, replies."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import answering, papers
from meetings.models import AgendaItem, Paper
from meetings.queries.agenda import hours_of
from meetings.rules import (
    answers,
    may,
    may_add_paper,
    may_assign,
    may_read_agenda,
    may_read_item,
    may_write_note,
)
from progress_boards.actions import agenda as acts
from progress_boards.documents.sheet import request_sheet
from progress_boards.forms.agenda import PaperForm
from progress_boards.models import ProgressBoard
from progress_boards.queries.board import dates_of, flags_of, seat_rows
from progress_boards.queries.board_steps import steps_of
from progress_boards.queries.briefing import asked_about
from progress_boards.queries.leader_side import leader_page
from progress_boards.queries.school_side import school_page
from progress_boards.views.agenda import back, board_of, item_of_board
from progress_boards.views.documents import progress
from trust.access import Conflict, require
from trust.calendar import now
from trust.numbers import whole_number
from trust.pages import once
from trust.templatetags.eyeline import clock
from trust.uploads import send_file


@require_http_methods(["GET", "POST"])
def board_school(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers each item: chosen by the school alone, saved with each choice and by one button."""
    board = board_of(request, pk)
    require(may(request.user, board.meeting, "assign"))
    if board.meeting.state != "issued":
        return back(board)
    if request.method == "POST":
        return _save_choices(request, board)
    return _school(request, board)


def _school(request: HttpRequest, board: ProgressBoard) -> HttpResponse:
    meeting = board.meeting
    return render(
        request,
        "progress_boards/board_school.html",
        {
            "board": board,
            "meeting": meeting,
            "school_page": school_page(board, request.user),
            "steps": steps_of(meeting),
            "seats": seat_rows(meeting, request.user),
            "dates": dates_of(meeting, flags_of(meeting, request.user)),
            "hours": hours_of(meeting),
            "due": meeting.deadline("leaders"),
        },
    )


def _save_choices(request: HttpRequest, board: ProgressBoard) -> HttpResponse:
    saves_itself = request.headers.get("X-Requested-With") == "autosave"
    try:
        acts.choose_respondents(board, chosen=_chosen(request, ""), seconds=_chosen(request, "second-"),
                                by=request.user)  # fmt: skip
    except Conflict as refused:
        if saves_itself:
            return JsonResponse({"message": str(refused)}, status=422)
        messages.error(request, str(refused))
        return redirect(request.path)
    page = school_page(board, request.user)
    words = page.words
    if saves_itself:
        said = {"chosen": words, "ready": page.readiness.words}
        return JsonResponse({"saved_at": clock(now()), "words": said})
    messages.success(request, f"Saved: {words}")
    return redirect(request.path)


def _chosen(request: HttpRequest, prefix: str) -> dict[int, int | None]:
    """Item → person, where another is chosen than the page showed: one left open undoes nobody's choice."""
    start = f"{prefix}item-"
    return {
        item: whole_number(value)
        for name, value in request.POST.items()
        if name.startswith(start)
        and value != request.POST.get(f"was-{name}")
        and (item := whole_number(name.removeprefix(start))) is not None
    }


@require_POST
def answer_all(request: HttpRequest, pk: int) -> HttpResponse:
    """ "I will answer all"."""
    board = board_of(request, pk)
    require(may_assign(request.user, board.meeting))
    try:
        answering.answer_all(board.meeting, by=request.user)
        messages.success(
            request, "You answer every item that had nobody. You can change any of them"
        )
    except Conflict as refused:
        messages.error(request, str(refused))
    return redirect("progress_boards:board-school", board.pk)


# -- one leader's item -----------------------------------------------------------------------------


@require_GET
def leader_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One item for who answers it, and for who chose them."""
    board = board_of(request, pk)
    row = _own_item(request, board, item)
    page = leader_page(board, row, request.user)
    return render(
        request,
        "progress_boards/leader_item.html",
        {
            "board": board,
            "meeting": board.meeting,
            "page": page,
            "item": row,
            "hours": hours_of(board.meeting),
            "seats": seat_rows(board.meeting, request.user),
            "dates": dates_of(board.meeting, flags_of(board.meeting, request.user)),
            "advance": asked_about(row),
            "can_write": board.meeting.state == "issued",
        },
    )


def _own_item(request: HttpRequest, board: ProgressBoard, pk: int) -> AgendaItem:
    """The item, for its leader and the head from issue on; for all others there is none."""
    row = item_of_board(board, pk)
    if not may_read_item(request.user, row):
        raise Http404("No item to see here")
    return row


@require_POST
def print_sheet(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Ask for the item on a sheet of its own, to print or to forward."""
    board = board_of(request, pk)
    row = _own_item(request, board, item)
    document = request_sheet(board, leader_page(board, row, request.user), by=request.user)
    return progress(document, reverse("progress_boards:leader-item", args=[pk, item]))


@require_POST
def save_note(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Save the leader's note as it is typed, or by the button; "ready" marks the item too."""
    board = board_of(request, pk)
    row = _own_item(request, board, item)
    require(may_write_note(request.user, row))
    answering.save_leader_note(row, text=request.POST.get("note", ""), by=request.user)
    if request.headers.get("X-Requested-With") == "autosave":
        return JsonResponse({"saved_at": clock(now())})
    ready = request.POST.get("do")
    if ready in ("ready", "not-ready"):
        answering.mark_ready(row, is_ready=ready == "ready", by=request.user)
        messages.success(
            request, "Your item is ready" if ready == "ready" else "Your item is open again"
        )
    else:
        messages.success(request, "Saved")
    return redirect("progress_boards:leader-item", board.pk, row.pk)


# -- papers ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def add_paper(request: HttpRequest, pk: int, item: int | None = None) -> HttpResponse:
    """Add a paper to an item or to the whole board."""
    board = board_of(request, pk)
    row = item_of_board(board, item) if item else None
    if row is not None and not may_read_agenda(request.user, board.meeting):
        raise Http404("No item to see here")
    require(may_add_paper(request.user, board.meeting, row))
    form = PaperForm(request.POST or None, request.FILES or None, school_id=board.school_id)
    if request.method == "POST" and form.is_valid():
        file, document = form.cleaned_data["file"], form.cleaned_data["document"]
        title = document.title if document else file.name
        try:
            papers.add_paper(
                board.meeting, item=row, title=title, file=file, document=document, by=request.user
            )
            messages.success(request, f"Added: {title}")
            return redirect(_home_of(request, board, row))
        except Conflict as refused:
            form.add_error(None, str(refused))
    return render(request, "progress_boards/agenda_paper.html",
                  {"board": board, "item": row, "form": form, "home": _home_of(request, board, row)})  # fmt: skip


def _home_of(request: HttpRequest, board: ProgressBoard, item: AgendaItem | None) -> str:
    """The page a paper was added from."""
    if may_assign(request.user, board.meeting):
        return reverse("progress_boards:board-school", args=[board.pk])
    if item is not None and answers(request.user, item):
        return reverse("progress_boards:leader-item", args=[board.pk, item.pk])
    return reverse("progress_boards:board-detail", args=[board.pk])


@require_POST
def remove_paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """Take a paper off; a second click finds it gone."""
    board = board_of(request, pk)
    row = (
        Paper.objects.select_related("item", "meeting")
        .filter(pk=paper, meeting=board.meeting_id)
        .first()
    )
    if row is None:
        return back(board)
    home = _home_of(request, board, row.item)
    papers.remove_paper(row, by=request.user)
    messages.success(request, f"Taken off: {row.title}")
    return redirect(home)


@require_GET
def paper_file(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """The file of a paper, for whoever reads the agenda."""
    board = board_of(request, pk)
    if not may_read_agenda(request.user, board.meeting):
        raise Http404("No paper to see here")
    row = get_object_or_404(
        Paper.objects.select_related("document"), pk=paper, meeting=board.meeting_id
    )
    source = row.document or row
    return send_file(source.file, source.file_name)
