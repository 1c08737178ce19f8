"""The overall band that the indicators suggest; the CEO judges, and may judge otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["decisive", "core", "additional"]

ABOVE_BEST: Final = 0  # a fourth band that a trust may add: counts as best, is never suggested
BEST: Final = 1
MIDDLE: Final = 2
WORST: Final = 3

BAND_WORDS: Final[Mapping[int, str]] = {
    ABOVE_BEST: "above the best band",
    BEST: "in the best band",
    MIDDLE: "in the middle band",
    WORST: "in the worst band",
}


@dataclass(frozen=True)
class IndicatorPosition:
    """One indicator, its part in the suggestion and the position of its band; None is not rated."""

    name: str
    part: Part
    position: int | None

    def __post_init__(self) -> None:
        """Refuse a position that is no band."""
        if self.position is not None and self.position not in BAND_WORDS:
            raise ValueError(f"{self.name}: no band has position {self.position}")

    @property
    def is_required(self) -> bool:
        """Tell whether there is no suggestion without it."""
        return self.part in ("decisive", "core")


@dataclass(frozen=True)
class Suggestion:
    """The suggested position, or None; why; and the names of the indicators still to be rated."""

    position: int | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()


def suggest(
    parts: Iterable[IndicatorPosition], words: Mapping[int, str] = BAND_WORDS
) -> Suggestion:
    """Suggest an overall position; `words` says each position as in "Standards is <in the worst band>".

    Never an average, which hides one critical red. Nothing is suggested while a decisive or core
    indicator is not rated.
    """
    rated = tuple(parts)
    required = tuple(each for each in rated if each.is_required)
    missing = tuple(each.name for each in required if each.position is None)
    if missing:
        return Suggestion(None, tuple(f"{name} not rated" for name in missing), missing)
    if not required:
        return Suggestion(None, ("no decisive or core indicator is in use",))
    return (
        _weighty(rated, WORST, words)
        or _any_worst(rated, words)
        or _weighty(rated, MIDDLE, words)
        or Suggestion(BEST, (f"every decisive indicator is {words[BEST]}",))
    )


def _weighty(
    rated: tuple[IndicatorPosition, ...], position: int, words: Mapping[int, str]
) -> Suggestion | None:
    """Suggest the position when one decisive or two of decisive and core indicators stand there."""
    there = [each for each in rated if each.is_required and each.position == position]
    if len(there) >= 2 or any(each.part == "decisive" for each in there):
        return Suggestion(position, _say(there, words))
    return None


def _any_worst(rated: tuple[IndicatorPosition, ...], words: Mapping[int, str]) -> Suggestion | None:
    """Suggest the middle when any indicator at all is worst: alone it makes no school the worst."""
    there = [each for each in rated if each.position == WORST]
    return Suggestion(MIDDLE, _say(there, words)) if there else None


def _say(indicators: Iterable[IndicatorPosition], words: Mapping[int, str]) -> tuple[str, ...]:
    """Say which indicators led to the suggestion."""
    return tuple(
        f"{each.name} ({each.part}) is {words[each.position]}"
        for each in indicators
        if each.position is not None
    )
