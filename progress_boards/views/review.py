"""Final minutes: read, asked about, answered, marked as reviewed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from meetings.rules import may_read_minutes, may_review
from progress_boards.actions import signing as acts
from progress_boards.models import ProgressBoard, ReviewQuestion
from progress_boards.queries.board import with_page
from progress_boards.queries.review import final_page, with_reviews
from progress_boards.rules import may_answer_about, may_ask_about, may_comment_on_item
from progress_boards.views.agenda import board_of, item_of_board
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import today
from trust.numbers import whole_number
from trust.pages import new_key, once, version_of

MINUTES = "progress_boards:board-minutes"


@require_GET
def board_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The final minutes with the Chair's words; there is nothing here before they are final."""
    board: ProgressBoard = get_visible_or_404(with_reviews(with_page()), request.user, pk=pk)
    if board.meeting.state != "final":
        raise Http404("No final minutes to see here")
    require(may_read_minutes(request.user, board.meeting))
    return _page(request, board)


def _page(
    request: HttpRequest, board: ProgressBoard, refused: dict[str, Any] | None = None
) -> HttpResponse:
    """The page; `refused` says which form comes back, with what was typed and why."""
    page = final_page(board, request.user, today(), at=version_of(request))
    context = {
        "board": board, "meeting": board.meeting, "page": page, "review": page.panel,
        "key": new_key(), "refused": refused or {}, "has_errors": bool(refused),
    }  # fmt: skip
    return render(request, "progress_boards/review.html", context, status=422 if refused else 200)


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
def comment_on_item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """A comment under an item; a refused one comes back with its words."""
    board = board_of(request, pk)
    require(may_comment_on_item(request.user, board))
    row, text = item_of_board(board, item), request.POST.get("text", "")
    try:
        acts.comment_on_item(board, item=row, text=text, by=request.user)
    except Conflict as refused:
        return _page(request, board, {"item": row.pk, "text": text, "words": str(refused)})
    messages.success(request, "Your comment stands under the item")
    return redirect(reverse(MINUTES, args=[board.pk]) + f"#item-{row.pk}")


@require_POST
def take_back_comment(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Its author takes a comment back within a day; the second click finds it gone."""
    board = board_of(request, pk)
    require(may_comment_on_item(request.user, board))
    row = board.review_comments.filter(pk=comment).first()
    if row is not None:
        acts.take_back_comment(row, by=request.user)
    messages.success(request, "Your comment is taken back")
    return redirect(reverse(MINUTES, args=[board.pk]) + (f"#item-{row.item_id}" if row else ""))


@require_POST
@once
def ask_question(request: HttpRequest, pk: int) -> HttpResponse:
    """A private question to the Chief Executive."""
    board = board_of(request, pk)
    require(may_ask_about(request.user, board))
    text, about = request.POST.get("text", ""), whole_number(request.POST.get("item", ""))
    item = item_of_board(board, about) if about else None
    try:
        acts.ask_about_board(board, text=text, item=item, by=request.user)
    except Conflict as refused:
        typed = {"question": True, "text": text, "about": about, "words": str(refused)}
        return _page(request, board, typed)
    messages.success(request, "Your question is with the Chief Executive")
    return redirect(MINUTES, board.pk)


@require_POST
def answer_question(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """The Chief Executive answers where the question stands."""
    board = board_of(request, pk)
    require(may_answer_about(request.user, board))
    row = get_object_or_404(
        ReviewQuestion.objects.select_related("board"), pk=question, board=board
    )
    answer = request.POST.get("answer", "")
    try:
        acts.answer_question(row, answer=answer, by=request.user)
    except Conflict as refused:
        if row.answer or answer.strip():
            raise
        return _page(request, board, {"answer": row.pk, "text": answer, "words": str(refused)})
    messages.success(request, "Your answer is with the Link Trustee")
    return redirect(MINUTES, board.pk)
