"""What must not be started: told by `manage.py check`, which run.py and the container run first."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def is_loopback(bind: str) -> bool:
    """Whether an address such as "127.0.0.1:8000" or "[::1]:8000" answers to this computer alone."""
    host = bind.rpartition(":")[0].strip("[]") or bind
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register(Tags.security)
def check_demo_is_on_loopback(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The demo lets anybody sign in as anybody: it may listen to this computer only."""
    if not settings.DEMO or is_loopback(settings.EYELINE_BIND):
        return []
    return [
        Error(
            f"The demo is bound to {settings.EYELINE_BIND}, where others can reach it.",
            hint="Bind it to 127.0.0.1, or unset DEMO and set the site up with accounts.",
            id="eyeline.E001",
        )
    ]
