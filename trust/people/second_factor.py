"""Who is asked for a second step of signing in, what counts as one, and what is not opened without."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from trust.calendar import today
from trust.middleware import kept_fields
from trust.people import actions
from trust.people.models import SignInCode, User
from trust.people.queries import code_of_session, posts_on, token_hash
from trust.people.rules import NEEDS_SECOND_FACTOR

View = Callable[..., HttpResponse]
SAY = "This opens after a second step of signing in"
AUTHENTICATORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second step was taken in this session; a house that asks nobody for one has it always."""
    return took_second_step(request, request.user)


def took_second_step(request: HttpRequest, user: Any) -> bool:
    """The same of a user whose sign-in is not finished."""
    if not settings.MFA_REQUIRED:
        return True
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)


def has_authenticator(user: Any) -> bool:
    """Whether somebody has an app or a key, which is then asked for; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, types=AUTHENTICATORS))


def is_required_of(user: User) -> bool:
    """Whether somebody's posts today ask for a second step at each sign-in."""
    return bool(posts_on(user.person_id, today()).capacities & NEEDS_SECOND_FACTOR)


# -- the code by e-mail ----------------------------------------------------------------------------


def ask_code(request: HttpRequest, user: User) -> SignInCode | None:
    """Mail a code that counts in this session only; None when no more are sent for now."""
    if not request.session.session_key:
        request.session.create()
    return actions.send_code(user, session_mark=_session_mark(request))


def asked_code(request: HttpRequest, user: User) -> SignInCode | None:
    """The code this session asked for last."""
    return code_of_session(user, _session_mark(request))


def give_code(request: HttpRequest, user: User, digits: str) -> bool:
    """Take the second step, if these are the digits that were mailed."""
    if not actions.take_code(user, session_mark=_session_mark(request), digits=digits):
        return False
    record_authentication(request, user, method="mfa", type="email")
    return True


def _session_mark(request: HttpRequest) -> str:
    return token_hash(request.session.session_key or "")


# -- what is not opened without --------------------------------------------------------------------


def second_factor_first(view: View) -> View:
    """Open a view only after a second step: "required ... before Part B"; what was typed is kept on the page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_second_factor(request):
            return view(request, *args, **kwargs)
        if request.headers.get("X-Requested-With") == "autosave":
            return JsonResponse({"message": f"Not saved. {SAY}"}, status=422)
        step = step_of(request)
        if request.method == "POST":
            context = {"kept": kept_fields(request), "action": request.path, "second_step": step}
            return render(request, "401_keep_text.html", context, status=401)
        messages.info(request, SAY)
        return redirect(step)

    return guarded


def step_of(request: HttpRequest) -> str:
    """Where this person takes the second step: with what they have, or else by a code from a mail."""
    user = request.user
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    if is_mfa_enabled(user, types=[Authenticator.Type.TOTP]):
        return f"{reverse('mfa_reauthenticate')}?{back}"
    if is_mfa_enabled(user, types=[Authenticator.Type.WEBAUTHN]):
        return f"{reverse('mfa_reauthenticate_webauthn')}?{back}"
    return f"{reverse('mfa_code')}?{back}"
