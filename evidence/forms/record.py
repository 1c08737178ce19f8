"""What is typed in a record of visit, its files, and the school's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict

from evidence.actions import FindingText, StepText, VisitText
from evidence.forms.uploads import UploadField
from evidence.models import Finding, Indicator, NextStep, VisitKind, VisitRecord
from trust.calendar import today
from trust.forms import HouseForm, IdempotencyField
from trust.numbers import whole_number

MOST_ROWS = 60
"""Findings, and next steps, that one page takes."""


class VisitForm(HouseForm):
    """The words of a record beside its findings and next steps."""

    focus = forms.CharField(
        label="What you looked at",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label="Indicator it speaks to", required=False, empty_label="None of these"
    )  # fmt: skip
    lessons = forms.IntegerField(min_value=0, max_value=999, required=False)
    books = forms.IntegerField(min_value=0, max_value=9999, required=False)
    pupils = forms.IntegerField(min_value=0, max_value=9999, required=False)
    activities = forms.CharField(
        label="Who you met and what you read", max_length=300, required=False
    )
    overall = forms.CharField(
        label="Overall, against the focus",
        max_length=20_000,
        required=False,
        widget=forms.Textarea,
        help_text="Of the school, never of a teacher",
    )
    progress = forms.CharField(
        label="Progress on the last recommendations", max_length=20_000, required=False,
        widget=forms.Textarea,
    )  # fmt: skip
    feedback_to = forms.CharField(
        label="Feedback given to", max_length=200, required=False, help_text="Role and date"
    )
    is_restricted = forms.BooleanField(
        label="Restricted",
        required=False,
        help_text="Read by the Chief Executive, the Director of School Improvement, you and, once sent, "
        "the headteacher. Never on an agenda",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    # Trustees and committee members visit "as lay people, not inspectors, never judging teaching".
    LAY = {
        "focus": "Purpose of the visit",
        "activities": "Which part of the improvement plan it belongs to",
        "overall": "What I saw and heard",
        "progress": "Questions I asked",
    }

    def __init__(
        self, *args: Any, kind: VisitKind, indicators: list[Indicator], **kwargs: Any
    ) -> None:
        is_lay = kind.is_lay
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["indicator"]
        chosen.queryset = Indicator.objects.filter(pk__in=[i.pk for i in indicators])
        chosen.choices = [("", "None of these"), *((i.pk, i.name) for i in indicators)]
        if is_lay:
            for name, label in self.LAY.items():
                self.fields[name].label = label
            self.fields["overall"].help_text = "As a lay visitor: nothing about anybody's teaching"
            for name in ("lessons", "books", "pupils"):
                del self.fields[name]

    def typed(self) -> dict[str, Any]:
        """Fields of the record by name, as they are kept."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FindingForm(HouseForm):
    """One finding."""

    kind = forms.ChoiceField(
        label="Kind of finding", choices=Finding.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="What you saw",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    indicator = forms.ChoiceField(required=False)
    take_to_board = forms.BooleanField(required=False)
    good_practice = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        key: int,
        row: Finding | None,
        is_lay: bool,
        indicators: list[Indicator],
        **kw: Any,
    ) -> None:
        self.key, self.row = key, row
        super().__init__(*args, prefix=f"f{key}", **kw)
        choices: Any = self.fields["indicator"]
        choices.choices = [("", "None of these"), *((i.pk, i.name) for i in indicators)]
        if is_lay:
            del self.fields["kind"], self.fields["good_practice"]
            self.fields["text"].label = "What I learned"

    def typed(self) -> FindingText:
        typed = self.cleaned_data
        return FindingText(
            pk=self.key,
            kind=typed.get("kind") or Finding.Kind.DEVELOP,
            text=typed["text"],
            indicator_id=int(typed["indicator"]) if typed["indicator"] else None,
            take_to_board=typed["take_to_board"],
            good_practice=typed.get("good_practice", False),
        )


class StepForm(HouseForm):
    """One next step."""

    text = forms.CharField(
        label="Next step", max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    suggested_owner = forms.CharField(
        label="Suggested owner", max_length=120, required=False, help_text="By role"
    )
    by_when = forms.DateField(label="By", required=False)

    def __init__(self, *args: Any, key: int, **kwargs: Any) -> None:
        self.key = key
        super().__init__(*args, prefix=f"s{key}", **kwargs)

    def typed(self) -> StepText:
        typed = self.cleaned_data
        return StepText(self.key, typed["text"], typed["suggested_owner"], typed["by_when"])


class VisitEditor:
    """Every form on the page of one draft, read together and judged together.

    Rows are named in the page by hidden `finding` and `step` keys, so that a row somebody else removed
    meanwhile still comes back with its words.
    """

    def __init__(
        self, visit: VisitRecord, data: MultiValueDict[str, Any] | dict[str, Any] | None = None
    ) -> None:
        self.visit = visit
        self.data: Any = data
        kind = visit.kind
        self.is_lay = kind.is_lay
        self.indicators = list(Indicator.objects.active(today()))
        names = [n for n in VisitForm.base_fields if n != "version"]
        initial = {name: getattr(visit, name) for name in names} | {"version": visit.version}
        self.form = VisitForm(data, initial=initial, kind=kind, indicators=self.indicators)
        held_findings = {f.pk: f for f in visit.findings.all()}
        held_steps = {s.pk: s for s in visit.next_steps.all()}
        self.findings = [
            self._finding(pk, held_findings.get(pk)) for pk in self._keys("finding", held_findings)
        ]
        self.steps = [self._step(pk, held_steps.get(pk)) for pk in self._keys("step", held_steps)]

    def _keys(self, name: str, held: dict[int, Any]) -> list[int]:
        if self.data is None:
            return list(held)
        sent = self.data.getlist(name) if hasattr(self.data, "getlist") else self.data.get(name, [])
        numbers = (whole_number(str(key)) for key in sent)
        return [number for number in numbers if number is not None][:MOST_ROWS]

    def _finding(self, pk: int, row: Finding | None) -> FindingForm:
        names = ("kind", "text", "take_to_board", "good_practice")
        initial = {n: getattr(row, n) for n in names} if row else {}
        initial["indicator"] = (row.indicator_id or "") if row else ""
        return FindingForm(
            self.data,
            initial=initial,
            key=pk,
            row=row,
            is_lay=self.is_lay,
            indicators=self.indicators,
        )

    def _step(self, pk: int, row: NextStep | None) -> StepForm:
        names = ("text", "suggested_owner", "by_when")
        initial = {name: getattr(row, name) for name in names} if row else {}
        return StepForm(self.data, initial=initial, key=pk)

    @property
    def forms(self) -> list[HouseForm]:
        return [self.form, *self.findings, *self.steps]

    @property
    def counts(self) -> list[BoundField]:
        """How much was seen: three small boxes."""
        return [self.form[name] for name in ("lessons", "books", "pupils")]

    @property
    def has_more(self) -> bool:
        """Whether anything beyond a short record is written."""
        names = ("activities", "overall", "progress", "feedback_to")
        return any(self.form[name].value() or self.form[name].errors for name in names)

    def is_valid(self) -> bool:
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def errors(self) -> list[tuple[str, str]]:
        """Each message with the id of its field, for the summary at the head of the page."""
        return [
            (bound.auto_id, str(message))
            for form in self.forms
            for bound in form
            for message in bound.errors
        ]

    def version(self) -> int:
        return int(self.form.cleaned_data["version"])

    def text(self, *, add: str = "", remove: tuple[str, int] | None = None) -> VisitText:
        """What was typed, for the action."""
        return VisitText(
            fields=self.form.typed(),
            findings=tuple(form.typed() for form in self.findings),
            steps=tuple(form.typed() for form in self.steps),
            add=add,
            remove=remove,
        )


class ReplyForm(HouseForm):
    """The school's answer to a record."""

    submit = "Send the reply"
    reply = forms.ChoiceField(
        label="Does the school agree?",
        choices=[choice for choice in VisitRecord.Reply.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="Comment",
        max_length=20_000,
        required=False,
        widget=forms.Textarea,
        help_text="Both texts are kept: the record's and yours",
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        needs_words = typed.get("reply") in (
            VisitRecord.Reply.COMMENTED,
            VisitRecord.Reply.DISPUTED,
        )
        if needs_words and not (typed.get("text") or "").strip():
            self.add_error("text", "Enter your comment")
        return typed


class FileForm(HouseForm):
    """A photo or file beside a record."""

    file = UploadField(label="Photo or file")
    idempotency_key = IdempotencyField(required=False)
