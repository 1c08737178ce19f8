"""The roof: My work, the trust overview, the page of one school."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from home.queries import coming_up, greeting, own_schools, standing_words
from home.queries.overview import overview as read_overview
from home.queries.school_page import school_page
from ratings.rules import may_read_overview
from schools.models import School
from schools.rules import may_read_profile
from trust.access import get_visible_or_404, require
from trust.calendar import now, today
from trust.pages import version_of, waiting


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, most urgent first, with one button each."""
    day = today()
    items = waiting(request)
    context = {
        "items": items,
        "day": day,
        "standing": standing_words(request.user),
        "title": greeting(now(), len(items)),
        "upcoming": coming_up(request.user, day),
        "schools": own_schools(request.user, day),
        "has_post": bool(request.user.posts.holdings or request.user.posts.for_a_year),
    }
    return render(request, "home/my_work.html", context)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How every school is doing; an address that is not there for whoever may not read it."""
    if not may_read_overview(request.user):
        raise Http404("No overview to see here")
    page = read_overview(request.user, request.GET, today(), at=version_of(request))
    template = (
        "home/_overview_grid.html" if request.headers.get("HX-Request") else "home/overview.html"
    )
    return render(request, template, {"page": page})


@require_GET
def school(request: HttpRequest, pk: int) -> HttpResponse:
    """One school's whole story, within the reader's rights."""
    found = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_read_profile(request.user, found))
    page = school_page(found, request.user, today(), at=version_of(request))
    return render(
        request, "home/school.html", {"page": page, "school": found, "panel": page.ratings}
    )
