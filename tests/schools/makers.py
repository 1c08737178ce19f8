"""Short ways to make a school, a person with posts, and a year."""

import datetime as dt
from itertools import count

from schools.models import Post, School
from tests.factories import clear_calendar
from trust.access import Capacity
from trust.calendar import HALF_TERM_KEYS
from trust.models import AcademicYear, HalfTerm, Term
from trust.people.models import Person, User
from trust.term_dates import ENGLISH_YEARS

TODAY = dt.date(2026, 11, 21)
LONG_AGO = dt.date(2020, 9, 1)
_numbers = count(1)


def make_school(name: str = "", **fields: object) -> School:
    number = next(_numbers)
    values = {"urn": 900000 + number, "name": name or f"School {number}", "status": "Open"}
    return School.objects.create(**{**values, **fields})


def make_person(name: str = "") -> Person:
    number = next(_numbers)
    return Person.objects.create(
        name=name or f"Person {number}", email=f"person{number}@marlfen.example"
    )


def make_post(
    person: Person | None, capacity: Capacity, school: School | None = None, **fields: object
) -> Post:
    values = {"starts_on": LONG_AGO, **fields}
    return Post.objects.create(person=person, capacity=capacity, school=school, **values)


def make_user(*posts: tuple[Capacity, School | None], name: str = "") -> User:
    """Somebody with an account who holds these posts, as a request would see them."""
    from schools.queries import with_posts

    person = make_person(name)
    for capacity, school in posts:
        make_post(person, capacity, school)
    user = User.objects.create_user(person.email, person=person)
    return with_posts(user, TODAY)


def make_year(year: int = 2026) -> AcademicYear:
    """The default English year, written row by row, in the place of the years laid down; no day is closed."""
    if AcademicYear.objects.filter(starts_on=dt.date(year, 9, 1)).exists():
        clear_calendar()
    made = AcademicYear.objects.create(
        name=f"{year} to {year + 1}",
        starts_on=dt.date(year, 9, 1),
        ends_on=dt.date(year + 1, 8, 31),
    )
    terms = [
        Term.objects.create(academic_year=made, name=name, order=order)
        for order, name in enumerate(("Autumn term", "Spring term", "Summer term"), 1)
    ]
    for order, half in enumerate(ENGLISH_YEARS[year].half_terms):
        assert half.key == HALF_TERM_KEYS[order]
        HalfTerm.objects.create(
            term=terms[order // 2],
            name=half.name,
            order=order + 1,
            starts_on=half.start,
            ends_on=half.end,
        )
    return made
