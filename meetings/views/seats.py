"""Coming or cannot come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from meetings.actions.replies import reply_to_meeting
from meetings.models import Meeting, Seat
from meetings.queries.pages import agenda_url, cannot_come_url
from meetings.queries.parts import parts_of
from meetings.rules import may, may_reply
from trust.access import get_visible_or_404, require


@require_http_methods(["GET", "POST"])
def seat_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for one's own seat whether one is coming; the last answer counts."""
    meeting = get_visible_or_404(Meeting.objects.with_seats(), request.user, seats__pk=pk)
    seat = Seat.objects.select_related("person", "for_person").get(pk=pk)
    seat.meeting = meeting
    require(may_reply(request.user, seat))
    if request.method == "POST":
        reply_to_meeting(seat, reply=request.POST.get("reply", ""), by=request.user)
        return _replied(request, meeting, seat)
    context = {
        "seat": seat,
        "meeting": meeting,
        "parts": parts_of(meeting),
        "agenda_url": agenda_url(meeting),
    }
    return render(request, "meetings/seat_reply.html", context)


def _replied(request: HttpRequest, meeting: Meeting, seat: Seat) -> HttpResponse:
    """What was said, and who hears of it; whoever dates the meeting goes on to the ways out."""
    words = f"Your reply is saved: {seat.get_reply_display().lower()}"
    if seat.reply != Seat.Reply.CANNOT or not seat.is_required:
        messages.success(request, words)
    elif may(request.user, meeting, "schedule"):
        messages.success(request, words)
        return redirect(cannot_come_url(meeting, seat.pk))
    else:
        messages.success(request, f"{words}. Whoever sets the dates is told at once")
    return redirect("meetings:seat-reply", pk=seat.pk)
