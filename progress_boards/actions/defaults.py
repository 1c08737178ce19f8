"""Put in what this app cannot work without."""

from __future__ import annotations

from django.db import transaction

from meetings.models import MeetingKind
from progress_boards.defaults import KINDS
from trust.access import Actor
from trust.audit import record


@transaction.atomic
def lay_down_defaults(*, by: Actor | None = None) -> None:
    """Add the Progress Board to the kinds of meeting; a kind that is there stays as the trust has it."""
    for slug, fields in KINDS.items():
        kind, is_new = MeetingKind.objects.get_or_create(slug=slug, defaults=fields)
        if is_new:
            record("lay_down_kind", kind, by=by, slug=slug)
