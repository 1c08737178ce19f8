"""The thread: from a rating, finding, document, item, minute, action or part of the report both ways, within rights.

"the golden thread": rating → evidence → agenda item → minute → action → next board → annual report.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from evidence.models import Finding, SchoolDocument, VisitRecord
from evidence.queries import finding_ref
from improvement.models import Priority
from meetings.models import Action, AgendaItem, Meeting
from meetings.queries.refs import item_ref
from meetings.rules import may_read_agenda, may_read_minutes
from progress_boards.models import AnnualReport, ProgressBoard, ReportSection
from progress_boards.queries.offers import short
from ratings.models import RatingAssessment
from ratings.queries.reading import previous_of
from trust.access import Actor
from trust.templatetags.eyeline import day

MOST = 40
"""Links of one side; a thread of more is read on the pages it leads to."""
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Knot:
    """One thing on the thread: what it is, its words and reference, its own page and where its thread goes on."""

    kind: str
    label: str
    title: str
    small: str = ""
    ref: str = ""
    url: str = ""
    thread_url: str = ""


@dataclass(frozen=True)
class Thread:
    """A knot with where it comes from and what came of it, as its reader may read."""

    knot: Knot
    before: tuple[Knot, ...]
    after: tuple[Knot, ...]


def thread_of(kind: str, pk: int, user: Actor) -> Thread | None:
    """The thread through one thing; None when this reader may not read it."""
    found = _ITEMS.get(kind)
    if found is None:
        return None
    rows = found.seen(Q(pk=pk), user)
    if not rows:
        return None
    knot, row = rows[0]
    return Thread(knot, tuple(found.before(row, user)[:MOST]), tuple(found.after(row, user)[:MOST]))


def thread_of_reference(words: str, user: Actor) -> str:
    """Where the thread of a printed reference is, such as ALD-26-A2-03, ALD-26-A2/3 or V57-2; "" for none."""
    ref = words.strip().upper()
    action = Action.objects.visible_to(user).filter(ref__iexact=ref).first()
    if action is not None:
        return _thread("action", action.pk)
    if match := re.fullmatch(r"V(\d{1,9})-(\d{1,4})", ref):
        visit, order = (int(part) for part in match.groups())
        found = _findings(Q(visit=visit, order=order), user)
        return found[0][0].thread_url if found else ""
    if match := re.fullmatch(r"(.+)/(\d{1,3})", ref):
        order = int(match.group(2))
        for knot, _ in _items(Q(order=order, meeting__in=_of_code(match.group(1))), user):
            if knot.ref.upper() == ref:
                return knot.thread_url
    return ""


def _of_code(prefix: str) -> Iterable[int]:
    """Meetings whose code ends the prefix; the reference itself says which school's."""
    codes = [prefix[n + 1 :] for n, sign in enumerate(prefix) if sign == "-"] + [prefix]
    named = Q(code__in=codes)
    if without_code := re.search(r"M(\d{1,9})$", prefix):
        named |= Q(pk=int(without_code.group(1)), code="")
    return list(Meeting.objects.filter(named).values_list("pk", flat=True))


def _thread(kind: str, pk: int) -> str:
    return reverse("progress_boards:thread", args=[kind, pk])


# -- what a reader sees of each kind ---------------------------------------------------------------


def _ratings(which: Q, user: Actor) -> list[tuple[Knot, RatingAssessment]]:
    rows = RatingAssessment.objects.visible_to(user).filter(which).exclude(overall=None)
    return [
        (
            Knot(
                "rating",
                "Rating",
                f"{row.school}: {row.overall}",
                f"{row.get_state_display()}, {day(row.effective_on)}",
                url=reverse("ratings:rating-detail", args=[row.pk]),
                thread_url=_thread("rating", row.pk),
            ),
            row,
        )
        for row in rows.select_related("school", "overall").order_by("effective_on", "pk")
    ]


def _findings(which: Q, user: Actor) -> list[tuple[Knot, Finding]]:
    rows = Finding.objects.filter(which, visit__in=VisitRecord.objects.visible_to(user))
    return [
        (
            Knot(
                "finding",
                "Finding",
                short(row.text, 120),
                f"{row.visit.kind}, {row.visit.school}, {day(row.visit.visited_on)}",
                finding_ref(row),
                f"{reverse('evidence:visit-page', args=[row.visit_id])}#finding-{row.pk}",
                _thread("finding", row.pk),
            ),
            row,
        )
        for row in rows.select_related("visit__kind", "visit__school").order_by("pk")
    ]


def _documents(which: Q, user: Actor) -> list[tuple[Knot, SchoolDocument]]:
    rows = SchoolDocument.objects.visible_to(user).filter(which).select_related("school", "kind")
    return [
        (
            Knot(
                "document",
                "School document",
                row.title,
                f"{row.kind}, {row.school}",
                url=reverse("evidence:document-page", args=[row.pk]),
                thread_url=_thread("document", row.pk),
            ),
            row,
        )
        for row in rows.order_by("pk")
    ]


def _items(which: Q, user: Actor) -> list[tuple[Knot, AgendaItem]]:
    """Items of boards whose agenda or minutes this reader may read now."""
    rows = (
        AgendaItem.objects.filter(which, meeting__in=Meeting.objects.visible_to(user))
        .filter(meeting__progress_board__isnull=False)
        .select_related("meeting__kind", "meeting__school", "meeting__progress_board")
        .prefetch_related("meeting__seats").order_by("meeting__starts_at", "order")
    )  # fmt: skip
    return [(_item(row), row) for row in rows if _may_read(row, user)]


def _may_read(item: AgendaItem, user: Actor) -> bool:
    meeting = item.meeting
    return bool(may_read_agenda(user, meeting) or may_read_minutes(user, meeting))


def _item(row: AgendaItem) -> Knot:
    meeting = row.meeting
    is_final = meeting.state == "final"
    to = "board-minutes" if is_final else "board-detail"
    board = meeting.progress_board
    return Knot(
        "item",
        "Item and its minute" if is_final else "Agenda item",
        row.title,
        f"Progress Board, {meeting.school}, {day(meeting.starts_at) or 'not dated yet'}",
        item_ref(row),
        f"{reverse(f'progress_boards:{to}', args=[board.pk])}#item-{row.pk}",
        _thread("item", row.pk),
    )


def _actions(which: Q, user: Actor) -> list[tuple[Knot, Action]]:
    rows = Action.objects.visible_to(user).filter(which).exclude(state="draft")
    return [
        (
            Knot(
                "action",
                "Action",
                short(row.text, 120),
                f"{row.get_state_display()}, by {day(row.due_on)}",
                row.ref,
                reverse("meetings:action", args=[row.pk]),
                _thread("action", row.pk),
            ),
            row,
        )
        for row in rows.order_by("pk")
    ]


def _sections(which: Q, user: Actor) -> list[tuple[Knot, ReportSection]]:
    """Parts of reports about one school, for whoever reads the report or that part of it."""
    rows = list(
        ReportSection.objects.filter(which, school__isnull=False)
        .select_related("report__academic_year", "school").order_by("pk")
    )  # fmt: skip
    whole = _readable(AnnualReport.objects.visible_to(user), rows)
    found = []
    for row in rows:
        part = row.report_id in whole
        if not part and row.school_id:
            own = AnnualReport.objects.read_in_part(user, row.school_id)
            part = own.filter(pk=row.report_id).exists()
        if part:
            found.append((_section(row, in_whole=row.report_id in whole), row))
    return found


def _readable(reports: Iterable[AnnualReport], rows: list[ReportSection]) -> set[int]:
    asked = {row.report_id for row in rows}
    return {report.pk for report in reports if report.pk in asked}


def _section(row: ReportSection, *, in_whole: bool) -> Knot:
    url = (
        f"{reverse('progress_boards:report-detail', args=[row.report_id])}#school"
        if in_whole
        else reverse("progress_boards:report-school", args=[row.report_id, row.school_id])
    )
    return Knot(
        "section",
        "Annual report",
        f"{row.school} in the report of {row.report.academic_year}",
        row.report.get_state_display(),
        url=url,
        thread_url=_thread("section", row.pk),
    )


def _boards(which: Q, user: Actor, label: str) -> list[Knot]:
    rows = (
        ProgressBoard.objects.visible_to(user)
        .filter(which)
        .select_related("meeting__kind", "school")
    )
    return [
        Knot(
            "board",
            label,
            f"Progress Board, {row.school}, {day(row.meeting.starts_at) or 'not dated yet'}",
            row.meeting.state_label,
            url=reverse("progress_boards:board-detail", args=[row.pk]),
        )
        for row in rows.order_by("meeting__starts_at", "pk")
    ]  # fmt: skip


def _knots(rows: Iterable[tuple[Knot, object]]) -> list[Knot]:
    return [knot for knot, _ in rows]


# -- where each comes from, and what came of it ----------------------------------------------------


def _rating_before(row: RatingAssessment, user: Actor) -> list[Knot]:
    """What was seen on its indicators since the rating before it, or in the year before."""
    before = previous_of(row)
    since = before.effective_on if before else row.effective_on - YEAR
    about = Q(indicator__in=row.indicators.values("indicator"))
    seen = Q(visit__school=row.school_id, visit__visited_on__gt=since) & ~Q(visit__state="draft")
    found = _findings(about & seen & Q(visit__visited_on__lte=row.effective_on), user)
    judged = Q(school=row.school_id, added_at__date__gt=since, added_at__date__lte=row.effective_on)
    papers = _documents(
        judged & Q(pk__in=SchoolDocument.objects.filter(
            judgements__indicator__in=row.indicators.values("indicator")).values("pk")), user
    )  # fmt: skip
    return _knots(found) + _knots(papers)


def _rating_after(row: RatingAssessment, user: Actor) -> list[Knot]:
    items = _items(Q(rating_links__rating__assessment=row.pk), user)
    return (
        _boards(Q(because_of=row.pk), user, "Board it planned")
        + _once(_knots(items))
        + _knots(_actions(Q(raised_by_rating__rating=row.pk), user))
    )


def _once(knots: list[Knot]) -> list[Knot]:
    return list(dict.fromkeys(knots))


def _finding_before(row: Finding, user: Actor) -> list[Knot]:
    visit = row.visit
    return [
        Knot(
            "visit",
            "Record of visit",
            f"{visit.kind}, {visit.school}",
            day(visit.visited_on),
            url=reverse("evidence:visit-page", args=[visit.pk]),
        )
    ]


def _finding_after(row: Finding, user: Actor) -> list[Knot]:
    visit = row.visit
    rated = Q(school=visit.school_id, effective_on__gte=visit.visited_on)
    ratings = _ratings(
        rated & Q(state__in=("shared", "superseded"), indicators__indicator=row.indicator_id), user
    ) if row.indicator_id else []  # fmt: skip
    return (
        _once(_knots(_items(Q(sources__finding=row.pk), user)))
        + _knots(_actions(Q(finding=row.pk), user))
        + _knots(ratings[:1])
    )


def _document_after(row: SchoolDocument, user: Actor) -> list[Knot]:
    about = Q(sources__document=row.pk) | Q(sources__passage__document=row.pk)
    return _once(_knots(_items(about, user)))


def _nothing(row: object, user: Actor) -> list[Knot]:
    return []


def _item_before(row: AgendaItem, user: Actor) -> list[Knot]:
    sources = list(row.sources.select_related("passage"))
    documents = {s.document_id or (s.passage.document_id if s.passage else None) for s in sources}
    former = {s.former_item_id for s in sources} | {row.carried_from_id}
    priorities = Priority.objects.visible_to(user).filter(items__item=row.pk)
    return (
        _knots(_ratings(Q(pk__in=row.rating_links.values("rating__assessment")), user))
        + _knots(_findings(Q(pk__in=[s.finding_id for s in sources if s.finding_id]), user))
        + _knots(_documents(Q(pk__in=[pk for pk in documents if pk]), user))
        + _knots(_actions(Q(pk__in=[s.action_id for s in sources if s.action_id]), user))
        + _knots(_items(Q(pk__in=[pk for pk in former if pk]), user))
        + [
            Knot("priority", "Priority", str(each), each.get_state_display(),
                 url=reverse("improvement:priority", args=[each.pk]))
            for each in priorities
        ]
    )  # fmt: skip


def _item_after(row: AgendaItem, user: Actor) -> list[Knot]:
    meeting = row.meeting
    carried = Q(carried_from=row.pk) | Q(sources__former_item=row.pk)
    told = Q(school=meeting.school_id, report__academic_year=meeting.academic_year_id)
    return (
        _knots(_actions(Q(item=row.pk), user))
        + _once(_knots(_items(carried, user)))
        + (_knots(_sections(told, user)) if meeting.state == "final" else [])
    )


def _action_before(row: Action, user: Actor) -> list[Knot]:
    from_item = _knots(_items(Q(pk=row.item_id), user)) if row.item_id else []
    from_board = (
        _boards(Q(meeting=row.meeting_id), user, "Agreed at") if row.meeting_id and not from_item else []
    )  # fmt: skip
    return (
        from_item
        + from_board
        + (_knots(_findings(Q(pk=row.finding_id), user)) if row.finding_id else [])
        + _knots(_ratings(Q(actions_raised__action=row.pk), user))
    )


def _action_after(row: Action, user: Actor) -> list[Knot]:
    asked = _once(_knots(_items(Q(sources__action=row.pk), user)))
    decided = [
        knot
        for mark in row.marks.all()
        for knot in _boards(Q(meeting=mark.meeting_id), user, f"{mark.get_mark_display()} at")
    ]
    return asked + decided


def _section_before(row: ReportSection, user: Actor) -> list[Knot]:
    year = row.report.academic_year
    of_year = Q(meeting__school=row.school_id, meeting__academic_year=year, meeting__state="final")
    rated = Q(school=row.school_id, effective_on__range=(year.starts_on, year.ends_on))
    shared = Q(state__in=("shared", "superseded"))
    return _knots(_items(of_year & Q(type="enquiry"), user)) + _knots(
        _ratings(rated & shared, user)
    )


def _section_after(row: ReportSection, user: Actor) -> list[Knot]:
    """The same school in the report of the next year."""
    ended = row.report.academic_year.ends_on
    later = Q(school=row.school_id, report__academic_year__starts_on__gt=ended)
    return _knots(_sections(later, user))[:1]


@dataclass(frozen=True)
class _Sort:
    """One kind of knot: what a reader sees of it, and both ways from it."""

    seen: Callable[[Q, Actor], list[tuple[Knot, object]]]
    before: Callable[..., list[Knot]]
    after: Callable[..., list[Knot]]


_ITEMS: dict[str, _Sort] = {
    "rating": _Sort(_ratings, _rating_before, _rating_after),  # type: ignore[arg-type]
    "finding": _Sort(_findings, _finding_before, _finding_after),  # type: ignore[arg-type]
    "document": _Sort(_documents, _nothing, _document_after),  # type: ignore[arg-type]
    "item": _Sort(_items, _item_before, _item_after),  # type: ignore[arg-type]
    "action": _Sort(_actions, _action_before, _action_after),  # type: ignore[arg-type]
    "section": _Sort(_sections, _section_before, _section_after),  # type: ignore[arg-type]
}
KINDS = tuple(_ITEMS)
