"""A request: drafted, saved, copied, raised, taken back, withdrawn; the school's own moves throughout."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, cast

from django.db import connection, models, transaction
from django.db.models import Max

from cpd.actions.impact import plan_reviews, unplan_reviews
from cpd.actions.joining import let_go_of_places
from cpd.costs import faults
from cpd.models import CentralPart, CpdRequest, RequestVersion, TrainingPolicy
from cpd.queries.costs import cost_of
from cpd.rules import may_draft_request, may_edit_request
from schools.models import School
from trust.access import Actor, Conflict, require
from trust.audit import record
from trust.calendar import now, today
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User
from trust.states import transition

EDITABLE = (
    "title", "kind", "listing", "provider", "provider_name", "audience", "staff", "hours_each",
    "starts_on", "ends_on", "mode", "priority", "indicator", "finding", "need", "need_evidence",
    "practice_change", "success_measure", "baseline", "evidence_base", "alternatives", "follow_up",
    "could_join", "sharing_plan", "mechanisms", "standard", "would_join", "fee", "materials",
    "travel", "supply_days", "supply_rate", "funding",
)  # fmt: skip
NOT_COPIED = ("starts_on", "ends_on", "finding", "baseline", "would_join", "supply_rate")
"""What is of its own year: a copy asks for it again."""
NUMBERS = 7_204_181
"""The key of the advisory lock under which the next number is taken."""


class Stale(Conflict):
    """Somebody saved the request since it was opened; nothing was changed, the text is still held."""


# -- writing ---------------------------------------------------------------------------------------


def draft_request(*, school: School, by: User, **fields: Any) -> CpdRequest:
    """Begin a request of a school, under the next number; read by that school only."""
    require(may_draft_request(by, school.pk))
    policy = TrainingPolicy.current()
    fields.setdefault("supply_rate", policy.supply_day_rate)
    request = CpdRequest(school=school, requester=by.person, created_by=by, created_at=now())
    with refusals_as_conflicts():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])
        newest = CpdRequest.objects.aggregate(newest=Max("number"))["newest"] or 0
        request.number = newest + 1
        _write(request, fields, policy)
        record("draft_request", request, by=by, number=request.number)
    request.refresh_from_db()
    return request


def save_request(request: CpdRequest, *, version: int, by: User, **fields: Any) -> CpdRequest:
    """Keep what was typed if nobody saved since `version`; what is raised keeps each version.

    Raises Stale when somebody did: nothing is changed, and the caller still holds the text.
    """
    with refusals_as_conflicts():
        row = locked(request)
        require(may_edit_request(by, row))
        if row.version != version:
            raise Stale("Somebody saved this request after you opened it. Nothing was changed")
        if row.raised_at is not None and fields.get("listing", row.listing) != row.listing:
            raise Conflict("Take the request back to change how it is raised")
        write_fields(row, fields, by=by)
        if row.state == "going_ahead":
            plan_reviews(row)  # the start may have moved
        record("save_request", row, by=by, version=row.version)
    return fresh(request)


def write_fields(row: CpdRequest, fields: dict[str, Any], *, by: User) -> None:
    """Write values to a locked row as its next version; a raised one keeps a copy of it."""
    row.version += 1
    _write(row, fields, TrainingPolicy.current())
    if row.raised_at is not None:
        _keep_version(row, by=by)


def _write(row: CpdRequest, fields: dict[str, Any], policy: TrainingPolicy) -> None:
    unknown = set(fields) - {*EDITABLE, "is_full"}
    if unknown:
        raise TypeError(f"Not a part of a request: {', '.join(sorted(unknown))}")
    wrong = faults(fields, today())
    if wrong:
        raise Conflict(next(iter(wrong.values())))
    for name, value in fields.items():
        setattr(row, name, value)
    if row.provider is not None:
        row.provider_name = row.provider.name  # so that the search finds it
    _check_pointers(row)
    row.is_full = row.listing == "" and (
        bool(fields.get("is_full")) or not policy.takes_short_form(cost_of(row).total, row.staff)
    )
    row.saved_at = now()
    row.save()


def _check_pointers(row: CpdRequest) -> None:
    """A request points to its own school's priorities and findings, or to the trust's."""
    if row.priority is not None and row.priority.school_id not in (None, row.school_id):
        raise Conflict("Choose a priority of this school or of the trust")
    if row.finding is not None and row.finding.visit.school_id != row.school_id:
        raise Conflict("Choose a finding of a visit to this school")


def content_of(row: CpdRequest) -> dict[str, Any]:
    """Everything typed in a request, as plain values."""
    told: dict[str, Any] = {}
    for name in EDITABLE:
        value = getattr(row, name)
        if isinstance(value, models.Model):
            value = value.pk
        told[name] = str(value) if isinstance(value, Decimal | dt.date) else value
    return told


def _keep_version(row: CpdRequest, *, by: User) -> None:
    RequestVersion.objects.create(
        request=row, number=row.version, content=content_of(row), total=cost_of(row).total,
        at=now(), by=by,
    )  # fmt: skip


def copy_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Begin a new draft with an earlier request's words; its dates, baseline and finding are asked for again."""
    fields = {name: getattr(request, name) for name in EDITABLE if name not in NOT_COPIED}
    if request.provider is not None and request.provider.retired_at is not None:
        fields.update(provider=None, provider_name=request.provider.name)
    if request.priority is not None and not _is_current(request):
        fields["priority"] = None
    with transaction.atomic():
        copy = draft_request(school=request.school, by=by, **fields)
        copy.copied_from = request
        copy.save(update_fields=["copied_from"])
        record("copy_request", copy, by=by, copied_from=request.pk)
    return copy


def _is_current(request: CpdRequest) -> bool:
    year = request.priority.academic_year if request.priority else None
    return year is not None and year.starts_on <= today() <= year.ends_on


# -- raising and taking back -----------------------------------------------------------------------


def missing_before_raising(request: CpdRequest) -> dict[str, str]:
    """What the Group could not do without: field name → sentence; empty when it may be raised."""
    missing = {}
    if not request.title.strip():
        missing["title"] = "Say what the training is"
    if request.staff < 1:
        missing["staff"] = "Say how many staff it is for"
    if request.starts_on is None:
        missing["starts_on"] = "Say when the training starts"
    if not request.listing and not request.need.strip():
        missing["need"] = "Say what pupils will do that they cannot do now"
    return missing


def raise_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Tell the Strategy Group what the school asks for; statutory and nationally funded training is listed only."""
    with transaction.atomic():
        row = locked(request)
        if row.state in ("raised", "listed"):
            return fresh(request)
        check_complete(row)
        last = row.ends_on or row.starts_on
        if not row.listing and last is not None and last < today():
            raise Conflict(
                "This training is over. The headteacher records it as booked, and it is raised after the fact"
            )
        _number_versions(row)
        target = "listed" if row.listing else "raised"
        transition(row, "raise_request", by=by, to=target, version=row.version)
        _keep_version(row, by=by)
    return fresh(request)


def check_complete(row: CpdRequest) -> None:
    """Raise Conflict with the first thing that is missing before a request is raised."""
    missing = missing_before_raising(row)
    if missing:
        raise Conflict(next(iter(missing.values())))


def _number_versions(row: CpdRequest) -> None:
    """Versions are counted from the day a request is raised: what was typed before is nobody's to read."""
    newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
    row.version = newest + 1


def open_versions(row: CpdRequest, *, by: User) -> None:
    """Keep the first version of a request that is raised as it is booked."""
    _number_versions(row)
    row.save(update_fields=["version"])
    _keep_version(row, by=by)


ON_THE_AGENDA = ("issued", "held", "with_chair", "accuracy_check", "final")


def take_back_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Make a raised request a draft again, until it is advised on or stands on an issued agenda."""
    with transaction.atomic():
        row = locked(request)
        if row.state == "draft":
            return fresh(request)
        if row.state in ("raised", "listed"):
            _check_unread(row)
        transition(row, "take_back", by=by, raised_at=None, raised_by=None)
        _ask_no_longer(row)
    return fresh(request)


def _check_unread(row: CpdRequest) -> None:
    """What the Group has spoken of, or is about to, is no draft again: it is withdrawn instead."""
    if row.advice.exists():
        raise Conflict("The Strategy Group has advised on this request. Withdraw it instead")
    if row.items.filter(item__meeting__state__in=ON_THE_AGENDA).exists():
        raise Conflict("This request stands on an issued agenda. Withdraw it instead")


# -- withdrawing -----------------------------------------------------------------------------------


def withdraw_request(
    request: CpdRequest, *, reason: str, by: User | None, **fields: Any
) -> CpdRequest:
    """Withdraw a request with a reason; its unanswered reviews go, and it can be undone."""
    with transaction.atomic():
        row = locked(request)
        if row.state == "withdrawn":
            return fresh(request)
        if not reason.strip() and row.state != "draft":
            raise Conflict("Say in a few words why the school withdraws it")
        let_go_of_places(row, by=by)
        was_going_ahead = row.state == "going_ahead"
        transition(
            row, "withdraw", by=cast("Actor | None", by), state_left=row.state,
            withdrawn_reason=reason.strip()[:300], **fields,
        )  # fmt: skip
        if was_going_ahead:
            unplan_reviews(row)
        _ask_no_longer(row)
    return fresh(request)


def reinstate_request(request: CpdRequest, *, by: User) -> CpdRequest:
    """Undo a withdrawal: the request stands again where it stood, with its reviews."""
    with transaction.atomic():
        row = locked(request)
        if row.state != "withdrawn":
            return fresh(request)
        back = row.state_left or "draft"
        fields: dict[str, Any] = {"withdrawn_at": None, "withdrawn_by": None}
        if row.decision == CpdRequest.Decision.WITHDRAW:
            fields["decision"] = ""
        transition(
            row, "reinstate", by=by, to=back, state_left="", withdrawn_reason="", **fields,
        )  # fmt: skip
        if back == "going_ahead":
            plan_reviews(row)
    return fresh(request)


def _ask_no_longer(row: CpdRequest) -> None:
    """The central fund is asked for nothing that the school does not ask for."""
    part = CentralPart.objects.filter(request=row).exclude(state="withdrawn").first()
    if part is not None:
        transition(part, "withdraw_part", by=None)


def locked(request: CpdRequest) -> CpdRequest:
    """The request as it is now, held until the transaction ends."""
    return CpdRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def fresh(request: CpdRequest) -> CpdRequest:
    """The caller's own object, as the row is now."""
    request.refresh_from_db()
    return request
