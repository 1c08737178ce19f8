"""The second step of signing in, and the devices that are not asked for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.stages import LoginStageController
from allauth.mfa.base.views import AuthenticateView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trust.access import get_visible_or_404
from trust.people import actions
from trust.people.devices import known_device, remember
from trust.people.forms import CodeForm
from trust.people.models import KnownDevice, SignInCode, User
from trust.people.queries import known_devices
from trust.people.second_factor import (
    ask_code,
    asked_code,
    give_code,
    has_authenticator,
    has_second_factor,
    is_required_of,
    step_of,
)
from trust.people.stages import CodeStage

WRONG = "These are not the digits of the newest email"
OVER = "This code no longer works. Send a new one"
NO_MORE = "No more codes are sent for now. Try again in an hour"


@dataclass(frozen=True)
class Asked:
    """Who is asked for a code: somebody whose sign-in waits for it, or somebody signed in who wants more."""

    user: User
    stage: CodeStage | None = None

    @property
    def may_remember(self) -> bool:
        """Remembering a device spares only those who are asked on new ones."""
        return self.stage is not None and not is_required_of(self.user)


def _asked(request: HttpRequest) -> Asked | None:
    if request.user.is_authenticated:
        return Asked(request.user)
    stage = LoginStageController.enter(request, CodeStage.key)
    return Asked(stage.login.user, stage) if stage is not None and stage.login.user else None


def _elsewhere(request: HttpRequest, asked: Asked | None) -> str:
    """Where somebody goes who is asked for no code here; empty for who is."""
    if asked is None:
        return reverse("account_login")
    if asked.stage is not None:
        return ""
    if has_second_factor(request):
        return _next(request) or "/"
    return step_of(request) if has_authenticator(asked.user) else ""


def _next(request: HttpRequest) -> str:
    """The page of this house that was wanted, if one was."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, request.get_host(), request.is_secure())
    return wanted if here and wanted.startswith("/") else ""


@sensitive_post_parameters("code")
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the digits that were mailed, and go on where the sign-in or the reader was led from."""
    asked = _asked(request)
    elsewhere = _elsewhere(request, asked)
    if asked is None or elsewhere:
        return redirect(elsewhere)
    form = CodeForm(request.POST or None, may_remember=asked.may_remember)
    if request.method == "POST":
        if form.is_valid() and give_code(request, asked.user, form.cleaned_data["code"]):
            return _go_on(request, asked, remembers=form.cleaned_data.get("remember", False))
        if not _is_open(asked_code(request, asked.user)):
            messages.error(request, OVER)
            return _again(request)
        if form.is_valid():
            form.add_error("code", WRONG)
    return render(request, "mfa/code.html", _page(request, asked, form))


def _is_open(held: SignInCode | None) -> bool:
    return held is not None and held.is_open(timezone.now())


def _again(request: HttpRequest) -> HttpResponse:
    """Back to the page of the code, which still knows where to go on."""
    wanted = _next(request)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return redirect(f"{reverse('mfa_code')}{query}")


def _page(request: HttpRequest, asked: Asked, form: CodeForm) -> dict[str, Any]:
    held = asked_code(request, asked.user)
    return {
        "form": form,
        "to": asked.user.email,
        "asked_at": held.asked_at if held else None,
        "is_open": _is_open(held),
        "may_go_back": asked.stage is None and not is_required_of(asked.user),
        "signs_in": asked.stage is not None,
        "next": _next(request),
    }


def _go_on(request: HttpRequest, asked: Asked, *, remembers: bool) -> HttpResponse:
    if asked.stage is None:
        return redirect(_next(request) or "/")
    may_remember = remembers and asked.may_remember
    response: HttpResponse = asked.stage.exit()
    if may_remember:
        remember(request, response, asked.user)
    return response


@never_cache
@login_not_required
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Mail a code; a second click within a minute sends none."""
    asked = _asked(request)
    elsewhere = _elsewhere(request, asked)
    if asked is None or elsewhere:
        return redirect(elsewhere)
    before = asked_code(request, asked.user)
    sent = ask_code(request, asked.user)
    if sent is None:
        messages.error(request, NO_MORE)
    elif sent == before:
        messages.info(request, "A code is on its way. You can send a new one after a minute")
    else:
        messages.success(request, f"A code is on its way to {asked.user.email}")
    return _again(request)


class SignInWithApp(AuthenticateView):  # type: ignore[misc]
    """allauth's page for an app or a key after the password, where a device can be remembered as well."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.stage.login.user
        response: HttpResponse = super().form_valid(form)
        if form.cleaned_data.get("remember"):
            remember(self.request, response, user)
        return response


# -- known devices ---------------------------------------------------------------------------------


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The devices on which the reader is not asked for a code."""
    user = cast("User", request.user)
    context = {"devices": known_devices(user, timezone.now()), "this": known_device(request, user)}
    return render(request, "mfa/devices.html", context)


@require_POST
def forget_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a code on this device again."""
    user = cast("User", request.user)
    device = get_visible_or_404(KnownDevice.objects.all(), user, pk=pk)
    actions.forget_device(device, by=user)
    messages.success(request, f"{device.name} is asked for a code at the next sign-in")
    return redirect("mfa_devices")


@require_POST
def forget_devices(request: HttpRequest) -> HttpResponse:
    """Ask for a code on every device again; a second click finds none and says the same."""
    user = cast("User", request.user)
    actions.forget_devices(user, by=user)
    messages.success(request, "Every device is asked for a code at the next sign-in")
    return redirect("mfa_devices")
