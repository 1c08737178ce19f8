"""The year's boards, as each capacity may see them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from meetings.rules import may_read_standing_items
from progress_boards.defaults import PROGRESS_BOARD, SEATS
from progress_boards.queries.calendar import (
    EXPORT_COLUMNS,
    VIEWS,
    calendar_page,
    export_rows,
)
from progress_boards.queries.year import year_asked_for
from progress_boards.rules import may_export_boards
from trust.access import require
from trust.calendar import today
from trust.exports import csv_answer
from trust.numbers import whole_number
from trust.pages import remembered, version_of


@require_GET
def board_list(request: HttpRequest) -> HttpResponse:
    asked, at, posts = request.GET, version_of(request), request.user.posts
    only = frozenset() if posts.holdings else posts.years(*posts.year_capacities)
    key = f"year-asked:{today()}:{whole_number(asked.get('year', ''))}:{sorted(only)}"
    year = remembered(key, at, lambda: year_asked_for(asked.get("year", ""), only=only))
    if year is None:
        return render(request, "progress_boards/calendar_none.html")
    page = calendar_page(
        request.user, year, view=asked.get("view", ""), who=asked.get("who", ""),
        page=asked.get("page"), clash_page=asked.get("clashes"), at=at,
    )  # fmt: skip
    context = {
        "page": page,
        "query": urlencode({"year": year.starts_on.year, "view": page.view, "who": page.who}),
        "views": VIEWS,
        "who": page.who,
        "has_diary": request.user.posts.holds(*SEATS),
        "may_export": bool(may_export_boards(request.user)),
        "standing": PROGRESS_BOARD if may_read_standing_items(request.user) else "",
    }
    return render(request, "progress_boards/calendar.html", context)


@require_GET
def board_export(request: HttpRequest) -> HttpResponse:
    """The boards of a year as a CSV, filtered as the page is; a Chair's account exports nothing in bulk."""
    require(may_export_boards(request.user))
    year = year_asked_for(request.GET.get("year", ""))
    if year is None:
        raise Http404("No academic year is entered")
    rows = export_rows(request.user, year, request.GET.get("who", ""))
    return csv_answer(f"progress-boards-{year.starts_on.year}", EXPORT_COLUMNS, rows)
