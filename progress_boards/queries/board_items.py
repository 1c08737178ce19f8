"""The items of a board's agenda: loaded once, and as rows for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.urls import reverse

from cpd.models import TrainingItem
from meetings.models import AgendaItem, ItemSource, Meeting, Paper
from meetings.queries.agenda import ItemRow, focus_of, place_words
from meetings.rules import answers
from progress_boards.models import ItemRating, ProgressBoard
from trust.access import Actor
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class PaperRow:
    """A paper as it is listed: its name, where it is, and whether it came late."""

    title: str
    url: str
    is_late: bool


@dataclass(frozen=True)
class SourceRow:
    """Where an item comes from, as its page says it."""

    label: str
    reason: str = ""


def with_links() -> QuerySet[AgendaItem]:
    """Items with all that says where they come from, in their order."""
    return (
        AgendaItem.objects.select_related("answered_by", "second", "indicator", "about_priority")
        .annotate(
            rating_ids=_keys(ItemRating, "rating_id"), review_ids=_keys(TrainingItem, "review_id")
        )
        .prefetch_related("sources")
        .order_by("order")
    )


def _keys(link: type[Model], name: str) -> ArraySubquery:
    """The rows that an item is linked to, by their keys."""
    rows: QuerySet[Any] = link._default_manager.filter(item=OuterRef("pk"))
    return ArraySubquery(rows.exclude(**{name: None}).order_by("pk").values(name))


def items_of(meeting_id: int) -> list[AgendaItem]:
    """The items of one meeting as the database has them now."""
    return list(with_links().filter(meeting=meeting_id))


def agenda_items(meeting: Meeting) -> list[AgendaItem]:
    """The items with all that a page reads of them, loaded once into the meeting."""
    items = with_links().annotate(paper_rows=_papers())
    prefetch_related_objects([meeting], Prefetch("items", items))
    return list(meeting.items.all())


def read_items(meeting: Meeting) -> list[AgendaItem]:
    """The items for whoever only reads them, with their sources and papers, in one query."""
    sources = ItemSource.objects.filter(item=OuterRef("pk")).order_by("pk")
    items = (
        AgendaItem.objects.select_related("answered_by", "second")
        .annotate(
            source_rows=ArraySubquery(
                sources.values(row=JSONObject(label="label", reason="reason"))
            ),
            paper_rows=_papers(),
        )
        .order_by("order")
    )
    prefetch_related_objects([meeting], Prefetch("items", items))
    return list(meeting.items.all())


PAPER = JSONObject(pk="pk", title="title", is_late="is_late")
"""A paper as plain data, where it is read with what it belongs to."""


def _papers() -> ArraySubquery:
    papers = Paper.objects.filter(item=OuterRef("pk")).order_by("pk")
    return ArraySubquery(papers.values(row=PAPER))


def _sources_of(item: AgendaItem) -> tuple[SourceRow, ...]:
    rows = getattr(item, "source_rows", None)
    if rows is None:
        return tuple(SourceRow(source.label, source.reason) for source in item.sources.all())
    return tuple(SourceRow(**row) for row in rows)


def papers_of(item: AgendaItem) -> tuple[Mapping[str, Any], ...]:
    """The papers of an item that came from here, as plain data."""
    loaded: Any = item
    return tuple(loaded.paper_rows)


def paper_rows(board: ProgressBoard, rows: Iterable[Mapping[str, Any]]) -> tuple[PaperRow, ...]:
    """Papers as plain data, each with its address."""
    return tuple(
        PaperRow(
            row["title"],
            reverse("progress_boards:paper-file", args=[board.pk, row["pk"]]),
            row["is_late"],
        )
        for row in rows
    )


def respondent(item: AgendaItem) -> str:
    """Who answers, in words: the Chair, the school's people, or that the school is to choose."""
    if not item.is_for_school:
        return "Chair"
    if item.answered_by is None:
        return "School to choose"
    name, role = item.answered_by.name, item.answered_by_role
    words = f"{role}, {name}" if role else name
    return f"{words}, with {item.second.name}" if item.second else words


def item_rows(
    board: ProgressBoard,
    items: list[AgendaItem],
    user: Actor,
    deferred: Mapping[int, str] | None = None,
    at: str = "",
) -> tuple[ItemRow, ...]:
    """The agenda as rows; the first and the last item stay where they are. `at` names the button pressed last."""
    places = place_words(items)
    starts = _starts(board.meeting, items)
    return tuple(
        ItemRow(
            pk=item.pk,
            n=n,
            type=item.type,
            title=item.title,
            question=item.question,
            minutes=item.minutes,
            answered_by=respondent(item),
            sources=_sources_of(item),
            papers=paper_rows(board, papers_of(item)),
            is_ready=item.is_ready,
            is_mine=answers(user, item),
            has_respondent=item.answered_by_id is not None,
            urls=_item_urls(board, item, user),
            since_version=item.since_version,
            starts=starts[item.pk],
            deferred=(deferred or {}).get(item.pk, ""),
            focus=focus_of(at, item.pk, places[item.pk]),
            **places[item.pk],
        )
        for n, item in enumerate(items, 1)
    )


def _starts(meeting: Meeting, items: list[AgendaItem]) -> dict[int, str]:
    """About when each item begins, by the minutes of those before it."""
    at, found = meeting.starts_at, {}
    for item in items:
        found[item.pk] = clock(at) if at else ""
        at = at + dt.timedelta(minutes=item.minutes) if at else None
    return found


def _item_urls(board: ProgressBoard, item: AgendaItem, user: Actor) -> dict[str, str]:
    """Where an item is changed, and where a leader prepares the own one."""
    names = {name: f"agenda-item-{name}" for name in ("edit", "move", "remove", "minutes")}
    if answers(user, item) and board.meeting.state == "issued":
        names["own"] = "leader-item"
    keys = [board.pk, item.pk]
    urls = {name: reverse(f"progress_boards:{to}", args=keys) for name, to in names.items()}
    return urls | {"thread": reverse("progress_boards:thread", args=["item", item.pk])}


def page_urls(board: ProgressBoard) -> dict[str, str]:
    """Where the agenda as a whole is changed."""
    names = {"add": "agenda-item-add", "restore": "agenda-item-restore", "fill": "agenda-fill",
             "late": "agenda-late"}  # fmt: skip
    return {name: reverse(f"progress_boards:{to}", args=[board.pk]) for name, to in names.items()}
