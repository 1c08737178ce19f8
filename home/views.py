"""The roof: My work, the trust overview, the page of one school."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from home.queries import coming_up, greeting, own_schools, standing_words
from trust.calendar import now, today
from trust.work import work_for


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most urgent first, with one button each."""
    day = today()
    items = work_for(request.user, day)
    context = {
        "items": items,
        "day": day,
        "standing": standing_words(request.user),
        "title": greeting(now(), len(items)),
        "upcoming": coming_up(request.user, day),
        "schools": own_schools(request.user, day),
        "has_post": bool(request.user.posts.holdings),
    }
    return render(request, "home/my_work.html", context)
