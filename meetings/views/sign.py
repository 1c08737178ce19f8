"""Signing minutes, for every meeting whose signature is not on a page of an app above."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from meetings.actions import signing
from meetings.models import Correction, Meeting
from meetings.queries.pages import pages_of
from meetings.queries.signing import sign_page
from meetings.rules import SIGNED, may_sign
from meetings.views.agenda import served_meeting
from meetings.views.found import meeting_or_404
from trust.access import Conflict, require
from trust.numbers import whole_number
from trust.templatetags.eyeline import clock, day

SIGN = "meetings:minutes-sign"


@require_http_methods(["GET", "POST"])
def minutes_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what is to be signed and sign it; who else opens the page is refused."""
    meeting = meeting_or_404(request, pk)
    if own := pages_of(meeting).sign:
        return redirect(own)
    require(may_sign(request.user, meeting))
    if request.method == "POST":
        return _signed(request, meeting)
    if meeting.state not in ("with_chair", "accuracy_check"):
        return redirect("meetings:minutes" if meeting.state in SIGNED else "meetings:agenda", pk=pk)
    signing.open_minutes(meeting, by=request.user)
    return _page(request, meeting)


def _page(
    request: HttpRequest, meeting: Meeting, errors: dict[str, str] | None = None
) -> HttpResponse:
    """The page, with what was typed and what was refused."""
    signed = meeting.state == "accuracy_check"
    context = {
        "meeting": meeting,
        "page": sign_page(meeting, reader=request.user),
        "clean": request.GET.get("show") == "clean",
        "typed_name": request.POST.get("typed_name", ""),
        "note": request.POST.get("note", ""),
        "errors": errors or {},
    }
    template = "meetings/sign_corrections.html" if signed else "meetings/sign.html"
    return render(request, template, context, status=422 if errors else 200)


def _signed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Sign, or sign again once every correction is answered; the second click finds it signed."""
    if meeting.state == "final":
        return redirect("meetings:minutes", pk=meeting.pk)
    typed_name = request.POST.get("typed_name", "")
    again = meeting.state == "accuracy_check"
    if again and not meeting.corrections.exists():
        return redirect(SIGN, pk=meeting.pk)
    act = signing.close_minutes if again else signing.sign_minutes
    try:
        act(meeting, typed_name=typed_name, by=request.user)
    except Conflict as refused:
        before = meeting.state
        meeting.refresh_from_db()
        if meeting.state in SIGNED and meeting.state != before:
            return _signed_already(request, meeting)
        if meeting.state not in ("with_chair", "accuracy_check"):
            raise
        return _page(request, meeting, {"typed_name": str(refused)})
    if meeting.state == "final":
        messages.success(request, "Signed. The minutes are final")
        return redirect("meetings:minutes", pk=meeting.pk)
    messages.success(request, "Signed. The accuracy check is open")
    return redirect(SIGN, pk=meeting.pk)


def _signed_already(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The second of two signatures at one moment: who signed, when, and that it counts once."""
    at = f"{day(meeting.signed_at)} at {clock(meeting.signed_at)}"
    messages.info(
        request, f"These minutes were signed by {meeting.signed_name} on {at}: they are signed once"
    )
    return redirect("meetings:minutes" if meeting.state == "final" else SIGN, pk=meeting.pk)


@require_POST
def minutes_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft back to whoever wrote it, with a note; the second click finds it returned."""
    meeting = served_meeting(request, pk)
    require(may_sign(request.user, meeting))
    if meeting.state == "held":
        return redirect("meetings:agenda", pk=pk)
    note = request.POST.get("note", "").strip()
    if not note and meeting.state == "with_chair":
        return _page(request, meeting, {"note": "Write what should be looked at again"})
    signing.return_minutes(meeting, note=note, by=request.user)
    messages.success(request, "The minutes are returned, with your note")
    return redirect("meetings:agenda", pk=pk)


@require_POST
def signature_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back while nobody else has opened the signed minutes."""
    meeting = served_meeting(request, pk)
    require(may_sign(request.user, meeting))
    if meeting.state != "with_chair":  # the second click finds it taken back
        signing.take_back_signature(meeting, by=request.user)
        messages.success(request, "Your signature is taken back. Nothing you wrote is lost")
    return redirect(SIGN, pk=pk)


@require_POST
def correction_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, edit or refuse one correction; both it and the answer are kept."""
    rows = Correction.objects.select_related("meeting__kind", "item")
    correction = get_object_or_404(rows, pk=pk)
    meeting = served_meeting(request, correction.meeting_id)
    require(may_sign(request.user, meeting))
    given = request.POST
    try:
        signing.answer_correction(
            correction, answer=given.get("answer", ""), reason=given.get("reason", ""),
            text=given.get("text"), version=whole_number(given.get("version", "")), by=request.user,
        )  # fmt: skip
    except Conflict as refused:
        if meeting.state != "accuracy_check":
            raise
        return _page(request, meeting, {f"correction-{correction.pk}": str(refused)})
    messages.success(request, "Your answer is noted")
    return redirect(SIGN, pk=meeting.pk)
