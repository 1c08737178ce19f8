"""Reading signed and final minutes: the accuracy round, its corrections, the school's note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from meetings.actions import signing
from meetings.forms import CorrectionForm, SchoolNoteForm
from meetings.models import AgendaItem, Meeting
from meetings.queries.checking import checks_of, silent_words
from meetings.queries.minutes import MinutesPage, minutes_page
from meetings.queries.way import signer_word, statement_of
from meetings.rules import (
    accuracy_seat,
    may_attach_note,
    may_check_accuracy,
    may_edit_minutes,
    may_propose_correction,
    may_read_minutes,
    may_take_back_minutes,
)
from meetings.views.found import meeting_or_404
from meetings.views.minutes import ways_on
from trust.access import require
from trust.numbers import whole_number
from trust.pages import new_key, once, version_of


@require_GET
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes to read: with the Chair, in the accuracy check, or final."""
    meeting = meeting_or_404(request, pk)
    require(may_read_minutes(request.user, meeting))
    if meeting.state in ("issued", "held") and may_edit_minutes(request.user, meeting):
        return redirect("meetings:minutes-edit", pk=pk)
    if may_check_accuracy(request.user, meeting):
        signing.open_signature(meeting, by=request.user)
    return render(request, "meetings/minutes.html", review_context(request, meeting))


def review_context(
    request: HttpRequest, meeting: Meeting, bound: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything the page shows; `bound` holds a form that comes back with its errors."""
    user, bound = request.user, bound or {}
    page = minutes_page(meeting, reader=user, at=version_of(request))
    seat = accuracy_seat(user, meeting)
    checks = bool(may_check_accuracy(user, meeting))
    return {
        "page": page,
        "meeting": meeting,
        "lines": [_shown(line, user, meeting, checks, bound) for line in page.lines],
        "checks": checks_of(page, reader=user) if meeting.signed_at else [],
        "silence": silent_words(page) if meeting.state == "final" else "",
        "may_check": checks,
        "reply_by": meeting.deadline("corrections"),
        "role": seat.get_role_display() if seat and checks else "",
        "nothing_said": checks and _said_nothing(page, seat),
        "may_say_nothing": checks and not _said_nothing(page, seat) and not _proposed(page, seat),
        "whole": _whole(user, meeting, bound) if checks else None,
        "note_form": _note_form(user, page, bound),
        "may_take_back": bool(may_take_back_minutes(user, meeting)) and meeting.state == "with_chair",
        "signer": signer_word(meeting.kind),
        "statement": statement_of(meeting.kind),
        **ways_on(meeting, user),
        "key": new_key(),
        "form": next(iter(bound.values()), None),
    }  # fmt: skip


def _shown(
    line: Any, user: Any, meeting: Meeting, checks: bool, bound: dict[str, Any]
) -> dict[str, Any]:
    proposes = checks and may_propose_correction(user, meeting, line.item)
    key = f"k{line.item.pk}"
    form = bound.get(key) or CorrectionForm(prefix=key) if proposes else None
    return {"line": line, "correct": form, "is_open": key in bound}


def _whole(user: Any, meeting: Meeting, bound: dict[str, Any]) -> CorrectionForm | None:
    if not may_propose_correction(user, meeting, None):
        return None
    return bound.get("k0") or CorrectionForm(prefix="k0")


def _said_nothing(page: MinutesPage, seat: Any) -> bool:
    return any(r.person_id == seat.person_id and r.role == seat.role for r in page.replies)


def _proposed(page: MinutesPage, seat: Any) -> bool:
    return any(c.person_id == seat.person_id and c.role == seat.role for c in page.said)


def _note_form(user: Any, page: MinutesPage, bound: dict[str, Any]) -> SchoolNoteForm | None:
    if not (page.said and may_attach_note(user, page.meeting)):
        return None
    return bound.get("note") or SchoolNoteForm(initial={"text": page.meeting.school_note})


def _again(request: HttpRequest, meeting: Meeting, name: str, form: Any) -> HttpResponse:
    context = review_context(request, meeting, {name: form})
    return render(request, "meetings/minutes.html", context)


@require_POST
def nothing_to_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Nothing to correct": the answer of one who was present."""
    meeting = meeting_or_404(request, pk)
    signing.say_nothing_to_correct(meeting, by=request.user)
    messages.success(request, "Thank you. The record says that you found nothing to correct")
    return redirect("meetings:minutes", pk=pk)


@require_POST
@once
def correction_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a correction to one item, or to the minutes as a whole."""
    meeting = meeting_or_404(request, pk)
    number = request.POST.get("item", "")
    item = meeting.items.filter(pk=whole_number(number)).first()
    require(may_propose_correction(request.user, meeting, _with(meeting, item)))
    key = f"k{item.pk if item else 0}"
    form = CorrectionForm(request.POST, prefix=key)
    if not form.is_valid():
        return _again(request, meeting, key, form)
    signing.propose_correction(meeting, item=item, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, f"The {signer_word(meeting.kind)} will answer your correction")
    return redirect(reverse("meetings:minutes", args=[pk]) + (f"#item-{item.pk}" if item else ""))


def _with(meeting: Meeting, item: AgendaItem | None) -> AgendaItem | None:
    if item is not None:
        item.meeting = meeting
    return item


@require_POST
def school_note(request: HttpRequest, pk: int) -> HttpResponse:
    """The school's note, where disagreement remains."""
    meeting = meeting_or_404(request, pk)
    require(may_attach_note(request.user, meeting))
    form = SchoolNoteForm(request.POST)
    if not form.is_valid():
        return _again(request, meeting, "note", form)
    signing.attach_school_note(meeting, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, "Your note stands with the minutes")
    return redirect("meetings:minutes", pk=pk)
