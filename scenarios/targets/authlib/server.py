"""An authorization server made of Authlib, Flask and SQLAlchemy, put together from Authlib's own documentation.

What the documentation leaves to its user is ours: accounts, two pages, lifetime of a refresh token, who may introspect.
"""

import json
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.sqla_oauth2 import (
    OAuth2AuthorizationCodeMixin,
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_bearer_token_validator,
    create_query_client_func,
    create_query_token_func,
    create_revocation_endpoint,
    create_save_token_func,
)
from authlib.oauth2 import OAuth2Error, rfc9207
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from flask import Flask, jsonify, make_response, redirect, render_template, request, session, url_for
from flask_sqlalchemy import SQLAlchemy
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import event
from waitress import serve

PORT = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8103"))
CLIENTS = json.loads(Path(__file__).parent.with_name("clients.json").read_text())
USERS = {"alice": "alice-password", "bob": "bob-password"}
ISSUER = f"http://127.0.0.1:{PORT}"
REFRESH_TOKEN_LIFETIME_S = 14 * 24 * 3600
KEYS = KeySet([RSAKey.generate_key(2048, {"kid": "target-1", "use": "sig", "alg": "RS256"}, private=True)])

db = SQLAlchemy()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(40), unique=True)
    password = db.Column(db.String(80))

    def get_user_id(self):
        return self.id


class Client(db.Model, OAuth2ClientMixin):
    id = db.Column(db.Integer, primary_key=True)


class AuthorizationCode(db.Model, OAuth2AuthorizationCodeMixin):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id", ondelete="CASCADE"))
    user = db.relationship("User")


class Token(db.Model, OAuth2TokenMixin):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id", ondelete="CASCADE"))
    user = db.relationship("User")

    def get_user(self):
        return self.user

    def get_client(self):
        return query_client(self.client_id)

    def is_refresh_token_active(self):
        expires_at = self.issued_at + REFRESH_TOKEN_LIFETIME_S
        return not self.refresh_token_revoked_at and expires_at >= time.time()


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

    def save_authorization_code(self, code, request):
        data = request.payload.data
        item = AuthorizationCode(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            user_id=request.user.id,
            nonce=data.get("nonce"),
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
        )
        db.session.add(item)
        db.session.commit()
        return item

    def query_authorization_code(self, code, client):
        item = AuthorizationCode.query.filter_by(code=code, client_id=client.client_id).first()
        if item and not item.is_expired():
            return item

    def delete_authorization_code(self, authorization_code):
        db.session.delete(authorization_code)
        db.session.commit()

    def authenticate_user(self, authorization_code):
        return db.session.get(User, authorization_code.user_id)


class RefreshTokenGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        item = Token.query.filter_by(refresh_token=refresh_token).first()
        if item and item.is_refresh_token_active():
            return item

    def authenticate_user(self, credential):
        return db.session.get(User, credential.user_id)

    def revoke_old_credential(self, credential):
        credential.refresh_token_revoked_at = int(time.time())
        db.session.add(credential)
        db.session.commit()


def user_info(user, scope):
    claims = UserInfo(sub=str(user.id), name=user.username, email=f"{user.username}@example.org")
    return claims.filter(scope)


class OpenID(OpenIDCode):
    def exists_nonce(self, nonce, request):
        found = AuthorizationCode.query.filter_by(client_id=request.payload.client_id, nonce=nonce).first()
        return bool(found)

    def resolve_client_private_key(self, client):
        return KEYS

    def get_encode_header(self, client):
        return {"alg": self.get_client_algorithm(client), "kid": "target-1"}

    def get_client_claims(self, client):
        return {"iss": ISSUER, "aud": [client.get_client_id()]}

    def generate_user_info(self, user, scope):
        return user_info(user, scope)


class UserInfoOfToken(UserInfoEndpoint):
    def get_issuer(self):
        return ISSUER

    def generate_user_info(self, user, scope):
        return user_info(user, scope)

    def resolve_private_key(self):
        return KEYS


class Issuer(rfc9207.IssuerParameter):
    def get_issuer(self):
        return ISSUER


query_client = create_query_client_func(db.session, Client)
query_token = create_query_token_func(db.session, Token)
authorization = AuthorizationServer(
    query_client=query_client, save_token=create_save_token_func(db.session, Token)
)
require_oauth = ResourceProtector()


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def query_token(self, token, token_type_hint):
        return query_token(token, token_type_hint)

    def check_permission(self, token, client, request):
        return token.check_client(client)

    def introspect_token(self, token):
        return {
            "active": True,
            "client_id": token.client_id,
            "token_type": token.token_type,
            "username": token.user.username,
            "scope": token.get_scope(),
            "sub": str(token.user_id),
            "aud": token.client_id,
            "iss": ISSUER,
            "exp": token.issued_at + token.expires_in,
            "iat": token.issued_at,
        }


class Revocation(create_revocation_endpoint(db.session, Token)):
    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]


app = Flask(__name__)


def current_user():
    return db.session.get(User, session["user"]) if "user" in session else None


def page(name, **values):
    """One of our own pages: nobody makes a frame, a referrer or a copy of it."""
    response = make_response(render_template(name, **values))
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        user = User.query.filter_by(username=request.form.get("username")).first()
        if user and secrets.compare_digest(user.password, request.form.get("password", "")):
            session["user"] = user.id
            target = request.args.get("next", "")
            return redirect(target if target.startswith("/oauth/authorize?") else "/", code=303)
    return page("login.html", failed=request.method == "POST")


@app.route("/oauth/authorize", methods=["GET", "POST"])
def authorize():
    user = current_user()
    try:
        grant = authorization.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return authorization.handle_error_response(request, error)
    if not user:
        return redirect(url_for("login", next=request.full_path), code=303)
    if request.method == "GET":
        scope = grant.client.get_allowed_scope(grant.request.payload.scope)
        return page("authorize.html", grant=grant, user=user, scope=scope)
    approved = request.form.get("confirm") == "yes"
    return authorization.create_authorization_response(grant=grant, grant_user=user if approved else None)


@app.post("/oauth/token")
def token():
    return authorization.create_token_response()


@app.post("/oauth/revoke")
def revoke():
    return authorization.create_endpoint_response(Revocation.ENDPOINT_NAME)


@app.post("/oauth/introspect")
def introspect():
    return authorization.create_endpoint_response(Introspection.ENDPOINT_NAME)


@app.route("/oauth/userinfo", methods=["GET", "POST"])
def userinfo():
    return authorization.create_endpoint_response(UserInfoEndpoint.ENDPOINT_NAME)


@app.get("/oauth/jwks")
def jwks():
    return jsonify(KEYS.as_dict(private=False))


@app.get("/.well-known/openid-configuration")
@app.get("/.well-known/oauth-authorization-server")
def metadata():
    methods = ["client_secret_basic", "client_secret_post", "none"]
    return jsonify(
        issuer=ISSUER,
        authorization_endpoint=f"{ISSUER}/oauth/authorize",
        token_endpoint=f"{ISSUER}/oauth/token",
        revocation_endpoint=f"{ISSUER}/oauth/revoke",
        introspection_endpoint=f"{ISSUER}/oauth/introspect",
        userinfo_endpoint=f"{ISSUER}/oauth/userinfo",
        jwks_uri=f"{ISSUER}/oauth/jwks",
        scopes_supported=["openid", "profile", "email"],
        response_types_supported=["code"],
        grant_types_supported=["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported=methods,
        code_challenge_methods_supported=["S256", "plain"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        authorization_response_iss_parameter_supported=True,
    )


def configure():
    folder = tempfile.mkdtemp(prefix="grantlab-target-authlib-")
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_SAMESITE="Lax",
        OAUTH2_REFRESH_TOKEN_GENERATOR=True,
        OAUTH2_SCOPES_SUPPORTED=["openid", "profile", "email"],
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/target.sqlite",
    )
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", lambda link, _: link.execute("PRAGMA synchronous = OFF"))
        db.create_all()
        for name, password in USERS.items():
            db.session.add(User(username=name, password=password))
        for known in CLIENTS:
            client = Client(client_id=known["client_id"], client_secret=known.get("client_secret", ""))
            client.set_client_metadata(
                {
                    "client_name": known["client_id"],
                    "redirect_uris": known["redirect_uris"],
                    "scope": "openid profile email",
                    "grant_types": ["authorization_code", "refresh_token"],
                    "response_types": ["code"],
                    "token_endpoint_auth_method": known["token_endpoint_auth_method"],
                }
            )
            db.session.add(client)
        db.session.commit()
    authorization.init_app(app)
    authorization.register_grant(AuthorizationCodeGrant, [OpenID(), CodeChallenge(required=True)])
    authorization.register_grant(RefreshTokenGrant)
    authorization.register_endpoint(Revocation)
    authorization.register_endpoint(Introspection)
    authorization.register_endpoint(UserInfoOfToken(resource_protector=require_oauth))
    authorization.register_extension(Issuer())
    require_oauth.register_token_validator(create_bearer_token_validator(db.session, Token)())


if __name__ == "__main__":
    configure()
    print(f"Authlib at {ISSUER}", flush=True)
    serve(app, host="127.0.0.1", port=PORT, threads=8, ident=None)
