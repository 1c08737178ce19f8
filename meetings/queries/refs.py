"""The references that pages and PDFs print, so that a reader of paper finds the thing again."""

from __future__ import annotations

from meetings.models import AgendaItem, Meeting
from schools.models import School


def school_ref(school: School | None) -> str:
    """ALD, or a number while the school has no code; "" for what is of no school."""
    return (school.code or f"S{school.pk}") if school else ""


def meeting_ref(meeting: Meeting) -> str:
    """ALD-26-A2: the school's code and the meeting's, as its actions begin."""
    own = meeting.code or f"M{meeting.pk}"
    return "-".join(filter(None, (school_ref(meeting.school), own)))


def item_ref(item: AgendaItem) -> str:
    """ALD-26-A2/3: the third item of that meeting, and its minute."""
    return f"{meeting_ref(item.meeting)}/{item.order}"
