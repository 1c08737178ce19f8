"""Asking a page as a server asks it: through WSGI, with a cookie, counting queries and CPU time of this process."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings

from tests.performance.naive import FLOOR
from trust.people.models import User

CSRF = "b" * 32
FLOOR_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tests.performance.asking.SessionRead",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""A new Django project's own, and a session that is read only: a signed-in page that does nothing."""


class SessionRead(SessionMiddleware):
    """Reads the session and never saves it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Browser:
    """Somebody signed in, who asks the house or, for comparison, the floor."""

    user: int
    house: WSGIHandler
    floor: WSGIHandler
    cookie: str = field(init=False)

    def __post_init__(self) -> None:
        user = User.objects.get(pk=self.user)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["signed_in_at"] = int(time.time())
        session.create()
        cookies = {
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.CSRF_COOKIE_NAME: CSRF,
        }
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str, **headers: str) -> Answer:
        return ask(self.house, self._environ(path, headers))

    def post(self, path: str, data: Mapping[str, Any]) -> Answer:
        body = urlencode(dict(data) | {"csrfmiddlewaretoken": CSRF}, doseq=True).encode()
        environ = self._environ(path, {}) | {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        return ask(self.house, environ)

    def rest(self) -> Answer:
        """The signed-in page that does nothing."""
        return self.bare(FLOOR)

    def bare(self, path: str) -> Answer:
        """A page of the references, outside the house."""
        return ask(self.floor, self._environ(path, {}))

    def _environ(self, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
        path, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": self.cookie,
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False,
            "wsgi.run_once": False, **headers,
        }  # fmt: skip


def ask(handler: WSGIHandler, environ: dict[str, Any]) -> Answer:
    begun: list[Any] = []
    response = handler(environ, lambda status, headers, *_: begun.extend((status, headers)))
    try:
        body = b"".join(response)
    finally:
        response.close()
    return Answer(int(begun[0].split()[0]), dict(begun[1]), body)


def browser(user: int) -> Browser:
    """Sign somebody in, in the database now used."""
    with override_settings(
        MIDDLEWARE=FLOOR_MIDDLEWARE, ROOT_URLCONF="tests.performance.naive", DEBUG=False
    ):
        floor = WSGIHandler()
    return Browser(user, WSGIHandler(), floor)


# -- what is measured ----------------------------------------------------------------------------


@contextmanager
def counting() -> Any:
    """The statements that are sent meanwhile, but for the savepoints."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def queries_of(call: Callable[[], Any]) -> list[str]:
    """The statements of one call, after another has filled the caches of the process."""
    call()
    with counting() as asked:
        call()
    return asked


def cpu(call: Callable[[], Any]) -> float:
    """Milliseconds of CPU time that this process spends on one call."""
    begin = time.process_time()
    call()
    return (time.process_time() - begin) * 1000


def least(calls: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """The least CPU time of each call: asked in turns, so that a busy machine slows all alike; the first turn is not counted."""
    found = [float("inf")] * len(calls)
    gc.collect()
    gc.freeze()  # what the benchmark itself holds is not looked through for the sake of a page
    for turn in range(rounds + 1):
        for index, call in enumerate(calls):
            spent = cpu(call)
            if turn:
                found[index] = min(found[index], spent)
    return found
