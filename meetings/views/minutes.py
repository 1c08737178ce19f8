"""Writing the minutes: the page, each item saved as typed, and the merge of two texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meetings.actions import clocks, follow_up, minutes, signing
from meetings.actions.minutes import StaleText
from meetings.forms import ActionForm, AttendeeForm, ChallengeForm, EvidenceForm
from meetings.merging import together
from meetings.models import AgendaItem, Meeting, Minute, MinuteConflict, Seat
from meetings.queries.agenda import MINUTED
from meetings.queries.live import clock_of_hour, clock_of_item
from meetings.queries.minutes import MinutesPage, empty_items, minutes_page
from meetings.queries.pages import agenda_url, pages_of, sign_url
from meetings.queries.part_b import part_b_edits
from meetings.queries.people import guests_of, owners_of
from meetings.queries.way import after_sending, everybody_required_came, signer_word
from meetings.rules import (
    may_edit_minutes,
    may_minute,
    may_read_minutes,
    may_sign,
    may_take_back_minutes,
)
from meetings.views.found import back_to, item_or_404, meeting_or_404
from trust.access import Capacity, Conflict, NotAllowed, require
from trust.calendar import now, today
from trust.numbers import whole_number
from trust.pages import new_key
from trust.templatetags.eyeline import clock

MOST_UNANSWERED = 12


@require_GET
def minutes_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a meeting while they are written; afterwards, the page that reads them."""
    meeting = meeting_or_404(request, pk)
    writes = may_edit_minutes(request.user, meeting)
    if not writes and may_read_minutes(request.user, meeting):
        return redirect("meetings:minutes", pk=pk)
    require(writes)
    signing.open_minutes(meeting, by=request.user)
    return render(request, "meetings/minutes_edit.html", edit_context(request, meeting))


def edit_context(
    request: HttpRequest, meeting: Meeting, bound: dict[tuple[str, int], Any] | None = None
) -> dict[str, Any]:
    """Everything the page shows; `bound` holds a form that comes back with its errors."""
    bound = bound or {}
    page = minutes_page(meeting, reader=request.user)
    owners, part_b = owners_of(meeting, today()), part_b_edits(meeting, request.user)
    due, at = follow_up.due_by_default(meeting), now()
    minutes_now = bool(may_minute(request.user, meeting))
    forms = [
        {
            "line": line,
            "part_b": part_b.get(line.item.pk),
            "clock": clock_of_item(line.item, at),
            "following": following,
            "note": bound.get(("line", line.item.pk)),
            "action": bound.get(("action", line.item.pk))
            or ActionForm(prefix=f"a{line.item.pk}", owners=owners, due=due),
            "challenge": bound.get(("challenge", line.item.pk))
            or ChallengeForm(prefix=f"c{line.item.pk}", initial={"answered_by": line.item.answered_by_role}),
            "evidence": bound.get(("evidence", line.item.pk)) or EvidenceForm(prefix=f"e{line.item.pk}"),
        }
        for line, following in zip(page.lines, [*page.lines[1:], None], strict=True)
    ]  # fmt: skip
    guests = guests_of(meeting, today())
    return {
        "page": page,
        "meeting": meeting,
        "items": forms,
        "form": next(iter(bound.values()), None),
        "attendance_values": Seat.Attendance.choices,
        "attendee": AttendeeForm(people=guests) if guests else None,
        "may_minute": minutes_now,
        "times_items": minutes_now and meeting.state == "held" and meeting.finished_at is None,
        "hour": clock_of_hour(meeting, at),
        "saved_at": _last_saved(page),
        "signer": signer_word(meeting.kind),
        "after_sending": after_sending(meeting),
        **ways_on(meeting, request.user),
        "key": new_key(),
    }


def ways_on(meeting: Meeting, user: Any) -> dict[str, Any]:
    """Where the meeting's agenda is, where it is signed, and whether its PDF is made here, for who may."""
    pages = pages_of(meeting)
    signs = meeting.state in ("with_chair", "accuracy_check") and may_sign(user, meeting)
    return {
        "agenda_url": agenda_url(meeting, pages),
        "sign_url": sign_url(meeting, pages) if signs else "",
        "may_print": not pages.agenda
        and meeting.state in MINUTED
        and bool(may_read_minutes(user, meeting)),
    }


def _last_saved(page: MinutesPage) -> str:
    times = [line.saved_at for line in page.lines if line.saved_at]
    return clock(max(times)) if times else ""


# -- the text of an item -------------------------------------------------------------------------


@require_POST
def minute_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one item's text: as typed (JSON), or by its button (to the page, or to both texts)."""
    item = item_or_404(request, pk)
    typed = request.headers.get("X-Requested-With") == "autosave"
    kept = whole_number(request.POST.get("kept", "")) if typed else None
    text = request.POST.get("text", "")
    try:
        if kept and minutes.go_on_with_kept(item, kept, text=text, by=request.user):
            return JsonResponse({"kept": kept, "saved_at": clock(now()), "said": _apart(item)})
        minute = _save(request, item, text)
    except StaleText as stale:
        return _stale(request, stale, typed=typed)
    except NotAllowed as refused:
        if not typed:
            raise
        return JsonResponse({"message": f"Not saved: {refused}"}, status=403)
    if typed:
        words = {"empty-items": empty_items(item.meeting)}
        return JsonResponse({"version": minute.version, "saved_at": clock(now()), "words": words})
    messages.success(request, f"Item {item.order} is saved")
    return back_to(request, item.meeting, item=item.pk)


def _save(request: HttpRequest, item: AgendaItem, text: str) -> Minute:
    return minutes.save_minute(
        item,
        text=text,
        version=whole_number(request.POST.get("version", "")) or 0,
        by=request.user,
        unanswered=request.POST.getlist("unanswered")[-MOST_UNANSWERED:],
    )


def _apart(item: AgendaItem) -> str:
    return f"Your text of item {item.order} is kept beside the other at {clock(now())}"


def _stale(request: HttpRequest, stale: StaleText, *, typed: bool) -> HttpResponse:
    url = reverse("meetings:minute-merge", args=[stale.conflict.pk])
    if typed:
        kept = stale.conflict.pk
        said = _apart(stale.conflict.minute.item)
        return JsonResponse(
            {"url": url, "message": str(stale), "kept": kept, "said": said}, status=409
        )
    return render(request, "meetings/minute_merge.html", _both(stale.conflict), status=409)


def _both(conflict: MinuteConflict) -> dict[str, Any]:
    item = conflict.minute.item
    return {
        "conflict": conflict, "minute": conflict.minute, "item": item, "meeting": item.meeting,
        "together": together(conflict.minute.discussion, conflict.text),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def minute_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Both texts side by side; the author puts the kept one where it belongs."""
    kept = MinuteConflict.objects.select_related(
        "minute__item__meeting", "minute__updated_by__person"
    )
    conflict = kept.filter(author=request.user, pk=pk).first()
    if conflict is None:
        raise Http404("No text to see here")
    item = conflict.minute.item
    if request.method == "GET" and conflict.resolved_at is not None:
        messages.info(request, f"Your text of item {item.order} is put in already")
        return back_to(request, item.meeting, item=item.pk)
    if request.method == "GET":
        return render(request, "meetings/minute_merge.html", _both(conflict))
    version = request.POST.get("version", "")
    try:
        minutes.resolve_conflict(
            conflict,
            text=request.POST.get("text", ""),
            version=whole_number(version) or 0,
            by=request.user,
        )
    except StaleText as stale:
        return _stale(request, stale, typed=False)
    messages.success(request, f"Item {item.order} is saved")
    return back_to(request, item.meeting, item=item.pk)


# -- the table -----------------------------------------------------------------------------------


@require_POST
def attendance_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save who was there, and what interests they declared."""
    meeting = meeting_or_404(request, pk)
    typed = request.headers.get("X-Requested-With") == "autosave"
    given, seen = _of_seats(request, meeting, ""), _of_seats(request, meeting, "was-")
    try:
        minutes.record_attendance(meeting, given, by=request.user, seen=seen)
    except (Conflict, NotAllowed) as refused:
        if not typed:
            raise
        return JsonResponse({"message": f"Not saved: {refused}"}, status=422)
    if typed:
        seats = list(meeting.seats.select_related("person").all())
        words = {"attendance": everybody_required_came(seats)}
        values = {f"interests-{seat.pk}": seat.interests for seat in seats}
        return JsonResponse({"saved_at": clock(now()), "words": words, "values": values})
    messages.success(request, "Who was there is saved")
    return back_to(request, meeting)


def _of_seats(request: HttpRequest, meeting: Meeting, before: str) -> dict[int, tuple[str, str]]:
    """What the form says of each seat; under "was-", what its page showed."""
    return {
        seat.pk: (
            request.POST.get(f"{before}attendance-{seat.pk}", ""),
            request.POST.get(f"{before}interests-{seat.pk}", ""),
        )
        for seat in meeting.seats.all()
        if f"{before}attendance-{seat.pk}" in request.POST
    }


@require_POST
def attendee_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody who came without a seat; a second click finds the seat there."""
    meeting = meeting_or_404(request, pk)
    require(may_edit_minutes(request.user, meeting))
    guests = {str(owner.person_id): owner for owner in guests_of(meeting, today())}
    form = AttendeeForm(request.POST, people=guests.values())
    if form.is_valid():
        owner = guests[form.cleaned_data["person"]]
        role = owner.capacity if meeting.school_id is None else Capacity.LEADER
        minutes.add_attendee(meeting, person=owner.as_person(), role=role, by=request.user)
        messages.success(request, f"{owner.name} is at the table")
    return back_to(request, meeting)


# -- the hour and the way ------------------------------------------------------------------------


@require_POST
def meeting_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, and begin the first item: the clerk stands in its box and types."""
    meeting = meeting_or_404(request, pk)
    minutes.start_meeting(meeting, by=request.user)
    first = meeting.items.order_by("order", "pk").first()
    if first is not None:
        clocks.begin_item(first, by=request.user)
    messages.success(request, f"Started at {clock(meeting.started_at)}")
    return back_to(request, meeting, at=f"m{first.pk}" if first else "")


@require_POST
def meeting_finish(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    minutes.finish_meeting(meeting, by=request.user)
    messages.success(
        request, f"Finished at {clock(meeting.finished_at)}. The actions are read back"
    )
    return back_to(request, meeting)


@require_POST
def minutes_send(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    signing.send_minutes(meeting, by=request.user)
    messages.success(request, f"The minutes are with the {signer_word(meeting.kind)}")
    return redirect("meetings:minutes", pk=pk)


@require_POST
def minutes_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_or_404(request, pk)
    require(may_take_back_minutes(request.user, meeting))
    signing.take_back_minutes(meeting, by=request.user)
    messages.success(request, "The minutes are yours again")
    return redirect("meetings:minutes-edit", pk=pk)
