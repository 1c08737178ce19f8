"""A small year for the report's tests: two schools, seven boards, actions, ratings and visits, all counted by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from evidence.models import Indicator, VisitKind
from meetings.models import ActionMark
from progress_boards.models import ProgressBoard, SchoolYear
from ratings.models import RatingAssessment
from schools.models import School
from tests import factories
from tests.factories import at, make_year
from tests.progress_boards.records import action_of, board_on, item_of, person, writer
from trust.models import AcademicYear

CUT_OFF = dt.date(2026, 7, 31)


def D(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class SmallYear:
    year: AcademicYear
    alderfen: School
    cressmere: School
    first: ProgressBoard
    second: ProgressBoard


def small_year(alderfen: School, cressmere: School) -> SmallYear:
    """Last year at two schools: six boards held (four of them final at the cut-off), one cancelled."""
    year = make_year(2025)
    SchoolYear.objects.create(school=alderfen, academic_year=year, by_policy=3, agreed=4)
    SchoolYear.objects.create(school=cressmere, academic_year=year, by_policy=3, agreed=3)
    standards, *_ = Indicator.objects.order_by("order") or [None]
    if standards is None:
        standards = Indicator.objects.create(slug="standards", name="Standards", short_name="Standards",
                                             help_text="x", order=1, active_from=D("2020-09-01"))  # fmt: skip
    lead, deputy = person("Hanna Birk"), person("Dorian Ashe")
    first = board_on(
        alderfen, D("2025-10-02"), 1, final_on=D("2025-10-23"), issued_on=D("2025-09-18"),
        deadlines={"issued": "2025-09-18"}, evaluation_validated="yes",
        closing_statement="Leaders know their school.",
    )  # fmt: skip
    reading = item_of(
        first, 1, "Early reading", indicator=standards, minutes=14, answered=lead, judged=3
    )
    item_of(first, 2, "Attendance", minutes=10, answered=deputy, judged="too_early")
    second = board_on(
        alderfen, D("2025-11-20"), 2, final_on=D("2026-01-23"), issued_on=D("2025-11-10"),
        deadlines={"issued": "2025-11-06"}, absent=("head",), evaluation_validated="in_part",
        evaluation_reason="Thin evidence", closing_statement="Reading moves.",
        meeting={"postponed_reason": "Illness"},
    )  # fmt: skip
    item_of(second, 1, "Early reading again", indicator=standards, minutes=12, answered=lead,
            judged=2, carried_from=reading)  # fmt: skip
    board_on(alderfen, D("2026-03-05"), 4, state="accuracy_check")
    board_on(
        alderfen,
        D("2026-06-11"),
        6,
        state="cancelled",
        meeting={"cancelled_reason": "Other", "during": None},
    )
    board_on(cressmere, D("2025-11-13"), 2, final_on=D("2025-12-03"), presiding=True,
             evaluation_validated="yes")  # fmt: skip
    board_on(cressmere, D("2026-03-12"), 4, meeting={"entered_later": True}, final_on=D("2026-10-10"),
             evaluation_validated="no", evaluation_reason="Not seen")  # fmt: skip
    late = board_on(
        cressmere, D("2026-06-18"), 6, final_on=D("2026-08-05"), evaluation_validated="yes"
    )
    item_of(late, 1, "Suspensions", indicator=standards, minutes=15, judged=1)
    _actions(first, second)
    _ratings(alderfen, cressmere)
    _visits(alderfen, cressmere)
    return SmallYear(year, alderfen, cressmere, first, second)


def _actions(first: ProgressBoard, second: ProgressBoard) -> None:
    closed = {"state": "closed", "closed_by": writer()}
    action_of(first, "ALD-25-A1-01", closed_at=at(D("2025-11-01")), **closed)
    action_of(first, "ALD-25-A1-02", closed_at=at(D("2026-09-10")), **closed)  # after the cut-off
    carried = action_of(first, "ALD-25-A1-03", times_carried=1, due_on=D("2026-09-20"))
    ActionMark.objects.create(action=carried, meeting=second.meeting, mark="carried", by=writer(),
                              at=at(D("2025-11-20")))  # fmt: skip
    action_of(
        second,
        "ALD-25-A2-01",
        state="dropped",
        closed_at=at(D("2026-02-01")),
        closing_note="No need",
    )
    action_of(second, "ALD-25-A2-02", due_on=D("2026-06-01"))
    action_of(second, "ALD-25-A2-03", state="draft")


def _ratings(alderfen: School, cressmere: School) -> None:
    def rate(school: School, position: int, on: str, state: str, **fields: object) -> None:
        rating = factories.RatingAssessmentFactory(
            school=school, shared=True, position=position, effective_on=D(on),
            academic_year=make_year(2025), shared_at=at(D(on)), **fields,
        )  # fmt: skip
        if state != "shared":
            RatingAssessment.objects.filter(pk=rating.pk).update(state=state)

    rate(alderfen, 3, "2025-08-20", "superseded")
    rate(alderfen, 2, "2026-02-02", "shared")
    rate(cressmere, 1, "2025-12-01", "shared")


def _visits(alderfen: School, cressmere: School) -> None:
    walk = VisitKind.objects.order_by("order").first() or VisitKind.objects.create(
        slug="walk", name="Learning walk", order=1
    )
    sent = {"kind": walk, "state": "sent", "sent_at": at(D("2025-11-20"))}
    factories.VisitRecordFactory(school=alderfen, visited_on=D("2025-11-12"), **sent)
    factories.VisitRecordFactory(school=cressmere, visited_on=D("2026-01-20"), **sent)
    factories.VisitRecordFactory(
        school=alderfen, visited_on=D("2026-02-03"), is_external=True, **sent
    )
    factories.VisitRecordFactory(school=alderfen, visited_on=D("2026-08-15"), **sent)  # after it
    factories.VisitRecordFactory(school=alderfen, visited_on=D("2026-03-03"), kind=walk)  # a draft
