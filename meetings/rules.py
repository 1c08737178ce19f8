"""Who may do what at a meeting: read from its kind, which says it as data.

Each act lists capacities ("ceo": the post, at the meeting's school or for the trust) and seats
("seat:chair": whoever sits in that role at this meeting). Rules read `meeting.kind` and `meeting.seats`
and nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from trust.access import (
    CAPACITY_NAMES,
    Actor,
    Answer,
    Capacity,
    Denied,
    allowed_if,
    first_denied,
    rule,
)
from trust.calendar import today

if TYPE_CHECKING:
    from meetings.models import AgendaItem, Meeting, Seat

ACTS: dict[str, str] = {
    "read_schedule": "see when and where it is",
    "schedule": "set, move or postpone it",
    "cancel": "cancel it",
    "read_agenda_draft": "read the agenda while it is in draft",
    "prepare": "prepare the agenda",
    "issue_agenda": "send or issue the agenda",
    "check_agenda": "check the agenda before it is issued",
    "read_agenda": "read the agenda once issued",
    "assign": "choose who answers each item",
    "add_papers": "add papers",
    "read_minutes_draft": "read the minutes while they are in draft",
    "minute": "write the minutes",
    "sign": "judge, and sign the minutes",
    "check_accuracy": "check the minutes for accuracy",
    "read_minutes": "read the final minutes",
    "review": "mark the final minutes as reviewed",
    "close_actions": "close actions",
}
"""Every act that a kind of meeting grants; "read_" acts are read by `visible_to` and pages."""

AGENDA_OUT = ("issued", "held", "with_chair", "accuracy_check", "final")
AGENDA_OPEN = ("scheduled", "agenda_draft", "agenda_with_chair")
SIGNED = ("accuracy_check", "final")


def seat_of(user: Actor, meeting: Meeting, role: str) -> Seat | None:
    """The seat this person has in a role at the meeting, a substitute's too; none for who holds no post any more."""
    if user.person_id is None or not user.posts.holdings:
        return None
    mine = (s for s in meeting.seats.all() if s.role == role and s.person_id == user.person_id)
    return next((s for s in mine if _still_counts(user, meeting, s)), None)


def _still_counts(user: Actor, meeting: Meeting, seat: Seat) -> bool:
    """Once a school's minutes are final, a seat counts while its person holds there what it was given for.

    Who stands in or presides for another and who clerks was named for that meeting alone; a leader need hold
    no post but one of that school or of the trust. `Meeting.visible_to` says the same in SQL.
    """
    if meeting.state != "final" or meeting.school_id is None:
        return True
    if seat.for_person_id or not seat.is_external_chair or seat.role == Capacity.CLERK:
        return True
    held = user.posts.capacities if seat.role == Capacity.LEADER else (seat.role,)
    return user.posts.holds(*held, school=meeting.school_id)


def standing(user: Actor, meeting: Meeting, act: str) -> tuple[str, int | None] | None:
    """In which capacity, and for whom, this person may do the act; None when in none.

    Signing and choosing a rating are never delegated; a substitute has, for this meeting, the rights of
    the one replaced.
    """
    in_person = act == "sign"
    for who in meeting.kind.acts.get(act, ()):
        role = who.removeprefix("seat:")
        seat = seat_of(user, meeting, role)
        if seat is not None and (role != who or seat.for_person_id is not None):
            return role, seat.for_person_id
        if role == who:
            held = user.posts.holding(
                who, school=meeting.school_id, in_person=in_person, year=meeting.academic_year_id
            )
            if held is not None:
                return who, held.for_person_id
    return None


def may(user: Actor, meeting: Meeting, act: str) -> Answer:
    """Whether the kind of meeting lets this person do the act."""
    names = [CAPACITY_NAMES[w.removeprefix("seat:")] for w in meeting.kind.acts.get(act, ())]
    who = " or ".join(dict.fromkeys(names)) or "nobody"
    return allowed_if(standing(user, meeting, act), f"Only the {who} can {ACTS[act]}")


def step(meeting: Meeting, name: str) -> object:
    """One optional step as it was set when the meeting was scheduled."""
    return meeting.steps.get(name, meeting.kind.steps.get(name))


def agenda_check_has_lapsed(meeting: Meeting, day: dt.date) -> bool:
    """Whether the Chair's days to check the agenda are over, or the step is off."""
    setting = step(meeting, "chair_sees_agenda")
    if setting == "off":
        return True
    lapses_on = meeting.deadline("agenda_lapses")
    return setting == "lapses" and lapses_on is not None and day >= lapses_on


# -- moves of a meeting --------------------------------------------------------------------------


@rule("meetings.schedule")
def may_schedule(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "schedule")


@rule("meetings.cancel")
def may_cancel(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "cancel")


@rule("meetings.prepare")
def may_prepare(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "prepare")


@rule("meetings.send_agenda_to_chair")
def may_send_agenda_to_chair(user: Actor, meeting: Meeting) -> Answer:
    return first_denied(
        (
            may(user, meeting, "issue_agenda"),
            allowed_if(
                step(meeting, "chair_sees_agenda") != "off",
                "This trust issues agendas without the Chair's check",
            ),
        )
    )


@rule("meetings.return_agenda")
def may_return_agenda(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "check_agenda")


@rule("meetings.issue")
def may_issue(user: Actor, meeting: Meeting) -> Answer:
    """The Chair when it is with them; whoever prepares once that step has lapsed or is off."""
    if meeting.state == "agenda_with_chair" and may(user, meeting, "check_agenda"):
        return may(user, meeting, "check_agenda")
    issues = may(user, meeting, "issue_agenda")
    if not issues or agenda_check_has_lapsed(meeting, today()):
        return issues
    return Denied("The Chair sees the agenda first")


@rule("meetings.recall")
def may_recall(user: Actor, meeting: Meeting) -> Answer:
    until = meeting.deadline("recall")
    return first_denied(
        (
            may(user, meeting, "issue_agenda"),
            allowed_if(
                until is None or today() < until,
                "An agenda can be recalled until its last week",
            ),
        )
    )


@rule("meetings.minute")
def may_minute(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "minute")


@rule("meetings.sign")
def may_sign(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "sign")


@rule("meetings.take_back_minutes")
def may_take_back_minutes(user: Actor, meeting: Meeting) -> Answer:
    return first_denied(
        (
            may(user, meeting, "minute"),
            allowed_if(
                meeting.minutes_opened_at is None, "Whoever signs these minutes has opened them"
            ),
        )
    )


@rule("meetings.take_back_signature")
def may_take_back_signature(user: Actor, meeting: Meeting) -> Answer:
    return first_denied(
        (
            may(user, meeting, "sign"),
            allowed_if(
                meeting.signature_opened_at is None, "Somebody has opened the signed minutes"
            ),
        )
    )


@rule("meetings.record_past")
def may_record_past(user: Actor, meeting: Meeting) -> Answer:
    return may(user, meeting, "schedule")


def may_edit_agenda(user: Actor, meeting: Meeting) -> Answer:
    """Whoever prepares it, until it is issued."""
    return first_denied(
        (
            may(user, meeting, "prepare"),
            allowed_if(meeting.state in AGENDA_OPEN, "The agenda is changed until it is issued"),
        )
    )


def may_amend_agenda(user: Actor, meeting: Meeting) -> Answer:
    """An issued item is locked but for amendments by whoever issues, until the meeting is held."""
    return first_denied(
        (
            may(user, meeting, "issue_agenda"),
            allowed_if(meeting.state == "issued", "The agenda is amended while it is issued"),
        )
    )


def may_keep_standing_items(user: Actor) -> Answer:
    """ "The agenda is bespoke and created by the CEO" (seed 1): what stands on every one is the Chief Executive's too."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO), "Only the Chief Executive keeps the standing items"
    )


def may_read_standing_items(user: Actor) -> Answer:
    """Those who prepare agendas."""
    preparing = (Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI)
    return allowed_if(
        user.posts.holds(*preparing), "Standing items are read by those who prepare agendas"
    )


def may_reply(user: Actor, seat: Seat) -> Answer:
    """The person in the seat, or the delegate of a headteacher or the Chief Executive."""
    own = user.person_id is not None and seat.person_id == user.person_id
    return allowed_if(
        own or _acts_for(user, seat, seat.meeting), "Everybody replies for their own seat"
    )


# -- acts on the way -----------------------------------------------------------------------------


def may_assign(user: Actor, meeting: Meeting) -> Answer:
    """ "School leaders decide which leader in their school will respond to which item" (seed 1)."""
    return first_denied(
        (
            may(user, meeting, "assign"),
            allowed_if(
                meeting.state == "issued", "Who answers is chosen while it is with the school"
            ),
        )
    )


def answers(user: Actor, item: AgendaItem) -> bool:
    """Whether this person stands on the item, or helps there."""
    return user.person_id is not None and user.person_id in (item.answered_by_id, item.second_id)


def may_read_item(user: Actor, item: AgendaItem) -> Answer:
    """The page and the sheet of one item: from issue on for who answers it, and for who chose them."""
    meeting = item.meeting
    return first_denied(
        (
            may_read_agenda(user, meeting),
            allowed_if(meeting.issued_at, "The agenda has not been issued"),
            may_write_note(user, item),
        )
    )


def may_write_note(user: Actor, item: AgendaItem) -> Answer:
    """The leader who answers, and who chose them."""
    return allowed_if(
        answers(user, item) or may(user, item.meeting, "assign"),
        "Only the leader who answers this item prepares it",
    )


def may_add_paper(user: Actor, meeting: Meeting, item: AgendaItem | None) -> Answer:
    """Whom the kind lets add papers, and a leader to the own item."""
    if item is not None and answers(user, item):
        return allowed_if(True, "")
    return may(user, meeting, "add_papers")


def may_read_agenda(user: Actor, meeting: Meeting) -> Answer:
    if meeting.state in AGENDA_OUT:
        return may(user, meeting, "read_agenda")
    return may(user, meeting, "read_agenda_draft")


def may_read_minutes(user: Actor, meeting: Meeting) -> Answer:
    """Final ones by the kind's readers; signed ones by those who check them; drafts by who writes them."""
    if meeting.state == "final":
        return may(user, meeting, "read_minutes")
    drafts = may(user, meeting, "read_minutes_draft")
    if drafts or meeting.state != "accuracy_check":
        return drafts
    return may_check_accuracy(user, meeting)


def may_edit_minutes(user: Actor, meeting: Meeting) -> Answer:
    """The clerk from issue to sending; the Chair while they are with the Chair."""
    if meeting.state in ("issued", "held"):
        return may(user, meeting, "minute")
    if meeting.state == "with_chair":
        return may(user, meeting, "sign")
    return Denied("The minutes are not being written now")


def may_check_accuracy(user: Actor, meeting: Meeting) -> Answer:
    """Those recorded as present, of the kind's checkers, and a leader for the own item; once a round."""
    if meeting.state != "accuracy_check":
        return Denied("The minutes are not in the accuracy check")
    role = accuracy_role(user, meeting)
    return allowed_if(role, "Only those recorded as present check the minutes for accuracy")


def accuracy_seat(user: Actor, meeting: Meeting) -> Seat | None:
    """The seat from which this person checks accuracy: present, of the kind's checkers, own before a delegate's."""
    there = checking_seats(meeting)
    own = (s for s in there if user.person_id and s.person_id == user.person_id)
    for_another = (s for s in there if _acts_for(user, s, meeting))
    return next(own, None) or next(for_another, None)


def checking_seats(meeting: Meeting) -> list[Seat]:
    """The seats whose people check the minutes: those of the kind's checkers recorded as present."""
    roles = [w.removeprefix("seat:") for w in meeting.kind.acts.get("check_accuracy", ())]
    return [s for s in meeting.seats.all() if s.role in roles and s.is_present and s.person_id]


def accuracy_role(user: Actor, meeting: Meeting) -> str | None:
    """The role in which this person checks accuracy."""
    seat = accuracy_seat(user, meeting)
    return str(seat.role) if seat else None


def _acts_for(user: Actor, seat: Seat, meeting: Meeting) -> bool:
    """Whether this person is the delegate of the seat's holder."""
    held = user.posts.holding(seat.role, school=meeting.school_id)
    return bool(held and seat.person_id and held.for_person_id == seat.person_id)


def may_answer_correction(user: Actor, meeting: Meeting) -> Answer:
    """Signing, and deciding corrections, is for whom the kind lets sign."""
    if meeting.state != "accuracy_check":
        return Denied("The minutes are not in the accuracy check")
    return may(user, meeting, "sign")


def may_attach_note(user: Actor, meeting: Meeting) -> Answer:
    """The school's note is written by whoever names its respondents."""
    if meeting.state != "accuracy_check":
        return Denied("The minutes are not in the accuracy check")
    answer = may(user, meeting, "assign")
    return answer or Denied("Only the school attaches a note to the minutes")


def may_propose_correction(user: Actor, meeting: Meeting, item: AgendaItem | None) -> Answer:
    """To an item as `may_correct_item`; to the minutes as a whole everybody who checks but a leader."""
    if item is not None:
        return may_correct_item(user, item)
    checks = may_check_accuracy(user, meeting)
    if checks and accuracy_role(user, meeting) == Capacity.LEADER:
        return Denied("A leader corrects the minute of the own item")
    return checks


def may_correct_item(user: Actor, item: AgendaItem) -> Answer:
    """Head, CEO and Link Trustee any item; a responding leader the own."""
    meeting = item.meeting
    checks = may_check_accuracy(user, meeting)
    if not checks or accuracy_role(user, meeting) != Capacity.LEADER:
        return checks
    return allowed_if(answers(user, item), "A leader corrects the minute of the own item")


def may_review(user: Actor, meeting: Meeting) -> Answer:
    return first_denied(
        (
            allowed_if(meeting.state == "final", "The minutes are not final yet"),
            may(user, meeting, "review"),
        )
    )
