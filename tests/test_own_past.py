"""Answers for any pair from its own past: what they rest on, one flow, many at once."""

import re

import numpy as np
import pandas as pd
import pytest

import tradelib as tl
from tradelib.api.gather import gather
from tradelib.core.checks import joined
from tradelib.datasets import tables
from tradelib.datasets import targets as targets_module
from tradelib.pages.cards import open_now
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.forecasting.predictive import outlook


def target(reporter, partner, value=1000.0, by=2030, **more):
    """A target of a pair."""
    return tl.Target(reporter=reporter, partner=partner, value_musd=value, deadline=by, **more)


@pytest.fixture(scope="module")
def opened():
    """Open targets of the registry."""
    return open_now().copy()


class TestRestsOn:
    """What the answers to the registry's open targets rest on."""

    def test_own_figures(self, opened):
        """Of targets whose year is not over nearly all rest on the pair's own years, in any currency."""
        in_dollars = opened["currency"] == "USD"
        answered = opened["probability_in"].notna()
        kinds = opened.loc[in_dollars & answered, "rests_on"]
        assert kinds.isin(["own recent", "own older"]).mean() >= 0.9
        assert (kinds == "own recent").sum() >= 19
        other = opened[~in_dollars & answered]
        assert len(other) >= (~in_dollars).sum() - 1
        assert other["rests_on"].isin(["own recent", "own older"]).all()

    def test_siblings(self, opened):
        """No pair has two newest figures of like coverage."""
        rows = tl.load_targets().set_index("target_id")
        kinds = [targets_module.kind(rows.loc[name]) for name in opened["target_id"]]
        newest = opened.assign(kind=kinds).dropna(subset="last_value").groupby("kind")
        for column in ("last_value", "last_year"):
            assert (newest[column].max() == newest[column].min()).all()

    def test_the_newest_of_any_row(self):
        """By hand: the later year, at a tie the later row; parts of years and other coverage not."""
        columns = [
            *("released", "reporter", "partner", "currency", "coverage", "partial"),
            *("baseline_value", "baseline_year", "outcome_value", "outcome_year"),
        ]
        table = pd.DataFrame(
            [
                ("2020-01-01", "IND", "ARE", "USD", "goods", False, 1.0, 2019, None, None),
                ("2022-01-01", "ARE", "IND", "USD", "unknown", False, 2.0, 2020, 3.0, 2023),
                ("2023-01-01", "IND", "ARE", "USD", "goods", False, 4.0, 2023, None, None),
                ("2024-01-01", "IND", "ARE", "USD", "goods", True, 5.0, 2021, 6.0, 2025),
                ("2024-01-01", "IND", "ARE", "USD", "goods_non_oil", False, 7.0, 2024, None, None),
                ("2024-01-01", "IND", "ARE", "EUR", "goods", False, 8.0, 2024, None, None),
            ],
            columns=columns,
        )
        assert targets_module.newest(table) == {
            ("ARE-IND", "USD", "goods"): (4.0, 2023),
            ("ARE-IND", "USD", "goods_non_oil"): (7.0, 2024),
            ("ARE-IND", "EUR", "goods"): (8.0, 2024),
        }

    @pytest.mark.parametrize(
        ("name", "months", "value"), [("VNM-NZL-2024", 7, 1050.0), ("COL-VEN-2022", 9, 859.0)]
    )
    def test_parts_of_years(self, name, months, value):
        """Months are used as months: the last full year is 2024, and 2025 a nowcast.

        The day before the registry's own rows got a full year in the months' place.
        """
        day = pd.Timestamp("2026-11-30")
        case = gather(tl.open_target(name), day)
        assert case.now.last_year == 2024
        assert case.nowcast.year == 2025
        assert case.nowcast.months == months
        assert case.nowcast.part_musd == value
        row = tl.load_targets(as_of=day).set_index("target_id").loc[name]
        assert (row["outcome_value"], row["partial"].item()) == (value, True)


class TestHistory:
    """The years that an answer reads."""

    def test_kazakhstan_and_turkey(self):
        """US$15bn by 2030: the bureau's eight years, no network, any value."""
        verdict = tl.assess(target("TUR", "KAZ", 15_000))
        assert verdict.value("last_musd") == 5410.0
        assert verdict.value("own_years") == 8
        assert verdict.rests_on == "own recent"
        assert tl.assess(target("TUR", "KAZ", 6001)).probability_in > verdict.probability_in
        model = tl.growth_model()
        history = tl.load_turnover("KAZ", "TUR")
        assert verdict.probability_in == outlook(history, model=model).chance([15_000], 2030)[0]

    def test_the_article_in_either_order(self):
        """Turkmenistan and Kazakhstan are Kazakhstan and Turkmenistan, gravity included."""
        ours = tl.assess(target("KAZ", "TKM", 1000, 2027))
        theirs = tl.assess(target("TKM", "KAZ", 1000, 2027))
        assert ours.evidence["value"].equals(theirs.evidence["value"])

    def test_a_newer_figure_of_the_registry(self):
        """It stands after a matrix's level, and no growth leads to it."""
        case = gather(tl.open_target("IND-ARE-2026"))
        level = case.history.iloc[-1]
        assert level[["year", "turnover_musd", "coverage"]].tolist() == [2024, 100_000.0, "goods"]
        assert level["released"] == pd.Timestamp("2025-06-30")
        assert case.source.startswith("the registry of targets; USITC ITPD-E")
        assert joined(case.history)
        assert not case.unbroken
        estimates = estimate_all([case])[0]
        model = case.information.model
        apart = outlook(case.history, model=model, other_source=True)
        across = outlook(case.history, model=model)
        value = np.array([case.target.value_musd])
        assert estimates.outlook.chance(value, 2032) == apart.chance(value, 2032)
        assert apart.chance(value, 2032) != across.chance(value, 2032)
        keys = {estimate.key for estimate in [*estimates.others, *estimates.reasons]}
        assert not {"naive", "move"} & keys

    def test_one_year_alone(self):
        """Of Korea and Hong Kong the matrix's newest year is all there is: its size speaks."""
        case = gather(target("KOR", "HKG", 90_000))
        assert case.history["year"].tolist() == [2023]
        assert estimate_all([case])[0].outlook.kind == "size"

    def test_a_run_goes_before_the_registry_at_a_tie(self):
        """Kazakhstan's office and the registry both know 2025: the office's run is read."""
        assert targets_module.newest(tl.load_targets())["KAZ-PAK", "USD", "goods"] == (250.0, 2025)
        case = gather(tl.open_target("KAZ-PAK-2026"))
        assert set(case.history["source_id"]) == {"bns_partners"}
        assert (case.now.last_year, case.now.last_musd) == (2025, 105.57)

    def test_the_registry_goes_before_a_matrix_at_a_tie(self):
        """A figure of 2023 in the words of who pledged, not the matrix's of 2023, of 31,086."""
        matrix = tl.load_turnover("IND", "IDN", source="baci_v202501")
        assert matrix["year"].tolist() == [2023]
        case = gather(target("IND", "IDN", 50_000))
        assert (case.now.last_musd, case.now.last_year) == (29_400, 2023)
        assert case.history["source_id"].iloc[-2:].tolist() == ["itpde_r1", "pledges"]

    def test_without_oil(self):
        """Years of all trade stand before the figure without oil, none after it."""
        case = gather(tl.open_target("IND-ARE-2023"))
        assert (case.now.last_musd, case.now.last_year) == (48_000, 2022)
        assert case.history["coverage"].tolist()[-2:] == ["goods_services", "goods_non_oil"]
        assert case.history["year"].tolist()[-2:] == [2016, 2022]

    def test_gaps(self):
        """A run with a missing year is read as it is, a bundled one and one's own."""
        bundled = tl.load_turnover("IND", "BRA")
        assert np.diff(bundled["year"]).max() > 1
        own = tl.assess(target("IND", "BRA", 20_000), history=bundled[["year", "turnover_musd"]])
        assert own.value("own_years") == len(bundled)

    def test_two_hundred_pairs(self):
        """Any two countries that trade: a chance, or words that say why there is none."""
        matrix = tables.table("baci_2023.csv.gz")
        chosen = np.random.default_rng(19).choice(len(matrix), 200, replace=False)
        some = matrix.iloc[chosen].rename(columns={"exporter": "reporter", "importer": "partner"})
        answers = tl.assess_many(some.assign(value_musd=some["2023"] * 4, deadline=2030))
        answered = answers["probability_in"].notna()
        assert answered.sum() >= 100
        assert (answers.loc[answered, "rests_on"] != "").all()
        assert (answers.loc[~answered, "reason"] != "").all()
        assert answers.loc[answered, "probability_in"].between(0, 1).all()


class TestOneFlow:
    """A target of exports or imports."""

    def test_by_hand(self):
        """Kazakh exports to Türkiye of 2025 were US$3,897m: twice that is asked."""
        verdict = tl.assess(target("KAZ", "TUR", 2 * 3897, flow="export"))
        assert verdict.value("last_musd") == 3897
        assert verdict.value("required") == pytest.approx(2 ** (1 / 5) - 1)
        assert verdict.summary().startswith("exports of Kazakhstan to ")
        assert "exports of 2025" in verdict.evidence["item"].tolist()
        assert not verdict.has("target_ratio")

    def test_from_the_other_side(self):
        """Türkiye's imports from Kazakhstan are read where Kazakhstan's exports are."""
        ours = tl.assess(target("KAZ", "TUR", 5000, flow="export"))
        theirs = tl.assess(target("TUR", "KAZ", 5000, flow="import"))
        assert ours.probability_in == theirs.probability_in
        back = tl.assess(target("KAZ", "TUR", 5000, flow="import"))
        assert back.value("last_musd") == 1513

    def test_a_pair_compiled_by_hand(self):
        """Kazakhstan's exports to Turkmenistan, and the same from the other side."""
        series = tl.load_turnover("KAZ", "TKM")
        for pair, flow in ((("KAZ", "TKM"), "export"), (("TKM", "KAZ"), "import")):
            case = gather(target(*pair, 500, flow=flow))
            assert case.now.last_musd == series["export_musd"].iloc[-1]
            assert case.nowcast is None
            assert case.other_series == {}
            assert not case.own_data

    def test_flows_add_up(self):
        """Exports and imports of a year are its turnover."""
        exports = gather(target("IND", "ARE", flow="export")).history
        imports = gather(target("IND", "ARE", flow="import")).history
        both = exports.set_index("year")["turnover_musd"]
        both = both + imports.set_index("year")["turnover_musd"]
        whole = tl.load_turnover("IND", "ARE").set_index("year")
        # The registry states turnover only: its year has no flows.
        whole = whole.loc[whole["source_id"] != "pledges", "turnover_musd"]
        assert both.round(6).to_dict() == whole.round(6).to_dict()


class TestMany:
    """A list of one's own targets."""

    TABLE = pd.DataFrame(
        {
            "reporter": ["TUR", "KAZ", "Atlantis", "ABW", "DEU", "KAZ"],
            "partner": ["KAZ", "TUR", "KAZ", "TCD", "BRA", "TKM"],
            "value_musd": [15_000, 8000, 1, 1, 30_000, 1000],
            "deadline": [2030, 2031, 2030, 2030, None, 2045],
            "flow": ["turnover", "export", "turnover", "turnover", "import", "turnover"],
        }
    )

    def test_like_one_by_one(self):
        """Each row is what `assess` says of its target; the others have a reason."""
        answers = tl.assess_many(self.TABLE)
        reasons = answers["reason"].tolist()
        assert [reasons[at] for at in (0, 1, 4)] == [""] * 3
        assert reasons[2].startswith("no country is called 'Atlantis'")
        assert reasons[3].startswith(
            "nothing is known of ABW-TCD; download figures with `tradelib."
        )
        assert reasons[5] == "no figure within 10 years before the deadline"
        for at in (0, 1, 4):
            given = self.TABLE.iloc[at]
            by = None if np.isnan(given["deadline"]) else int(given["deadline"])
            countries = (given["reporter"], given["partner"])
            goal = target(*countries, given["value_musd"], by, flow=given["flow"])
            single = tl.assess(goal)
            row = answers.iloc[at]
            for name in ("probability_in", "probability_ever", "by", "rests_on"):
                assert row[name] == getattr(single, name)

    def test_file(self, tmp_path):
        """A CSV file does as well as a frame, on any day."""
        file = tmp_path / "targets.csv"
        self.TABLE.to_csv(file, index=False)
        read = tl.assess_many(file, as_of="2024-08-01")
        given = tl.assess_many(self.TABLE, as_of="2024-08-01")
        assert read["probability_in"].equals(given["probability_in"])
        assert read["last_year"].iloc[0] == 2023

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ({"announced": "soon"}, "as_of is a day"),
            ({"flow": "volume"}, "flow is one of"),
            ({"announced": "2031-01-01"}, "the deadline must not lie before the announcement"),
        ],
    )
    def test_bad_rows(self, row, reason):
        """A row that is no target says why, and stops no other."""
        plain = {"reporter": "KAZ", "partner": "TKM", "value_musd": 1000, "deadline": 2030}
        answers = tl.assess_many(pd.DataFrame([plain | row, plain]))
        assert reason in answers["reason"].iloc[0]
        assert answers["reason"].iloc[1] == ""

    @pytest.mark.parametrize(
        ("pair", "by", "reason"),
        [
            (("KAZ", "TKM"), 2025, "2025 is over: missed"),
            (("KAZ", "TKM"), 2026, ""),
            (("KAZ", "TKM"), 2035, ""),
            (("KAZ", "TKM"), 2036, "no figure within 10 years before the deadline"),
            (("DEU", "BRA"), 2024, "last figure of 2023, nothing known since"),
            (("BHS", "MAR"), 2030, "its newest figure is below US$1m"),
        ],
    )
    def test_why_there_is_no_chance(self, pair, by, reason):
        """The year judged lies one to ten years after a figure of US$1m or more, and is not over."""
        row = {"reporter": pair[0], "partner": pair[1], "value_musd": 1e5, "deadline": by}
        answer = tl.assess_many(pd.DataFrame([row]), any_amount=True).iloc[0]
        assert answer["reason"] == reason
        assert pd.notna(answer["probability_in"]) == (reason == "")
        assert answer["rests_on"] == ("" if reason else "own recent")

    def test_given_columns(self):
        """What is given stays but for what is answered; rows are numbered anew."""
        given = self.TABLE.head(2).assign(by="2030?", note=["a", "b"]).set_axis([5, 7])
        answers = tl.assess_many(given)
        assert " ".join(answers.columns.drop([*self.TABLE])) == (
            "note last_year last_musd by asked probability_in probability_ever rests_on reason"
        )
        assert answers.index.tolist() == [0, 1]
        assert answers["note"].tolist() == ["a", "b"]
        assert answers["by"].tolist() == [2030, 2031]

    def test_bad_file(self, tmp_path):
        """A file that is no table is named with why; so is a column that comes twice."""
        file = tmp_path / "t.csv"
        with pytest.raises(ValueError, match=rf"^there is no file {re.escape(str(file))}; "):
            tl.assess_many(file)
        file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ValueError, match=r"t\.csv is no CSV of targets that can be read: "):
            tl.assess_many(file)
        with pytest.raises(ValueError, match="^http://x/t.csv is an address: fetch it first"):
            tl.assess_many("http://x/t.csv")
        file.write_text("reporter,partner,value_musd,flow,value_musd\nKAZ,TKM,1,turnover,2\n")
        with pytest.raises(ValueError, match=r"t\.csv has two columns of value_musd; keep one$"):
            tl.assess_many(str(file))

    def test_bad_table(self):
        """A table without the columns is told which it needs."""
        with pytest.raises(ValueError, match="^targets need reporter, partner and value_musd, or"):
            tl.assess_many(pd.DataFrame({"a": [1], 1: [2]}))
