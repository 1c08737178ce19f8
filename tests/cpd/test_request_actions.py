"""The school's own moves with a request: each act, its second click, its refusals, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from cpd.actions.decisions import book_first, decide_request, reconsider_request
from cpd.actions.requests import (
    Stale,
    copy_request,
    draft_request,
    raise_request,
    reinstate_request,
    save_request,
    take_back_request,
    withdraw_request,
)
from cpd.models import Advice, CpdRequest
from schools.queries import with_posts
from tests.factories import CpdRequestFactory, GroupMeetingFactory, PriorityFactory, SchoolFactory
from trust.access import Conflict, NotAllowed
from trust.calendar import now, today
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db

ASKED: dict[str, Any] = {
    "title": "Spelling subscription", "kind": "subscription", "provider_name": "Fenland Spelling",
    "staff": 4, "hours_each": Decimal(3), "starts_on": dt.date(2027, 1, 11),
    "need": "Year 2 pupils spell the common exception words", "fee": Decimal(220),
    "supply_days": Decimal(1),
}  # fmt: skip


@pytest.fixture
def by(head: Any) -> Any:
    return with_posts(head, on=today())


@pytest.fixture
def draft(school: Any, by: Any) -> CpdRequest:
    return draft_request(school=school, by=by, **ASKED)


def advise(request: CpdRequest, user: Any, words: str = "against") -> Advice:
    meeting = GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="held").meeting
    return Advice.objects.create(
        request=request, meeting=meeting, advice=words, note="Low likely impact",
        request_version=request.version, recorded_by=user, recorded_at=now(),
    )  # fmt: skip


def test_draft_request_takes_the_next_number_and_the_trusts_supply_rate(
    school: Any, by: Any
) -> None:
    first, second = (draft_request(school=school, by=by) for _ in range(2))
    assert second.number == first.number + 1
    assert first.supply_rate == Decimal(160)
    assert first.requester == by.person


def test_draft_request_of_another_school_is_refused(other_school: Any, by: Any) -> None:
    with pytest.raises(NotAllowed):
        draft_request(school=other_school, by=by)


def test_draft_request_totals_its_cost(draft: CpdRequest) -> None:
    assert draft.total == Decimal(380)
    assert not draft.is_full


def test_save_request_above_the_trusts_cost_opens_the_full_form(draft: CpdRequest, by: Any) -> None:
    save_request(draft, version=draft.version, by=by, fee=Decimal(900))
    assert draft.is_full
    save_request(draft, version=draft.version, by=by, fee=Decimal(10))
    assert not draft.is_full


def test_save_request_of_an_older_version_changes_nothing(draft: CpdRequest, by: Any) -> None:
    save_request(draft, version=1, by=by, title="First")
    with pytest.raises(Stale):
        save_request(draft, version=1, by=by, title="Second")
    draft.refresh_from_db()
    assert draft.title == "First"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("fee", Decimal(-1), "below £0"),
        ("fee", Decimal(250001), "£250,000"),
        ("staff", 2001, "2,000"),
        ("ends_on", dt.date(2026, 12, 1), "ends before it starts"),
        ("starts_on", dt.date(2020, 1, 1), "more than a year ago"),
        ("starts_on", dt.date(2030, 1, 1), "two years from now"),
    ],
)
def test_save_request_with_what_cannot_be_says_so(
    draft: CpdRequest, by: Any, field: str, value: Any, words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        save_request(draft, version=1, by=by, **{"starts_on": draft.starts_on, field: value})
    draft.refresh_from_db()
    assert draft.version == 1


def test_save_request_to_another_schools_priority_is_refused(draft: CpdRequest, by: Any) -> None:
    with pytest.raises(Conflict, match="priority of this school"):
        save_request(draft, version=1, by=by, priority=PriorityFactory(school=SchoolFactory()))


def test_raise_request_keeps_version_one_whatever_was_typed_before(
    draft: CpdRequest, by: Any
) -> None:
    for n in range(3):
        save_request(draft, version=draft.version, by=by, title=f"Draft {n}")
    raise_request(draft, by=by)
    assert (draft.state, draft.version) == ("raised", 1)
    assert [v.number for v in draft.versions.all()] == [1]


def test_raise_request_twice_does_nothing_twice(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    at = draft.raised_at
    raise_request(draft, by=by)
    assert draft.raised_at == at
    assert draft.versions.count() == 1


@pytest.mark.parametrize("field", ["title", "need", "staff", "starts_on"])
def test_raise_request_without_what_the_group_needs_names_it(
    draft: CpdRequest, by: Any, field: str
) -> None:
    empty: Any = {"staff": 0, "starts_on": None}.get(field, "")
    save_request(draft, version=1, by=by, **{field: empty})
    with pytest.raises(Conflict, match="Say"):
        raise_request(draft, by=by)
    assert CpdRequest.objects.get(pk=draft.pk).state == "draft"


def test_raise_request_of_statutory_training_lists_it_without_need_or_review(
    draft: CpdRequest, by: Any
) -> None:
    save_request(draft, version=1, by=by, listing="statutory", need="")
    raise_request(draft, by=by)
    assert draft.state == "listed"
    assert not draft.reviews.exists()


def test_save_raised_request_keeps_each_version(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    save_request(draft, version=1, by=by, fee=Decimal(300))
    assert [(v.number, v.total) for v in draft.versions.order_by("number")] == [
        (1, Decimal(380)), (2, Decimal(460)),
    ]  # fmt: skip


def test_take_back_request_hides_it_again(draft: CpdRequest, by: Any, other_head: Any) -> None:
    raise_request(draft, by=by)
    other = with_posts(other_head, on=today())
    assert CpdRequest.objects.visible_to(other).count() == 1
    take_back_request(draft, by=by)
    assert not CpdRequest.objects.visible_to(other).exists()
    withdraw_request(draft, reason="", by=by)
    assert not CpdRequest.objects.visible_to(other).exists()


def test_take_back_request_that_is_advised_on_is_refused(
    draft: CpdRequest, by: Any, dsi: Any
) -> None:
    raise_request(draft, by=by)
    advise(draft, dsi)
    with pytest.raises(Conflict, match="advised"):
        take_back_request(draft, by=by)


@pytest.mark.parametrize("advice", Advice.Words.values)
def test_decide_request_whatever_the_advice_goes_ahead(
    draft: CpdRequest, by: Any, dsi: Any, advice: str
) -> None:
    raise_request(draft, by=by)
    advise(draft, dsi, advice)
    decide_request(draft, decision="proceed", by=by)
    assert draft.state == "going_ahead"
    assert [r.is_combined for r in draft.reviews.all()] == [True]


def test_decide_request_despite_advice_needs_its_reason(
    draft: CpdRequest, by: Any, dsi: Any
) -> None:
    raise_request(draft, by=by)
    advise(draft, dsi)
    with pytest.raises(Conflict, match="reason"):
        decide_request(draft, decision="despite", by=by, reason=" ")
    decide_request(draft, decision="despite", by=by, reason="It leads a trust twilight")
    assert (draft.state, draft.decision) == ("going_ahead", "despite")


def test_decide_request_amended_makes_a_new_version(draft: CpdRequest, by: Any, dsi: Any) -> None:
    raise_request(draft, by=by)
    advice = advise(draft, dsi, "alternative")
    decide_request(draft, decision="amended", by=by, staff=20)
    assert (draft.staff, draft.version, draft.is_full) == (20, 2, True)
    assert advice.request_version == 1
    assert draft.versions.count() == 2


def test_decide_request_amended_without_a_change_says_so(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    with pytest.raises(Conflict, match="Change the figures"):
        decide_request(draft, decision="amended", by=by, staff=draft.staff)


def test_decide_request_twice_plans_reviews_once(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    decide_request(draft, decision="proceed", by=by)
    decide_request(draft, decision="proceed", by=by)
    assert draft.reviews.count() == 1


def test_decide_request_by_a_leader_or_another_head_is_refused(
    draft: CpdRequest, by: Any, leader: Any, other_head: Any, ceo: Any
) -> None:
    raise_request(draft, by=by)
    for user in (leader, other_head, ceo):
        with pytest.raises(NotAllowed):
            decide_request(draft, decision="proceed", by=with_posts(user, on=today()))


def test_book_first_raises_it_after_the_fact_and_leaves_it_to_be_advised_on(
    draft: CpdRequest, by: Any
) -> None:
    book_first(draft, by=by)
    assert (draft.state, draft.booked_first, draft.version) == ("going_ahead", True, 1)
    assert draft in CpdRequest.objects.to_advise_on()
    assert draft.reviews.exists()
    book_first(draft, by=by)
    assert draft.versions.count() == 1


def test_raise_request_of_training_that_is_over_points_to_booking(
    draft: CpdRequest, by: Any
) -> None:
    save_request(draft, version=1, by=by, starts_on=dt.date(2026, 10, 5))
    with pytest.raises(Conflict, match="after the fact"):
        raise_request(draft, by=by)
    book_first(draft, by=by)
    assert draft.state == "going_ahead"


def test_reconsider_request_opens_the_decision_and_drops_its_reviews(
    draft: CpdRequest, by: Any
) -> None:
    raise_request(draft, by=by)
    decide_request(draft, decision="proceed", by=by)
    reconsider_request(draft, by=by)
    assert (draft.state, draft.decision, draft.decided_at) == ("raised", "", None)
    assert not draft.reviews.exists()


def test_withdraw_request_needs_a_reason_once_raised_and_can_be_undone(
    draft: CpdRequest, by: Any
) -> None:
    raise_request(draft, by=by)
    decide_request(draft, decision="proceed", by=by)
    with pytest.raises(Conflict, match="why"):
        withdraw_request(draft, reason=" ", by=by)
    withdraw_request(draft, reason="The provider is ill", by=by)
    assert draft.state == "withdrawn"
    assert not draft.reviews.exists()
    reinstate_request(draft, by=by)
    assert (draft.state, draft.withdrawn_at) == ("going_ahead", None)
    assert draft.reviews.count() == 1


def test_decide_request_withdraw_can_be_undone_to_raised(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    decide_request(draft, decision="withdraw", by=by, reason="Bought elsewhere")
    assert (draft.state, draft.decision) == ("withdrawn", "withdraw")
    reinstate_request(draft, by=by)
    assert (draft.state, draft.decision) == ("raised", "")


def test_withdraw_request_asks_the_central_fund_no_longer(draft: CpdRequest, by: Any) -> None:
    from cpd.actions.funding import ask_central_part

    raise_request(draft, by=by)
    ask_central_part(draft, amount=Decimal(100), by=by)
    withdraw_request(draft, reason="Not this year", by=by)
    assert draft.central_part.state == "withdrawn"


def test_copy_request_asks_again_for_what_was_of_its_year(draft: CpdRequest, by: Any) -> None:
    save_request(draft, version=1, by=by, baseline="41%", would_join=True)
    copy = copy_request(draft, by=by)
    assert (copy.title, copy.fee, copy.copied_from) == (draft.title, draft.fee, draft)
    assert (copy.starts_on, copy.baseline, copy.would_join) == (None, "", False)


def test_every_act_leaves_its_audit_row_in_the_same_transaction(draft: CpdRequest, by: Any) -> None:
    raise_request(draft, by=by)
    withdraw_request(draft, reason="Not now", by=by)
    verbs = AuditEvent.objects.filter(object_type="cpd.cpdrequest").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["draft_request", "raise_request", "withdraw"]


def test_raised_request_total_equals_what_sql_adds_up(school: Any) -> None:
    for n in range(7):
        CpdRequestFactory(school=school, raised=True, fee=Decimal(n * 37), staff=n + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(fee + materials + travel + supply_days * supply_rate), sum(total) FROM cpd_cpdrequest"
        )
        by_parts, by_total = cursor.fetchone()
    assert by_parts == by_total
