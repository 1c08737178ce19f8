"""The browser's side of a known device: its cookie, and what to call it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trust.people import actions
from trust.people.models import KnownDevice, User
from trust.people.queries import known_devices, token_hash

SALT = "people.known_device"
AT_MOST = 8
"""A tablet that is passed round keeps the marks of this many people, the newest."""

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
           ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip
"""What to look for in what a browser says of itself, in this order, and how people call it."""


def device_name(user_agent: str) -> str:
    """Words such as "Firefox on Windows", by which somebody knows their own device in a list."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "a device")
    return f"{browser} on {system}"


def known_device(request: HttpRequest, user: User) -> KnownDevice | None:
    """The known device that this browser is for this user, if it is one."""
    hashes = [token_hash(token) for token in _tokens(request)]
    if not hashes:
        return None
    return known_devices(user, timezone.now()).filter(token_hash__in=hashes).first()


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Know this browser again. Its secret is always a new one, so that nobody can plant one they know."""
    days = settings.KNOWN_DEVICE_DAYS
    name = device_name(request.headers.get("User-Agent", ""))
    tokens = [*_tokens(request), actions.remember_device(user, name=name, days=days)]
    response.set_signed_cookie(
        settings.KNOWN_DEVICE_COOKIE,
        ".".join(tokens[-AT_MOST:]),
        salt=SALT,
        max_age=days * 86_400,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",  # read only where a form of this site is sent
    )


def _tokens(request: HttpRequest) -> list[str]:
    days = settings.KNOWN_DEVICE_DAYS
    value = request.get_signed_cookie(
        settings.KNOWN_DEVICE_COOKIE, default="", salt=SALT, max_age=days * 86_400
    )
    return value.split(".") if value else []
