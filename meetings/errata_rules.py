"""Who states a mistake beside final minutes, and who makes a copy of them without names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings.part_b_rules import is_chief, signs, writes_down
from trust.access import Actor, Answer, allowed_if, first_denied

if TYPE_CHECKING:
    from meetings.models import Meeting


def may_record_erratum(user: Actor, meeting: Meeting) -> Answer:
    """The clerk and whoever signed: "after `final` only an erratum record"."""
    return first_denied(
        (
            allowed_if(
                writes_down(user, meeting) or signs(user, meeting),
                "Only the clerk and the Chair record an erratum",
            ),
            allowed_if(
                meeting.state == "final", "The minutes are not final yet: change them instead"
            ),
        )
    )


def may_redact(user: Actor, meeting: Meeting) -> Answer:
    """The Chief Executive and the clerk, for whoever asks under the articles or for information."""
    return first_denied(
        (
            allowed_if(
                writes_down(user, meeting) or is_chief(user, meeting),
                "Only the Chief Executive and the clerk make a redacted copy",
            ),
            allowed_if(meeting.state == "final", "A redacted copy is made of final minutes"),
        )
    )


def may_say_inspectable(user: Actor, meeting: Meeting) -> Answer:
    """Whether minutes are open to inspection under its articles is for the trust to say."""
    return allowed_if(is_chief(user, meeting), "Only the Chief Executive says this for the trust")
