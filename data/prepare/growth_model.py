"""Learn the growth model, one vintage a day on which its data were public.

Usage:  python data/prepare/growth_model.py PANEL_FOLDER [--out FOLDER] [--eras]

PANEL_FOLDER holds pair_turnover_2000_2016.parquet and itpde_r1_total_2000_2016.parquet (USITC
ITPD-E, Release 1), agtpa_applications_1986_2006.parquet (WTO/UN guide) and
national_partner_totals.parquet (statistical offices). Of the first two each is used twice: both
directions of a pair added, and one direction alone, as one importer reports it. Kazakhstan's trade
with Turkmenistan is in none. wdi_gdp_usd_1960_2023.parquet (World Bank) says the dollar's cycle.

Each vintage also says what eras did: how far pairs' growth lay from what it says of them, for each
year that growth began in (`eras`). ``--eras`` learns only that anew, for the models that ship.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground import flows
from tradelib.science.outlook import GrowthModel, fit_growth_model, panel_quantiles
from tradelib.science.outlook.growth_model import MAX_HORIZON

# The dollar's cycle: each year with its value.
Cycle: TypeAlias = tuple[tuple[int, float], ...]

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
# Years of growth in dollars that say how dear the world has become: two thirds of a full cycle,
# such as 1985 to 2001.
TEN = 10
LEFT_OUT = "KAZ-TKM"
# Panels that eras are read from: many partners, decades, one of each source.
WORLDS = ("ITPD-E", "guide", "USA")
# Pairs whose growth is known that a panel needs in a start year.
FEW = 15


def turnover(flows: pd.DataFrame, *, one: bool = False) -> pd.DataFrame:
    """A panel of pairs from directed flows; of one direction alone, the partner first by name."""
    away = flows[flows["exporter"].astype(str) != flows["importer"].astype(str)]
    sides = away[["exporter", "importer"]].astype(str).to_numpy()
    first = sides[:, 0] < sides[:, 1]
    pair = np.where(first, sides[:, 0] + "-" + sides[:, 1], sides[:, 1] + "-" + sides[:, 0])
    table = pd.DataFrame(
        {"pair": pair, "year": away["year"].astype(int).to_numpy(), "turnover_musd": away["trade"]}
    )
    if one:
        even = table["pair"].map(lambda name: sum(map(ord, name)) % 2 == 0).to_numpy()
        table = table[even == first]
    return table.groupby(["pair", "year"], as_index=False)["turnover_musd"].sum()


def national(folder: Path) -> dict[str, pd.DataFrame]:
    """One office's turnover with each partner, where both directions are known, by office."""
    table = pd.read_parquet(Path(folder) / "national_partner_totals.parquet")
    table = table[table["flow"].isin(["export", "import"])]
    offices = {}
    for office in OFFICES:
        keys = ["partner", "year", "flow"]
        both = table[table["reporter"] == office].groupby(keys)["value_mn"].sum().unstack()
        both = both.where(both > 0) if office in UNKNOWN_ZEROS else both
        total = both.sum(axis=1, min_count=2).dropna().rename("turnover_musd").reset_index()
        total["pair"] = ["-".join(sorted([office, partner])) for partner in total["partner"]]
        total["year"] = total["year"].astype(int)
        offices[office] = total[["pair", "year", "turnover_musd"]]
    return offices


def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """Both sources, each twice, and the offices."""
    folder = Path(folder)
    late = pd.read_parquet(folder / "pair_turnover_2000_2016.parquet")
    flows = pd.read_parquet(folder / "itpde_r1_total_2000_2016.parquet")
    early = pd.read_parquet(folder / "agtpa_applications_1986_2006.parquet")
    flows = flows.rename(columns={"trade_musd": "trade"})
    tables = {
        "ITPD-E": late.assign(pair=late["pair"].astype(str)),
        "ITPD-E, one direction": turnover(flows, one=True),
        "guide": turnover(early),
        "guide, one direction": turnover(early, one=True),
        **national(folder),
    }
    return {name: table[table["pair"] != LEFT_OUT] for name, table in tables.items()}


def dollar(folder: Path, last: int) -> Cycle:
    """The dollar's cycle, a year and a value each, from GDP figures up to a year.

    The median country's GDP in dollars grew so much more over ten years than that of the USA, in
    logs, beyond ten times the usual gain a year since the figures begin. Growth a year is the
    median's, so that countries may come and go; no year looks at a later one.
    """
    gdp = pd.read_parquet(Path(folder) / "wdi_gdp_usd_1960_2023.parquet").astype({"iso3": "str"})
    logs = np.log(gdp.pivot(index="iso3", columns="year", values="gdp_usd").loc[:, :last])
    steps = logs.diff(axis=1).drop(columns=logs.columns[0])
    gain = steps.drop(index="USA").median() - steps.loc["USA"]
    above = gain.rolling(TEN).sum() - TEN * gain.expanding().mean()
    return tuple((int(year), round(value, 4)) for year, value in above.dropna().items())


def known(tables: Mapping[str, pd.DataFrame], last: int) -> dict[str, pd.DataFrame]:
    """The panels with the offices' totals up to a year."""
    return {
        name: table[table["year"] <= last] if name in OFFICES else table
        for name, table in tables.items()
    }


def words(tables: Mapping[str, pd.DataFrame], cycle: Cycle) -> str:
    """What a vintage was trained on."""
    pairs = {name: f"{table['pair'].nunique():,}" for name, table in tables.items()}
    offices = [
        f"{pairs[office]} of {tables[office]['year'].min()}-{tables[office]['year'].max()} ({name})"
        for office, name in OFFICES.items()
    ]
    return (
        f"{pairs['ITPD-E']} pairs of 2000-2016 (USITC ITPD-E, Release 1) and {pairs['guide']} "
        "pairs of 1986-2006 (WTO/UN Advanced Guide data), each with both directions and with one "
        "direction alone, and pairs as one office reports them, through third parties' copies: "
        + ", ".join(offices)
        + f"; of the dollar, GDP of {cycle[0][0] - TEN}-{cycle[-1][0]} (World Bank)"
    )


def drift(table: pd.DataFrame, model: GrowthModel) -> pd.DataFrame:
    """Median over pairs of log growth less the model's median, by start year, a column a horizon.

    Each pair is read on its own, from its last 25 years, and counts if the model could forecast it
    from three years or more. Trade that fell below US$1m counts as US$1m, as the model has it.
    """
    wide = flows.by_pair(table)
    horizons = np.arange(1, MAX_HORIZON + 1)
    drifts = {}
    for start in wide.columns[2:-1]:
        history = wide.loc[:, :start].iloc[:, -25:]
        good = (history[start] >= 1) & ((history >= 1).sum(axis=1) >= 3)
        history = history[good].reset_index(drop=True)
        if len(history) < FEW:
            continue
        later = wide[good].reindex(columns=start + horizons).clip(lower=1).to_numpy()
        median = panel_quantiles(history, horizons=horizons, quantiles=[0.5], model=model)
        beyond = np.log(later / median[:, :, 0])
        few = np.isfinite(beyond).sum(axis=0) < FEW
        drifts[start] = pd.DataFrame(beyond).median().mask(few).to_numpy()
    return pd.DataFrame(drifts, index=horizons).T


def eras(tables: Mapping[str, pd.DataFrame], model: GrowthModel) -> GrowthModel:
    """The model with what the best, middle and worst third of start years did beyond it.

    Start years are sorted at each horizon anew, by the mean drift of the panels that know them. All
    panels are in the fit, so what is left is what the model does not carry from era to era. Start
    years overlap: three thirds of thirty years hold far fewer independent eras.
    """
    each = pd.concat([drift(tables[name], model) for name in WORLDS])
    mean = each.groupby(level=0).mean()
    thirds = [np.array_split(mean[h].dropna().sort_values().index, 3)[::-1] for h in mean]
    moved = [[round(mean.loc[third, h].mean(), 4) for third in thirds[h - 1]] for h in mean]
    began = [[spans(third) for third in three] for three in thirds]
    return replace(
        model,
        eras=tuple(zip(*moved, strict=True)),
        era_starts=tuple(zip(*began, strict=True)),
    )


def spans(years: Iterable[int]) -> str:
    """Years in words, neighbours as a span."""
    runs = groupby(enumerate(sorted(years)), key=lambda item: item[1] - item[0])
    runs = [[year for _, year in run] for _, run in runs]
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


def vintage(tables: Mapping[str, pd.DataFrame], day: str, cycle: Cycle) -> GrowthModel:
    """The model as it could be known from a day."""
    seen = known(tables, VINTAGES[day])
    model = fit_growth_model(seen, cycle=cycle, trained_on=words(seen, cycle), known_from=day)
    return eras(seen, model)


def shipped(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[GrowthModel]:
    """The models in data/ with their eras learned anew."""
    held = json.loads((Path(folder) / "growth_model.json").read_text())["vintages"]
    models = map(GrowthModel.from_dict, held)
    return [eras(known(tables, VINTAGES[model.known_from]), model) for model in models]


def main() -> None:
    """Write every vintage, the oldest first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--eras", action="store_true", help="keep the models, learn their eras")
    options = parser.parse_args()
    tables = panels(options.panel_folder)
    again = shipped(tables, Path(__file__).parents[1]) if options.eras else None
    models = again or [vintage(tables, day, dollar(options.panel_folder, GDP[day])) for day in GDP]
    text = json.dumps({"vintages": [model.to_dict() for model in models]}, indent=1)
    (options.out / "growth_model.json").write_text(text + "\n")
    for model in models:
        print(model.summary())


if __name__ == "__main__":
    main()
