"""An authenticator app from its first code to the next sign-in, and a recovery code that works once."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import factories
from trust.people.models import User


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client: Client, user: User) -> object:
    return client.post(
        reverse("account_login"), {"login": user.email, "password": factories.PASSWORD}
    )


def set_up(client: Client, user: User) -> str:
    """Sign in and set up an authenticator app as its pages lead; returns the app's secret."""
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    cache.clear()  # a code is taken once; the next sign-in would show another
    return secret


def test_authenticator_app_set_up_by_its_pages_is_asked_for_at_the_next_sign_in(
    ceo: User, client_for: object
) -> None:
    secret = set_up(client_for(), ceo)
    kinds = set(Authenticator.objects.filter(user=ceo).values_list("type", flat=True))
    assert "totp" in kinds
    client = client_for()
    assert sign_in(client, ceo)["Location"] == reverse("mfa_authenticate")
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/").status_code == 302
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert right.status_code == 302
    assert client.get("/").status_code == 200


def test_recovery_code_signs_in_once(ceo: User, client_for: object) -> None:
    client = client_for()
    set_up(client, ceo)
    if not Authenticator.objects.filter(user=ceo, type="recovery_codes").exists():
        client.post(reverse("mfa_generate_recovery_codes"))
    wrapped = Authenticator.objects.get(user=ceo, type="recovery_codes").wrap()
    code = wrapped.get_unused_codes()[0]
    first, second = client_for(), client_for()
    for each, status in ((first, 302), (second, 200)):
        sign_in(each, ceo)
        assert each.post(reverse("mfa_authenticate"), {"code": code}).status_code == status
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302
