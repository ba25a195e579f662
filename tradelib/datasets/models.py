"""What was learned from many pairs: tables, scores, counts, records and models."""

import json
from functools import cache
from typing import Any

import pandas as pd

from tradelib.core.errors import NoAnswerError
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.sources import path
from tradelib.datasets.tables import Day


@validated
def load_growth(*, groups: bool = False, as_of: Day | None = None) -> pd.DataFrame:
    """How much pairs of each size grew, over each horizon, from each year of 2000-2016.

    Parameters
    ----------
    groups : bool
        Whether to add the tables of classes: by past growth, of neighbours, and of former Soviet
        republics.
    as_of : str, date or Timestamp, optional
        Only tables released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        A table of `tradelib.reference.growth_table`, in log points of current US$, computed from
        17 744 pairs by ``data/prepare/growth_table.py``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_growth().query("horizon == 5 and size_musd == 256 and not ever").n.sum().item()
    13911
    """
    growth = tables.table("growth.csv")
    if groups:
        growth = pd.concat([growth, tables.table("growth_groups.csv")], ignore_index=True)
    return tables.released_by(growth, as_of, "growth tables")


@validated
def load_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """Scores of each single-history forecaster on thousands of country pairs.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only scores released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` (a row a forecaster, origin and horizon), computed on 350
        pairs an origin by ``data/prepare/forecaster_scores.py``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> sorted(load_scores().forecaster.unique())
    ['damped_trend', 'drift', 'local_trend', 'naive', 'theta']
    """
    return tables.released_by(tables.table("forecaster_scores.csv"), as_of, "scores of forecasters")


@validated
def load_growth_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """Scores of the growth model and of simple baselines, out of sample.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only scores released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` with ``trial`` (on which data the model was fitted and
        scored) and ``group`` (of pairs; ``"all"``), from ``data/prepare/growth_scores.py``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> sorted(load_growth_scores().forecaster.unique())[1:5]
    ['growth', 'growth_alone', 'growth_gap', 'growth_last']
    """
    scores = tables.table("growth_scores.csv")
    return tables.released_by(scores, as_of, "scores of the growth model")


@validated
def load_calibration(*, as_of: Day | None = None) -> pd.DataFrame:
    """Counts behind the growth model's reliability diagrams and PIT histograms.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only counts released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        The columns of `tradelib.calibration` (a row an event, horizon, origin and bin), for the
        model refitted at each origin.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> sorted(load_calibration().event.unique())
    ['pit', 'x1.5', 'x2', 'x4']
    """
    return tables.released_by(tables.table("growth_calibration.csv"), as_of, "calibration counts")


@validated
def load_nowcast_skill(*, as_of: Day | None = None) -> pd.DataFrame:
    """Errors of the nowcast model out of sample, beside pro rata and growth carried on.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only errors released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        A row a ``split``, number of ``months`` (1 to 11) and ``size`` (class of last year's
        turnover). The split says what each fit was kept from: "blocks", five years and a quarter of
        the partners; "forward", all years after 2008 and a quarter of the partners. ``n`` cases;
        ``rmse`` of the nowcast's median in logs, each error cut at 1, ``rmse_pro_rata`` and
        ``rmse_carried_on`` the same of months times 12 / m and of last year's turnover times the
        growth of its months; ``crps``, and ``crps_pro_rata`` of pro rata with the spread of its own
        errors in the cell; ``coverage80``, the share inside the central 80 %. Computed from what
        the United States and Armenia report, by ``data/prepare/nowcast_skill.py``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> skill = load_nowcast_skill().query("split == 'blocks' and months == 3")
    >>> (skill.rmse / skill.rmse_pro_rata).round(2).tolist()
    [0.82, 0.85, 0.85, 0.88]
    """
    return tables.released_by(tables.table("nowcast_skill.csv"), as_of, "errors of the nowcast")


@validated
def load_pledge_peers(*, as_of: Day | None = None) -> pd.DataFrame:
    """How many real pairs were like each announced target, and how many grew as much in time.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only counts that could be known by this day are returned, of targets announced by it; all
        of them if omitted.

    Returns
    -------
    DataFrame
        The columns of `tradelib.effect.like_pairs`, from ``data/prepare/pledge_peers.py``: of all
        pairs of 2000-2016, and as a check of those that five statistical offices report.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_pledge_peers()[["like", "reached"]].iloc[0].tolist()
    [176, 117]
    """
    peers = tables.table("pledge_peers.csv")
    released = tables.released_by(peers, as_of, "pairs like announced targets")
    return released.fillna({"why": ""})


@validated
def replay(*, as_of: Day | None = None) -> pd.DataFrame:
    """Decided pledges asked again on past days: what the model would have said, and what came.

    In pseudo-real time: of today's figures those of years that were out by then, by the lag of
    their source, and models learned from years over by then. What was not known by then stands
    beside it: the choice of signals, the share of drift that is kept, the spread of the growth that
    all pairs share (from GDP of 1960-2023, in every vintage of the model), and revisions. Each
    pledge is asked on the day of its announcement and on 30 June of each year after it, while it
    was open and its newest figure at most three years old.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only pledges whose outcome could be known by this day are returned; all if omitted.

    Returns
    -------
    DataFrame
        A row a pledge and day: ``target_id``, ``pair``, ``asked_on``, ``year``, ``last_year`` and
        ``last_musd`` (the newest figure out by then, US$ million), ``said`` (chance that the target
        is reached in any year up to its deadline), ``tier``, ``model_known_by`` (last year learned
        from), ``constant`` (share on time of other pairs' pledges resolved by then), ``regression``
        (on these pledges), ``combined`` (the chance said, corrected for era and China by what
        became of those of them that were asked again), ``on_track`` and ``growth_carried_on``
        (calls of simple rules, 1 or 0), ``came`` (1 if on time), ``announced``, ``deadline``,
        ``growth_asked``, ``china``, ``batch``, and ``released`` (day on which the outcome could be
        known).

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If none was resolved by `as_of`.

    Examples
    --------
    >>> rows = replay()
    >>> bool(rows.said.between(0, 1).all()), rows.target_id.nunique() > 200
    (True, True)
    """
    return tables.released_by(tables.table("replay.csv"), as_of, "pledges asked again")


def load_progress_record(*, as_of: Day | None = None) -> pd.DataFrame:
    """The whole table of `tradelib.progress_record`, from ``data/prepare/progress_record.py``."""
    record = tables.table("progress_record.csv")
    return tables.released_by(record, as_of, "record of official methods")


@validated
def load_agreement_effects(*, as_of: Day | None = None) -> pd.DataFrame:
    """What became of pairs that entered a trade agreement, and of like pairs that did not.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only rows released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        A row a ``group`` ("entered", "like") and year ``since`` entry, -5 to 10: ``n`` pairs,
        ``effect`` and ``std_error`` (gravity estimates in logs; like pairs get the entry dates of
        entrants at random), and quantiles over pairs of the change in logs since the year before
        entry; from 69 countries in 1986-2006 by ``data/prepare/agreement_effects.py``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> sorted(load_agreement_effects().group.unique())
    ['entered', 'like']
    """
    return tables.released_by(tables.table("agreement_effects.csv"), as_of, "effects of agreements")


def learned_model(file: str, *, on: Day | None = None) -> dict[str, Any]:
    """A bundled model as a dict of numbers and texts, which its class reads by ``from_dict``.

    If the file holds several vintages, the newest that was known on the day `on`.
    """
    return learned_models(file, on=on)[-1]


def learned_models(file: str, *, on: Day | None = None) -> list[dict[str, Any]]:
    """Every vintage of a bundled model that was known on the day `on`, the oldest first."""
    vintages = _vintages(file)
    if on is None:
        return list(vintages)
    limit = tables.day(on)
    available = [v for v in vintages if pd.Timestamp(v["known_from"]) <= limit]
    if not available:
        name = file.removesuffix(".json").replace("_", " ")
        first = vintages[0]["known_from"]
        why = f"was not known by {limit.date()}; it is learned from data of {first}"
        raise NoAnswerError(f"the {name} {why}")
    return available


def known_days(file: str) -> list[str]:
    """ISO days from which each vintage of a bundled model was known, in ascending order."""
    return [vintage["known_from"] for vintage in _vintages(file)]


def _vintages(file: str) -> list[dict[str, Any]]:
    """Vintages of a model in a file, oldest first; a file may hold a single one."""
    content = json.loads(_text(file))
    return list(content.get("vintages", [content]))


@cache
def _text(file: str) -> str:
    """Text of a bundled file, read once."""
    return path(file).read_text(encoding="utf-8")
