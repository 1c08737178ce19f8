"""Before the hour: the Chief Executive's briefing, and questions in advance of Chair and Link Trustee."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from meetings.models import AgendaItem
from progress_boards.actions.advance import ask_in_advance, remove_question
from progress_boards.actions.briefing import write_briefing
from progress_boards.models import AdvanceQuestion, ProgressBoard
from progress_boards.queries.briefing import BriefingLine, advance_lines, briefing_lines
from progress_boards.rules import (
    may_ask_in_advance,
    may_read_advance,
    may_read_briefing,
    may_write_briefing,
)
from progress_boards.views.agenda import board_of
from trust.access import Conflict, require
from trust.numbers import whole_number


@require_http_methods(["GET", "POST"])
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """The notes of one board; a POST saves those that changed."""
    board = board_of(request, pk)
    require(may_read_briefing(request.user, board))
    lines = briefing_lines(board)
    if request.method == "POST":
        require(may_write_briefing(request.user, board))
        for line in lines:
            _save(request, board, line)
        if not any(line.problem for line in lines):
            messages.success(request, "The briefing is saved. The school never sees it")
            return redirect("progress_boards:briefing", pk=pk)
    context = {
        "board": board,
        "lines": lines,
        "meeting": board.meeting,
        "writes": bool(may_write_briefing(request.user, board)),
        "is_empty": not any(line.text for line in lines),
        "has_errors": any(line.problem for line in lines),
    }
    return render(request, "progress_boards/briefing.html", context)


def _save(request: HttpRequest, board: ProgressBoard, line: BriefingLine) -> None:
    """Save one note as it was sent; refused, it stays on the page beside what is there."""
    if line.key not in request.POST:
        return
    text, version = request.POST[line.key], request.POST.get(f"version-{line.key}", "")
    try:
        write_briefing(
            board, item=line.item, text=text, version=whole_number(version) or 0, by=request.user
        )
    except Conflict as refused:
        line.problem, line.kept = str(refused), text


# -- questions in advance ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def in_advance(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked about each item before the hour; a POST asks one question."""
    board = board_of(request, pk)
    require(may_read_advance(request.user, board))
    asks = may_ask_in_advance(request.user, board)
    typed, problem, at = "", "", whole_number(request.POST.get("item", ""))
    if request.method == "POST":
        require(asks)
        typed = request.POST.get("text", "")
        item = get_object_or_404(AgendaItem, pk=at, meeting=board.meeting_id)
        try:
            ask_in_advance(board, item=item, text=typed, by=request.user)
            messages.success(request, "The school reads your question before the hour")
            return redirect("progress_boards:in-advance", pk=pk)
        except Conflict as refused:
            problem = str(refused)
    context = {
        "board": board, "meeting": board.meeting, "lines": advance_lines(board, request.user),
        "asks": bool(asks), "typed": typed, "problem": problem, "at": at,
    }  # fmt: skip
    return render(
        request, "progress_boards/in_advance.html", context, status=422 if problem else 200
    )


@require_POST
def in_advance_remove(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """Take back a question of one's own."""
    board = board_of(request, pk)
    require(may_read_advance(request.user, board))
    row = get_object_or_404(
        AdvanceQuestion.objects.select_related("board"), pk=question, board=board
    )
    remove_question(row, by=request.user)
    messages.success(request, "The question is taken back")
    return redirect("progress_boards:in-advance", pk=pk)
