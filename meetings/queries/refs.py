"""The references that pages and PDFs print, so that a reader of paper finds the thing again."""

from __future__ import annotations

from meetings.models import AgendaItem, Meeting


def meeting_ref(meeting: Meeting) -> str:
    """ALD-26-A2: the school's code and the meeting's, as its actions begin."""
    school = meeting.school
    code = (school.code or f"S{school.pk}") if school else ""
    return "-".join(filter(None, (code, meeting.code or f"M{meeting.pk}")))


def item_ref(item: AgendaItem) -> str:
    """ALD-26-A2/3: the third item of that meeting, and its minute."""
    return f"{meeting_ref(item.meeting)}/{item.order}"
