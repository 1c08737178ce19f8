"""The Chair's annual report: opened, written, signed, submitted, read, printed."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid

import pikepdf
import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from progress_boards.actions import report as actions
from progress_boards.actions import report_after as after
from progress_boards.actions import report_stages as stages
from progress_boards.documents import may_read_report_document, report_snapshot, request_report
from progress_boards.models import AnnualReport, ReportSection
from progress_boards.queries.report_work import report_work
from tests import factories
from tests.progress_boards.report_year import SmallYear, small_year
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at
from trust.documents import document_path, pdf_trouble
from trust.models import AcademicYear, Document
from trust.work import run_due_work

needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
AUGUST = dt.date(2026, 8, 3)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def made(school, other_school) -> SmallYear:
    return small_year(school, other_school)


@pytest.fixture
def report(made, chair) -> AnnualReport:
    with clock_at(AUGUST):
        return actions.open_report(made.year, lead=chair.person, by=chair)


def section(report: AnnualReport, key: str) -> ReportSection:
    return report.sections.get(key=key)


def written(report: AnnualReport, chair) -> AnnualReport:
    """Everything that must be written, written."""
    for part in report.sections.all():
        actions.save_section(
            part, text=f"Words on {part.school or part.key}.", version=part.version, by=chair
        )
    actions.add_recommendation(report, text="Keep six boards at Alderfen", owner="Chief Executive",
                               by_when=dt.date(2027, 3, 31), by=chair)  # fmt: skip
    return report


def signed(report: AnnualReport, chair) -> AnnualReport:
    stages.send_for_accuracy(written(report, chair), by=chair)
    return stages.sign_report(report, typed_name="Martin Yeo", by=chair)


def presented(report: AnnualReport, chair, clerk) -> AnnualReport:
    stages.submit_report(signed(report, chair), by=chair)
    return stages.present_report(report, by=clerk)


# -- opened --------------------------------------------------------------------------------------


def test_open_report_compiles_the_facts_and_begins_each_school_from_its_closing_statements(
    report, made
):
    texts = {s.school.name: s.text for s in report.sections.filter(key="school")}
    first, second = (f"ALD-M{board.meeting_id}" for board in (made.first, made.second))
    assert texts == {
        "Alderfen Primary Academy": (
            f"Autumn 1, 2 October 2025: Leaders know their school ({first}).\n\n"
            f"Autumn 2, 20 November 2025: Reading moves ({second})."
        ),
        "Cressmere High": "",
    }
    assert report.cut_off_on == dt.date(2026, 7, 31)
    assert report.facts["groups"][0]["rows"][3]["year"] == "6"


def test_open_report_of_a_year_that_has_one_is_refused(report, made, chair):
    with pytest.raises(Conflict, match="has a report already"):
        actions.open_report(made.year, lead=chair.person, by=chair)


def test_open_report_by_anybody_but_an_external_chair_is_refused(made, ceo, clerk, dsi):
    for user in (ceo, clerk, dsi):
        with pytest.raises(NotAllowed):
            actions.open_report(made.year, lead=user.person, by=user)


def test_facts_stay_what_they_were_when_the_year_is_edited_later(report, made):
    before = json.dumps(report_snapshot(report), sort_keys=True)
    made.alderfen.name = "Renamed"
    made.alderfen.save()
    type(made.second.meeting).objects.filter(pk=made.second.meeting_id).update(place="Elsewhere")
    report.refresh_from_db()
    assert json.dumps(report_snapshot(report), sort_keys=True) == before


def test_compile_refreshes_the_facts_and_leaves_every_written_word(report, made, chair):
    part = section(report, "summary")
    actions.save_section(part, text="Mine", version=1, by=chair)
    made.alderfen.name = "Alderfen Academy"
    made.alderfen.save()
    actions.compile_report(report, by=chair)
    report.refresh_from_db()
    assert "Alderfen Academy" in [s["name"] for s in report.facts["schools"]]
    assert section(report, "summary").text == "Mine"


def test_report_opened_before_the_cut_off_is_compiled_once_more_after_it(made, chair):
    with clock_at(dt.date(2026, 5, 1)):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
    assert report.facts["cut_off"] == "1 May 2026"
    with clock_at(AUGUST):
        assert actions.reports_past_cut_off() == [report.pk]
        run_due_work()
        assert actions.reports_past_cut_off() == []
    report.refresh_from_db()
    assert report.facts["cut_off"] == "31 July 2026"


# -- written -------------------------------------------------------------------------------------


def test_save_of_a_section_under_an_old_version_keeps_both_texts(report, chair):
    part = section(report, "summary")
    actions.save_section(part, text="First", version=1, by=chair)
    with pytest.raises(actions.StaleSection) as stale:
        actions.save_section(part, text="Second", version=1, by=chair)
    assert (stale.value.section.text, stale.value.text) == ("First", "Second")
    assert actions.save_section(part, text="First", version=1, by=chair).version == 2


def test_recommendations_move_and_close_ranks(report, chair):
    rows = [
        actions.add_recommendation(report, text=t, owner="", by_when=None, by=chair) for t in "abc"
    ]
    actions.move_recommendation(rows[2], up=True, by=chair)
    assert [r.text for r in report.recommendations.all()] == ["a", "c", "b"]
    rows[0].refresh_from_db()
    actions.remove_recommendation(rows[0], by=chair)
    assert [(r.order, r.text) for r in report.recommendations.all()] == [(1, "c"), (2, "b")]


def test_writing_by_anybody_but_the_lead_chair_is_refused(report, ceo, clerk, other_school):
    second = factories.user_with(("chair", other_school), name="Another Chair")
    for user in (ceo, clerk, second):
        with pytest.raises(NotAllowed):
            actions.save_section(section(report, "summary"), text="x", version=1, by=user)


# -- signed and submitted ------------------------------------------------------------------------


def test_sign_before_everything_is_written_says_what_is_missing(report, chair):
    with pytest.raises(Conflict, match="Write the summary before you sign"):
        stages.sign_report(report, typed_name="Martin Yeo", by=chair)


def test_sign_with_another_name_is_refused(report, chair):
    written(report, chair)
    with pytest.raises(Conflict, match="Type your own name"):
        stages.sign_report(report, typed_name="Ruth Calder", by=chair)
    report.refresh_from_db()
    assert report.state == "draft"


def test_signed_report_is_sealed_and_can_be_taken_back_until_submitted(report, chair):
    signed(report, chair)
    part = section(report, "summary")
    with pytest.raises(NotAllowed):
        actions.save_section(part, text="Changed", version=part.version, by=chair)
    with pytest.raises(InternalError), transaction.atomic():
        ReportSection.objects.filter(pk=part.pk).update(text="Changed")
    with pytest.raises(InternalError), transaction.atomic():
        AnnualReport.objects.filter(pk=report.pk).update(facts={})
    stages.take_back_report(report, by=chair)
    actions.save_section(part, text="Changed", version=part.version, by=chair)
    assert section(report, "summary").text == "Changed"


def test_report_with_the_trust_board_cannot_be_taken_back(report, chair, clerk):
    presented(report, chair, clerk)
    with pytest.raises(Conflict):
        stages.take_back_report(report, by=chair)


def test_report_reaches_the_trust_board_only_when_submitted(
    report,
    chair,
    ceo,
    dsi,
    clerk,
    trustee,
    link_trustee,
    cfo,
    safeguarding_lead,
    head,
    leader,
    administrator,
):
    def readers() -> list[bool]:
        return [
            AnnualReport.objects.visible_to(u).filter(pk=report.pk).exists()
            for u in (chair, ceo, dsi, clerk, trustee, link_trustee, cfo, safeguarding_lead, head, leader, administrator)
        ]  # fmt: skip

    assert readers() == [True] * 4 + [False] * 7
    document = request_report(report, by=chair)
    presented(report, chair, clerk)
    assert readers() == [True] * 8 + [False] * 3
    assert not may_read_report_document(trustee, document)
    assert may_read_report_document(trustee, request_report(report, by=chair))


def test_work_asks_the_chair_to_write_by_september_and_the_board_to_read(
    report, made, chair, clerk, trustee, head
):
    (item,) = report_work(chair, AUGUST)
    assert (item.title, item.due) == ("Write the annual report", dt.date(2026, 9, 30))
    assert list(report_work(trustee, AUGUST)) == []
    presented(report, chair, clerk)
    (item,) = report_work(trustee, AUGUST)
    assert item.title == "Read the external Chair’s annual report"
    after.record_read(report, by=trustee)
    after.record_read(report, by=trustee)
    assert report.reads.count() == 1
    assert list(report_work(trustee, AUGUST)) == []
    assert list(report_work(head, AUGUST)) == []


def test_work_asks_the_chair_to_open_the_report_once_the_year_is_over(made, chair):
    assert [i.title for i in report_work(chair, AUGUST)] == [
        "Open the annual report of 2025 to 2026"
    ]
    assert list(report_work(chair, dt.date(2026, 7, 1))) == []


# -- the pages -----------------------------------------------------------------------------------


def url(name: str, *args: object) -> str:
    return reverse(f"progress_boards:{name}", args=args)


@pytest.fixture
def desk(chair, client_for) -> Client:
    return client_for(chair)


def test_chair_opens_writes_signs_and_submits_through_the_pages(
    made, chair, desk, clerk, trustee, client_for, as_of
):
    as_of("2026-08-03")
    key = {"idempotency_key": str(uuid.uuid4()), "year": made.year.pk}
    first, second = (desk.post(url("report-open"), key) for _ in range(2))
    assert first["Location"] == second["Location"]
    report = AnnualReport.objects.get()
    for part in report.sections.all():
        page = desk.get(url("report-section", report.pk, part.pk))
        assert page.status_code == 200
        desk.post(
            url("report-section", report.pk, part.pk),
            {"text": f"On {part.key}", "version": part.version},
        )
    added = {
        "idempotency_key": str(uuid.uuid4()),
        "text": "Keep six boards",
        "owner": "CEO",
        "by_when": "2027-03-31",
    }
    for _ in range(2):
        desk.post(url("recommendation-add", report.pk), added)
    assert report.recommendations.count() == 1
    refused = desk.post(url("report-sign", report.pk), {"typed_name": "Somebody Else"})
    assert "Type your own name" in refused.content.decode()
    desk.post(url("report-send", report.pk))
    desk.post(url("report-sign", report.pk), {"typed_name": "Martin Yeo"})
    assert client_for(trustee).get(url("report-detail", report.pk)).status_code == 404
    assert "can no longer be changed" in desk.get(url("report-submit", report.pk)).content.decode()
    for _ in range(2):
        desk.post(url("report-submit", report.pk))
    assert client_for(trustee).get(url("report-detail", report.pk)).status_code == 404
    page = client_for(clerk).get(url("report-present", report.pk)).content.decode()
    assert "can no longer be changed" in page
    client_for(clerk).post(url("report-present", report.pk))
    page = client_for(trustee).get(url("report-detail", report.pk)).content.decode()
    assert "Keep six boards" in page
    assert "On summary" in page
    assert report.reads.get().person == trustee.person


def test_page_warns_before_a_report_of_an_unfinished_year_is_signed(made, chair, desk, as_of):
    as_of("2026-05-01")
    report = actions.open_report(made.year, lead=chair.person, by=chair)
    words = (
        "The year is not over: the figures are those of 1 May 2026, and its cut-off is 31 July 2026"
    )
    assert words in desk.get(url("report-detail", report.pk)).content.decode()
    as_of("2026-08-03")
    actions.compile_report(report, by=chair)
    assert "The year is not over" not in desk.get(url("report-detail", report.pk)).content.decode()


def test_autosave_answers_in_json_and_a_stale_one_with_409(report, desk):
    part = section(report, "summary")
    address = url("report-section", report.pk, part.pk)
    typed = {"HTTP_X_REQUESTED_WITH": "autosave"}
    answer = desk.post(address, {"text": "First", "version": 1}, **typed)
    assert answer.json()["version"] == 2
    stale = desk.post(address, {"text": "Second", "version": 1}, **typed)
    assert (stale.status_code, stale.json()["url"]) == (409, address)
    page = desk.post(address, {"text": "Second", "version": 1})
    assert page.status_code == 409
    assert "Second" in page.content.decode()
    assert "First" in page.content.decode()


def test_empty_recommendation_comes_back_with_its_words(report, desk):
    answer = desk.post(url("recommendation-add", report.pk),
                       {"idempotency_key": str(uuid.uuid4()), "text": "", "owner": "The Strategy Group"})  # fmt: skip
    page = answer.content.decode()
    assert "Enter recommendation" in page
    assert "The Strategy Group" in page


def test_figure_leads_to_its_boards(report, made, desk):
    page = desk.get(url("report-figure", report.pk, "holds_yes")).content.decode()
    assert url("board-detail", made.first.pk) in page
    assert desk.get(url("report-figure", report.pk, "nothing")).status_code == 404


@pytest.mark.parametrize(
    "name", ["report-detail", "report-pdf", "report-compile", "report-sign", "report-present"]
)
def test_stranger_to_a_draft_finds_nothing(name, report, trustee, head, client_for):
    for user in (trustee, head):
        client = client_for(user)
        send = client.get if name == "report-detail" else client.post
        assert send(url(name, report.pk)).status_code == 404


def test_report_list_asks_as_often_for_forty_years_as_for_one(chair, ceo, client_for):
    def add(n: int) -> None:
        for i in range(AnnualReport.objects.count(), n):
            year = AcademicYear.objects.create(
                name=f"y{i}", starts_on=dt.date(1950 + i, 9, 1), ends_on=dt.date(1951 + i, 8, 31)
            )
            AnnualReport.objects.create(
                academic_year=year, lead=chair.person, cut_off_on=dt.date(1951 + i, 7, 31),
                created_at=factories.at(dt.date(2026, 1, 1)),
            )  # fmt: skip

    client = client_for(ceo)
    counts = []
    for n in (1, 3, 40):
        add(n)
        client.get(url("report-list"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url("report-list")).status_code == 200
        counts.append(sum(1 for q in asked if q["sql"].startswith("SELECT")))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 7


# -- printed -------------------------------------------------------------------------------------


@needs_pdf
def test_report_pdf_holds_every_figure_section_and_recommendation_and_is_tagged(
    report, chair, desk
):
    signed(report, chair)
    first = desk.post(url("report-pdf", report.pk))
    assert desk.post(url("report-pdf", report.pk))["Location"] == first["Location"]
    document = Document.objects.get(kind="annual-report")
    run_due_work()
    document.refresh_from_db()
    assert (document.state, document.error) == ("done", "")
    content = document_path(document.sha256).read_bytes()
    text = " ".join(
        " ".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages).split()
    )
    facts = report.facts
    rows = [r for g in facts["groups"] for r in g["rows"]] + facts["actions"]
    for row in rows:
        assert f"{row['label']}" in text, row["label"]
        assert row["year"] in text, row
    for words in (
        "Words on summary.", "Words on Alderfen Primary Academy.", "Words on Cressmere High.",
        "Keep six boards at Alderfen", "Owner proposed: Chief Executive.", "By 31 March 2027.",
        "Signed by the external Chair", "Martin Yeo", "Boards held: 3 of 4", "Internal to external: 2 to 1",
        "2 leaders answered at a board, 2 of them for the first time", "Early reading again",
        *(b["school"] for b in facts["boards"]),
    ):  # fmt: skip
        assert words in text, words
    pdf = pikepdf.open(io.BytesIO(content))
    assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("en-GB", True)
    assert str(pdf.docinfo["/Title"]) == "External Chair’s annual report 2025 to 2026"
    assert str(pdf.docinfo["/Author"]) == "Marlfen Learning Trust"
