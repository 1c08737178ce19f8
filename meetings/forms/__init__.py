"""Forms of the meeting engine: a file each for the agenda, the minutes, actions, Part B and errata."""

from meetings.forms.actions import (
    ActionForm,
    ChangeActionForm,
    CloseForm,
    DoneForm,
    RaiseActionForm,
    ReasonForm,
    UpdateForm,
    UploadField,
)
from meetings.forms.agenda import DateForm, ItemForm, LateForm, NotHeldForm, OwnItemForm
from meetings.forms.errata import ErratumForm, RedactForm
from meetings.forms.noted import (
    AttendeeForm,
    ChallengeForm,
    CorrectionForm,
    EvidenceForm,
    NoteLineForm,
    SchoolNoteForm,
)
from meetings.forms.part_b import PartBCorrectionForm, PartBGrantForm

__all__ = [
    "ActionForm", "AttendeeForm", "ChallengeForm", "ChangeActionForm", "CloseForm", "CorrectionForm",
    "DateForm", "DoneForm", "ErratumForm", "EvidenceForm", "ItemForm", "LateForm", "NotHeldForm",
    "NoteLineForm", "OwnItemForm", "PartBCorrectionForm", "PartBGrantForm", "RaiseActionForm",
    "ReasonForm", "RedactForm", "SchoolNoteForm", "UpdateForm", "UploadField",
]  # fmt: skip
