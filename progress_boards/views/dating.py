"""One board's date: set, moved, postponed, booked again, cancelled; and who sits there for whom."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from meetings.models import Seat
from meetings.rules import may
from meetings.states import DATED
from progress_boards.actions.dating import (
    cancel_board,
    date_board,
    postpone_and_rebook,
    postpone_board,
    substitute_at_board,
)
from progress_boards.actions.planning import remove_board
from progress_boards.forms.planning import (
    OFSTED,
    DateForm,
    PutForm,
    ReasonForm,
    RemoveForm,
    SubstituteForm,
    with_slot,
)
from progress_boards.models import ProgressBoard
from progress_boards.queries.date_check import check_date, slot_words, slots_for
from progress_boards.queries.year import years_of_schools
from progress_boards.rules import may_remove_board
from trust.access import Conflict, allowed_if, get_visible_or_404, require
from trust.pages import new_key, once
from trust.people.models import User
from trust.templatetags.eyeline import clock, day

ELSEWHERE = "Choose another date: what speaks against this one stands on the page"


def _board(request: HttpRequest, pk: int) -> ProgressBoard:
    boards = ProgressBoard.objects.with_meeting().select_related("academic_year")
    return get_visible_or_404(boards, request.user, pk=pk)


def _detail(board: ProgressBoard) -> HttpResponse:
    return redirect("progress_boards:board-detail", pk=board.pk)


def _key(request: HttpRequest) -> str:
    return request.POST.get("idempotency_key") or new_key()


# -- when ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def board_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a date, or move it."""
    board = _board(request, pk)
    require(may(request.user, board.meeting, "schedule"))
    open_states = ("planned", *DATED)
    require(allowed_if(board.meeting.state in open_states, "This board has no date to set now"))
    return _dated(request, board, "Move this board" if board.meeting.during else "Set a date")


@require_http_methods(["GET", "POST"])
def board_rebook(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a postponed board its new date; agenda, respondents and papers are kept."""
    board = _board(request, pk)
    require(may(request.user, board.meeting, "schedule"))
    if request.method == "POST" and board.meeting.during is not None:
        return _detail(board)  # the second click: it is booked already
    require(
        allowed_if(board.meeting.state == "postponed", "Only a postponed board is booked again")
    )
    return _dated(request, board, "Book this board again")


def _dated(request: HttpRequest, board: ProgressBoard, title: str) -> HttpResponse:
    form = DateForm(with_slot(request.POST) or None, board=board, asked=request.GET)
    check = None
    if request.method == "POST" and form.is_valid():
        check = check_date(board, form.starts_at, place=form.where["place"],
                           is_online=form.where["is_online"])  # fmt: skip
        if not check.refusals and check.warnings and not form.cleaned_data["agreed"]:
            form.add_error("agreed", f"{check.warning}. Tick this when everybody has agreed")
        elif _set_date(board, form, request, said=bool(check.refusals)):
            return _detail(board)
    elif request.method == "GET" and form.shown and (board.meeting.during or "on" in request.GET):
        place, is_online = form.initial.get("place", ""), form.initial.get("is_online", False)
        check = check_date(board, form.shown, place=place, is_online=is_online)
    slots = check.slots if check else () if board.meeting.during else slots_for(board)
    context = {
        "board": board, "form": form, "title": title, "check": check, "slots": slots,
        "warns": bool(check and check.warnings and not check.refusals),
    }  # fmt: skip
    return render(request, "progress_boards/board_date.html", context)


def _set_date(
    board: ProgressBoard, form: DateForm, request: HttpRequest, *, said: bool = False
) -> bool:
    """Whether the date was taken; what speaks against it stands beside the field, unless the page has said it."""
    try:
        date_board(board, starts_at=form.starts_at, by=request.user, **form.where)
    except Conflict as conflict:
        form.add_error("on", ELSEWHERE if said else str(conflict))
        return False
    when = f"{day(form.starts_at)} at {clock(form.starts_at)}"
    messages.success(request, f"{board.school}: the board is on {when}")
    return True


# -- not now, not at all -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def board_postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Postpone, by one click for an inspection, else with a reason."""
    board = _board(request, pk)
    require(may(request.user, board.meeting, "schedule"))
    form, slot = ReasonForm(request.POST or None), PutForm(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _postponed(board, form.words, slot.starts_at, request.user))
            return _detail(board)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    may_rebook = board.meeting.during is not None and board.meeting.state in DATED
    context = {
        "board": board, "form": form, "ofsted": OFSTED, "key": _key(request),
        "slots": slots_for(board, after_its_week=True) if may_rebook else (),
    }  # fmt: skip
    return render(request, "progress_boards/board_postpone.html", context)


def _postponed(board: ProgressBoard, reason: str, starts_at: dt.datetime | None, by: User) -> str:
    """Postpone, and book again at once where a slot was chosen; says what was done."""
    if starts_at is None:
        postpone_board(board, reason=reason, by=by)
        return f"{board.school}: the board is postponed. {reason}"
    postpone_and_rebook(board, reason=reason, starts_at=starts_at, by=by)
    return f"{board.school}: the board is now on {slot_words(starts_at)}. {reason}"


@require_http_methods(["GET", "POST"])
@once
def board_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    board = _board(request, pk)
    require(may(request.user, board.meeting, "cancel"))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_board(board, reason=form.words, by=request.user)
            messages.success(request, f"{board.school}: the board is cancelled. {form.words}")
            return _detail(board)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    context = {"board": board, "form": form, "key": _key(request)}
    return render(request, "progress_boards/board_cancel.html", context)


@require_http_methods(["GET", "POST"])
@once
def board_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a board out of the year's plan before its agenda is issued."""
    board = _board(request, pk)
    require(may_remove_board(request.user, board))
    (line,) = years_of_schools(board.academic_year, [board.school])
    form = RemoveForm(request.POST or None, needs_reason=len(line.boards) <= line.by_policy)
    if request.method == "POST" and form.is_valid():
        remove_board(board, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{board.half_term}: the board of {board.school} is removed")
        year = board.academic_year.starts_on.year
        url = redirect("progress_boards:school-year", school_pk=board.school_id)
        url["Location"] += f"?year={year}"
        return url
    context = {"board": board, "form": form, "line": line, "key": _key(request)}
    return render(request, "progress_boards/board_remove.html", context)


# -- who -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def seat_substitute(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another person sit for the one whose seat it is."""
    boards = ProgressBoard.objects.with_meeting().filter(meeting__seats=pk)
    board = get_visible_or_404(boards, request.user)
    seat = Seat.objects.select_related("person", "for_person", "meeting").get(pk=pk)
    require(may(request.user, board.meeting, "schedule"))
    asked = {"person": request.GET.get("person", "")}
    form = SubstituteForm(request.POST or None, seat=seat, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            substitute_at_board(seat, person=form.cleaned_data["person"], by=request.user)
            messages.success(request, f"{seat.get_role_display()}: {seat.person}")
            return redirect("progress_boards:board-date", pk=board.pk)
        except Conflict as conflict:
            form.add_error("person", str(conflict))
    context = {"board": board, "seat": seat, "form": form, "key": _key(request)}
    return render(request, "progress_boards/seat_substitute.html", context)
