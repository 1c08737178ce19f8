"""The agenda that the evidence proposes: candidates merged, chosen and given their minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from math import floor


class TooManyEnquiriesError(ValueError):
    """More enquiries than the minutes can hold at the least each may have."""


@dataclass(frozen=True)
class ScoreWeights:
    """The score of each kind of candidate, named by the kind; a trust may change them."""

    worst_band: int = 90
    evaluation_differs: int = 85
    action_carried_twice: int = 85
    flagged: int = 80
    judged_worst: int = 75
    priority_off_track: int = 70
    data_alert: int = 65
    middle_band: int = 50
    document_missing: int = 45
    high_risk: int = 40
    cpd_review: int = 30
    strength: int = 20
    open_action: int = 10  # no candidate: added once to the one on the same topic

    @classmethod
    def changed_by(cls, set_here: Mapping[str, int]) -> ScoreWeights:
        """Return the defaults with what a trust set instead; a name that is no kind is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{kind: score for kind, score in set_here.items() if kind in known})

    def of(self, kind: str) -> int:
        """Return the score of a kind of candidate; raises AttributeError for an unknown kind."""
        return int(getattr(self, kind))


@dataclass(frozen=True)
class AgendaRules:
    """The fixed and standing items of a board and the bounds of an enquiry, in minutes; how many are chosen."""

    board: int = 60
    welcome: int = 2
    actions: int = 8
    close: int = 5
    least: int = 5
    most: int = 15
    enquiries: int = 4
    reds_first: int = 2
    standing: int = 0  # what the trust's standing items take of the hour

    @property
    def for_enquiries(self) -> int:
        """Return the minutes left after the fixed and the standing items; never less than none."""
        return max(0, self.board - self.welcome - self.actions - self.close - self.standing)

    def with_standing(self, minutes: int) -> AgendaRules:
        """Return the rules of an agenda on which standing items take these minutes.

        As many enquiries are chosen as still have their least; what stands on every agenda goes before.
        """
        rules = replace(self, standing=minutes)
        return replace(rules, enquiries=min(self.enquiries, rules.for_enquiries // self.least))


DEFAULT_WEIGHTS = ScoreWeights()
DEFAULT_RULES = AgendaRules()


@dataclass(frozen=True)
class Candidate:
    """One piece of evidence that could become an enquiry, with its reason and its source."""

    kind: str
    score: int
    title: str
    question: str
    reason: str
    source: tuple[str, int]
    evidence_on: date | None = None
    topic: str | None = None  # the indicator or priority, as an opaque key
    is_red_undiscussed: bool = False
    adds: int = 0  # for open actions on the topic; counted once


@dataclass(frozen=True)
class Enquiry:
    """The candidates on one topic as one possible item; the strongest gives the title and question."""

    lead: Candidate
    candidates: tuple[Candidate, ...]

    @property
    def topic(self) -> str | None:
        """Return the indicator or priority it is about."""
        return self.lead.topic

    @property
    def title(self) -> str:
        """Return the title of the strongest candidate."""
        return self.lead.title

    @property
    def question(self) -> str:
        """Return the line of enquiry of the strongest candidate."""
        return self.lead.question

    @property
    def score(self) -> int:
        """Return the highest score, and what open actions add to it, once."""
        return self.lead.score + max(each.adds for each in self.candidates)

    @property
    def is_red_undiscussed(self) -> bool:
        """Tell whether it holds a Red indicator that no board discussed this term."""
        return any(each.is_red_undiscussed for each in self.candidates)

    @property
    def evidence_on(self) -> date | None:
        """Return the date of its oldest evidence."""
        return min((c.evidence_on for c in self.candidates if c.evidence_on), default=None)


@dataclass(frozen=True)
class ProposedItem:
    """An enquiry chosen for the agenda with its minutes."""

    enquiry: Enquiry
    minutes: int


@dataclass(frozen=True)
class AgendaProposal:
    """What the evidence proposes: the items in order, what was not chosen, and the minutes left."""

    items: tuple[ProposedItem, ...]
    unchosen: tuple[Enquiry, ...]
    unallocated: int
    rules: AgendaRules = DEFAULT_RULES


def add_for_open_actions(
    candidates: Iterable[Candidate],
    topics: Collection[str],
    weights: ScoreWeights = DEFAULT_WEIGHTS,
) -> tuple[Candidate, ...]:
    """Return the candidates, those on a topic with an open or overdue action raised by its weight.

    An action carried at two boards is a candidate itself: leave it out of the topics.
    """
    return tuple(
        replace(each, adds=weights.open_action) if each.topic in topics else each
        for each in candidates
    )


def merge(candidates: Iterable[Candidate]) -> tuple[Enquiry, ...]:
    """Return one enquiry per topic (a candidate without topic stands alone), the strongest first."""
    groups: dict[object, list[Candidate]] = {}
    for place, candidate in enumerate(candidates):
        groups.setdefault(place if candidate.topic is None else candidate.topic, []).append(
            candidate
        )
    enquiries = []
    for group in groups.values():
        ordered = tuple(sorted(group, key=_strength_of_candidate))
        enquiries.append(Enquiry(ordered[0], ordered))
    return tuple(sorted(enquiries, key=_strength))


def choose(
    enquiries: Iterable[Enquiry], rules: AgendaRules = DEFAULT_RULES
) -> tuple[tuple[Enquiry, ...], tuple[Enquiry, ...]]:
    """Return the chosen and the unchosen: first Red not yet discussed this term, then by score."""
    ordered = sorted(enquiries, key=_strength)
    red = [each for each in ordered if each.is_red_undiscussed][: rules.reds_first]
    chosen = [*red, *(each for each in ordered if each not in red)][: rules.enquiries]
    return tuple(chosen), tuple(each for each in ordered if each not in chosen)


def allot_minutes(
    scores: Sequence[int], minutes: int, *, least: int = 5, most: int = 15
) -> tuple[int, ...]:
    """Share the minutes by score, within bounds, to whole minutes by the largest remainder.

    What the upper bound leaves is not shared out: an enquiry is never stretched silently.
    Raises TooManyEnquiriesError when not even the least fits.
    """
    if len(scores) * least > minutes:
        raise TooManyEnquiriesError(
            f"{len(scores)} enquiries of at least {least} minutes do not fit into {minutes} minutes"
        )
    if len(scores) * most <= minutes:
        return (most,) * len(scores)
    shares = _bounded_shares(scores, minutes, least, most)
    allotted = [floor(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda n: (allotted[n] - shares[n], n))
    for n in by_remainder[: minutes - sum(allotted)]:
        allotted[n] += 1
    return tuple(allotted)


def propose_agenda(
    candidates: Iterable[Candidate], rules: AgendaRules = DEFAULT_RULES
) -> AgendaProposal:
    """Return the agenda the candidates propose; raises TooManyEnquiriesError when the rules want too many."""
    chosen, unchosen = choose(merge(candidates), rules)
    minutes = allot_minutes(
        [each.score for each in chosen], rules.for_enquiries, least=rules.least, most=rules.most
    )
    items = tuple(ProposedItem(each, n) for each, n in zip(chosen, minutes, strict=True))
    return AgendaProposal(items, unchosen, rules.for_enquiries - sum(minutes), rules)


def _bounded_shares(scores: Sequence[int], minutes: int, least: int, most: int) -> list[Fraction]:
    """Share exactly by score; what leaves the bounds is set to them and the rest shared again."""
    weights = [Fraction(score) for score in scores] if any(scores) else [Fraction(1)] * len(scores)
    shares = [Fraction(0)] * len(weights)
    free = set(range(len(weights)))
    while free:
        left = minutes - sum((shares[n] for n in set(range(len(weights))) - free), Fraction(0))
        total = sum((weights[n] for n in free), Fraction(0))
        raw = {n: left * weights[n] / total if total else left / len(free) for n in free}
        bounded = {n: min(max(share, Fraction(least)), Fraction(most)) for n, share in raw.items()}
        excess = sum(bounded.values()) - left
        # Only the side that errs more is settled in a round, or the other could err the other way.
        settled = {
            n
            for n in free
            if excess == 0
            or (excess > 0 and bounded[n] > raw[n])
            or (excess < 0 and bounded[n] < raw[n])
        }
        for n in settled:
            shares[n] = bounded[n]
        free -= settled
    return shares


def _strength_of_candidate(candidate: Candidate) -> tuple[int, date, str, tuple[str, int]]:
    """Order candidates: higher score, then older evidence, then title, so that runs agree."""
    return (-candidate.score, candidate.evidence_on or date.max, candidate.title, candidate.source)


def _strength(enquiry: Enquiry) -> tuple[int, date, str, tuple[str, int]]:
    """Order enquiries: higher score, then older evidence, then title, so that runs agree."""
    return (-enquiry.score, enquiry.evidence_on or date.max, enquiry.title, enquiry.lead.source)
