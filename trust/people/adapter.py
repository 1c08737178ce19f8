"""Where django-allauth asks the house: no sign-up, mail by the outbox, links to this site only."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.password_reset import get_reset_password_from_key_url
from django.conf import settings
from django.http import HttpRequest

from trust.mail import queue_mail

APP = "allauth.mfa.stages.AuthenticateStage"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """allauth's own steps, its second one as the house takes it, and last the code by e-mail."""
        stages = [
            "trust.people.stages.AppStage" if stage == APP else stage
            for stage in super().get_login_stages()
        ]
        return [*stages, "trust.people.stages.CodeStage"]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link on this site's own address, whatever Host the request named."""
        path = urlsplit(get_reset_password_from_key_url(self.request, key)).path
        return f"{settings.SITE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue allauth's mail under our own templates, so that a slow mail server tells nobody who has an account."""
        template = template_prefix.rpartition("/")[2]
        queue_mail(f"link:{template}:{uuid.uuid4()}", to=email, template=template, context=context)
