"""The annual report on its way: several Chairs, its accuracy, the Trust Board, the response, next year's follow-up."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import uuid

import docx
import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from progress_boards.actions import report as actions
from progress_boards.actions import report_after as after
from progress_boards.actions import report_stages as stages
from progress_boards.documents import report_snapshot, request_report
from progress_boards.models import AnnualReport, ReportComment, ReportSection, TrustBoardDay
from progress_boards.queries.report import compile_facts
from progress_boards.queries.report_chairs import checks_of, receipts_of
from progress_boards.queries.report_work import report_work
from tests import factories
from tests.factories import make_year
from tests.progress_boards.report_year import CUT_OFF, SmallYear, small_year
from trust.access import Conflict, NotAllowed
from trust.calendar import clock_at
from trust.documents import WORD, document_path, pdf_trouble, render_docx, render_pdf
from trust.models import Mail, TrustProfile
from trust.work import run_due_work

needs_pdf = pytest.mark.skipif(bool(pdf_trouble()), reason="the PDF libraries are missing here")
AUGUST = dt.date(2026, 8, 3)
SENT = dt.date(2026, 9, 14)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def made(school, other_school) -> SmallYear:
    return small_year(school, other_school)


@pytest.fixture
def report(made, chair) -> AnnualReport:
    """Every word that must be written, written."""
    with clock_at(AUGUST):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
        for part in report.sections.filter(key__in=("summary", "school")):
            actions.save_section(
                part, text=f"Words on {part.school or 'the year'}.", version=part.version, by=chair
            )
        actions.add_recommendation(report, text="Keep six boards", owner="Chief Executive",
                                   by_when=dt.date(2027, 3, 31), by=chair)  # fmt: skip
    return report


@pytest.fixture
def sent(report, chair) -> AnnualReport:
    with clock_at(SENT):
        return stages.send_for_accuracy(report, by=chair)


@pytest.fixture
def presented(sent, chair, clerk) -> AnnualReport:
    with clock_at(dt.date(2026, 9, 24)):
        stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
        stages.submit_report(sent, by=chair)
        return stages.present_report(sent, by=clerk)


def half(report: AnnualReport, name: str) -> ReportSection:
    return report.sections.get(school__name=name)


def url(name: str, *args: object) -> str:
    return reverse(f"progress_boards:{name}", args=args)


# -- its accuracy --------------------------------------------------------------------------------


def test_send_before_everything_is_written_says_what_is_missing(made, chair):
    report = actions.open_report(made.year, lead=chair.person, by=chair)
    with pytest.raises(Conflict, match="Write the summary before you send it"):
        stages.send_for_accuracy(report, by=chair)


def test_send_gives_five_school_days(sent):
    assert (sent.state, sent.accuracy_until) == ("accuracy", dt.date(2026, 9, 21))


def test_sign_before_it_was_checked_is_refused_and_with_the_check_off_it_is_not(
    report, chair, trust_set_up
):
    with pytest.raises(Conflict, match="Send the report for its accuracy before you sign"):
        stages.sign_report(report, typed_name="Martin Yeo", by=chair)
    profile = TrustProfile.current()
    profile.steps["accuracy_check"] = False
    profile.save()
    with pytest.raises(Conflict, match="switched the accuracy check off"):
        stages.send_for_accuracy(report, by=chair)
    assert stages.sign_report(report, typed_name="Martin Yeo", by=chair).state == "signed"


def mails(stage: str) -> dict[str, str]:
    """To whom the mails of one stage went, and their text."""
    rows = Mail.objects.filter(key__startswith=f"report-{stage}:")
    return {mail.to: f"{mail.subject} {mail.text}" for mail in rows}


def test_each_stage_tells_those_to_whom_the_report_has_come_once(
    report, chair, ceo, dsi, head, clerk, trustee, link_trustee, leader, other_head, trust_set_up
):
    with clock_at(SENT):
        stages.send_for_accuracy(report, by=chair)
        heads = {head.email: "Alderfen Primary Academy", other_head.email: "Cressmere High"}
        told = mails("accuracy")
        assert set(told) == {ceo.email, dsi.email, *heads}
        assert all("Reply by 21 September 2026" in text for text in told.values())
        assert url("report-accuracy", report.pk) in told[ceo.email]
        for email, name in heads.items():
            page = url("report-school", report.pk, half(report, name).school_id)
            assert (name in told[email], page in told[email]) == (True, True)
        stages.sign_report(report, typed_name="Martin Yeo", by=chair)
        for _ in range(2):
            stages.submit_report(report, by=chair)
        assert set(mails("submitted")) == {clerk.email}
        stages.present_report(report, by=clerk)
    told = mails("presented")
    assert set(told) == {ceo.email, trustee.email, link_trustee.email, *heads}
    assert "Words on" not in "".join(told.values())
    assert Mail.objects.filter(key__startswith="report-").count() == 4 + 1 + 5


def test_report_written_on_and_sent_again_is_told_again(report, chair, ceo):
    with clock_at(SENT):
        stages.send_for_accuracy(report, by=chair)
        stages.write_on(report, by=chair)
        stages.send_for_accuracy(report, by=chair)
    rows = Mail.objects.filter(key__startswith="report-accuracy:", to=ceo.email)
    assert rows.count() == 2


def test_corrections_come_from_the_trust_on_all_and_from_a_head_on_the_own_school(
    sent, ceo, dsi, head, leader, clerk, trustee
):
    own, other = half(sent, "Alderfen Primary Academy"), half(sent, "Cressmere High")
    for user, section in ((ceo, None), (dsi, other), (head, own)):
        stages.comment_report(sent, section=section, text="It was May", by=user)
    roles = list(sent.comments.order_by("pk").values_list("role", flat=True))
    assert roles == ["ceo", "dsi", "head"]
    for user, section in ((head, other), (head, None), (leader, own), (clerk, own), (trustee, own)):
        with pytest.raises(NotAllowed):
            stages.comment_report(sent, section=section, text="It was May", by=user)


def test_chair_decides_on_each_correction_and_both_are_kept(sent, ceo, chair):
    comment = stages.comment_report(sent, section=None, text="It was May", by=ceo)
    with pytest.raises(Conflict, match="Answer 1 correction before you sign"):
        stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    with pytest.raises(Conflict, match="Say why"):
        stages.answer_comment(comment, accepted=False, by=chair)
    with pytest.raises(NotAllowed):
        stages.answer_comment(comment, accepted=True, by=ceo)
    stages.answer_comment(comment, accepted=False, reason="It was June", by=chair)
    kept = ReportComment.objects.get()
    assert (kept.text, kept.answer, kept.answer_reason) == ("It was May", "refused", "It was June")
    with pytest.raises(InternalError), transaction.atomic():
        kept.delete()
    stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    with pytest.raises(NotAllowed):
        stages.answer_comment(comment, accepted=True, by=chair)


def test_silence_is_said_as_silence_and_names_posts_not_people(
    sent, ceo, dsi, head, other_head, chair
):
    stages.comment_report(sent, section=None, text="It was May", by=ceo)
    stages.comment_report(sent, section=half(sent, "Alderfen Primary Academy"), text="", by=head)
    said = {check.label: check.said for check in checks_of(sent)}
    assert said == {
        "Chief Executive": "1 correction proposed",
        "Director of School Improvement": "No answer yet",
        "Headteacher, Alderfen Primary Academy": "Nothing to correct",
        "Headteacher, Cressmere High": "No answer yet",
    }
    stages.answer_comment(sent.comments.exclude(text="").get(), accepted=True, by=chair)
    with clock_at(dt.date(2026, 9, 16)):
        stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    printed = {c["who"]: c["said"] for c in report_snapshot(sent)["checks"]}
    assert printed["Headteacher, Cressmere High"] == (
        "No answer when the Chair signed; it could be checked until 21 September 2026"
    )
    assert "Owen Strand" not in json.dumps(report_snapshot(sent))


def test_draft_number_grows_each_time_the_report_is_taken_back(sent, chair):
    assert sent.reference == "AR-2026-1"
    stages.write_on(sent, by=chair)
    assert (sent.reference, sent.state, sent.accuracy_until) == ("AR-2026-2", "draft", None)
    stages.sign_report(stages.send_for_accuracy(sent, by=chair), typed_name="Martin Yeo", by=chair)
    stages.take_back_report(sent, by=chair)
    assert (sent.reference, sent.signed_hash, sent.accuracy_sent_at) == ("AR-2026-3", "", None)


def test_head_finds_the_own_part_while_it_is_checked_and_once_presented(
    report, chair, clerk, head, other_head, client_for, made
):
    mine = url("report-school", report.pk, made.alderfen.pk)
    desk = client_for(head)
    assert desk.get(mine).status_code == 404
    stages.send_for_accuracy(report, by=chair)
    page = desk.get(mine).content.decode()
    assert "Words on Alderfen Primary Academy." in page
    assert "Words on Cressmere High." not in page
    assert desk.get(url("report-school", report.pk, made.cressmere.pk)).status_code == 404
    assert desk.get(url("report-detail", report.pk)).status_code == 404
    assert mine in desk.get(url("report-list")).content.decode()
    data = {"text": "It was May", "idempotency_key": str(uuid.uuid4())}
    for _ in range(2):
        desk.post(mine, data)
    assert report.comments.count() == 1
    empty = desk.post(mine, {"text": "", "idempotency_key": str(uuid.uuid4())})
    assert "There is a problem" in empty.content.decode()
    stages.answer_comment(report.comments.get(), accepted=True, by=chair)
    stages.sign_report(report, typed_name="Martin Yeo", by=chair)
    assert desk.get(mine).status_code == 404
    stages.submit_report(report, by=chair)
    stages.present_report(report, by=clerk)
    assert desk.get(mine).status_code == 200
    profile = TrustProfile.current()
    profile.steps["report_to_schools"] = False
    profile.save()
    assert desk.get(mine).status_code == 404
    assert mine not in desk.get(url("report-list")).content.decode()


def test_accuracy_page_takes_corrections_and_answers(sent, ceo, chair, client_for):
    trust, desk = client_for(ceo), client_for(chair)
    key = str(uuid.uuid4())
    section = half(sent, "Cressmere High")
    for _ in range(2):
        trust.post(
            url("report-comment", sent.pk),
            {"section": section.pk, "text": "It was May", "idempotency_key": key},
        )
    comment = sent.comments.get()
    refused = desk.post(
        url("report-answer", sent.pk, comment.pk), {f"c{comment.pk}-decision": "refused"}
    )
    assert "Say why the correction is not accepted" in refused.content.decode()
    data = {f"c{comment.pk}-decision": "refused", f"c{comment.pk}-reason": "It was June"}
    desk.post(url("report-answer", sent.pk, comment.pk), data)
    page = trust.get(url("report-accuracy", sent.pk)).content.decode()
    assert "It was June" in page
    assert "Not accepted" in page


def test_work_asks_those_who_have_not_answered(sent, ceo, dsi, head, other_head, chair):
    def asked(user) -> list[tuple[str, str, dt.date | None]]:
        return [(i.title, i.school, i.due) for i in report_work(user, SENT)]

    due = dt.date(2026, 9, 21)
    check = "Check the facts of the annual report"
    assert asked(ceo) == asked(dsi) == [(check, "", due)]
    assert asked(head) == [(check, "Alderfen Primary Academy", due)]
    assert [t for t, *_ in asked(chair)] == ["Follow the accuracy check of the annual report"]
    stages.comment_report(sent, section=half(sent, "Alderfen Primary Academy"), text="", by=head)
    stages.comment_report(sent, section=None, text="It was May", by=ceo)
    assert asked(head) == asked(ceo) == []
    assert [t for t, *_ in asked(chair)] == ["Answer 1 correction of the annual report"]


# -- several Chairs ------------------------------------------------------------------------------


@pytest.fixture
def second_chair(other_school):
    return factories.user_with(("chair", other_school), name="Ines Porter")


def test_chair_of_a_school_contributes_its_half_page_to_the_lead(
    second_chair, made, chair, client_for
):
    with clock_at(AUGUST):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
    mine, others = half(report, "Cressmere High"), half(report, "Alderfen Primary Academy")
    assert (mine.writer, others.writer) == (second_chair.person, None)
    actions.save_section(mine, text="From Cressmere.", version=1, by=second_chair)
    for section in (others, report.sections.get(key="summary")):
        with pytest.raises(NotAllowed):
            actions.save_section(section, text="x", version=section.version, by=second_chair)
    desk = client_for(second_chair)
    page = desk.get(url("report-section", report.pk, mine.pk)).content.decode()
    assert "From Cressmere." in page
    assert "Reading moves." not in page
    assert f'"{url("report-detail", report.pk)}"' not in page
    assert desk.get(url("report-section", report.pk, others.pk)).status_code == 404
    assert desk.get(url("report-detail", report.pk)).status_code == 404
    listed = desk.get(url("report-list")).content.decode()
    assert url("report-section", report.pk, mine.pk) in listed


def test_contribution_waits_for_its_chair_and_the_lead_may_take_it_back(second_chair, made, chair):
    with clock_at(AUGUST):
        report = actions.open_report(made.year, lead=chair.person, by=chair)
    mine = half(report, "Cressmere High")
    (item,) = [i for i in report_work(second_chair, AUGUST) if "Write about" in i.title]
    assert item.title == "Write about Cressmere High for the annual report"
    actions.name_writer(mine, writer=chair.person, by=chair)
    mine.refresh_from_db()
    assert mine.writer is None
    assert [i for i in report_work(second_chair, AUGUST) if "Write about" in i.title] == []
    with pytest.raises(Conflict, match="not an external Chair of this school"):
        actions.name_writer(half(report, "Alderfen Primary Academy"), writer=second_chair.person, by=chair)  # fmt: skip


# -- signed, submitted, listed -------------------------------------------------------------------


def test_signature_holds_the_hash_of_words_and_figures(sent, chair):
    stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    signed = AnnualReport.objects.get()
    sections = [[s.key, s.school_id or 0, s.text] for s in signed.sections.all() if s.text.strip()]
    content = {
        "facts": signed.facts, "sections": sorted(sections),
        "recommendations": [[1, "Keep six boards", "Chief Executive", "2027-03-31"]],
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert signed.signed_hash == hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(InternalError), transaction.atomic():
        AnnualReport.objects.update(signed_hash="0" * 64)


def test_clerk_lists_only_what_the_chair_has_submitted(sent, chair, clerk, ceo, trustee):
    stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    with pytest.raises(NotAllowed, match="not submitted"):
        stages.present_report(sent, by=clerk)
    for user in (clerk, ceo):
        with pytest.raises(NotAllowed):
            stages.submit_report(sent, by=user)
    first = stages.submit_report(sent, by=chair).submitted_at
    assert stages.submit_report(sent, by=chair).submitted_at == first
    assert [i.title for i in report_work(clerk, SENT)] == [
        "List the annual report for the Trust Board"
    ]
    assert list(report_work(trustee, SENT)) == []
    for user in (chair, ceo):
        with pytest.raises(NotAllowed):
            stages.present_report(sent, by=user)
    assert stages.present_report(sent, by=clerk).state == "presented"


def test_report_names_the_day_of_the_trust_board_it_is_listed_for(sent, chair, clerk, client_for):
    for day in ("2026-09-10", "2026-10-15", "2026-12-10"):
        TrustBoardDay.objects.create(day=day)
    stages.sign_report(sent, typed_name="Martin Yeo", by=chair)
    assert report_snapshot(sent)["for"] == "for the Trust Board"
    with clock_at(dt.date(2026, 9, 24)):
        stages.submit_report(sent, by=chair)
        stages.present_report(sent, by=clerk)
    assert report_snapshot(sent)["for"] == "for the Trust Board of 15 October 2026"


def test_receipts_show_who_of_the_trust_board_has_read_it(
    presented, trustee, link_trustee, other_trustee, chair, client_for
):
    client_for(trustee).get(url("report-detail", presented.pk))
    rows = [(r.name, r.at is not None) for r in receipts_of(presented)]
    assert rows == [("Lena Whitby", True), ("Grace Osei", False), ("Piers Hallam", False)]
    assert "Not opened yet" in client_for(chair).get(url("report-detail", presented.pk)).content.decode()  # fmt: skip
    assert "Not opened yet" not in client_for(trustee).get(url("report-detail", presented.pk)).content.decode()  # fmt: skip


# -- the response and the recommendations --------------------------------------------------------


def test_response_is_the_chief_executives_and_stands_apart(presented, ceo, chair, dsi, client_for):
    for user in (chair, dsi):
        with pytest.raises(NotAllowed):
            after.respond_to_report(presented, text="x", version=1, by=user)
    desk = client_for(ceo)
    desk.post(url("report-response", presented.pk), {"text": "I accept it.", "version": "1"})
    stale = desk.post(url("report-response", presented.pk), {"text": "Other.", "version": "1"})
    assert stale.status_code == 409
    assert "I accept it." in stale.content.decode()
    assert "Other." in stale.content.decode()
    presented.refresh_from_db()
    assert (presented.response, presented.responded_by) == ("I accept it.", ceo)
    assert "I accept it." not in json.dumps(report_snapshot(presented))
    page = client_for(chair).get(url("report-detail", presented.pk)).content.decode()
    assert "I accept it." in page
    assert "Change your response" not in page


def test_recommendations_are_followed_into_the_next_years_report(presented, ceo, chair, client_for):
    row = presented.recommendations.get()
    with pytest.raises(NotAllowed):
        after.follow_recommendation(row, progress="done", note="", by=chair)
    desk = client_for(ceo)
    address = url("recommendation-follow", presented.pk, row.pk)
    empty = desk.post(address, {f"f{row.pk}-progress": "", f"f{row.pk}-note": "Kept"})
    assert "There is a problem" in empty.content.decode()
    assert "Kept" in empty.content.decode()
    with clock_at(dt.date(2026, 11, 2)):
        after.follow_recommendation(row, progress="under_way", note="Two are booked", by=ceo)
        after.follow_recommendation(row, progress="under_way", note="Two are booked", by=ceo)
    with clock_at(dt.date(2027, 8, 9)):
        after.follow_recommendation(row, progress="done", note="After the cut-off", by=ceo)
    assert row.updates.count() == 2
    following = make_year(2026)
    (told,) = compile_facts(following, dt.date(2027, 7, 31))["follow_up"]
    assert told == {
        "ref": presented.reference + "/1", "number": 1, "text": "Keep six boards", "owner": "Chief Executive",
        "by_when": "31 March 2027", "progress": "Under way", "note": "Two are booked",
        "on": "2 November 2026",
    }  # fmt: skip
    assert compile_facts(presented.academic_year, CUT_OFF)["follow_up"] == []


# -- sections that are gone when empty -----------------------------------------------------------


def test_optional_section_is_gone_until_it_is_written(report, chair, ceo, client_for):
    def chapters() -> list[str]:
        return [c["id"] for c in report_snapshot(AnnualReport.objects.get())["contents"]]

    assert chapters() == [
        "summary", "how_boards_ran", "school", "support", "recommendations", "annex-a", "annex-b",
    ]  # fmt: skip
    page = client_for(ceo).get(url("report-detail", report.pk)).content.decode()
    assert "Remit, independence and interests" not in page
    section = report.sections.get(key="remit")
    actions.save_section(section, text="I have no interest.", version=1, by=chair)
    assert chapters()[1] == "remit"
    assert "I have no interest." in client_for(ceo).get(url("report-detail", report.pk)).content.decode()  # fmt: skip


# -- PDF and Word --------------------------------------------------------------------------------


def words_of(content: bytes) -> str:
    """The text of a Word document: paragraphs, tables and feet."""
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for c in t._cells]
    foot = [p.text for p in document.sections[0].footer.paragraphs]
    return " ".join(" ".join([*(p.text for p in document.paragraphs), *cells, *foot]).split())


def test_word_document_holds_what_the_snapshot_holds_with_headings_and_header_rows(
    ceo, presented, chair, client_for
):
    desk = client_for(chair)
    first, second = (desk.post(url("report-docx", presented.pk)) for _ in range(2))
    assert first["Location"] == second["Location"]
    run_due_work()
    document = request_report(presented, by=chair, kind="annual-report-word")
    document.refresh_from_db()
    assert (document.state, document.error) == ("done", "")
    assert document.snapshot == report_snapshot(presented)
    content = document_path(document.sha256, WORD).read_bytes()
    text, facts = words_of(content), presented.facts
    for row in [*(r for g in facts["groups"] for r in g["rows"]), *facts["actions"]]:
        assert row["label"] in text, row["label"]
        assert row["year"] in text, row
    for words in (
        "Words on the year.", "Words on Cressmere High.", "Keep six boards", presented.signed_hash,
        "Annex B: method and definitions", "AR-2026-1", "No answer by",
    ):  # fmt: skip
        assert words in text, words
    word = docx.Document(io.BytesIO(content))
    headings = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "Summary", "How the boards ran", "School by school", "Quality and impact of the trust’s support",
        "Recommendations", "Annex A: the boards of the year", "Annex B: method and definitions",
    ]  # fmt: skip
    assert "Contents" not in text
    answer = desk.get(reverse("document-download", args=[document.pk]))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert ".docx" in answer["Content-Disposition"]
    answer.close()


@needs_pdf
def test_stored_snapshot_printed_again_is_the_same_to_the_byte_as_pdf_and_for_word(
    presented, chair
):
    from django.template.loader import render_to_string

    for kind, again in (("annual-report", render_pdf), ("annual-report-word", render_docx)):
        document = request_report(presented, by=chair, kind=kind)
        run_due_work()
        document.refresh_from_db()
        page = render_to_string("pdf/annual_report.html", {"s": document.snapshot})
        assert hashlib.sha256(again(page)).hexdigest() == document.sha256


def test_presented_report_is_always_served_from_the_store(presented, chair, made, ceo):
    first = request_report(presented, by=chair)
    made.alderfen.name = "Renamed"
    made.alderfen.save()
    chair.person.name = "Renamed"
    chair.person.save()
    presented.refresh_from_db()
    assert request_report(presented, by=ceo).pk == first.pk
    word = request_report(presented, by=ceo, kind="annual-report-word")
    assert word.snapshot == first.snapshot


# -- how often the database is asked -------------------------------------------------------------


def test_report_and_its_check_ask_as_often_for_many_as_for_one(
    presented, ceo, chair, client_for, other_school
):
    client = client_for(ceo)

    def asked(name: str) -> int:
        client.get(url(name, presented.pk))
        with CaptureQueriesContext(connection) as found:
            assert client.get(url(name, presented.pk)).status_code == 200
        return sum(1 for q in found if q["sql"].startswith("SELECT"))

    before = {name: asked(name) for name in ("report-detail", "report-accuracy")}
    section = half(presented, "Cressmere High")
    for _ in range(30):
        ReportComment.objects.create(
            report=presented, section=section, person=ceo.person, role="ceo", saved_by=ceo,
            text="It was May", at=factories.at(SENT),
        )  # fmt: skip
        factories.user_with(("trustee", None))
    assert {name: asked(name) for name in before} == before
    assert before["report-accuracy"] <= 9
