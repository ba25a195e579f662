"""Trade of all pairs of countries at once.

The download goes to disk in pieces, is summed in blocks and stored as Parquet. A call that was
killed is carried on by the next one.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from tradelib.core.errors import InputError
from tradelib.live import baci, cache, checks, imts, tidy
from tradelib.live.download import byte_bar, fetch_file
from tradelib.live.errors import CacheDamagedError, MalformedError, NoDataError
from tradelib.live.fetch import WantedYears, years_wanted
from tradelib.live.http import check_limits

About: TypeAlias = dict[str, Any]  # provenance of a file, or options of a download
# Columns of the tables that are stored, with the kind of their numbers (O: text).
_OF_BACI = {"exporter": "O", "importer": "O", "year": "i", "trade_usd": "i"}
_OF_IMTS = {"reporter": "O", "partner": "O", "year": "i", "value_musd": "f", "status": "O"}
_COLUMNS = [
    "reporter",
    "partner",
    "pair",
    "year",
    "export_musd",
    "import_musd",
    "turnover_musd",
    "status",
    "source_id",
    "released",
    "released_basis",
    "accessed",
]


def fetch_panel(
    *,
    source: str = "imts",
    years: int | Iterable[int] | None = None,
    release: str = "HS92_V202601",
    max_age_days: float = 30.0,
    offline: bool = False,
    progress: bool = True,
    timeout: float = 7200.0,
) -> pd.DataFrame:
    """Annual trade of all pairs of countries from a live source.

    If a call is killed, the next one carries on from there: within the download, and after the last
    year that was read. Downloads (BACI: up to 2.5 GB) and results stay in the cache folder.

    Parameters
    ----------
    source : str
        ``"imts"`` (IMF: each country's own report, so that a pair comes twice) or ``"baci"``
        (CEPII: one reconciled figure, so that a pair comes once, with the country that is first in
        the alphabet as reporter).
    years : int or iterable of int, optional
        Calendar years; all years that the source has if omitted.
    release : str
        Release of BACI: classification and version.
    max_age_days : float
        Oldest copy of IMTS that is used instead of a new download, in days. A release of BACI never
        changes, so that a copy of any age is used.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    progress : bool
        Whether to show progress bars on standard error.
    timeout : float
        Seconds for each download.

    Returns
    -------
    DataFrame
        One row per reporter, partner and year: ``reporter``, ``partner``, ``pair`` (str),
        ``year`` (int64), ``export_musd``, ``import_musd``, ``turnover_musd`` (float64, US$ million,
        current prices; missing where the source has only the other flow, or withholds it),
        ``status`` (that of the less certain flow: final, preliminary, estimate or suppressed),
        ``source_id``, ``released`` (datetime64), ``released_basis``, ``accessed`` (datetime64). In
        BACI a flow that is not listed is 0, because BACI has both countries' reports.

    Raises
    ------
    InputError
        If the source, a year or the name of the release is not valid.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_panel(source="wits")
    Traceback (most recent call last):
    tradelib.core.errors.InputError: source is one of imts, baci, got 'wits'
    """
    if not isinstance(source, str) or source not in ("imts", "baci"):
        raise InputError(f"source is one of imts, baci, got {source!r}")
    wanted = years_wanted(years)
    check_limits(timeout, max_age_days)
    options: About = {"timeout": timeout, "offline": offline, "progress": progress}
    baci.archive_call(release)  # raises if the name of the release is not valid
    name = f"baci_{release}" if source == "baci" else "imts"
    workplace = cache.workplace(name, offline=offline)
    with workplace as folder, cache.disk_errors(folder), cache.locked(folder, timeout=timeout):
        if source == "baci":
            flows, about = _baci(folder, release, wanted, options)
        else:
            flows, about = _imts(folder, wanted, options | {"max_age_days": max_age_days})
    if flows.empty:
        missing = f"no such years: {sorted(wanted or ())}"
        raise NoDataError(missing, asked=about["address"], remedy="ask for other years")
    return _dated(flows, source, pd.Timestamp(about["accessed"]).date())


def _baci(
    folder: Path, release: str, wanted: WantedYears, options: About
) -> tuple[pd.DataFrame, About]:
    """Pairs of BACI, each once, from yearly Parquet files made as they are needed."""
    call = baci.archive_call(release)
    file = folder / f"BACI_{release}.zip"
    about = fetch_file(call, file, **options)
    try:
        with baci.open_archive(file) as archive:
            members = baci.years(archive, release)
            country_codes = baci.countries(archive, release)
            if wanted is not None:
                members = {year: member for year, member in members.items() if year in wanted}
            size = sum(member.file_size for member in members.values())
            tables = []
            with byte_bar(total=size, disable=not options["progress"], desc="reading") as progress:
                read = partial(baci.read_year, country_codes=country_codes, tick=progress.update)
                for year, member in members.items():
                    read_this = partial(read, archive, member, year=year)
                    tables.append(_stored_table(folder, about, str(year), _OF_BACI, read_this))
    except MalformedError as error:
        file.unlink(missing_ok=True)  # so that the next call fetches it anew
        raise error.of(call.address) from None
    if not tables:
        return pd.DataFrame(), about
    flows = pd.concat(tables)
    if flows.empty:
        return flows, about
    return _reconciled(flows).assign(status="final"), about


def _imts(folder: Path, wanted: WantedYears, options: About) -> tuple[pd.DataFrame, About]:
    """Both flows of each reporter in IMTS, side by side; provenance of the older download."""
    sides = []
    abouts = []
    for indicator, call in imts.calls("*", "*"):
        flow = imts.INDICATORS[indicator]
        file = folder / f"{indicator}.csv"
        about = fetch_file(call, file, **options)
        try:
            show = byte_bar(total=about["bytes"], disable=not options["progress"], desc="reading")
            with show as progress:
                read = partial(_rows, file, indicator=indicator, tick=progress.update)
                side = _stored_table(folder, about, indicator, _OF_IMTS, read)
        except MalformedError as error:
            file.unlink(missing_ok=True)  # so that the next call fetches it anew
            raise error.of(call.address) from None
        names = {"value_musd": f"{flow}_musd", "status": flow}
        sides.append(side.set_index(imts.KEY).rename(columns=names))
        abouts.append(about)
    flows = pd.concat(sides, axis=1).reset_index()
    if wanted is not None:
        flows = flows[flows["year"].isin(wanted)]
    flows = flows.assign(status=_less_certain(flows[list(imts.INDICATORS.values())]))
    oldest = min(abouts, key=lambda about: str(about["accessed"]))
    return flows, oldest


def _less_certain(statuses: pd.DataFrame) -> pd.Series:
    """The less certain status of each row; a missing flow does not count."""
    states = list(checks.STATES)  # from the most certain
    ranks = statuses.fillna("final").map(states.index)
    return ranks.max(axis=1).map(dict(enumerate(states)))


def _rows(file: Path, **options: Any) -> pd.DataFrame:
    """Rows of a table of IMTS with a value, or with a withheld one."""
    with file.open("rb") as opened:
        rows = imts.read(opened, **options).drop(columns="note")
    return rows[rows["value_musd"].notna() | (rows["status"] == "suppressed")]


def _stored_table(
    folder: Path, about: About, name: str, form: dict[str, str], make: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    """A table from its Parquet file; made first if that file is missing, changed or another's."""
    file = folder / f"{about['sha256'][:16]}-2-{name}.parquet"  # 2: version of the table's form
    seal = file.with_suffix(".seal")
    with suppress(OSError):
        if cache.content(seal) == cache.file_digest(file).encode():
            return _read_table(file, form)
    table = make()
    with cache.replacing(file) as writer:
        table.to_parquet(writer, compression="zstd", index=False)
    with cache.replacing(seal) as writer:
        writer.write(cache.file_digest(file).encode())
    return table


def _read_table(file: Path, form: dict[str, str]) -> pd.DataFrame:
    """A table from its Parquet file; one of another form is a `CacheDamagedError`."""
    with cache.opened(file) as reader:
        try:
            table = pd.read_parquet(reader)
        except (pa.ArrowException, ValueError, OSError) as error:
            raise CacheDamagedError(f"{file} that cannot be read ({error!r:.80})") from None
    if [(name, column.dtype.kind) for name, column in table.items()] != list(form.items()):
        raise CacheDamagedError(f"{file} that is no table of ours")
    return table


def _reconciled(flows: pd.DataFrame) -> pd.DataFrame:
    """Rows by exporter and importer as pairs, with the first in the alphabet as reporter."""
    flows = flows[flows["exporter"] != flows["importer"]]
    is_export = flows["exporter"] < flows["importer"]  # of the reporter
    sides = {
        "reporter": flows["exporter"].where(is_export, flows["importer"]),
        "partner": flows["importer"].where(is_export, flows["exporter"]),
        "year": flows["year"],
        "export_musd": flows["trade_usd"].where(is_export),
        "import_musd": flows["trade_usd"].where(~is_export),
    }
    sums = pd.DataFrame(sides).groupby(imts.KEY, as_index=False).sum()
    return sums.assign(export_musd=sums["export_musd"] / 1e6, import_musd=sums["import_musd"] / 1e6)


def _dated(flows: pd.DataFrame, source: str, accessed: date) -> pd.DataFrame:
    """The panel with pair, turnover, source, and the day on which each year was released."""
    flows = flows.sort_values(imts.KEY, ignore_index=True).astype({"year": "int64"})
    days = {}
    bases = {}
    for year in flows["year"].unique():
        days[year], bases[year] = tidy.released(source, int(year), accessed)
    return flows.assign(
        pair=flows["reporter"] + "-" + flows["partner"],
        turnover_musd=flows["export_musd"] + flows["import_musd"],
        source_id=source,
        released=flows["year"].map(days),
        released_basis=flows["year"].map(bases),
        accessed=pd.Timestamp(accessed),
    ).astype({"status": "str", "released": tidy.DAY, "accessed": tidy.DAY})[_COLUMNS]
