"""Of two acts on one request at the same moment nothing typed is lost, and neither is a 500."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from cpd.actions.requests import draft_request
from cpd.models import Advice, CpdRequest, GroupMeeting, ImpactReview
from schools.models import School
from tests import factories
from tests.at_once import answers_at_once, at_once, posting, while_unfinished
from tests.training_samples.requests import TYPED
from trust.access import Capacity
from trust.models import Mail
from trust.pages import new_key
from trust.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(transactional_db: None) -> School:
    factories.lay_down_trust()
    return factories.SchoolFactory(name="Alderfen Primary Academy", code="ALD")


@pytest.fixture
def head(school: School) -> User:
    return factories.user_with((Capacity.HEAD, school))


@pytest.fixture
def members(school: School) -> list[User]:
    return [factories.user_with((role, None)) for role in (Capacity.CEO, Capacity.DSI)]


@pytest.fixture
def group(school: School) -> GroupMeeting:
    return factories.GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="issued")


def to(name: str, pk: int) -> str:
    return reverse(f"cpd:{name}", kwargs={"pk": pk})


def advising(request: CpdRequest, words: str, note: str) -> dict[str, Any]:
    return {"card": request.pk, "requests": [request.pk], "advice": words, "note": note,
            "seen": f"{request.pk}:{request.version}:0"}  # fmt: skip


def test_begin_a_draft_while_another_takes_its_number_waits_for_the_next(
    school: School, head: User
) -> None:
    form = {**TYPED, "title": "Maths", "idempotency_key": new_key()}
    answer = while_unfinished(
        lambda: draft_request(school=school, by=head, title="Art"),
        posting(head, reverse("cpd:request-new"), form),
    )
    assert answer.status_code == 302
    rows = CpdRequest.objects.order_by("number").values_list("number", "title")
    assert list(rows) == [(1, "Art"), (2, "Maths")]


def test_begin_two_drafts_at_once_gives_each_its_own_number(school: School, head: User) -> None:
    leader = factories.user_with((Capacity.LEADER, school))
    forms = [{**TYPED, "title": title, "idempotency_key": new_key()} for title in ("Maths", "Art")]
    clicks = [
        posting(user, reverse("cpd:request-new"), form)
        for user, form in zip((head, leader), forms, strict=True)
    ]
    assert at_once(*clicks) == [302, 302]
    rows = CpdRequest.objects.values_list("number", "title")
    assert {title for _, title in rows} == {"Maths", "Art"}
    assert sorted(number for number, _ in rows) == [1, 2]


def test_save_one_draft_by_two_at_once_keeps_one_and_gives_the_other_its_words_back(
    school: School, head: User
) -> None:
    leader = factories.user_with((Capacity.LEADER, school))
    row = factories.CpdRequestFactory(school=school, created_by=leader)
    needs = ("Pupils write longer sentences", "Pupils spell common words")
    clicks = [
        posting(user, to("request-edit", row.pk),
                {**TYPED, "need": need, "opened_as": "draft", "idempotency_key": new_key()})
        for user, need in zip((head, leader), needs, strict=True)
    ]  # fmt: skip
    answers = answers_at_once(*clicks)
    row.refresh_from_db()
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    lost = next(need for need in needs if need != row.need)
    assert f">\n{lost}</textarea>" in late.content.decode()
    assert row.version == 2


def test_record_advice_by_two_at_once_keeps_the_first_and_the_words_of_both(
    school: School, head: User, members: list[User], group: GroupMeeting
) -> None:
    row = factories.CpdRequestFactory(school=school, raised=True, created_by=head)
    said = {"against": "No follow-up is planned", "alternative": "Ask Birch to show theirs"}
    clicks = [
        posting(user, to("group-advise", group.pk), advising(row, words, note))
        for user, (words, note) in zip(members, said.items(), strict=True)
    ]
    answers = answers_at_once(*clicks)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    kept = Advice.objects.get()
    lost = next(note for words, note in said.items() if words != kept.advice)
    assert lost in late.content.decode()
    assert said[kept.advice] == kept.note
    assert Mail.objects.filter(key__startswith="advice:", to=head.email).count() == 1


def test_decide_while_the_group_advises_goes_ahead_beside_the_advice(
    school: School, head: User, members: list[User], group: GroupMeeting
) -> None:
    row = factories.CpdRequestFactory(school=school, raised=True, created_by=head)
    figures = {"staff": "4", "hours_each": "3", "fee": "220", "supply_days": "1"}
    deciding = {"decision": "proceed", "idempotency_key": new_key(), **figures}
    statuses = at_once(
        posting(head, to("request-decide", row.pk), deciding),
        posting(members[0], to("group-advise", group.pk), advising(row, "against", "Too dear")),
    )
    assert statuses == [302, 302]
    row.refresh_from_db()
    assert (row.state, row.decision) == ("going_ahead", "proceed")
    assert row.advice.get().advice == "against"
    assert row.reviews.count() == 1


def test_change_while_the_group_advises_never_leaves_advice_on_words_nobody_read(
    school: School, head: User, members: list[User], group: GroupMeeting
) -> None:
    row = factories.CpdRequestFactory(school=school, raised=True, created_by=head)
    changing = {**TYPED, "fee": "900", "opened_as": "raised", "idempotency_key": new_key()}
    answers = answers_at_once(
        posting(members[0], to("group-advise", group.pk), advising(row, "against", "Too dear")),
        posting(head, to("request-edit", row.pk), changing),
    )
    row.refresh_from_db()
    assert answers[1].status_code == 302
    assert (row.version, row.fee) == (2, 900)
    if answers[0].status_code == 302:  # the Group was first: its advice says on which version it is
        assert row.advice.get().request_version == 1
    else:
        assert answers[0].status_code == 409
        assert "Too dear" in answers[0].content.decode()
        assert not row.advice.exists()


def test_review_while_the_request_is_withdrawn_keeps_the_words_either_way(
    school: School, head: User
) -> None:
    leader = factories.user_with((Capacity.LEADER, school))
    row = factories.CpdRequestFactory(school=school, going_ahead=True, created_by=head)
    review = ImpactReview.objects.create(request=row, level=4, due_on=dt.date(2026, 11, 20))
    seen = {"outcome": "met", "evidence": "Six books in ten", "idempotency_key": new_key()}
    answers = answers_at_once(
        posting(leader, to("review", review.pk), seen),
        posting(head, to("request-withdraw", row.pk), {"withdraw-reason": "No supply teacher"}),
    )
    row.refresh_from_db()
    assert answers[1].status_code == 302
    assert row.state == "withdrawn"
    if answers[0].status_code == 302:
        assert ImpactReview.objects.get(pk=review.pk).evidence == "Six books in ten"
    else:
        assert answers[0].status_code in (403, 404, 409)
        assert "Six books in ten" in answers[0].content.decode()
