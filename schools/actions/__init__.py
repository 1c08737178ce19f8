"""Every write of the register, the posts and the term dates."""

from schools.actions.calendar import (
    add_non_school_day,
    apply_calendar,
    clear_school_half_term,
    enter_academic_year,
    lay_down_default_calendar,
    remove_non_school_day,
    set_half_term_dates,
    set_school_dates,
    set_school_half_term,
    set_year_dates,
    year_name,
)
from schools.actions.posts import (
    appoint_for_year,
    appoint_person,
    end_for_year,
    end_post,
    name_delegate,
)
from schools.actions.register import (
    apply_import,
    discard_import,
    mark_school_joined,
    mark_school_left,
    preview_import,
    set_school_code,
)

__all__ = [
    "add_non_school_day",
    "apply_calendar",
    "apply_import",
    "appoint_for_year",
    "appoint_person",
    "clear_school_half_term",
    "discard_import",
    "end_for_year",
    "end_post",
    "enter_academic_year",
    "lay_down_default_calendar",
    "mark_school_joined",
    "mark_school_left",
    "name_delegate",
    "preview_import",
    "remove_non_school_day",
    "set_half_term_dates",
    "set_school_code",
    "set_school_dates",
    "set_school_half_term",
    "set_year_dates",
    "year_name",
]
