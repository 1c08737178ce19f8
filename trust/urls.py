"""Every address of the house, one include() per app."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import URLPattern, URLResolver, include, path, re_path

from trust import document_views, views
from trust.people import second_factor_views as second_step
from trust.people import views as people

# Named one by one, so that no later version of allauth opens sign-up or a change of address here.
accounts = [
    path("login/", people.SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", account.password_reset_from_key, name="account_reset_password_from_key"),
    path("2fa/", second_factor.index, name="mfa_index"),
    path("2fa/authenticate/", second_step.SignInWithApp.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/code/", second_step.code, name="mfa_code"),
    path("2fa/code/send/", second_step.send_code, name="mfa_code_send"),
    path("2fa/devices/", second_step.devices, name="mfa_devices"),
    path("2fa/devices/forget/", second_step.forget_devices, name="mfa_devices_forget"),
    path("2fa/devices/<int:pk>/forget/", second_step.forget_device, name="mfa_device_forget"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
]  # fmt: skip

handler403 = "trust.views.not_open"
handler404 = "trust.views.no_such_page"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(accounts)),
    path("", include("home.urls")),
    path("schools/", include("schools.urls")),
    path("schools/", include("home.school_urls")),
    path("evidence/", include("evidence.urls")),
    path("meetings/", include("meetings.urls")),
    path("priorities/", include("improvement.urls")),
    path("ratings/", include("ratings.urls")),
    path("cpd/", include("cpd.urls")),
    path("progress-boards/", include("progress_boards.urls")),
    path("people/", include("trust.people.urls")),
    path("settings/", include("trust.preferences.urls")),
    path("components/", views.components, name="components"),
    path("documents/<int:pk>/", document_views.document_progress, name="document-progress"),
    path(
        "documents/<int:pk>/download/", document_views.document_download, name="document-download"
    ),
    path(
        "documents/<int:pk>/try-again/",
        document_views.document_try_again,
        name="document-try-again",
    ),
    path("healthz", document_views.healthz, name="healthz"),
    path("readyz", document_views.readyz, name="readyz"),
]
