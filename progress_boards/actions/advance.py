"""Questions in advance: asked by the Chair or the Link Trustee, read by the school before the hour."""

from __future__ import annotations

from django.db import transaction

from meetings.models import AgendaItem, Meeting
from progress_boards.models import AdvanceQuestion, ProgressBoard
from progress_boards.rules import may_ask_in_advance
from schools.models import Post
from trust.access import Capacity, Conflict, NotAllowed, require
from trust.audit import record
from trust.calendar import now, today
from trust.mail import queue_mail
from trust.people.models import User

LONGEST = 1_000
ASK_AS = (Capacity.CHAIR, Capacity.LINK_TRUSTEE)


def ask_in_advance(
    board: ProgressBoard, *, item: AgendaItem, text: str, by: User
) -> AdvanceQuestion:
    """Ask about one item before the hour; the same words asked twice are one question.

    The headteacher and whoever answers the item are told that there is a question, not what it is.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Conflict("Write the question")
    if len(text) > LONGEST:
        raise Conflict(f"Keep a question within {LONGEST:,} characters: it has {len(text):,}")
    with transaction.atomic():
        meeting = (
            Meeting.objects.with_seats().select_for_update(of=("self",)).get(pk=board.meeting_id)
        )
        board.meeting = meeting
        require(may_ask_in_advance(by, board))
        if by.person is None or item.meeting_id != meeting.pk or not item.is_for_school:
            raise Conflict("Choose an item that the school answers")
        question, is_new = AdvanceQuestion.objects.get_or_create(
            board=board, item=item, person=by.person, text=text,
            defaults={"role": _role_of(board, by), "asked_by": by, "asked_at": now()},
        )  # fmt: skip
        if is_new:
            record("ask_in_advance", question, by=by, board=board.pk, item=item.pk)
            _tell_the_school(question)
    return question


def _role_of(board: ProgressBoard, by: User) -> str:
    seats = board.meeting.seats.all()
    return next(
        (s.role for s in seats if s.person_id == by.person_id and s.role in ASK_AS),
        Capacity.LINK_TRUSTEE,
    )


def _tell_the_school(question: AdvanceQuestion) -> None:
    board, item = question.board, question.item
    heads = Post.objects.current(today()).filter(school=board.school_id, capacity=Capacity.HEAD)
    people = {p.person.pk: p.person for p in heads.select_related("person") if p.person}
    people |= {p.pk: p for p in (item.answered_by, item.second) if p is not None}
    context = {"school": board.school.name, "day": board.meeting.day, "board_pk": board.pk}
    for pk, person in sorted(people.items()):
        queue_mail(
            f"in-advance:{question.pk}:{pk}", to=person.email, template="asked_in_advance",
            context=context,
        )  # fmt: skip


def remove_question(question: AdvanceQuestion, *, by: User) -> None:
    """Take back a question of one's own while the agenda is with the school."""
    with transaction.atomic():
        board = question.board
        board.meeting = Meeting.objects.with_seats().get(pk=board.meeting_id)
        require(may_ask_in_advance(by, board))
        if question.person_id != by.person_id:
            raise NotAllowed("Everybody takes back their own question")
        record("remove_question", question, by=by, board=board.pk, item=question.item_id)
        question.delete()
