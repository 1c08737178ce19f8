"""The demo trust from its first day to the day on which the clock stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from evidence.actions import switch_on_indicator
from home.actions import set_up_trust
from home.demo.boards import Boards
from home.demo.cast import Cast
from home.demo.evidence import Evidence
from home.demo.group import Group
from home.demo.practice import Practice
from home.demo.priorities import Priorities
from home.demo.ratings import Ratings
from home.demo.report import Report
from home.demo.timeline import Timeline, at, story
from home.demo.training import Training
from schools.actions import enter_academic_year
from trust.calendar import HalfTermDates, clock_at
from trust.models import Mail, TrustProfile

FIRST_DAY = dt.date(2025, 7, 1)
YEAR_BEFORE = (
    ("A1", "Autumn 1", "2024-09-03", "2024-10-25"),
    ("A2", "Autumn 2", "2024-11-04", "2024-12-20"),
    ("Sp1", "Spring 1", "2025-01-06", "2025-02-14"),
    ("Sp2", "Spring 2", "2025-02-24", "2025-04-04"),
    ("Su1", "Summer 1", "2025-04-22", "2025-05-23"),
    ("Su2", "Summer 2", "2025-06-02", "2025-07-22"),
)
"""The year before the software, for ratings that were entered later."""

Say = Callable[[str], object]


@transaction.atomic
def seed_demo(as_of: dt.date, say: Say = print) -> None:
    """Live the story up to a day, all of it or none; raises ValueError when there is a trust already."""
    if TrustProfile.objects.exists():
        raise ValueError("There is a trust in this database already")
    cast, timeline = Cast(), Timeline()
    with clock_at(at(FIRST_DAY)):
        set_up_trust(name=story("trust")["name"], preset="full")
        for slug, part in (("safeguarding", "decisive"), ("attendance", "additional")):
            switch_on_indicator(slug, on=dt.date(2024, 9, 1), part=part, by=None)
        cast.arrive()
        enter_academic_year(2024, by=None, half_terms=[
            HalfTermDates(key, name, dt.date.fromisoformat(a), dt.date.fromisoformat(b))
            for key, name, a, b in YEAR_BEFORE
        ])  # fmt: skip
        ratings = Ratings(cast)
        ratings.enter_earlier()
    say(f"{len(cast.schools)} schools and {len(cast.people)} people")
    evidence = Evidence(cast)
    evidence.plan(timeline)
    ratings.plan(timeline)
    Boards(cast, evidence.findings, timeline).plan()
    Report(cast, timeline).plan()
    _plan_training(cast, evidence, timeline)
    month = ""
    for moment in timeline.run(as_of):
        if month != f"{moment:%B %Y}":
            month = f"{moment:%B %Y}"
            say(month)
    _settle(as_of)


def _plan_training(cast: Cast, evidence: Evidence, timeline: Timeline) -> None:
    """Priorities, the requests that serve them, the Strategy Group, and practice worth sharing."""
    priorities = Priorities(cast)
    priorities.plan(timeline)
    training = Training(cast, priorities, evidence.findings, timeline)
    training.plan()
    Group(cast, training, timeline).plan()
    Practice(cast, evidence.findings, timeline).plan()


def _settle(as_of: dt.date) -> None:
    """What was mailed in the story is not mailed again."""
    Mail.objects.pending().update(state="done", done_at=timezone.now())
