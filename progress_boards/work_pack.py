"""What the software does by itself about packs, found by state."""

from __future__ import annotations

from progress_boards.actions.pack import BUILD, TELL, build_pack, tell_pack
from progress_boards.queries.pack import packs_due, packs_to_tell
from trust.work import register_due


def register() -> None:
    """Make the packs of the day, then tell of those that are made."""
    register_due(BUILD, find=packs_due, run=build_pack)
    register_due(TELL, find=packs_to_tell, run=tell_pack)
