"""What the school says of its rating: its own view before, the headteacher's comment after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from evidence.models import Indicator
from ratings.actions.drafts import locked
from ratings.models import (
    Band,
    RatingAssessment,
    SchoolView,
)
from ratings.queries import (
    own_view_asked,
)
from ratings.rules import (
    may_comment,
    may_enter_own_view,
)
from schools.models import School
from trust.access import Capacity, Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import User


@dataclass(frozen=True)
class OwnView:
    """The school's band and line for one indicator."""

    indicator: Indicator
    band: Band
    line: str = ""


@transaction.atomic
def enter_own_view(school: School, views: Iterable[OwnView], *, by: User) -> None:
    """Enter the school's own view; the latest line of each indicator counts, until the rating is shared."""
    require(may_enter_own_view(by, school))
    asked = own_view_asked(school)
    if asked is None:
        raise Conflict("The school's own view is not being asked for now")
    held = by.posts.holding(Capacity.HEAD, school=school.pk)
    entered = [
        SchoolView(
            school=school,
            assessment=asked,
            indicator=each.indicator,
            band=each.band,
            line=each.line.strip(),
            entered_by=by,
            entered_at=now(),
        )
        for each in views
    ]
    SchoolView.objects.filter(
        assessment=asked, indicator__in=[each.indicator for each in entered]
    ).delete()
    SchoolView.objects.bulk_create(entered)
    record(
        "enter_own_view",
        school,
        by=by,
        acted_as=Capacity.HEAD,
        acted_for=held.for_person_id if held else None,
        indicators=len(entered),
    )


@transaction.atomic
def comment_as_head(assessment: RatingAssessment, *, by: User, comment: str) -> RatingAssessment:
    """Set the headteacher's comment beside the rating that stands; the rating itself does not move."""
    rating = locked(assessment)
    require(may_comment(by, rating))
    held = by.posts.holding(Capacity.HEAD, school=rating.school_id)
    rating.head_comment = comment.strip()
    rating.head_comment_at = now()
    rating.head_comment_by = by
    rating.save(update_fields=["head_comment", "head_comment_at", "head_comment_by"])
    record(
        "comment_on_rating",
        rating,
        by=by,
        acted_as=Capacity.HEAD,
        acted_for=held.for_person_id if held else None,
    )
    return rating
