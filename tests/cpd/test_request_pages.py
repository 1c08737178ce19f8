"""The pages of requests: what each reader is shown, what is kept as typed, and what a second click does."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.models import (
    Advice,
    CentralFund,
    CpdRequest,
    Provider,
    TrainingBudget,
)
from tests.factories import (
    CpdRequestFactory,
    GroupMeetingFactory,
    PriorityFactory,
    SchoolFactory,
    make_year,
)
from trust.calendar import now
from trust.people.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

TYPED: dict[str, Any] = {
    "title": "Spelling subscription with a launch session", "kind": "subscription",
    "provider_name": "Fenland Spelling", "audience": "teachers", "staff": "4", "hours_each": "3",
    "starts_on": "2027-01-11", "need": "Year 2 pupils spell the common exception words",
    "fee": "220", "materials": "0", "travel": "0", "supply_days": "1", "funding": "school",
    "opened_as": "draft",
}  # fmt: skip
SECRET = "canary-7f3"


def page(name: str, *args: Any) -> str:
    return reverse(f"cpd:{name}", args=args)


def typed(**more: Any) -> dict[str, Any]:
    return {**TYPED, "idempotency_key": str(uuid4()), **more}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def advise(
    request: CpdRequest, by: Any, words: str = "against", note: str = "Low impact"
) -> Advice:
    meeting = GroupMeetingFactory(day=dt.date(2026, 11, 10), meeting__state="held").meeting
    return Advice.objects.create(
        request=request, meeting=meeting, advice=words, note=note, recorded_by=by,
        request_version=request.version, recorded_at=now(),
    )  # fmt: skip


# -- the list --------------------------------------------------------------------------------------


def test_list_says_for_which_meeting_and_what_the_school_does(
    client_for: SignIn, school: Any, ceo: Any
) -> None:
    GroupMeetingFactory(day=dt.date(2026, 11, 24), meeting__state="scheduled")
    CpdRequestFactory(school=school, raised=True, title="Waiting")
    advise(CpdRequestFactory(school=school, raised=True, title="Told"), ceo, "alternative")
    CpdRequestFactory(school=school, going_ahead=True, title="Decided")
    said = text(client_for(ceo).get(page("request-list")))
    for words in (
        "For 24 November",
        "Advised",
        "Advice: suggest an alternative",
        "School: going ahead",
    ):
        assert words in said


@pytest.mark.parametrize(
    "who", ["trustee", "chair", "provider", "local_committee", "administrator"]
)
def test_list_is_refused_with_its_reason(
    client_for: SignIn, request: pytest.FixtureRequest, who: str
) -> None:
    assert client_for(request.getfixturevalue(who)).get(page("request-list")).status_code == 403


def test_list_filters_by_status_school_kind_priority_and_words(
    client_for: SignIn, school: Any, other_school: Any, ceo: Any
) -> None:
    priority = PriorityFactory(school=school)
    CpdRequestFactory(school=school, raised=True, title="Phonics coaching", kind="coaching", priority=priority)  # fmt: skip
    CpdRequestFactory(school=other_school, going_ahead=True, title="Maths course", kind="course")
    client = client_for(ceo)
    for asked in (
        {"status": "waiting"}, {"school": school.pk}, {"kind": "coaching"},
        {"priority": priority.pk}, {"q": "phonic"}, {"q": "coached"},
    ):  # fmt: skip
        said = text(client.get(page("request-list"), asked))
        assert "Phonics coaching" in said, asked
        assert "Maths course" not in said, asked
    assert "No request found" in text(client.get(page("request-list"), {"q": "nothing like it"}))


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "'"}, {"q": "\\ & | !"}, {"school": "x"}, {"school": "9" * 30},
        {"kind": "'"}, {"priority": "-1"}, {"status": "approved"}, {"sort": "--"}, {"page": "x"},
        {"q": "CPD-9999999999"},
    ],
)  # fmt: skip
def test_list_answers_any_address(client_for: SignIn, head: Any, asked: dict[str, str]) -> None:
    assert client_for(head).get(page("request-list"), asked).status_code == 200


@pytest.mark.parametrize(
    "sort", ["cost", "-cost", "training", "school", "staff", "-total", "newest"]
)
def test_list_sorts_as_the_address_asks(
    client_for: SignIn, school: Any, ceo: Any, sort: str
) -> None:
    for n in (3, 1, 2):
        CpdRequestFactory(
            school=school, raised=True, title=f"T{n}", staff=1, fee=Decimal(n * 100), supply_days=0
        )
    said = text(client_for(ceo).get(page("request-list"), {"sort": sort}))
    places = [said.index(f">T{n}<") for n in (1, 2, 3)]
    if sort in ("cost", "training"):
        assert places == sorted(places)
    if sort in ("-cost", "-total"):
        assert places == sorted(places, reverse=True)


def test_list_asks_as_often_at_1_3_and_40_rows(
    client_for: SignIn, school: Any, ceo: Any, head: Any, django_assert_num_queries: Any
) -> None:
    counts: dict[str, list[int]] = {"ceo": [], "head": []}
    for have in (1, 3, 40):
        while CpdRequest.objects.count() < have:
            advise(CpdRequestFactory(school=school, raised=True, priority=PriorityFactory(school=school)), ceo)  # fmt: skip
        for name, user in (("ceo", ceo), ("head", head)):
            client = client_for(user)
            client.get(page("request-list"))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(page("request-list"))
            counts[name].append(len(asked))
    assert all(len(set(each)) == 1 for each in counts.values()), counts


def test_central_fund_is_shown_with_its_bar_to_those_who_speak_of_it(
    client_for: SignIn, head: Any, leader: Any, clerk: Any, ceo: Any
) -> None:
    CentralFund.objects.create(academic_year=make_year(2026), amount=Decimal(6000))
    for user, sees in ((ceo, True), (head, True), (leader, False), (clerk, False)):
        assert ("Central fund" in text(client_for(user).get(page("request-list")))) is sees


def test_export_neutralises_formulas_and_keeps_the_filters(
    client_for: SignIn, school: Any, other_school: Any, head: Any
) -> None:
    CpdRequestFactory(school=school, raised=True, title='=HYPERLINK("x")', provider_name="+44")
    CpdRequestFactory(school=other_school, raised=True, title="Another")
    said = text(client_for(head).get(page("request-export"), {"school": school.pk}))
    assert "'=HYPERLINK" in said
    assert "'+44" in said
    assert "Another" not in said


def test_other_schools_people_find_nothing_of_what_a_request_rests_on(
    client_for: SignIn, school: Any, other_head: Any, cfo: Any, clerk: Any, head: Any
) -> None:
    rests = dict.fromkeys(("need_evidence", "practice_change", "success_measure", "baseline", "evidence_base", "alternatives", "follow_up", "could_join", "sharing_plan"), SECRET)  # fmt: skip
    priority = PriorityFactory(school=school, title=SECRET)
    row = CpdRequestFactory(
        school=school, going_ahead=True, priority=priority, decision_reason=SECRET, version=1,
        decision="despite", **rests,
    )  # fmt: skip
    draft = CpdRequestFactory(school=school, title=SECRET, need=SECRET, provider_name=SECRET)
    row.versions.create(number=1, content={**rests, "priority": priority.pk, "title": row.title}, total=1, at=now(), by=head)  # fmt: skip
    for user in (other_head, cfo, clerk):
        client = client_for(user)
        for address in (
            page("request-list"), page("request-export"), page("request", row.pk),
            page("request-version", row.pk, 1), page("provider-list"),
        ):  # fmt: skip
            answer = client.get(address)
            assert answer.status_code == 200
            assert SECRET not in text(answer), (user, address)
        assert client.get(page("request", draft.pk)).status_code == 404
        assert "No request found" in text(
            client.get(page("request-list"), {"priority": priority.pk})
        )
    assert SECRET in text(client_for(head).get(page("request", row.pk)))


def test_list_begins_with_what_waits(client_for: SignIn, school: Any, ceo: Any, head: Any) -> None:
    for title, more in (
        ("Gone", {"state": "withdrawn", "raised_at": now()}), ("Decided", {"going_ahead": True}),
        ("Told", {"raised": True}), ("Waits", {"raised": True}), ("Draft", {}),
    ):  # fmt: skip
        row = CpdRequestFactory(school=school, title=f"{title} one", **more)
        if title == "Told":
            advise(row, ceo)
    said = text(client_for(head).get(page("request-list")))
    places = [
        said.index(f">{title} one<") for title in ("Draft", "Waits", "Told", "Decided", "Gone")
    ]
    assert places == sorted(places)


# -- the form --------------------------------------------------------------------------------------


def test_new_request_is_saved_and_raised_without_script(client_for: SignIn, head: Any) -> None:
    client = client_for(head)
    assert client.get(page("request-new")).status_code == 200
    answer = client.post(page("request-new"), typed(do="raise"))
    row = CpdRequest.objects.get()
    assert answer["Location"] == page("request", row.pk)
    assert (row.state, row.total, row.provider_words) == (
        "raised",
        Decimal(380),
        "Fenland Spelling",
    )


def test_new_request_sent_twice_is_one(client_for: SignIn, head: Any) -> None:
    client, sent = client_for(head), typed(do="save")
    first, second = (client.post(page("request-new"), sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert CpdRequest.objects.count() == 1


def test_first_typed_words_begin_one_draft_and_the_page_goes_on_with_it(
    client_for: SignIn, head: Any
) -> None:
    client, sent = client_for(head), typed()
    answers = [
        client.post(page("request-new"), sent, headers={"X-Requested-With": "autosave"}).json()
        for _ in range(2)
    ]
    row = CpdRequest.objects.get()
    assert {a["moved"]["autosave"] for a in answers} == {page("request-save", row.pk)}
    assert answers[0]["words"]["cost-head"] == "£95"


def test_typed_words_are_kept_and_the_cost_comes_back(
    client_for: SignIn, school: Any, head: Any
) -> None:
    TrainingBudget.objects.create(
        school=school, academic_year=make_year(2026), amount=Decimal(3800)
    )
    row = CpdRequestFactory(school=school)
    said = (
        client_for(head).post(page("request-save", row.pk), typed(version=1, fee="£1,220")).json()
    )
    row.refresh_from_db()
    assert row.fee == Decimal(1220)
    assert said["version"] == row.version == 2
    assert said["open"] == {"full": True}
    assert said["words"]["cost-total"] == "£1,380"
    assert said["words"]["cost-hour"] == "£115"
    assert said["words"]["cost-budget"].startswith("36% of the school")


def test_typed_words_of_a_raised_request_wait_for_the_button(
    client_for: SignIn, school: Any, head: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    sent = typed(version=1, fee="999", opened_as="raised")
    said = client_for(head).post(page("request-save", row.pk), sent).json()
    row.refresh_from_db()
    assert row.fee == Decimal(220)
    assert said["words"]["cost-total"] == "£1,159"
    assert "saved_at" not in said
    client_for(head).post(page("request-edit", row.pk), sent)
    row.refresh_from_db()
    assert (row.fee, row.version, row.versions.count()) == (Decimal(999), 2, 1)


def test_stale_save_comes_back_with_both_texts(client_for: SignIn, school: Any, head: Any) -> None:
    row = CpdRequestFactory(school=school, title="Saved by another", version=3)
    client = client_for(head)
    assert client.post(page("request-save", row.pk), typed(version=2)).status_code == 409
    said = text(client.post(page("request-edit", row.pk), typed(version=2, title="Typed by me")))
    assert "Saved by another" in said
    assert "Typed by me" in said
    row.refresh_from_db()
    assert row.title == "Saved by another"
    client.post(page("request-edit", row.pk), typed(version=3, title="Typed by me"))
    row.refresh_from_db()
    assert row.title == "Typed by me"


def test_page_opened_as_draft_does_not_write_over_what_was_raised(
    client_for: SignIn, school: Any, head: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True, version=1, title="As raised")
    said = text(client_for(head).post(page("request-edit", row.pk), typed(version=1)))
    assert "after you opened it" in said
    row.refresh_from_db()
    assert row.title == "As raised"


def test_cost_above_the_trusts_limit_opens_the_full_form_with_its_answers(
    client_for: SignIn, school: Any, head: Any
) -> None:
    row = CpdRequestFactory(school=school)
    client = client_for(head)
    answer = client.post(page("request-edit", row.pk), typed(version=1, fee="2000", do="raise"))
    assert answer["Location"].endswith("#full")
    row.refresh_from_db()
    assert (row.state, row.is_full, row.fee) == ("draft", True, Decimal(2000))
    said = text(client.get(page("request-edit", row.pk)))
    assert 'id="full" open' in said
    client.post(page("request-edit", row.pk), typed(version=row.version, fee="2000", do="raise"))
    row.refresh_from_db()
    assert row.state == "raised"


def test_raise_with_something_missing_keeps_what_was_typed_and_says_it_beside_the_field(
    client_for: SignIn, school: Any, head: Any
) -> None:
    row = CpdRequestFactory(school=school)
    client = client_for(head)
    answer = client.post(
        page("request-edit", row.pk),
        typed(version=1, title="Typed", need="", do="raise"),
        follow=True,
    )
    row.refresh_from_db()
    assert (row.state, row.title) == ("draft", "Typed")
    assert "Say what pupils will do that they cannot do now" in text(answer)
    assert 'href="#id_need"' in text(answer)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("fee", "-5", "The fee cannot be below £0"),
        ("fee", "250001", "above £250,000"),
        ("fee", "9" * 40, "above £250,000"),
        ("fee", "much", "in pounds, such as 220"),
        ("fee", "NaN", "in pounds, such as 220"),
        ("materials", "1.234", "in pounds, such as 220"),
        ("staff", "2001", "from 1 to 2,000"),
        ("staff", "2.5", "as a whole number"),
        ("supply_days", "-1", "supply days"),
        ("hours_each", "99999", "hours each"),
        ("starts_on", "2020-01-01", "more than a year ago"),
        ("starts_on", "2032-01-01", "two years from now"),
        ("starts_on", "soon", "Enter a date"),
        ("ends_on", "2026-12-01", "ends before it starts"),
    ],
)
def test_bad_input_is_one_sentence_and_the_text_is_kept(
    client_for: SignIn, school: Any, head: Any, field: str, value: str, words: str
) -> None:
    row = CpdRequestFactory(school=school, title="Before")
    client = client_for(head)
    sent = typed(version=1, need="Kept words", **{field: value})
    said = text(client.post(page("request-edit", row.pk), sent))
    assert words in said
    assert "Kept words" in said
    assert client.post(page("request-save", row.pk), sent).status_code == 422
    row.refresh_from_db()
    assert (row.title, row.version) == ("Before", 1)


def test_provider_of_the_directory_is_known_by_its_name(
    client_for: SignIn, school: Any, head: Any
) -> None:
    provider = Provider.objects.create(name="Fenland Spelling", created_at=now())
    client_for(head).post(page("request-new"), typed(provider_name="fenland spelling"))
    assert CpdRequest.objects.get().provider == provider


def test_nationally_funded_training_is_listed_only(client_for: SignIn, head: Any) -> None:
    client_for(head).post(page("request-new"), typed(kind="listed:national", need="", do="raise"))
    row = CpdRequest.objects.get()
    assert (row.state, row.kind, row.listing, row.is_full) == ("listed", "npq", "national", False)


def test_earlier_requests_stand_with_last_years_first_and_are_copied_once(
    client_for: SignIn, school: Any, other_school: Any, head: Any
) -> None:
    CpdRequestFactory(school=school, going_ahead=True, title="This year")
    old = CpdRequestFactory(school=school, going_ahead=True, title="Last year", starts_on=dt.date(2026, 1, 12))  # fmt: skip
    CpdRequestFactory(school=other_school, raised=True, title="Not ours")
    client = client_for(head)
    said = text(client.get(page("request-earlier")))
    assert said.index("Last year") < said.index("This year")
    assert "Not ours" not in said
    key = {"idempotency_key": str(uuid4())}
    for _ in range(2):
        client.post(page("request-copy", old.pk), key)
    assert CpdRequest.objects.filter(copied_from=old).count() == 1


# -- another school has asked for this -------------------------------------------------------------


def alike(client: Client, school: Any, **words: str) -> str:
    return text(client.get(page("request-alike"), {"school": school.pk, **words}))


def test_like_request_of_another_school_is_named_once_raised(
    client_for: SignIn, school: Any, other_school: Any, leader: Any
) -> None:
    like = CpdRequestFactory(school=other_school, title="Spelling subscription", raised=True)
    CpdRequestFactory(school=other_school, title="Swimming pool lifeguards", provider_name="", need="Swim", raised=True)  # fmt: skip
    said = alike(client_for(leader), school, title="Subscription for spelling", provider_name="Fenland Spelling")  # fmt: skip
    assert "Another school has asked for this" in said
    assert like.ref in said
    assert other_school.name in said
    assert "Swimming" not in said
    assert "We would join a shared purchase" in said


def test_like_draft_of_another_school_is_told_without_name_or_words(
    client_for: SignIn, school: Any, other_school: Any, head: Any
) -> None:
    CpdRequestFactory(school=other_school, title=f"Spelling subscription {SECRET}")
    said = alike(client_for(head), school, title="Spelling subscription", provider_name="Fenland")
    assert "Another school is writing a like request" in said
    assert SECRET not in said
    assert other_school.name not in said
    assert "CPD-" not in said


def test_unlike_own_withdrawn_and_old_requests_are_not_told(
    client_for: SignIn, school: Any, other_school: Any, head: Any
) -> None:
    CpdRequestFactory(school=school, raised=True, title="Spelling subscription")
    CpdRequestFactory(school=other_school, state="withdrawn", title="Spelling subscription")
    old = now() - dt.timedelta(days=500)
    CpdRequestFactory(
        school=other_school, raised=True, title="Spelling subscription", created_at=old
    )
    CpdRequestFactory(school=other_school, raised=True, title="First aid course", provider_name="Red", need="Pupils in Year 2 are safe")  # fmt: skip
    client = client_for(head)
    assert (
        alike(client, school, title="Spelling subscription", provider_name="Fenland").strip() == ""
    )
    assert alike(client, school, title="Training course for staff").strip() == ""


@pytest.mark.parametrize("title", ["", "'", "\\", "':* & !", "a" * 5000, "<b>'\"&"])
def test_like_requests_of_any_text_are_answered(
    client_for: SignIn, school: Any, head: Any, title: str
) -> None:
    answer = client_for(head).get(page("request-alike"), {"school": school.pk, "title": title})
    assert answer.status_code == 200


def test_like_requests_are_told_to_those_who_may_ask_for_the_school(
    client_for: SignIn, school: Any, other_head: Any, ceo: Any
) -> None:
    for user in (other_head, ceo):
        answer = client_for(user).get(page("request-alike"), {"school": school.pk, "title": "x"})
        assert answer.status_code == 403


# -- the page and the school's acts ----------------------------------------------------------------


def test_advice_says_which_version_it_was_given_on(
    client_for: SignIn, school: Any, head: Any, dsi: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    advise(row, dsi, note="Go to Gorsefield first")
    client = client_for(head)
    said = text(client.get(page("request", row.pk)))
    assert "has changed since the advice" not in said
    assert "The Strategy Group advises" not in said
    CpdRequest.objects.filter(pk=row.pk).update(version=2)
    said = text(client.get(page("request", row.pk)))
    assert "The request has changed since the advice" in said
    assert "Go to Gorsefield first" in said


@pytest.mark.parametrize("advice", Advice.Words.values)
def test_no_advice_takes_a_decision_from_the_school(
    client_for: SignIn, school: Any, head: Any, dsi: Any, advice: str
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    advise(row, dsi, advice)
    said = text(client_for(head).get(page("request", row.pk)))
    for decision in ("proceed", "amended", "despite", "withdraw"):
        assert f'value="{decision}"' in said
    assert "disabled" not in said


def test_decision_comes_back_with_its_words_and_is_taken_once(
    client_for: SignIn, school: Any, head: Any, dsi: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    advise(row, dsi)
    client = client_for(head)
    said = text(client.post(page("request-decide", row.pk), {"decision": "despite", "staff": "4"}))
    assert "Give the school&#x27;s reason in a sentence" in said
    sent = {"decision": "despite", "reason": "We lead a twilight", "idempotency_key": str(uuid4())}
    figures = {"staff": "4", "hours_each": "3", "fee": "220", "supply_days": "1"}
    for _ in range(2):
        assert client.post(page("request-decide", row.pk), {**sent, **figures}).status_code == 302
    row.refresh_from_db()
    assert (row.decision, row.reviews.count(), row.version) == ("despite", 1, 1)


def test_withdrawal_without_a_reason_asks_for_it_and_can_be_undone(
    client_for: SignIn, school: Any, head: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    client = client_for(head)
    assert "Why the school withdraws it" in text(client.post(page("request-withdraw", row.pk)))
    client.post(page("request-withdraw", row.pk), {"withdraw-reason": "The provider is ill"})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert "Undo the withdrawal" in text(client.get(page("request", row.pk)))
    client.post(page("request-reinstate", row.pk))
    row.refresh_from_db()
    assert row.state == "raised"


@pytest.mark.parametrize(
    ("act", "state"),
    [("request-raise", "raised"), ("request-book", "going_ahead")],
)
def test_second_click_on_a_drafts_button_does_nothing_twice(
    client_for: SignIn, school: Any, head: Any, act: str, state: str
) -> None:
    row = CpdRequestFactory(school=school)
    client = client_for(head)
    for _ in range(2):
        assert client.post(page(act, row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.versions.count()) == (state, 1)


def test_page_asks_as_often_at_1_3_and_40_versions(
    client_for: SignIn, school: Any, head: Any, dsi: Any
) -> None:
    row = CpdRequestFactory(school=school, raised=True)
    advise(row, dsi)
    client, counts = client_for(head), []
    for have in (1, 3, 40):
        for number in range(row.versions.count() + 1, have + 1):
            row.versions.create(number=number, content={}, total=1, at=now(), by=head)
        client.get(page("request", row.pk))
        with CaptureQueriesContext(connection) as asked:
            client.get(page("request", row.pk))
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


WORDS = ("approv", "permission", "authoris", "permit")


def test_no_page_of_requests_speaks_of_approval(
    client_for: SignIn, school: Any, head: Any, dsi: Any, other_head: Any
) -> None:
    rows = [
        CpdRequestFactory(school=school, raised=True), CpdRequestFactory(school=school),
        CpdRequestFactory(school=school, going_ahead=True),
    ]  # fmt: skip
    advise(rows[0], dsi)
    for user in (head, dsi, other_head):
        client = client_for(user)
        addresses = [page("request-list"), page("provider-list"), page("request-export")]
        addresses += [page("request", row.pk) for row in rows]
        if user == head:
            addresses += [
                page("request-new"),
                page("request-earlier"),
                page("request-edit", rows[1].pk),
            ]
        for address in addresses:
            said = text(client.get(address)).lower()
            assert not [word for word in WORDS if word in said], address


def test_json_of_the_cost_holds_the_median_of_its_kind(
    client_for: SignIn, school: Any, head: Any
) -> None:
    for fee in (100, 200, 600):
        CpdRequestFactory(
            school=SchoolFactory(), raised=True, fee=Decimal(fee), supply_days=0, staff=1
        )
    row = CpdRequestFactory(school=school)
    said = json.loads(client_for(head).post(page("request-save", row.pk), typed(version=1)).content)
    assert said["words"]["cost-of"] == "Median of 3 subscriptions"
    assert said["words"]["cost-compared"] == "£105 a head below the median since September 2025"
    assert said["widths"]["cost-theirs"] == 224


def test_form_says_which_form_it_is_and_which_review_asks(
    client_for: SignIn, school: Any, head: Any
) -> None:
    short = CpdRequestFactory(school=school)
    full = CpdRequestFactory(school=school, is_full=True, fee=Decimal(2000))
    client = client_for(head)
    said = text(client.get(page("request-edit", short.pk)))
    assert "Short form, up to £500 and 5 staff" in said
    assert "The review in April asks about exactly this" in said
    assert "14 April 2027" in said
    said = text(client.get(page("request-edit", full.pk)))
    assert "Full form, above £500 or 5 staff" in said
    assert "The last review, in July, asks about exactly this" in said
    assert "the full form opens" not in said
