"""Proposing a joint project, writing in it, joining it, and recording its visits."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from cpd.actions.texts import Stale
from cpd.forms.practice import NOBODY, indicator_field
from cpd.forms.texts import TextForm, VersionedForm
from cpd.models import JointProject, ProjectSchool
from cpd.queries.practice import own_schools
from cpd.rules import OF_SCHOOL
from evidence.models import Indicator
from schools.models import Post, School
from trust.access import Actor, Conflict
from trust.calendar import today
from trust.people.models import Person


class _People(forms.ModelChoiceField):
    """People by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def _long(label: str, *, help_text: str = "", rows: int = 4) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": str(rows)})
    return forms.CharField(label=label, widget=area, required=False, help_text=help_text)


def _lead_field() -> _People:
    return _People(
        Person.objects.none(), label="Who leads it there", required=False,
        empty_label="Nobody yet",
    )  # fmt: skip


def leaders_of(*school_ids: int) -> QuerySet[Person]:
    """The headteacher and leaders of the schools today."""
    posts = Post.objects.current(today()).filter(school__in=school_ids, capacity__in=OF_SCHOOL)
    return Person.objects.filter(pk__in=posts.values("person")).order_by("name", "pk")


class ProjectWords(forms.Form):
    """What a project says as it is proposed."""

    title = forms.CharField(max_length=120)
    question = forms.CharField(
        label="The shared question", widget=forms.Textarea,
        help_text="What the schools want to find out together for their pupils",
    )  # fmt: skip
    indicator = indicator_field()
    starts_on = forms.DateField(label="Starts on", required=False)
    ends_on = forms.DateField(label="Ends on", required=False)
    baseline = _long("Where pupils stand at the start", help_text=NOBODY)


class NewProjectForm(TextForm, ProjectWords):
    """A project proposed to other schools."""

    submit = "Propose the project"
    school = forms.ModelChoiceField(
        School.objects.none(), label="Your school", empty_label="Choose a school"
    )
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(), label="Schools to ask", widget=forms.CheckboxSelectMultiple,
        help_text="Each joins by its own headteacher; the project begins when all have joined",
    )  # fmt: skip
    brings = _long("What your school brings", rows=3)
    lead = _lead_field()
    lead_role = forms.CharField(label="Role of that person", max_length=80, required=False)
    field_order = ["title", "question", "school", "schools"]

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = list(own_schools(user))
        _queryset(self, "indicator", Indicator.objects.active(today()))
        _queryset(self, "school", own_schools(user))
        others = School.objects.in_trust(today()).by_name()
        if len(own) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.fields["school"].initial = own[0].pk
            others = others.exclude(pk=own[0].pk)
        _queryset(self, "schools", others)
        self.fields["schools"].error_messages["required"] = (
            "A joint project needs two schools at least: choose another school beside your own"
        )
        _queryset(self, "lead", leaders_of(*(school.pk for school in own)))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        own, asked = typed.get("school"), typed.get("schools")
        if own and asked is not None and not [school for school in asked if school != own]:
            self.add_error("schools", self.fields["schools"].error_messages["required"])
        return typed


class ProjectForm(VersionedForm, ProjectWords):
    """What a project says, under the version check."""

    submit = "Save the project"
    practice_changed = _long("What changed in practice", help_text=NOBODY)
    pupils_changed = _long(
        "What changed for pupils", help_text="Beside where they stood at the start"
    )
    product = _long("What is there to share", help_text="Such as a routine, a set of plans, a film")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _queryset(self, "indicator", Indicator.objects.active(today()))


class PlaceForm(TextForm):
    """Who leads at one school, and what it brings."""

    lead = _lead_field()
    lead_role = forms.CharField(label="Role of that person", max_length=80, required=False)
    brings = _long("What your school brings", rows=3)

    def __init__(self, *args: Any, place: ProjectSchool, **kwargs: Any) -> None:
        names = ("lead", "lead_role", "brings")
        kwargs["initial"] = {name: getattr(place, name) for name in names}
        super().__init__(*args, **kwargs)
        _queryset(self, "lead", leaders_of(place.school_id))
        self.submit = "Save" if place.joined_at else "Join the project"


class VisitForm(TextForm):
    """One visit between two schools of the project."""

    submit = "Record the visit"
    visitor = forms.ModelChoiceField(
        ProjectSchool.objects.none(), label="School that visited", empty_label="Choose a school"
    )
    host = forms.ModelChoiceField(
        ProjectSchool.objects.none(), label="School it went to", empty_label="Choose a school"
    )
    visited_on = forms.DateField(label="Date of the visit")
    learned = forms.CharField(
        label="What was seen and learned", widget=forms.Textarea, required=False, help_text=NOBODY
    )

    def __init__(self, *args: Any, project: JointProject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = ProjectSchool.objects.filter(project=project).select_related("school")
        for name in ("visitor", "host"):
            _queryset(self, name, places)
            field = self.fields[name]
            field.label_from_instance = lambda place: place.school.name  # type: ignore[attr-defined]


class GainForm(TextForm):
    """What one school gained; `was` is the text as the page was opened."""

    submit = "Save what we gained"
    gained = _long("What your school gained", help_text=NOBODY, rows=5)
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, place: ProjectSchool, **kwargs: Any) -> None:
        self.place = place
        self.newer: list[tuple[str, str]] = []
        kwargs["initial"] = {"gained": place.gained, "was": place.gained}
        super().__init__(*args, **kwargs)

    def refuse(self, conflict: Conflict) -> None:
        """Go on from the newest text, which is shown beside what was typed."""
        super().refuse(conflict)
        if isinstance(conflict, Stale):
            self.place.refresh_from_db()
            self.data = self.data.copy()
            self.data["was"] = self.place.gained
            self.newer = [("What your school gained", self.place.gained or "Nothing")]


class ReasonForm(TextForm):
    """Why a project stops."""

    submit = "Stop the project"
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="Every school that reads the project reads it"
    )


class AskForm(TextForm):
    """One school more."""

    submit = "Ask this school"
    school = forms.ModelChoiceField(School.objects.none(), empty_label="Choose a school")

    def __init__(self, *args: Any, project: JointProject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = [place.school_id for place in project.schools.all()]
        _queryset(self, "school", School.objects.in_trust(today()).exclude(pk__in=inside).by_name())


def _queryset(form: forms.BaseForm, name: str, rows: Any) -> None:
    field = cast("forms.ModelChoiceField[Any]", form.fields[name])
    field.queryset = rows
