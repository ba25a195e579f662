"""What is never told: keys and passwords, found in the environment each time and kept nowhere."""

import base64
import html
import json
import os
import re
from urllib.parse import quote, unquote

# Where a source's key is looked for, and addresses that may hold a name and a password.
VARIABLES = {"comtrade": "COMTRADE_API_KEY"}
_ADDRESSES = ("tradelib_live_base", "http_proxy", "https_proxy", "all_proxy")
_SHORTEST = 6  # characters: what is shorter stands in ordinary text too


def clean(text: bytes) -> bytes:
    """Bytes with stars in the place of every secret, however it is written."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, b"***")
    return text


def scrubbed(text: str) -> str:
    """As `clean`, for text."""
    return clean(text.encode(errors="replace")).decode()


def _secrets() -> set[bytes]:
    """Every writing of every secret in the environment."""
    places = " ".join(v for name, v in os.environ.items() if name.lower() in _ADDRESSES)
    logins = re.findall(r"//([^/\s]*)@", places)
    plain = {os.environ.get(name, "") for name in VARIABLES.values()}.union(logins)
    plain |= {part for login in logins for part in login.split(":", 1)}
    parts = {part for text in plain for one in (text, unquote(text)) for part in one.split()}
    written = {way for text in plain | parts for way in _ways(text.strip())}
    return {way.encode() for way in written if len(way) >= _SHORTEST}


def _ways(text: str) -> set[str]:
    """Ways to write a text: as it is, in an address, in HTML, in JSON, in base 64."""
    plain = text.encode(errors="replace")  # what is no text in the environment cannot be encoded
    text, packed = plain.decode(), base64.b64encode(plain).decode().rstrip("=")
    return {text, quote(text, safe=""), html.escape(text), json.dumps(text)[1:-1], packed}
