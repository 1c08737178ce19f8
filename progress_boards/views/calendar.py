"""The year's boards, as each capacity may see them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from progress_boards.defaults import SEATS
from progress_boards.queries.calendar import VIEWS, calendar_page
from progress_boards.queries.year import year_asked_for


@require_GET
def board_list(request: HttpRequest) -> HttpResponse:
    year = year_asked_for(request.GET.get("year", ""))
    if year is None:
        return render(request, "progress_boards/calendar_none.html")
    view, who = request.GET.get("view", ""), request.GET.get("who", "")
    page = calendar_page(request.user, year, view=view, who=who)
    context = {
        "page": page,
        "views": VIEWS,
        "who": who,
        "has_diary": request.user.posts.holds(*SEATS),
    }
    return render(request, "progress_boards/calendar.html", context)
