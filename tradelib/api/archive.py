"""Forecasts archived before the figures were published, and their scores.

A forecast made today about a year that is over is a hindcast. The archive holds real forecasts:
``make forecast`` writes one file for each data day, with a digest of its content, and the file is
never edited. `score_forecasts` compares them with the figures published since; `resolution` says of
each what decides it. What moved from one archive to the next is in `api.changes`.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.api.assess import article_target, assess
from tradelib.api.clock import past_day
from tradelib.api.forecasts import ARTICLE_PAIRS, growth_model
from tradelib.api.targets import open_targets
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.figures import GOODS, REGISTRY, load_turnover
from tradelib.datasets.sources import data_folder, release_day
from tradelib.datasets.tables import Day
from tradelib.datasets.targets import load_targets

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
    "deadline",
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
# What stands of each forecast in ``data/forecasts/resolution.csv``.
RESOLUTION_COLUMNS = [
    "file",
    "target_id",
    "made",
    "by",
    "flow",
    "coverage",
    "source",
    "voids",
    "status",
    "value",
    "reached_in",
    "reached_ever",
    "brier_in",
    "brier_ever",
    "resolved_on",
]
# What a forecast is: waiting for its year, over and scored, or not to be scored at all.
OPEN, RESOLVED, VOID = "open", "resolved", "void"
# Kind of a deadline where no year was named.
NO_DEADLINE = "vague"
# What voids a forecast, before anything did.
VOIDS = (
    "its value, deadline or pair is corrected, its row is taken out, or it turns out that the "
    "target had been reached before the year in which the forecast was made"
)
# Open targets are archived if their last figure is not older: else a forecast rests on too little.
RECENT_YEARS = 3
# Key of a row of evidence. The first archive has no keys, only the names that readers see.
LAST_YEAR_ROW = ("last_year", "last full year")
LAST_VALUE_ROW = ("last_musd", "turnover of the last full year")


class Outcome(NamedTuple):
    """What came of a forecast; all missing while it is not known.

    `value` is that of the year judged; `reached_in` and `reached_ever` are 1 or 0; `first_year` is
    the year in which the target was first reached; `resolved_on` is the day from which it is known
    that the year judged is over.
    """

    value: float
    reached_in: float
    reached_ever: float
    first_year: float
    resolved_on: pd.Timestamp | None


NOT_KNOWN = Outcome(np.nan, np.nan, np.nan, np.nan, None)


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
        judged), ``deadline`` (missing where no year was named), ``probability_in``,
        ``probability_ever``, ``low``, ``median``, ``high`` (80 % interval, million; missing where
        not archived), ``rests_on``, ``last_value``, ``months`` (part-year figure known for the
        article's pair), ``file``, ``model`` (its digest), ``why`` (the reason for a second and
        third forecast of 30 June 2026; a day has one since), and ``note`` (what was learned later
        of the figures that it used; empty where nothing was).

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
    and 0 if not. A forecast is scored when its year is over and the figure is out, and not sooner
    even if the target is reached sooner: else successes would be scored before failures. It is void
    if the target's value, deadline or pair was corrected since, if its row was taken out, or if the
    target had been reached before the year in which the forecast was made.

    How many are open, resolved and void is ``score_forecasts()["status"].value_counts()``. Of
    several forecasts of one target each is a row: ``drop_duplicates("target_id")`` keeps the first.

    Parameters
    ----------
    where : Path, optional
        Folder of the archive; the bundled one if omitted.
    as_of : str, date or Timestamp, optional
        Only figures released by this day are used; all figures if omitted.

    Returns
    -------
    DataFrame
        The columns of `load_forecasts`, ``status`` (``"open"``, ``"resolved"`` or ``"void"``), and
        of resolved ones ``value`` (of the year judged, million; missing if only a later year's is
        known), ``reached_in`` (in that year) and ``reached_ever`` (by it; 1 or 0), and their Brier
        scores ``brier_in``, ``brier_ever``.

    Raises
    ------
    InputError
        If a file was edited after it was written, or `as_of` is not a valid date or lies in the
        future.
    NoAnswerError
        If the archive is empty, or nothing was known by `as_of`.

    Examples
    --------
    >>> sorted(score_forecasts()["status"].unique())  # no year judged is over yet
    ['open', 'void']
    """
    return _judged(where, as_of).drop(
        columns=["flow", "coverage", "source", "voids", "resolved_on"]
    )


def resolution(*, where: Path | None = None) -> pd.DataFrame:
    """What decides each archived forecast, what voids it, and, once it is over, what came.

    The columns are `RESOLUTION_COLUMNS`. ``voids`` says what would void it, or, of a void one, what
    did. ``resolved_on`` is the day from which the deciding figure is known.
    """
    return _judged(where, None)[RESOLUTION_COLUMNS]


def _judged(where: Path | None, as_of: Day | None) -> pd.DataFrame:
    """Forecasts with what decides them, their status, and the scores of those that are resolved."""
    table = load_forecasts(where=where)
    today = load_targets().set_index("target_id")
    then = load_targets(as_of=past_day(as_of)).set_index("target_id")
    figures = _figures(then)
    rows = []
    for row in table.itertuples():
        outcome = _outcome(row, figures, as_of)
        reasons = _corrections(row, today, then)
        if outcome.first_year < row.made.year:
            reasons.append(f"it had been reached in {outcome.first_year:.0f}, before it was made")
        status = _status(reasons, outcome)
        words = {"voids": "; ".join(reasons) or VOIDS, "status": status}
        came = outcome if status == RESOLVED else NOT_KNOWN
        rows.append(_decided_by(row, today) | words | came._asdict())
    judged = pd.concat([table, pd.DataFrame(rows, index=table.index)], axis=1)
    judged["brier_in"] = (judged["probability_in"] - judged["reached_in"]) ** 2
    judged["brier_ever"] = (judged["probability_ever"] - judged["reached_ever"]) ** 2
    judged["resolved_on"] = pd.to_datetime(judged["resolved_on"])
    return judged.drop(columns="first_year")


def _status(reasons: list[str], outcome: Outcome) -> str:
    """Whether a forecast is void, for these reasons, or over, or open."""
    if reasons:
        return VOID
    return OPEN if outcome.resolved_on is None else RESOLVED


def _figures(targets: pd.DataFrame) -> pd.DataFrame:
    """Outcomes by ``target_id``, and the day from which each is known; of full years alone."""
    columns = ["outcome_value", "outcome_year", "reached_year"]
    figures = targets[columns].astype("float64")
    figures.loc[targets["partial"], ["outcome_value", "outcome_year"]] = np.nan
    days = [
        _day_known(year, printed)
        for year, printed in zip(figures["outcome_year"], targets["outcome_printed"], strict=True)
    ]
    return figures.assign(outcome_day=pd.Series(days, figures.index, "datetime64[us]"))


def _day_known(year: float, printed: str) -> pd.Timestamp | None:
    """Day from which a recorded figure is known: by its year, or when its page was printed."""
    if np.isnan(year):
        return None
    due = pd.Timestamp(release_day(REGISTRY, int(year)))
    return due if pd.isna(printed) else max(due, pd.Period(printed).end_time.normalize())


def _decided_by(row: Any, registry: pd.DataFrame) -> dict[str, str]:
    """Flow, coverage and source of the figure that decides a forecast."""
    if _is_of_series(row):
        pair = f"{row.reporter}-{row.partner}"
        return {
            "flow": "turnover",
            "coverage": GOODS,
            "source": f"the recommended series of {pair} (load_turnover)",
        }
    if row.target_id not in registry.index:
        return {"flow": "turnover", "coverage": "", "source": "the registry's row"}
    target = registry.loc[row.target_id]
    statistics = target["statistics_of"]
    of_whom = "" if pd.isna(statistics) else f" (statistics: {statistics})"
    return {
        "flow": "turnover",
        "coverage": target["coverage"],
        "source": f"the registry's row{of_whom}",
    }


def _is_of_series(row: Any) -> bool:
    """Whether the recommended series of a pair decides, and not the registry's row."""
    return row.currency == "USD" and (row.reporter, row.partner) in ARTICLE_PAIRS


def _corrections(row: Any, today: pd.DataFrame, then: pd.DataFrame) -> list[str]:
    """What of a forecast's target was corrected by a day, in words; none of it undone since."""
    if row.target_id == ARTICLE:
        article = article_target()
        now = by_day = _terms(article, article.value_musd, "USD")
    elif row.target_id not in today.index:
        return ["its row was taken out of the registry"]
    elif row.target_id not in then.index:  # the day lies before its announcement
        return []
    else:
        now, by_day = (
            _terms(rows.loc[row.target_id], rows.loc[row.target_id, "target_value"])
            for rows in (today, then)
        )
    made = _terms(row, row.target_value)
    return [
        f"its {name} was {term} and is {now[name]}"
        for name, term in made.items()
        if term not in (now[name], by_day[name])
    ]


def _terms(target: Any, value: float, currency: str | None = None) -> dict[str, str]:
    """What a target is about, in words: its value, its deadline and its pair."""
    deadline = target.deadline
    return {
        "value": f"{currency or target.currency} {value:,.10g}m",
        "deadline": "none" if pd.isna(deadline) else f"{deadline:.0f}",
        "pair": f"{target.reporter}-{target.partner}",
    }


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


def forecasts_today() -> pd.DataFrame:
    """Today's answers as rows of `load_forecasts`, without ``note``; their file is ``"now"``."""
    return _table(_rows(forecasts_now(), "now"))


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
        "deadline": target["deadline"],
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
    pair = (first["reporter"], first["partner"])
    others = []
    for row in content["open_targets"]:
        same_pair = (row["reporter"], row["partner"]) == pair
        months = first["months"] if same_pair else None
        others.append(row | {"deadline": _deadline(row), "months": months})
    return [common | row for row in (first, *others)]


def _deadline(row: dict[str, Any]) -> float:
    """Deadline of an archived open target: the year judged, if it was named."""
    return np.nan if row["deadline_kind"] == NO_DEADLINE else float(row["by"])


def _value(evidence: dict[str, Any], keys: tuple[str, ...]) -> float:
    """Value of the row of evidence that has one of these keys."""
    key = next(key for key in keys if key in evidence)
    value: float = evidence[key]["value"]
    return value


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table with all of `FORECAST_COLUMNS`."""
    table = pd.DataFrame(rows).reindex(columns=FORECAST_COLUMNS)
    return table.assign(made=pd.to_datetime(table["made"]))


def _outcome(row: Any, registry: pd.DataFrame, as_of: Day | None) -> Outcome:
    """What came in the year judged and by it; `registry` holds outcomes by ``target_id``."""
    resolved_on = None
    if _is_of_series(row):
        history = load_turnover(row.reporter, row.partner, as_of=as_of).set_index("year")
        since = history.loc[row.last_year + 1 : row.by, "turnover_musd"]
        first_year = since.index[since >= row.target_value].min()
        value = float(since.get(row.by, np.nan))
        after = history.loc[row.by :, "released"]
        if len(after):
            resolved_on = after.iloc[0]
    elif row.target_id in registry.index:
        outcome = registry.loc[row.target_id]
        first_year = outcome["reached_year"]
        value = float(outcome["outcome_value"]) if outcome["outcome_year"] == row.by else np.nan
        if outcome["outcome_year"] >= row.by:
            resolved_on = outcome["outcome_day"]
    else:
        return NOT_KNOWN
    reached = bool(first_year <= row.by)
    is_decided = reached or resolved_on is not None
    return Outcome(
        value=value,
        reached_in=np.nan if np.isnan(value) else float(value >= row.target_value),
        reached_ever=float(reached) if is_decided else np.nan,
        first_year=float(first_year),
        resolved_on=resolved_on,
    )
