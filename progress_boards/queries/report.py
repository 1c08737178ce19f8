"""The facts of one year, compiled for the Chair's report: each figure with the boards it comes from.

Everything returned is plain JSON, because it is frozen into the report as it stands.
"""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from meetings.models import Action
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.report_items import (
    indicators,
    judged_by_term,
    judgement_rows,
    leaders,
    movement,
)
from progress_boards.queries.report_method import method
from progress_boards.queries.report_more import follow_up, overrides, priorities, visits
from progress_boards.queries.report_rows import Test, counted, percent, plain
from progress_boards.queries.report_schools import (
    dates_of,
    ratings_at,
    school_facts,
    schools_of,
)
from progress_boards.queries.report_training import training_facts
from progress_boards.queries.year_boards import YearBoard, boards_of_report
from trust.access import CAPACITY_NAMES, Capacity
from trust.models import AcademicYear, Term, TrustProfile
from trust.templatetags.eyeline import day

Facts = dict[str, Any]
HOLDS = ProgressBoard.Holds


def compile_facts(year: AcademicYear, cut_off: dt.date) -> Facts:
    """Every figure of the year as it stood at the cut-off."""
    boards = boards_of_report(year, cut_off)
    terms = Term.objects.filter(academic_year=year).order_by("order")
    names = [t.name.removesuffix(" term") for t in terms]
    schools = schools_of(year, boards)
    actions = list(_actions(boards, cut_off))
    agreed = list(SchoolYear.objects.filter(academic_year=year).select_related("school"))
    ratings = ratings_at(schools, dates_of(year, cut_off), cut_off)
    return {
        "trust": TrustProfile.current().name,
        "year": year.name,
        "cut_off": day(cut_off),
        "terms": names,
        "boards": [_board(b) for b in boards],
        "groups": [
            {"title": "Boards", "rows": _board_rows(boards, agreed)},
            {"title": "Does leaders’ own evaluation hold?", "rows": _evaluation_rows(boards)},
            {"title": "Attendance", "rows": _attendance_rows(boards)},
            {"title": "On time", "rows": _time_rows(boards)},
            {"title": "The Chair’s judgements of items", "rows": judgement_rows(boards)},
        ],
        "judged": judged_by_term(boards, names),
        "indicators": indicators(boards),
        "movement": movement(boards),
        "actions": _action_rows(actions, boards, cut_off),
        "leaders": leaders(boards, year),
        "overrides": overrides(year, cut_off),
        "ratings": ratings["columns"],
        "visits": visits(year, cut_off),
        "training": training_facts(year, cut_off),
        "priorities": priorities(year),
        "follow_up": follow_up(year, cut_off),
        "method": method(day(cut_off)),
        "schools": school_facts(schools, boards, actions, agreed, ratings, cut_off),
    }


def _board(board: YearBoard) -> Facts:
    state = "Final" if board.is_final else "Held, minutes not final"
    if not board.is_held:
        state = "Cancelled" if board.is_cancelled else "Not held"
    return {
        "id": board.id,
        "ref": board.ref,
        "label": board.label,
        "school": board.school,
        "half_term": board.half_term,
        "day": day(board.day),
        "state": state + (", entered later" if board.entered_later else ""),
        "all_present": ("Yes" if board.all_present else "No") if board.is_held else "–",
        "holds": str(HOLDS(board.holds).label) if board.holds and board.external_chair else "–",
    }


# -- rows by term --------------------------------------------------------------------------------


def _is_held(board: YearBoard) -> bool:
    return board.is_held


def _board_rows(boards: list[YearBoard], agreed: list[SchoolYear]) -> list[Facts]:
    return [
        plain("by_policy", "Boards by policy", str(sum(a.by_policy for a in agreed))),
        plain("agreed", "Boards agreed", str(sum(a.agreed for a in agreed))),
        counted("planned", "Boards planned", boards, lambda b: True),
        counted("held", "Boards held", boards, _is_held),
        counted("not_final", "Held, minutes not final", boards,
                lambda b: b.is_held and not b.is_final),
        counted("all_present", "Held with all required present", boards,
                lambda b: b.all_present, _is_held),
        counted("no_external_chair", "Held without external Chair", boards,
                lambda b: b.is_held and not b.external_chair),
        counted("postponed", "Postponed at least once", boards, lambda b: b.is_postponed),
        counted("cancelled", "Cancelled", boards, lambda b: b.is_cancelled),
    ]  # fmt: skip


def _holds(value: str) -> Test:
    return lambda board: board.holds == value


def _sat_in_person(role: str) -> Test:
    return lambda board: board.presence.get(role) == "person"


def _evaluation_rows(boards: list[YearBoard]) -> list[Facts]:
    """Answered by the external Chair in final minutes: a trustee who presided validates nothing."""

    def answered(b: YearBoard) -> bool:
        return b.is_final and b.external_chair and bool(b.holds)

    rows = [
        counted(f"holds_{value}", f"Leaders’ own evaluation holds: {label.lower()}", boards,
                _holds(value), answered)
        for value, label in HOLDS.choices
        if value
    ]  # fmt: skip
    rows.append(
        counted("not_answered", "Final, with no answer of an external Chair", boards,
                lambda b: b.is_final and not answered(b))
    )  # fmt: skip
    return rows


def _attendance_rows(boards: list[YearBoard]) -> list[Facts]:
    rows = []
    for role in (Capacity.CEO, Capacity.LINK_TRUSTEE, Capacity.HEAD):
        row = counted(
            f"present_{role}", CAPACITY_NAMES[role], boards,
            _sat_in_person(role), _is_held,
        )  # fmt: skip
        sat = sum(1 for b in boards if b.presence.get(role) == "substitute")
        rows.append(row | {"note": f"a substitute at {sat}" if sat else ""})
    return rows


def _time_rows(boards: list[YearBoard]) -> list[Facts]:
    days = [b.days_to_final for b in boards if b.days_to_final is not None]
    typical = median(days) if days else None
    words = "–" if typical is None else f"{typical:g} school days"
    timed = [b for b in boards if b.days_to_final is not None]
    return [
        counted("agenda_on_time", "Agenda issued by its day", boards,
                lambda b: b.agenda_on_time is True,
                lambda b: b.is_held and b.agenda_on_time is not None),
        _pack_row(boards),
        counted("minutes_on_time", "Minutes final by their day", boards,
                lambda b: b.minutes_on_time is True, lambda b: b.minutes_on_time is not None),
        plain("days_to_final", "Median time to final minutes", words, timed),
    ]  # fmt: skip


def _pack_row(boards: list[YearBoard]) -> Facts:
    row = counted("pack_on_time", "Pack ready by its day", boards,
                  lambda b: b.pack_on_time is True, lambda b: b.pack_on_time is not None)  # fmt: skip
    missed = sum(1 for b in boards if b.is_without_pack)
    return row | {"note": f"no pack for {missed}" if missed else ""}


# -- actions --------------------------------------------------------------------


def _actions(boards: list[YearBoard], cut_off: dt.date) -> QuerySet[Action]:
    """Actions of the held boards that were read back by the cut-off."""
    held = [b.meeting_id for b in boards if b.is_held]
    return (
        Action.objects.filter(meeting_id__in=held)
        .filter(Q(created_at__date__lte=cut_off) | Q(meeting__entered_later=True))
        .exclude(state="draft")
        .prefetch_related("marks")
        .order_by("pk")
    )


def ended(action: Action, cut_off: dt.date) -> str:
    """How it had ended by the cut-off: closed, dropped, superseded, or "" while open."""
    if action.closed_at is None or localtime(action.closed_at).date() > cut_off:
        return ""
    return action.state


def was_carried(action: Action, cut_off: dt.date) -> int:
    """At how many boards it had been carried by the cut-off."""
    marks = action.marks.all()
    return sum(1 for m in marks if m.mark == "carried" and localtime(m.at).date() <= cut_off)


def _action_rows(actions: list[Action], boards: list[YearBoard], cut_off: dt.date) -> list[Facts]:
    ids = {b.meeting_id: b.id for b in boards}
    agreed_on = {b.meeting_id: b.day for b in boards}
    closed = [a for a in actions if ended(a, cut_off) == "closed"]
    days = [
        (localtime(a.closed_at).date() - on).days
        for a in closed
        if a.closed_at and (on := agreed_on.get(a.meeting_id or 0))
    ]

    def row(key: str, label: str, rows: list[Action], words: str = "") -> Facts:
        cited = list(dict.fromkeys(ids[a.meeting_id] for a in rows if a.meeting_id))
        return {
            "key": key, "label": label, "year": words or str(len(rows)), "n": len(rows),
            "boards": cited,
        }  # fmt: skip

    typical = f"{median(days):g} days" if days else "–"
    share = f"{len(closed)} ({percent(len(closed), len(actions))}%)" if actions else "0"
    return [
        row("actions_raised", "Actions agreed at boards", actions),
        row("actions_closed", "Closed", closed, share),
        row("actions_carried", "Carried at least once",
            [a for a in actions if was_carried(a, cut_off)]),
        row("actions_dropped", "Dropped", [a for a in actions if ended(a, cut_off) == "dropped"]),
        row("actions_overdue", "Open and overdue at the cut-off",
            [a for a in actions if not ended(a, cut_off) and a.due_on < cut_off]),
        row("actions_days", "Median time from agreed to closed", closed, typical),
    ]  # fmt: skip
