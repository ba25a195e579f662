"""How good the nowcast is: its errors by hand, what is left out, and the table that ships."""

import math

import nowcast_skill as prepare
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from test_part_year import LATE, frame, monthly, toy

import tradelib as tl

FOLDER = ROOT.parent / "shared" / "panel"
PANEL = FOLDER / "monthly_partner_totals.parquet"
NAN = float("nan")
INFINITE = float("inf")
# Months that the goals of the model are about.
JUDGED = (3, 6, 7, 9)


def of_2022(parts, totals, **options):
    """Cases of 2022 after six months, by a model that says pro rata with a shock of scale one."""
    return prepare.cases(parts, totals, 2022, 6, toy(), **options)


class TestByHand:
    """Numbers worked out by hand."""

    def test_errors(self):
        """60 in six months after 40 of 100, and 130 came: 120 by the calendar, 150 carried on."""
        row = of_2022(frame([40, 60]), frame([100, 130])).iloc[0]
        assert row["error"] == pytest.approx(math.log(130 / 120))
        assert row["pro_rata"] == pytest.approx(math.log(130 / 120))
        assert row["carried_on"] == pytest.approx(math.log(130 / 150))
        assert (row["year"], row["months"], row["size"]) == (2022, 6, "100m to 1bn")

    def test_the_score_is_of_logs(self):
        """Three times as much of everything is as hard to tell."""
        small = of_2022(frame([40, 60]), frame([100, 130])).iloc[0]
        large = of_2022(frame([120, 180]), frame([300, 390])).iloc[0]
        assert small["crps"] == pytest.approx(large["crps"])
        assert 0 < small["crps"] < 1

    def test_inside(self):
        """With a shock of scale one, the 90th percentile is 60 and 60 times exp(1.2816)."""
        high = 60 * (1 + math.exp(1.2816))
        low = 60 * (1 + math.exp(-1.2816))
        outcomes = [0.999 * low, 1.001 * low, 0.999 * high, 1.001 * high]
        totals = frame(*[[100, outcome] for outcome in outcomes])
        table = of_2022(frame(*[[40, 60]] * 4), totals)
        assert table["inside"].tolist() == [False, True, True, False]

    def test_growth_on_nothing(self):
        """Without trade in last year's months, growth carried on is as wrong as counts."""
        assert of_2022(frame([0, 60]), frame([100, 130]))["carried_on"].item() == -INFINITE

    def test_who_is_judged(self):
        """A pair of US$1m or more last year, with trade in the months and a known year."""
        parts = frame([40, 60], [0.4, 60], [40, 0], [NAN, 60], [40, 60])
        totals = frame([1, 130], [0.99, 130], [100, 130], [NAN, 130], [100, NAN])
        assert of_2022(parts, totals)["pair"].tolist() == ["P0"]

    def test_the_outcome_is_not_read(self):
        """The forecast is the same whatever came, and whatever years are after it."""
        came = [of_2022(frame([40, 60]), frame([100, total])).iloc[0] for total in (130, 260)]
        assert came[1]["error"] - came[0]["error"] == pytest.approx(math.log(2))
        later = pd.DataFrame([[100.0, 130.0, 999.0]], ["P0"], [2021, 2022, 2023])
        assert of_2022(later * [0.4, 60 / 130, 1], later)["error"].item() == came[0]["error"]

    def test_what_is_hidden(self):
        """Of the past: last year's months, or its total as well."""
        growing = toy(location={(0, 9): 0.5, (0, 14): 0.25})
        parts, totals = frame([40, 60]), frame([100, 130])
        errors = {
            past: prepare.cases(parts, totals, 2022, 6, growing, past)["error"].item()
            for past in ("all", "totals", "nothing")
        }
        pro_rata = math.log(130 / 120)
        assert errors["nothing"] == pytest.approx(pro_rata)
        for past, coefficient in (("all", 0.5), ("totals", 0.25)):
            year = 60 * (1 + 1.2**coefficient)
            assert errors[past] == pytest.approx(math.log(130 / year))

    def test_sizes(self):
        """A class begins with its lower end."""
        totals = np.array([1, 9.99, 10, 99.99, 100, 999.9, 1000, 5e5])
        sizes = list(prepare.SIZES)
        assert list(prepare.size_class(totals)) == [size for size in sizes for _ in range(2)]

    def test_a_cell(self):
        """Mean of scores, share inside, root of mean squares, of which none counts more than one."""
        table = pd.DataFrame(
            {
                "months": [3, 3, 3],
                "size": pd.Categorical(
                    ["over 1bn", "1m to 10m", "1m to 10m"], list(prepare.SIZES), ordered=True
                ),
                "error": [0.0, 0.3, -0.4],
                "pro_rata": [0.5, 0.5, 0.5],
                "carried_on": [0.1, 0.6, -INFINITE],
                "crps": [0.2, 0.1, 0.3],
                "inside": [True, True, False],
            }
        )
        cells = prepare.by_cell(table)
        assert cells["size"].tolist() == ["1m to 10m", "over 1bn"]
        small = cells.iloc[0]
        assert small["n"] == 2
        assert small["rmse"] == pytest.approx(math.sqrt(0.125))
        assert small["rmse_carried_on"] == pytest.approx(math.sqrt((0.36 + 1) / 2))
        assert (small["rmse_pro_rata"], small["crps_pro_rata"]) == (0.5, 0)  # always the same
        assert (small["crps"], small["coverage80"]) == (pytest.approx(0.2), 0.5)

    def test_spread_of_pro_rata(self):
        """Errors of zero and one, evenly: the score is E|X - Y| / 2, of two draws of the two."""
        table = of_2022(frame(*[[40, 60]] * 2000), frame(*[[100, 130]] * 2000))
        table["pro_rata"] = np.repeat([0.0, 1.0], 1000)
        score = prepare.by_cell(table)["crps_pro_rata"].item()
        assert score == pytest.approx(0.25, abs=0.005)


class TestSplits:
    """What is judged was not learned from."""

    TABLE = pd.DataFrame(
        [
            (partner, year)
            for partner in ("CAN", "CHN", "DEU", "GBR", "KAZ", "TKM", "UZB", "VNM")
            for year in range(2001, 2017)
        ],
        columns=["partner", "year"],
    )

    def judged(self, split):
        """Rows of the partners and years that a split judges on, of which its fit has seen none."""
        of_fold = prepare.folds(self.TABLE["partner"]) == split.fold
        judged = of_fold & self.TABLE["year"].isin(split.years)
        learned = self.TABLE[split.learned]
        assert not set(learned["partner"]) & set(self.TABLE["partner"][judged])
        assert not set(learned["year"]) & set(split.years)
        return judged

    def test_folds(self):
        """By the letters: C, A and N are 67, 65 and 78, whose sum is two more than 4 times 52."""
        assert prepare.folds(pd.Series(["CAN"])).item() == 2
        assert set(prepare.folds(self.TABLE["partner"])) == {0, 1, 2, 3}

    def test_blocks(self):
        """A fit has seen neither the partners nor the years; each case is judged once."""
        splits = list(prepare.blocks(self.TABLE))
        assert {len(split.years) for split in splits} == {5}
        assert (sum(self.judged(split).astype(int) for split in splits) == 1).all()

    def test_forward(self):
        """Learned to 2008, judged on other partners from 2009 on, each case once."""
        splits = list(prepare.forward(self.TABLE))
        assert {self.TABLE["year"][split.learned].max() for split in splits} == {2008}
        times = sum(self.judged(split).astype(int) for split in splits)
        assert times.tolist() == (self.TABLE["year"] >= 2009).astype(int).tolist()

    def test_late_years(self):
        """Where every year is late in the same way, the model knows and the calendar does not."""
        table = monthly(LATE)
        splits = list(prepare.blocks(table))[:4]
        cells = prepare.by_cell(prepare.judged(table, splits, months=[6]))
        # The first year has none before it; 60 pairs in each of the other four.
        assert 0.95 * 60 * 4 < cells["n"].sum() <= 60 * 4
        assert (cells["rmse"] < cells["rmse_pro_rata"] / 3).all()
        # A first half holds 40 %, not 50.
        assert cells["rmse_pro_rata"].to_numpy() == pytest.approx(math.log(0.5 / 0.4), rel=0.05)


class TestShipped:
    """The table that ships."""

    TABLE = tl.load_nowcast_skill()

    def test_every_cell(self):
        """Each split, number of months and class of size once."""
        keys = ["split", "months", "size"]
        every = pd.MultiIndex.from_product([prepare.SPLITS, prepare.MONTHS, prepare.SIZES])
        assert self.TABLE.set_index(keys).index.tolist() == every.tolist()
        assert self.TABLE[["n", "rmse", "crps"]].notna().all(axis=None)

    def test_cases(self):
        """More months, more pairs that have traded; the later years are a part of all."""
        counts = self.TABLE.pivot_table(index="months", columns=["split", "size"], values="n")
        assert (counts.diff().dropna() >= 0).all(axis=None)
        assert counts.to_numpy().min() > 600
        assert (counts["forward"] < counts["blocks"]).all(axis=None)

    def test_more_months(self):
        """Errors and scores shrink with every month, and with size."""
        for column in ("rmse", "rmse_pro_rata", "crps", "crps_pro_rata"):
            cells = self.TABLE.pivot_table(index=["split", "size"], columns="months", values=column)
            assert (cells.diff(axis=1).iloc[:, 1:] < 0).all(axis=None)
            by_size = cells.unstack("split").reindex(list(prepare.SIZES))
            assert (by_size.diff().iloc[1:] < 0).all(axis=None)

    @pytest.mark.parametrize(
        ("split", "mean", "most", "by_month", "by_cell"),
        [
            ("blocks", 0.93, 1, (0.77, 0.83), (0.74, 0.86)),
            ("forward", 0.94, 1.04, (0.74, 0.86), (0.68, 0.93)),
        ],
    )
    def test_goals(self, split, mean, most, by_month, by_cell):
        """On years and partners left out; and learned to 2008, on other partners later."""
        cells = self.TABLE[(self.TABLE["split"] == split) & self.TABLE["months"].isin(JUDGED)]
        assert len(cells) == 16
        ratio = cells["rmse"] / cells["rmse_pro_rata"]
        assert ratio.mean() <= mean
        assert ratio.max() <= most
        score = cells["crps"] / cells["crps_pro_rata"]
        assert score.mean() <= 0.95
        assert score.max() <= 1.02
        inside = (cells["coverage80"] * cells["n"]).groupby(cells["months"]).sum()
        assert (inside / cells.groupby("months")["n"].sum()).between(*by_month).all()
        assert cells["coverage80"].between(*by_cell).all()

    def test_where_the_calendar_is_as_good(self):
        """From the tenth month on alone, and no cell is a tenth worse; growth carried on nowhere."""
        ratio = self.TABLE["rmse"] / self.TABLE["rmse_pro_rata"]
        assert self.TABLE["months"][ratio >= 1].min() == 10
        assert ratio.max() < 1.1
        better = self.TABLE[["rmse", "rmse_pro_rata"]].max(axis=1)
        assert (self.TABLE["rmse_carried_on"] > better).all()

    @pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """The same numbers from the panel, of one split and two months."""
        trade = prepare.monthly_trade(FOLDER)
        rebuilt = prepare.by_cell(prepare.judged(trade, prepare.forward(trade), months=[3, 9]))
        shipped = self.TABLE[self.TABLE["split"] == "forward"]
        shipped = shipped[shipped["months"].isin([3, 9])].reset_index(drop=True)
        assert rebuilt["n"].tolist() == shipped["n"].tolist()
        for name in ("rmse", "rmse_pro_rata", "rmse_carried_on", "crps", "crps_pro_rata"):
            assert rebuilt[name].to_numpy() == pytest.approx(shipped[name], abs=1e-4)
        assert rebuilt["coverage80"].to_numpy() == pytest.approx(shipped["coverage80"], abs=1e-3)
