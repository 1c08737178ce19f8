"""Requests, advice, purchases and practice of one school, with a word of its own in every guarded field."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cpd.models import (
    Advice,
    CentralPart,
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    JointProject,
    MemberScore,
    PracticeCard,
    PracticeNotice,
    ProjectSchool,
    PurchaseSchool,
    RequestVersion,
    SharedPurchase,
    TrainingItem,
)
from evidence.models import Finding, VisitKind, VisitRecord
from improvement.models import Priority
from meetings.models import AgendaItem
from tests import factories
from trust.calendar import now
from trust.people.models import User

if TYPE_CHECKING:
    from tests.attack.planting import Planted

GUARDED = (
    "need_evidence", "practice_change", "success_measure", "baseline", "evidence_base",
    "alternatives", "follow_up", "could_join", "sharing_plan",
)  # fmt: skip
"""Fields of a raised request that other schools' heads do not read."""


def plant_training(made: Planted, users: dict[str, User], group: GroupMeeting) -> None:
    """A request in each state, what points at it, and what the school shares of its practice."""
    priority = _priority(made, users)
    finding = _finding(made, users)
    for stage, more in (
        ("draft", {}),
        ("raised", {"raised": True}),
        ("going", {"going_ahead": True, "decision_reason": made.word("decision_reason")}),
        ("unraised", {"state": "withdrawn", "state_left": "draft",
                      "withdrawn_reason": made.word("withdrawn_unraised"), "withdrawn_at": now(),
                      "withdrawn_by": users["head"]}),
    ):  # fmt: skip
        request = _request(made, users, stage, priority, finding, **more)
        made.at("cpd:request", pk=request.pk)
        made.at("cpd:request-edit", pk=request.pk)
        if stage == "raised":
            _advise(made, users, request, group)
        if stage == "going":
            _review(made, users, request)
    _purchase(made, users)
    _practice(made, users)


def _priority(made: Planted, users: dict[str, User]) -> Priority:
    priority: Priority = factories.PriorityFactory(
        school=made.school, number=1, title=made.word("priority"), created_by=users["head"],
        rationale=made.word("priority_rationale"), outcome=made.word("priority_outcome"),
        state="off_track", report_note=made.word("priority_report"), reported_at=now(),
        reported_by=users["head"],
    )  # fmt: skip
    made.at("improvement:priority", pk=priority.pk)
    made.at("improvement:priority-edit", pk=priority.pk)
    return priority


def _finding(made: Planted, users: dict[str, User]) -> Finding:
    """A finding of a draft visit: what a request rests on is not read through the request."""
    kind = VisitKind.objects.first()
    visit = VisitRecord.objects.create(
        school=made.school, kind=kind, visited_on=dt.date(2026, 11, 3), created_by=users["dsi"],
        created_at=now(), focus="Reading",
    )  # fmt: skip
    return Finding.objects.create(visit=visit, kind="develop", text=made.word("linked_finding"))


def _request(
    made: Planted,
    users: dict[str, User],
    stage: str,
    priority: Priority,
    finding: Finding,
    **more: Any,
) -> CpdRequest:
    words = {name: made.word(f"{name}_{stage}") for name in GUARDED}
    request: CpdRequest = factories.CpdRequestFactory(
        school=made.school, created_by=users["head"], title=made.word(f"title_{stage}"),
        need=made.word(f"need_{stage}"), provider_name=made.word(f"provider_{stage}"),
        priority=priority, finding=finding, is_full=True, **words, **more,
    )  # fmt: skip
    if request.raised_at:
        RequestVersion.objects.create(
            request=request, number=1, total=380, at=now(), by=users["head"],
            content={"title": request.title, "need": request.need, **words},
        )  # fmt: skip
        made.at("cpd:request-version", pk=request.pk, number=1)
    return request


def _advise(
    made: Planted, users: dict[str, User], request: CpdRequest, group: GroupMeeting
) -> None:
    item = AgendaItem.objects.create(
        meeting=group.meeting, order=AgendaItem.objects.filter(meeting=group.meeting).count() + 1,
        type="business", title=request.title, minutes=10,
    )  # fmt: skip
    TrainingItem.objects.create(item=item, request=request)
    Advice.objects.create(
        request=request, meeting=group.meeting, advice="against", note=made.word("advice_note"),
        request_version=1, recorded_by=users["dsi"], recorded_at=now(),
    )  # fmt: skip
    MemberScore.objects.create(
        request=request, meeting=group.meeting, person=users["ceo"].person, by=users["ceo"],
        conflict=made.word("score_conflict"), at=now(),
    )  # fmt: skip
    CentralPart.objects.create(
        request=request, academic_year=factories.make_year(2026), amount=100, asked_at=now(),
        state="declined", decided_at=now(), decided_by=users["ceo"],
        decided_reason=made.word("fund_reason"),
    )  # fmt: skip


def _review(made: Planted, users: dict[str, User], request: CpdRequest) -> None:
    review = ImpactReview.objects.create(
        request=request, level=4, due_on=dt.date(2026, 11, 6), outcome="partly",
        evidence=made.word("review_evidence"), measured=made.word("review_measured"),
        reviewed_at=now(), reviewed_by=users["head"],
    )  # fmt: skip
    made.at("cpd:review", pk=review.pk)


def _purchase(made: Planted, users: dict[str, User]) -> None:
    purchase = SharedPurchase.objects.create(
        title=made.word("purchase"), note=made.word("purchase_note"), created_by=users["dsi"],
        created_at=now(), lead_school=made.school,
    )  # fmt: skip
    PurchaseSchool.objects.create(purchase=purchase, school=made.school, staff=4)
    made.at("cpd:purchase", pk=purchase.pk)


def _practice(made: Planted, users: dict[str, User]) -> None:
    draft = PracticeCard.objects.create(
        school=made.school, title=made.word("card_draft"), what=made.word("card_draft_what"),
        created_by=users["leader"], created_at=now(),
    )  # fmt: skip
    shared = PracticeCard.objects.create(
        school=made.school, title=made.word("card"), what=made.word("card_what"), shared_at=now(),
        shared_by=users["head"], created_by=users["leader"], created_at=now(),
    )  # fmt: skip
    for card in (draft, shared):
        made.at("cpd:practice", pk=card.pk)
        made.at("cpd:practice-edit", pk=card.pk)
    PracticeNotice.objects.create(
        kind="need", school=made.school, title=made.word("notice"), posted_by=users["head"],
        posted_at=now(),
    )  # fmt: skip
    project = JointProject.objects.create(
        title=made.word("project"), question=made.word("project_question"),
        created_by=users["head"], created_at=now(),
    )  # fmt: skip
    ProjectSchool.objects.create(project=project, school=made.school)
    made.at("cpd:project", pk=project.pk)
