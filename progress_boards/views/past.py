"""Boards held before the software, entered later."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from meetings.rules import may_read_minutes
from progress_boards.actions.past import record_past_board
from progress_boards.forms.past import PastActionForm, PastBoardForm, WhichBoardForm
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import moment, seat_holders
from progress_boards.rules import may_plan_year
from schools.models import School
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import today
from trust.models import HalfTerm
from trust.pages import new_key, once
from trust.uploads import send_file

ACTION_ROWS = 5


@require_http_methods(["GET", "POST"])
@once
def past_board_record(request: HttpRequest) -> HttpResponse:
    """First which board (school and half term in the address), then its date, people, minutes, open actions."""
    require(may_plan_year(request.user))
    begun = HalfTerm.objects.filter(starts_on__lte=today()).select_related("term__academic_year")
    which = WhichBoardForm(
        request.GET if "school" in request.GET else None, half_terms=begun.order_by("-starts_on"),
        schools=School.objects.visible_to(request.user).by_name(),
    )  # fmt: skip
    if not which.is_bound or not which.is_valid():
        return render(request, "progress_boards/past_which.html", {"form": which})
    school, half_term = which.cleaned_data["school"], which.cleaned_data["half_term"]
    holders = seat_holders([school], half_term.starts_on)[school.pk]
    form = PastBoardForm(request.POST or None, request.FILES or None, holders=holders)
    rows = [PastActionForm(request.POST or None, prefix=f"action{n}") for n in range(ACTION_ROWS)]
    if request.method == "POST" and all([form.is_valid(), *(row.is_valid() for row in rows)]):
        board = _record(request, school, half_term, form, rows)
        if board is not None:
            return redirect("progress_boards:board-detail", pk=board.pk)
    context = {"form": form, "rows": rows, "school": school, "half_term": half_term,
               "has_errors": any(row.errors for row in rows),
               "key": request.POST.get("idempotency_key") or new_key()}  # fmt: skip
    return render(request, "progress_boards/past_board.html", context)


def _record(
    request: HttpRequest,
    school: School,
    half_term: HalfTerm,
    form: PastBoardForm,
    rows: list[PastActionForm],
) -> ProgressBoard | None:
    said = form.cleaned_data
    try:
        board = record_past_board(
            school, half_term, starts_at=moment(said["on"], said["at"]), minutes=said["minutes"],
            attendance=form.attendance, open_actions=[row.action for row in rows if row.action],
            by=request.user,
        )  # fmt: skip
    except Conflict as conflict:
        form.add_error("on", str(conflict))
        return None
    messages.success(request, f"{school}: the board of {half_term} is recorded as entered later")
    return board


@require_GET
def past_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a board entered later, as they were uploaded."""
    board = get_visible_or_404(ProgressBoard.objects.with_meeting(), request.user, pk=pk)
    require(may_read_minutes(request.user, board.meeting))
    if not board.meeting.past_minutes:
        raise Http404("No minutes were uploaded")
    return send_file(board.meeting.past_minutes, board.meeting.past_minutes_name)
