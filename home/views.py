"""The roof: My work, the trust overview, the page of one school."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trust.calendar import today
from trust.work import work_for


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most urgent first, with one button each."""
    return render(request, "home/my_work.html", {"items": work_for(request.user, today())})
