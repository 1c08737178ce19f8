"""Final minutes: read, asked about, answered, marked as reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from meetings.rules import may_read_minutes, may_review
from progress_boards.actions import signing as acts
from progress_boards.models import ReviewQuestion
from progress_boards.queries.review import final_page
from progress_boards.rules import may_answer_about, may_ask_about
from progress_boards.views.agenda import board_of
from trust.access import Conflict, require
from trust.calendar import today
from trust.pages import new_key, once

MINUTES = "progress_boards:board-minutes"


@require_GET
def board_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The final minutes with the Chair's words; there is nothing here before they are final."""
    board = board_of(request, pk)
    if board.meeting.state != "final":
        raise Http404("No final minutes to see here")
    require(may_read_minutes(request.user, board.meeting))
    page = final_page(board, request.user, today())
    return render(request, "progress_boards/review.html",
                  {"board": board, "meeting": board.meeting, "page": page, "review": page.panel, "key": new_key()})  # fmt: skip


@require_POST
def mark_reviewed(request: HttpRequest, pk: int) -> HttpResponse:
    """A Link Trustee marks the minutes as reviewed, with a note if they like."""
    board = board_of(request, pk)
    require(may_review(request.user, board.meeting))
    acts.mark_reviewed(board, note=request.POST.get("note", ""), by=request.user)
    messages.success(request, "Marked as reviewed")
    return redirect(MINUTES, board.pk)


@require_POST
@once
def ask_question(request: HttpRequest, pk: int) -> HttpResponse:
    """A private question to the Chief Executive."""
    board = board_of(request, pk)
    require(may_ask_about(request.user, board))
    try:
        acts.ask_about_board(board, text=request.POST.get("text", ""), by=request.user)
        messages.success(request, "Your question is with the Chief Executive")
    except Conflict as refused:
        messages.error(request, str(refused))
    return redirect(MINUTES, board.pk)


@require_POST
def answer_question(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """The Chief Executive answers where the question stands."""
    board = board_of(request, pk)
    require(may_answer_about(request.user, board))
    row = get_object_or_404(
        ReviewQuestion.objects.select_related("board"), pk=question, board=board
    )
    acts.answer_question(row, answer=request.POST.get("answer", ""), by=request.user)
    messages.success(request, "Your answer is with the Link Trustee")
    return redirect(MINUTES, board.pk)
