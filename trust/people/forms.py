"""Forms about people, and the one on which an invited person chooses a password."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from trust.forms import HouseForm, HouseModelForm, IdempotencyField
from trust.people.models import Person, SignInCode, User
from trust.people.second_factor import is_required_of


class PersonForm(HouseModelForm):
    """Name, work e-mail and telephone of a person."""

    submit = "Save changes"

    class Meta:
        model = Person
        fields = ["name", "email", "telephone"]
        labels = {"email": "Work email", "telephone": "Telephone"}
        help_texts = {
            "email": "An invitation is sent here, and it becomes the address for signing in",
        }

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        others = Person.objects.exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody with this work email is in the list already")
        accounts = User.objects.exclude(person_id=self.instance.pk)
        if email and accounts.filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody signs in with this email already")
        return email


class AddPersonForm(PersonForm):
    """A new person; an invitation can be sent at once."""

    submit = "Add person"
    invite = forms.BooleanField(
        label="Send an invitation now",
        help_text="A link to choose a password, which works for 14 days",
        required=False,
    )
    idempotency_key = IdempotencyField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("invite") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter a work email: the invitation goes there")
        return cleaned


class PasswordForm(HouseForm):
    """Two times a new password, checked against the validators for the person invited."""

    submit = "Save the password and sign in"
    password1 = forms.CharField(
        label="New password",
        help_text="At least 12 characters. Three words that do not belong together make a good one",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="New password again",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Enter the same password twice")
        return cleaned


def remember_field() -> forms.BooleanField:
    """The choice to be asked for no second step on this device for some time."""
    return forms.BooleanField(
        label=f"Remember this device for {settings.KNOWN_DEVICE_DAYS} days",
        help_text="You are not asked for a code on it. Leave it unticked on a computer that others use",
        required=False,
        initial=True,
    )


class CodeForm(HouseForm):
    """The code from the mail, typed with or without its space."""

    submit = "Go on"
    code = forms.CharField(
        label="Code from the email",
        help_text="Eight digits",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, may_remember: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_remember:
            self.fields["remember"] = remember_field()

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].split())
        if not (digits.isascii() and digits.isdigit() and len(digits) == SignInCode.DIGITS):
            raise forms.ValidationError(f"Enter the {SignInCode.DIGITS} digits from the email")
        return digits


UNREADABLE = (
    ValueError,
    RecursionError,
)  # a number of thousands of digits; lists in lists in lists


class KeyAnswer(forms.JSONField):
    """What a passkey's browser answers; JSON that Python will not read is refused like any other."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except UNREADABLE as error:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": ""}
            ) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except UNREADABLE:
            return None


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Adding a passkey."""

    credential = KeyAnswer()


class SignInWithKeyForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey."""

    credential = KeyAnswer()


class ReauthenticateWithKeyForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Showing a passkey again before what is guarded."""

    credential = KeyAnswer()


class SignInWithAppForm(AuthenticateForm):  # type: ignore[misc]
    """The code of an authenticator app after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_required_of(self.user):
            self.fields["remember"] = remember_field()
