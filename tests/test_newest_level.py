"""From which figure a forecast starts: the run of one source, and the newest level of any."""

import pandas as pd
import pytest

import tradelib as tl
from tradelib.api.gather import gather
from tradelib.core.checks import growth_history
from tradelib.datasets import pair_series
from tradelib.datasets.figures import recommended
from tradelib.pages.cards import open_now

# Eight pairs by hand: the last year of the run, and the levels after it, read off the files of data/.
EIGHT = [
    ("CHN", "RUS", ("fts_rus", 2021), [("baci_v202501", 2023), ("pledges", 2025)]),
    ("TUR", "RUS", ("fts_rus", 2021), [("baci_v202501", 2023)]),
    ("USA", "VNM", ("census_usa", 2022), [("baci_v202501", 2023), ("pledges", 2025)]),
    ("IND", "BRA", ("itpde_r1", 2016), [("baci_v202501", 2023), ("pledges", 2025)]),
    ("KAZ", "TKM", ("bns", 2025), []),
    ("TUR", "KAZ", ("bns_partners", 2025), []),
    ("ITA", "UZB", ("uzstat", 2023), []),
    ("ARM", "GEO", ("armstat", 2024), []),
]


@pytest.mark.parametrize(("reporter", "partner", "run", "levels"), EIGHT)
def test_eight_pairs(reporter, partner, run, levels):
    """The series ends with the newest level that any source has, after the run of one."""
    table = tl.load_turnover(reporter, partner)
    ends = table.groupby("source_id", sort=False)["year"].max()
    after = [(source, year) for source, year in ends.items() if year > run[1]]
    assert ends[run[0]] == run[1]
    assert after == levels
    assert table["year"].is_monotonic_increasing


@pytest.mark.parametrize(("reporter", "partner"), [("CHN", "RUS"), ("TUR", "RUS"), ("KAZ", "TKM")])
def test_one_start(reporter, partner):
    """Loader, verdict and card start from the same year and value: an outcome, a matrix, an office."""
    table = tl.load_turnover(reporter, partner)
    value = table["turnover_musd"].iloc[-1]
    verdict = tl.assess(tl.Target(reporter, partner, 1.5 * value, 2030)).to_frame()
    assert verdict["last_year"].item() == table["year"].iloc[-1]
    assert verdict["last_musd"].item() == value


def test_open_targets():
    """The table of open targets starts where the loader ends, for every twelfth of all goods."""
    registry = tl.load_targets().set_index("target_id")
    table = open_now().dropna(subset=["last_value"]).query("currency == 'USD'")
    of_goods = registry["coverage"].reindex(table["target_id"]).isin(["goods", "unknown"])
    compared = table[of_goods.to_numpy()][::12]
    assert len(compared) > 8
    for row in compared.itertuples():
        history = tl.load_turnover(row.reporter, row.partner)
        last = history[history["turnover_musd"] > 0].iloc[-1]
        assert (row.last_year, row.last_value) == (last["year"], last["turnover_musd"])


def test_levels_after():
    """Every later year of another source is kept once, an office's before a matrix's."""
    run = pair_series.Report("itpde_r1", "A", "B", {2015: 1.0, 2016: 2.0}, {2015: 1.0, 2016: 2.0})
    matrix = run._replace(source="baci_v202501", exports={2023: 3.0}, imports={2023: 3.0})
    office = run._replace(source="uzstat", exports={2022: 4.0, 2023: 5.0}, imports={2023: 5.0})
    reports = {report.source: report for report in (run, matrix)}
    assert pair_series.levels_after(reports, 2016) == [matrix]
    assert pair_series.levels_after(reports, 2023) == []
    (level,) = pair_series.levels_after(reports | {"uzstat": office}, 2016)
    assert (level.source, level.exports, level.imports) == ("uzstat", {2023: 5.0}, {2023: 5.0})


class TestGrowth:
    """Growth is taken inside one source only."""

    def test_single_years(self):
        """A single year between two sources is shown, and left out where growth is taken."""
        history = pd.DataFrame(
            {
                "year": [2015, 2016, 2017, 2018],
                "turnover_musd": [1.0, 2.0, 30.0, 4.0],
                "source_id": ["run", "run", "matrix", "pledges"],
            }
        )
        assert growth_history(history)["year"].tolist() == [2015, 2016, 2018]
        pd.testing.assert_frame_equal(growth_history(history.iloc[:2]), history.iloc[:2])

    def test_no_move(self):
        """The forecast of a level after a run does not depend on a level in between."""
        history = tl.load_turnover("USA", "VNM")
        assert history["source_id"].iloc[-3:].tolist() == ["census_usa", "baci_v202501", "pledges"]
        odd = history.copy()
        odd.loc[odd.index[-2], "turnover_musd"] *= 10
        chances = [
            tl.forecasting.outlook(table, model=tl.growth_model()).chance([200_000], 2030)[0]
            for table in (history, odd)
        ]
        assert chances[0] == chances[1]


def test_as_of():
    """On an earlier day the level that was known then is the start."""
    before = gather(tl.Target("CHN", "RUS", 300_000, 2030), "2024-12-31").now
    after = gather(tl.Target("CHN", "RUS", 300_000, 2030), "2025-02-01").now
    assert (before.last_year, after.last_year) != (2021, 2021)
    assert recommended("CHN", "RUS", as_of="2023-01-01")["year"].max() <= 2022
