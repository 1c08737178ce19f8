"""Coming or cannot come; and the papers of a meeting."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from meetings.actions import scheduling
from meetings.models import Meeting, Paper, Seat
from meetings.queries.parts import parts_of
from meetings.rules import may_read_agenda, may_reply
from meetings.views.found import meeting_or_404
from trust.access import get_visible_or_404, require
from trust.uploads import send_file


@require_http_methods(["GET", "POST"])
def seat_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for one's own seat whether one is coming; the last answer counts."""
    meeting = get_visible_or_404(Meeting.objects.with_seats(), request.user, seats__pk=pk)
    seat = Seat.objects.select_related("person", "for_person").get(pk=pk)
    seat.meeting = meeting
    require(may_reply(request.user, seat))
    if request.method == "POST":
        scheduling.reply_to_meeting(seat, reply=request.POST.get("reply", ""), by=request.user)
        messages.success(request, f"Your reply is saved: {seat.get_reply_display().lower()}")
        return redirect("meetings:seat-reply", pk=pk)
    context = {"seat": seat, "meeting": meeting, "parts": parts_of(meeting)}
    return render(request, "meetings/seat_reply.html", context)


@require_GET
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """A paper, for those who read the agenda."""
    found = Paper.objects.select_related("document").filter(pk=pk).first()
    meeting = meeting_or_404(request, found.meeting_id if found else 0)
    require(may_read_agenda(request.user, meeting))
    if found is None:
        raise Http404("No paper to see here")
    if found.document is not None:
        return send_file(found.document.file, found.document.file_name)
    return send_file(found.file, found.file_name)
