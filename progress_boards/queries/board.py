"""One board as a page shows it to one person: what it may read, and what it may do there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.urls import reverse

from meetings.models import Action, AgendaItem, Meeting, Paper, Seat
from meetings.queries.agenda import ItemRow, aside_of, hours_of, place_words
from meetings.queries.way import blocked_because
from meetings.rules import (
    answers,
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
from progress_boards.models import ProgressBoard
from progress_boards.queries.planning import DiaryLink, diary_links
from trust.access import Actor, Capacity

STEPS = ("Planned", "Agenda", "With the school", "Held", "Minutes", "Final")
STEP_OF = {
    "planned": 0,
    "scheduled": 0,
    "agenda_draft": 1,
    "agenda_with_chair": 1,
    "issued": 2,
    "held": 3,
    "with_chair": 4,
    "accuracy_check": 4,
    "final": 5,
}
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
class Step:
    """One step of the stepper."""

    label: str
    state: str
    small: str = ""


@dataclass(frozen=True)
class PaperRow:
    """A paper as it is listed: its name, where it is, and whether it came late."""

    title: str
    url: str
    is_late: bool


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
    papers: tuple[Paper, ...]
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


def agenda_items(meeting: Meeting) -> list[AgendaItem]:
    """The items with all that a page reads of them, loaded once into the meeting."""
    items = (
        AgendaItem.objects.select_related("answered_by", "second", "indicator", "about_priority")
        .prefetch_related(
            "sources",
            "rating_links",
            "training",
            Prefetch("papers", Paper.objects.select_related("document")),
        )
        .order_by("order")
    )
    prefetch_related_objects([meeting], Prefetch("items", items))
    return list(meeting.items.all())


def with_page() -> QuerySet[ProgressBoard]:
    """Boards with all that rules read of their meeting."""
    return ProgressBoard.objects.with_meeting()


def board_page(board: ProgressBoard, user: Actor, day: dt.date) -> BoardPage:
    """Read one board for one person; what they may not read is not fetched."""
    meeting = board.meeting
    reads = bool(may_read_agenda(user, meeting)) and meeting.state not in ("planned", "scheduled")
    items = agenda_items(meeting) if reads else []
    used = sum(item.minutes for item in items)
    flags = flags_of(meeting, user)
    buttons = buttons_of(meeting, flags)
    seats = seat_rows(meeting, user)
    return BoardPage(
        board=board,
        state=meeting.state_label,
        steps=steps_of(meeting),
        lede=_lede(meeting),
        place_in_year=_place_in_year(board),
        items=item_rows(board, items, user),
        seats=seats,
        dates=dates_of(meeting, flags),
        actions=_actions(board, user) if reads else (),
        papers=tuple(Paper.objects.filter(meeting=meeting, item=None).select_related("document"))
        if reads and step(meeting, "papers")
        else (),
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
    )


def _reaches_you(meeting: Meeting, user: Actor) -> str:
    """What is said to somebody who may know of the board and not yet read its agenda."""
    if not may(user, meeting, "read_agenda"):
        return "You see when it is; its agenda is for those who take part"
    day = meeting.deadline("issued")
    if day and meeting.state not in ("planned", "postponed"):
        return f"It comes to the school by {day.day} {day:%B %Y}"
    return "It comes to the school about ten school days before the board"


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


def steps_of(meeting: Meeting) -> tuple[Step, ...]:
    """The six steps of a board, with what is to be said of each."""
    state = meeting.state_left if meeting.state == "postponed" else meeting.state
    at = STEP_OF.get(state, 0)
    small = _small_lines(meeting, state)
    if meeting.state == "cancelled":
        small[at] = "Cancelled"
    if meeting.state == "postponed":
        small[at] = "Postponed"
    return tuple(
        Step(label, "done" if n < at else "current" if n == at else "todo", small.get(n, ""))
        for n, label in enumerate(STEPS)
    )


def _small_lines(meeting: Meeting, state: str) -> dict[int, str]:
    at = STEP_OF.get(state, 0)
    date = meeting.deadline
    lines = {
        0: "Scheduled" if state == "scheduled" else "",
        1: _agenda_line(meeting, state),
        2: _said("Who answers by", date("leaders")) if state == "issued" else _said("From", date("issued")),
        3: "Minutes: in draft" if state == "held" else _said("", meeting.day),
        4: "",
        5: _said("By", date("final")),
    }  # fmt: skip
    if state == "with_chair":
        lines[4] = _said("With the Chair, to sign by", date("chair")) or "With the Chair"
    elif state == "accuracy_check":
        lines[4] = _said("Accuracy check until", date("corrections"))
    if at == 5:
        lines[5] = _said("", meeting.finalised_at.date() if meeting.finalised_at else None)
    if at > 2:
        lines[2] = ""
    return lines


def _agenda_line(meeting: Meeting, state: str) -> str:
    if meeting.issued_at and STEP_OF.get(state, 0) > 1:
        return _said("Sent", meeting.issued_at.date())
    if state == "agenda_with_chair":
        return _said("With the Chair until", meeting.deadline("agenda_lapses")) or "With the Chair"
    if state == "agenda_draft":
        sees = step(meeting, "chair_sees_agenda") != "off"
        until = meeting.deadline("ceo" if sees else "issued")
        return _said("In draft, to the Chair by" if sees else "In draft, to the school by", until)
    return _said("Opens", meeting.deadline("draft"))


def _said(words: str, day: dt.date | None) -> str:
    return f"{words} {day.day} {day:%B}".strip() if day else ""


def _lede(meeting: Meeting) -> str:
    replies = [seat.reply for seat in meeting.seats.all() if seat.person_id]
    coming = replies.count(Seat.Reply.COMING)
    cannot = replies.count(Seat.Reply.CANNOT)
    parts = [f"{coming} coming"] if coming else []
    parts += [f"{cannot} cannot come"] if cannot else []
    waiting = replies.count("")
    parts += [f"{waiting} no reply"] if waiting else []
    return ", ".join(parts)


def _place_in_year(board: ProgressBoard) -> str:
    """Board 2 of 6, counted over the school's boards of the year that stand."""
    boards = list(
        ProgressBoard.objects.filter(school=board.school_id, academic_year=board.academic_year_id)
        .exclude(meeting__state="cancelled")
        .order_by("half_term__starts_on")
        .values_list("pk", flat=True)
    )
    return f"Board {boards.index(board.pk) + 1} of {len(boards)}" if board.pk in boards else ""


def respondent(item: AgendaItem) -> str:
    """Who answers, in words: the Chair, the school's people, or that the school is to choose."""
    if not item.is_for_school:
        return "Chair"
    if item.answered_by is None:
        return "School to choose"
    name, role = item.answered_by.name, item.answered_by_role
    words = f"{role}, {name}" if role else name
    return f"{words}, with {item.second.name}" if item.second else words


def item_rows(board: ProgressBoard, items: list[AgendaItem], user: Actor) -> tuple[ItemRow, ...]:
    """The agenda as rows; the first and the last item stay where they are."""
    places = place_words(items)
    return tuple(
        ItemRow(
            pk=item.pk,
            n=n,
            type=item.type,
            title=item.title,
            question=item.question,
            minutes=item.minutes,
            answered_by=respondent(item),
            sources=tuple(item.sources.all()),
            papers=tuple(_paper(board, paper) for paper in item.papers.all()),
            is_ready=item.is_ready,
            is_mine=answers(user, item),
            has_respondent=item.answered_by_id is not None,
            urls=_item_urls(board, item, user),
            **places[item.pk],
        )
        for n, item in enumerate(items, 1)
    )


def _paper(board: ProgressBoard, paper: Paper) -> PaperRow:
    url = reverse("progress_boards:paper-file", args=[board.pk, paper.pk])
    return PaperRow(paper.title, url, paper.is_late)


def _item_urls(board: ProgressBoard, item: AgendaItem, user: Actor) -> dict[str, str]:
    """Where an item is changed, and where a leader prepares the own one."""
    names = {name: f"agenda-item-{name}" for name in ("edit", "move", "remove", "minutes")}
    if answers(user, item) and board.meeting.state == "issued":
        names["own"] = "leader-item"
    keys = [board.pk, item.pk]
    return {name: reverse(f"progress_boards:{to}", args=keys) for name, to in names.items()}


def page_urls(board: ProgressBoard) -> dict[str, str]:
    """Where the agenda as a whole is changed."""
    names = {"add": "agenda-item-add", "restore": "agenda-item-restore", "fill": "agenda-fill"}
    return {name: reverse(f"progress_boards:{to}", args=[board.pk]) for name, to in names.items()}


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
