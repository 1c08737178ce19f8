"""Every write of this app; `lay_down_defaults` stands here as in every other app."""

from progress_boards.actions.defaults import lay_down_defaults

__all__ = ["lay_down_defaults"]
