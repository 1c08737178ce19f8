"""The agenda of a meeting as a page shows it: rows, seats and dates, and what one person may do with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from meetings.models import AgendaItem, Meeting, Paper, Seat
from meetings.queries.parts import Part, Parts, parts_of
from meetings.queries.people import table_labels
from meetings.queries.way import Step, blocked_because, seat_lines, signer_word, steps_of
from meetings.rules import (
    may,
    may_amend_agenda,
    may_edit_agenda,
    may_edit_minutes,
    may_issue,
    may_read_agenda,
    may_read_minutes,
    may_read_standing_items,
    may_recall,
    step,
)
from meetings.states import BEFORE_HELD, DATED
from trust.access import Actor
from trust.calendar import today
from trust.templatetags.eyeline import clock

MINUTED = ("held", "with_chair", "accuracy_check", "final")
FIXED = {AgendaItem.Type.WELCOME: "Always first", AgendaItem.Type.CLOSE: "Always last"}


@dataclass(frozen=True)
class ItemRow:
    """One item of an agenda, to be read or changed; `urls` says where each change posts."""

    pk: int
    n: int
    type: str
    title: str
    question: str
    minutes: int
    answered_by: str
    sources: tuple[Any, ...] = ()
    papers: tuple[Any, ...] = ()
    is_fixed: str = ""
    is_first: bool = False
    is_last: bool = False
    is_ready: bool = False
    is_mine: bool = False
    has_respondent: bool = False
    since_version: int = 0
    starts: str = ""
    deferred: str = ""
    focus: str = ""
    """The button of the row that is pressed again next: up, down, less, more or set."""
    urls: Mapping[str, str] = field(default_factory=dict)
    part: Part | None = None


def place_words(items: list[AgendaItem]) -> dict[int, dict[str, Any]]:
    """Of each item whether it has a fixed place, and whether it is the first or the last that moves."""
    inner = [item for item in items if item.type not in FIXED]
    return {
        item.pk: {
            "is_fixed": FIXED.get(AgendaItem.Type(item.type), ""),
            "is_first": bool(inner) and item is inner[0],
            "is_last": bool(inner) and item is inner[-1],
        }
        for item in items
    }


def focus_of(at: str, item: int, place: Mapping[str, Any]) -> str:
    """The button of this item that has the focus after a press ("up-12"): at an end the one that still works."""
    button, _, pk = at.rpartition("-")
    if pk != str(item):
        return ""
    if button == "up" and place["is_first"]:
        return "down"
    return "up" if button == "down" and place["is_last"] else button


@dataclass(frozen=True)
class Sitting:
    """One seat as the agenda's page says it."""

    label: str
    name: str
    reply: str
    is_mine: bool
    is_required: bool


@dataclass(frozen=True)
class AgendaPage:
    """All that the page of a meeting's agenda says to one person."""

    meeting: Meeting
    steps: tuple[Step, ...]
    items: tuple[ItemRow, ...]
    seats: tuple[Sitting, ...]
    replies: str
    dates: tuple[tuple[str, dt.date], ...]
    hours: str
    minutes_used: int
    minutes_left: int
    minutes_over: int
    meter: str
    fills: bool
    may: dict[str, bool]
    rule: str
    aside: str
    reaches_you: str
    my_seat: int | None
    parts: Parts
    urls: dict[str, str]


def agenda_page(meeting: Meeting, user: Actor, at: str = "") -> AgendaPage:
    """Read one meeting's agenda for one person; what they may not read is not fetched."""
    flags = flags_of(meeting, user)
    items = agenda_items(meeting) if flags["read"] else []
    parts = parts_of(meeting)
    used = sum(item.minutes for item in items)
    seats = list(meeting.seats.all())
    mine = next((s.pk for s in seats if user.person_id and s.person_id == user.person_id), None)
    return AgendaPage(
        meeting=meeting,
        steps=tuple(steps_of(meeting)),
        items=_rows(items, parts, at) if flags["read"] else (),
        seats=_sittings(meeting, seats, user),
        replies=replies_words(seats),
        dates=dates_of(meeting),
        hours=hours_of(meeting),
        minutes_used=used,
        minutes_left=meeting.minutes_length - used,
        minutes_over=max(0, used - meeting.minutes_length),
        meter=f"{min(100, used * 100 / (meeting.minutes_length or 1)):.1f}",
        fills=step(meeting, "fills_its_time") is not False,
        may=flags,
        rule=blocked_because(meeting) if flags["issue"] else "",
        aside=aside_of(meeting),
        reaches_you=_reaches_you(meeting, user),
        my_seat=mine if meeting.state in DATED else None,
        parts=parts if flags["read"] else Parts(crumbs=parts.crumbs, links=parts.links),
        urls=_page_urls(meeting),
    )


def agenda_items(meeting: Meeting) -> list[AgendaItem]:
    """The items with all that a page reads of them, in a fixed number of queries."""
    papers = Prefetch("papers", Paper.objects.select_related("document"))
    items = AgendaItem.objects.select_related("answered_by", "second", "indicator")
    rows = items.prefetch_related("sources", papers).order_by("order")
    prefetch_related_objects([meeting], Prefetch("items", rows))
    return list(meeting.items.all())


def flags_of(meeting: Meeting, user: Actor) -> dict[str, bool]:
    """What this person may do with the meeting now, by name, for the template."""
    state = meeting.state
    dated = meeting.during is not None
    minutes = bool(may_edit_minutes(user, meeting)) and state in ("issued", "held")
    is_open = state in ("scheduled", "agenda_draft", "agenda_with_chair")
    schedules = bool(may(user, meeting, "schedule"))
    return {
        "read": bool(may_read_agenda(user, meeting)),
        "edit": bool(may_edit_agenda(user, meeting)),
        "amend": bool(may_amend_agenda(user, meeting)),
        "issue": is_open and bool(may_issue(user, meeting)),
        "recall": state == "issued" and bool(may_recall(user, meeting)),
        "minute": minutes,
        "start": minutes and state == "issued" and (meeting.day or today()) <= today(),
        "read_minutes": state in MINUTED and not minutes and bool(may_read_minutes(user, meeting)),
        "sign": state in ("with_chair", "accuracy_check") and bool(may(user, meeting, "sign")),
        "date": schedules and state in ("planned", "postponed", *DATED),
        "postpone": schedules and dated and state in DATED,
        "cancel": bool(may(user, meeting, "cancel")) and state in (*BEFORE_HELD, "postponed"),
        "read_reasons": True,
        "read_standing": bool(may_read_standing_items(user)),
        "print": state not in ("planned", "cancelled") and bool(may_read_agenda(user, meeting)),
    }


def _rows(items: list[AgendaItem], parts: Parts, at: str) -> tuple[ItemRow, ...]:
    places = place_words(items)
    return tuple(
        ItemRow(
            pk=item.pk,
            n=n,
            type=item.get_type_display(),
            title=item.title,
            question=item.question,
            minutes=item.minutes,
            answered_by="",
            sources=tuple(item.sources.all()),
            papers=(),
            urls=urls_of(item),
            since_version=item.since_version,
            part=parts.by_item.get(item.pk),
            focus=focus_of(at, item.pk, places[item.pk]),
            **places[item.pk],
        )
        for n, item in enumerate(items, 1)
    )


def urls_of(item: AgendaItem) -> dict[str, str]:
    """Where the engine's own page changes one item."""
    return {
        name: reverse(f"meetings:agenda-item-{name}", args=[item.pk])
        for name in ("edit", "move", "remove", "minutes")
    }


def _page_urls(meeting: Meeting) -> dict[str, str]:
    return {
        "add": reverse("meetings:agenda-item-add", args=[meeting.pk]),
        "restore": reverse("meetings:agenda-item-restore", args=[meeting.pk]),
        "fill": reverse("meetings:agenda-fill", args=[meeting.pk]),
        "late": reverse("meetings:agenda-late", args=[meeting.pk]),
        "standing": reverse("meetings:standing-list", args=[meeting.kind.slug]),
    }


def _sittings(meeting: Meeting, seats: list[Seat], user: Actor) -> tuple[Sitting, ...]:
    lines = seat_lines(seats, table_labels(meeting), {})
    return tuple(
        Sitting(
            line.label,
            line.name,
            line.seat.get_reply_display() if line.seat.person_id else "",
            user.person_id is not None and line.seat.person_id == user.person_id,
            line.seat.is_required,
        )
        for line in lines
    )


def replies_words(seats: list[Seat]) -> str:
    """How many come, cannot come and have not replied."""
    replies = [seat.reply for seat in seats if seat.person_id]
    counted = (
        (replies.count(Seat.Reply.COMING), "coming"),
        (replies.count(Seat.Reply.CANNOT), "cannot come"),
        (replies.count(Seat.Reply.NONE), "no reply"),
    )
    return ", ".join(f"{n} {words}" for n, words in counted if n)


def hours_of(meeting: Meeting) -> str:
    """9:30am to 10:30am."""
    if meeting.starts_at is None:
        return ""
    ends_at = meeting.starts_at + dt.timedelta(minutes=meeting.minutes_length)
    return f"{clock(meeting.starts_at)} to {clock(ends_at)}"


DATE_WORDS: tuple[tuple[str, Callable[[Meeting], str]], ...] = (
    ("draft", lambda m: "Agenda drafted by"),
    ("issued", lambda m: "Agenda issued by"),
    ("draft_minutes", lambda m: "Draft minutes by"),
    ("chair", lambda m: f"{signer_word(m.kind)} signs by"),
    ("corrections", lambda m: "Corrections by"),
    ("final", lambda m: "Final by"),
)


def dates_of(meeting: Meeting) -> tuple[tuple[str, dt.date], ...]:
    """The deadlines this meeting has, in the words of its kind."""
    found = ((words(meeting), meeting.deadline(name)) for name, words in DATE_WORDS)
    return tuple((words, day) for words, day in found if day)


def aside_of(meeting: Meeting) -> str:
    """Why the meeting stands beside the steps, in words."""
    if meeting.state == "postponed":
        return f"Postponed: {meeting.postponed_reason}"
    if meeting.state == "cancelled":
        return f"Cancelled: {meeting.cancelled_reason}"
    return ""


def _reaches_you(meeting: Meeting, user: Actor) -> str:
    """What is said to somebody who may know of the meeting and not yet read its agenda."""
    if not may(user, meeting, "read_agenda"):
        return "You see when it is; its agenda is for those who take part"
    day = meeting.deadline("issued")
    if day and meeting.state in DATED:
        return f"It comes to you by {day.day} {day:%B %Y}"
    return "It comes to you before the meeting"
