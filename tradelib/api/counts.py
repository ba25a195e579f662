"""What a target of the registry counts, set beside the bundled series of its pair."""

from collections.abc import Iterator

import pandas as pd

from tradelib.datasets import pair_series
from tradelib.datasets.figures import REGISTRY
from tradelib.datasets.sources import registered_sources
from tradelib.science.assessment.case import InformationSet
from tradelib.science.forecasting.exchange import Exchange
from tradelib.science.pledges.counts import Counts, Figure, counts_of
from tradelib.science.pledges.target import Target


def counts_beside(
    target: Target,
    history: pd.DataFrame,
    own: pd.DataFrame,
    exchange: Exchange | None,
    information: InformationSet,
) -> Counts | None:
    """What a target counts and what the series counts; None if the registry does not have it.

    `history` is what the forecast reads, `own` the series without the registry's figure; both in
    US$ million.
    """
    row = information.pledges.rows.get(target.target_id)
    if row is None:
        return None
    figures = list(_figures(own))
    if not target.of_bloc and len(own) < len(history):
        figures += _replaced(history, figures, information.day)
    [start] = _figures(history.iloc[-1:])
    if exchange is not None:
        rates = exchange.per_usd
        figures = [_times(figure, rates[figure.year]) for figure in figures if figure.year in rates]
        start = _times(start, rates[start.year])
    return counts_of(row, figures, start)


def of_sources(history: pd.DataFrame) -> pd.DataFrame:
    """A recommended series without the registry's figure."""
    return history[history["source_id"] != REGISTRY]


def _figures(table: pd.DataFrame) -> Iterator[Figure]:
    """Rows of a series as figures."""
    columns = ["year", "turnover_musd", "source_id", "coverage"]
    for year, value, source, coverage in zip(*(table[name] for name in columns), strict=True):
        yield Figure(int(year), float(value), source, coverage)


def _replaced(
    history: pd.DataFrame, own: list[Figure], as_of: pd.Timestamp | None
) -> Iterator[Figure]:
    """Figures of sources that the registry's, of the same year or of other trade, stands for."""
    last_year = own[-1].year if own else 0
    pair = (history["reporter"].iloc[-1], history["partner"].iloc[-1])
    for report in pair_series.levels_after(pair_series.reports(*pair, as_of), last_year):
        year = report.years_of_trade[-1]
        value = report.exports[year] + report.imports[year]
        coverage = registered_sources()[report.source]["coverage"]
        yield Figure(year, value, report.source, coverage)


def _times(figure: Figure, factor: float) -> Figure:
    """A figure in another currency."""
    return figure._replace(value=figure.value * factor)
