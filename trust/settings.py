"""Settings from the environment, from .env and from *_FILE secrets. Production refuses to start half set."""

import datetime as dt
import os
from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

import localdb

BASE_DIR = Path(__file__).resolve().parent.parent
RUN_DIR = BASE_DIR / ".run"

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def secret(name: str, default: str = "") -> str:
    """The variable itself, or the content of the file that <name>_FILE names (Docker secrets)."""
    if path := env.str(f"{name}_FILE", ""):
        return Path(path).read_text(encoding="utf-8").strip()
    return env.str(name, default)


# -- What this process is ------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
PRODUCTION = not DEBUG and not DEMO

SECRET_KEY = secret("SECRET_KEY")
DATABASE_URL = secret("DATABASE_URL")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

if PRODUCTION:
    refusals = [
        sentence
        for value, sentence in (
            (SECRET_KEY, "Set SECRET_KEY (or SECRET_KEY_FILE) to 50 or more random characters."),
            (ALLOWED_HOSTS, "Set ALLOWED_HOSTS to the host names this site answers to."),
            (DATABASE_URL, "Set DATABASE_URL (or DATABASE_URL_FILE) to the PostgreSQL server."),
        )
        if not value
    ]
    if refusals:
        raise ImproperlyConfigured(" ".join(refusals))
else:
    SECRET_KEY = SECRET_KEY or "only-for-a-demo-on-this-computer-and-never-for-real-records"
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]

# In the demo the clock stands still: trust.calendar.today() answers this day. None: the real day.
EYELINE_AS_OF = (
    dt.date.fromisoformat(env.str("EYELINE_AS_OF", "") or "2026-11-21") if DEMO else None
)
# Addresses in mail are made from this, never from the Host header of a request.
SITE_URL = env.str(
    "SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000"
).rstrip("/")
EYELINE_VERSION = "0.1.0"
# Where gunicorn is bound: one-click sign-in of the demo is an error anywhere but on loopback.
EYELINE_BIND = env.str("EYELINE_BIND", "127.0.0.1:8000")

# -- Apps and request path -----------------------------------------------------------------------

INSTALLED_APPS = [
    "trust",
    "trust.people",
    "schools",
    "evidence",
    "meetings",
    "improvement",
    "ratings",
    "cpd",
    "progress_boards",
    "home",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tables2",
    "django_htmx",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "trust.middleware.RequestIdMiddleware",
    # headers that every answer carries, whoever answers
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trust.middleware.ReadableMiddleware",
    # who asks
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trust.people.middleware.SessionAgeMiddleware",
    "schools.middleware.PostsMiddleware",
    "trust.middleware.SignInMiddleware",
    "trust.middleware.NoStoreMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "trust.people.middleware.SecondFactorMiddleware",
    # what the page needs
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trust.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "trust.urls"
WSGI_APPLICATION = "trust.wsgi.application"
ASGI_APPLICATION = "trust.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trust.pages.chrome",
            ],
        },
    }
]

# -- Database and cache --------------------------------------------------------------------------

if DATABASE_URL:
    database = env.db_url_config(DATABASE_URL)
    # A socket folder is written as PostgreSQL itself writes it: postgres://user@%2Frun%2Fpostgresql/name
    database["HOST"] = unquote(str(database.get("HOST") or ""))
else:
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(localdb.socket_folder()),
        "PORT": str(localdb.PORT),
        "USER": localdb.USER,
        "NAME": env.str("EYELINE_DATABASE", localdb.DATABASE),
    }

session_limits = "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
if os.environ.get("EYELINE_PROCESS") == "web":  # imports and documents may take longer
    session_limits += " -c statement_timeout=15000"

DATABASES = {
    "default": database
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": database.get("OPTIONS", {}) | {"options": session_limits},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits need a cache that all web processes share; the broker's Redis is not it, because
# that one never evicts. The table is made by `manage.py createcachetable`.
LOCAL_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
    }
    if PRODUCTION
    else LOCAL_CACHE,
    # What one process may remember, keyed by the newest audit row.
    "process": LOCAL_CACHE | {"LOCATION": "process"},
}

# -- Sign-in -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["trust.people.backends.SignInBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "trust.views.csrf_failed"
LOGOUT_REDIRECT_URL = "/"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{validators}.UserAttributeSimilarityValidator"},
    {"NAME": f"{validators}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{validators}.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "trust.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # no sign-up page is mounted
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # that mail links to the sign-up page, and there is none
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/5m/ip,5/5m/key",
    "reset_password": "10/h/ip,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Eyeline"
MFA_FORMS = {
    "authenticate": "trust.people.forms.SignInWithAppForm",
    "add_webauthn": "trust.people.forms.AddKeyForm",
    "login_webauthn": "trust.people.forms.SignInWithKeyForm",
    "reauthenticate_webauthn": "trust.people.forms.ReauthenticateWithKeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Whether a second step is asked for (DfE cyber standards, Cyber Essentials v3.3): of those whose post
# reads or keeps what concerns every school at each sign-in, of all others on a new device (docs/adr/0016).
MFA_REQUIRED = PRODUCTION
KNOWN_DEVICE_DAYS = env.int("KNOWN_DEVICE_DAYS", 180)
KNOWN_DEVICE_COOKIE = "__Host-device" if PRODUCTION else "device"

# -- Sessions, cookies, headers ------------------------------------------------------------------

SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10_800  # idle: 3 hours
SESSION_ABSOLUTE_SECONDS = 43_200  # signed in: 12 hours at most
SESSION_SEEN_SECONDS = 60  # a busy session is written once a minute, not with every page
SESSION_EXPIRE_AT_BROWSER_CLOSE = False

CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked inside the container, over http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", PRODUCTION)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the TOTP code and Bootstrap's select arrow
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
PERMISSIONS_POLICY = {
    "accelerometer": [],
    "autoplay": [],
    "camera": [],
    "display-capture": [],
    "fullscreen": [],
    "geolocation": [],
    "gyroscope": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "publickey-credentials-create": "self",
    "publickey-credentials-get": "self",
    "usb": [],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

# -- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# The demo serves straight from the finders; production collects first.
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(RUN_DIR / "static"))) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "trust.assets.AssetFinder",
]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(RUN_DIR / "media")))
# No MEDIA_URL: files are served by views that check who asks.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# -- Language, time, look ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# -- Mail ----------------------------------------------------------------------------------------

mail = env.email_url_config(secret("EMAIL_URL", "consolemail://"))
EMAIL_BACKEND = mail["EMAIL_BACKEND"]
EMAIL_HOST = mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Eyeline <eyeline@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Background work: Redis is a doorbell, the row is the record (docs/adr/0003) -----------------

CELERY_BROKER_URL = secret("CELERY_BROKER_URL")  # empty: `manage.py work` does it all
CELERY_RESULT_BACKEND = None
# Intervals only. The tick finds what is due by its state, so a missed or a second one does no harm.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "eyeline.tick", "schedule": 30.0, "options": {"expires": 25}},
}
CELERY_TIMEZONE = "UTC"  # beat has interval entries only, so no clock change can skip one
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # the lease guards the twin
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_VISIBILITY_TIMEOUT = 3600
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": env.str("EYELINE_DEPLOYMENT", f"eyeline-{localdb.fingerprint()}") + ":",
}

# -- Logs ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Measured: fontTools tells every step of making a subset at INFO.
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
