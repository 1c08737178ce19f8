"""The thread: from a rating, finding, document, board, item, minute, action or statement of the report both ways, within rights.

"the golden thread": rating → evidence → agenda item → minute → action → next board → annual report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from progress_boards.models import Recommendation, ReportSection
from progress_boards.queries import thread_reports as reports
from progress_boards.queries import thread_seen as seen
from progress_boards.queries import thread_ways as ways
from progress_boards.queries.references import links_in, named, spellings
from progress_boards.queries.report_words import Line, lines_of, plain_lines
from progress_boards.queries.thread_seen import Knot
from trust.access import Actor

MOST = 40
"""Links of one side; a thread of more is read on the pages it leads to."""


@dataclass(frozen=True)
class Thread:
    """A knot with where it comes from and what came of it, as its reader may read."""

    knot: Knot
    before: tuple[Knot, ...]
    after: tuple[Knot, ...]
    words: tuple[Line, ...] = ()
    """What the report says there, each statement with its references as links."""


@dataclass(frozen=True)
class _Sort:
    """One kind of knot: what a reader sees of it, and both ways from it."""

    seen: Callable[[Q, Actor], list[tuple[Knot, Any]]]
    before: Callable[[Any, Actor], list[Knot]]
    after: Callable[[Any, Actor], list[Knot]]


_SORTS: dict[str, _Sort] = {
    "rating": _Sort(seen.ratings, ways.rating_before, ways.rating_after),
    "finding": _Sort(seen.findings, ways.finding_before, ways.finding_after),
    "document": _Sort(seen.documents, ways.nothing, ways.document_after),
    "board": _Sort(seen.boards, ways.board_before, ways.board_after),
    "item": _Sort(seen.items, ways.item_before, ways.item_after),
    "action": _Sort(seen.actions, ways.action_before, ways.action_after),
    "section": _Sort(reports.sections, ways.section_before, ways.section_after),
    "recommendation": _Sort(
        reports.recommendations, ways.recommendation_before, ways.recommendation_after
    ),
}
_STATEMENT = _Sort(reports.statements, ways.statement_before, ways.statement_after)
KINDS = tuple(_SORTS)


def thread_of(kind: str, pk: int, user: Actor) -> Thread | None:
    """The thread through one thing; None when this reader may not read it."""
    sort = _SORTS.get(kind)
    rows = sort.seen(Q(pk=pk), user) if sort else []
    return _drawn(sort, *rows[0], user) if sort and rows else None


def thread_of_statement(section: int, number: int, user: Actor) -> Thread | None:
    """The thread through one statement of a section, counted from one; None when this reader may not read it."""
    rows = reports.statements(Q(pk=section), user)
    found = [(knot, said) for knot, said in rows if said.number == number]
    return _drawn(_STATEMENT, *found[0], user) if found else None


def thread_of_reference(words: str, user: Actor) -> str:
    """Where the thread of a printed reference is, such as ALD-26-A2-03, ALD-26-A2/3 or V57-2; "" for none."""
    found = named(spellings(words.strip()), user)
    return next((knot.thread_url for knot in found.values()), "")


def _drawn(sort: _Sort, knot: Knot, row: Any, user: Actor) -> Thread:
    before, after = sort.before(row, user), sort.after(row, user)
    return Thread(knot, tuple(before[:MOST]), tuple(after[:MOST]), _words(row, user))


def _words(row: Any, user: Actor) -> tuple[Line, ...]:
    if isinstance(row, ReportSection):
        return lines_of(row, links_in([row.text], user))
    if isinstance(row, (reports.Statement, Recommendation)):
        words = row.words if isinstance(row, reports.Statement) else row.text
        return plain_lines(words, links_in([words], user))
    return ()
