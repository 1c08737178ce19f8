"""What is typed of a priority, and what is said of how it goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from evidence.models import Indicator
from improvement.models import Priority
from improvement.queries.people import leads_for
from improvement.states import LIVE, PRIORITY
from schools.models import School
from trust.calendar import today
from trust.forms import HouseForm, IdempotencyField
from trust.models import AcademicYear
from trust.people.models import Person


class LeadField(forms.ModelChoiceField):
    """One of the people who may lead, with the post beside the name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Person.objects.none(), empty_label="Nobody yet", **kwargs)
        self.roles: dict[int, str] = {}

    def label_from_instance(self, obj: Person) -> str:
        role = self.roles.get(obj.pk, "")
        return f"{obj.name}, {role}" if role else obj.name


class ParentField(forms.ModelChoiceField):
    """One of the trust's priorities, with its year."""

    def label_from_instance(self, obj: Priority) -> str:
        return f"{obj.academic_year}: {obj}"


class PriorityForm(HouseForm):
    """A priority of one place: the trust or a school; its year is chosen once, when it is set."""

    academic_year = forms.ModelChoiceField(
        AcademicYear.objects.none(), label="Academic year", empty_label=None
    )
    title = forms.CharField(max_length=120, help_text="What will be different, in a few words")
    outcome = forms.CharField(
        label="What pupils will do better", max_length=2000, widget=forms.Textarea,
        help_text="How anybody would see it in pupils’ work, attendance or results. No pupil’s name",
    )  # fmt: skip
    rationale = forms.CharField(
        label="Why this, and from what evidence", max_length=4000, widget=forms.Textarea,
        required=False,
    )  # fmt: skip
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), required=False, empty_label="None of them",
        label="Indicator it speaks to",
    )  # fmt: skip
    evaluation_area = forms.CharField(
        label="Area of the evaluation", max_length=80, required=False,
        help_text="Such as curriculum and teaching",
    )  # fmt: skip
    lead = LeadField(label="Led by", required=False)
    lead_role = forms.CharField(
        label="Post that leads it", max_length=80, required=False,
        help_text="Such as reading lead. Left empty, it is the post of the person chosen above",
    )  # fmt: skip
    parent = ParentField(
        Priority.objects.none(), required=False, empty_label="None of them",
        label="Trust priority it serves",
    )  # fmt: skip
    phase = forms.ChoiceField(choices=Priority.Phase.choices, widget=forms.RadioSelect)
    budget = forms.DecimalField(
        label="Budget in pounds", min_value=0, max_digits=9, decimal_places=2, required=False
    )
    idempotency_key = IdempotencyField(required=False)

    def __init__(
        self, *args: Any, school: School | None, priority: Priority | None = None, **kw: Any
    ) -> None:
        self.school, self.priority = school, priority
        super().__init__(*args, **kw)
        self.submit = "Save the priority" if priority else "Add the priority"
        day = today()
        self._people(priority)
        usable = Q(pk__in=Indicator.objects.active(day).values("pk"))
        if priority and priority.indicator_id:
            usable |= Q(pk=priority.indicator_id)  # one that was switched off since stays
        self._rows("indicator", Indicator.objects.filter(usable).order_by("order"))
        years = AcademicYear.objects.filter(ends_on__gte=day).order_by("starts_on")
        if priority:
            del self.fields["academic_year"]
            years = AcademicYear.objects.filter(pk=priority.academic_year_id)
        else:
            self._rows("academic_year", years)
        if school is None:
            del self.fields["parent"]
        else:
            of_trust = Priority.objects.filter(school=None, academic_year__in=years)
            self._rows("parent", of_trust.select_related("academic_year"))

    def _people(self, priority: Priority | None) -> None:
        """Those who hold a post there today, and whoever leads it now."""
        field: Any = self.fields["lead"]
        field.roles = {each.person_id: each.role for each in leads_for(self.school, today())}
        held = {*field.roles, priority.lead_id if priority else None} - {None}
        field.queryset = Person.objects.filter(pk__in=held).order_by("name", "pk")

    def _rows(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    @classmethod
    def initial_of(cls, priority: Priority) -> dict[str, Any]:
        """What the page shows of a priority that is there."""
        names = (n for n in cls.base_fields if n not in ("academic_year", "idempotency_key"))
        return {name: getattr(priority, f"{name}_id", getattr(priority, name)) for name in names}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        year = typed.get("academic_year") or (self.priority and self.priority.academic_year)
        parent = typed.get("parent")
        if parent and year and parent.academic_year_id != year.pk:
            self.add_error("parent", f"Choose one of the trust’s priorities of {year}")
        if not self.priority and year and self._stands_already(typed.get("title", ""), year):
            self.add_error("title", f"There is a priority with this title in {year} already")
        return typed

    def _stands_already(self, title: str, year: AcademicYear) -> bool:
        same = Priority.objects.filter(school=self.school, academic_year=year)
        return bool(title) and same.filter(title__iexact=title).exists()

    def said(self) -> dict[str, Any]:
        """The typed values, as the action takes them."""
        return {n: v for n, v in self.cleaned_data.items() if n != "idempotency_key"}


class ReportForm(HouseForm):
    """How a priority goes, in one word of the house and a sentence of the reporter's own."""

    state = forms.ChoiceField(label="How does it go?", widget=forms.RadioSelect)
    note = forms.CharField(
        label="What shows it", max_length=300, required=False, widget=forms.Textarea
    )
    idempotency_key = IdempotencyField(required=False)

    def __init__(self, *args: Any, priority: Priority, **kw: Any) -> None:
        kw.setdefault("initial", {"state": priority.state if priority.state in LIVE else ""})
        super().__init__(*args, **kw)
        state: Any = self.fields["state"]
        state.choices = list(_answers(priority))
        self.submit = "Report progress"
        if priority.state not in LIVE:
            state.label, self.submit = "How does it stand now?", "Take it up again"
            return
        read = "A board reads this when the priority is off track. " if priority.school_id else ""
        self.fields["note"].help_text = f"{read}Stopping it needs the reason"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("state") == "stopped" and not typed.get("note"):
            self.add_error("note", "Enter why it is stopped")
        return typed


def _answers(priority: Priority) -> Iterable[tuple[str, str]]:
    """A priority that is met or stopped can only be taken up again."""
    ended = priority.state not in LIVE
    for state, label in PRIORITY.states.items():
        if state in LIVE or not ended:
            yield state, label
