"""The lead Chair of one year's report: reads that year at every school until it is presented, and nothing else.

"The lead reads Part A minutes, ratings and actions of every board of that year; a Chair's account lasts until
the report is presented."
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, deque
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from evidence.models import Indicator
from meetings.models import Action, Meeting
from progress_boards.actions import report as actions
from progress_boards.actions import report_stages as stages
from progress_boards.models import AnnualReport, ProgressBoard
from progress_boards.queries.report_work import report_work
from ratings.models import IndicatorRating, RatingAssessment
from schools.models import Post, School
from schools.queries.posts import posts_of, with_posts
from tests import factories
from tests.factories import make_year
from tests.progress_boards.records import action_of, board_on
from tests.progress_boards.report_year import SmallYear, small_year
from trust.access import Capacity, NotAllowed
from trust.calendar import clock_at
from trust.models import AuditEvent
from trust.people.models import User

JULY, AFTER = dt.date(2026, 7, 20), dt.date(2026, 8, 3)
SIGNED, PRESENTED, NEXT_DAY = dt.date(2026, 9, 20), dt.date(2026, 9, 24), dt.date(2026, 9, 25)


@pytest.fixture
def made(school: School, other_school: School) -> SmallYear:
    return small_year(school, other_school)


@pytest.fixture
def lead(chair: User) -> User:
    """The Chair of the own school, whose appointment is over on 31 July."""
    Post.objects.filter(person=chair.person).update(ends_on=dt.date(2026, 7, 31))
    return chair


@pytest.fixture
def report(made: SmallYear, lead: User) -> AnnualReport:
    """Opened while the appointment lasted; from August the lead holds nothing but this year."""
    with clock_at(JULY):
        opened = actions.open_report(made.year, lead=lead.person, by=with_posts(lead, JULY))
    with_posts(lead, AFTER)
    return opened


def at(name: str, *args: object) -> str:
    return reverse(name if ":" in name else f"progress_boards:{name}", args=args)


def status(client: Client, name: str, *args: object) -> int:
    return client.get(at(name, *args)).status_code


def next_years(school: School) -> ProgressBoard:
    """A final board of the year after."""
    return board_on(school, dt.date(2026, 11, 5), 2, year=2026, final_on=dt.date(2026, 11, 19))


# -- the post --------------------------------------------------------------------------------------


def test_open_report_gives_its_lead_the_year_and_the_audit_says_so(report, lead):
    post = Post.objects.get(capacity=Capacity.LEAD_CHAIR)
    assert (post.person, post.academic_year, post.school) == (
        lead.person,
        report.academic_year,
        None,
    )
    assert (post.starts_on, post.ends_on) == (JULY, None)
    assert str(post) == "Martin Yeo, Lead Chair, annual report 2025 to 2026"
    given = AuditEvent.objects.get(verb="appoint_person", object_id=post.pk)
    assert (given.user_id, given.detail["year"]) == (lead.pk, "2025 to 2026")


def test_posts_for_a_year_answer_only_where_that_year_is_asked_for_in_one_query(
    report, lead, chair
):
    with CaptureQueriesContext(connection) as queries:
        posts = posts_of(lead.person_id, AFTER)
    assert len(queries) == 1
    year, other = report.academic_year_id, make_year(2026).pk
    assert posts.years(Capacity.LEAD_CHAIR) == {year}
    assert (posts.holdings, posts.capacities, posts.year_capacities) == ((), set(), {"lead_chair"})
    asked = [posts.holds(*Capacity, year=y) for y in (None, other, year)]
    assert asked == [False, False, True]
    assert not posts.is_trust_wide(*Capacity)


@pytest.mark.parametrize(("capacity", "year"), [("lead_chair", None), ("chair", 2025)])
def test_post_has_a_year_exactly_when_it_is_held_for_one(capacity, year, school):
    with pytest.raises(IntegrityError, match="post_has_a_year"), transaction.atomic():
        factories.PostFactory(
            capacity=capacity, school=school if capacity == "chair" else None,
            academic_year=year and make_year(year),
        )  # fmt: skip


def test_post_of_the_lead_is_shown_among_posts_and_given_by_nobody_by_hand(
    report, administrator, client_for
):
    client = client_for(administrator)
    shown = re.sub(
        r"\s+", " ", re.sub("<[^>]+>", " ", client.get(at("schools:post-list")).content.decode())
    )
    assert "Martin Yeo Lead Chair, annual report 2025 to 2026 Whole trust" in shown
    offered = client.get(at("schools:post-appoint")).content.decode()
    assert ('value="chair"' in offered, "lead_chair" in offered) == (True, False)
    sent = {
        "capacity": "lead_chair",
        "name": "Ada Quill",
        "starts_on": "2026-09-01",
        "standing": "permanent",
    }
    assert client.post(at("schools:post-appoint"), sent).status_code == 200
    assert Post.objects.filter(capacity=Capacity.LEAD_CHAIR).count() == 1


def test_migration_lets_the_leads_of_open_reports_read_and_twice_is_once(report, lead):
    Post.objects.filter(capacity=Capacity.LEAD_CHAIR).delete()
    kind = factories.board_kind()
    expected = kind.acts["read_minutes"]
    kind.acts = {**kind.acts, "read_minutes": expected[:-1], "read_schedule": expected[:-1]}
    kind.save()
    moved = import_module("progress_boards.migrations.0008_lead_chairs_of_open_reports")
    for _ in range(2):
        moved.let_lead_chairs_read(apps, None)
    kind.refresh_from_db()
    assert (expected[-1], kind.acts["read_minutes"]) == ("lead_chair", expected)
    assert kind.acts["read_schedule"] == expected
    post = Post.objects.get(capacity=Capacity.LEAD_CHAIR)
    assert (post.person, post.academic_year, post.starts_on) == (
        lead.person,
        report.academic_year,
        JULY,
    )


# -- what the year opens ---------------------------------------------------------------------------


def test_lead_reads_final_minutes_of_every_school_of_that_year_and_of_no_other(
    report, made, lead, client_for, as_of
):
    as_of("2026-09-20")
    client = client_for(lead)
    finals = ProgressBoard.objects.filter(academic_year=made.year, meeting__state="final")
    assert {b.school for b in finals} == {made.alderfen, made.cressmere}
    assert {status(client, "board-minutes", b.pk) for b in finals} == {200}
    later = next_years(made.cressmere)
    for name in ("board-detail", "board-minutes"):
        assert status(client, name, later.pk) == 404


def test_lead_reads_no_minutes_that_are_not_final_no_agenda_and_no_briefing(
    report, made, lead, client_for, as_of
):
    as_of("2026-09-20")
    client = client_for(lead)
    checked = ProgressBoard.objects.get(meeting__state="accuracy_check")
    refused = {
        name: status(client, name, checked.pk)
        for name in (
            "board-minutes",
            "briefing",
            "pack",
            "chair-sign",
            "in-advance",
            "board-school",
        )
    }
    assert refused == {
        "board-minutes": 404, "briefing": 403, "pack": 403, "chair-sign": 403, "in-advance": 403,
        "board-school": 403,
    }  # fmt: skip
    meeting = checked.meeting_id
    pages = ("minutes", "minutes-edit", "agenda-versions", "part-b", "redacted")
    assert {n: status(client, f"meetings:{n}", meeting) for n in pages} == {
        "minutes": 403, "minutes-edit": 403, "agenda-versions": 403, "part-b": 403, "redacted": 403,
    }  # fmt: skip
    page = client.get(at("board-detail", checked.pk)).content.decode()
    assert "its agenda is for those who take part" in page


def test_lead_reads_no_part_b_even_of_a_board_that_was_the_leads_own(
    report, made, lead, client_for, as_of
):
    as_of("2026-09-20")
    factories.seat(made.first.meeting, lead.person, Capacity.CHAIR, required=False)
    client = client_for(lead)
    assert status(client, "meetings:part-b", made.first.meeting_id) == 403


def test_lead_reads_shared_ratings_of_that_year_as_a_trustee_does(
    report, made, lead, client_for, as_of
):
    as_of("2026-09-20")
    factories.RatingAssessmentFactory(school=made.cressmere, academic_year=made.year)  # a draft
    RatingAssessment.objects.filter(school=made.alderfen, state="superseded").update(
        academic_year=make_year(2026)
    )
    seen = RatingAssessment.objects.visible_to(lead)
    assert {(r.school, r.state) for r in seen} == {
        (made.alderfen, "shared"), (made.cressmere, "shared"),
    }  # fmt: skip
    rating = seen.get(school=made.cressmere)
    for indicator in Indicator.objects.order_by("order")[:4]:
        IndicatorRating.objects.create(
            assessment=rating,
            indicator=indicator,
            band=rating.overall,
            rationale="Two posts vacant",
        )
    page = client_for(lead).get(at("ratings:rating-detail", rating.pk)).content.decode()
    assert "Reading recovers" in page
    assert ("Two posts vacant" in page, "The reason is not shown here" in page) == (False, True)
    assert at("ratings:school-history", made.cressmere.pk) not in page
    assert status(client_for(lead), "ratings:school-history", made.cressmere.pk) == 404
    assert client_for(lead).get(reverse("school", args=[made.cressmere.pk])).status_code == 404


def test_lead_reads_actions_of_that_years_boards_and_changes_none(
    report, made, lead, client_for, as_of
):
    as_of("2026-09-20")
    action_of(next_years(made.cressmere), "CRE-26-A2-01")
    seen = Action.objects.visible_to(lead)
    assert set(seen) == set(
        Action.objects.filter(meeting__academic_year=made.year).exclude(state="draft")
    )
    action = seen.get(ref="ALD-25-A2-02")
    client = client_for(lead)
    assert client.get(at("meetings:action", action.pk)).status_code == 200
    assert client.get(at("meetings:action-list")).status_code == 200
    assert client.post(at("meetings:action-done", action.pk), {"note": "x"}).status_code == 403
    action.refresh_from_db()
    assert action.state == "open"


def test_every_link_that_the_lead_is_shown_opens(report, made, lead, client_for, as_of):
    as_of("2026-09-20")
    client, asked, broken = client_for(lead), Counter(), {}
    waiting, known = deque(["/", at("report-list"), at("report-detail", report.pk)]), set()
    while waiting:
        url = waiting.popleft()
        view = resolve(url.partition("?")[0]).view_name
        asked[view] += 1
        if asked[view] > 2:
            continue
        answer = client.get(url)
        if answer.status_code != 200 or answer.streaming:
            broken |= {url: answer.status_code} if answer.status_code not in (200, 302) else {}
            continue
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.content.decode()):
            link = unescape(link)
            if link not in known and not link.startswith(("/static/", "/account", "/sign")):
                known.add(link)
                waiting.append(link)
    assert broken == {}
    wanted = {
        "board-minutes",
        "board-detail",
        "report-figure",
        "report-section",
        "board-list",
        "thread",
    }
    assert {f"progress_boards:{name}" for name in wanted} <= set(asked)


def test_menu_of_the_lead_names_what_opens_and_my_work_the_report(report, lead, client_for, as_of):
    as_of("2026-09-20")
    page = client_for(lead).get("/").content.decode()
    nav = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
    lines = [re.sub(r"<[^>]+>", "", n).strip() for n in re.findall(r"<li>(.*?)</li>", nav, re.S)]
    assert [re.sub(r"\d+.*", "", line).strip() for line in lines] == [
        "My work", "Progress Boards", "Actions", "Annual report",
    ]  # fmt: skip
    assert "Write the annual report" in page
    assert "Lead Chair" in page


def test_calendar_of_the_lead_opens_on_the_reports_year(report, made, lead, client_for, as_of):
    as_of("2026-09-20")
    page = client_for(lead).get(at("board-list")).content.decode()
    assert at("board-detail", made.first.pk) in page
    assert reverse("school", args=[made.alderfen.pk]) not in page
    assert made.cressmere.name in page


# -- until it is presented -------------------------------------------------------------------------


def test_chair_whose_appointment_ended_signs_in_september_and_reads_nothing_after_the_day_it_is_presented(
    made, lead, clerk, client_for, as_of
):
    client = client_for(lead)
    as_of(JULY.isoformat())
    sent = {"year": made.year.pk, "idempotency_key": "a1b2c3d4-0000-4000-8000-000000000001"}
    assert client.post(at("report-open"), sent).status_code == 302
    report = AnnualReport.objects.get()
    as_of(SIGNED.isoformat())
    for part in report.sections.filter(key__in=("summary", "school")):
        said = {"text": "As I saw it.", "version": part.version}
        assert client.post(at("report-section", report.pk, part.pk), said).status_code == 302
    added = {"text": "Keep six boards", "idempotency_key": "a1b2c3d4-0000-4000-8000-000000000002"}
    assert client.post(at("recommendation-add", report.pk), added).status_code in (200, 302)
    with clock_at(SIGNED):
        by = with_posts(lead, SIGNED)
        if not report.recommendations.exists():
            actions.add_recommendation(report, text="Keep six", owner="CEO", by_when=None, by=by)
        stages.send_for_accuracy(report, by=by)
    assert (
        client.post(at("report-sign", report.pk), {"typed_name": "Martin Yeo"}).status_code == 302
    )
    report.refresh_from_db()
    assert (report.state, report.signed_by) == ("signed", lead)
    assert client.post(at("report-submit", report.pk)).status_code == 302
    as_of(PRESENTED.isoformat())
    assert client_for(clerk).post(at("report-present", report.pk)).status_code == 302
    urls = [at("report-detail", report.pk), at("board-minutes", made.first.pk), at("report-list")]
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    as_of(NEXT_DAY.isoformat())
    assert [client.get(url).status_code for url in urls] == [404, 404, 403]
    assert "You hold no post in this trust today" in client.get("/").content.decode()
    for seen in (Meeting, Action, RatingAssessment, AnnualReport):
        assert not seen.objects.visible_to(with_posts(lead, NEXT_DAY)).exists()
    ended = AuditEvent.objects.get(verb="end_post")
    assert (ended.user_id, ended.detail["on"]) == (clerk.pk, PRESENTED.isoformat())


def test_report_never_presented_leaves_its_lead_the_year(report, lead, client_for, as_of):
    as_of("2028-01-10")
    assert status(client_for(lead), "report-detail", report.pk) == 200
    work = [
        w.title for w in report_work(with_posts(lead, dt.date(2028, 1, 10)), dt.date(2028, 1, 10))
    ]
    assert work == ["Write the annual report"]


def test_lead_of_one_year_writes_no_other_and_opens_none(report, lead, made):
    other = AnnualReport.objects.create(
        academic_year=make_year(2026), lead=lead.person, cut_off_on=dt.date(2027, 7, 31),
        created_at=report.created_at, facts=report.facts,
    )  # fmt: skip
    assert list(AnnualReport.objects.visible_to(lead)) == [report]
    with pytest.raises(NotAllowed):
        actions.compile_report(other, by=lead)
    with pytest.raises(NotAllowed):
        actions.open_report(make_year(2026), lead=lead.person, by=lead)


def test_chair_who_contributes_reads_the_own_half_page_and_no_more_of_the_year(
    made, chair, client_for, as_of
):
    second = factories.user_with((Capacity.CHAIR, made.cressmere))
    with clock_at(JULY):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
    as_of("2026-09-20")
    own = report.sections.get(school=made.cressmere)
    client = client_for(second)
    assert own.writer == second.person
    assert status(client, "report-section", report.pk, own.pk) == 200
    assert status(client, "report-detail", report.pk) == 404
    assert status(client, "board-minutes", made.first.pk) == 404
    seen = ProgressBoard.objects.visible_to(second)
    assert {board.school for board in seen} == {made.cressmere}


# -- a seat at minutes that are final --------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "posts", "fields", "opens"),
    [
        (Capacity.CHAIR, [(Capacity.CHAIR, "other")], {}, False),
        (Capacity.CHAIR, [(Capacity.CHAIR, "own")], {}, True),
        (Capacity.LINK_TRUSTEE, [(Capacity.LINK_TRUSTEE, "other")], {}, False),
        (Capacity.HEAD, [(Capacity.HEAD, "other")], {}, False),
        (Capacity.LEADER, [(Capacity.LEADER, "other")], {}, False),
        (Capacity.LEADER, [(Capacity.PROVIDER, "own")], {}, True),
        (Capacity.CLERK, [(Capacity.LEADER, "other")], {}, True),
        (Capacity.CHAIR, [(Capacity.CHAIR, "other")], {"for_person": True}, True),
        (Capacity.CHAIR, [(Capacity.LINK_TRUSTEE, "other")], {"is_external_chair": False}, True),
    ],
)
def test_seat_opens_final_minutes_while_its_person_holds_what_it_was_given_for(
    role, posts, fields, opens, school, other_school, client_for
):
    board = board_on(school, dt.date(2026, 10, 8), 1, year=2026, final_on=dt.date(2026, 10, 29))
    held = [(capacity, {"own": school, "other": other_school}[place]) for capacity, place in posts]
    user = factories.user_with(*held)
    if "for_person" in fields:
        fields = {"for_person": factories.PersonFactory()}
    seat = factories.seat(board.meeting, user.person, role, required=False, **fields)
    client = client_for(user)
    assert status(client, "board-detail", board.pk) == (200 if opens else 404)
    seat.delete()
    board = board_on(school, dt.date(2026, 11, 5), 2, year=2026, state="with_chair")
    factories.seat(board.meeting, user.person, role, required=False, **fields)
    assert status(client, "board-detail", board.pk) == 200
