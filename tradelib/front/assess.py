"""The front: bundled data bound to the science. A target in, its verdict out."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.load import (
    Day,
    day,
    load_article,
    load_figures,
    load_macro,
    load_part_years,
    load_pledge_shift,
    load_targets,
    load_turnover,
)
from tradelib.bundle.sources import cite, recommended
from tradelib.front.defaults import (
    PAIRS,
    base_rate,
    gravity_check,
    gravity_model,
    growth_model,
    nowcast_pair,
    part_year_shares,
)
from tradelib.ground.growth import cagr
from tradelib.science.gravity.ceiling import Ceiling
from tradelib.science.outlook import growth_model as panel
from tradelib.science.outlook.forecast import FORECASTERS, Forecast, naive
from tradelib.science.outlook.growth_model import GrowthModel
from tradelib.science.outlook.nowcast import Nowcast, nowcast_year
from tradelib.science.outlook.signals import MIN_YEARS
from tradelib.science.outside.base_rate import BaseRate
from tradelib.science.outside.episodes import NoEpisodesError
from tradelib.science.pledge.rates import GROWTH_EDGES, PledgeRate, rate_of
from tradelib.science.pledge.status import scored_pledges
from tradelib.science.pledge.target import Standing, Target, standing
from tradelib.science.scores import scoring
from tradelib.science.verdict.verdict import OPEN_ENDED, PACE_YEARS, Verdict, judge

__all__ = ["article_target", "assess", "hindcasts", "open_target", "timeline"]

PATHS, SHORT_PATHS = 20_000, 4_000
SIZES = (4.0, 65_536.0)
# Other sources whose figures are put in place of the recommended ones.
ELSEWHERE = ("wits", "baci_type")
PartYear = tuple[int, float]
# Columns of the registry that a target, and the one figure known of its pair, are made of.
PLEDGED = ["scope", "currency", "reporter", "partner", "target_value", "deadline", "released",
           "announce_url"]  # fmt: skip
FIGURES = ["target_id", "baseline_value", "baseline_year", "outcome_value", "outcome_year",
           "released"]  # fmt: skip


def article_target(*, as_of: Day | None = None) -> Target:
    """Target of the article, as its own figures and words have it.

    Five years from October 2022 end in October 2027, so that 2027 is the year to be judged.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Refused if the article was not yet printed.

    Returns
    -------
    Target
        Kazakhstan-Turkmenistan, US$1,000m by 2027, announced on 2022-10-05.

    Raises
    ------
    ValueError
        If `as_of` lies before the article.

    Examples
    --------
    >>> article_target().summary()
    'Kazakhstan-Turkmenistan turnover of US$1,000m by 2027 ("in the next five years")'
    """
    claims = load_article(as_of=as_of).set_index("claim")
    pledge, horizon = claims.loc["target"], claims.loc["target_horizon"]
    return Target(
        reporter=pledge["reporter"],
        partner=pledge["partner"],
        value_musd=float(pledge["value"]),
        deadline=int(pledge["released"].year + horizon["value"]),
        announced=pledge["released"].date(),
        wording="in the next five years",
        source=pledge["source_id"],
    )


def open_target(target_id: str) -> Target:
    """A target of the registry by its name.

    Parameters
    ----------
    target_id : str
        As in `tradelib.open_targets`.

    Returns
    -------
    Target
        Announced on the last day that its date allows; no deadline where it was vague.

    Raises
    ------
    ValueError
        If there is no such target, or it is not one of a pair in US dollars.

    Examples
    --------
    >>> open_target("UZB-TKM-2025").summary()
    'Uzbekistan-Turkmenistan turnover of US$2,000m, no deadline named'
    """
    table = _registry(None)
    found = table[PLEDGED][table["target_id"] == target_id]
    if found.empty:
        raise ValueError(f"no target is called {target_id!r}; tradelib.load_targets() lists them")
    row = found.iloc[0]
    if row["scope"] != "pair" or row["currency"] != "USD":
        raise ValueError(
            f"{target_id} is a target of a {row['scope']} in {row['currency']}; "
            "only pairs in USD can be assessed"
        )
    return Target(
        reporter=row["reporter"],
        partner=row["partner"],
        value_musd=float(row["target_value"]),
        deadline=None if pd.isna(row["deadline"]) else int(row["deadline"]),
        announced=row["released"].date(),
        source=row["announce_url"],
    )


def assess(
    target: Target,
    *,
    as_of: Day | None = None,
    history: pd.DataFrame | None = None,
    part_year: PartYear | None = None,
) -> Verdict:
    """Verdict on a target, from the bundled data or your own figures.

    Parameters
    ----------
    target : Target
        Any pair. Without `history` it must be bundled, or in the registry of targets with a figure
        in US dollars: then size alone speaks.
    as_of : str, date or Timestamp, optional
        Only what was released and learned by that day (bundled figures). What is learned was known
        from the end of 2020; an earlier day is refused.
    history : DataFrame, optional
        ``year`` and ``turnover_musd`` (US$ million), instead of the bundled figures.
    part_year : tuple of int and float, optional
        Months published of the year after the history's last, and their turnover in US$ million;
        instead of the bundled figure.

    Returns
    -------
    Verdict
        See `tradelib.Verdict` for its rules.

    Raises
    ------
    ValueError
        If nothing is known of the pair, `as_of` comes with a history or before the announcement or
        the model, the year judged is more than ten years from the last known, the part year is
        malformed, or the history is another pair's or has gaps, repeats or values that are not
        positive.

    Examples
    --------
    >>> found = assess(article_target())
    >>> found.words, round(found.probability_in, 2)
    ('unlikely', 0.1)
    >>> mine = pd.DataFrame({"year": [2023, 2024], "turnover_musd": [100.0, 120.0]})
    >>> pledge = Target(reporter="ITA", partner="KAZ", value_musd=200, deadline=2030)
    >>> assess(pledge, history=mine, part_year=(6, 70.0)).by
    2030
    """
    own = history is not None
    if own and as_of is not None:
        raise ValueError("as_of limits the bundled figures; cut your own history instead")
    if history is None:
        if as_of is not None and target.announced and day(as_of).date() < target.announced:
            raise ValueError(f"as_of={as_of} lies before the announcement on {target.announced}")
        history = _history(target, as_of)
    model, now = growth_model(as_of=as_of), standing(target, history)
    known = _known_by(history, as_of)
    cast = _nowcast(target, history, as_of, part_year, bundled=not own)
    by = target.deadline or now.last_year + OPEN_ENDED
    left = by - now.last_year
    common: dict[str, Any] = {
        "as_of": None if known is None else known.date(),
        "source": "the history given" if own else _cited(history),
        "prices": _prices(as_of),
        "pledges": None if now.required is None else _pledge_rate(now.required, as_of),
        "ceiling": None if own else _ceiling(target, as_of),
        "further": _learned(model),
    }
    if left <= 0:
        return judge(target, history, headline=None, **common)
    _check_ahead(left, by, now)
    headline = _headline(history, left, cast, model)
    rich = headline.name == "panel_growth"
    return judge(
        target,
        history,
        headline=headline,
        others=_others(history, left, cast) if rich else [],
        variants=_variants(history, now, left, cast, model, as_of) if rich else {},
        replaced=_replaced(history, now, left, cast, model, as_of) if rich else {},
        nowcast=cast,
        base_rates=_base_rates(now, left, as_of),
        pledge_shift=_pledge_shift(as_of),
        **common,
    )


def timeline(target: Target) -> pd.DataFrame:
    """The verdict on the day of the announcement and after each later release of a full year.

    Parameters
    ----------
    target : Target
        Of a bundled pair, with a deadline and the day of its announcement.

    Returns
    -------
    DataFrame
        A row a day: ``as_of``, ``last_year``, ``probability_in``, ``probability_ever``,
        ``range_low``, ``range_high``, ``low``, ``median``, ``high`` (US$ million in the year
        judged), ``words``, and ``official`` (what the UN's method says of the target). Each uses
        only what was released and learned by then; they are hindcasts all the same.

    Raises
    ------
    ValueError
        If the target has no day of announcement, or as `assess`.

    Examples
    --------
    >>> timeline(article_target()).last_year.tolist()
    [2021, 2022, 2023, 2024, 2025]
    """
    rows = []
    for on in _days(target):
        found = assess(target, as_of=on)
        said = found.evidence["item"][found.evidence["item"].str.startswith("un_2026")]
        official = said.iloc[0].split(": ")[1] if len(said) else "too early"
        rows.append(found.to_frame().assign(as_of=on, official=official))
    columns = ["as_of", "last_year", "probability_in", "probability_ever", "range_low",
               "range_high", "low", "median", "high", "words", "official"]  # fmt: skip
    return pd.concat(rows, ignore_index=True)[columns]


def hindcasts(target: Target) -> pd.DataFrame:
    """What the growth model and its rivals said of each later year, and what came.

    Parameters
    ----------
    target : Target
        As for `timeline`.

    Returns
    -------
    DataFrame
        A row a day, forecaster and year that is known by now: ``as_of``, ``forecaster``, ``year``,
        ``low``, ``median``, ``high`` (80 %, US$ million), ``observed``, ``crps`` (of the log) and
        ``inside``. Besides the simple forecasters there are two lines, whose score is the absolute
        error of their log: ``required path``, which leads to the target, and ``pace so far``, the
        growth since the year before the announcement, by which official methods judge.

    Raises
    ------
    ValueError
        As `timeline`.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    Examples
    --------
    >>> found = hindcasts(article_target())
    >>> found.query("forecaster == 'panel_growth'").groupby("as_of").size().tolist()
    [4, 3, 2, 1]
    """
    came = _history(target, None).set_index("year")["turnover_musd"]
    rows = []
    for on in _days(target)[:-1]:
        history = _history(target, on)
        now = standing(target, history)
        left = (target.deadline or now.last_year + OPEN_ENDED) - now.last_year
        cast = _nowcast(target, history, on, None, bundled=True)
        made = [_headline(history, left, cast, growth_model(as_of=on))]
        made += [make(history, horizon=left, nowcast=cast) for make in FORECASTERS.values()]
        lines = _lines(target, history, now)
        for year in (int(y) for y in came.index if y > now.last_year):
            seen = float(came[year])
            rows += [_scored(one, on, year, seen) for one in made]
            rows += [
                {"as_of": on, "forecaster": name, "year": year, "low": np.nan,
                 "median": (value := now.last_musd * (1 + pace) ** (year - now.last_year)),
                 "high": np.nan, "observed": seen, "crps": abs(np.log(value / seen)),
                 "inside": False}
                for name, pace in lines.items()
            ]  # fmt: skip
    return pd.DataFrame(rows)


def _lines(target: Target, history: pd.DataFrame, now: Standing) -> dict[str, float]:
    """Constant growth a year: the one needed, and the one since before the announcement."""
    lines = {} if now.required is None else {"required path": now.required}
    base = history.loc[history["year"] == _announced(target).year - 1, "turnover_musd"]
    years = now.last_year - _announced(target).year + 1
    if len(base) and years > 0:
        lines["pace so far"] = float(cagr(float(base.iloc[0]), now.last_musd, years=years))
    return lines


def _scored(made: Forecast, on: pd.Timestamp, year: int, seen: float) -> dict[str, Any]:
    values = made.paths[:, made.years.index(year)]
    low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
    score = scoring.crps(np.log(values[None, :SHORT_PATHS]), np.log([seen]))
    return {
        "as_of": on, "forecaster": made.name, "year": year, "low": low, "median": median,
        "high": high, "observed": seen, "crps": float(score[0]),
        "inside": bool(low <= seen <= high),
    }  # fmt: skip


def _days(target: Target) -> list[pd.Timestamp]:
    """The announcement, and each later day on which a full year came out."""
    first = _announced(target)
    released = load_turnover(target.reporter, target.partner)["released"]
    return [first, *sorted(set(released[released > first]))]


def _announced(target: Target) -> pd.Timestamp:
    if target.announced is None:
        raise ValueError("a timeline starts at the announcement, and this target has no day of it")
    return pd.Timestamp(target.announced)


def _history(target: Target, as_of: Day | None) -> pd.DataFrame:
    """The bundled series, or the one figure of the registry."""
    try:
        recommended(target.reporter, target.partner)
    except ValueError as error:
        table = _registry(as_of)
        same = table[FIGURES][
            (table["reporter"] == target.reporter) & (table["partner"] == target.partner)
            & (table["currency"] == "USD") & (table["target_value"] == target.value_musd)
        ]  # fmt: skip
        if same.empty:
            raise ValueError(f"{error}; give your own history=") from None
        return _one_figure(same.iloc[-1])
    return load_turnover(target.reporter, target.partner, as_of=as_of)


def _one_figure(row: pd.Series) -> pd.DataFrame:
    kind = "outcome" if pd.notna(row["outcome_value"]) else "baseline"
    if pd.isna(row[f"{kind}_value"]):
        raise ValueError(f"no figure is known for {row['target_id']}; give your own history=")
    return pd.DataFrame(
        {"year": [int(row[f"{kind}_year"])], "turnover_musd": [float(row[f"{kind}_value"])],
         "released": [row["released"]], "source_id": ["pledges"]}
    )  # fmt: skip


@cache
def _registry_at(limit: pd.Timestamp | None) -> pd.DataFrame:
    return load_targets(as_of=limit)


def _registry(as_of: Day | None) -> pd.DataFrame:
    return _registry_at(None if as_of is None else day(as_of))


def _known_by(history: pd.DataFrame, as_of: Day | None) -> pd.Timestamp | None:
    """The day asked about, or the newest release of what is used."""
    if as_of is not None:
        return day(as_of)
    if "released" not in history:
        return None
    return max(history["released"].max(), _newest_shift())


@cache
def _newest_shift() -> pd.Timestamp:
    return pd.Timestamp(load_pledge_shift()["released"].max())


def _cited(history: pd.DataFrame) -> str:
    return (
        cite(history).removeprefix("Source: ") if "reporter" in history else "registry of targets"
    )


def _nowcast(
    target: Target,
    history: pd.DataFrame,
    as_of: Day | None,
    part_year: PartYear | None,
    *,
    bundled: bool,
) -> Nowcast | None:
    """Of the year after the last one, from the months given or the newest bundled ones."""
    following = int(history["year"].max()) + 1
    pair = (target.reporter, target.partner)
    if part_year is not None:
        months, value = part_year
        shares = part_year_shares()
        on = shares["full_year_released"].max() if as_of is None else day(as_of)
        return nowcast_year(
            value, year=following, months=months, shares=shares, pair=pair, as_of=on
        )
    if not bundled or pair not in PAIRS:
        return None
    part = load_part_years(*pair, as_of=as_of)
    if following > part["year"].max():
        return None
    if _told(pair, following, as_of):
        return None
    found = nowcast_pair(*pair, as_of=part["released"].max() if as_of is None else as_of)
    return found if found.year == following else None


def _told(pair: tuple[str, str], year: int, as_of: Day | None) -> bool:
    """Whether anybody has given turnover of the whole year: then its months have had their say."""
    figures = load_figures(*pair, as_of=as_of)
    whole = (figures["period_start"] == f"{year}-01-01") & (
        figures["period_end"] == f"{year}-12-31"
    )
    return bool((whole & (figures["flow"] == "turnover")).any())


def _check_ahead(left: int, by: int, now: Standing) -> None:
    if left > panel.MAX_HORIZON:
        raise ValueError(
            f"the growth model looks {panel.MAX_HORIZON} years ahead; {by} is {left} years from "
            f"{now.last_year}, the last year known: give newer figures, or a nearer deadline"
        )


def _headline(
    history: pd.DataFrame, left: int, cast: Nowcast | None, model: GrowthModel
) -> Forecast:
    """The growth model on the pair's own years; on its size alone where there are too few."""
    horizon = panel.MAX_HORIZON
    if len(history) + (cast is not None) >= MIN_YEARS:
        return panel.panel_growth(
            history, horizon=horizon, n_paths=PATHS, nowcast=cast, model=model
        )
    last = history.sort_values("year").iloc[-1]
    size, origin = float(last["turnover_musd"]), int(last["year"])
    return panel.typical_growth(
        size, origin=origin, horizon=max(left, OPEN_ENDED), n_paths=SHORT_PATHS, model=model
    )


def _others(history: pd.DataFrame, left: int, cast: Nowcast | None) -> Sequence[Forecast]:
    """Simple forecasters that do not lose to a random walk on other pairs: it alone."""
    return [naive(history, horizon=left, n_paths=PATHS, nowcast=cast)]


def _variants(
    history: pd.DataFrame,
    now: Standing,
    left: int,
    cast: Nowcast | None,
    model: GrowthModel,
    as_of: Day | None,
) -> dict[str, float]:
    """Probability of the same event, read off other data for the same pair."""
    goal = now.target.value_musd
    return {
        name: panel.chances(series, goal, horizon=left + more, nowcast=start, model=model)[
            "as it is"
        ]
        for name, (series, more, start) in _other_data(history, now, cast, as_of).items()
        if left + more <= panel.MAX_HORIZON
    }


def _other_data(
    history: pd.DataFrame, now: Standing, cast: Nowcast | None, as_of: Day | None
) -> dict[str, tuple[pd.DataFrame, int, Nowcast | None]]:
    """Other data for the same pair, how many years earlier they end, and the nowcast they take."""
    found: dict[str, tuple[pd.DataFrame, int, Nowcast | None]] = {}
    if cast is not None and len(history) >= MIN_YEARS:
        found["without the part-year figure"] = history, 0, None
    if now.preliminary and len(history) > MIN_YEARS:
        found["without the preliminary year"] = history.iloc[:-1], 1, None
    prices = _prices(as_of).reindex(history["year"]).ffill()
    if prices.notna().all():
        real = history["turnover_musd"].to_numpy() * (prices.iloc[-1] / prices).to_numpy()
        found["its past in constant dollars"] = history.assign(turnover_musd=real), 0, cast
    found |= {name: (series, 0, cast) for name, series in _elsewhere(history, as_of).items()}
    return found


def _elsewhere(history: pd.DataFrame, as_of: Day | None) -> dict[str, pd.DataFrame]:
    """The series with other sources' years in place, and the newest source's years alone."""
    if "reporter" not in history or "source_id" not in history:
        return {}
    pair, found = (history["reporter"].iloc[0], history["partner"].iloc[0]), {}
    newest = history["source_id"].iloc[-1]
    alone = history[history["source_id"] == newest]
    if MIN_YEARS <= len(alone) < len(history):
        found[f"{newest} alone"] = alone
    try:
        there = set(load_figures(*pair, as_of=as_of)["source_id"])
    except ValueError:  # a pair of which nothing is bundled
        return found
    for source in ELSEWHERE:
        if source in there and source != newest:
            other = load_turnover(*pair, source=source, as_of=as_of).set_index("year")
            value = history["year"].map(other["turnover_musd"])
            if (value.notna() & (history["source_id"] != source)).any():
                values = value.fillna(history["turnover_musd"])
                found[f"{source} in place"] = history.assign(turnover_musd=values)
    return found


def _replaced(
    history: pd.DataFrame,
    now: Standing,
    left: int,
    cast: Nowcast | None,
    model: GrowthModel,
    as_of: Day | None,
) -> dict[str, float]:
    """The headline with one signal at a time as is usual."""
    goal = now.target.value_musd
    found = panel.chances(history, goal, horizon=left, nowcast=cast, model=model)
    if now.required is not None:
        usual = _usual_growth(as_of)
        level = now.last_musd * (1 + usual) ** left
        words = f"what it asks, {now.required:.0%} a year where targets usually ask {usual:.0%}"
        found[words] = panel.chances(history, level, horizon=left, nowcast=cast, model=model)[
            "as it is"
        ]
    if cast is not None and len(history) >= MIN_YEARS:
        without = panel.chances(history, goal, horizon=left, model=model)
        found["the months published"] = without["as it is"]
    return found


def _base_rates(now: Standing, left: int, as_of: Day | None) -> list[BaseRate]:
    """Of like pairs, in current and constant dollars; none for sizes that no table knows."""
    if not SIZES[0] <= now.last_musd <= SIZES[1]:
        return []
    asked = {"size_musd": now.last_musd, "multiple": now.multiple, "horizon": left}
    found = []
    for real in (False, True):
        try:
            found.append(base_rate(**asked, real=real, as_of=as_of))  # type: ignore[arg-type]
        except NoEpisodesError:
            continue
    return found


@cache
def _scored_pledges(limit: pd.Timestamp | None) -> pd.DataFrame:
    return scored_pledges(_registry_at(limit))


def _usual_growth(as_of: Day | None) -> float:
    """Growth that a target usually asks: the median of those whose outcome was known."""
    return float(_scored_pledges(None if as_of is None else day(as_of))["asked"].median())


@cache
def _pledge_rates(limit: pd.Timestamp | None, band: tuple[float, float]) -> PledgeRate | None:
    asked = _scored_pledges(limit)["asked"]
    if not asked.between(*band, inclusive="left").any():
        return None
    return rate_of(_registry_at(limit), growth=band)


def _pledge_rate(growth: float, as_of: Day | None) -> PledgeRate | None:
    """Of the class of targets that asked about as much; None if no outcome of one was known."""
    band = next(pair for pair in pairwise(GROWTH_EDGES) if pair[0] <= growth < pair[1])
    return _pledge_rates(None if as_of is None else day(as_of), band)


def _pledge_shift(as_of: Day | None) -> tuple[float, float, float]:
    last = load_pledge_shift(as_of=as_of).iloc[-1]
    return float(last["shift"]), float(last["low"]), float(last["high"])


@cache
def _prices(as_of: Day | None) -> pd.Series:
    """US consumer prices of full years, the last few of which give the recent pace."""
    table = load_macro("cpi_u", "USA", as_of=as_of).query("status == 'final'")
    prices = table.drop_duplicates("year", keep="last").set_index("year")["value"].sort_index()
    if len(prices) <= PACE_YEARS:
        raise ValueError(f"the pace of prices needs {PACE_YEARS + 1} years, got {len(prices)}")
    return prices


@cache
def _learned(model: GrowthModel) -> pd.DataFrame:
    """What the headline was learned from, as evidence."""
    return pd.DataFrame(
        {
            "role": ["context"], "item": "growth model known from",
            "value": float(model.known_from[:4]), "low": np.nan, "high": np.nan, "unit": "year",
            "source": model.trained_on,
        }
    )  # fmt: skip


@cache
def _with_potential(as_of: Day | None) -> list[str]:
    return gravity_model(as_of=as_of).pairs()


def _ceiling(target: Target, as_of: Day | None) -> Ceiling | None:
    """The target against what size and distance predict, for pairs whose potential is bundled."""
    pair = (target.reporter, target.partner)
    if "-".join(pair) not in _with_potential(as_of):
        return None
    return gravity_check(*pair, target_musd=target.value_musd, as_of=as_of)
