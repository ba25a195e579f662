"""Which goods a pair trades: bundled, of one's own panel, or fetched."""

from io import BytesIO
from pathlib import Path

import pandas as pd

from tradelib.api.csv_cells import content_of_file
from tradelib.core import checks, country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.flows import MIRRORED
from tradelib.core.numeric import needs
from tradelib.core.sections import SECTIONS
from tradelib.core.validation import validated
from tradelib.datasets.figures import recommended
from tradelib.datasets.goods import bundled_parts, example_pairs
from tradelib.science.goods.traded import Goods, goods_of

# Columns of a panel of shares, and of the amounts that `tradelib.live.fetch_goods` gives.
PANEL = ["pair", "year", "section", "export_pm", "import_pm"]
FETCHED = ["reporter", "partner", "year", "flow", "section", "value_musd", "source_id"]
PARQUET = (".parquet", ".pq")


@validated
def goods(
    reporter: str | int, partner: str | int, *, shares: pd.DataFrame | str | Path | None = None
) -> Goods:
    """What two countries trade by year, flow and section of goods.

    Bundled are shares of Kazakhstan with Turkmenistan and of eleven named examples, 1995-2018, from
    UN Comtrade by way of the Open Trade Statistics. A year's shares are made to sum to one; amounts
    are shares times the bundled turnover of the pair (the recommended series).

    Parameters
    ----------
    reporter, partner : str or int
        The two countries, each by code, UN number or name, in either order; flows are seen from the
        first.
    shares : DataFrame, str or Path, optional
        For any other pair: a table, CSV or Parquet file with ``pair`` (such as ``"KAZ-TKM"``),
        ``year``, ``section``, ``export_pm`` and ``import_pm`` (per mille of turnover, seen from the
        first country of the pair); or a table of `tradelib.live.fetch_goods`, with its own amounts.

    Returns
    -------
    Goods
        Shares and amounts, their change between two years, and their concentration.

    Raises
    ------
    InputError
        If a country is unknown, both are the same, or `shares` cannot be read or lacks a column.
    NoAnswerError
        If the sections of the pair are not bundled, or not in `shares`.

    Examples
    --------
    >>> pair = goods("KAZ", "TKM")
    >>> pair.change(2014, 2017).change_musd.sum().round().item()
    -371.0
    >>> goods("TUR", "UZB").years[-1]
    2018
    """
    pair = (country_codes.iso3(reporter), country_codes.iso3(partner))
    if pair[0] == pair[1]:
        raise InputError(f"a pair is two countries, got {pair[0]} with itself")
    name = "-".join(pair)
    if shares is None:
        parts = bundled_parts(*pair)
        if parts.empty and any(map(country_codes.is_bloc, pair)):
            raise NoAnswerError(
                f"goods are known of pairs of countries, and {name} is a sum of pairs: ask for "
                "its members' pairs one by one (tradelib.load_blocs lists them), or give your own "
                "panel of shares, goods(..., shares=FILE)"
            )
        if parts.empty:
            bundled = ", ".join("-".join(example) for example in example_pairs())
            raise NoAnswerError(
                f"sections of goods of {name} are not bundled; give your own panel of shares, "
                f"goods(..., shares=FILE), or fetch them, shares=tradelib.live.fetch_goods("
                f"{pair[0]!r}, {pair[1]!r}); bundled are {bundled}"
            )
        return goods_of(*pair, parts, recommended(*pair))
    table = shares if isinstance(shares, pd.DataFrame) else _read(Path(shares))
    with_amounts = "value_musd" in table
    parts = _parts_of_amounts(table, pair) if with_amounts else _parts_of_panel(table, pair)
    if parts["part"].sum() == 0:
        raise NoAnswerError(
            f"the shares given have no trade of {name}; check their pairs, or fetch the pair with "
            "tradelib.live.fetch_goods"
        )
    return goods_of(*pair, parts, None if with_amounts else recommended(*pair))


def _read(file: Path) -> pd.DataFrame:
    """A table of shares from a file, Parquet by its ending, else CSV."""
    try:
        content = BytesIO(content_of_file(file, most=2**32))
    except OSError:
        raise InputError(
            f"there is no file {str(file)[:120]}; give a CSV or Parquet with {', '.join(PANEL)}"
        ) from None
    if file.suffix in PARQUET:
        needs("pyarrow", "live")
    try:
        return pd.read_parquet(content) if file.suffix in PARQUET else pd.read_csv(content)
    except (ValueError, OSError) as error:  # what pandas and pyarrow say of damaged files
        reason = str(error)[:120]
        raise InputError(f"{file.name} cannot be read ({reason}); give a CSV or Parquet") from None


def _parts_of_panel(table: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """Parts of a pair's trade from a panel of per mille, whichever country the panel has first."""
    checks.check_columns(table, PANEL)
    names = table["pair"].astype("str")
    first, second = ("-".join(sides) for sides in (pair, pair[::-1]))
    rows = table[names.isin([first, second])].astype({"section": "str"})
    checks.check_table(rows, whole="year", numbers="export_pm import_pm")
    parts = rows.melt(["pair", "year", "section"], PANEL[3:], "flow", "part")
    parts["flow"] = parts["flow"].str.removesuffix("_pm")
    swapped = parts["pair"].astype("str") == second
    return _checked(_turned(parts, swapped))


def _parts_of_amounts(table: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """Parts of a pair's trade from a table of amounts, whichever country the table has first."""
    checks.check_columns(table, FETCHED)
    sides = table["reporter"].astype("str") + "-" + table["partner"].astype("str")
    first, second = ("-".join(names) for names in (pair, pair[::-1]))
    rows = table[sides.isin([first, second])].astype({"section": "str", "flow": "str"})
    checks.check_table(rows, whole="year", numbers="value_musd", texts="flow source_id")
    checks.check_flows(rows)
    swapped = sides[rows.index] == second
    return _checked(_turned(rows, swapped).rename(columns={"value_musd": "part"}))


def _turned(rows: pd.DataFrame, swapped: "pd.Series[bool]") -> pd.DataFrame:
    """Flows as the first country sees them, where rows are told by the second."""
    return rows.assign(flow=rows["flow"].mask(swapped, rows["flow"].map(MIRRORED)))


def _checked(parts: pd.DataFrame) -> pd.DataFrame:
    """Parts of trade; refused unless each is zero or more, given once and of a known section."""
    checks.check_numbers(parts, "part")
    checks.refuse(
        parts, parts["part"] < 0, "a part of trade is not negative, got {part:g} in {year}"
    )
    strange = ~parts["section"].isin(SECTIONS)
    listed = ", ".join(SECTIONS)
    checks.refuse(
        parts, strange, f"{{section!r}} is no section of goods; the sections are {listed}"
    )
    twice = parts.duplicated(["year", "flow", "section"])
    checks.refuse(parts, twice, "the {flow} of {section} in {year} is given twice; keep one")
    return parts
