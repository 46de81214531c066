"""django-oauth-toolkit in the smallest Django project: its own views, pages and storage, and Django's own login.

Ours: accounts, clients, a resource, a login template. Settings follow the toolkit's advice for new deployments.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from waitress import serve

PORT = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8105"))
CLIENTS = json.loads(Path(__file__).parent.with_name("clients.json").read_text())
USERS = {"alice": "alice-password", "bob": "bob-password"}
HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = tempfile.mkdtemp(prefix="grantlab-target-django-")

# Made anew at each start, like the storage.
SIGNING_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)

settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="server",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [os.path.join(HERE, "templates")],
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(FOLDER, "target.sqlite"),
            # Django's advice for SQLite under concurrent writers.
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    LOGIN_URL="/accounts/login/",
    # Django's own advice for test projects: the default hash takes a third of a second.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGGING={"version": 1, "disable_existing_loggers": False},
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": SIGNING_KEY.decode(),
        "SCOPES": {"openid": "OpenID Connect", "profile": "Your name", "email": "Your address"},
        "DEFAULT_SCOPES": ["profile"],
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https", "com.example.phone"],
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
        "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    },
)
sys.modules["server"] = sys.modules[__name__]
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402


@protected_resource(scopes=["profile"])
def resource(request):
    return JsonResponse({"name": request.resource_owner.username})


urlpatterns = [
    path("accounts/login/", LoginView.as_view()),
    path("resource", resource),
    path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


def fill():
    call_command("migrate", verbosity=0)
    for name, password in USERS.items():
        get_user_model().objects.create_user(name, f"{name}@example.org", password)
    for known in CLIENTS:
        public = known["token_endpoint_auth_method"] == "none"
        Application.objects.create(
            client_id=known["client_id"],
            name=known["client_id"],
            client_type=Application.CLIENT_PUBLIC if public else Application.CLIENT_CONFIDENTIAL,
            client_secret=known.get("client_secret", ""),
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            redirect_uris=" ".join(known["redirect_uris"]),
            algorithm=Application.RS256_ALGORITHM,
        )


if __name__ == "__main__":
    fill()
    print(f"django-oauth-toolkit at http://127.0.0.1:{PORT}", flush=True)
    serve(get_wsgi_application(), host="127.0.0.1", port=PORT, threads=8, ident=None)
