"""Whether the concentration of a pair's goods betters the growth model, on eras left out.

Usage:  python benchmarks/concentration.py PANEL_FOLDER

PANEL_FOLDER holds goods_shares_1995_2018.parquet beside the growth model's panels. Concentration is
the log of the Herfindahl index of sections, both flows added, a mean of three years. It may move
the model's level (L), its scale (S) or its asymmetry (A: one tail longer, the other shorter), and
is learned from full histories, among all pairs, of ITPD-E and the guide together. The years of each
third of a panel's origins are left out of a fit, and pairs with known goods are scored there. A
gain is how much less the CRPS is than without concentration, in percent; its 90 % band resamples
whole origins.

The rule: five years ahead the gain is 1 % or more on both panels and .5 % in each third, or the
signal does not ship. It is better on one panel, hardly on the other, where one third is worse; of
shares as old as today's little is left. Five minutes, ten
on busy cores.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

import tradelib as tl
from tradelib.core import flows
from tradelib.science.forecasting import fit as fit_module
from tradelib.science.forecasting import growth_model as model
from tradelib.science.forecasting import predictors as pairs
from tradelib.science.forecasting.crps_fit import Cases, least_crps
from tradelib.science.scoring import QUANTILES, crps_quantiles
from tradelib.science.scoring.scores import band

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from goods import OLD_CODES
from growth_model import GDP, Cycle, dollar, panels

Floats: TypeAlias = NDArray[np.float64]

# Thirds of the origins that have known goods and are scored five years ahead; those too late for
# that are in the last.
THIRDS = {
    "ITPD-E": [range(2002, 2006), range(2006, 2009), range(2009, 2016)],
    "guide": [range(1995, 1998), range(1998, 2000), range(2000, 2006)],
}
# The form that is shown by quarter and by age: it gains most of those that gain on both panels at
# both horizons.
BEST = "S+A"
# What concentration moves, by the years between the newest shares and the origin: none, and as many
# as to today (2018 to 2025).
FORMS = {0: ("L", "S", "A", BEST, "L+S+A"), 7: (BEST,)}
# Horizons that are scored, and quantiles that tails and residuals are read from.
SCORED = (1, 5)
SHOWN = [0.1, 0.5, 0.9]
# Years whose mean is the concentration of a pair.
MEAN_OF = 3
# Log of an index of .29, near the mean of both panels: concentration is measured from it, and an
# unknown one counts as there.
MIDDLE = -1.25
# Pairs of an origin that are learned from; all are scored.
PER_ORIGIN = 250
# Levels at which asymmetry is searched for: evenly spaced, as `crps_quantiles` needs them.
COARSE = np.arange(1, 20) / 20
# Searches of all else and of asymmetry in turn: four rounds score alike, and so does one search of
# both at once.
ROUNDS = 2
# Draws of origins for a band.
DRAWS = 500
# Mean scores are taken by these first, so that an origin counts once.
KEY = ["panel", "third", "origin", "horizon"]


class Start(NamedTuple):
    """Pairs at an origin: signals, log growth over 1 to 10 years, and concentration.

    Growth is net of the dollar's cycle. It is not widened by what a panel's eras lack, as that of
    the shipped model is: no gain moves by it. Concentration is less `MIDDLE`, NaN if unknown.
    """

    year: int
    signals: pairs.Signals
    growth: Floats
    concentration: Floats


class Fit(NamedTuple):
    """Coefficients as `growth_model.Coefficients` has them, the last of concentration; its tilt."""

    location: Floats
    scale: Floats
    shock: Floats
    tilt: Floats


def herfindahl(folder: Path) -> pd.DataFrame:
    """Herfindahl index, a row a pair under each of its names, a column a year."""
    goods = pd.read_parquet(folder / "goods_shares_1995_2018.parquet")
    key = [goods["pair"].astype(str), goods["year"].astype(int)]
    amount = goods["export_pm"].astype(float) + goods["import_pm"]
    total = amount.groupby(key).sum()
    index = ((amount**2).groupby(key).sum() / total**2).unstack()
    both = pd.concat([index, index.rename(renamed)])
    return both[~both.index.duplicated()]


def renamed(pair: str) -> str:
    """A pair's name in today's codes: ITPD-E has them, the guide and the goods the old ones."""
    return "-".join(sorted(OLD_CODES.get(code, code) for code in pair.split("-")))


def starts(panel: pd.DataFrame, cycle: Cycle, index: pd.DataFrame, age: int) -> list[Start]:
    """All origins of a panel, as the growth model learns from them, with shares of an age."""
    wide = flows.by_pair(panel)
    ahead = np.arange(1.0, model.MAX_HORIZON + 1)
    line = tl.growth_model().size_line
    found = []
    for origin in wide.columns[1:-1]:
        history = wide.loc[:, :origin].iloc[:, -model.LONGEST :]
        known = history >= pairs.FLOOR_MUSD
        steps = (known & known.shift(axis=1, fill_value=False)).sum(axis=1)
        history = history[known[origin] & (steps >= fit_module.LEAST_STEPS)]
        if len(history) < fit_module.LEAST_PAIRS:
            continue
        later = wide.loc[history.index].reindex(columns=origin + ahead.astype(int))
        growth = np.log(later.clip(lower=pairs.FLOOR_MUSD)).sub(np.log(history[origin]), axis=0)
        growth += model.cycle_at(cycle, origin) * model.returned(ahead)
        cross = pairs.cross_section(pairs.moments(history))
        signals = pairs.signals(history, size_line=line, cross=cross)
        years = range(origin - age - MEAN_OF + 1, origin - age + 1)
        mean = index.reindex(index=history.index, columns=years).mean(axis=1)
        concentration = np.log(mean).to_numpy() - MIDDLE
        found.append(Start(int(origin), signals, growth.to_numpy(), concentration))
    return found


def cases(start: Start, rows: pairs.Positions, horizons: Iterable[int]) -> Cases:
    """Episodes of rows of a start: concentration is the last signal of location and of scale."""
    concentration = np.nan_to_num(start.concentration)
    location = np.column_stack([start.signals.location, concentration])
    scale = np.column_stack([start.signals.scale, concentration])
    of_origin = rows.size / (rows.size + fit_module.HALF_PAIRS)
    parts = []
    for years in horizons:
        came = start.growth[:, years - 1]
        used = rows[np.isfinite(came[rows])]
        n = used.size
        if n >= fit_module.LEAST_OUTCOMES:
            columns = (location[used], scale[used], came[used], -start.signals.last[used])
            parts.append(Cases(*columns, np.full(n, years), np.full(n, of_origin / n)))
    return joined(parts)


def joined(parts: Iterable[Cases]) -> Cases:
    """Episodes one below the other."""
    return Cases(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def drawn(start: Start) -> Cases:
    """Episodes to learn from, of pairs drawn at an origin."""
    rows = np.random.default_rng(start.year).permutation(len(start.growth))[:PER_ORIGIN]
    return cases(start, rows, fit_module.HORIZONS)


def fitted(sample: Cases, form: str) -> Fit:
    """The growth model with concentration in the parts that a form names, or in none.

    Asymmetry is searched for with all else given, all else with episodes that are rid of it.
    """
    location, scale = sample.location.copy(), sample.scale.copy()
    location[:, -1] *= "L" in form  # a signal of zeros has a coefficient of zero
    scale[:, -1] *= "S" in form
    tilt = np.zeros(2)
    level = sample
    for _ in range(ROUNDS if "A" in form else 1):
        level = level._replace(location=location, scale=scale)
        fit = Fit(*least_crps(level, model.NODES), tilt)
        if "A" in form:
            tilt = minimize(tilted_crps, tilt, (fit, sample), "BFGS").x
            fit = fit._replace(tilt=tilt)
            level = without_tilt(sample, fit)
    fit.location[:, : pairs.DRIFT] *= fit_module.CARRIED
    return fit


def tilted_crps(tilt: Floats, fit: Fit, sample: Cases) -> float:
    """Weighted mean CRPS of a fit with another tilt."""
    forecast = growth_quantiles(sample, fit._replace(tilt=tilt), COARSE)
    crps = crps_quantiles(forecast, sample.growth, levels=COARSE)
    return float(np.average(crps, weights=sample.weight))


def without_tilt(sample: Cases, fit: Fit) -> Cases:
    """Episodes as far from their centres as if their pairs were of middling concentration."""
    centre, stretch = centres(sample, fit), stretches(sample, fit)
    far = [values - centre for values in (sample.growth, sample.low)]
    growth, low = (centre + np.where(d > 0, d / stretch, d * stretch) for d in far)
    return sample._replace(growth=growth, low=low)


def centres(sample: Cases, fit: Fit) -> Floats:
    """Location of each episode."""
    slopes = model.growing(sample.horizon.astype(float), sample.location.shape[1]) * fit.location[1]
    return np.asarray((sample.location * (fit.location[0] + slopes)).sum(axis=1))


def stretches(sample: Cases, fit: Fit) -> Floats:
    """How many times longer each upper tail is, and shorter each lower one."""
    tilt = fit.tilt[0] + np.log(sample.horizon) * fit.tilt[1]
    return np.asarray(np.exp(sample.scale[:, -1] * tilt))


def growth_quantiles(sample: Cases, fit: Fit, levels: Floats) -> Floats:
    """Quantiles of log growth, a row an episode."""
    h, position = np.unique(sample.horizon, return_inverse=True)
    line = np.stack([np.ones(h.size), np.log(h)], axis=1)
    shock = model.between_nodes(np.sort(line @ fit.shock), levels)[position]
    log_scale = (sample.scale * (line @ fit.scale)[position]).sum(axis=1)
    scale = np.exp(log_scale.clip(*model.LOG_SCALE))[:, None]
    stretch = stretches(sample, fit)[:, None]
    tilted = np.where(shock > 0, shock * stretch, shock / stretch)
    forecast = centres(sample, fit)[:, None] + scale * tilted
    return np.asarray(np.maximum(forecast, sample.low[:, None]))


def scored(fit: Fit, start: Start) -> pd.DataFrame:
    """Scores of pairs with known goods at an origin, a row a pair and horizon."""
    rows = np.flatnonzero(np.isfinite(start.concentration))
    if not rows.size:
        return pd.DataFrame()
    sample = cases(start, rows, SCORED)
    forecast = growth_quantiles(sample, fit, QUANTILES)
    columns = {
        "origin": start.year,
        "horizon": sample.horizon,
        "concentration": sample.scale[:, -1],
        "crps": crps_quantiles(forecast, sample.growth, levels=QUANTILES),
        "came": sample.growth,
        "mean": forecast.mean(axis=1),
    }
    places = np.searchsorted(QUANTILES, SHOWN)
    return pd.DataFrame(columns | dict(zip(SHOWN, forecast[:, places].T, strict=True)))


def eras_left_out(found: Mapping[str, list[Start]], form: str) -> pd.DataFrame:
    """Scores of a form, each third of a panel's origins by a fit without its years."""
    everything = [start for of_panel in found.values() for start in of_panel]
    parts = []
    for panel, thirds in THIRDS.items():
        for third, years in enumerate(thirds, 1):
            fit = fitted(joined(drawn(s) for s in everything if s.year not in years), form)
            tables = [scored(fit, start) for start in found[panel] if start.year in years]
            parts.append(pd.concat(tables).assign(panel=panel, third=third))
    return pd.concat(parts, ignore_index=True)


def gains(without: pd.DataFrame, by_form: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Gain with its band, and that of each third, in percent: a row a panel, horizon and form."""
    before = without.groupby(KEY)["crps"].mean()
    ratios = {}
    for form, scores in by_form.items():
        both = pd.DataFrame({"after": scores.groupby(KEY)["crps"].mean(), "before": before})
        for key, part in both.groupby(["panel", "horizon"]):
            least, most = band(*part.to_numpy().T, draws=DRAWS, rng=0)
            sums = part.groupby("third").sum()
            thirds = (sums["after"] / sums["before"]).add_prefix("third ")
            of_all = part["after"].sum() / part["before"].sum()
            ratios[*key, form] = {"gain": of_all, "low": most, "high": least, **thirds}
    return 100 * (1 - pd.DataFrame(ratios).T.sort_index(level=[0, 1], sort_remaining=False))


def by_quarter(scores: pd.DataFrame) -> pd.DataFrame:
    """Residuals and tails five years ahead by quarter of concentration, the origin's taken out.

    The residual is what came less the mean of the forecast, in logs; tails are outcomes outside the
    central 80 %, in percent.
    """
    table = scores[scores["horizon"] == max(SCORED)]
    key = [table["panel"], table["origin"]]
    rank = table["concentration"].groupby(key).rank(pct=True)
    low, middle, high = (table[level] for level in SHOWN)
    residual = table["came"] - table["mean"]
    came = table["came"] - (table["came"] - middle).groupby(key).transform("median")
    columns = {
        "residual": residual - residual.groupby(key).transform("mean"),
        "% below": 100 * (came < low),
        "% above": 100 * (came > high),
    }
    quarter = np.ceil(4 * rank).astype(int).rename("quarter")
    return pd.DataFrame(columns).groupby([table["panel"], quarter]).mean()


def main() -> None:
    """Print gains by form, residuals and tails by quarter, and gains of the best form by age."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    folder = parser.parse_args().panel_folder
    tables = panels(folder)
    cycle = dollar(folder, max(GDP.values()))
    index = herfindahl(folder)
    for age, forms in FORMS.items():
        found = {name: starts(tables[name], cycle, index, age) for name in THIRDS}
        without = eras_left_out(found, "")
        by_form = {form: eras_left_out(found, form) for form in forms}
        table = gains(without, by_form).round(2)
        print(f"Gain in CRPS, %, of shares {age} years old", table.to_string(), sep="\n")
        if age == 0:
            quarters = {"without": by_quarter(without), BEST: by_quarter(by_form[BEST])}
            table = pd.concat(quarters, axis=1).round(2)
            print(f"By quarter, {max(SCORED)} years ahead", table.to_string(), sep="\n")


if __name__ == "__main__":
    main()
