"""The report's section on training: figures beside SQL, as at the cut-off, gone when there is nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from pypdf import PdfReader

from cpd.models import (
    Advice,
    CpdRequest,
    ImpactReview,
    JointProject,
    PracticeCard,
    ProjectSchool,
    ProjectVisit,
)
from progress_boards.actions import report as actions
from progress_boards.documents import report_snapshot, request_report
from progress_boards.models import AnnualReport
from progress_boards.queries.report_training import training_facts
from schools.models import School
from tests import factories
from tests.factories import CpdRequestFactory
from tests.progress_boards.report_year import SmallYear, small_year
from trust.calendar import LONDON, clock_at
from trust.documents import document_path, pdf_trouble
from trust.people.models import User
from trust.work import run_due_work

CUT_OFF = dt.date(2026, 7, 31)
AUGUST = dt.date(2026, 8, 3)


@pytest.fixture
def made(school: School, other_school: School) -> SmallYear:
    return small_year(school, other_school)


def at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=LONDON)


EARLY, LATE = at(2026, 1, 12), at(2026, 8, 20)


def request_of(school: School, when: dt.datetime = EARLY, **fields: Any) -> CpdRequest:
    fields = {
        "going_ahead": True, "starts_on": dt.date(2026, 2, 2), "raised_at": when,
        "decided_at": when, "title": "CANARY title", "need": "CANARY need", "supply_days": 0,
    } | fields  # fmt: skip
    if not fields["going_ahead"]:
        del fields["decided_at"]
    return CpdRequestFactory(school=school, **fields)


def review(request: CpdRequest, level: int, outcome: str, when: dt.datetime = EARLY) -> None:
    done = {"reviewed_at": when, "reviewed_by": request.created_by} if outcome else {}
    ImpactReview.objects.create(
        request=request, level=level, outcome=outcome, due_on=dt.date(2026, 5, level), **done
    )


def advise(request: CpdRequest, words: str, when: dt.datetime = EARLY) -> None:
    group = factories.GroupMeetingFactory(half_term=factories.half_term(3, 2025))
    Advice.objects.create(
        request=request, meeting=group.meeting, advice=words, note="CANARY note",
        request_version=1, recorded_by=request.created_by, recorded_at=when,
    )  # fmt: skip


@pytest.fixture
def training(made: SmallYear) -> dict[str, CpdRequest]:
    """Two schools' training of the year, and what happened only after the cut-off."""
    a, b = made.alderfen, made.cressmere
    proved = request_of(a, fee=1200, staff=8, kind="coaching", decision="amended")
    review(proved, 4, "met")
    advise(proved, "suggestion")
    despite = request_of(
        b, fee="1380.55", staff=2, kind="conference", decision="despite", decision_reason="Network"
    )
    review(despite, 5, "partly", LATE)  # not yet known at the cut-off: late then
    advise(despite, "against")
    withdrawn_later = request_of(a, fee=500, staff=5, kind="course")
    CpdRequest.objects.filter(pk=withdrawn_later.pk).update(
        state="withdrawn", state_left="going_ahead", withdrawn_at=LATE
    )
    gone = request_of(a, fee=999, staff=5)
    CpdRequest.objects.filter(pk=gone.pk).update(
        state="withdrawn", state_left="going_ahead", withdrawn_at=at(2026, 3, 1)
    )
    advise(gone, "more")
    request_of(b, going_ahead=False, raised=True, state="listed", listing="statutory", fee=90,
               staff=30, kind="in_house")  # fmt: skip
    request_of(b, going_ahead=False, raised=True, fee=70)  # not decided
    request_of(b, going_ahead=False, raised_at=None, title="CANARY draft", fee=7777)
    request_of(b, LATE, fee=8888)  # raised after the cut-off
    return {"proved": proved, "despite": despite}


def rows(facts: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["year"] for row in facts["rows"]}


def sql(text: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()


def test_figures_stand_as_at_the_cut_off(made: SmallYear, training: Any) -> None:
    assert rows(training_facts(made.year, CUT_OFF)) == {
        "training_raised": "5",
        "training_going": "3",
        "training_listed": "1",
        "training_spend": "£3,170.55",
        "training_head": "£70.46 (median £125)",
        "training_evidence": "39% (£1,200 of £3,080.55)",
        "training_late": "1",
    }


def test_figures_equal_sql(made: SmallYear, training: Any) -> None:
    found = rows(training_facts(made.year, CUT_OFF))
    total, staff, median = sql("""
        SELECT SUM(total), SUM(staff),
               ROUND(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY total / staff)::numeric, 2)
        FROM cpd_cpdrequest
        WHERE starts_on BETWEEN '2025-09-01' AND '2026-08-31' AND raised_at < '2026-08-01'
          AND (decided_at < '2026-08-01' OR listing <> '')
          AND (state <> 'withdrawn' OR withdrawn_at >= '2026-08-01')
    """)
    assert found["training_spend"] == f"£{total:,.2f}"
    head = (total / staff).quantize(Decimal("0.01"))
    assert found["training_head"] == f"£{head} (median £{median.normalize():f})"


def test_spend_is_divided_by_school_and_kind(made: SmallYear, training: Any) -> None:
    facts = training_facts(made.year, CUT_OFF)
    assert [(r["name"], r["trainings"], r["spend"], r["evidence"]) for r in facts["schools"]] == [
        ("Alderfen Primary Academy", 2, "£1,700", "£1,200"),
        ("Cressmere High", 2, "£1,470.55", "£0"),
    ]
    assert [(r["name"], r["spend"]) for r in facts["kinds"]] == [
        ("Conference", "£1,380.55"),
        ("Coaching", "£1,200"),
        ("External course", "£500"),
        ("In-house training", "£90"),
    ]


def test_advice_stands_beside_what_schools_decided(made: SmallYear, training: Any) -> None:
    facts = training_facts(made.year, CUT_OFF)
    told = [(r["name"], r["n"], r["going"], r["amended"], r["withdrawn"], r["open"])
            for r in facts["advice"]]  # fmt: skip
    assert told == [
        ("Support with a suggestion", 1, 1, 1, 0, 0),
        ("Ask for more", 1, 0, 0, 1, 0),
        ("Advise against", 1, 1, 0, 0, 0),
        ("No advice", 2, 1, 0, 0, 1),
    ]


def test_facts_are_plain_json_and_name_no_request_draft_or_person(
    made: SmallYear, training: Any
) -> None:
    words = json.dumps(training_facts(made.year, CUT_OFF))
    assert "CANARY" not in words
    assert "7,777" not in words
    assert "CPD-" not in words
    assert training["proved"].requester.name not in words


def test_year_without_training_has_no_section(
    made: SmallYear, chair: User, client_for: Any
) -> None:
    assert training_facts(made.year, CUT_OFF) == {}
    with clock_at(AUGUST):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
    page = client_for(chair).get(reverse("progress_boards:report-detail", args=[report.pk]))
    assert "Training and its impact" not in page.content.decode()
    snapshot = report_snapshot(report)
    assert snapshot["training"] == {}
    assert "training" not in [chapter["id"] for chapter in snapshot["contents"]]
    assert not report.sections.filter(key="training").exists()


@pytest.fixture
def report(made: SmallYear, training: Any, chair: User) -> AnnualReport:
    with clock_at(AUGUST):
        return actions.open_report(made.year, lead=chair.person, by=chair)


def test_section_is_on_the_page_with_its_figures(
    report: AnnualReport, chair: User, client_for: Any
) -> None:
    client = client_for(chair)
    page = client.get(reverse("progress_boards:report-detail", args=[report.pk])).content.decode()
    assert "Training and its impact" in page
    assert "£3,170.55" in page
    assert "CANARY" not in page
    figure = client.get(
        reverse("progress_boards:report-figure", args=[report.pk, "training_spend"])
    ).content.decode()
    assert "the school’s share of a shared purchase once bought; travel and cover" in figure
    assert "£1,470.55" in figure
    section = report.sections.get(key="training")
    editor = reverse("progress_boards:report-section", args=[report.pk, section.pk])
    assert "Your comment" in client.get(editor).content.decode()


def test_section_prints_and_stays_as_it_was_compiled(report: AnnualReport, chair: User) -> None:
    section = report.sections.get(key="training")
    actions.save_section(section, text="Bought well.", version=section.version, by=chair)
    CpdRequest.objects.filter(fee=1200).update(fee=5000)
    snapshot = report_snapshot(AnnualReport.objects.get(pk=report.pk))
    assert snapshot["words"]["training"] == ["Bought well."]
    assert rows(snapshot["training"])["training_spend"] == "£3,170.55"
    printed = render_to_string("pdf/annual_report.html", {"s": snapshot})
    assert "Bought well." in printed
    assert "Advice and what schools decided" in printed


@pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
def test_section_is_in_the_pdf(
    report: AnnualReport, chair: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = request_report(report, by=chair)
    run_due_work()
    document.refresh_from_db()
    assert (document.state, document.error) == ("done", "")
    pages = PdfReader(io.BytesIO(document_path(document.sha256).read_bytes())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for row in report.facts["training"]["rows"]:
        assert f"{row['label']} {row['definition']} {row['year']}" in text
    assert "CANARY" not in text


@pytest.mark.parametrize("more", [0, 2, 39])
def test_facts_ask_as_often_for_any_number_of_requests(
    made: SmallYear, training: Any, more: int, django_assert_num_queries: Any
) -> None:
    for _ in range(more):
        each = request_of(made.alderfen)
        review(each, 4, "met")
    with django_assert_num_queries(9):
        training_facts(made.year, CUT_OFF)


def test_joint_practice_stands_in_one_row_and_not_at_all_when_there_was_none(
    made: SmallYear, training: Any
) -> None:
    assert "training_practice" not in rows(training_facts(made.year, CUT_OFF))
    by = training["proved"].created_by
    PracticeCard.objects.create(
        school=made.alderfen, title="Oral rehearsal", what="Say it, then write it",
        shared_at=EARLY, created_by=by, created_at=EARLY,
    )  # fmt: skip
    project = JointProject.objects.create(
        title="Writing", question="What helps?", state="active", created_by=by, created_at=EARLY
    )
    host, visitor = (
        ProjectSchool.objects.create(project=project, school=each)
        for each in (made.alderfen, made.cressmere)
    )
    for day in (CUT_OFF, CUT_OFF + dt.timedelta(days=1)):  # the second comes too late
        ProjectVisit.objects.create(
            project=project, visitor=visitor, host=host, visited_on=day, recorded_by=by,
            recorded_at=EARLY,
        )  # fmt: skip
    told = training_facts(made.year, CUT_OFF)
    assert rows(told)["training_practice"] == "1 practice card, 1 under way, 1 visit"
    assert told["rows"][-1]["schools"] == [{"name": str(made.alderfen), "words": "1"}]
