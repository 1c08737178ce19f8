"""How many boards each school has in a year: by policy, as agreed, planned, held, missing and over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from progress_boards.models import ProgressBoard, SchoolYear
from progress_boards.queries.planning import key_of
from progress_boards.slots import BEFORE_ISSUED, CANCELLED, HELD, PlannedBoard
from ratings.models import BoardPolicy, RatingAssessment
from ratings.queries.standing import boards_of
from schools.models import School
from trust.calendar import today
from trust.models import AcademicYear, HalfTerm
from trust.numbers import whole_number


@dataclass(frozen=True)
class Number:
    """The number that a rating gives: by its band, and as the CEO chose it with the rating."""

    by_policy: int
    chosen: int
    reason: str = ""
    rating: RatingAssessment | None = None


def number_of(rating: RatingAssessment | None) -> Number:
    """The boards a year that a rating asks for; a school not rated has the trust's number for that."""
    if rating is None or rating.overall is None:
        boards = BoardPolicy.current().not_rated
        return Number(boards, boards)
    by_policy = rating.overall.boards_per_year
    chosen = boards_of(rating) or by_policy
    return Number(by_policy, chosen, rating.boards_reason if chosen != by_policy else "", rating)


def numbers_for(schools: Iterable[School], year: AcademicYear) -> dict[int, Number]:
    """By school, the number that the rating current on 1 June before the year gives it.

    A school first rated later is counted by its rating of today.
    """
    keys = [school.pk for school in schools]
    mine = RatingAssessment.objects.filter(school__in=keys).select_related("overall")
    first_of_june = dt.date(year.starts_on.year, 6, 1)
    ratings = {r.school_id: r for r in mine.as_at(today())}
    ratings |= {r.school_id: r for r in mine.as_at(first_of_june)}
    unrated = number_of(None)
    return {key: number_of(ratings[key]) if key in ratings else unrated for key in keys}


def schools_of(year: AcademicYear) -> QuerySet[School]:
    """The schools by name that are in the trust in some of the year still to come, or of it all when it is over."""
    from_day = min(max(today(), year.starts_on), year.ends_on)
    return (
        School.objects.filter(Q(joined_on__isnull=True) | Q(joined_on__lte=year.ends_on))
        .filter(Q(left_on__isnull=True) | Q(left_on__gt=from_day))
        .by_name()
    )


def half_terms_by_key(year: AcademicYear) -> dict[str, HalfTerm]:
    """The half terms of a year by their keys, in order."""
    return {
        key_of(half): half
        for half in HalfTerm.objects.of_year(year).select_related("term").order_by("order")
    }


def planned_boards(year: AcademicYear) -> dict[int, list[PlannedBoard]]:
    """The boards of the year by school, as the planner counts them; cancelled ones too."""
    found: dict[int, list[PlannedBoard]] = {}
    boards = ProgressBoard.objects.of_year(year).select_related("meeting", "half_term")
    for board in boards:
        found.setdefault(board.school_id, []).append(
            PlannedBoard(key_of(board.half_term), board.meeting.state)
        )
    return found


@dataclass(frozen=True)
class YearOfSchool:
    """One school's numbers in the year, and its boards in order."""

    school: School
    by_policy: int
    agreed: int
    reason: str
    boards: list[ProgressBoard] = field(default_factory=list)
    is_agreed: bool = False

    @property
    def live(self) -> list[ProgressBoard]:
        return [each for each in self.boards if each.meeting.state != CANCELLED]

    @property
    def held(self) -> int:
        return sum(each.meeting.state in HELD for each in self.boards)

    @property
    def undated(self) -> int:
        return sum(each.meeting.state == "planned" for each in self.boards)

    @property
    def missing(self) -> int:
        """How many boards the agreed number still wants; a cancelled one is not planned again."""
        return max(self.agreed - len(self.boards), 0)

    @property
    def over(self) -> int:
        return max(len(self.live) - self.agreed, 0)

    @property
    def missing_words(self) -> str:
        return f"{self.missing} missing"

    @property
    def over_words(self) -> str:
        return f"{self.over} over the number"

    @property
    def undated_words(self) -> str:
        return f"{self.undated} without a date"

    @property
    def differs(self) -> bool:
        return self.agreed != self.by_policy

    @property
    def may_go(self) -> list[ProgressBoard]:
        """The boards that may still be removed: their agenda is not issued."""
        return [each for each in self.live if each.meeting.state in BEFORE_ISSUED]


def years_of_schools(
    year: AcademicYear, schools: Iterable[School] | None = None
) -> list[YearOfSchool]:
    """Every school's numbers and boards in the year, in a fixed number of queries."""
    chosen = list(schools_of(year) if schools is None else schools)
    keys = [school.pk for school in chosen]
    agreed = {
        row.school_id: row
        for row in SchoolYear.objects.filter(academic_year=year, school__in=keys).order_by()
    }
    numbers = numbers_for(chosen, year)
    boards: dict[int, list[ProgressBoard]] = {}
    rows = ProgressBoard.objects.of_year(year).filter(school__in=keys)
    for board in rows.select_related("meeting__kind", "school", "half_term").order_by(
        "half_term__order"
    ):
        boards.setdefault(board.school_id, []).append(board)
    found = []
    for school in chosen:
        number, row = numbers[school.pk], agreed.get(school.pk)
        mine = boards.get(school.pk, [])
        if row:
            counted = (row.by_policy, row.agreed, row.reason)
        else:
            counted = (number.by_policy, number.chosen, number.reason)
        found.append(YearOfSchool(school, *counted, boards=mine, is_agreed=row is not None))
    return found


@dataclass(frozen=True)
class YearTotals:
    """What the schools of a year come to together."""

    schools: int
    boards: int
    missing: int
    undated: int


def totals_of(lines: Sequence[YearOfSchool]) -> YearTotals:
    return YearTotals(
        len(lines),
        sum(len(line.live) for line in lines),
        sum(line.missing for line in lines),
        sum(line.undated for line in lines),
    )


def year_asked_for(asked: str, *, only: frozenset[int] = frozenset()) -> AcademicYear | None:
    """The academic year that begins in the year asked for, else that of today, else the last one entered.

    `only` names the years of somebody who reads no others: the last of them unless one is asked for.
    """
    years = AcademicYear.objects.order_by("-starts_on")
    if only and not asked:
        return years.filter(pk__in=only).first()
    number = whole_number(asked) or 0
    if dt.MINYEAR <= number <= dt.MAXYEAR:
        found = years.filter(starts_on__year=number).first()
        if found is not None:
            return found
    return AcademicYear.on(today()) or years.first()
