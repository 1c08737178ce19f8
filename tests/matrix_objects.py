"""What the access matrix asks for at each address: the object's key and the form that is sent.

One entry a URL name that needs either: `(world, ownership) -> Sample`. `ownership` is "own" (the object
belongs to `world.school`, where every user of `world.users` with a post at a school has it), "other" (it
belongs to `world.other_school`) or "none". It is called once a row; whatever it makes is undone after the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator

from schools.models import School
from tests import factories
from trust.people.models import User


@dataclass(frozen=True)
class Sample:
    """Arguments of the address, and what is sent."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Two schools, and one user of each capacity; posts at a school are held at `school`."""

    school: School
    other_school: School
    users: dict[str, User]

    def school_for(self, ownership: str) -> School:
        return self.other_school if ownership == "other" else self.school


Maker = Callable[[World, str], Sample]
MAKERS: dict[str, Maker] = {}


def sample(*url_names: str) -> Callable[[Maker], Maker]:
    """Register a maker for one URL name or several that need the same."""

    def register(maker: Maker) -> Maker:
        for name in url_names:
            if name in MAKERS:
                raise ValueError(f"Two samples for {name}")
            MAKERS[name] = maker
        return maker

    return register


# -- the accounts pages ----------------------------------------------------------------------------


@sample("account_login")
def _sign_in(world: World, ownership: str) -> Sample:
    return Sample(data={"login": world.users["head"].email, "password": factories.PASSWORD})


@sample("account_reset_password")
def _reset(world: World, ownership: str) -> Sample:
    return Sample(data={"email": world.users["head"].email})


@sample("account_reset_password_from_key")
def _reset_key(world: World, ownership: str) -> Sample:
    return Sample(kwargs={"uidb36": "1", "key": "no-such-key"})


@sample("mfa_edit_webauthn", "mfa_remove_webauthn")
def _passkey(world: World, ownership: str) -> Sample:
    """Own: the passkey of the head; other: of somebody who is nobody here."""
    owner = world.users["head"] if ownership == "own" else factories.UserFactory()
    key = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Tablet", "credential": {}}
    )
    return Sample(kwargs={"pk": key.pk}, data={"name": "Office tablet"})
