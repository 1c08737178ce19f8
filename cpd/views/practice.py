"""The library of practice: cards, and what schools offer and would like to gain."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.practice import (
    change_card,
    close_notice,
    post_notice,
    reopen_notice,
    restore_card,
    retire_card,
    seen_words,
    share_card,
    write_card,
)
from cpd.forms.practice import CardForm, NewCardForm, NoticeForm
from cpd.models import JointProject, PracticeCard, PracticeNotice
from cpd.queries.practice import (
    card_page,
    library,
    may_read_practice,
    notices,
    own_schools,
    waiting_findings,
)
from cpd.rules import OF_SCHOOL, may_edit_card, may_write_practice
from evidence.models import Finding
from evidence.pupil_traces import pupil_traces
from trust.access import Conflict, allowed_if, get_visible_or_404, require
from trust.forms import status_of
from trust.numbers import whole_number
from trust.pages import once
from trust.people.models import User


def reader(request: HttpRequest) -> User:
    """Who asks; for whoever reads no practice there is no library."""
    user = cast("User", request.user)
    if not may_read_practice(user):
        raise Http404("No library to see here")
    return user


def writer(request: HttpRequest) -> User:
    """A reader who leads a school."""
    user = reader(request)
    require(allowed_if(user.posts.schools(*OF_SCHOOL), "Leaders of schools write here"))
    return user


def card_or_404(request: HttpRequest, pk: int) -> PracticeCard:
    """The card, if this person may read it."""
    cards = PracticeCard.objects.select_related("school", "indicator", "finding")
    return get_visible_or_404(cards, reader(request), pk=pk)


# -- cards ---------------------------------------------------------------------------------------


@require_GET
def card_list(request: HttpRequest) -> HttpResponse:
    """Practice cards of all schools; words, filters and page are in the address."""
    page = library(reader(request), request.GET)
    return render(request, "cpd/practice_list.html", {"library": page, "at": "cards"})


@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One card."""
    found = card_or_404(request, pk)
    page = card_page(found, cast("User", request.user))
    texts = (found.title, found.what, found.effect, found.conditions)
    traces = pupil_traces(*texts) if page.may_edit else []
    return render(request, "cpd/practice.html", {"card": found, "page": page, "traces": traces})


@require_http_methods(["GET", "POST"])
@once
def card_new(request: HttpRequest) -> HttpResponse:
    """Write a card: from nothing, from a finding of a visit, or from what a project has to share."""
    user = writer(request)
    finding = _finding(request, user)
    if finding is not None and hasattr(finding, "practice_card"):
        return redirect("cpd:practice", pk=finding.practice_card.pk)
    form = NewCardForm(request.POST or None, user=user, initial=_prefilled(request, user, finding))
    if request.method == "POST" and form.is_valid():
        try:
            made = _write(form, finding, share=request.POST.get("then") == "share", by=user)
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, _written(made))
            return redirect("cpd:practice", pk=made.pk)
    context = {"form": form, "finding": finding}
    return render(request, "cpd/practice_new.html", context, status=status_of(form))


def _write(form: NewCardForm, finding: Finding | None, *, share: bool, by: User) -> PracticeCard:
    with transaction.atomic():
        made = write_card(finding=finding, by=by, **form.typed())
        return share_card(made, by=by) if share else made


def _written(made: PracticeCard) -> str:
    if made.shared_at:
        return "The card is in the library: all staff of the trust can read it"
    return "The card is a draft: only your school’s leaders read it until it is shared"


def _finding(request: HttpRequest, user: User) -> Finding | None:
    """The finding in the address, if this person may make a card of it or read the one there is."""
    pk = whole_number(request.GET.get("finding", ""))
    if pk is None:
        return None
    made = PracticeCard.objects.visible_to(user).filter(finding=pk, school__in=own_schools(user))
    if (done := made.select_related("finding").first()) is not None:
        return done.finding
    found = waiting_findings(user).filter(pk=pk).first()
    if found is None:
        raise Http404("No finding to make a card of here")
    return found


def _prefilled(request: HttpRequest, user: User, finding: Finding | None) -> dict[str, Any]:
    if finding is not None:
        return {
            "school": finding.visit.school_id, "title": _first_words(finding.text),
            "what": finding.text, "indicator": finding.indicator_id,
            "seen_on": finding.visit.visited_on, "seen_by": seen_words(finding),
        }  # fmt: skip
    pk = whole_number(request.GET.get("project", ""))
    if pk is None:
        return {}
    projects = JointProject.objects.filter(schools__school__in=own_schools(user)).distinct()
    project = get_visible_or_404(projects, user, pk=pk)
    what = "\n\n".join(filter(None, (project.product, project.practice_changed)))
    return {
        "title": project.title, "what": what, "effect": project.pupils_changed,
        "indicator": project.indicator_id, "seen_by": _seen_in(project),
    }  # fmt: skip


def _seen_in(project: JointProject) -> str:
    """Such as "Seen in a joint project of Eastrow and Alderfen", as long as the field holds."""
    schools = " and ".join(place.school.name for place in project.schools.select_related("school"))
    return f"Seen in a joint project of {schools}"[:160]


def _first_words(text: str, most: int = 70) -> str:
    """The first sentence, or as many whole words of it as make a title."""
    line = text.strip().split("\n")[0].split(". ")[0].rstrip(".")
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0]


@require_http_methods(["GET", "POST"])
@once
def card_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a card's text; a later save of somebody else's is shown beside it."""
    found, user = card_or_404(request, pk), cast("User", request.user)
    require(may_edit_card(user, found))
    form = CardForm(request.POST or None, of=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_card(found, version=form.cleaned_data["version"], by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "The card is saved")
            return redirect("cpd:practice", pk=pk)
    context = {"form": form, "card": found}
    return render(request, "cpd/practice_edit.html", context, status=status_of(form))


@require_POST
def card_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a card in the library."""
    share_card(card_or_404(request, pk), by=cast("User", request.user))
    messages.success(request, "The card is in the library: all staff of the trust can read it")
    return redirect("cpd:practice", pk=pk)


@require_POST
def card_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a card out of the library, or put it back."""
    found, user = card_or_404(request, pk), cast("User", request.user)
    if request.POST.get("restore") == "yes":
        restore_card(found, by=user)
        messages.success(request, "The card is restored")
    else:
        retire_card(found, by=user)
        messages.success(request, "The card is out of the library. Your school still has it")
    return redirect("cpd:practice", pk=pk)


# -- offers and needs ----------------------------------------------------------------------------


def notice_or_404(request: HttpRequest, pk: int) -> PracticeNotice:
    """The offer or need, if this person reads practice."""
    return get_visible_or_404(PracticeNotice.objects.all(), reader(request), pk=pk)


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """What schools offer and would like to gain, and who could help whom."""
    page = notices(reader(request), request.GET)
    return render(request, "cpd/practice_notices.html", {"notices": page, "at": "notices"})


@require_http_methods(["GET", "POST"])
@once
def notice_new(request: HttpRequest) -> HttpResponse:
    """Post an offer or a need."""
    user = writer(request)
    form = NoticeForm(request.POST or None, user=user, initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        try:
            post_notice(by=user, **form.typed())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, "It is posted: all staff of the trust can read it")
            return redirect("cpd:notice-list")
    context = {"form": form}
    return render(request, "cpd/practice_notice_new.html", context, status=status_of(form))


@require_POST
def notice_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer or a need off the list, or put it back."""
    notice, user = notice_or_404(request, pk), cast("User", request.user)
    require(may_write_practice(user, notice.school_id))
    if request.POST.get("reopen") == "yes":
        reopen_notice(notice, by=user)
        messages.success(request, f"“{notice.title}” is on the list again")
    else:
        close_notice(notice, by=user)
        messages.success(request, f"“{notice.title}” is closed")
    return redirect("cpd:notice-list")
