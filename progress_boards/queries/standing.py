"""What standing items leave of the hour of a Progress Board."""

from __future__ import annotations

from progress_boards.agenda import DEFAULT_RULES


def left_of_the_hour(minutes: int) -> str:
    """The minutes and enquiries from evidence that standing items of so many minutes leave, as a sentence."""
    rules = DEFAULT_RULES.with_standing(minutes)
    enquiries = "1 enquiry" if rules.enquiries == 1 else f"{rules.enquiries} enquiries"
    return f"{rules.for_enquiries} are left beside them for {enquiries} from evidence"
