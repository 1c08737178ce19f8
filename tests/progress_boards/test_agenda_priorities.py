"""A priority that is off track comes to the school's next board, and the item says which it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from evidence.models import DocumentKind, Indicator
from improvement.actions import report_priority
from improvement.models import ItemPriority, Priority
from meetings.models import Action, ItemSource
from progress_boards.actions import agenda as acts
from progress_boards.actions import proposing
from progress_boards.models import ItemJudgement, ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.agenda_shown import evidence_groups
from progress_boards.queries.board_items import agenda_items
from progress_boards.queries.offers import Offer
from ratings.models import Band
from schools.models import School
from tests import factories
from tests.progress_boards import lives
from tests.progress_boards.lives import DRAFTED, Table
from trust.calendar import clock_at, now
from trust.people.models import User

REPORTED = dt.date(2026, 10, 20)


@pytest.fixture
def table(
    school: object, ceo: User, chair: User, clerk: User, head: User, link_trustee: User
) -> Table:
    # Which documents a school is expected to have is another test's matter.
    DocumentKind.objects.update(is_expected=False)
    return Table(school, ceo, chair, clerk, head, link_trustee)  # type: ignore[arg-type]


@pytest.fixture
def scheduled(table: Table) -> ProgressBoard:
    return lives.schedule(lives.board_at(table), table)


def off_track(school: School, by: User, **fields: object) -> Priority:
    """A priority that its head reported off track on 20 October."""
    priority = factories.PriorityFactory(school=school, **fields)
    with clock_at(REPORTED):
        return report_priority(priority, state="off_track", note="Two teachers left", by=by)


def offers(board: ProgressBoard) -> list[Offer]:
    return [o for o in gather(board, DRAFTED).offers if o.candidate.kind == "priority_off_track"]


def draft(board: ProgressBoard, table: Table) -> ProgressBoard:
    with clock_at(DRAFTED):
        proposing.propose_draft(board, by=table.ceo)
    return lives.fresh(board)


def test_priority_off_track_is_offered_with_what_was_reported_and_when(
    scheduled: ProgressBoard, table: Table
) -> None:
    priority = off_track(table.school, table.head, number=2, title="Attendance above 95%")
    (offer,) = offers(scheduled)
    candidate = offer.candidate
    assert (candidate.score, candidate.title) == (70, "Attendance above 95%")
    assert candidate.reason == "Reported off track on 20 October 2026: “Two teachers left”"
    assert candidate.evidence_on == REPORTED
    assert candidate.topic == f"priority-{priority.pk}"
    assert (offer.group, offer.label) == ("Priorities", "Priority 2: Attendance above 95%")


def test_only_the_schools_own_of_the_boards_year_that_are_off_track_are_offered(
    scheduled: ProgressBoard, table: Table, other_school: School
) -> None:
    last_year = factories.make_year(2025)
    states = ("not_started", "on_track", "at_risk", "met", "stopped")
    for number, state in enumerate(states, 1):
        factories.PriorityFactory(school=table.school, state=state, number=number)
    for fields in (
        {"school": other_school},
        {"school": None},
        {"school": table.school, "academic_year": last_year},
    ):
        factories.PriorityFactory(state="off_track", **fields)
    assert offers(scheduled) == []


def test_item_made_from_it_points_to_the_priority(scheduled: ProgressBoard, table: Table) -> None:
    priority = off_track(table.school, table.head)
    board = draft(scheduled, table)
    link = ItemPriority.objects.get()
    assert (link.priority, link.item.meeting, link.item.title) == (
        priority, board.meeting, priority.title,
    )  # fmt: skip
    assert "reported off track on 20 October 2026" in link.item.question


def test_priority_with_an_indicator_joins_the_item_on_it_once(
    scheduled: ProgressBoard, table: Table
) -> None:
    rating = lives.rate(table.school, {"standards": 3})
    board = draft(scheduled, table)
    indicator = rating.indicators.get().indicator
    priority = off_track(table.school, table.head, indicator=indicator)
    with clock_at(DRAFTED):
        made = [
            acts.add_from_evidence(board, key=f"priority-{priority.pk}", by=table.ceo)
            for _ in range(2)
        ]
    assert made[0] == made[1]
    assert made[0].title == "Standards"
    assert ItemPriority.objects.get().item == made[0]
    assert ItemSource.objects.filter(item=made[0]).count() == 2


def test_second_priority_on_the_indicator_stays_a_source_and_is_shown_as_on_the_agenda(
    scheduled: ProgressBoard, table: Table
) -> None:
    indicator = Indicator.objects.get(slug="standards")
    for number in (1, 2):
        off_track(
            table.school, table.head, number=number, title=f"Reading {number}", indicator=indicator
        )
    board = draft(scheduled, table)
    assert ItemPriority.objects.count() == 1
    groups = dict(evidence_groups(gather(board, DRAFTED), agenda_items(board.meeting)))
    assert [shown.on_agenda for shown in groups["Priorities"]] == [True, True]


def test_priority_renamed_since_is_still_known_to_be_on_the_agenda(
    scheduled: ProgressBoard, table: Table
) -> None:
    priority = off_track(table.school, table.head)
    board = draft(scheduled, table)
    Priority.objects.filter(pk=priority.pk).update(title="Renamed since")
    with clock_at(DRAFTED):
        acts.add_from_evidence(board, key=f"priority-{priority.pk}", by=table.ceo)
    assert ItemPriority.objects.count() == 1
    assert board.meeting.items.filter(type="enquiry").count() == 1


def test_remove_and_undo_restore_what_the_item_is_about(
    scheduled: ProgressBoard, table: Table, client_for: object
) -> None:
    priority = off_track(table.school, table.head)
    board = draft(scheduled, table)
    item = board.meeting.items.get(type="enquiry")
    client: Client = client_for(table.ceo)  # type: ignore[operator]
    client.post(reverse("progress_boards:agenda-item-remove", args=[board.pk, item.pk]))
    assert not ItemPriority.objects.exists()
    client.post(reverse("progress_boards:agenda-item-restore", args=[board.pk]))
    assert ItemPriority.objects.get().priority == priority


def test_worked_example_of_the_hour_with_its_priority(
    scheduled: ProgressBoard, table: Table
) -> None:
    """Standards 90, SEND carried twice 85, attendance 80, priority 70 + 10; behaviour and Capacity unchosen."""
    former = lives.board_at(
        table, half_term=1, day=dt.date(2026, 10, 8), state="final",
        meeting__signed_at=now(), meeting__signed_by=table.chair, meeting__signed_name="Martin Yeo",
    )  # fmt: skip
    behaviour = factories.AgendaItemFactory(meeting=former.meeting, title="Behaviour at lunch")
    ItemJudgement.objects.create(
        item=behaviour, value="band", band=Band.objects.get(position=3), judged_by=table.chair,
        judged_at=now(),
    )  # fmt: skip
    lives.rate(table.school, {"standards": 3, "capacity-to-improve": 2})
    lives.finding(table.school, "Absence rises on Mondays")
    speaks_to = Indicator.objects.get(slug="experience-of-leaders")
    off_track(table.school, table.head, title="Reading priority", indicator=speaks_to)
    base = {"school": table.school, "owner_role": "Deputy", "state": "open",
            "due_on": dt.date(2026, 11, 1), "created_by": table.clerk, "created_at": now()}  # fmt: skip
    for ref in ("ALD-1", "ALD-2"):
        Action.objects.create(ref=ref, text="Keep it up", indicator=speaks_to, **base)
    Action.objects.create(ref="ALD-3", text="SEND adjustments", times_carried=2, **base)
    proposal = gather(scheduled, DRAFTED).proposal
    chosen = [(i.enquiry.title, i.enquiry.score, i.minutes) for i in proposal.items]
    assert chosen == [
        ("Standards", 90, 12),
        ("SEND adjustments", 85, 11),
        ("Reading priority", 80, 11),
        ("Adaptive teaching in Years 3 to 5", 80, 11),
    ]
    assert [(each.title, each.score) for each in proposal.unchosen] == [
        ("Behaviour at lunch", 75),
        ("Capacity to improve", 50),
    ]
