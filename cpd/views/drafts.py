"""Writing a request: begun, saved as typed under a version check, copied, raised; never losing text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.requests import (
    Stale,
    copy_request,
    draft_request,
    missing_before_raising,
    raise_request,
    save_request,
)
from cpd.costs import Cost
from cpd.forms.requests import RequestForm
from cpd.models import CpdRequest, TrainingPolicy
from cpd.queries.alike import alike, alike_to
from cpd.queries.costs import CostPanel, cost_of, cost_panel
from cpd.queries.drafts import earlier_requests, form_page, has_full_answers
from cpd.rules import OF_SCHOOL, may_draft_request, may_edit_request
from cpd.views.requests import person, request_or_404
from schools.models import School
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import now, today
from trust.numbers import whole_number
from trust.pages import new_key, once
from trust.templatetags.eyeline import clock

AUTOSAVED = "autosave"


def _is_autosave(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == AUTOSAVED


# -- a new one -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Begin a request of the own school; typed words are kept from the first of them."""
    schools = School.objects.filter(pk__in=person(request).posts.schools(*OF_SCHOOL)).by_name()
    asked = whole_number(request.POST.get("school", "") or request.GET.get("school", ""))
    school = next((s for s in schools if s.pk == asked), None)
    if school is None and len(schools) == 1 and not asked:
        school = schools[0]
    tried = school.pk if school else asked or next((s.pk for s in schools), None)
    require(may_draft_request(person(request), tried))
    if school is None:
        return render(request, "cpd/request_schools.html", {"schools": schools})
    if request.method == "GET":
        return _page(request, school, None, _form(request, school, None))
    answer = _create(request, school)
    return _moved(request, answer) if _is_autosave(request) else answer


@once
def _create(request: HttpRequest, school: School) -> HttpResponse:
    form = _form(request, school, None, bound=True)
    if not form.is_valid():
        return _refused(request, school, None, form)
    try:
        row = draft_request(school=school, by=person(request), **form.typed())
    except Conflict as clash:
        form.add_error(None, str(clash))
        return _refused(request, school, None, form)
    if _is_autosave(request):
        return redirect("cpd:request-edit", pk=row.pk)
    return _after_saving(request, row, was_full=False)


def _moved(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """What the page's script needs to go on with the draft that its first words began."""
    if answer.status_code != 302:
        return answer
    pk = resolve(answer["Location"].split("?")[0]).kwargs["pk"]
    row = request_or_404(request, pk)
    moved = {
        "url": reverse("cpd:request-edit", args=[pk]),
        "autosave": reverse("cpd:request-save", args=[pk]),
        "key": new_key(),
        "pk": pk,
    }
    return JsonResponse({**_saved_json(row), "moved": moved})


# -- the page --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@once
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a request; its button saves, works out the cost, or raises it."""
    row = request_or_404(request, pk)
    require(may_edit_request(request.user, row))
    if request.method == "GET":
        checked = _checked(request, row) if "check" in request.GET else None
        return _page(request, row.school, row, checked or _form(request, row.school, row))
    form = _form(request, row.school, row, bound=True)
    if not form.is_valid():
        return _refused(request, row.school, row, form)
    was_full, version = row.is_full, _version(request, row)
    try:
        row = save_request(row, version=version, by=person(request), **form.typed())
    except Stale:
        return _both(request, row, form)
    except Conflict as clash:
        form.add_error(None, str(clash))
        return _refused(request, row.school, row, form)
    return _after_saving(request, row, was_full=was_full)


def _checked(request: HttpRequest, row: CpdRequest) -> RequestForm:
    """What is saved, with what is missing before it is raised beside each field."""
    form = RequestForm.of_saved(row, school=row.school, user=person(request), rate=row.supply_rate)
    for name, sentence in missing_before_raising(row).items():
        form.add_error(name, sentence)
    return form


def _version(request: HttpRequest, row: CpdRequest) -> int:
    """The version the page was opened at; none when it was opened before the request was raised."""
    typed = whole_number(request.POST.get("version", ""))
    return typed if typed is not None and request.POST.get("opened_as") == row.state else -1


def _after_saving(request: HttpRequest, row: CpdRequest, *, was_full: bool) -> HttpResponse:
    policy = TrainingPolicy.current()
    edit = reverse("cpd:request-edit", args=[row.pk])
    if row.is_full and not was_full and row.state == "draft":
        messages.info(request, f"This costs more than £{policy.short_cost:.0f} or is for more than {policy.short_staff} staff: the full form is open, with your answers kept")  # fmt: skip
        return redirect(f"{edit}#full")
    if request.POST.get("do") != "raise" or row.state != "draft":
        messages.success(request, f"Saved at {clock(now())}")
        return redirect(edit if row.state == "draft" else reverse("cpd:request", args=[row.pk]))
    missing = missing_before_raising(row)
    if missing:
        return redirect(f"{edit}?check=1")
    try:
        raise_request(row, by=person(request))
    except Conflict as clash:
        messages.error(request, str(clash))
        return redirect(edit)
    messages.success(request, _raised_words(row))
    return redirect("cpd:request", pk=row.pk)


def _raised_words(row: CpdRequest) -> str:
    if row.state == "listed":
        return f"{row.ref} is listed"
    return f"{row.ref} is raised: other headteachers and the trust team read it now"


def _form(
    request: HttpRequest, school: School, row: CpdRequest | None, *, bound: bool = False
) -> RequestForm:
    rate = row.supply_rate if row else TrainingPolicy.current().supply_day_rate
    data = request.POST if bound else None
    return RequestForm(data, school=school, user=person(request), row=row, rate=rate)


def _refused(
    request: HttpRequest, school: School, row: CpdRequest | None, form: RequestForm
) -> HttpResponse:
    """The form with its text and what to put right; to the page's script, the first sentence of it."""
    if _is_autosave(request):
        first = next(iter(form.errors.values()))[0]
        return JsonResponse({"message": f"Not saved: {first}"}, status=422)
    return _page(request, school, row, form)


def _panel(school: School, row: CpdRequest | None, cost: Cost, kind: str) -> CostPanel:
    starts, pk = (row.starts_on, row.pk) if row else (None, None)
    return cost_panel(cost, kind=kind, school_id=school.pk, starts_on=starts, without=pk)


def _page(
    request: HttpRequest,
    school: School,
    row: CpdRequest | None,
    form: RequestForm,
    differences: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    blank = CpdRequest(school=school, supply_rate=form.rate)
    shown = row or blank
    context = {
        **form_page(shown, today()),
        "form": form,
        "school": school,
        "cpd_request": row,
        "cost": _panel(school, row, cost_of(shown), shown.kind),
        "alike": alike_to(row, user) if row and row.title else None,
        "is_open": shown.is_full or has_full_answers(shown) or bool(set(form.errors) - set(form.short)),
        "differences": differences,
        "key": new_key(),
    }  # fmt: skip
    return render(request, "cpd/request_edit.html", context, status=status)


def _both(request: HttpRequest, row: CpdRequest, typed: RequestForm) -> HttpResponse:
    """What came too late: the form with the typed words, and beside it what is saved where they differ."""
    row = request_or_404(request, row.pk)
    require(may_edit_request(request.user, row))
    saved = _form(request, row.school, row)
    found = []
    for bound in typed:
        mine, kept = bound.value(), saved[bound.name].value()
        if str(mine or "") != str(kept or "") and not (mine in (None, "", []) and kept in (None, "", [], 0)):  # fmt: skip
            found.append({"label": bound.label, "mine": _shown(bound, mine), "saved": _shown(bound, kept)})  # fmt: skip
    return _page(request, row.school, row, typed, found, status=409)


def _shown(bound: Any, value: Any) -> str:
    """A value in words: the choice's name, or what was typed."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    choices = {str(k): str(v) for k, v in getattr(bound.field, "choices", [])}
    if isinstance(value, list):
        return ", ".join(choices.get(str(each), str(each)) for each in value)
    return choices.get(str(value), str(value)) if value not in (None, "") else ""


# -- saved as typed --------------------------------------------------------------------------------


@require_POST
def request_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed in a draft; answers with the new version and the cost as it is now."""
    row = request_or_404(request, pk)
    require(may_edit_request(request.user, row))
    form = _form(request, row.school, row, bound=True)
    if not form.is_valid():
        return _refused_json(form)
    if row.state != "draft":
        return JsonResponse(_worked_out(row, form))
    try:
        row = save_request(row, version=_version(request, row), by=person(request), **form.typed())
    except Stale:
        return JsonResponse({}, status=409)
    except Conflict as clash:
        return JsonResponse({"message": f"Not saved: {clash}"}, status=422)
    return JsonResponse(_saved_json(row))


def _refused_json(form: RequestForm) -> HttpResponse:
    first = next(iter(form.errors.values()))[0]
    return JsonResponse({"message": f"Not saved: {first}"}, status=422)


def _saved_json(row: CpdRequest) -> dict[str, Any]:
    panel = _panel(row.school, row, cost_of(row), row.kind)
    return {
        "version": row.version,
        "saved_at": clock(now()),
        "open": {"full": row.is_full},
        **panel.told(),
    }


def _worked_out(row: CpdRequest, form: RequestForm) -> dict[str, Any]:
    """The cost of what is typed in a raised request: nothing is saved until the button is pressed."""
    typed = form.typed()
    names = ("fee", "materials", "travel", "supply_days", "supply_rate", "staff", "hours_each")
    panel = _panel(row.school, row, Cost(**{name: typed[name] for name in names}), typed["kind"])
    return {"said": "Not saved yet: each saved version is read by others", **panel.told()}


@require_GET
def request_alike(request: HttpRequest) -> HttpResponse:
    """Like requests of other schools, while a request is being typed."""
    user, asked = person(request), request.GET
    school_id = whole_number(asked.get("school", ""))
    require(may_draft_request(user, school_id))
    pk = whole_number(asked.get("request", ""))
    row = (
        CpdRequest.objects.visible_to(user).filter(pk=pk, school=school_id).first() if pk else None
    )
    found = alike(
        title=asked.get("title", "")[:200], provider=asked.get("provider_name", "")[:200],
        need=row.need if row else "", school_id=school_id or 0, user=user,
    )  # fmt: skip
    context = {"alike": found, "would_join": bool(asked.get("would_join"))}
    return render(request, "cpd/_request_alike.html", context)


# -- copied ----------------------------------------------------------------------------------------


@require_GET
def request_earlier(request: HttpRequest) -> HttpResponse:
    """The own schools' earlier requests, last year's first, each to be copied."""
    schools = person(request).posts.schools(*OF_SCHOOL)
    require(may_draft_request(person(request), next(iter(schools), None)))
    context = {"years": earlier_requests(schools, today()), "key": new_key()}
    return render(request, "cpd/request_earlier.html", context)


@require_POST
@once
def request_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft with an earlier request's words."""
    row = get_visible_or_404(CpdRequest.objects.all(), person(request), pk=pk)
    copy = copy_request(row, by=person(request))
    messages.success(request, f"{copy.ref} begins with the words of {row.ref}. Say when it starts")
    return redirect("cpd:request-edit", pk=copy.pk)
