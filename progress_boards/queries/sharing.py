"""The pages round a sharing: what is judged, what it changes, and what still stands in its way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from progress_boards.queries.replanning import YearChange, changes_for, what_changes
from ratings.models import Band, BoardPolicy, LevelOfSupport, RatingAssessment
from ratings.queries import (
    boards_of,
    missing_for_sharing,
    previous_of,
    rated_words,
    suggestion_of,
)
from ratings.queries.sheet import Judgement, Sheet, judgement_of
from ratings.rules import may_share, standing
from schools.models import School
from trust.access import Actor, Capacity
from trust.calendar import today


class Typed(Protocol):
    """What the sheet holds as it stands on the page."""

    @property
    def chosen(self) -> dict[int, Band | None]: ...
    @property
    def overall_chosen(self) -> Band | None: ...
    @property
    def level_chosen(self) -> LevelOfSupport | None: ...
    @property
    def boards_chosen(self) -> int | None: ...


@dataclass(frozen=True)
class RatePage:
    """The page to rate a school."""

    sheet: Sheet
    judgement: Judgement
    changes: tuple[YearChange, ...]
    may_share: bool
    may_ask: bool
    is_own_head: bool


def rate_page(sheet: Sheet, typed: Typed, user: Actor) -> RatePage:
    """The sheet with the suggestion, the consequences and the boards of what stands on it now."""
    judgement = judgement_of(
        sheet, typed.chosen, typed.overall_chosen, typed.level_chosen, typed.boards_chosen
    )
    changes = changes_for(sheet.school, judgement.boards) if judgement.boards else ()
    capacity = sheet.draft.rated_as if sheet.draft else standing(user, sheet.school.pk)
    return RatePage(
        sheet=sheet,
        judgement=judgement,
        changes=changes,
        may_share=capacity != Capacity.CEO_REPRESENTATIVE
        if sheet.draft is None
        else bool(may_share(user, sheet.draft)),
        may_ask=sheet.draft is None or sheet.draft.own_view_asked_at is None,
        is_own_head=capacity == Capacity.HEAD,
    )


@dataclass(frozen=True)
class ConfirmPage:
    """What a sharing will do and to whom; `problems` (field → what to do) keep it from being done."""

    assessment: RatingAssessment
    school: School
    share_on: dt.date | None
    suggested: Band | None
    level: LevelOfSupport | None
    changes: tuple[YearChange, ...]
    problems: dict[str, str]
    rated_words: str
    former: RatingAssessment | None


def confirm_page(draft: RatingAssessment, share_on: dt.date | str | None) -> ConfirmPage:
    """The page that repeats what will happen before a rating is shared."""
    position = suggestion_of(draft).position
    suggested = Band.objects.filter(position=position).first() if position is not None else None
    problems = missing_for_sharing(draft, suggested)
    when = share_on if isinstance(share_on, dt.date) else None
    if share_on is not None and (when is None or when <= today()):
        problems["share_on"] = "Choose a date after today, or share now"
    return ConfirmPage(
        assessment=draft,
        school=draft.school,
        share_on=when,
        suggested=suggested,
        level=draft.level or (draft.overall.level if draft.overall else None),
        changes=what_changes(draft, on=when),
        problems=problems,
        rated_words=rated_words(draft),
        former=previous_of(draft),
    )


@dataclass(frozen=True)
class SharesPage:
    """Every rating that is ready to share, and those in which something is still missing."""

    ready: tuple[ConfirmPage, ...]
    waiting: tuple[ConfirmPage, ...]


def shares_page(user: Actor) -> SharesPage:
    """What sharing each draft that this person may share would do, by school; none with a date set."""
    drafts = (
        RatingAssessment.objects.visible_to(user)
        .filter(state="draft", entered_later=False, share_on=None)
        .select_related("school", "overall__level", "level", "half_term__term")
        .order_by("school__name")
    )
    pages = [confirm_page(draft, None) for draft in drafts if may_share(user, draft)]
    return SharesPage(
        tuple(page for page in pages if not page.problems),
        tuple(page for page in pages if page.problems),
    )


@dataclass(frozen=True)
class WithdrawPage:
    """What withdrawing a rating brings back."""

    assessment: RatingAssessment
    former: RatingAssessment | None
    changes: tuple[YearChange, ...]


def withdraw_page(rating: RatingAssessment) -> WithdrawPage:
    """The rating that would stand again, and what that changes in the boards."""
    former = previous_of(rating)
    boards = (boards_of(former) if former else None) or BoardPolicy.current().not_rated
    return WithdrawPage(rating, former, changes_for(rating.school, boards))
