"""The agenda: its items and minutes, and its way to the Chair and to those who come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum

from evidence.models import Finding, Indicator, MarkedPassage, SchoolDocument
from meetings.actions.moves import in_state, locked, move, note, permit
from meetings.actions.scheduling import lapses_on
from meetings.actions.versions import keep_version
from meetings.models import Action, AgendaItem, ItemSource, Meeting
from meetings.queries.way import blocked_because
from trust.access import Conflict
from trust.people.models import User

OPEN = ("scheduled", "agenda_draft", "agenda_with_chair")
"""While an agenda is being made; once issued, it is amended."""
EDITABLE = ("type", "title", "question", "purpose", "minutes", "indicator")


@dataclass(frozen=True)
class SourceOf:
    """Where an item comes from: words, date, reason, and the row it points to."""

    label: str
    reason: str = ""
    seen_on: dt.date | None = None
    finding: Finding | None = None
    passage: MarkedPassage | None = None
    document: SchoolDocument | None = None
    action: Action | None = None
    former_item: AgendaItem | None = None


# -- items ---------------------------------------------------------------------------------------


def add_item(
    meeting: Meeting,
    *,
    title: str,
    by: User | None,
    type: str = AgendaItem.Type.ENQUIRY,
    question: str = "",
    purpose: str = AgendaItem.Purpose.CHALLENGE,
    minutes: int = 10,
    indicator: Indicator | None = None,
    sources: Iterable[SourceOf] = (),
    carried_from: AgendaItem | None = None,
    before_close: bool = True,
) -> AgendaItem:
    """Add an item, before the close when there is one; `by` is None for the proposal's own items."""
    with transaction.atomic():
        row = preparing(meeting, by)
        order = free_place(row, before_close and type != AgendaItem.Type.CLOSE)
        item = AgendaItem.objects.create(
            meeting=row, order=order, type=type, title=title_of(title), question=question.strip(),
            purpose=purpose, minutes=length_of(minutes), indicator=indicator,
            carried_from=carried_from,
        )  # fmt: skip
        for source in sources:
            add_source(item, source)
        note("add_item", item, by=by, meeting=row, act="prepare", place=order)
    return item


def add_source(item: AgendaItem, source: SourceOf) -> ItemSource:
    """Say where an item comes from."""
    names = SourceOf.__dataclass_fields__
    return ItemSource.objects.create(item=item, **{name: getattr(source, name) for name in names})


def preparing(meeting: Meeting, by: User | None) -> Meeting:
    """The meeting, held, whose agenda may be changed by this person now."""
    row = locked(meeting)
    if by is not None:
        permit(by, row, "prepare")
    in_state(row, *OPEN)
    return row


def title_of(title: str) -> str:
    """The title on one line; raises Conflict when there is none or too much of it."""
    title = " ".join(title.split())
    if not title:
        raise Conflict("Give the item a title")
    if len(title) > 120:
        raise Conflict("Keep the title within 120 characters")
    return title


def length_of(minutes: int) -> int:
    """The minutes, when an item may have them."""
    if not 1 <= minutes <= 240:
        raise Conflict("Give the item at least 1 minute")
    return minutes


def free_place(meeting: Meeting, before_close: bool) -> int:
    """The place of a new item; a closing item moves down to make room for it."""
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    close = meeting.items.filter(type=AgendaItem.Type.CLOSE).order_by("order").first()
    if close is None or not before_close:
        return last + 1
    make_room(meeting, close.order)
    return close.order


def make_room(meeting: Meeting, order: int) -> None:
    for item in meeting.items.filter(order__gte=order).order_by("-order"):
        item.order += 1
        item.save(update_fields=["order"])


def change_item(item: AgendaItem, *, version: int, by: User, **changes: Any) -> AgendaItem:
    """Change an item's words or minutes under a version check; raises Conflict when somebody was quicker."""
    with transaction.atomic():
        row = preparing(item.meeting, by)
        rewrite(item, version, changes)
        note("change_item", item, by=by, meeting=row, act="prepare", fields=sorted(changes))
    return item


def rewrite(item: AgendaItem, version: int, changes: dict[str, Any]) -> None:
    """Write the changes unless somebody was quicker."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"Not editable: {sorted(unknown)}")
    if "title" in changes:
        changes["title"] = title_of(changes["title"])
    if "minutes" in changes:
        changes["minutes"] = length_of(changes["minutes"])
    same = AgendaItem.objects.filter(pk=item.pk, version=version)
    if not same.update(version=version + 1, **changes):
        raise Conflict("Somebody else changed this item after you opened it. Nothing was changed")
    item.refresh_from_db()


def set_minutes(item: AgendaItem, *, minutes: int, by: User) -> AgendaItem:
    """Give an item another length; the last one to say so wins."""
    with transaction.atomic():
        row = preparing(item.meeting, by)
        held = locked(item)
        item.minutes = held.minutes = length_of(minutes)
        item.version = held.version = held.version + 1
        held.save(update_fields=["minutes", "version"])
        note("set_minutes", item, by=by, meeting=row, act="prepare", minutes=minutes)
    return item


FIXED = (AgendaItem.Type.WELCOME, AgendaItem.Type.CLOSE)


def move_between_ends(item: AgendaItem, *, up: bool, by: User) -> AgendaItem:
    """Move an item between the welcome and the close, which stay where they are."""
    neighbour = AgendaItem.objects.filter(
        meeting=item.meeting_id, order=item.order + (-1 if up else 1)
    ).first()
    if item.type in FIXED or neighbour is None or neighbour.type in FIXED:
        return item
    return move_item(item, up=up, by=by)


def move_item(item: AgendaItem, *, up: bool, by: User) -> AgendaItem:
    """Exchange an item with its neighbour above or below; at the end nothing happens."""
    with transaction.atomic():
        row = preparing(item.meeting, by)
        pks = [other.pk for other in row.items.order_by("order")]
        to = pks.index(item.pk) + (-1 if up else 1)
        if 0 <= to < len(pks):
            _renumber(row, item, to)
            note("move_item", item, by=by, meeting=row, act="prepare", place=item.order)
    return item


def put_at(item: AgendaItem, *, place: int, by: User) -> AgendaItem:
    """Put an item at a place counted from 1; it never passes the welcome or the close."""
    with transaction.atomic():
        row = preparing(item.meeting, by)
        items = list(row.items.order_by("order"))
        if item.type in FIXED:
            return item
        first = sum(1 for other in items if other.type == AgendaItem.Type.WELCOME)
        last = len(items) - 1 - sum(1 for other in items if other.type == AgendaItem.Type.CLOSE)
        to = min(max(place - 1, first), last)
        if to != next(n for n, other in enumerate(items) if other.pk == item.pk):
            _renumber(row, item, to)
            note("move_item", item, by=by, meeting=row, act="prepare", place=item.order)
    return item


def _renumber(meeting: Meeting, item: AgendaItem, to: int) -> None:
    """Put the item at an index among the others, and number them all from 1."""
    others = [other for other in meeting.items.order_by("order") if other.pk != item.pk]
    others.insert(to, item)
    for order, other in enumerate(others, 1):
        if other.order != order:
            other.order = order
            other.save(update_fields=["order"])


def minutes_on_agenda(meeting: Meeting) -> int:
    """The sum of the minutes of all items."""
    return int(meeting.items.aggregate(total=Sum("minutes"))["total"] or 0)


def fill_in_hand(meeting: Meeting, *, by: User) -> AgendaItem:
    """Fill what is left of the meeting with "Discussion in hand", in one item before the close."""
    with transaction.atomic():
        row = preparing(meeting, by)
        left = row.minutes_length - minutes_on_agenda(row)
        if left <= 0:
            raise Conflict("No minutes are left to fill")
        in_hand = row.items.filter(type=AgendaItem.Type.IN_HAND).first()
        if in_hand is not None:
            return set_minutes(in_hand, minutes=in_hand.minutes + left, by=by)
        return add_item(row, title="Discussion in hand", type=AgendaItem.Type.IN_HAND,
                        purpose="", minutes=left, by=by)  # fmt: skip


# -- its way -------------------------------------------------------------------------------------


def open_draft(meeting: Meeting, *, by: User | None) -> Meeting:
    """Open the draft: by the software on its day, or sooner by whoever prepares."""
    return move(meeting, "open_draft", by=by, act="prepare")


def send_agenda_to_chair(meeting: Meeting, *, by: User) -> Meeting:
    """Send the draft to the Chair, whose days to check it begin."""
    with transaction.atomic():
        row = locked(meeting)
        complete(row)
        lapse = lapses_on(row)
        dates = {**row.deadlines, **({"agenda_lapses": lapse.isoformat()} if lapse else {})}
        move(
            meeting,
            "send_agenda_to_chair",
            by=by,
            act="issue_agenda",
            deadlines=dates,
            return_note="",
        )
    return meeting


def return_agenda(meeting: Meeting, *, note: str, by: User) -> Meeting:
    """The Chair gives the draft back with a note."""
    return move(meeting, "return_agenda", by=by, act="check_agenda", return_note=note.strip())


def issue_agenda(meeting: Meeting, *, by: User) -> Meeting:
    """Issue the agenda to the school; raises Conflict in words while its minutes are not the meeting's length."""
    with transaction.atomic():
        row = locked(meeting)
        complete(row)
        act = "check_agenda" if row.state == "agenda_with_chair" else "issue_agenda"
        move(meeting, "issue", by=by, act=act, agenda_version=row.agenda_version + 1)
        keep_version(locked(row), by=by)
    return meeting


def complete(meeting: Meeting) -> None:
    """Raise Conflict in words while the agenda cannot go out as it is."""
    if reason := blocked_because(meeting):
        raise Conflict(reason)


def recall_agenda(meeting: Meeting, *, by: User) -> Meeting:
    """Take an issued agenda back into draft; respondents and papers are kept."""
    return move(meeting, "recall", by=by, act="issue_agenda")
