"""Years, half terms, each school's own dates and closed days are entered on screen or from a CSV."""

import datetime as dt
import io

import pytest

from schools.actions import (
    add_non_school_day,
    apply_calendar,
    clear_school_half_term,
    enter_academic_year,
    lay_down_default_calendar,
    remove_non_school_day,
    set_half_term_dates,
    set_school_dates,
    set_school_half_term,
)
from schools.imports import read_term_dates
from schools.models import NonSchoolDay, SchoolHalfTerm
from schools.queries import school_calendar, trust_calendar
from tests.schools.makers import make_school, make_user, make_year
from trust.access import Capacity, Conflict, NotAllowed
from trust.models import AcademicYear, AuditEvent, HalfTerm
from trust.term_dates import ENGLISH_YEARS, default_english_calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_house")]
C = Capacity
INSET = NonSchoolDay.Kind.INSET


@pytest.fixture
def clerk():
    return make_user((C.CLERK, None))


@pytest.mark.parametrize("year", [2025, 2026])
def test_lay_down_default_calendar_gives_190_school_days(year: int) -> None:
    lay_down_default_calendar(year)
    calendar = trust_calendar()
    assert len(calendar.school_days) == 190
    assert calendar.half_terms == default_english_calendar(year).half_terms


def test_lay_down_default_calendar_twice_leaves_the_first(clerk) -> None:
    lay_down_default_calendar(2026, by=clerk)
    set_half_term_dates(
        HalfTerm.objects.get(order=6),
        by=clerk,
        starts_on=dt.date(2027, 6, 7),
        ends_on=dt.date(2027, 7, 20),
    )
    lay_down_default_calendar(2026, by=clerk)
    assert HalfTerm.objects.get(order=6).ends_on == dt.date(2027, 7, 20)
    assert AcademicYear.objects.count() == 1


def test_lay_down_default_calendar_of_an_unknown_year_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="2025 to 2026 and 2026 to 2027"):
        lay_down_default_calendar(2031)


def test_enter_academic_year_twice_is_a_conflict(clerk) -> None:
    halves = ENGLISH_YEARS[2026].half_terms
    year = enter_academic_year(2026, by=clerk, half_terms=halves)
    assert [term.name for term in year.terms.all()] == ["Autumn term", "Spring term", "Summer term"]
    with pytest.raises(Conflict):
        enter_academic_year(2026, by=clerk, half_terms=halves)


def test_enter_academic_year_without_six_half_terms_is_a_conflict(clerk) -> None:
    with pytest.raises(Conflict, match="six half terms"):
        enter_academic_year(2026, by=clerk, half_terms=ENGLISH_YEARS[2026].half_terms[:5])
    assert AcademicYear.objects.count() == 0


def test_set_half_term_dates_that_overlap_is_a_conflict_and_changes_nothing(clerk) -> None:
    make_year()
    autumn = HalfTerm.objects.get(order=1)
    with pytest.raises(Conflict, match="Autumn 2 starts before Autumn 1 ends"):
        set_half_term_dates(
            autumn, by=clerk, starts_on=autumn.starts_on, ends_on=dt.date(2026, 11, 2)
        )
    assert HalfTerm.objects.get(order=1).ends_on == dt.date(2026, 10, 23)


def test_set_half_term_dates_that_clash_with_a_schools_own_is_a_conflict(clerk) -> None:
    make_year()
    school = make_school()
    autumn = HalfTerm.objects.get(order=1)
    set_school_half_term(
        school, autumn, by=clerk, starts_on=autumn.starts_on, ends_on=dt.date(2026, 10, 30)
    )
    with pytest.raises(Conflict):
        set_half_term_dates(
            HalfTerm.objects.get(order=2),
            by=clerk,
            starts_on=dt.date(2026, 10, 29),
            ends_on=dt.date(2026, 12, 18),
        )


def test_set_half_term_dates_outside_the_year_is_a_conflict(clerk) -> None:
    make_year()
    with pytest.raises(Conflict, match="outside the year 2026 to 2027"):
        set_half_term_dates(
            HalfTerm.objects.get(order=6),
            by=clerk,
            starts_on=dt.date(2027, 6, 7),
            ends_on=dt.date(2027, 9, 10),
        )


def test_set_school_dates_equal_to_the_trusts_leaves_no_difference(clerk) -> None:
    make_year()
    school = make_school()
    first, second = HalfTerm.objects.filter(order__lte=2)
    own = (first.starts_on, dt.date(2026, 10, 16))
    set_school_dates(
        school, by=clerk, dates={first.pk: own, second.pk: (second.starts_on, second.ends_on)}
    )
    assert list(SchoolHalfTerm.objects.values_list("half_term", flat=True)) == [first.pk]
    set_school_dates(school, by=clerk, dates={first.pk: None})
    assert school_calendar(school) == trust_calendar()


def test_clear_school_half_term_follows_the_trust_again(clerk) -> None:
    make_year()
    school, autumn = make_school(), HalfTerm.objects.get(order=1)
    set_school_half_term(
        school, autumn, by=clerk, starts_on=autumn.starts_on, ends_on=dt.date(2026, 10, 16)
    )
    clear_school_half_term(school, autumn, by=clerk)
    assert SchoolHalfTerm.objects.count() == 0


def test_add_non_school_day_twice_makes_one(clerk) -> None:
    day = dt.date(2026, 11, 27)
    for _ in range(2):
        add_non_school_day(by=clerk, day=day, kind=INSET)
    assert NonSchoolDay.objects.count() == 1
    assert AuditEvent.objects.filter(verb="add_non_school_day").count() == 1
    remove_non_school_day(NonSchoolDay.objects.get(), by=clerk)
    assert NonSchoolDay.objects.count() == 0


def test_add_non_school_day_at_the_weekend_is_a_conflict(clerk) -> None:
    with pytest.raises(Conflict, match="weekday"):
        add_non_school_day(by=clerk, day=dt.date(2026, 11, 28), kind=INSET)


@pytest.mark.parametrize(
    ("capacity", "trusts", "schools"),
    [
        (C.CLERK, True, True),
        (C.ADMINISTRATOR, True, True),
        (C.CEO, True, True),
        (C.DSI, True, True),
        (C.TRUSTEE, False, False),
        (C.CFO, False, False),
    ],
)
def test_edit_calendar_by_each_trust_wide_capacity(capacity, trusts, schools) -> None:
    user, school, day = make_user((capacity, None)), make_school(), dt.date(2026, 11, 27)
    for where, allowed in ((None, trusts), (school, schools)):
        if allowed:
            assert add_non_school_day(by=user, day=day, kind=INSET, school=where).pk
        else:
            with pytest.raises(NotAllowed):
                add_non_school_day(by=user, day=day, kind=INSET, school=where)


def test_edit_calendar_by_a_head_is_for_the_own_school_only() -> None:
    own, other = make_school(), make_school()
    head, day = make_user((C.HEAD, own)), dt.date(2026, 11, 27)
    assert add_non_school_day(by=head, day=day, kind=INSET, school=own).school == own
    for where in (other, None):
        with pytest.raises(NotAllowed):
            add_non_school_day(by=head, day=day, kind=INSET, school=where)


# -- CSV -----------------------------------------------------------------------------------------


def csv(*lines: str) -> io.BytesIO:
    return io.BytesIO("\r\n".join(("School,Kind,From,To,Note", *lines)).encode())


def test_import_calendar_enters_half_terms_closed_days_and_own_dates(clerk) -> None:
    make_year()
    school = make_school("Dunlin Way Primary", code="DUN")
    lines, refused = read_term_dates(
        csv(
            ",Autumn 1,02/09/2026,23/10/2026,",
            "DUN,A1,02/09/2026,16/10/2026,",
            f"{school.urn},INSET,04/12/2026,,Twilight replaced",
            ",Closure,2026-12-14,2026-12-15,Snow",
        ),
        "dates.csv",
        by=clerk,
    )
    assert refused == []
    assert apply_calendar(lines, by=clerk) == 4
    assert HalfTerm.objects.get(order=1).starts_on == dt.date(2026, 9, 2)
    calendar = school_calendar(school)
    assert calendar.half_terms[0].end == dt.date(2026, 10, 16)
    closed = [dt.date(2026, 12, day) for day in (4, 14, 15)]
    assert not any(calendar.is_school_day(day) for day in closed)
    before = list(NonSchoolDay.objects.values_list())
    apply_calendar(lines, by=clerk)
    assert list(NonSchoolDay.objects.values_list()) == before


def test_import_calendar_of_a_whole_new_year_enters_it(clerk) -> None:
    halves = ENGLISH_YEARS[2026].half_terms
    lines, refused = read_term_dates(
        csv(*(f",{h.name},{h.start:%d/%m/%Y},{h.end:%d/%m/%Y}," for h in halves)), "d.csv", by=clerk
    )
    assert refused == []
    apply_calendar(lines, by=clerk)
    assert trust_calendar().half_terms == halves


def test_import_calendar_of_a_school_before_the_trusts_year_is_a_conflict(clerk) -> None:
    school = make_school()
    lines, _ = read_term_dates(csv(f"{school.urn},A1,02/09/2026,16/10/2026,"), "d.csv", by=clerk)
    with pytest.raises(Conflict, match="Enter the trust's dates of 2026 to 2027 first"):
        apply_calendar(lines, by=clerk)


@pytest.mark.parametrize(
    ("line", "column", "found"),
    [
        ("Nowhere School,INSET,04/12/2026,,", "School", "Nowhere School"),
        (",Holiday,04/12/2026,,", "Kind", "Holiday"),
        (",INSET,,,", "From", ""),
        (",INSET,4 December,,", "From", "4 December"),
        (",INSET,05/12/2026,06/12/2026,", "To", "06/12/2026"),
        (",INSET,04/12/2026,04/12/2027,", "To", "04/12/2027"),
        (",Autumn 1,02/09/2026,,", "To", ""),
        (",Autumn 1,02/09/2026,01/09/2026,", "To", "01/09/2026"),
    ],
)
def test_import_calendar_names_row_and_column_of_each_fault(clerk, line, column, found) -> None:
    lines, (refusal,) = read_term_dates(csv(",INSET,27/11/2026,,", line), "dates.csv", by=clerk)
    assert len(lines) == 1
    assert (refusal.file, refusal.row, refusal.column, refusal.found) == (
        "dates.csv",
        3,
        column,
        found,
    )
    assert refusal.expected


def test_import_calendar_by_a_head_for_the_whole_trust_is_refused() -> None:
    make_year()
    own = make_school()
    head = make_user((C.HEAD, own))
    lines, _ = read_term_dates(
        csv(f"{own.urn},INSET,27/11/2026,,", ",INSET,30/11/2026,,"), "d", by=head
    )
    with pytest.raises(NotAllowed):
        apply_calendar(lines, by=head)
    assert NonSchoolDay.objects.count() == 0


def test_import_calendar_by_a_head_does_not_know_another_school() -> None:
    own, other = make_school(), make_school()
    head = make_user((C.HEAD, own))
    _, refused = read_term_dates(csv(f"{other.urn},INSET,27/11/2026,,"), "d", by=head)
    assert [r.column for r in refused] == ["School"]
