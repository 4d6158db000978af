"""The one settings module. What differs between machines comes from `environment`."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import django_stubs_ext
from django.utils.csp import CSP

from dinh.kernel.errors import Invalid
from dinh.project import discovery, environment, identity_provider, secrets

django_stubs_ext.monkeypatch()

HOME = environment.home()
DEBUG = environment.flag("DINH_DEBUG")
DEMO = environment.flag("DINH_DEMO")
SECRET_KEY = secrets.keep(HOME / "secret_key")
ALLOWED_HOSTS = environment.listing("DINH_ALLOWED_HOSTS")
AREA = environment.read("DINH_AREA")
MQTT_URL = environment.read("DINH_MQTT_URL")
MQTT_TOPICS = environment.read("DINH_MQTT_TOPICS")
PUBLIC_URL = (environment.read("DINH_PUBLIC_URL") or f"http://localhost:{environment.number('PORT')}").rstrip("/")
NOTICE_CHANNELS = {
    channel: environment.read(f"DINH_{channel.upper()}") or ("file" if DEMO else "")
    for channel in ("email", "push", "sms", "zalo")
}
OUTGOING = HOME / "outgoing"
RECEIPTS_KEY = secrets.keep(HOME / "receipts_key")
VAPID_KEY = secrets.keep(HOME / "vapid_key", secrets.signing_key)
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
AUTHORITY_CODE = environment.read("DINH_AUTHORITY_CODE")
PAYMENTS = environment.read("DINH_PAYMENTS") or ("fake" if DEMO else "")
PAYMENTS_KEY = secrets.keep(HOME / "payments_key")
BRIEF_AUTOPUBLISH = environment.flag("DINH_BRIEF_AUTOPUBLISH")
FEED_NETWORKS = environment.listing("DINH_FEED_NETWORKS")
DUCKDB_THREADS = environment.number("DINH_DUCKDB_THREADS")
HISTORY_FILE = HOME / "history.duckdb"
LOCAL_SOCKET = HOME / "dinh.sock"
FILES_HOME = HOME / "files"
FILES_KEYS = environment.read("DINH_FILES_KEYS") or HOME / "files-keys"
FILE_MAX_BYTES = environment.number("DINH_FILE_MB") * 1024 * 1024
IMAGE_MAX_PIXELS = environment.number("DINH_IMAGE_MEGAPIXELS") * 1_000_000
VIRUS_SCAN = environment.read("DINH_VIRUS_SCAN")
# Uploads wait in the house's own folder, which only its owner reads, not in the machine's.
FILE_UPLOAD_TEMP_DIR = HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
SUBMISSIONS_HOME = HOME / "submissions"
SUBMISSIONS_KEY = secrets.keep(HOME / "submissions_key", secrets.sealing_key)
NODE = environment.letters("DINH_NODE")
PERSONAL_KEY = secrets.keep(HOME / "personal_key")
LEDGER_KEY = HOME / "ledger_key"
CHECKPOINTS = HOME / "checkpoints"
CHECKPOINT_TO = environment.listing("DINH_CHECKPOINT_TO")
SEAL = environment.read("DINH_SEAL")
SEAL_PASSWORD_FILE = environment.read("DINH_SEAL_PASSWORD_FILE")
SEAL_HOME = HOME / "seal"
TIMESTAMP_URL = environment.read("DINH_TIMESTAMP_URL")
TIMESTAMP_FAILURE = environment.read("DINH_TIMESTAMP_FAILURE")

UNPLUGGED = environment.listing("DINH_UNPLUGGED")
SYSTEMS = discovery.folders("systems", "system", without=UNPLUGGED)
GATEWAYS = discovery.folders("gateways", "gateway", without=UNPLUGGED)
discovery.fill_registry(SYSTEMS, GATEWAYS)

INSTALLED_APPS = [
    *discovery.django_apps(SYSTEMS, GATEWAYS),
    "dinh.project",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "rules",
]
MIDDLEWARE = [
    "dinh.project.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "dinh.web.guard.Headers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dinh.web.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dinh.web.guard.Sessions",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "dinh.project.middleware.ErrorFamilies",
]
ROOT_URLCONF = "dinh.project.urls"
ASGI_APPLICATION = "dinh.project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "dinh.web.context.house",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "dinh.web.templatetags.constants",
                "dinh.web.templatetags.dinh",
            ],
        },
    }
]

FORM_RENDERER = "dinh.web.forms.HouseRenderer"


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "registers.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                # FULL: a commit is on the disk before it returns, also in WAL mode.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
            "TEST": {"NAME": HOME / "test-registers.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Invalid(
            "environment.database_url",
            "DINH_DATABASE_URL begins with '{scheme}'; give postgresql://user:password@host/name or leave it empty",
            scheme=parts.scheme,
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        # A server that was started anew is noticed before it is asked.
        "CONN_HEALTH_CHECKS": True,
        # For everybody who holds one at a time: requests, whoever hands in or measures, the worker with its tasks, messages.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 32}},
    }


DATABASES = {"default": _database(environment.read("DINH_DATABASE_URL"))}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    # Pieces of pages have a place of their own: many of them must not push out what limits count.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pieces",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/sign-in/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # an invitation's link

ACCOUNT_ADAPTER = "dinh.systems.account.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/sign-in/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {"login": "dinh.systems.account.web.forms.SignInForm"}
REGISTRATION = environment.flag("DINH_REGISTRATION") or DEMO
VNEID = identity_provider.configured(demo=DEMO)
SOCIALACCOUNT_ADAPTER = "dinh.systems.account.web.vneid_adapter.VneidAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "dinh.systems.account.web.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "dinh.systems.account.web.forms.CodeForm",
    "reauthenticate": "dinh.systems.account.web.forms.ConfirmCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Đình"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
USERSESSIONS_TRACK_ACTIVITY = False

LANGUAGE_CODE = "vi"
LOCALE_PATHS = [HOME / "locale"]
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), *discovery.further_languages(HOME / "locale")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF, "blob:"],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *identity_provider.origins(VNEID)],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
HSTS_S = 365 * 24 * 3600
SESSION_ABSOLUTE_S = 12 * 3600
SESSION_IDLE_S = 2 * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_S
SESSION_COOKIE_NAME = "dinh_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dinh.web.security.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING_CONFIG = None  # dinh.project.logs configures structlog
