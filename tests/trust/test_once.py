"""The second click: a form is taken once, by whom sent it."""

import uuid

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from trust.access import Conflict
from trust.models import SubmittedForm, TrustProfile
from trust.pages import once


@pytest.fixture
def taken():
    return []


@pytest.fixture
def view(taken):
    @once
    def create(request):
        if request.POST.get("words") == "wrong":
            return HttpResponse("Enter other words")
        taken.append(request.POST.get("words"))
        TrustProfile.objects.filter(pk=1).update(name="Changed")
        return HttpResponseRedirect("/made/1/")

    return create


def send(view, user, **data):
    request = RequestFactory().post("/new/", data)
    request.user = user
    return view(request)


def test_second_click_is_led_to_the_first_ones_result(view, taken, ceo):
    key = str(uuid.uuid4())
    first = send(view, ceo, idempotency_key=key, words="one")
    second = send(view, ceo, idempotency_key=key, words="one")
    assert (first["Location"], second["Location"]) == ("/made/1/", "/made/1/")
    assert taken == ["one"]


def test_form_with_errors_may_be_sent_again(view, taken, ceo):
    key = str(uuid.uuid4())
    assert send(view, ceo, idempotency_key=key, words="wrong").status_code == 200
    assert not SubmittedForm.objects.exists()
    assert send(view, ceo, idempotency_key=key, words="right").status_code == 302
    assert taken == ["right"]


def test_key_of_somebody_else_leads_nowhere(view, taken, ceo, head):
    key = str(uuid.uuid4())
    send(view, ceo, idempotency_key=key, words="one")
    with pytest.raises(Conflict, match="no longer open"):
        send(view, head, idempotency_key=key, words="two")
    assert taken == ["one"]


def test_form_without_a_key_is_taken_as_it_comes(view, taken, ceo):
    send(view, ceo, words="one")
    send(view, ceo, words="one")
    assert taken == ["one", "one"]
