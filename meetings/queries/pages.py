"""Which meetings an app above serves on pages and documents of its own; all others are served by the engine's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from meetings.models import Meeting


@dataclass(frozen=True)
class OwnPages:
    """Where an app above shows a meeting's agenda, and where its minutes are signed; "" for the engine's page."""

    agenda: str = ""
    sign: str = ""
    cannot_come: str = ""
    """The name of its page about a seat whose person cannot come, which takes the seat's key."""


PagesOf = Callable[[Iterable[Meeting]], Mapping[int, OwnPages]]
MeetingsOf = Callable[[], QuerySet[Any, Any]]
_pages: list[PagesOf] = []
_documents: list[MeetingsOf] = []


def register_own_pages(function: PagesOf) -> PagesOf:
    """Say for many meetings at once which have pages of an app above; those of others are left out."""
    if function not in _pages:
        _pages.append(function)
    return function


def register_own_documents(function: MeetingsOf) -> MeetingsOf:
    """Name the meetings, as a query of their keys, whose documents an app above makes itself."""
    if function not in _documents:
        _documents.append(function)
    return function


def own_pages(meetings: Iterable[Meeting]) -> dict[int, OwnPages]:
    """The pages that apps above have for these meetings, asked of each app once."""
    asked = list(meetings)
    return {pk: pages for function in _pages for pk, pages in function(asked).items()}


def pages_of(meeting: Meeting) -> OwnPages:
    """The pages an app above has for one meeting."""
    return own_pages([meeting]).get(meeting.pk, OwnPages())


def agenda_url(meeting: Meeting, pages: OwnPages | None = None) -> str:
    """Where a meeting's agenda is read and made."""
    own = pages_of(meeting) if pages is None else pages
    return own.agenda or reverse("meetings:agenda", args=[meeting.pk])


def sign_url(meeting: Meeting, pages: OwnPages | None = None) -> str:
    """Where a meeting's minutes are signed."""
    own = pages_of(meeting) if pages is None else pages
    return own.sign or reverse("meetings:minutes-sign", args=[meeting.pk])


def cannot_come_url(meeting: Meeting, seat_pk: int) -> str:
    """Where it is settled what follows when somebody required cannot come; the agenda, unless an app above offers more."""
    pages = pages_of(meeting)
    return (
        reverse(pages.cannot_come, args=[seat_pk])
        if pages.cannot_come
        else agenda_url(meeting, pages)
    )


def without_own_documents() -> QuerySet[Meeting]:
    """The meetings whose documents the engine makes."""
    found = Meeting.objects.all()
    for function in _documents:
        found = found.exclude(pk__in=function())
    return found


def has_own_documents(meeting: Meeting) -> bool:
    """Whether an app above makes the documents of this meeting."""
    return not without_own_documents().filter(pk=meeting.pk).exists()
