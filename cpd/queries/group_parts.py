"""What the Strategy Group adds to the engine's pages and documents, and to a request's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from cpd.models import Advice, CpdRequest, GroupMeeting, MemberScore, TrainingItem
from cpd.queries.group import medians, next_group_meeting
from cpd.queries.group_cards import score_words
from cpd.queries.group_page import title_of
from cpd.queries.panels import Panel
from meetings.models import Meeting
from meetings.queries.parts import Part, Parts
from trust.calendar import today
from trust.people.models import User


@dataclass(frozen=True)
class Told:
    """What was said of one request under an item."""

    who: str
    advice: str
    note: str
    scores: str
    conflicts: str


def _told(meeting: Meeting) -> dict[int, list[Told]]:
    """By item what was said of its requests; under 0 what was said of a request on no item."""
    advice = {
        a.request_id: a
        for a in Advice.objects.filter(meeting=meeting).select_related("request__school")
    }
    scores: dict[int, list[MemberScore]] = {}
    for score in MemberScore.objects.filter(meeting=meeting).select_related("person"):
        scores.setdefault(score.request_id, []).append(score)
    found: dict[int, list[Told]] = {}
    rows = TrainingItem.objects.filter(item__meeting=meeting, request__isnull=False)
    for row in rows.select_related("request__school").order_by("item__order", "pk"):
        request = row.request
        if request is not None:
            found.setdefault(row.item_id, []).append(
                _said(request, advice.pop(request.pk, None), scores.get(request.pk, ()))
            )
    rest = [_said(a.request, a, scores.get(pk, ())) for pk, a in sorted(advice.items())]
    return {**found, **({0: rest} if rest else {})}


def _said(request: CpdRequest, advice: Advice | None, scores: Iterable[MemberScore]) -> Told:
    rows = list(scores)
    impact, value = medians(rows)
    counted = len([s for s in rows if not s.conflict])
    words = (
        f"Likely impact {score_words(impact)} of 4, value for money {score_words(value)} of 4 "
        f"({counted} scored)"
        if counted
        else ""
    )
    return Told(
        who=f"{request.school}: {request.title}",
        advice=advice.get_advice_display() if advice else "",
        note=advice.note if advice else "",
        scores=words,
        conflicts=", ".join(str(s.person) for s in rows if s.conflict),
    )


def parts_of_group(meeting: Meeting) -> Parts | None:
    """The advice and the scores under each item, and the way back to the Group's page."""
    group = GroupMeeting.objects.filter(meeting=meeting).first()
    if group is None:
        return None
    told = _told(meeting)
    template = "cpd/group_part.html"
    url = reverse("cpd:group-meeting", args=[group.pk])
    rest = told.pop(0, [])
    return Parts(
        by_item={item: Part(template, rows) for item, rows in told.items()},
        closing=(Part("cpd/group_part_more.html", rest),) if rest else (),
        crumbs=((title_of(meeting), url),),
        links=(("Requests and advice", url),),
    )


def document_parts_of_group(meeting: Meeting) -> dict[int, list[dict[str, object]]]:
    """The same for the PDFs of the agenda and the minutes, by item."""
    told = _told(meeting)
    told.pop(0, None)
    return {
        item: [
            {"title": row.who, "rows": rows} for row in said if (rows := _rows(row))
        ]
        for item, said in told.items()
    }  # fmt: skip


def _rows(row: Told) -> list[tuple[str, str]]:
    advice = f"{row.advice}. {row.note}" if row.note else row.advice
    pairs = (("Advice", advice), ("Scores", row.scores), ("Declared a conflict", row.conflicts))
    return [(label, words) for label, words in pairs if words]


# -- on a request's page -------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupPanel:
    """The meeting that has a request before it; no address for who may not open it."""

    meeting: str
    url: str


def group_panel(request: CpdRequest, user: User) -> Panel | None:
    """Which meeting speaks of the request, or spoke of it last."""
    if request.listing or request.raised_at is None or request.state == "draft":
        return None
    group = _group_of(request)
    if group is None:
        return None
    readable = GroupMeeting.objects.visible_to(user).filter(pk=group.pk).exists()
    url = reverse("cpd:group-meeting", args=[group.pk]) if readable else ""
    return Panel("cpd/group_panel.html", GroupPanel(title_of(group.meeting), url))


def _group_of(request: CpdRequest) -> GroupMeeting | None:
    """The last meeting that has it on its agenda or advised on it; else the next one, while it waits."""
    spoke = Q(meeting__items__training__request=request) | Q(meeting__cpd_advice__request=request)
    there = GroupMeeting.objects.filter(spoke).exclude(meeting__state="cancelled")
    found = there.select_related("meeting").order_by("-meeting__starts_at").first()
    waits = request.state in ("raised", "going_ahead")
    return found or (next_group_meeting(today()) if waits else None)
