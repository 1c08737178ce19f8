"""The step of signing in that django-allauth does not have: a code by e-mail, after the password."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from trust.people import actions
from trust.people.devices import known_device
from trust.people.second_factor import ask_code, has_authenticator, is_required_of, took_second_step

BY_INVITATION = "by_invitation"
"""Set in a sign-in's state when it came by the link of an invitation."""


class CodeStage(LoginStage):  # type: ignore[misc]
    """Asks for a mailed code whoever has no authenticator: "required for CEO, DSI, clerk, CFO, administrator ...
    for all others on a new device"."""

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
        if is_required_of(user):
            return True
        # The link of an invitation went to the same mailbox and works once.
        if self.login.state.get(BY_INVITATION):
            return False
        device = known_device(self.request, user)
        if device is not None:
            actions.use_device(device, by=user)
        return device is None
