"""Origin, licence and checksum of every bundled file, and who reported its figures.

``data/datapackage.json``, a Frictionless Data Package, describes every bundled file and, as the
resource ``sources``, everyone who reported a figure. Files are read only through `path`, which
checks that their content has the SHA-256 of the description.
"""

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.validation import validated

_FILE_COLUMNS = [
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
        One row per source: ``source_id``, ``title``, ``producer``, ``version``, ``landing_page``,
        ``accessed``, ``licence``, ``release_rule`` (the day on which a figure counts as published
        if its release day is not known) and ``note``.

    Examples
    --------
    >>> sources().set_index("source_id").loc["bns", "release_rule"]
    '15 February, 1 year after the period'
    """
    rows = [row | {"release_rule": _release_rule(row)} for row in registered_sources().values()]
    columns = ["source_id", "title", "producer", "version", "landing_page", "accessed", "licence"]
    table = pd.DataFrame(rows)[[*columns, "release_rule", "note"]]
    return table.assign(accessed=pd.to_datetime(table["accessed"]))


@validated
def cite(frame: pd.DataFrame) -> str:
    """Source line of a frame: whose figures it holds, and the day of the newest release.

    Parameters
    ----------
    frame : DataFrame
        Rows with ``source_id`` and ``released``, as every loader returns them. If the optional
        ``read_through`` names a third party's copy, the line says so.

    Returns
    -------
    str
        One line for the note under a table or picture.

    Raises
    ------
    InputError
        If a column or one of its cells is missing, the frame is empty, ``released`` does not hold
        dates, or a source is not registered.

    Examples
    --------
    >>> cite(pd.DataFrame({"source_id": ["imts"], "released": [pd.Timestamp("2026-09-30")]}))
    'Source: IMF IMTS; data released up to 2026-09-30'
    """
    _check_citable(frame)
    entries = registered_sources()
    cited = dict.fromkeys(frame["source_id"])  # in the order of the rows, each once
    unknown = sorted(set(cited) - set(entries))
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a source; the sources are {', '.join(entries)}")
    copied = {source for source in cited if "read_through" in entries[source]}
    if "read_through" in frame:
        copied |= set(frame.loc[frame["read_through"].notna(), "source_id"])
    direct = [entries[source]["short"] for source in cited if source not in copied]
    through = [entries[source]["short"] for source in cited if source in copied]
    newest = frame["released"].max().date()
    return f"Source: {_credits(direct, through)}; data released up to {newest}"


def _check_citable(frame: pd.DataFrame) -> None:
    """Raise unless a frame says of each row which source it is from and when it was released."""
    needed = ["source_id", "released"]
    complete = set(needed) <= set(frame.columns) and len(frame) > 0
    if not complete or any(frame[name].hasnans for name in needed):
        raise InputError(
            "cite needs rows with source_id and released, as the loaders return them, got "
            f"{len(frame)} rows with {', '.join(map(str, frame.columns))}"
        )
    if not pd.api.types.is_datetime64_any_dtype(frame["released"]):
        raise InputTypeError(f"released must hold dates, got {frame['released'].iloc[0]!r}")


def _credits(direct: list[str], through: list[str]) -> str:
    """Credit line: first the sources read directly, then those read from a third party's copy."""
    parts = []
    if direct:
        parts.append(", ".join(direct))
    if through:
        copies = "a third party's copy" if len(through) == 1 else "third parties' copies"
        parts.append(f"{', '.join(through)}, read from {copies}")
    return "; ".join(parts)


def files() -> pd.DataFrame:
    """Table of the bundled files.

    Returns
    -------
    DataFrame
        One row per file: ``file``, ``title``, ``producer``, ``version``, ``landing_page``,
        ``published``, ``accessed``, ``licence``, ``unit``, ``bytes``, ``sha256``, ``prepared_by``.

    Examples
    --------
    >>> "figures.csv" in files().file.tolist()
    True
    """
    rows = []
    for entry in _files().values():
        makers = ", ".join(_titles(entry, "contributors"))
        origins = "; ".join(_titles(entry, "sources"))
        columns = {
            "file": entry["path"],
            "producer": f"{makers}, from {origins}",
            "landing_page": entry.get("homepage", "each row has its own address"),
            "licence": "; ".join(_titles(entry, "licenses")),
            "sha256": entry["hash"].removeprefix("sha256:"),
        }
        rows.append(entry | columns)
    table = pd.DataFrame(rows)[_FILE_COLUMNS]
    days = {name: pd.to_datetime(table[name]) for name in ("published", "accessed")}
    return table.assign(**days)


def _titles(entry: dict[str, Any], key: str) -> list[str]:
    """Titles of the makers, sources or licences of a file."""
    return [part["title"] for part in entry[key]]


@validated
def path(file: str) -> Path:
    """Path of a bundled file, after a check that its content is the described one.

    Parameters
    ----------
    file : str
        Name of the file, as in `files`.

    Returns
    -------
    Path
        In a checkout the file in ``data/``, in an installed package its copy beside the modules.

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
    location = data_folder() / file
    digest = f"sha256:{hashlib.sha256(location.read_bytes()).hexdigest()}"
    if digest != entry["hash"]:
        raise InputError(
            f"{file} is not the file that data/datapackage.json describes: the file has "
            f"{digest[:19]}..., the description says {entry['hash'][:19]}...; restore the file, or "
            "run `make data` if you changed it on purpose"
        )
    return location


def described(file: str) -> dict[str, Any]:
    """Description of a bundled file: its title, makers, licences, hash and columns."""
    entries = _files()
    if file not in entries:
        raise InputError(f"no bundled file is called {file!r}; the files are {', '.join(entries)}")
    return entries[file]


def recommended_sources(a: str, b: str) -> tuple[tuple[str, str], list[str]]:
    """The pair and the sources of its recommended series, if ``data/datapackage.json`` fixes them.

    The pair is in the order written there, the sources are best first. If nothing is fixed for the
    pair: the pair as given, and no sources.
    """
    fixed: dict[str, list[str]] = _package()["recommended"]
    for pair in ((a, b), (b, a)):
        order = fixed.get("-".join(pair))
        if order:
            return pair, list(order)
    return (a, b), []


def last_published_year(source: str, on: date) -> int:
    """Last calendar year whose figures count as published by the day `on`.

    It follows from the publication lag of the source.
    """
    years, month, day = _lag(source)
    newest = on.year - years
    too_early = (on.month, on.day) < (month, day)
    return newest - 1 if too_early else newest


def release_day_by_lag(source: str, year: int) -> date:
    """Day on which a source's figures of a year count as published, by the source's lag alone."""
    years, month, day = _lag(source)
    return date(year + years, month, day)


def release_day(source: str, year: int) -> date:
    """Day on which a source's figures of a year count as published.

    The one day of the source if all its figures were published at once, else the day by its lag.
    """
    published_at_once: date | None = registered_sources().get(source, {}).get("released")
    return published_at_once or release_day_by_lag(source, year)


def with_valuation(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with ``valuation``: how their source prices exports and imports (fob, cif)."""
    by_source = {
        source: entry.get("valuation", "unknown") for source, entry in registered_sources().items()
    }
    return rows.assign(valuation=rows["source_id"].map(by_source).astype("str"))


def _lag(source: str) -> list[int]:
    """Lag of a source: years after the period, month and day from which figures are published."""
    entries = registered_sources().items()
    lags: dict[str, list[int]] = {key: entry["lag"] for key, entry in entries if "lag" in entry}
    if source not in lags:
        raise InputError(
            f"{source!r} is not a source with a lag; those with one are {', '.join(lags)}"
        )
    return lags[source]


def _release_rule(entry: dict[str, Any]) -> str:
    """When a source's figures count as published, as a phrase."""
    if "released" in entry:
        return f"published all at once on {entry['released']}"
    years, month, day = entry["lag"]
    name = pd.Timestamp(year=2000, month=month, day=1).month_name()
    unit = "years" if years > 1 else "year"
    return f"{day} {name}, {years} {unit} after the period"


@cache
def data_folder() -> Path:
    """Folder of the bundled files: in a checkout `data/`, else beside the modules."""
    package = Path(__file__).parents[1]
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"


@cache
def data_digest() -> str:
    """SHA-256 of the description of all bundled files, which holds that of each of them."""
    return hashlib.sha256((data_folder() / "datapackage.json").read_bytes()).hexdigest()


@cache
def _package() -> dict[str, Any]:
    """Content of ``data/datapackage.json``."""
    return dict(json.loads((data_folder() / "datapackage.json").read_bytes()))


@cache
def _files() -> dict[str, dict[str, Any]]:
    """Descriptions of the bundled files by path."""
    return {entry["path"]: entry for entry in _package()["resources"] if "path" in entry}


@cache
def registered_sources() -> dict[str, dict[str, Any]]:
    """Description of each source by its id. Cached: callers must not change it."""
    resources = _package()["resources"]
    rows = next(entry["data"] for entry in resources if entry["name"] == "sources")
    by_source = {}
    for row in rows:
        days = {
            name: date.fromisoformat(row[name]) for name in ("accessed", "released") if name in row
        }
        by_source[row["source_id"]] = row | days
    return by_source
