"""Every write of this app."""

from evidence.actions.setup import lay_down_defaults, retire_indicator, switch_on_indicator

__all__ = [
    "lay_down_defaults",
    "retire_indicator",
    "switch_on_indicator",
]
