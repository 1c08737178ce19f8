"""Finding what an address names, for whoever asks, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from meetings.models import AgendaItem, Meeting
from trust.access import Conflict, NotAllowed, get_visible_or_404

V = TypeVar("V", bound=Callable[..., HttpResponse])


def is_live(request: HttpRequest) -> bool:
    """Whether the open page asks for an answer that it puts in place itself."""
    return request.headers.get("X-Requested-With") == "live"


def told(view: V) -> V:
    """A view that tells the open page in words why an act is refused; others get the page that says so."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Conflict, NotAllowed) as refused:
            if not is_live(request):
                raise
            return JsonResponse({"message": str(refused)}, status=409)

    return cast("V", answering)


def meeting_or_404(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, with what rules and pages read of it; a stranger gets 404."""
    return get_visible_or_404(Meeting.objects.with_seats(), request.user, pk=pk)


def item_or_404(request: HttpRequest, pk: int) -> AgendaItem:
    """An item of a meeting this person may see in the calendar; who may do what is for the rules."""
    meeting = get_visible_or_404(Meeting.objects.with_seats(), request.user, items__pk=pk)
    item = AgendaItem.objects.get(pk=pk)
    item.meeting = meeting
    return item


def back_to(
    request: HttpRequest, meeting: Meeting, *, item: int | None = None, at: str = ""
) -> HttpResponse:
    """To the page the form names, when it is one of ours, else to the minutes; at the item, or the place named."""
    wanted = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    url = wanted if wanted and ours else reverse("meetings:minutes-edit", args=[meeting.pk])
    place = f"item-{item}" if item else at
    return HttpResponseRedirect(f"{url}#{place}" if place else url)
