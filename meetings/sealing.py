"""What is sealed when minutes become final: the engine's own rows, and those of the apps above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from meetings.models import (
    Challenge,
    EvidenceSeen,
    Meeting,
    Minute,
    PartB,
    PartBCorrection,
    PartBReply,
)
from trust.calendar import now

Sealer = Callable[[Meeting, dt.datetime], object]
_sealers: list[Sealer] = []


def register_sealer(function: Sealer) -> Sealer:
    """Add what an app above seals of its own when a meeting becomes final, in the same transaction."""
    if function not in _sealers:
        _sealers.append(function)
    return function


def seal(meeting: Meeting) -> None:
    """Seal every row that belongs to the record; called inside the transaction that makes it final."""
    at = now()
    open_rows = (
        meeting.items,
        meeting.seats,
        meeting.corrections,
        Minute.objects.filter(item__meeting=meeting),
        Challenge.objects.filter(minute__item__meeting=meeting),
        EvidenceSeen.objects.filter(minute__item__meeting=meeting),
        PartB.objects.filter(item__meeting=meeting),
        PartBCorrection.objects.filter(part__item__meeting=meeting),
        PartBReply.objects.filter(part__item__meeting=meeting),
    )
    for rows in open_rows:
        rows.filter(sealed_at=None).update(sealed_at=at)
    for sealer in _sealers:
        sealer(meeting, at)
