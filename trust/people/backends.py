"""How a sign-in is checked, and how the account of a session is read."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from trust.people.models import User


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]
    """Reads the person with the account in one query, because every page names whoever is signed in."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
