"""Tidy frames of trade figures in, tidy frames out: sums, mirrors, prices, parts of years.

A *figures* frame has one reported figure a row and at least the columns ``reporter``, ``partner``
(ISO3), ``flow`` (``export``, ``import`` or ``turnover``), ``period_start``, ``period_end`` (dates)
and ``value_musd`` (US$ million, current prices). ``coverage``, ``source_id``, ``who``,
``publisher`` and ``released`` are part of a figure's identity where they are present. No function
changes its argument.
"""

from numbers import Integral

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

__all__ = [
    "asymmetry",
    "by_pair",
    "deflate",
    "history",
    "mirror",
    "swings",
    "turnover",
    "year_to_date",
]

_FIGURE = ["reporter", "partner", "flow", "period_start", "period_end", "value_musd"]
_IDENTITY = ["coverage", "source_id", "who", "publisher", "released"]
_MIRRORED = {"export": "import", "import": "export", "turnover": "turnover"}


def turnover(figures: pd.DataFrame) -> pd.DataFrame:
    """Turnover of each pair, period and source: as stated, else exports plus imports.

    Parameters
    ----------
    figures : DataFrame
        A figures frame (see the module's text).

    Returns
    -------
    DataFrame
        One row a pair, period and source: the identifying columns, ``export_musd`` and
        ``import_musd`` (missing where only the total was stated), ``turnover_musd``, ``stated``
        (bool: whether the total is the source's own), ``gap_musd`` (a stated total less the two
        flows; missing where one of the three is), and ``bound`` if `figures` has it (of a sum: the
        looser of the two, "about" if they bind in different ways).

    Raises
    ------
    ValueError
        If a figure or its pair or period is missing, a figure is negative, given twice or not in
        US$, a flow is unknown, a country trades with itself, or one of the two flows is missing and
        no total is stated.

    Examples
    --------
    >>> both = pd.DataFrame({
    ...     "reporter": "KAZ", "partner": "TKM", "flow": ["export", "import"],
    ...     "period_start": "2021-01-01", "period_end": "2021-12-31", "value_musd": [211.4, 42.8]})
    >>> turnover(both).turnover_musd.round(1).tolist()
    [254.2]
    """
    _check_figures(figures)
    keys = _keys(figures)
    wide = figures.pivot(index=keys, columns="flow", values="value_musd")
    wide = wide.reindex(columns=list(_MIRRORED))
    both = wide["export"] + wide["import"]
    total = wide["turnover"].fillna(both)
    if total.isna().any():
        row = wide[total.isna()].iloc[0]
        where = ", ".join(str(part) for part in row.name)
        raise ValueError(
            f"turnover needs exports and imports or a stated total, got only "
            f"{'exports' if pd.notna(row['export']) else 'imports'} for {where}; "
            f"add the other flow with the same {', '.join(keys[2:])}, or drop the row"
        )
    result = pd.DataFrame(
        {
            "export_musd": wide["export"],
            "import_musd": wide["import"],
            "turnover_musd": total,
            "stated": wide["turnover"].notna(),
            "gap_musd": wide["turnover"] - both,
        }
    )
    if "bound" in figures:
        bounds = figures.pivot(index=keys, columns="flow", values="bound")
        bounds = bounds.astype(object).reindex(columns=list(_MIRRORED))
        result["bound"] = _bound_of_total(bounds).astype("str")
    return result.reset_index().rename_axis(columns=None)


def mirror(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures seen from the other side: reporter and partner swapped, exports as imports.

    Mirroring twice gives the frame back.

    Parameters
    ----------
    figures : DataFrame
        A figures frame.

    Returns
    -------
    DataFrame
        Same shape and index.

    Raises
    ------
    ValueError
        If a column is missing or a flow is unknown.

    Examples
    --------
    >>> seen = pd.DataFrame({"reporter": ["KAZ"], "partner": ["TKM"], "flow": ["export"],
    ...     "period_start": "2021-01-01", "period_end": "2021-12-31", "value_musd": [211.4]})
    >>> mirror(seen)[["reporter", "partner", "flow"]].iloc[0].tolist()
    ['TKM', 'KAZ', 'import']
    """
    _check_columns(figures, _FIGURE)
    _check_flows(figures)
    return figures.assign(
        reporter=figures["partner"],
        partner=figures["reporter"],
        flow=figures["flow"].astype("str").map(_MIRRORED),
    )


def asymmetry(figures: pd.DataFrame) -> pd.DataFrame:
    """Gap between what the importer and what the exporter report of the same flow.

    Parameters
    ----------
    figures : DataFrame
        A figures frame with one figure a reporter, flow and period (choose a source first).

    Returns
    -------
    DataFrame
        One row a flow that both sides report: ``exporter``, ``importer``, ``period_start``,
        ``period_end``, ``export_musd`` (the exporter's figure), ``import_musd`` (the importer's),
        ``gap_musd`` (import less export) and ``ratio`` (import over export; infinite where only the
        import is not zero, missing where both are zero).

    Raises
    ------
    ValueError
        If a figure is missing, negative or not in US$, or a side reports a flow more than once.

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
    _check_figures(figures)
    period = ["period_start", "period_end"]
    sides = ["exporter", "importer"]
    reports = {}
    for flow, names in {"export": sides, "import": sides[::-1]}.items():
        part = figures[figures["flow"] == flow].rename(
            columns=dict(zip(["reporter", "partner"], names, strict=True))
        )
        twice = part[part.duplicated([*sides, *period])]
        if len(twice):
            row = twice.iloc[0]
            raise ValueError(
                f"asymmetry needs one {flow} figure a pair and period, got several for "
                f"{row['exporter']} to {row['importer']}, {row['period_start']}; choose a source"
            )
        reports[flow] = part.set_index([*sides, *period])["value_musd"].rename(f"{flow}_musd")
    both = pd.concat(reports.values(), axis=1, join="inner").reset_index()
    gap = both["import_musd"] - both["export_musd"]
    return both.assign(gap_musd=gap, ratio=both["import_musd"] / both["export_musd"])


def deflate(
    frame: pd.DataFrame,
    price_index: pd.Series,
    *,
    base_year: int,
    column: str = "turnover_musd",
) -> pd.DataFrame:
    """Annual values in the prices of a base year, as a further column.

    Parameters
    ----------
    frame : DataFrame
        With ``year`` and `column` (US$ million, current prices).
    price_index : Series, positive, indexed by year
        Any price index in US$ terms, for example US consumer prices.
    base_year : int
        Year whose prices are used.
    column : str
        Column to deflate; its name ends in ``_musd``.

    Returns
    -------
    DataFrame
        `frame` with ``<name>_real<base_year>_musd``.

    Raises
    ------
    ValueError
        If the index lacks a year, has it twice, or is not positive and finite, or a value is
        missing or infinite.
    TypeError
        If the index is no Series by year, or values or `base_year` are not numbers.

    Examples
    --------
    >>> prices = pd.Series({2020: 50.0, 2021: 100.0})
    >>> frame = pd.DataFrame({"year": [2020, 2021], "turnover_musd": [10.0, 20.0]})
    >>> deflate(frame, prices, base_year=2021).turnover_real2021_musd.tolist()
    [20.0, 20.0]
    """
    _check_columns(frame, ["year", column])
    if not column.endswith("_musd"):
        raise ValueError(f"deflate works on US$ columns named ..._musd, got column={column!r}")
    _check_numbers(frame, column)
    if not isinstance(base_year, Integral):
        raise TypeError(f"base_year is a whole year, got {base_year!r}")
    if not isinstance(price_index, pd.Series) or not is_integer_dtype(price_index.index):
        raise TypeError('a price index is a Series by year: frame.set_index("year").value')
    if price_index.index.has_duplicates:
        raise ValueError("the price index has a year twice; keep one value a year")
    missing = sorted({base_year, *frame["year"]} - set(price_index.index))
    if missing:
        raise ValueError(
            f"the price index has no value for {', '.join(map(str, missing))}; "
            f"it covers {price_index.index.min()}-{price_index.index.max()}"
        )
    used = price_index.loc[[base_year, *frame["year"]]]
    good = (used > 0) & (used < float("inf"))
    if not good.all():
        raise ValueError(f"a price index is positive and finite, got {used[~good].iloc[0]}")
    factor = price_index.loc[base_year] / frame["year"].map(price_index)
    name = f"{column.removesuffix('_musd')}_real{base_year}_musd"
    return frame.assign(**{name: frame[column] * factor})


def year_to_date(part_years: pd.DataFrame, annual: pd.DataFrame) -> pd.DataFrame:
    """Share of the full year that each part-year figure turned out to be.

    Only like is divided by like: same reporter, partner, flow and, where both frames have it,
    coverage. Part-years whose full year is not known (yet) are left out.

    Parameters
    ----------
    part_years : DataFrame
        Figures frame of periods from 1 January to the end of a month before December.
    annual : DataFrame
        Full years as `tradelib.load_turnover` returns them: ``reporter``, ``partner``, ``year`` and
        at least one of ``turnover_musd``, ``export_musd``, ``import_musd``; a row a pair and year.

    Returns
    -------
    DataFrame
        `part_years` with ``year``, ``months`` (1-11), ``full_year_musd``, ``share`` (fraction of
        the full year) and ``pro_rata`` (months / 12); ``full_year_released`` too if `annual` has
        ``released``. Where ``bound`` is ``at_least``, so is the share.

    Raises
    ------
    ValueError
        If a period is not such a part of a year, a full year is given twice, or a part-year
        stated exactly exceeds its full year.

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
    _check_figures(part_years)
    months = _months(part_years)
    if not months.between(1, 11).all():
        raise ValueError(f"a part-year has 1 to 11 months, got {months.max()}")
    keys = ["reporter", "partner", "year"]
    keys += [c for c in ["coverage"] if c in part_years and c in annual]
    _check_columns(annual, keys)
    if annual.duplicated(keys).any():
        row = annual[annual.duplicated(keys)].iloc[0]
        raise ValueError(
            f"year_to_date needs one row a full year, got several for {row['reporter']}-"
            f"{row['partner']} {row['year']}; choose a source"
        )
    values = [f"{flow}_musd" for flow in _MIRRORED if f"{flow}_musd" in annual]
    if not values:
        raise ValueError("the full years need turnover_musd, export_musd or import_musd")
    known = annual.rename(columns={"released": "full_year_released"})
    ids = [*keys, *(c for c in ["full_year_released"] if c in known)]
    full = known.melt(ids, values, var_name="flow", value_name="full_year_musd").dropna()
    full["flow"] = full["flow"].str.removesuffix("_musd")
    part = part_years.assign(year=_years(part_years), months=months, pro_rata=months / 12)
    joined = part.merge(full, on=[*keys, "flow"])
    joined["share"] = joined["value_musd"] / joined["full_year_musd"]
    loose = joined["bound"] != "exact" if "bound" in joined else pd.Series(False, joined.index)
    over = joined[~(joined["share"] <= 1) & ~loose]
    if len(over):
        row = over.iloc[0]
        raise ValueError(
            f"a part-year cannot exceed its full year, got {row['value_musd']:g} in "
            f"{row['months']} months of {row['year']} against {row['full_year_musd']:g}"
        )
    return joined


def history(frame: pd.DataFrame, *, column: str = "turnover_musd") -> pd.Series:
    """Checked annual series: years ascending without gaps or repeats, values positive.

    Parameters
    ----------
    frame : DataFrame
        With ``year`` and `column`; rows in any order.
    column : str
        Column to take, US$ million.

    Returns
    -------
    Series of float
        Indexed by year.

    Raises
    ------
    ValueError
        If the frame is empty, a year is missing in between or given twice, or a value is missing,
        zero or negative.
    TypeError
        If years or values are not numbers.

    Examples
    --------
    >>> history(pd.DataFrame({"year": [2021, 2020], "turnover_musd": [254.2, 128.0]})).tolist()
    [128.0, 254.2]
    """
    _check_columns(frame, ["year", column])
    if frame.empty:
        raise ValueError("a history needs at least one year, got an empty frame")
    if not is_integer_dtype(frame["year"]) or frame["year"].hasnans:
        raise TypeError(f"years are whole numbers, none missing, got {frame['year'].dtype}")
    _check_numbers(frame, column)
    years, values = frame["year"].to_numpy(np.int64), frame[column].to_numpy(np.float64)
    order = np.argsort(years)
    years, values = years[order], values[order]
    apart = np.diff(years)
    if (apart == 0).any():
        twice = years[1:][apart == 0][0]
        raise ValueError(f"a history has one value a year, got several for {twice}")
    if not (values > 0).all():
        worst = np.flatnonzero(values <= 0)[0]
        raise ValueError(
            f"a history needs positive values, got {values[worst]:g} in {years[worst]}"
        )
    if (apart > 1).any():
        missing = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        raise ValueError(f"a history has no gaps, but {', '.join(map(str, missing))} is missing")
    return pd.Series(values, index=pd.Index(years, name="year"), name=column)


def by_pair(panel: pd.DataFrame) -> pd.DataFrame:
    """A panel of pairs as a wide frame: a row a pair, a column a year.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million), a row a pair and year, in any order.

    Returns
    -------
    DataFrame, shape (n_pairs, n_years)
        US$ million, missing where unknown; pairs sorted, years consecutive.

    Raises
    ------
    ValueError
        If a column is missing, the panel is empty, a pair has a year twice, or a value is negative
        or infinite.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": ["AAA-BBB"] * 2, "year": [2000, 2002],
    ...     "turnover_musd": [1.0, 3.0]})
    >>> by_pair(panel).columns.tolist()
    [2000, 2001, 2002]
    """
    missing = [c for c in ("pair", "year", "turnover_musd") if c not in panel]
    if missing:
        raise ValueError(f"a panel needs pair, year, turnover_musd; it lacks {', '.join(missing)}")
    if panel.empty:
        raise ValueError("a panel needs rows, got none")
    if panel.duplicated(["pair", "year"]).any():
        row = panel[panel.duplicated(["pair", "year"])].iloc[0]
        raise ValueError(f"{row['pair']} has {row['year']} twice; keep one")
    bad = panel[(panel["turnover_musd"] < 0) | (panel["turnover_musd"] == float("inf"))]
    if len(bad):
        row = bad.iloc[0]
        raise ValueError(f"{row['pair']} has {row['turnover_musd']:g} in {row['year']}; drop it")
    wide = panel.pivot(index="pair", columns="year", values="turnover_musd")
    return wide.reindex(columns=range(int(wide.columns.min()), int(wide.columns.max()) + 1))


def swings(
    frame: pd.DataFrame, *, fall: float = 0.5, column: str = "turnover_musd"
) -> pd.DataFrame:
    """Rises and falls between turning points, smaller wobbles ignored.

    A rise ends at the highest year before a fall by at least `fall`; a fall ends at the lowest
    year before a rise that undoes one of that size (a fall by half, a rise to double).

    Parameters
    ----------
    frame : DataFrame
        With ``year`` and `column`, a year a row without gaps.
    fall : float
        Fraction between 0 and 1.
    column : str
        Column to take, US$ million.

    Returns
    -------
    DataFrame
        One row a swing in order of time: ``from_year``, ``to_year`` (int), ``from_musd``,
        ``to_musd`` (float) and ``change`` (fraction of the start). Empty if no swing is so large.

    Raises
    ------
    ValueError
        If `fall` is not between 0 and 1, or the series has gaps, repeats or values that are not
        positive.

    Examples
    --------
    >>> values = [208.0, 417.0, 166.0, 101.0, 177.0]
    >>> series = pd.DataFrame({"year": range(2007, 2012), "turnover_musd": values})
    >>> swings(series)[["from_year", "to_year", "change"]].round(2).to_numpy().tolist()
    [[2007.0, 2008.0, 1.0], [2008.0, 2010.0, -0.76]]
    """
    if not 0 < fall < 1:
        raise ValueError(f"fall is a fraction between 0 and 1, got {fall}")
    series = history(frame, column=column)
    low = high = int(series.index[0])
    turns: list[int] = []
    rising: bool | None = None
    for year, value in series.items():
        high = year if value > series[high] else high
        low = year if value < series[low] else low
        if rising is not False and value <= series[high] * (1 - fall):
            turns.append(high)
            rising, low = False, year
        elif rising is not True and value >= series[low] / (1 - fall):
            turns.append(low)
            rising, high = True, year
    if rising is not None:
        turns.append(high if rising else low)
    legs = pd.DataFrame({"from_year": turns[:-1], "to_year": turns[1:]}, dtype="int64")
    legs["from_musd"] = series.loc[legs["from_year"]].to_numpy()
    legs["to_musd"] = series.loc[legs["to_year"]].to_numpy()
    return legs.assign(change=legs["to_musd"] / legs["from_musd"] - 1)


def _bound_of_total(bounds: pd.DataFrame) -> pd.Series:
    """How a total binds: as stated, else as its looser flow; "about" if the two pull apart."""
    exports, imports = bounds["export"], bounds["import"]
    summed = exports.where(imports == "exact", imports)
    apart = (exports != "exact") & (imports != "exact") & (exports != imports)
    stated = bounds["turnover"].notna()
    return bounds["turnover"].where(stated, summed.mask(apart, "about"))


def _keys(figures: pd.DataFrame) -> list[str]:
    identity = [c for c in _IDENTITY if c in figures]
    return ["reporter", "partner", "period_start", "period_end", *identity]


def _years(figures: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(figures["period_end"]).dt.year


def _months(figures: pd.DataFrame) -> pd.Series:
    """Whole months of each period, which must begin on 1 January and end with a month."""
    start = pd.to_datetime(figures["period_start"])
    end = pd.to_datetime(figures["period_end"])
    whole = start.dt.is_year_start & end.dt.is_month_end & (start.dt.year == end.dt.year)
    if not whole.all():
        row = figures[~whole].iloc[0]
        raise ValueError(
            "a part of a year runs from 1 January to the end of a month, got "
            f"{row['period_start']} to {row['period_end']}"
        )
    return end.dt.month


def _check_columns(frame: pd.DataFrame, columns: list[str]) -> None:
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise TypeError(f"a DataFrame with {', '.join(columns)} is needed, got {kind}")
    missing = [c for c in columns if c not in frame]
    if missing:
        raise ValueError(
            f"the frame lacks {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}"
        )


def _check_flows(figures: pd.DataFrame) -> None:
    unknown = figures[~figures["flow"].isin(list(_MIRRORED))]
    if len(unknown):
        raise ValueError(
            f"a flow is one of {', '.join(_MIRRORED)}, got {unknown['flow'].iloc[0]!r}"
        )


def _check_numbers(frame: pd.DataFrame, column: str) -> None:
    values = frame[column]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        odd = [v for v in values if isinstance(v, bool) or not isinstance(v, int | float)]
        worst = [v for v in odd if pd.isna(pd.to_numeric(v, errors="coerce"))]
        shown = repr((worst or odd)[0]) if odd else "objects"
        raise TypeError(f"{column} must hold numbers, got {shown} ({values.dtype})")
    wrong = ~np.isfinite(values.to_numpy(float, na_value=np.nan))
    if wrong.any():
        bad = frame[wrong]
        named = [c for c in ("reporter", "partner", "period_start", "year") if c in frame]
        where = " ".join(str(bad[c].iloc[0]) for c in named)
        raise ValueError(f"{column} is missing or infinite for {where}; drop the row first")


def _check_figures(figures: pd.DataFrame) -> None:
    _check_columns(figures, _FIGURE)
    _check_flows(figures)
    if "value_meur" in figures and figures["value_meur"].notna().any():
        row = figures[figures["value_meur"].notna()].iloc[0]
        raise ValueError(
            f"figures must share one unit, got {row['value_meur']:g} million EUR for "
            f"{row['reporter']}-{row['partner']} among US$ million; drop or convert it first"
        )
    _check_numbers(figures, "value_musd")
    for column in _FIGURE[:5]:
        if figures[column].isna().any():
            raise ValueError(f"a figure needs its {column}; {figures[column].isna().sum()} lack it")
    alone = figures[figures["reporter"] == figures["partner"]]
    if len(alone):
        raise ValueError(f"a pair is two countries, got {alone['reporter'].iloc[0]} with itself")
    if (figures["value_musd"] < 0).any():
        worst = figures.loc[figures["value_musd"].idxmin()]
        raise ValueError(
            f"trade is not negative, got {worst['value_musd']:g} for "
            f"{worst['reporter']}-{worst['partner']} {worst['period_start']}"
        )
    keys = [*_keys(figures), "flow"]
    if figures.duplicated(keys).any():
        row = figures[figures.duplicated(keys)].iloc[0]
        raise ValueError(
            f"the {row['flow']} of {row['reporter']}-{row['partner']} from {row['period_start']} "
            f"to {row['period_end']} is given twice by the same source; keep one"
        )
