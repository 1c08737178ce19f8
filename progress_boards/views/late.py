"""A late item of an agenda that is with the school."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from progress_boards.actions.late import add_late
from progress_boards.forms.agenda import LateItemForm
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gathered_at
from progress_boards.queries.agenda_shown import evidence_groups
from progress_boards.queries.board_items import agenda_items
from progress_boards.queries.offers import Offer
from progress_boards.rules import may_amend_agenda
from progress_boards.views.agenda import back, board_of
from trust.access import Conflict, require
from trust.calendar import today
from trust.pages import once, version_of


@require_http_methods(["GET", "POST"])
@once
def add_late_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an item after issue, of one's own or from the evidence named in the address."""
    board = board_of(request, pk)
    require(may_amend_agenda(request.user, board))
    gathered = gathered_at(board, today(), version_of(request))
    chosen = next((o for o in gathered.offers if o.key == request.GET.get("source")), None)
    form = _form(request, board, chosen)
    if request.method == "POST" and form.is_valid():
        words = {
            k: v for k, v in form.cleaned_data.items() if k not in ("version", "idempotency_key")
        }
        try:
            item = add_late(board, by=request.user, key=words.pop("source"), **words)
            messages.success(
                request,
                "The agenda is issued again with the late item, and those who have it are told",
            )
            return back(board, item)
        except Conflict as refused:
            form.add_error(None, str(refused))
    context = {
        "board": board, "form": form, "chosen": chosen,
        "groups": evidence_groups(gathered, agenda_items(board.meeting)),
    }  # fmt: skip
    return render(request, "progress_boards/agenda_late.html", context)


def _form(request: HttpRequest, board: ProgressBoard, chosen: Offer | None) -> LateItemForm:
    if request.method == "POST":
        return LateItemForm(request.POST, meeting=board.meeting)
    initial: dict[str, Any] = {}
    if chosen:
        candidate = chosen.candidate
        is_strength = candidate.kind == "strength"
        initial = {"title": candidate.title, "question": candidate.question, "source": chosen.key,
                   "type": "success" if is_strength else "enquiry"}  # fmt: skip
    return LateItemForm(initial=initial, meeting=board.meeting)
