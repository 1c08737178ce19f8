"""The facts of a visit: what, where, when and by whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from evidence.actions import VisitFacts
from evidence.models import VisitKind, VisitRecord
from evidence.rules import writing
from schools.models import School
from trust.access import Actor
from trust.calendar import today
from trust.forms import HouseForm, IdempotencyField
from trust.people.models import User


def kinds_for(user: Actor) -> list[VisitKind]:
    """The kinds of visit this person may record somewhere."""
    places = [None, *user.posts.schools(*{h.capacity for h in user.posts.holdings})]
    kinds = VisitKind.objects.order_by("order")
    return [k for k in kinds if any(writing(user, place, k) for place in places)]


FACTS = (
    "days",
    "organisation",
    "commissioned_by",
    "cost",
    "accompanied_by",
    "visitor_names",
)


class VisitFactsForm(HouseForm):
    """What, where, when and by whom; external is told by the kind unless it is changed."""

    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")
    kind = forms.ModelChoiceField(
        VisitKind.objects.none(), to_field_name="slug", empty_label="Choose a kind"
    )
    visited_on = forms.DateField(label="Date of the visit")
    days = forms.DecimalField(
        label="Length in days", min_value=0.5, max_value=20, decimal_places=1,
        help_text="0.5 is half a day",
    )  # fmt: skip
    is_mine = forms.BooleanField(label="I was the visitor", required=False, initial=True)
    visitor_names = forms.CharField(
        label="Visitors", max_length=200, required=False, help_text="Others who visited, by role"
    )
    organisation = forms.CharField(max_length=120, required=False)
    is_external = forms.ChoiceField(
        label="Internal or external",
        choices=[("", "As the kind says"), ("no", "Internal"), ("yes", "External")],
        required=False,
    )
    commissioned_by = forms.CharField(
        label="Commissioned by", max_length=80, required=False, help_text="For an external visit"
    )
    cost = forms.DecimalField(
        label="Cost in pounds", min_value=0, max_digits=9, decimal_places=2, required=False,
        help_text="For an external visit",
    )  # fmt: skip
    accompanied_by = forms.CharField(
        label="Accompanied by", max_length=200, required=False, help_text="By role, such as headteacher"
    )  # fmt: skip
    idempotency_key = IdempotencyField(required=False)

    def __init__(self, *args: Any, user: User, visit: VisitRecord | None = None, **kw: Any) -> None:
        self.user, self.visit = user, visit
        super().__init__(*args, **kw)
        self.submit = "Save the facts" if visit else "Start the record"
        kinds = kinds_for(user)
        places = School.objects.visible_to(user).in_trust(today())
        allowed = [s.pk for s in places if writing(user, s.pk, None)]
        self._choices("school", School.objects.filter(pk__in=allowed).by_name())
        self._choices("kind", VisitKind.objects.filter(pk__in=[k.pk for k in kinds]))
        if all(kind.is_lay for kind in kinds):
            for name in ("commissioned_by", "cost", "is_external", "organisation"):
                del self.fields[name]

    def _choices(self, name: str, rows: QuerySet[Any]) -> None:
        field: Any = self.fields[name]
        field.queryset = rows
        if len(rows) == 1:
            field.empty_label = None

    @classmethod
    def initial_of(cls, visit: VisitRecord, user: User) -> dict[str, Any]:
        """What the page shows of a draft that is there."""
        return {
            **{name: getattr(visit, name) for name in FACTS},
            "school": visit.school_id,
            "kind": visit.kind.slug,
            "visited_on": visit.visited_on,
            "is_mine": visit.visitor_id is not None and visit.visitor_id == user.person_id,
            "is_external": "yes" if visit.is_external else "no",
        }

    def clean_visited_on(self) -> Any:
        day = self.cleaned_data["visited_on"]
        if day > today():
            raise forms.ValidationError("Enter the day of the visit, not a day to come")
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        school, kind = typed.get("school"), typed.get("kind")
        if school and kind and not writing(self.user, school.pk, kind):
            self.add_error("kind", "Choose a kind of visit that you record at this school")
        if not typed.get("is_mine") and not typed.get("visitor_names"):
            self.add_error("visitor_names", "Enter who visited")
        return typed

    def facts(self) -> VisitFacts:
        typed = self.cleaned_data
        more = {name: typed[name] for name in FACTS if name in typed}
        external = typed.get("is_external") or ""
        more["is_external"] = external == "yes" if external else typed["kind"].is_external
        mine, visit = self.user.person, self.visit
        others = visit.visitor if visit and visit.visitor_id != self.user.person_id else None
        more["visitor"] = mine if typed["is_mine"] else others
        return VisitFacts(typed["school"], typed["kind"], typed["visited_on"], more)
