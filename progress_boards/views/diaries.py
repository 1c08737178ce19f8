"""Diaries: everybody's own, and for whoever plans the year everybody's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress_boards.actions import diaries as acts
from progress_boards.forms.diaries import AwayForm, TrustBoardForm, WeekdaysForm
from progress_boards.models import AwayDays, TrustBoardDay
from progress_boards.queries.diaries import (
    DiaryPage,
    diary_pages,
    trust_board_days,
    whom_boards_need,
)
from progress_boards.rules import may_keep_diary, may_plan_year
from trust.access import Conflict, require
from trust.calendar import today
from trust.pages import page_of, remembered, version_of
from trust.people.models import Person

A_PAGE = 30


@require_GET
def diary_list(request: HttpRequest) -> HttpResponse:
    """Everybody whom boards need, with the days on which they cannot come."""
    if not may_plan_year(request.user) and request.user.person_id in _needed():
        return redirect("progress_boards:diary", pk=request.user.person_id)
    require(may_plan_year(request.user))
    return render(request, "progress_boards/diary_list.html", _diaries(request, TrustBoardForm()))


def _diaries(request: HttpRequest, form: TrustBoardForm) -> dict[str, object]:
    """A page of the diaries, by name, beside the days of the Trust Board."""
    day = today()
    needed = remembered(
        f"whom-boards-need:{day}", version_of(request),
        lambda: [(person.pk, words) for person, words in whom_boards_need(day).items()],
    )  # fmt: skip
    pages = page_of(needed, len(needed), A_PAGE, request.GET.get("page"))
    people = Person.objects.in_bulk([pk for pk, _ in pages])
    shown = diary_pages({people[pk]: words for pk, words in pages}, day)
    return {"diaries": shown, "pages": pages, "days": trust_board_days(day), "form": form}


def _needed() -> set[int]:
    return {person.pk for person in whom_boards_need(today())}


def _page(request: HttpRequest, pk: int) -> DiaryPage:
    """The diary of somebody whom boards need, when this person may keep it; else 404."""
    people = whom_boards_need(today())
    person = next((each for each in people if each.pk == pk), None)
    if person is None or not may_keep_diary(request.user, pk):
        raise Http404("No diary to see here")
    return diary_pages({person: people[person]}, today())[0]


@require_http_methods(["GET", "POST"])
def diary(request: HttpRequest, pk: int) -> HttpResponse:
    """One diary: a POST adds days away, or keeps the weekdays."""
    page = _page(request, pk)
    does = request.POST.get("do", "")
    away = AwayForm(request.POST if does == "away" else None)
    weekdays = WeekdaysForm(
        request.POST if does == "weekdays" else None, initial={"weekdays": page.weekdays}
    )
    if does == "away" and away.is_valid():
        try:
            acts.add_away_days(page.person, by=request.user, **away.cleaned_data)
            messages.success(request, "These days are in the diary")
            return redirect("progress_boards:diary", pk=pk)
        except Conflict as refused:
            away.add_error("starts_on", str(refused))
    if does == "weekdays" and weekdays.is_valid():
        acts.prefer_weekdays(page.person, by=request.user, **weekdays.cleaned_data)
        messages.success(request, "The weekdays are kept")
        return redirect("progress_boards:diary", pk=pk)
    context = {
        "page": page, "away": away, "weekdays": weekdays, "form": away if away.errors else weekdays,
        "plans": bool(may_plan_year(request.user)),
        "is_mine": request.user.person_id == pk,
    }  # fmt: skip
    return render(request, "progress_boards/diary.html", context)


@require_POST
def away_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take days out of a diary again; a second click finds them gone."""
    away = AwayDays.objects.select_related("person").filter(pk=pk).first()
    if away is None or not may_keep_diary(request.user, away.person_id):
        raise Http404("No days to see here")
    acts.remove_away_days(away, by=request.user)
    messages.success(request, "These days are free again")
    return redirect("progress_boards:diary", pk=away.person_id)


@require_POST
def trust_board_day_add(request: HttpRequest) -> HttpResponse:
    """Enter a day of the Trust Board."""
    require(may_plan_year(request.user))
    form = TrustBoardForm(request.POST)
    if form.is_valid():
        acts.add_trust_board_day(by=request.user, **form.cleaned_data)
        messages.success(request, "The day is entered")
        return redirect("progress_boards:diary-list")
    context = _diaries(request, form)
    return render(request, "progress_boards/diary_list.html", context, status=422)


@require_POST
def trust_board_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day of the Trust Board out again."""
    require(may_plan_year(request.user))
    row = get_object_or_404(TrustBoardDay, pk=pk)
    acts.remove_trust_board_day(row, by=request.user)
    messages.success(request, "The day is taken out")
    return redirect("progress_boards:diary-list")
