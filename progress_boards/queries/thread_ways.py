"""Where each thing on the thread comes from, and what came of it, as its reader may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from evidence.models import Finding, SchoolDocument
from evidence.queries.words import finding_ref
from improvement.models import Priority
from meetings.models import Action, AgendaItem
from meetings.queries.refs import item_ref, meeting_ref
from progress_boards.citations import cited_in
from progress_boards.models import AnnualReport, ProgressBoard, Recommendation, ReportSection
from progress_boards.queries.references import named
from progress_boards.queries.thread_reports import FOLLOW_UP, Statement, citing, sections
from progress_boards.queries.thread_seen import (
    Knot,
    actions,
    boards,
    documents,
    findings,
    items,
    knots,
    ratings,
    visit_knot,
    visits,
)
from ratings.models import EvidenceLink, RatingAssessment
from ratings.queries.reading import previous_of
from trust.access import Actor

YEAR = dt.timedelta(days=365)
SHARED = Q(state__in=("shared", "superseded"))


def nothing(row: object, user: Actor) -> list[Knot]:
    return []


# -- ratings and evidence --------------------------------------------------------------------------


def rating_before(row: RatingAssessment, user: Actor) -> list[Knot]:
    """What stood beside its indicators as it was confirmed; of a rating that kept no links, what was seen until then."""
    links = EvidenceLink.objects.filter(rating__assessment=row.pk)
    kept = list(links.values_list("visit", "document", "rating__indicator"))
    return _rests_on(kept, user) if kept else _seen_before(row, user)


def _rests_on(kept: Sequence[tuple[int | None, int | None, int]], user: Actor) -> list[Knot]:
    """Its findings, the records of visit that found nothing on the indicator but were about it, and its documents."""
    about = Q(pk__in=[])
    for visit, _, indicator in kept:
        about |= Q(visit=visit, indicator=indicator)
    found = findings(about, user)
    told = {finding.visit_id for _, finding in found}
    return (
        knots(found)
        + visits(Q(pk__in={visit for visit, _, _ in kept if visit} - told), user)
        + knots(documents(Q(pk__in={paper for _, paper, _ in kept if paper}), user))
    )


def _seen_before(row: RatingAssessment, user: Actor) -> list[Knot]:
    """What was seen on its indicators since the rating before it, or in the year before."""
    before = previous_of(row)
    since = before.effective_on if before else row.effective_on - YEAR
    about = Q(indicator__in=row.indicators.values("indicator"))
    seen = Q(visit__school=row.school_id, visit__visited_on__gt=since) & ~Q(visit__state="draft")
    found = findings(about & seen & Q(visit__visited_on__lte=row.effective_on), user)
    judged = Q(school=row.school_id, added_at__date__gt=since, added_at__date__lte=row.effective_on)
    papers = documents(
        judged & Q(pk__in=SchoolDocument.objects.filter(
            judgements__indicator__in=row.indicators.values("indicator")).values("pk")), user
    )  # fmt: skip
    return knots(found) + knots(papers)


def rating_after(row: RatingAssessment, user: Actor) -> list[Knot]:
    return (
        knots(boards(Q(because_of=row.pk), user), "Board it planned")
        + knots(items(Q(rating_links__rating__assessment=row.pk), user))
        + knots(actions(Q(raised_by_rating__rating=row.pk), user))
    )


def finding_before(row: Finding, user: Actor) -> list[Knot]:
    return [visit_knot(row.visit)]


def finding_after(row: Finding, user: Actor) -> list[Knot]:
    visit = row.visit
    rated = Q(school=visit.school_id, effective_on__gte=visit.visited_on) & SHARED
    on = Q(indicators__indicator=row.indicator_id)
    rests = []
    if row.indicator_id:
        rests = ratings(SHARED & on & Q(indicators__evidence__visit=visit.pk), user)
        rests = rests or ratings(rated & on, user)[:1]
    return (
        knots(items(Q(sources__finding=row.pk), user))
        + knots(actions(Q(finding=row.pk), user))
        + knots(rests)
        + knots(citing(finding_ref(row), user))
    )


def document_after(row: SchoolDocument, user: Actor) -> list[Knot]:
    about = Q(sources__document=row.pk) | Q(sources__passage__document=row.pk)
    return knots(items(about, user))


# -- boards, items and actions ---------------------------------------------------------------------


def board_before(row: ProgressBoard, user: Actor) -> list[Knot]:
    return knots(ratings(Q(boards_added=row.pk), user), "Rating that planned it")


def board_after(row: ProgressBoard, user: Actor) -> list[Knot]:
    return (
        knots(items(Q(meeting=row.meeting_id), user))
        + knots(actions(Q(meeting=row.meeting_id, item=None), user))
        + knots(citing(meeting_ref(row.meeting), user))
    )


def item_before(row: AgendaItem, user: Actor) -> list[Knot]:
    sources = list(row.sources.select_related("passage"))
    papers = {s.document_id or (s.passage.document_id if s.passage else None) for s in sources}
    former = {s.former_item_id for s in sources} | {row.carried_from_id}
    priorities = Priority.objects.visible_to(user).filter(items__item=row.pk)
    return (
        knots(boards(Q(meeting=row.meeting_id), user), "Asked at")
        + knots(ratings(Q(pk__in=row.rating_links.values("rating__assessment")), user))
        + knots(findings(Q(pk__in=[s.finding_id for s in sources if s.finding_id]), user))
        + knots(documents(Q(pk__in=[pk for pk in papers if pk]), user))
        + knots(actions(Q(pk__in=[s.action_id for s in sources if s.action_id]), user))
        + knots(items(Q(pk__in=[pk for pk in former if pk]), user))
        + [
            Knot("priority", "Priority", str(each), each.get_state_display(),
                 url=reverse("improvement:priority", args=[each.pk]))
            for each in priorities
        ]
    )  # fmt: skip


def item_after(row: AgendaItem, user: Actor) -> list[Knot]:
    """Its actions and the items carried on; what the report says of it, else what it says of the school."""
    meeting = row.meeting
    carried = Q(carried_from=row.pk) | Q(sources__former_item=row.pk)
    return (
        knots(actions(Q(item=row.pk), user))
        + knots(items(carried, user))
        + (_reported(row, user) if meeting.state == "final" else [])
    )


def _reported(row: AgendaItem, user: Actor) -> list[Knot]:
    said = citing(item_ref(row), user)
    cited = {each.section.pk for _, each in said if isinstance(each, Statement)}
    meeting = row.meeting
    told = Q(school=meeting.school_id, report__academic_year=meeting.academic_year_id)
    return knots(said) + knots(sections(told & ~Q(pk__in=cited), user))


def action_before(row: Action, user: Actor) -> list[Knot]:
    from_item = knots(items(Q(pk=row.item_id), user)) if row.item_id else []
    from_board = (
        knots(boards(Q(meeting=row.meeting_id), user), "Agreed at")
        if row.meeting_id and not from_item
        else []
    )
    return (
        from_item
        + from_board
        + (knots(findings(Q(pk=row.finding_id), user)) if row.finding_id else [])
        + knots(ratings(Q(actions_raised__action=row.pk), user))
    )


def action_after(row: Action, user: Actor) -> list[Knot]:
    decided = [
        knot
        for mark in row.marks.all()
        for knot in knots(boards(Q(meeting=mark.meeting_id), user), f"{mark.get_mark_display()} at")
    ]
    return (
        knots(items(Q(sources__action=row.pk), user)) + decided + knots(citing(row.ref, user))
    )  # fmt: skip


# -- the annual report -----------------------------------------------------------------------------


def section_before(row: ReportSection, user: Actor) -> list[Knot]:
    """What the year's boards asked of the school and how it was rated; of a part on the trust, its boards."""
    if row.school_id is None:
        return _boards_of(row.report_id, user)
    year = row.report.academic_year
    of_year = Q(meeting__school=row.school_id, meeting__academic_year=year, meeting__state="final")
    rated = Q(school=row.school_id, effective_on__range=(year.starts_on, year.ends_on))
    return knots(items(of_year & Q(type="enquiry"), user)) + knots(ratings(rated & SHARED, user))


def _boards_of(report: int, user: Actor) -> list[Knot]:
    told = AnnualReport.objects.filter(pk=report).values_list("facts__boards", flat=True)
    return knots(boards(Q(pk__in=[board["id"] for board in told.first() or ()]), user))


def section_after(row: ReportSection, user: Actor) -> list[Knot]:
    """The same school, or the same part, in the report of the next year."""
    ended = row.report.academic_year.ends_on
    later = Q(key=row.key, school=row.school_id, report__academic_year__starts_on__gt=ended)
    return knots(sections(later, user))[:1]


def statement_before(row: Statement, user: Actor) -> list[Knot]:
    """What it cites; where it cites nothing that this reader may read, what its part rests on."""
    return list(named(cited_in(row.words), user).values()) or section_before(row.section, user)


def statement_after(row: Statement, user: Actor) -> list[Knot]:
    part = knots(sections(Q(pk=row.section.pk), user), "The part it stands in")
    return part + section_after(row.section, user)


def recommendation_before(row: Recommendation, user: Actor) -> list[Knot]:
    return list(named(cited_in(row.text), user).values()) or _boards_of(row.report_id, user)


def recommendation_after(row: Recommendation, user: Actor) -> list[Knot]:
    """Where it is cited, and the next year's report, which says what became of it."""
    ended = row.report.academic_year.ends_on
    followed = Q(key=FOLLOW_UP, report__academic_year__starts_on__gt=ended)
    return knots(citing(row.reference, user)) + knots(sections(followed, user))[:1]
