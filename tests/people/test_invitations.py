"""Asking somebody in: one link, one use, fourteen days, and what is said when it is over."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.urls import reverse

from tests import factories
from trust.access import Conflict, NotAllowed
from trust.models import AuditEvent, Mail
from trust.people import actions
from trust.people.models import Invitation, Person, User
from trust.work import run_due_work

PASSWORD = "quiet heron under ice"


def link_for(person: Person, by: User) -> str:
    """The address in the mail of a fresh invitation."""
    invitation = actions.invite_person(person, by=by)
    text = Mail.objects.get(key=f"link:invitation:{invitation.pk}").text
    return re.search(r"http://[^/]+(/people/invitation/\S+)", text)[1]


@pytest.fixture
def newcomer(trust_set_up: object) -> Person:
    return factories.PersonFactory(name="Ivo Tranter", email="ivo@marlfen.example")


def test_open_invitation_and_choose_password_signs_in(
    newcomer: Person, administrator: User, client_for: object
) -> None:
    link = link_for(newcomer, administrator)
    client = client_for()
    assert "Choose a password" in client.get(link).content.decode()
    answer = client.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get(person=newcomer)
    assert user.check_password(PASSWORD)
    assert client.get("/").wsgi_request.user == user
    assert EmailAddress.objects.get(user=user).verified


def test_open_invitation_a_second_time_is_refused_in_words(
    newcomer: Person, administrator: User, client_for: object
) -> None:
    link = link_for(newcomer, administrator)
    client_for().post(link, {"password1": PASSWORD, "password2": PASSWORD})
    again = client_for().post(
        link, {"password1": "other words on it", "password2": "other words on it"}
    )
    assert again.status_code == 410
    assert "This invitation has been used" in again.content.decode()
    assert User.objects.get(person=newcomer).check_password(PASSWORD)


def test_accept_invitation_twice_at_once_is_a_conflict(
    newcomer: Person, administrator: User
) -> None:
    token = link_for(newcomer, administrator).rstrip("/").rpartition("/")[2]
    actions.accept_invitation(token, password=PASSWORD)
    with pytest.raises(Conflict, match="has been used"):
        actions.accept_invitation(token, password="another one entirely")


def test_open_invitation_after_fourteen_days_is_refused_in_words(
    newcomer: Person, administrator: User, client_for: object, as_of: object
) -> None:
    link = link_for(newcomer, administrator)
    as_of("2026-12-04")
    assert client_for().get(link).status_code == 200
    as_of("2026-12-06")
    over = client_for().get(link)
    assert over.status_code == 410
    assert "This invitation has run out" in over.content.decode()


def test_withdraw_invitation_ends_its_link(
    newcomer: Person, administrator: User, client_for: object
) -> None:
    link = link_for(newcomer, administrator)
    client_for(administrator).post(reverse("people:invitation-withdraw", args=[newcomer.pk]))
    assert "was withdrawn" in client_for().get(link).content.decode()


def test_invite_again_ends_the_earlier_link(
    newcomer: Person, administrator: User, client_for: object
) -> None:
    first = link_for(newcomer, administrator)
    second = link_for(newcomer, administrator)
    assert client_for().get(first).status_code == 410
    assert client_for().get(second).status_code == 200


def test_invite_keeps_only_the_hash_and_the_sent_mail_forgets_the_link(
    newcomer: Person, administrator: User
) -> None:
    token = link_for(newcomer, administrator).rstrip("/").rpartition("/")[2]
    assert token not in Invitation.objects.get().token_hash
    run_due_work()
    assert token in mail.outbox[0].body
    assert token in mail.outbox[0].alternatives[0][0]
    kept = Mail.objects.get()
    assert (kept.state, kept.text, kept.html) == ("done", "", "")
    assert token not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_invite_person_without_email_is_refused_with_reason(administrator: User) -> None:
    person = factories.PersonFactory(email="")
    with pytest.raises(NotAllowed, match="Add a work e-mail first"):
        actions.invite_person(person, by=administrator)


def test_invite_person_with_open_account_is_refused(head: User, administrator: User) -> None:
    with pytest.raises(NotAllowed, match="has an account already"):
        actions.invite_person(head.person, by=administrator)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("short one", "short one", "at least 12 characters"),
        ("ivo@marlfen.example", "ivo@marlfen.example", "too similar"),
        (PASSWORD, "quiet heron under snow", "Enter the same password twice"),
        ("", "", "Enter new password"),
    ],
)
def test_choose_password_that_will_not_do_says_why(
    newcomer: Person, administrator: User, client_for: object, first: str, second: str, said: str
) -> None:
    link = link_for(newcomer, administrator)
    page = client_for().post(link, {"password1": first, "password2": second})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not User.objects.filter(person=newcomer).exists()


def test_unknown_link_is_404(trust_set_up: object, client_for: object) -> None:
    url = reverse("people:accept-invitation", args=["no-such-token"])
    assert client_for().get(url).status_code == 404


def test_close_account_ends_its_sessions_and_an_invitation_opens_it_again(
    head: User, administrator: User, client_for: object
) -> None:
    theirs = client_for()
    theirs.post(reverse("account_login"), {"login": head.email, "password": factories.PASSWORD})
    assert UserSession.objects.filter(user=head).count() == 1
    client_for(administrator).post(reverse("people:account-close", args=[head.person_id]))
    assert theirs.get("/").status_code == 302
    assert UserSession.objects.filter(user=head).count() == 0
    link = link_for(head.person, administrator)
    client_for().post(link, {"password1": PASSWORD, "password2": PASSWORD})
    head.refresh_from_db()
    assert head.is_active
    assert head.check_password(PASSWORD)


def test_close_own_account_is_refused(administrator: User, client_for: object) -> None:
    url = reverse("people:account-close", args=[administrator.person_id])
    refused = client_for(administrator).post(url)
    assert refused.status_code == 403
    assert "Somebody else must close your account" in refused.content.decode()


def test_change_email_moves_the_sign_in_and_ends_sessions(
    head: User, administrator: User, client_for: object
) -> None:
    theirs = client_for()
    theirs.post(reverse("account_login"), {"login": head.email, "password": factories.PASSWORD})
    url = reverse("people:person-change", args=[head.person_id])
    data = {"name": head.person.name, "email": "New.Head@marlfen.example", "telephone": ""}
    assert client_for(administrator).post(url, data).status_code == 302
    head.refresh_from_db()
    assert head.email == "new.head@marlfen.example"
    assert theirs.get("/").status_code == 302


def test_add_person_with_invitation_queues_one_mail_however_often_sent(
    administrator: User, client_for: object
) -> None:
    client = client_for(administrator)
    data = {
        "name": "Ivo Tranter",
        "email": "ivo@marlfen.example",
        "telephone": "",
        "invite": "on",
        "idempotency_key": "6f0f6a3e-9e0e-4f5e-8a55-3f9b8f0a1c11",
    }
    first = client.post(reverse("people:person-add"), data)
    second = client.post(reverse("people:person-add"), data)
    assert first["Location"] == second["Location"]
    assert Person.objects.filter(name="Ivo Tranter").count() == 1
    assert Mail.objects.count() == 1


def test_add_person_with_known_email_returns_the_form_with_its_text(
    head: User, administrator: User, client_for: object
) -> None:
    data = {"name": "Tess Marlow", "email": head.email.upper(), "telephone": "01234 567"}
    page = client_for(administrator).post(reverse("people:person-add"), data).content.decode()
    assert "Somebody with this work email is in the list already" in page
    assert 'value="Tess Marlow"' in page
    assert 'value="01234 567"' in page


def test_add_person_past_the_form_is_a_conflict_in_words(head: User, administrator: User) -> None:
    with pytest.raises(Conflict, match="in the list already"):
        actions.add_person(by=administrator, name="Twin", email=head.email)


def test_add_person_by_head_is_refused_and_writes_nothing(head: User) -> None:
    before = Person.objects.count()
    with pytest.raises(NotAllowed):
        actions.add_person(by=head, name="Nobody")
    assert Person.objects.count() == before
