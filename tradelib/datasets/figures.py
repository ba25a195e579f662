"""Bundled figures, claims, statements, drivers, marks and macro series, as of a day."""

import math
from collections.abc import Sequence
from functools import cache

import pandas as pd

from tradelib.core import checks, country_codes, flows
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR
from tradelib.core.members import AS_THEY_WERE, check_members
from tradelib.core.validation import validated
from tradelib.datasets import bloc_sums, pair_series, tables
from tradelib.datasets.blocs import members_on
from tradelib.datasets.exchange_rates import in_dollars
from tradelib.datasets.sources import (
    described,
    recommended_sources,
    registered_sources,
    release_day,
    with_valuation,
)
from tradelib.datasets.tables import Day
from tradelib.datasets.targets import newest_figures

# Only these figures enter a recommended series: others are in doubt, forecasts, or part of trade.
_FIRM = ["final", "preliminary"]
_GOODS = ["goods", "goods_services"]
GOODS = "goods"
# Coverage of trade without oil: no statistical office publishes such figures.
NON_OIL = "goods_non_oil"
# Source of the newest figures of the registry of targets.
REGISTRY = "pledges"
# What the reader can do where nothing is bundled: the end of an error message.
ADVICE = "download figures with `tradelib.live`, or pass your own as `history=`"


@validated
def load_figures(
    reporter: str | int | None = None,
    partner: str | int | None = None,
    *,
    source: str | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Every reported figure; figures that contradict each other are all kept.

    If ``figures.csv`` has none for the two countries, the annual figures of the reporter's
    statistical office are returned, if that office is bundled.

    Parameters
    ----------
    reporter, partner : str or int, optional
        A country by code, UN number or name; all countries if omitted.
    source : str, optional
        A ``source_id`` of `tradelib.sources`; all sources if omitted.
    as_of : str, date or Timestamp, optional
        Only figures released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per figure: ``flow`` (export, import, turnover), ``period_start``, ``period_end``,
        ``value_musd`` or ``value_meur`` (million, current prices) or only ``growth_yoy`` (fraction,
        as stated), ``bound`` (exact, about, at_least, at_most), ``status``, ``conflict`` (a name
        shared by figures that contradict each other), ``source_id``, ``who`` (the office or person
        who stated the figure), ``released``, and ``read_through`` (third party, revision and file,
        where a copy was read).

    Raises
    ------
    InputError
        If a country or the source is unknown, the source has no such figures, or `as_of` is not a
        valid date.
    NoAnswerError
        If no figures of these countries are bundled, or none was released by `as_of`.

    Examples
    --------
    >>> load_figures("KAZ", "TKM", source="bns").value_musd.max().item()
    562.949016
    """
    figures, what = _rows_of("figures.csv", "figures", reporter, partner)
    if source is not None:
        present = sorted(set(figures["source_id"]))
        if source not in present:
            why = "has no such figures" if source in registered_sources() else "is not a source"
            offers = ", ".join(present)
            raise InputError(f"{source!r} {why}; the sources of these figures are {offers}")
        figures = figures[figures["source_id"] == source]
        what = f"{what} from {source}"
    return tables.released_by(figures, as_of, what)


@validated
def available(
    reporter: str | int, partner: str | int, *, members: str = AS_THEY_WERE
) -> pd.DataFrame:
    """List the sources of a pair's annual trade, one row per source.

    Of a bloc, the sources whose figures of its members hold nine tenths of their sum in some year.

    Parameters
    ----------
    reporter, partner : str or int
        The two countries, each by code, UN number or name, in either order; or a bloc in the place
        of one, or of both.
    members : str
        Of a bloc, as in `load_turnover`.

    Returns
    -------
    DataFrame
        ``source_id`` (as `load_turnover` takes it), ``reporter`` (the country whose office it is;
        empty for a matrix made of both sides' reports), ``coverage``, ``flows``, ``first_year``,
        ``last_year`` and ``n`` (years of turnover, zero too; else of the one flow known),
        ``valuation``.

    Raises
    ------
    InputError
        If a country is unknown.
    NoAnswerError
        If nothing is known of the pair.

    Examples
    --------
    >>> offices = available("KGZ", "UZB").query("reporter != ''")
    >>> offices[["source_id", "first_year", "last_year"]].to_numpy().tolist()
    [['uzstat', 2010, 2023], ['nsc_kgz', 1994, 2023]]
    """
    pair = (country_codes.iso3(reporter), country_codes.iso3(partner))
    check_members(members)
    if _is_sum(*pair):
        return bloc_sums.sources_of(*pair, members)
    both_sides = pd.concat([_of_pair(*pair), _of_pair(*pair[::-1])])
    listed_figures = _firm_years(both_sides)
    wide = pair_series.figure_rows(*pair)
    wide = wide[~wide["source_id"].isin(listed_figures["source_id"])]
    wide = wide.assign(year=pd.to_datetime(wide["period_end"]).dt.year)
    keys = ["source_id", "reporter", "coverage"]
    by_source = pd.concat([listed_figures, wide]).groupby(keys, sort=False)
    rows = [(*names, *_flows_and_years(figures)) for names, figures in by_source]
    if not rows:
        raise NoAnswerError(f"nothing is known of {'-'.join(pair)}; {ADVICE}")
    columns = [*keys, "flows", "first_year", "last_year", "n"]
    return with_valuation(pd.DataFrame(rows, columns=columns))


def _flows_and_years(figures: pd.DataFrame) -> tuple[str, int, int, int]:
    """Flows that a source has, its first and last year, and the number of its years.

    Years are those of turnover; if the source has no turnover, those of the one flow that it has.
    """
    values = figures.pivot_table(index="year", columns="flow", values="value_musd")
    has = values.reindex(columns=list(checks.FLOWS)).notna()
    has_turnover = has["turnover"] | (has["export"] & has["import"])
    years = values.index[has_turnover] if has_turnover.any() else values.index
    flow_names = ", ".join(has.columns[has.any()])
    return flow_names, int(years.min()), int(years.max()), len(years)


@validated
def load_turnover(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "recommended",
    members: str = AS_THEY_WERE,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Annual turnover of any two countries, in either order, one row per year.

    For Turkmenistan with Kazakhstan, Uzbekistan and Italy, ``data/datapackage.json`` fixes the
    sources and their order, and each year is from the first source that has it: for Kazakhstan the
    Kazakh statistics bureau from 2018, a BACI-type matrix before. For any other pair the
    recommended series begins with the series of one source:

    1. that of a statistical office of either country with five years of trade or more (if there are
       several, the one whose last year is the latest, then the longest);
    2. else the longest series of any source (if there are several, the one whose last year is the
       latest).

    After it stands the newest year of every other source that has a later one; the registry of
    targets (``pledges``) is one of these sources. So an office of fewer than five years, unless its
    series is the longest, gives one row at most. The last row is the newest value that is known. No
    growth rate is computed between figures of two sources.

    Trade of a bloc is the sum of its members' pairs with the partner; that inside a bloc, asked for
    by its name twice, of the pairs among its members, each flow once. A year is there if members
    with figures hold nine tenths of the sum in the last year known of each; ``missing`` is the part
    that the others hold. The sum is by one source, or by each pair's own (``"members"``).

    `available` lists the sources of a pair.

    Parameters
    ----------
    reporter, partner : str or int
        The two countries, each by code, UN number or name; or a bloc (`load_blocs`) in the place of
        one, or of both.
    source : str
        ``"recommended"`` or a ``source_id``.
    members : str
        Whose pairs make up a bloc's sum: ``"as they were"``, of each year those that were members
        in the middle of it; or a day such as ``"2020-01-15"``, of every year the members of that
        day.
    as_of : str, date or Timestamp, optional
        Only figures released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        ``reporter`` (whose statistics they are), ``partner``, ``year``, ``export_musd``,
        ``import_musd`` (missing where only a total was stated), ``turnover_musd`` (US$ million,
        current prices), ``coverage``, ``status``, ``source_id``, ``released``, ``read_through``
        (the third party's copy, if the figures were not read from the publisher itself),
        ``valuation``; of a bloc also ``missing`` (fraction of the sum).

    Raises
    ------
    InputError
        If a country is unknown, the source has several figures for one year, or `members` or
        `as_of` is not a valid date.
    NoAnswerError
        If nothing is known of the pair, the source is unknown or has no full years with both flows,
        nothing was released by `as_of`, or the members of a bloc are not known.

    Examples
    --------
    >>> load_turnover("KAZ", "TKM").turnover_musd.round(1).tolist()[-4:]
    [438.7, 562.9, 555.8, 515.5]
    >>> load_turnover("Turkey", "Kazakhstan").turnover_musd.iloc[-1].item()
    5410.0
    >>> load_turnover("EU", "VNM").source_id.unique().tolist()
    ['itpde_r1', 'baci_v202501']
    """
    as_given = (country_codes.iso3(reporter), country_codes.iso3(partner))
    check_members(members)
    pair = "-".join(recommended_sources(*as_given)[0])
    what = f"annual figures of {pair}"
    if source != "recommended":
        for side in (as_given, as_given[::-1]):
            if source in set(_of_pair(*side)["source_id"]):
                return _from_figures_file(side, [source], as_of)
    if _is_sum(*as_given):
        return _load_sum(*as_given, source, members, as_of)
    if source == "recommended":
        series = recommended(*as_given, as_of=as_of)
        if series.empty:
            series = recommended(*as_given)
    else:
        series = _from_wide_file(as_given, source, as_of)
        if series.empty:
            series = _from_wide_file(as_given, source, None)
    if series.empty:
        offers = ", ".join(available(*as_given)["source_id"])
        if source == "recommended":
            reason = f"no source has a year with both exports and imports of {pair}"
        else:
            reason = f"the source {source!r} has no year with both exports and imports of {pair}"
        raise NoAnswerError(
            f"{reason}; sources with figures of the pair, perhaps of one flow only, are {offers}; "
            f"{ADVICE}"
        )
    # If nothing was released by the day, the error names the first release day of the full series.
    return tables.released_by(series, as_of, what)


def _is_sum(a: str, b: str) -> bool:
    """Whether trade between two sides is a sum: a bloc is one of them."""
    return country_codes.is_bloc(a) or country_codes.is_bloc(b)


def _load_sum(a: str, b: str, source: str, members: str, as_of: Day | None) -> pd.DataFrame:
    """`load_turnover` of a bloc."""

    def series(on: Day | None) -> pd.DataFrame:
        """The series as released by a day."""
        if source == "recommended":
            return bundled_sum(a, b, members=members, as_of=on).table
        return bloc_sums.by_source(a, b, members, source, on)

    table = series(as_of)
    if table.empty:
        table = series(None)
    if table.empty and source != "recommended":
        offers = ", ".join(bloc_sums.sources_of(a, b, members)["source_id"])
        raise NoAnswerError(
            f"the source {source!r} has no year of {a}-{b} in which members with figures hold "
            f"{bloc_sums.LEAST_HELD:.0%} of the sum; those that have are {offers}"
        )
    if table.empty:
        raise bloc_sums.no_figures(a, b, members)
    return tables.released_by(table, as_of, f"annual figures of {a}-{b}")


def bundled_sum(
    a: str,
    b: str,
    flow: str = "turnover",
    *,
    coverage: str = GOODS,
    currency: str = DOLLAR,
    members: str = AS_THEY_WERE,
    as_of: Day | None = None,
    registry: bool = True,
) -> bloc_sums.Sum:
    """Recommended series of a bloc's trade, with the parts of it; empty if nothing is known.

    A figure of the sum alone, from the `registry`, is split by the parts' last shares.
    """
    found = bloc_sums.sum_of(a, b, flow, members, as_of)
    series, parts = found
    if flow != "turnover":
        return found._replace(table=series.drop(columns=["export_musd", "import_musd"]))
    last_year = int(series["year"].iloc[-1]) if len(series) else 0
    figure = _registry_figure((a, b), coverage, currency, as_of)
    if series.empty or figure is None or not registry:
        return found._replace(table=series.copy())
    levels = _with_registry(series.iloc[:0], (a, b), coverage, last_year, figure)
    if levels.empty:
        return found._replace(table=series.copy())
    value, year = figure
    earlier = (series["year"] < year).to_numpy()
    joined = pd.concat([series[earlier], levels.assign(missing=0.0)], ignore_index=True)
    last = parts.iloc[-1]
    split = pd.DataFrame([last * (value / last.sum())], index=[year], columns=parts.columns)
    return bloc_sums.Sum(joined, pd.concat([parts[earlier], split]))


def _from_wide_file(pair: tuple[str, str], source: str, as_of: Day | None) -> pd.DataFrame:
    """Annual turnover of a pair by a source in the wide files; empty if it has none."""
    reports = pair_series.reports(*pair, as_of)
    return pair_series.annual_of([reports[source]] if source in reports else [])


def recommended(
    reporter: str,
    partner: str,
    flow: str = "turnover",
    *,
    coverage: str = GOODS,
    currency: str = DOLLAR,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Recommended series of a pair's turnover, or of one flow; empty if nothing is known.

    One flow is given in ``turnover_musd``, without the columns ``export_musd`` and ``import_musd``.

    The series begins with that of one source (or of the sources that ``data/datapackage.json``
    fixes for the pair). After it stands the newest year of every other source that has a later one,
    ascending: the last row is the value from which a forecast starts. For turnover, the registry of
    targets is one of these sources; of a year that another of them has too, its figure is kept.

    Of goods without oil (`coverage`) only the registry has figures: its figure is the last row, and
    the years before it are of all goods. Its figures in `currency` count too, in dollars at the
    average rate of their year, before those in dollars.
    """
    pair, order = recommended_sources(reporter, partner)
    reports = pair_series.reports(*pair, as_of)
    if flow != "turnover":
        reports = {
            key: pair_series.as_turnover(report, reporter, flow) for key, report in reports.items()
        }
    if order:
        same_side = flow == "turnover" or pair[0] == reporter
        series = _flow_from_figures_file(
            pair, order, flow if same_side else flows.MIRRORED[flow], as_of
        )
    else:
        report = pair_series.main_series(reports)
        series = pair_series.annual_of([] if report is None else [report])
    last_year = int(series["year"].iloc[-1]) if len(series) else 0
    levels = pair_series.annual_of(pair_series.levels_after(reports, last_year))
    if flow != "turnover":
        both = _one_after_another(series, levels)
        return both.drop(columns=["export_musd", "import_musd"])
    figure = _registry_figure(pair, coverage, currency, as_of)
    levels = _with_registry(levels, pair, coverage, last_year, figure)
    if coverage == NON_OIL and len(levels):
        series = series[series["year"] < levels["year"].iloc[-1]]
    return _one_after_another(series, levels)


def _flow_from_figures_file(
    pair: tuple[str, str], order: Sequence[str], flow: str, as_of: Day | None
) -> pd.DataFrame:
    """Annual series of a pair from its figures; one flow stands in ``turnover_musd``."""
    series = _from_figures_file(pair, order, as_of)
    return series.assign(turnover_musd=series[f"{flow}_musd"])


def _one_after_another(series: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """A series and the later years of other sources; concat of an empty frame loses types."""
    if levels.empty:
        return series
    if series.empty:
        return levels
    return pd.concat([series, levels], ignore_index=True)


def _registry_figure(
    pair: tuple[str, str], coverage: str, currency: str, as_of: Day | None
) -> tuple[float, int] | None:
    """The registry's newest figure of a coverage, US$ million, and its year; None without one.

    Of one in `currency` and one in dollars the newer counts, at a tie that in `currency`.
    """
    known = newest_figures(None if as_of is None else tables.day(as_of))
    figures = []
    for money in dict.fromkeys([currency, DOLLAR]):
        figure = known.get(("-".join(sorted(pair)), money, coverage))
        if figure is None:
            continue
        value = in_dollars(figure[0], money, figure[1], as_of)
        if value is not None:
            figures.append((value, figure[1]))
    return max(figures, key=lambda figure: figure[1], default=None)


def _with_registry(
    levels: pd.DataFrame,
    pair: tuple[str, str],
    coverage: str,
    last_year: int,
    figure: tuple[float, int] | None,
) -> pd.DataFrame:
    """Single later years of other sources, and the registry's newest figure of this coverage."""
    if figure is None:
        return levels
    value, year = figure
    in_part = coverage == NON_OIL
    if year <= last_year and not in_part:
        return levels
    row = {
        "reporter": pair[0],
        "partner": pair[1],
        "year": year,
        "export_musd": math.nan,
        "import_musd": math.nan,
        "turnover_musd": value,
        "coverage": coverage,
        "status": "final",
        "source_id": REGISTRY,
        "released": pd.Timestamp(release_day(REGISTRY, year)),
        "read_through": None,
        "valuation": "unknown",
    }
    others = levels[levels["year"] < year if in_part else levels["year"] != year]
    level = pd.DataFrame([row]).astype({"read_through": "str", "released": "datetime64[us]"})
    if others.empty:
        return level
    return pd.concat([others, level], ignore_index=True).sort_values("year", ignore_index=True)


def bundled_history(
    reporter: str,
    partner: str,
    flow: str = "turnover",
    *,
    coverage: str = GOODS,
    currency: str = DOLLAR,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """The series of `recommended` without years of no trade: a history holds positive values."""
    table = recommended(reporter, partner, flow, coverage=coverage, currency=currency, as_of=as_of)
    trading = table["turnover_musd"].to_numpy() > 0
    return table if trading.all() else table[trading].reset_index(drop=True)


@validated
def load_part_years(
    reporter: str | int, partner: str | int, *, flow: str = "turnover", as_of: Day | None = None
) -> pd.DataFrame:
    """Cumulative figures from January to the end of a month before December.

    Parameters
    ----------
    reporter, partner : str or int
        The two countries, each by code, UN number or name.
    flow : str
        ``"turnover"``, ``"export"`` or ``"import"``.
    as_of : str, date or Timestamp, optional
        Only figures released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        The columns of `load_figures` plus ``year`` and ``months`` (int64, 1-11). Several sources
        may give the same months, doubtful and preliminary ones among them; ``bound``, ``coverage``
        and ``status`` tell with which annual figure each is comparable (same coverage and status).

    Raises
    ------
    InputError
        If a country or the flow is unknown, or `as_of` is not a valid date.
    NoAnswerError
        If no part-year figure of the pair is bundled, or none was released by `as_of`.

    Examples
    --------
    >>> seven = load_part_years("KAZ", "TKM", as_of="2022-10-05").query("year == 2022")
    >>> seven[["months", "value_musd"]].iloc[0].tolist()
    [7.0, 228.8]
    """
    if flow not in checks.FLOWS:
        raise InputError(f"flow is turnover, export or import, got {flow!r}")
    part = part_years(load_figures(reporter, partner), flow)
    if part.empty:
        raise NoAnswerError(f"no part-year {flow} is bundled for {reporter}-{partner}")
    return tables.released_by(part, as_of, f"part-year figures of {reporter}-{partner}")


@validated
def load_example_months(*, as_of: Day | None = None) -> pd.DataFrame:
    """Months of one pair, the United States and Viet Nam, 2015-2022: an example to try.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only months released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per month: ``reporter``, ``partner``, ``year``, ``month``, ``export_musd``,
        ``import_musd`` (US$ million in that month alone, as the US Census Bureau reports them),
        ``source_id`` and ``released``. `tradelib.read_months` and `tradelib.assess` take it.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> months = load_example_months(as_of="2022-10-05")
    >>> months[["year", "month"]].iloc[-1].tolist()
    [2022, 7]
    """
    return tables.released_by(tables.table("example_months.csv"), as_of, "months of the example")


@validated
def load_article(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every figure and checkable statement of the article, in our own words.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only claims released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per claim: ``claim`` (short name), ``check`` (kind of comparison: level, ratio,
        target, event, years), ``said`` (our paraphrase), the pair, the period and the earlier
        period it is compared with, ``item``, ``value``, ``unit``, ``decimals`` (as printed) and
        ``approximate`` ("close to", "almost").

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_article().query("claim == 'turnover_2021'").value.tolist()
    [254.3]
    """
    return tables.released_by(tables.table("article_claims.csv"), as_of, "claims")


@validated
def load_target_statements(
    reporter: str | int = "KAZ", partner: str | int = "TKM", *, as_of: Day | None = None
) -> pd.DataFrame:
    """Each time officials stated the target, and in which words.

    Parameters
    ----------
    reporter, partner : str or int
        The two countries, each by code, UN number or name.
    as_of : str, date or Timestamp, optional
        Only statements released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per statement: ``stated`` (day), ``value_musd``, ``deadline`` (year, missing if
        none), ``horizon_years``, ``deadline_words``, ``who`` (who stated the target), ``publisher``
        and the source of the row.

    Raises
    ------
    InputError
        If a country is unknown, or `as_of` is not a valid date.
    NoAnswerError
        If no statement of the pair is bundled, or none was released by `as_of`.

    Examples
    --------
    >>> load_target_statements(as_of="2022-10-05").value_musd.tolist()
    [1000.0, 1000.0]
    """
    statements, what = _rows_of("target_statements.csv", "target statements", reporter, partner)
    return tables.released_by(statements, as_of, what)


@validated
def load_drivers(*, as_of: Day | None = None) -> pd.DataFrame:
    """Facts on composition and drivers of trade: goods, gas offers, rail tonnes, border zone.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only facts released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per fact: ``topic``, ``item``, ``period`` (free text), ``value`` (text, missing
        where nothing was quantified), ``unit``, ``who`` (who stated the fact) and the source of the
        row.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_drivers().query("topic == 'gas'").value.iloc[0]
    '1.5'
    """
    return tables.released_by(tables.table("drivers.csv"), as_of, "drivers")


@validated
def load_marks(
    country: str | int | None = None, partner: str | int | None = None, *, as_of: Day | None = None
) -> pd.DataFrame:
    """War, sanctions and embargoes on a country or a pair.

    They are shown beside a pair and never fed to a model. The list is not complete: it has only
    what an official act or list dates to a day. A pair without a row has no mark that we know of.

    Parameters
    ----------
    country, partner : str or int, optional
        A country by code, UN number or name. Of a pair, in either order, there are the marks on
        either country and those on the pair alone. Of a single country there are the marks on it
        and on each of its pairs; all marks if both are omitted. A bloc stands for its members of
        the day.
    as_of : str, date or Timestamp, optional
        Only what was public by this day is returned; all marks if omitted.

    Returns
    -------
    DataFrame
        One row per mark: ``country``, ``partner`` (missing where the mark is on a country and so
        on every pair of it), ``kind`` (war, sanctions, embargo), ``from`` (first day), ``to`` (last
        day, missing while it lasts), ``authority`` (UN, EU, USA, UCDP), ``title`` and ``url`` of
        the act or list, ``source_id``, ``released`` and ``in_force`` (bool: on the day of `as_of`,
        else on the day on which the list was compiled). It has no rows if there is no mark.

    Raises
    ------
    InputError
        If a country is unknown, or `as_of` is not a valid date.
    NoAnswerError
        If the members of a bloc are not known.

    Examples
    --------
    >>> marks = load_marks("IRN", "RUS")
    >>> sorted(set(marks.loc[marks.in_force, "authority"]))
    ['EU', 'UN', 'USA']
    >>> len(load_marks("KAZ", "TKM"))
    0
    """
    marks = tables.table("marks.csv")
    day = tables.day(described("marks.csv")["accessed"] if as_of is None else as_of)
    asked = {country_codes.iso3(side): None for side in (country, partner) if side is not None}
    sides = [members_on(code, day) for code in asked]
    first = marks["country"].isin(frozenset().union(*sides))
    second = marks["partner"].isin(frozenset().union(*sides))
    if len(sides) == 2:
        one, other = sides
        there = marks["country"].isin(one) & marks["partner"].isin(other)
        back = marks["country"].isin(other) & marks["partner"].isin(one)
        concerned = (marks["partner"].isna() & first) | there | back
    else:
        concerned = first | second | (not sides)
    marks = marks[concerned & (marks["released"] <= day)].reset_index(drop=True)
    marks["to"] = marks["to"].where(marks["to"] <= day)  # an end to come was not yet known
    lasts = marks["to"].isna() | (marks["to"] == day)
    return marks.assign(in_force=lasts & (marks["from"] <= day))


@validated
def load_macro(
    indicator: str, country: str | int | None = None, *, as_of: Day | None = None
) -> pd.DataFrame:
    """GDP, goods trade totals and US prices by country and year.

    Values of several sources for one year are all kept.

    Parameters
    ----------
    indicator : str
        For example ``"gdp"`` (US$ million), ``"cpi_u"`` (US consumer prices, 1982-84 = 100),
        ``"gdp_deflator"`` (US, 2017 = 100), ``"goods_exports"`` (US$ million).
    country : str or int, optional
        A country by code, UN number or name; all countries if omitted.
    as_of : str, date or Timestamp, optional
        Only values released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per country, year and source: ``indicator``, ``country``, ``year``, ``value`` (in
        ``unit``), ``status``, ``source_id``, ``released`` and ``note``.

    Raises
    ------
    InputError
        If the indicator or the country is unknown, or `as_of` is not a valid date.
    NoAnswerError
        If the indicator is not bundled for the country, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_macro("cpi_u", "USA").query("year == 2021").value.tolist()
    [270.97]
    """
    all_rows = tables.table("macro.csv")
    values = all_rows[all_rows["indicator"] == indicator]
    if values.empty:
        offers = ", ".join(all_rows["indicator"].unique())
        raise InputError(f"no indicator is called {indicator!r}; the indicators are {offers}")
    if country is not None:
        code = country_codes.iso3(country)
        if code not in set(values["country"]):
            offers = ", ".join(values["country"].unique())
            raise NoAnswerError(
                f"{indicator} is not bundled for {code}; it is bundled for {offers}"
            )
        values = values[values["country"] == code]
    return tables.released_by(values, as_of, f"values of {indicator}")


def _rows_of(
    file: str, what: str, reporter: str | int | None, partner: str | int | None
) -> tuple[pd.DataFrame, str]:
    """Rows of a table for the countries given, and their description for error messages.

    All rows if no country is given. For ``figures.csv`` an office's annual figures if the table has
    no rows of the pair.
    """
    all_rows = tables.table(file)
    rows = all_rows
    asked = (reporter, partner)
    for column, word, country in zip(("reporter", "partner"), ("of", "with"), asked, strict=True):
        if country is not None:
            code = country_codes.iso3(country)
            rows = rows[rows[column] == code]
            what = f"{what} {word} {code}"
    if rows.empty and file == "figures.csv" and reporter is not None and partner is not None:
        wide = pair_series.figure_rows(country_codes.iso3(reporter), country_codes.iso3(partner))
        rows = wide[wide["reporter"] == country_codes.iso3(reporter)]
    if rows.empty:
        present = all_rows[["reporter", "partner"]].drop_duplicates()
        offers = ", ".join(present["reporter"] + "-" + present["partner"])
        summed = ""
        if file == "figures.csv" and any(
            side and country_codes.is_bloc(country_codes.iso3(side)) for side in asked
        ):
            summed = "; load_turnover has the annual sum of the pairs of a bloc's members"
        raise NoAnswerError(f"no {what} are bundled; the pairs listed are {offers}{summed}")
    return rows, what


@cache
def with_part_years() -> frozenset[tuple[str, str]]:
    """Pairs (reporter, partner) for which part-year turnover is bundled."""
    part = part_years(tables.table("figures.csv"))
    return frozenset(part[["reporter", "partner"]].itertuples(index=False, name=None))


def _of_pair(reporter: str, partner: str) -> pd.DataFrame:
    """Rows of ``figures.csv`` with this reporter and this partner; empty if there are none."""
    all_rows = tables.table("figures.csv")
    return all_rows[(all_rows["reporter"] == reporter) & (all_rows["partner"] == partner)]


def _from_figures_file(
    pair: tuple[str, str], order: Sequence[str], as_of: Day | None
) -> pd.DataFrame:
    """Annual turnover of a pair in ``figures.csv``, each year from the first source that has it."""
    what = f"annual figures of {'-'.join(pair)} from {', '.join(order)}"
    sums = tables.released_by(_annual_by_source(pair, tuple(order)), as_of, what)
    return with_valuation(sums.drop_duplicates("year", ignore_index=True))


@cache
def _annual_by_source(pair: tuple[str, str], order: tuple[str, ...]) -> pd.DataFrame:
    """Annual turnover of a pair (exports plus imports) by each source, in the sources' order.

    Cached: copy before a change.
    """
    figures = _of_pair(*pair)
    usable = _firm_years(figures[figures["source_id"].isin(order)])
    if usable.empty:
        what = f"{'-'.join(pair)} from {', '.join(order)}"
        raise NoAnswerError(f"there are no full years of turnover of {what}; see load_figures")
    sums = flows.annual(usable)
    checks.refuse(
        sums,
        sums.duplicated(["year", "source_id"]),
        "{source_id} has several figures for {year}; choose among load_figures",
    )
    rank = sums["source_id"].map(order.index)
    return sums.assign(rank=rank).sort_values(["year", "rank"]).drop(columns="rank")


def part_years(figures: pd.DataFrame, flow: str = "turnover") -> pd.DataFrame:
    """Cumulative figures of a flow from January to the end of a month before December."""
    year, months = checks.calendar(figures)
    wanted = months.between(1, 11) & (figures["flow"] == flow) & figures["value_musd"].notna()
    part = figures.assign(year=year, months=months)[wanted]
    return part.astype({"year": "int64", "months": "int64"})


def _firm_years(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of whole years that a recommended series may use, with their ``year``."""
    year, months = checks.calendar(figures)
    usable = figures["value_musd"].notna() & figures["status"].isin(_FIRM)
    usable &= figures["coverage"].isin(_GOODS) & (months == 12)
    return figures.assign(year=year)[usable]
