"""One item of a board for the leader who answers it: the question, the minutes, last time, the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from evidence.models import SchoolDocument, VisitRecord
from improvement.models import ItemPriority, Priority
from meetings.models import Action, AgendaItem, Minute, Paper
from meetings.rules import step
from meetings.states import DATED
from progress_boards.models import ItemJudgement, ProgressBoard
from progress_boards.queries.agenda import last_board
from progress_boards.queries.offers import day_words
from trust.access import Actor
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class LastTime:
    """What the last board's minutes say on the same matter."""

    day: dt.date
    board_pk: int
    text: str
    judgement: ItemJudgement | None
    actions: tuple[tuple[Action, str], ...]
    """Each with its page, where this person may open it."""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence that this person may read: its name, a line, why, and its page when it has one."""

    label: str
    small: str
    why: str
    url: str = ""


@dataclass(frozen=True)
class LeaderPage:
    """One item for the leader who answers it."""

    item: AgendaItem
    n: int
    of: int
    from_about: str
    ends: str
    starts: str
    bar_x: str
    bar_width: str
    questions: tuple[str, ...]
    last_time: LastTime | None
    evidence: tuple[Evidence, ...]
    papers: tuple[Paper, ...]
    with_papers: bool
    chosen_by_head: bool
    stands_with: str
    """Who else stands on the item, for whoever reads."""
    my_seat: int | None


def leader_page(board: ProgressBoard, item: AgendaItem, user: Actor) -> LeaderPage:
    """Read one item: its question and minutes, last time, the evidence this person may open, papers."""
    meeting = board.meeting
    items = list(meeting.items.order_by("order"))
    before = sum(other.minutes for other in items if other.order < item.order)
    start = meeting.starts_at
    length = meeting.minutes_length
    at = start + dt.timedelta(minutes=before) if start else None
    return LeaderPage(
        item=item,
        n=next(n for n, other in enumerate(items, 1) if other.pk == item.pk),
        of=len(items),
        from_about=clock(at),
        starts=clock(start),
        ends=clock(start + dt.timedelta(minutes=length)) if start else "",
        bar_x=f"{before * 280 / length:.1f}",
        bar_width=f"{item.minutes * 280 / length:.1f}",
        questions=_questions(item.question),
        last_time=_last_time(board, item, user),
        evidence=_evidence(item, user),
        papers=tuple(item.papers.select_related("document")),
        with_papers=bool(step(meeting, "papers")),
        chosen_by_head=item.assigned_by_id not in (None, user.pk),
        stands_with=_stands_with(item, user),
        my_seat=next((s.pk for s in meeting.seats.all() if s.person_id == user.person_id), None)
        if user.person_id and meeting.state in DATED
        else None,
    )


def _stands_with(item: AgendaItem, user: Actor) -> str:
    """The other of the two: whom a second helps, or who helps the one that answers."""
    both = [person for person in (item.answered_by, item.second) if person is not None]
    return ", ".join(person.name for person in both if person.pk != user.person_id)


def _questions(text: str) -> tuple[str, ...]:
    """A line of enquiry as its one to three questions."""
    parts = [part.strip() for part in text.replace("\n", " ").split("?")]
    asked = [f"{part}?" for part in parts[:-1] if part]
    return tuple(asked + ([parts[-1]] if parts[-1] else []))


def _last_time(board: ProgressBoard, item: AgendaItem, user: Actor) -> LastTime | None:
    """The final minute of the item it was carried from, or of the same indicator at the last board."""
    former = item.carried_from
    if former is None and item.indicator_id:
        last = last_board(board)
        if last is not None:
            former = last.meeting.items.filter(indicator=item.indicator_id).first()
    if former is None or former.meeting.state != "final" or former.meeting.day is None:
        return None
    minute = Minute.objects.filter(item=former).first()
    judgement = ItemJudgement.objects.filter(item=former).select_related("band").first()
    actions = Action.objects.filter(item=former).exclude(state="draft").select_related("owner")
    opens = set(Action.objects.visible_to(user).filter(item=former).values_list("pk", flat=True))
    board_pk = ProgressBoard.objects.filter(meeting=former.meeting_id).values_list("pk", flat=True)
    return LastTime(
        former.meeting.day, board_pk[0], minute.discussion if minute else "", judgement,
        tuple((a, reverse("meetings:action", args=[a.pk]) if a.pk in opens else "") for a in actions),
    )  # fmt: skip


def _evidence(item: AgendaItem, user: Actor) -> tuple[Evidence, ...]:
    """Each source whose record this person may open, then the priority the item is about."""
    sources = list(item.sources.select_related("finding", "passage", "action"))
    visits = _seen(
        VisitRecord.objects.visible_to(user), [s.finding.visit_id for s in sources if s.finding]
    )
    documents = _seen(SchoolDocument.objects.visible_to(user), [s.document_id for s in sources])
    actions = _seen(Action.objects.visible_to(user), [s.action_id for s in sources])
    found = []
    for source in sources:
        url = ""
        if source.finding:
            url = reverse("evidence:visit-page", args=[source.finding.visit_id])
            if source.finding.visit_id not in visits:
                continue
        elif source.document_id:
            url = reverse("evidence:document-page", args=[source.document_id])
            if source.document_id not in documents:
                continue
        elif source.action_id in actions:
            url = reverse("meetings:action", args=[source.action_id])
        seen_on = day_words(source.seen_on) if source.seen_on else ""
        found.append(Evidence(source.label, seen_on, source.reason, url))
    return (*found, *_priority(item, user))


def _priority(item: AgendaItem, user: Actor) -> tuple[Evidence, ...]:
    link: ItemPriority | None = getattr(item, "about_priority", None)
    if link is None:
        return ()
    seen = Priority.objects.visible_to(user).filter(pk=link.priority_id).first()
    if seen is None:
        return ()
    url = reverse("improvement:priority", args=[seen.pk])
    return (Evidence(f"Priority {seen.number}: {seen.title}", seen.get_state_display(), "", url),)


def _seen(rows: QuerySet[Any], pks: Iterable[int | None]) -> set[int]:
    return set(rows.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", flat=True))
