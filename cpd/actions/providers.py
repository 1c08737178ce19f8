"""The directory of providers: kept by the trust, read by whoever asks for training."""

from __future__ import annotations

from typing import Any

from cpd.models import CpdRequest, Provider
from cpd.rules import may_edit_provider
from trust.access import Conflict, require
from trust.audit import record
from trust.calendar import now
from trust.conflicts import refusals_as_conflicts
from trust.people.models import User

EDITABLE = (
    "contact", "expertise", "day_rate", "rates_note", "checks_seen_on", "contract_from",
    "contract_until", "conflicts",
)  # fmt: skip


def add_provider(*, name: str, by: User, **fields: Any) -> Provider:
    """Add a provider to the directory; a name is there once."""
    require(may_edit_provider(by))
    provider = Provider(created_at=now())
    with refusals_as_conflicts():
        _write(provider, name=name, **fields)
        record("add_provider", provider, by=by)
    return provider


def change_provider(provider: Provider, *, version: int, by: User, **fields: Any) -> Provider:
    """Put a provider's facts right, under a version check; a new name goes with its requests."""
    require(may_edit_provider(by))
    with refusals_as_conflicts():
        row = Provider.objects.select_for_update().get(pk=provider.pk)
        if row.version != version:
            raise Conflict(
                "Somebody changed this provider after you opened it. Nothing was changed"
            )
        was = row.name
        row.version += 1
        _write(row, **{"name": was, **fields})
        if row.name != was:
            CpdRequest.objects.filter(provider=row).update(provider_name=row.name)
        record("change_provider", row, by=by, version=row.version)
    return row


def _write(row: Provider, *, name: str, **fields: Any) -> None:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"Not a part of a provider: {', '.join(sorted(unknown))}")
    row.name = " ".join(name.split())[:120]
    if not row.name:
        raise Conflict("Enter the provider's name")
    if Provider.objects.filter(name__iexact=row.name).exclude(pk=row.pk or 0).exists():
        raise Conflict("The directory has a provider of that name")
    for field, value in fields.items():
        setattr(row, field, value)
    row.save()


def retire_provider(provider: Provider, *, by: User) -> Provider:
    """Offer a provider no longer; its requests keep it."""
    return _set_retired(provider, True, by=by)


def restore_provider(provider: Provider, *, by: User) -> Provider:
    """Offer a retired provider again."""
    return _set_retired(provider, False, by=by)


def _set_retired(provider: Provider, is_retired: bool, *, by: User) -> Provider:
    require(may_edit_provider(by))
    with refusals_as_conflicts():
        row = Provider.objects.select_for_update().get(pk=provider.pk)
        if (row.retired_at is not None) != is_retired:
            row.retired_at = now() if is_retired else None
            row.save(update_fields=["retired_at"])
            record("retire_provider" if is_retired else "restore_provider", row, by=by)
    return row
