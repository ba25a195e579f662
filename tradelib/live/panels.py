"""All pairs at once: streamed to disk, summed in blocks, kept as Parquet, resumed after a kill."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from tradelib.ground.errors import InputError
from tradelib.live import baci, cache, gate, imts, tidy
from tradelib.live.download import bar, fetch_file
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.fetch import Years, years_wanted
from tradelib.live.transport import check_limits

About: TypeAlias = dict[str, Any]
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

    Killed and called again, it goes on where it was: within the download, and from the last year
    that was read. Downloads (BACI: up to 2.5 GB) and results stay in the cache folder.

    Parameters
    ----------
    source : str
        ``"imts"`` (IMF: each side's own report, so a pair comes once by each) or ``"baci"`` (CEPII:
        one reconciled figure, a pair comes once, the first by alphabet as reporter).
    years, offline : as for `fetch_flows`
    release : str, of BACI: classification and version
    max_age_days : float, oldest copy of IMTS that will do; a release of BACI does not age
    progress : bool, show bars on standard error
    timeout : float, seconds for each download

    Returns
    -------
    DataFrame
        One row a reporter, partner and year: ``reporter``, ``partner``, ``pair`` (str),
        ``year`` (int64), ``export_musd``, ``import_musd``, ``turnover_musd`` (float64, US$ million,
        current prices; missing where the source has only the other flow, or withholds it),
        ``status`` (that of the less sure flow: final, preliminary, estimate or suppressed),
        ``source_id``, ``released`` (datetime64), ``released_basis``, ``accessed`` (datetime64). In
        BACI a flow that is not listed is 0, since it has both sides' reports.

    Raises
    ------
    InputError, LiveError
        If the source, a year or the release's name is none; as for `fetch_flows`.

    Examples
    --------
    >>> fetch_panel(source="wits")
    Traceback (most recent call last):
    tradelib.ground.errors.InputError: source is one of imts, baci, got 'wits'
    """
    if not isinstance(source, str) or source not in ("imts", "baci"):
        raise InputError(f"source is one of imts, baci, got {source!r}")
    wanted = years_wanted(years)
    check_limits(timeout, max_age_days)
    how: About = {"timeout": timeout, "offline": offline, "progress": progress}
    baci.call(release)  # is it a release's name?
    name = f"baci_{release}" if source == "baci" else "imts"
    workplace = cache.workplace(name, offline=offline)
    with workplace as place, cache.storing(place), cache.locked(place, timeout=timeout):
        if source == "baci":
            flows, about = _baci(place, release, wanted, how)
        else:
            flows, about = _imts(place, wanted, how | {"max_age_days": max_age_days})
    if flows.empty:
        missing = f"no such years: {sorted(wanted or ())}"
        raise NoDataError(missing, asked=about["address"], remedy="ask for other years")
    return _dated(flows, source, pd.Timestamp(about["accessed"]).date())


def _baci(place: Path, release: str, wanted: Years, how: About) -> tuple[pd.DataFrame, About]:
    """Pairs of BACI, each once, from yearly Parquet files made as they are needed."""
    call, file = baci.call(release), place / f"BACI_{release}.zip"
    about = fetch_file(call, file, **how)
    try:
        with baci.open_archive(file) as archive:
            members, known = baci.years(archive, release), baci.countries(archive, release)
            chosen = {y: m for y, m in members.items() if wanted is None or y in wanted}
            size = sum(member.file_size for member in chosen.values())
            with bar(total=size, disable=not how["progress"], desc="reading") as tick:
                read = partial(baci.read_year, archive, known=known, tick=tick.update)
                parts = {year: partial(read, one, year=year) for year, one in chosen.items()}
                tables = [_kept(place, about, str(year), part) for year, part in parts.items()]
    except MalformedError as error:
        file.unlink(missing_ok=True)  # so that the next call fetches it anew
        raise error.of(call.address) from None
    flows = pd.concat(tables) if tables else pd.DataFrame()
    return (_reconciled(flows).assign(status="final") if len(flows) else flows), about


def _imts(place: Path, wanted: Years, how: About) -> tuple[pd.DataFrame, About]:
    """Both flows of each reporter in IMTS, side by side."""
    sides, abouts = [], []
    for indicator, call in imts.calls("*", "*"):
        file, flow = place / f"{indicator}.csv", imts.INDICATORS[indicator]
        about = fetch_file(call, file, **how)
        try:
            with bar(total=about["bytes"], disable=not how["progress"], desc="reading") as tick:
                read = partial(_rows, file, indicator=indicator, tick=tick.update)
                side = _kept(place, about, indicator, read).set_index(imts.KEY)
        except MalformedError as error:
            file.unlink(missing_ok=True)
            raise error.of(call.address) from None
        sides.append(side.rename(columns={"value_musd": f"{flow}_musd", "status": flow}))
        abouts.append(about)
    flows = pd.concat(sides, axis=1).reset_index()
    flows = flows if wanted is None else flows[flows["year"].isin(wanted)]
    states = list(gate.STATES)  # from the surest
    ranks = flows[list(imts.INDICATORS.values())].fillna("final").map(states.index)
    flows = flows.assign(status=ranks.max(axis=1).map(dict(enumerate(states))))
    return flows, min(abouts, key=lambda about: str(about["accessed"]))


def _rows(file: Path, **how: Any) -> pd.DataFrame:
    """Rows of a table of IMTS with a value, or with a withheld one."""
    with file.open("rb") as opened:
        rows = imts.read(opened, **how).drop(columns="note")
    return rows[rows["value_musd"].notna() | (rows["status"] == "suppressed")]


def _kept(place: Path, about: About, what: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table from its Parquet file, made first if it is not there or not as it was written."""
    file = place / f"{about['sha256'][:16]}-2-{what}.parquet"
    seal = file.with_suffix(".seal")
    if file.exists() and seal.exists() and seal.read_text() == cache.digest(file):
        return pd.read_parquet(file)
    table = make()
    with cache.replacing(file) as opened:
        table.to_parquet(opened, compression="zstd", index=False)
    with cache.replacing(seal) as opened:
        opened.write(cache.digest(file).encode())
    return table


def _reconciled(flows: pd.DataFrame) -> pd.DataFrame:
    """Exporter-importer rows as pairs, the first by alphabet as reporter."""
    flows = flows[flows["exporter"] != flows["importer"]]
    first = flows["exporter"] < flows["importer"]
    sides = {
        "reporter": flows["exporter"].where(first, flows["importer"]),
        "partner": flows["importer"].where(first, flows["exporter"]),
        "year": flows["year"],
        "export_musd": flows["trade_usd"].where(first),
        "import_musd": flows["trade_usd"].where(~first),
    }
    sums = pd.DataFrame(sides).groupby(imts.KEY, as_index=False).sum()
    return sums.assign(export_musd=sums["export_musd"] / 1e6, import_musd=sums["import_musd"] / 1e6)


def _dated(flows: pd.DataFrame, source: str, accessed: date) -> pd.DataFrame:
    """The panel with pair, turnover, and what is known of source and release."""
    flows = flows.sort_values(imts.KEY, ignore_index=True).astype({"year": "int64"})
    days = {year: tidy.released(source, int(year), accessed) for year in flows["year"].unique()}
    return flows.assign(
        pair=flows["reporter"] + "-" + flows["partner"],
        turnover_musd=flows["export_musd"] + flows["import_musd"],
        source_id=source,
        released=flows["year"].map({year: day for year, (day, _) in days.items()}),
        released_basis=flows["year"].map({year: basis for year, (_, basis) in days.items()}),
        accessed=pd.Timestamp(accessed),
    ).astype({"status": "str", "released": tidy.DAY, "accessed": tidy.DAY})[_COLUMNS]
