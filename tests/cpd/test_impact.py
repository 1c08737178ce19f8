"""Reviews of impact: planned on the school's days, recorded once, asked for again, and the verdict."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cpd.actions.impact import (
    evaluate_request,
    look_again_request,
    plan_reviews,
    record_review,
    unplan_reviews,
)
from cpd.actions.requests import reinstate_request, withdraw_request
from cpd.models import CpdRequest, ImpactReview
from cpd.review_dates import end_of_term, full_plan, short_plan
from schools.models import School
from schools.queries.calendars import school_calendar
from tests.factories import CpdRequestFactory
from trust.access import Conflict, NotAllowed
from trust.models import AuditEvent
from trust.people.models import User
from trust.uploads import check_upload

pytestmark = pytest.mark.django_db
STARTS = dt.date(2027, 1, 11)


def going_ahead(school: School, **fields: Any) -> CpdRequest:
    return CpdRequestFactory(school=school, going_ahead=True, **fields)


def days_of(request: CpdRequest) -> list[tuple[int, dt.date]]:
    return list(request.reviews.values_list("level", "due_on"))


# -- when ------------------------------------------------------------------------------------------


def test_plan_short_form_falls_in_the_holiday_and_moves_to_the_third_school_day(
    school: School,
) -> None:
    request = going_ahead(school, starts_on=STARTS)
    assert STARTS + dt.timedelta(weeks=12) == dt.date(2027, 4, 5)
    plan_reviews(request)
    assert days_of(request) == [(4, dt.date(2027, 4, 14))]
    assert request.reviews.get().is_combined


def test_plan_full_form_lays_five_levels(school: School) -> None:
    request = going_ahead(school, starts_on=dt.date(2026, 9, 14), is_full=True)
    plan_reviews(request)
    assert days_of(request) == [
        (1, dt.date(2026, 9, 21)),
        (2, dt.date(2026, 9, 28)),
        (3, dt.date(2026, 11, 4)),  # 26 October lies in half term; 2 and 3 November are too early
        (4, dt.date(2026, 12, 7)),
        (5, dt.date(2027, 7, 21)),  # started in autumn: the end of summer
    ]


def test_two_terms_end_with_the_second_term_after_the_start(school: School) -> None:
    calendar = school_calendar(school)
    assert end_of_term(dt.date(2026, 10, 1), 2, calendar) == dt.date(2027, 7, 21)
    # In the Christmas holiday the training counts to the spring term.
    assert end_of_term(dt.date(2026, 12, 28), 1, calendar) == dt.date(2027, 7, 21)


def test_plan_beyond_the_calendar_falls_on_a_weekday(school: School) -> None:
    calendar = school_calendar(school)
    start = dt.date(2031, 2, 1)
    days = [r.due_on for r in full_plan(start, [{"level": 5, "terms": 2}], calendar)]
    days += [r.due_on for r in short_plan(start, 12, calendar)]
    assert days == [dt.date(2031, 8, 4), dt.date(2031, 4, 28)]


def test_plan_again_moves_what_is_to_come_and_keeps_what_is_answered(
    school: School, head: User
) -> None:
    request = going_ahead(school, starts_on=dt.date(2026, 11, 9), is_full=True)
    plan_reviews(request)
    first = request.reviews.get(level=1)
    record_review(first, outcome="met", evidence="All said it was useful", by=head)
    request.starts_on = dt.date(2026, 11, 30)
    request.save()
    plan_reviews(request)
    plan_reviews(request)
    assert days_of(request)[:3] == [
        (1, dt.date(2026, 11, 16)),
        (2, dt.date(2026, 12, 14)),
        (3, dt.date(2027, 1, 11)),
    ]
    assert request.reviews.count() == 5


def test_plan_again_never_puts_off_a_review_that_is_late(school: School) -> None:
    request = going_ahead(school, starts_on=dt.date(2026, 11, 2), is_full=True)
    plan_reviews(request)
    late = request.reviews.get(level=1)
    assert late.due_on < dt.date(2026, 11, 21)
    before = days_of(request)
    plan_reviews(request)
    assert days_of(request) == before


def test_plan_listed_only_lays_nothing(school: School) -> None:
    request = CpdRequestFactory(school=school, raised=True, state="listed", listing="statutory")
    assert plan_reviews(request) == []
    assert plan_reviews(CpdRequestFactory(school=school, starts_on=None)) == []


def test_unplan_takes_away_the_unanswered_and_keeps_the_words(school: School, head: User) -> None:
    request = going_ahead(school, starts_on=dt.date(2026, 11, 9), is_full=True)
    plan_reviews(request)
    record_review(request.reviews.first(), outcome="met", evidence="Useful", by=head)
    unplan_reviews(request)
    assert [(r.level, r.evidence) for r in request.reviews.all()] == [(1, "Useful")]


# -- what was seen ---------------------------------------------------------------------------------


@pytest.fixture
def review(school: School) -> ImpactReview:
    request = going_ahead(school, starts_on=dt.date(2026, 9, 7))
    plan_reviews(request)
    return request.reviews.get()


def test_record_says_who_and_when(review: ImpactReview, head: User) -> None:
    upload = check_upload(SimpleUploadedFile("survey.csv", b"a,b\n1,2\n"))
    row = record_review(
        review, outcome="partly", evidence=" Seen in 6 of 8 lessons ", by=head, files=[upload]
    )
    row.refresh_from_db()
    assert (row.outcome, row.evidence, row.reviewed_by) == (
        "partly",
        "Seen in 6 of 8 lessons",
        head,
    )
    assert [f.name for f in row.files.all()] == ["survey.csv"]
    event = AuditEvent.objects.filter(verb="record_review").get()
    assert (event.acted_as, event.object_id) == ("head", row.pk)
    assert "lessons" not in str(event.detail)


def test_record_twice_is_one_record(review: ImpactReview, head: User) -> None:
    for _ in range(2):
        record_review(review, outcome="met", evidence="Seen", by=head)
    assert AuditEvent.objects.filter(verb="record_review").count() == 1


def test_record_after_somebody_else_keeps_the_first(
    review: ImpactReview, head: User, leader: User
) -> None:
    record_review(review, outcome="met", evidence="The head's words", by=head)
    with pytest.raises(Conflict, match="recorded this review in the meantime"):
        record_review(review, outcome="not", evidence="The leader's words", by=leader)
    review.refresh_from_db()
    assert review.evidence == "The head's words"
    record_review(review, outcome="not", evidence="Corrected", by=leader, seen=review.reviewed_at)
    review.refresh_from_db()
    assert (review.outcome, review.reviewed_by) == ("not", leader)


@pytest.mark.parametrize(
    ("outcome", "evidence", "words"),
    [("", "Seen", "Say whether"), ("good", "Seen", "Say whether"), ("met", "  ", "Write what")],
)
def test_record_without_a_word_is_refused(
    review: ImpactReview, head: User, outcome: str, evidence: str, words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        record_review(review, outcome=outcome, evidence=evidence, by=head)


def test_record_too_early_asks_again_once(review: ImpactReview, head: User) -> None:
    record_review(review, outcome="early", evidence="", by=head)
    again = ImpactReview.objects.get(follows=review)
    assert (again.level, again.is_combined, again.due_on) == (4, True, dt.date(2027, 1, 7))
    with pytest.raises(Conflict, match="after today"):
        record_review(again, outcome="early", evidence="", by=head, next_due=dt.date(2026, 11, 21))
    record_review(again, outcome="early", evidence="", by=head, next_due=dt.date(2027, 2, 22))
    third = ImpactReview.objects.get(follows=again)
    assert third.due_on == dt.date(2027, 2, 24)  # the third day of the half term
    again.refresh_from_db()
    record_review(again, outcome="met", evidence="Seen", by=head, seen=again.reviewed_at)
    assert not ImpactReview.objects.filter(follows=again).exists()


def test_plan_after_a_withdrawal_brings_back_the_follow_up(
    review: ImpactReview, head: User
) -> None:
    record_review(review, outcome="early", evidence="", by=head)
    unplan_reviews(review.request)
    assert list(review.request.reviews.all()) == [review]
    for _ in range(2):
        plan_reviews(review.request)
    again = ImpactReview.objects.get(follows=review)
    assert (again.due_on, review.request.reviews.count()) == (dt.date(2027, 1, 7), 2)


def test_record_for_a_withdrawn_request_is_refused_in_one_sentence(
    review: ImpactReview, head: User
) -> None:
    CpdRequest.objects.filter(pk=review.request_id).update(state="withdrawn")
    with pytest.raises(NotAllowed, match="not going ahead with this training"):
        record_review(review, outcome="met", evidence="Seen", by=head)


def test_record_for_another_school_is_refused(review: ImpactReview, other_head: User) -> None:
    with pytest.raises(NotAllowed, match="Only the school"):
        record_review(review, outcome="met", evidence="Seen", by=other_head)


# -- the verdict -----------------------------------------------------------------------------------


def test_evaluate_rests_on_a_review(review: ImpactReview, head: User) -> None:
    request = review.request
    with pytest.raises(Conflict, match="Record a review first"):
        evaluate_request(request, verdict="repeat", by=head)
    record_review(review, outcome="met", evidence="Seen", by=head)
    with pytest.raises(Conflict, match="Choose what comes next"):
        evaluate_request(request, verdict="", by=head)
    evaluate_request(request, verdict="scale", note="Every school could", by=head)
    evaluate_request(request, verdict="scale", note="Every school could", by=head)
    request.refresh_from_db()
    assert (request.state, request.verdict, request.evaluated_by) == ("evaluated", "scale", head)
    assert AuditEvent.objects.filter(verb="evaluate").count() == 1
    with pytest.raises(Conflict):
        evaluate_request(request, verdict="stop", by=head)


def test_look_again_takes_back_the_verdict_and_keeps_its_words(
    review: ImpactReview, head: User, other_head: User
) -> None:
    request = review.request
    record_review(review, outcome="met", evidence="Seen", by=head)
    evaluate_request(request, verdict="repeat", note="Next year too", by=head)
    with pytest.raises(NotAllowed):
        look_again_request(request, by=other_head)
    for _ in range(2):
        look_again_request(request, by=head)
    request.refresh_from_db()
    assert (request.state, request.verdict, request.verdict_note) == (
        "going_ahead",
        "",
        "Next year too",
    )


def test_withdrawing_unplans_and_undoing_it_plans_again(school: School, head: User) -> None:
    request = going_ahead(school, starts_on=dt.date(2026, 11, 9), is_full=True)
    plan_reviews(request)
    record_review(request.reviews.get(level=1), outcome="met", evidence="Useful", by=head)
    planned = days_of(request)
    withdraw_request(request, reason="The provider closed", by=head)
    assert [(r.level, r.evidence) for r in request.reviews.all()] == [(1, "Useful")]
    request.refresh_from_db()
    reinstate_request(request, by=head)
    assert days_of(request) == planned
