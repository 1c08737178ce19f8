"""Samples for the addresses of training and priorities; importing this registers them."""

from tests.training_samples import (  # noqa: F401
    briefing,
    diaries,
    engine,
    group,
    impact,
    practice,
    priorities,
    purchases,
    requests,
)
