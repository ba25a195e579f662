"""Address of each source, the pause between two calls, and the key it takes.

``TRADELIB_LIVE_BASE`` is the address of a mirror that is used instead of all sources:
``BASE/imts``, ``BASE/bns`` and so on. The pauses are the sources' own limits, so that a mirror is
asked without them. A key goes to its own source alone, over https, and to no mirror.
"""

import os
import re
from typing import NamedTuple

from tradelib.live.errors import KeyRefusedError, UnavailableError
from tradelib.live.secrets import VARIABLES

_BASE = re.compile(r"(?ai)https?://(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?(/[\w.~%/-]*)?")


class Site(NamedTuple):
    """Where and how a source is asked.

    Parameters
    ----------
    base : str
        Beginning of all its addresses.
    pause : float
        Seconds between two calls.
    key_variable : str
        Environment variable with its key, empty if it takes none.
    """

    base: str
    pause: float
    key_variable: str = ""

    @property
    def key(self) -> str:
        """The key, read from the environment each time and stored nowhere."""
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
    match = _BASE.fullmatch(mirror)
    if not match or int((match[2] or ":0")[1:]) > 65535 or ".." in mirror:
        problem = "an address in TRADELIB_LIVE_BASE that is not http(s)://host[:port][/path]"
        remedy = "write it so, without a user or password, or unset it"
        raise UnavailableError(problem, remedy=remedy)
    return Site(base=f"{mirror.rstrip('/')}/{source}", pause=0.0)
