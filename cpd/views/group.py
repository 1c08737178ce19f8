"""The Strategy Group: its meetings, what it has before it, members' scores and the advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpd.actions.advice import ChangedMeanwhile, record_advice, score_request, take_back_advice
from cpd.actions.group import add_to_group_agenda, plan_group_meeting, propose_group_agenda
from cpd.documents import request_papers
from cpd.forms.group import AdviceForm, OnCardForm, PlanForm, ScoreForm
from cpd.models import CpdRequest, GroupMeeting
from cpd.queries.group_cards import Card
from cpd.queries.group_changes import changes_since
from cpd.queries.group_page import GroupPage, group_page, meeting_list
from cpd.rules import may_advise, may_plan_group, may_read_group, may_score
from meetings.rules import may_prepare
from trust.access import Conflict, first_denied, get_visible_or_404, require
from trust.pages import once


def _group(request: HttpRequest, pk: int) -> GroupMeeting:
    rows = GroupMeeting.objects.visible_to(request.user)
    rows = rows.select_related("meeting__kind", "meeting__academic_year", "half_term")
    return get_visible_or_404(rows.prefetch_related("meeting__seats"), request.user, pk=pk)


def _requests(request: HttpRequest, keys: str) -> list[CpdRequest]:
    """The requests named as "3,7", all of them visible to this person, else 404."""
    wanted = {int(key) for key in keys.split(",") if key.isdecimal() and len(key) < 10}
    rows = CpdRequest.objects.visible_to(request.user).filter(pk__in=wanted)
    found = list(rows.select_related("school", "requester").order_by("pk"))
    if not wanted or len(found) != len(wanted):
        raise Http404("No such requests")
    return found


# -- the list and the date -----------------------------------------------------------------------


@require_GET
def group_list(request: HttpRequest) -> HttpResponse:
    """The meetings of the Group, newest first."""
    groups = meeting_list(request.user)
    if not groups:
        require(may_read_group(request.user))
    may_plan = bool(may_plan_group(request.user))
    return render(request, "cpd/group_list.html", {"groups": groups, "may_plan": may_plan})


@require_http_methods(["GET", "POST"])
@once
def group_plan(request: HttpRequest) -> HttpResponse:
    """Give the Group's meeting of a half term its date and its place."""
    require(may_plan_group(request.user))
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        half_term = form.cleaned_data["half_term"]
        try:
            group = plan_group_meeting(
                half_term=half_term, starts_at=form.starts_at, by=request.user,
                another=form.cleaned_data["agreed"], **form.where,
            )  # fmt: skip
        except Conflict as refused:
            form.add_error("on", str(refused))
        else:
            messages.success(request, f"The Strategy Group meets in {half_term}")
            return redirect("cpd:group-meeting", pk=group.pk)
    return render(request, "cpd/group_plan.html", {"form": form})


# -- one meeting ---------------------------------------------------------------------------------


def _forms(page: GroupPage, sent: Mapping[str, OnCardForm]) -> list[dict[str, Any]]:
    """Each card with its forms, the one that was sent as it was sent."""
    return [
        {
            "card": card,
            "advice": sent.get(f"advice:{card.key}") or AdviceForm(card=card),
            "score": sent.get(f"score:{card.key}") or ScoreForm(card=card),
        }
        for card in page.cards
    ]


def _show(
    request: HttpRequest, page: GroupPage, *, sent: OnCardForm | None = None, key: str = "",
    changes: Any = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    forms = {key: sent} if sent is not None else {}
    context = {"page": page, "group": page.group, "meeting": page.meeting, "form": sent,
               "cards": _forms(page, forms), "changes": changes}  # fmt: skip
    return render(request, "cpd/group_meeting.html", context, status=status)


@require_GET
def group_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """What the Group has before it, what it advised, and what became of last time's advice."""
    group = _group(request, pk)
    return _show(request, group_page(group, request.user))


def _card(page: GroupPage, requests: list[CpdRequest]) -> Card:
    """The card that the requests stand on; Conflict when it is gone from the page."""
    wanted = {r.pk for r in requests}
    card = next((c for c in page.cards if wanted & set(c.pks)), None)
    if card is None:
        raise Conflict("This request is no longer before the group. Nothing was changed")
    return card


def _back(group: GroupMeeting, card: Card) -> HttpResponse:
    return redirect(f"{reverse('cpd:group-meeting', args=[group.pk])}#card-{card.pks[0]}")


@require_POST
def group_advise(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the Group's advice on a card's requests; what was typed stays when it is refused."""
    group = _group(request, pk)
    require(may_advise(request.user))
    page = group_page(group, request.user)
    card = _card(page, _requests(request, request.POST.get("card", "")))
    form = AdviceForm(request.POST, card=card)
    if not form.is_valid():
        return _show(request, page, sent=form, key=f"advice:{card.key}")
    said = form.cleaned_data
    chosen = [line.request for line in card.lines if line.request.pk in said["requests"]]
    try:
        record_advice(
            chosen, meeting=group.meeting, by=request.user, advice=said["advice"],
            note=said["note"], impact=said["impact"], value=said["value"],
            versions=form.versions(1), advised=form.versions(2),
        )  # fmt: skip
    except ChangedMeanwhile as changed:
        return _changed(request, page, card, form, changed)
    except Conflict as refused:
        form.add_error(None, str(refused))
        return _show(request, page, sent=_with_new_versions(form, card, request), key=f"advice:{card.key}", status=409)  # fmt: skip
    messages.success(request, "Advice recorded. It can be changed until the minutes are final")
    return _back(group, card)


def _changed(
    request: HttpRequest, page: GroupPage, card: Card, form: AdviceForm, changed: ChangedMeanwhile
) -> HttpResponse:
    """The page again with the note kept, and what the school changed since it was opened."""
    seen = form.versions(1)
    changes = changes_since(changed.requests, seen)
    again = _with_new_versions(form, card, request)
    again.add_error(None, str(changed))
    return _show(request, page, sent=again, key=f"advice:{card.key}", changes=changes, status=409)


def _with_new_versions(form: AdviceForm, card: Card, request: HttpRequest) -> AdviceForm:
    """What was typed, beside the versions that the page now shows."""
    data = request.POST.copy()
    data["seen"] = card.seen
    again = AdviceForm(data, card=card)
    again.is_valid()
    for error in form.non_field_errors():
        again.add_error(None, error)
    return again


@require_POST
def group_advice_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take advice back while the minutes are not final."""
    group = _group(request, pk)
    require(may_advise(request.user))
    requests = _requests(request, request.POST.get("card", ""))
    for each in requests:
        take_back_advice(each, meeting=group.meeting, by=request.user)
    messages.success(request, "The advice is taken back")
    return redirect(f"{reverse('cpd:group-meeting', args=[pk])}#card-{requests[0].pk}")


@require_POST
def group_score(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's own scores of a card, for every request of it that is not their school's."""
    group = _group(request, pk)
    requests = _requests(request, request.POST.get("card", ""))
    mine = [r for r in requests if may_score(request.user, r)]
    if not mine:
        require(first_denied(may_score(request.user, r) for r in requests))
    page = group_page(group, request.user)
    card = _card(page, requests)
    form = ScoreForm(request.POST, card=card)
    if not form.is_valid():
        return _show(request, page, sent=form, key=f"score:{card.key}")
    for each in mine:
        score_request(each, meeting=group.meeting, by=request.user, **form.cleaned_data)
    messages.success(
        request, "Your scores are kept. You can change them until the minutes are final"
    )
    return _back(group, card)


# -- the agenda and the papers -------------------------------------------------------------------


@require_POST
def group_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the agenda propose itself now."""
    group = _group(request, pk)
    propose_group_agenda(group, by=request.user)
    return redirect("meetings:agenda", pk=group.meeting_id)


@require_POST
def group_item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put something that was left out on the agenda."""
    group = _group(request, pk)
    require(may_prepare(request.user, group.meeting))
    add_to_group_agenda(group, key=request.POST.get("key", ""), by=request.user)
    messages.success(request, "Added to the agenda")
    return redirect("cpd:group-meeting", pk=pk)


@require_POST
def group_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the papers of the meeting as one PDF."""
    group = _group(request, pk)
    require(may_read_group(request.user))
    document = request_papers(group, by=request.user)
    address = reverse("document-progress", args=[document.pk])
    return redirect(f"{address}?{urlencode({'back': reverse('cpd:group-meeting', args=[pk])})}")
