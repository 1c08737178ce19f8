"""Work that is a row first: a lease, a back-off and a cap on attempts (ADR 3, "the row is the record")."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

LEASE = dt.timedelta(seconds=180)
"""How long a claim lasts: the hard time limit of a task (150 s) and 30 s more."""
ATTEMPTS = 5
"""After so many attempts a row is failed, and a person may try again."""
FIRST_BACK_OFF = dt.timedelta(seconds=30)
LONGEST_BACK_OFF = dt.timedelta(minutes=15)


class LeasedState(models.TextChoices):
    PENDING = "pending", "Being made"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class LeasedQuerySet(models.QuerySet[Any]):
    """Rows of leased work."""

    def pending(self) -> Self:
        return self.filter(state=LeasedState.PENDING)

    def due(self, now: dt.datetime) -> Self:
        """Pending rows whose time has come and which nobody holds."""
        return self.pending().filter(
            Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now),
            Q(lease_until__isnull=True) | Q(lease_until__lte=now),
        )

    def claim(self, pk: int, now: dt.datetime) -> Any | None:
        """Take the row under a lease by one conditional UPDATE; None when somebody else has it."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        taken = (
            self.pending()
            .filter(free, pk=pk)
            .update(lease_until=now + LEASE, attempts=F("attempts") + 1)
        )
        return self.get(pk=pk) if taken else None


class Leased(models.Model):
    """A piece of background work: claimed under a lease, finished only by its holder."""

    state = models.CharField(
        max_length=10, choices=LeasedState.choices, default=LeasedState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        abstract = True

    def finish(self, now: dt.datetime, **fields: object) -> bool:
        """Mark the row done if the lease is still ours; a late twin changes nothing."""
        mine = type(self).objects.pending().filter(pk=self.pk, lease_until=self.lease_until)
        return bool(
            mine.update(state=LeasedState.DONE, done_at=now, lease_until=None, error="", **fields)
        )

    def give_back(self, now: dt.datetime, error: str) -> None:
        """Return the row with its error: later again, or failed after the last attempt."""
        over = self.attempts >= ATTEMPTS
        wait = min(FIRST_BACK_OFF * 2 ** max(self.attempts - 1, 0), LONGEST_BACK_OFF)
        mine = type(self).objects.pending().filter(pk=self.pk, lease_until=self.lease_until)
        mine.update(
            state=LeasedState.FAILED if over else LeasedState.PENDING,
            lease_until=None,
            next_attempt_at=now + wait,
            error=error[:2000],
        )
