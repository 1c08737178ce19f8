"""Weeks from Monday to Friday with the boards of each day, as a calendar on a page draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One board on a day. It is moved by mouse when it names the field that holds its day."""

    time: str
    words: str
    url: str
    look: str = ""
    field: str = ""
    tick: str = ""
    move_url: str = ""
    """The page that looks at another day, where the card brings its own field."""
    note: str = ""
    order: str = ""
    """Among the cards of its day, such as "09:30"."""


@dataclass(frozen=True)
class GridDay:
    """One day: empty beyond the ends of the grid."""

    iso: str
    words: str
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Grid:
    """The weeks of a half term or a month, under its name."""

    name: str
    weeks: tuple[tuple[GridDay, ...], ...]


def grid_of(
    name: str, first: dt.date, last: dt.date, cards: Mapping[dt.date, Sequence[Card]]
) -> Grid:
    """The weeks from one day to another, each day with its cards by time."""
    monday, weeks = first - dt.timedelta(days=first.weekday()), []
    while monday <= last:
        days = [monday + dt.timedelta(days=n) for n in range(5)]
        weeks.append(
            tuple(
                GridDay(
                    each.isoformat(),
                    f"{each.day} {each:%b}",
                    tuple(sorted(cards.get(each, ()), key=lambda card: card.order)),
                )
                if first <= each <= last
                else GridDay("", "")
                for each in days
            )
        )
        monday += dt.timedelta(days=7)
    return Grid(name, tuple(week for week in weeks if any(each.iso for each in week)))


def grid_of_month(day: dt.date, cards: Mapping[dt.date, Sequence[Card]]) -> Grid:
    """The weeks of the month in which a day lies."""
    first = day.replace(day=1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return grid_of(f"{first:%B %Y}", first, last, cards)
