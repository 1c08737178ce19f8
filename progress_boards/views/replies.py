"""Somebody required cannot come: the ways out, on one page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from meetings.models import Seat
from meetings.rules import may
from meetings.states import DATED
from progress_boards.models import ProgressBoard
from progress_boards.queries.cannot_come import ways_out
from trust.access import get_visible_or_404, require
from trust.pages import new_key


@require_GET
def seat_cannot(request: HttpRequest, pk: int) -> HttpResponse:
    """Substitutes who are free and days on which everybody can come, each by one button."""
    boards = ProgressBoard.objects.with_meeting().select_related("academic_year")
    board = get_visible_or_404(boards.filter(meeting__seats=pk), request.user)
    require(may(request.user, board.meeting, "schedule"))
    if board.meeting.state not in DATED:
        return redirect("progress_boards:board-detail", board.pk)
    seat = Seat.objects.select_related("person", "for_person").get(pk=pk)
    context = {"board": board, "meeting": board.meeting, "seat": seat, "out": ways_out(board, seat),
               "key": new_key()}  # fmt: skip
    return render(request, "progress_boards/seat_cannot.html", context)
