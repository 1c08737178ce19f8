"""Every write of the training room."""

from cpd.actions.setup import lay_down_defaults

__all__ = ["lay_down_defaults"]
