"""An issued agenda amended: an item changed or added late, each time as a new version of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from evidence.models import Indicator
from meetings.actions.agenda import (
    SourceOf,
    add_source,
    complete,
    free_place,
    length_of,
    rewrite,
    title_of,
)
from meetings.actions.moves import in_state, locked, note, permit
from meetings.actions.removing import take_out
from meetings.actions.versions import keep_version
from meetings.models import AgendaItem, Meeting, Minute
from trust.access import Conflict
from trust.people.models import User


def amend_issued_item(
    item: AgendaItem,
    *,
    version: int,
    by: User,
    balance: AgendaItem | None = None,
    **changes: Any,
) -> AgendaItem:
    """Change an item after issue; minutes it gains come from `balance`, those it loses go there.

    The agenda gets a new version, and its minutes must still add up.
    """
    with transaction.atomic():
        row = _amending(item.meeting, by)
        gained = length_of(changes.get("minutes", item.minutes)) - locked(item).minutes
        rewrite(item, version, changes)
        if balance is not None and gained:
            _take_minutes(row, balance, gained)
        _issue_again(row, item, by, "amend_item", fields=sorted(changes))
    return item


def add_late_item(
    meeting: Meeting,
    *,
    title: str,
    by: User,
    type: str = AgendaItem.Type.ENQUIRY,
    question: str = "",
    purpose: str = AgendaItem.Purpose.CHALLENGE,
    minutes: int = 5,
    indicator: Indicator | None = None,
    sources: Iterable[SourceOf] = (),
    carried_from: AgendaItem | None = None,
    taken_from: AgendaItem | None = None,
) -> AgendaItem:
    """Add an item to an issued agenda, marked with the version that brings it; `taken_from` gives the minutes.

    A discussion in hand that gives all it has leaves the agenda.
    """
    with transaction.atomic():
        row = _amending(meeting, by)
        if taken_from is not None:
            _take_minutes(row, taken_from, length_of(minutes))
        item = AgendaItem.objects.create(
            meeting=row, order=free_place(row, True), type=type, title=title_of(title),
            question=question.strip(), purpose=purpose, minutes=length_of(minutes),
            indicator=indicator, carried_from=carried_from, since_version=row.agenda_version + 1,
        )  # fmt: skip
        for source in sources:
            add_source(item, source)
        _issue_again(row, item, by, "add_late_item", minutes=minutes)
    return item


def _amending(meeting: Meeting, by: User) -> Meeting:
    """The issued meeting, held, when this person may amend its agenda."""
    row = locked(meeting)
    permit(by, row, "issue_agenda")
    in_state(row, "issued")
    return row


def _take_minutes(meeting: Meeting, item: AgendaItem, minutes: int) -> None:
    """Take minutes from an item of the same agenda, or give it some when they are less than none."""
    giver = meeting.items.select_for_update().filter(pk=item.pk).first()
    if giver is None:
        raise Conflict("Choose an item of this agenda for the minutes")
    left = giver.minutes - minutes
    in_hand = giver.type == AgendaItem.Type.IN_HAND
    if left == 0 and in_hand and not Minute.objects.filter(item=giver).exists():
        take_out(meeting, giver)
        return
    if left < 1:
        raise Conflict(f"“{giver.title}” has {giver.minutes} minutes and cannot give {minutes}")
    giver.minutes, giver.version = length_of(left), giver.version + 1
    giver.save(update_fields=["minutes", "version"])


def _issue_again(meeting: Meeting, item: AgendaItem, by: User, verb: str, **detail: Any) -> None:
    """The agenda as it is now becomes its next version, when it still adds up."""
    complete(meeting)
    meeting.agenda_version += 1
    meeting.save(update_fields=["agenda_version"])
    keep_version(meeting, by=by)
    note(verb, item, by=by, meeting=meeting, act="issue_agenda",
         agenda_version=meeting.agenda_version, **detail)  # fmt: skip
