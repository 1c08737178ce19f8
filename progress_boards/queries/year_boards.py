"""The boards of one year as its report counts them: what each was on the day of the cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Min
from django.utils.timezone import localtime

from meetings.models import AgendaItem, Meeting
from meetings.queries.refs import item_ref, meeting_ref
from progress_boards.models import ProgressBoard
from progress_boards.queries.report_dates import cut_off_of
from ratings.models import Band
from schools.queries import calendars
from trust.access import Capacity
from trust.calendar import NoSchoolDayError, SchoolCalendar
from trust.models import AcademicYear, Document, TrustProfile
from trust.timetable import Offsets, deadlines, last_safe_day

HELD = ("held", "with_chair", "accuracy_check", "final")
ATTENDING = (Capacity.CEO, Capacity.LINK_TRUSTEE, Capacity.HEAD)


@dataclass(frozen=True)
class Judged:
    """One item of a held board: its time, its indicator, who answered, and the Chair's judgement."""

    ref: str
    title: str
    type: str
    minutes: int
    indicator: str
    answered: frozenset[int]
    seconds: int = 0
    """What the clerk's timer showed."""
    is_judged: bool = False
    band: Band | None = None
    direction: str = ""
    former: Band | None = None
    """The band of the item it was carried from, where both were judged in bands."""


@dataclass(frozen=True)
class YearBoard:
    """One board at the cut-off: held or not, final or not, who was there, and when its papers came."""

    id: int
    ref: str
    meeting_id: int
    school_id: int
    school: str
    half_term: str
    half_term_order: int
    term: int
    day: dt.date | None
    is_held: bool
    is_final: bool
    is_postponed: bool
    """Postponed at least once."""
    is_cancelled: bool
    entered_later: bool
    all_present: bool = False
    external_chair: bool = False
    presence: dict[str, str] = field(default_factory=dict)
    """Role → "person" or "substitute"; a role that was not there is not in it."""
    agenda_on_time: bool | None = None
    pack_on_time: bool | None = None
    is_without_pack: bool = False
    """A pack was due, and none was made."""
    minutes_on_time: bool | None = None
    days_to_final: int | None = None
    holds: str = ""
    closing: str = ""
    items: tuple[Judged, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.school}, {self.half_term}"


def boards_of_report(year: AcademicYear, cut_off: dt.date) -> list[YearBoard]:
    """The year's boards, and those of the year before that were held too late for its report.

    A board held after the last day on which minutes can still become final in its year belongs to the next report,
    and so does one dated after the cut-off of its year.
    """
    before = (
        AcademicYear.objects.filter(starts_on__lt=year.starts_on).order_by("-starts_on").first()
    )
    rows = list(
        ProgressBoard.objects.with_meeting()
        .filter(academic_year__in=[y for y in (year, before) if y])
        .prefetch_related(
            "meeting__items__indicator",
            "meeting__items__judgement__band",
            "meeting__items__carried_from__judgement__band",
        )
        .order_by("half_term__starts_on", "school__name", "pk")
    )
    of_schools = calendars({row.school_id for row in rows})
    packs = _packs_made()
    offsets = Offsets.of(TrustProfile.current().offsets)
    cut_offs = {y.pk: cut_off_of(y) for y in (year, before) if y}
    found = []
    for row in rows:
        calendar = of_schools[row.school_id]
        is_late = _is_late(row.meeting, calendar, offsets) or _is_after(
            row.meeting, cut_offs[row.academic_year_id]
        )
        if (row.academic_year_id == year.pk) != is_late:
            plain = _read(row, cut_off, first_term=is_late)
            if plain.is_held:
                plain = _with_pack(_with_record(plain, row, calendar, offsets), row, packs)
            found.append(plain)
    return found


def _is_late(meeting: Meeting, calendar: SchoolCalendar, offsets: Offsets) -> bool:
    day = meeting.day
    if day is None or meeting.entered_later or meeting.state not in HELD:
        return False
    try:
        return day > last_safe_day(calendar, day, offsets)
    except NoSchoolDayError:
        return False


def _is_after(meeting: Meeting, cut_off: dt.date) -> bool:
    return meeting.day is not None and meeting.day > cut_off


def _read(board: ProgressBoard, cut_off: dt.date, *, first_term: bool) -> YearBoard:
    meeting = board.meeting
    is_held = meeting.state in HELD and meeting.day is not None and meeting.day <= cut_off
    final_on = _final_on(meeting)
    in_time = meeting.entered_later or (final_on is not None and final_on <= cut_off)
    is_final = is_held and meeting.state == "final" and in_time
    return YearBoard(
        id=board.pk, ref=meeting_ref(meeting), meeting_id=meeting.pk, school_id=board.school_id, school=board.school.name,
        half_term=board.half_term.name, half_term_order=board.half_term.order,
        term=1 if first_term else board.half_term.term.order, day=meeting.day,
        is_held=is_held, is_final=is_final, is_postponed=bool(meeting.postponed_reason),
        is_cancelled=meeting.state == "cancelled", entered_later=meeting.entered_later,
    )  # fmt: skip


def _final_on(meeting: Meeting) -> dt.date | None:
    return localtime(meeting.finalised_at).date() if meeting.finalised_at else None


def _with_record(
    plain: YearBoard, board: ProgressBoard, calendar: SchoolCalendar, offsets: Offsets
) -> YearBoard:
    """The board with what its record says; words and judgements only of final minutes."""
    meeting = board.meeting
    final_on = _final_on(meeting)
    seats = [s for s in meeting.seats.all() if s.is_present]
    present = {s.role for s in seats}
    is_timed = plain.is_final and not plain.entered_later
    return replace(
        plain,
        all_present=all(role in present for role in meeting.kind.required_roles),
        external_chair=any(s.role == Capacity.CHAIR and s.is_external_chair for s in seats),
        presence={
            s.role: "substitute" if s.for_person_id else "person"
            for s in seats
            if s.role in ATTENDING
        },
        agenda_on_time=_on_time(meeting, "issued", meeting.issued_at),
        minutes_on_time=_final_on_time(plain.day, final_on, calendar, offsets)
        if is_timed
        else None,
        days_to_final=calendar.school_days_between(plain.day, final_on)
        if is_timed and plain.day and final_on
        else None,
        holds=board.evaluation_validated if plain.is_final else "",
        closing=board.closing_statement if plain.is_final else "",
        items=tuple(_judged(item, plain.is_final) for item in meeting.items.all()),
    )


def _packs_made() -> dict[int, dt.date]:
    """Board → the day on which its first pack was ready, in one query."""
    packs = Document.objects.filter(
        kind="pack", subject_type=ProgressBoard._meta.label_lower, done_at__isnull=False
    )
    first = packs.values("subject_id").annotate(first=Min("done_at"))
    return {row["subject_id"]: localtime(row["first"]).date() for row in first}


def _with_pack(found: YearBoard, board: ProgressBoard, packs: dict[int, dt.date]) -> YearBoard:
    """The board with when its pack came; a trust without packs has no such day, and none is missed."""
    due = board.meeting.deadline("pack")
    if due is None or found.entered_later:
        return found
    made = packs.get(found.id)
    return replace(found, pack_on_time=made <= due if made else None, is_without_pack=made is None)


def _on_time(meeting: Meeting, name: str, done_at: dt.datetime | None) -> bool | None:
    due = meeting.deadline(name)
    if due is None or done_at is None or meeting.entered_later:
        return None
    return localtime(done_at).date() <= due


def _final_on_time(
    day: dt.date | None, final_on: dt.date | None, calendar: SchoolCalendar, offsets: Offsets
) -> bool | None:
    """By the last of its school days, sooner in the last weeks of summer; a late signature moves nothing here."""
    due = deadlines(day, calendar, offsets).final_on if day else None
    return final_on <= due if due and final_on else None


def _judged(item: AgendaItem, is_final: bool) -> Judged:
    judgement = getattr(item, "judgement", None) if is_final else None
    former = getattr(item.carried_from, "judgement", None) if item.carried_from else None
    answered = (item.answered_by_id, item.second_id) if item.is_for_school else ()
    return Judged(
        ref=item_ref(item),
        title=item.title,
        type=item.type,
        minutes=item.minutes,
        indicator=item.indicator.name if item.indicator else "",
        answered=frozenset(p for p in answered if p),
        seconds=item.seconds_spent,
        is_judged=judgement is not None,
        band=judgement.band if judgement else None,
        direction=judgement.get_direction_display() if judgement and judgement.direction else "",
        former=former.band if former and judgement and judgement.band else None,
    )


def answered_before(people: Iterable[int], year: AcademicYear) -> set[int]:
    """Of these people, who had answered at a board held before the year began."""
    keys = list(people)
    held = AgendaItem.objects.filter(
        meeting__progress_board__isnull=False,
        meeting__state__in=HELD,
        meeting__starts_at__date__lt=year.starts_on,
    ).exclude(type__in=AgendaItem.ASSIGNED_BY_NOBODY)
    first = held.filter(answered_by__in=keys).values_list("answered_by", flat=True)
    second = held.filter(second__in=keys).values_list("second", flat=True)
    return {key for key in (*first, *second) if key}
