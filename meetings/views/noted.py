"""What is noted under an item: actions, challenges, evidence, and what became of earlier actions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import follow_up, minutes
from meetings.forms import ActionForm, ChallengeForm, ChangeActionForm, EvidenceForm
from meetings.models import Action, AgendaItem, Challenge, EvidenceSeen, Meeting
from meetings.queries.minutes import minutes_page
from meetings.queries.people import owners_of
from meetings.rules import may_edit_minutes
from meetings.views.found import back_to, is_live, item_or_404, meeting_or_404, told
from meetings.views.minutes import edit_context
from trust.access import Conflict, get_visible_or_404, require
from trust.calendar import now, today
from trust.pages import once
from trust.templatetags.eyeline import clock

NO_REASON = "Give a reason for dropping the action"
GO_BACK = "Go back and type it beside the mark"


def _again(request: HttpRequest, item: AgendaItem, name: str, form: Any) -> HttpResponse:
    """The whole page once more, with the form that was not complete open."""
    context = edit_context(request, item.meeting, {(name, item.pk): form})
    return render(request, "meetings/minutes_edit.html", context)


@require_POST
@once
def action_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an action under an item."""
    item = item_or_404(request, pk)
    require(may_edit_minutes(request.user, item.meeting))
    owners = owners_of(item.meeting, today())
    form = ActionForm(request.POST, prefix=f"a{pk}", owners=owners)
    if not form.is_valid():
        return _again(request, item, "action", form)
    names = ("text", "owner", "owner_role", "due_on")
    given = {name: form.cleaned_data[name] for name in names}
    action = follow_up.add_action(item, by=request.user, **given)
    messages.success(
        request, f"{action.ref} is noted, due {action.due_on.day} {action.due_on:%B %Y}"
    )
    return back_to(request, item.meeting, item=pk)


@require_POST
@once
def challenge_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a challenge and its answer under an item."""
    item = item_or_404(request, pk)
    require(may_edit_minutes(request.user, item.meeting))
    form = ChallengeForm(request.POST, prefix=f"c{pk}")
    if not form.is_valid():
        return _again(request, item, "challenge", form)
    minutes.add_challenge(item, by=request.user, **form.cleaned_data)
    return back_to(request, item.meeting, item=pk)


@require_POST
@once
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what was put forward under an item."""
    item = item_or_404(request, pk)
    require(may_edit_minutes(request.user, item.meeting))
    form = EvidenceForm(request.POST, prefix=f"e{pk}")
    if not form.is_valid():
        return _again(request, item, "evidence", form)
    minutes.add_evidence(item, by=request.user, **form.cleaned_data)
    return back_to(request, item.meeting, item=pk)


def _form_page(
    request: HttpRequest, item: AgendaItem, title: str, form: Any, remove: str
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "item": item,
        "meeting": item.meeting,
        "remove": remove,
    }
    return render(request, "meetings/noted_form.html", context)


@require_http_methods(["GET", "POST"])
def challenge_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a challenge, or take it out."""
    challenge = get_object_or_404(Challenge.objects.select_related("minute__item"), pk=pk)
    item = item_or_404(request, challenge.minute.item_id)
    require(may_edit_minutes(request.user, item.meeting))
    if request.POST.get("do") == "remove":
        minutes.remove_challenge(challenge, by=request.user)
        return back_to(request, item.meeting, item=item.pk)
    names = ("asked_by", "question", "response", "answered_by")
    initial = {name: getattr(challenge, name) for name in names}
    form = ChallengeForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _form_page(request, item, "Change a challenge", form, "Remove the challenge")
    minutes.set_challenge(challenge, by=request.user, **form.cleaned_data)
    return back_to(request, item.meeting, item=item.pk)


@require_http_methods(["GET", "POST"])
def evidence_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was put forward, or take it out."""
    seen = get_object_or_404(EvidenceSeen.objects.select_related("minute__item"), pk=pk)
    item = item_or_404(request, seen.minute.item_id)
    require(may_edit_minutes(request.user, item.meeting))
    if request.POST.get("do") == "remove":
        minutes.remove_evidence(seen, by=request.user)
        return back_to(request, item.meeting, item=item.pk)
    initial = {"what": seen.what, "how": seen.how, "link": seen.link}
    form = EvidenceForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return _form_page(request, item, "Change the evidence", form, "Remove the evidence")
    minutes.set_evidence(seen, by=request.user, **form.cleaned_data)
    return back_to(request, item.meeting, item=item.pk)


@require_http_methods(["GET", "POST"])
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an action while its minutes are written, or take it out."""
    action = get_object_or_404(Action.objects.exclude(item=None), pk=pk)
    item = item_or_404(request, action.item_id)
    require(may_edit_minutes(request.user, item.meeting))
    if request.POST.get("do") == "remove":
        follow_up.remove_action(action, by=request.user)
        return back_to(request, item.meeting, item=item.pk)
    form = ChangeActionForm(
        request.POST or None,
        owners=owners_of(item.meeting, today()),
        initial=ChangeActionForm.initial_of(action),
    )
    if not form.is_valid():
        return _form_page(request, item, f"Change {action.ref}", form, "Remove the action")
    follow_up.change_action(action, by=request.user, **form.cleaned_data)
    messages.success(request, f"{action.ref} is changed")
    return back_to(request, item.meeting, item=item.pk)


@require_POST
@told
def former_action_mark(request: HttpRequest, pk: int, action_pk: int) -> HttpResponse:
    """Mark an earlier action closed, carried or dropped, as this meeting says."""
    meeting = meeting_or_404(request, pk)
    require(may_edit_minutes(request.user, meeting))
    action = get_visible_or_404(Action.objects.all(), request.user, pk=action_pk)
    words = request.POST.get("note", "").strip()
    decision = request.POST.get("mark", "")
    if decision == "dropped" and not words:
        raise Conflict(NO_REASON if is_live(request) else f"{NO_REASON}. {GO_BACK}")
    follow_up.decide_former_action(
        action, decision=decision, meeting=meeting, by=request.user, note=words
    )
    messages.success(request, f"{action.ref}: {decision}")
    if is_live(request):
        return JsonResponse(_former_again(request, meeting))
    item = meeting.items.filter(type=AgendaItem.Type.ACTIONS).first()
    return back_to(request, meeting, item=item.pk if item else None, at="former")


def _former_again(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    shown = {"page": minutes_page(meeting, reader=request.user), "meeting": meeting, "edit": True}
    former = render_to_string("meetings/_former.html", shown, request)
    return {"parts": {"former-actions": former}, "saved_at": clock(now())}
