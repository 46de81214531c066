"""What every trial of a Python client does, whatever the client: the administrator's port of `grantlab serve`."""

import json
import sys
import urllib.request

REDIRECT_URI = "http://127.0.0.1:8085/cb"
CLIENT_ID = "web"
CLIENT_SECRET = "secret-of-web"
SCOPE = "openid email offline_access read"
PATIENCE_S = 10


class Refused(Exception):
    """The client stopped."""


def ask(admin, path, body=None):
    """Asks the administrator something."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(admin + path, data=data)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)


def visit(admin, url):
    """Lets the visitor log in, and answers with the callback as a browser would request it: without the fragment."""
    visited = ask(admin, "/visit", {"url": url})
    if "callback" not in visited:
        raise Refused("the browser stopped: " + visited["stopped"])
    return visited["callback"].split("#")[0]


def run(trial, only=None):
    """Runs `trial(admin, case)` for every case and reports what came of it. Whatever it raises is a refusal."""
    admin = sys.argv[1].rstrip("/")
    chosen = sys.argv[2:]
    for case in ask(admin, "/cases")["cases"]:
        if chosen and case["case"] not in chosen or only and not only(case):
            continue
        try:
            trial(admin, case)
            outcome, detail = "accepted", ""
        except Exception as error:  # noqa: BLE001 - a library may raise anything
            outcome, detail = "refused", f"{type(error).__name__}: {error}"
        ask(admin, "/trial", {"case": case["case"], "outcome": outcome, "detail": detail})
        print(f"{case['case']:28} {outcome:9} {detail[:160]}", flush=True)
