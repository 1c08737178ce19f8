"""The ratings of the story: earlier ones, each term's, the school's own view, a draft."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from evidence.models import Indicator
from home.demo.cast import Cast
from home.demo.timeline import Timeline, at, story
from progress_boards.actions.sharing import confirm_and_share
from ratings.actions import (
    OwnView,
    ask_own_view,
    enter_own_view,
    judge_overall,
    rate_indicator,
    record_earlier_rating,
    start_rating,
)
from ratings.models import Band

EARLIER = {
    dt.date(2025, 2, 6): {"ald": "A", "bri": "G", "brj": "G", "cre": "A", "dun": "A", "eas": "G", "fal": "G", "gor": "A"},
    dt.date(2025, 5, 15): {"ald": "A", "bri": "G", "brj": "G", "cre": "A", "dun": "A", "eas": "G", "fal": "A", "gor": "A"},
}  # fmt: skip
"""Ratings made before the software, entered when the trust began with it."""


class Ratings:
    """Every rating, as steps of the timeline."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.bands = {band.letter: band for band in Band.objects.all()}
        self.indicators = {i.slug: i for i in Indicator.objects.all()}

    def enter_earlier(self) -> None:
        for day, schools in EARLIER.items():
            for key, letter in schools.items():
                record_earlier_rating(
                    self.cast.schools[key], by=self.cast.by("ceo"), effective_on=day,
                    overall=self.bands[letter],
                )  # fmt: skip

    def plan(self, timeline: Timeline) -> None:
        told = story("ratings")
        for views in told["own_views"]:
            timeline.add(at(views["on"], "08:30"), partial(self._own_view, views))
        for entry in told["ratings"]:
            timeline.add(at(entry["on"], "16:00"), partial(self._share, entry))
        for entry in told["drafts"]:
            timeline.add(at(entry["on"], "15:00"), partial(self._draft, entry))

    def _own_view(self, told: dict[str, Any]) -> None:
        school = self.cast.schools[told["school"]]
        ask_own_view(start_rating(school, by=self.cast.by("ceo")), by=self.cast.by("ceo"))
        views = [
            OwnView(self.indicators[slug], self.bands[letter], line)
            for slug, letter, line in told["views"]
        ]
        enter_own_view(school, views, by=self.cast.by(self.cast.head_of(told["school"])))

    def _draft(self, told: dict[str, Any]) -> Any:
        ceo = self.cast.by("ceo")
        rating = start_rating(self.cast.schools[told["school"]], by=ceo)
        for slug, letter in told["bands"].items():
            rate_indicator(
                rating, by=ceo, indicator=self.indicators[slug], band=self.bands[letter],
                rationale=told.get("why", {}).get(slug, ""),
            )  # fmt: skip
        return rating

    def _share(self, told: dict[str, Any]) -> None:
        ceo = self.cast.by("ceo")
        rating = judge_overall(
            self._draft(told), by=ceo, overall=self.bands[told["overall"]],
            override_reason=told.get("override_reason", ""), summary=told["summary"],
            boards_per_year=told.get("boards"), boards_reason=told.get("boards_reason", ""),
        )  # fmt: skip
        confirm_and_share(rating, by=ceo, removed=told.get("remove", ()))
