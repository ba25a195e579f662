"""Who keeps pledges, and how likely one like this is to be kept."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded

import tradelib as tl
from tradelib.datasets.models import learned_model
from tradelib.science.pledges import chance, countries
from tradelib.science.pledges.chance import PledgeModel


def script():
    """The script that fits the model."""
    return loaded(ROOT / "data" / "prepare" / "pledge_model.py")


def model(**change):
    """A model centred at 10 % a year, five years and no China; 2010-14 has no effect."""
    held = {
        "known_from": "2026-06-30",
        "n": 200,
        "on_time": 50,
        "pairs": 120,
        "centre": [math.log(1.1), math.log(5), 0, 0],
        "scale": [0.1, 0.5, 1, 1],
        "params": [-1, -0.5, 0.25, 2, 1, 0.5, 0.3, 0, -0.75, -1.5],
        "covariance": (0.04 * np.eye(10)).tolist(),
        "ends": [[math.log(1.02), 0], [math.log(1.5), math.log(10)]],
        "scores": {},
    }
    return PledgeModel.from_dict(held | change)


def logistic(x):
    """Chance of log odds."""
    return 1 / (1 + math.exp(-x))


class TestChance:
    """The arithmetic of the shipped regression."""

    @pytest.mark.parametrize(
        ("growth", "years", "announced", "china", "odds"),
        [
            (1.1 * math.exp(0.1) - 1, 5, 2010, False, -1.5),
            (0.1, 8, 2010, False, -1 + 0.5 * math.log(8 / 5)),
            (0.1, 5, 2015, False, -1.75),
            (0.1, 5, 2019, False, -1.75),
            (0.1, 5, 2020, False, -2.5),
            (0.1, 5, 2031, False, -2.5),
            (0.1, 5, 1990, False, -0.5),
            (0.1, 5, 2004, False, -0.5),
            (0.1, 5, 2010, True, 1),
        ],
    )
    def test_each_signal(self, growth, years, announced, china, odds):
        """Each signal moves the log odds by its weight over its scale, an era by its effect."""
        estimate = model().chance(growth, years, announced, china=china)
        assert estimate.chance == pytest.approx(logistic(odds))

    def test_doubt_grows_with_distance(self):
        """Two scales of growth from the centre: four times a variance more."""
        growth = 1.1 * math.exp(0.2) - 1
        estimate = model().chance(growth, 5, 2020, china=False, level=80)
        reach = 1.2815516 * math.sqrt(0.04 * (1 + 1 + 4))
        low, high = estimate.interval
        assert low == pytest.approx(logistic(-3.5 - reach))
        assert high == pytest.approx(logistic(-3.5 + reach))

    def test_nothing_is_extrapolated(self):
        """More growth, or years, than any pledge asked counts as the most that one did."""
        for beyond, end in (
            ((2.0, 5, 2010), (0.5, 5, 2010)),
            ((0.001, 5, 2010), (0.02, 5, 2010)),
            ((0.1, 40, 2010), (0.1, 10, 2010)),
            ((0.1, 0, 2010), (0.1, 1, 2010)),
        ):
            expected = model().chance(*end, china=False)
            assert model().chance(*beyond, china=False).chance == pytest.approx(expected.chance)

    @pytest.mark.parametrize(
        ("growth", "years", "message"),
        [
            (0, 5, "^a pledge asks growth: a fraction a year above 0"),
            (math.nan, 5, "^a pledge asks growth"),
            (math.inf, 5, "^a pledge asks growth"),
            (0.1, -1, "must not lie before the announcement, got -1$"),
        ],
    )
    def test_refused(self, growth, years, message):
        """What asks no growth has nothing to keep, and years allowed are not negative."""
        with pytest.raises(ValueError, match=message):
            model().chance(growth, years, 2010, china=False)

    def test_words(self):
        """Asked, chance, pledges, day; and whether it beats the growth model where it was scored."""
        forward = {"n": 90, "model": 0.25, "constant": 0.26, "growth_model": 0.12}
        scored = model(scores={"forward": forward}).chance(0.1, 5, 2010, china=False)
        assert "27%" in scored.summary()
        estimate = model().chance(0.1, 5, 2010, china=False)
        assert "90 later pledges it did worse" in scored.summary()
        ahead = model(scores={"forward": forward | {"model": 0.11}})
        assert "it did better" in ahead.chance(0.1, 5, 2010, china=False).summary()
        assert "it did" not in estimate.summary()
        row = estimate.to_frame().iloc[0]
        assert (row["low"], row["high"]) == estimate.interval
        for name in ("chance", "asked", "years", "on_time", "n"):
            assert row[name] == getattr(estimate, name), name

    def test_signals(self):
        """A row a pledge: logs of growth and years, China, the search."""
        scored = pd.DataFrame(
            {
                "asked": [0.1, 0.25],
                "horizon": [0, 5],
                "announced": ["1996", "2013-05"],
                "reporter": ["CHN", "KAZ"],
                "partner": ["RUS", "UZB"],
                "batch": [3, 2],
            }
        )
        expected = [[math.log(1.1), 0, 1, 1], [math.log(1.25), math.log(5), 0, 0]]
        np.testing.assert_allclose(chance.pledge_signals(scored), expected)


class TestShipped:
    """The bundled model and its scores."""

    def test_it_betters_the_constant(self):
        """In every vintage, a pair left out: by a tenth at the least, and its 90 % is above none."""
        days = [*(f"{year}-06-30" for year in range(2020, 2027)), "2026-11-25", "2026-12-01"]
        vintages = [learned_model("pledge_model.json", on=day) for day in days]
        assert [vintage["known_from"] for vintage in vintages] == days
        for vintage in vintages:
            scores = vintage["scores"]
            assert scores["model"] < scores["classes"] < scores["constant"]
            gain, low, high = scores["better"]
            assert gain == pytest.approx(scores["constant"] - scores["model"], abs=1e-4)
            assert 0.02 < low < gain < high
            forward = scores["forward"]
            assert forward["growth_model"] < 0.6 * forward["constant"] < forward["model"]

    def test_rebuilt(self):
        """The last vintage is what the script fits, and a pair left out is not among its own."""
        module = script()
        rows = tl.pledges.scored_pledges(tl.load_targets())
        shipped = learned_model("pledge_model.json")
        centre, scale, params, covariance = module.fit(rows)
        np.testing.assert_allclose(centre, shipped["centre"], atol=1e-5)
        np.testing.assert_allclose(scale, shipped["scale"], atol=1e-5)
        np.testing.assert_allclose(params, shipped["params"], atol=2e-3)
        np.testing.assert_allclose(covariance, shipped["covariance"], atol=1e-4)
        few = rows.head(40)
        of_pair = few["pair"] == few["pair"].iloc[0]
        moved = few.assign(on_time=few["on_time"] ^ of_pair)
        plain = module.left_out(few)
        of_moved = module.left_out(moved)
        here = of_pair.to_numpy()
        for name in ("model", "constant", "classes"):
            np.testing.assert_allclose(plain[name][here], of_moved[name][here], atol=1e-6)

    def test_scored_as_it_answers(self):
        """A pledge is scored by the chance it would have got, whichever search found it."""
        module = script()
        rows = tl.pledges.scored_pledges(tl.load_targets())
        shipped = learned_model("pledge_model.json")
        fitted = module.Fitted(*(np.array(shipped[name]) for name in module.Fitted._fields))
        chances = module.predicted(fitted, rows)
        asked = PledgeModel.from_dict(shipped)
        assert {1, 2, 3} <= set(rows["batch"])
        china = (rows[["reporter", "partner"]] == "CHN").any(axis=1)
        years = rows["announced"].str[:4].astype(int)
        for i in range(0, len(rows), 7):
            row = rows.iloc[i]
            of_row = asked.chance(row["asked"], row["horizon"], years.iloc[i], china=china.iloc[i])
            assert chances[i] == pytest.approx(of_row.chance, abs=1e-6)

    def test_the_penalty(self):
        """At the fit the slope of log-likelihood less half the squared slopes is none."""
        module = script()
        rows = tl.pledges.scored_pledges(tl.load_targets())
        centre, scale, params, _ = module.fit(rows)
        signals = (chance.pledge_signals(rows) - centre) / scale
        eras = chance.pledge_eras(rows["released"].dt.year)
        scaled = np.column_stack([np.ones(len(rows)), signals, eras])
        weight = tl.pledge_rate().n_effective / len(rows)
        fitted = 1 / (1 + np.exp(-scaled @ params))
        miss = rows["on_time"].to_numpy(float) - fitted
        slope = weight * scaled.T @ miss - np.r_[0, params[1:]]
        np.testing.assert_allclose(slope, 0, atol=5e-3)

    def test_a_day_sees_its_own_vintage(self):
        """Later pledges do not speak on an earlier day; a day before the first is refused."""
        target = tl.article_target()
        then = tl.pledge_chance(target, as_of="2023-01-15")
        before_the_check = tl.pledge_chance(target, as_of="2026-11-30")
        now = tl.pledge_chance(target)
        assert (then.known_from, then.n) == ("2022-06-30", 227)
        assert (before_the_check.known_from, before_the_check.n) == ("2026-11-25", 293)
        assert (now.known_from, now.n) == ("2026-12-01", 337)
        assert len({then.chance, before_the_check.chance, now.chance}) == 3


class TestOfATarget:
    """Growth is asked from before the announcement."""

    def test_the_article(self):
        """From 254.3 in 2021 to 1,000 in 2027, within five years of 2022."""
        estimate = tl.pledge_chance(tl.article_target())
        assert estimate.asked == pytest.approx((1000 / 254.3) ** (1 / 6) - 1, rel=1e-3)
        assert estimate.years == 5
        row = tl.assess(tl.article_target()).evidence.set_index("key").loc["pledges"]
        assert (row["value"], row["low"], row["high"]) == (estimate.chance, *estimate.interval)
        then = tl.pledge_chance(tl.article_target(), as_of="2023-01-15", level=50)
        wider = tl.pledge_chance(tl.article_target(), as_of="2023-01-15")
        assert (then.n, then.level, wider.level) == (wider.n, 50, 90)
        assert then.chance == wider.chance != estimate.chance

    def test_the_registrys_baseline(self):
        """A target of the registry is asked from the baseline that it was announced with."""
        row = tl.load_targets("IND", "RUS").set_index("target_id").loc["IND-RUS-2024"]
        target = tl.open_target("IND-RUS-2024")
        years = row["deadline"] - row["baseline_year"]
        growth = (row["target_musd"] / row["baseline_musd"]) ** (1 / years) - 1
        assert tl.pledge_chance(target).asked == pytest.approx(growth)

    def test_without_a_day(self):
        """A pledge of no day starts from the last year known, and is announced in the next."""
        target = tl.Target("KAZ", "TKM", 1000, 2030)
        last = tl.load_turnover("KAZ", "TKM").iloc[-1]
        estimate = tl.pledge_chance(target)
        years = 2030 - int(last["year"])
        assert estimate.asked == pytest.approx((1000 / last["turnover_musd"]) ** (1 / years) - 1)
        assert estimate.years == years - 1

    def test_china_is_seen(self):
        """The same pledge with China is likelier."""
        with_china = tl.Target("CHN", "KAZ", 100_000, 2030, announced=date(2026, 1, 1))
        estimate = tl.pledge_chance(with_china)
        shipped = PledgeModel.from_dict(learned_model("pledge_model.json"))
        args = (estimate.asked, estimate.years, 2026)
        assert estimate == shipped.chance(*args, china=True)
        assert estimate.chance > shipped.chance(*args, china=False).chance

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            (tl.Target("KAZ", "TKM", 1000), "^no deadline was named: .* enter no rate$"),
            (tl.Target("KAZ", "TKM", 100, 2030), "asks no growth of US.*; nothing was to be kept$"),
        ],
    )
    def test_refused(self, target, message):
        """What no scored pledge was like has no chance, and no row of the evidence."""
        with pytest.raises(ValueError, match=message):
            tl.pledge_chance(target)
        assert "pledges" not in set(tl.assess(target).evidence["key"])


def pledged(*rows):
    """A registry and like pairs by hand: pair, on time, and the share of like pairs."""
    targets = tl.load_targets("KAZ", "TKM").iloc[[0] * len(rows)].reset_index(drop=True)
    for i, (reporter, partner, on_time, _) in enumerate(rows):
        value = 2000.0 if on_time else 500.0
        cells = {
            "target_id": f"{i}",
            "reporter": reporter,
            "partner": partner,
            "outcome_value": value,
            "outcome_year": 2020,
            "deadline": 2020,
            "baseline_year": 2015,
            "announced": "2016",
            "status": "met_on_time" if on_time else "missed",
            "version": i,
        }
        for name, cell in cells.items():
            targets.loc[i, name] = cell
    shares = [share for *_, share in rows]
    peers = pd.DataFrame(
        {
            "target_id": targets["target_id"],
            "against": "pairs without a pledge",
            "like": 100,
            "reached": [0 if share is None else int(100 * share) for share in shares],
            "why": ["none" if share is None else "" for share in shares],
        }
    )
    return targets, peers


class TestRecords:
    """Every country's record, drawn to that of all."""

    THREE = (("KAZ", "TKM", True, 0.2), ("KAZ", "UZB", False, 0.1), ("TKM", "UZB", True, None))

    def test_counts(self):
        """A pledge counts for both countries; regions for none; like pairs where there are any."""
        records = countries.records_of(*pledged(*self.THREE))
        kazakh = records.loc["KAZ"]
        assert kazakh[["pledges", "scored", "on_time", "compared"]].tolist() == [2, 2, 1, 2]
        assert kazakh["compared_on_time"] == pytest.approx(0.5)
        assert kazakh["like_pairs"] == pytest.approx(0.15)
        uzbek = records.loc["UZB"]
        assert uzbek[["on_time", "compared"]].tolist() == [1, 1]
        assert uzbek["like_pairs"] == pytest.approx(0.1)
        assert records.loc["TKM", ["on_time", "compared"]].tolist() == [2, 1]
        assert records["name"].tolist() == ["Kazakhstan", "Turkmenistan", "Uzbekistan"]

    @pytest.mark.parametrize(
        ("kept", "count"), [((), "0 of 0"), ((True, True), "2 of 2"), ((False,), "0 of 1")]
    )
    def test_nothing_to_be_drawn_to(self, kept, count):
        """Without pledges kept and pledges missed there is no share of all between 0 and 1."""
        rows = [("KAZ", "TKM", on_time, 0.2) for on_time in kept]
        targets, peers = pledged(*(rows or [("KAZ", "TKM", True, 0.2)]))
        message = f"needs some kept and missed; got {count} scored pledges on time$"
        with pytest.raises(ValueError, match=message):
            countries.records_of(targets.head(len(rows)), peers)

    def test_drawn_to_all(self, monkeypatch):
        """By hand: of 3 pledges 2 were on time; with a strength of 4, two of two are 28 of 36."""
        monkeypatch.setattr(countries, "STRENGTHS", [4.0])
        monkeypatch.setattr(countries, "effective", len)
        records = countries.records_of(*pledged(*self.THREE))
        assert records.loc["TKM", "share"] == pytest.approx((2 + 4 * 2 / 3) / (2 + 4))
        assert records.loc["KAZ", "share"] == pytest.approx((1 + 4 * 2 / 3) / 6)
        ends = countries.beta_interval(2 + 8 / 3, 4 / 3, level=90)
        assert records.loc["TKM", ["low", "high"]].tolist() == pytest.approx(list(ends))

    def test_pairs_weigh_less(self, monkeypatch):
        """Pledges that share their fate count for what is left of them."""
        monkeypatch.setattr(countries, "STRENGTHS", [4.0])
        monkeypatch.setattr(countries, "effective", lambda rows: len(rows) / 2)
        records = countries.records_of(*pledged(*self.THREE))
        assert records.loc["TKM", "share"] == pytest.approx((1 + 8 / 3) / (1 + 4))

    @pytest.mark.parametrize(("a", "b"), [(2.3, 5.1), (0.7, 1.2), (30.0, 70.0), (1.0, 1.0)])
    def test_beta_interval(self, a, b):
        """The ends are those of scipy."""
        beta = pytest.importorskip("scipy.stats").beta
        for level in (50, 90):
            tail = (1 - level / 100) / 2
            expected = beta.ppf([tail, 1 - tail], a, b)
            assert countries.beta_interval(a, b, level=level) == pytest.approx(expected, abs=1e-3)

    def test_strength(self):
        """All alike: the strongest; each its own: weak; what made the counts is found again."""
        n = np.full(400, 20.0)
        rng = np.random.default_rng(1)
        alike = rng.binomial(20, 0.3, 400).astype(float)
        assert countries.likeliest_strength(alike, n, 0.3) > 100
        apart = np.r_[np.zeros(280), np.full(120, 20.0)]
        assert countries.likeliest_strength(apart, n, 0.3) == countries.STRENGTHS[0]
        shares = rng.beta(0.3 * 8, 0.7 * 8, 400)
        of_eight = rng.binomial(20, shares).astype(float)
        assert 6 < countries.likeliest_strength(of_eight, n, 0.3) < 11

    def test_the_registry(self):
        """No country is perfect or hopeless; the most scored first; every one that pledged."""
        records = tl.country_records()
        targets = tl.load_targets().query("scope == 'pair'")
        assert set(records.index) == set(targets["reporter"]) | set(targets["partner"])
        assert records["scored"].sum() == 2 * 337
        assert records["on_time"].sum() == 2 * 81
        assert records["scored"].is_monotonic_decreasing
        assert records["share"].between(0.05, 0.6).all()
        none = records[records["scored"] == 0]
        assert none["share"].tolist() == pytest.approx([81 / 337] * len(none))
        assert records.loc["CHN", ["scored", "on_time"]].tolist() == [77, 42]
        wider = tl.country_records(level=99)
        assert (wider["low"] < records["low"]).all()

    def test_as_of(self):
        """A day knows the pledges resolved by then."""
        then = tl.country_records(as_of="2022-10-05")
        assert then["scored"].sum() == 2 * 229

    def test_own_targets(self):
        """Of one's own table its countries alone; an interval of 90 % unless another is asked."""
        own = tl.load_targets("IND")
        ends = ["low", "high"]
        records = tl.country_records(own)
        assert records.loc["IND", "pledges"] == (own["scope"] == "pair").sum()
        assert "KGZ" not in records.index
        assert records[ends].equals(tl.country_records(own, level=90)[ends])
