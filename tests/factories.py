"""Rows for tests, without surprises: what is not said is the plainest thing that may stand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import factory
from factory.django import DjangoModelFactory
from psycopg2.extras import DateTimeTZRange

from cpd.models import CpdRequest, GroupMeeting
from evidence.models import DocumentKind, SchoolDocument, VisitKind, VisitRecord
from improvement.models import Priority
from meetings.models import AgendaItem, Meeting, MeetingKind, Seat
from progress_boards.models import ProgressBoard
from ratings.models import Band, RatingAssessment
from schools.models import NonSchoolDay, Post, School
from schools.queries import with_posts
from trust.access import Capacity
from trust.calendar import LONDON, now
from trust.models import FULL, AcademicYear, HalfTerm, Term, TrustProfile
from trust.people.models import Person, User
from trust.term_dates import ENGLISH_YEARS

TODAY = dt.date(2026, 11, 21)
LONG_AGO = dt.date(2020, 9, 1)
PASSWORD = "a tall hedge in Fenland"
APPS = ("schools", "evidence", "meetings", "improvement", "ratings", "cpd", "progress_boards")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@marlfen.example")


class UserFactory(DjangoModelFactory):
    """A sign-in with `PASSWORD`, of a Person of its own."""

    class Meta:
        model = User

    person = factory.SubFactory(PersonFactory)
    email = factory.SelfAttribute("person.email")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    urn = factory.Sequence(lambda n: 910000 + n)
    name = factory.Sequence(lambda n: f"School {n}")
    code = factory.Sequence(lambda n: f"S{n}")
    phase = "Primary"
    status = "Open"
    joined_on = LONG_AGO


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    person = factory.SubFactory(PersonFactory)
    capacity = Capacity.HEAD
    school = None
    starts_on = LONG_AGO


def user_with(
    *posts: tuple[str, School | None], name: str = "", on: dt.date = TODAY, **fields: Any
) -> User:
    """Somebody with an account who holds these posts, loaded as a request would load them."""
    person = PersonFactory(**({"name": name} if name else {}))
    for capacity, school in posts:
        PostFactory(person=person, capacity=capacity, school=school)
    return with_posts(UserFactory(person=person, **fields), on)


# -- the trust and its years -----------------------------------------------------------------------


def make_year(year: int) -> AcademicYear:
    """One academic year with its terms, half terms and the days closed everywhere; once only."""
    made, is_new = AcademicYear.objects.get_or_create(
        starts_on=dt.date(year, 9, 1),
        defaults={"name": f"{year} to {year + 1}", "ends_on": dt.date(year + 1, 8, 31)},
    )
    if not is_new:
        return made
    dates = ENGLISH_YEARS[year]
    terms = [
        Term.objects.create(academic_year=made, name=name, order=order)
        for order, name in enumerate(("Autumn term", "Spring term", "Summer term"), 1)
    ]
    for index, half in enumerate(dates.half_terms):
        HalfTerm.objects.create(
            term=terms[index // 2],
            name=half.name,
            order=index + 1,
            starts_on=half.start,
            ends_on=half.end,
        )
    for day, note in dates.bank_holidays:
        NonSchoolDay.objects.create(day=day, kind=NonSchoolDay.Kind.BANK_HOLIDAY, note=note)
    for day in dates.inset_days:
        NonSchoolDay.objects.create(day=day, kind=NonSchoolDay.Kind.INSET)
    return made


def clear_calendar() -> None:
    """Take away every year that was laid down, and every closed day."""
    for laid_down in (NonSchoolDay, HalfTerm, Term, AcademicYear):
        laid_down.objects.all().delete()


def half_term(key_order: int, year: int = 2026) -> HalfTerm:
    """One half term by its place in the year, 1 to 6."""
    return HalfTerm.objects.get(term__academic_year=make_year(year), order=key_order)


def lay_down_trust() -> TrustProfile:
    """The trust on the Full preset with two years, and every app's default data."""
    profile, _ = TrustProfile.objects.get_or_create(
        pk=1, defaults={"name": "Marlfen Learning Trust", "steps": dict(FULL)}
    )
    for year in (2025, 2026):
        make_year(year)
    for app in APPS:
        if find_spec(f"{app}.actions"):
            lay_down = getattr(import_module(f"{app}.actions"), "lay_down_defaults", None)
            if lay_down is not None:
                lay_down()
    return profile


# -- ratings and evidence --------------------------------------------------------------------------


class RatingAssessmentFactory(DjangoModelFactory):
    """A draft rating; `shared=True` makes it the school's current one, in the band of `position`."""

    class Meta:
        model = RatingAssessment

    class Params:
        position = 2
        shared = factory.Trait(
            state="shared",
            overall=factory.LazyAttribute(lambda o: Band.objects.get(position=o.position)),
            level=factory.LazyAttribute(lambda o: o.overall.level),
            boards_per_year=factory.LazyAttribute(lambda o: o.overall.boards_per_year),
            shared_at=factory.LazyFunction(now),
            confirmed_at=factory.SelfAttribute("shared_at"),
            confirmed_by=factory.SelfAttribute("rated_by"),
        )

    school = factory.SubFactory(SchoolFactory)
    academic_year = factory.LazyFunction(lambda: make_year(2026))
    effective_on = dt.date(2026, 11, 5)
    rated_by = factory.SubFactory(UserFactory)
    rated_as = Capacity.CEO
    summary = "Reading recovers"
    created_at = factory.LazyFunction(now)


class VisitRecordFactory(DjangoModelFactory):
    """A draft record of a learning walk; say `state` and `sent_at` for a later one."""

    class Meta:
        model = VisitRecord

    school = factory.SubFactory(SchoolFactory)
    kind = factory.LazyFunction(
        lambda: (
            VisitKind.objects.first()
            or VisitKind.objects.create(slug="learning-walk", name="Learning walk", order=1)
        )
    )
    visited_on = dt.date(2026, 11, 12)
    focus = "Adaptive teaching in Years 3 to 5"
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(now)


class SchoolDocumentFactory(DjangoModelFactory):
    class Meta:
        model = SchoolDocument

    school = factory.SubFactory(SchoolFactory)
    kind = factory.LazyFunction(
        lambda: (
            DocumentKind.objects.first()
            or DocumentKind.objects.create(slug="self-evaluation", name="Self-evaluation", order=1)
        )
    )
    title = "Self-evaluation"
    valid_from = dt.date(2026, 9, 1)
    file = factory.django.FileField(data=b"%PDF-1.7 sample", filename="self-evaluation.pdf")
    file_name = "self-evaluation.pdf"
    added_by = factory.SubFactory(UserFactory)
    added_at = factory.LazyFunction(now)


# -- meetings --------------------------------------------------------------------------------------


def board_kind() -> MeetingKind:
    """The kind of a Progress Board, the only one with an external Chair; `lay_down_trust` makes the real one."""
    found = MeetingKind.objects.filter(has_external_chair=True).first()
    return found or MeetingKind.objects.create(
        slug="progress-board", name="Progress Board", has_external_chair=True
    )


def hour(day: dt.date, clock: str = "09:30", minutes: int = 60) -> DateTimeTZRange:
    """The time of a meeting as its column holds it."""
    starts = dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=LONDON)
    return DateTimeTZRange(starts, starts + dt.timedelta(minutes=minutes))


class MeetingFactory(DjangoModelFactory):
    """A planned meeting of the Progress Board's kind; say `state` for a later one."""

    class Meta:
        model = Meeting

    kind = factory.LazyFunction(board_kind)
    school = factory.SubFactory(SchoolFactory)
    academic_year = factory.LazyFunction(lambda: make_year(2026))
    title = factory.LazyAttribute(lambda o: f"Progress Board of {o.school}")
    created_at = factory.LazyFunction(now)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    meeting = factory.SubFactory(MeetingFactory)
    role = Capacity.CHAIR
    person = factory.SubFactory(PersonFactory)
    is_required = True


class ProgressBoardFactory(DjangoModelFactory):
    """A board of Autumn 2 2026 beside its meeting; say `meeting__state`, `day` and `clock` for a dated one."""

    class Meta:
        model = ProgressBoard

    class Params:
        day = None
        clock = "09:30"

    school = factory.SubFactory(SchoolFactory)
    academic_year = factory.LazyFunction(lambda: make_year(2026))
    half_term = factory.LazyFunction(lambda: half_term(2))
    meeting = factory.SubFactory(
        MeetingFactory,
        school=factory.SelfAttribute("..school"),
        academic_year=factory.SelfAttribute("..academic_year"),
        during=factory.LazyAttribute(
            lambda o: (
                hour(o.factory_parent.day, o.factory_parent.clock) if o.factory_parent.day else None
            )
        ),
        starts_at=factory.LazyAttribute(lambda o: o.during.lower if o.during else None),
    )


def seat(
    meeting: Meeting, person: Person | None, role: str, *, required: bool = True, **fields: Any
) -> Seat:
    """A seat that holds the meeting's own time."""
    return SeatFactory(
        meeting=meeting,
        person=person,
        role=role,
        is_required=required,
        during=meeting.during,
        **fields,
    )


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    order = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Enquiry {n}")
    question = "What do the half-termly checks show?"


def at(day: dt.date, clock: str = "09:30") -> dt.datetime:
    """A moment by the wall clock in England, in UTC."""
    moment = dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=LONDON)
    return moment.astimezone(dt.UTC)


# -- training and priorities -----------------------------------------------------------------------


class PriorityFactory(DjangoModelFactory):
    """A priority of a school in 2026/27; `school=None` makes one of the trust."""

    class Meta:
        model = Priority

    school = factory.SubFactory(SchoolFactory)
    academic_year = factory.LazyFunction(lambda: make_year(2026))
    number = factory.Sequence(lambda n: n + 1)
    title = "Early reading: the lowest 20% catch up"
    outcome = "Every Year 1 pupil reads at the expected point by July"
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(now)


class CpdRequestFactory(DjangoModelFactory):
    """A draft request; `raised=True` for one the Group reads, `going_ahead=True` for one decided."""

    class Meta:
        model = CpdRequest

    class Params:
        raised = factory.Trait(
            state="raised",
            raised_at=factory.LazyFunction(now),
            raised_by=factory.SelfAttribute("created_by"),
        )
        going_ahead = factory.Trait(
            state="going_ahead",
            raised_at=factory.LazyFunction(now),
            raised_by=factory.SelfAttribute("created_by"),
            decision="proceed",
            decided_at=factory.LazyFunction(now),
            decided_by=factory.SelfAttribute("created_by"),
        )

    number = factory.Sequence(lambda n: n + 1)
    school = factory.SubFactory(SchoolFactory)
    created_by = factory.SubFactory(UserFactory)
    requester = factory.SelfAttribute("created_by.person")
    created_at = factory.LazyFunction(now)
    saved_at = factory.LazyFunction(now)
    title = "Spelling subscription with a launch session"
    kind = "subscription"
    provider_name = "Fenland Spelling"
    staff = 4
    hours_each = 3
    starts_on = dt.date(2027, 1, 11)
    need = "Year 2 pupils spell the common exception words in their own writing"
    fee = Decimal("220")
    supply_days = Decimal("1")
    supply_rate = Decimal("160")


def group_kind() -> MeetingKind:
    """The kind of a Strategy Group meeting, as `lay_down_trust` puts it in."""
    return MeetingKind.objects.get(is_of_a_school=False)


class GroupMeetingFactory(DjangoModelFactory):
    """A meeting of the Strategy Group beside its `Meeting`; say `day` and `meeting__state` for a dated one."""

    class Meta:
        model = GroupMeeting

    class Params:
        day = None
        clock = "13:30"

    half_term = factory.LazyFunction(lambda: half_term(2))
    meeting = factory.SubFactory(
        MeetingFactory,
        kind=factory.LazyFunction(group_kind),
        school=None,
        title="School Improvement Strategy Group",
        minutes_length=90,
        during=factory.LazyAttribute(
            lambda o: (
                hour(o.factory_parent.day, o.factory_parent.clock, 90)
                if o.factory_parent.day
                else None
            )
        ),
        starts_at=factory.LazyAttribute(lambda o: o.during.lower if o.during else None),
    )
