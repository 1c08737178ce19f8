"""The Chief Executive is told once a term which ratings have grown old; the software prompts, it never rates."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from ratings.queries import stale_ratings
from schools.models import Post
from trust.access import Capacity
from trust.calendar import today
from trust.mail import queue_mail
from trust.models import HalfTerm, Mail
from trust.people.models import User


def chief_executives_to_prompt() -> list[int]:
    """The accounts of Chief Executives who have not been told this term, when a rating is over a term old."""
    term = _term()
    if term is None or not stale_ratings(today()):
        return []
    posts = Post.objects.current(today()).filter(
        capacity=Capacity.CEO, school=None, delegate_of=None
    )
    users = User.objects.filter(person__in=posts.values("person"), is_active=True)
    keys = {_key(term, pk): pk for pk in users.values_list("pk", flat=True)}
    told = set(Mail.objects.filter(key__in=keys).values_list("key", flat=True))
    return [pk for key, pk in keys.items() if key not in told]


def prompt_of_stale_ratings(pk: int) -> None:
    """One mail a term; it says how many, and whose is read behind the sign-in."""
    if pk not in chief_executives_to_prompt():
        return
    with transaction.atomic():
        queue_mail(
            _key(_term() or 0, pk),
            to=User.objects.get(pk=pk).email,
            template="ratings_stale",
            context={
                "count": len(stale_ratings(today())),
                "path": reverse("progress_boards:schools-to-rate"),
            },
        )


def _key(term: int, pk: int) -> str:
    return f"ratings-stale:{term}:{pk}"


def _term() -> int | None:
    """The term that began last; a holiday belongs to the term before it."""
    begun = HalfTerm.objects.filter(starts_on__lte=today()).order_by("-starts_on")
    return begun.values_list("term_id", flat=True).first()
