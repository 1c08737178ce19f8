"""Kinds of meeting as an app above lays them down."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from meetings.models import MeetingKind
from trust.access import Actor
from trust.audit import record


@transaction.atomic
def lay_down_kinds(kinds: Mapping[str, Mapping[str, object]], *, by: Actor | None = None) -> None:
    """Add kinds of meeting by their slug; a kind that is there stays as the trust has it."""
    for slug, fields in kinds.items():
        kind, is_new = MeetingKind.objects.get_or_create(slug=slug, defaults=dict(fields))
        if is_new:
            record("lay_down_kind", kind, by=by, slug=slug)
