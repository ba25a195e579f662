"""Learn what gravity has to say: coefficients, the bundled pairs' potentials, and what is usual.

Usage:  python data/prepare/gravity_model.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds itpde_r1_total_2000_2016.parquet (USITC ITPD-E, Release 1),
cepii_geodist_dyadic.parquet (CEPII GeoDist), wdi_gdp_usd_1960_2023.parquet (World Bank), and for
comparison log_of_gravity_1990.parquet (Santos Silva and Tenreyro 2006) and
agtpa_applications_1986_2006.parquet (WTO/UN Advanced Guide). What ships is what was learned, no
pair's figures. Needs the `gravity` extra.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.errors import NoAnswerError
from tradelib.science.gravity import (
    GravityFit,
    GravityModel,
    fit_gravity,
    fitted_potential,
    potentials,
)

sys.path.insert(0, str(Path(__file__).parent))
from gravity_tables import ratio_table, rise_table

# The keyword arguments of one call of `fit_gravity`.
Options: TypeAlias = dict[str, Any]
# One row of a table of the model, by column.
Row: TypeAlias = dict[str, Any]


class Fitted(NamedTuple):
    """An equation fitted: what it is in words, and the fit."""

    words: str
    fit: GravityFit


# ITPD-E Release 1 was public by then.
KNOWN_FROM = "2020-12-31"
# Every fourth year to the last, so that trade has time to adjust between two of them.
YEARS = (2004, 2008, 2012, 2016)
# The pairs whose potentials ship, since no pair's figures do.
PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))
# GeoDist names these countries by codes that ITPD-E no longer uses.
OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS"}
# GeoDist's names of what two countries share, and ours.
GEODIST_TERMS = {
    "comlang_ethno": "language",
    "comcol": "same_coloniser",
    "smctry": "same_country",
}
# What the headline fit knows of two countries: GeoDist's distance, and what they share.
TERMS = ["ln_dist", "contig", "language", "colony", "same_coloniser", "same_country"]
# The columns that say between which countries a flow goes.
SIDES = ["exporter", "importer"]
# Effects of a country in a year stand for its size, prices and distance from all others.
BOTH = ["exporter_year", "importer_year"]
# Sizes of the two countries, for fits that do without their effects.
GDP = ["ln_gdp_exporter", "ln_gdp_importer"]
# All terms of the fits to the world: their coefficients ship, a textbook's others do not.
EVERY_TERM = [*TERMS, "ln_dist_weighted", *GDP]
# Fits whose covariances ship, for errors of what a change of GDP or of a term comes to.
WITH_COVARIANCE = ("effects", "gdp", "income")
# Fits that are carried on beyond the panel, so that each of their years is needed.
EVERY_YEAR = ("effects", "pair", "gdp")
# This fit only carries potentials of others beyond the panel's last year: none of it ships.
WITHOUT_POTENTIALS = "income"
# More digits would be of the estimator's tolerance, not of the data.
DIGITS = 6


def world(folder: Path) -> pd.DataFrame:
    """Every flow between countries that both sources name, zero where none is recorded."""
    folder = Path(folder)
    flows = pd.read_parquet(folder / "itpde_r1_total_2000_2016.parquet")
    flows = flows[flows["year"].isin(YEARS)].astype(dict.fromkeys(SIDES, "str"))
    distances = read_distances(folder)
    exporters = set(flows["exporter"])
    countries = sorted(exporters & set(flows["importer"]) & set(distances["exporter"]))
    square = pd.MultiIndex.from_product([countries, countries, YEARS], names=[*SIDES, "year"])
    table = square.to_frame(index=False).query("exporter != importer")
    table = table.merge(flows, how="left", on=[*SIDES, "year"])
    table = table.merge(distances, how="left", on=SIDES)
    table = table.rename(columns=GEODIST_TERMS)
    table["trade_musd"] = table["trade_musd"].astype("float64").fillna(0.0)
    table["ln_dist"] = np.log(table["dist"].astype("float64"))
    table["ln_dist_weighted"] = np.log(table["distw"].astype("float64"))
    log_gdp = read_log_gdp(folder)
    for side in SIDES:
        country_years = pd.MultiIndex.from_frame(table[[side, "year"]])
        table[f"ln_gdp_{side}"] = log_gdp.reindex(country_years).to_numpy()
    columns = [*SIDES, "year", "trade_musd", *EVERY_TERM]
    return table[columns].astype(dict.fromkeys(TERMS, "float64"))


def read_distances(folder: Path) -> pd.DataFrame:
    """CEPII's distances between countries, with the sides and codes that ITPD-E uses."""
    distances = pd.read_parquet(folder / "cepii_geodist_dyadic.parquet")
    distances = distances.rename(columns={"iso_o": "exporter", "iso_d": "importer"})
    distances = distances.astype(dict.fromkeys(SIDES, "str"))
    distances[SIDES] = distances[SIDES].replace(OLD_CODES)
    return distances


def read_log_gdp(folder: Path) -> pd.Series:
    """Logs of the World Bank's GDP, US$ million, by country and year."""
    gdp = pd.read_parquet(folder / "wdi_gdp_usd_1960_2023.parquet").astype({"iso3": "str"})
    gdp_musd = gdp.set_index(["iso3", "year"])["gdp_usd"] / 1e6
    return np.log(gdp_musd)


def log_of_gravity(folder: Path) -> pd.DataFrame:
    """The cross-section of Santos Silva and Tenreyro in tradelib's names; US$ thousand."""
    table = pd.read_parquet(Path(folder) / "log_of_gravity_1990.parquet")
    names = {
        "s2_ex": "exporter",
        "s1_im": "importer",
        "trade": "trade_musd",
        "ldist": "ln_dist",
        "border": "contig",
        "comlang": "language",
        "comfrt_wto": "fta",
        "open_wto": "open",
        "lypex": "ln_gdp_exporter",
        "lypim": "ln_gdp_importer",
        "lyex": "ln_gdp_head_exporter",
        "lyim": "ln_gdp_head_importer",
        "landl_ex": "landlocked_exporter",
        "landl_im": "landlocked_importer",
        "lremot_ex": "remote_exporter",
        "lremot_im": "remote_importer",
    }
    return table.rename(columns=names).drop(columns="ltrade").assign(year=1990)


def guide(folder: Path) -> pd.DataFrame:
    """Every fourth year of the WTO/UN guide's panel, in tradelib's names; domestic trade too."""
    table = pd.read_parquet(Path(folder) / "agtpa_applications_1986_2006.parquet")
    table = table[table["year"].isin(range(1986, 2007, 4))]
    table = table.rename(
        columns={"trade": "trade_musd", "cntg": "contig", "lang": "language", "clny": "colony"}
    ).astype(dict.fromkeys(SIDES, "str"))
    border = table["exporter"] != table["importer"]
    output = table.groupby(["exporter", "year"])["trade_musd"].transform("sum")
    spent = table.groupby(["importer", "year"])["trade_musd"].transform("sum")
    return table.assign(
        ln_dist=np.log(table["dist"]),
        ln_output=np.log(output),
        ln_spent=np.log(spent),
        border_year=np.where(border, table["year"], 0),
        border=border,
    )


def published(folder: Path) -> dict[str, tuple[pd.DataFrame, Options]]:
    """The equations of two textbooks, by name: the rows and options of each fit."""
    return {**log_of_gravity_equations(folder), **guide_equations(folder)}


def log_of_gravity_equations(folder: Path) -> dict[str, tuple[pd.DataFrame, Options]]:
    """The equations of Santos Silva and Tenreyro (2006): the rows and options of each fit."""
    flows = log_of_gravity(folder)
    positive = flows[flows["trade_musd"] > 0]
    near = ["ln_dist", "contig", "language", "colony"]
    sizes = [*GDP, "ln_gdp_head_exporter", "ln_gdp_head_importer"]
    places = ["landlocked_exporter", "landlocked_importer", "remote_exporter", "remote_importer"]
    every_term = [*sizes, *near, *places, "fta", "open"]
    full: Options = {"terms": every_term, "effects": [], "cluster": "none"}
    full_ols = full | {"estimator": "ols"}
    two_way: Options = {"terms": [*near, "fta"], "effects": SIDES, "cluster": "none"}
    two_way_ols = two_way | {"estimator": "ols"}
    return {
        "Log of Gravity, table 3, OLS": (flows, full_ols),
        "Log of Gravity, table 3, PPML of positive flows": (positive, full),
        "Log of Gravity, table 3, PPML": (flows, full),
        "Log of Gravity, table 5, OLS": (flows, two_way_ols),
        "Log of Gravity, table 5, PPML": (flows, two_way),
    }


def guide_equations(folder: Path) -> dict[str, tuple[pd.DataFrame, Options]]:
    """The equations of the WTO/UN guide's chapter 1: the rows and options of each fit."""
    flows = guide(folder)
    abroad = flows[flows["border"]]
    near = ["ln_dist", "contig", "language", "colony"]
    with_sizes = [*near, "ln_output", "ln_spent"]
    plain: Options = {"terms": with_sizes, "effects": [], "small_sample": "stata"}
    plain_ols = plain | {"estimator": "ols"}
    with_effects: Options = {"terms": near, "effects": BOTH, "small_sample": "stata"}
    effects_ols = with_effects | {"estimator": "ols"}
    return {
        "WTO/UN guide, chapter 1, OLS": (abroad, plain_ols),
        "WTO/UN guide, chapter 1, OLS with effects": (abroad, effects_ols),
        "WTO/UN guide, chapter 1, PPML with effects": (abroad, with_effects),
    }


def equations(table: pd.DataFrame) -> dict[str, tuple[str, pd.DataFrame, Options]]:
    """The equations fitted to the world, by name: words, rows and options."""
    positive = table[table["trade_musd"] > 0]
    headline: Options = {"terms": TERMS}
    sized = [*GDP, *TERMS]
    gdp: Options = {"terms": sized, "effects": ["year"], "cluster": "countries"}
    income: Options = {"terms": sized, "effects": SIDES, "cluster": "countries"}
    border: Options = {"terms": ["ln_dist", "contig"]}
    pair: Options = {"terms": [], "effects": [*BOTH, "pair"]}
    weighted: Options = {"terms": ["ln_dist_weighted", *TERMS[1:]]}
    return {
        "effects": ("country effects by year: the headline", table, headline),
        "pair": ("the same with the pair's own average", table, pair),
        "gdp": ("GDPs in place of country effects", table, gdp),
        "income": ("GDPs beside constant country effects", table, income),
        "distance and border": ("without language and past", table, border),
        "weighted distance": ("distance between people", table, weighted),
        "positive flows": ("without zeros", positive, headline),
    }


def described(name: str, words: str, fit: GravityFit) -> Row:
    """One row of what a fit used."""
    zeros = int((fit.rows["trade_musd"] == 0).sum())
    return {
        "fit": name,
        "words": words,
        "flows": len(fit.rows),
        "zeros": zeros,
        "dropped": len(fit.dropped),
    }


def of_pairs(name: str, fit: GravityFit) -> Iterator[Row]:
    """Potentials of the bundled pairs: in every year for what is carried on, else in the last."""
    years = YEARS if name in EVERY_YEAR else YEARS[-1:]
    for reporter, partner in PAIRS:
        for year in years:
            try:
                potential = fitted_potential(fit, reporter, partner, year=year)
            except NoAnswerError:  # a direction without trade, dropped where zeros or pairs are
                continue
            yield {
                "fit": name,
                "reporter": reporter,
                "partner": partner,
                "year": year,
                "export_musd": potential.export_musd,
                "import_musd": potential.import_musd,
                "log_error": potential.log_error,
            }


def shipped_coefficients(name: str, fit: GravityFit) -> pd.DataFrame:
    """Coefficients of a fit that ship, a row a term."""
    coefficients = fit.coefficients.rename_axis("term").reset_index().assign(fit=name)
    return coefficients[coefficients["term"].isin(EVERY_TERM)]


def shipped_covariance(name: str, fit: GravityFit) -> pd.DataFrame:
    """Covariances of a fit that ship, a row two terms: of GDPs, and of all others, not of both."""
    square = fit.covariance.rename_axis("term").reset_index()
    long = square.melt(id_vars="term", var_name="other", value_name="value")
    alike = long["term"].isin(GDP) == long["other"].isin(GDP)
    return long[alike].assign(fit=name)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The table with floats of six significant digits."""
    floats = table.select_dtypes("float64")
    return table.assign(**floats.map(significant))


def significant(value: float) -> float:
    """A number of six significant digits."""
    return float(f"{value:.{DIGITS}g}")


def model(folder: Path) -> GravityModel:
    """The model that ships."""
    table = world(folder)
    fits_to_world = {
        name: Fitted(words, fit_gravity(rows, **options))
        for name, (words, rows, options) in equations(table).items()
    }
    fits_of_textbooks = {
        name: Fitted(name, fit_gravity(rows, **options))
        for name, (rows, options) in published(folder).items()
    }
    descriptions = []
    coefficients = []
    covariances = []
    pair_potentials: list[Row] = []
    for name, (words, fit) in {**fits_to_world, **fits_of_textbooks}.items():
        descriptions.append(described(name, words, fit))
        coefficients.append(shipped_coefficients(name, fit))
        if name in WITH_COVARIANCE:
            covariances.append(shipped_covariance(name, fit))
        if name in fits_to_world and name != WITHOUT_POTENTIALS:
            pair_potentials += of_pairs(name, fit)
    usual = potentials(fits_to_world["effects"].fit)
    coefficient_table = pd.concat(coefficients)[["fit", "term", "estimate", "std_error"]]
    covariance_table = pd.concat(covariances)[["fit", "term", "other", "value"]]
    potential_table = pd.DataFrame(pair_potentials)
    return GravityModel(
        fits=pd.DataFrame(descriptions),
        coefficients=rounded(coefficient_table),
        covariance=rounded(covariance_table),
        potentials=rounded(potential_table),
        ratios=rounded(ratio_table(usual)),
        rises=rounded(rise_table(usual)),
        trained_on=trained_on(table),
        known_from=KNOWN_FROM,
    )


def trained_on(table: pd.DataFrame) -> str:
    """What the fits to the world were learned from, in words."""
    countries = set(table["exporter"])
    years = ", ".join(map(str, YEARS))
    sources = "USITC ITPD-E, Release 1; CEPII GeoDist; World Bank"
    return f"{len(table):,} flows between {len(countries)} countries in {years} ({sources})"


def as_text(content: dict[str, Any]) -> str:
    """The model's file: JSON with a line a row of each table."""
    compact = json.dumps(content, separators=(",", ":"))
    lines = compact.replace('},"', '},\n"').replace("],[", "],\n[")
    return lines + "\n"


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    learned = model(options.panel_folder)
    text = as_text(learned.to_dict())
    (options.out / "gravity_model.json").write_text(text)
    print(learned.summary())


if __name__ == "__main__":
    main()
