"""The page of one meeting of the Strategy Group, as its reader may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q
from django.urls import reverse

from cpd.models import (
    Advice,
    CpdRequest,
    GroupMeeting,
    ImpactReview,
    MemberScore,
    PracticeCard,
    PurchaseSchool,
    SharedPurchase,
    TrainingItem,
)
from cpd.proposal import Candidate
from cpd.queries.group import (
    ADVISABLE,
    OPEN_FOR_ADVICE,
    SOON,
    cards_to_bring,
    group_before,
    grouped,
    medians,
    offers_for,
    reviews_due,
    schools_words,
    waiting_requests,
    with_figures,
)
from cpd.rules import OF_SCHOOL, may_advise, may_open_purchase, may_review, may_score
from meetings.models import Meeting
from meetings.rules import may, may_read_agenda, may_read_minutes
from meetings.states import BEFORE_HELD, DATED
from trust.access import Actor
from trust.templatetags.eyeline import clock_range, day, money


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    small: str = ""


@dataclass(frozen=True)
class Line:
    """One request of a card."""

    request: CpdRequest
    advice: Advice | None
    changed: bool
    """Whether the school changed it after this advice."""
    status: str
    url: str


@dataclass(frozen=True)
class Scores:
    """What members think: medians and how many scored; conflicts by whom."""

    impact: str = ""
    value: str = ""
    count: int = 0
    conflicts: tuple[str, ...] = ()
    mine: MemberScore | None = None


@dataclass(frozen=True)
class Card:
    """Like requests together, with all that the Group needs to advise."""

    key: str
    title: str
    tag: str
    is_group: bool
    lines: tuple[Line, ...]
    figures: tuple[Figure, ...]
    who: str
    needs: tuple[str, ...]
    facts: tuple[str, ...]
    scores: Scores
    seen: str
    """request:version:version of its advice, of all lines; sent back with the form."""
    is_late_arrival: bool = False
    is_open: bool = False
    may_score: bool = False
    own_school: str = ""
    purchase_url: str = ""
    purchase_words: str = ""

    @property
    def advised(self) -> Advice | None:
        return next((line.advice for line in self.lines if line.advice), None)

    @property
    def pks(self) -> list[int]:
        return [line.request.pk for line in self.lines]


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
    may_prepare: bool = False
    may_propose: bool = False
    may_advise: bool = False
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
        may_prepare=prepares,
        may_propose=prepares and meeting.state == "scheduled",
        may_advise=is_open and bool(may_advise(user)),
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
    pages = (
        ("Agenda", "agenda", has_agenda and may_read_agenda(user, meeting)),
        ("Write the minutes", "minutes-edit", writes),
        ("Sign the minutes", "minutes-sign", signs),
        ("Minutes", "minutes", read),
        ("Change the date", "meeting-date", dated),
        ("Cancel the meeting", "meeting-cancel", cancels),
    )
    return tuple(
        (label, reverse(f"meetings:{name}", args=[meeting.pk]))
        for label, name, shown in pages
        if shown
    )


def _lede(meeting: Meeting, cards: Sequence[Card], reviews: int) -> str:
    requests = sum(len(card.lines) for card in cards)
    parts = [
        f"{_many(requests, 'request')} in {_many(len(cards), 'group')}" if requests else "No requests",
        _many(reviews, "impact review"),
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


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


# -- cards ---------------------------------------------------------------------------------------


def cards_of(group: GroupMeeting, user: Actor) -> tuple[Card, ...]:
    """The groups on the agenda in its order, then what still waits and is on no item of it."""
    meeting = group.meeting
    items = _requests_by_item(meeting)
    there = {pk for pks in items for pk in pks}
    is_open = meeting.state in (*OPEN_FOR_ADVICE, "planned", "postponed")
    others = Q(advice__meeting=meeting)
    if is_open:
        others |= Q(pk__in=waiting_requests().values("pk"))
    rows = CpdRequest.objects.filter(
        Q(pk__in=there) | Q(pk__in=CpdRequest.objects.filter(others).values("pk"))
    )
    visible = rows.filter(pk__in=CpdRequest.objects.visible_to(user).values("pk"))
    found = {r.pk: r for r in with_figures(visible)}
    groups = [[found[pk] for pk in pks if pk in found] for pks in items]
    late = grouped(r for pk, r in found.items() if pk not in there)
    issued = meeting.state not in ("planned", "scheduled", "agenda_draft", "postponed")
    cards = [_card(rows_, meeting, user, is_late=False) for rows_ in groups if rows_]
    return (*cards, *(_card(rows_, meeting, user, is_late=issued) for rows_ in late))


def _requests_by_item(meeting: Meeting) -> list[list[int]]:
    rows = TrainingItem.objects.filter(item__meeting=meeting, request__isnull=False)
    found: dict[int, list[int]] = {}
    for item, request in rows.order_by("item__order", "pk").values_list("item_id", "request_id"):
        if request is not None:
            found.setdefault(item, []).append(request)
    return list(found.values())


def _card(rows: list[CpdRequest], meeting: Meeting, user: Actor, *, is_late: bool) -> Card:
    lines = tuple(_line(r, meeting) for r in rows)
    places = _places(rows)
    asked = {r.school_id for r in rows}
    own = [r for r in rows if not may_score(user, r)]
    is_open = meeting.state in OPEN_FOR_ADVICE and any(r.state in ADVISABLE for r in rows)
    key = ",".join(str(r.pk) for r in rows)
    url, words = _purchase_link(rows, places, user)
    return Card(
        key=key,
        title=rows[0].title,
        tag=_tag(len(asked), len({p.school_id for p in places} - asked)),
        is_group=len(asked) > 1,
        lines=lines,
        figures=figures_of(rows, places),
        who=schools_words(rows),
        needs=_needs(rows),
        facts=_facts(rows),
        scores=_scores(rows, meeting, user),
        seen=",".join(
            f"{x.request.pk}:{x.request.version}:{x.advice.version if x.advice else 0}" for x in lines
        ),
        is_late_arrival=is_late,
        is_open=is_open,
        may_score=is_open and len(own) < len(rows),
        own_school=", ".join(str(r.school) for r in own if user.posts.holds(*OF_SCHOOL, school=r.school_id)),
        purchase_url=url,
        purchase_words=words,
    )  # fmt: skip


def _line(request: CpdRequest, meeting: Meeting) -> Line:
    advice = next((a for a in request.advice.all() if a.meeting_id == meeting.pk), None)
    return Line(
        request=request,
        advice=advice,
        changed=advice is not None and request.version > advice.request_version,
        status="" if request.state == "raised" else request.get_state_display(),
        url=reverse("cpd:request", args=[request.pk]),
    )


def _places(rows: Iterable[CpdRequest]) -> list[PurchaseSchool]:
    """The places of the open shared purchase that the requests are in, other schools' too."""
    own: list[PurchaseSchool] = [p for r in rows for p in getattr(r, "open_places", ())]
    return list(own[0].purchase.schools.all()) if own else []


def _tag(asked: int, could: int) -> str:
    if asked == 1 and not could:
        return "1 school"
    words = f"{_many(asked, 'school')} asked"
    return f"{words}, {could} could join" if could else words


def figures_of(rows: Sequence[CpdRequest], places: Sequence[PurchaseSchool]) -> tuple[Figure, ...]:
    """Staff and cost; with an open shared purchase what buying once costs and saves, else what all cost."""
    staff = sum(r.staff for r in rows)
    total = sum((r.total for r in rows), Decimal(0))
    head = Figure("Staff", str(staff))
    quote = places[0].purchase.quote if places else None
    if quote is None:
        each = (Figure("Cost a head", money(round(total / staff, 2))),) if staff else ()
        return (head, Figure("If bought apart" if len(rows) > 1 else "Total", money(total)), *each)
    apart = sum((r.fee + r.materials for r in rows), Decimal(0))
    asked = {r.school_id for r in rows}
    others = [str(p.school) for p in places if p.school_id not in asked and p.answer != "declined"]
    saved = apart - quote
    return (
        head,
        Figure("If bought apart", money(apart)),
        Figure("If bought together", money(quote), f"with {' and '.join(others)}" if others else ""),
        Figure("Saves at least", money(saved)) if saved > 0 else Figure("Costs more by", money(-saved)),
    )  # fmt: skip


def _needs(rows: Sequence[CpdRequest]) -> tuple[str, ...]:
    several = len({r.need.strip() for r in rows}) > 1
    needs = {
        r.need.strip(): f"{r.school}: {r.need.strip()}" if several else r.need.strip() for r in rows
    }
    return tuple(words for need, words in needs.items() if need)  # fmt: skip


def _facts(rows: Sequence[CpdRequest]) -> tuple[str, ...]:
    """Provider, dates, hours, who pays; and what was booked before the Group met."""
    providers = dict.fromkeys(r.provider_words for r in rows if r.provider_words)
    starts = sorted({r.starts_on for r in rows if r.starts_on})
    paid = dict.fromkeys(r.get_funding_display().lower() for r in rows)
    facts = [f"Provider: {', '.join(providers)}"] if providers else []
    if starts:
        facts.append(f"Starts {day(starts[0])}")
    facts.append(f"Paid from: {', '.join(paid)}")
    booked = [str(r.school) for r in rows if r.booked_first]
    if booked:
        facts.append(f"Booked before the group met: {', '.join(booked)}")
    return tuple(facts)


def _scores(rows: Sequence[CpdRequest], meeting: Meeting, user: Actor) -> Scores:
    scores = [s for r in rows for s in r.scores.all() if s.meeting_id == meeting.pk]
    impact, value = medians(scores)
    return Scores(
        impact=score_words(impact),
        value=score_words(value),
        count=len({s.person_id for s in scores if not s.conflict}),
        conflicts=tuple(dict.fromkeys(str(s.person) for s in scores if s.conflict)),
        mine=next((s for s in scores if s.person_id == user.person_id), None),
    )


def score_words(number: float | None) -> str:
    """3, or 2.5; nothing where nobody scored."""
    return "" if number is None else f"{number:g}"


def _purchase_link(
    rows: Sequence[CpdRequest], places: Sequence[PurchaseSchool], user: Actor
) -> tuple[str, str]:
    """To the open shared purchase; else, for like requests of several schools, to opening one."""
    if places:
        return reverse("cpd:purchase", args=[places[0].purchase_id]), "See the shared purchase"
    first = {r.school_id: r for r in reversed(rows) if r.state in ("raised", "going_ahead")}
    if len(first) < 2 or not may_open_purchase(user):
        return "", ""
    keys = ",".join(str(pk) for pk in sorted(r.pk for r in first.values()))
    return f"{reverse('cpd:purchase-new')}?requests={keys}", "Open a shared purchase"


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
    reason = (
        request.withdrawn_reason if request.state == "withdrawn" else request.decision_reason
    ).strip()
    if reason:
        words = f"{words.rstrip('.')}. “{reason}”"
    return Since(
        title=f"{request.title}, {request.school}",
        words=words,
        status="Advised" if request.state == "raised" else request.get_state_display(),
        tag=TAGS.get(request.state, "plain"),
        url=reverse("cpd:request", args=[request.pk]),
    )


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
    seen = ", ".join(filter(None, (card.seen_by, day(card.seen_on))))
    words = f"{card.school}: {card.title}"
    words = f"{words}. Seen: {seen}" if seen else words
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
