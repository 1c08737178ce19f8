"""Who may read and write a Part B: by name and by having been there, never by role.

"Readers of a Part B text: Chair and clerk of that board, the CEO, and those ticked; nobody else by
role." What a delegate does for somebody else never reaches it. Rules read attributes and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings.rules import SIGNED, may_edit_minutes, seat_of
from trust.access import Actor, Answer, Capacity, Denied, allowed_if, first_denied

if TYPE_CHECKING:
    from meetings.models import Meeting, PartB, Seat

NEVER = (Capacity.ADMINISTRATOR, Capacity.LOCAL_COMMITTEE)
"""Posts that read no Part B, and through which nobody is named to read one."""
READERS = "Only the Chair, the clerk, the Chief Executive and those who stayed read a Part B"


def _serves(user: Actor, school_id: int | None) -> bool:
    """Whether the person holds a post of their own today, for the trust or at the school."""
    return any(
        not held.is_delegate
        and held.capacity not in NEVER
        and (held.school_id is None or school_id is None or held.school_id == school_id)
        for held in user.posts.holdings
    )


def writes_down(user: Actor, meeting: Meeting) -> bool:
    """Whether this is the clerk of that meeting: whoever the kind lets minute, in person."""
    return _at_the_desk(user, meeting, "minute")


def signs(user: Actor, meeting: Meeting) -> bool:
    """Whether this is whoever signs the minutes of that meeting, in person."""
    return _at_the_desk(user, meeting, "sign")


def _at_the_desk(user: Actor, meeting: Meeting, act: str) -> bool:
    for who in meeting.kind.acts.get(act, ()):
        role = who.removeprefix("seat:")
        if role == who:
            if user.posts.holds(who, school=meeting.school_id, in_person=True):
                return True
            continue
        seat = seat_of(user, meeting, role)
        # The clerk's seat is an appointment for that board; a Chair must still be appointed, or stand in.
        if seat is not None and user.posts.holdings and _sits_there(user, meeting, seat, act):
            return True
    return False


def _sits_there(user: Actor, meeting: Meeting, seat: Seat, act: str) -> bool:
    return act == "minute" or seat.for_person_id is not None or _serves(user, meeting.school_id)


def is_chief(user: Actor, meeting: Meeting) -> bool:
    """The Chief Executive in person: never a delegate, never a representative."""
    return user.posts.holds(Capacity.CEO, school=meeting.school_id, in_person=True)


def stayed(user: Actor, part: PartB) -> bool:
    """Whether the person is ticked on the item, and still holds a post there."""
    ticked = any(row.person_id == user.person_id for row in part.item.stayed_for_b.all())
    return user.person_id is not None and ticked and _serves(user, part.item.meeting.school_id)


def has_grant(user: Actor, part: PartB) -> bool:
    """Whether the Chief Executive let this person read it, and has not ended that."""
    named = any(
        row.person_id == user.person_id and row.ended_at is None for row in part.grants.all()
    )
    return user.person_id is not None and named and _serves(user, None)


def may_read_part_b(user: Actor, part: PartB) -> Answer:
    """Chair and clerk at any time; Chief Executive, those who stayed and those named, once it is signed."""
    meeting = part.item.meeting
    if writes_down(user, meeting) or signs(user, meeting):
        return allowed_if(True, "")
    if not (is_chief(user, meeting) or stayed(user, part) or has_grant(user, part)):
        return Denied(READERS)
    return allowed_if(meeting.state in SIGNED, "A Part B is read once the Chair has signed")


def may_open_part_b(user: Actor, meeting: Meeting) -> Answer:
    """The page of a meeting's Part B while it may still be empty: those who read every one of them."""
    at_the_desk = writes_down(user, meeting) or signs(user, meeting)
    signed = meeting.state in SIGNED
    return allowed_if(at_the_desk or (signed and is_chief(user, meeting)), READERS)


def may_write_part_b(user: Actor, meeting: Meeting) -> Answer:
    """Whoever writes the minutes now, in person: the clerk, then the Chair."""
    return first_denied(
        (
            may_edit_minutes(user, meeting),
            allowed_if(writes_down(user, meeting) or signs(user, meeting), READERS),
        )
    )


def may_tick_part_b(user: Actor, meeting: Meeting) -> Answer:
    """Who stayed is said by whoever writes, and put right by whoever signs until the minutes are final."""
    if meeting.state == "accuracy_check":
        return allowed_if(signs(user, meeting), "Only whoever signs says now who stayed")
    return may_write_part_b(user, meeting)


def part_b_seat(user: Actor, part: PartB) -> Seat | None:
    """The seat from which a reader checks a Part B: the own one, of somebody who was there."""
    if user.person_id is None:
        return None
    return next((s for s in seats_there(part.item.meeting) if s.person_id == user.person_id), None)


def seats_there(meeting: Meeting) -> list[Seat]:
    """The seats of those who were in the room: present, or in attendance."""
    return [
        seat
        for seat in meeting.seats.all()
        if seat.person_id and (seat.is_present or seat.attendance == seat.Attendance.OBSERVER)
    ]


def asked_of_part_b(part: PartB) -> list[Seat]:
    """The seats whose people check a Part B: the Chief Executive, there in person, and those who stayed."""
    ticked = {row.person_id for row in part.item.stayed_for_b.all()}
    asked: dict[int | None, Seat] = {}
    for seat in seats_there(part.item.meeting):
        is_chief_there = seat.role == Capacity.CEO and seat.for_person_id is None
        if is_chief_there or seat.person_id in ticked:
            asked.setdefault(seat.person_id, seat)
    return list(asked.values())


def may_correct_part_b(user: Actor, part: PartB) -> Answer:
    """Readers who were there and do not write it: "its accuracy check goes to its readers only"."""
    meeting = part.item.meeting
    if meeting.state != "accuracy_check":
        return Denied("The minutes are not in the accuracy check")
    reads = may_read_part_b(user, part)
    if not reads:
        return reads
    checks = is_chief(user, meeting) or stayed(user, part)
    there = part_b_seat(user, part) is not None and not signs(user, meeting)
    return allowed_if(checks and there, "Only those who were there check a Part B for accuracy")


def may_answer_part_b(user: Actor, part: PartB) -> Answer:
    """Whoever signs decides a correction of a Part B too."""
    meeting = part.item.meeting
    if meeting.state != "accuracy_check":
        return Denied("The minutes are not in the accuracy check")
    return allowed_if(signs(user, meeting), "Only whoever signs answers a correction of a Part B")


def may_grant_part_b(user: Actor, part: PartB) -> Answer:
    """ "Others by named grant of the CEO with a reason": the Chief Executive in person."""
    return allowed_if(
        is_chief(user, part.item.meeting), "Only the Chief Executive lets others read a Part B"
    )
