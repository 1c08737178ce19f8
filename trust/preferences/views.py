"""The trust's settings: which parts there are, and each part's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from trust.access import Conflict, require
from trust.preferences.actions import SettingsChanged, change_settings
from trust.preferences.forms import PartForm, filled, rows_of
from trust.preferences.parts import Part, parts
from trust.preferences.rules import may_change_settings, may_read_settings


@require_GET
def part_list(request: HttpRequest) -> HttpResponse:
    """Every part of the settings, and what in it is not as it came."""
    require(may_read_settings(request.user, None))
    return render(request, "preferences/part_list.html", {"parts": parts()})


@require_http_methods(["GET", "POST"])
def part_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a part, or change it: all that is typed, a preset, or one setting back to its default."""
    require(may_read_settings(request.user, None))
    part = next((each for each in parts() if each.slug == slug), None)
    if part is None:
        raise Http404("No such part of the settings")
    if request.method == "GET":
        return _page(request, part, PartForm(part))
    require(may_change_settings(request.user, None))
    form = PartForm(part, filled(part, request.POST))
    if not form.is_valid():
        return _page(request, part, form, status=422)
    try:
        changed = change_settings(
            part, form.typed, based_on=form.cleaned_data["based_on"], by=request.user
        )
    except SettingsChanged as late:
        return _refused(request, late.part, form.renewed(late.part), late)
    except Conflict as refused:
        return _refused(request, part, form, refused)
    said = "; ".join(part.said(changed))
    messages.success(request, f"Saved. {said}" if said else "Nothing was to be changed")
    return redirect("settings:part-edit", slug=slug)


def _refused(request: HttpRequest, part: Part, form: PartForm, why: Conflict) -> HttpResponse:
    form.add_error(None, str(why))
    return _page(request, part, form, status=409)


def _page(request: HttpRequest, part: Part, form: PartForm, *, status: int = 200) -> HttpResponse:
    context = {
        "part": part,
        "form": form,
        "rows": rows_of(part, form),
        "examples": list(part.examples(part.values)),
        "may_change": bool(may_change_settings(request.user, None)),
    }
    return render(request, "preferences/part_edit.html", context, status=status)
