"""What waits for whom at boards: agendas, who answers, items to prepare, signatures, reviews, questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from meetings.models import AgendaItem
from meetings.rules import agenda_check_has_lapsed, may, seat_of, step
from progress_boards.models import ProgressBoard
from ratings.models import RatingAssessment
from trust.access import Capacity
from trust.work import WorkItem

LIVE = ("agenda_draft", "agenda_with_chair", "issued", "with_chair", "accuracy_check")
CLOSED = ("welcome", "close", "in_hand")
REVIEW_FOR = dt.timedelta(days=120)
"""How long final minutes wait to be marked as reviewed: a note, not a condition."""


def work_for(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Everything of the boards that waits for this person, in a fixed number of queries."""
    if user.person_id is None:
        return
    boards = list(
        ProgressBoard.objects.visible_to(user)
        .filter(meeting__state__in=LIVE)
        .with_meeting()
        .prefetch_related("meeting__items", "meeting__corrections")
    )
    for board in boards:
        yield from _of_live(board, user, today)
    yield from _own_items(boards, user, today)
    yield from _questions(user)
    yield from _look_again(user)
    yield from _reviews(user, today)


def _of_live(board: ProgressBoard, user: Any, today: dt.date) -> Iterator[WorkItem]:
    meeting = board.meeting
    state = meeting.state
    if state == "agenda_draft" and may(user, meeting, "issue_agenda"):
        sees = not agenda_check_has_lapsed(meeting, today)
        title = "Send the agenda to the Chair" if sees else "Issue the agenda"
        due = meeting.deadline("ceo" if sees else "issued")
        yield _item(
            board, "draft", title, _when(board), "board-detail", "Open the agenda", due, today
        )
    elif state == "agenda_with_chair":
        yield from _agenda_with_chair(board, user, today)
    elif state == "issued" and may(user, meeting, "assign"):
        yield from _to_assign(board, today)
    elif state == "with_chair" and may(user, meeting, "sign"):
        due = meeting.deadline("chair")
        yield _item(board, "sign", "Read, judge and sign the minutes", _when(board), "chair-sign",
                    "Open the minutes", due, today, "square-pen")  # fmt: skip
    elif state == "accuracy_check" and may(user, meeting, "sign"):
        yield from _corrections(board, today)


def _agenda_with_chair(board: ProgressBoard, user: Any, today: dt.date) -> Iterator[WorkItem]:
    meeting = board.meeting
    lapses = meeting.deadline("agenda_lapses")
    if seat_of(user, meeting, Capacity.CHAIR):
        yield _item(board, "check", "Check the agenda and issue it", _when(board), "board-detail",
                    "Open the agenda", lapses, today)  # fmt: skip
    elif may(user, meeting, "issue_agenda") and agenda_check_has_lapsed(meeting, today):
        yield _item(board, "lapsed", "Issue the agenda", "The Chair's days to check it are over",
                    "board-detail", "Open the agenda", meeting.deadline("issued"), today)  # fmt: skip


def _to_assign(board: ProgressBoard, today: dt.date) -> Iterator[WorkItem]:
    """Who answers, then papers where this trust has them; each waits only until it is done."""
    meeting = board.meeting
    asked = [item for item in meeting.items.all() if item.is_for_school]
    open_items = sum(1 for item in asked if item.answered_by_id is None)
    if open_items:
        noun = "item" if open_items == 1 else "items"
        yield _item(board, "assign", f"Choose who answers {open_items} {noun}", _when(board),
                    "board-school", "Choose people", meeting.deadline("leaders"), today, "user-check")  # fmt: skip
        return
    papers = meeting.deadline("papers")
    if step(meeting, "papers") and papers and today <= papers <= today + dt.timedelta(days=7):
        yield _item(board, "papers", "Add papers, if any", "None need be written for the board",
                    "board-school", "Add papers", papers, today, "paperclip")  # fmt: skip


def _corrections(board: ProgressBoard, today: dt.date) -> Iterator[WorkItem]:
    corrections = list(board.meeting.corrections.all())
    waiting = sum(1 for c in corrections if not c.answer)
    due = board.meeting.deadline("final")
    if waiting:
        noun = "correction" if waiting == 1 else "corrections"
        yield _item(board, "corrections", f"Answer {waiting} {noun}", _when(board), "chair-sign",
                    "Open the corrections", due, today, "message-square")  # fmt: skip
    elif corrections:
        yield _item(board, "again", "Sign the minutes again", "Every correction is answered",
                    "chair-sign", "Open the minutes", due, today, "square-pen")  # fmt: skip


def _own_items(boards: Iterable[ProgressBoard], user: Any, today: dt.date) -> Iterator[WorkItem]:
    """One's own items, until they are marked ready."""
    issued = {board.meeting_id: board for board in boards if board.meeting.state == "issued"}
    mine = AgendaItem.objects.filter(
        Q(answered_by=user.person_id) | Q(second=user.person_id), meeting__in=issued, is_ready=False
    ).exclude(type__in=CLOSED)
    for item in mine:
        board = issued[item.meeting_id]
        if may(user, board.meeting, "assign"):
            continue  # whoever assigns has the whole page
        yield WorkItem(
            key=f"boards.item.{item.pk}", title=f"Prepare your item: {item.title}"[:140],
            why=f"{item.minutes} minutes, {_when(board)}",
            url=reverse("progress_boards:leader-item", args=[board.pk, item.pk]),
            button="Open my item", due=board.meeting.deadline("papers") or board.meeting.day,
            school=board.school.name, icon="notebook-text",
        )  # fmt: skip


def _questions(user: Any) -> Iterator[WorkItem]:
    if not user.posts.holds(Capacity.CEO):
        return
    boards = (
        ProgressBoard.objects.filter(questions__answer="", meeting__state="final")
        .select_related("meeting", "school").distinct()
    )  # fmt: skip
    for board in boards:
        yield _item(board, "question", "Answer the Link Trustee's question", _when(board),
                    "board-minutes", "Open the question", None, None, "message-square")  # fmt: skip


def _look_again(user: Any) -> Iterator[WorkItem]:
    """The Chair's advice waits until a newer rating is shared."""
    if not user.posts.holds(Capacity.CEO, in_person=True):
        return
    boards = ProgressBoard.objects.filter(
        advises_new_rating=True, meeting__state="final"
    ).select_related("meeting", "school")
    newest: dict[int, dt.datetime] = {}
    for rating in _shared_since(board.school_id for board in boards):
        newest[rating[0]] = max(rating[1], newest.get(rating[0], rating[1]))
    for board in boards:
        signed = board.meeting.finalised_at
        shared = newest.get(board.school_id)
        if signed and (shared is None or shared < signed):
            yield _item(board, "look_again", "Look again at the rating", "The Chair advises it",
                        "board-minutes", "Read the minutes", None, None, "refresh-cw")  # fmt: skip


def _shared_since(schools: Iterable[int]) -> list[tuple[int, dt.datetime]]:
    shared = RatingAssessment.objects.filter(school__in=set(schools), shared_at__isnull=False)
    return [(pk, at) for pk, at in shared.values_list("school_id", "shared_at") if at]


def _reviews(user: Any, today: dt.date) -> Iterator[WorkItem]:
    """Final minutes of the linked schools that this trustee has not yet marked as reviewed."""
    linked = user.posts.schools(Capacity.LINK_TRUSTEE)
    boards = (
        ProgressBoard.objects.filter(
            school__in=linked, meeting__state="final", meeting__entered_later=False,
            meeting__finalised_at__date__gte=today - REVIEW_FOR,
        ).exclude(reviews__person=user.person_id).select_related("meeting", "school")
    )  # fmt: skip
    for board in boards:
        yield _item(board, "review", "Read the final minutes", _when(board), "board-minutes",
                    "Read the minutes", None, None, "book-open")  # fmt: skip


def _when(board: ProgressBoard) -> str:
    day = board.meeting.day
    return f"Progress Board of {day.day} {day:%B %Y}" if day else "Progress Board"


def _item(
    board: ProgressBoard,
    name: str,
    title: str,
    why: str,
    url: str,
    button: str,
    due: dt.date | None,
    today: dt.date | None,
    icon: str = "users",
) -> WorkItem:
    return WorkItem(
        key=f"boards.{name}.{board.pk}", title=title, why=why, button=button, due=due, icon=icon,
        url=reverse(f"progress_boards:{url}", args=[board.pk]), school=board.school.name,
        is_late=bool(due and today and due < today),
    )  # fmt: skip
