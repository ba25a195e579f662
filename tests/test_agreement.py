"""What agreements did: the study by hand, in a made world, and on the guide's panel."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded
from test_gravity import FOLDER, given_fit, needs_extra, needs_panel

import tradelib as tl

STUDY = loaded(ROOT / "data" / "prepare" / "agreement_effects.py")


def true_effect(since):
    """Of the made world: phased in over eight years, to 0.4."""
    return np.clip(0.05 * (np.asarray(since) + 1), 0, 0.4)


def made_world(seed=0, n=14, years=range(1998, 2020), noise=0.15):
    """Flows at home and away with effects of all kinds, and the year in which some pairs entered."""
    rng = np.random.default_rng(seed)
    names = [f"C{i:02d}" for i in range(n)]
    square = pd.MultiIndex.from_product(
        [names, names, years], names=["exporter", "importer", "year"]
    )
    table = STUDY.named(square.to_frame(index=False))
    away = table["exporter"] != table["importer"]
    pairs = table["pair"][away].unique()
    sizes = rng.normal(0, 0.7, n * (n + 1) // 2)
    own = dict(zip(table["pair"].unique(), sizes, strict=True))
    entry_years = 2004 + rng.integers(0, 7, 40)
    entry = pd.Series(entry_years, index=rng.choice(pairs, 40, replace=False))
    size = {(side, name): rng.normal(0, 0.5) for side in "ei" for name in names}
    steps = {(side, name): np.cumsum(rng.normal(0.03, 0.1, len(years))) for side, name in size}
    logs = []
    for row in table.itertuples():
        year = row.year - years[0]
        exporter = size["e", row.exporter] + steps["e", row.exporter][year]
        importer = size["i", row.importer] + steps["i", row.importer][year]
        border = 0.02 * year if row.exporter != row.importer else 3
        logs.append(exporter + importer + own[row.pair] + border)
    log = np.array(logs)
    since = table["year"] - table["pair"].map(entry)
    log += np.where(since.notna(), true_effect(since.fillna(-1)), 0.0)
    shape = 1 / noise**2
    draws = np.exp(4 + log) * rng.gamma(shape, 1 / shape, size=len(table))
    return table.assign(trade_musd=draws), entry


def standardised(fit, truth):
    """Errors of the yearly effects in standard errors, in order of years since entry."""
    years = [k for k in STUDY.SINCE if k != STUDY.BASE]
    effects = fit.coefficients.loc[[STUDY.name(k) for k in years]]
    return ((effects["estimate"] - truth(years)) / effects["std_error"]).to_numpy()


class TestByHand:
    """Pieces of the study on a few pairs."""

    WIDE = pd.DataFrame(
        {2000: [100.0, 50.0, 200.0, 201.0, 0.5, 0.5], 2001: [110.0, 50.0, 100.0, 0.0, 1.0, 1.0]},
        index=["in", "half", "double", "more", "tiny", "small"],
    )

    def test_entries(self):
        """The first year of an agreement, in either direction; a country has none with itself."""
        rows = [
            ("A", "B", 2000, 0),
            ("A", "B", 2001, 1),
            ("B", "A", 2002, 1),
            ("A", "A", 2000, 1),
            ("A", "C", 2000, 0),
        ]
        flows = pd.DataFrame(rows, columns=["exporter", "importer", "year", "rta"])
        table = STUDY.named(flows)
        assert STUDY.entries(table).to_dict() == {"A-B": 2001}

    def test_like(self):
        """Half to double the turnover of the year before, from a million on, and no entrant."""
        entry = pd.Series({"in": 2001, "tiny": 2001})
        alike = STUDY.like(self.WIDE, entry)
        assert list(alike) == ["in"]
        assert list(alike["in"]) == ["half", "double"]
        assert STUDY.like(self.WIDE, pd.Series({"in": 2000})) == {}
        assert STUDY.like(self.WIDE, pd.Series({"elsewhere": 2001})) == {}

    def test_changes(self):
        """Since the year before entry: 0.2 for the entrant, 0.5 and -0.1 for two of its like."""
        logs = pd.DataFrame(
            {2000: [0.1, 0.0, 0.0, 0.0], 2001: [0.3, 0.5, -0.1, np.nan]},
            index=["in", "half", "double", "gone"],
        )
        entry = pd.Series({"in": 2001})
        alike = {"in": pd.Index(["half", "double", "gone"])}
        mine, theirs, weights = STUDY.changes(logs, entry, alike, 0)
        assert mine == pytest.approx([0.2])
        assert theirs.tolist() == [0.5, -0.1]
        assert weights.tolist() == [0.5, 0.5]
        with pytest.raises(ValueError, match="^no pair that entered is known 1 years from entry$"):
            STUDY.changes(logs, entry, alike, 1)

    def test_quantiles(self):
        """Ten even values have their median between the fifth and sixth; weights move it."""
        assert STUDY.quantiles(range(1, 11))[3] == pytest.approx(5.5)
        weighted = STUDY.quantiles([2.0, 1.0], np.array([3.0, 1.0]))
        # 1 has its middle at 1/8 of the weight, 2 at 5/8: the median lies 3/4 of the way
        assert weighted[3] == pytest.approx(1.75)
        assert weighted[[0, -1]].tolist() == [1.0, 2.0]

    def test_beyond(self):
        """Both directions added, over what they would be without the agreement's own term."""
        rows = pd.DataFrame(
            {
                "exporter": ["A", "B", "A"],
                "importer": ["B", "A", "A"],
                "pair": ["A-B", "A-B", "A-A"],
                "year": 2001,
                "trade_musd": [6.0, 2.0, 9.0],
                "fitted_musd": [4.0, 4.0, 9.0],
                "since0": [1.0, 1.0, 0.0],
            }
        )
        effect = pd.DataFrame({"estimate": [np.log(2)]}, index=["since0"])
        fit = given_fit(rows, coefficients=effect)
        assert STUDY.beyond(fit).to_dict() == {2001: {"A-B": pytest.approx(np.log(8 / 4))}}

    def test_dates_at_random(self):
        """Each date goes to one of the like pairs, none gets two."""
        entry = pd.Series({"a": 2000, "b": 2001, "c": 2002})
        alike = {"a": pd.Index(["x"]), "b": pd.Index(["x", "y"]), "c": pd.Index(["x", "y"])}
        assert STUDY.at_random(entry, alike).to_dict() == {"x": 2000, "y": 2001}


@needs_extra
class TestMadeWorld:
    """A phased effect that is known, and none."""

    @pytest.fixture(scope="class")
    @staticmethod
    def world():
        """Flows and entries."""
        return made_world()

    def test_recovered(self, world):
        """Every year's effect within its interval as often as 95 % says; leads are none."""
        off = standardised(STUDY.study(*world), true_effect)
        assert (np.abs(off) < 1.96).sum() >= 13  # of fifteen
        assert np.abs(off).max() < 3.5

    def test_placebo(self, world):
        """Dates given to pairs that entered nothing show nothing, though others did enter."""
        table, entry = world
        alike = STUDY.like(STUDY.turnovers(table), entry)
        shuffled = STUDY.at_random(entry, alike)
        assert not set(shuffled.index) & set(entry.index)
        assert len(shuffled) > 20
        rest = table[~table["pair"].isin(entry.index)]
        off = standardised(STUDY.study(rest, shuffled), np.zeros_like)
        assert (np.abs(off) < 1.96).sum() >= 13
        assert np.abs(off).max() < 3.5


class TestShipped:
    """The table that ships."""

    def test_shape(self):
        """Both groups from five years before to ten after, the year before being zero."""
        table = tl.load_agreement_effects(as_of="2016-12-31")
        years = list(range(-5, 11))
        by_group = table.groupby("group")["since"].apply(list)
        assert by_group.to_dict() == {"entered": years, "like": years}
        assert table["n"].min() > 100
        zero = table[table["since"] == -1].filter(regex="^q|effect|std")
        assert (zero == 0).all(axis=None)
        with pytest.raises(ValueError, match="^no effects of agreements were released by 2016-12-"):
            tl.load_agreement_effects(as_of="2016-12-30")

    def test_what_it_says(self):
        """Trade rises after entry, had risen before it, and dates at random show nothing of it."""
        entered, like = (
            tl.load_agreement_effects().query("group == @group").set_index("since")
            for group in ("entered", "like")
        )
        sure = entered["effect"].abs() > 1.96 * entered["std_error"]
        assert sure.loc[5:].all()
        assert (entered["effect"].loc[5:] > 0.25).all()
        assert sure.loc[-5:-2].sum() >= 3  # the leads are told, not hidden
        assert (entered["effect"].loc[-5:-2] < 0).all()
        chance = like["effect"].abs() > 1.96 * like["std_error"]
        assert chance.sum() <= 2
        assert like["effect"].abs().max() < entered["effect"].loc[5:].min()

    @needs_panel
    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """The script rebuilds every number but the placebo's, which takes as long again."""
        table = STUDY.panel(FOLDER)
        shipped = tl.load_agreement_effects()
        rebuilt = STUDY.effects(table, STUDY.entries(table), placebo=False)
        missing = rebuilt["group"] == "like"
        assert rebuilt.loc[missing, ["effect", "std_error"]].isna().all(axis=None)
        for column in ("effect", "std_error"):
            rebuilt.loc[missing, column] = shipped.loc[missing, column]
        pd.testing.assert_frame_equal(
            rebuilt, shipped[list(rebuilt)], check_dtype=False, rtol=0, atol=1e-3
        )
        assert set(shipped["released"]) == {pd.Timestamp(STUDY.RELEASED)}
