"""The references, never shipped: the page that does nothing, and the overview as one would first write it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_GET

from evidence.models import Indicator
from schools.models import School

FLOOR, OVERVIEW = "/floor/", "/overview/"
TERMS = 6
GRID = """<table>{% for school, cells in rows %}<tr><th>{{ school.name }}</th>
{% for cell in cells %}<td class="{{ cell.band.tone }}" title="{{ cell.rationale }}">{{ cell.band.name }}</td>{% endfor %}
</tr>{% endfor %}</table>"""


@require_GET
@login_required
def floor(request: HttpRequest) -> HttpResponse:
    """A page for whoever is signed in, without content."""
    return HttpResponse(f"<!doctype html><title>{request.user.pk}</title>")


@require_GET
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Each school's last ratings of each indicator, asked one by one."""
    rows = []
    for school in School.objects.all():
        cells = []
        for rating in school.ratings.order_by("-effective_on")[:TERMS]:
            for indicator in Indicator.objects.all():
                cells += list(rating.indicators.filter(indicator=indicator))
        rows.append((school, cells))
    return HttpResponse(engines["django"].from_string(GRID).render({"rows": rows}))


urlpatterns = [path("floor/", floor), path("overview/", overview)]
