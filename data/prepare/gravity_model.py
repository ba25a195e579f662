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
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground.errors import NoAnswerError
from tradelib.science.gravity import (
    GravityFit,
    GravityModel,
    fit_gravity,
    fitted_potential,
    potentials,
)

sys.path.insert(0, str(Path(__file__).parent))
from gravity_tables import ratio_table, rise_table

KNOWN_FROM = "2020-12-31"
YEARS = (2004, 2008, 2012, 2016)
PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))
OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS"}
TERMS = ["ln_dist", "contig", "language", "colony", "same_coloniser", "same_country"]
SIDES = ["exporter", "importer"]
BOTH = ["exporter_year", "importer_year"]
GDP = ["ln_gdp_exporter", "ln_gdp_importer"]
DIGITS = 6


def world(folder: Path) -> pd.DataFrame:
    """Every flow between countries known to both sources, zero where none is recorded."""
    folder = Path(folder)
    flows = pd.read_parquet(folder / "itpde_r1_total_2000_2016.parquet")
    flows = flows[flows["year"].isin(YEARS)].astype(dict.fromkeys(SIDES, "str"))
    far = pd.read_parquet(folder / "cepii_geodist_dyadic.parquet")
    far = far.rename(columns={"iso_o": "exporter", "iso_d": "importer"}).astype(
        dict.fromkeys(SIDES, "str")
    )
    far[SIDES] = far[SIDES].replace(OLD_CODES)
    known = sorted(set(flows["exporter"]) & set(flows["importer"]) & set(far["exporter"]))
    square = pd.MultiIndex.from_product([known, known, YEARS], names=[*SIDES, "year"])
    square = square.to_frame(index=False).query("exporter != importer")
    table = square.merge(flows, how="left", on=[*SIDES, "year"]).merge(far, how="left", on=SIDES)
    table = table.assign(
        trade_musd=table["trade_musd"].astype("float64").fillna(0.0),
        ln_dist=np.log(table["dist"].astype("float64")),
        ln_dist_weighted=np.log(table["distw"].astype("float64")),
        language=table["comlang_ethno"],
        same_coloniser=table["comcol"],
        same_country=table["smctry"],
    )
    gdp = pd.read_parquet(folder / "wdi_gdp_usd_1960_2023.parquet").astype({"iso3": "str"})
    logs = np.log(gdp.set_index(["iso3", "year"])["gdp_usd"] / 1e6)
    for side in SIDES:
        at = pd.MultiIndex.from_frame(table[[side, "year"]])
        table[f"ln_gdp_{side}"] = logs.reindex(at).to_numpy()
    wanted = [*SIDES, "year", "trade_musd", *TERMS, "ln_dist_weighted", *GDP]
    return table[wanted].astype(dict.fromkeys(TERMS, "float64"))


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
    output, spent = (table.groupby([side, "year"])["trade_musd"].transform("sum") for side in SIDES)
    return table.assign(
        ln_dist=np.log(table["dist"]),
        ln_output=np.log(output),
        ln_spent=np.log(spent),
        border_year=np.where(border, table["year"], 0),
        border=border,
    )


def published(folder: Path) -> dict[str, tuple[pd.DataFrame, dict[str, Any]]]:
    """The equations of two textbooks, by name: how each is fitted."""
    near = ["ln_dist", "contig", "language", "colony"]
    old, new = log_of_gravity(folder), guide(folder)
    sizes = [*GDP, "ln_gdp_head_exporter", "ln_gdp_head_importer"]
    places = [f"{what}_{side}" for what in ("landlocked", "remote") for side in SIDES]
    full = {"terms": [*sizes, *near, *places, "fta", "open"], "effects": [], "cluster": "none"}
    away = new[new["border"]]
    grown = [*near, "ln_output", "ln_spent"]
    two_way = {"terms": [*near, "fta"], "effects": SIDES, "cluster": "none"}
    return {
        "Log of Gravity, table 3, OLS": (old, {**full, "estimator": "ols"}),
        "Log of Gravity, table 3, PPML of positive flows": (old[old["trade_musd"] > 0], full),
        "Log of Gravity, table 3, PPML": (old, full),
        "Log of Gravity, table 5, OLS": (old, {**two_way, "estimator": "ols"}),
        "Log of Gravity, table 5, PPML": (old, two_way),
        "WTO/UN guide, chapter 1, OLS": (
            away,
            {"terms": grown, "effects": [], "estimator": "ols", "small_sample": "stata"},
        ),
        "WTO/UN guide, chapter 1, OLS with effects": (
            away,
            {"terms": near, "effects": BOTH, "estimator": "ols", "small_sample": "stata"},
        ),
        "WTO/UN guide, chapter 1, PPML with effects": (
            away,
            {"terms": near, "effects": BOTH, "small_sample": "stata"},
        ),
    }


def equations(table: pd.DataFrame) -> dict[str, tuple[str, pd.DataFrame, dict[str, Any]]]:
    """The equations fitted to the world, by name: words, rows and options."""
    two = {"cluster": "countries"}
    weighted = ["ln_dist_weighted", *TERMS[1:]]
    return {
        "effects": ("country effects by year: the headline", table, {"terms": TERMS}),
        "pair": (
            "the same with the pair's own average",
            table,
            {"terms": [], "effects": [*BOTH, "pair"]},
        ),
        "gdp": (
            "GDPs in place of country effects",
            table,
            {"terms": [*GDP, *TERMS], "effects": ["year"], **two},
        ),
        "income": (
            "GDPs beside constant country effects",
            table,
            {"terms": [*GDP, *TERMS], "effects": SIDES, **two},
        ),
        "distance and border": ("without language and past", table, {"terms": TERMS[:2]}),
        "weighted distance": ("distance between people", table, {"terms": weighted}),
        "positive flows": ("without zeros", table[table["trade_musd"] > 0], {"terms": TERMS}),
    }


def described(name: str, words: str, fit: GravityFit) -> dict[str, Any]:
    """One row of what a fit used."""
    zeros = int((fit.rows["trade_musd"] == 0).sum())
    return {
        "fit": name,
        "words": words,
        "flows": len(fit.rows),
        "zeros": zeros,
        "dropped": len(fit.dropped),
    }


def of_pairs(name: str, fit: GravityFit) -> Iterator[dict[str, Any]]:
    """Potentials of the bundled pairs: in every year for what is carried on, else in the last."""
    years = YEARS if name in ("effects", "pair", "gdp") else YEARS[-1:]
    for sides in PAIRS:
        for year in years:
            try:
                found = fitted_potential(fit, *sides, year=year)
            except NoAnswerError:  # a direction without trade, dropped where zeros or pairs are
                continue
            yield {
                "fit": name,
                "reporter": sides[0],
                "partner": sides[1],
                "year": year,
                "export_musd": found.export_musd,
                "import_musd": found.import_musd,
                "log_error": found.log_error,
            }


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Floats to six significant digits."""
    floats = table.select_dtypes("float64")
    return table.assign(**floats.map(lambda x: float(f"{x:.{DIGITS}g}")))


def model(folder: Path) -> GravityModel:
    """The model that ships."""
    table = world(folder)
    fits, terms, squares, found = [], [], [], []
    made = {
        name: (words, fit_gravity(rows, **options))
        for name, (words, rows, options) in equations(table).items()
    }
    other = {
        name: (name, fit_gravity(rows, **options))
        for name, (rows, options) in published(folder).items()
    }
    for name, (words, fit) in {**made, **other}.items():
        fits.append(described(name, words, fit))
        ours = fit.coefficients.rename_axis("term").reset_index().assign(fit=name)
        terms.append(ours[ours["term"].isin([*TERMS, "ln_dist_weighted", *GDP])])
        if name in ("effects", "gdp", "income"):
            square = fit.covariance.rename_axis("term").reset_index()
            long = square.melt(id_vars="term", var_name="other", value_name="value")
            squares.append(long[long["term"].isin(GDP) == long["other"].isin(GDP)].assign(fit=name))
        if name in made and name != "income":
            found += of_pairs(name, fit)
    usual = potentials(made["effects"][1])
    countries = set(table["exporter"])
    return GravityModel(
        fits=pd.DataFrame(fits),
        coefficients=rounded(pd.concat(terms)[["fit", "term", "estimate", "std_error"]]),
        covariance=rounded(pd.concat(squares)[["fit", "term", "other", "value"]]),
        potentials=rounded(pd.DataFrame(found)),
        ratios=rounded(ratio_table(usual)),
        rises=rounded(rise_table(usual)),
        trained_on=(
            f"{len(table):,} flows between {len(countries)} countries in "
            f"{', '.join(map(str, YEARS))} (USITC ITPD-E, Release 1; CEPII GeoDist; World Bank)"
        ),
        known_from=KNOWN_FROM,
    )


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    found = model(options.panel_folder)
    plain = json.dumps(found.to_dict(), separators=(",", ":")).replace('},"', '},\n"')
    (options.out / "gravity_model.json").write_text(plain.replace("],[", "],\n[") + "\n")
    print(found.summary())


if __name__ == "__main__":
    main()
