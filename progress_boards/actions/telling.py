"""Who is told of an agenda: issued, changed, recalled, and each leader once of an item to answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meetings.models import Meeting
from progress_boards.models import ProgressBoard
from progress_boards.queries.due import (
    CHOSEN,
    chosen_people,
    chosen_to_tell,
    once_per,
    told_people,
)
from schools.models import Post
from trust.access import Capacity
from trust.audit import record
from trust.calendar import now, today
from trust.mail import queue_mail
from trust.people.models import Person


def people_in(meeting: Meeting, *roles: str) -> list[Person]:
    """Who sits in these roles at the meeting."""
    seats = meeting.seats.filter(role__in=roles, person__isnull=False).select_related("person")
    return [seat.person for seat in seats if seat.person]


def heads_of(board: ProgressBoard) -> list[Person]:
    """The head in the seat, the school's heads by post, and whom a head named to act."""
    heads = Post.objects.current(today()).filter(
        capacity=Capacity.HEAD, school=board.school_id, person__isnull=False
    )
    found = {person.pk: person for person in people_in(board.meeting, Capacity.HEAD)}
    for post in heads.select_related("person"):
        if post.person:
            found[post.person.pk] = post.person
    return list(found.values())


def tell(
    board: ProgressBoard,
    people: Iterable[Person],
    template: str,
    due: Any,
    once_per: object,
    **more: Any,
) -> None:
    """One mail each: what waits, at which school, by when and where; no judgement."""
    for person in people:
        queue_mail(
            f"{template}:{board.pk}:{person.pk}:{once_per}",
            to=person.email,
            template=template,
            context={
                "board": board, "school": board.school, "day": board.meeting.day, "due": due, **more,
            },
        )  # fmt: skip
    record("tell", board, by=None, mail=template)


def tell_issued(board: ProgressBoard) -> None:
    """Head, Link Trustee and Chair are told of each version; of a later one those who were to answer too."""
    meeting = board.meeting
    meeting.refresh_from_db()
    number = meeting.agenda_version
    news = "agenda_to_read" if number == 1 else "agenda_changed"
    asks = any(item.is_for_school and not item.answered_by_id for item in meeting.items.all())
    heads = heads_of(board)
    tell(board, heads, "agenda_issued" if asks else news, meeting.deadline("leaders") if asks else None,
         f"v{number}", number=number)  # fmt: skip
    readers = people_in(meeting, Capacity.LINK_TRUSTEE, Capacity.CHAIR)
    told = {person.pk for person in (*heads, *readers)}
    answering = [person for person in told_people(board) if person.pk not in told]
    tell(board, [*readers, *answering], news, None, f"v{number}", number=number)


def tell_recalled(board: ProgressBoard) -> None:
    """The same people are told that it is in draft again."""
    readers = [*heads_of(board), *people_in(board.meeting, Capacity.LINK_TRUSTEE, Capacity.CHAIR)]
    people = {person.pk: person for person in (*readers, *told_people(board))}
    tell(board, people.values(), "agenda_recalled", None, now())


def tell_chosen(pk: int) -> None:
    """Tell those of one board who were chosen to answer, each once of an item, however often the choice changes."""
    board = ProgressBoard.objects.select_related("meeting", "school").get(pk=pk)
    waiting, told = chosen_to_tell(board), told_people(board)
    for person in chosen_people(board):
        if person.pk in waiting:
            tell(board, [person], CHOSEN, board.meeting.deadline("papers") or board.meeting.day,
                 once_per(waiting[person.pk]), items=waiting[person.pk], is_more=person in told)  # fmt: skip
