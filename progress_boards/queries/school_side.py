"""What the school sees of a board that is with it: who may answer, and each leader's own item."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from evidence.models import SchoolDocument, VisitRecord
from meetings.actions.answering import people_of_school
from meetings.models import Action, AgendaItem, Minute, Paper
from meetings.rules import step
from progress_boards.models import ItemJudgement, ProgressBoard
from progress_boards.queries.agenda import last_board
from progress_boards.queries.board_items import agenda_items, respondent
from progress_boards.queries.offers import day_words
from trust.access import Actor
from trust.templatetags.eyeline import clock


@dataclass(frozen=True)
class Choice:
    """One of the school's people, by the posts held there."""

    pk: int
    label: str


@dataclass(frozen=True)
class ChoiceRow:
    """One item and who may be chosen for it; no choice for what the Chair takes."""

    item: AgendaItem
    n: int
    is_asked: bool
    answered_by: str
    chosen: int | None
    second: int | None
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class SchoolPage:
    """The page on which the school says who answers."""

    rows: tuple[ChoiceRow, ...]
    people: tuple[Choice, ...]
    chosen: int
    asked: int
    meter: str
    with_papers: bool
    is_small: bool

    @property
    def words(self) -> str:
        """2 of 4 chosen."""
        return f"{self.chosen} of {self.asked} chosen"


def choices(board: ProgressBoard, user: Actor) -> tuple[Choice, ...]:
    """Everybody with a post at the school today, once each; no account is needed to be chosen."""
    posts: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for post in people_of_school(board.meeting):
        if post.person is None:
            continue
        names[post.person.pk] = post.person.name
        labels = posts.setdefault(post.person.pk, [])
        if post.label not in labels:
            labels.append(post.label)
    mine = user.person_id
    return tuple(
        Choice(pk, f"{', '.join(labels)}, {names[pk]}{' (you)' if pk == mine else ''}")
        for pk, labels in sorted(posts.items(), key=lambda p: (p[0] != mine, names[p[0]]))
    )


def school_page(board: ProgressBoard, user: Actor) -> SchoolPage:
    """Read the items with their choices and papers."""
    items = agenda_items(board.meeting)
    rows = tuple(
        ChoiceRow(
            item=item,
            n=n,
            is_asked=item.is_for_school,
            answered_by=respondent(item),
            chosen=item.answered_by_id,
            second=item.second_id,
            papers=tuple(item.papers.all()),
        )
        for n, item in enumerate(items, 1)
    )
    asked = [row for row in rows if row.is_asked]
    chosen = sum(1 for row in asked if row.chosen)
    people = choices(board, user)
    return SchoolPage(
        rows=rows,
        people=people,
        chosen=chosen,
        asked=len(asked),
        meter=f"{100 * chosen / (len(asked) or 1):.1f}",
        with_papers=bool(step(board.meeting, "papers")),
        is_small=len(people) == 1,
    )


@dataclass(frozen=True)
class LastTime:
    """What the last board's minutes say on the same matter."""

    day: dt.date
    board_pk: int
    text: str
    judgement: ItemJudgement | None
    actions: tuple[Action, ...]


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
    evidence: tuple[tuple[str, str, str], ...]
    papers: tuple[Paper, ...]
    with_papers: bool
    chosen_by_head: bool


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
        last_time=_last_time(board, item),
        evidence=_evidence(item, user),
        papers=tuple(item.papers.select_related("document")),
        with_papers=bool(step(meeting, "papers")),
        chosen_by_head=item.assigned_by_id not in (None, user.pk),
    )


def _questions(text: str) -> tuple[str, ...]:
    """A line of enquiry as its one to three questions."""
    parts = [part.strip() for part in text.replace("\n", " ").split("?")]
    asked = [f"{part}?" for part in parts[:-1] if part]
    return tuple(asked + ([parts[-1]] if parts[-1] else []))


def _last_time(board: ProgressBoard, item: AgendaItem) -> LastTime | None:
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
    board_pk = ProgressBoard.objects.filter(meeting=former.meeting_id).values_list("pk", flat=True)
    return LastTime(
        former.meeting.day, board_pk[0], minute.discussion if minute else "", judgement,
        tuple(actions),
    )  # fmt: skip


def _evidence(item: AgendaItem, user: Actor) -> tuple[tuple[str, str, str], ...]:
    """Label, small line and reason of each source whose record this person may open."""
    sources = list(item.sources.select_related("finding", "document", "former_item", "action"))
    visits = _seen(
        VisitRecord.objects.visible_to(user), [s.finding.visit_id for s in sources if s.finding]
    )
    documents = _seen(
        SchoolDocument.objects.visible_to(user), [s.document_id for s in sources if s.document_id]
    )
    return tuple(
        (source.label, day_words(source.seen_on) if source.seen_on else "", source.reason)
        for source in sources
        if (source.finding is None or source.finding.visit_id in visits)
        and (source.document_id is None or source.document_id in documents)
    )


def _seen(
    rows: QuerySet[VisitRecord] | QuerySet[SchoolDocument], pks: list[int | None]
) -> set[int]:
    return set(rows.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", flat=True))
