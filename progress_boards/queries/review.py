"""Final minutes as a Link Trustee reads them: the record, what comes next, questions and the review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from meetings.models import Action, AgendaItem
from meetings.queries.checking import silent_words
from meetings.queries.minutes import Line, MinutesPage, minutes_page
from meetings.rules import may_review
from progress_boards.models import (
    ItemJudgement,
    ProgressBoard,
    Review,
    ReviewComment,
    ReviewQuestion,
)
from progress_boards.rules import (
    may_answer_about,
    may_ask_about,
    may_comment_on_item,
    may_read_comments,
    may_read_questions,
    may_take_back_comment,
)
from ratings.queries import SchoolHistory, school_history
from ratings.rules import may_read_history
from trust.access import Actor
from trust.calendar import now
from trust.pages import remembered
from trust.people.models import User


@dataclass(frozen=True)
class ReviewLine:
    """One reading: who marked the minutes as reviewed, when, and with which note."""

    person_id: int
    person: str
    reviewed_at: dt.datetime
    note: str


REVIEW = JSONObject(
    person_id="person", person="person__name", reviewed_at="reviewed_at", note="note"
)
"""A review as plain data, where it is read with its board."""


@dataclass(frozen=True)
class ReviewPanel:
    """Who has reviewed the minutes, and the questions this person may read."""

    reviews: tuple[ReviewLine, ...]
    questions: tuple[ReviewQuestion, ...]
    mine: ReviewLine | None
    can_review: bool
    can_ask: bool
    can_answer: bool
    items: tuple[AgendaItem, ...] = ()
    """What a question may be about, for whoever may ask."""


@dataclass(frozen=True)
class CommentLine:
    """A comment under an item, and whether the reader may still take it back."""

    comment: ReviewComment
    can_take_back: bool


@dataclass(frozen=True)
class FinalRow:
    """One item of the final minutes, with the Chair's judgement and what was said under it since."""

    line: Line
    judgement: ItemJudgement | None
    comments: tuple[CommentLine, ...]


@dataclass(frozen=True)
class FinalPage:
    """The final minutes of a board with what belongs beside them."""

    minutes: MinutesPage
    rows: tuple[FinalRow, ...]
    panel: ReviewPanel
    silent: str
    overdue: tuple[Action, ...]
    next_day: dt.date | None
    is_external: bool
    can_comment: bool
    history: SchoolHistory | None
    """The ratings of the school, for whoever reads them."""


def review_panel(
    board: ProgressBoard, user: Actor, items: Iterable[AgendaItem] | None = None
) -> ReviewPanel:
    """Reviews are the board's; questions stay between Link Trustee and Chief Executive."""
    reviews = _reviews(board)
    questions: tuple[ReviewQuestion, ...] = ()
    if may_read_questions(user, board):
        questions = tuple(
            board.questions.select_related("item", "asked_by__person", "answered_by__person")
        )
    asks = bool(may_ask_about(user, board))
    return ReviewPanel(
        reviews=reviews,
        questions=questions,
        mine=next((r for r in reviews if r.person_id == user.person_id), None),
        can_review=bool(may_review(user, board.meeting)),
        can_ask=asks,
        can_answer=bool(may_answer_about(user, board)),
        items=tuple(board.meeting.items.all() if items is None else items) if asks else (),
    )


def _reviews(board: ProgressBoard) -> tuple[ReviewLine, ...]:
    """From the board's own row where it came `with_reviews`, else asked for."""
    rows = getattr(board, "review_rows", None)
    if rows is None:
        rows = board.reviews.order_by("reviewed_at", "pk").values_list(REVIEW, flat=True)
    return tuple(
        ReviewLine(**{**row, "reviewed_at": dt.datetime.fromisoformat(row["reviewed_at"])})
        for row in rows
    )


def with_reviews(boards: QuerySet[ProgressBoard]) -> QuerySet[ProgressBoard]:
    """Boards with what the panel says of their reviews, in the same query."""
    rows = Review.objects.filter(board=OuterRef("pk")).order_by("reviewed_at", "pk")
    return boards.annotate(review_rows=ArraySubquery(rows.values(row=REVIEW)))


def final_page(board: ProgressBoard, user: User, day: dt.date, *, at: int) -> FinalPage:
    """Read the final minutes of one board for one person; `at` is the newest audit row.

    What is the same for all readers is read once until something is written; the overdue actions, the
    ratings and the private questions are asked for each reader.
    """
    meeting = board.meeting
    overdue = Action.objects.visible_to(user).filter(school=board.school_id).overdue(day)
    chairs = [seat for seat in meeting.seats.all() if seat.role == "chair" and seat.person_id]
    comments = _comments(board, user, at)
    minutes = minutes_page(meeting, reader=user, at=at)
    return FinalPage(
        minutes=minutes,
        rows=tuple(
            FinalRow(line, _judgement(line), tuple(comments.get(line.item.pk, ())))
            for line in minutes.lines
        ),
        panel=review_panel(board, user, [line.item for line in minutes.lines]),
        silent="" if meeting.entered_later else silent_words(minutes),
        overdue=tuple(overdue),
        next_day=remembered(
            f"next-board:{board.school_id}:{day}", at, lambda: _next_day(board, day)
        ),
        is_external=any(seat.is_external_chair for seat in chairs),
        can_comment=bool(may_comment_on_item(user, board)),
        history=school_history(board.school, user, at=at)
        if may_read_history(user, board.school)
        else None,
    )


def _judgement(line: Line) -> ItemJudgement | None:
    """The Chair's judgement, which stands under the item as the board's part."""
    content = line.part.content if line.part else None
    return content if isinstance(content, ItemJudgement) else None


def _next_day(board: ProgressBoard, day: dt.date) -> dt.date | None:
    later = ProgressBoard.objects.filter(
        school=board.school_id, meeting__during__isnull=False, meeting__starts_at__date__gt=day
    )
    following = later.select_related("meeting").order_by("meeting__starts_at").first()
    return following.meeting.day if following else None


def _comments(board: ProgressBoard, user: Actor, at: int) -> dict[int, list[CommentLine]]:
    """What was said under each item since, for whoever may read it."""
    found: dict[int, list[CommentLine]] = {}
    this_minute = now()
    if may_read_comments(user, board):
        rows = board.review_comments.select_related("person")
        for comment in remembered(f"comments:{board.pk}", at, lambda: tuple(rows)):
            mine = bool(may_take_back_comment(user, comment, this_minute))
            found.setdefault(comment.item_id, []).append(CommentLine(comment, mine))
    return found
