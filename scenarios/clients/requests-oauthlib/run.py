"""requests-oauthlib as its documentation shows it: a session per login. It has neither discovery nor ID Tokens.

    python run.py http://127.0.0.1:ADMIN-PORT [CASE …]
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from requests_oauthlib import OAuth2Session

import trials


def trial(admin, case):
    """A login, and everything that the case wants after it."""
    issuer = case["issuer"]
    for _ in range(case["logins"]):
        session = OAuth2Session(
            trials.CLIENT_ID, redirect_uri=trials.REDIRECT_URI, scope=trials.SCOPE.split(" "), pkce="S256"
        )
        url, _ = session.authorization_url(issuer + "/authorize")
        callback = trials.visit(admin, url)
    for _ in range(case["deliver"]):
        session.fetch_token(
            issuer + "/token",
            authorization_response=callback,
            client_secret=trials.CLIENT_SECRET,
            timeout=trials.PATIENCE_S,
        )
    for path in ("/userinfo", "/resource"):
        session.get(issuer + path, timeout=trials.PATIENCE_S).raise_for_status()
    if case["refresh"]:
        for _ in range(2):
            session.refresh_token(issuer + "/token", auth=(trials.CLIENT_ID, trials.CLIENT_SECRET), timeout=trials.PATIENCE_S)
            session.get(issuer + "/resource", timeout=trials.PATIENCE_S).raise_for_status()


def is_known(case):
    """What the library has."""
    known = case["at"] in ("callback", "token", "resource", "refresh")
    if case["tabs"] > 1:
        return False  # What a browser has open is the application's affair.
    return known and not case["case"].startswith("metadata-") or case["case"] == "all-right"


trials.run(trial, is_known)
