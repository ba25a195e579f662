"""Bundled tables: what each column holds, the check of every cell, and what was known on a day.

Every row names its source (``source_id``, ``who``, ``source_url``) and the day the figure became
public (``released``). ``as_of`` leaves out what was released later; ``as_of=None`` keeps all of it,
and "now" is the newest release in the data, never the clock. Values are today's vintage: an earlier
``as_of`` limits which figures are seen, not how they read before revision.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TypeAlias

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradelib.bundle.sources import path
from tradelib.ground import codes

Day: TypeAlias = str | date

# A column's kind is text, number, integer, bool, date, when (ISO day, month or year, kept as text),
# country, or the allowed words parted by bars; a trailing "?" allows empty cells.
_SOURCED = {"source_id": "text", "released": "date", "note": "text?"}
_PAIR = {"reporter": "country", "partner": "country"}
_CITED = {"source_title": "text", "source_url": "text?"}
_BASIS = "stated|month|lag|accessed"  # on what the day in released rests
_GROWTH = {
    "among": "text", "past": "any|fell|rose|doubled", "ever": "bool",
    "horizon": "integer", "size_musd": "number", "origin": "integer",
    "n": "integer", "unknown": "integer", "new_pairs": "integer",
} | dict.fromkeys(
    ("q0.005", "q0.01", "q0.025", "q0.05", "q0.1", "q0.2", "q0.3", "q0.4", "q0.5", "q0.6",
     "q0.7", "q0.8", "q0.85", "q0.9", "q0.925", "q0.95", "q0.97", "q0.98", "q0.99", "q0.995"),
    "number",
) | _SOURCED  # fmt: skip
_SCORES = {
    "forecaster": "text", "origin": "integer", "horizon": "integer", "n": "integer",
} | dict.fromkeys(
    ("missing", "floored", "crps", "coverage80", "below10", "above90", "brier_x1.5",
     "bias_x1.5", "brier_x2", "bias_x2", "brier_x4", "bias_x4"),
    "number",
) | _SOURCED  # fmt: skip
_TAGS = ("presumptive", "near_year", "partial", "derived", "conflict", "weak", "re_dated",
         "audited", "check")  # fmt: skip


def _years(first: int, last: int) -> dict[str, str]:
    """A column a year, US$ million, empty where unknown."""
    return {str(year): "number?" for year in range(first, last + 1)}


_SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "figures.csv": _PAIR | {
        "flow": "export|import|turnover",
        "coverage": "goods|goods_services|services|farm_goods|gas|unknown",
        "period_start": "date", "period_end": "date?",
        "value_musd": "number?", "value_meur": "number?",
        "bound": "exact|about|at_least|at_most",
        "growth_yoy": "number?", "growth_doubtful": "bool",
        "status": "final|preliminary|doubtful|rejected|forecast", "conflict": "text?",
        "who": "text", "publisher": "text", "released_basis": _BASIS,
    } | _SOURCED | _CITED,
    "article_claims.csv": _PAIR | {
        "claim": "text", "check": "level|ratio|target|event|years", "said": "text",
        "period_start": "date?", "period_end": "date?",
        "compare_start": "date?", "compare_end": "date?",
        "item": "text?", "value": "number?", "unit": "musd|meur|ratio|years|year",
        "decimals": "integer", "approximate": "bool", "who": "text",
    } | _SOURCED,
    "target_statements.csv": _PAIR | {
        "stated": "date", "value_musd": "number",
        "deadline": "integer?", "horizon_years": "integer?", "deadline_words": "text?",
        "who": "text", "publisher": "text", "released_basis": _BASIS,
    } | _SOURCED | _CITED,
    "targets.csv": {"target_id": "text", "scope": "pair|region"} | _PAIR | {
        "announced": "when", "announced_by": "text",
        "target_value": "number", "currency": "USD|EUR|GBP|NZD|AUD",
        "deadline": "integer?", "deadline_kind": "explicit|n_years|vague",
        "baseline_value": "number?", "baseline_year": "integer?",
        "outcome_value": "number?", "outcome_year": "integer?", "reached_year": "integer?",
        "status": "met_on_time|met_late|missed|open|superseded",
        "coverage": "goods|goods_non_oil|goods_services|unknown", "statistics_of": "text",
        "announce_url": "text", "baseline_url": "text?", "outcome_url": "text?",
        "announce_printed": "when?", "baseline_printed": "when?", "outcome_printed": "when?",
    } | dict.fromkeys(_TAGS, "bool") | {
        "audit": "text?", "batch": "integer", "version": "integer", "supersedes": "text?",
        "released_basis": "stated|month|year", "resolved": "date?",
    } | _SOURCED,
    "drivers.csv": {
        "topic": "text", "item": "text", "period": "text", "value": "text?", "unit": "text?",
        "who": "text", "released_basis": _BASIS,
    } | _SOURCED | _CITED,
    "macro.csv": {
        "indicator": "text", "country": "country", "year": "integer",
        "value": "number", "unit": "text",
        "status": "final|projection|incomplete|rounded|doubtful",
    } | _SOURCED | _CITED,
    "offices.csv.gz": _PAIR | {"flow": "export|import|import_consignment"} | _years(1985, 2025),
    "itpde_2000_2016.csv.gz": {"exporter": "country", "importer": "country"} | _years(2000, 2016),
    "baci_2023.csv.gz": {"exporter": "country", "importer": "country"} | _years(2023, 2023),
    "growth.csv": _GROWTH,
    "growth_groups.csv": _GROWTH,
    "forecaster_scores.csv": _SCORES,
    "growth_scores.csv": {"trial": "text", "group": "text"} | _SCORES,
    "growth_calibration.csv": {
        "event": "x1.5|x2|x4|pit", "horizon": "integer", "origin": "integer", "bin": "integer",
        "n": "integer", "forecast": "number", "hits": "integer",
    } | _SOURCED,
    "agreement_effects.csv": {
        "group": "entered|like", "since": "integer", "n": "integer", "effect": "number",
        "std_error": "number",
    } | dict.fromkeys(("q0.05", "q0.1", "q0.25", "q0.5", "q0.75", "q0.9", "q0.95"), "number")
    | _SOURCED,
    "progress_record.csv": {
        "method": "text", "status": "text", "multiple": "number", "span": "integer",
        "left": "integer", "size": "text", "n": "integer", "missing": "integer",
        "starts": "integer", "share": "number", "low": "number?", "high": "number?",
        "ever": "number", "chance": "number", "brier_call": "number?", "brier_model": "number",
    } | _SOURCED,
    "pledge_peers.csv": {
        "target_id": "text", "against": "text", "like": "integer", "reached": "integer",
        "why": "text?",
    } | _SOURCED,
}  # fmt: skip
_DTYPES = {"number": "float64", "number?": "float64", "integer": "int64", "integer?": "Int64",
           "bool": "bool"}  # fmt: skip


def schema(file: str) -> dict[str, str]:
    """Columns of a bundled table and the kind of each, as `check_table` takes them."""
    if file not in _SCHEMAS:
        raise ValueError(f"no table is called {file!r}; there are {', '.join(_SCHEMAS)}")
    return dict(_SCHEMAS[file])


@cache
def table(file: str) -> pd.DataFrame:
    """A bundled table with the dtypes of its schema. Shared: never hand it out unfiltered."""
    kinds = schema(file)
    plain = ("number", "integer")  # without empty cells pandas reads these itself
    dtypes = {column: _DTYPES[kind] if kind in plain else "str" for column, kind in kinds.items()}
    try:
        raw = pd.read_csv(path(file), dtype=dtypes, keep_default_na=False, encoding="utf-8")
    except ValueError:  # some cell is no number: as text, so that the check can name it
        raw = pd.read_csv(path(file), dtype="str", keep_default_na=False, encoding="utf-8")
    return check_table(raw, kinds, file)


def known(rows: pd.DataFrame, on: Day | None, what: str) -> pd.DataFrame:
    """Rows released by a day, as a fresh frame; none is an error that says when the first came."""
    if on is None:
        return rows.reset_index(drop=True)
    limit = day(on)
    seen = rows[rows["released"] <= limit]
    if seen.empty:
        raise ValueError(
            f"no {what} were released by {limit.date()}; the first came on "
            f"{rows['released'].min().date()}, the last on {rows['released'].max().date()}"
        )
    return seen.reset_index(drop=True)


def day(on: Day) -> pd.Timestamp:
    """A calendar day from an ISO text or a date; "today" is none, the clock is never asked."""
    named = on if isinstance(on, date) else None
    if isinstance(on, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", on):
        named = pd.to_datetime(on, format="%Y-%m-%d", errors="coerce")
    if named is None or pd.isna(named):
        raise ValueError(f"as_of is a day such as '2022-10-05', got {on!r}")
    return pd.Timestamp(named.year, named.month, named.day)


def check_table(raw: pd.DataFrame, schema: Mapping[str, str], file: str) -> pd.DataFrame:
    """A table of text, empty where nothing is known, turned into a schema's dtypes.

    What is missing, given twice or does not fit is an error that names file, line and remedy.
    """
    if set(raw.columns) != set(schema):
        odd = sorted(set(raw.columns) ^ set(schema))
        raise ValueError(f"{file} must have the columns of its schema; check {', '.join(odd)}")
    repeated = raw.duplicated()
    if repeated.any():
        raise ValueError(f"{file} line {_line(repeated)} repeats an earlier line; delete one")
    return pd.DataFrame({c: _checked(raw[c], kind, file) for c, kind in schema.items()})


def _checked(cells: pd.Series, kind: str, file: str) -> pd.Series:
    """A column as its kind says."""
    if is_numeric_dtype(cells) and np.isfinite(cells).all():
        return cells
    empty = cells == ""
    if empty.any() and not kind.endswith("?"):
        raise ValueError(f"{file} line {_line(empty)}: {cells.name} is empty and must not be")
    parsed = _parse(cells.where(~empty), kind.removesuffix("?"))
    broken = parsed.isna() & ~empty
    if broken.any():
        raise ValueError(
            f"{file} line {_line(broken)}: {cells.name} must be {kind}, "
            f"got {cells[broken].iloc[0]!r}"
        )
    return parsed.astype(_DTYPES[kind]) if kind in _DTYPES else parsed


def _line(wrong: pd.Series) -> int:
    """Line of a file, header counted, at which the first wrong cell stands."""
    return int(wrong.index[wrong][0]) + 2


def _parse(cells: pd.Series, kind: str) -> pd.Series:
    """Cells as a kind; missing where they are empty or do not fit."""
    if kind == "text":
        return cells
    if kind == "date":
        return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    if kind == "when":
        full = cells + cells.str.len().map({4: "-01-01", 7: "-01"}).fillna("")
        return cells.where(pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").notna())
    if kind in ("number", "integer"):
        numbers = pd.to_numeric(cells, errors="coerce")
        numbers = numbers.where(numbers.abs() < float("inf"))
        return numbers.where(numbers % 1 == 0) if kind == "integer" else numbers
    if kind == "bool":
        return cells.map({"True": True, "False": False})
    if kind == "country":
        return cells.where(cells.isin(codes.all_codes()))
    return cells.where(cells.isin(kind.split("|")))
