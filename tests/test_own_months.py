"""Months as input: which year is under way, what is its past, and of which source it is."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import annual

import tradelib as tl
from tradelib.api.gather import gather, given_months

TARGET = tl.Target("ITA", "KAZ", 900, 2029)
# A pair of which nothing is bundled.
UNKNOWN = tl.Target("TUV", "SMR", 30, 2029)
# Each month of a year holds the same; the years 2023, 2024 and 2025 sum up to 240, 300 and 360.
MONTHS = pd.Series(
    {
        f"{year}-{month:02}": 20.0 + 5 * (year - 2023)
        for year in range(2023, 2026)
        for month in range(1, 13)
    }
    | {f"2026-{month:02}": 35.0 for month in range(1, 8)}
)
TABLE = pd.DataFrame({"period": MONTHS.index, "value_musd": MONTHS.to_numpy()})
OLD = {2019: 200.0, 2020: 180.0, 2021: 210.0, 2022: 230.0, 2023: 240.0}
UP_TO_DATE = OLD | {2024: 300.0, 2025: 360.0}


def case(
    months=None, *, target=TARGET, history=None, part_year=None, source=None, as_of=None, **options
):
    """The case of a target with months."""
    given = given_months(
        target,
        part_year=part_year,
        months=months,
        cumulated=options.pop("cumulated", False if months is not None else None),
        source=source,
    )
    return gather(target, as_of, history, given)


class TestYearUnderWay:
    """The newest year that is not complete, after a history that ends the year before."""

    def test_after_an_own_history(self):
        """The history stays as it is; the months are a nowcast of the year after it."""
        known = case(MONTHS, history=UP_TO_DATE)
        assert known.now.last_musd == 360
        assert (known.nowcast.year, known.nowcast.months, known.nowcast.part_musd) == (2026, 7, 245)
        assert not known.nowcast.basis.other_source

    def test_as_a_part_year_of_the_same(self):
        """Of months of which no earlier year is known, it is what `part_year` gives."""
        this_year = MONTHS[-7:]
        months = case(this_year, history=UP_TO_DATE).nowcast
        part = case(history=UP_TO_DATE, part_year=(7, 245.0)).nowcast
        assert (months.log_rest == part.log_rest).all()
        assert months.basis == part.basis

    def test_same_months_of_last_year(self):
        """Known from the months themselves: 245 against 210, so 420 if growth carries on."""
        nowcast = case(MONTHS, history=UP_TO_DATE).nowcast
        ways = nowcast.variants.set_index("variant")["value_musd"]
        assert ways["growth carried on"] == pytest.approx(360 * 245 / 210)
        assert ways["own shares"] == pytest.approx(245 * 12 / 7)
        assert ways["pro rata"] == pytest.approx(420)
        assert "the same months of the year before" in nowcast.basis.text
        assert "in 3 earlier years" in nowcast.basis.text

    def test_is_the_panel(self):
        """The same numbers as `nowcast_panel` has of the same months and totals."""
        years = range(2023, 2027)
        totals = pd.DataFrame([[240.0, 300, 360, np.nan]], ["ITA-KAZ"], years)
        parts = pd.DataFrame([[140.0, 175, 210, 245]], ["ITA-KAZ"], years)
        expected = tl.nowcast_panel(parts, totals, months=7, quantiles=[0.1, 0.5, 0.9])[0]
        nowcast = case(MONTHS, history={2024: 300.0, 2025: 360.0}).nowcast
        assert nowcast.quantiles([0.1, 0.5, 0.9]) == pytest.approx(expected, rel=1e-9)

    def test_a_year_that_does_not_fit(self):
        """Months that sum up to another total than the history has: said."""
        assert "sum up" not in case(MONTHS, history=UP_TO_DATE | {2025: 363.0}).nowcast.basis.text
        far = case(MONTHS, history=UP_TO_DATE | {2025: 400.0}).nowcast.basis.text
        assert far.endswith("; the months of 2025 sum up to 10% less than the history has")
        other = case(MONTHS, history=UP_TO_DATE | {2025: 400.0}, source="x").nowcast.basis.text
        assert "sum up" not in other

    def test_as_the_partner_reports(self):
        """Its imports are the exports of the target's reporter."""
        imports = TABLE.assign(reporter="KAZ", partner="ITA", flow="import")
        both = pd.concat([imports, imports.assign(flow="export", value_musd=7.0)])
        target = tl.Target("ITA", "KAZ", 900, 2029, flow="export")
        assert case(both, target=target, history=UP_TO_DATE).nowcast.part_musd == 245
        of_both = case(both, history=UP_TO_DATE).nowcast
        assert of_both.part_musd == 245 + 7 * 7


class TestFullYears:
    """The months' own full years: a history where there is none, and what fills a gap."""

    def test_are_the_history(self):
        """Of a pair of which nothing else is known."""
        known = case(MONTHS, target=UNKNOWN)
        assert known.history["year"].tolist() == [2023, 2024, 2025]
        assert known.history["turnover_musd"].tolist() == [240, 300, 360]
        assert (known.own_data, known.source) == (True, "the months given")
        assert known.nowcast.year == 2026
        whole = case(MONTHS[:-7], target=UNKNOWN)
        assert whole.now.last_year == 2025
        assert whole.nowcast is None

    def test_none_is_full(self):
        """Nothing is known of the pair, and no year is complete."""
        with pytest.raises(tl.NoAnswerError, match="they hold no full year of trade; add months"):
            case(MONTHS[-7:], target=UNKNOWN)
        with pytest.raises(tl.NoAnswerError, match="^nothing is known of TUV-SMR; "):
            case(target=UNKNOWN, part_year=(7, 245.0))

    def test_a_year_without_trade(self):
        """A year of nothing is no year of a history: none is named in its place."""
        months = MONTHS.copy()
        months[24:36] = 0.0
        for history in (None, OLD):
            target = UNKNOWN if history is None else TARGET
            with pytest.raises(tl.NoAnswerError, match="newest months are of 2026"):
                case(months, target=target, history=history)

    def test_follow_a_history_of_their_source(self):
        """All of them follow, and growth is taken through."""
        known = case(MONTHS, history=OLD)
        assert known.history["year"].tolist() == [*OLD, 2024, 2025]
        assert known.unbroken
        assert known.source == "the history and the months given"
        assert case(MONTHS, history=UP_TO_DATE).source == "the history given"
        assert not known.nowcast.basis.other_source
        same = case(MONTHS, history=UP_TO_DATE)
        assert (known.nowcast.log_rest == same.nowcast.log_rest).all()

    def test_follow_a_history_of_another_source(self):
        """The newest alone, as a level: no growth is taken from one source to another."""
        known = case(MONTHS, history=OLD, source="another office")
        assert known.history["year"].tolist() == [*OLD, 2025]
        assert tl.assess(
            TARGET, history=OLD, months=MONTHS, cumulated=False, source="x"
        ).rests_on == ("own older")
        assert not known.nowcast.basis.other_source
        assert "the totals of 3 earlier years" in known.nowcast.basis.text

    def test_follow_the_bundled_figures(self):
        """Their source is not known to be the bundled one: the newest full year is a level."""
        target = tl.Target("MNG", "ITA", 900, 2029)
        bundled = tl.load_turnover("MNG", "ITA")
        assert bundled["year"].max() < 2025
        known = case(MONTHS, target=target)
        assert known.history["year"].tolist() == [*bundled["year"], 2025]
        assert known.history["turnover_musd"].iloc[-1] == 360
        assert known.source.endswith("and the months given")

    def test_a_gap(self):
        """Years that neither holds are named."""
        with pytest.raises(tl.NoAnswerError, match="2024 to 2025 is lacking; add all months of"):
            case(MONTHS[-7:], history=OLD)
        with pytest.raises(tl.NoAnswerError, match=": 2025 is lacking; add all months of 2025"):
            case(MONTHS[-9:], history=OLD | {2024: 300.0})

    def test_nothing_new(self):
        """Months of a year that the history holds are refused."""
        for months in (MONTHS[:-7], MONTHS[:-9]):
            with pytest.raises(tl.InputError, match="^the newest month is of 2025, and the"):
                case(months, history=UP_TO_DATE)


class TestSource:
    """Last year's total enters only if it is of the months' source."""

    def test_own_history(self):
        """It is the months' source, unless another is named."""
        own = case(history=UP_TO_DATE, part_year=(7, 245.0)).nowcast
        assert "the totals of 7 earlier years" in own.basis.text
        other = case(history=UP_TO_DATE, part_year=(7, 245.0), source="imts").nowcast
        assert other.basis.other_source
        alone = tl.nowcast_year(245.0, year=2026, months=7, known_by="2026-08-31")
        assert (other.log_rest == alone.log_rest).all()

    @pytest.mark.parametrize("name", ["bns", "BNS Kazakhstan", " bns "])
    def test_named(self, name):
        """By id or name; only the years of the history's last source count."""
        history = annual([100.0] * 4 + [500.0] * 3, start=2019)
        history["source_id"] = ["wits"] * 4 + ["bns"] * 3
        same = case(history=history, part_year=(7, 245.0), source=name).nowcast
        assert not same.basis.other_source
        assert "the totals of 3 earlier years" in same.basis.text
        wits = case(history=history, part_year=(7, 245.0), source="wits").nowcast
        assert wits.basis.other_source

    def test_a_table_with_its_source(self):
        """As live months have it: compared with a history that has one, as both are fetched."""
        history = pd.DataFrame(
            {"year": list(UP_TO_DATE), "turnover_musd": list(UP_TO_DATE.values())}
        )
        of_imf = history.assign(source_id="imts")
        of_un = TABLE.assign(source_id="comtrade")
        for months, years, source, other in (
            (TABLE.assign(source_id="imts"), of_imf, None, False),
            (of_un, of_imf, None, True),
            (TABLE.assign(source_id="imts"), history, None, False),
            (TABLE, of_imf, None, False),
            (of_un, of_imf, "imts", False),
        ):
            nowcast = case(months, history=years, source=source).nowcast
            assert nowcast.basis.other_source is other

    def test_bundled_history(self):
        """Unknown unless named: last year's total does not enter."""
        target = tl.Target("KGZ", "UZB", 2000, 2030)
        newest = tl.load_turnover("KGZ", "UZB")["source_id"].iloc[-1]
        part_year = (7, 400.0)
        unknown = case(target=target, part_year=part_year).nowcast
        assert unknown.basis.other_source
        named = case(target=target, part_year=part_year, source=newest).nowcast
        assert not named.basis.other_source
        assert (named.log_rest != unknown.log_rest).any()

    def test_the_article(self):
        """Its own shares enter whatever the source, its totals only with the source."""
        article = tl.article_target()
        then = {"target": article, "part_year": (7, 228.8), "as_of": "2022-10-05"}
        bundled = case(target=article, as_of="2022-10-05").nowcast
        named = case(**then, source="bns").nowcast
        assert (named.log_rest == bundled.log_rest).all()
        unknown = case(**then).nowcast
        assert "in 2 earlier years" in unknown.basis.text
        assert "total" not in unknown.basis.text
        turned = tl.Target("TKM", "KAZ", 1000, 2027, announced=date(2022, 10, 5))
        mirrored = case(**(then | {"target": turned}), source="bns").nowcast
        assert (mirrored.log_rest == bundled.log_rest).all()

    def test_no_growth_from_another_source(self):
        """A history ten times as large changes nothing but its own growth."""
        options = {"part_year": (7, 245.0), "source": "x"}
        small = tl.assess(TARGET, history=UP_TO_DATE, **options)
        large = {year: 2 * value for year, value in UP_TO_DATE.items()}
        scaled = tl.assess(TARGET, history=large, **options)
        assert small.value("nowcast") == scaled.value("nowcast")
        of_source = tl.assess(TARGET, history=large, part_year=(7, 245.0))
        assert abs(scaled.probability_in - small.probability_in) < 0.02
        assert abs(of_source.probability_in - small.probability_in) > 0.02
        assert "naive" not in set(small.evidence["key"])
        assert of_source.has("naive")

    def test_a_level_between(self):
        """A last value of a third source is left out where growth ends in other months."""
        history = annual([200.0, 180, 210, 230, 240, 300, 900], start=2019)
        history["source_id"] = ["a"] * 6 + ["b"]
        third = tl.assess(TARGET, history=history, part_year=(7, 245.0), source="c")
        doubled = history.assign(turnover_musd=[*history["turnover_musd"][:6], 450.0])
        other = tl.assess(TARGET, history=doubled, part_year=(7, 245.0), source="c")
        assert third.probability_in == other.probability_in
        assert third.value("nowcast") == other.value("nowcast")
        of_level = tl.assess(TARGET, history=history, part_year=(7, 245.0), source="b")
        assert of_level.value("nowcast") != third.value("nowcast")


class TestRefused:
    """What cannot be read, or says two things, is refused with the way out."""

    def test_two_ways(self):
        """A part-year and months; a source or a form of nothing."""
        with pytest.raises(tl.InputError, match="leave part_year= or months= out$"):
            tl.assess(TARGET, history=UP_TO_DATE, months=MONTHS, part_year=(7, 1.0))
        with pytest.raises(tl.InputError, match="^source='bns' says something of months: give"):
            tl.assess(TARGET, history=UP_TO_DATE, source="bns")
        with pytest.raises(tl.InputError, match="^cumulated=True says something of months"):
            tl.assess(TARGET, history=UP_TO_DATE, cumulated=True)
        with pytest.raises(tl.InputError, match="^cumulated= is of months=; a part-year is always"):
            tl.assess(TARGET, history=UP_TO_DATE, part_year=(7, 245.0), cumulated=True)

    def test_after_the_day(self):
        """Months that were not over on the day are no knowledge of it."""
        article = tl.article_target()
        months = pd.Series(30.0, [f"2022-{month:02}" for month in range(1, 11)])
        with pytest.raises(tl.InputError, match="^as_of=2022-10-05 lies before the end of"):
            case(months, target=article, as_of="2022-10-05")
        assert case(months[:-1], target=article, as_of="2022-10-05").nowcast.months == 9

    def test_another_pair(self):
        """A table that names its pair must name the target's, in any order."""
        right = TABLE.assign(reporter="KAZ", partner="ITA")
        assert case(right, history=UP_TO_DATE).nowcast.part_musd == 245
        with pytest.raises(tl.InputError, match="^the months are of KAZ-TKM, the target is"):
            case(TABLE.assign(reporter="KAZ", partner="TKM"), history=UP_TO_DATE)

    def test_no_trade(self):
        """Months that sum up to nothing tell nothing of the year."""
        with pytest.raises(tl.InputError, match="^turnover of 7 months of 2026 must be positive"):
            case(MONTHS[-7:] * 0, history=UP_TO_DATE)


class TestAnswers:
    """Numbers that a reader can hold against the calendar."""

    def test_a_row_wherever_months_are(self):
        """Also where one year alone is known; the key months is a reason's alone."""
        verdict = tl.assess(TARGET, history={2025: 360.0}, part_year=(7, 245.0))
        context = verdict.evidence.query("role == 'context'")["key"]
        assert "nowcast" in set(context)
        assert "months" not in set(context)
