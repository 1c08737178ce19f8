"""The school's own decision on its training: whatever the advice is, and whether or not there is any.

"Schools have autonomy over the training they require for their staff" (seed 1).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpd.actions.impact import plan_reviews, unplan_reviews
from cpd.actions.joining import let_go_of_places
from cpd.actions.requests import (
    check_complete,
    fresh,
    locked,
    open_versions,
    withdraw_request,
    write_fields,
)
from cpd.models import CpdRequest
from cpd.rules import may_decide_request
from trust.access import Conflict, require
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.states import transition

Decision = CpdRequest.Decision


def book_first(request: CpdRequest, *, by: User) -> CpdRequest:
    """Go ahead before the Group meets; the request is raised after the fact, and still advised on."""
    with transaction.atomic():
        row = locked(request)
        if row.state == "going_ahead":
            return fresh(request)
        if row.listing:
            raise Conflict("This training is listed only: raise it, and it is on the list")
        check_complete(row)
        transition(
            row, "book_first", by=by, raised_at=now(), raised_by=by, booked_first=True,
            decision=Decision.PROCEED,
        )  # fmt: skip
        open_versions(row, by=by)
        plan_reviews(row)
    return fresh(request)


def decide_request(
    request: CpdRequest,
    *,
    decision: str,
    by: User,
    reason: str = "",
    seen: int | None = None,
    **amended: Any,
) -> CpdRequest:
    """Record what the school decides: proceed, proceed amended, proceed despite advice, join or withdraw.

    No advice stands in its way. `amended` holds the changed figures by field name; `seen` is the version that
    was read, and another one by now is a Conflict: nobody decides on words they have not seen.
    """
    reason = reason.strip()
    if decision not in Decision.values or not decision:
        raise Conflict("Choose what the school decides")
    if decision == Decision.WITHDRAW:
        return withdraw_request(request, reason=reason, by=by, decision=Decision.WITHDRAW)
    with refusals_as_conflicts():
        row = locked(request)
        if row.state == "going_ahead" and row.decision == decision and not amended:
            return fresh(request)
        require(may_decide_request(by, row))
        if row.state == "raised":
            if seen is not None and seen != row.version:
                raise Conflict(
                    "This request was changed while you decided. Read it as it is now, then decide"
                )
            _check_words(row, decision, reason, amended)
            if amended:
                write_fields(row, amended, by=by)
        transition(row, "go_ahead", by=by, decision=decision, decision_reason=reason[:300])
        row.refresh_from_db()
        plan_reviews(row)
    return fresh(request)


def _check_words(row: CpdRequest, decision: str, reason: str, amended: dict[str, Any]) -> None:
    """Each decision says what it is: a reason beside advice, changed figures when amended."""
    if decision == Decision.DESPITE and not row.advice.exists():
        raise Conflict("There is no advice on this request yet: choose Proceed")
    if decision == Decision.DESPITE and not reason:
        raise Conflict("Give the school's reason in a sentence")
    changed = any(getattr(row, name) != value for name, value in amended.items())
    if decision == Decision.AMENDED and not changed:
        raise Conflict("Change the figures that are amended, or choose Proceed")


def reconsider_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Take a decision back, until a review is recorded or its shared purchase is bought."""
    with transaction.atomic():
        row = locked(request)
        if row.state == "raised":
            return fresh(request)
        if row.reviews.exclude(outcome="").exists():
            raise Conflict("A review of this training is recorded, so its decision stands")
        let_go_of_places(row, by=by)
        transition(
            row, "reconsider", by=by, decision="", decision_reason="", decided_at=None,
            decided_by=None, booked_first=False,
        )  # fmt: skip
        unplan_reviews(row)
    return fresh(request)
