"""Training: requests and their impact, the Strategy Group, buying once, joint practice development."""

from cpd.models.group import Advice, GroupMeeting, MemberScore, TrainingItem
from cpd.models.policy import CentralFund, Provider, TrainingBudget, TrainingPolicy
from cpd.models.practice import (
    JointProject,
    PracticeCard,
    PracticeNotice,
    ProjectSchool,
    ProjectVisit,
)
from cpd.models.purchases import CentralPart, PurchaseSchool, SharedPurchase
from cpd.models.requests import CpdRequest, ImpactReview, RequestVersion, ReviewFile

__all__ = [
    "Advice",
    "CentralFund",
    "CentralPart",
    "CpdRequest",
    "GroupMeeting",
    "ImpactReview",
    "JointProject",
    "MemberScore",
    "PracticeCard",
    "PracticeNotice",
    "ProjectSchool",
    "ProjectVisit",
    "Provider",
    "PurchaseSchool",
    "RequestVersion",
    "ReviewFile",
    "SharedPurchase",
    "TrainingBudget",
    "TrainingItem",
    "TrainingPolicy",
]
