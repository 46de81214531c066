"""The clients and accounts every target of the lab has."""

USERS = {"alice": "alice-password", "bob": "bob-password"}


def _confidential(client_id, secret, *redirect_uris, method="client_secret_basic"):
    return {
        "client_id": client_id,
        "client_secret": secret,
        "redirect_uris": list(redirect_uris),
        "token_endpoint_auth_method": method,
    }


CLIENTS = [
    _confidential("app", "app-secret-5b1f0c3e9a7d4826b1f0c3e9a7d48265", "https://client.example/cb"),
    _confidential(
        "many",
        "many-secret-3d9a7c50e1f24b688d9a7c50e1f24b68",
        "https://many.example/cb",
        "https://many.example/other?tenant=1",
    ),
    {
        "client_id": "native",
        "redirect_uris": ["http://127.0.0.1:8910/cb"],
        "token_endpoint_auth_method": "none",
    },
    _confidential("second", "second-secret-70c2d4be96f14a3ab0c2d4be96f14a3a", "https://second.example/cb"),
    _confidential(
        "form",
        "form-secret-19e8b7a6d5c44f309e8b7a6d5c44f301",
        "https://form.example/cb",
        method="client_secret_post",
    ),
    _confidential("odd/id+1", "s%25:a+b c&d=e/x", "https://odd.example/cb"),
    {
        "client_id": "phone",
        "redirect_uris": ["com.example.phone:/cb"],
        "token_endpoint_auth_method": "none",
    },
]
