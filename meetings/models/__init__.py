"""The one meeting engine: kinds, meetings, seats, agenda items, minutes, papers, actions."""

from meetings.models.actions import Action, ActionMark, ActionUpdate
from meetings.models.agenda import AgendaItem, AgendaVersion, ItemSource, Paper, StandingItem
from meetings.models.meeting import Meeting, MeetingKind, Seat
from meetings.models.minutes import (
    AccuracyReply,
    Challenge,
    Correction,
    Erratum,
    EvidenceSeen,
    Minute,
    MinuteConflict,
)
from meetings.models.part_b import (
    PartB,
    PartBCorrection,
    PartBGrant,
    PartBKept,
    PartBReply,
    StayedForB,
)

__all__ = [
    "AccuracyReply",
    "Action",
    "ActionMark",
    "ActionUpdate",
    "AgendaItem",
    "AgendaVersion",
    "Challenge",
    "Correction",
    "Erratum",
    "EvidenceSeen",
    "ItemSource",
    "Meeting",
    "MeetingKind",
    "Minute",
    "MinuteConflict",
    "Paper",
    "PartB",
    "PartBCorrection",
    "PartBGrant",
    "PartBKept",
    "PartBReply",
    "Seat",
    "StandingItem",
    "StayedForB",
]
