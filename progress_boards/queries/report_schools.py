"""The half page of each school in the year's report: rating from start to end, boards, enquiries, actions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from meetings.models import Action, AgendaItem
from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.year_boards import YearBoard
from ratings.models import Band, RatingAssessment
from schools.models import School
from trust.models import AcademicYear, HalfTerm
from trust.templatetags.eyeline import day

Facts = dict[str, Any]


def band_of(band: Band | None) -> dict[str, str] | None:
    """A band as the facts hold it: what it showed then, should the trust rename it."""
    if band is None:
        return None
    return {"name": band.name, "shape": band.shape, "letter": band.letter, "tone": band.tone}


def schools_of(year: AcademicYear, boards: list[YearBoard]) -> list[School]:
    """Schools that belonged to the trust in the year; one that left stays for what was held."""
    belonged = Q(joined_on__isnull=True) | Q(joined_on__lte=year.ends_on)
    stayed = Q(left_on__isnull=True) | Q(left_on__gt=year.starts_on)
    held = {b.school_id for b in boards if b.is_held}
    return list(School.objects.filter((belonged & stayed) | Q(pk__in=held)).by_name())


def dates_of(year: AcademicYear, cut_off: dt.date) -> list[tuple[str, str, dt.date]]:
    """Key, name and day of every date on which ratings are read: 1 September, the end of each half term begun, the cut-off."""
    halves = list(HalfTerm.objects.of_year(year).select_related("term").order_by("order"))
    dates = [("start", day(year.starts_on), year.starts_on)]
    dates += [
        (f"half-{h.order}", h.name, min(h.ends_on, cut_off))
        for h in halves
        if h.starts_on <= cut_off
    ]
    return [*dates, ("end", day(cut_off), cut_off)]


def ratings_at(
    schools: list[School], dates: list[tuple[str, str, dt.date]], cut_off: dt.date
) -> Facts:
    """The shared ratings as at each date: a band (or none) by school, and how many schools in each band."""
    by_key: dict[str, dict[int, RatingAssessment]] = {}
    for key, _, on in dates:
        current = RatingAssessment.objects.as_at(on).select_related("overall", "level")
        by_key[key] = {
            r.school_id: r
            for r in current
            if r.entered_later or (r.shared_at and localtime(r.shared_at).date() <= cut_off)
        }
    bands = list(Band.objects.order_by("-position"))
    # A term that has not ended has no end to show: the cut-off stands for it.
    terms = [(k, n) for k, n, on in dates if k in ("half-2", "half-4", "half-6") and on < cut_off]
    shown = [(k, n) for k, n, _ in dates if k in ("start", "end")]
    shown[1:1] = terms
    return {
        "by_key": by_key,
        "dates": dates,
        "columns": [
            {"label": _column_label(k, n), "bands": _counts(schools, by_key[k], bands)}
            for k, n in shown
        ],
    }


def _column_label(key: str, name: str) -> str:
    return f"End of {name}" if key.startswith("half") else name


def _counts(
    schools: list[School], current: dict[int, RatingAssessment], bands: list[Band]
) -> list[Facts]:
    held = Counter(current[s.pk].overall_id if s.pk in current else None for s in schools)
    rows: list[Facts] = [{"band": band_of(b), "count": held[b.pk]} for b in bands]
    if held[None]:
        rows.insert(0, {"band": None, "count": held[None]})
    return [r for r in rows if r["count"] or r["band"]]


def school_facts(
    schools: list[School],
    boards: list[YearBoard],
    actions: list[Action],
    agreed: list[SchoolYear],
    ratings: Facts,
    cut_off: dt.date,
) -> list[Facts]:
    """One entry a school, in order of name."""
    numbers = {a.school_id: a for a in agreed}
    return [
        _school(
            school,
            [b for b in boards if b.school_id == school.pk],
            [a for a in actions if a.school_id == school.pk],
            numbers.get(school.pk),
            ratings,
            cut_off,
        )
        for school in schools
    ]


def _school(
    school: School, boards: list[YearBoard], actions: list[Action],
    number: SchoolYear | None, ratings: Facts, cut_off: dt.date,
) -> Facts:  # fmt: skip
    held = [b for b in boards if b.is_held]
    final = [b for b in boards if b.is_final]
    answered = [b for b in final if b.external_chair and b.holds]
    closed = [
        a for a in actions
        if a.state == "closed" and a.closed_at and localtime(a.closed_at).date() <= cut_off
    ]  # fmt: skip
    start, end = (ratings["by_key"][key].get(school.pk) for key in ("start", "end"))
    agreed = number.agreed if number else len(boards)
    return {
        "id": school.pk,
        "name": school.name,
        "start": band_of(start.overall if start else None),
        "end": band_of(end.overall if end else None),
        "level": end.level.name if end and end.level else "–",
        "points": _points(school, ratings),
        "held": f"{len(held)} of {agreed}",
        "by_policy": number.by_policy if number else None,
        "not_final": len(held) - len(final),
        "boards": [b.id for b in held],
        "enquiries": _enquiries(held),
        "judgements": _judgements(final),
        "validated": f"{sum(1 for b in answered if b.holds == ProgressBoard.Holds.YES)} of {len(answered)}",
        "raised": len(actions),
        "actions": [a.ref for a in actions],
        "open": [a.ref for a in actions if a.closed_at is None or localtime(a.closed_at).date() > cut_off],
        "closed": len(closed),
        "closings": [
            {
                "board": b.id,
                "ref": b.ref,
                "label": f"{b.half_term}, {day(b.day)}",
                "text": b.closing.strip(),
            }
            for b in final
            if b.closing.strip()
        ],
    }  # fmt: skip


def _points(school: School, ratings: Facts) -> list[Facts]:
    points = []
    for key, name, _ in ratings["dates"]:
        if key.startswith("half"):
            found = ratings["by_key"][key].get(school.pk)
            points.append({"label": name, "band": band_of(found.overall if found else None)})
    return points


def _enquiries(held: list[YearBoard]) -> list[Facts]:
    """The main lines of enquiry, each with the judgement of its board where minutes are final."""
    return [
        {
            "board": b.id,
            "ref": item.ref,
            "half_term": b.half_term,
            "title": item.title,
            "band": band_of(item.band),
            "words": _words(item.band, item.is_judged, item.direction),
        }
        for b in held
        for item in b.items
        if item.type == AgendaItem.Type.ENQUIRY
    ]


def _words(band: Band | None, is_judged: bool, direction: str) -> str:
    if not is_judged:
        return "Not judged"
    name = band.name if band else "Too early to judge"
    return f"{name}, {direction.lower()}" if direction else name


def _judgements(final: list[YearBoard]) -> list[Facts]:
    found: Counter[str] = Counter()
    bands: dict[str, Band | None] = {}
    for board in final:
        for item in board.items:
            if item.is_judged:
                name = item.band.name if item.band else "Too early to judge"
                found[name] += 1
                bands[name] = item.band
    order = sorted(found, key=lambda n: b.position if (b := bands[n]) else 99)
    return [{"band": band_of(bands[n]), "words": n, "count": found[n]} for n in order]
