"""Who may do what in this app that the kind of meeting does not say already."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from meetings.rules import AGENDA_OUT, may, may_read_agenda, may_review, seat_of, step
from meetings.states import DATED
from progress_boards.slots import BEFORE_ISSUED
from trust.access import Actor, Answer, Capacity, allowed_if, first_denied

if TYPE_CHECKING:
    from meetings.models import Meeting
    from progress_boards.models import ProgressBoard, ReviewComment

# -- the year's plan -----------------------------------------------------------------------------


def may_plan_year(user: Actor) -> Answer:
    """Whoever keeps the trust's diary plans and dates the year's boards."""
    keeps = user.posts.is_trust_wide(Capacity.CEO, Capacity.DSI, Capacity.CLERK)
    return allowed_if(
        keeps,
        "Only the chief executive, the Director of School Improvement or the clerk plans the year's boards",
    )


EXPORTERS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.CLERK, Capacity.HEAD,
    Capacity.LINK_TRUSTEE, Capacity.TRUSTEE,
)  # fmt: skip


def may_export_boards(user: Actor) -> Answer:
    """Those of the trust who read the calendar; an external Chair's or provider's account exports nothing in bulk."""
    return allowed_if(
        user.posts.holds(*EXPORTERS), "The calendar is exported by those of the trust"
    )


def may_keep_diary(user: Actor, person_id: int) -> Answer:
    """Everybody their own; whoever plans the year anybody's."""
    own = user.person_id is not None and user.person_id == person_id
    return allowed_if(own or may_plan_year(user), "Everybody keeps their own diary")


def may_agree_number(user: Actor) -> Answer:
    """ "The CEO uses the rag-rating to determine the number of Progress Boards a school has within a year" (seed 1)."""
    return allowed_if(
        user.posts.is_trust_wide(Capacity.CEO),
        "Only the chief executive agrees the number of a school's boards",
    )


def may_remove_board(user: Actor, board: ProgressBoard) -> Answer:
    """A board leaves the plan only before its agenda is issued; later it is postponed or cancelled."""
    return first_denied(
        (
            may(user, board.meeting, "cancel"),
            allowed_if(
                board.meeting.state in BEFORE_ISSUED,
                "A board is removed only before its agenda is issued",
            ),
        )
    )


# -- the agenda and the record of one board ------------------------------------------------------


def may_edit_agenda(user: Actor, board: ProgressBoard) -> Answer:
    """Whoever prepares it, while it is in draft."""
    return first_denied(
        (
            may(user, board.meeting, "prepare"),
            allowed_if(
                board.meeting.state == "agenda_draft", "The agenda is changed while it is in draft"
            ),
        )
    )


def may_amend_agenda(user: Actor, board: ProgressBoard) -> Answer:
    """An issued item is locked but for amendments by whoever issues, once it is issued."""
    return first_denied(
        (
            may(user, board.meeting, "issue_agenda"),
            allowed_if(board.meeting.state == "issued", "The agenda is no longer with the school"),
        )
    )


SCHOOL_PEOPLE = (Capacity.HEAD, Capacity.LEADER)
BRIEFING_READERS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.LINK_TRUSTEE,
)  # fmt: skip


def may_read_briefing(user: Actor, board: ProgressBoard) -> Answer:
    """The trust's officers, the Link Trustee and the Chair of the board, once they read its agenda; never the school."""
    meeting, school = board.meeting, board.school_id
    sits = seat_of(user, meeting, Capacity.CHAIR) or seat_of(user, meeting, Capacity.LINK_TRUSTEE)
    return first_denied(
        (
            allowed_if(
                not user.posts.holds(*SCHOOL_PEOPLE, school=school)
                and (sits or user.posts.holds(*BRIEFING_READERS, school=school)),
                "The briefing is for the Chair and the Link Trustee",
            ),
            may_read_agenda(user, meeting),
        )
    )


def may_write_briefing(user: Actor, board: ProgressBoard) -> Answer:
    """The Chief Executive, or the representative for the school, until the hour is held."""
    return first_denied(
        (
            may_read_briefing(user, board),
            allowed_if(
                user.posts.holds(Capacity.CEO, Capacity.CEO_REPRESENTATIVE, school=board.school_id),
                "The Chief Executive writes the briefing",
            ),
            allowed_if(board.meeting.state in DATED, "The board has been held"),
        )
    )


def may_ask_in_advance(user: Actor, board: ProgressBoard) -> Answer:
    """The Chair and the Link Trustee, or who sits for them, while the agenda is with the school."""
    meeting = board.meeting
    sits = seat_of(user, meeting, Capacity.CHAIR) or seat_of(user, meeting, Capacity.LINK_TRUSTEE)
    return first_denied(
        (
            allowed_if(
                sits or user.posts.holds(Capacity.LINK_TRUSTEE, school=board.school_id),
                "The Chair and the Link Trustee ask in advance",
            ),
            allowed_if(
                meeting.state == "issued", "Questions are asked while the agenda is with the school"
            ),
        )
    )


def may_read_advance(user: Actor, board: ProgressBoard) -> Answer:
    """Whoever reads the issued agenda."""
    return first_denied(
        (
            allowed_if(board.meeting.state in AGENDA_OUT, "The agenda is not with the school yet"),
            may_read_agenda(user, board.meeting),
        )
    )


def pack_role(user: Actor, meeting: Meeting) -> str:
    """As what somebody reads the pack, "" for not at all: the agenda's readers, but for leaders, who have their item."""
    for who in meeting.kind.acts.get("read_agenda", ()):
        role = str(who).removeprefix("seat:")
        seat = seat_of(user, meeting, role)
        if role != Capacity.LEADER and (
            (seat is not None and (role != who or seat.for_person_id is not None))
            or (role == who and user.posts.holds(who, school=meeting.school_id))
        ):
            return role
    return ""


def may_read_pack(user: Actor, meeting: Meeting) -> Answer:
    """ "Pack to Chair, CEO, Link Trustee, head, clerk", from issue on, where the trust has packs."""
    return first_denied(
        (
            allowed_if(
                step(meeting, "papers") and not meeting.entered_later,
                "This trust holds its boards without a pack",
            ),
            allowed_if(
                pack_role(user, meeting),
                "The pack is for the Chair, the Chief Executive, the Link Trustee, the headteacher and the clerk",
            ),
            allowed_if(meeting.state in AGENDA_OUT, "The agenda is not with the school yet"),
        )
    )


PAGE_READERS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.HEAD, Capacity.LINK_TRUSTEE,
    Capacity.CHAIR, Capacity.CLERK,
)  # fmt: skip


def may_read_school_page(user: Actor, school_id: int) -> Answer:
    """The school on a page is for those who have it before them at its boards."""
    return allowed_if(
        user.posts.holds(*PAGE_READERS, school=school_id),
        "The school on a page is for those who sit at its boards",
    )


def may_judge(user: Actor, board: ProgressBoard) -> Answer:
    """The Chair's judgements, statement and answer are the Chair's alone, while the minutes are there."""
    return first_denied(
        (
            may(user, board.meeting, "sign"),
            allowed_if(board.meeting.state == "with_chair", "The minutes are not with the Chair"),
        )
    )


def may_ask_about(user: Actor, board: ProgressBoard) -> Answer:
    """A Link Trustee asks the Chief Executive about final minutes."""
    return may_review(user, board.meeting)


def may_answer_about(user: Actor, board: ProgressBoard) -> Answer:
    """The Chief Executive answers, or who acts for the Chief Executive."""
    return allowed_if(
        user.posts.holds(Capacity.CEO, school=board.school_id),
        "Only the Chief Executive answers a Link Trustee's question",
    )


def may_read_questions(user: Actor, board: ProgressBoard) -> Answer:
    """A Link Trustee's question is private to Link Trustee and Chief Executive, and not in the minutes."""
    return allowed_if(
        may(user, board.meeting, "review") or may_answer_about(user, board),
        "Questions are between the Link Trustee and the Chief Executive",
    )


COMMENT_READERS = (
    Capacity.CEO, Capacity.CEO_REPRESENTATIVE, Capacity.DSI, Capacity.CLERK, Capacity.CHAIR,
    Capacity.LINK_TRUSTEE, Capacity.HEAD,
)  # fmt: skip


def may_comment_on_item(user: Actor, board: ProgressBoard) -> Answer:
    """Whoever reviews the final minutes comments under their items."""
    return may_review(user, board.meeting)


TAKEN_BACK_WITHIN = dt.timedelta(days=1)


def may_take_back_comment(user: Actor, comment: ReviewComment, at: dt.datetime) -> Answer:
    """Its author, while nobody can yet count on having read it: within a day."""
    mine = user.person_id is not None and comment.person_id == user.person_id
    return first_denied(
        (
            allowed_if(mine, "Only its author takes a comment back"),
            allowed_if(
                at < comment.at + TAKEN_BACK_WITHIN, "A comment stands once it is a day old"
            ),
        )
    )


def may_read_comments(user: Actor, board: ProgressBoard) -> Answer:
    """Those who follow the board up, the head of the school among them: a private word is a question instead."""
    return allowed_if(
        user.posts.holds(*COMMENT_READERS, school=board.school_id),
        "Comments are read by those who follow the board up",
    )


def has_external_chair(meeting: Meeting) -> bool:
    """Whether an external Chair has the chair; with a trustee presiding it is not externally validated."""
    return any(
        s.role == "chair" and s.is_external_chair and s.person_id for s in meeting.seats.all()
    )
