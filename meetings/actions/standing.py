"""Standing items: what every agenda of a kind of meeting has, as the trust decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from meetings.actions.agenda import SourceOf, length_of, title_of
from meetings.actions.laying import NewItem, lay_items
from meetings.actions.moves import locked
from meetings.models import Meeting, MeetingKind, StandingItem
from meetings.queries.standing import busiest
from meetings.rules import may_keep_standing_items
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.people.models import User

FIELDS = ("place", "type", "title", "question", "minutes", "half_terms")
HALF_TERMS = range(1, 7)
STANDING = SourceOf("Standing item")


def add_standing_item(kind: MeetingKind, *, by: User, **fields: Any) -> StandingItem:
    """Add an item that agendas proposed from now on have; those that are there stay as they are."""
    with transaction.atomic():
        require(may_keep_standing_items(by))
        locked(kind)
        item = StandingItem(kind=kind, **_clean(fields))
        item.order = kind.standing_items.filter(place=item.place).count() + 1
        _fits(kind, item)
        item.save()
        record("add_standing_item", item, by=by, kind=kind.slug)
    return item


def change_standing_item(
    item: StandingItem, *, version: int, by: User, **fields: Any
) -> StandingItem:
    """Change a standing item under a version check; raises Conflict when somebody was quicker."""
    with transaction.atomic():
        require(may_keep_standing_items(by))
        locked(item.kind)
        row = locked(item)
        if row.version != version:
            raise Conflict(
                "Somebody else changed this item after you opened it. Nothing was changed"
            )
        for name, value in _clean(fields).items():
            setattr(row, name, value)
        row.version += 1
        _fits(row.kind, row)
        row.save()
        record("change_standing_item", row, by=by, fields=sorted(fields))
    return row


def retire_standing_item(item: StandingItem, *, by: User) -> StandingItem:
    """Leave it out of agendas proposed from now on; it stays here, and may come back."""
    return _set_retired(item, True, by)


def bring_back_standing_item(item: StandingItem, *, by: User) -> StandingItem:
    """Take it into agendas again."""
    return _set_retired(item, False, by)


def lay_standing_items(meeting: Meeting, items: Iterable[StandingItem], place: str) -> None:
    """Put the standing items of one place at the end of a draft, each saying that it is one."""
    lay_items(meeting, standing_at(place, items))


def standing_at(place: str, items: Iterable[StandingItem]) -> list[NewItem]:
    """The standing items of one place as a draft takes them."""
    return [
        NewItem(item.title, item.minutes, item.type, item.question, sources=[STANDING])
        for item in items
        if item.place == place
    ]


def _set_retired(item: StandingItem, is_retired: bool, by: User) -> StandingItem:
    """The second click finds it done."""
    with transaction.atomic():
        require(may_keep_standing_items(by))
        locked(item.kind)
        row = locked(item)
        if bool(row.retired_at) != is_retired:
            row.retired_at = now() if is_retired else None
            _fits(row.kind, row)
            row.save(update_fields=["retired_at"])
            record("retire_standing_item" if is_retired else "bring_back_standing_item", row, by=by)
    return row


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not a field of a standing item: {sorted(unknown)}")
    fields["title"] = title_of(fields["title"])
    fields["minutes"] = length_of(fields["minutes"])
    fields["question"] = fields.get("question", "").strip()
    fields["half_terms"] = _numbers(fields.get("half_terms", ()))
    return fields


def _numbers(half_terms: Iterable[Any]) -> list[int]:
    """The half terms in order; all six are the same as none named."""
    numbers = sorted({int(number) for number in half_terms})
    if not set(numbers) <= set(HALF_TERMS):
        raise Conflict("Choose half terms from 1 to 6")
    return [] if len(numbers) == len(HALF_TERMS) else numbers


def _fits(kind: MeetingKind, item: StandingItem) -> None:
    """Raise Conflict when the standing items of a half term would need more than the meeting has."""
    others = kind.standing_items.filter(retired_at=None).exclude(pk=item.pk)
    needed = busiest([*others, *([] if item.retired_at else [item])])
    if needed > kind.minutes_length:
        raise Conflict(
            f"Together the standing items would need {needed} of {kind.minutes_length} minutes"
        )
