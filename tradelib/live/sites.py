"""Where each source is, how fast it may be asked, and which key it takes.

``TRADELIB_LIVE_BASE`` puts a mirror in the place of all sources: ``BASE/imts``, ``BASE/bns`` and so
on. A mirror is asked without pauses; the pauses are the sources' own limits.
"""

import os
import re
from typing import NamedTuple

from tradelib.live.errors import KeyRefusedError, UnavailableError
from tradelib.live.keys import VARIABLES

_BASE = re.compile(r"(?ai)https?://(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?(/[\w.~%/-]*)?")


class Site(NamedTuple):
    """A source: ``base`` of addresses, ``pause`` between calls (seconds), its ``key_variable``."""

    base: str
    pause: float
    key_variable: str = ""

    @property
    def key(self) -> str:
        """The key, read from the environment each time and kept nowhere."""
        key = os.environ.get(self.key_variable, "").strip()
        if not re.fullmatch(r"[!-~]*", key):
            raise KeyRefusedError(f"a key in {self.key_variable} with blanks or odd letters in it")
        return key


_SITES = {
    "imts": Site("https://api.imf.org/external/sdmx/3.0", 0.5),  # 10 calls in 5 s
    "comtrade": Site("https://comtradeapi.un.org", 6.0, VARIABLES["comtrade"]),  # 10 a minute
    "bns": Site("https://stat.gov.kz", 1.0),
    "wits": Site("https://wits.worldbank.org/API/V1", 1.0),
    "wdi": Site("https://api.worldbank.org/v2", 0.2),
    "baci": Site("https://www.cepii.fr/DATA_DOWNLOAD/baci/data", 1.0),
}


def site(source: str) -> Site:
    """Site of a source, or of its mirror."""
    own = _SITES[source]
    mirror = os.environ.get("TRADELIB_LIVE_BASE")
    if not mirror:
        return own
    fits = _BASE.fullmatch(mirror)
    if not fits or int((fits[2] or ":0")[1:]) > 65535 or ".." in mirror:
        what = "an address in TRADELIB_LIVE_BASE that is not http(s)://host[:port][/path]"
        raise UnavailableError(what, remedy="write it so, without a user or password, or unset it")
    return own._replace(base=f"{mirror.rstrip('/')}/{source}", pause=0.0)
