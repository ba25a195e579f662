"""What users hold: the same values in any type or container give the same answer, to the last digit."""

import logging
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tradelib as tl
from tradelib.api import progress_bar
from tradelib.core.convert import as_history, plain_types

WHOLE = pd.DataFrame(
    {"year": range(2015, 2025), "turnover_musd": [210, 190, 260, 300, 280, 350, 410, 395, 430, 460]}
)
FLOWS = pd.DataFrame(
    {"year": WHOLE["year"], "export_musd": WHOLE["turnover_musd"] - 90, "import_musd": 90}
)
PLEDGE = tl.Target("ITA", "KAZ", 900, 2029)


class Foreign:
    """A table of another library that can be told to pandas."""

    def to_pandas(self):
        """The same table."""
        return WHOLE


def cells(column, make):
    """The history with a column of objects."""
    values = [make(value) for value in WHOLE[column]]
    return WHOLE.assign(**{column: pd.Series(values, dtype=object)})


by_year = WHOLE.set_index("year")["turnover_musd"]
HELD = {
    "turnover as Decimal": cells("turnover_musd", Decimal),
    "turnover as texts with a point": cells("turnover_musd", lambda v: f" {v}.0 "),
    "years as Periods": WHOLE.assign(year=pd.PeriodIndex(WHOLE["year"].astype(str), freq="Y")),
    "years as first days": WHOLE.assign(year=pd.to_datetime(WHOLE["year"].astype(str))),
    "years as last days": WHOLE.assign(year=pd.to_datetime(WHOLE["year"].astype(str) + "-12-31")),
    "upside down": WHOLE.iloc[::-1],
    "shuffled": WHOLE.sample(frac=1, random_state=3),
    "an odd index": WHOLE.set_axis(list("abcdefghij")),
    "the year as index": WHOLE.set_index("year"),
    "Periods as index": WHOLE.set_index(pd.PeriodIndex(WHOLE["year"].astype(str), freq="Y"))[
        ["turnover_musd"]
    ],
    "days as index": WHOLE.set_index(pd.to_datetime(WHOLE["year"].astype(str)))[["turnover_musd"]],
    "capital headings": WHOLE.set_axis(["Year", " Turnover_MUSD "], axis=1),
    "a short heading": WHOLE.set_axis(["Year", "Turnover"], axis=1),
    "more columns": WHOLE.assign(note="x", share=0.5),
    "a Series": by_year,
    "a Series by text": by_year.set_axis(by_year.index.astype(str)),
    "a Series by Period": by_year.set_axis(pd.PeriodIndex(by_year.index.astype(str), freq="Y")),
    "a mapping": by_year.to_dict(),
    "a mapping by text": {str(year): value for year, value in by_year.items()},
    "a mapping of columns": WHOLE.to_dict("list"),
    "a mapping of both flows": {
        row["year"]: {k: row[k] for k in ("export_musd", "import_musd")}
        for row in FLOWS.to_dict("records")
    },
    "a list of mappings": WHOLE.to_dict("records"),
    "a list of pairs": list(by_year.items()),
    "an array": WHOLE.to_numpy(),
    "both flows": FLOWS,
    "another library's": Foreign(),
}
CALLS = {
    "assess": lambda held: tl.assess(PLEDGE, history=held, part_year=(6, 240)).to_json(),
    "panel_growth": lambda held: tl.panel_growth(held, horizon=3, n_paths=50).paths.tolist(),
    "standing": lambda held: tl.standing(PLEDGE, held),
    "progress": lambda held: tl.progress(held, PLEDGE).to_csv(),
    "naive": lambda held: tl.naive(held, horizon=2, n_paths=20).paths.tolist(),
    "theta": lambda held: tl.theta(held, horizon=2, n_paths=20).paths.tolist(),
    "grid": lambda held: tl.explore.grid(PLEDGE, history=held).read(900, deadline=2029),
    "outlook": lambda held: tl.forecasting.outlook(held, model=tl.growth_model()).logs.tolist(),
    "history": lambda held: tl.flows.history(held).to_dict(),
    "swings": lambda held: tl.flows.swings(held, fall=0.05).to_csv(),
    "from_history": lambda held: tl.scenario.from_history(held, year=2026)["as in 2024"],
    "plot.history": lambda held: [bar.get_height() for bar in tl.plot.history(held).patches],
    "plot.fan": lambda held: (
        tl.plot.fan(tl.naive(WHOLE, horizon=1, n_paths=20), held).lines[1].get_ydata().tolist()
    ),
    "plot.path_to_target": lambda held: (
        tl.plot.path_to_target(held, PLEDGE, since=[2020]).lines[0].get_ydata().tolist()
    ),
}
EXPECTED = {}


# Every form is tried on this; the other functions read it by the same `as_history`: some forms.
EVERY_FORM = "history"
SOME_FORMS = ("turnover as Decimal", "years as Periods", "a mapping", "both flows", "shuffled")
TRIED = [(call, held) for call in CALLS for held in (HELD if call == EVERY_FORM else SOME_FORMS)]


@pytest.mark.parametrize(("call", "held"), TRIED)
def test_a_history_in_any_form(call, held):
    """Every function that takes a history answers alike, whatever holds it."""
    if call not in EXPECTED:
        EXPECTED[call] = CALLS[call](WHOLE.astype({"turnover_musd": float}))
    assert CALLS[call](HELD[held]) == EXPECTED[call]


def test_polars():
    """A frame of polars is read as it is."""
    polars = pytest.importorskip("polars")
    for frame in (polars.from_pandas(WHOLE), polars.DataFrame(WHOLE.to_dict("list"))):
        assert CALLS["assess"](frame) == CALLS["assess"](WHOLE)
    table = pd.DataFrame(TestTargets.ROWS, columns=TestTargets.NAMES)
    answers = tl.assess_many(polars.DataFrame(table.to_dict("list")))
    assert answers["probability_in"].tolist() == tl.assess_many(table)["probability_in"].tolist()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 10**6), min_size=3, max_size=12),
    st.sampled_from(
        [
            *("int64", "int32", "Int64", "Float64", "float32", "double[pyarrow]", "category"),
            *("int64[pyarrow]", "str", "string", "string[pyarrow]", "object"),
        ]
    ),
    st.sampled_from(["int64", "int16", "float64", "str", "string[pyarrow]", "Int64", "object"]),
    st.randoms(use_true_random=False),
)
def test_drawn_histories(values, money, years, order):
    """Whatever the values, types and order: the same frame."""
    plain = pd.DataFrame({"year": range(2000, 2000 + len(values)), "turnover_musd": values})
    rows = order.sample(range(len(values)), len(values))
    history = as_history(plain.astype({"turnover_musd": money, "year": years}).iloc[rows])
    assert history["year"].tolist() == plain["year"].tolist()
    assert history["turnover_musd"].tolist() == values
    assert history["year"].dtype == np.int64


class TestRefused:
    """What cannot be read says the way out in one line."""

    LONG = pd.DataFrame({"unique_id": ["A-B"] * 2, "ds": [2020, 2021], "y": [1.0, 2.0]})
    MONTHS = pd.DataFrame(
        {"year": [2020] * 3, "month": [1, 2, 3], "turnover_musd": [1.0, 2.0, 3.0]}
    )

    @pytest.mark.parametrize(
        ("held", "message"),
        [
            (MONTHS, "sum its months first"),
            (MONTHS.drop(columns="month"), "got several for 2020; keep one, or sum parts of a"),
            (
                MONTHS.set_index(pd.period_range("2020-01", periods=3, freq="M"))[
                    ["turnover_musd"]
                ],
                r"sum its parts first: history\.groupby\(history\.index\.year\)\.sum\(\); or give months",
            ),
            (
                MONTHS.assign(date=pd.date_range("2020-01-31", periods=3, freq="ME"))[
                    ["date", "turnover_musd"]
                ],
                r"""sum by year: history\.groupby\(history\['date'\]\.dt\.year\.rename\("year"\)\)"""
                r"""\["turnover_musd"\]\.sum\(\); or give months""",
            ),
            (LONG, r'rename its columns: history\.rename\(columns=\{"ds": "year", "y"'),
            (WHOLE.assign(turnover_musd=0), "got 0 in 2015; leave the row out if it is unknown"),
            (WHOLE.assign(turnover_musd=[np.nan, *range(1, 10)]), "infinite for 2015; leave the"),
            (WHOLE.assign(turnover_musd=["abt 5", *range(1, 10)]), "turnover_musd must hold"),
            (WHOLE.assign(year="2015/16"), "years are whole numbers, none missing, got '2015/16'"),
            (WHOLE.drop(columns="year"), "the history lacks year, it has turnover_musd; needed"),
            (WHOLE.drop(columns="turnover_musd"), "the history lacks turnover_musd, it has year"),
            ({"year": [2020, 2021], "turnover_musd": [1.0]}, "the columns of a history are"),
            (["a", "b"], r"has a mapping or a pair \(year, turnover\) a year, got \['a', 'b'\]"),
            ([], "has a mapping or a pair"),
            (3, r"history must be a history \(a table, a Series or a mapping by year\)"),
        ],
    )
    def test_a_history(self, held, message):
        """Months, long frames, zeros, gaps, texts and what is no history."""
        with pytest.raises(tl.InputError, match=message):
            tl.assess(PLEDGE, history=held)

    def test_the_way_out_works(self):
        """What the messages say is what helps."""
        months = self.MONTHS.groupby("year")["turnover_musd"].sum()
        assert tl.flows.history(months).to_dict() == {2020: 6.0}
        history = self.MONTHS.set_index(pd.period_range("2020-01", periods=3, freq="M"))
        yearly = history.groupby(history.index.year).sum()[["turnover_musd"]]
        assert tl.flows.history(yearly).to_dict() == {2020: 6.0}
        history = self.MONTHS.assign(date=pd.date_range("2020-01-31", periods=3, freq="ME"))
        by_date = history.groupby(history["date"].dt.year.rename("year"))["turnover_musd"].sum()
        assert tl.flows.history(by_date).to_dict() == {2020: 6.0}
        renamed = self.LONG.rename(columns={"ds": "year", "y": "turnover_musd"})
        assert tl.flows.history(renamed).to_dict() == {2020: 1.0, 2021: 2.0}
        gap = WHOLE[WHOLE["turnover_musd"] != 260]
        assert tl.assess(PLEDGE, history=gap).value("own_years") == 9

    def test_a_long_panel(self):
        """`forecast_panel` takes a wide frame, and says how to make one of a long one."""
        asked = {"horizons": [1], "quantiles": [0.5]}
        with pytest.raises(
            tl.InputError, match=r"of a long frame: tradelib\.flows\.by_pair\(history\.rename"
        ):
            tl.forecast_panel(self.LONG, **asked)
        long = self.LONG.rename(columns={"unique_id": "pair", "ds": "year", "y": "turnover_musd"})
        with pytest.raises(
            tl.InputError, match=r"of a long frame: tradelib\.flows\.by_pair\(history\)$"
        ):
            tl.forecast_panel(long, **asked)
        wide = tl.flows.by_pair(long)
        expected = tl.forecast_panel(wide, **asked).tolist()
        for same in (
            wide.reset_index(),
            wide.set_axis(["2020", "2021"], axis=1),
            wide.astype("Int64"),
            wide.set_axis(pd.PeriodIndex(["2020", "2021"], freq="Y"), axis=1),
            wide.astype(str),
            wide.set_axis([2020.0, 2021.0], axis=1),
        ):
            assert tl.forecast_panel(same, **asked).tolist() == expected


class TestTargets:
    """Tables and lists of targets."""

    ROWS = (("TUR", "KAZ", 15000, 2030), ("KAZ", "TKM", 1000, 2027), ("UZB", "TKM", 2000, None))
    NAMES = ("reporter", "partner", "value_musd", "deadline")

    def chances(self, targets):
        """The chance of each, in order."""
        return tl.assess_many(targets)["probability_in"].tolist()

    def test_any_iterable(self):
        """Targets and mappings, in lists and generators, and tables, in their order."""
        targets = [tl.Target(*row) for row in self.ROWS]
        table = pd.DataFrame(self.ROWS, columns=self.NAMES)
        expected = self.chances(table)
        assert expected == [tl.assess(target).probability_in for target in targets]
        records = [dict(zip(self.NAMES, row, strict=True)) for row in self.ROWS]
        for held in (
            targets,
            iter(targets),
            records,
            table.astype(object),
            table.convert_dtypes(dtype_backend="pyarrow"),
            dict(enumerate(targets)).values(),
        ):
            assert self.chances(held) == expected
        assert self.chances(targets[::-1]) == expected[::-1]
        assert tl.assess_many([]).empty
        with pytest.raises(tl.InputTypeError, match="^each of targets must be a Target, such as"):
            tl.assess_many(["KAZ"])
        with pytest.raises(tl.InputTypeError, match=r"^a list of targets holds Target\(.*; got"):
            tl.assess_many(iter(["KAZ"]))

    def test_a_bad_row_spoils_no_other(self):
        """Each row has its reason; deadlines may be texts."""
        table = pd.DataFrame(self.ROWS, columns=self.NAMES).astype({"deadline": object})
        expected = self.chances(table)
        for column, cell, reason in (
            ("deadline", 2027.5, "a deadline is a calendar year such as 2027, got 2027.5"),
            ("reporter", "XXX", "no country is called 'XXX'"),
            ("reporter", None, "a target needs its reporter"),
            ("value_musd", "much", "value_musd must be a number, got 'much'"),
            ("value_musd", 10**9, "is it off by a factor of 10"),
            ("partner", "TUR", "two countries"),
        ):
            bad = table.astype({column: object})
            bad.loc[0, column] = cell
            answers = tl.assess_many(bad)
            assert reason in answers["reason"][0]
            assert answers["probability_in"].tolist()[1:] == expected[1:]
            assert tl.readable(answers).shape[0] == 3
        texts = table.assign(deadline=["2030", "2027", ""])
        assert self.chances(texts) == expected

    def test_amounts(self):
        """A unit of its own is refused with the factor, and passes if it is meant."""
        for value, factor in ((1, "10\u00b3"), (1e6, "10\u00b3"), (1e9, "10\u2076")):
            target = tl.Target("KAZ", "TKM", value, 2027)
            with pytest.raises(
                tl.InputError, match=f"off by a factor of {factor} .*any_amount=True"
            ):
                tl.assess(target)
            assert tl.assess(target, any_amount=True).probability_in >= 0
            assert factor in tl.assess_many([target])["reason"][0]
            assert tl.assess_many([target], any_amount=True)["reason"][0] == ""


def test_the_logger():
    """Messages go to `tradelib`, where nobody hears them unless one asks."""
    handlers = logging.getLogger("tradelib").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)


def test_plain_types_leaves_what_is_plain():
    """A bundled table comes back as itself."""
    for frame in (tl.load_turnover("KAZ", "TKM"), tl.load_growth(), WHOLE):
        assert plain_types(frame) is frame


class TestProgress:
    """A bar where work is long and somebody looks."""

    @pytest.mark.parametrize(
        ("many", "looked_at", "shown"), [(3, True, True), (2, True, False), (3, False, False)]
    )
    def test_of_many_targets(self, many, looked_at, shown, monkeypatch, capsys):
        """Many targets, here three, and a terminal: how many are done is said on the error stream."""
        monkeypatch.setattr(progress_bar, "MANY", 3)
        monkeypatch.setattr(progress_bar, "looked_at", lambda: looked_at)
        answers = tl.assess_many([PLEDGE] * many)
        assert len(answers) == many
        assert ("3/3" in capsys.readouterr().err) == shown

    def test_ones_own(self):
        """Whatever wraps the targets may be given."""
        seen = []
        tl.assess_many(
            [PLEDGE] * 3, progress=lambda items: [seen.append(1) or item for item in items]
        )
        assert len(seen) == 3
