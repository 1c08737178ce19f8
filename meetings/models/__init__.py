"""The one meeting engine: kinds, meetings, seats, agenda items, minutes, papers, actions."""

from meetings.models.actions import Action, ActionMark, ActionUpdate
from meetings.models.agenda import AgendaItem, ItemSource, Paper
from meetings.models.meeting import Meeting, MeetingKind, Seat
from meetings.models.minutes import (
    AccuracyReply,
    Challenge,
    Correction,
    EvidenceSeen,
    Minute,
    MinuteConflict,
)

__all__ = [
    "AccuracyReply",
    "Action",
    "ActionMark",
    "ActionUpdate",
    "AgendaItem",
    "Challenge",
    "Correction",
    "EvidenceSeen",
    "ItemSource",
    "Meeting",
    "MeetingKind",
    "Minute",
    "MinuteConflict",
    "Paper",
    "Seat",
]
