"""Setting up a trust: its profile and every app's defaults, by one act."""

from __future__ import annotations

from django.db import transaction

from evidence.actions import lay_down_defaults as lay_down_evidence
from progress_boards.actions.defaults import lay_down_defaults as lay_down_boards
from ratings.actions import lay_down_defaults as lay_down_ratings
from schools.actions import lay_down_default_calendar
from trust.access import Actor, Conflict
from trust.audit import record
from trust.models import PRESETS, TrustProfile
from trust.term_dates import ENGLISH_YEARS


@transaction.atomic
def set_up_trust(*, name: str, preset: str = "full", by: Actor | None = None) -> TrustProfile:
    """Name the trust, choose its steps and put in the defaults; a second time nothing a trust changed is lost.

    Raises Conflict for a preset that is neither Light nor Full.
    """
    if preset not in PRESETS:
        raise Conflict("Choose Light or Full")
    profile = TrustProfile.objects.select_for_update().first()
    if profile is None:
        profile = TrustProfile.objects.create(pk=1, name=name, steps=dict(PRESETS[preset]))
        record("set_up_trust", profile, by=by, preset=preset)
    for year in ENGLISH_YEARS:
        lay_down_default_calendar(year, by=by)
    lay_down_evidence()
    lay_down_ratings()
    lay_down_boards()
    return profile
