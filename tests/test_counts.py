"""What a pledge counts beside what the series counts: definitions, fiscal years, how far apart."""

from types import SimpleNamespace

import pytest

import tradelib as tl
from tradelib.api.gather import gather
from tradelib.api.targets import registry_target
from tradelib.pages import pledge, reliability
from tradelib.pages.cards import Card
from tradelib.pages.question_card import registry_row
from tradelib.science.pledges.counts import Figure, counts_of, pledge_words, pledged_by

NOTHING = Figure(2030, 0.0, "pledges", "goods")


def row(statistics_of="IND", coverage="goods", baseline=None, outcome=None, partial=False):
    """A row of the registry, with figures as (value, year)."""
    values = {
        f"{name}_{part}": cell
        for name, figure in (("baseline", baseline), ("outcome", outcome))
        for part, cell in zip(("value", "year"), figure or (None, None), strict=True)
    }
    return SimpleNamespace(
        statistics_of=statistics_of, coverage=coverage, partial=partial, **values
    )


def series(coverage="goods", **values):
    """Figures of one source: ``y2012=100``."""
    return [Figure(int(year[1:]), value, "itpde_r1", coverage) for year, value in values.items()]


class TestWords:
    """What a pledge counts, from two cells of the registry."""

    @pytest.mark.parametrize(
        ("statistics_of", "whose"),
        [
            ("TUR", "TUR"),
            ("TUR baseline; BACI outcome", "TUR"),
            ("ITPD-E baseline; TJK outcome", "TJK"),
            ("BGR; TUR outcome", "BGR"),
            ("unknown baseline; ITPD-E outcome", ""),
            ("BACI outcome", ""),
            ("unknown", ""),
        ],
    )
    def test_whose(self, statistics_of, whose):
        """The statistics that a side pledges by; matrices of all countries are ours."""
        assert pledged_by(statistics_of) == whose

    def test_in_words(self):
        """Trade, statistics and years."""
        words = pledge_words(row("IND DGCIS (FY)", "goods_services"))
        assert words == "goods and services, by the statistics of India, in years from April"
        words = pledge_words(row("unknown", "unknown"))
        assert words == "goods, as far as is said, by statistics not named, in calendar years"

    def test_every_row_has_words(self):
        """No cell of the registry is without words for readers."""
        for one in tl.load_targets().itertuples():
            assert "_" not in pledge_words(one), one.target_id


class TestCounts:
    """Both counts, and the figures of one year."""

    def test_fiscal_year(self):
        """India's 2012-13 has nine months of 2012 and three of 2013: 125 where ours are 100, 200."""
        counts = counts_of(row(baseline=(150.0, 2012)), series(y2012=100.0, y2013=200.0), NOTHING)
        assert counts.both == (2012, True, 150.0, 125.0)
        assert counts.both.gap == pytest.approx(-1 / 6)
        assert counts.differences == ("years",)
        pakistan = row("PAK/BGD (FY)", baseline=(150.0, 2012))
        assert counts_of(pakistan, series(y2012=100.0, y2013=200.0), NOTHING).both.series == 150.0

    def test_half_a_fiscal_year(self):
        """The first year alone stands for India's, most of which lies in it, not for Pakistan's."""
        for statistic, series_figure in (("IND", 100.0), ("IRN", 100.0), ("PAK", None)):
            counts = counts_of(row(statistic, baseline=(90.0, 2012)), series(y2012=100.0), NOTHING)
            assert (counts.both and counts.both.series) == series_figure

    def test_which_figures(self):
        """The newest that both have, by the pledge's own statistics and of a whole year."""
        own = series(y2012=100.0, y2014=120.0)
        both = {"baseline": (90.0, 2012), "outcome": (110.0, 2014)}
        assert counts_of(row("TUR", **both), own, NOTHING).both[:3] == (2014, False, 110.0)
        assert counts_of(row("TUR", partial=True, **both), own, NOTHING).both.year == 2012
        by_others = row("TUR baseline; SEN outcome", **both)
        assert counts_of(by_others, own, NOTHING).both.year == 2012
        assert counts_of(row("TUR", baseline=(90.0, 2013)), own, NOTHING).both is None

    def test_the_figure_that_growth_starts_from(self):
        """Where the registry's newest figure is another's, it is held against the pledge's own."""
        start = Figure(2024, 16.0, "pledges", "goods")
        counts = counts_of(row("TUR", baseline=(5.0, 2024)), series(y2012=4.0), start)
        assert counts.both == (2024, False, 5.0, 16.0)
        counts = counts_of(row("TUR", baseline=(16.0, 2024)), series(y2012=4.0), start)
        assert counts.both is None

    def test_differences(self):
        """Services and oil, unless the series has them; nothing where there is no series."""
        for coverage, what in (("goods_services", "services"), ("goods_non_oil", "oil")):
            pledge = row("TUR", coverage)
            assert counts_of(pledge, series(y2012=1.0), NOTHING).differences == (what,)
            assert counts_of(pledge, series(coverage, y2012=1.0), NOTHING).differences == ()
            assert counts_of(pledge, [], NOTHING).differences == ()


def special(target):
    """Whether a row counts services, no oil, or years that begin in spring or in July."""
    words = pledge_words(target)
    return "years from" in words or target.coverage in ("goods_services", "goods_non_oil")


class TestVerdict:
    """It is said with the chance, and moves none."""

    def test_open_rows(self):
        """Every open row that counts otherwise has both counts; only rows of no figures do not."""
        rows = [one for one in tl.load_targets(status="open").itertuples() if special(one)]
        assert len(rows) >= 39
        silent = []
        for one in rows:
            try:
                counts = gather(registry_target(one)).counts
            except tl.NoAnswerError:
                silent.append(one.target_id)
                continue
            same = "goods and services by the Uzbek" in counts.series  # as the pledge does
            assert bool(counts.differences) != same, one.target_id
        assert silent == ["REG-IND-LAC-2023"]

    def test_by_hand(self):
        """The US counts US$95bn of goods and services in 2013, its census US$64bn of goods."""
        verdict = tl.assess(tl.open_target("IND-USA-2014"))
        census = tl.load_turnover("IND", "USA").set_index("year").turnover_musd[2013]
        assert verdict.value("pledge_counts") == 95_000
        assert verdict.value("series_counts") == pytest.approx(census)
        assert verdict.value("count_gap") == pytest.approx(census / 95_000 - 1)
        said = "For 2013 our figure is US$64bn, 33% below the pledge's own, US$95bn."
        assert said in verdict.summary()
        assert "33\N{NO-BREAK SPACE}% меньше" in verdict.summary("ru")

    def test_said_only_where_it_differs(self):
        """Two counts that are alike stand in the evidence, and a reader's target has neither."""
        alike = tl.assess(tl.open_target("KAZ-TKM-2022"))
        assert abs(alike.value("count_gap")) < 0.001
        assert "pledge's own" not in alike.summary()
        assert not tl.assess(tl.article_target()).has("pledge_counts")
        own = tl.assess(tl.open_target("KAZ-TKM-2022"), history={2024: 555.8, 2025: 515.5})
        assert not own.has("pledge_counts")

    def test_another_series_decides(self):
        """Where the forecast starts from our figure, the chance is that by our count."""
        assert tl.assess(tl.open_target("KAZ-PAK-2026")).has("starts_series")

    def test_in_euros(self):
        """Both figures are in the target's currency, each year at its own rate."""
        counts = gather(tl.open_target("TUR-ESP-2024")).counts
        in_dollars = tl.load_turnover("TUR", "ESP").set_index("year").turnover_musd
        rates = tl.load_exchange_rates("EUR").set_index("year").per_usd
        year = counts.both.year
        assert counts.both.series == pytest.approx(in_dollars[year] * rates[year])

    def test_on_a_page(self):
        """The page says it under the answer and beside the pledge; one that is alike only there."""
        registered = registry_row("IND-JOR-2025")
        apart = Card(row=registered, verdict=tl.assess(registry_target(registered)))
        assert "The pledge counts goods, by the statistics of India" in reliability.counts(apart)
        registered = registry_row("KAZ-UZB-2025")
        alike = Card(row=registered, verdict=tl.assess(registry_target(registered)))
        assert reliability.counts(alike) == ""
        facts = {what: said for what, said, _ in pledge.pledge(alike).rows}
        assert facts["It counts"].startswith("Goods, by the statistics of Kazakhstan")
        assert facts["Our series counts"].startswith("Goods by the Kazakh statistics office")
        assert "are the same" in facts["Both counts"]
