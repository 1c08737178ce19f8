"""Reads once per request, in one query, who the person signed in is today (ADR 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from schools.queries import posts_of
from trust.access import NO_POSTS
from trust.calendar import today
from trust.people.models import User


class PostsMiddleware:
    """Sets `request.user.posts`: the capacities held today, or none for a stranger."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = cast("User", request.user)  # or an AnonymousUser, who may carry posts as well
        person_id = user.person_id if user.is_authenticated else None
        user.posts = posts_of(person_id, today()) if person_id else NO_POSTS
        return self.get_response(request)
