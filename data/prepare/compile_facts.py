"""Lay the compiled fact sheets out as tradelib's tables.

Usage:  python data/prepare/compile_facts.py FACTS --out FOLDER

FACTS holds the research notes ``kz_tkm_figures.csv``, ``kaz_tkm_dyad.csv``, ``kz_tkm_drivers.csv``,
``macro.csv`` and ``us_cpi_u_annual.csv``. The tables in ``data/`` began as this script's output and
are now edited by hand (CONTRIBUTING.md); a test proves that no row of the notes was lost on the
way. What is left out on purpose, and why, is printed and returned by ``compile_facts``.
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

REGISTRY = tomllib.loads((Path(__file__).parents[1] / "registry.toml").read_text())
ACCESSED = pd.Timestamp("2026-11-23")
ARTICLE_DAY = pd.Timestamp("2022-10-05")

FIGURE_COLUMNS = [
    "reporter", "partner", "flow", "coverage", "period_start", "period_end", "value_musd",
    "value_meur", "bound", "growth_yoy", "growth_doubtful", "status", "conflict", "source_id",
    "who", "publisher", "released", "released_basis", "source_title", "source_url", "note",
]  # fmt: skip
SOURCE_OF_REPORTER = {
    "Kazakhstan Bureau of National Statistics (BNS)": "bns",
    "CEPII BACI (reconciled UN Comtrade)": "baci_type",
    "UNCTAD Merchandise Trade Matrix": "unctad",
    "Correlates of War dyadic trade (IMF DOTS based)": "cow",
    "CEPII gravity 2006 cross-section": "gravity_2006",
    "Headline list only": "article",
}
FLOWS = {"exports": "export", "imports": "import", "turnover": "turnover"}
SPECIAL = {
    "turnover_agri": ("turnover", "farm_goods"),
    "exports_agri": ("export", "farm_goods"),
    "imports_gas": ("import", "gas"),
    "exports_services": ("export", "services"),
}
# Uzbek partner totals include services: the agency's exports in January-July 2021 (100.9) already
# exceed the goods exports of the whole year (191.9 less 96.8 of services).
AGENCY = "Uzbekistan Statistics Agency"
WITH_SERVICES = (
    "Center for Economic Research and Reforms of Uzbekistan",
    "Trade volume between Uzbekistan and Turkmenistan, January-October 2023",
    "Turkmen-Uzbek trade turnover",
    "H1 2024: The trade turnover between Turkmenistan and Uzbekistan",
)
CONFLICTS = [
    # (reporter, partner, flow, period start, period end, name)
    ("KAZ", "TKM", "turnover", "2023-01-01", "2023-12-31", "growth in 2023: 28 or 22.5 %"),
    ("KAZ", "TKM", "turnover", "2021-01-01", "2021-09-30", "base of the growth in Jan-Sep 2021"),
    ("KAZ", "TKM", "turnover", "2020-01-01", "2020-07-31", "Jan-Jul 2020: growth against a fall"),
    ("KAZ", "TKM", "turnover", "2022-01-01", "2022-07-31", "Jan-Jul 2022: close to what"),
    ("KAZ", "TKM", None, "2015-01-01", "2015-12-31", "level in 2015"),
    ("KAZ", "TKM", None, "2006-01-01", "2006-12-31", "direction in 2006"),
    ("KAZ", "TKM", "turnover", "2011-01-01", "2011-12-31", "level in 2011 and 2012"),
    ("KAZ", "TKM", "turnover", "2012-01-01", "2012-12-31", "level in 2011 and 2012"),
    ("KAZ", "TKM", None, "2021-01-01", "2021-12-31", "baseline of 2021 and 2022"),
    ("KAZ", "TKM", None, "2022-01-01", "2022-12-31", "baseline of 2021 and 2022"),
    ("KAZ", "TKM", "import", "2022-01-01", "2022-11-30", "gas in 2022"),
    ("TKM", "ITA", "turnover", "2019-01-01", "2019-12-31", "who records the fuel trade"),
    ("UZB", "TKM", None, "2021-01-01", "2021-11-30", "flows do not add up"),
    ("UZB", "TKM", None, "2022-01-01", "2022-04-30", "flows do not add up"),
    ("KAZ", "TKM", None, "2025-01-01", "2025-09-30", "2025: nine months up, full year down"),
    ("KAZ", "TKM", None, "2025-01-01", "2025-12-31", "2025: nine months up, full year down"),
]


def lagged(source_id, period_end):
    """Release day by the registry's rule for a source."""
    source = REGISTRY["source"][source_id]
    if "released" in source:
        return pd.Timestamp(source["released"])
    years, month, day = source["lag"]
    return pd.Timestamp(year=period_end.year + years, month=month, day=day)


def release(published, *, source_id, period_end):
    """(day, basis) on which a figure became public."""
    official = source_id in {"bns", "baci_type", "uzstat", "wits", "itpde_r1", "unctad", "cow"}
    if published and not official:
        day = pd.Timestamp(published)
        if len(published) == len("2022-10"):
            return day + pd.offsets.MonthEnd(0), "month"
        return day, "stated"
    if pd.isna(period_end):
        return ACCESSED, "accessed"
    return lagged(source_id, period_end), "lag"


def bound(note, value):
    """How a figure was stated: exact, about, at_least or at_most."""
    text = note.lower()
    if "lower bound" in text or "more than 30%" in text:
        return "at_least"
    if "slightly below" in text:
        return "at_most"
    rounded = ("approximate", "rounded", "headline; same level")
    return "about" if text.startswith(rounded) or value in (20000, 11000, 5000) else "exact"


def coverage(row, source_id):
    """What a figure counts."""
    if row.flow in SPECIAL:
        return SPECIAL[row.flow][1]
    if source_id == "uzstat":
        return "goods_services"
    if row.partner_a == "UZB" and source_id == "press":
        with_services = row.source_title.startswith(WITH_SERVICES) or row.reporter_source == AGENCY
        return "goods_services" if with_services else "unknown"
    if row.partner_b in {"WLD", "CIS", "SPECA"} or "State News Agency" in row.reporter_source:
        return "unknown"
    return "goods"


def status(row, source_id):
    """How far a figure is to be trusted, by the notes."""
    marks = {
        "Preliminary": "preliminary",
        "DO NOT USE": "rejected",
        "sits badly": "doubtful",
        "Same number as the Jan-Oct": "doubtful",
    }
    for words, name in marks.items():
        if words in row.note:
            return name
    if "forecast" in row.reporter_source:
        return "forecast"
    return "doubtful" if source_id == "unctad" and row.period_start == "2015-01-01" else "final"


def day_of_release(row, source_id, period_end):
    """(day, basis) on which the figure became public, texts with a known day first."""
    if "Tazhibayev" in row.reporter_source and row.published == "2022-10":
        return ARTICLE_DAY, "stated"
    if "July 2022" in row.source_title and not row.published:
        return pd.Timestamp("2022-07-31"), "month"
    return release(row.published, source_id=source_id, period_end=period_end)


def figure(row):
    """One row of the notes as one row of figures.csv, or the reason why not."""
    if "WITS" in row.reporter_source:
        return "WITS outside 2020-2023: its terms forbid re-dissemination"
    if row.flow == "target_turnover":
        return "a statement of a target: target_statements.csv"
    if not row.period_start:
        return "a headline without a year: article_claims.csv"
    source_id = SOURCE_OF_REPORTER.get(row.reporter_source, "press")
    if row.publisher.startswith("SDMX extract"):
        source_id = "uzstat"
    flow = SPECIAL[row.flow][0] if row.flow in SPECIAL else FLOWS[row.flow]
    end = pd.Timestamp(row.period_end) if row.period_end else pd.NaT
    value = float(row.value) if row.value else np.nan
    released, basis = day_of_release(row, source_id, end)
    doubts = ("nine months with twelve", "sits badly", "supports 28%")
    key = (row.partner_a, row.partner_b, flow, row.period_start, row.period_end)
    names = [
        name for *at, name in CONFLICTS if all(a in (None, b) for a, b in zip(at, key, strict=True))
    ]
    return {
        "reporter": row.partner_a, "partner": row.partner_b, "flow": flow,
        "coverage": coverage(row, source_id),
        "period_start": pd.Timestamp(row.period_start), "period_end": end,
        "value_musd": value if row.unit == "USD m" else np.nan,
        "value_meur": value if row.unit == "EUR m" else np.nan,
        "bound": "about" if "Approximately" in row.source_title else bound(row.note, value),
        "growth_yoy": round(float(row.growth_yoy_pct) / 100, 6) if row.growth_yoy_pct else np.nan,
        "growth_doubtful": any(words in row.note for words in doubts),
        "status": status(row, source_id), "conflict": names[0] if names else "",
        "source_id": source_id, "who": row.reporter_source, "publisher": row.publisher,
        "released": released, "released_basis": basis,
        "source_title": row.source_title, "source_url": row.source_url, "note": row.note,
    }  # fmt: skip


DYAD_SOURCES = {
    "wits_comtrade": ("wits", "goods"),
    "itpde_r1": ("itpde_r1", "goods_services"),
    "penppml_comtrade": ("comtrade_selected", "goods"),
}


def dyad_figure(row):
    """One row of the dyad's notes as one row of figures.csv, or the reason why not."""
    if row.source not in DYAD_SOURCES:
        return "already among the figures, same value"
    if row.source == "wits_comtrade" and not 2020 <= int(row.year) <= 2023:
        return "WITS outside 2020-2023: its terms forbid re-dissemination"
    source_id, coverage = DYAD_SOURCES[row.source]
    start, end = pd.Timestamp(f"{row.year}-01-01"), pd.Timestamp(f"{row.year}-12-31")
    released, basis = release("", source_id=source_id, period_end=end)
    source = REGISTRY["source"][source_id]
    conflict = (
        "baseline of 2021 and 2022" if source_id == "wits" and row.year in ("2021", "2022") else ""
    )
    return {
        "reporter": "KAZ", "partner": "TKM",
        "flow": "export" if row.exporter == "KAZ" else "import", "coverage": coverage,
        "period_start": start, "period_end": end, "value_musd": float(row.value_musd),
        "value_meur": np.nan, "bound": "exact", "growth_yoy": np.nan, "growth_doubtful": False,
        "status": "final", "conflict": conflict, "source_id": source_id,
        "who": source["producer"].split(";")[0], "publisher": "public GitHub repository",
        "released": released, "released_basis": basis,
        "source_title": source["title"], "source_url": source["landing_page"], "note": row.origin,
    }  # fmt: skip


def statement(row):
    """One restatement of a target."""
    day = row.period_start or row.published
    if "July 2022" in row.source_title:
        day = "2022-07-31"
    said = pd.Timestamp(day)
    published, basis = pd.Timestamp(row.published) if row.published else said, "stated"
    five_years = "Tazhibayev" in row.reporter_source
    deadline = 2027 if five_years else (2022 if row.period_end else None)
    if row.period_end:
        basis = "month"
    elif "quoted in a piece of 24 Nov 2025" in row.note:
        published, basis = pd.Timestamp("2025-11-24"), "stated"
    words = (
        "by end-2022"
        if row.period_end
        else next(
            (w for w in ("near future", "coming years", "medium term") if w in row.note.lower()),
            "in the next five years" if five_years else "",
        )
    )
    return {
        "reporter": row.partner_a, "partner": row.partner_b, "stated": said,
        "value_musd": float(row.value), "deadline": deadline,
        "horizon_years": 5 if five_years else None, "deadline_words": words,
        "source_id": "press", "who": row.reporter_source, "publisher": row.publisher,
        "released": max(said, published), "released_basis": basis, "source_title": row.source_title,
        "source_url": row.source_url, "note": row.note,
    }  # fmt: skip


MACRO = {
    # series in the notes: (indicator, source_id, unit, factor)
    "gdp_current_usd_wb": ("gdp", "wdi", "musd", 1e-6),
    "gdp_current_usd_imf_weo": ("gdp", "weo", "musd", 1e-6),
    "gdp_current_usd_official_rate_press": ("gdp_official_rate", "imf_press", "musd", 1e-6),
    "gdp_current_usd_market_rate_press": ("gdp_market_rate", "imf_press", "musd", 1e-6),
    "gdp_real_growth_imf": ("gdp_growth_real", "imf_press", "fraction", 1e-2),
    "goods_exports_bns": ("goods_exports", "bns", "musd", 1.0),
    "goods_imports_bns": ("goods_imports", "bns", "musd", 1.0),
    "goods_exports_bns_monthly_sum": ("goods_exports_monthly_sum", "bns", "musd", 1.0),
    "goods_imports_bns_monthly_sum": ("goods_imports_monthly_sum", "bns", "musd", 1.0),
    "goods_exports_baci_sum": ("goods_exports", "baci_type", "musd", 1.0),
    "goods_imports_baci_sum": ("goods_imports", "baci_type", "musd", 1.0),
    "trade_turnover_total": ("goods_turnover", "press", "musd", 1.0),
    "us_cpi_u_annual_avg": ("cpi_u", "bls", "index 1982-84=100", 1.0),
    "us_gdp_deflator_implied": ("gdp_deflator", "bea", "index 2017=100", 1.0),
}


def macro_row(row):
    """One row of the macro notes, or the reason why not."""
    if row.series not in MACRO:
        return "WITS outside 2020-2023: its terms forbid re-dissemination"
    indicator, source_id, unit, factor = MACRO[row.series]
    year = int(row.year)
    status = "final"
    if source_id == "weo" and year >= 2025:
        status = "projection"
    elif indicator == "cpi_u" and year == 2025:
        status = "incomplete"
    elif source_id == "press":
        status = "doubtful" if "btcnoon" in row.source_url else "rounded"
    return {
        "indicator": indicator, "country": row.country, "year": year,
        "value": round(float(row.value) * factor, 6), "unit": unit, "status": status,
        "source_id": source_id,
        "released": lagged(source_id, pd.Timestamp(f"{year}-12-31")),
        "source_title": row.source_title, "source_url": row.source_url, "note": row.note,
    }  # fmt: skip


def driver(row):
    """One row of the drivers' notes."""
    day, basis = ACCESSED, "accessed"
    if row.published:
        day, basis = release(row.published, source_id="press", period_end=pd.NaT)
    return {
        "topic": row.topic, "item": row.item, "period": row.period, "value": row.value,
        "unit": row.unit, "source_id": "derived" if row.who == "derived" else "press",
        "who": row.who or "not found", "released": day, "released_basis": basis,
        "source_title": row.source_title, "source_url": row.source_url, "note": row.note,
    }  # fmt: skip


def convert(notes, function):
    """(table, reasons): the converted rows, and how many were left out for which reason."""
    results = [function(row) for row in notes.itertuples()]
    rows = [r for r in results if isinstance(r, dict)]
    reasons = pd.Series([r for r in results if isinstance(r, str)], dtype=str).value_counts()
    return pd.DataFrame(rows), reasons.to_dict()


def compile_facts(facts):
    """({table name: frame}, {table name: {reason: rows left out}}) from a folder of notes."""

    def notes(name):
        return pd.read_csv(Path(facts) / name, dtype=str, keep_default_na=False)

    figures = notes("kz_tkm_figures.csv")
    tables, left_out = {}, {}
    main, left_out["kz_tkm_figures.csv"] = convert(figures, figure)
    dyad, left_out["kaz_tkm_dyad.csv"] = convert(notes("kaz_tkm_dyad.csv"), dyad_figure)
    # What the notes file as exports to Turkmenistan, this source has as Turkmenistan's own imports.
    theirs = (main.source_id == "cow") & (main.flow == "export")
    main.loc[theirs, ["reporter", "partner"]] = main.loc[theirs, ["partner", "reporter"]].to_numpy()
    main.loc[theirs, "flow"] = "import"
    table = pd.concat([main, dyad], ignore_index=True)
    order = ["reporter", "partner", "period_start", "period_end", "source_id", "flow", "released"]
    tables["figures.csv"] = table.sort_values([*order, "publisher"])[FIGURE_COLUMNS]
    targets = figures[figures.flow == "target_turnover"]
    tables["target_statements.csv"] = convert(targets, statement)[0].sort_values(
        ["reporter", "stated"]
    )
    tables["drivers.csv"], left_out["kz_tkm_drivers.csv"] = convert(
        notes("kz_tkm_drivers.csv"), driver
    )
    macro, left_out["macro.csv"] = convert(notes("macro.csv"), macro_row)
    cpi = notes("us_cpi_u_annual.csv").query("'1995' <= year < '2000'")
    early = macro[macro.indicator == "cpi_u"].iloc[[0]].merge(
        cpi.assign(year=cpi.year.astype(int), value=cpi.cpi_u.astype(float))[["year", "value"]],
        how="cross", suffixes=("_old", ""),
    )[macro.columns.difference(["released"]).tolist()]  # fmt: skip
    early["released"] = [lagged("bls", pd.Timestamp(f"{y}-12-31")) for y in early.year]
    macro = pd.concat([macro, early], ignore_index=True)
    tables["macro.csv"] = macro.sort_values(["indicator", "country", "source_id", "year"])[
        ["indicator", "country", "year", "value", "unit", "status", "source_id", "released",
         "source_title", "source_url", "note"]
    ]  # fmt: skip
    return tables, left_out


def main():
    """Write the tables into a folder and say what was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("facts", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tables, left_out = compile_facts(options.facts)
    for name, table in tables.items():
        table.convert_dtypes().to_csv(options.out / name, index=False, date_format="%Y-%m-%d")
        print(f"{name}: {len(table)} rows")
    for name, reasons in left_out.items():
        for reason, rows in reasons.items():
            print(f"left out of {name}: {rows} rows, {reason}")


if __name__ == "__main__":
    main()
