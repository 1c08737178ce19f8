"""What every page needs: the frame around it, and forms that a second click cannot take twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from trust.access import CAPACITY_NAMES, FOR_A_YEAR, Capacity, Conflict
from trust.calendar import now, today
from trust.models import AuditEvent, SubmittedForm, TrustProfile
from trust.work import WorkItem, work_for

T = TypeVar("T")

# -- the frame -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu, for those who hold one of its capacities."""

    label: str
    url_name: str
    icon: str
    capacities: frozenset[str]
    order: int
    url: str = ""
    current: bool = False
    count: int = 0


_menu: dict[tuple[str, str], MenuEntry] = {}
EVERYBODY = frozenset(Capacity) - FOR_A_YEAR
ANYBODY: frozenset[str] = frozenset()
"""Whoever is signed in, even without a post today."""


def register_menu(
    label: str, url_name: str, icon: str, *, order: int, capacities: frozenset[str] = EVERYBODY
) -> None:
    """Add a line to the menu: it shows only what the capacity uses. One page may have two names for two readers."""
    _menu[url_name, label] = MenuEntry(label, url_name, icon, capacities, order)


@dataclass(frozen=True)
class Signed:
    """Who is signed in, as the foot of the menu says it."""

    name: str
    capacity: str


@dataclass(frozen=True)
class Chrome:
    """The frame around a page."""

    trust_name: str
    menu: tuple[MenuEntry, ...] = ()
    person: Signed | None = None
    demo_banner: str = ""


LAST_ROWS = 64


def version() -> int:
    """A number that is another one after every write, so that what is cached under it is never stale.

    The newest audit row alone does not tell: of two writes at once the one with the lower key may be the
    later to commit. So the last rows are summed up.
    """
    last = AuditEvent.objects.order_by("-pk").values("pk")[:LAST_ROWS]
    return hash(tuple(last.aggregate(newest=Max("pk"), total=Sum("pk")).values()))


def version_of(request: HttpRequest) -> int:
    """The version as this request found it, asked of the database once."""
    held: int | None = getattr(request, "audit_version", None)
    if held is None:
        held = request.audit_version = version()  # type: ignore[attr-defined]
    return held


def remembered(name: str, at: int, make: Callable[[], T]) -> T:
    """What `make` answers, kept by this process until something is written: for words, choices and counts."""
    key = f"{name}:{at}"
    held: tuple[T] | None = caches["process"].get(key)  # in a tuple, because None is an answer too
    if held is None:
        held = (make(),)
        caches["process"].set(key, held, 600)
    return held[0]


class _Counted:
    """A list whose length is known already, so that a page of it is one query."""

    ordered = True

    def __init__(self, rows: Any, count: int) -> None:
        self.rows, self.total = rows, count

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> Any:
        return self.rows[part]


def page_of(
    rows: Sequence[T] | QuerySet[Any, T], count: int, a_page: int, asked: str | None
) -> Page[T]:
    """The page asked for of rows whose number is known, nearest where there is no such page: one query."""
    return Paginator(cast("Any", _Counted(rows, count)), a_page).get_page(asked)


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    """Context processor: the frame, in at most one query once its parts are cached."""
    at = version_of(request)
    name = remembered("trust-name", at, lambda: TrustProfile.current().name)
    banner = ""
    if settings.EYELINE_AS_OF:
        banner = f"Demonstration: the clock stands at {today():%A} {today().day} {today():%B %Y}"
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"chrome": Chrome(name, demo_banner=banner)}
    held = user.posts.capacities | user.posts.year_capacities
    person = Signed(user.display_name, _capacity_words(held))
    # Lazy, because a refusal page and a fragment show no menu and should not count what waits.
    menu = SimpleLazyObject(lambda: _menu_for(request, held, at))
    return {"chrome": Chrome(name, cast("tuple[MenuEntry, ...]", menu), person, banner)}


def _menu_for(request: HttpRequest, held: frozenset[Capacity], at: int) -> tuple[MenuEntry, ...]:
    return _deepest(
        _placed(entry, request, at)
        for entry in sorted(_menu.values(), key=lambda e: e.order)
        if entry.capacities & held or entry.capacities == ANYBODY
    )


def _placed(entry: MenuEntry, request: HttpRequest, at: int) -> MenuEntry:
    url = reverse(entry.url_name)
    path = request.path
    current = path == url or (url != "/" and path.startswith(url))
    count = len(waiting(request)) if url == "/" else 0
    return replace(entry, url=url, current=current, count=count)


def _deepest(entries: Iterable[MenuEntry]) -> tuple[MenuEntry, ...]:
    """Only one line of the menu is the current one: that with the longest address."""
    placed = tuple(entries)
    longest = max((len(entry.url) for entry in placed if entry.current), default=0)
    return tuple(
        replace(entry, current=entry.current and len(entry.url) == longest) for entry in placed
    )


def waiting(request: HttpRequest) -> list[WorkItem]:
    """What waits for whoever asks, as the menu counts it and My work lists it."""
    user, day = cast("Any", request.user), today()
    key = f"waiting:{user.pk}:{hash(user.posts)}:{day}"
    return remembered(key, version_of(request), lambda: work_for(user, day))


def _capacity_words(held: frozenset[Capacity]) -> str:
    order = list(CAPACITY_NAMES)
    return ", ".join(CAPACITY_NAMES[c] for c in sorted(held, key=order.index))


# -- the second click ----------------------------------------------------------------------------

View = TypeVar("View", bound=Callable[..., HttpResponse])


class _NotTaken(Exception):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def new_key() -> str:
    """A key for the hidden `idempotency_key` of a form."""
    return str(uuid.uuid4())


def once(view: View) -> View:
    """A view whose POST is taken once per `idempotency_key`: the second click is led to the first one's result.

    Only an answer that redirects counts as taken; a form with errors may be sent again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key_of(request)
        if key is None:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                taken = _take(key, request)
                if taken is not None:
                    return HttpResponseRedirect(taken.url or request.path)
                response = view(request, *args, **kwargs)
                if response.status_code not in (302, 303):
                    raise _NotTaken(response)
                SubmittedForm.objects.filter(pk=key).update(url=response["Location"])
                return response
        except _NotTaken as back:
            return back.response

    return cast("View", guarded)


def _key_of(request: HttpRequest) -> uuid.UUID | None:
    if request.method != "POST":
        return None
    try:
        return uuid.UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        return None


def _take(key: uuid.UUID, request: HttpRequest) -> SubmittedForm | None:
    """The form if it was taken before, else None; a second click waits here for the first to end."""
    try:
        with transaction.atomic():
            SubmittedForm.objects.create(key=key, user_id=cast("int", request.user.pk), at=now())
    except IntegrityError:
        return _taken_from(key, request)
    return None


def _taken_from(key: uuid.UUID, request: HttpRequest) -> SubmittedForm:
    """The form as this person sent it; a key of somebody else's form leads nowhere."""
    taken = SubmittedForm.objects.filter(pk=key, user_id=cast("int", request.user.pk)).first()
    if taken is None:
        raise Conflict("This form is no longer open. Open the page again")
    return taken
