"""What is typed while minutes are written, and about them afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from meetings.action_line import read_line
from meetings.models import EvidenceSeen
from meetings.note_line import ACTION, read_note
from meetings.queries.people import Owner
from trust.calendar import today
from trust.forms import HouseForm


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
