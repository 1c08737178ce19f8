"""The actions of a rating, and the rating of an action."""

from __future__ import annotations

from meetings.models import Action
from meetings.queries.sources import Origin
from ratings.models import RatingAssessment
from trust.access import Actor


def origin_of(action: Action) -> Origin | None:
    """That a rating asked for an action, and of which day; the colour is never said here."""
    link = getattr(action, "raised_by_rating", None)
    return ("Rating", link.rating.effective_on) if link else None


def actions_of(rating: RatingAssessment, user: Actor) -> list[Action]:
    """The actions raised from a rating that this reader sees, soonest first."""
    rows = Action.objects.visible_to(user).filter(raised_by_rating__rating=rating)
    return list(rows.order_by("due_on", "pk"))
