"""Authlib as a Flask application has it: discovery, state and nonce in the session, PKCE, ID Token, userinfo.

    python run.py http://127.0.0.1:ADMIN-PORT [CASE …]
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import flask
import requests
from authlib.integrations.flask_client import OAuth

import trials


def application(case):
    """An application that knows one provider, the issuer of the case."""
    app = flask.Flask("trial")
    app.secret_key = "a key for the cookies of the trial"
    app.config["PROPAGATE_EXCEPTIONS"] = True
    provider = OAuth(app).register(
        "provider",
        client_id=trials.CLIENT_ID,
        client_secret=trials.CLIENT_SECRET,
        server_metadata_url=case["issuer"] + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": trials.SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": trials.PATIENCE_S,
        },
    )

    @app.get("/login")
    def login():
        return provider.authorize_redirect(trials.REDIRECT_URI)

    @app.get("/cb")
    def callback():
        token = provider.authorize_access_token()
        if "userinfo" not in token:
            raise trials.Refused("nobody is logged in")
        userinfo = provider.userinfo(token=token)
        resource = provider.get(case["issuer"] + "/resource", token=token)
        resource.raise_for_status()
        refresh(provider, case, token)
        return {"sub": token["userinfo"]["sub"], "userinfo": userinfo["sub"]}

    return app


def refresh(provider, case, token):
    """What an application does later on."""
    with provider._get_oauth_client() as session:
        session.token = token
        metadata = provider.load_server_metadata()
        if case["refresh"]:
            for _ in range(2):
                token = session.refresh_token(metadata["token_endpoint"])
                answer = session.get(case["issuer"] + "/resource")
                answer.raise_for_status()
        if case["revoke"]:
            answer = session.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])
            answer.raise_for_status()


def trial(admin, case):
    """A login, and everything that the case wants after it."""
    app = application(case)
    for _ in range(case["logins"]):
        browser = app.test_client()
        tabs = [browser.get("/login").location for _ in range(case["tabs"])]
        callbacks = [trials.visit(admin, tab) for tab in tabs]
    for callback in callbacks * case["deliver"]:
        answer = browser.get(callback.replace("http://127.0.0.1:8085", ""))
        if answer.status_code != 200:
            raise trials.Refused(answer.get_data(as_text=True)[:200])


requests.adapters.DEFAULT_RETRIES = 0
trials.run(trial)
