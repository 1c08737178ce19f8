"""Pages of the house itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trust.examples import examples


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every shared part of the visual language on one page, drawn by the tags that draw the application."""
    return render(request, "trust/components.html", examples())
