"""The thread: rating → finding → item and minute → action → next board → report, walked both ways as each role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evidence.models import Finding, Indicator
from meetings.models import Action, ActionMark, AgendaItem, ItemSource, Minute
from progress_boards.models import AnnualReport, ItemRating, Recommendation, ReportSection
from progress_boards.queries.report import compile_facts
from progress_boards.queries.thread import KINDS, thread_of, thread_of_statement
from ratings.models import Band, EvidenceLink, IndicatorRating, RatingAssessment
from schools.models import School
from schools.queries import with_posts
from tests import factories
from tests.progress_boards.records import action_of, board_on, item_of
from trust.people.models import Person, User

TODAY = dt.date(2026, 11, 21)


@dataclass
class Cloth:
    """One school's thread from end to end."""

    school: School
    rating: RatingAssessment
    finding: Finding
    first: AgendaItem
    action: Action
    second: AgendaItem
    section: ReportSection | None = None


def weave(school: School) -> Cloth:
    """A visit in September, a rating after it, a board about both, its action, and the next board."""
    standards = Indicator.objects.order_by("order").first()
    visit = factories.VisitRecordFactory(
        school=school, state="filed", visited_on=dt.date(2025, 9, 10), sent_at=timezone.now(),
        filed_at=timezone.now(), open_to_leaders=False,
    )  # fmt: skip
    finding = Finding.objects.create(
        visit=visit, kind="develop", text=f"Keep-up is uneven at {school.code}", indicator=standards,
        take_to_board=True,
    )  # fmt: skip
    rating = factories.RatingAssessmentFactory(
        school=school, shared=True, position=3, effective_on=dt.date(2025, 9, 20),
        academic_year=factories.make_year(2025),
    )  # fmt: skip
    cell = IndicatorRating.objects.create(
        assessment=rating, indicator=standards, band=Band.objects.get(position=3)
    )
    held = board_on(school, dt.date(2025, 11, 20), 2, year=2025, meeting={"code": "25-A2"})
    first = item_of(held, 1, "Early reading", indicator=standards)
    ItemSource.objects.create(item=first, label="Record of visit", finding=finding)
    ItemRating.objects.create(item=first, rating=cell)
    Minute.objects.create(item=first, discussion="Nine of 14 pupils")
    action = action_of(held, f"{school.code}-25-A2-01", item=first, text="Weekly drop-ins")
    later = board_on(school, dt.date(2026, 2, 5), 3, year=2025, meeting={"code": "25-Sp1"})
    second = item_of(later, 1, "Early reading again", indicator=standards, carried_from=first)
    ItemSource.objects.create(item=second, label="Action", action=action)
    ActionMark.objects.create(
        action=action, meeting=later.meeting, mark="carried", by=rating.rated_by, at=timezone.now()
    )
    return Cloth(school, rating, finding, first, action, second)


def bind(cloths: list[Cloth], lead: Person, state: str = "presented") -> None:
    """Last year's report over the schools, as the Trust Board has it."""
    year, cut_off = factories.make_year(2025), dt.date(2026, 7, 31)
    report = AnnualReport.objects.create(
        academic_year=year, lead=lead, state=state, cut_off_on=cut_off,
        facts=compile_facts(year, cut_off), facts_compiled_at=timezone.now(),
        accuracy_sent_at=timezone.now(), signed_at=timezone.now(), signed_by=factories.UserFactory(),
        signed_name="Martin Yeo", created_at=timezone.now(),
    )  # fmt: skip
    for cloth in cloths:
        cloth.section = ReportSection.objects.create(
            report=report, key="school", school=cloth.school,
            text=f"Leaders know ({cloth.school.code}-25-A2).\nKeep-up moved ({cloth.school.code}-25-A2/1).\n\n"
            f"Drop-ins began ({cloth.school.code}-25-A2-01), as V{cloth.finding.visit_id}-1 asked.",
        )  # fmt: skip


@pytest.fixture
def cloth(school, other_school, chair) -> Cloth:
    """The thread of the school, beside that of another one."""
    beside, own = weave(other_school), weave(school)
    bind([beside, own], chair.person)
    return own


def both_ways(kind: str, row: Any, user: User) -> tuple[list[str], list[str]] | None:
    """What stands before and after as "kind title", or None where there is no thread for this person."""
    reader = with_posts(user, TODAY)
    found = (
        thread_of_statement(*row, reader)
        if kind == "statement"
        else thread_of(kind, row.pk, reader)
    )
    if found is None:
        return None
    told = [[f"{k.kind} {k.ref or k.title}" for k in side] for side in (found.before, found.after)]
    return told[0], told[1]


def walk(start: str, user: User, client: Any) -> set[str]:
    """Every thread page reached from an address by following links alone, each of which must open."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        response = client.get(address)
        assert response.status_code == 200, (address, user)
        seen.add(address)
        thread = response.context["thread"]
        for knot in (*thread.before, *thread.after):
            assert client.get(knot.url.partition("#")[0]).status_code == 200, (knot, user)
            if knot.thread_url:
                todo.append(knot.thread_url)
        for line in thread.words:
            pieces = [piece.url for piece in line.pieces if piece.url]
            todo += [*pieces, *filter(None, [line.thread_url])]
    return seen


def address(kind: str, row: Any) -> str:
    if kind == "statement":
        return reverse("progress_boards:thread-statement", args=row)
    return reverse("progress_boards:thread", args=[kind, row.pk])


def knots(cloth: Cloth) -> dict[str, tuple[str, Any]]:
    return {
        "rating": ("rating", cloth.rating), "finding": ("finding", cloth.finding),
        "first": ("item", cloth.first), "action": ("action", cloth.action),
        "second": ("item", cloth.second), "section": ("section", cloth.section),
        "held": ("board", cloth.first.meeting.progress_board),
        "later": ("board", cloth.second.meeting.progress_board),
        "of held": ("statement", (cloth.section.pk, 1)), "of first": ("statement", (cloth.section.pk, 2)),
        "of action": ("statement", (cloth.section.pk, 3)),
    }  # fmt: skip


# -- both ways -------------------------------------------------------------------------------------


def test_thread_of_each_thing_leads_both_ways(cloth, ceo):
    code = cloth.school.code
    finding, first, second = f"V{cloth.finding.visit_id}-1", f"{code}-25-A2/1", f"{code}-25-Sp1/1"
    action = f"{code}-25-A2-01"
    rating = f"{cloth.school}: Red"
    section = f"{cloth.school} in the report of {cloth.section.report.academic_year}"
    assert both_ways("rating", cloth.rating, ceo) == ([f"finding {finding}"], [f"item {first}"])
    before, after = both_ways("finding", cloth.finding, ceo)
    assert [each.split()[0] for each in before] == ["visit"]
    assert after[:2] == [f"item {first}", f"rating {rating}"]
    assert after[2].startswith("statement Drop-ins began")
    held, later = f"board {code}-25-A2", f"board {code}-25-Sp1"
    of_held, of_first = (
        f"statement Leaders know ({code}-25-A2).",
        f"statement Keep-up moved ({first}).",
    )
    of_action = f"statement Drop-ins began ({action}), as {finding} asked."
    assert both_ways("item", cloth.first, ceo) == (
        [held, f"rating {rating}", f"finding {finding}"],
        [f"action {action}", f"item {second}", of_first],
    )
    assert both_ways("action", cloth.action, ceo) == (
        [f"item {first}"], [f"item {second}", later, of_action]
    )  # fmt: skip
    assert both_ways("item", cloth.second, ceo) == (
        [later, f"action {action}", f"item {first}"],
        [f"section {section}"],
    )
    assert both_ways("board", cloth.first.meeting.progress_board, ceo) == (
        [], [f"item {first}", of_held]
    )  # fmt: skip
    before, _ = both_ways("section", cloth.section, ceo)
    assert before == [f"item {first}", f"item {second}", f"rating {rating}"]
    whole = [f"section {section}"]
    assert both_ways("statement", (cloth.section.pk, 1), ceo) == ([held], whole)
    assert both_ways("statement", (cloth.section.pk, 2), ceo) == ([f"item {first}"], whole)
    assert both_ways("statement", (cloth.section.pk, 3), ceo) == (
        [f"action {action}", f"finding {finding}"], whole
    )  # fmt: skip
    assert both_ways("statement", (cloth.section.pk, 4), ceo) is None


SCHEDULE = {"held", "later"}
ITEMS = {"first", "second"} | SCHEDULE
REPORT = {"section", "of held", "of first", "of action"}
ALL = ITEMS | REPORT | {"rating", "finding", "action"}
REACHED = {
    # "RAG shared: Leader if head opens it; clerk -; local committee if so set". Visits: leaders when
    # opened; trustees counts. Actions: leaders their own; trustees counts.
    "ceo": ALL,
    "dsi": ALL,
    "head": ALL,
    "link_trustee": ALL,
    "chair": ALL,
    "ceo_representative": ALL - REPORT,
    "clerk": ALL - {"rating"},
    "leader": ITEMS,
    "trustee": ITEMS | REPORT | {"rating"},
    "local_committee": ALL - {"rating"},
    "cfo": REPORT,
    "safeguarding_lead": REPORT,
    "provider": set(),
    "administrator": set(),
    "stranger": set(),
    "other_head": set(),
}


@pytest.mark.parametrize("role", list(REACHED))
def test_thread_is_open_where_the_thing_is_and_nowhere_else(cloth, role, request, client_for):
    user = request.getfixturevalue(role)
    client = client_for(user)
    opened = {
        name for name, (kind, row) in knots(cloth).items()
        if client.get(address(kind, row)).status_code == 200
    }  # fmt: skip
    assert opened == REACHED[role]


@pytest.mark.long
@pytest.mark.parametrize("role", [role for role, opened in REACHED.items() if "first" in opened])
def test_each_role_walks_from_the_item_to_all_it_may_read_and_every_link_opens(
    cloth, other_school, role, request, client_for
):
    user = request.getfixturevalue(role)
    reached = walk(address("item", cloth.first), user, client_for(user))
    expected = {address(*knot) for name, knot in knots(cloth).items() if name in REACHED[role]}
    assert reached == expected


def test_rating_leads_to_the_evidence_kept_with_it_and_that_back_to_it(cloth, ceo, trustee):
    cell = cloth.rating.indicators.get()
    later = factories.VisitRecordFactory(
        school=cloth.school, state="filed", visited_on=dt.date(2025, 9, 12), sent_at=timezone.now(),
        filed_at=timezone.now(), open_to_leaders=False,
    )  # fmt: skip
    other = Finding.objects.create(visit=later, kind="develop", text="x", indicator=cell.indicator)
    bare = factories.VisitRecordFactory(
        school=cloth.school, state="filed", visited_on=dt.date(2025, 9, 14), sent_at=timezone.now(),
        filed_at=timezone.now(), open_to_leaders=False,
    )  # fmt: skip
    EvidenceLink.objects.create(rating=cell, visit=later, label="Walk")
    EvidenceLink.objects.create(rating=cell, visit=bare, label="Walk")
    before, _ = both_ways("rating", cloth.rating, ceo)
    assert before == [f"finding V{later.pk}-1", f"visit {bare.kind}, {cloth.school}"]
    assert both_ways("finding", other, ceo)[1] == [f"rating {cloth.school}: Red"]
    assert both_ways("rating", cloth.rating, trustee)[0] == []


def test_no_thread_leads_into_another_school(cloth, other_school, head):
    for kind, row in knots(cloth).values():
        before, after = both_ways(kind, row, head)
        assert not [each for each in (*before, *after) if other_school.code in each]


def test_statement_on_the_trust_leads_to_what_it_cites_for_whoever_reads_that(
    cloth, other_school, ceo, trustee, cfo, head
):
    report = cloth.section.report
    cited = f"ALD-25-A2/1, ALD-25-A2-01 and {other_school.code}-25-A2/1"
    summary = ReportSection.objects.create(report=report, key="summary", text=f"Moved: {cited}.")
    asked = Recommendation.objects.create(report=report, order=1, text=f"Go on with {cited}.")
    told = {"item ALD-25-A2/1", "action ALD-25-A2-01", f"item {other_school.code}-25-A2/1"}
    for kind, row in (("statement", (summary.pk, 1)), ("recommendation", asked)):
        assert set(both_ways(kind, row, ceo)[0]) == told
        assert set(both_ways(kind, row, trustee)[0]) == told - {"action ALD-25-A2-01"}
        assert both_ways(kind, row, cfo)[0] == []
        assert both_ways(kind, row, head) is None
    _, after = both_ways("action", cloth.action, ceo)
    assert after[-2:] == [f"statement Moved: {cited}.", f"recommendation {asked.reference}"]
    assert not [each for each in both_ways("action", cloth.action, head)[1] if "Moved" in each]


@pytest.mark.parametrize("state", ["draft", "accuracy", "signed"])
def test_statement_is_not_for_the_trust_board_before_the_report_is(
    school, chair, trustee, ceo, head, client_for, state
):
    cloth = weave(school)
    bind([cloth], chair.person, state)
    statement = ("statement", (cloth.section.pk, 2))
    assert client_for(ceo).get(address(*statement)).status_code == 200
    assert client_for(trustee).get(address(*statement)).status_code == 404
    checks = 200 if state == "accuracy" else 404
    assert client_for(head).get(address(*statement)).status_code == checks
    for reader, sees in ((ceo, True), (trustee, False), (head, state == "accuracy")):
        _, after = both_ways("item", cloth.first, reader)
        assert any(each.startswith("statement") for each in after) == sees


# -- the pages -------------------------------------------------------------------------------------


def test_pages_lead_to_the_thread(cloth, ceo, client_for):
    client = client_for(ceo)
    board = cloth.first.meeting.progress_board
    places = (
        (reverse("ratings:rating-detail", args=[cloth.rating.pk]), "rating", cloth.rating),
        (reverse("evidence:visit-page", args=[cloth.finding.visit_id]), "finding", cloth.finding),
        (reverse("progress_boards:board-detail", args=[board.pk]), "item", cloth.first),
        (reverse("progress_boards:board-minutes", args=[board.pk]), "item", cloth.first),
        (reverse("meetings:action", args=[cloth.action.pk]), "action", cloth.action),
    )
    for page, kind, row in places:
        assert address(kind, row) in client.get(page).content.decode(), page


@pytest.mark.parametrize(
    ("printed", "name"),
    [("ALD-25-A2-01", "action"), ("ald-25-a2/1", "first"), ("ald-25-sp1/1", "second")],
)
def test_printed_reference_leads_to_its_thread(cloth, head, client_for, printed, name):
    response = client_for(head).get(reverse("progress_boards:thread-find"), {"ref": printed})
    assert response["Location"] == address(*knots(cloth)[name])


def test_reference_of_a_meeting_without_a_code_leads_to_its_item(cloth, head, client_for):
    meeting = cloth.first.meeting
    type(meeting).objects.filter(pk=meeting.pk).update(code="")
    printed = {"ref": f"ALD-M{meeting.pk}/1"}
    response = client_for(head).get(reverse("progress_boards:thread-find"), printed)
    assert response["Location"] == address("item", cloth.first)


def test_reference_of_a_finding_leads_to_it_and_no_further_than_rights(
    cloth, head, leader, client_for
):
    asked = {"ref": f"V{cloth.finding.visit_id}-1"}
    find = reverse("progress_boards:thread-find")
    assert client_for(head).get(find, asked)["Location"] == address("finding", cloth.finding)
    refused = client_for(leader).get(find, asked)
    assert refused.status_code == 200
    assert "Nothing that you may read" in refused.content.decode()


@pytest.mark.parametrize("words", ["", "nothing", "V999999999-1", "ALD-25-A2/99", "/1", "V1-1'--"])
def test_reference_that_is_not_there_is_said_and_stops_nothing(cloth, ceo, client_for, words):
    response = client_for(ceo).get(reverse("progress_boards:thread-find"), {"ref": words})
    assert response.status_code == 200
    assert ("Nothing that you may read" in response.content.decode()) == bool(words)


def test_thread_of_an_unknown_kind_is_not_there(cloth, ceo, client_for):
    client = client_for(ceo)
    assert client.get(reverse("progress_boards:thread", args=["minute", 1])).status_code == 404
    for kind in KINDS:
        gone = reverse("progress_boards:thread", args=[kind, 2_000_000_000])
        assert client.get(gone).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_thread_takes_as_many_queries_with_any_number_of_actions(cloth, ceo, client_for, rows):
    board = cloth.first.meeting.progress_board
    for n in range(rows):
        action_of(board, f"ALD-25-A2-9{n:02}", item=cloth.first)
    client = client_for(ceo)
    client.get(address("item", cloth.first))
    with CaptureQueriesContext(connection) as queries:
        client.get(address("item", cloth.first))
    assert len(queries) == QUERIES


QUERIES = 20
