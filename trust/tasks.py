"""The doors through which Celery does due work: a tick that finds it, and one task for one piece."""

from __future__ import annotations

from celery import shared_task

from trust.work import due_kinds, found, run_one


@shared_task(name="eyeline.run_one", ignore_result=True)
def run_one_task(name: str, pk: int) -> None:
    run_one(name, pk)


@shared_task(name="eyeline.tick", ignore_result=True)
def tick() -> None:
    """Find due work by state and send each piece; a missed tick is caught up by the next."""
    for kind in due_kinds():
        for pk in found(kind):
            run_one_task.apply_async((kind.name, pk), expires=300, retry=False)
