"""Around every request: its id, who may enter, what to say when an act is refused or the database is gone."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from trust import audit
from trust.access import Conflict

log = logging.getLogger("eyeline.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
SECRET_WORDS = ("csrfmiddlewaretoken", "password")


class RequestIdMiddleware:
    """Gives each request an id that the log, the audit and the answer carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = audit.request_id.set(str(uuid.uuid4()))
        try:
            response = self.get_response(request)
            response.headers.setdefault("X-Request-ID", audit.request_id.get())
            return response
        finally:
            audit.request_id.reset(token)


class ReadableMiddleware:
    """Answers 400 to a NUL character anywhere: no person types one, and PostgreSQL holds none in text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in self._texts(request)):
            response = render(None, "400.html", status=400)
            response["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)

    def _texts(self, request: HttpRequest) -> Iterator[str]:
        yield request.path_info
        for key, value in request.COOKIES.items():
            yield key
            yield value
        for sent in (request.GET, request.POST):
            for key, values in sent.lists():
                yield key
                yield from values


class NoStoreMiddleware:
    """Keeps signed-in pages out of every cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalMiddleware:
    """Answers a Conflict with 409, and a lost database with 503 and the posted text kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return self._database_lost(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Conflict):
            return render(
                request,
                "409.html",
                {"reason": str(error), "kept": kept_fields(request), "back": _came_from(request)},
                status=409,
            )
        if isinstance(error, OperationalError | InterfaceError):
            return self._database_lost(request)
        return None

    def _database_lost(self, request: HttpRequest) -> HttpResponse:
        log.error("the database does not answer: %s %s", request.method, request.path)
        response = render(None, "503.html", {"kept": kept_fields(request)}, status=503)
        response["Retry-After"] = "10"
        return response


def _came_from(request: HttpRequest) -> str:
    """The page of this house on which the refused button stood; its own address may take forms only."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, request.get_host(), request.is_secure()):
        return came_from
    return request.path if request.method == "GET" else "/"


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends a stranger to sign in; a form sent after the session ended comes back with its text."""

    def handle_no_permission(  # type: ignore[override] # the stubs know redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        sign_in = f"{reverse('account_login')}?next={request.path}"
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=401)
            answer["HX-Redirect"] = sign_in
            return answer
        if request.method == "POST":
            context = {"kept": kept_fields(request), "sign_in": sign_in, "action": request.path}
            return render(request, "401_keep_text.html", context, status=401)
        return super().handle_no_permission(request, view_func)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be shown again: every posted field but secrets, by any part of their names."""
    if request.method != "POST":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name for word in SECRET_WORDS)
        for value in values
    ]
