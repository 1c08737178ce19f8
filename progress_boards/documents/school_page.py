"""A school on one side of A4, as those read it who sit at its boards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.text import Truncator

from evidence.models import VisitRecord
from evidence.queries.words import visitor_words
from improvement.models import Priority
from improvement.queries.register import lead_words
from meetings.documents.pieces import paragraphs
from meetings.models import Action
from progress_boards.documents.pieces import band_words
from progress_boards.models import ItemJudgement, ProgressBoard, SchoolYear
from ratings.models import RatingAssessment
from ratings.queries.reading import band_as_at, direction, last_half_terms, previous_of
from schools.models import Post, School
from trust.access import Capacity
from trust.models import AcademicYear, TrustProfile
from trust.templatetags.eyeline import day as day_of

PEOPLE = (Capacity.HEAD, Capacity.LINK_TRUSTEE, Capacity.CHAIR)
HELD = ("held", "with_chair", "accuracy_check", "final")
TERMS = 6
MOST = {"indicators": 8, "actions": 5, "priorities": 5, "judgements": 5, "visits": 3, "boards": 6}
"""Lines of each part, so that the page is one side whatever the school's history."""
LONG, SHORT, TITLE = 300, 84, 58
"""Characters of a summary, of a line, and of a title in half a line."""


def school_page_snapshot(school: School, *, with_ratings: bool, on: dt.date) -> dict[str, Any]:
    """Everything the page says: what every reader of the school's boards may read, the shared rating apart."""
    year = AcademicYear.on(on)
    boards = _boards(school, year)
    return {
        "title": f"{school.name} on a page, {day_of(on)}",
        "trust": TrustProfile.current().name,
        "school": school.name,
        "as_at": day_of(on),
        "status": f"As at {day_of(on)} · confidential to the trust and the school",
        "is_draft": False,
        "line": _line(school),
        "people": _people(school, on),
        "rating": _rating(school, on) if with_ratings else None,
        "with_ratings": with_ratings,
        "year": year.name if year else "",
        "numbers": _numbers(school, year, boards),
        "boards": [_board(board) for board in boards[: MOST["boards"]]],
        "last": _last_board(school, on),
        "actions": _actions(school, on),
        "priorities": _priorities(school, year),
        "visits": _visits(school, on),
    }


def _short(text: str, most: int = SHORT) -> str:
    return str(Truncator(" ".join(text.split())).chars(most))


def _line(school: School) -> str:
    parts = (
        school.phase,
        f"{school.pupils:,} pupils" if school.pupils is not None else "",
        f"ages {school.ages}" if school.ages else "",
        f"{school.percentage_fsm}% free school meals" if school.percentage_fsm is not None else "",
        school.local_authority,
        f"URN {school.urn}",
    )
    return " · ".join(part for part in parts if part)


def _people(school: School, on: dt.date) -> list[dict[str, str]]:
    posts = Post.objects.current(on).at(school).filter(capacity__in=PEOPLE, delegate_of=None)
    order = sorted(
        posts.select_related("person"), key=lambda p: (PEOPLE.index(Capacity(p.capacity)), p.pk)
    )
    return [
        {
            "label": post.get_capacity_display(),
            "name": post.person.name if post.person else "Vacant",
            "since": f"since {post.starts_on:%B %Y}" if post.person else "",
        }
        for post in order[:6]
    ]


# -- the rating ----------------------------------------------------------------------------------


def _rating(school: School, on: dt.date) -> dict[str, Any] | None:
    """The rating that stands, with the way it came; no reason, which few may read."""
    stood = list(
        RatingAssessment.objects.shared().filter(school=school)
        .select_related("overall", "level").order_by("effective_on", "shared_at", "pk")
    )  # fmt: skip
    current = next((each for each in stood if each.state == "shared"), None)
    if current is None:
        return None
    before = previous_of(current)
    earlier = {r.indicator_id: r.band for r in before.indicators.all()} if before else {}
    given = [(each.effective_on, each.overall) for each in stood]
    rows = current.indicators.select_related("indicator", "band")[: MOST["indicators"]]
    return {
        "overall": band_words(current.overall),
        "level": current.level.name if current.level else "",
        "shared": day_of(current.shared_at),
        "summary": _short(current.summary, LONG),
        "indicators": [
            {
                "name": row.indicator.name,
                "band": band_words(row.band),
                "direction": direction(row.band, earlier.get(row.indicator_id)),
            }
            for row in rows
        ],
        "points": [
            {"label": words, "band": band_words(band_as_at(given, end))}
            for words, end in last_half_terms(on, TERMS)
        ],
    }


# -- boards and what they agreed -----------------------------------------------------------------


def _boards(school: School, year: AcademicYear | None) -> list[ProgressBoard]:
    rows = ProgressBoard.objects.filter(school=school, academic_year=year)
    return list(rows.select_related("meeting__kind", "half_term").order_by("half_term__starts_on"))


def _numbers(school: School, year: AcademicYear | None, boards: list[ProgressBoard]) -> str:
    row = SchoolYear.objects.filter(school=school, academic_year=year).first()
    held = sum(board.meeting.state in HELD for board in boards)
    return f"{row.agreed} agreed, {held} held" if row else f"{held} held"


def _board(board: ProgressBoard) -> dict[str, str]:
    return {
        "half_term": board.half_term.name,
        "day": day_of(board.meeting.starts_at) or "Not dated yet",
        "state": board.meeting.state_label,
    }


def _last_board(school: School, on: dt.date) -> dict[str, Any] | None:
    """The newest board with final minutes: the Chair's judgements and statement."""
    board = (
        ProgressBoard.objects.filter(
            school=school, meeting__state="final", meeting__starts_at__date__lte=on
        ).select_related("meeting").order_by("-meeting__starts_at").first()
    )  # fmt: skip
    if board is None:
        return None
    judged = ItemJudgement.objects.filter(item__meeting=board.meeting_id).select_related(
        "band", "item"
    )
    return {
        "day": day_of(board.meeting.starts_at),
        "statement": _short(" ".join(paragraphs(board.closing_statement)), LONG),
        "holds": board.get_evaluation_validated_display() if board.evaluation_validated else "",
        "judgements": [
            {
                "title": f"Item {row.item.order}: {_short(row.item.title, TITLE)}",
                "band": band_words(row.band),
                "words": " · ".join(filter(None, (
                    row.get_value_display() if row.band is None else "",
                    row.get_direction_display() if row.direction else "",
                ))),
            }
            for row in judged.order_by("item__order")[: MOST["judgements"]]
        ],
    }  # fmt: skip


def _actions(school: School, on: dt.date) -> dict[str, Any]:
    found = list(Action.objects.open().filter(school=school).order_by("due_on", "pk"))
    late = [action for action in found if action.state == "open" and action.due_on < on]
    shown = late + [action for action in found if action not in late]
    return {
        "open": len(found),
        "overdue": len(late),
        "rows": [
            {
                "ref": action.ref,
                "text": _short(action.text),
                "owner": _short(action.owner_role, 44),
                "due": day_of(action.due_on),
                "late": action in late,
            }
            for action in shown[: MOST["actions"]]
        ],
    }


def _priorities(school: School, year: AcademicYear | None) -> list[dict[str, str]]:
    rows = Priority.objects.filter(school=school, academic_year=year).select_related("lead")
    return [
        {
            "title": _short(str(row), TITLE),
            "lead": _short(lead_words(row), 40),
            "state": row.get_state_display(),
        }
        for row in rows.order_by("number")[: MOST["priorities"]]
    ]


def _visits(school: School, on: dt.date) -> dict[str, Any]:
    """Filed records of the last twelve months, which everybody at a board may read."""
    since = on - dt.timedelta(days=365)
    rows = list(
        VisitRecord.objects.filter(
            school=school, state="filed", is_restricted=False, visited_on__range=(since, on)
        )
        .select_related("kind", "visitor").order_by("-visited_on", "-pk")
    )  # fmt: skip
    external = sum(row.is_external for row in rows)
    return {
        "internal": len(rows) - external,
        "external": external,
        "rows": [
            {
                "title": row.kind.name,
                "day": day_of(row.visited_on),
                "by": _short(visitor_words(row), 44),
            }
            for row in rows[: MOST["visits"]]
        ],
    }
