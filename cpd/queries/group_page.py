"""The page of one meeting of the Strategy Group, as its reader may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse

from cpd.models import (
    Advice,
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    PracticeCard,
    SharedPurchase,
)
from cpd.proposal import Candidate
from cpd.queries.group import (
    OPEN_FOR_ADVICE,
    SOON,
    cards_to_bring,
    group_before,
    offers_for,
    reviews_due,
)
from cpd.queries.group_cards import Card, cards_of, many
from cpd.rules import OF_SCHOOL, may_advise, may_read_group, may_review
from meetings.models import Meeting
from meetings.rules import may, may_read_agenda, may_read_minutes
from meetings.states import BEFORE_HELD, DATED
from trust.access import Actor
from trust.templatetags.eyeline import clock_range, day


@dataclass(frozen=True)
class Since:
    """What became of one request of last time."""

    title: str
    words: str
    status: str
    tag: str
    url: str


@dataclass(frozen=True)
class Due:
    """An impact review that is due, and where this reader goes for it."""

    title: str
    words: str
    is_late: bool
    url: str
    button: str


@dataclass(frozen=True)
class Shared:
    """A practice card that the Group may bring to another school."""

    words: str
    url: str
    button: str


@dataclass(frozen=True)
class GroupPage:
    """Everything that the page of a meeting shows."""

    group: GroupMeeting
    meeting: Meeting
    title: str
    lede: str
    cards: tuple[Card, ...]
    since: tuple[Since, ...]
    since_day: dt.date | None
    reviews: tuple[Due, ...]
    practice: tuple[Shared, ...]
    left_out: tuple[Candidate, ...] = ()
    is_past: bool = False
    may_prepare: bool = False
    may_propose: bool = False
    may_advise: bool = False
    may_print: bool = False
    links: tuple[tuple[str, str], ...] = field(default=())

    @property
    def draft_on(self) -> dt.date | None:
        """The day on which the agenda proposes itself."""
        return self.meeting.deadline("draft")


def title_of(meeting: Meeting) -> str:
    """Strategy Group, 24 November 2026."""
    return f"Strategy Group, {day(meeting.starts_at)}" if meeting.starts_at else meeting.title


def group_page(group: GroupMeeting, user: Actor) -> GroupPage:
    """The page, in a fixed number of queries however many requests there are."""
    meeting = group.meeting
    prepares = bool(may(user, meeting, "prepare"))
    is_open = meeting.state in OPEN_FOR_ADVICE
    cards = cards_of(group, user)
    before = group_before(group)
    reviews = _reviews(group, user)
    drafting = prepares and meeting.state == "agenda_draft"
    return GroupPage(
        group=group,
        meeting=meeting,
        title=title_of(meeting),
        lede=_lede(meeting, cards, len(reviews)),
        cards=cards,
        since=_since(before, user),
        since_day=before.meeting.day if before else None,
        reviews=reviews,
        practice=tuple(_shared(card, user) for card in practice_of(group, user)),
        left_out=tuple(o.candidate for o in offers_for(group)) if drafting else (),
        is_past=not is_open and meeting.state in ("with_chair", "accuracy_check", "final"),
        may_prepare=prepares,
        may_propose=prepares and meeting.state == "scheduled",
        may_advise=is_open and bool(may_advise(user)),
        may_print=bool(may_read_group(user)),
        links=_links(meeting, user),
    )


def _links(meeting: Meeting, user: Actor) -> tuple[tuple[str, str], ...]:
    """To the engine's pages of this meeting that the reader may open now."""
    writes = meeting.state in ("issued", "held") and may(user, meeting, "minute")
    signs = meeting.state == "with_chair" and may(user, meeting, "sign")
    read = meeting.state in ("with_chair", "final") and may_read_minutes(user, meeting)
    has_agenda = meeting.state not in ("planned", "scheduled", "postponed", "cancelled")
    dated = meeting.state in (*DATED, "postponed") and may(user, meeting, "schedule")
    cancels = meeting.state in BEFORE_HELD and may(user, meeting, "cancel")
    mine = next((s.pk for s in meeting.seats.all() if s.person_id == user.person_id), None)
    is_asked = meeting.state in DATED and user.person_id is not None and mine
    pages = (
        ("Say whether you are coming", "seat-reply", is_asked),
        ("Agenda", "agenda", has_agenda and may_read_agenda(user, meeting)),
        ("Write the minutes", "minutes-edit", writes),
        ("Sign the minutes", "minutes-sign", signs),
        ("Minutes", "minutes", read),
        ("Change the date", "meeting-date", dated),
        ("Cancel the meeting", "meeting-cancel", cancels),
    )
    return tuple(
        (label, reverse(f"meetings:{name}", args=[mine if name == "seat-reply" else meeting.pk]))
        for label, name, shown in pages
        if shown
    )


def _lede(meeting: Meeting, cards: Sequence[Card], reviews: int) -> str:
    requests = sum(len(card.lines) for card in cards)
    parts = [
        f"{many(requests, 'request')} in {many(len(cards), 'group')}" if requests else "No requests",
        many(reviews, "impact review"),
    ]  # fmt: skip
    return " · ".join(filter(None, (*parts, clock_range_of(meeting))))


def clock_range_of(meeting: Meeting) -> str:
    """1:30pm to 3pm, online; nothing while it has no date."""
    if meeting.starts_at is None:
        return ""
    ends = meeting.starts_at + dt.timedelta(minutes=meeting.minutes_length)
    where = "online" if meeting.is_online else meeting.place
    hours = clock_range(meeting.starts_at, ends)
    return f"{hours}, {where}" if where else hours


# -- since last time, reviews, practice ----------------------------------------------------------

TAGS = {"going_ahead": "done", "evaluated": "done", "raised": "todo"}


def since_of(group: GroupMeeting, user: Actor) -> tuple[Since, ...]:
    """Advice given at the last meeting, and what each school decided: its reason quoted, never judged."""
    return _since(group_before(group), user)


def _since(before: GroupMeeting | None, user: Actor) -> tuple[Since, ...]:
    if before is None:
        return ()
    rows = (
        Advice.objects.filter(meeting=before.meeting)
        .filter(request__in=CpdRequest.objects.visible_to(user))
        .select_related("request__school")
        .order_by("request__number")
    )
    return tuple(_since_line(a, before.meeting.day) for a in rows)


def _since_line(advice: Advice, on: dt.date | None) -> Since:
    request = advice.request
    words = f"Advice on {on.day} {on:%B}: " if on else "Advice: "
    words += advice.get_advice_display().lower()
    if advice.note:
        words += f", {advice.note[:1].lower()}{advice.note[1:]}" if advice.note[1:2].islower() else f", {advice.note}"  # fmt: skip
    reason = request.decision_reason.strip() if _is_told(request) else ""
    if reason:
        words = f"{words.rstrip('.')}. “{reason}”"
    return Since(
        title=f"{request.title}, {request.school}",
        words=words,
        status="Advised" if request.state == "raised" else request.get_state_display(),
        tag=TAGS.get(request.state, "plain"),
        url=reverse("cpd:request", args=[request.pk]),
    )


def _is_told(request: CpdRequest) -> bool:
    """The short reason for going on otherwise than advised is told to the Group; others are the school's."""
    told = (CpdRequest.Decision.DESPITE, CpdRequest.Decision.AMENDED)
    return request.state in ("going_ahead", "evaluated") and request.decision in told


def _reviews(group: GroupMeeting, user: Actor) -> tuple[Due, ...]:
    """Reviews due by the meeting or soon after; once it was held, those that stood on its agenda."""
    meeting = group.meeting
    at = meeting.day or group.half_term.ends_on
    rows = reviews_due(at + SOON)
    if meeting.state not in OPEN_FOR_ADVICE:
        rows = (
            ImpactReview.objects.filter(items__item__meeting=meeting)
            .select_related("request__school")
            .order_by("due_on", "pk")
        )
    seen = rows.filter(request__in=CpdRequest.objects.visible_to(user))
    return tuple(_due(review, at, user) for review in seen)


def _due(review: ImpactReview, at: dt.date, user: Actor) -> Due:
    request, due = review.request, review.due_on
    mine = bool(may_review(user, review))
    done = f" · {review.get_outcome_display().lower()}" if review.outcome else ""
    return Due(
        title=request.title,
        words=f"{request.school} · due {due.day} {due:%B}{done}",
        is_late=not review.outcome and due < at,
        url=reverse("cpd:review", args=[review.pk]) if mine else reverse("cpd:request", args=[request.pk]),
        button="Review" if mine else "See",
    )  # fmt: skip


def practice_of(group: GroupMeeting, user: Actor) -> list[PracticeCard]:
    """Cards on the agenda, and while advice is open those not yet brought to the Group."""
    rows = PracticeCard.objects.filter(items__item__meeting=group.meeting)
    if group.meeting.state in OPEN_FOR_ADVICE:
        rows = PracticeCard.objects.filter(
            Q(items__item__meeting=group.meeting) | Q(pk__in=cards_to_bring().values("pk"))
        )
    seen = PracticeCard.objects.visible_to(user).filter(pk__in=rows.values("pk"))
    return list(seen.select_related("school").order_by("shared_at", "pk"))


def _shared(card: PracticeCard, user: Actor) -> Shared:
    seen = card.seen_by or (f"Seen on {day(card.seen_on)}" if card.seen_on else "")
    words = f"{card.school}: {card.title}"
    words = f"{words}. {seen}" if seen else words
    if user.posts.holds(*OF_SCHOOL):
        return Shared(words, f"{reverse('cpd:project-new')}?card={card.pk}", "Match with a school")
    return Shared(words, reverse("cpd:practice", args=[card.pk]), "Read the card")


# -- the list of meetings ------------------------------------------------------------------------


def meeting_list(user: Actor) -> list[GroupMeeting]:
    """Meetings that this person may know of, newest first, with their counts."""
    rows = GroupMeeting.objects.visible_to(user).select_related("meeting__kind", "half_term__term")
    return list(
        rows.annotate(
            requests=Count(
                "meeting__items__training", distinct=True,
                filter=Q(meeting__items__training__request__isnull=False),
            ),
            advised=Count("meeting__cpd_advice", distinct=True),
        ).order_by("-meeting__starts_at", "-pk")
    )  # fmt: skip


def open_purchases() -> list[SharedPurchase]:
    """Shared purchases open to join, for the papers."""
    return list(SharedPurchase.objects.filter(state="open").prefetch_related("schools__school"))
