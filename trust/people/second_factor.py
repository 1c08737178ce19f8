"""What is not opened without a second step of signing in, however one's post stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from trust.middleware import kept_fields

View = Callable[..., HttpResponse]
SAY = "This opens after a second step of signing in"


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second step was taken in this session; a house that asks nobody for one has it always."""
    if not settings.MFA_REQUIRED:
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def second_factor_first(view: View) -> View:
    """Open a view only after a second step: "required ... before Part B"; what was typed is kept on the page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_second_factor(request):
            return view(request, *args, **kwargs)
        if request.headers.get("X-Requested-With") == "autosave":
            return JsonResponse({"message": f"Not saved. {SAY}"}, status=422)
        step = _step_of(request)
        if request.method == "POST":
            context = {"kept": kept_fields(request), "action": request.path, "second_step": step}
            return render(request, "401_keep_text.html", context, status=401)
        messages.info(request, SAY)
        return redirect(step)

    return guarded


def _step_of(request: HttpRequest) -> str:
    """Where this person takes the second step, or sets one up."""
    user = request.user
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    if is_mfa_enabled(user, types=[Authenticator.Type.TOTP]):
        return f"{reverse('mfa_reauthenticate')}?{back}"
    if is_mfa_enabled(user):
        return f"{reverse('mfa_reauthenticate_webauthn')}?{back}"
    return reverse("mfa_index")
