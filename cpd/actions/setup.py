"""Put in what this app cannot work without."""

from __future__ import annotations

from django.db import transaction

from cpd.defaults import KINDS
from cpd.models import TrainingPolicy
from meetings.actions.setup import lay_down_kinds
from trust.access import Actor
from trust.audit import record


@transaction.atomic
def lay_down_defaults(*, by: Actor | None = None) -> None:
    """Add the Strategy Group to the kinds of meeting and the training settings; what is there stays."""
    lay_down_kinds(KINDS, by=by)
    policy, is_new = TrainingPolicy.objects.get_or_create(pk=1)
    if is_new:
        record("lay_down_training_policy", policy, by=by)
