"""Puts in the indicators and kinds a trust starts with, and switches indicators on and off."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from evidence.defaults import DOCUMENT_KINDS, LIBRARY, SEEDED, VISIT_KINDS, DefaultIndicator
from evidence.models import DocumentKind, Indicator, IndicatorDescriptor, VisitKind
from trust.access import Actor, Conflict
from trust.audit import record

# Ratings of years before the software may be entered, so the seeded four apply to all of them.
FROM_THE_START = dt.date(2000, 9, 1)


@transaction.atomic
def lay_down_defaults() -> None:
    """Put in the four seeded indicators and every kind that is missing; what is there stays as it is."""
    have = set(Indicator.objects.values_list("slug", flat=True))
    for order, default in enumerate(SEEDED, 1):
        if default.slug not in have:
            _put_in(default, order=order, active_from=FROM_THE_START, is_seeded=True)
    VisitKind.objects.bulk_create(
        [
            VisitKind(
                slug=kind.slug,
                name=kind.name,
                is_external=kind.is_external,
                is_lay=kind.is_lay,
                is_short=kind.is_short,
                order=order,
            )
            for order, kind in enumerate(VISIT_KINDS, 1)
        ],
        ignore_conflicts=True,
    )
    DocumentKind.objects.bulk_create(
        [
            DocumentKind(slug=kind.slug, name=kind.name, is_expected=kind.is_expected, order=order)
            for order, kind in enumerate(DOCUMENT_KINDS, 1)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def switch_on_indicator(
    slug: str, *, on: dt.date, by: Actor | None, part: str | None = None
) -> Indicator:
    """Put an indicator of the library in use from a day, in its usual part or another; twice is once.

    A retired one comes back with its history. Raises Conflict for a slug the library does not hold.
    """
    default = next((each for each in LIBRARY if each.slug == slug), None)
    if default is None:
        raise Conflict("The library holds no such indicator")
    indicator = Indicator.objects.filter(slug=slug).first()
    if indicator is None:
        last = Indicator.objects.order_by("-order").values_list("order", flat=True).first() or 0
        indicator = _put_in(default, order=last + 1, active_from=on, part=part)
    else:
        indicator.part = part or indicator.part
        indicator.retired_on = None
        indicator.save(update_fields=["part", "retired_on"])
    record("switch_on", indicator, by=by, part=indicator.part, on=on.isoformat())
    return indicator


@transaction.atomic
def retire_indicator(indicator: Indicator, *, on: dt.date, by: Actor | None) -> Indicator:
    """Take an indicator out of use from a day; its ratings stay."""
    indicator.retired_on = on
    indicator.save(update_fields=["retired_on"])
    record("retire", indicator, by=by, on=on.isoformat())
    return indicator


def _put_in(
    default: DefaultIndicator,
    *,
    order: int,
    active_from: dt.date,
    part: str | None = None,
    is_seeded: bool = False,
) -> Indicator:
    indicator = Indicator.objects.create(
        slug=default.slug,
        name=default.name,
        short_name=default.short_name,
        help_text=default.help_text,
        part=part or default.part,
        about_people=default.about_people,
        is_seeded=is_seeded,
        order=order,
        active_from=active_from,
    )
    IndicatorDescriptor.objects.bulk_create(
        IndicatorDescriptor(indicator=indicator, position=position, phase=phase, text=text)
        for phase, texts in default.descriptors.items()
        for position, text in enumerate(texts, 1)
    )
    return indicator
