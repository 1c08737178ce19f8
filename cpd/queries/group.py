"""What the Strategy Group has before it: requests to advise on, reviews due, purchases, practice to share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Max, Prefetch, Q, QuerySet, Value

from cpd.models import (
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    MemberScore,
    PracticeCard,
    PurchaseSchool,
    SharedPurchase,
    TrainingItem,
    TrainingPolicy,
)
from cpd.proposal import PRACTICE, PURCHASE, REQUESTS, REVIEW, Asked, Candidate, groups_of
from cpd.queries.alike import EVERYDAY
from cpd.queries.purchases import listed
from meetings.models import Meeting
from meetings.states import DATED
from trust.calendar import today
from trust.templatetags.eyeline import day, money

OPEN_FOR_ADVICE = (*DATED, "held", "with_chair", "accuracy_check")
"""While advice of a meeting may be recorded and changed: until its minutes are final."""
ADVISABLE = ("raised", "going_ahead", "evaluated")
HELD = ("held", "with_chair", "accuracy_check", "final")
SOON = dt.timedelta(days=14)
"""How long after the meeting's day a review is still named as due."""


def next_group_meeting(on: dt.date) -> GroupMeeting | None:
    """The next dated meeting, today's too."""
    rows = GroupMeeting.objects.filter(meeting__state__in=DATED, meeting__starts_at__date__gte=on)
    return rows.select_related("meeting__kind").order_by("meeting__starts_at").first()


def group_before(group: GroupMeeting) -> GroupMeeting | None:
    """The last meeting held before this one."""
    if group.meeting.starts_at is None:
        return None
    rows = GroupMeeting.objects.filter(
        meeting__state__in=HELD, meeting__starts_at__lt=group.meeting.starts_at
    )
    return rows.select_related("meeting__kind").order_by("-meeting__starts_at").first()


# -- requests, grouped ---------------------------------------------------------------------------


def waiting_requests() -> QuerySet[CpdRequest]:
    """Requests to advise on: never advised, or changed since the Group asked for more."""
    last = CpdRequest.objects.annotate(last=Max("advice__pk")).filter(
        advice__pk=F("last"), advice__advice="more", advice__request_version__lt=F("version"),
        state="raised", listing="",
    )  # fmt: skip
    never = CpdRequest.objects.to_advise_on()
    return CpdRequest.objects.filter(Q(pk__in=never.values("pk")) | Q(pk__in=last.values("pk")))


def with_figures(rows: QuerySet[CpdRequest]) -> QuerySet[CpdRequest]:
    """What a card of the Group reads of each request, in a fixed number of queries."""
    places = (
        PurchaseSchool.objects.filter(purchase__state="open")
        .select_related("purchase")
        .prefetch_related("purchase__schools__school", "purchase__schools__purchase")
    )
    stems = Func(Value("english"), F("title"), function="to_tsvector")
    return (
        rows.annotate(
            stems=Func(
                stems, function="tsvector_to_array", output_field=ArrayField(models.TextField())
            )
        )
        .select_related("school", "provider", "requester")
        .prefetch_related(
            Prefetch("purchase_places", places, to_attr="open_places"),
            "advice__meeting",
            Prefetch("scores", MemberScore.objects.select_related("person")),
        )
        .order_by("starts_on", "number")
    )


def grouped(requests: Iterable[CpdRequest]) -> list[list[CpdRequest]]:
    """Requests together when alike and of different schools; the group with the earliest start first.

    "Same provider or topic ... in 12 months": how far apart two may start is the trust's setting.
    """
    rows = {r.pk: r for r in requests}
    months = TrainingPolicy.current().alike_months
    found: list[list[CpdRequest]] = []
    for keys in groups_of(_asked(r) for r in rows.values()):
        found.extend(_within([rows[k] for k in keys], months))
    return sorted(found, key=lambda g: (g[0].starts_on or dt.date.max, g[0].number))


def _asked(request: CpdRequest) -> Asked:
    places: Iterable[PurchaseSchool] = getattr(request, "open_places", ())
    return Asked(
        pk=request.pk, school=request.school_id, provider=request.provider_words,
        words=frozenset(getattr(request, "stems", ())) - EVERYDAY,
        purchases=frozenset(p.purchase_id for p in places),
    )  # fmt: skip


def _within(group: list[CpdRequest], months: int) -> list[list[CpdRequest]]:
    """A group cut where its training lies further apart than the policy says."""
    ordered = sorted(group, key=lambda r: (r.starts_on or dt.date.max, r.number))
    parts: list[list[CpdRequest]] = []
    for request in ordered:
        first = parts[-1][0].starts_on if parts else None
        apart = _months(request.starts_on) - _months(first) if request.starts_on and first else 0
        if parts and apart < months:
            parts[-1].append(request)
        else:
            parts.append([request])
    return parts


def _months(on: dt.date) -> int:
    return on.year * 12 + on.month


def schools_words(requests: Iterable[CpdRequest]) -> str:
    """Dunlin Way (9), Brackenholme Junior (9)."""
    return ", ".join(f"{r.school} ({r.staff})" for r in requests)


def medians(scores: Iterable[MemberScore]) -> tuple[float | None, float | None]:
    """The medians of likely impact and value for money; None where nobody scored."""
    rows = [s for s in scores if s.impact is not None and s.value is not None]
    if not rows:
        return None, None
    return median(s.impact or 0 for s in rows), median(s.value or 0 for s in rows)


# -- candidates for the agenda -------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A candidate with the rows it is about."""

    candidate: Candidate
    question: str = ""
    requests: tuple[CpdRequest, ...] = ()
    review: ImpactReview | None = None
    purchase: SharedPurchase | None = None
    card: PracticeCard | None = None


@dataclass(frozen=True)
class OnAgenda:
    """What the items of a meeting are about, by the kind of thing."""

    requests: frozenset[int] = frozenset()
    reviews: frozenset[int] = frozenset()
    purchases: frozenset[int] = frozenset()
    cards: frozenset[int] = frozenset()


def on_agenda(meeting: Meeting) -> OnAgenda:
    """The rows that the meeting's items point to, in one query."""
    rows = TrainingItem.objects.filter(item__meeting=meeting).values_list(
        "request_id", "review_id", "purchase_id", "card_id"
    )
    requests, reviews, purchases, cards = (
        frozenset(pk for pk in column if pk) for column in (zip(*rows, strict=True) if rows else ((),) * 4)
    )  # fmt: skip
    return OnAgenda(requests, reviews, purchases, cards)


def offers_for(group: GroupMeeting) -> list[Offer]:
    """Everything that asks for this meeting's time and is not on its agenda yet."""
    there = on_agenda(group.meeting)
    asked = _request_offers(there)
    spoken_of = there.requests | {r.pk for offer in asked for r in offer.requests}
    return [
        *asked,
        *_review_offers(group, there),
        *_purchase_offers(there, spoken_of),
        *_card_offers(group),
    ]


def _request_offers(there: OnAgenda) -> list[Offer]:
    waiting = with_figures(waiting_requests().exclude(pk__in=there.requests))
    return [_request_offer(requests) for requests in grouped(waiting)]


def _request_offer(requests: Sequence[CpdRequest]) -> Offer:
    first = requests[0]
    keys = ",".join(str(r.pk) for r in sorted(requests, key=lambda r: r.pk))
    total = money(sum(r.total for r in requests))
    candidate = Candidate(
        key=f"{REQUESTS}:{keys}", kind=REQUESTS, title=first.title[:120],
        reason=_request_reason(requests), day=first.starts_on,
    )  # fmt: skip
    question = f"{schools_words(requests)}: {total} in all. Likely impact, and value for money?"
    return Offer(candidate, question, requests=tuple(requests))


def _request_reason(requests: Sequence[CpdRequest]) -> str:
    first = requests[0]
    words = f"Raised by {listed([str(r.school) for r in requests])}"
    if len(requests) > 1:
        words = f"{words}: could be bought once"
    elif first.booked_first:
        words = f"{words}, booked before the group met"
    elif first.advice.all():
        words = f"{words}, changed since the group asked for more"
    return f"{words}; starts {day(first.starts_on)}" if first.starts_on else words


def reviews_due(until: dt.date) -> QuerySet[ImpactReview]:
    """Impact reviews nobody has answered, of training that goes ahead, due by a day."""
    return (
        ImpactReview.objects.filter(outcome="", due_on__lte=until, request__state="going_ahead")
        .select_related("request__school")
        .order_by("due_on", "pk")
    )


def _review_offers(group: GroupMeeting, there: OnAgenda) -> list[Offer]:
    at = group.meeting.day or group.half_term.ends_on
    found = []
    for review in reviews_due(at).exclude(pk__in=there.reviews):
        late = review.due_on < today()
        candidate = Candidate(
            key=f"{REVIEW}:{review.pk}", kind=REVIEW, day=review.due_on,
            title=f"Impact of {review.request.title}, {review.request.school}"[:120],
            reason=f"Impact review {'was' if late else 'is'} due {day(review.due_on)}",
        )  # fmt: skip
        question = f"{review.get_level_display()}: what has changed?"
        found.append(Offer(candidate, question, review=review))
    return found


def _purchase_offers(there: OnAgenda, spoken_of: frozenset[int]) -> list[Offer]:
    """Open purchases, but none whose requests ask for the time already: one matter, one item."""
    rows = SharedPurchase.objects.filter(state="open").exclude(pk__in=there.purchases)
    found = []
    for purchase in rows.prefetch_related("schools"):
        places = list(purchase.schools.all())
        if {p.request_id for p in places if p.request_id} & spoken_of:
            continue
        open_ = sum(1 for p in places if not p.answer)
        candidate = Candidate(
            key=f"{PURCHASE}:{purchase.pk}", kind=PURCHASE, title=purchase.title,
            reason=f"Shared purchase open to join: {open_} of {len(places)} schools have not answered",
        )  # fmt: skip
        found.append(Offer(candidate, "Who else joins, and who leads it?", purchase=purchase))
    return found


def cards_to_bring() -> QuerySet[PracticeCard]:
    """Practice shared and not yet brought to the Group."""
    brought = TrainingItem.objects.filter(
        card__isnull=False, item__meeting__group_meeting__isnull=False
    ).exclude(item__meeting__state="cancelled")
    rows = PracticeCard.objects.shared().exclude(pk__in=brought.values("card"))
    return rows.select_related("school").order_by("shared_at", "pk")


def _card_offers(group: GroupMeeting) -> list[Offer]:
    found = []
    for card in cards_to_bring():
        seen = f", seen {day(card.seen_on)}" if card.seen_on else ""
        candidate = Candidate(
            key=f"{PRACTICE}:{card.pk}", kind=PRACTICE, day=card.shared_at and card.shared_at.date(),
            title=card.title, reason=f"Practice shared by {card.school}{seen}",
        )  # fmt: skip
        found.append(Offer(candidate, "Which school would gain from it?", card=card))
    return found


# -- half terms ----------------------------------------------------------------------------------


def live_meetings() -> QuerySet[GroupMeeting]:
    """Meetings that were not cancelled."""
    return GroupMeeting.objects.exclude(meeting__state="cancelled")


def due_proposals() -> list[int]:
    """Dated meetings whose day to propose the agenda has come."""
    rows = GroupMeeting.objects.filter(
        meeting__state="scheduled", meeting__starts_at__isnull=False
    ).select_related("meeting")
    return [g.pk for g in rows if _draft_on(g.meeting) <= today()]


def _draft_on(meeting: Meeting) -> dt.date:
    return meeting.deadline("draft") or (meeting.day or dt.date.max) - SOON
