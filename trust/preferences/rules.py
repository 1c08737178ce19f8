"""Who reads the trust's settings and who changes them."""

from __future__ import annotations

from typing import Any

from trust.access import Actor, Answer, Capacity, allowed_if, rule

READERS = frozenset({Capacity.CEO, Capacity.ADMINISTRATOR})
REFUSAL = "The trust's administrator looks after the settings"


@rule("trust.read_settings")
def may_read_settings(user: Actor, trust: Any) -> Answer:
    """The administrator, and the Chief Executive, whose boards run by them."""
    return allowed_if(user.posts.is_trust_wide(*READERS), REFUSAL)


@rule("trust.change_settings")
def may_change_settings(user: Actor, trust: Any) -> Answer:
    """The administrator alone."""
    return allowed_if(user.posts.is_trust_wide(Capacity.ADMINISTRATOR), REFUSAL)
