"""The versions of final minutes: the first as sealed, and a later one for each erratum stated since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from meetings.documents.pieces import moment_words, paragraphs
from meetings.models import Meeting
from trust.access import Actor
from trust.calendar import now
from trust.documents import request_document
from trust.models import Document

SWEPT = dt.timedelta(days=14)
"""For how long a lost bell of an erratum is made good by the sweep; the button makes it at any time."""


@dataclass(frozen=True)
class MinutesMaker:
    """How the minutes of a meeting are asked for, its final versions oldest first, and their template."""

    request: Callable[[Actor | None], Document]
    versions: QuerySet[Document]
    layout: str


MakerOf = Callable[[Meeting], MinutesMaker | None]
_makers: list[MakerOf] = []


def register_minutes_maker(function: MakerOf) -> MakerOf:
    """Add who makes the minutes of some meetings; it answers None for one that is none of its own."""
    if function not in _makers:
        _makers.append(function)
    return function


def maker_of(meeting: Meeting) -> MinutesMaker:
    """Whoever makes the minutes of this meeting; LookupError when nobody does."""
    found = (made for function in _makers if (made := function(meeting)) is not None)
    maker = next(found, None)
    if maker is None:
        raise LookupError(f"Nobody makes the minutes of {meeting}")
    return maker


def errata_words(meeting: Meeting) -> list[dict[str, Any]]:
    """Each erratum as a version states it."""
    rows = meeting.errata.select_related("item").order_by("number")
    return [
        {
            "number": row.number,
            "where": f"Item {row.item.order}" if row.item else "The minutes as a whole",
            "text": paragraphs(row.text),
            "reason": row.reason,
            "when": moment_words(row.recorded_at),
        }
        for row in rows
    ]


def request_final(
    kind: str, subject: Model, *, kept: QuerySet[Document], meeting: Meeting,
    fresh: Callable[[], dict[str, Any]], by: Actor | None,
) -> Document:  # fmt: skip
    """The newest version of final minutes: as they were sealed, word by word, and the errata since."""
    versions = list(kept.order_by("pk"))
    errata = errata_words(meeting)
    if versions and len(versions[-1].snapshot.get("errata", ())) == len(errata):
        return versions[-1]
    snapshot = dict(versions[0].snapshot) if versions else fresh()
    if errata:
        title = f"{snapshot['title']}, version {len(errata) + 1}"
        snapshot |= {"title": title, "errata": errata, "version": len(errata) + 1}
    return request_document(kind, subject, title=snapshot["title"], snapshot=snapshot, by=by)


def meetings_with_new_errata() -> list[int]:
    """Meetings with an erratum of late that no version states yet."""
    late = Meeting.objects.filter(errata__recorded_at__gte=now() - SWEPT).distinct()
    found = []
    for meeting in late.select_related("kind", "school"):
        stated = (doc.snapshot.get("errata", ()) for doc in maker_of(meeting).versions)
        if max(map(len, stated), default=0) < meeting.errata.count():
            found.append(meeting.pk)
    return found


def make_anew(pk: int) -> Document | None:
    """Ask for the version that states a meeting's errata; one that is there is left as it is."""
    meeting = Meeting.objects.with_seats().filter(pk=pk, state="final").first()
    return maker_of(meeting).request(None) if meeting else None
