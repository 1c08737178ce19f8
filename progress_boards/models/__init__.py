"""What a Progress Board is besides a meeting: its slot, its rating, the Chair's judgement, the year's report."""

from progress_boards.models.boards import (
    ItemJudgement,
    ItemRating,
    ProgressBoard,
    Review,
    ReviewQuestion,
    SchoolYear,
)
from progress_boards.models.briefing import AdvanceQuestion, BriefingNote
from progress_boards.models.diaries import AwayDays, PreferredWeekdays, TrustBoardDay
from progress_boards.models.reports import AnnualReport, Recommendation, ReportRead, ReportSection
from progress_boards.models.sharing import SharingChoice

__all__ = [
    "AdvanceQuestion",
    "AnnualReport",
    "AwayDays",
    "BriefingNote",
    "ItemJudgement",
    "ItemRating",
    "PreferredWeekdays",
    "ProgressBoard",
    "Recommendation",
    "ReportRead",
    "ReportSection",
    "Review",
    "ReviewQuestion",
    "SchoolYear",
    "SharingChoice",
    "TrustBoardDay",
]
