"""Learn the growth model, one vintage a day on which its data were public.

Usage:  python data/prepare/growth_model.py PANEL_FOLDER [--out FOLDER] [--eras]

PANEL_FOLDER holds pair_turnover_2000_2016.parquet and itpde_r1_total_2000_2016.parquet (USITC
ITPD-E, Release 1), agtpa_applications_1986_2006.parquet (WTO/UN guide) and
national_partner_totals.parquet (statistical offices). Of the first two each is used twice: both
directions of a pair added, and one direction alone, as one importer reports it. Kazakhstan's trade
with Turkmenistan is in none. wdi_gdp_usd_1960_2023.parquet and the same to 2024 (World Bank) say
the dollar's cycle, and data/gdp_2025.csv its newest year.

Each vintage also says what eras did: how far pairs' growth lay from what it says of them, for each
year that growth began in (`eras`), and from five years on what the growth that all pairs share
would do. ``--eras`` learns only that anew, for the models that ship.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from tradelib import codes
from tradelib.core import flows
from tradelib.science.forecasting import GrowthModel, fit_growth_model, panel_quantiles
from tradelib.science.forecasting.fit import SHARED, SHARED_POWER
from tradelib.science.forecasting.growth_model import MAX_HORIZON

# The dollar's cycle: each year with its value.
Cycle: TypeAlias = tuple[tuple[int, float], ...]
# Panels of pairs (pair, year, turnover_musd), by source.
Panels: TypeAlias = Mapping[str, pd.DataFrame]

# Offices whose trade with every partner is learned from. Kazakhstan's is left out.
OFFICES = {
    "USA": "US Census Bureau",
    "KGZ": "National Statistical Committee of Kyrgyzstan",
    "UZB": "Statistics Agency of Uzbekistan",
    "ARM": "Armstat",
    "RUS": "Federal Customs Service of Russia",
}
# Their zeros stand for unknown as often as for none.
UNKNOWN_ZEROS = ("UZB", "ARM")
# Day each vintage was known from, and the last year of the offices' totals by then.
VINTAGES = {"2020-12-31": 2018, "2022-06-30": 2021, "2025-02-28": 2024}
# The last GDP figures by then: the World Bank's come out in July of the next year.
GDP = {"2020-12-31": 2019, "2022-06-30": 2020, "2025-02-28": 2023}
# Day on which the figures to 2023 were out: no older vintage of the World Bank's is at hand, so the
# models known before it read years as they were revised later.
GDP_OUT = "2024-07-01"
# Days on which a later year of GDP was out: the newest model with a longer cycle of the dollar.
LATER_GDP = {"2025-07-01": 2024, "2026-07-01": 2025}
# GDP of 2024 and 2025 in one vintage, of 186 economies: enough for a median.
NEWEST_GDP = Path(__file__).parents[1] / "gdp_2025.csv"
# Years of growth in dollars that say how dear the world has become: two thirds of a full cycle,
# such as 1985 to 2001.
CYCLE_YEARS = 10
# The article's pair is judged by the model, so the model learns nothing from it.
LEFT_OUT = "KAZ-TKM"
# Panels that eras are read from: many partners, decades, one of each source.
WORLDS = ("ITPD-E", "guide", "USA")
# Pairs whose growth is known that a panel needs in a start year.
FEW = 15
# A history is read as users' are: its last 25 years, of which three years or more are known.
YEARS_READ = 25
YEARS_NEEDED = 3
# From so many years ahead on, thirds of eras are those of the growth that all pairs share: thirty
# start years hold six such eras, and on panels that were left out their thirds were too narrow.
SHARED_FROM = 5
# Mean of the upper third of a standard normal distribution.
UPPER_THIRD = 1.0909
# Trade below US$1m counts as US$1m, as the model has it.
FLOOR_MUSD = 1
# The model's file gives logs four digits: a hundredth of a percent.
DIGITS = 4


def turnover(directed: pd.DataFrame, *, one_direction: bool = False) -> pd.DataFrame:
    """A panel of pairs from directed flows: pair, year, turnover_musd.

    Of both directions, or of one: which of them depends on the pair's name alone, so that about
    half of the pairs are read as the importer that comes first by name reports them.
    """
    abroad = directed[directed["exporter"].astype(str) != directed["importer"].astype(str)]
    sides = abroad[["exporter", "importer"]].astype(str).to_numpy()
    exporter = sides[:, 0]
    importer = sides[:, 1]
    in_order = exporter < importer
    pair = np.where(in_order, exporter + "-" + importer, importer + "-" + exporter)
    years = abroad["year"].astype(int).to_numpy()
    table = pd.DataFrame({"pair": pair, "year": years, "turnover_musd": abroad["trade"]})
    if one_direction:
        reads_in_order = table["pair"].map(is_even).to_numpy()
        table = table[reads_in_order == in_order]
    return table.groupby(["pair", "year"], as_index=False)["turnover_musd"].sum()


def is_even(pair: str) -> bool:
    """Whether the letters of a pair's name sum to an even number: a coin that falls the same."""
    return sum(map(ord, pair)) % 2 == 0


def national(folder: Path) -> dict[str, pd.DataFrame]:
    """One office's turnover with each partner, where both directions are known, by office."""
    table = pd.read_parquet(Path(folder) / "national_partner_totals.parquet")
    table = table[table["flow"].isin(["export", "import"])]
    offices = {}
    for office in OFFICES:
        reported = table[table["reporter"] == office]
        both = reported.groupby(["partner", "year", "flow"])["value_mn"].sum().unstack()
        if office in UNKNOWN_ZEROS:
            both = both.where(both > 0)
        total = both.sum(axis=1, min_count=2)
        total = total.dropna().rename("turnover_musd").reset_index()
        total["pair"] = ["-".join(sorted([office, partner])) for partner in total["partner"]]
        total["year"] = total["year"].astype(int)
        offices[office] = total[["pair", "year", "turnover_musd"]]
    return offices


def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """The panels by name: both sources, each twice, and the offices."""
    folder = Path(folder)
    late = pd.read_parquet(folder / "pair_turnover_2000_2016.parquet")
    directed = pd.read_parquet(folder / "itpde_r1_total_2000_2016.parquet")
    directed = directed.rename(columns={"trade_musd": "trade"})
    early = pd.read_parquet(folder / "agtpa_applications_1986_2006.parquet")
    tables = {
        "ITPD-E": late.assign(pair=late["pair"].astype(str)),
        "ITPD-E, one direction": turnover(directed, one_direction=True),
        "guide": turnover(early),
        "guide, one direction": turnover(early, one_direction=True),
        **national(folder),
    }
    return {name: table[table["pair"] != LEFT_OUT] for name, table in tables.items()}


def dollar(folder: Path, last: int) -> Cycle:
    """The dollar's cycle, a year and a value each, from GDP figures up to the year `last`.

    The median country's GDP in dollars grew so much more over ten years than that of the USA, in
    logs, beyond ten times the usual gain a year since the figures begin. Growth a year is the
    median's, so that countries may come and go; no year looks at a later one.
    """
    file = "wdi_gdp_usd_1960_2023.parquet" if last <= 2023 else "wdi_gdp_usd_1960_2024.parquet"
    steps = log_growth(pd.read_parquet(Path(folder) / file)).loc[:, :last]
    gain = gain_on_usa(steps)
    if last == 2025:  # from one vintage: growth across two would be a revision
        newest = log_growth(pd.read_csv(NEWEST_GDP))
        gain = pd.concat([gain, gain_on_usa(newest)])
    usual_gain = gain.expanding().mean()
    beyond_usual = gain.rolling(CYCLE_YEARS).sum() - CYCLE_YEARS * usual_gain
    by_year = beyond_usual.dropna().items()
    return tuple((int(year), round(value, DIGITS)) for year, value in by_year)


def log_growth(gdp: pd.DataFrame) -> pd.DataFrame:
    """Growth of GDP in logs, a row a country, a column a year from the second on.

    The World Bank's file also has groups of countries, which are no countries.
    """
    of_countries = gdp.astype({"iso3": "str"})
    of_countries = of_countries[of_countries["iso3"].map(codes.known)]
    wide = of_countries.pivot(index="iso3", columns="year", values="gdp_usd")
    logs = np.log(wide)
    return logs.diff(axis=1).drop(columns=logs.columns[0])


def gain_on_usa(steps: pd.DataFrame) -> pd.Series:
    """Growth of the median country less that of the USA, by year."""
    return steps.drop(index="USA").median() - steps.loc["USA"]


def known(tables: Panels, last: int) -> dict[str, pd.DataFrame]:
    """The panels by name, with the offices' totals up to the year `last`."""
    return {
        name: table[table["year"] <= last] if name in OFFICES else table
        for name, table in tables.items()
    }


def words(tables: Panels, cycle: Cycle, day: str) -> str:
    """What a vintage was trained on, as a text; and that it reads GDP figures revised after it."""
    pairs = {name: f"{table['pair'].nunique():,}" for name, table in tables.items()}
    offices = []
    for office, name in OFFICES.items():
        years = tables[office]["year"]
        offices.append(f"{pairs[office]} of {years.min()}-{years.max()} ({name})")
    first_gdp = cycle[0][0] - CYCLE_YEARS
    last_gdp = cycle[-1][0]
    revised = f", as revised by {GDP_OUT}" if day < GDP_OUT else ""
    return (
        f"{pairs['ITPD-E']} pairs of 2000-2016 (USITC ITPD-E, Release 1) and {pairs['guide']} "
        "pairs of 1986-2006 (WTO/UN Advanced Guide data), each with both directions and with one "
        "direction alone, and pairs as one office reports them, through third parties' copies: "
        + ", ".join(offices)
        + f"; of the dollar, GDP of {first_gdp}-{last_gdp} (World Bank{revised})"
    )


def drift(table: pd.DataFrame, model: GrowthModel) -> pd.DataFrame:
    """Median over pairs of log growth less the model's median, by start year, a column a horizon.

    Each pair is read on its own, from its last 25 years, and counts if the model could forecast it
    from three years or more. Trade that fell below US$1m counts as US$1m, as the model has it.
    """
    wide = flows.by_pair(table)
    horizons = np.arange(1, MAX_HORIZON + 1)
    drifts = {}
    for start in wide.columns[YEARS_NEEDED - 1 : -1]:
        history = wide.loc[:, :start].iloc[:, -YEARS_READ:]
        enough_years = (history >= FLOOR_MUSD).sum(axis=1) >= YEARS_NEEDED
        usable = (history[start] >= FLOOR_MUSD) & enough_years
        history = history[usable].reset_index(drop=True)
        if len(history) < FEW:
            continue
        later = wide[usable].reindex(columns=start + horizons)
        later = later.clip(lower=FLOOR_MUSD).to_numpy()
        median = panel_quantiles(history, horizons=horizons, quantiles=[0.5], model=model)
        beyond = np.log(later / median[:, :, 0])
        too_few = np.isfinite(beyond).sum(axis=0) < FEW
        drifts[start] = pd.DataFrame(beyond).median().mask(too_few).to_numpy()
    return pd.DataFrame(drifts, index=horizons).T


def eras(tables: Panels, model: GrowthModel) -> GrowthModel:
    """The model with what the best, middle and worst third of eras did beyond it.

    Up to four years ahead, eras are start years, sorted at each horizon anew by the mean drift of
    the panels that know them. All panels are in the fit, so what is left is what the model does not
    carry from era to era. From five years on the thirds are of the growth that all pairs share.
    """
    drifts = pd.concat([drift(tables[name], model) for name in WORLDS])
    mean = drifts.groupby(level=0).mean()
    drifts_by_horizon = []
    starts_by_horizon = []
    for horizon in mean:
        if horizon >= SHARED_FROM:
            third = UPPER_THIRD * SHARED * (horizon / 5) ** SHARED_POWER
            drifts_by_horizon.append([round(third, DIGITS), 0.0, round(-third, DIGITS)])
            starts_by_horizon.append(["", "", ""])
            continue
        by_drift = mean[horizon].dropna().sort_values()
        worst_first = np.array_split(by_drift.index, 3)
        thirds = worst_first[::-1]
        drifts_by_horizon.append(
            [round(mean.loc[third, horizon].mean(), DIGITS) for third in thirds]
        )
        starts_by_horizon.append([spans(third) for third in thirds])
    return replace(
        model,
        eras=tuple(zip(*drifts_by_horizon, strict=True)),
        era_starts=tuple(zip(*starts_by_horizon, strict=True)),
    )


def spans(years: Iterable[int]) -> str:
    """Years in words, neighbours as a span: "1999, 2002-2003"."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(span(run) for run in runs)


def span(run: list[int]) -> str:
    """Neighbouring years in words: "2002-2003", or "1999" if there is one."""
    return f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0])


def vintage(tables: Panels, day: str, cycle: Cycle) -> GrowthModel:
    """The model as it could be known from a day."""
    public = known(tables, VINTAGES[day])
    trained_on = words(public, cycle, day)
    model = fit_growth_model(public, cycle=cycle, trained_on=trained_on, known_from=day)
    return eras(public, model)


def shipped(tables: Panels, folder: Path) -> list[GrowthModel]:
    """The models in the folder `data` with their eras learned anew."""
    content = json.loads((Path(folder) / "growth_model.json").read_text())
    models = [GrowthModel.from_dict(numbers) for numbers in content["vintages"]]
    fitted = [model for model in models if model.known_from in VINTAGES]
    return [eras(known(tables, VINTAGES[model.known_from]), model) for model in fitted]


def with_later_gdp(models: Sequence[GrowthModel], folder: Path) -> list[GrowthModel]:
    """Models and, after the newest, the same with the dollar's cycle of each later GDP."""
    newest = models[-1]
    longer = []
    for day, last_gdp in LATER_GDP.items():
        cycle = dollar(folder, last_gdp)
        trained_on = newest.trained_on.replace(f"-{GDP[newest.known_from]} (", f"-{last_gdp} (")
        longer.append(replace(newest, cycle=cycle, trained_on=trained_on, known_from=day))
    return [*models, *longer]


def main() -> None:
    """Write every vintage, the oldest first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--eras", action="store_true", help="keep the models, learn their eras")
    options = parser.parse_args()
    tables = panels(options.panel_folder)
    if options.eras:
        models = shipped(tables, Path(__file__).parents[1])
    else:
        models = []
        for day, last_gdp in GDP.items():
            cycle = dollar(options.panel_folder, last_gdp)
            models.append(vintage(tables, day, cycle))
    models = with_later_gdp(models, options.panel_folder)
    text = json.dumps({"vintages": [model.to_dict() for model in models]}, indent=1)
    (options.out / "growth_model.json").write_text(text + "\n")
    for model in models:
        print(model.summary())


if __name__ == "__main__":
    main()
