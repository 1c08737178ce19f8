"""What the access matrix asks for at the addresses of this part: the Chair's annual report.

"own" is led by the world's Chair, "other" by somebody else; both are of last year, about every school.
"""

from __future__ import annotations

from typing import Any

from progress_boards.models import AnnualReport, Recommendation, ReportComment, ReportSection
from progress_boards.queries.report import compile_facts
from progress_boards.queries.report_dates import cut_off_of
from tests import factories
from tests.matrix_objects import Sample, World, sample
from trust.calendar import now
from trust.pages import new_key


def _report_in(world: World, ownership: str, state: str, **fields: Any) -> AnnualReport:
    """Last year's report in a state: "own" is led by the world's Chair, "other" by somebody else."""
    year = factories.make_year(2025)
    chair = world.users["chair"]
    sent = {"accuracy_sent_at": now()}
    signed = {"signed_at": now(), "signed_by": chair, "signed_name": "chair"}
    report = AnnualReport.objects.create(
        academic_year=year,
        lead=chair.person if ownership == "own" else factories.PersonFactory(),
        state=state,
        cut_off_on=cut_off_of(year),
        facts=compile_facts(year, cut_off_of(year)),
        facts_compiled_at=now(),
        created_at=now(),
        **{"draft": {}, "accuracy": sent}.get(state, signed | sent),
        **fields,
    )
    for key in ("summary", "how_boards_ran", "recommendations"):
        ReportSection.objects.create(report=report, key=key, text="Words")
    for school in (world.school, world.other_school):
        ReportSection.objects.create(report=report, key="school", school=school, text="Words")
    Recommendation.objects.create(report=report, order=1, text="Go on")
    return report


@sample("progress_boards:report-open")
def _year_without_report(world: World, ownership: str) -> Sample:
    return Sample(data={"year": factories.make_year(2025).pk, "idempotency_key": new_key()})


@sample(
    "progress_boards:report-detail", "progress_boards:report-pdf", "progress_boards:report-docx"
)
def _submitted_report(world: World, ownership: str) -> Sample:
    return Sample({"pk": _report_in(world, ownership, "presented").pk})


@sample("progress_boards:report-figure")
def _figure(world: World, ownership: str) -> Sample:
    return Sample({"pk": _report_in(world, ownership, "presented").pk, "key": "held"})


@sample(
    "progress_boards:report-compile", "progress_boards:report-sign", "progress_boards:report-send"
)
def _report_being_written(world: World, ownership: str) -> Sample:
    return Sample({"pk": _report_in(world, ownership, "draft").pk}, {"typed_name": "chair"})


@sample("progress_boards:report-section")
def _section_being_written(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "draft")
    section = report.sections.get(key="summary")
    return Sample({"pk": report.pk, "section": section.pk}, {"text": "More", "version": "1"})


@sample("progress_boards:recommendation-add")
def _new_recommendation(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "draft")
    return Sample({"pk": report.pk}, {"text": "Do this", "idempotency_key": new_key()})


@sample("progress_boards:recommendation-change")
def _changed_recommendation(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "draft")
    row = report.recommendations.get()
    return Sample({"pk": report.pk, "recommendation": row.pk}, {f"r{row.pk}-text": "Do that"})


@sample(
    "progress_boards:report-take-back",
    "progress_boards:report-submit",
    "progress_boards:report-response",
)
def _signed_report(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "signed")
    return Sample({"pk": report.pk}, {"text": "Thank you", "version": "1"})


@sample("progress_boards:report-present")
def _submitted_to_the_board(world: World, ownership: str) -> Sample:
    submitted = {"submitted_at": now(), "submitted_by": world.users["chair"]}
    return Sample({"pk": _report_in(world, ownership, "signed", **submitted).pk})


@sample("progress_boards:report-response-pdf")
def _answered_report(world: World, ownership: str) -> Sample:
    said = {"response": "Thank you", "responded_at": now(), "responded_by": world.users["ceo"]}
    return Sample({"pk": _report_in(world, ownership, "presented", **said).pk})


@sample("progress_boards:recommendation-follow")
def _recommendation_to_follow(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "presented")
    row = report.recommendations.get()
    return Sample({"pk": report.pk, "recommendation": row.pk}, {f"f{row.pk}-progress": "done"})


@sample("progress_boards:section-writer")
def _half_page_to_give(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "draft")
    section = report.sections.get(school=world.school)
    return Sample({"pk": report.pk, "section": section.pk}, {"writer": ""})


@sample("progress_boards:report-write-on", "progress_boards:report-accuracy")
def _report_being_checked(world: World, ownership: str) -> Sample:
    return Sample({"pk": _report_in(world, ownership, "accuracy").pk})


@sample("progress_boards:report-comment")
def _correction_to_propose(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "accuracy")
    return Sample({"pk": report.pk}, {"text": "It was May", "idempotency_key": new_key()})


@sample("progress_boards:report-answer")
def _correction_to_answer(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "accuracy")
    comment = ReportComment.objects.create(
        report=report, person=world.users["ceo"].person, role="ceo", saved_by=world.users["ceo"],
        text="It was May", at=now(),
    )  # fmt: skip
    data = {f"c{comment.pk}-decision": "accepted"}
    return Sample({"pk": report.pk, "comment": comment.pk}, data)


@sample("progress_boards:report-school")
def _part_being_checked(world: World, ownership: str) -> Sample:
    report = _report_in(world, ownership, "accuracy")
    school = world.school_for(ownership)
    data = {"text": "It was May", "idempotency_key": new_key()}
    return Sample({"pk": report.pk, "school": school.pk}, data)
