"""What the Chair says of a board, the signature, and what the Link Trustee and the CEO say afterwards.

"These are externally validated and minuted" (seed 1): the Chair signs the record as true, and says
whether leaders' own evaluation holds.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from meetings.actions import signing as engine
from meetings.actions.moves import locked, note
from meetings.models import AgendaItem, Meeting
from meetings.rules import checking_seats, may_review, step
from progress_boards.actions.notices import tell_of_answer, tell_of_question
from progress_boards.actions.telling import people_in, tell
from progress_boards.models import (
    ItemJudgement,
    ProgressBoard,
    Review,
    ReviewComment,
    ReviewQuestion,
)
from progress_boards.rules import (
    has_external_chair,
    may_answer_about,
    may_ask_about,
    may_comment_on_item,
    may_judge,
    may_take_back_comment,
)
from ratings.models import Band
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import Person, User

Holds = ProgressBoard.Holds
LONGEST = 2_000
"""Characters of a comment under an item."""
NEEDS_REASON = (Holds.IN_PART, Holds.NO, Holds.NOT_ENOUGH)
NO_REASON = "Give the reason: it is needed unless the answer is Yes"


class Unsaid(Conflict):
    """Something must be said before; `field` names where."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


# -- the Chair's own words -------------------------------------------------------------------------


def judge_item(
    board: ProgressBoard,
    item: AgendaItem,
    *,
    by: User,
    value: str = "",
    band: Band | None = None,
    direction: str = "",
    reason: str = "",
    evaluation: str = "",
) -> ItemJudgement | None:
    """The Chair's judgement of one enquiry: a band, too early, or (value empty) none, which may be.

    With a judgement the Chair may also say whether leaders' own evaluation of this item holds.
    """
    with transaction.atomic():
        _judging(board, by)
        if item.type != AgendaItem.Type.ENQUIRY:
            raise Conflict("The Chair judges enquiries only")
        if not step(board.meeting, "judgement_per_item"):
            raise Conflict("This trust gives no judgement of single items")
        old = ItemJudgement.objects.filter(item=item).first()
        if evaluation not in Holds.values:
            raise Conflict("Choose one of the answers listed")
        if not value:
            if evaluation:
                raise Unsaid(
                    f"judged-{item.pk}",
                    f"Judge item {item.order}, or say that it is too early, where you say whether"
                    " leaders' evaluation holds",
                )
            if old is not None:
                old.delete()
                _noted("unjudge_item", board, by, item)
            return None
        _sayable(value, band, direction)
        said = {"value": value, "band": band, "direction": direction, "reason": reason.strip(),
                "evaluation": evaluation}  # fmt: skip
        if old is not None and all(getattr(old, name) == said[name] for name in said):
            return old
        judgement, _ = ItemJudgement.objects.update_or_create(
            item=item, defaults={**said, "judged_by": by, "judged_at": now()}
        )
        _noted("judge_item", board, by, item)
    return judgement


def _sayable(value: str, band: Band | None, direction: str) -> None:
    if value not in ItemJudgement.Value.values or direction not in ItemJudgement.Direction.values:
        raise Conflict("Choose one of the answers listed")
    if (value == ItemJudgement.Value.BAND) != (band is not None):
        raise Conflict("Choose a band, or say that it is too early")


def _judging(board: ProgressBoard, by: User) -> None:
    """Hold the meeting, and require that the Chair writes now; Conflict when it has just moved on."""
    before, row = board.meeting.state, locked(board.meeting)
    board.meeting.state = row.state
    if row.state != before:
        raise Conflict(f"This is now: {row.get_state_display().lower()}. Nothing was changed")
    require(may_judge(by, board))


def _noted(verb: str, board: ProgressBoard, by: User, item: AgendaItem) -> None:
    """That it was said, never what."""
    note(verb, item, by=by, meeting=board.meeting, act="sign")


def save_statement(
    board: ProgressBoard,
    *,
    version: int,
    by: User,
    closing_statement: str,
    evaluation: str = "",
    evaluation_reason: str = "",
    advises_new_rating: bool = False,
) -> ProgressBoard:
    """Save the Chair's statement, answer and advice as typed, under a version check.

    An answer that still lacks its reason is not kept: Unsaid is raised once the rest is saved.
    Raises Conflict when another window saved first; call it outside a transaction.
    """
    if evaluation not in Holds.values:
        raise Conflict("Choose one of the answers listed")
    reason = evaluation_reason.strip()
    lacks_reason = evaluation in NEEDS_REASON and not reason
    with transaction.atomic():
        _judging(board, by)
        row = locked(board)
        same = (
            row.closing_statement,
            row.evaluation_validated,
            row.evaluation_reason,
            row.advises_new_rating,
        )
        said = (closing_statement.strip(), Holds.BLANK if lacks_reason else Holds(evaluation), reason,
                advises_new_rating)  # fmt: skip
        if same != said:
            if row.version != version:
                raise Conflict(
                    "You saved this in another window. Copy your words, and open the page again"
                )
            (row.closing_statement, row.evaluation_validated, row.evaluation_reason,
             row.advises_new_rating) = said  # fmt: skip
            row.version += 1
            row.save(update_fields=["closing_statement", "evaluation_validated", "evaluation_reason",
                                    "advises_new_rating", "version"])  # fmt: skip
            note(
                "save_statement", row, by=by, meeting=board.meeting, act="sign", version=row.version
            )
        for name in ("closing_statement", "evaluation_validated", "evaluation_reason",
                     "advises_new_rating", "version"):  # fmt: skip
            setattr(board, name, getattr(row, name))
    if lacks_reason:
        raise Unsaid("evaluation_reason", NO_REASON)
    return board


# -- the signature ---------------------------------------------------------------------------------


def unsaid(
    board: ProgressBoard,
    *,
    by: User,
    closing_statement: str,
    evaluation: str,
    evaluation_reason: str,
    typed_name: str,
) -> dict[str, str]:
    """What stands between these words and a signature: by field, in the order of the page."""
    found = {}
    if not closing_statement.strip():
        found["closing_statement"] = "Write your closing statement"
    if has_external_chair(board.meeting):
        if not evaluation:
            found["evaluation"] = "Say whether leaders’ own evaluation holds"
        elif evaluation in NEEDS_REASON and not evaluation_reason.strip():
            found["evaluation_reason"] = NO_REASON
    try:
        engine.own_name(typed_name, by)
    except Conflict as refused:
        found["typed_name"] = str(refused)
    return found


def sign_board(board: ProgressBoard, *, typed_name: str, by: User) -> ProgressBoard:
    """ "I chaired this board and this is a true record of it": sign the record and the judgement of it.

    Raises Unsaid, naming the field, while the statement, the answer or the name is missing.
    """
    with transaction.atomic():
        _judging(board, by)
        board.refresh_from_db(
            fields=["closing_statement", "evaluation_validated", "evaluation_reason", "version"]
        )
        missing = unsaid(
            board, by=by, closing_statement=board.closing_statement,
            evaluation=board.evaluation_validated, evaluation_reason=board.evaluation_reason,
            typed_name=typed_name,
        )  # fmt: skip
        for field, words in missing.items():
            raise Unsaid(field, words)
        engine.sign_minutes(board.meeting, typed_name=typed_name, by=by)
        if board.meeting.state == "accuracy_check":
            tell(board, _checkers(board.meeting), "minutes_accuracy_check",
                 board.meeting.deadline("corrections"), board.meeting.signed_at)  # fmt: skip
    return board


def _checkers(meeting: Meeting) -> list[Person]:
    """Those recorded as present who check the minutes, each once."""
    return list({s.person.pk: s.person for s in checking_seats(meeting) if s.person}.values())


def seal_board(meeting: Meeting, at: dt.datetime) -> None:
    """Seal what this app holds of a record when it becomes final."""
    ProgressBoard.objects.filter(meeting=meeting, sealed_at=None).update(sealed_at=at)
    ItemJudgement.objects.filter(item__meeting=meeting, sealed_at=None).update(sealed_at=at)


def tell_chair(pk: int) -> None:
    """Tell the Chair once that minutes have come; a second run finds the mail written."""
    _tell_seated(pk, "with_chair", "chair", "minutes_with_chair", "chair", "minutes_sent_at")


def tell_returned(pk: int) -> None:
    """Tell the clerk once that the Chair has returned the minutes."""
    _tell_seated(pk, "held", "clerk", "minutes_returned", "draft_minutes", "minutes_sent_at")


def tell_corrections(pk: int) -> None:
    """Tell the Chair once a round that a correction waits for an answer."""
    _tell_seated(pk, "accuracy_check", "chair", "minutes_corrections", "final", "signed_at")


def _tell_seated(pk: int, state: str, role: str, template: str, due: str, since: str) -> None:
    board = ProgressBoard.objects.select_related("meeting", "school").get(pk=pk)
    meeting = board.meeting
    if meeting.state == state:
        tell(board, people_in(meeting, role), template, meeting.deadline(due), getattr(meeting, since))  # fmt: skip


# -- afterwards ------------------------------------------------------------------------------------


def mark_reviewed(board: ProgressBoard, *, note: str, by: User) -> Review:
    """A Link Trustee has read the final minutes; said again, the note is the newer one."""
    with transaction.atomic():
        require(may_review(by, board.meeting))
        if by.person is None:
            raise Conflict("Only a person can review minutes")
        review, _ = Review.objects.update_or_create(
            board=board,
            person=by.person,
            defaults={"note": note.strip(), "reviewed_by": by, "reviewed_at": now()},
        )
        record("mark_reviewed", review, by=by, acted_as="link_trustee", board=board.pk)
    return review


def comment_on_item(
    board: ProgressBoard, *, item: AgendaItem, text: str, by: User
) -> ReviewComment:
    """A Link Trustee comments under an item of the final minutes; the same words twice are one comment.

    It stands beside the minutes, which are sealed, and is read by those who follow the board up.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Conflict("Write your comment")
    if len(words) > LONGEST:
        raise Conflict(f"Keep a comment within {LONGEST:,} characters: it has {len(words):,}")
    with transaction.atomic():
        locked(board)  # two clicks at one moment are one after the other
        require(may_comment_on_item(by, board))
        if by.person is None or item.meeting_id != board.meeting_id:
            raise Conflict("Choose an item of these minutes")
        comment, is_new = ReviewComment.objects.get_or_create(
            board=board, item=item, person=by.person, text=words,
            defaults={"saved_by": by, "at": now()},
        )  # fmt: skip
        if is_new:
            record("comment_on_item", comment, by=by, acted_as="link_trustee", item=item.pk)
    return comment


def take_back_comment(comment: ReviewComment, *, by: User) -> None:
    """Its author takes a comment back within a day; that it was there stays in the audit."""
    with transaction.atomic():
        row = locked(comment)
        require(may_take_back_comment(by, row, now()))
        record("take_back_comment", row, by=by, acted_as="link_trustee", item=row.item_id)
        row.delete()


def ask_about_board(
    board: ProgressBoard, *, text: str, by: User, item: AgendaItem | None = None
) -> ReviewQuestion:
    """A Link Trustee asks the Chief Executive; the question stands beside the minutes, not in them."""
    if not text.strip():
        raise Conflict("Write your question")
    with transaction.atomic():
        require(may_ask_about(by, board))
        if item is not None and item.meeting_id != board.meeting_id:
            raise Conflict("Choose an item of these minutes")
        question = ReviewQuestion.objects.create(
            board=board, item=item, asked_by=by, asked_at=now(), text=text.strip()
        )
        record("ask_about_board", question, by=by, acted_as="link_trustee", board=board.pk)
        tell_of_question(question)
    return question


def answer_question(question: ReviewQuestion, *, answer: str, by: User) -> ReviewQuestion:
    """The Chief Executive answers in place; once."""
    if not answer.strip():
        raise Conflict("Write your answer")
    with transaction.atomic():
        row = locked(question)
        require(may_answer_about(by, row.board))
        if row.answer:
            raise Conflict("This question has been answered")
        row.answer, row.answered_by, row.answered_at = answer.strip(), by, now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        record("answer_question", row, by=by, acted_as="ceo", board=row.board_id)
        tell_of_answer(row)
    return row
