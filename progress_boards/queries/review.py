"""Final minutes as a Link Trustee reads them: the record, what comes next, questions and the review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meetings.models import Action
from meetings.queries.minutes import Line, MinutesPage, checks_of, minutes_page, silent_words
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
)
from ratings.queries import SchoolHistory, school_history
from ratings.rules import may_read_history
from trust.access import Actor
from trust.people.models import User


@dataclass(frozen=True)
class ReviewPanel:
    """Who has reviewed the minutes, and the questions this person may read."""

    reviews: tuple[Review, ...]
    questions: tuple[ReviewQuestion, ...]
    mine: Review | None
    can_review: bool
    can_ask: bool
    can_answer: bool


@dataclass(frozen=True)
class FinalRow:
    """One item of the final minutes, with the Chair's judgement and what was said under it since."""

    line: Line
    judgement: ItemJudgement | None
    comments: tuple[ReviewComment, ...]


@dataclass(frozen=True)
class FinalPage:
    """The final minutes of a board with what belongs beside them."""

    minutes: MinutesPage
    rows: tuple[FinalRow, ...]
    panel: ReviewPanel
    silent: str
    checks: tuple[object, ...]
    overdue: tuple[Action, ...]
    next_day: dt.date | None
    is_external: bool
    can_comment: bool
    history: SchoolHistory | None
    """The ratings of the school, for whoever reads them."""


def review_panel(board: ProgressBoard, user: Actor) -> ReviewPanel:
    """Reviews are the board's; questions stay between Link Trustee and Chief Executive."""
    reviews = tuple(board.reviews.select_related("person").order_by("reviewed_at"))
    questions: tuple[ReviewQuestion, ...] = ()
    if may_read_questions(user, board):
        questions = tuple(
            board.questions.select_related("item", "asked_by__person", "answered_by__person")
        )
    return ReviewPanel(
        reviews=reviews,
        questions=questions,
        mine=next((r for r in reviews if r.person_id == user.person_id), None),
        can_review=bool(may_review(user, board.meeting)),
        can_ask=bool(may_ask_about(user, board)),
        can_answer=bool(may_answer_about(user, board)),
    )


def final_page(board: ProgressBoard, user: User, day: dt.date) -> FinalPage:
    """Read the final minutes of one board for one person."""
    meeting = board.meeting
    later = ProgressBoard.objects.filter(
        school=board.school_id, meeting__during__isnull=False, meeting__starts_at__date__gt=day
    )
    following = later.select_related("meeting").order_by("meeting__starts_at").first()
    overdue = Action.objects.visible_to(user).filter(school=board.school_id).overdue(day)
    chairs = [seat for seat in meeting.seats.all() if seat.role == "chair" and seat.person_id]
    judgements = ItemJudgement.objects.filter(item__meeting=meeting).select_related("band")
    by_item = {judgement.item_id: judgement for judgement in judgements}
    comments = _comments(board, user)
    minutes = minutes_page(meeting, reader=user)
    return FinalPage(
        minutes=minutes,
        rows=tuple(
            FinalRow(line, by_item.get(line.item.pk), tuple(comments.get(line.item.pk, ())))
            for line in minutes.lines
        ),
        panel=review_panel(board, user),
        silent="" if meeting.entered_later else silent_words(meeting),
        checks=tuple(checks_of(meeting)),
        overdue=tuple(overdue),
        next_day=following.meeting.day if following else None,
        is_external=any(seat.is_external_chair for seat in chairs),
        can_comment=bool(may_comment_on_item(user, board)),
        history=school_history(board.school, user)
        if may_read_history(user, board.school)
        else None,
    )


def _comments(board: ProgressBoard, user: Actor) -> dict[int, list[ReviewComment]]:
    """What was said under each item since, for whoever may read it."""
    found: dict[int, list[ReviewComment]] = {}
    if may_read_comments(user, board):
        for comment in board.review_comments.select_related("person"):
            found.setdefault(comment.item_id, []).append(comment)
    return found
