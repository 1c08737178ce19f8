"""What a reader sees of each thing on the thread: its words and reference, its page, and where its thread goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q
from django.urls import reverse

from evidence.models import Finding, SchoolDocument, VisitRecord
from evidence.queries.words import finding_ref
from meetings.models import Action, AgendaItem, Meeting
from meetings.queries.refs import item_ref, meeting_ref
from meetings.rules import may_read_agenda, may_read_minutes
from progress_boards.models import ProgressBoard
from progress_boards.queries.offers import short
from ratings.models import RatingAssessment
from trust.access import Actor
from trust.templatetags.eyeline import day

WORDS = 120
"""Signs of a text that stands for the whole of it."""


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


def thread_url(kind: str, pk: int) -> str:
    return reverse("progress_boards:thread", args=[kind, pk])


def knots(rows: Iterable[tuple[Knot, object]], label: str = "") -> list[Knot]:
    """The knots alone, each once; `label` says what they are to the one whose thread it is."""
    found = dict.fromkeys(knot for knot, _ in rows)
    return [replace(knot, label=label) if label else knot for knot in found]


def ratings(which: Q, user: Actor) -> list[tuple[Knot, RatingAssessment]]:
    rows = RatingAssessment.objects.visible_to(user).filter(which).exclude(overall=None)
    return [
        (
            Knot(
                "rating",
                "Rating",
                f"{row.school}: {row.overall}",
                f"{row.get_state_display()}, {day(row.effective_on)}",
                url=reverse("ratings:rating-detail", args=[row.pk]),
                thread_url=thread_url("rating", row.pk),
            ),
            row,
        )
        for row in rows.select_related("school", "overall").order_by("effective_on", "pk")
    ]


def findings(which: Q, user: Actor) -> list[tuple[Knot, Finding]]:
    rows = Finding.objects.filter(which, visit__in=VisitRecord.objects.visible_to(user))
    return [
        (
            Knot(
                "finding",
                "Finding",
                short(row.text, WORDS),
                f"{row.visit.kind}, {row.visit.school}, {day(row.visit.visited_on)}",
                finding_ref(row),
                f"{_visit_page(row.visit)}#finding-{row.pk}",
                thread_url("finding", row.pk),
            ),
            row,
        )
        for row in rows.select_related("visit__kind", "visit__school").order_by("pk")
    ]


def visits(which: Q, user: Actor) -> list[Knot]:
    """Records of visit, whose thread is that of their findings."""
    rows = VisitRecord.objects.visible_to(user).filter(which).select_related("kind", "school")
    return [visit_knot(row) for row in rows.order_by("visited_on", "pk")]


def visit_knot(visit: VisitRecord) -> Knot:
    words = f"{visit.kind}, {visit.school}"
    return Knot("visit", "Record of visit", words, day(visit.visited_on), url=_visit_page(visit))


def _visit_page(visit: VisitRecord) -> str:
    return reverse("evidence:visit-page", args=[visit.pk])


def documents(which: Q, user: Actor) -> list[tuple[Knot, SchoolDocument]]:
    rows = SchoolDocument.objects.visible_to(user).filter(which).select_related("school", "kind")
    return [
        (
            Knot(
                "document",
                "School document",
                row.title,
                f"{row.kind}, {row.school}",
                url=reverse("evidence:document-page", args=[row.pk]),
                thread_url=thread_url("document", row.pk),
            ),
            row,
        )
        for row in rows.order_by("pk")
    ]


def items(which: Q, user: Actor) -> list[tuple[Knot, AgendaItem]]:
    """Items of boards whose agenda or minutes this reader may read now, in three queries."""
    asked = AgendaItem.objects.filter(which, meeting__progress_board__isnull=False)
    rows = list(asked.filter(meeting__in=Meeting.objects.visible_to(user)).distinct())
    meetings = {
        meeting.pk: meeting
        for meeting in Meeting.objects.filter(pk__in={row.meeting_id for row in rows})
        .select_related("kind", "school", "progress_board").prefetch_related("seats")
        if may_read_agenda(user, meeting) or may_read_minutes(user, meeting)
    }  # fmt: skip
    read = [row for row in rows if row.meeting_id in meetings]
    for row in read:
        row.meeting = meetings[row.meeting_id]
    read.sort(key=lambda row: (row.meeting.starts_at is None, row.meeting.starts_at, row.order))
    return [(_item(row), row) for row in read]


def _item(row: AgendaItem) -> Knot:
    meeting = row.meeting
    is_final = meeting.state == "final"
    to = "board-minutes" if is_final else "board-detail"
    return Knot(
        "item",
        "Item and its minute" if is_final else "Agenda item",
        row.title,
        board_words(meeting),
        item_ref(row),
        f"{reverse(f'progress_boards:{to}', args=[meeting.progress_board.pk])}#item-{row.pk}",
        thread_url("item", row.pk),
    )


def board_words(meeting: Meeting) -> str:
    return f"Progress Board, {meeting.school}, {day(meeting.starts_at) or 'not dated yet'}"


def actions(which: Q, user: Actor) -> list[tuple[Knot, Action]]:
    rows = Action.objects.visible_to(user).filter(which).exclude(state="draft")
    return [
        (
            Knot(
                "action",
                "Action",
                short(row.text, WORDS),
                f"{row.get_state_display()}, by {day(row.due_on)}",
                row.ref,
                reverse("meetings:action", args=[row.pk]),
                thread_url("action", row.pk),
            ),
            row,
        )
        for row in rows.order_by("pk")
    ]


def boards(which: Q, user: Actor) -> list[tuple[Knot, ProgressBoard]]:
    rows = ProgressBoard.objects.visible_to(user).filter(which)
    return [
        (
            Knot(
                "board",
                "Progress Board",
                board_words(row.meeting),
                row.meeting.state_label,
                meeting_ref(row.meeting),
                reverse("progress_boards:board-detail", args=[row.pk]),
                thread_url("board", row.pk),
            ),
            row,
        )
        for row in rows.select_related("meeting__kind", "meeting__school")
        .order_by("meeting__starts_at", "pk")
    ]  # fmt: skip
