"""What a board could ask about: every piece of evidence of a school, each with its reason and source.

"The agenda is bespoke and created by the CEO from evidence gained in learning walks, records of visit
by external providers and school documentation" (seed 1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from evidence.models import DocumentJudgement, SchoolDocument
from meetings.models import Action, AgendaItem, StandingItem
from meetings.queries.standing import standing_items
from progress_boards.agenda import (
    DEFAULT_RULES,
    AgendaProposal,
    AgendaRules,
    Candidate,
    ScoreWeights,
    add_for_open_actions,
    propose_agenda,
)
from progress_boards.models import ItemJudgement, ProgressBoard
from progress_boards.queries.agenda_more import HELD, LOOKS_BACK, from_priorities, from_training
from progress_boards.queries.agenda_seen import from_documents, from_findings, from_passages
from progress_boards.queries.deferrals import Deferrals, deferrals_before
from progress_boards.queries.offers import (
    ACTIONS,
    BOARDS,
    DOCUMENTS,
    RATINGS,
    Offer,
    day_words,
    short,
    topic_of,
)
from ratings.models import IndicatorRating, SchoolView
from trust.models import TrustProfile
from trust.pages import remembered

MIDDLE, WORST = 2, 3
"""Places of the bands that come to a board."""
READABLE = ("accuracy_check", "final")
"""Boards whose minutes the Chair has signed."""


@dataclass(frozen=True)
class Gathered:
    """Everything that speaks about a school before one of its boards."""

    offers: tuple[Offer, ...]
    proposal: AgendaProposal
    former: ProgressBoard | None
    open_actions: tuple[Action, ...]
    standing: tuple[StandingItem, ...]
    deferrals: Deferrals

    def offer(self, source: tuple[str, int]) -> Offer:
        """The offer a candidate came from."""
        return next(each for each in self.offers if each.candidate.source == source)


def gather(
    board: ProgressBoard,
    day: dt.date,
    weights: ScoreWeights | None = None,
    rules: AgendaRules = DEFAULT_RULES,
) -> Gathered:
    """Every candidate of a board as of a day, and the agenda they propose, in a fixed number of queries.

    The scores are the trust's own unless others are given.
    """
    weights = weights or ScoreWeights.changed_by(TrustProfile.current().scores)
    held = _boards_before(board, HELD).first()
    former = held if held is None or held.meeting.state in READABLE else last_board(board)
    held_on = (held.meeting.day if held else None) or day - LOOKS_BACK
    actions = tuple(
        Action.objects.open().filter(school=board.school_id).select_related("indicator", "meeting")
    )
    gatherers: tuple[Callable[..., Iterator[Offer]], ...] = (
        _from_ratings, from_findings, from_passages, from_documents, from_priorities,
    )  # fmt: skip
    found = [offer for gather_some in gatherers for offer in gather_some(board, day, weights)]
    found += from_training(board, day, weights, since=held_on)
    found += _from_former(former, weights)
    found += _from_actions(actions, weights)
    raised = {topic_of(a.indicator) for a in actions if a.indicator and a.times_carried < 2}
    topics = {topic for topic in raised if topic}
    candidates = add_for_open_actions([o.candidate for o in found], topics, weights)
    offers = tuple(
        Offer(**{**_shallow(offer), "candidate": candidate})
        for offer, candidate in zip(found, candidates, strict=True)
    )
    standing = standing_items(board.meeting.kind_id, board.half_term.order)
    rules = rules.with_standing(sum(item.minutes for item in standing))
    return Gathered(
        offers, propose_agenda(candidates, rules), former, actions, standing,
        deferrals_before(board, day),
    )  # fmt: skip


def gathered_at(board: ProgressBoard, day: dt.date, at: int) -> Gathered:
    """The same, kept by this process until something is written: for pages, never for what an act decides."""
    return remembered(f"gathered:{board.pk}:{day}", at, lambda: gather(board, day))


def _shallow(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in Offer.__dataclass_fields__}


def last_board(board: ProgressBoard) -> ProgressBoard | None:
    """The school's last board before this one whose minutes are signed."""
    return _boards_before(board, READABLE).first()


def _boards_before(board: ProgressBoard, states: Iterable[str]) -> QuerySet[ProgressBoard]:
    """The school's boards before this one in these states, the last one first."""
    earlier = ProgressBoard.objects.filter(
        school=board.school_id, meeting__state__in=states, meeting__starts_at__isnull=False
    ).exclude(pk=board.pk)
    if board.meeting.starts_at:
        earlier = earlier.filter(meeting__starts_at__lt=board.meeting.starts_at)
    return earlier.select_related("meeting").order_by("-meeting__starts_at")


# -- ratings, and what differs from them ----------------------------------------------------------


def _from_ratings(board: ProgressBoard, day: dt.date, weights: ScoreWeights) -> Iterator[Offer]:
    """Indicators of the rating that stands, in the worst and the middle band; views that differ."""
    ratings = list(
        IndicatorRating.objects.filter(
            assessment__school=board.school_id, assessment__state="shared", band__isnull=False
        )
        .select_related("indicator", "band", "assessment")
        .annotate(is_discussed=_discussed_this_term(board))
        .order_by("indicator__order")
    )
    for rating in ratings:
        if _place(rating) in (MIDDLE, WORST):
            yield _rated(rating, rating.is_discussed, weights)
    yield from _differing_views(board, ratings, weights)
    yield from _differing_judgements(board, ratings, day, weights)


def _rated(rating: IndicatorRating, is_discussed: bool, weights: ScoreWeights) -> Offer:
    worst = _place(rating) == WORST
    kind = "worst_band" if worst else "middle_band"
    indicator, since = rating.indicator, rating.assessment.effective_on
    candidate = Candidate(
        kind=kind,
        score=weights.of(kind),
        title=indicator.name,
        question=f"What has changed since {day_words(since)}, and what is the evidence? What comes next?",
        reason="Discussed at a board this term" if is_discussed else "Not yet discussed this term",
        source=("rating", rating.pk),
        evidence_on=since,
        topic=topic_of(indicator),
        is_red_undiscussed=worst and not is_discussed,
    )
    return Offer(candidate, RATINGS, f"Rating: {_lower(indicator.name)}",
                 f"{rating.band} since {day_words(since)}", rating.band, indicator, rating=rating)  # fmt: skip


def _place(rating: IndicatorRating) -> int | None:
    return rating.band.position if rating.band else None


def _differing_views(
    board: ProgressBoard, ratings: Iterable[IndicatorRating], weights: ScoreWeights
) -> Iterator[Offer]:
    views: dict[int, SchoolView] = {}
    for view in SchoolView.objects.filter(school=board.school_id).select_related("band").order_by(
        "entered_at", "pk"
    ):  # fmt: skip
        views[view.indicator_id] = view  # the latest stands
    for rating in ratings:
        own = views.get(rating.indicator_id)
        if own is None or own.band_id == rating.band_id:
            continue
        seen_on = own.entered_at.date()
        yield _differing(
            rating, ("view", own.pk), seen_on, weights, group=RATINGS, band=own.band,
            label=f"The school's own view: {_lower(rating.indicator.name)}",
            reason=f"The school's own view of {day_words(seen_on)} differs from the rating",
        )  # fmt: skip


def _differing_judgements(
    board: ProgressBoard, ratings: Iterable[IndicatorRating], day: dt.date, weights: ScoreWeights
) -> Iterator[Offer]:
    by_indicator = {rating.indicator_id: rating for rating in ratings}
    judgements = DocumentJudgement.objects.filter(
        document__in=SchoolDocument.objects.filter(school=board.school_id).current(day)
    ).select_related("document__kind")
    for judgement in judgements:
        rating = by_indicator.get(judgement.indicator_id)
        if rating is None or _place(rating) == judgement.position:
            continue
        page = f", page {judgement.page}" if judgement.page else ""
        document = judgement.document
        yield _differing(
            rating, ("judgement", judgement.pk), document.valid_from, weights, group=DOCUMENTS,
            label=f"{document.title}{page}", links={"document": document},
            reason=f"{document.kind}{page}: its judgement differs from the rating",
        )  # fmt: skip


def _differing(
    rating: IndicatorRating,
    source: tuple[str, int],
    seen_on: dt.date,
    weights: ScoreWeights,
    *,
    reason: str,
    **shown: Any,
) -> Offer:
    candidate = Candidate(
        kind="evaluation_differs",
        score=weights.evaluation_differs,
        title=f"{rating.indicator.name}: leaders' own evaluation"[:120],
        question="What evidence does the school's own evaluation rest on? Where does it differ from the trust's, and why?",
        reason=reason,
        source=source,
        evidence_on=seen_on,
        topic=topic_of(rating.indicator),
    )
    small = f"Dated {day_words(seen_on)}"
    return Offer(candidate, small=small, indicator=rating.indicator, rating=rating, **shown)


def _discussed_this_term(board: ProgressBoard) -> Exists:
    """Whether a board of the school, held in this board's term, had the indicator on its agenda."""
    items = AgendaItem.objects.filter(
        meeting__progress_board__school=board.school_id,
        meeting__progress_board__half_term__term=board.half_term.term_id,
        meeting__state__in=HELD,
        indicator=OuterRef("indicator"),
    ).exclude(meeting=board.meeting_id)
    return Exists(items)


# -- the last board and its actions ---------------------------------------------------------------


def _from_former(former: ProgressBoard | None, weights: ScoreWeights) -> Iterator[Offer]:
    """Items of the last board in the worst band, and those it carried forward."""
    if former is None or former.meeting.day is None:
        return
    items = (
        AgendaItem.objects.filter(meeting=former.meeting_id)
        .filter(Q(judgement__band__position=WORST) | Q(carry_forward=True))
        .select_related("indicator", "judgement__band")
    )
    on = day_words(former.meeting.day)
    for item in items:
        judgement: ItemJudgement | None = getattr(item, "judgement", None)
        worst = bool(judgement and judgement.band and judgement.band.position == WORST)
        candidate = Candidate(
            kind="judged_worst",
            score=weights.judged_worst,
            title=item.title,
            question=item.question or f"What has changed since the board of {on}?",
            reason=f"To be taken up again from the board of {on}",
            source=("item", item.pk),
            evidence_on=former.meeting.day,
            topic=topic_of(item.indicator),
        )
        small = "Judged by the Chair" if worst else "Carried forward"
        yield Offer(candidate, BOARDS, f"Board of {on}: {item.title}", small,
                    judgement.band if judgement and worst else None, item.indicator,
                    links={"former_item": item}, former_item=item)  # fmt: skip


def _from_actions(actions: Iterable[Action], weights: ScoreWeights) -> Iterator[Offer]:
    """Actions carried at two boards or more; every other open one stands under the actions item."""
    for action in actions:
        if action.times_carried < 2:
            continue
        candidate = Candidate(
            kind="action_carried_twice",
            score=weights.action_carried_twice,
            title=short(action.text, 120),
            question="What has stood in the way since it was agreed, and what will be different now?",
            reason=f"Action {action.ref}, carried at {action.times_carried} boards",
            source=("action", action.pk),
            evidence_on=action.meeting.day if action.meeting else action.created_at.date(),
            topic=topic_of(action.indicator),
        )
        yield Offer(candidate, ACTIONS, f"Action {action.ref}", f"Due {day_words(action.due_on)}",
                    indicator=action.indicator, links={"action": action})  # fmt: skip


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
