"""What a board could ask about, one by one: a candidate, and what a page and an agenda item make of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cpd.models import ImpactReview
from evidence.models import Indicator
from improvement.models import Priority
from meetings.models import AgendaItem
from progress_boards.agenda import Candidate
from ratings.models import Band, IndicatorRating

RATINGS, VISITS, ACTIONS, BOARDS, DOCUMENTS, PRIORITIES, TRAINING = (
    "Ratings",
    "Visits and learning walks",
    "Open actions",
    "The last board",
    "School documents",
    "Priorities",
    "Training",
)
GROUPS = (RATINGS, VISITS, ACTIONS, BOARDS, PRIORITIES, TRAINING, DOCUMENTS)
"""Where offers come from, in the order in which the page of a draft shows them."""


@dataclass(frozen=True)
class Offer:
    """A candidate with what a page shows of it and the rows an item made from it points to."""

    candidate: Candidate
    group: str
    label: str
    small: str = ""
    band: Band | None = None
    indicator: Indicator | None = None
    links: dict[str, Any] = field(default_factory=dict)
    rating: IndicatorRating | None = None
    former_item: AgendaItem | None = None
    priority: Priority | None = None
    review: ImpactReview | None = None

    @property
    def key(self) -> str:
        """Its source as one word, for a form."""
        return f"{self.candidate.source[0]}-{self.candidate.source[1]}"


def day_words(day: dt.date) -> str:
    """5 November 2026."""
    return f"{day.day} {day:%B %Y}"


def topic_of(indicator: Indicator | None) -> str | None:
    """The key under which candidates on one indicator are merged."""
    return f"indicator-{indicator.pk}" if indicator else None


def short(words: str, most: int) -> str:
    """The words on one line, cut where they grow too long."""
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
