"""Which file, from whom, under which licence, unchanged?

``data/registry.toml`` holds one entry a reporter of figures and one a bundled file. Files are read
only through `path`, which checks that they are the ones the registry describes.
"""

import hashlib
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["cite", "files", "path", "sources"]


def sources() -> pd.DataFrame:
    """Table of everyone who reported a bundled figure.

    Returns
    -------
    DataFrame
        One row a source: ``source_id``, ``title``, ``producer``, ``version``, ``landing_page``,
        ``accessed``, ``licence``, ``release_rule`` (when a figure without a known release day
        counts as published) and ``note``.

    Examples
    --------
    >>> sources().set_index("source_id").loc["bns", "release_rule"]
    '15 February, 1 year after the period'
    """
    rows = [{"source_id": key, **entry} for key, entry in registered().items()]
    table = pd.DataFrame(rows)
    table["release_rule"] = [_release_rule(row) for row in rows]
    table["accessed"] = pd.to_datetime(table["accessed"])
    columns = ["title", "producer", "version", "landing_page", "accessed", "licence"]
    return table[["source_id", *columns, "release_rule", "note"]]


def cite(frame: pd.DataFrame) -> str:
    """Say in one line whose figures a frame holds and to which release they go.

    Parameters
    ----------
    frame : DataFrame
        With ``source_id`` and ``released``, as every loader returns.

    Returns
    -------
    str, for the note under a figure

    Raises
    ------
    ValueError
        If a column is missing, the frame is empty or a source is not registered.

    Examples
    --------
    >>> cite(pd.DataFrame({"source_id": ["bns"], "released": [pd.Timestamp("2026-02-15")]}))
    'Source: BNS Kazakhstan; data released to 2026-02-15'
    """
    needed = ["source_id", "released"]
    there = set(needed) <= set(frame.columns) and len(frame) > 0
    if not there or any(frame[name].hasnans for name in needed):
        raise ValueError(
            "cite needs rows with source_id and released, as the loaders return them, got "
            f"{len(frame)} rows with {', '.join(map(str, frame.columns))}"
        )
    known = registered()
    ids = dict.fromkeys(frame["source_id"].tolist())
    unknown = sorted(ids.keys() - known.keys())
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a source; there are {', '.join(known)}")
    names = ", ".join(known[s]["short"] for s in ids)
    return f"Source: {names}; data released to {frame['released'].max().date()}"


def files() -> pd.DataFrame:
    """Table of the bundled files.

    Returns
    -------
    DataFrame
        One row a file: ``file``, ``title``, ``producer``, ``version``, ``landing_page``,
        ``published``, ``accessed``, ``licence``, ``unit``, ``bytes``, ``sha256``, ``prepared_by``.

    Examples
    --------
    >>> "figures.csv" in files().file.tolist()
    True
    """
    table = pd.DataFrame([{"file": key, **entry} for key, entry in _registry()["file"].items()])
    for column in ("published", "accessed"):
        table[column] = pd.to_datetime(table[column])
    return table


def path(file: str) -> Path:
    """Path of a bundled file whose content is the one the registry describes.

    Parameters
    ----------
    file : str
        Name as in `files`.

    Returns
    -------
    Path, in a checkout the file in ``data/``, in an installed package its copy beside the modules

    Raises
    ------
    ValueError
        If no such file is registered, or its content differs from the registered SHA-256.

    Examples
    --------
    >>> path("figures.csv").name
    'figures.csv'
    """
    known = _registry()["file"]
    if file not in known:
        raise ValueError(f"no bundled file is called {file!r}; there are {', '.join(known)}")
    location = folder() / file
    digest = hashlib.sha256(location.read_bytes()).hexdigest()
    if digest != known[file]["sha256"]:
        raise ValueError(
            f"{file} is not the registered file: its SHA-256 is {digest[:12]}..., the registry has "
            f"{known[file]['sha256'][:12]}...; restore it, or run `make data` after a wanted change"
        )
    return location


def ruled(a: str, b: str) -> tuple[tuple[str, str], list[str]]:
    """A pair as reported, and the sources of its series in their order if the registry has any."""
    rules: dict[str, list[str]] = _registry()["recommended"]
    for pair in ((a, b), (b, a)):
        if order := rules.get("-".join(pair)):
            return pair, list(order)
    return (a, b), []


def known_year(source: str, on: date) -> int:
    """Last calendar year whose figures from a source count as published on a day, by its lag."""
    years, month, day = _lag(source)
    return on.year - years - int((on.month, on.day) < (month, day))


def release_day(source: str, year: int) -> date:
    """Day on which a source's figures of a year count as published, by its lag."""
    years, month, day = _lag(source)
    return date(year + years, month, day)


def public_on(source: str, year: int) -> date:
    """Day on which a source's figures of a year count as published: its own, else by its lag."""
    whole: date | None = registered().get(source, {}).get("released")
    return whole or release_day(source, year)


def valued(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with how their source prices exports and imports."""
    known = {source: entry.get("valuation", "unknown") for source, entry in registered().items()}
    return rows.assign(valuation=rows["source_id"].map(known).astype("str"))


def registered() -> dict[str, dict[str, Any]]:
    """What the registry says of each source. Shared: not to be changed."""
    entries: dict[str, dict[str, Any]] = _registry()["source"]
    return entries


def _lag(source: str) -> list[int]:
    """Years, month and day of a source's lag."""
    entries = registered().items()
    lags: dict[str, list[int]] = {key: entry["lag"] for key, entry in entries if "lag" in entry}
    if source not in lags:
        raise ValueError(f"{source!r} is not a source with a lag; there are {', '.join(lags)}")
    return lags[source]


def _release_rule(entry: dict[str, Any]) -> str:
    if "released" in entry:
        return f"published whole on {entry['released']}"
    years, month, day = entry["lag"]
    name = pd.Timestamp(year=2000, month=month, day=1).month_name()
    return f"{day} {name}, {years} year{'s' if years > 1 else ''} after the period"


@cache
def folder() -> Path:
    """Where the bundled files are: in a checkout `data/`, else beside the modules."""
    package = Path(__file__).parents[1]
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"


@cache
def _registry() -> dict[str, Any]:
    return tomllib.loads((folder() / "registry.toml").read_text(encoding="utf-8"))
