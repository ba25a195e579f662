"""Forecasts written down before the figures came, and what they were worth.

A forecast made today about a year that is over is a hindcast. These are the others: ``make
forecast`` writes one file a data day, with a digest of its content, and it is never edited. As
figures arrive, `score_forecasts` holds each against them.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import folder
from tradelib.bundle.tables import Day
from tradelib.front.bound import PAIRS
from tradelib.front.clock import come

__all__ = ["load_forecasts", "score_forecasts"]

ARTICLE = "article"
COLUMNS = [
    "made", "target_id", "reporter", "partner", "currency", "target_value", "last_year", "by",
    "probability_in", "probability_ever", "low", "median", "high", "rests_on",
]  # fmt: skip


def load_forecasts(*, where: Path | None = None) -> pd.DataFrame:
    """Archived forecasts, a row a target and day.

    Parameters
    ----------
    where : Path, optional
        Folder of the archive; the bundled one if omitted.

    Returns
    -------
    DataFrame
        ``made`` (day to which its data ran), ``target_id`` (``"article"`` for the article's own),
        ``reporter``, ``partner``, ``currency``, ``target_value``, ``last_year``, ``by``,
        ``probability_in``, ``probability_ever``, ``low``, ``median``, ``high`` (80 %, million;
        missing where not archived), ``rests_on``.

    Raises
    ------
    ValueError
        If there is none, or a file was edited after it was written.

    Examples
    --------
    >>> load_forecasts().query("target_id == 'article'").target_value.iloc[0].item()
    1000.0
    """
    archive = folder() / "forecasts" if where is None else where
    rows = [row for file in sorted(archive.glob("*.json")) for row in _rows(file)]
    if not rows:
        raise ValueError(f"no forecasts are archived in {archive.name}; run `make forecast`")
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.assign(made=pd.to_datetime(table["made"]))


def score_forecasts(*, where: Path | None = None, as_of: Day | None = None) -> pd.DataFrame:
    """Archived forecasts against the figures that have come since.

    Parameters
    ----------
    where : Path, optional
        As for `load_forecasts`.
    as_of : str, date or Timestamp, optional
        Only figures released by then.

    Returns
    -------
    DataFrame
        The columns of `load_forecasts`, ``value`` (million; of the year judged, missing until it
        is known), ``reached_in``, ``reached_ever`` (1, 0 or missing), and their Brier scores
        ``brier_in``, ``brier_ever``.

    Raises
    ------
    ValueError
        As `load_forecasts`.

    Examples
    --------
    >>> bool(score_forecasts().brier_in.isna().all())  # nothing judged is known yet
    True
    """
    table = load_forecasts(where=where)
    known = load_targets(as_of=come(as_of)).set_index("target_id")
    registry = known[["outcome_value", "outcome_year", "reached_year"]].astype("float64")
    outcomes = pd.DataFrame([_outcome(row, registry, as_of) for row in table.itertuples()])
    return pd.concat([table, outcomes.set_index(table.index)], axis=1).assign(
        brier_in=(table["probability_in"] - outcomes["reached_in"].to_numpy()) ** 2,
        brier_ever=(table["probability_ever"] - outcomes["reached_ever"].to_numpy()) ** 2,
    )


def digest(content: dict[str, Any]) -> str:
    """Fingerprint by which an archived forecast shows whether it was edited."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(file: Path) -> list[dict[str, Any]]:
    held = json.loads(file.read_text(encoding="utf-8"))
    signed = held.pop("sha256", None)
    if signed != digest(held):
        raise ValueError(
            f"{file.name} was edited after it was written; restore it: an archived forecast is "
            "scored as it was made"
        )
    article, target = held["article"], held["article"]["target"]
    low, median, high = article["value_range_musd"]
    first = {
        "target_id": ARTICLE, "reporter": target["reporter"], "partner": target["partner"],
        "currency": "USD", "target_value": target["value_musd"],
        "last_year": _last_year(article["evidence"]), "by": article["by"],
        "probability_in": article["probability_in"], "rests_on": "history",
        "probability_ever": article["probability_ever"], "low": low, "median": median,
        "high": high,
    }  # fmt: skip
    return [{"made": held["known_by"], **row} for row in [first, *held["open_targets"]]]


def _last_year(evidence: list[dict[str, Any]]) -> int:
    """Last full year known; the first archive's rows had names for readers alone."""
    names = ("last_year", "last full year")
    return next(int(row["value"]) for row in evidence if row.get("key", row["item"]) in names)


def _outcome(row: Any, registry: pd.DataFrame, as_of: Day | None) -> dict[str, float]:
    """Turnover of the year judged, and whether the target was reached in it and ever by it."""
    if row.currency == "USD" and (row.reporter, row.partner) in PAIRS:
        history = load_turnover(row.reporter, row.partner, as_of=as_of)
        values = history.set_index("year")["turnover_musd"].loc[row.last_year + 1 : row.by]
        over = int(history["year"].max()) >= row.by
        reached = bool((values >= row.target_value).any())
        value = float(values.get(row.by, np.nan))
    elif row.target_id in registry.index:
        known = registry.loc[row.target_id]
        over = bool(known["outcome_year"] >= row.by)
        reached = bool(known["reached_year"] <= row.by)
        value = float(known["outcome_value"]) if known["outcome_year"] == row.by else np.nan
    else:
        over, reached, value = False, False, np.nan
    return {
        "value": value,
        "reached_in": np.nan if np.isnan(value) else float(value >= row.target_value),
        "reached_ever": float(reached) if reached or over else np.nan,
    }
