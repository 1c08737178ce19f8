"""Every write of this app: rating a school, sharing, withdrawing, and the school's own words."""

from ratings.actions.defaults import lay_down_defaults
from ratings.actions.drafts import (
    DraftText,
    OlderVersion,
    ask_own_view,
    delete_draft,
    judge_overall,
    rate_indicator,
    save_draft,
    start_rating,
)
from ratings.actions.earlier import record_earlier_rating
from ratings.actions.follow_up import raise_from_rating
from ratings.actions.school_words import OwnView, comment_as_head, enter_own_view
from ratings.actions.sharing import (
    confirm_for_date,
    share_rating,
    take_back_date,
    withdraw_rating,
)

__all__ = [
    "DraftText",
    "OlderVersion",
    "OwnView",
    "ask_own_view",
    "comment_as_head",
    "confirm_for_date",
    "delete_draft",
    "enter_own_view",
    "judge_overall",
    "lay_down_defaults",
    "raise_from_rating",
    "rate_indicator",
    "record_earlier_rating",
    "save_draft",
    "share_rating",
    "start_rating",
    "take_back_date",
    "withdraw_rating",
]
