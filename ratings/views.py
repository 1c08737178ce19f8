"""Pages of ratings: one rating, a school's history, its own view, and how schools are rated."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.queries.people import owners_at
from ratings import actions
from ratings.forms import CommentForm, EarlierRatingForm, OwnViewForm, RatingActionForm
from ratings.models import RatingAssessment
from ratings.queries import draft_of, how_rated, own_view_asked, read_rating, school_history
from ratings.queries.raised import actions_of
from ratings.queries.sheet import may_rate_school, rating_sheet
from ratings.rules import (
    may_comment,
    may_enter_own_view,
    may_raise_from_rating,
    may_read_history,
    may_record_earlier_at,
)
from schools.models import School
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import today
from trust.pages import new_key, once, version_of


def _school(request: HttpRequest, pk: int) -> School:
    return get_visible_or_404(School.objects.all(), request.user, pk=pk)


@require_GET
def rating_detail(request: HttpRequest, pk: int) -> HttpResponse:
    ratings = RatingAssessment.objects.select_related(
        "school", "overall", "suggested", "level", "half_term__term", "rated_by__person"
    )
    rating = get_visible_or_404(ratings, request.user, pk=pk)
    context = {
        "read": read_rating(rating, request.user),
        "actions": actions_of(rating, request.user),
        "may_raise": bool(may_raise_from_rating(request.user, rating)),
    }
    return render(request, "ratings/rating_detail.html", context)


@require_http_methods(["GET", "POST"])
@once
def raise_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an action that this rating asks for."""
    ratings = RatingAssessment.objects.select_related("school", "half_term__term")
    rating = get_visible_or_404(ratings, request.user, pk=pk)
    require(may_raise_from_rating(request.user, rating))
    form = RatingActionForm(request.POST or None, owners=owners_at([rating.school], today()))
    if request.method == "POST" and form.is_valid():
        action = actions.raise_from_rating(rating, by=request.user, **form.cleaned_data)
        due = f"{action.due_on.day} {action.due_on:%B %Y}"
        messages.success(request, f"{action.ref} is added, due {due}")
        return redirect("meetings:action", pk=action.pk)
    context = {"rating": rating, "form": form, "key": new_key()}
    return render(request, "ratings/action_raise.html", context)


@require_GET
def history(request: HttpRequest, school: int) -> HttpResponse:
    found = _school(request, school)
    if not may_read_history(request.user, found):
        raise Http404("No ratings to see here")
    context = {
        "school": found,
        "history": school_history(
            found, request.user, at=version_of(request), page=request.GET.get("page")
        ),
        "may_rate": bool(may_rate_school(found, request.user)),
        "may_record_earlier": bool(may_record_earlier_at(request.user, found)),
    }
    return render(request, "ratings/school_history.html", context)


@require_GET
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "ratings/how_rated.html", {"page": how_rated()})


@require_http_methods(["GET", "POST"])
def own_view(request: HttpRequest, school: int) -> HttpResponse:
    """The headteacher's colours and lines, before the rating is shared."""
    found = _school(request, school)
    require(may_enter_own_view(request.user, found))
    form = OwnViewForm(request.POST or None, sheet=rating_sheet(found, request.user))
    if request.method == "POST" and form.is_valid():
        actions.enter_own_view(found, form.views(), by=request.user)
        messages.success(request, "Your view is saved. It stands beside the Chief Executive's")
        return redirect("ratings:own-view", found.pk)
    context = {"school": found, "form": form, "is_asked": own_view_asked(found) is not None}
    return render(request, "ratings/own_view.html", context)


@require_POST
def ask_own_view(request: HttpRequest, school: int) -> HttpResponse:
    found = _school(request, school)
    require(may_rate_school(found, request.user))
    actions.ask_own_view(actions.start_rating(found, by=request.user), by=request.user)
    messages.success(request, "The headteacher is asked for the school's own view")
    return redirect("progress_boards:rate", found.pk)


@require_POST
def delete_draft(request: HttpRequest, school: int) -> HttpResponse:
    found = _school(request, school)
    require(may_rate_school(found, request.user))
    draft = draft_of(found)
    if draft is not None:
        actions.delete_draft(draft, by=request.user)
        messages.success(request, f"The draft for {found} is thrown away")
    return redirect("progress_boards:schools-to-rate")


@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    rating = get_visible_or_404(RatingAssessment.objects.all(), request.user, pk=pk)
    require(may_comment(request.user, rating))
    form = CommentForm(request.POST or None, initial={"comment": rating.head_comment})
    if request.method == "POST" and form.is_valid():
        actions.comment_as_head(rating, by=request.user, **form.cleaned_data)
        messages.success(request, "Your comment stands beside the rating")
        return redirect("ratings:rating-detail", rating.pk)
    return render(request, "ratings/comment.html", {"rating": rating, "form": form})


@require_http_methods(["GET", "POST"])
@once
def record_earlier(request: HttpRequest, school: int) -> HttpResponse:
    """Enter a rating given on paper; plans and mails nothing."""
    found = _school(request, school)
    require(may_record_earlier_at(request.user, found))
    form = EarlierRatingForm(request.POST or None, sheet=rating_sheet(found, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_earlier_rating(found, by=request.user, **form.given())
        except Conflict as conflict:
            form.add_error("effective_on", str(conflict))
        else:
            messages.success(request, "The earlier rating is recorded")
            return redirect("ratings:school-history", found.pk)
    context = {"school": found, "form": form, "key": new_key()}
    return render(request, "ratings/record_earlier.html", context)
