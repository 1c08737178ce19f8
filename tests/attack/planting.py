"""Two schools in which every field that not everybody may read holds a word found nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cpd.models import GroupMeeting
from evidence.models import (
    Finding,
    Indicator,
    MarkedPassage,
    NextStep,
    SchoolDocument,
    VisitKind,
    VisitRecord,
)
from meetings.models import (
    Action,
    ActionUpdate,
    AgendaItem,
    Challenge,
    Correction,
    EvidenceSeen,
    ItemSource,
    Minute,
    MinuteConflict,
    Paper,
)
from progress_boards.models import (
    AnnualReport,
    ItemJudgement,
    ProgressBoard,
    Recommendation,
    ReportSection,
    ReviewQuestion,
)
from progress_boards.queries.report import compile_facts
from progress_boards.queries.report_dates import cut_off_of
from ratings.models import Band, IndicatorRating, SchoolView
from schools.models import School
from tests import factories
from tests.attack.planting_part_b import plant_briefings, plant_part_b
from tests.attack.planting_training import plant_training
from tests.matrix_objects import World
from trust.calendar import now
from trust.people.models import User

DAYS = {
    "agenda_draft": dt.date(2026, 12, 3),
    "issued": dt.date(2027, 1, 28),
    "with_chair": dt.date(2026, 10, 8),
    "accuracy_check": dt.date(2027, 3, 11),
    "final": dt.date(2027, 4, 29),
}
HALVES = {"with_chair": 1, "agenda_draft": 2, "issued": 3, "accuracy_check": 4, "final": 5}


@dataclass
class Planted:
    """What was made at one school, and where a reader would look for it."""

    school: School
    side: str
    addresses: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    boards: dict[str, ProgressBoard] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """The canary of a field: side, name, and an end, so that none is part of another."""
        return canary(self.side, name)

    def at(self, url_name: str, **kwargs: Any) -> None:
        self.addresses.append((url_name, kwargs))


def canary(side: str, name: str) -> str:
    return f"zq{side}{name.replace('_', '')}qz"


def plant(world: World, ownership: str) -> Planted:
    """Everything at the own school ("own", side A) or at the other one (side B)."""
    made = Planted(world.school_for(ownership), "A" if ownership == "own" else "B")
    users = _people(world, ownership)
    _plant_ratings(made, world)
    _plant_visits(made, world, users)
    _plant_documents(made, users)
    for state in DAYS:
        made.boards[state] = _plant_board(made, users, state)
    _plant_draft_agenda(made, made.boards["agenda_draft"])
    _plant_issued(made, users, made.boards["issued"])
    _plant_minutes(made, users, made.boards["with_chair"], "with_chair")
    _plant_minutes(made, users, made.boards["accuracy_check"], "check")
    _plant_minutes(made, users, made.boards["final"], "final")
    _plant_check(made, users, made.boards["accuracy_check"])
    _plant_final(made, users, made.boards["final"])
    plant_briefings(made, users)
    plant_part_b(made, users)
    group = _group()
    made.at("cpd:group-meeting", pk=group.pk)
    made.at("meetings:agenda", pk=group.meeting_id)
    plant_training(made, users, group)
    _addresses_of_school(made)
    return made


def _people(world: World, ownership: str) -> dict[str, User]:
    """At the own school the users of the world; at the other one people who are none of them."""
    if ownership == "own":
        return world.users
    at_school = ("head", "leader", "link_trustee", "chair", "provider", "clerk")
    made = {
        name: factories.user_with((name, None if name == "clerk" else world.other_school))
        for name in at_school
    }
    return world.users | made


def _group() -> GroupMeeting:
    """The one meeting of the Strategy Group, whose agenda is out: requests of both schools stand on it."""
    found = GroupMeeting.objects.first()
    return found or factories.GroupMeetingFactory(
        day=dt.date(2026, 11, 24), meeting__state="issued"
    )


# -- ratings ---------------------------------------------------------------------------------------


def _plant_ratings(made: Planted, world: World) -> None:
    words = {n: made.word(f"{n}_draft") for n in ("summary", "strengths", "risks")}
    amber = Band.objects.get(position=2)
    draft = factories.RatingAssessmentFactory(
        school=made.school, rated_by=world.users["ceo"], own_view_asked_at=now(), overall=amber,
        level=amber.level, override_reason=made.word("override_draft"),
        level_reason=made.word("level_draft"), boards_reason=made.word("boards_draft"), **words,
    )  # fmt: skip
    shared = factories.RatingAssessmentFactory(
        school=made.school, shared=True, summary=made.word("summary_shared"),
        effective_on=dt.date(2026, 10, 2), head_comment=made.word("head_comment"),
        head_comment_at=now(), head_comment_by=world.users["head"],
    )  # fmt: skip
    withdrawn = factories.RatingAssessmentFactory(
        school=made.school, shared=True, state="withdrawn", summary=made.word("summary_withdrawn"),
        effective_on=dt.date(2026, 9, 8), withdrawn_at=now(), withdrawn_by=world.users["ceo"],
        withdrawn_reason=made.word("reason_withdrawn"),
    )  # fmt: skip
    superseded = factories.RatingAssessmentFactory(
        school=made.school, shared=True, state="superseded", effective_on=dt.date(2026, 9, 4),
        summary=made.word("summary_superseded"), superseded_at=now(),
    )  # fmt: skip
    people = Indicator.objects.filter(about_people=True).first()
    plain = Indicator.objects.filter(about_people=False).first()
    for rating, kind in ((draft, "draft"), (shared, "shared")):
        for indicator, about in ((people, "people"), (plain, "plain")):
            IndicatorRating.objects.create(
                assessment=rating, indicator=indicator, band=amber,
                rationale=made.word(f"rationale_{about}_{kind}"),
            )  # fmt: skip
    SchoolView.objects.create(
        school=made.school, assessment=draft, indicator=plain, band=amber,
        line=made.word("own_view_draft"), entered_by=world.users["head"], entered_at=now(),
    )  # fmt: skip
    for rating in (draft, shared, withdrawn, superseded):
        made.at("ratings:rating-detail", pk=rating.pk)
    for name in ("ratings:comment", "progress_boards:withdraw-rating"):
        made.at(name, pk=shared.pk)
    for name in ("ratings:school-history", "progress_boards:rate", "progress_boards:confirm-rating",
                 "ratings:own-view", "ratings:record-earlier"):  # fmt: skip
        made.at(name, school=made.school.pk)


# -- evidence --------------------------------------------------------------------------------------


def _plant_visits(made: Planted, world: World, users: dict[str, User]) -> None:
    _visit(made, "draft", "visit_draft", world.users["dsi"])
    _visit(made, "sent", "visit_sent", world.users["dsi"])
    _visit(made, "filed", "visit_filed", world.users["dsi"])
    _visit(made, "filed", "visit_opened", world.users["dsi"], open_to_leaders=True)
    _visit(made, "draft", "visit_of_provider", users["provider"], is_external=True)


def _visit(made: Planted, state: str, name: str, by: User, **fields: Any) -> VisitRecord:
    sent = {"sent_at": now(), "reply_by": dt.date(2026, 11, 30)} if state != "draft" else {}
    visit = factories.VisitRecordFactory(
        school=made.school, kind=VisitKind.objects.get(slug="learning-walk"), state=state,
        created_by=by, visitor=by.person, focus=made.word(name), overall=made.word(f"{name}_overall"),
        **sent, **fields,
    )  # fmt: skip
    Finding.objects.create(
        visit=visit, kind="develop", text=made.word(f"{name}_finding"), take_to_board=True
    )
    NextStep.objects.create(visit=visit, text=made.word(f"{name}_step"))
    for page in ("page",) if state != "draft" else ("page", "edit", "facts"):
        made.at(f"evidence:visit-{page}", pk=visit.pk)
    return visit


def _plant_documents(made: Planted, users: dict[str, User]) -> None:
    document: SchoolDocument = factories.SchoolDocumentFactory(
        school=made.school, title=made.word("document"), added_by=users["head"]
    )
    MarkedPassage.objects.create(
        document=document, quote=made.word("passage"), note=made.word("passage_note"),
        marked_by=users["ceo"], marked_at=now(),
    )  # fmt: skip
    made.at("evidence:document-page", pk=document.pk)


# -- boards ----------------------------------------------------------------------------------------


def _plant_board(made: Planted, users: dict[str, User], state: str) -> ProgressBoard:
    later = {"issued_at": now(), "issued_by": users["ceo"], "agenda_version": 1,
             "steps": {"accuracy_check": True, "papers": True}}  # fmt: skip
    if state == "agenda_draft":
        later = {"draft_wanted_at": now()}
    if state in ("accuracy_check", "final"):
        later |= {"signed_at": now(), "signed_by": users["chair"], "signed_name": "Martin Yeo"}
    half = HALVES[state]
    board: ProgressBoard = factories.ProgressBoardFactory(
        school=made.school, half_term=factories.half_term(half), day=DAYS[state],
        clock="09:30" if made.side == "A" else "13:30",
        meeting__state=state, meeting__code=f"26-H{half}",
        **{f"meeting__{name}": value for name, value in later.items()},
    )  # fmt: skip
    for role in ("chair", "ceo", "link_trustee", "head", "clerk"):
        factories.seat(
            board.meeting, users[role].person, role, attendance="present",
            interests=made.word(f"interests_{state}") if role == "link_trustee" else "",
        )  # fmt: skip
    forms = ("agenda-return", "board-cancel", "board-date", "board-postpone", "agenda-item-add",
             "paper-add")  # fmt: skip
    signs = ("chair-sign",) if state in ("with_chair", "accuracy_check") else ("board-school",)
    for name in ("board-detail", "board-minutes", *signs,
                 *(forms if state in ("agenda_draft", "issued") else ())):  # fmt: skip
        made.at(f"progress_boards:{name}", pk=board.pk)
    made.at("meetings:minutes", pk=board.meeting_id)
    if state != "final":
        made.at("meetings:minutes-edit", pk=board.meeting_id)
    if state == "with_chair":
        seat = board.meeting.seats.get(role="head")
        made.at("meetings:seat-reply", pk=seat.pk)
        made.at("progress_boards:seat-substitute", pk=seat.pk)
    return board


def _item(made: Planted, board: ProgressBoard, name: str, **fields: Any) -> AgendaItem:
    item: AgendaItem = factories.AgendaItemFactory(
        meeting=board.meeting, order=2, title=made.word(f"item_{name}"), minutes=14,
        question=made.word(f"question_{name}"), **fields,
    )  # fmt: skip
    ItemSource.objects.create(item=item, label="Visit", reason=made.word(f"source_{name}"))
    pages = {"with_chair": ("chair-minute", "leader-item"), "check": ("leader-item",),
             "final": ("leader-item",)}  # fmt: skip
    for page in pages.get(name, ("agenda-item-edit", "leader-item", "item-paper-add")):
        made.at(f"progress_boards:{page}", pk=board.pk, item=item.pk)
    return item


def _answered(users: dict[str, User]) -> dict[str, Any]:
    return {
        "answered_by": users["leader"].person,
        "assigned_at": now(),
        "assigned_by": users["head"],
    }


def _plant_draft_agenda(made: Planted, board: ProgressBoard) -> None:
    _item(made, board, "draft")


def _plant_issued(made: Planted, users: dict[str, User], board: ProgressBoard) -> None:
    item = _item(
        made, board, "issued", leader_note=made.word("leader_note"), **_answered(users)
    )  # fmt: skip
    paper = Paper.objects.create(
        meeting=board.meeting, item=item, title=made.word("paper"), added_by=users["head"],
        document=factories.SchoolDocumentFactory(school=made.school, title="Plan"), added_at=now(),
    )  # fmt: skip
    made.at("progress_boards:paper-file", pk=board.pk, paper=paper.pk)


def _plant_minutes(made: Planted, users: dict[str, User], board: ProgressBoard, name: str) -> None:
    """An item with its minute, challenge, evidence and action, and the Chair's words on the board."""
    item = _item(made, board, name, **_answered(users))
    minute = Minute.objects.create(
        item=item, discussion=made.word(f"minute_{name}"), updated_by=users["clerk"],
        sent_discussion=made.word(f"minute_{name}"), updated_at=now(),
    )  # fmt: skip
    challenge = Challenge.objects.create(
        minute=minute, asked_by="Chair", question=made.word(f"challenge_{name}")
    )
    seen = EvidenceSeen.objects.create(
        minute=minute, what=made.word(f"evidence_{name}"), how="paper"
    )
    kept = MinuteConflict.objects.create(
        minute=minute, text=made.word(f"kept_{name}"), based_on_version=1, author=users["clerk"],
        at=now(),
    )  # fmt: skip
    action = _action(made, users, item, name)
    ItemJudgement.objects.create(
        item=item, value="band", band=Band.objects.get(position=2), judged_by=users["chair"],
        reason=made.word(f"judgement_{name}"), judged_at=now(),
    )  # fmt: skip
    board.closing_statement = made.word(f"closing_{name}")
    board.evaluation_validated, board.evaluation_reason = "no", made.word(f"evaluation_{name}")
    board.save()
    made.at("meetings:action", pk=action.pk)
    made.at("meetings:minute-merge", pk=kept.pk)
    if name == "with_chair":
        made.at("meetings:challenge-edit", pk=challenge.pk)
        made.at("meetings:evidence-edit", pk=seen.pk)
        made.at("meetings:action-edit", pk=action.pk)


def _action(made: Planted, users: dict[str, User], item: AgendaItem, name: str) -> Action:
    state = "draft" if name == "with_chair" else "open"
    action = Action.objects.create(
        ref=f"{made.side}-{name}", school=made.school, meeting=item.meeting, item=item, state=state,
        text=made.word(f"action_{name}"), owner=users["leader"].person, owner_role="Reading lead",
        due_on=dt.date(2026, 12, 18), created_by=users["clerk"], created_at=now(),
    )  # fmt: skip
    if state == "open":
        ActionUpdate.objects.create(
            action=action, text=made.word(f"update_{name}"), by=users["head"], at=now()
        )
    return action


def _plant_check(made: Planted, users: dict[str, User], board: ProgressBoard) -> None:
    item = board.meeting.items.get()
    Correction.objects.create(
        meeting=board.meeting, item=item, person=users["head"].person, role="head",
        saved_by=users["head"], text=made.word("correction"), at=now(),
    )  # fmt: skip


def _plant_final(made: Planted, users: dict[str, User], board: ProgressBoard) -> None:
    ReviewQuestion.objects.create(
        board=board, asked_by=users["link_trustee"], asked_at=now(), text=made.word("review_question"),
        answer=made.word("review_answer"), answered_by=users["ceo"], answered_at=now(),
    )  # fmt: skip


def _addresses_of_school(made: Planted) -> None:
    pk = made.school.pk
    for name in ("school", "schools:school-register", "schools:school-code",
                 "schools:school-membership"):  # fmt: skip
        made.at(name, pk=pk)
    made.at("schools:calendar-school", year=2026, pk=pk)
    made.at("schools:calendar-school-edit", year=2026, pk=pk)
    made.at("progress_boards:school-year", school_pk=pk)


# -- the year's report, which is of every school ---------------------------------------------------


def plant_report(world: World, schools: list[Planted]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A report being written by the Chair of the own school, with a half page on each school."""
    year = factories.make_year(2025)
    report = AnnualReport.objects.create(
        academic_year=year, lead=world.users["chair"].person, cut_off_on=cut_off_of(year),
        facts=compile_facts(year, cut_off_of(year)), facts_compiled_at=now(), created_at=now(),
    )  # fmt: skip
    sections = [
        ReportSection.objects.create(report=report, key=key, text=canary("T", f"report_{key}"))
        for key in ("summary", "how_boards_ran", "recommendations")
    ]
    sections += [
        ReportSection.objects.create(
            report=report, key="school", school=made.school, text=made.word("report_school")
        )
        for made in schools
    ]
    Recommendation.objects.create(report=report, order=1, text=canary("T", "recommendation"))
    yield "progress_boards:report-detail", {"pk": report.pk}
    yield "progress_boards:report-present", {"pk": report.pk}
    yield "progress_boards:report-figure", {"pk": report.pk, "key": "held"}
    for section in sections:
        yield "progress_boards:report-section", {"pk": report.pk, "section": section.pk}
