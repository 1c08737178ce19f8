"""Pages, mails and work of impact: who reads the evidence, the form that keeps its words, the second click."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpd.actions.impact import plan_reviews, record_review
from cpd.models import CpdRequest, ImpactReview, ReviewFile
from cpd.work.impact import work_for
from schools.models import Post, School
from schools.queries.posts import with_posts
from tests.factories import CpdRequestFactory
from trust.calendar import clock_at, today
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User
from trust.work import run_due_work

pytestmark = pytest.mark.django_db
CANARY = "CANARY seen in six lessons"


@pytest.fixture
def review(school: School, leader: User) -> ImpactReview:
    request = CpdRequestFactory(
        school=school, going_ahead=True, starts_on=dt.date(2026, 8, 31), requester=leader.person,
        baseline="CANARY 41% today", success_measure="CANARY 60% by July",
    )  # fmt: skip
    plan_reviews(request)
    return request.reviews.get()


def sent(**fields: Any) -> dict[str, Any]:
    return {
        "outcome": "met",
        "evidence": CANARY,
        "measured": "58%",
        "idempotency_key": new_key(),
    } | fields


def address(review: ImpactReview) -> str:
    return f"/cpd/reviews/{review.pk}/"


# -- recorded on the page --------------------------------------------------------------------------


def test_review_page_shows_what_was_promised_and_takes_the_answer_with_files(
    review: ImpactReview, head: User, client_for: Any
) -> None:
    client = client_for(head)
    page = client.get(address(review)).content.decode()
    assert "CANARY 60% by July" in page
    assert "CANARY 41% today" in page
    files = [SimpleUploadedFile("a.csv", b"a\n1\n"), SimpleUploadedFile("b.txt", b"Seen")]
    answer = client.post(address(review), sent(files=files))
    assert answer.status_code == 302
    page = client.get(address(review)).content.decode()
    assert CANARY in page
    assert "Change what was recorded" in page
    assert sorted(ReviewFile.objects.values_list("name", flat=True)) == ["a.csv", "b.txt"]
    kept = ReviewFile.objects.get(name="b.txt")
    assert client.get(f"/cpd/reviews/files/{kept.pk}/").getvalue() == b"Seen"


def test_second_click_records_once(review: ImpactReview, head: User, client_for: Any) -> None:
    data = sent(files=[SimpleUploadedFile("b.txt", b"Seen")])
    client = client_for(head)
    client.post(address(review), data)
    assert client.post(address(review), data).status_code == 302
    assert ReviewFile.objects.count() == 1


def test_refused_form_comes_back_with_its_words(
    review: ImpactReview, head: User, leader: User, client_for: Any
) -> None:
    client = client_for(leader)
    page = client.post(address(review), sent(outcome="", evidence="My words"))
    assert "My words" in page.content.decode()
    page = client.post(
        address(review), sent(evidence="My words", files=SimpleUploadedFile("a.exe", b"MZ"))
    )
    assert "cannot be taken" in page.content.decode()
    record_review(review, outcome="not", evidence="First", by=head)
    late = client.post(address(review), sent(evidence="My words"))
    assert late.status_code == 409
    assert "My words" in late.content.decode()
    assert "in the meantime" in late.content.decode()
    review.refresh_from_db()
    assert review.evidence == "First"


def test_review_of_a_withdrawn_request_is_refused_and_the_words_kept(
    review: ImpactReview, head: User, client_for: Any
) -> None:
    CpdRequest.objects.filter(pk=review.request_id).update(state="withdrawn")
    page = client_for(head).post(address(review), sent(evidence="My words"))
    assert page.status_code == 403
    words = page.content.decode()
    assert "not going ahead with this training, so there is nothing to review" in words
    assert "My words" in words


def test_correction_keeps_the_files_and_warns_of_a_pupils_name(
    review: ImpactReview, head: User, client_for: Any
) -> None:
    client = client_for(head)
    client.post(address(review), sent(files=[SimpleUploadedFile("b.txt", b"Seen")]))
    review.refresh_from_db()
    seen = review.reviewed_at.isoformat()
    answer = client.post(address(review), sent(evidence="A.B. in Year 2 reads", seen=seen))
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.evidence == "A.B. in Year 2 reads"
    assert ReviewFile.objects.count() == 1
    assert "may name a pupil" in client.get(address(review)).content.decode()


# -- who reads the evidence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "reads"),
    [("ceo", True), ("dsi", True), ("leader", True), ("other_head", False), ("cfo", False),
     ("clerk", False)],
)  # fmt: skip
def test_evidence_is_read_by_the_school_and_the_trusts_two(
    review: ImpactReview, reader: str, reads: bool, head: User, client_for: Any,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    record_review(review, outcome="met", evidence=CANARY, by=head)
    client = client_for(request.getfixturevalue(reader))
    page = client.get(address(review)).content.decode()
    assert ("CANARY" in page) is reads
    assert "Met" in page
    listed = client.get("/cpd/reviews/?show=answered").content.decode()
    assert review.request.title in listed
    assert "CANARY" not in listed


def test_list_filters_by_state_and_school(
    review: ImpactReview, other_school: School, head: User, other_head: User, client_for: Any
) -> None:
    theirs = CpdRequestFactory(school=other_school, going_ahead=True, title="De-escalation")
    ImpactReview.objects.create(request=theirs, level=4, due_on=dt.date(2026, 11, 2))
    late = client_for(head).get("/cpd/reviews/?show=late").content.decode()
    assert "De-escalation" in late
    assert review.request.title not in late
    own = client_for(head).get(f"/cpd/reviews/?school={review.request.school_id}").content.decode()
    assert "De-escalation" not in own
    assert review.request.title in own
    assert client_for(head).get("/cpd/reviews/?show=nonsense&page=99").status_code == 200


# -- the verdict -----------------------------------------------------------------------------------


def test_verdict_is_given_and_looked_at_again(
    review: ImpactReview, head: User, client_for: Any
) -> None:
    client = client_for(head)
    to = f"/cpd/{review.request_id}/evaluate/"
    refused = client.post(to, {"verdict": "scale", "note": "Words", "idempotency_key": new_key()})
    assert refused.status_code == 409
    assert "Record a review first" in refused.content.decode()
    assert "Words" in refused.content.decode()
    record_review(review, outcome="met", evidence="Seen", by=head)
    data = {
        "verdict": "scale", "note": "Words", "would_use_again": "no", "provider_note": "Late twice",
        "idempotency_key": new_key(),
    }  # fmt: skip
    assert client.post(to, data).status_code == 302
    assert client.post(to, data).status_code == 302
    found = CpdRequest.objects.get(pk=review.request_id)
    assert (found.state, found.would_use_again, found.provider_note) == (
        "evaluated",
        False,
        "Late twice",
    )
    assert client.post(f"/cpd/{found.pk}/look-again/").status_code == 302
    assert "Words" in client.get(to).content.decode()


# -- asked for -------------------------------------------------------------------------------------


def mails() -> list[Mail]:
    return list(Mail.objects.filter(key__startswith="cpd_review:").order_by("pk"))


def test_due_reviews_are_asked_for_once_a_week_without_a_judgement(
    review: ImpactReview, head: User, leader: User
) -> None:
    for day, expected in (("2026-11-22", 0), ("2026-11-23", 2), ("2026-11-25", 2),
                          ("2026-11-29", 2), ("2026-11-30", 4)):  # fmt: skip
        with clock_at(dt.date.fromisoformat(day)):
            run_due_work()
            run_due_work()
        assert len(mails()) == expected, day
    assert {mail.to for mail in mails()} == {head.person.email, leader.person.email}
    mail = mails()[0]
    assert mail.subject == "Impact review of training at Alderfen Primary Academy"
    for words in (mail.text, mail.html):
        assert review.request.title in words
        assert "23 November 2026" in words
        assert f"/cpd/reviews/{review.pk}/" in words
        assert "CANARY" not in words
    review.refresh_from_db()
    assert review.times_asked == 2


def test_nobody_is_asked_about_what_is_withdrawn_or_by_one_who_left(
    review: ImpactReview, head: User, leader: User
) -> None:
    Post.objects.filter(person=leader.person).update(ends_on=dt.date(2026, 11, 1))
    with clock_at(dt.date(2026, 11, 25)):
        run_due_work()
    assert {mail.to for mail in mails()} == {head.person.email}
    CpdRequest.objects.filter(pk=review.request_id).update(state="withdrawn")
    with clock_at(dt.date(2026, 12, 14)):
        run_due_work()
    assert len(mails()) == 1


# -- my work ---------------------------------------------------------------------------------------


def keys(user: User, day: str) -> list[str]:
    on = dt.date.fromisoformat(day)
    return [item.key for item in work_for(with_posts(user, on), on)]


def test_work_waits_for_head_and_requester_until_the_verdict(
    review: ImpactReview, head: User, leader: User, other_head: User, ceo: User
) -> None:
    assert keys(head, "2026-11-12") == []
    for user in (head, leader):
        assert keys(user, "2026-11-13") == [f"cpd.review.{review.pk}"]
    assert [keys(other_head, "2026-11-13"), keys(ceo, "2026-11-13")] == [[], []]
    late = list(work_for(with_posts(head, today()), dt.date(2026, 11, 25)))
    assert late[0].is_late
    record_review(review, outcome="met", evidence="Seen", by=head)
    assert keys(head, "2026-11-25") == [f"cpd.verdict.{review.request_id}"]
    assert keys(leader, "2026-11-25") == [f"cpd.verdict.{review.request_id}"]


def test_work_of_another_leaders_request_does_not_wait(review: ImpactReview, leader: User) -> None:
    CpdRequest.objects.filter(pk=review.request_id).update(requester=None)
    assert keys(leader, "2026-11-25") == []


def test_queries_of_one_review_do_not_grow(
    review: ImpactReview, head: User, client_for: Any
) -> None:
    client = client_for(head)
    client.get(address(review))
    counts = []
    for more in (0, 2, 37):
        for n in range(more):
            ImpactReview.objects.create(
                request=review.request, level=1, due_on=dt.date(2027, 1, 1) + dt.timedelta(n + more)
            )
        with CaptureQueriesContext(connection) as context:
            client.get(address(review))
        counts.append(len(context))
    assert counts[0] == counts[1] == counts[2]
