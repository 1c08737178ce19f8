"""An agenda laid at once: many items, their sources and their audit rows in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from evidence.models import Indicator
from meetings.actions.agenda import SourceOf, length_of, preparing, title_of
from meetings.models import AgendaItem, ItemSource, Meeting
from trust.audit import record_all


@dataclass(frozen=True)
class NewItem:
    """An item to be laid, and where it comes from."""

    title: str
    minutes: int
    type: str = AgendaItem.Type.ENQUIRY
    question: str = ""
    purpose: str = ""
    indicator: Indicator | None = None
    sources: Sequence[SourceOf] = ()
    carried_from: AgendaItem | None = None


def lay_items(meeting: Meeting, new: Sequence[NewItem]) -> list[AgendaItem]:
    """Lay items of the software's own at the end of a draft, in this order; each has its audit row."""
    with transaction.atomic():
        row = preparing(meeting, None)
        last = row.items.aggregate(last=Max("order"))["last"] or 0
        laid = AgendaItem.objects.bulk_create(
            AgendaItem(
                meeting=row, order=order, type=each.type, title=title_of(each.title),
                question=each.question.strip(), purpose=each.purpose,
                minutes=length_of(each.minutes), indicator=each.indicator,
                carried_from=each.carried_from,
            )
            for order, each in enumerate(new, start=last + 1)
        )  # fmt: skip
        ItemSource.objects.bulk_create(
            ItemSource(item=item, **vars(source))
            for item, each in zip(laid, new, strict=True)
            for source in each.sources
        )
        record_all("add_item", [(item, {"meeting": row.pk, "place": item.order}) for item in laid])
    return laid
