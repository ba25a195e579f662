"""Gather once: all that depends on the day, as two records that the science weighs."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, TypeAlias

import pandas as pd

from tradelib.bundle.load import (
    Day,
    day,
    load_figures,
    load_growth,
    load_macro,
    load_part_years,
    load_pledge_shift,
    load_targets,
    load_turnover,
)
from tradelib.bundle.sources import cite, recommended
from tradelib.front.bound import PAIRS, growth_model, nowcast_pair, part_year_shares
from tradelib.front.potential import gravity_check, gravity_model
from tradelib.science.gravity.ceiling import Ceiling
from tradelib.science.outlook.nowcast import Nowcast, nowcast_year
from tradelib.science.outlook.signals import MIN_YEARS
from tradelib.science.pledge.rates import scored_pledges
from tradelib.science.pledge.target import Standing, Target, standing
from tradelib.science.verdict.case import Case, Known, OtherData

__all__ = ["gather", "known_on"]

# Other sources whose figures are put in place of the recommended ones.
ELSEWHERE = ("wits", "baci_type")
PartYear: TypeAlias = tuple[int, float]


def known_on(as_of: Day | None) -> Known:
    """What is known on a day, whatever the target; made once a day asked about.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        All that is in the data if omitted.

    Returns
    -------
    Known

    Raises
    ------
    ValueError
        If the growth model was not known by then.

    Examples
    --------
    >>> known_on("2022-10-05").prices.index.max()
    2021
    """
    return _known(None if as_of is None else day(as_of))


def gather(
    target: Target,
    *,
    as_of: Day | None = None,
    history: pd.DataFrame | None = None,
    part_year: PartYear | None = None,
) -> Case:
    """A target on a day, with all that is known of it.

    Parameters
    ----------
    target, as_of, history, part_year
        As `tradelib.assess` takes them.

    Returns
    -------
    Case

    Raises
    ------
    ValueError
        As `tradelib.assess`, but for a year judged that is too far ahead.

    Examples
    --------
    >>> from tradelib import article_target
    >>> gather(article_target(), as_of="2022-10-05").now.last_year
    2021
    """
    if history is not None and as_of is not None:
        raise ValueError(f"as_of={as_of} limits the bundled figures; cut your own history instead")
    if as_of is not None and target.announced and day(as_of).date() < target.announced:
        raise ValueError(f"as_of={as_of} lies before the announcement on {target.announced}")
    known = known_on(as_of)
    if history is not None:
        return _case(target, history, part_year, known, bundled=False)
    return _case(target, bundled_history(target, known), part_year, known, bundled=True)


def bundled_history(target: Target, known: Known) -> pd.DataFrame:
    """The bundled series of a target's pair, or the newest figure that the registry has of it."""
    try:
        recommended(target.reporter, target.partner)
    except ValueError as error:
        row = _registry_row(target, known)
        if row is None:
            raise ValueError(f"{error}; give your own history=") from None
        return registry_history(row)
    return load_turnover(target.reporter, target.partner, as_of=known.day)


def registry_history(row: Any) -> pd.DataFrame:
    """The newest figure of a row of the registry as a history of one year."""
    newest = latest(row)
    if newest is None:
        raise ValueError(f"no figure is known for {row.target_id}; give your own history=")
    value, year = newest
    return pd.DataFrame(
        {"year": [year], "turnover_musd": [value], "released": [row.released],
         "source_id": ["pledges"]}
    )  # fmt: skip


def latest(row: Any) -> tuple[float, int] | None:
    """Value and year of the newest figure of a row of the registry: outcome, else baseline."""
    for kind in ("outcome", "baseline"):
        value, year = getattr(row, f"{kind}_value"), getattr(row, f"{kind}_year")
        if pd.notna(value) and pd.notna(year):
            return float(value), int(year)
    return None


@cache
def _known(limit: pd.Timestamp | None) -> Known:
    model = growth_model(as_of=limit)
    registry, shift = load_targets(as_of=limit), load_pledge_shift(as_of=limit).iloc[-1]
    return Known(
        day=limit,
        model=model,
        growth=dict(_by_horizon(load_growth(as_of=limit))),
        deflator=load_macro("gdp_deflator").set_index("year")["value"],
        prices=_prices(load_macro("cpi_u", "USA", as_of=limit)),
        registry=registry,
        scored=scored_pledges(registry),
        shift=(float(shift["shift"]), float(shift["low"]), float(shift["high"])),
    )


def _by_horizon(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Growth of all pairs in the last year of each horizon, without what says where it is from."""
    plain = table[~table["ever"] & (table["past"] == "any") & (table["among"] == "all")]
    for horizon, part in plain.drop(columns=["source_id", "released", "note"]).groupby("horizon"):
        yield int(horizon), part.reset_index(drop=True)


def _prices(table: pd.DataFrame) -> pd.Series:
    """US consumer prices of full years."""
    final = table[table["status"] == "final"].drop_duplicates("year", keep="last")
    return final.set_index("year")["value"].sort_index()


def _registry_row(target: Target, known: Known) -> Any:
    """The target's own row, or of a pair's rows in dollars the one with the newest figure."""
    if target.target_id:
        return _rows(known).get(target.target_id)
    rows = [
        row
        for row in _rows(known).values()
        if (row.reporter, row.partner) == (target.reporter, target.partner)
        and row.currency == "USD"
    ]
    years = {row.target_id: figure[1] for row in rows if (figure := latest(row))}
    return max(rows, key=lambda row: years.get(row.target_id, 0), default=None)


@lru_cache(maxsize=8)
def _rows(known: Known) -> dict[str, Any]:
    """Rows of the registry by name."""
    return {row.target_id: row for row in known.registry.itertuples()}


def _case(
    target: Target,
    history: pd.DataFrame,
    part_year: PartYear | None,
    known: Known,
    *,
    bundled: bool,
) -> Case:
    now = standing(target, history)
    cast = _nowcast(now, part_year, known, bundled=bundled)
    rich = len(history) + (cast is not None) >= MIN_YEARS
    newest = _newest(history, known)
    return Case(
        now=now,
        day=None if newest is None else newest.date(),
        history=history,
        source=_cited(history) if bundled else "the history given",
        nowcast=cast,
        others=list(_other_data(history, now, cast, known)) if rich else [],
        ceiling=_ceiling(target, known) if bundled else None,
        known=known,
    )


def registry_case(target: Target, row: Any, known: Known) -> Case:
    """A target of the registry on what its own row says, whatever its currency."""
    return _case(target, registry_history(row), None, known, bundled=True)


def _newest(history: pd.DataFrame, known: Known) -> pd.Timestamp | None:
    """The day asked about, or the newest release of what is used."""
    if known.day is not None:
        return known.day
    if "released" not in history:
        return None
    return max(history["released"].max(), load_pledge_shift()["released"].max())


def _cited(history: pd.DataFrame) -> str:
    if "reporter" in history:
        return cite(history).removeprefix("Source: ")
    return "registry of targets"


def _nowcast(
    now: Standing, part_year: PartYear | None, known: Known, *, bundled: bool
) -> Nowcast | None:
    """Of the year after the last one, from the months given or the newest bundled ones."""
    pair, following = (now.target.reporter, now.target.partner), now.last_year + 1
    if part_year is not None:
        months, value = part_year
        shares = part_year_shares()
        on = shares["full_year_released"].max() if known.day is None else known.day
        return nowcast_year(
            value, year=following, months=months, shares=shares, pair=pair, as_of=on
        )
    if not bundled or pair not in PAIRS:
        return None
    part = load_part_years(*pair, as_of=known.day)
    if following > part["year"].max() or _whole_year_told(pair, following, known):
        return None
    on = part["released"].max() if known.day is None else known.day
    cast = nowcast_pair(*pair, as_of=on)
    return cast if cast.year == following else None


def _whole_year_told(pair: tuple[str, str], year: int, known: Known) -> bool:
    """Whether anybody has given turnover of the whole year: then its months have had their say."""
    figures = load_figures(*pair, as_of=known.day)
    whole = (figures["period_start"] == f"{year}-01-01") & (
        figures["period_end"] == f"{year}-12-31"
    )
    return bool((whole & (figures["flow"] == "turnover")).any())


def _other_data(
    history: pd.DataFrame, now: Standing, cast: Nowcast | None, known: Known
) -> Iterator[OtherData]:
    """Other data for the same pair."""
    if cast is not None and len(history) >= MIN_YEARS:
        yield _other("no_months", "without the part-year figure", history, None)
    if now.preliminary and len(history) > MIN_YEARS:
        yield _other("no_preliminary", "without the preliminary year", history.iloc[:-1], None)
    prices = known.prices.reindex(history["year"]).ffill()
    if prices.notna().all():
        real = history["turnover_musd"].to_numpy() * (prices.iloc[-1] / prices).to_numpy()
        real_history = history.assign(turnover_musd=real)
        yield _other("constant_dollars", "its past in constant dollars", real_history, cast)
    if "reporter" in history and "source_id" in history:
        yield from _elsewhere(history, cast, known)


def _elsewhere(history: pd.DataFrame, cast: Nowcast | None, known: Known) -> Iterator[OtherData]:
    """The newest source's years alone, and the series with other sources' years in place."""
    pair, newest = (history["reporter"].iloc[0], history["partner"].iloc[0]), _last_source(history)
    alone = history[history["source_id"] == newest]
    if MIN_YEARS <= len(alone) < len(history):
        yield _other(f"{newest}_alone", f"{newest} alone", alone, cast)
    try:
        there = set(load_figures(*pair, as_of=known.day)["source_id"])
    except ValueError:  # a pair of which nothing is bundled
        return
    for source in ELSEWHERE:
        if source in there and source != newest:
            other = load_turnover(*pair, source=source, as_of=known.day).set_index("year")
            value = history["year"].map(other["turnover_musd"])
            if (value.notna() & (history["source_id"] != source)).any():
                changed = history.assign(turnover_musd=value.fillna(history["turnover_musd"]))
                yield _other(f"{source}_in_place", f"{source} in place", changed, cast)


def _last_source(history: pd.DataFrame) -> str:
    return str(history["source_id"].iloc[-1])


def _other(key: str, item: str, history: pd.DataFrame, cast: Nowcast | None) -> OtherData:
    return OtherData(key=key, item=item, history=history, nowcast=cast)


def _ceiling(target: Target, known: Known) -> Ceiling | None:
    """The target against what size and distance predict, for pairs whose potential is bundled."""
    pair = (target.reporter, target.partner)
    if "-".join(pair) not in gravity_model(as_of=known.day).pairs():
        return None
    return gravity_check(*pair, target_musd=target.value_musd, as_of=known.day)
