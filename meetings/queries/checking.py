"""Where those stand who check the minutes for accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meetings.models import Meeting
from meetings.rules import checking_seats
from trust.people.models import User

if TYPE_CHECKING:
    from meetings.queries.minutes import MinutesPage


@dataclass(frozen=True)
class Check:
    """Where one of those who check the minutes stands."""

    role: str
    name: str
    words: str
    tag: str
    """The kind of tag: done, doing, you or todo."""


def checks_of(page: MinutesPage, *, reader: User | None = None) -> list[Check]:
    """Each person who checks: nothing to correct, how many proposed, or no reply; silence is said as silence."""
    meeting = page.meeting
    replied = {(r.person_id, r.role) for r in page.replies}
    proposed: dict[tuple[int, str], int] = {}
    for correction in page.said:
        key = (correction.person_id, correction.role)
        proposed[key] = proposed.get(key, 0) + 1
    found = []
    for seat in checking_seats(meeting):
        key = (seat.person_id or 0, seat.role)
        mine = reader is not None and reader.person_id == seat.person_id
        found.append(
            Check(
                "You" if mine else seat.get_role_display(),
                seat.person.name if seat.person else "",
                *check_words(meeting, proposed.get(key, 0), key in replied, mine),
            )
        )
    return found


def check_words(meeting: Meeting, proposed: int, replied: bool, mine: bool) -> tuple[str, str]:
    """What is said of one who checks, and the kind of tag it is said in."""
    if proposed:
        return f"{proposed} proposed", "doing"
    if replied:
        return "Nothing to correct", "done"
    if meeting.state == "final":
        return "No correction proposed", "plain"
    return ("Your turn", "you") if mine else ("No reply yet", "todo")


def silent_words(page: MinutesPage) -> str:
    """The record's own sentence: "No correction proposed by headteacher, Link Trustee"; "" when there was one."""
    spoke = {(c.person_id, c.role) for c in page.said}
    silent = [
        seat.get_role_display()
        for seat in checking_seats(page.meeting)
        if (seat.person_id, seat.role) not in spoke
    ]
    names = ", ".join(dict.fromkeys(name for name in silent))
    return f"No correction proposed by {names}" if names else ""
