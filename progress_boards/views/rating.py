"""Rate a school, see what it changes, confirm and share; and withdraw a rating."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress_boards.actions.sharing import (
    confirm_and_share,
    confirm_and_share_all,
    withdraw_and_replan,
)
from progress_boards.actions.triggers import keep_trigger
from progress_boards.forms.sharing import ShareAllForm, ShareForm, WithdrawForm
from progress_boards.queries.sharing import confirm_page, rate_page, shares_page, withdraw_page
from ratings.actions import OlderVersion, save_draft, start_rating, take_back_date
from ratings.forms import RateForm
from ratings.models import RatingAssessment
from ratings.queries import draft_of
from ratings.queries.sheet import (
    Sheet,
    may_rate_school,
    next_to_rate,
    rating_sheet,
    schools_listed_to_rate,
    schools_to_rate,
)
from ratings.rules import may_read_drafts, may_share, may_withdraw
from schools.models import School
from trust.access import Conflict, allowed_if, get_visible_or_404, require
from trust.calendar import today
from trust.pages import new_key, once, page_of, remembered, version_of
from trust.people.models import User
from trust.templatetags.eyeline import clock, day

A_PAGE = 30


def school_to_rate(request: HttpRequest, pk: int) -> School:
    school = get_visible_or_404(School.objects.all(), request.user, pk=pk)
    require(may_rate_school(school, request.user))
    return school


def _draft(request: HttpRequest, pk: int) -> RatingAssessment:
    draft = draft_of(school_to_rate(request, pk))
    if draft is None:
        raise Conflict("There is no draft of a rating: it was shared, or thrown away")
    return draft


def _to_rate(user: User) -> tuple[int, bool, bool]:
    """How many schools the list has, and whether this person rates any of them, and any draft."""
    rows = schools_to_rate(user)
    mine = [row for row in rows if row.may_rate]
    return len(rows), bool(mine), any(row.draft for row in mine)


@require_GET
def schools(request: HttpRequest) -> HttpResponse:
    require(may_read_drafts(request.user))
    user, at = request.user, version_of(request)
    whose = f"{user.pk}:{hash(user.posts)}:{today()}"
    count, rates, drafts = remembered(f"to-rate:{whose}", at, lambda: _to_rate(user))
    pages = page_of(schools_listed_to_rate(user), count, A_PAGE, request.GET.get("page"))
    rows = schools_to_rate(user, pages)
    context = {"rows": rows, "pages": pages, "rates": rates, "drafts": drafts}
    return render(request, "progress_boards/schools_to_rate.html", context)


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, school: int) -> HttpResponse:
    """The sheet: saved as typed, and by one button; "Confirm and share" leads to a page of its own."""
    sheet = rating_sheet(school_to_rate(request, school), request.user)
    form = RateForm(request.POST or None, sheet=sheet)
    if request.method == "GET":
        return _page(request, sheet, form)
    saves_itself = request.headers.get("X-Requested-With") == "autosave"
    if not form.is_valid():
        return refused(form) if saves_itself else _page(request, sheet, form)
    try:
        draft = save_typed(sheet, form, by=request.user)
    except OlderVersion:
        return _older(request, sheet, form, saves_itself=saves_itself)
    if saves_itself:
        return JsonResponse({"version": draft.version, "saved_at": clock(timezone.now())})
    return _saved(request, form, draft)


def save_typed(sheet: Sheet, form: RateForm, *, by: User) -> RatingAssessment:
    """Save what is typed, beginning the draft where there is none; raises OlderVersion."""
    draft = keep_trigger(start_rating(sheet.school, by=by), by=by)
    version = form.cleaned_data["version"] or (draft.version if sheet.draft is None else 0)
    return save_draft(draft, form.text(), by=by, version=version)


def _saved(request: HttpRequest, form: RateForm, draft: RatingAssessment) -> HttpResponse:
    """After the button: back to the sheet, or on to the page that confirms."""
    if request.POST.get("go") == "next" and (following := next_to_rate(draft, request.user)):
        messages.success(request, f"The draft of {draft.school} is saved")
        return redirect("progress_boards:rate", following.pk)
    if request.POST.get("go") != "confirm":
        messages.success(request, "The draft is saved. Nobody else sees it until you share it")
        return redirect("progress_boards:rate", draft.school_id)
    url = reverse("progress_boards:confirm-rating", args=[draft.school_id])
    share_on = form.cleaned_data["share_on"]
    if form.cleaned_data["share"] == "date":
        url += f"?on={share_on.isoformat() if share_on else 'missing'}"
    return redirect(url)


def refused(form: RateForm) -> HttpResponse:
    first = next(iter(form.errors.values()))[0]
    return JsonResponse({"message": f"Not saved: {first}"}, status=400)


def _older(
    request: HttpRequest, sheet: Sheet, form: RateForm, *, saves_itself: bool
) -> HttpResponse:
    """Somebody else saved meanwhile: nothing is lost, both texts stand on one page."""
    url = reverse("progress_boards:rate", args=[sheet.school.pk])
    if saves_itself:
        return JsonResponse({"url": url}, status=409)
    fresh = rating_sheet(sheet.school, request.user)
    return _page(request, fresh, form, status=409, older=True)


def _page(
    request: HttpRequest,
    sheet: Sheet,
    form: RateForm,
    *,
    status: int = 200,
    older: bool = False,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "page": rate_page(sheet, form, request.user)}
    differences = form.differences(RateForm(None, sheet=sheet)) if older else []
    context |= {"differences": differences, "problems": problems or {}, "older": older}
    context["version"] = sheet.version if older else form["version"].value()
    context["has_errors"] = bool(problems or older)
    return render(request, "progress_boards/rate.html", context, status=status)


@require_POST
def preview(request: HttpRequest, school: int) -> HttpResponse:
    """The two panels that follow from a choice, for htmx; writes nothing."""
    sheet = rating_sheet(school_to_rate(request, school), request.user)
    form = RateForm(request.POST, sheet=sheet)
    page = rate_page(sheet, form, request.user)
    context = {"form": form, "page": page, "judgement": page.judgement, "swap": True}
    part = "_grid_suggestion" if "grid" in request.GET else "_rate_panels"
    return render(request, f"progress_boards/{part}.html", context)


@require_http_methods(["GET", "POST"])
@once
def confirm(request: HttpRequest, school: int) -> HttpResponse:
    """What will happen and to whom, before others see it for good."""
    draft = _draft(request, school)
    require(may_share(request.user, draft))
    share_on = _day(request.GET.get("on"))
    page = confirm_page(draft, share_on)
    if page.problems:
        sheet = rating_sheet(draft.school, request.user)
        return _page(request, sheet, RateForm(None, sheet=sheet), problems=page.problems)
    form = ShareForm(request.POST or None, changes=page.changes, initial={"share_on": share_on})
    if request.method == "POST" and form.is_valid():
        shared = confirm_and_share(draft, by=request.user, **form.cleaned_data)
        return _told(request, shared)
    context = {"page": page, "form": form, "key": new_key()}
    return render(request, "progress_boards/confirm_rating.html", context)


@require_http_methods(["GET", "POST"])
@once
def confirm_all(request: HttpRequest) -> HttpResponse:
    """What sharing every rating that is ready changes in the boards; those ticked are shared at once."""
    require(may_read_drafts(request.user))
    page = shares_page(request.user)
    form = ShareAllForm(request.POST or None, ready=page.ready)
    if request.method == "POST" and form.is_valid():
        share_on = form.cleaned_data["share_on"]
        shared = confirm_and_share_all(form.assessments, by=request.user, share_on=share_on)
        number = f"{len(shared)} rating{'' if len(shared) == 1 else 's'}"
        when = f"will be shared on {day(share_on)}" if share_on else "shared, and the boards follow"
        messages.success(request, f"{number} {when}")
        return redirect("progress_boards:schools-to-rate")
    context = {"page": page, "form": form, "key": new_key()}
    return render(request, "progress_boards/confirm_all.html", context)


def _day(text: str | None) -> dt.date | str | None:
    """A date of the address; "missing" when one is wanted and none is given."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return "missing"


def _told(request: HttpRequest, shared: RatingAssessment) -> HttpResponse:
    if shared.state == "shared":
        messages.success(request, f"The rating of {shared.school} is shared, and its boards follow")
        return redirect("ratings:rating-detail", shared.pk)
    messages.success(
        request, f"The rating of {shared.school} will be shared on {day(shared.share_on)}"
    )
    return redirect("progress_boards:schools-to-rate")


@require_POST
def take_back(request: HttpRequest, school: int) -> HttpResponse:
    take_back_date(_draft(request, school), by=request.user)
    messages.success(request, "The date is taken back. The rating stays a draft")
    return redirect("progress_boards:rate", school)


@require_http_methods(["GET", "POST"])
@once
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a rating entered in error, and plan the boards back."""
    rating = get_visible_or_404(RatingAssessment.objects.all(), request.user, pk=pk)
    require(may_withdraw(request.user, rating))
    require(allowed_if(rating.state == "shared", "Only the rating that stands is withdrawn"))
    page = withdraw_page(rating)
    form = WithdrawForm(request.POST or None, changes=page.changes)
    if request.method == "POST" and form.is_valid():
        withdraw_and_replan(rating, by=request.user, **form.cleaned_data)
        messages.success(request, f"The rating of {rating.school} is withdrawn")
        return redirect("ratings:school-history", rating.school_id)
    context = {"page": page, "form": form, "key": new_key()}
    return render(request, "progress_boards/withdraw_rating.html", context)
