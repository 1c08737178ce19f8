"""People and their accounts, the link of an invitation, and the demo's sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from trust.access import get_visible_or_404, require
from trust.calendar import now, today
from trust.pages import new_key, once
from trust.people import actions
from trust.people.forms import AddPersonForm, PasswordForm, PersonForm
from trust.people.models import Invitation, Person, User
from trust.people.queries import (
    account_of,
    demo_accounts,
    demo_user,
    people_list,
    post_lines,
    token_hash,
)
from trust.people.rules import may_deactivate, may_invite, may_manage_people, may_read_people
from trust.people.stages import BY_INVITATION
from trust.people.tables import PeopleTable


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody named in the trust, with posts and account."""
    require(may_read_people(request.user, None))
    search = request.GET.get("q", "").strip()
    table = PeopleTable(people_list(request.user, on=today(), now=now(), search=search))
    RequestConfig(request).configure(table)
    context = {
        "table": table,
        "search": search,
        "may_add": bool(may_manage_people(request.user, None)),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "POST"])
@once
def add(request: HttpRequest) -> HttpResponse:
    """Name somebody, and send an invitation if wished."""
    require(may_manage_people(request.user, None))
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {field: form.cleaned_data[field] for field in ("name", "email", "telephone")}
        person = actions.add_person(by=request.user, **given)
        said = f"{person.name} is in the list"
        if form.cleaned_data["invite"]:
            actions.invite_person(person, by=request.user)
            said = f"{said}. The invitation is on its way to {person.email}"
        messages.success(request, said)
        return redirect("people:person", pk=person.pk)
    return render(request, "people/person_form.html", {"form": form, "title": "Add a person"})


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: posts today, account, and what the administrator may do about it."""
    require(may_read_people(request.user, None))
    found = _person(request, pk)
    account = getattr(found, "user", None)
    context = {
        "person": found,
        "posts": post_lines([found.pk], today()).get(found.pk, []),
        "account": account_of(found, now()),
        "may_change": bool(may_manage_people(request.user, None)),
        "may_invite": may_invite(request.user, found),
        "invite_key": new_key(),
        "may_deactivate": account is not None and bool(may_deactivate(request.user, account)),
    }
    return render(request, "people/person.html", context)


def _person(request: HttpRequest, pk: int) -> Person:
    people = Person.objects.select_related("user").prefetch_related("invitations")
    return get_visible_or_404(people, request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, work e-mail or telephone."""
    require(may_manage_people(request.user, None))
    found = _person(request, pk)
    form = PersonForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.change_person(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['name']} is up to date")
        return redirect("people:person", pk=pk)
    context = {"form": form, "title": "Change details", "person": found}
    return render(request, "people/person_form.html", context)


@require_POST
@once
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation; an earlier one ends."""
    require(may_manage_people(request.user, None))
    sent = actions.invite_person(_person(request, pk), by=request.user)
    messages.success(request, f"The invitation is on its way to {sent.email}")
    return redirect("people:person", pk=pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End the open invitation; a second click finds none and changes nothing."""
    require(may_manage_people(request.user, None))
    invitation = account_of(_person(request, pk), now()).invitation
    if invitation is not None:
        actions.withdraw_invitation(invitation, by=request.user)
        messages.success(request, "The invitation no longer works")
    return redirect("people:person", pk=pk)


@require_POST
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account and sign it out everywhere; a second click changes nothing."""
    require(may_manage_people(request.user, None))
    account = getattr(_person(request, pk), "user", None)
    if account is not None and account.is_active:
        actions.deactivate_user(account, by=request.user)
        messages.success(request, "The account is closed. An invitation opens it again")
    return redirect("people:person", pk=pk)


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
@login_not_required
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation: choose a password and be signed in; used up, it says so in words."""
    invitation = get_object_or_404(Invitation, token_hash=token_hash(token))
    refusal = invitation.refusal(now())
    if refusal:
        return render(request, "people/invitation_over.html", {"refusal": refusal}, status=410)
    form = PasswordForm(request.POST or None, user=User(email=invitation.email))
    if request.method == "POST" and form.is_valid():
        user = actions.accept_invitation(token, password=form.cleaned_data["password1"])
        record_authentication(request, user, method="password", email=user.email)
        login = Login(user=user, email=user.email, state={BY_INVITATION: True})
        return perform_login(request, login)
    return render(
        request, "people/accept_invitation.html", {"form": form, "invitation": invitation}
    )


class SignIn(LoginView):
    """allauth's sign-in, with a button for each of the demo's roles while the demo is open."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_accounts=demo_accounts(), **kwargs)


@require_POST
@login_not_required
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's roles; outside the demo there is no such page."""
    user = demo_user(request.POST.get("key", ""))
    if user is None:
        raise Http404("No demo to sign in to")
    return perform_login(request, Login(user=user, email=user.email))
