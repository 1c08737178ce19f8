"""What is typed about an action: agreed, changed, raised, updated, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from evidence.models import Finding
from meetings.action_line import read_line
from meetings.models import Action
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
    """An action that no meeting noted: of a school, of the trust as a whole, or from a finding of a visit."""

    submit = "Add the action"
    school = forms.ModelChoiceField(
        School.objects.none(), label="School", required=False, empty_label="The trust as a whole"
    )
    due_on = forms.DateField(
        label="Due", required=False, help_text="Without a date: before the school’s next meeting"
    )
    field_order = ["school", "text", "owner", "owner_role", "due_on", "success_measure"]

    def __init__(
        self, *args: Any, schools: Any, finding: Finding | None = None, **kwargs: Any
    ) -> None:
        if finding is not None:
            kwargs.setdefault("initial", {"text": finding.text})
        super().__init__(*args, **kwargs)
        if finding is not None:
            del self.fields["school"]  # the finding says of which school
        else:
            self.fields["school"].queryset = schools


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


# -- the agenda, and when the meeting is -----------------------------------------------------------
