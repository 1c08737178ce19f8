"""An action that a shared rating asks for, between two meetings."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from meetings.actions.follow_up import raise_action
from meetings.models import Action
from ratings.models import ActionOfRating, RatingAssessment
from ratings.rules import may_raise_from_rating
from trust.access import require
from trust.audit import record
from trust.people.models import User


def raise_from_rating(rating: RatingAssessment, *, by: User, **said: Any) -> Action:
    """Add an action that counts at once and points back to the rating; `said` is as for any action raised."""
    with transaction.atomic():
        require(may_raise_from_rating(by, rating))
        action = raise_action(school=rating.school, by=by, **said)
        ActionOfRating.objects.create(rating=rating, action=action)
        record("raise_from_rating", rating, by=by, action=action.pk, ref=action.ref)
    return action
