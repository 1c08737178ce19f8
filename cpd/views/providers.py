"""The directory of providers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.providers import add_provider, change_provider, restore_provider, retire_provider
from cpd.forms.providers import ProviderForm
from cpd.models import Provider
from cpd.queries.providers import provider_lines, provider_page
from cpd.queries.requests import meeting_day
from cpd.rules import may_edit_provider, may_read_requests
from cpd.views.requests import person
from trust.access import Conflict, require
from trust.calendar import today
from trust.forms import status_of
from trust.numbers import whole_number
from trust.pages import new_key, once


@require_GET
def provider_list(request: HttpRequest) -> HttpResponse:
    """The directory; search and retired ones are in the address."""
    user = person(request)
    require(may_read_requests(user))
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    retired = request.GET.get("retired") == "1"
    context = {
        "lines": provider_lines(today(), words, retired=retired),
        "words": words,
        "retired": retired,
        "may_edit": bool(may_edit_provider(user)),
    }
    return render(request, "cpd/provider_list.html", context)


@require_GET
def provider_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One provider, with what schools said of it."""
    user = person(request)
    require(may_read_requests(user))
    provider = get_object_or_404(Provider, pk=pk)
    context = {
        "provider": provider,
        "page": provider_page(provider, user, today(), meeting_day(today())),
        "may_edit": bool(may_edit_provider(user)),
    }
    return render(request, "cpd/provider.html", context)


@require_http_methods(["GET", "POST"])
@once
def provider_new(request: HttpRequest) -> HttpResponse:
    """Add a provider."""
    require(may_edit_provider(request.user))
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            provider = add_provider(by=person(request), **form.cleaned_data)
        except Conflict as clash:
            form.add_error("name", str(clash))
        else:
            messages.success(request, f"{provider} is in the directory")
            return redirect("cpd:provider", pk=provider.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def provider_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a provider's facts right."""
    require(may_edit_provider(request.user))
    provider = get_object_or_404(Provider, pk=pk)
    if request.method == "GET":
        return _form_page(request, ProviderForm(instance=provider), provider)
    form = ProviderForm(request.POST, instance=get_object_or_404(Provider, pk=pk))
    if form.is_valid():
        version = whole_number(request.POST.get("version", "")) or 0
        try:
            change_provider(provider, version=version, by=person(request), **form.cleaned_data)
        except Conflict as clash:
            form.add_error(None if "after you opened" in str(clash) else "name", str(clash))
        else:
            messages.success(request, "Saved")
            return redirect("cpd:provider", pk=pk)
    return _form_page(request, form, provider)


def _form_page(request: HttpRequest, form: ProviderForm, provider: Provider | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "provider": provider, "key": new_key()}
    return render(request, "cpd/provider_edit.html", context, status=status_of(form))


@require_POST
def provider_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a provider no longer, or again."""
    require(may_edit_provider(request.user))
    provider = get_object_or_404(Provider, pk=pk)
    if request.POST.get("do") == "restore":
        restore_provider(provider, by=person(request))
        messages.success(request, f"{provider} is offered again")
    else:
        retire_provider(provider, by=person(request))
        messages.success(request, f"{provider} is offered no longer; its requests keep it")
    return redirect("cpd:provider", pk=pk)
