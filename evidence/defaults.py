"""The indicators, kinds of visit and kinds of document a trust starts with, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Descriptors = tuple[str, str, str]
"""What best, middle and worst look like."""


@dataclass(frozen=True)
class DefaultIndicator:
    """An indicator as it is put in: its words, its part, and descriptors by phase ("" for every school)."""

    slug: str
    name: str
    short_name: str
    help_text: str
    part: str
    descriptors: dict[str, Descriptors]
    about_people: bool = False


PRIMARY: Final[Descriptors] = (
    "Good level of development, phonics and key stage 2 in line with or above national in 2 of the last 3 years, and gaps closing",
    "Below national in one of early years, phonics or key stage 2, or falling",
    "Well below national at key stage 2, or falling for two years, or a large gap for disadvantaged pupils or pupils with SEND",
)
SECONDARY: Final[Descriptors] = (
    "Key stage 4 attainment in line with or above national in 2 of the last 3 years, and gaps closing",
    "Below national in one key measure at key stage 4, or falling",
    "Well below national at key stage 4, or falling for two years, or a large gap for disadvantaged pupils or pupils with SEND",
)
JUNIOR: Final[Descriptors] = (
    "Key stage 2 attainment in line with or above national in 2 of the last 3 years, and gaps closing; progress only with a published baseline",
    "Below national in one key measure at key stage 2, or falling",
    "Well below national at key stage 2, or falling for two years, or a large gap for disadvantaged pupils or pupils with SEND",
)
OWN_TARGETS: Final[Descriptors] = (
    "Most pupils meet the school's own agreed targets in 2 of the last 3 years (no national comparator)",
    "One group or one target is missed, or progress is slowing (no national comparator)",
    "Most of the school's own agreed targets are missed, or progress fell for two years (no national comparator)",
)

# "Core indicators, for example: capacity to improve, proximity to inspection, standards, experience of leaders" (seed 1).
SEEDED: Final = (
    DefaultIndicator(
        slug="capacity-to-improve",
        name="Capacity to improve",
        short_name="Capacity",
        help_text="Whether leaders know the school and can move it by themselves",
        part="decisive",
        descriptors={
            "": (
                "Self-evaluation is accurate; priorities are on track; the school can give support to others",
                "Some priorities are off track; improvement depends on one or two people",
                "Leaders cannot yet identify or fix key issues; the school relies on external support",
            )
        },
    ),
    DefaultIndicator(
        slug="proximity-to-inspection",
        name="Proximity to inspection",
        short_name="Proximity",
        help_text="How soon an inspection may come: need for readiness, not quality",
        part="core",
        descriptors={
            "": (
                "Distant: the next inspection is not expected this year or next",
                "Approaching: the next inspection is expected within the coming year",
                "Imminent, later than usual, or the school is in a monitoring programme",
            )
        },
    ),
    DefaultIndicator(
        slug="standards",
        name="Standards",
        short_name="Standards",
        help_text="Outcomes over three years beside national figures, and the gaps between groups",
        part="decisive",
        descriptors={
            "": (
                "In line with or above national in 2 of the last 3 years, and gaps closing",
                "Below national in one key measure, or falling",
                "Well below national, or falling for two years, or a large gap for disadvantaged pupils or pupils with SEND",
            ),
            "Nursery": (
                "Good level of development, phonics and key stage 1 if sat in line with or above national in 2 of the last 3 years, and gaps closing",
                "Below national in one of early years or phonics, or falling",
                "Well below national, or falling for two years, or a large gap for disadvantaged children or children with SEND",
            ),
            "Primary": PRIMARY,
            "Middle deemed primary": JUNIOR,
            "Junior": JUNIOR,
            "Secondary": SECONDARY,
            "Middle deemed secondary": SECONDARY,
            "All-through": (
                "Key stages 2 and 4 in line with or above national in 2 of the last 3 years, and gaps closing",
                "Below national in one key measure at key stage 2 or 4, or falling",
                "Well below national at either key stage, or falling for two years, or a large gap for disadvantaged pupils or pupils with SEND",
            ),
            "16 plus": (
                "Average points, value added and retention in line with or above national in 2 of the last 3 years",
                "Below national in one of average points, value added or retention, or falling",
                "Well below national at key stage 5, or falling for two years, or a large gap for disadvantaged students",
            ),
            # What the register calls special schools and alternative provision.
            "Not applicable": OWN_TARGETS,
        },
    ),
    DefaultIndicator(
        slug="experience-of-leaders",
        name="Experience of leaders",
        short_name="Leaders",
        help_text="How long leaders have led, and how settled the team is",
        part="core",
        about_people=True,
        descriptors={
            "": (
                "A substantive headteacher with 3 years of headship or more anywhere; the team is settled",
                "The first two years of headship, or an experienced headteacher in the first year here, or one key post acting",
                "The headship is acting, interim or vacant, or half of the senior team is vacant or acting",
            )
        },
    ),
)

# What a trust may switch on beside the four (seed 1: "for example"; seed 2: wellbeing, attendance, Ofsted).
LIBRARY: Final = (
    DefaultIndicator(
        slug="safeguarding",
        name="Safeguarding",
        short_name="Safeguarding",
        help_text="The culture of safeguarding, as reviews and visits find it",
        part="decisive",
        descriptors={
            "": (
                "Reviews find an open culture and secure practice; actions are closed in time",
                "Practice is sound; one area of records, training or oversight needs work",
                "A review found practice that does not keep pupils safe, or actions stay open",
            )
        },
    ),
    DefaultIndicator(
        slug="quality-of-teaching",
        name="Quality of teaching and curriculum",
        short_name="Teaching",
        help_text="What walks, books and pupils show at the level of phase and subject",
        part="additional",
        descriptors={
            "": (
                "The curriculum is well sequenced and taught as planned in most subjects",
                "Secure in core subjects; foundation subjects or one phase lag behind",
                "Teaching does not yet deliver the curriculum in several subjects or phases",
            )
        },
    ),
    DefaultIndicator(
        slug="inclusion",
        name="Inclusion",
        short_name="Inclusion",
        help_text="Pupils with SEND, disadvantaged pupils and pupils looked after",
        part="additional",
        descriptors={
            "": (
                "Pupils with SEND and disadvantaged pupils learn the same curriculum and achieve well",
                "Provision is planned well but reaches lessons unevenly",
                "Needs are missed or provision does not reach lessons",
            )
        },
    ),
    DefaultIndicator(
        slug="attendance",
        name="Attendance and behaviour",
        short_name="Attendance",
        help_text="Attendance, persistent absence, suspensions and calm",
        part="additional",
        descriptors={
            "": (
                "Attendance at or above national; persistent absence falling; behaviour calm",
                "Attendance or persistent absence worse than national in one group or phase",
                "Attendance well below national, or persistent absence or suspensions rising",
            )
        },
    ),
    DefaultIndicator(
        slug="governance",
        name="Governance",
        short_name="Governance",
        help_text="How the local committee holds the school to account",
        part="additional",
        descriptors={
            "": (
                "The committee is full, trained, and asks what the evidence raises",
                "Vacancies or thin challenge in one area",
                "The committee does not meet its duties",
            )
        },
    ),
    DefaultIndicator(
        slug="workforce",
        name="Workforce and wellbeing",
        short_name="Workforce",
        help_text="Stability, absence and wellbeing of staff",
        part="additional",
        descriptors={
            "": (
                "Staffing is stable and staff say workload is fair",
                "Turnover or absence above the trust's in one area",
                "Vacancies or absence put the curriculum at risk",
            )
        },
    ),
    DefaultIndicator(
        slug="finance",
        name="Finance and curriculum planning",
        short_name="Finance",
        help_text="Whether the curriculum and staffing are affordable",
        part="additional",
        descriptors={
            "": (
                "The three-year plan balances and staffing fits the curriculum",
                "Balanced this year; a gap is forecast within three years",
                "A deficit is forecast for this year or next",
            )
        },
    ),
    DefaultIndicator(
        slug="confidence",
        name="Roll and parental confidence",
        short_name="Confidence",
        help_text="First choices, pupils on roll and what parents say",
        part="additional",
        descriptors={
            "": (
                "The school fills and parents recommend it",
                "First choices or numbers on roll are falling",
                "Numbers threaten the budget, or complaints cluster",
            )
        },
    ),
)


@dataclass(frozen=True)
class DefaultVisitKind:
    """A kind of visit as it is put in."""

    slug: str
    name: str
    is_external: bool = False
    is_lay: bool = False
    is_short: bool = False


# "learning walks, records of visit by external providers and school documentation" feed the agenda (seed 1).
VISIT_KINDS: Final = (
    DefaultVisitKind("learning-walk", "Learning walk", is_short=True),
    DefaultVisitKind("review", "Subject or phase review"),
    DefaultVisitKind("book-look", "Book look"),
    DefaultVisitKind("pupil-voice", "Pupil voice"),
    DefaultVisitKind("external-record-of-visit", "External provider's record of visit", True),
    DefaultVisitKind("school-improvement-partner-visit", "School improvement partner visit", True),
    DefaultVisitKind("peer-review", "Peer review"),
    DefaultVisitKind("safeguarding-review", "Safeguarding review"),
    DefaultVisitKind("early-years-review", "Early years review"),
    DefaultVisitKind("send-review", "SEND review"),
    DefaultVisitKind("attendance-review", "Attendance review"),
    DefaultVisitKind("pre-inspection-review", "Pre-inspection review"),
    DefaultVisitKind("local-committee-visit", "Local committee visit", is_lay=True),
    DefaultVisitKind("link-trustee-visit", "Link Trustee visit", is_lay=True),
)


@dataclass(frozen=True)
class DefaultDocumentKind:
    """A kind of school document as it is put in."""

    slug: str
    name: str
    is_expected: bool = False


DOCUMENT_KINDS: Final = (
    DefaultDocumentKind("self-evaluation", "Self-evaluation", is_expected=True),
    DefaultDocumentKind("improvement-plan", "Improvement plan", is_expected=True),
    DefaultDocumentKind("pupil-premium", "Pupil premium strategy", is_expected=True),
    DefaultDocumentKind("attendance", "Attendance report", is_expected=True),
    DefaultDocumentKind("assessment-summary", "Assessment summary", is_expected=True),
    DefaultDocumentKind("safeguarding", "Safeguarding report"),
    DefaultDocumentKind("finance", "Budget and curriculum plan"),
    DefaultDocumentKind("other", "Other document"),
)
