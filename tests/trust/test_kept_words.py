"""What was typed comes back with every refusal, and no secret with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "Leaders said <they> check weekly"


def test_form_for_what_is_gone_comes_back_with_its_words(client: Client, head: Any) -> None:
    client.force_login(head)
    page = client.post(reverse("meetings:minute-save", args=[999_999]), {"text": WORDS})
    assert page.status_code == 404
    assert "Leaders said &lt;they&gt; check weekly" in page.content.decode()


def test_refused_act_comes_back_with_its_words_and_the_reason(client: Client, head: Any) -> None:
    client.force_login(head)
    page = client.post(reverse("cpd:fund-set"), {"amount": "4", "note": WORDS})
    assert page.status_code == 403
    assert "decides on the central fund" in page.content.decode()
    assert "Leaders said &lt;they&gt; check weekly" in page.content.decode()


def test_no_password_comes_back(client: Client) -> None:
    url = reverse("people:accept-invitation", args=["no-such-link"])
    page = client.post(url, {"password1": factories.PASSWORD, "password2": factories.PASSWORD})
    assert page.status_code == 404
    assert factories.PASSWORD not in page.content.decode()
