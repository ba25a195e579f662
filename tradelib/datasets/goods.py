"""Bundled shares of sections of goods: of named examples, of countries, of pairs of like size."""

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import NoAnswerError
from tradelib.core.flows import MIRRORED
from tradelib.core.sections import SECTIONS
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.pair_series import totals_of
from tradelib.datasets.tables import Day

EXAMPLES = "goods_shares.csv"
COUNTRIES = "goods_countries.csv"
LIKE = "goods_like.csv"
FACTS = "goods_facts.csv"
# The matrix whose totals of 2023 turn shares of countries into amounts.
TOTALS = ("baci_v202501", 2023)


def example_pairs() -> list[tuple[str, str]]:
    """The pairs whose sections are bundled."""
    pairs = tables.table(EXAMPLES)[["reporter", "partner"]].drop_duplicates()
    return list(pairs.itertuples(index=False, name=None))


def bundled_parts(reporter: str, partner: str) -> pd.DataFrame:
    """Parts of each year's trade of an example by flow and section, as the reporter sees flows.

    ``year``, ``flow``, ``section``, ``part`` (per mille of turnover); empty for any other pair.
    """
    table = tables.table(EXAMPLES)
    first = (table["reporter"] == reporter) & (table["partner"] == partner)
    second = (table["reporter"] == partner) & (table["partner"] == reporter)
    keys = ["flow", "section"]
    rows = table[first | second].drop(columns=["reporter", "partner"])
    parts = rows.melt(keys, var_name="year", value_name="part").dropna()
    parts = parts.astype({"year": "int64", "part": "float64"})
    if second.any():
        parts["flow"] = parts["flow"].map(MIRRORED)
    return parts


@validated
def load_country_goods(country: str | int | None = None) -> pd.DataFrame:
    """What countries sell to everyone and buy from everyone, by section of goods.

    Shares are a mean of 2016-2018 over partners, weighted by trade in CEPII's BACI of 2023; amounts
    are these shares times all exports or imports of the country in BACI 2023, so that prices and
    goods of later years are not in the shares. From UN Comtrade by way of the Open Trade
    Statistics.

    Parameters
    ----------
    country : str or int, optional
        A country by code, UN number or name; all countries if omitted.

    Returns
    -------
    DataFrame
        One row per country, flow and section: ``country``, ``flow`` (``export`` or ``import``),
        ``section``, ``share`` (of all exports or imports), ``value_musd`` (US$ million of 2023) and
        ``known`` (share of the country's trade with partners whose goods are known).

    Raises
    ------
    InputError
        If the country is unknown.
    NoAnswerError
        If nothing is known of its goods.

    Examples
    --------
    >>> sold = load_country_goods("TKM").query("flow == 'export'").set_index("section")
    >>> f"{sold.share['Mineral Products']:.0%}"
    '85%'
    """
    wide = tables.table(COUNTRIES)
    if country is not None:
        code = country_codes.iso3(country)
        check_known(code)
        wide = wide[wide["country"] == code]
    keys = ["country", "flow", "known"]
    rows = wide.melt(keys, list(SECTIONS), var_name="section", value_name="share")
    totals = pd.Series(totals_of(*TOTALS))
    whole = totals.reindex(pd.MultiIndex.from_frame(rows[["country", "flow"]])).to_numpy()
    rows["value_musd"] = rows["share"] * whole
    order = ["country", "flow", "section", "share", "value_musd", "known"]
    return rows.sort_values(["country", "flow"], kind="stable", ignore_index=True)[order]


def check_known(code: str) -> None:
    """Raise if nothing is known of what a country sells and buys by section."""
    known = tables.table(COUNTRIES)["country"].unique()
    if country_codes.is_bloc(code):
        raise NoAnswerError(
            f"goods are known of countries, and {country_codes.name(code)} is a bloc: ask of its "
            "members one by one (tradelib.load_blocs lists them)"
        )
    if code not in known:
        raise NoAnswerError(
            f"what {country_codes.name(code)} sells and buys by section is not known; it is of "
            f"{len(known)} countries: load_country_goods() lists them"
        )


def like_goods(size_musd: float) -> pd.DataFrame:
    """Shares of turnover by section of pairs of like size: ``median`` and ``q0.9``, by section.

    A pair that is smaller than all of them is set beside the smallest.
    """
    table = tables.table(LIKE)
    size = max(size_musd, table["size_from"].min())
    rows = table[(table["size_from"] <= size) & (size < table["size_to"])]
    return rows.set_index("section")[["median", "q0.9"]]


@validated
def load_goods_facts(*, as_of: Day | None = None) -> pd.DataFrame:
    """What is known of goods between Kazakhstan and Turkmenistan since 2018.

    No table by chapter or section was found for any year after 2018. What no source names is
    attributed to no goods.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only facts released by this day are returned; all of them if omitted.

    Returns
    -------
    DataFrame
        One row per fact: ``flow`` (Kazakhstan's), ``period_start``, ``period_end``, ``hs``
        (chapters or heading), ``item``, ``value_musd`` (US$ million), ``share`` (of the flow),
        ``volume`` and ``volume_unit``, ``bound`` (exact, about, at_least, at_most), ``basis``
        (stated in the text or derived), the source of the row and a ``note``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_goods_facts().query("hs == '01-24' and flow == 'export'").value_musd.tolist()
    [70.0, 41.2]
    """
    return tables.released_by(tables.table(FACTS), as_of, "facts of goods")
