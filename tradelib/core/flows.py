"""Arithmetic on tidy frames of trade figures: sums, mirrors, prices, part-years.

A *figures* frame has one reported figure a row and at least the columns ``reporter``, ``partner``
(ISO3), ``flow`` (``export``, ``import`` or ``turnover``), ``period_start``, ``period_end`` (dates)
and ``value_musd`` (US$ million, current prices). ``coverage``, ``source_id``, ``who``,
``publisher`` and ``released`` are part of a figure's identity where they are present. No function
changes its argument.
"""

from typing import NoReturn

import pandas as pd
from pandas.api.types import is_integer_dtype

from tradelib.core import checks
from tradelib.core.checks import by_pair, history, swings
from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.validation import validated

__all__ = [
    "annual",
    "asymmetry",
    "by_pair",
    "deflate",
    "history",
    "mirror",
    "swings",
    "turnover",
    "year_to_date",
]

# Columns of `annual` in this order, as far as the figures have them.
_ANNUAL = [
    "reporter",
    "partner",
    "year",
    "export_musd",
    "import_musd",
    "turnover_musd",
    "coverage",
    "status",
    "source_id",
    "released",
    "read_through",
]
# Name of a flow as the partner sees it.
MIRRORED = {"export": "import", "import": "export", "turnover": "turnover"}


@validated
def turnover(figures: pd.DataFrame) -> pd.DataFrame:
    """Turnover of each pair, period and source: as stated, else exports plus imports.

    Parameters
    ----------
    figures : DataFrame
        A figures frame (its columns: see the text of this module).

    Returns
    -------
    DataFrame
        One row per pair, period and source: the identifying columns, ``export_musd``,
        ``import_musd`` (missing where only the total was stated), ``turnover_musd``, ``stated``
        (bool: the source itself states the total) and ``gap_musd`` (a stated total less the two
        flows). If `figures` has ``bound``, the result has it too: of a sum it is the less strict
        one of the two, or "about" if one is a lower and one an upper bound. The same holds for
        ``read_through`` (the copies that the flows were read from).

    Raises
    ------
    InputError
        If a figure is missing, infinite, negative, given twice or not in US$, a country trades with
        itself, or one of the two flows is missing and no total is stated.

    Examples
    --------
    >>> both = pd.DataFrame({
    ...     "reporter": "KAZ", "partner": "TKM", "flow": ["export", "import"],
    ...     "period_start": "2021-01-01", "period_end": "2021-12-31", "value_musd": [211.4, 42.8]})
    >>> turnover(both).turnover_musd.round(1).tolist()
    [254.2]
    """
    checks.check_figures(figures)
    keys = checks.keys(figures)
    wide = _by_flow(figures, keys, "value_musd")
    flow_sum = wide["export"] + wide["import"]
    total = wide["turnover"].fillna(flow_sum)
    unknown = total.isna()
    if unknown.any():
        _refuse_half(wide[unknown].iloc[0], keys)
    columns = {
        "export_musd": wide["export"],
        "import_musd": wide["import"],
        "turnover_musd": total,
        "stated": wide["turnover"].notna(),
        "gap_musd": wide["turnover"] - flow_sum,
    }
    if "bound" in figures:
        columns["bound"] = _bounds(figures, keys)
    if "read_through" in figures:
        columns["read_through"] = _copies(figures, keys)
    return pd.DataFrame(columns).reset_index().rename_axis(columns=None)


@validated
def annual(figures: pd.DataFrame) -> pd.DataFrame:
    """Turnover of full years, one row per pair, year and source.

    Parts of years are left out.

    Parameters
    ----------
    figures : DataFrame
        A figures frame with the column ``status``; `turnover` lists what is refused.

    Returns
    -------
    DataFrame
        Ascending by year: ``reporter``, ``partner``, ``year`` (int64), ``export_musd``,
        ``import_musd``, ``turnover_musd`` as in `turnover`; ``status``, "preliminary" if any figure
        of the year is, else "final"; and ``coverage``, ``source_id``, ``released``,
        ``read_through`` where `figures` has them.

    Examples
    --------
    >>> both = pd.DataFrame({
    ...     "reporter": "KAZ", "partner": "TKM", "flow": ["export", "import"],
    ...     "period_start": "2021-01-01", "period_end": "2021-12-31", "value_musd": [211.4, 42.8],
    ...     "status": ["final", "preliminary"]})
    >>> annual(both)[["year", "turnover_musd", "status"]].to_numpy().tolist()
    [[2021, 254.2, 'preliminary']]
    """
    checks.check_columns(figures, [*checks.FIGURE, "status"])
    _, months = checks.calendar(figures)
    full_years = figures[months == 12]
    sums = turnover(full_years)
    statuses = _by_flow(full_years, checks.keys(full_years), "status")  # same rows as the sums
    preliminary = (statuses == "preliminary").any(axis=1).to_numpy()
    final = pd.Series("final", sums.index, dtype="str")
    sums["status"] = final.mask(preliminary, "preliminary")
    year, _ = checks.calendar(sums)
    sums["year"] = year.astype("int64")
    columns = [column for column in _ANNUAL if column in sums]
    return sums[columns].sort_values("year", kind="stable", ignore_index=True)


@validated
def mirror(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures as the partner sees them: exports become imports.

    Reporter and partner are swapped. Mirroring twice gives the frame back.

    Parameters
    ----------
    figures : DataFrame
        A figures frame; each ``flow`` is ``export``, ``import`` or ``turnover``.

    Returns
    -------
    DataFrame
        Same shape and index as `figures`.

    Examples
    --------
    >>> seen = pd.DataFrame({"reporter": ["KAZ"], "partner": ["TKM"], "flow": ["export"],
    ...     "period_start": "2021-01-01", "period_end": "2021-12-31", "value_musd": [211.4]})
    >>> mirror(seen)[["reporter", "partner", "flow"]].iloc[0].tolist()
    ['TKM', 'KAZ', 'import']
    """
    checks.check_columns(figures, checks.FIGURE)
    checks.check_flows(figures)
    flow = figures["flow"].astype("str").map(MIRRORED)
    return figures.assign(reporter=figures["partner"], partner=figures["reporter"], flow=flow)


@validated
def asymmetry(figures: pd.DataFrame) -> pd.DataFrame:
    """Gap between what the importer and what the exporter report of the same flow.

    Parameters
    ----------
    figures : DataFrame
        A figures frame with one figure a reporter, flow and period: choose a source first.
        `turnover` lists what is refused.

    Returns
    -------
    DataFrame
        One row per flow that both sides report: ``exporter``, ``importer``, ``period_start``,
        ``period_end``, ``export_musd`` (the exporter's figure), ``import_musd`` (the importer's),
        ``gap_musd`` (import less export) and ``ratio`` (import over export; infinite where only the
        import is not zero, missing where both are zero).

    References
    ----------
    UN Statistics Division (2013), *International Merchandise Trade Statistics: Compilers Manual*,
    chapter 19: bilateral asymmetries; imports at CIF prices exceed exports at FOB prices.

    Examples
    --------
    >>> both = pd.DataFrame({
    ...     "reporter": ["KAZ", "TKM"], "partner": ["TKM", "KAZ"], "flow": ["export", "import"],
    ...     "period_start": "2001-01-01", "period_end": "2001-12-31", "value_musd": [14.2, 15.1]})
    >>> asymmetry(both)[["importer", "gap_musd"]].round(1).to_numpy().tolist()
    [['TKM', 0.9]]
    """
    checks.check_figures(figures)
    by_exporter = _by_exporter(figures, "export")
    by_importer = _by_exporter(mirror(figures), "import")
    both = pd.concat([by_exporter, by_importer], axis=1, join="inner").reset_index()
    gap = both["import_musd"] - both["export_musd"]
    ratio = both["import_musd"] / both["export_musd"]
    return both.assign(gap_musd=gap, ratio=ratio)


@validated
def deflate(
    frame: pd.DataFrame, price_index: pd.Series, *, base_year: int, column: str = "turnover_musd"
) -> pd.DataFrame:
    """Annual values in the prices of a base year, as a further column.

    The value of a year is multiplied by the price index of the base year over that of the year.

    Parameters
    ----------
    frame : DataFrame
        A table with ``year`` and `column` (US$ million, current prices).
    price_index : Series
        Price index by year (int), in US$ terms such as US consumer prices: positive, and known for
        each year of `frame` and the base year.
    base_year : int
        Year whose prices are used.
    column : str
        Column to deflate; its name ends in ``_musd``.

    Returns
    -------
    DataFrame
        `frame` with the further column ``<name>_real<base_year>_musd`` (US$ million, prices of the
        base year).

    Examples
    --------
    >>> prices = pd.Series({2020: 50.0, 2021: 100.0})
    >>> frame = pd.DataFrame({"year": [2020, 2021], "turnover_musd": [10.0, 20.0]})
    >>> deflate(frame, prices, base_year=2021).turnover_real2021_musd.tolist()
    [20.0, 20.0]
    """
    checks.check_columns(frame, ["year", column])
    if not column.endswith("_musd"):
        raise InputError(f"deflate works on US$ columns named ..._musd, got column={column!r}")
    checks.check_numbers(frame, column)
    _check_prices(price_index, [base_year, *frame["year"]])
    factor = price_index.loc[base_year] / frame["year"].map(price_index)
    name = f"{column.removesuffix('_musd')}_real{base_year}_musd"
    return frame.assign(**{name: frame[column] * factor})


@validated
def year_to_date(part_years: pd.DataFrame, annual: pd.DataFrame) -> pd.DataFrame:
    """Share of the full year that each part-year figure turned out to be.

    Only like is divided by like: same reporter, partner, flow and, where both frames have it,
    coverage. Part-years whose full year is not known (yet) are left out.

    Parameters
    ----------
    part_years : DataFrame
        A figures frame of periods from 1 January to the end of a month before December. An exact
        figure must not exceed its full year.
    annual : DataFrame
        Full years as `tradelib.load_turnover` returns them: ``reporter``, ``partner``, ``year`` and
        at least one of ``turnover_musd``, ``export_musd``, ``import_musd``; one row per pair and
        year.

    Returns
    -------
    DataFrame
        `part_years` with ``year``, ``months`` (1-11), ``full_year_musd``, ``share`` (fraction of
        the full year) and ``pro_rata`` (months / 12); ``full_year_released`` too if `annual` has
        ``released``. Where ``bound`` is ``at_least``, the share is a lower bound too.

    Examples
    --------
    >>> seven = pd.DataFrame({
    ...     "reporter": ["KAZ"], "partner": ["TKM"], "flow": ["turnover"],
    ...     "period_start": "2022-01-01", "period_end": ["2022-07-31"], "value_musd": [228.8]})
    >>> full = pd.DataFrame({
    ...     "reporter": ["KAZ"], "partner": ["TKM"], "year": [2022], "turnover_musd": [438.69]})
    >>> year_to_date(seven, full)[["months", "share", "pro_rata"]].round(3).iloc[0].tolist()
    [7.0, 0.522, 0.583]
    """
    checks.check_figures(part_years)
    year, months = checks.calendar(part_years)
    checks.refuse(
        part_years,
        months.isna(),
        "a part of a year runs from 1 January to the end of a month, got {period_start} to "
        "{period_end}",
    )
    part = part_years.assign(year=year, months=months.astype("int64"), pro_rata=months / 12)
    checks.refuse(part, part["months"] == 12, "a part-year has 1 to 11 months, got {months}")
    keys = ["reporter", "partner", "year"]
    if "coverage" in part_years and "coverage" in annual:
        keys.append("coverage")
    joined = part.merge(_full_years(annual, keys), on=[*keys, "flow"])
    joined["share"] = joined["value_musd"] / joined["full_year_musd"]
    exact = joined.get("bound", "exact") == "exact"
    checks.refuse(
        joined,
        ~(joined["share"] <= 1) & exact,
        "a part-year cannot exceed its full year, got {value_musd:g} in {months} months of {year} "
        "against {full_year_musd:g}",
    )
    return joined


def _by_flow(figures: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """One column of the figures: a row a pair, period and source, a column a flow."""
    wide = figures.pivot(index=keys, columns="flow", values=column)
    return wide.reindex(columns=list(checks.FLOWS))


def _bounds(figures: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Bound of each turnover: that of the stated total, else of the sum."""
    bounds = _by_flow(figures, keys, "bound").astype(object)
    of_total = bounds["turnover"]
    of_sum = checks.looser(bounds["export"], bounds["import"])
    return of_total.where(of_total.notna(), of_sum).astype("str")


def _copies(figures: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Copies that the flows of each turnover were read from, parted by semicolons."""
    by_flow = _by_flow(figures, keys, "read_through")
    texts = []
    for row in by_flow.to_numpy(object):
        copies = dict.fromkeys(copy for copy in row if isinstance(copy, str))
        texts.append("; ".join(copies) or None)
    return pd.Series(texts, by_flow.index, dtype="str")


def _by_exporter(figures: pd.DataFrame, reported_as: str) -> pd.Series:
    """Values of the export rows by exporter, importer and period.

    `reported_as` is the flow by which the reporter knows them: import if `figures` is a mirror.
    """
    index = ["exporter", "importer", "period_start", "period_end"]
    exports = figures[figures["flow"] == "export"]
    exports = exports.rename(columns={"reporter": "exporter", "partner": "importer"})
    checks.refuse(
        exports,
        exports.duplicated(index),
        f"asymmetry needs one {reported_as} figure a pair and period, got several for "
        "{exporter} to {importer}, {period_start}; choose a source",
    )
    return exports.set_index(index)["value_musd"].rename(f"{reported_as}_musd")


def _refuse_half(row: pd.Series, keys: list[str]) -> NoReturn:
    """Raise with the flow that is missing."""
    present = "exports" if pd.notna(row["export"]) else "imports"
    where = ", ".join(str(part) for part in row.name)
    raise InputError(
        f"turnover needs exports and imports or a stated total, got only {present} for {where}; "
        f"add the other flow with the same {', '.join(keys[2:])}, or drop the row"
    )


def _check_prices(price_index: pd.Series, years: list[int]) -> None:
    """Raise unless a price index has one positive value for each of some years."""
    if not isinstance(price_index, pd.Series) or not is_integer_dtype(price_index.index):
        wanted = 'a price index is a Series by year: frame.set_index("year").value'
        raise InputTypeError(f"{wanted}, got {type(price_index).__name__}")
    index = price_index.index
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise InputError(f"the price index has a year twice; keep one value for {twice}")
    missing = sorted(set(years) - set(index))
    if missing:
        listed = ", ".join(map(str, missing))
        raise InputError(
            f"the price index has no value for {listed}; it covers {index.min()}-{index.max()}"
        )
    used = price_index.loc[years]
    valid = (used > 0) & (used < float("inf"))
    if not valid.all():
        raise InputError(f"a price index is positive and finite, got {used[~valid].iloc[0]}")


def _full_years(annual: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Full years, one row per pair, year and flow; with ``released`` if it is known."""
    checks.check_columns(annual, keys)
    checks.refuse(
        annual,
        annual.duplicated(keys),
        "year_to_date needs one row per full year, got several for {reporter}-{partner} {year}; "
        "choose a source",
    )
    values = [f"{flow}_musd" for flow in checks.FLOWS if f"{flow}_musd" in annual]
    if not values:
        columns = ", ".join(map(str, annual.columns))
        raise InputError(
            f"the full years need turnover_musd, export_musd or import_musd, got {columns}"
        )
    table = annual.rename(columns={"released": "full_year_released"})
    if "full_year_released" in table:
        keys = [*keys, "full_year_released"]
    full = table.melt(keys, values, var_name="flow", value_name="full_year_musd").dropna()
    return full.assign(flow=full["flow"].str.removesuffix("_musd"))
