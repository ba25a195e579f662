"""What was learned from many pairs: tables, scores, counts, records and models."""

import json
from functools import cache
from typing import Any

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.sources import path
from tradelib.bundle.tables import Day
from tradelib.ground.edge import validated
from tradelib.ground.errors import NoAnswerError


@tables.dated
@validated
def load_growth(*, groups: bool = False, as_of: Day | None = None) -> pd.DataFrame:
    """How much pairs of each size grew, over each horizon, from each year of 2000-2016.

    Parameters
    ----------
    groups : bool, with the classes of past growth, of neighbours and of former Soviet republics

    Returns
    -------
    DataFrame
        A table of `tradelib.reference.growth_table`, in log points of current US$, computed from
        17 744 pairs by ``data/prepare/growth_table.py``.

    Examples
    --------
    >>> load_growth().query("horizon == 5 and size_musd == 256 and not ever").n.sum().item()
    13911
    """
    growth = tables.table("growth.csv")
    if groups:
        growth = pd.concat([growth, tables.table("growth_groups.csv")], ignore_index=True)
    return tables.released_by(growth, as_of, "growth tables")


@tables.dated
@validated
def load_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """How each single-history forecaster did on thousands of country pairs.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` (a row a forecaster, origin and horizon), computed on 350
        pairs an origin by ``data/prepare/forecaster_scores.py``.

    Examples
    --------
    >>> sorted(load_scores().forecaster.unique())
    ['damped_trend', 'drift', 'local_trend', 'naive', 'theta']
    """
    return tables.released_by(tables.table("forecaster_scores.csv"), as_of, "scores of forecasters")


@tables.dated
@validated
def load_growth_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """How the growth model scores where it could not have looked, beside simple baselines.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` with ``trial`` (what it was learned from and scored on)
        and ``group`` (of pairs; ``"all"``), from ``data/prepare/growth_scores.py``.

    Examples
    --------
    >>> sorted(load_growth_scores().forecaster.unique())[1:5]
    ['growth', 'growth_alone', 'growth_gap', 'growth_last']
    """
    return tables.released_by(
        tables.table("growth_scores.csv"), as_of, "scores of the growth model"
    )


@tables.dated
@validated
def load_calibration(*, as_of: Day | None = None) -> pd.DataFrame:
    """Counts behind the growth model's reliability diagrams and PIT histograms.

    Returns
    -------
    DataFrame, as `tradelib.calibration` returns it, of the model refitted at each origin

    Examples
    --------
    >>> sorted(load_calibration().event.unique())
    ['pit', 'x1.5', 'x2', 'x4']
    """
    return tables.released_by(tables.table("growth_calibration.csv"), as_of, "calibration counts")


@tables.dated
@validated
def load_pledge_peers(*, as_of: Day | None = None) -> pd.DataFrame:
    """How many real pairs were like each announced target, and how many got there as soon.

    Returns
    -------
    DataFrame
        The columns of `tradelib.effect.like_pairs`, from ``data/prepare/pledge_peers.py``: of all
        pairs of 2000-2016, and as a check of those that five statistical offices report.

    Examples
    --------
    >>> load_pledge_peers()[["like", "reached"]].iloc[0].tolist()
    [176, 117]
    """
    known = tables.released_by(
        tables.table("pledge_peers.csv"), as_of, "pairs like announced targets"
    )
    return known.fillna({"why": ""})


def load_progress_record(*, as_of: Day | None = None) -> pd.DataFrame:
    """All of `tradelib.progress_record`, from ``data/prepare/progress_record.py``."""
    return tables.released_by(
        tables.table("progress_record.csv"), as_of, "record of official methods"
    )


@tables.dated
@validated
def load_agreement_effects(*, as_of: Day | None = None) -> pd.DataFrame:
    """What became of pairs that entered a trade agreement, and of like pairs that did not.

    Returns
    -------
    DataFrame
        A row a ``group`` ("entered", "like") and year ``since`` entry, -5 to 10: ``n`` pairs,
        ``effect`` and ``std_error`` (of gravity, in logs; of like pairs, with entrants' dates given
        to them at random), quantiles over pairs of the change in logs since the year before entry;
        from 69 countries in 1986-2006 by ``data/prepare/agreement_effects.py``.

    Examples
    --------
    >>> sorted(load_agreement_effects().group.unique())
    ['entered', 'like']
    """
    return tables.released_by(tables.table("agreement_effects.csv"), as_of, "effects of agreements")


def learned_model(file: str, *, on: Day | None = None) -> dict[str, Any]:
    """A shipped model as plain numbers and texts, for its class's ``from_dict``.

    Of a file that holds vintages, the newest that was known by `on`.
    """
    vintages = _vintages(file)
    if on is None:
        return vintages[-1]
    known = [v for v in vintages if pd.Timestamp(v["known_from"]) <= tables.day(on)]
    if not known:
        name, first = file.removesuffix(".json").replace("_", " "), vintages[0]["known_from"]
        why = f"was not known by {tables.day(on).date()}; it is learned from data of {first}"
        raise NoAnswerError(f"the {name} {why}")
    return known[-1]


def known_days(file: str) -> list[str]:
    """ISO days from which a shipped model, or each vintage of it, was known, in order."""
    return [vintage["known_from"] for vintage in _vintages(file)]


def _vintages(file: str) -> list[dict[str, Any]]:
    held = json.loads(_text(file))
    return list(held.get("vintages", [held]))


@cache
def _text(file: str) -> str:
    return path(file).read_text(encoding="utf-8")
