"""What is typed into an agenda, the minutes, about an action, or as a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from evidence.models import Finding
from meetings.action_line import read_line
from meetings.models import Action, AgendaItem, EvidenceSeen, Meeting
from meetings.note_line import ACTION, read_note
from meetings.queries.people import Owner
from schools.models import School
from trust.calendar import LONDON, today
from trust.forms import HouseForm, IdempotencyField
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


class NoteLineForm(HouseForm):
    """A challenge, evidence or an action in one line: `kind` says which, `words` what its action takes."""

    line = forms.CharField(label="Note in one line", max_length=1500)

    def __init__(
        self, *args: Any, owners: Iterable[Owner], asked_by: str = "", answered_by: str = "",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.owners = {str(owner.person_id): owner for owner in owners}
        self.roles = {"asked_by": asked_by, "answered_by": answered_by}
        self.kind = ""
        self.words: dict[str, Any] = {}

    def clean_line(self) -> str:
        line = str(self.cleaned_data["line"])
        read = read_note(line, **self.roles)
        if read.problem:
            raise forms.ValidationError(read.problem)
        self.kind = read.kind
        self.words = self._action(read.action) if read.kind == ACTION else read.words
        return line

    def _action(self, line: str) -> dict[str, Any]:
        read = read_line(line, today=today(), roles=[o.role for o in self.owners.values()])
        role = read.role
        problem = read.problem or (
            "" if role else "Write @who: such as @reading lead by 11 December"
        )
        if problem:
            raise forms.ValidationError(problem)
        same = (o for o in self.owners.values() if o.role.casefold() == role.casefold())
        owner = next(same, None)
        return {
            "text": read.text, "due_on": read.due_on, "owner_role": role,
            "owner": owner.as_person() if owner else None,
        }  # fmt: skip


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


# -- the agenda, and when the meeting is -----------------------------------------------------------


class ItemForm(HouseForm):
    """One item of an agenda: its title, what it asks and its minutes."""

    title = forms.CharField(
        max_length=120, help_text="Neutral, because everybody reads it; at most 120 characters"
    )
    question = forms.CharField(
        label="What it asks", required=False, widget=forms.Textarea, max_length=1500
    )
    minutes = forms.IntegerField(min_value=1, max_value=240, initial=10)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submit = "Save the item"

    @classmethod
    def of(cls, item: AgendaItem) -> ItemForm:
        """The form filled with an item as it is."""
        names = ("title", "question", "minutes", "version")
        return cls(initial={name: getattr(item, name) for name in names})


class OwnItemForm(ItemForm):
    """An item that somebody adds."""

    OFFERED = (
        AgendaItem.Type.BUSINESS,
        AgendaItem.Type.SUCCESS,
        AgendaItem.Type.IN_HAND,
        AgendaItem.Type.CLOSE,
    )
    type = forms.ChoiceField(
        label="Kind of item", choices=[(kind.value, kind.label) for kind in OFFERED]
    )
    idempotency_key = IdempotencyField()
    submit = "Add the item"
    field_order = ("type", "title", "question", "minutes")


class LateForm(OwnItemForm):
    """An item added after issue; it may take its minutes from another one."""

    OFFERED = (AgendaItem.Type.BUSINESS, AgendaItem.Type.SUCCESS)
    type = forms.ChoiceField(
        label="Kind of item", choices=[(kind.value, kind.label) for kind in OFFERED]
    )
    taken_from = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label="Its minutes come from",
        required=False,
        empty_label="No other item",
        help_text="Needed when the meeting is full",
    )
    submit = "Issue with this late item"
    field_order = ("type", "title", "question", "minutes", "taken_from")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken: Any = self.fields["taken_from"]
        taken.queryset = AgendaItem.objects.filter(meeting=meeting)
        taken.label_from_instance = lambda item: f"{item} ({item.minutes} minutes)"


class DateForm(HouseForm):
    """When and where a meeting is."""

    on = forms.DateField(label="Date")
    at = forms.TimeField(label="Starts at")
    is_online = forms.BooleanField(label="It is held online", required=False)
    place = forms.CharField(label="Place", required=False, max_length=120)
    link = forms.URLField(
        label="Link to join online", required=False, max_length=300, assume_scheme="https"
    )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """What the form begins with: the date there is."""
        first: dict[str, Any] = {"place": meeting.place, "is_online": meeting.is_online,
                                 "link": meeting.link}  # fmt: skip
        if meeting.starts_at:
            local = meeting.starts_at.astimezone(LONDON)
            first |= {"on": local.date(), "at": local.time()}
        return first

    @property
    def starts_at(self) -> dt.datetime:
        said = self.cleaned_data
        return dt.datetime.combine(said["on"], said["at"], tzinfo=LONDON)

    @property
    def where(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("place", "is_online", "link")}


class NotHeldForm(HouseForm):
    """Why a meeting is postponed or cancelled."""

    reason = forms.CharField(
        label="Reason", max_length=120, help_text="Name nobody and say nothing about a person"
    )
