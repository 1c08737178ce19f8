"""The items of a board's agenda: loaded once, and as rows for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.urls import reverse

from meetings.models import AgendaItem, Meeting, Paper
from meetings.queries.agenda import ItemRow, focus_of, place_words
from meetings.rules import answers
from progress_boards.models import ProgressBoard
from trust.access import Actor
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class PaperRow:
    """A paper as it is listed: its name, where it is, and whether it came late."""

    title: str
    url: str
    is_late: bool


def with_links() -> QuerySet[AgendaItem]:
    """Items with all that says where they come from, in their order."""
    return (
        AgendaItem.objects.select_related("answered_by", "second", "indicator", "about_priority")
        .prefetch_related("sources", "rating_links", "training")
        .order_by("order")
    )


def items_of(meeting_id: int) -> list[AgendaItem]:
    """The items of one meeting as the database has them now."""
    return list(with_links().filter(meeting=meeting_id))


def agenda_items(meeting: Meeting) -> list[AgendaItem]:
    """The items with all that a page reads of them, loaded once into the meeting."""
    items = with_links().prefetch_related(
        Prefetch("papers", Paper.objects.select_related("document"))
    )
    prefetch_related_objects([meeting], Prefetch("items", items))
    return list(meeting.items.all())


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
            sources=tuple(item.sources.all()),
            papers=tuple(_paper(board, paper) for paper in item.papers.all()),
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


def _paper(board: ProgressBoard, paper: Paper) -> PaperRow:
    url = reverse("progress_boards:paper-file", args=[board.pk, paper.pk])
    return PaperRow(paper.title, url, paper.is_late)


def _item_urls(board: ProgressBoard, item: AgendaItem, user: Actor) -> dict[str, str]:
    """Where an item is changed, and where a leader prepares the own one."""
    names = {name: f"agenda-item-{name}" for name in ("edit", "move", "remove", "minutes")}
    if answers(user, item) and board.meeting.state == "issued":
        names["own"] = "leader-item"
    keys = [board.pk, item.pk]
    return {name: reverse(f"progress_boards:{to}", args=keys) for name, to in names.items()}


def page_urls(board: ProgressBoard) -> dict[str, str]:
    """Where the agenda as a whole is changed."""
    names = {"add": "agenda-item-add", "restore": "agenda-item-restore", "fill": "agenda-fill",
             "late": "agenda-late"}  # fmt: skip
    return {name: reverse(f"progress_boards:{to}", args=[board.pk]) for name, to in names.items()}
