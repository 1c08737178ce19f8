"""Pages of the house itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trust.examples import examples
from trust.middleware import kept_fields


def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a stranger, and to a form whose object went meanwhile: its words come back."""
    return render(request, "404.html", {"kept": kept_fields(request)}, status=404)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The reason why an act is refused, with the words that were sent."""
    context = {"exception": str(exception), "kept": kept_fields(request)}
    return render(request, "403.html", context, status=403)


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every shared part of the visual language on one page, drawn by the tags that draw the application."""
    return render(request, "trust/components.html", examples())


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form opened before its sender signed in again: its words come back with a key that works."""
    context = {"kept": kept_fields(request), "action": request.path}
    return render(request, "401_keep_text.html", context, status=403)
