"""How often a matter stood among a school's candidates and was not taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from meetings.rules import AGENDA_OUT
from progress_boards.agenda import Candidate
from progress_boards.models import Deferral, ProgressBoard

LOOKS_BACK = dt.timedelta(days=366)
Key = tuple[str, int] | str
"""The source of a candidate, or the topic under which candidates are merged."""


@dataclass(frozen=True)
class Deferrals:
    """The boards of one school at which each source and each topic was deferred."""

    boards: Mapping[Key, frozenset[int]] = field(default_factory=dict)

    def count(self, candidate: Candidate) -> int:
        """At how many boards the matter was deferred: this source, or another on the same topic."""
        found = self.boards.get(candidate.source, frozenset())
        if candidate.topic:
            found |= self.boards.get(candidate.topic, frozenset())
        return len(found)


def deferrals_before(board: ProgressBoard, day: dt.date) -> Deferrals:
    """What the school's other boards of the year past deferred when their agendas were issued, in one query."""
    rows = Deferral.objects.filter(
        board__school=board.school_id, board__meeting__state__in=AGENDA_OUT,
        board__meeting__issued_at__date__gt=day - LOOKS_BACK,
    ).exclude(board=board.pk)  # fmt: skip
    if board.meeting.starts_at:
        rows = rows.filter(board__meeting__starts_at__lt=board.meeting.starts_at)
    found: dict[Key, set[int]] = defaultdict(set)
    for kind, pk, topic, at in rows.values_list("source_kind", "source_pk", "topic", "board_id"):
        found[kind, pk].add(at)
        if topic:
            found[topic].add(at)
    return Deferrals({key: frozenset(boards) for key, boards in found.items()})


def deferred_words(count: int) -> str:
    """Deferred at 2 boards."""
    return f"Deferred at {count} board{'' if count == 1 else 's'}" if count else ""
