"""Learn how far currencies move, and by how much trade told in dollars answers, a vintage a day.

Usage:  python data/prepare/exchange_model.py [PANEL_FOLDER]

All that is read is bundled: the rates, the growth model and the pairs of ITPD-E, 2000-2016. With
PANEL_FOLDER it also prints how likely each answer is by agtpa_applications_1986_2006.parquet
(WTO/UN guide), from which nothing is learned.

The rate is a random walk without drift: carried on, the drift of the last five or ten years missed
the change over the next five by .34 and .29 in logs, none by .24 and .23. Changes over one, five
and ten years spread by .095, .264 and .386, as averages of a walk do (.095, .251, .361). The spread
of a currency is the root of the mean of two variances of a year's change: its own, and that of all
currencies since they float. Its own alone is taken in by a peg that has not broken yet, and scored
worse (log density of five-year changes -.02 against .08).

Trade's answer is one factor, and no correlation: regressed on the rate, errors of one year had a
slope of -1.06 to -1.28 in each quarter of pairs by volatility, and correlations of -.42 to -.16.
Those slopes hold the luck of a few swings of the dollar, so the answer is learned by what it is
used for, the distribution in the currency. It is the one under which trade in currencies of their
own was likeliest: each pair is forecast by the growth model from each year, as `Exchange.told`
tells it with the rates known by then, and held against what came one to five years later. Each year
of origin counts the same. Pairs of the United States are left out: their trade is in dollars, and
hardly moves with the rate. The dollar's cycle stays in the growth model: without it what came was
less likely in both panels (ITPD-E -.700 against -.691, guide -.432 against -.426).
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.numeric import Floats
from tradelib.datasets.exchange_rates import load_exchange_rates
from tradelib.datasets.models import learned_model
from tradelib.science.forecasting import GrowthModel
from tradelib.science.forecasting.exchange import OF_AVERAGES, Exchange
from tradelib.science.forecasting.predictive import UNIFORM, WITHIN_ONE, outlooks

sys.path.insert(0, str(Path(__file__).parent))
from growth_model import turnover

# Logs of rates: a year a row, a currency a column.
Rates: TypeAlias = pd.DataFrame
# A panel of pairs: a pair a row, a year a column; US$ million.
Wide: TypeAlias = pd.DataFrame

DATA = Path(__file__).parents[1]
# Day each vintage was known from, and the last year of rates by then. ITPD-E Release 1 and the
# growth model's first vintage were public by the first.
VINTAGES = {"2020-12-31": 2019, "2022-06-30": 2021, "2025-02-28": 2024, "2026-01-08": 2025}
# Currencies float since 1973.
FLOATING = 1973
# Countries of each currency, in the panels' years.
EURO = ["AUT", "BEL", "DEU", "ESP", "FIN", "FRA", "GRC", "IRL", "ITA", "LUX", "NLD", "PRT"]
HOMES = dict.fromkeys(EURO, "EUR") | {
    "AUS": "AUD",
    "BRA": "BRL",
    "CAN": "CAD",
    "CHE": "CHF",
    "CHN": "CNY",
    "DNK": "DKK",
    "GBR": "GBP",
    "HKG": "HKD",
    "IND": "INR",
    "JPN": "JPY",
    "KOR": "KRW",
    "MEX": "MXN",
    "MYS": "MYR",
    "NOR": "NOK",
    "NZL": "NZD",
    "SWE": "SEK",
    "SGP": "SGD",
    "THA": "THB",
    "TWN": "TWD",
    "ZAF": "ZAR",
}
DOLLAR_COUNTRY = "USA"
# Years ahead that are judged, years of history before the first origin, and the least trade there.
AHEAD = 5
BEFORE = 4
LEAST_MUSD = 10
# Pairs of an origin year, drawn with a fixed seed: enough, and a minute's work.
PER_ORIGIN = 1500
# Answers tried.
RESPONSES = np.arange(0, -0.91, -0.05).round(2)
# Half the width over which a density is read off a curve, in logs; the least density.
STEP = 0.05
LEAST_DENSITY = 1e-4
DIGITS = 4


def log_rates() -> Rates:
    """Logs of all rates."""
    return np.log(load_exchange_rates().pivot(index="year", columns="currency", values="per_usd"))


def spreads(rates: Rates, last: int) -> dict[str, float]:
    """Spread of each currency's random walk over a year, from rates up to a year."""
    squares = rates.loc[FLOATING:last].diff() ** 2
    own = squares.mean()
    of_all = np.nanmean(squares.to_numpy())
    of_a_year = (own + of_all) / 2 / (1 - OF_AVERAGES)
    return {str(name): float(value) for name, value in np.sqrt(of_a_year).items()}


def itpde() -> Wide:
    """The bundled pairs of 2000-2016."""
    flows = pd.read_csv(DATA / "itpde_2000_2016.csv.gz")
    directed = flows.melt(["exporter", "importer"], var_name="year", value_name="trade")
    return wide(turnover(directed.dropna()))


def wide(panel: pd.DataFrame) -> Wide:
    """A panel, a pair a row, without the pairs of the United States."""
    table = panel.pivot(index="pair", columns="year", values="turnover_musd")
    table = table.where(table > 0)
    return table[~table.index.str.contains(DOLLAR_COUNTRY)]


def likelihoods(panel: Wide, rates: Rates, model: GrowthModel) -> pd.Series:
    """Mean log density of what came, by answer: of each origin year first, then of all years."""
    years = range(panel.columns[0] + BEFORE, panel.columns[-1])
    by_year = [of_origin(panel, rates, model, origin) for origin in years]
    return pd.Series(np.nanmean(by_year, axis=0), RESPONSES)


def of_origin(panel: Wide, rates: Rates, model: GrowthModel, origin: int) -> Floats:
    """Mean log density of what came after one year, by answer; missing where nothing is known."""
    known = panel[panel[origin] >= LEAST_MUSD]
    known = known.sample(min(PER_ORIGIN, len(known)), random_state=origin)
    histories = [
        pd.DataFrame({"year": row.index.astype(int), "turnover_musd": row.to_numpy()})
        for _, row in known.loc[:, :origin].iterrows()
    ]
    forecasts = outlooks(
        [history.dropna() for history in histories],
        model=model,
        nowcasts=[None] * len(histories),
        other_sources=[False] * len(histories),
    )
    by_then = spreads(rates, origin)
    densities = [
        densities_of(forecast.logs, row, exchange, rates, origin)
        for (pair, row), forecast in zip(known.iterrows(), forecasts, strict=True)
        for exchange in homes(str(pair), rates, by_then, origin)
    ]
    if not densities:
        return np.full(RESPONSES.size, np.nan)
    return np.asarray(np.nanmean(np.concatenate(densities), axis=0))


def homes(
    pair: str, rates: Rates, by_then: Mapping[str, float], origin: int
) -> Iterator[dict[str, Any]]:
    """The currencies of both sides of a pair, where they are known, as known in a year."""
    for country in pair.split("-"):
        currency = HOMES.get(country)
        if currency is None or pd.isna(rates.loc[origin, currency]):
            continue
        past = np.exp(rates.loc[:origin, currency].dropna())
        yield {
            "currency": currency,
            "per_usd": dict(past.items()),
            "spread": by_then[currency],
        }


def densities_of(
    logs: Floats, row: pd.Series, exchange: Mapping[str, Any], rates: Rates, origin: int
) -> Floats:
    """Log density of what came in each year ahead, by answer; shape (n_years, n_answers)."""
    ahead = [year for year in range(origin + 1, origin + 1 + AHEAD) if year in row.index]
    curves = logs[: len(ahead)]
    came = np.log(row[ahead].to_numpy()) + rates.loc[ahead, exchange["currency"]].to_numpy()
    found = np.full((len(ahead), RESPONSES.size), np.nan)
    three = curves[:, WITHIN_ONE]
    for column, response in enumerate(RESPONSES):
        told = Exchange(**exchange, response=response).told(three, origin, np.arange(3))
        width = (told[:, 2] - told[:, 0]) / (three[:, 2] - three[:, 0])
        at = three[:, 1] + (came - told[:, 1]) / width
        for year, curve in enumerate(curves):
            if np.isfinite(at[year]):
                ends = np.interp([at[year] - STEP, at[year] + STEP], curve, UNIFORM)
                density = max(np.diff(ends)[0] / (2 * STEP), LEAST_DENSITY)
                found[year, column] = np.log(density / width[year])
    return found


def trained_on(found: pd.Series) -> str:
    """What was measured, in words."""
    best = found.idxmax()
    against_none, against_most = found[best] - found.iloc[[0, -1]]
    return (
        "rates of 21 currencies since 1973 (Federal Reserve H.10); pairs of ITPD-E, 2000-2016, "
        f"without the United States: the likeliest answer is {best:g}, by {against_none:.3f} of a "
        f"log density against none and {against_most:.3f} against {found.index[-1]:g}"
    )


def model() -> dict[str, Any]:
    """All vintages, the oldest first."""
    rates = log_rates()
    first = next(iter(VINTAGES))
    growth = GrowthModel.from_dict(learned_model("growth_model.json", on=first))
    found = likelihoods(itpde(), rates, growth)
    vintages = [
        {
            "known_from": day,
            "trained_on": trained_on(found),
            "response": float(found.idxmax()),
            "spread": {name: round(value, DIGITS) for name, value in spreads(rates, last).items()},
        }
        for day, last in VINTAGES.items()
    ]
    return {"vintages": vintages}


def main() -> None:
    """Write the model; with a folder of panels also print what the guide's panel says."""
    learned = model()
    text = json.dumps(learned, indent=1)
    (DATA / "exchange_model.json").write_text(f"{text}\n", encoding="utf-8")
    print(learned["vintages"][-1])
    if len(sys.argv) > 1:
        guide = pd.read_parquet(Path(sys.argv[1]) / "agtpa_applications_1986_2006.parquet")
        growth = GrowthModel.from_dict(learned_model("growth_model.json"))
        print(likelihoods(wide(turnover(guide)), log_rates(), growth).round(4).to_string())


if __name__ == "__main__":
    main()
