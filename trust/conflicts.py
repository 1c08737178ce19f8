"""The one place that turns a refusal of PostgreSQL into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction

from trust.access import Conflict

_sentences: dict[str, str] = {}


def register_sentences(sentences: Mapping[str, str]) -> None:
    """Add an app's constraint names and what each says to a person."""
    _sentences.update(sentences)


@contextmanager
def refusals_as_conflicts() -> Iterator[None]:
    """One transaction whose constraints, deferred ones too, are checked at its end.

    Raises Conflict with the constraint's sentence; an IntegrityError nobody wrote a sentence for goes on.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as refused:
        name = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
        if name not in _sentences:
            raise
        raise Conflict(_sentences[name]) from refused
