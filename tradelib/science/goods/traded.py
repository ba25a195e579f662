"""What two countries trade by section of goods, year by year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.flows import MIRRORED
from tradelib.core.labels import Displayable, capital, label, money
from tradelib.core.validation import validated

KEYS = ["section", "flow"]
# A section is named among the reasons of a change if it is so large a part of it.
NAMED = 0.1
# Bought once: in the years before and after a section was below this part of its peak.
ONCE = 0.25
# What is left of a stack beside its largest sections.
OTHERS = "all other goods"
# Source of amounts by section that were fetched, and are no shares of another figure.
FETCHED = "comtrade"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Goods(Displayable):
    """Trade of a pair by year, flow and section of goods.

    Parameters
    ----------
    reporter, partner : str
        The two countries, ISO3; flows are seen from the first.
    table : DataFrame
        ``year``, ``flow`` (export, import), ``section``, ``share`` (of the year's turnover, so that
        a year sums to one), ``value_musd`` (US$ million, current prices; missing where turnover is
        not known) and ``source_id`` (whose turnover it is; missing with it). A section without
        trade has no row.
    """

    reporter: str
    partner: str
    table: pd.DataFrame

    @property
    def years(self) -> list[int]:
        """Years of which sections are known, ascending."""
        return [int(year) for year in sorted(self.table["year"].unique())]

    def to_frame(self) -> pd.DataFrame:
        """The shares and amounts.

        Returns
        -------
        DataFrame
            One row per year, flow and section with trade, as `table` has them.
        """
        return self.table.copy()

    @validated
    def change(self, from_year: int, to_year: int) -> pd.DataFrame:
        """How much each section and flow moved between two years.

        Parameters
        ----------
        from_year, to_year : int
            Two of `years` with amounts, of one source.

        Returns
        -------
        DataFrame
            One row per section and flow, the largest change first: ``section``, ``flow``,
            ``from_musd``, ``to_musd`` and ``change_musd`` (US$ million), which add up to the change
            of turnover.

        Raises
        ------
        InputError
            If the sections of a year are not known.
        NoAnswerError
            If the amounts of a year are not known, or the two years are of two sources.

        Examples
        --------
        >>> from tradelib import goods
        >>> change = goods("KAZ", "TKM").change(2008, 2010)
        >>> change["section"][0], round(change["change_musd"][0])
        ('Mineral Products', -191)
        """
        first, last = (self._amounts(year) for year in (from_year, to_year))
        by_source = {year: self._source(year) for year in (from_year, to_year)}
        if len(set(by_source.values())) > 1:
            whose = " and ".join(f"{year} of {label(name)}" for year, name in by_source.items())
            raise NoAnswerError(
                f"turnover of {whose}: no change is taken from one source to another; choose two "
                "years of one source, see to_frame()"
            )
        both = pd.concat([first, last], axis=1, keys=["from_musd", "to_musd"]).fillna(0.0)
        both["change_musd"] = both["to_musd"] - both["from_musd"]
        order = both["change_musd"].abs().sort_values(ascending=False, kind="stable").index
        return both.loc[order].reset_index()

    @validated
    def explain(self, from_year: int, to_year: int) -> str:
        """Name the goods behind a rise or a fall of turnover, in a sentence.

        Parameters
        ----------
        from_year, to_year : int
            As `change` takes them.

        Returns
        -------
        str
            The one or two sections that moved most in the direction of turnover.

        Raises
        ------
        InputError, NoAnswerError
            As `change` raises them.

        Examples
        --------
        >>> from tradelib import goods
        >>> print(goods("KAZ", "TKM").explain(2008, 2010))
        The fall of 2008-2010 came mostly from minerals sold by Turkmenistan (US$194m to US$2.5m)
        and vegetable products sold by Kazakhstan (US$148m to US$29m).
        """
        change = self.change(from_year, to_year)
        total = change["change_musd"].sum()
        parts = change[np.sign(change["change_musd"]) == np.sign(total)]
        parts = parts[parts["change_musd"].abs() >= NAMED * abs(total)].head(2)
        span = f"{from_year}-{to_year}"
        if parts.empty:
            return f"No section of goods stands out in the change of {span}."
        movement = "fall" if total < 0 else "rise"
        much = "mostly" if parts["change_musd"].sum() / total > 0.5 else "most of all"
        peak = from_year if total < 0 else to_year
        phrases = [self._phrase(row, peak=peak) for row in parts.itertuples()]
        return f"The {movement} of {span} came {much} from {' and '.join(phrases)}."

    def _phrase(self, row: pd.Series, *, peak: int) -> str:
        """One section of a change: what, who sold it, from how much to how much, whether once."""
        seller = self.reporter if row.flow == "export" else self.partner
        amounts = f"{money(row.from_musd)} to {money(row.to_musd)}"
        if self._only_in(peak, row.section, row.flow):
            amounts += f"; far less in {peak - 1} and {peak + 1}"
        return f"{label(row.section)} sold by {country_codes.spoken(seller)} ({amounts})"

    def _only_in(self, peak: int, section: str, flow: str) -> bool:
        """Whether a section was traded in one year, and little in the years beside it."""
        rows = self.table[(self.table["section"] == section) & (self.table["flow"] == flow)]
        values = rows.set_index("year")["value_musd"]
        beside = [year for year in (peak - 1, peak + 1) if year in self.years]
        if len(beside) < 2 or peak not in values:
            return False
        return bool((values.reindex(beside).fillna(0.0) < ONCE * values[peak]).all())

    def concentration(self) -> pd.DataFrame:
        """How much of trade is in few goods: the Herfindahl index of sections, by year.

        It is the sum of squared shares of sections in turnover, both flows of a section added: 1 if
        all is of one section, 1/21 if all sections are alike.

        Returns
        -------
        DataFrame
            One row per year: ``year``, ``concentration`` (0 to 1), ``section`` (the largest) and
            ``share`` (its share of turnover).

        References
        ----------
        Hirschman, A. O. (1964), The paternity of an index, *American Economic Review* 54(5), 761.

        Examples
        --------
        >>> from tradelib import goods
        >>> last = goods("KAZ", "TKM").concentration().iloc[-1]
        >>> f"{last.concentration:.2f}", last.section
        ('0.46', 'Vegetable Products')
        """
        shares = self.table.groupby(["year", "section"])["share"].sum()
        largest = shares.loc[shares.groupby("year").idxmax()].reset_index()
        index = (shares**2).groupby("year").sum().rename("concentration")
        table = largest.merge(index.reset_index(), on="year")
        return table[["year", "concentration", "section", "share"]]

    @validated
    def seen_from(self, country: str) -> "Goods":
        """The same trade with flows as one of the two countries sees them.

        Parameters
        ----------
        country : str
            `reporter` or `partner`.

        Returns
        -------
        Goods
            Itself, or with exports and imports swapped.

        Raises
        ------
        InputError
            If `country` is neither of the two.
        """
        if country not in (self.reporter, self.partner):
            raise InputError(f"{country} is none of {self.reporter} and {self.partner}")
        if country == self.reporter:
            return self
        flipped = self.table.assign(flow=self.table["flow"].map(MIRRORED))
        return Goods(reporter=self.partner, partner=self.reporter, table=in_order(flipped))

    def summary(self) -> str:
        """What was traded in the last year whose sections and turnover are known, in plain words.

        Returns
        -------
        str
            A few sentences.
        """
        last = self._newest()
        rows = self.table[self.table["year"] == last]
        total = rows["value_musd"].sum(min_count=1)
        sections = rows.groupby("section")["share"].sum().nlargest(3)
        listed = ", ".join(f"{label(str(name))} {share:.0%}" for name, share in sections.items())
        pair = capital(
            f"{country_codes.spoken(self.reporter)} and {country_codes.spoken(self.partner)}"
        )
        known = f"We know the kinds of goods only up to {self.years[-1]}."
        if pd.isna(total):
            return f"{pair} traded in {last}: {listed}. Turnover is not known to us. {known}"
        basis = "Amounts are the share of each kind times the year's trade."
        if (rows["source_id"] == FETCHED).all():
            basis = "Amounts are those of UN Comtrade."
        return f"{pair} traded {money(total)} in {last}: {listed}. {basis} {known}"

    def newest(self) -> pd.DataFrame:
        """The sections of the last year with amounts, else of the last year.

        Returns
        -------
        DataFrame
            One row per section and flow, the largest first: ``year``, ``section``, ``flow``,
            ``share``, ``value_musd``.
        """
        last = self.table[self.table["year"] == self._newest()]
        columns = ["year", "section", "flow", "share", "value_musd"]
        return last.sort_values("share", ascending=False)[columns]

    def _table(self) -> pd.DataFrame:
        """Table under the summary on a page."""
        return self.newest()

    def _newest(self) -> int:
        """The last year with amounts, else the last year."""
        known = self.table.loc[self.table["value_musd"].notna(), "year"]
        return int(known.max()) if len(known) else self.years[-1]

    def _amounts(self, year: int) -> pd.Series:
        """US$ million of a year by section and flow."""
        if year not in self.years:
            raise InputError(
                f"sections of {self.reporter}-{self.partner} are known from {self.years[0]} to "
                f"{self.years[-1]}, got {year}"
            )
        values = self.table[self.table["year"] == year].set_index(KEYS)["value_musd"]
        if values.isna().any():
            known = self.table.loc[self.table["value_musd"].notna(), "year"]
            offers = f"those of {known.min()} to {known.max()} are" if len(known) else "none is"
            raise NoAnswerError(
                f"turnover of {self.reporter}-{self.partner} in {year} is not known, so that there "
                f"are shares alone; of the years with sections {offers}"
            )
        return values

    def _source(self, year: int) -> str:
        """Whose turnover the amounts of a year are."""
        return str(self.table.loc[self.table["year"] == year, "source_id"].iloc[0])


def goods_of(
    reporter: str, partner: str, parts: pd.DataFrame, turnover: pd.DataFrame | None
) -> Goods:
    """Goods of a pair from parts of each year's trade.

    `parts` has ``year``, ``flow``, ``section`` and ``part`` in any unit, seen from `reporter`;
    `turnover` has ``year``, ``turnover_musd`` and ``source_id``. Without it the parts are US$
    million themselves, and have a ``source_id``.
    """
    rows = parts[parts["part"] > 0]
    table = rows.assign(share=rows["part"] / rows.groupby("year")["part"].transform("sum"))
    if turnover is None:
        table = table.rename(columns={"part": "value_musd"})
    else:
        table = table[["year", "flow", "section", "share"]]
        known = turnover[["year", "turnover_musd", "source_id"]]
        table = table.merge(known, on="year", how="left")
        table["value_musd"] = table["share"] * table["turnover_musd"]
    return Goods(reporter=reporter, partner=partner, table=in_order(table))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Columns and rows of `Goods.table` in their order."""
    columns = ["year", "flow", "section", "share", "value_musd", "source_id"]
    return table[columns].sort_values(columns[:3], ignore_index=True)


def stacked(traded: Goods, most: int) -> pd.DataFrame:
    """US$ million by year and section, both flows added; empty if no amounts are known.

    There is a row for every year from the first known to the last, and a column for each of the
    `most` sections with the largest year; all others are added up in the last one.
    """
    rows = traded.table.dropna(subset="value_musd")
    if rows.empty:
        return pd.DataFrame()
    values = rows.pivot_table(
        index="year", columns="section", values="value_musd", aggfunc="sum", fill_value=0.0
    )
    values = values.reindex(range(int(values.index[0]), int(values.index[-1]) + 1))
    largest = values.max().nlargest(most).index
    stack = values[largest]
    if values.shape[1] > len(largest):
        stack = stack.assign(**{OTHERS: values.drop(columns=largest).sum(axis=1)})
    return stack
