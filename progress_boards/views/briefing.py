"""The briefing of a board: written by the Chief Executive, read by the Chair and the Link Trustee."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from progress_boards.actions.briefing import write_briefing
from progress_boards.models import ProgressBoard
from progress_boards.queries.briefing import BriefingLine, briefing_lines
from progress_boards.rules import may_read_briefing, may_write_briefing
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
