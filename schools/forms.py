"""Forms of the register, the posts and the term dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from schools.models import NonSchoolDay, Post, School
from schools.models.posts import AT_SCHOOLS
from schools.rules import may_appoint, may_edit_school_calendar, may_edit_trust_calendar
from trust.access import CAPACITY_NAMES, ROLE_NAMES, Actor, Capacity
from trust.calendar import HALF_TERM_KEYS, HalfTermDates
from trust.forms import HouseForm
from trust.people.models import Person
from trust.term_dates import ENGLISH_YEARS, HALF_TERM_NAMES

CSV_TYPES = ".csv,.gz,.zip,text/csv"


def _file(label: str, help_text: str, *, required: bool = True) -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": CSV_TYPES})
    return forms.FileField(
        label=label, help_text=help_text, required=required, allow_empty_file=True, widget=widget
    )


class RegisterFilesForm(HouseForm):
    """The register's files and the trust to look for in them."""

    trust = forms.CharField(
        label="Trust",
        max_length=200,
        help_text="UID, TR number, Companies House number or name, such as TR03556",
    )
    schools = _file(
        "Schools", "edubasealldata or a search results download: CSV, or a .gz or .zip of one"
    )
    groups = _file("Groups", "All groups, or academies and their trusts")
    links = _file("Links", "Predecessors and successors of schools", required=False)


class SchoolCodeForm(HouseForm):
    """The short code in references."""

    code = forms.CharField(
        label="Short code", max_length=5, help_text="In references such as ALD-26-A2-03"
    )


class MembershipForm(HouseForm):
    """That a school joined or left, and on what day."""

    what = forms.ChoiceField(
        label="What happened",
        choices=[
            ("left", "The school leaves the trust"),
            ("joined", "The school joined the trust"),
        ],
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label="Day")
    reason = forms.CharField(label="Reason", max_length=120, required=False)


class AppointForm(HouseForm):
    """Who holds which post, where, from when to when."""

    capacity = forms.ChoiceField(label="Post")
    school = forms.ModelChoiceField(
        School.objects.none(),
        label="School",
        required=False,
        empty_label="Whole trust",
        help_text="For posts at a school",
    )
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Person",
        required=False,
        empty_label="Somebody not listed, or nobody yet",
    )
    name = forms.CharField(
        label="Name of somebody not listed",
        max_length=120,
        required=False,
        help_text="Leave both empty for a post that is vacant",
    )
    email = forms.EmailField(label="Work e-mail", required=False)
    title = forms.CharField(
        label="Title",
        max_length=80,
        required=False,
        help_text="As the school says it, such as Reading lead",
    )
    standing = forms.ChoiceField(
        label="Standing",
        choices=[(v, n) for v, n in Post.Standing.choices if v != Post.Standing.VACANT],
        initial=Post.Standing.PERMANENT,
    )
    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(
        label="Last day", required=False, help_text="Access ends with this day"
    )
    headship_since = forms.DateField(
        label="First day of any headship",
        required=False,
        help_text="For headteachers: at this school or an earlier one",
    )
    is_chair_of_trustees = forms.BooleanField(label="Chair of trustees", required=False)

    def __init__(self, *args: Any, by: Actor, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(by).in_trust(today).by_name()
        may = [
            capacity
            for capacity in ROLE_NAMES
            if any(
                may_appoint(by, Post(capacity=capacity, school_id=s))
                for s in _places(capacity, schools)
            )
        ]
        self.fields["capacity"].choices = [(each, CAPACITY_NAMES[each]) for each in may]
        self.fields["school"].queryset = schools
        self.fields["person"].queryset = Person.objects.visible_to(by)
        if may == [Capacity.LEADER]:
            for name in ("headship_since", "is_chair_of_trustees"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A person is chosen or typed, not both; an e-mail belongs to a name and to one person."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("person") and cleaned.get("name"):
            self.add_error("name", "Choose a person or type a name, not both")
        email = cleaned.get("email")
        if email and not cleaned.get("name"):
            self.add_error("name", "Enter the name that goes with the e-mail")
        elif email and Person.objects.filter(email__iexact=email).exists():
            self.add_error("email", "Somebody has this e-mail already: choose them from the list")
        capacity, school = cleaned.get("capacity"), cleaned.get("school")
        if capacity in AT_SCHOOLS and capacity != Capacity.PROVIDER and not school:
            self.add_error("school", f"Choose the school of the {CAPACITY_NAMES[capacity]}")
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "Enter a last day after the first day")
        return cleaned


def _places(capacity: str, schools: Any) -> list[int | None]:
    if capacity not in AT_SCHOOLS:
        return [None]
    return [school.pk for school in schools]


class EndPostForm(HouseForm):
    """The last day of a post."""

    on = forms.DateField(label="Last day", help_text="Access ends with this day")


class DelegateForm(HouseForm):
    """Who acts for the holder of a post, and for how long."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Delegate", empty_label="Choose")
    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(label="Last day", required=False)

    def __init__(self, *args: Any, by: Actor, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.visible_to(by).exclude(pk=post.person_id)
        self.fields["person"].queryset = people


class HalfTermsForm(HouseForm):
    """Six half terms with first and last day; names too when they are the trust's."""

    def __init__(
        self,
        *args: Any,
        half_terms: Mapping[str, tuple[str, dt.date | None, dt.date | None]],
        names: bool = True,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        self.keys = tuple(half_terms)
        super().__init__(*args, **kwargs)
        for key, (name, start, end) in half_terms.items():
            if names:
                self.fields[f"{key}_name"] = forms.CharField(
                    label=f"Name of {name}", max_length=40, initial=name
                )
            for part, label, value in (("start", "First", start), ("end", "Last", end)):
                field = forms.DateField(
                    label=f"{label} day of {name}", initial=value, required=required
                )
                self.fields[f"{key}_{part}"] = field
        for name, field in self.fields.items():
            self._dress(field)
            if required:
                words = str(field.label)
                field.error_messages["required"] = f"Enter the {words[0].lower()}{words[1:]}"
            field.error_messages["invalid"] = "Enter a date, for example 3 December 2026"
            field.widget.attrs.setdefault("id", f"id_{name}")

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields of each half term together."""
        return [
            [
                self[f"{key}_{part}"]
                for part in ("name", "start", "end")
                if f"{key}_{part}" in self.fields
            ]
            for key in self.keys
        ]

    def clean(self) -> dict[str, Any]:
        """Each half term has both days or neither, and ends after it starts."""
        cleaned: dict[str, Any] = super().clean() or {}
        for key in self.keys:
            start, end = cleaned.get(f"{key}_start"), cleaned.get(f"{key}_end")
            given = f"{key}_start" in cleaned and f"{key}_end" in cleaned
            if given and bool(start) != bool(end):
                missing = "end" if start else "start"
                self.add_error(
                    f"{key}_{missing}", "Enter both days, or neither to follow the trust"
                )
            elif start and end and end < start:
                self.add_error(f"{key}_end", "Enter a last day after the first day")
        return cleaned

    def dates(self, key: str) -> tuple[dt.date, dt.date] | None:
        start, end = self.cleaned_data[f"{key}_start"], self.cleaned_data[f"{key}_end"]
        return (start, end) if start and end else None

    def half_term_dates(self) -> list[HalfTermDates]:
        """For a whole new year, whose keys are those of the six half terms."""
        found = []
        for key in HALF_TERM_KEYS:
            dates = self.dates(key)
            if dates:
                found.append(HalfTermDates(key, self.cleaned_data[f"{key}_name"], *dates))
        return found


def empty_year(year: int) -> dict[str, tuple[str, dt.date | None, dt.date | None]]:
    """Ordinary dates for a year where they are known, else six empty half terms."""
    if year in ENGLISH_YEARS:
        return {h.key: (h.name, h.start, h.end) for h in ENGLISH_YEARS[year].half_terms}
    return {key: (HALF_TERM_NAMES[key], None, None) for key in HALF_TERM_KEYS}


class ClosedDayForm(HouseForm):
    """A weekday on which one school, or every school, is closed to pupils."""

    day = forms.DateField(label="Day")
    kind = forms.ChoiceField(label="Kind", choices=NonSchoolDay.Kind.choices)
    school = forms.ModelChoiceField(School.objects.none(), label="School", required=False)
    note = forms.CharField(label="Note", max_length=120, required=False)

    def __init__(self, *args: Any, by: Actor, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(by).in_trust(today).by_name()
        mine = [school.pk for school in schools if may_edit_school_calendar(by, school)]
        field = self.fields["school"]
        field.queryset = schools.filter(pk__in=mine)
        everywhere = bool(may_edit_trust_calendar(by, None))
        field.empty_label = "Every school" if everywhere else "Choose"
        field.required = not everywhere

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day.weekday() > 4:
            raise forms.ValidationError("Choose a weekday: schools are closed at weekends anyway")
        return day


class CalendarFileForm(HouseForm):
    """A CSV of term dates."""

    file = _file("File", "A CSV with the columns School, Kind, From, To, Note")
