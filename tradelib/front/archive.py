"""Forecasts archived before the figures were published, and their scores.

A forecast made today about a year that is over is a hindcast. The archive holds real forecasts:
``make forecast`` writes one file for each data day and each model, with a digest of its content,
and the file is never edited. `score_forecasts` compares them with the figures published since;
`forecast_changes` says why probabilities changed.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.figures import load_turnover
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import data_folder
from tradelib.bundle.tables import Day
from tradelib.front.assess import article_target, assess
from tradelib.front.bound import ARTICLE_PAIRS, growth_model
from tradelib.front.clock import past_day
from tradelib.front.registry import open_targets
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError

ARTICLE = "article"
FORECAST_COLUMNS = [
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
# Columns of `tradelib.open_targets` that are archived.
OPEN_COLUMNS = [
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
# Open targets are archived if their last figure is not older: else a forecast rests on too little.
RECENT_YEARS = 3
# Key of a row of evidence. The first archive has no keys, only the names that readers see.
LAST_YEAR_ROW = ("last_year", "last full year")
LAST_VALUE_ROW = ("last_musd", "turnover of the last full year")
# A difference smaller than this is a rounding error.
CHANGE_ROUNDING = 1e-9
# Causes of a changed answer, and the columns of which at least one then differs.
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
    where : Path, optional
        Folder of the archive; the bundled one if omitted.

    Returns
    -------
    DataFrame
        ``made`` (last day of its data), ``target_id`` (``"article"`` for the article's target),
        ``reporter``, ``partner``, ``currency``, ``target_value``, ``last_year``, ``by`` (year
        judged), ``probability_in``, ``probability_ever``, ``low``, ``median``, ``high`` (80 %
        interval, million; missing where not archived), ``rests_on``, ``last_value``, ``months``
        (part-year figure known for the article's pair), ``file``, ``model`` (its digest), ``why``
        (the reason for a second forecast of the same day), and ``note`` (what was learned later of
        the figures that it used; empty where nothing was).

    Raises
    ------
    InputError
        If a file was edited after it was written.
    NoAnswerError
        If the archive is empty.

    Examples
    --------
    >>> load_forecasts().query("target_id == 'article'").target_value.iloc[0].item()
    1000.0
    """
    archive = data_folder() / "forecasts" if where is None else where
    files = sorted(archive.glob("*.json"), key=lambda file: file.stem)
    rows = []
    for file in files:
        rows += _rows(_content(file), file.stem)
    if not rows:
        raise NoAnswerError(f"no forecasts are archived in {archive.name}; run `make forecast`")
    forecasts = _table(rows)
    return forecasts.assign(note=_notes(forecasts))


def _notes(forecasts: pd.DataFrame) -> list[str]:
    """What was learned later of the figures that forecasts used; files of forecasts never change.

    A note is about forecasts made by a day that started from one year's figure of one country.
    """
    notes = list(tables.table("forecast_notes.csv").itertuples())
    texts = []
    for row in forecasts.itertuples():
        about = [
            note.note
            for note in notes
            if note.country in (row.reporter, row.partner)
            and note.last_year == row.last_year
            and row.made <= note.made_by
        ]
        texts.append(" ".join(about))
    return texts


@validated
def score_forecasts(*, where: Path | None = None, as_of: Day | None = None) -> pd.DataFrame:
    """Archived forecasts with their outcomes and Brier scores.

    The Brier score is (probability - outcome)^2, where the outcome is 1 if the target was reached
    and 0 if not.

    Parameters
    ----------
    where : Path, optional
        Folder of the archive; the bundled one if omitted.
    as_of : str, date or Timestamp, optional
        Only figures released by this day are used; all figures if omitted.

    Returns
    -------
    DataFrame
        The columns of `load_forecasts`, ``value`` (of the year judged, million; missing until it is
        known), ``reached_in`` (in that year) and ``reached_ever`` (by it; 1, 0 or missing), and
        their Brier scores ``brier_in``, ``brier_ever``.

    Raises
    ------
    InputError
        If a file was edited after it was written, or `as_of` is not a valid date or lies in the
        future.
    NoAnswerError
        If the archive is empty, or nothing was known by `as_of`.

    Examples
    --------
    >>> bool(score_forecasts().brier_in.isna().all())  # nothing judged is known yet
    True
    """
    table = load_forecasts(where=where)
    targets = load_targets(as_of=past_day(as_of)).set_index("target_id")
    registry = targets[["outcome_value", "outcome_year", "reached_year"]].astype("float64")
    rows = [_outcome(row, registry, as_of) for row in table.itertuples()]
    outcomes = pd.DataFrame(rows, index=table.index)
    scored = pd.concat([table, outcomes], axis=1)
    scored["brier_in"] = (scored["probability_in"] - scored["reached_in"]) ** 2
    scored["brier_ever"] = (scored["probability_ever"] - scored["reached_ever"]) ** 2
    return scored


@validated
def forecast_changes(*, where: Path | None = None, least: float = 0.02) -> pd.DataFrame:
    """Probabilities that changed from one archived forecast to the next, or to today's.

    Parameters
    ----------
    where : Path, optional
        Folder of the archive; the bundled one if omitted.
    least : float
        Smallest change of the probability in the year judged that is listed.

    Returns
    -------
    DataFrame
        A row a change: the columns of `load_forecasts` (``file`` is ``"now"`` for today's answer),
        ``was_file`` and ``was`` (file and probability of the forecast before), and ``words``: a
        sentence with both probabilities and the cause. If model, figures, year judged and target
        are all the same, the cause is the calculation.

    Raises
    ------
    InputError
        If a file was edited after it was written.
    NoAnswerError
        If the archive is empty.

    Examples
    --------
    >>> forecast_changes().query("target_id == 'article'").words.tolist()
    ['was 9%, now 11%, because the model changed']
    """
    archived = load_forecasts(where=where).drop(columns="note")
    today = _table(_rows(forecasts_now(), "now"))
    table = pd.concat([archived, today], ignore_index=True)
    before = table.groupby("target_id").shift().reindex(columns=table.columns)
    change = (table["probability_in"] - before["probability_in"]).abs()
    moved = change >= least - CHANGE_ROUNDING
    both_missing = table.isna() & before.isna()
    differs = (table != before) & ~both_missing
    # A forecast archived without its last value can only be compared by the year of that value.
    differs.loc[before["last_value"].isna(), "last_value"] = False
    changes = table.assign(was_file=before["file"], was=before["probability_in"])[moved]
    causes = [_cause(row) for _, row in differs[moved].iterrows()]
    changes["words"] = [
        f"was {was:.0%}, now {now:.0%}, because {cause}"
        for was, now, cause in zip(changes["was"], changes["probability_in"], causes, strict=True)
    ]
    return changes.reset_index(drop=True)


def _cause(differs: pd.Series) -> str:
    """Why an answer changed, given which columns differ."""
    causes = [cause for cause, columns in CAUSES.items() if differs[columns].any()]
    return " and ".join(causes) or "the calculation changed"


def forecasts_now() -> dict[str, Any]:
    """Content of today's archive: the article's verdict, and open targets with recent figures."""
    article = assess(article_target())
    day = pd.Timestamp(article.as_of)
    targets = open_targets().dropna(subset="probability_in")
    is_recent = targets["last_year"] >= day.year - RECENT_YEARS
    not_over = targets["by"] >= day.year
    recent = targets[is_recent & not_over]
    return {
        "known_by": day.date().isoformat(),
        "model": growth_model().digest(),
        "article": json.loads(article.to_json()),
        "open_targets": json.loads(recent[OPEN_COLUMNS].to_json(orient="records")),
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of an archived forecast, which tells whether it was edited."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(file: Path) -> dict[str, Any]:
    """Content of an archived file; an edited file is refused."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    signed = content.pop("sha256", None)
    if signed != digest(content):
        why = "restore it: an archived forecast is scored as it was made"
        raise InputError(f"{file.name} was edited after it was written; {why}")
    return content


def _rows(content: dict[str, Any], file: str) -> list[dict[str, Any]]:
    """Rows of one archived file, or of today's answers: the article's target, then open targets."""
    article = content["article"]
    target = article["target"]
    low, median, high = article["value_range_musd"]
    evidence = {row.get("key", row["item"]): row for row in article["evidence"]}
    first = {
        "target_id": ARTICLE,
        "reporter": target["reporter"],
        "partner": target["partner"],
        "currency": "USD",
        "target_value": target["value_musd"],
        "last_year": int(_value(evidence, LAST_YEAR_ROW)),
        "last_value": _value(evidence, LAST_VALUE_ROW),
        "by": article["by"],
        "months": evidence.get("nowcast", {}).get("item"),
        "probability_in": article["probability_in"],
        "rests_on": "history",
        "probability_ever": article["probability_ever"],
        "low": low,
        "median": median,
        "high": high,
    }
    common = {
        "made": content["known_by"],
        "file": file,
        "model": content["model"],
        "why": content.get("why", ""),
    }
    return [common | row for row in (first, *content["open_targets"])]


def _value(evidence: dict[str, Any], keys: tuple[str, ...]) -> float:
    """Value of the row of evidence that has one of these keys."""
    key = next(key for key in keys if key in evidence)
    value: float = evidence[key]["value"]
    return value


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table with all of `FORECAST_COLUMNS`."""
    table = pd.DataFrame(rows).reindex(columns=FORECAST_COLUMNS)
    return table.assign(made=pd.to_datetime(table["made"]))


def _outcome(row: Any, registry: pd.DataFrame, as_of: Day | None) -> dict[str, float]:
    """Turnover of the year judged, and whether the target was reached in it and by it.

    All are missing while they are not known. `registry` holds outcomes by ``target_id``.
    """
    if row.currency == "USD" and (row.reporter, row.partner) in ARTICLE_PAIRS:
        history = load_turnover(row.reporter, row.partner, as_of=as_of)
        turnover = history.set_index("year")["turnover_musd"]
        since = turnover.loc[row.last_year + 1 : row.by]
        is_over = int(turnover.index.max()) >= row.by
        reached = bool((since >= row.target_value).any())
        value = float(since.get(row.by, np.nan))
    elif row.target_id in registry.index:
        outcome = registry.loc[row.target_id]
        is_over = bool(outcome["outcome_year"] >= row.by)
        reached = bool(outcome["reached_year"] <= row.by)
        is_of_year = outcome["outcome_year"] == row.by
        value = float(outcome["outcome_value"]) if is_of_year else np.nan
    else:
        is_over = False
        reached = False
        value = np.nan
    is_decided = reached or is_over
    return {
        "value": value,
        "reached_in": np.nan if np.isnan(value) else float(value >= row.target_value),
        "reached_ever": float(reached) if is_decided else np.nan,
    }
