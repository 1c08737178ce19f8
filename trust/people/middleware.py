"""How long a session lasts, and who must set up a second factor before anything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trust.people.rules import NEEDS_SECOND_FACTOR
from trust.people.second_factor import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ACCOUNT_PAGES = ("account_", "mfa_", "usersessions_", "healthz", "readyz")


class SessionAgeMiddleware:
    """Ends a session 12 hours after its sign-in, however busy it has been; idle ones end by their cookie."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            # The real clock: a demo whose days stand still must not keep sessions for ever.
            now = int(time.time())
            began = request.session.setdefault(SIGNED_IN_AT, now)
            if now - began >= settings.SESSION_ABSOLUTE_SECONDS:
                logout(request)
            elif now - request.session.get(SEEN_AT, 0) >= settings.SESSION_SEEN_SECONDS:
                request.session[SEEN_AT] = now  # written, so that the idle time begins anew
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads whoever must have a second factor to set one up, and opens nothing but account pages until then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if user.is_authenticated:
            user.took_second_step = has_second_factor(request)
        if not settings.MFA_REQUIRED or not user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(ACCOUNT_PAGES) or not user.posts.capacities & NEEDS_SECOND_FACTOR:
            return None
        if is_mfa_enabled(user):
            return None
        messages.info(
            request,
            "Set up a second step for signing in first: your post reads what others may not",
        )
        return redirect("mfa_index")
