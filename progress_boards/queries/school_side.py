"""What the school sees of a board that is with it: who may answer each item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meetings.actions.answering import people_of_school
from meetings.models import AgendaItem
from meetings.rules import step
from progress_boards.models import ProgressBoard
from progress_boards.queries.board_items import agenda_items, papers_of, respondent
from progress_boards.queries.readiness import Readiness, readiness_of
from trust.access import Actor


@dataclass(frozen=True)
class Choice:
    """One of the school's people, by the posts held there."""

    pk: int
    label: str


@dataclass(frozen=True)
class ChoiceRow:
    """One item and who may be chosen for it; no choice for what the Chair takes."""

    item: AgendaItem
    n: int
    is_asked: bool
    answered_by: str
    chosen: int | None
    second: int | None
    papers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class SchoolPage:
    """The page on which the school says who answers."""

    rows: tuple[ChoiceRow, ...]
    people: tuple[Choice, ...]
    readiness: Readiness
    meter: str
    with_papers: bool
    is_small: bool

    @property
    def chosen(self) -> int:
        return self.readiness.chosen

    @property
    def words(self) -> str:
        """2 of 4 chosen."""
        return self.readiness.chosen_words


def choices(board: ProgressBoard, user: Actor) -> tuple[Choice, ...]:
    """Everybody with a post at the school today, once each; no account is needed to be chosen."""
    posts: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for post in people_of_school(board.meeting):
        if post.person is None:
            continue
        names[post.person.pk] = post.person.name
        labels = posts.setdefault(post.person.pk, [])
        if post.label not in labels:
            labels.append(post.label)
    mine = user.person_id
    return tuple(
        Choice(pk, f"{', '.join(labels)}, {names[pk]}{' (you)' if pk == mine else ''}")
        for pk, labels in sorted(posts.items(), key=lambda p: (p[0] != mine, names[p[0]]))
    )


def school_page(board: ProgressBoard, user: Actor) -> SchoolPage:
    """Read the items with their choices and papers."""
    items = agenda_items(board.meeting)
    rows = tuple(
        ChoiceRow(
            item=item,
            n=n,
            is_asked=item.is_for_school,
            answered_by=respondent(item),
            chosen=item.answered_by_id,
            second=item.second_id,
            papers=papers_of(item),
        )
        for n, item in enumerate(items, 1)
    )
    readiness = readiness_of(items)
    people = choices(board, user)
    return SchoolPage(
        rows=rows,
        people=people,
        readiness=readiness,
        meter=f"{100 * readiness.chosen / (readiness.asked or 1):.1f}",
        with_papers=bool(step(board.meeting, "papers")),
        is_small=len(people) == 1,
    )
