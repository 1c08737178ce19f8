"""What the software tells of a board by itself: a draft is ready, something is outstanding, minutes are final.

Every mail says a title, a school, a day and a link; none a judgement or a rating.
"""

from __future__ import annotations

import datetime as dt

from meetings.models import Meeting
from progress_boards.actions.telling import heads_of, people_in, tell
from progress_boards.models import ProgressBoard, ReviewQuestion
from progress_boards.queries import notices as found
from ratings.models import RatingAssessment
from schools.models import Post
from trust.access import Capacity
from trust.calendar import today
from trust.mail import queue_mail
from trust.people.models import Person

FINAL_TO = (Capacity.LINK_TRUSTEE, Capacity.HEAD, Capacity.CEO, Capacity.CLERK)


def holders(*capacities: str, school: int | None = None) -> list[Person]:
    """Who holds these posts today, for the trust or at a school, each once."""
    posts = Post.objects.current(today()).filter(
        capacity__in=capacities, school=school, person__isnull=False, delegate_of__isnull=True
    )
    people = {p.person.pk: p.person for p in posts.select_related("person") if p.person}
    return [people[pk] for pk in sorted(people)]


def _board(pk: int) -> ProgressBoard:
    return ProgressBoard.objects.with_meeting().get(pk=pk)


# -- before the board ------------------------------------------------------------------------------


def tell_of_draft(pk: int) -> None:
    """The proposed agenda waits for those who prepare it."""
    board = _board(pk)
    if board.meeting.state == "agenda_draft":
        people = found.preparing(board)
        tell(board, people, "draft_ready", board.meeting.deadline("ceo"), board.meeting.draft_opened_at)  # fmt: skip


def tell_outstanding(pk: int) -> None:
    """The headteacher hears once of answers not yet chosen on their day, and once of papers on theirs."""
    board = _board(pk)
    for template in found.outstanding(board, today()):
        due = board.meeting.deadline(found.OUTSTANDING[template])
        tell(board, heads_of(board), template, due, due)


# -- the minutes -----------------------------------------------------------------------------------


def tell_to_write(pk: int) -> None:
    """The hour is over: the clerk has the minutes."""
    board = _board(pk)
    if board.meeting.state == "held":
        tell(board, people_in(board.meeting, Capacity.CLERK), "minutes_to_write",
             board.meeting.deadline("draft_minutes"), board.meeting.started_at)  # fmt: skip


def tell_final(meeting: Meeting, at: dt.datetime) -> None:
    """Tell those of the board and the local committee that its minutes are final; the Trust Board hears weekly.

    A Chair's advice to look again at the rating goes to the Chief Executive, without its words.
    """
    board = ProgressBoard.objects.with_meeting().filter(meeting=meeting).first()
    if board is None or meeting.entered_later:
        return
    people = [*people_in(meeting, *FINAL_TO), *holders(Capacity.CEO), *heads_of(board)]
    people += holders(Capacity.LINK_TRUSTEE, Capacity.LOCAL_COMMITTEE, school=board.school_id)
    tell(board, {p.pk: p for p in people}.values(), "minutes_final", None, at)
    if board.advises_new_rating:
        tell(board, holders(Capacity.CEO), "look_again", None, at)


def tell_trustee_of_week(person_pk: int) -> None:
    """One mail a week to a member of the Trust Board: whose minutes became final in the week before."""
    person = Person.objects.get(pk=person_pk)
    boards = [
        {"pk": board.pk, "school": board.school.name, "day": board.meeting.day}
        for board in found.final_last_week(today())
    ]
    if boards:
        queue_mail(f"{found.week_key(today())}:{person.pk}", to=person.email,
                   template="minutes_final_week", context={"boards": boards})  # fmt: skip


def tell_of_question(question: ReviewQuestion) -> None:
    """The Chief Executive has a question to answer."""
    tell(question.board, holders(Capacity.CEO), "question_asked", None, question.pk)


def tell_of_answer(question: ReviewQuestion) -> None:
    """Who asked has the answer."""
    person = question.asked_by.person
    tell(question.board, [person] if person else [], "question_answered", None, question.pk)


# -- ratings ---------------------------------------------------------------------------------------


def tell_shared(rating: RatingAssessment) -> None:
    """A rating is shared: its headteacher and Link Trustee hear that there is one, not what it is."""
    school = rating.school
    for person in holders(Capacity.HEAD, Capacity.LINK_TRUSTEE, school=school.pk):
        queue_mail(
            f"rating-shared:{rating.pk}:{person.pk}", to=person.email, template="rating_shared",
            context={"school": school.name, "rating_pk": rating.pk},
        )  # fmt: skip
