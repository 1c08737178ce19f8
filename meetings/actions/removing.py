"""Taking an item off an agenda, and putting it back with all that hung on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import CASCADE, Model, ProtectedError

from meetings.actions.agenda import make_room, preparing
from meetings.actions.moves import note
from meetings.models import AgendaItem, Meeting
from trust.access import Conflict
from trust.people.models import User


@dataclass(frozen=True)
class Removed:
    """All that is needed to put a removed item back where it stood."""

    fields: dict[str, Any]
    rows: tuple[tuple[str, dict[str, Any]], ...] = ()
    """Rows of this app and those above that belong to the item alone: the model, and its fields."""
    papers: tuple[int, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """As plain data, such as a session holds."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder))
        return plain

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Removed:
        rows = tuple((label, fields) for label, fields in plain["rows"])
        return cls(plain["fields"], rows, tuple(plain["papers"]))


def remove_item(item: AgendaItem, *, by: User) -> Removed:
    """Take an item off the agenda; what comes back is enough for `restore_item`."""
    with transaction.atomic():
        row = preparing(item.meeting, by)
        removed = _remember(item)
        note("remove_item", item, by=by, meeting=row, act="prepare", place=item.order)
        take_out(row, item)
    return removed


def take_out(meeting: Meeting, item: AgendaItem) -> None:
    """Delete an item and close the gap; raises Conflict when something was recorded under it."""
    order = item.order
    try:
        with transaction.atomic():
            item.delete()
    except ProtectedError:
        raise Conflict("Something was recorded under this item: it stays on the agenda") from None
    for later in meeting.items.filter(order__gt=order).order_by("order"):
        later.order -= 1
        later.save(update_fields=["order"])


def _remember(item: AgendaItem) -> Removed:
    fields = _fields_of(item, skip=("id", "meeting_id"))
    papers = tuple(item.papers.values_list("pk", flat=True))
    return Removed(fields, tuple(_rows_of(item)), papers)


def _rows_of(item: AgendaItem) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row that goes when the item goes, whichever app keeps it."""
    for relation in AgendaItem._meta.related_objects:
        if relation.on_delete is not CASCADE:
            continue
        model, name = relation.related_model, relation.field.attname
        for row in model._base_manager.filter(**{name: item.pk}):
            yield model._meta.label, _fields_of(row, skip=("id", name))


def _fields_of(row: Model, *, skip: tuple[str, ...]) -> dict[str, Any]:
    names = [f.attname for f in row._meta.concrete_fields if f.attname not in skip]
    return {name: getattr(row, name) for name in names}


def restore_item(meeting: Meeting, *, removed: Removed, by: User) -> AgendaItem:
    """Put a removed item back where it stood, with its sources, its papers and what apps above hung on it."""
    with transaction.atomic():
        row = preparing(meeting, by)
        order = min(removed.fields["order"], row.items.count() + 1)
        make_room(row, order)
        item = AgendaItem.objects.create(meeting=row, **{**removed.fields, "order": order})
        for label, fields in removed.rows:
            _put_row(apps.get_model(label), item, fields)
        row.papers.filter(pk__in=removed.papers).update(item=item)
        note("restore_item", item, by=by, meeting=row, act="prepare", place=order)
    return item


def _put_row(model: type[Model], item: AgendaItem, fields: dict[str, Any]) -> None:
    to_item = next(
        f for f in model._meta.concrete_fields if f.attname not in fields and f.is_relation
    )
    model._base_manager.create(**{to_item.name: item}, **fields)
