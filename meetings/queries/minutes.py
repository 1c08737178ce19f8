"""What the pages of a meeting's minutes show: each item with its text, challenges, evidence and actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from meetings.models import (
    AccuracyReply,
    Action,
    ActionMark,
    AgendaItem,
    Challenge,
    Correction,
    Erratum,
    EvidenceSeen,
    Meeting,
    Minute,
    MinuteConflict,
    PartB,
)
from meetings.queries.part_b import recorded_in_part_b
from meetings.queries.parts import Part, Parts, parts_of
from meetings.queries.people import table_labels
from meetings.queries.way import (
    SeatLine,
    Step,
    answered_words,
    everybody_required_came,
    seat_lines,
    steps_of,
    titles_of,
)
from meetings.rules import step
from trust.pages import remembered
from trust.people.models import User


@dataclass(frozen=True)
class Line:
    """One item of the minutes."""

    item: AgendaItem
    answered: str
    text: str = ""
    version: int = 1
    sent_text: str = ""
    saved_at: dt.datetime | None = None
    challenges: tuple[Challenge, ...] = ()
    evidence: tuple[EvidenceSeen, ...] = ()
    actions: tuple[Action, ...] = ()
    kept: tuple[MinuteConflict, ...] = ()
    """Texts of the reader's own that came second and wait to be put in."""
    corrections: tuple[Correction, ...] = ()
    part: Part | None = None
    in_part_b: bool = False
    part_b_url: str = ""
    """Where the reader reads its Part B; "" for everybody who does not."""

    @property
    def is_former_actions(self) -> bool:
        return self.item.type == AgendaItem.Type.ACTIONS


@dataclass(frozen=True)
class Former:
    """An action of an earlier meeting, and what this one said of it."""

    action: Action
    mark: ActionMark | None = None


@dataclass(frozen=True)
class MinutesPage:
    """The minutes of one meeting, to be written or read."""

    meeting: Meeting
    lines: tuple[Line, ...]
    seats: tuple[SeatLine, ...]
    attendance: str
    steps: tuple[Step, ...]
    former: tuple[Former, ...] = ()
    parts: Parts = field(default_factory=Parts)
    said: tuple[Correction, ...] = ()
    """Every correction: to an item, or to the minutes as a whole."""
    replies: tuple[AccuracyReply, ...] = ()
    errata: tuple[Erratum, ...] = ()

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Corrections to the minutes as a whole."""
        return tuple(each for each in self.said if each.item_id is None)

    @property
    def closes_former(self) -> bool:
        """Whether this meeting closes and drops earlier actions; else it carries them only."""
        return step(self.meeting, "actions_closed_by") != "officers"

    @property
    def former_apart(self) -> bool:
        """Whether earlier actions have no item of the agenda under which they stand."""
        return bool(self.former) and not any(line.is_former_actions for line in self.lines)

    @property
    def empty_items(self) -> str:
        """Which items have no text yet, in words."""
        without = (line for line in self.lines if not line.text.strip() and not line.in_part_b)
        return _empty([line.item.order for line in without])


def _empty(numbers: list[int]) -> str:
    if not numbers:
        return ""
    listed = ", ".join(map(str, numbers))
    return f"Item {listed} is empty" if len(numbers) == 1 else f"Items {listed} are empty"


def empty_items(meeting: Meeting) -> str:
    """Which items of a meeting have no text yet, in words."""
    rows = meeting.items.exclude(part_b__text__gt="").values_list("order", "minute__discussion")
    return _empty([order for order, text in rows if not (text or "").strip()])


@dataclass(frozen=True)
class _Record:
    """What all who may read the minutes find in them; what depends on the reader is not in it."""

    items: tuple[AgendaItem, ...]
    parts: Parts
    former: tuple[Former, ...]
    said: tuple[Correction, ...]
    replies: tuple[AccuracyReply, ...]
    errata: tuple[Erratum, ...]


def minutes_page(
    meeting: Meeting, *, reader: User | None = None, at: int | None = None
) -> MinutesPage:
    """The minutes of a meeting in a fixed number of queries, however many items it has.

    `at` is the newest audit row: final minutes are then read once, until something is written.
    """
    if at is not None and meeting.state == "final":
        record = remembered(f"minutes:{meeting.pk}", at, lambda: _record(meeting, reader))
    else:
        record = _record(meeting, reader)
    for item in record.items:
        item.meeting = meeting
    noted = any(getattr(item, "has_part_b", False) for item in record.items)
    in_part_b = recorded_in_part_b(meeting, reader) if noted else {}
    seats = list(meeting.seats.all())
    return MinutesPage(
        meeting=meeting,
        lines=tuple(_line(item, record.parts, in_part_b, record.said) for item in record.items),
        seats=tuple(seat_lines(seats, table_labels(meeting), titles_of(meeting, list(record.items)))),
        attendance=everybody_required_came(seats),
        steps=tuple(steps_of(meeting)),
        former=record.former,
        parts=record.parts,
        said=record.said,
        replies=record.replies,
        errata=record.errata,
    )  # fmt: skip


def _record(meeting: Meeting, reader: User | None) -> _Record:
    is_final = meeting.state == "final"
    items = _items(meeting) if is_final else _items(meeting).prefetch_related(_own_kept(reader))
    noted = PartB.objects.filter(item=OuterRef("pk")).exclude(text="")
    return _Record(
        items=tuple(items.annotate(has_part_b=Exists(noted))),
        parts=parts_of(meeting),
        former=tuple(former_actions(meeting)),
        said=tuple(meeting.corrections.select_related("person")),
        replies=tuple(meeting.accuracy_replies.all()),
        errata=tuple(meeting.errata.select_related("item")) if is_final else (),
    )


def one_line(item: AgendaItem, *, reader: User | None = None) -> Line:
    """One item of the minutes as it is now, without what the app above adds to it."""
    rows = _items(item.meeting).prefetch_related(_own_kept(reader)).filter(pk=item.pk)
    (row,) = rows
    row.meeting = item.meeting
    return _line(row, Parts(), said=item.corrections.select_related("person"))


def _own_kept(reader: User | None) -> Prefetch[str]:
    kept = MinuteConflict.objects.filter(resolved_at=None, author=reader)
    return Prefetch("minute__conflicts", kept, to_attr="own_kept")


def _items(meeting: Meeting) -> QuerySet[AgendaItem]:
    live = Action.objects.exclude(state="superseded").select_related("owner").order_by("ref")
    return meeting.items.select_related("minute", "answered_by", "indicator").prefetch_related(
        "minute__challenges",
        "minute__evidence",
        Prefetch("actions", live),
    )


def _line(
    item: AgendaItem,
    parts: Parts,
    in_part_b: dict[int, str] | None = None,
    said: Iterable[Correction] = (),
) -> Line:
    minute: Minute | None = getattr(item, "minute", None)
    shared = {
        "item": item,
        "answered": answered_words(item),
        "actions": tuple(item.actions.all()),
        "corrections": tuple(each for each in said if each.item_id == item.pk),
        "part": parts.by_item.get(item.pk),
        "in_part_b": item.pk in (in_part_b or {}),
        "part_b_url": (in_part_b or {}).get(item.pk, ""),
    }
    if minute is None:
        return Line(**shared)  # type: ignore[arg-type]
    return Line(
        text=minute.discussion,
        version=minute.version,
        sent_text=minute.sent_discussion,
        saved_at=minute.updated_at,
        challenges=tuple(minute.challenges.all()),
        evidence=tuple(minute.evidence.all()),
        kept=tuple(getattr(minute, "own_kept", ())),
        **shared,  # type: ignore[arg-type]
    )


def former_actions(meeting: Meeting) -> list[Former]:
    """What earlier meetings left open, and what this one has said of it; once final, only what it said."""
    marks = {mark.action_id: mark for mark in meeting.action_marks.all()}
    belongs = Q(pk__in=marks)
    if meeting.state != "final":
        # Minutes may be written late: what a later meeting agreed was not before this one.
        is_later = Q(meeting__starts_at__gt=meeting.starts_at) if meeting.starts_at else Q()
        belongs |= Q(state__in=("open", "done")) & ~is_later
    earlier = Action.objects.filter(belongs)
    if meeting.school_id is not None:
        earlier = earlier.filter(school_id=meeting.school_id)
    else:  # a meeting of no school follows up its own kind
        earlier = earlier.filter(school=None, meeting__kind_id=meeting.kind_id)
    rows = earlier.exclude(meeting=meeting).select_related("owner").order_by("due_on", "ref")
    return [Former(action, marks.get(action.pk)) for action in rows]


@dataclass(frozen=True)
class LastTime:
    """What an earlier meeting said about the same thing."""

    item: AgendaItem
    day: dt.date | None
    text: str
    actions: tuple[Action, ...]


def last_time(item: AgendaItem) -> LastTime | None:
    """The item this one carries on, or the latest final one on the same indicator; None when there is none."""
    former = item.carried_from
    if former is None and item.indicator_id is not None:
        same = AgendaItem.objects.filter(
            indicator_id=item.indicator_id,
            meeting__school=item.meeting.school,
            meeting__kind_id=item.meeting.kind_id,
            meeting__state="final",
        )
        if item.meeting.starts_at is not None:
            same = same.filter(meeting__starts_at__lt=item.meeting.starts_at)
        former = same.order_by("-meeting__starts_at", "-order").first()
    if former is None:
        return None
    minute = Minute.objects.filter(item=former).first()
    live = former.actions.exclude(state__in=("draft", "superseded")).select_related("owner")
    return LastTime(former, former.meeting.day, minute.discussion if minute else "", tuple(live))
