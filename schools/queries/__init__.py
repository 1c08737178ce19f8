"""Read models of the schools app: posts, calendars, the register and its pages."""

from schools.queries.calendars import (
    add_school_days,
    calendars,
    is_school_day,
    school_calendar,
    trust_calendar,
)
from schools.queries.posts import posts_of, with_posts
from schools.queries.register import file_schools, import_plan, predecessors_of

__all__ = [
    "add_school_days",
    "calendars",
    "file_schools",
    "import_plan",
    "is_school_day",
    "posts_of",
    "predecessors_of",
    "school_calendar",
    "trust_calendar",
    "with_posts",
]
