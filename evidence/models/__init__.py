"""What people saw and wrote, and the indicators it speaks to."""

from evidence.models.documents import DocumentJudgement, DocumentKind, MarkedPassage, SchoolDocument
from evidence.models.indicators import Indicator, IndicatorDescriptor
from evidence.models.visits import Finding, NextStep, VisitAttachment, VisitKind, VisitRecord

__all__ = [
    "DocumentJudgement",
    "DocumentKind",
    "Finding",
    "Indicator",
    "IndicatorDescriptor",
    "MarkedPassage",
    "NextStep",
    "SchoolDocument",
    "VisitAttachment",
    "VisitKind",
    "VisitRecord",
]
