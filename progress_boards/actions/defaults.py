"""Put in what this app cannot work without."""

from __future__ import annotations

from meetings.actions.setup import lay_down_kinds
from progress_boards.defaults import KINDS
from trust.access import Actor


def lay_down_defaults(*, by: Actor | None = None) -> None:
    """Add the Progress Board to the kinds of meeting; a kind that is there stays as the trust has it."""
    lay_down_kinds(KINDS, by=by)
