"""What a Progress Board is besides a meeting: its slot, its rating, the Chair's judgement, the year's report."""

from progress_boards.models.boards import (
    ItemJudgement,
    ItemRating,
    ProgressBoard,
    Review,
    ReviewQuestion,
    SchoolYear,
)
from progress_boards.models.briefing import AdvanceQuestion, BriefingNote, Deferral, ReviewComment
from progress_boards.models.diaries import AwayDays, PreferredWeekdays, TrustBoardDay
from progress_boards.models.reports import (
    AnnualReport,
    Recommendation,
    RecommendationUpdate,
    ReportComment,
    ReportRead,
    ReportSection,
)
from progress_boards.models.sharing import SharingChoice

__all__ = [
    "AdvanceQuestion",
    "AnnualReport",
    "AwayDays",
    "BriefingNote",
    "Deferral",
    "ItemJudgement",
    "ItemRating",
    "PreferredWeekdays",
    "ProgressBoard",
    "Recommendation",
    "RecommendationUpdate",
    "ReportComment",
    "ReportRead",
    "ReportSection",
    "Review",
    "ReviewComment",
    "ReviewQuestion",
    "SchoolYear",
    "SharingChoice",
    "TrustBoardDay",
]
