"""What is typed into the minutes, about an action, or as a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from meetings.action_line import read_line
from meetings.models import Action, EvidenceSeen
from meetings.queries.people import Owner
from schools.models import School
from trust.calendar import today
from trust.forms import HouseForm
from trust.uploads import ACCEPT, CleanUpload, check_upload

ROLE_HELP = "The post, if it is not in the list"


class UploadField(forms.FileField):
    """A file that has been looked into: the cleaned value is a CleanUpload."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:
        file = super().clean(data, initial)
        return check_upload(file) if file else None


def _owner_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Who owns it", required=False)


class OwnerFormMixin:
    """Turns the chosen owner, or a typed post, into `owner` (a Person or None) and `owner_role`."""

    def offer(self, owners: Iterable[Owner]) -> None:
        self.owners = {str(owner.person_id): owner for owner in owners}
        self.fields["owner"].choices = [
            ("", "Choose, or type the post"),
            *((pk, owner.label) for pk, owner in self.owners.items()),
        ]

    def settle_owner(self, role: str = "") -> None:
        """Set cleaned_data's owner and owner_role: a role typed in the line, then the list, then the field."""
        data = self.cleaned_data
        chosen = self.owners.get(data.get("owner", ""))
        if role:
            same = (o for o in self.owners.values() if o.role.casefold() == role.casefold())
            chosen = next(same, None)
        role = role or (chosen.role if chosen else data.get("owner_role", "").strip())
        data["owner"] = chosen.as_person() if chosen else None
        data["owner_role"] = role[:80]
        if not role:
            self.add_error("owner", "Choose who owns the action, or type the post")


class ActionForm(OwnerFormMixin, HouseForm):
    """An action of the minutes: typed in one line, or field by field."""

    line = forms.CharField(
        label="Action",
        max_length=600,
        help_text="In one line if you like: @reading lead by 11 December Keep-up timetable",
    )
    owner = _owner_field()
    owner_role = forms.CharField(label="Post", required=False, max_length=80, help_text=ROLE_HELP)
    due_on = forms.DateField(label="Due", required=False)

    def __init__(
        self, *args: Any, owners: Iterable[Owner], due: dt.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(owners)
        if due is not None:
            self.fields["due_on"].help_text = f"Without a date: {due.day} {due:%B %Y}"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "line" not in data:
            return data
        read = read_line(data["line"], today=today(), roles=[o.role for o in self.owners.values()])
        if read.problem:
            self.add_error("line", read.problem)
            return data
        data["text"] = read.text
        data["due_on"] = read.due_on or data.get("due_on")
        self.settle_owner(read.role)
        return data


class ChangeActionForm(OwnerFormMixin, HouseForm):
    """An action already noted."""

    submit = "Save the action"
    text = forms.CharField(label="Action", widget=forms.Textarea)
    owner = _owner_field()
    owner_role = forms.CharField(label="Post", required=False, max_length=80, help_text=ROLE_HELP)
    due_on = forms.DateField(label="Due")
    success_measure = forms.CharField(
        label="How you will know it worked", required=False, max_length=300
    )

    def __init__(self, *args: Any, owners: Iterable[Owner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(owners)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.settle_owner()
        return data

    @staticmethod
    def initial_of(action: Action) -> dict[str, Any]:
        return {
            "text": action.text,
            "owner": str(action.owner_id or ""),
            "owner_role": "" if action.owner_id else action.owner_role,
            "due_on": action.due_on,
            "success_measure": action.success_measure,
        }


class RaiseActionForm(ChangeActionForm):
    """An action that no meeting noted."""

    submit = "Add the action"
    school = forms.ModelChoiceField(School.objects.none(), label="School")
    due_on = forms.DateField(
        label="Due", required=False, help_text="Without a date: before the school’s next board"
    )
    field_order = ["school", "text", "owner", "owner_role", "due_on", "success_measure"]

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools


class ChallengeForm(HouseForm):
    """What was asked, by whom, and the answer: by roles, never by names."""

    submit = "Save the challenge"
    asked_by = forms.CharField(label="Asked by", max_length=80, help_text="The role, not the name")
    question = forms.CharField(label="Question", widget=forms.Textarea)
    response = forms.CharField(label="Answer", widget=forms.Textarea, required=False)
    answered_by = forms.CharField(
        label="Answered by", max_length=80, required=False, help_text="The role, not the name"
    )


class EvidenceForm(HouseForm):
    """What was put forward, and how it was seen."""

    submit = "Save the evidence"
    what = forms.CharField(label="What was put forward", max_length=200)
    how = forms.ChoiceField(label="How it was seen", choices=EvidenceSeen.How.choices)
    link = forms.URLField(label="Link", required=False, max_length=300, assume_scheme="https")


class AttendeeForm(HouseForm):
    """Somebody who came without a seat."""

    person = forms.ChoiceField(label="Who else was there")

    def __init__(self, *args: Any, people: Iterable[Owner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(o.person_id), o.label) for o in people]


class CorrectionForm(HouseForm):
    """A proposed correction."""

    text = forms.CharField(
        label="What should it say?", widget=forms.Textarea, help_text="Accuracy only"
    )


class SchoolNoteForm(HouseForm):
    """The school's note, where disagreement remains."""

    text = forms.CharField(
        label="The school’s note",
        widget=forms.Textarea,
        help_text="At most 150 words; it stands with the minutes",
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if len(text.split()) > 150:
            raise forms.ValidationError(
                f"Keep the note within 150 words: it has {len(text.split())}"
            )
        return text


class UpdateForm(HouseForm):
    """How an action goes."""

    text = forms.CharField(label="How it goes", widget=forms.Textarea)
    file = UploadField(label="File", required=False, help_text="No pupil’s name or photo")


class DoneForm(HouseForm):
    """That an action is done, with the evidence."""

    note = forms.CharField(label="What shows that it is done", widget=forms.Textarea)
    file = UploadField(label="Evidence", required=False, help_text="No pupil’s name or photo")


class CloseForm(HouseForm):
    note = forms.CharField(label="Note", required=False, max_length=300)


class ReasonForm(HouseForm):
    reason = forms.CharField(label="Reason", max_length=300)
