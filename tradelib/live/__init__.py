"""Official statistics over HTTP, in the same tidy frames as the bundled files.

Nothing here runs unless called: `import tradelib` loads no HTTP library and opens no socket. The
functions need ``pip install tradelib[live]``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tradelib.live.errors import (
    CacheDamagedError,
    KeyRefusedError,
    LiveError,
    MalformedError,
    NoDataError,
    OfflineError,
    RateLimitError,
    UnavailableError,
)

if TYPE_CHECKING:
    from tradelib.live.cache import cached
    from tradelib.live.fetch import fetch_flows, fetch_turnover
    from tradelib.live.goods import fetch_goods
    from tradelib.live.months import fetch_months
    from tradelib.live.panels import fetch_panel
    from tradelib.live.worldbank import fetch_macro

__all__ = [
    "CacheDamagedError",
    "KeyRefusedError",
    "LiveError",
    "MalformedError",
    "NoDataError",
    "OfflineError",
    "RateLimitError",
    "UnavailableError",
    "cached",
    "fetch_flows",
    "fetch_goods",
    "fetch_macro",
    "fetch_months",
    "fetch_panel",
    "fetch_turnover",
]

_HOMES = {
    "cached": "cache",
    "fetch_flows": "fetch",
    "fetch_goods": "goods",
    "fetch_macro": "worldbank",
    "fetch_months": "months",
    "fetch_panel": "panels",
    "fetch_turnover": "fetch",
}


def __getattr__(name: str) -> Any:
    """Load a function with the libraries it needs when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tradelib.live' has no attribute {name!r}")
    try:
        module = import_module(f"tradelib.live.{_HOMES[name]}")
    except ModuleNotFoundError as missing:
        if str(missing.name).startswith("tradelib"):
            raise
        needs = f"tradelib.live.{name} needs {missing.name}; pip install tradelib[live]"
        raise ImportError(needs) from missing
    return getattr(module, name)
