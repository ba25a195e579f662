"""Which file, from whom, under which licence, unchanged?

``data/datapackage.json``, a Frictionless Data Package, describes every bundled file and, as the
resource ``sources``, everyone who reported a figure. Files are read only through `path`, which
checks that they are the ones described.
"""

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, InputTypeError

_FILE = [
    "file",
    "title",
    "producer",
    "version",
    "landing_page",
    "published",
    "accessed",
    "licence",
    "unit",
    "bytes",
    "sha256",
    "prepared_by",
]


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
    rows = [row | {"release_rule": _release_rule(row)} for row in registered().values()]
    columns = ["source_id", "title", "producer", "version", "landing_page", "accessed", "licence"]
    table = pd.DataFrame(rows)[[*columns, "release_rule", "note"]]
    return table.assign(accessed=pd.to_datetime(table["accessed"]))


@validated
def cite(frame: pd.DataFrame) -> str:
    """Say in one line whose figures a frame holds and to which release they go.

    Parameters
    ----------
    frame : DataFrame
        With ``source_id`` and ``released``, as every loader returns; where ``read_through`` names
        a third party's copy, the line says so.

    Returns
    -------
    str, for the note under a figure

    Raises
    ------
    InputError
        If a column is missing, the frame is empty or a source is not registered.

    Examples
    --------
    >>> cite(pd.DataFrame({"source_id": ["imts"], "released": [pd.Timestamp("2026-09-30")]}))
    'Source: IMF IMTS; data released to 2026-09-30'
    """
    needed = ["source_id", "released"]
    there = set(needed) <= set(frame.columns) and len(frame) > 0
    if not there or any(frame[name].hasnans for name in needed):
        raise InputError(
            "cite needs rows with source_id and released, as the loaders return them, got "
            f"{len(frame)} rows with {', '.join(map(str, frame.columns))}"
        )
    if not pd.api.types.is_datetime64_any_dtype(frame["released"]):
        raise InputTypeError(f"released must hold days, got {frame['released'].iloc[0]!r}")
    known = registered()
    given = dict.fromkeys(frame["source_id"])
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a source; there are {', '.join(known)}")
    copied = {source for source in given if "read_through" in known[source]}
    if "read_through" in frame:
        copied |= set(frame.loc[frame["read_through"].notna(), "source_id"])
    direct = ", ".join(known[source]["short"] for source in given if source not in copied)
    through = ", ".join(known[source]["short"] for source in given if source in copied)
    copies = "a third party's copy" if len(copied) == 1 else "third parties' copies"
    who = "; ".join(filter(None, [direct, through and f"{through}, read from {copies}"]))
    return f"Source: {who}; data released to {frame['released'].max().date()}"


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
    rows, named = [], ("contributors", "sources", "licenses")
    for entry in _files().values():
        by, of, under = ([part["title"] for part in entry[key]] for key in named)
        words = {
            "file": entry["path"],
            "producer": f"{', '.join(by)}, from {'; '.join(of)}",
            "landing_page": entry.get("homepage", "each row has its own address"),
            "licence": "; ".join(under),
            "sha256": entry["hash"].removeprefix("sha256:"),
        }
        rows.append(entry | words)
    table = pd.DataFrame(rows)[_FILE]
    return table.assign(**{day: pd.to_datetime(table[day]) for day in ("published", "accessed")})


@validated
def path(file: str) -> Path:
    """Path of a bundled file whose content is the one the package describes.

    Parameters
    ----------
    file : str, name as in `files`

    Returns
    -------
    Path, in a checkout the file in ``data/``, in an installed package its copy beside the modules

    Raises
    ------
    InputError
        If no such file is described, or its content has another SHA-256 than its description.

    Examples
    --------
    >>> path("figures.csv").name
    'figures.csv'
    """
    entry = described(file)
    location = folder() / file
    digest = f"sha256:{hashlib.sha256(location.read_bytes()).hexdigest()}"
    if digest != entry["hash"]:
        raise InputError(
            f"{file} is not the file that data/datapackage.json describes: its {digest[:19]}..., "
            f"there {entry['hash'][:19]}...; restore it, or run `make data` after a wanted change"
        )
    return location


def described(file: str) -> dict[str, Any]:
    """What the package says of a file: its title, makers, licences, hash and columns."""
    known = _files()
    if file not in known:
        raise InputError(f"no bundled file is called {file!r}; there are {', '.join(known)}")
    return known[file]


def ruled(a: str, b: str) -> tuple[tuple[str, str], list[str]]:
    """A pair as reported, and the sources of its series in their order if the registry has any."""
    rules: dict[str, list[str]] = _package()["recommended"]
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


def _lag(source: str) -> list[int]:
    """Years, month and day of a source's lag."""
    entries = registered().items()
    lags: dict[str, list[int]] = {key: entry["lag"] for key, entry in entries if "lag" in entry}
    if source not in lags:
        raise InputError(f"{source!r} is not a source with a lag; there are {', '.join(lags)}")
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
def _package() -> dict[str, Any]:
    return dict(json.loads((folder() / "datapackage.json").read_bytes()))


@cache
def _files() -> dict[str, dict[str, Any]]:
    """Entries of the files by path."""
    return {entry["path"]: entry for entry in _package()["resources"] if "path" in entry}


@cache
def registered() -> dict[str, dict[str, Any]]:
    """What the package says of each source. Shared: not to be changed."""
    rows = next(e["data"] for e in _package()["resources"] if e["name"] == "sources")
    days = ("accessed", "released")
    read = [row | {k: date.fromisoformat(row[k]) for k in days if k in row} for row in rows]
    return {row["source_id"]: row for row in read}
