"""Rate every school on one page: a row a school, each saved by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from progress_boards.views.rating import refused, save_typed, school_to_rate
from ratings.actions import OlderVersion
from ratings.forms import GridForm
from ratings.queries.grid import GridSheet, grid_sheet, sheets_to_rate
from ratings.rules import may_read_drafts
from trust.access import require
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class GridRow:
    """One school of the grid as the page shows it."""

    sheet: GridSheet
    form: GridForm
    is_older: bool = False
    """Somebody else saved it meanwhile: the words typed stand, unsaved."""

    @property
    def version(self) -> int:
        """What the next save builds on; after the two texts were shown, the newest."""
        return self.sheet.version if self.is_older else self.form["version"].value()

    @property
    def differences(self) -> list[tuple[str, str]]:
        """What was saved meanwhile, where the words typed differ."""
        return self.form.differences(GridForm(None, sheet=self.sheet)) if self.is_older else []


@require_GET
def grid(request: HttpRequest) -> HttpResponse:
    require(may_read_drafts(request.user))
    return _page(request)


@require_POST
def save_row(request: HttpRequest, school: int) -> HttpResponse:
    """Save one row, as typed or by its button, under the version check of the school's own sheet."""
    sheet = grid_sheet(school_to_rate(request, school), request.user)
    form = GridForm(request.POST, sheet=sheet)
    saves_itself = request.headers.get("X-Requested-With") == "autosave"
    if not form.is_valid():
        return refused(form) if saves_itself else _page(request, GridRow(sheet, form), status=400)
    place = f"{reverse('progress_boards:rate-grid')}?row={school}#row-{school}"
    try:
        draft = save_typed(sheet, form, by=request.user)
    except OlderVersion:
        if saves_itself:
            return JsonResponse({"url": place}, status=409)
        fresh = grid_sheet(sheet.school, request.user)
        row = GridRow(fresh, GridForm(request.POST, sheet=fresh), is_older=True)
        return _page(request, row, status=409)
    if saves_itself:
        return JsonResponse({"version": draft.version, "saved_at": clock(timezone.now())})
    messages.success(request, f"The draft of {draft.school} is saved")
    return redirect(place)


def _page(request: HttpRequest, typed: GridRow | None = None, *, status: int = 200) -> HttpResponse:
    """The grid; the row that could not be saved stands as it was typed."""
    sheets = sheets_to_rate(request.user)
    rows = [
        typed if typed and typed.sheet.school == sheet.school
        else GridRow(sheet, GridForm(None, sheet=sheet))
        for sheet in sheets
    ]  # fmt: skip
    context = {
        "rows": rows,
        "indicators": sheets[0].indicators if sheets else (),
        "drafts": any(sheet.draft for sheet in sheets),
        "has_errors": typed is not None,
    }
    return render(request, "progress_boards/rate_grid.html", context, status=status)
