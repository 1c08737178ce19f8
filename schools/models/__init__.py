"""The register, the posts and the calendar of the trust's schools."""

from schools.models.days import BlackoutPeriod, NonSchoolDay, SchoolHalfTerm
from schools.models.posts import Post
from schools.models.register import ImportRun, School, SchoolLink

__all__ = [
    "BlackoutPeriod",
    "ImportRun",
    "NonSchoolDay",
    "Post",
    "School",
    "SchoolHalfTerm",
    "SchoolLink",
]
