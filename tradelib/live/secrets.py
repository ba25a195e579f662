"""Keys and passwords, which no error, log or file may show.

They are read from the environment each time and stored nowhere.
"""

import base64
import html
import json
import os
import re
from urllib.parse import quote, unquote

VARIABLES = {"comtrade": "COMTRADE_API_KEY"}  # of the environment, with a source's key
# Variables with an address that may hold a user's name and password.
_ADDRESSES = ("tradelib_live_base", "http_proxy", "https_proxy", "all_proxy")
_SCHEME = re.compile(r"^[\w+.-]*:?//")
_SHORTEST = 6  # characters; shorter ones occur in ordinary text too


def holds_secret(content: bytes) -> bool:
    """Whether a secret stands in some bytes, in whatever form it is written."""
    return any(secret in content for secret in _secrets())


def scrubbed(text: str) -> str:
    """Text with stars instead of every secret, in whatever form it is written, whole or cut short.

    For errors, logs and remarks alone: in figures an ordinary word or number may be a secret too.
    """
    content = text.encode(errors="replace")
    for secret in sorted(_secrets(), key=len, reverse=True):
        for end in range(len(secret), _SHORTEST - 1, -1):
            content = content.replace(secret[:end], b"***")
    return content.decode(errors="replace")


def _secrets() -> set[bytes]:
    """Every secret in the environment, in every form in which it may be written."""
    secrets = _plain_secrets()
    words = set()
    for secret in secrets:
        words.update(secret.split())
        words.update(unquote(secret).split())
    forms = set()
    for text in secrets | words:
        forms.update(_forms(text.strip()))
    return {form.encode() for form in forms if len(form) >= _SHORTEST}


def _plain_secrets() -> set[str]:
    """Keys, and names and passwords in addresses, as they stand in the environment."""
    addresses = [value for name, value in os.environ.items() if name.lower() in _ADDRESSES]
    logins = [_SCHEME.sub("", address).rpartition("@")[0] for address in addresses]
    secrets = {os.environ.get(name, "") for name in VARIABLES.values()}
    secrets.update(logins)
    for login in logins:
        secrets.update(login.split(":", 1))
    return secrets


def _forms(text: str) -> set[str]:
    """Forms of a text: as it is, in an address, in HTML, in JSON, in base 64."""
    encoded = text.encode(errors="replace")  # the environment may hold bytes that are no text
    text = encoded.decode()
    return {
        text,
        quote(text, safe=""),
        html.escape(text),
        json.dumps(text)[1:-1],
        base64.b64encode(encoded).decode().rstrip("="),
    }
