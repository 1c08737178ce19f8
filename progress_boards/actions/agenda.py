"""The agenda of a board: edited by the Chief Executive, sent to the Chair, issued to the school, who answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from meetings.actions import agenda as engine
from meetings.actions import answering
from meetings.actions.moves import in_state, locked, note, permit
from meetings.actions.removing import Removed, remove_item
from meetings.models import AgendaItem, Meeting
from meetings.rules import may_assign
from progress_boards.actions.deferring import defer_what_is_left, took_off
from progress_boards.actions.late import amend_item, within_bounds
from progress_boards.actions.proposing import add_enquiry, hang_on, source_of
from progress_boards.actions.telling import people_in, tell, tell_issued, tell_recalled
from progress_boards.agenda import DEFAULT_RULES
from progress_boards.models import ProgressBoard
from progress_boards.queries.agenda import gather
from progress_boards.queries.agenda_shown import item_of
from progress_boards.queries.board_items import items_of
from progress_boards.queries.offers import Offer
from trust.access import Capacity, Conflict, require
from trust.calendar import today
from trust.people.models import User

# -- the CEO's edits -----------------------------------------------------------------------------


def add_from_evidence(board: ProgressBoard, *, key: str, by: User) -> AgendaItem:
    """Put one offer on the agenda: into the item on the same indicator, else as a new one; twice is once."""
    with transaction.atomic():
        meeting = locked(board.meeting)
        permit(by, meeting, "prepare")
        in_state(meeting, *engine.OPEN)
        offer = next((o for o in gather(board, today()).offers if o.key == key), None)
        if offer is None:
            raise Conflict("This evidence is no longer offered. Nothing was changed")
        items = items_of(meeting.pk)
        there = item_of(offer, items)
        if there is not None:
            return there
        same = next(
            (i for i in items if offer.indicator and i.indicator_id == offer.indicator.pk), None
        )
        if same is not None:
            return _join(same, offer, meeting, by)
        left = meeting.minutes_length - sum(item.minutes for item in items)
        minutes = max(DEFAULT_RULES.least, min(DEFAULT_RULES.most, left))
        return add_enquiry(meeting, offer.candidate, [offer], minutes=minutes, by=by)


def _join(item: AgendaItem, offer: Offer, meeting: Meeting, by: User) -> AgendaItem:
    engine.add_source(item, source_of(offer))
    hang_on([(item, [offer])])
    note("add_source", item, by=by, meeting=meeting, act="prepare", source=offer.key)
    return item


def take_off_item(item: AgendaItem, *, by: User) -> Removed:
    """Take an item off the draft; what it asked about counts as deferred when the agenda is issued without it."""
    with transaction.atomic():
        took_off(item, by=by)
        return remove_item(item, by=by)


def add_own_item(
    board: ProgressBoard, *, type: str, title: str, question: str, minutes: int, by: User
) -> AgendaItem:
    """Add an item that comes from no evidence."""
    within_bounds(type, minutes)
    return engine.add_item(board.meeting, type=type, title=title, question=question,
                           minutes=minutes, by=by)  # fmt: skip


def set_item_minutes(item: AgendaItem, *, minutes: int, by: User) -> AgendaItem:
    """Give an item its minutes; an enquiry has 3 to 30."""
    within_bounds(item.type, minutes)
    return engine.set_minutes(item, minutes=minutes, by=by)


def change_board_item(item: AgendaItem, *, version: int, by: User, **changes: Any) -> AgendaItem:
    """Change the words and minutes of an item: freely in draft, as a new version once it is issued."""
    if "minutes" in changes:
        within_bounds(changes.get("type", item.type), changes["minutes"])
    if item.meeting.state == "issued":
        return amend_item(item, version=version, by=by, **changes)
    return engine.change_item(item, version=version, by=by, **changes)


# -- its way -------------------------------------------------------------------------------------


def send_board_to_chair(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Send the draft to the Chair, who is told."""
    with transaction.atomic():
        engine.send_agenda_to_chair(board.meeting, by=by)
        tell(board, people_in(board.meeting, Capacity.CHAIR), "agenda_with_chair",
              board.meeting.deadline("agenda_lapses"), board.meeting.agenda_sent_at)  # fmt: skip
    return board


def issue_board(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Issue the agenda to the school; what was not taken is deferred, and those who have the agenda are told.

    A small school is not asked who answers.
    """
    with transaction.atomic():
        engine.issue_agenda(board.meeting, by=by)
        defer_what_is_left(board)
        _stand_in_small_school(board.meeting)
        tell_issued(board)
    return board


def _stand_in_small_school(meeting: Meeting) -> None:
    """A school with one leader is not asked: the head stands on every item and may change it."""
    if len({post.person_id for post in answering.people_of_school(meeting)}) == 1:
        answering.fill_respondents(meeting)


def recall_board(board: ProgressBoard, *, by: User) -> ProgressBoard:
    """Take the issued agenda back into draft: those who have it are told, respondents and papers are kept."""
    with transaction.atomic():
        engine.recall_agenda(board.meeting, by=by)
        tell_recalled(board)
    return board


# -- who answers ---------------------------------------------------------------------------------


def choose_respondents(
    board: ProgressBoard,
    *,
    chosen: Mapping[int, int | None],
    seconds: Mapping[int, int | None],
    by: User,
) -> int:
    """The school says who answers each item, all at once; what is not said, or said as before, stays."""
    with transaction.atomic():
        require(may_assign(by, board.meeting))
        people = {post.person_id: post.person for post in answering.people_of_school(board.meeting)}
        changed = 0
        for item in board.meeting.items.filter(pk__in={*chosen, *seconds}):
            first = chosen.get(item.pk, item.answered_by_id)
            second = seconds.get(item.pk, item.second_id)
            if first is None:
                second = None
            if (first, second) == (item.answered_by_id, item.second_id):
                continue
            if {first, second} - {None, *people}:
                raise Conflict("Choose one of the school's own people")
            answering.choose_respondent(
                item, person=people.get(first), second=people.get(second), by=by
            )
            changed += 1
    return changed
