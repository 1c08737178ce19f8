"""One board as a page shows it to one person: what it may read, and what it may do there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from meetings.models import Action, Meeting, Paper, Seat
from meetings.queries.agenda import ItemRow, aside_of, hours_of
from meetings.queries.way import blocked_because
from meetings.rules import (
    may,
    may_check_accuracy,
    may_issue,
    may_prepare,
    may_read_agenda,
    may_read_minutes,
    may_recall,
    may_return_agenda,
    may_review,
    may_send_agenda_to_chair,
    step,
)
from meetings.states import DATED
from progress_boards.models import AdvanceQuestion, BriefingNote, ProgressBoard
from progress_boards.queries.agenda import Gathered
from progress_boards.queries.agenda_shown import deferred_items
from progress_boards.queries.board_items import (
    PAPER,
    PaperRow,
    agenda_items,
    item_rows,
    paper_rows,
    read_items,
)
from progress_boards.queries.board_steps import Step, steps_of
from progress_boards.queries.planning import DiaryLink, diary_links
from progress_boards.queries.readiness import Readiness, may_see_readiness, readiness_of
from trust.access import Actor, Capacity

OPEN_TO_EDIT = ("agenda_draft",)
READ_REASONS = (
    Capacity.CEO,
    Capacity.CEO_REPRESENTATIVE,
    Capacity.DSI,
    Capacity.HEAD,
    Capacity.LINK_TRUSTEE,
    Capacity.CHAIR,
    Capacity.CLERK,
)


@dataclass(frozen=True)
class SeatRow:
    """One seat: the role, who sits there, and whether they come."""

    role: str
    person: str
    reply: str
    is_mine: bool
    pk: int


@dataclass(frozen=True)
class Button:
    """One act of the page: where it posts, and the rule that stands against it now, if any."""

    label: str
    url_name: str
    icon: str
    rule: str = ""


@dataclass(frozen=True)
class BoardPage:
    """All that the page of a board says to one person."""

    board: ProgressBoard
    state: str
    steps: tuple[Step, ...]
    lede: str
    place_in_year: str
    items: tuple[ItemRow, ...]
    seats: tuple[SeatRow, ...]
    dates: tuple[tuple[str, dt.date], ...]
    actions: tuple[Action, ...]
    papers: tuple[PaperRow, ...]
    minutes_used: int
    minutes_left: int
    meter: str
    buttons: tuple[Button, ...] = ()
    may: dict[str, bool] = field(default_factory=dict)
    aside: str = ""
    hours: str = ""
    rule: str = ""
    minutes_over: int = 0
    draft_on: dt.date | None = None
    reaches_you: str = ""
    my_seat: int | None = None
    diary: tuple[DiaryLink, ...] = ()
    past_minutes: str = ""
    """The name of the minutes of a board entered later, for those who may read them."""
    readiness: Readiness | None = None
    """For the head and whoever prepares the agenda, while the school prepares."""


def with_page() -> QuerySet[ProgressBoard]:
    """Boards with all that rules read of their meeting."""
    return ProgressBoard.objects.with_meeting()


def with_counts() -> QuerySet[ProgressBoard]:
    """Boards with all that their page reads beside items and actions, counted in the same query."""
    same_year = ProgressBoard.objects.filter(
        school=OuterRef("school"), academic_year=OuterRef("academic_year")
    ).exclude(meeting__state="cancelled")
    until = same_year.filter(half_term__starts_on__lte=OuterRef("half_term__starts_on"))
    notes = BriefingNote.objects.filter(board=OuterRef("pk")).exclude(text="")
    questions = AdvanceQuestion.objects.filter(board=OuterRef("pk"))
    papers = Paper.objects.filter(meeting=OuterRef("meeting"), item=None).order_by("pk")
    return with_page().annotate(
        number=_count(until),
        of=_count(same_year),
        notes=_count(notes),
        questions_asked=_count(questions),
        paper_rows=ArraySubquery(papers.values(row=PAPER)),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def board_page(
    board: ProgressBoard, user: Actor, gathered: Gathered | None = None, *, at: str = ""
) -> BoardPage:
    """Read one board for one person; what they may not read is not fetched.

    `gathered` is what the draft could ask about, for whoever edits it; `at` the button pressed last.
    The board comes from `with_counts`.
    """
    meeting = board.meeting
    reads = bool(may_read_agenda(user, meeting)) and meeting.state not in ("planned", "scheduled")
    items = (agenda_items if gathered else read_items)(meeting) if reads else []
    used = sum(item.minutes for item in items)
    flags = flags_of(meeting, user)
    buttons = buttons_of(meeting, flags)
    seats = seat_rows(meeting, user)
    counted: Any = board
    is_off = meeting.state == "cancelled"
    return BoardPage(
        board=board,
        state=meeting.state_label,
        steps=steps_of(meeting),
        lede=_lede(meeting),
        place_in_year="" if is_off else f"Board {counted.number} of {counted.of}",
        items=item_rows(
            board, items, user, deferred_items(gathered, items) if gathered else None, at
        ),
        seats=seats,
        dates=dates_of(meeting, flags),
        actions=_actions(board, user) if reads else (),
        papers=paper_rows(board, counted.paper_rows) if reads and step(meeting, "papers") else (),
        minutes_used=used,
        minutes_left=meeting.minutes_length - used,
        meter=f"{min(100, used * 100 / (meeting.minutes_length or 1)):.1f}",
        buttons=buttons,
        may=flags,
        aside=aside_of(meeting),
        hours=hours_of(meeting),
        rule=next((button.rule for button in buttons if button.rule), ""),
        minutes_over=max(0, used - meeting.minutes_length),
        draft_on=meeting.deadline("draft"),
        reaches_you=_reaches_you(meeting, user),
        my_seat=next((s.pk for s in seats if s.is_mine), None) if meeting.state in DATED else None,
        diary=diary_links(board, user),
        past_minutes=meeting.past_minutes_name if may_read_minutes(user, meeting) else "",
        readiness=readiness_of(items) if may_see_readiness(user, board) else None,
    )


def _reaches_you(meeting: Meeting, user: Actor) -> str:
    """What is said to somebody who may know of the board and not yet read its agenda."""
    if not may(user, meeting, "read_agenda"):
        return "You see when it is; its agenda is for those who take part"
    day = meeting.deadline("issued")
    if day and meeting.state not in ("planned", "postponed"):
        return f"It comes to the school by {day.day} {day:%B %Y}"
    return "It comes to the school on a day that is set with the date of the board"


def flags_of(meeting: Meeting, user: Actor) -> dict[str, bool]:
    """What this person may do with the board now, by name, for the template."""
    state = meeting.state
    prepares = bool(may_prepare(user, meeting))
    in_draft = state in OPEN_TO_EDIT
    signs = bool(may(user, meeting, "sign"))
    return {
        "is_ceo_side": prepares,
        "propose": prepares and state == "scheduled",
        "edit": prepares and in_draft,
        "amend": bool(may(user, meeting, "issue_agenda")) and state == "issued",
        "send": in_draft and bool(may_send_agenda_to_chair(user, meeting)),
        "issue": state in ("agenda_draft", "agenda_with_chair") and bool(may_issue(user, meeting)),
        "return_agenda": state == "agenda_with_chair" and bool(may_return_agenda(user, meeting)),
        "recall": state == "issued" and bool(may_recall(user, meeting)),
        "read_draft": bool(may(user, meeting, "read_agenda_draft")),
        "assign": state == "issued" and bool(may(user, meeting, "assign")),
        # A leader reads the visit behind a reason only once the headteacher opens it.
        "read_reasons": user.posts.holds(*READ_REASONS, school=meeting.school_id),
        "minute": state in ("issued", "held") and bool(may(user, meeting, "minute")),
        "sign": signs and state in ("with_chair", "accuracy_check"),
        "check": state == "accuracy_check" and bool(may_check_accuracy(user, meeting)),
        "read_minutes": state == "final" and bool(may_read_minutes(user, meeting)),
        "review": state == "final" and bool(may_review(user, meeting)),
    }


def buttons_of(meeting: Meeting, flags: dict[str, bool]) -> tuple[Button, ...]:
    """The acts at the head of the page, the primary one last; a rule in the way is said."""
    if not (flags["send"] or flags["issue"]):
        return ()
    against = blocked_because(meeting)
    buttons = []
    if flags["send"]:
        buttons.append(Button("Send to the Chair", "agenda-send", "send", against))
    if flags["issue"]:
        checks = meeting.state == "agenda_with_chair" and flags["return_agenda"]
        label = "Nothing to add: issue" if checks else "Issue to the school"
        buttons.append(Button(label, "agenda-issue", "send", against))
    return tuple(buttons)


# -- the parts of the page ------------------------------------------------------------------------


def _lede(meeting: Meeting) -> str:
    replies = [seat.reply for seat in meeting.seats.all() if seat.person_id]
    coming = replies.count(Seat.Reply.COMING)
    cannot = replies.count(Seat.Reply.CANNOT)
    parts = [f"{coming} coming"] if coming else []
    parts += [f"{cannot} cannot come"] if cannot else []
    waiting = replies.count("")
    parts += [f"{waiting} no reply"] if waiting else []
    return ", ".join(parts)


def seat_rows(meeting: Meeting, user: Actor) -> tuple[SeatRow, ...]:
    """Who sits at the board; an empty seat is said as such."""
    return tuple(
        SeatRow(
            role=seat.get_role_display(),
            person=_sits(seat),
            reply=seat.get_reply_display() if seat.person_id else "",
            is_mine=user.person_id is not None and seat.person_id == user.person_id,
            pk=seat.pk,
        )
        for seat in meeting.seats.all()
    )


def _sits(seat: Seat) -> str:
    if seat.person is None:
        return "Vacant"
    presides = "" if seat.is_external_chair or seat.role != "chair" else ", presiding"
    if seat.for_person:
        return f"{seat.person.name} for {seat.for_person.name}{presides}"
    return f"{seat.person.name}{presides}"


DATE_WORDS = (
    ("draft", "Draft opens", "read_draft"),
    ("ceo", "To the Chair by", "read_draft"),
    ("issued", "To the school by", ""),
    ("leaders", "Who answers by", ""),
    ("papers", "Papers by", ""),
    ("pack", "Pack sent", ""),
    ("draft_minutes", "Draft minutes by", ""),
    ("chair", "Chair signs by", ""),
    ("corrections", "Corrections by", ""),
    ("final", "Final by", ""),
)


def dates_of(meeting: Meeting, flags: dict[str, bool]) -> tuple[tuple[str, dt.date], ...]:
    """The deadlines this board has; a step that is switched off leaves none."""
    off = {"ceo"} if step(meeting, "chair_sees_agenda") == "off" else set()
    return tuple(
        (words, day)
        for name, words, flag in DATE_WORDS
        if name not in off and (not flag or flags[flag])
        if (day := meeting.deadline(name))
    )


def _actions(board: ProgressBoard, user: Actor) -> tuple[Action, ...]:
    """The school's open actions that this person may read."""
    rows = Action.objects.visible_to(user).filter(school=board.school_id)
    return tuple(rows.filter(state__in=("open", "done")).select_related("owner"))
