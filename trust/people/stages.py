"""The second step while somebody signs in: with an app or a key, or by a code from a mail."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStage
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest
from django.shortcuts import redirect

from trust.people import actions
from trust.people.devices import known_device
from trust.people.models import User
from trust.people.second_factor import ask_code, has_authenticator, is_required_of, took_second_step

BY_INVITATION = "by_invitation"
"""Set in a sign-in's state when it came by the link of an invitation."""


def _is_spared(request: HttpRequest, user: User) -> bool:
    """Whether nothing more is asked here: "never on each visit from a known tablet", but of the five posts."""
    device = None if is_required_of(user) else known_device(request, user)
    if device is not None:
        actions.use_device(device, by=user)
    return device is not None


class AppStage(AuthenticateStage):  # type: ignore[misc]
    """allauth's own step with an app or a key, for whoever has one."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is not None and has_authenticator(user) and _is_spared(self.request, user):
            return None, True
        handled: tuple[Any, bool] = super().handle()
        return handled


class CodeStage(LoginStage):  # type: ignore[misc]
    """A code by e-mail, for whoever has neither: "required for CEO, DSI, clerk, CFO, administrator"."""

    key = "email_code"
    urlname = "mfa_code"

    def handle(self) -> tuple[Any, bool]:
        if not self._is_due():
            return None, True
        ask_code(self.request, self.login.user)
        return redirect("mfa_code"), True

    def _is_due(self) -> bool:
        user = self.login.user
        if user is None or took_second_step(self.request, user) or has_authenticator(user):
            return False
        if self.login.state.get(BY_INVITATION) and not is_required_of(user):
            return False  # the link went to the same mailbox and works once
        return not _is_spared(self.request, user)
