"""The Strategy Group's pages: what each reader is shown, what a refused form keeps, how often is asked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpd.actions.advice import record_advice, score_request
from cpd.actions.group import propose_group_agenda
from cpd.actions.requests import save_request
from cpd.documents import may_read_papers, request_papers
from cpd.models import (
    Advice,
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    MemberScore,
    PracticeCard,
    PurchaseSchool,
    RequestVersion,
    SharedPurchase,
)
from cpd.queries.group_page import group_page, meeting_list
from cpd.queries.group_papers import papers_snapshot
from cpd.queries.group_parts import document_parts_of_group, group_panel, parts_of_group
from cpd.work.group import group_work
from meetings.actions.agenda import issue_agenda
from tests.factories import (
    CpdRequestFactory,
    GroupMeetingFactory,
    PriorityFactory,
    SchoolFactory,
    half_term,
    seat,
)
from trust.calendar import now, today
from trust.pages import new_key

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 1)
NEVER = ("approv", "permission", "authoris")


@pytest.fixture
def group(trust_set_up: Any, dsi: Any) -> GroupMeeting:
    return GroupMeetingFactory(day=DAY, meeting__state="scheduled", meeting__is_online=True)


@pytest.fixture
def asked(school: Any, head: Any) -> CpdRequest:
    row = CpdRequestFactory(school=school, raised=True, requester=head.person, staff=4)
    RequestVersion.objects.create(
        request=row, number=row.version, content={"staff": 4, "need": row.need}, total=380,
        at=now(), by=head,
    )  # fmt: skip
    return row


def go(name: str, group: GroupMeeting | None = None) -> str:
    return reverse(f"cpd:{name}", args=[group.pk] if group else [])


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def card(request: CpdRequest, **said: Any) -> dict[str, Any]:
    fields = {"card": str(request.pk), "requests": [request.pk],
              "seen": f"{request.pk}:{request.version}:0"}  # fmt: skip
    return {**fields, **said}


# -- planning ------------------------------------------------------------------------------------


def plan_data(**said: Any) -> dict[str, Any]:
    return {"half_term": half_term(2).pk, "on": "2026-12-01", "at": "13:30", "is_online": "on",
            "idempotency_key": new_key(), **said}  # fmt: skip


def test_plan_a_meeting_then_the_second_click_plans_nothing(client_for: Any, dsi: Any) -> None:
    data = plan_data()
    client = client_for(dsi)
    first, second = (client.post(go("group-plan"), data) for _ in range(2))
    group = GroupMeeting.objects.get()
    assert first.url == second.url == go("group-meeting", group)


@pytest.mark.parametrize(
    ("on", "says"),
    [("2026-12-05", "is no school day"), ("2027-02-20", "is not in")],
)
def test_plan_on_a_day_without_school_warns_and_may_be_confirmed(
    client_for: Any, dsi: Any, on: str, says: str
) -> None:
    client = client_for(dsi)
    response = client.post(go("group-plan"), plan_data(on=on))
    assert says in words(response)
    assert "Plan it all the same" in words(response)
    assert not GroupMeeting.objects.exists()
    client.post(go("group-plan"), plan_data(on=on, agreed="on"))
    assert GroupMeeting.objects.count() == 1


def test_plan_a_second_meeting_in_a_half_term_warns(
    client_for: Any, dsi: Any, group: GroupMeeting
) -> None:
    response = client_for(dsi).post(go("group-plan"), plan_data(on="2026-12-02"))
    assert "has a meeting in" in words(response)
    assert GroupMeeting.objects.count() == 1


def test_plan_in_the_past_keeps_what_was_typed(client_for: Any, dsi: Any) -> None:
    response = client_for(dsi).post(go("group-plan"), plan_data(on="2026-11-10", link="https://meet.example/a"))  # fmt: skip
    assert "Choose a time that is still to come" in words(response)
    assert "https://meet.example/a" in words(response)


# -- the page ------------------------------------------------------------------------------------


def test_page_groups_like_requests_with_what_buying_once_saves(
    client_for: Any, ceo: Any, group: GroupMeeting, school: Any, other_school: Any
) -> None:
    rows = [
        CpdRequestFactory(
            school=each, raised=True, title="Writing programme", provider_name="Fenland Writing",
            staff=9, fee=Decimal(1200), supply_days=0, need=f"Pupils of {each} write at length",
        )
        for each in (school, other_school)
    ]  # fmt: skip
    third = SchoolFactory(name="Dunlin Way Primary")
    page = words(client_for(ceo).get(go("group-meeting", group)))
    assert "2 schools asked" in page
    assert f"{reverse('cpd:purchase-new')}?requests={rows[0].pk},{rows[1].pk}" in page
    assert "<dt>Total of the requests</dt><dd>£2,400</dd>" in page
    purchase = SharedPurchase.objects.create(
        title="Writing", quote=Decimal(1650), created_by=ceo, created_at=now()
    )
    for row in rows:
        PurchaseSchool.objects.create(purchase=purchase, school=row.school, request=row, staff=9)
    PurchaseSchool.objects.create(purchase=purchase, school=third, staff=3)
    page = words(client_for(ceo).get(go("group-meeting", group)))
    assert "2 schools asked, 1 could join" in page
    assert "<dt>Staff</dt><dd>18</dd>" in page
    assert "£1,650 <span" in page
    assert "with Dunlin Way Primary" in page
    assert "<dt>If bought apart</dt><dd>£2,400</dd>" in page
    assert "<dt>Saves at least</dt><dd>£750</dd>" in page
    assert reverse("cpd:purchase", args=[purchase.pk]) in page


def test_page_and_papers_tell_nothing_that_is_the_schools_own(
    client_for: Any, group: GroupMeeting, school: Any, other_head: Any
) -> None:
    """Another school's head reads need, provider and cost; a draft and what a request points to, never."""
    priority = PriorityFactory(school=school, title="CANARY-priority")
    CpdRequestFactory(
        school=school, raised=True, priority=priority, need_evidence="CANARY-evidence",
        baseline="CANARY-baseline", alternatives="CANARY-alternatives", need="Pupils spell well",
    )  # fmt: skip
    CpdRequestFactory(school=school, title="CANARY-draft", need="CANARY-draft-need")
    done = CpdRequestFactory(school=school, going_ahead=True, title="Talk")
    ImpactReview.objects.create(
        request=done, level=4, due_on=dt.date(2026, 11, 6), evidence="CANARY-review"
    )
    PracticeCard.objects.create(
        school=school, title="CANARY-card", what="x", created_by=other_head, created_at=now()
    )
    page = words(client_for(other_head).get(go("group-meeting", group)))
    assert "Pupils spell well" in page
    assert "CANARY" not in page
    snapshot = papers_snapshot(group)
    printed = render_to_string("pdf/group_papers.html", {"s": snapshot})
    assert "Pupils spell well" in printed
    assert "6 November 2026, late" in printed
    assert "CANARY" not in f"{snapshot} {printed}"


def test_page_offers_nobody_an_approval(
    client_for: Any, ceo: Any, dsi: Any, clerk: Any, head: Any, other_head: Any, cfo: Any,
    group: GroupMeeting, asked: CpdRequest,
) -> None:  # fmt: skip
    propose_group_agenda(group, by=dsi)
    record_advice([asked], meeting=group.meeting, advice="against", note="No follow-up", by=dsi)
    for who in (ceo, dsi, clerk, head, other_head, cfo):
        page = words(client_for(who).get(go("group-meeting", group))).casefold()
        assert "each school decides" in page
        assert not [word for word in NEVER if word in page]


def test_page_shows_forms_to_members_and_none_to_the_cfo(
    client_for: Any, group: GroupMeeting, asked: CpdRequest, head: Any, other_head: Any,
    clerk: Any, cfo: Any,
) -> None:  # fmt: skip
    shown = {}
    for who in (head, other_head, clerk, cfo):
        page = words(client_for(who).get(go("group-meeting", group)))
        shown[who] = ("Score this" in page, "Record advice" in page)
    assert shown[head] == (False, True)
    assert shown[other_head] == (True, True)
    assert shown[clerk] == (False, True)
    assert shown[cfo] == (False, False)


def test_page_leads_a_member_to_the_reply_and_the_reply_back(
    client_for: Any, group: GroupMeeting, head: Any, other_head: Any
) -> None:
    mine = seat(group.meeting, head.person, "head")
    client, address = client_for(head), reverse("meetings:seat-reply", args=[mine.pk])
    assert f'href="{address}"' in words(client.get(go("group-meeting", group)))
    assert f'href="{go("group-meeting", group)}"' in words(client.get(address))
    client.post(address, {"reply": "cannot"})
    mine.refresh_from_db()
    assert mine.reply == "cannot"
    assert "seats/" not in words(client_for(other_head).get(go("group-meeting", group)))


def test_page_shows_what_became_of_last_times_advice(
    client_for: Any, ceo: Any, group: GroupMeeting, school: Any, head: Any
) -> None:
    before = GroupMeetingFactory(
        day=dt.date(2026, 10, 13), meeting__state="held", half_term=half_term(1)
    )
    row = CpdRequestFactory(
        school=school, going_ahead=True, title="National conference", decision="despite",
        decision_reason="The chair of the network speaks",
    )  # fmt: skip
    Advice.objects.create(
        request=row, meeting=before.meeting, advice="against", note="Low impact",
        request_version=1, recorded_by=ceo, recorded_at=now(),
    )  # fmt: skip
    page = words(client_for(ceo).get(go("group-meeting", group)))
    assert (
        "Advice on 13 October: advise against, low impact. “The chair of the network speaks”"
        in page
    )
    assert "School: going ahead" in page


def test_page_marks_a_request_that_changed_since_the_advice(
    client_for: Any, group: GroupMeeting, asked: CpdRequest, head: Any, dsi: Any
) -> None:
    record_advice([asked], meeting=group.meeting, advice="support", by=dsi)
    save_request(asked, version=asked.version, by=head, staff=12)
    assert "Changed since the advice" in words(client_for(dsi).get(go("group-meeting", group)))


def test_page_names_reviews_and_offers_to_match_practice(
    client_for: Any, ceo: Any, head: Any, group: GroupMeeting, school: Any
) -> None:
    done = CpdRequestFactory(school=school, going_ahead=True, title="Behaviour scripts")
    review = ImpactReview.objects.create(request=done, level=4, due_on=dt.date(2026, 11, 6))
    shared = PracticeCard.objects.create(
        school=school, title="Oral rehearsal", what="Talk", created_by=head, created_at=now(),
        shared_at=now(), shared_by=head,
    )  # fmt: skip
    theirs = words(client_for(head).get(go("group-meeting", group)))
    assert reverse("cpd:review", args=[review.pk]) in theirs
    assert f"{reverse('cpd:project-new')}?card={shared.pk}" in theirs
    others = words(client_for(ceo).get(go("group-meeting", group)))
    assert reverse("cpd:review", args=[review.pk]) not in others
    assert reverse("cpd:practice", args=[shared.pk]) in others
    assert "due 6 November" in others


def test_left_out_is_shown_to_whoever_prepares_and_added_by_a_click(
    client_for: Any, dsi: Any, other_head: Any, group: GroupMeeting, school: Any
) -> None:
    propose_group_agenda(group, by=dsi)
    row = CpdRequestFactory(school=school, raised=True, title="Later request")
    client = client_for(dsi)
    assert "Not on the agenda" in words(client.get(go("group-meeting", group)))
    assert "Not on the agenda" not in words(client_for(other_head).get(go("group-meeting", group)))
    for _ in range(2):
        client.post(go("group-item-add", group), {"key": f"requests:{row.pk}"})
    assert row.items.count() == 1


# -- forms ---------------------------------------------------------------------------------------


def test_advise_then_again_records_once(
    client_for: Any, clerk: Any, group: GroupMeeting, asked: CpdRequest
) -> None:
    client = client_for(clerk)
    data = card(asked, advice="more", note="Who leads it?")
    assert client.post(go("group-advise", group), data).status_code == 302
    assert client.post(go("group-advise", group), data).status_code in (302, 409)
    assert Advice.objects.get().version == 1


def test_advise_without_its_note_keeps_the_choice(
    client_for: Any, clerk: Any, group: GroupMeeting, asked: CpdRequest
) -> None:
    response = client_for(clerk).post(go("group-advise", group), card(asked, advice="against"))
    page = words(response)
    assert response.status_code == 200
    assert "There is a problem" in page
    assert response.context["form"]["advice"].value() == "against"
    assert not Advice.objects.exists()


def test_advise_on_what_changed_meanwhile_keeps_the_note_and_says_what(
    client_for: Any, clerk: Any, head: Any, group: GroupMeeting, asked: CpdRequest
) -> None:
    data = card(asked, advice="suggestion", note="Ask Eastrow to lead it")
    save_request(asked, version=asked.version, by=head, staff=12, need_evidence="CANARY")
    client = client_for(clerk)
    response = client.post(go("group-advise", group), data)
    page = words(response)
    assert response.status_code == 409
    assert "changed while you were advising" in page
    assert "Ask Eastrow to lead it" in page
    assert 'data-label="Was">4</td><td role="cell" data-label="Is now">12</td>' in page
    assert "CANARY" not in page
    assert not Advice.objects.exists()
    again = {**data, "seen": response.context["form"]["seen"].value()}
    assert client.post(go("group-advise", group), again).status_code == 302
    assert Advice.objects.get().request_version == asked.version == 2


def test_advise_on_one_school_of_a_group_leaves_the_other(
    client_for: Any, dsi: Any, group: GroupMeeting, school: Any, other_school: Any
) -> None:
    one, two = (
        CpdRequestFactory(school=each, raised=True, provider_name="Fenland Writing")
        for each in (school, other_school)
    )
    data = {"card": f"{one.pk},{two.pk}", "requests": [two.pk], "advice": "support",
            "seen": f"{one.pk}:1:0,{two.pk}:1:0"}  # fmt: skip
    client_for(dsi).post(go("group-advise", group), data)
    assert [a.request_id for a in Advice.objects.all()] == [two.pk]


def test_advise_on_anothers_draft_is_not_found(
    client_for: Any, dsi: Any, group: GroupMeeting, school: Any
) -> None:
    draft = CpdRequestFactory(school=school)
    for name in ("group-advise", "group-score", "group-advice-take-back"):
        response = client_for(dsi).post(go(name, group), card(draft, advice="support"))
        assert response.status_code == 404


def test_score_keeps_the_members_own_and_says_what_is_missing(
    client_for: Any, other_head: Any, group: GroupMeeting, asked: CpdRequest
) -> None:
    client = client_for(other_head)
    refused = client.post(go("group-score", group), {"card": asked.pk, "impact": "3"})
    assert "Score it, 1 to 4" in words(refused)
    client.post(go("group-score", group), {"card": asked.pk, "impact": "3", "value": "2"})
    assert list(MemberScore.objects.values_list("impact", "value")) == [(3, 2)]
    assert "<dt>Likely impact, median</dt><dd>3 " in words(client.get(go("group-meeting", group)))


def test_score_of_a_group_leaves_out_the_members_own_school(
    client_for: Any, head: Any, group: GroupMeeting, school: Any, other_school: Any
) -> None:
    mine, theirs = (
        CpdRequestFactory(school=each, raised=True, provider_name="Fenland Writing")
        for each in (school, other_school)
    )
    data = {"card": f"{mine.pk},{theirs.pk}", "impact": "4", "value": "4"}
    client_for(head).post(go("group-score", group), data)
    assert [s.request_id for s in MemberScore.objects.all()] == [theirs.pk]


def test_take_back_advice_by_a_click(
    client_for: Any, dsi: Any, group: GroupMeeting, asked: CpdRequest
) -> None:
    record_advice([asked], meeting=group.meeting, advice="support", by=dsi)
    client_for(dsi).post(go("group-advice-take-back", group), {"card": asked.pk})
    assert not Advice.objects.exists()


# -- the engine's pages, documents, the request's page ---------------------------------------------


def test_parts_show_advice_and_scores_under_their_item(
    group: GroupMeeting, asked: CpdRequest, dsi: Any, ceo: Any, other_head: Any, school: Any
) -> None:
    propose_group_agenda(group, by=dsi)
    late = CpdRequestFactory(school=school, raised=True, title="Late one", provider_name="Oak")
    score_request(asked, meeting=group.meeting, by=ceo, impact=3, value=4)
    score_request(asked, meeting=group.meeting, by=other_head, conflict="A friend trains")
    for row in (asked, late):
        record_advice([row], meeting=group.meeting, advice="more", note="Who leads?", by=dsi)
    item = asked.items.get().item_id
    parts = parts_of_group(group.meeting)
    assert parts is not None
    assert [t.advice for t in parts.by_item[item].content] == ["Ask for more"]
    assert [t.who for t in parts.closing[0].content] == [f"{school}: Late one"]
    rows = document_parts_of_group(group.meeting)[item][0]["rows"]
    assert rows == [
        ("Advice", "Ask for more. Who leads?"),
        ("Scores", "Likely impact 3 of 4, value for money 4 of 4 (1 scored)"),
        ("Declared a conflict", "Owen Strand"),
    ]


def test_parts_of_another_kind_of_meeting_are_none(trust_set_up: Any, school: Any) -> None:
    from tests.factories import MeetingFactory

    meeting = MeetingFactory(school=school)
    assert parts_of_group(meeting) is None
    assert document_parts_of_group(meeting) == {}


def test_panel_names_the_meeting_and_links_it_for_its_readers(
    group: GroupMeeting, asked: CpdRequest, head: Any, leader: Any
) -> None:
    mine, theirs = group_panel(asked, head), group_panel(asked, leader)
    assert mine is not None
    assert theirs is not None
    assert mine.content.url == go("group-meeting", group)
    assert theirs.content.url == ""
    assert theirs.content.meeting == "Strategy Group, 1 December 2026"
    assert group_panel(CpdRequestFactory(school=asked.school), head) is None


def test_papers_are_one_document_and_read_by_members_only(
    client_for: Any, group: GroupMeeting, asked: CpdRequest, dsi: Any, other_head: Any,
    leader: Any, trustee: Any,
) -> None:  # fmt: skip
    first, second = request_papers(group, by=dsi), request_papers(group, by=other_head)
    assert first.pk == second.pk
    assert may_read_papers(other_head, first)
    assert not may_read_papers(leader, first)
    assert not may_read_papers(trustee, first)
    response = client_for(other_head).post(go("group-papers", group))
    assert response.url.startswith(reverse("document-progress", args=[first.pk]))


def test_a_leader_with_a_seat_reads_the_own_schools_requests_and_prints_no_papers(
    client_for: Any, group: GroupMeeting, asked: CpdRequest, leader: Any, other_school: Any
) -> None:
    seat(group.meeting, leader.person, "leader", required=False)
    CpdRequestFactory(school=other_school, raised=True, title="CANARY of another school")
    client = client_for(leader)
    page = words(client.get(go("group-meeting", group)))
    assert asked.title in page
    assert "CANARY" not in page
    assert "Print papers" not in page
    assert client.post(go("group-papers", group)).status_code == 403


# -- what waits ----------------------------------------------------------------------------------


def work(user: Any) -> list[str]:
    return [item.title for item in group_work(user, today())]


def test_work_is_to_score_before_and_to_record_after(
    group: GroupMeeting, asked: CpdRequest, school: Any, dsi: Any, clerk: Any, head: Any,
    other_head: Any, as_of: Any,
) -> None:  # fmt: skip
    CpdRequestFactory(school=school, raised=True, title="Oak coaching", provider_name="Oak")
    propose_group_agenda(group, by=dsi)
    assert work(other_head) == []
    issue_agenda(group.meeting, by=dsi)
    assert work(other_head) == work(dsi) == ["Score 2 requests"]
    assert work(head) == work(clerk) == []
    score_request(asked, meeting=group.meeting, by=other_head, impact=2, value=2)
    assert work(other_head) == ["Score 1 request"]
    as_of("2026-12-02")
    assert work(other_head) == []
    assert "Record the advice on 2 requests" in work(dsi)


def test_work_asks_to_plan_the_coming_half_term(dsi: Any, ceo: Any, as_of: Any) -> None:
    as_of("2026-12-07")
    assert [w for w in work(dsi) if w.startswith("Plan")]
    assert work(ceo) == []
    GroupMeetingFactory(
        day=dt.date(2027, 1, 20), meeting__state="scheduled", half_term=half_term(3)
    )
    assert work(dsi) == []


# -- how often the database is asked ---------------------------------------------------------------


def _fill(group: GroupMeeting, schools: list[Any], by: Any, until: int) -> None:
    for n in range(CpdRequest.objects.count(), until):
        row = CpdRequestFactory(
            school=schools[n % 2],
            raised=True,
            title=f"Course {n}",
            provider_name=f"Provider {n // 2}",
        )
        score_request(row, meeting=group.meeting, by=by, impact=3, value=3)
        done = CpdRequestFactory(school=schools[n % 2], going_ahead=True, title=f"Done {n}")
        record_advice([done], meeting=group.meeting, advice="support", by=by)
        ImpactReview.objects.create(request=done, level=4, due_on=dt.date(2026, 11, 6))
        PracticeCard.objects.create(
            school=schools[0], title=f"Card {n}", what="x", created_by=by, created_at=now(),
            shared_at=now(), shared_by=by,
        )  # fmt: skip


def test_page_papers_and_parts_ask_as_often_for_forty_requests_as_for_one(
    group: GroupMeeting, school: Any, other_school: Any, dsi: Any
) -> None:
    counts = []
    for number in (2, 6, 80):
        _fill(group, [school, other_school], dsi, number)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            group_page(GroupMeeting.objects.select_related("meeting__kind", "half_term").get(), dsi)
            papers_snapshot(GroupMeeting.objects.select_related("meeting__kind", "half_term").get())
            parts_of_group(group.meeting)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2], counts


def test_list_asks_as_often_for_forty_meetings_as_for_one(trust_set_up: Any, dsi: Any) -> None:
    counts = []
    for number in (1, 3, 40):
        for n in range(GroupMeeting.objects.count(), number):
            GroupMeetingFactory(
                day=dt.date(2026, 9, 7) + dt.timedelta(days=n), meeting__state="held"
            )
        with CaptureQueriesContext(connection) as asked:
            assert len(meeting_list(dsi)) == number
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] <= 2, counts
