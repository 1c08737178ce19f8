"""The cards of a Strategy Group meeting: like requests together, with all that the Group needs to advise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from cpd.models import Advice, CpdRequest, GroupMeeting, MemberScore, PurchaseSchool, TrainingItem
from cpd.queries.group import (
    ADVISABLE,
    OPEN_FOR_ADVICE,
    grouped,
    medians,
    schools_words,
    waiting_requests,
    with_figures,
)
from cpd.queries.purchases import apart_of
from cpd.rules import OF_SCHOOL, may_open_purchase, may_score
from meetings.models import Meeting
from trust.access import Actor
from trust.templatetags.eyeline import day, money, pounds


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

    @property
    def is_ahead(self) -> bool:
        return self.request.state in ("going_ahead", "evaluated")


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


def many(n: int, word: str) -> str:
    """1 request, 2 requests."""
    return f"{n} {word}{'' if n == 1 else 's'}"


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
    words = f"{many(asked, 'school')} asked"
    return f"{words}, {could} could join" if could else words


def figures_of(rows: Sequence[CpdRequest], places: Sequence[PurchaseSchool]) -> tuple[Figure, ...]:
    """Staff and cost; with an open shared purchase what buying once costs and saves, else what all cost."""
    staff = sum(r.staff for r in rows)
    total = sum((r.total for r in rows), Decimal(0))
    head = Figure("Staff", str(staff))
    quote = places[0].purchase.quote if places else None
    if quote is None:
        each = (Figure("Cost a head", pounds(total / staff)),) if staff else ()
        return (
            head,
            Figure("Total of the requests" if len(rows) > 1 else "Total", money(total)),
            *each,
        )
    apart = sum((apart_of(r) for r in rows), Decimal(0))
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
