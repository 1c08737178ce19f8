"""What ratings and agendas read of the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from evidence.actions import enter_document_judgement, mark_passage, reply_to_visit
from evidence.models import Indicator, VisitRecord
from evidence.pupil_traces import pupil_traces
from evidence.queries.documents import document_judgements, expired_or_missing, marked_passages
from evidence.queries.indicators import evidence_for
from evidence.queries.visits import flagged_findings, strengths, visits_of
from evidence.work import work_for
from schools.models import School
from tests.evidence.test_documents import add
from trust.people.models import User

Write = Callable[..., VisitRecord]
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def standards(school: School) -> Indicator:
    return Indicator.objects.get(slug="standards")


def test_flagged_findings_come_from_sent_and_filed_records_and_never_from_a_draft(
    write: Write, dsi: User, school: School, other_school: School
) -> None:
    for state in ("draft", "sent", "filed"):
        write(dsi, state=state, text=state, take_to_board=True)
    write(dsi, state="filed", text="not flagged")
    write(dsi, state="filed", text="elsewhere", at=other_school, take_to_board=True)
    assert {each.text for each in flagged_findings(school)} == {"sent", "filed"}


def test_flagged_findings_say_until_when_a_reply_is_awaited(
    write: Write, dsi: User, head: User, school: School, as_of: Callable[[str], dt.date]
) -> None:
    as_of("2026-11-13")
    awaited = write(dsi, state="sent", take_to_board=True)
    disputed = write(dsi, state="sent", take_to_board=True)
    reply_to_visit(disputed, reply="disputed", text="One sentence is wrong", by=head)
    silent = write(dsi, state="filed", take_to_board=True)
    labels = {each.visit.pk: each.visit.label for each in flagged_findings(school)}
    assert labels == {
        awaited.pk: "Reply awaited until 20 November",
        disputed.pk: "Disputed",
        silent.pk: "No reply",
    }


def test_strengths_come_from_filed_records_only(write: Write, dsi: User, school: School) -> None:
    write(dsi, state="sent", text="sent strength")
    write(dsi, state="filed", text="filed strength")
    assert [each.text for each in strengths(school)] == ["filed strength"]


def test_findings_older_than_asked_are_left_out(write: Write, dsi: User, school: School) -> None:
    write(dsi, state="filed", take_to_board=True)
    assert len(flagged_findings(school, dt.date(2026, 11, 12))) == 1
    assert flagged_findings(school, dt.date(2026, 11, 13)) == ()


def test_evidence_for_an_indicator_gathers_visits_passages_and_judgements(
    write: Write, dsi: User, head: User, school: School, standards: Indicator
) -> None:
    visit = write(dsi, state="filed", indicator_id=standards.pk)
    write(dsi, indicator_id=standards.pk, text="a draft is no evidence")
    document = add(school, head)
    mark_passage(document, quote="Gaps close", page=9, indicator=standards, by=dsi)
    enter_document_judgement(document, indicator=standards, position=1, by=dsi)
    found = evidence_for(school, standards)
    assert [(line.kind, line.source_id) for line in found] == [
        ("passage", document.pk),
        ("visit", visit.pk),
        ("judgement", document.pk),
    ]
    assert found[0].label == "Self-evaluation, page 9"
    assert found[1].url == f"/evidence/visits/{visit.pk}/"


def test_passages_and_judgements_of_an_older_version_no_longer_count(
    head: User, dsi: User, school: School, standards: Indicator
) -> None:
    older = add(school, head)
    mark_passage(older, quote="Old words", by=dsi)
    enter_document_judgement(older, indicator=standards, position=1, by=dsi)
    assert len(marked_passages(school)) == len(document_judgements(school)) == 1
    add(school, head, replaces=older)
    assert marked_passages(school) == ()
    assert document_judgements(school) == ()


@pytest.mark.parametrize(
    ("until", "is_gap"),
    [(None, False), (TODAY, False), (TODAY - dt.timedelta(days=1), True)],
)
def test_expired_or_missing_counts_a_document_until_its_last_day(
    until: dt.date | None, is_gap: bool, head: User, school: School
) -> None:
    add(school, head, "attendance", valid_until=until)
    gaps = {gap.kind_slug: gap for gap in expired_or_missing(school, TODAY)}
    assert ("attendance" in gaps) is is_gap
    assert gaps["improvement-plan"].label == "Improvement plan: missing"


def test_visits_of_a_school_are_newest_first_and_only_what_its_reader_may_read(
    write: Write, dsi: User, chair: User, school: School
) -> None:
    early = write(dsi, state="filed", on=dt.date(2026, 10, 1))
    late = write(dsi, state="sent")
    assert [line.pk for line in visits_of(school)] == [late.pk, early.pk]
    assert [line.pk for line in visits_of(school, user=chair)] == [early.pk]


def test_work_waits_for_the_visitor_and_then_for_the_head(
    write: Write, dsi: User, head: User, as_of: Callable[[str], dt.date]
) -> None:
    day = as_of("2026-11-20")
    write(dsi)
    drafts = list(work_for(dsi, day))
    assert [(item.due, item.is_late) for item in drafts] == [(dt.date(2026, 11, 19), True)]
    assert list(work_for(head, day)) == []
    sent = write(dsi, state="sent")
    assert [(item.due, item.url) for item in work_for(head, day)] == [
        (sent.reply_by, f"/evidence/visits/{sent.pk}/")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A123456789012 was seen", 1),
        ("H801200001001 (UPN)", 1),
        ("his DOB is on file", 1),
        ("date of birth", 1),
        ("J.B. in Year 4", 1),
        ("JB (Y4) and KM, Year 5", 1),
        ("JB (Y4), DOB known", 2),
        ("Year 4 in RE and PE", 0),
        ("RE in Year 4 and PE in Year 5", 0),
        ("KS2 outcomes; SEND in Years 3 to 5", 0),
        ("Standards in Year 6 rose to 61%", 0),
    ],
)
def test_pupil_traces_are_found_and_plain_words_are_not(text: str, found: int) -> None:
    assert len(pupil_traces(text)) == found


def test_query_counts_are_equal_at_1_3_and_40_findings(
    write: Write, dsi: User, school: School, standards: Indicator, django_assert_num_queries: Any
) -> None:
    made = 0
    for rows in (1, 3, 40):
        while made < rows:
            write(dsi, state="sent", take_to_board=True, indicator_id=standards.pk)
            made += 1
        with django_assert_num_queries(1):
            assert len(flagged_findings(school)) == rows
        with django_assert_num_queries(4):
            assert len(evidence_for(school, standards)) == rows
