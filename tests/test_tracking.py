"""How a year is going: its months, what they point to, and what the newest one changed."""

import json
import math

import example_months as prepare
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl
from tradelib.api.tracking import newest_run, pair_targets

PANEL = ROOT.parent / "shared" / "panel" / "monthly_partner_totals.parquet"
EXAMPLE = tl.load_example_months()
ARTICLE = tl.article_target()
USA = tl.Target("USA", "VNM", 200_000, 2028)
ITALY = tl.Target("ITA", "UZB", 900, 2028)
YEARS = {2021: 180.0, 2022: 200.0, 2023: 220.0, 2024: 240.0, 2025: 250.0}
# Twenty a month in 2025; in 2026 four months, of which the last is larger.
SINGLE = pd.Series(
    {f"2025-{month:02}": 20.0 for month in range(1, 13)}
    | {"2026-01": 20.0, "2026-02": 22.0, "2026-03": 18.0, "2026-04": 30.0}
)


def italian(months=SINGLE, *, target=ITALY, cumulated=False, history=YEARS, **options):
    """The year of a pair with a history and months of one's own."""
    return tl.track(target, history=history, months=months, cumulated=cumulated, **options)


class TestByMonths:
    """Single months, and the same less the newest."""

    def test_what_came(self):
        """90 in four months against 80: an eighth more; what is left out is April."""
        year = italian()
        assert (year.nowcast.year, year.nowcast.months, year.nowcast.part_musd) == (2026, 4, 90)
        assert year.last_year_musd == 80
        assert year.growth == pytest.approx(1 / 8)
        assert year.left_out == "April 2026"
        assert (year.nowcast_before.months, year.nowcast_before.part_musd) == (3, 60)

    def test_both_are_the_verdicts_of_assess(self):
        """The chance now, and that of the months without the newest."""
        year = italian()
        both = {"history": YEARS, "cumulated": False}
        assert year.now == tl.assess(ITALY, months=SINGLE, **both)
        assert year.before == tl.assess(ITALY, months=SINGLE[:-1], **both)
        points = round(100 * year.now.shown) - round(100 * year.before.shown)
        assert year.moved_points == points

    def test_a_larger_month_raises_the_chance(self):
        """And a smaller one lowers it."""
        smaller = SINGLE.mask(SINGLE.index == "2026-04", 5.0)
        target = tl.Target("ITA", "UZB", 300, 2028)
        raised = italian(target=target)
        lowered = italian(smaller, target=target)
        assert raised.before.shown == lowered.before.shown
        assert lowered.moved_points < 0 < raised.moved_points

    def test_of_a_single_month_none_is_left(self):
        """Without January there is a chance from the full years alone."""
        year = italian(SINGLE[:-3])
        assert year.left_out == "January 2026"
        assert year.nowcast_before is None
        assert year.before.probability_in == tl.assess(ITALY, history=YEARS).probability_in
        assert not year.before.has("nowcast")

    def test_cumulated_months_are_the_same(self):
        """Sums since January give the same year."""
        sums = SINGLE.groupby(SINGLE.index.str[:4]).cumsum()
        assert italian(sums, cumulated=True).to_json() == italian().to_json()

    def test_months_before_are_not_needed(self):
        """Of four months alone the same months of last year are not known, and that is said."""
        year = italian(SINGLE[-4:])
        assert math.isnan(year.last_year_musd)
        assert json.loads(year.to_json())["growth"] is None

    def test_a_whole_year_has_no_newest_month(self):
        """After December there is nothing under way: what to do instead is said."""
        with pytest.raises(tl.NoAnswerError, match=r"whole of 2025; add months of 2026, or ask"):
            tl.track(ITALY, months=SINGLE[:12], cumulated=False, history={2024: 200.0})

    def test_no_deadline(self):
        """The chance that is shown is that of any year up to the fifth."""
        year = italian(target=tl.Target("ITA", "UZB", 400))
        assert "in any year up to" in year.summary()
        ever = [verdict.probability_ever for verdict in (year.now, year.before)]
        assert year.moved_points == round(100 * ever[0]) - round(100 * ever[1])


class TestIssue:
    """The cases of the issue."""

    def test_usa_vietnam(self):
        """75bn in seven months: within 6 % of the calendar's."""
        median = tl.track(USA, part_year=(7, 75_000.0)).nowcast.median_musd
        assert median / (75_000 * 12 / 7) == pytest.approx(1, abs=0.06)

    def test_brazil_india(self):
        """Half of the last total in six months: within 6 % of it, and it is not of last year."""
        last = tl.load_turnover("IND", "BRA").iloc[-1]
        target = tl.Target("IND", "BRA", 30_000, 2030)
        year = tl.track(target, part_year=(6, float(last["turnover_musd"]) / 2))
        assert year.nowcast.median_musd / last["turnover_musd"] == pytest.approx(1, abs=0.06)
        assert math.isnan(year.last_year_musd)

    def test_half_a_year_doubled_in_july(self):
        """July alone as much as six months: said, and the chance is the one without it beside."""
        months = pd.Series({f"2026-{month:02}": 20.0 for month in range(1, 7)} | {"2026-07": 120.0})
        year = italian(months)
        assert "50% of it in month 7 alone" in json.loads(year.to_json())["unusual"]
        assert year.nowcast_before.median_musd < year.nowcast.median_musd


class TestBundled:
    """Pairs with part-years, and none of single months."""

    def test_against_the_part_year_before(self):
        """Six months of 2024 against four of them; 2023 has no like figure."""
        in_either_order = tl.Target("TKM", "KAZ", 1000, 2027)
        year = tl.track(in_either_order, as_of="2024-08-09")
        parts = tl.load_part_years("KAZ", "TKM").query("year == 2024 and bound == 'exact'")
        values = parts.drop_duplicates("months").set_index("months")["value_musd"]
        assert (year.nowcast.months, year.nowcast.part_musd) == (6, values[6])
        assert (year.nowcast_before.months, year.nowcast_before.part_musd) == (4, values[4])
        assert year.left_out == "May and June 2024"
        assert math.isnan(year.last_year_musd)

    def test_no_month(self):
        """Today none is bundled: the day on which one was is named, and how to give one's own."""
        with pytest.raises(tl.NoAnswerError, match="no month of") as caught:
            tl.track(ARTICLE)
        parts = tl.load_part_years("KAZ", "TKM").query("coverage == 'goods'")
        newest = parts.sort_values(["year", "months", "released"]).iloc[-1]
        assert f"--as-of {newest['released'].date()}" in str(caught.value)
        assert "--months FILE" in str(caught.value)
        with pytest.raises(tl.NoAnswerError, match=r"by 2023-12-15; give months"):
            tl.track(ARTICLE, as_of="2023-12-15")
        with pytest.raises(tl.NoAnswerError, match="is bundled for TUR-KAZ; give months"):
            tl.track(tl.open_target("TUR-KAZ-2024"))

    def test_other_months_do_not_enter(self):
        """A part-year of one's own is compared with none, whatever is bundled."""
        year = tl.track(ARTICLE, as_of="2024-08-09", part_year=(7, 300.0))
        assert year.nowcast_before is None
        assert year.left_out == "January to July 2024"
        assert math.isnan(year.last_year_musd)


class TestResult:
    """What is given back."""

    def test_frame(self):
        """Both answers, a row each."""
        now, before = italian().to_frame().to_dict("records")
        assert (now["months"], now["part_musd"], before["months"]) == (4, 90, 3)
        alone = italian(SINGLE[:-3])
        assert alone.to_frame()["months"].isna().tolist() == [False, True]
        assert "without January 2026" in alone._repr_html_()

    def test_json(self):
        """Every number is the library's."""
        year = italian()
        content = json.loads(year.to_json())
        assert content["nowcast_musd"]["median"] == year.nowcast.median_musd
        assert content["probability_in"] == year.now.probability_in
        assert content["probability_in_without"] == year.before.probability_in
        assert content["moved_points"] == year.moved_points
        assert content["same_months_last_year_musd"] == year.last_year_musd
        assert content["target"]["value_musd"] == 900

    def test_no_chance(self):
        """After the deadline there is a year, and no chance to move."""
        year = italian(target=tl.Target("ITA", "UZB", 900, 2025))
        assert year.moved_points == 0


class TestByMonth:
    """A year's nowcasts, month by month."""

    def test_is_the_panel(self):
        """Seven months of 2022: the same numbers as `nowcast_panel` of the same months."""
        cone = tl.nowcast_by_month(EXAMPLE).set_index("months")
        trade = EXAMPLE.assign(value=EXAMPLE["export_musd"] + EXAMPLE["import_musd"])
        parts = trade[trade["month"] <= 7].groupby("year")["value"].sum()
        totals = trade.groupby("year")["value"].sum().where(lambda sums: sums.index < 2022)
        frames = [
            pd.DataFrame([sums.to_numpy()], ["USA-VNM"], sums.index) for sums in (parts, totals)
        ]
        low, median, high = tl.nowcast_panel(
            *frames, months=7, quantiles=[0.1, 0.5, 0.9], as_of="2022-07-31"
        )[0]
        row = cone.loc[7]
        assert [row["low"], row["median"], row["high"]] == pytest.approx([low, median, high])
        assert row["actual_musd"] == pytest.approx(trade.loc[trade["year"] == 2022, "value"].sum())

    def test_model_of_the_day(self):
        """Each month by the model known when it was over; none was before the end of 2020."""
        cone = tl.nowcast_by_month(EXAMPLE)
        ends = pd.PeriodIndex.from_fields(year=cone["year"], month=cone["months"], freq="M")
        assert (cone["known_from"].to_numpy() <= ends.to_timestamp(how="end")).all()
        assert cone["known_from"].iloc[0] < cone["known_from"].iloc[-1]
        with pytest.raises(tl.NoAnswerError, match="not known by 2020-01-31"):
            tl.nowcast_by_month(EXAMPLE, year=2020)

    def test_narrows(self):
        """With eleven months the range is less than a quarter as wide as with one."""
        cone = tl.nowcast_by_month(EXAMPLE, year=2021)
        width = np.log(cone["high"] / cone["low"])
        assert width.iloc[-1] < width.iloc[0] / 4

    def test_a_year_under_way(self):
        """As many rows as months; what came is not known. Earlier months alone do not matter."""
        cone = tl.nowcast_by_month(SINGLE, cumulated=False)
        assert cone["months"].tolist() == [1, 2, 3, 4]
        assert cone["part_musd"].tolist() == [20, 42, 60, 90]
        assert cone["actual_musd"].isna().all()

    @pytest.mark.parametrize("months", [EXAMPLE[EXAMPLE["year"] < 2022], SINGLE[5:12]])
    def test_no_january(self, months):
        """A year of which the first month is not there."""
        with pytest.raises(tl.InputError, match="have no January of"):
            tl.nowcast_by_month(months, cumulated=False, year=2022 if len(months) > 20 else None)


class TestPairTargets:
    """Open targets of a pair."""

    def test_either_order(self):
        """In whichever order the pair is named; none on a day before it was announced."""
        assert pair_targets("TKM", "KAZ") == ["KAZ-TKM-2022"] == pair_targets("KAZ", "TKM")
        assert pair_targets("KAZ", "TKM", as_of="2022-01-31") == []

    def test_what_counts(self):
        """Open ones of a pair in US dollars."""
        registry = tl.load_targets().set_index("target_id")
        for pair in (("KAZ", "PAK"), ("TUR", "BGR"), ("ITA", "CHN")):
            names = pair_targets(*pair)
            rows = registry.loc[names]
            assert (rows["status"] == "open").all()
            assert (rows["currency"] == "USD").all()
        assert len(pair_targets("KAZ", "PAK")) > 1


def test_newest_run():
    """Months without a gap, up to the newest that has both flows."""
    table = pd.DataFrame(
        {
            "year": [2025, 2025, 2025, 2026, 2026],
            "month": [9, 11, 12, 1, 2],
            "turnover_musd": [1.0, 2.0, 3.0, 4.0, np.nan],
        }
    )
    assert newest_run(table)["turnover_musd"].tolist() == [2, 3, 4]
    with pytest.raises(tl.NoAnswerError, match="no month has both"):
        newest_run(table.assign(turnover_musd=np.nan))


class TestExample:
    """The months that ship."""

    def test_as_released(self):
        """On the day of the article seven months of 2022 were out."""
        assert tl.load_example_months(as_of="2022-10-05").iloc[-1]["month"] == 7
        assert len(EXAMPLE) == 8 * 12
        assert (
            EXAMPLE["released"] > pd.to_datetime(EXAMPLE[["year", "month"]].assign(day=28))
        ).all()

    def test_sum_to_the_years(self):
        """Twelve months are the office's year, which ships rounded."""
        years = tl.load_turnover("USA", "VNM", source="census_usa").set_index("year")
        sums = EXAMPLE.groupby("year")[["export_musd", "import_musd"]].sum().sum(axis=1)
        assert sums.to_numpy() == pytest.approx(years["turnover_musd"][sums.index], rel=1e-3)

    @pytest.mark.skipif(not PANEL.exists(), reason="needs ../shared/panel")
    def test_made_again(self, tmp_path):
        """The script gives the bytes that ship."""
        table = prepare.example(pd.read_parquet(PANEL))
        table.to_csv(tmp_path / "again.csv", index=False)
        assert (tmp_path / "again.csv").read_bytes() == tl.path("example_months.csv").read_bytes()
