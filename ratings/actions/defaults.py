"""Put in what this app cannot work without."""

from __future__ import annotations

from django.db import transaction

from ratings.defaults import BANDS, LEVELS, NOT_RATED_BOARDS
from ratings.models import (
    Band,
    BoardPolicy,
    LevelOfSupport,
)
from trust.access import Actor
from trust.audit import record


@transaction.atomic
def lay_down_defaults(*, by: Actor | None = None) -> None:
    """Put in the bands, levels and policy that are not there yet; what a trust has changed stays."""
    if not LevelOfSupport.objects.exists():
        LevelOfSupport.objects.bulk_create(LevelOfSupport(**row) for row in LEVELS)
    if not Band.objects.exists():
        levels = {level.order: level for level in LevelOfSupport.objects.all()}
        Band.objects.bulk_create(Band(**{**row, "level": levels[row["level"]]}) for row in BANDS)
    policy, is_new = BoardPolicy.objects.get_or_create(
        pk=1, defaults={"not_rated": NOT_RATED_BOARDS}
    )
    if is_new:
        record("lay_down_ratings", policy, by=by)
