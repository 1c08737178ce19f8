"""How long a session lasts, and who must take a second step before anything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trust.people.models import User
from trust.people.rules import NEEDS_SECOND_FACTOR
from trust.people.second_factor import has_second_factor, step_of

SAY_FIRST = "Take a second step of signing in first"
GetResponse = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ACCOUNT_PAGES = ("account_", "usersessions_", "healthz", "readyz")
OPEN_BEFORE = frozenset(
    {
        "mfa_index", "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn", "mfa_code", "mfa_code_send",
        "mfa_devices", "mfa_device_forget", "mfa_devices_forget",
    }
)  # fmt: skip
"""Where a second step is taken or a device forgotten. Every other page about second steps sets one up or
takes one away, so a password alone must not be enough for it."""


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
    """Leads whoever must take a second step to it; until then nothing opens but account pages, and no new way in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return None
        user.took_second_step = has_second_factor(request)
        if user.took_second_step or not self._is_asked(request, user):
            return None
        messages.info(request, SAY_FIRST)
        return redirect(step_of(request))

    def _is_asked(self, request: HttpRequest, user: User) -> bool:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith("mfa_"):
            return name not in OPEN_BEFORE
        return not name.startswith(ACCOUNT_PAGES) and bool(
            user.posts.capacities & NEEDS_SECOND_FACTOR
        )
