"""What could fill the gap between the last figure and a target, section by section."""

import math
from dataclasses import dataclass

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.labels import Displayable, label, money
from tradelib.core.sections import SECTIONS, UNSPECIFIED
from tradelib.science.goods.measures import comparative_advantage, trade_complementarity
from tradelib.science.pledges.target import Target


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Gap(Displayable):
    """What a target lacks, beside what both sides trade with everyone.

    It moves no chance: the growth model reads none of it.

    Parameters
    ----------
    target : Target
        The pledge.
    last_year : int
        The last year whose trade is known.
    last_musd : float
        What the target counts in that year, US$ million.
    sections : DataFrame
        One row per flow that the target counts and section, the largest room first: ``flow`` (as
        the reporter sees it), ``section``, ``sells_musd`` (what the seller sells to everyone),
        ``buys_musd`` (what the buyer buys from everyone; both US$ million, of 2023),
        ``times_sales`` and ``times_purchases`` (the missing amount divided by them; missing where
        they are zero), ``comparative_advantage`` (of the seller), ``pair_share`` (share of
        the pair's turnover in its last three years with known sections; missing where unknown),
        ``like_share`` and ``like_high_share`` (the median of pairs of like size, and what one in
        ten of them is above).
    complementarity : dict
        By flow, how well the seller's sales fit the buyer's purchases, 0 to 1.
    """

    target: Target
    last_year: int
    last_musd: float
    sections: pd.DataFrame
    complementarity: dict[str, float]

    @property
    def missing_musd(self) -> float:
        """What is missing, US$ million; zero if the last figure is the target or more."""
        return max(0.0, self.target.value_musd - self.last_musd)

    def to_frame(self) -> pd.DataFrame:
        """The sections.

        Returns
        -------
        DataFrame
            As `sections` has them.
        """
        return self.sections.copy()

    def summary(self) -> str:
        """How large the gap is beside what each side buys, in plain words.

        Returns
        -------
        str
            A few sentences.
        """
        if self.missing_musd == 0:
            return (
                f"Nothing is missing: the last figure, of {self.last_year}, is "
                f"{money(self.last_musd)}, and the target is {money(self.target.value_musd)}."
            )
        bought = self.sections["times_purchases"].notna()
        named = self.sections[bought & (self.sections["section"] != UNSPECIFIED)]
        largest = named.drop_duplicates("flow").sort_values("flow")
        beside = [self._beside(row) for row in largest.itertuples()]
        return (
            f"{money(self.missing_musd)} is missing between {money(self.last_musd)} in "
            f"{self.last_year} and the target. That is as much as {', or '.join(beside)}. "
            f"{self._fit()} Nothing here changes the chance."
        )

    def _beside(self, row: pd.Series) -> str:
        """The missing amount beside all that the buyer buys of a section."""
        buyer = self.target.partner if row.flow == "export" else self.target.reporter
        share = row.times_purchases
        size = f"{share:.0%} of all" if share < 2 else f"{share:.2g} times all"
        return (
            f"{size} the {label(row.section)} that {country_codes.spoken(buyer)} buys from everyone"
        )

    def _fit(self) -> str:
        """The complementarity of each flow in a sentence each."""
        texts = []
        for flow, index in self.complementarity.items():
            seller, buyer = sides(self.target, flow)
            sold = f"what {country_codes.spoken(seller)} sells"
            bought = f"what {country_codes.spoken(buyer)} buys"
            texts.append(f"between {sold} and {bought} is {index:.0%}")
        return (
            f"The match {', and that '.join(texts)}. A perfect match would be 100% (trade "
            "complementarity)."
        )


def sides(target: Target, flow: str) -> tuple[str, str]:
    """Seller and buyer of a flow, as the target's reporter sees it."""
    pair = (target.reporter, target.partner)
    return pair if flow == "export" else pair[::-1]


def gap_of(
    target: Target,
    *,
    last: tuple[int, float],
    profiles: pd.DataFrame,
    like: pd.DataFrame,
    pair: pd.Series | None,
) -> Gap:
    """The gap of a target.

    `last` is the last year and its value; `profiles` has a row a country, flow and section with
    ``value_musd``; `like` has ``median`` and ``q0.9`` by section; `pair` holds shares of the pair's
    turnover by flow and section.
    """
    year, value = last
    missing = max(0.0, target.value_musd - value)
    amounts = profiles.set_index(["country", "flow", "section"])["value_musd"].sort_index()
    world = amounts.xs("export", level="flow").groupby("section").sum()
    counted = ["export", "import"] if target.flow == "turnover" else [target.flow]
    fit = {}
    tables = []
    for flow in counted:
        seller, buyer = sides(target, flow)
        sells, buys = amounts.loc[seller, "export"], amounts.loc[buyer, "import"]
        fit[flow] = trade_complementarity(sells, buys)
        table = pd.DataFrame({"sells_musd": sells, "buys_musd": buys}).reindex(list(SECTIONS))
        for side, column in (("sells_musd", "times_sales"), ("buys_musd", "times_purchases")):
            table[column] = missing / table[side].where(table[side] > 0)
        table["comparative_advantage"] = comparative_advantage(sells, world)
        known = math.nan if pair is None else pair.loc[flow].reindex(table.index).fillna(0.0)
        table["pair_share"] = known
        table[["like_share", "like_high_share"]] = like[["median", "q0.9"]]
        tables.append(table.rename_axis("section").reset_index().assign(flow=flow))
    both = pd.concat(tables, ignore_index=True)
    room = both[["sells_musd", "buys_musd"]].min(axis=1)
    order = room.sort_values(ascending=False, kind="stable").index
    columns = ["flow", *both.columns.drop("flow")]
    return Gap(
        target=target,
        last_year=year,
        last_musd=value,
        sections=both.loc[order, columns].reset_index(drop=True),
        complementarity=fit,
    )
