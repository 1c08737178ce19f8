"""The year's plan: how many boards, in which half terms, on which days."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from progress_boards.actions.accepting import Accepted, accept_dates
from progress_boards.actions.agreed import look_at_agreed, take_agreed
from progress_boards.actions.planning import agree_number, lay_out_year, plan_board
from progress_boards.agreed import read_agreed
from progress_boards.forms.planning import AgreedForm, NumberForm
from progress_boards.forms.proposal import SentDates, grids_of, proposed_lines
from progress_boards.queries.planning import key_of
from progress_boards.queries.proposal import half_choices, propose_year, undated_boards
from progress_boards.queries.year import (
    half_terms_by_key,
    schools_of,
    totals_of,
    year_asked_for,
    years_of_schools,
)
from progress_boards.rules import may_agree_number, may_plan_year
from schools.models import School
from trust.access import get_visible_or_404, require
from trust.calendar import today
from trust.models import AcademicYear, HalfTerm
from trust.pages import new_key, once, page_of, remembered, version_of

A_PAGE = 30


def _year(request: HttpRequest) -> AcademicYear:
    year = year_asked_for(request.GET.get("year", ""))
    if year is None:
        raise Http404("No academic year is entered")
    return year


def _to(name: str, year: AcademicYear, **kwargs: int) -> str:
    return f"{reverse(f'progress_boards:{name}', kwargs=kwargs)}?year={year.starts_on.year}"


@require_http_methods(["GET", "POST"])
def year_plan(request: HttpRequest) -> HttpResponse:
    """The schools with their numbers; a POST plans the boards that are missing."""
    require(may_plan_year(request.user))
    year = _year(request)
    if request.method == "POST":
        new = lay_out_year(year, by=request.user)
        words = (
            f"{len(new)} board{'' if len(new) == 1 else 's'} planned" if new else "Nothing to add"
        )
        messages.success(request, f"{words} for {year}")
        return redirect(_to("year-plan", year))
    at, key = version_of(request), f"year-plan:{year.pk}:{today()}"
    totals = remembered(key, at, lambda: totals_of(years_of_schools(year)))
    pages = page_of(schools_of(year), totals.schools, A_PAGE, request.GET.get("page"))
    context = {
        "year": year,
        "years": remembered("years", at, lambda: list(AcademicYear.objects.order_by("-starts_on"))),
        "lines": years_of_schools(year, pages),
        "pages": pages,
        "query": f"year={year.starts_on.year}",
        "totals": totals,
        "may_agree": bool(may_agree_number(request.user)),
    }
    return render(request, "progress_boards/year_plan.html", context)


# -- the dates of a year -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def year_dates(request: HttpRequest) -> HttpResponse:
    """A date proposed for each board without one: changed, looked at, accepted; a refused one stays, with why."""
    require(may_plan_year(request.user))
    year = _year(request)
    boards = undated_boards(year)
    halves = half_choices(boards, request.GET.get("half", ""))
    half = next((each.key for each in halves if each.is_chosen), "")
    context: dict[str, object] = {"year": year, "halves": halves, "half": half}
    if request.method == "POST":
        dates = SentDates(request.POST, [b for b in boards if not half or key_of(b.half_term) == half])  # fmt: skip
        if not _only_looking(request):
            accepted = _accepted(request, dates)
            if not dates.has_errors:
                is_done = len(accepted.dated) == len(boards)
                return redirect(_to("board-list" if is_done else "year-dates", year))
        lines = dates.lines()
        context |= {"has_errors": dates.has_errors, "clashes": dates.clashes, "is_checked": _only_looking(request)}  # fmt: skip
    else:
        lines = proposed_lines(propose_year(year, half))
    shown = [half] if half else [each.key for each in halves]
    context |= {"lines": lines, "grids": grids_of(year, lines, shown)}
    return render(request, "progress_boards/year_dates.html", context)


def _only_looking(request: HttpRequest) -> bool:
    """Whether the dates are looked at: checked, or one of them put on a free slot."""
    return request.POST.get("do") == "check" or "put" in request.POST


def _accepted(request: HttpRequest, dates: SentDates) -> Accepted:
    accepted = accept_dates(dates.ready(), by=request.user)
    dates.settle(accepted)
    if accepted.dated:
        count = len(accepted.dated)
        messages.success(request, f"{count} date{'' if count == 1 else 's'} accepted")
    return accepted


@require_http_methods(["GET", "POST"])
def year_agreed(request: HttpRequest) -> HttpResponse:
    """Dates already agreed, pasted or from a CSV: looked at first, then taken; those that clash stay, with why."""
    require(may_plan_year(request.user))
    year = _year(request)
    form = AgreedForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"year": year, "form": form}
    if request.method == "POST" and form.is_valid():
        lines = read_agreed(form.cleaned_data["lines"])
        if request.POST.get("do") == "take":
            found = take_agreed(lines, by=request.user)
            left = [each for each in found if each.problem]
            count = len(found) - len(left)
            messages.success(request, f"{count} date{'' if count == 1 else 's'} taken as agreed")
            if not left:
                return redirect(_to("board-list", year))
            form = AgreedForm(initial={"lines": "\n".join(each.line.text for each in left)})
            context |= {"form": form, "found": left, "is_taken": True}
        else:
            form = AgreedForm(initial={"lines": form.cleaned_data["lines"]})
            context |= {"form": form, "found": look_at_agreed(lines, by=request.user)}
    return render(request, "progress_boards/year_agreed.html", context)


# -- one school's year ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def school_year(request: HttpRequest, school_pk: int) -> HttpResponse:
    """How many boards one school has, which may go, and half terms in which one may be added."""
    require(may_plan_year(request.user))
    school = get_visible_or_404(School.objects.all(), request.user, pk=school_pk)
    year = _year(request)
    (line,) = years_of_schools(year, [school])
    form = NumberForm(
        request.POST or None, by_policy=line.by_policy,
        initial={"number": line.agreed, "reason": line.reason},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        agree_number(school, year, by=request.user, **form.cleaned_data)
        messages.success(request, f"{school} has {form.cleaned_data['number']} boards in {year}")
        return redirect(_to("school-year", year, school_pk=school.pk))
    taken = {board.half_term_id for board in line.boards}
    context = {
        "year": year, "line": line, "form": form, "school": school,
        "may_agree": bool(may_agree_number(request.user)),
        "removable": {board.pk for board in line.may_go} if may_agree_number(request.user) else set(),
        "open_half_terms": [
            {"pk": half.pk, "name": half.name, "key": new_key()}
            for half in half_terms_by_key(year).values()
            if half.pk not in taken and half.ends_on > today()
        ],
    }  # fmt: skip
    return render(request, "progress_boards/school_year.html", context)


@require_POST
@once
def board_plan(request: HttpRequest, school_pk: int, half_term_pk: int) -> HttpResponse:
    """Add one board by hand, in a half term that has none."""
    require(may_plan_year(request.user))
    school = get_visible_or_404(School.objects.all(), request.user, pk=school_pk)
    half_term = (
        HalfTerm.objects.select_related("term__academic_year").filter(pk=half_term_pk).first()
    )
    if half_term is None:
        raise Http404("No such half term")
    board = plan_board(school, half_term, by=request.user)
    messages.success(request, f"A board is planned for {half_term}")
    return redirect("progress_boards:board-date", pk=board.pk)
