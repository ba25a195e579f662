"""Forecasts written down before the figures came, and what they were worth.

A forecast made today about a year that is over is a hindcast. These are the others: ``make
forecast`` writes a file for each data day and each model, with a digest of its content, and it is
never edited. As figures arrive, `score_forecasts` holds each against them; `forecast_changes` says
why answers moved.
"""

import hashlib
import json
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import folder
from tradelib.bundle.tables import Day
from tradelib.front.assess import article_target, assess
from tradelib.front.bound import PAIRS, growth_model
from tradelib.front.clock import past_day
from tradelib.front.registry import open_targets
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError

ARTICLE = "article"
COLUMNS = [
    "made",
    "target_id",
    "reporter",
    "partner",
    "currency",
    "target_value",
    "last_year",
    "by",
    "probability_in",
    "probability_ever",
    "low",
    "median",
    "high",
    "rests_on",
    "last_value",
    "months",
    "file",
    "model",
    "why",
]
# Of an open target what is written down; one whose last figure is older rests on too little.
KEPT = [
    "target_id",
    "reporter",
    "partner",
    "currency",
    "target_value",
    "last_value",
    "last_year",
    "by",
    "deadline_kind",
    "probability_in",
    "probability_ever",
    "rests_on",
]
RECENT_YEARS = 3
# Last full year and its turnover; the first archive's rows had names for readers alone.
FIRST = [("last_year", "last full year"), ("last_musd", "turnover of the last full year")]
# Why an answer moved: what it rests on, of which one column or another is no longer the same.
CAUSES = {
    "the model changed": ["model"],
    "newer figures came": ["last_year", "last_value", "months", "rests_on"],
    "another year is judged": ["by"],
    "the target was restated": ["target_value"],
}


@validated
def load_forecasts(*, where: Path | None = None) -> pd.DataFrame:
    """Archived forecasts, a row a target and day.

    Parameters
    ----------
    where : Path, optional, folder of the archive; the bundled one if omitted

    Returns
    -------
    DataFrame
        ``made`` (day to which its data ran), ``target_id`` (``"article"`` for the article's own),
        ``reporter``, ``partner``, ``currency``, ``target_value``, ``last_year``, ``by``,
        ``probability_in``, ``probability_ever``, ``low``, ``median``, ``high`` (80 %, million;
        missing where not archived), ``rests_on``, ``last_value``, ``months`` (known since, of the
        article's pair), ``file``, ``model`` (its digest) and ``why`` there is another of its day.

    Raises
    ------
    InputError, NoAnswerError
        If there is none, or a file was edited after it was written.

    Examples
    --------
    >>> load_forecasts().query("target_id == 'article'").target_value.iloc[0].item()
    1000.0
    """
    archive = folder() / "forecasts" if where is None else where
    files = sorted(archive.glob("*.json"), key=lambda file: file.stem)
    rows = [row for file in files for row in _rows(_held(file), file.stem)]
    if not rows:
        raise NoAnswerError(f"no forecasts are archived in {archive.name}; run `make forecast`")
    return _table(rows)


@validated
def score_forecasts(*, where: Path | None = None, as_of: Day | None = None) -> pd.DataFrame:
    """Archived forecasts against the figures that have come since.

    Parameters
    ----------
    where : Path, optional, as `load_forecasts` takes and refuses it
    as_of : str, date or Timestamp, optional, only figures released by then

    Returns
    -------
    DataFrame
        The columns of `load_forecasts`, ``value`` (million; of the year judged, missing until it
        is known), ``reached_in``, ``reached_ever`` (1, 0 or missing), and their Brier scores
        ``brier_in``, ``brier_ever``.

    Examples
    --------
    >>> bool(score_forecasts().brier_in.isna().all())  # nothing judged is known yet
    True
    """
    table = load_forecasts(where=where)
    known = load_targets(as_of=past_day(as_of)).set_index("target_id")
    registry = known[["outcome_value", "outcome_year", "reached_year"]].astype("float64")
    outcomes = pd.DataFrame([_outcome(row, registry, as_of) for row in table.itertuples()])
    return pd.concat([table, outcomes.set_index(table.index)], axis=1).assign(
        brier_in=(table["probability_in"] - outcomes["reached_in"].to_numpy()) ** 2,
        brier_ever=(table["probability_ever"] - outcomes["reached_ever"].to_numpy()) ** 2,
    )


@validated
def forecast_changes(*, where: Path | None = None, least: float = 0.02) -> pd.DataFrame:
    """Answers that moved from one archived forecast to the next, or from the last to today's.

    Parameters
    ----------
    where : Path, optional, as `load_forecasts` takes and refuses it
    least : float, smallest move of the probability in the year judged

    Returns
    -------
    DataFrame
        A row a move: the columns of `load_forecasts` (``file`` is ``"now"`` for today's answer),
        ``was_file``, ``was`` (probability) and ``words``: from what to what, and because of what it
        rests on (of the calculation, if all of that is the same).

    Examples
    --------
    >>> forecast_changes().query("target_id == 'article'").words.tolist()
    ['was 9%, now 11%, because the model changed']
    """
    archived, today = load_forecasts(where=where), _table(_rows(forecasts_now(), "now"))
    table = pd.concat([archived, today], ignore_index=True)
    before = table.groupby("target_id").shift().reindex(columns=table.columns)
    # A rounding error short of a move is one.
    moved = (table["probability_in"] - before["probability_in"]).abs() >= least - 1e-9
    found = table.assign(was_file=before["file"], was=before["probability_in"])[moved]
    other = ((table != before) & ~(table.isna() & before.isna()))[moved]
    # The first file does not say its figures: they are the same unless its years are not.
    other.loc[before["last_value"].isna(), "last_value"] = False
    causes = zip(*(other[columns].any(axis=1) for columns in CAUSES.values()), strict=True)
    why = [" and ".join(compress(CAUSES, row)) for row in causes]
    found["words"] = [
        f"was {was:.0%}, now {now:.0%}, because {because or 'the calculation changed'}"
        for was, now, because in zip(found["was"], found["probability_in"], why, strict=True)
    ]
    return found.reset_index(drop=True)


def forecasts_now() -> dict[str, Any]:
    """What an archive of today holds: the article's verdict, and open targets known enough."""
    article, table = assess(article_target()), open_targets().dropna(subset="probability_in")
    day = pd.Timestamp(article.as_of)
    recent = table[(table["last_year"] >= day.year - RECENT_YEARS) & (table["by"] >= day.year)]
    return {
        "known_by": day.date().isoformat(),
        "model": growth_model().digest(),
        "article": json.loads(article.to_json()),
        "open_targets": json.loads(recent[KEPT].to_json(orient="records")),
    }


def digest(content: dict[str, Any]) -> str:
    """Fingerprint by which an archived forecast shows whether it was edited."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _held(file: Path) -> dict[str, Any]:
    """Content of an archived file, if it was not edited."""
    held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    signed = held.pop("sha256", None)
    if signed != digest(held):
        why = "restore it: an archived forecast is scored as it was made"
        raise InputError(f"{file.name} was edited after it was written; {why}")
    return held


def _rows(held: dict[str, Any], file: str) -> list[dict[str, Any]]:
    """A row a target of one archived file, or of today."""
    article, target = held["article"], held["article"]["target"]
    low, median, high = article["value_range_musd"]
    evidence = {row.get("key", row["item"]): row for row in article["evidence"]}
    found = [next(evidence[name] for name in names if name in evidence) for names in FIRST]
    last_year, last_value = (row["value"] for row in found)
    first = {
        "target_id": ARTICLE,
        "reporter": target["reporter"],
        "partner": target["partner"],
        "currency": "USD",
        "target_value": target["value_musd"],
        "last_year": int(last_year),
        "last_value": last_value,
        "by": article["by"],
        "months": evidence.get("nowcast", {}).get("item"),
        "probability_in": article["probability_in"],
        "rests_on": "history",
        "probability_ever": article["probability_ever"],
        "low": low,
        "median": median,
        "high": high,
    }
    common = {"made": held["known_by"], "file": file, "model": held["model"]}
    rows = [first, *held["open_targets"]]
    return [common | {"why": held.get("why", "")} | row for row in rows]


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.assign(made=pd.to_datetime(table["made"]))


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
