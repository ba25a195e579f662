"""Learn how pairs that share a country move together, from the panels of pairs.

Usage:  python data/prepare/bloc_model.py PANEL_FOLDER

PANEL_FOLDER holds what ``growth_model.py`` reads. Each pair of ITPD-E (2000-2016) and of the guide
(1986-2006) is forecast by the growth model's first vintage from every year, and what came one,
three and five years later becomes a standard score. Of two pairs that share a country the mean
product of scores, over the scores' own variance, is their correlation. It grows with the size of
both, and is nearly that of one shared shock: in each cell of two sizes, the product of two
loadings, each a line in the log of size (`Dependence`). It hardly differs by horizon, so that one
line serves all. Scores are not centred by year: what all pairs share is part of it. Of two pairs
inside a bloc that share no country, the correlation is that part alone (`apart`).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.core import flows
from tradelib.core.numeric import Floats
from tradelib.datasets.models import learned_model
from tradelib.science.forecasting import GrowthModel, panel_quantiles
from tradelib.science.forecasting.bloc_sums import Dependence
from tradelib.science.forecasting.predictive import UNIFORM

sys.path.insert(0, str(Path(__file__).parent))
from growth_model import FLOOR_MUSD, YEARS_READ, panels

DATA = Path(__file__).parents[1]
# Both panels and the growth model's first vintage were public by then.
KNOWN_FROM = "2020-12-31"
# Panels learned from, and the years that growth begins in: some years of history lie before.
ORIGINS = {"ITPD-E": range(2004, 2016), "guide": range(1990, 2006)}
HORIZONS = (1, 3, 5)
# Every tenth of the standard scores at which the model's quantiles are kept.
EVERY = slice(50, 851, 10)
SCORES = np.linspace(-4, 4, 81)
# Cells of size: half a power of ten each, from US$1m to 30bn; the last has no upper end.
EDGES = 10 ** np.arange(0, 5, 0.5)
# What is tried.
BASES = np.arange(0, 0.501, 0.01).round(2)
SLOPES = np.arange(0, 0.251, 0.005).round(3)


class Origin(NamedTuple):
    """Forecasts of all pairs of a panel from one year, so many years ahead, and what came."""

    year: int
    horizon: int
    pairs: pd.DataFrame  # ``a``, ``b``, ``last``, ``came`` (US$ million), ``score``
    curves: Floats  # quantiles of the log at `SCORES`, a pair a row


def forecasts(panel: pd.DataFrame, model: GrowthModel, years: Iterable[int]) -> Iterator[Origin]:
    """Every pair forecast by itself, where what came is known; less than US$1m counts as that."""
    wide = flows.by_pair(panel)
    for year in years:
        known = wide[wide[year] >= FLOOR_MUSD]
        later = known.reindex(columns=[year + h for h in HORIZONS]).clip(lower=FLOOR_MUSD)
        history = known.loc[:, :year].iloc[:, -YEARS_READ:].reset_index(drop=True)
        found = panel_quantiles(history, horizons=HORIZONS, quantiles=UNIFORM[EVERY], model=model)
        sides = known.index.to_series().str.split("-", n=1, expand=True)
        for column, horizon in enumerate(HORIZONS):
            came = later.iloc[:, column].to_numpy()
            there = np.isfinite(came)
            if not there.any():
                continue
            curves = np.log(found[there, column])
            logs = np.log(came[there])
            pairs = {
                "a": sides[0].to_numpy()[there],
                "b": sides[1].to_numpy()[there],
                "last": known[year].to_numpy()[there],
                "came": came[there],
                "score": [
                    np.interp(log, curve, SCORES) for log, curve in zip(logs, curves, strict=True)
                ],
            }
            yield Origin(year, horizon, pd.DataFrame(pairs), curves)


class Correlations(NamedTuple):
    """Mean products of scores over their variance, by the sizes of two pairs."""

    sharing: Floats  # of pairs that share a country
    others: Floats  # of pairs that share none
    logs: Floats  # mean log (to base ten) of turnover of each size


def by_size(origins: Iterable[Origin]) -> Correlations:
    """Correlation of pairs that share a country, and of others, by the sizes of both.

    Every two pairs weigh the same for the others; for those that share a country, a country weighs
    as the number of its pairs.
    """
    n = EDGES.size
    weighted, weights = np.zeros((n, n)), np.zeros((n, n))
    apart, two_apart = np.zeros((n, n)), np.zeros((n, n))
    squares, pairs, logs = np.zeros(n), np.zeros(n), np.zeros(n)
    for origin in origins:
        size = np.digitize(origin.pairs["last"], EDGES) - 1
        table = origin.pairs.assign(size=size)
        squares += np.bincount(size, table["score"] ** 2, n)
        logs += np.bincount(size, np.log10(table["last"]), n)
        pairs += np.bincount(size, minlength=n)
        products, counts = of_two(table)
        apart += products
        two_apart += counts
        sides = [table.assign(country=table[side]) for side in ("a", "b")]
        for _, group in pd.concat(sides).groupby("country"):
            products, counts = of_two(group)
            apart -= products
            two_apart -= counts
            weighted += products / len(group)
            weights += counts / len(group)
    spread = np.sqrt(squares / pairs)
    variance = np.outer(spread, spread)
    return Correlations(weighted / weights / variance, apart / two_apart / variance, logs / pairs)


def of_two(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Sums of products of the scores of any two pairs of a table, and their number, by size."""
    n = EDGES.size
    size, score = table["size"].to_numpy(), table["score"].to_numpy()
    count = np.bincount(size, minlength=n)
    total = np.bincount(size, score, n)
    itself = np.bincount(size, score**2, n)
    return (
        np.outer(total, total) - np.diag(itself),
        np.outer(count, count) - np.diag(count),
    )


def learned(tables: Iterable[Correlations]) -> Dependence:
    """The line whose products of loadings are nearest to the mean of correlations.

    Every cell of two sizes counts the same. `apart` is the part of those products that is nearest
    to the correlations of pairs that share no country.
    """
    found = list(tables)
    sharing = np.nanmean([table.sharing for table in found], axis=0)
    others = np.nanmean([table.others for table in found], axis=0)
    sizes = 10 ** np.nanmean([table.logs for table in found], axis=0)
    best, least = Dependence(base=0.0, slope=0.0, apart=0.0), np.inf
    for base in BASES:
        for slope in SLOPES:
            tried = Dependence(base=float(base), slope=float(slope), apart=0.0)
            loading = tried.loadings(sizes)
            miss = np.nanmean((sharing - np.outer(loading, loading)) ** 2)
            if miss < least:
                best, least = tried, miss
    shared = np.outer(best.loadings(sizes), best.loadings(sizes))
    apart = float(np.nansum(others * shared) / np.sum(shared**2))
    return replace(best, apart=round(apart, 2))


def model(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The one vintage: neither panel has grown since."""
    growth = GrowthModel.from_dict(learned_model("growth_model.json", on=KNOWN_FROM))
    found = [by_size(forecasts(tables[name], growth, years)) for name, years in ORIGINS.items()]
    dependence = learned(found)
    for which in ("sharing", "others"):
        mean = np.nanmean([getattr(table, which) for table in found], axis=0)
        print(pd.DataFrame(mean, EDGES.round(), EDGES.round()).round(2).to_string())
    words = (
        "standard scores of the growth model's forecasts over 1, 3 and 5 years, of pairs that "
        "share a country and of others, in ITPD-E (starts of 2004-2015) and the WTO/UN guide "
        "(1990-2005)"
    )
    vintage = {
        "known_from": KNOWN_FROM,
        "trained_on": words,
        "base": dependence.base,
        "slope": dependence.slope,
        "apart": dependence.apart,
    }
    return {"vintages": [vintage]}


def main() -> None:
    """Write the model."""
    learned_now = model(panels(Path(sys.argv[1])))
    text = json.dumps(learned_now, indent=1)
    (DATA / "bloc_model.json").write_text(f"{text}\n", encoding="utf-8")
    print(learned_now["vintages"][-1])


if __name__ == "__main__":
    main()
