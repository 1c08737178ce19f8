"""Guesses at one moment are counted one by one, and clicks at one moment send and take one code."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.conf import settings as house
from django.http import HttpResponse
from django.test import Client

from tests import factories
from tests.at_once import answers_at_once
from tests.people.test_codes import CODE, SEND, mailed, other_than
from trust.models import AuditEvent
from trust.people.models import SignInCode


def _post(session: str, url: str, typed: str) -> HttpResponse:
    client = Client()
    client.cookies[house.SESSION_COOKIE_NAME] = session
    return client.post(url, {"code": typed})


@pytest.mark.django_db(transaction=True)
def test_ten_guesses_at_once_are_five_and_two_clicks_at_once_are_one(settings: Any) -> None:
    settings.MFA_REQUIRED = True
    factories.lay_down_trust()
    user = factories.UserFactory(person=factories.PersonFactory())
    client = Client()
    client.force_login(user)
    post = partial(_post, client.session.session_key)

    sent = answers_at_once(*[partial(post, SEND, "")] * 4)
    assert {answer.status_code for answer in sent} == {302}
    assert SignInCode.objects.count() == 1

    code = mailed(user)
    guesses = answers_at_once(*[partial(post, CODE, other_than(code))] * 10)
    assert max(answer.status_code for answer in guesses) < 500
    assert SignInCode.objects.get().tries == SignInCode.TRIES
    assert post(CODE, code)["Location"] == CODE

    SignInCode.objects.all().delete()
    post(SEND, "")
    code = mailed(user)
    answers_at_once(*[partial(post, CODE, code)] * 3)
    assert SignInCode.objects.get().tries == 1
    assert AuditEvent.objects.filter(verb="take_code").count() == 1
    assert AuditEvent.objects.filter(verb="refuse_code").count() == SignInCode.TRIES
