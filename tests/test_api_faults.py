"""Hostile arguments, results that are written into or compared, and ordinary days."""

import copy
import dataclasses
import pickle
from collections import Counter
from datetime import date

import api_calls
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import tradelib as tl
from tradelib.api.gather import gather
from tradelib.core import validation
from tradelib.science.assessment.evidence import estimate_all

# So many in a hundred of what benchmarks/api_faults.py tries.
SHARE = 0.002


def test_no_raw_errors(tmp_path, monkeypatch):
    """Whatever comes in place of an argument: an answer, or an error in the library's words."""
    monkeypatch.chdir(tmp_path)  # a text in place of a path is a file's name
    bad = []
    counts = Counter()
    for function, name, kind, call in api_calls.trials(share=SHARE):
        outcome, words = api_calls.judge(function, call)
        counts[outcome] += 1
        if outcome in ("raw", "late"):
            bad.append((function, name, kind, words))
    assert bad == []
    assert counts["clear"] > 40
    assert counts["answer"] > 15


TWICE = pd.DataFrame([[1, 2]], columns=["a", "a"])


class TestKinds:
    """One check for each kind of input."""

    @pytest.mark.parametrize(
        ("value", "hint", "message"),
        [
            (True, int, "x must be a whole number, got True"),
            ("1", float, "x must be a number, got '1'"),
            (1, bool, "x must be True or False, got 1"),
            (None, str, "x must be a text, got None"),
            ("KAZ", list[str], "x must be a list, each a text, got 'KAZ'"),
            ({"a": None}, dict[str, float], "each of x must be a number, got None"),
            ((1, 2, 3), tuple[int, int], r"x must be 2 values, got \(1, 2, 3\)"),
            (3, tl.Target, r"x must be a Target, such as Target\(.*, or open_target\(.*\), got 3"),
            (np.arange(3), int | None, "x must be a whole number or None, got a ndarray"),
            ([1, "a"], str | list[int], "each of x must be a whole number, got 'a'"),
            (
                ["a"],
                validation.ArrayLike,
                r"x must be a number or an array of numbers, got \['a'\]",
            ),
            ([1.0], NDArray[np.float64], "x must be an array.*"),
            (TWICE, pd.DataFrame, "x must have each column once, got a DataFrame of .*"),
            (3, tl.load_turnover.__class__, "x must be a function, got 3"),
        ],
    )
    def test_refused(self, value, hint, message):
        """It says what must hold and what came."""
        with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
            validation.fits("x", value, hint)

    @pytest.mark.parametrize(
        ("value", "hint"),
        [
            (np.int64(3), int),
            (np.float32(3), float),
            (np.bool_(1), bool),
            (None, int | None),
            (range(3), list[int]),
            (np.arange(3), list[int]),
            ((1, 2, 3), tuple[int, ...]),
            ({"a": 1}, dict[str, float]),
            (3, str | date),
            ([[1.0]], validation.ArrayLike),
            (None, validation.ArrayLike | None),
            (np.array([1.0]), NDArray[np.float64] | None),
            (pd.DataFrame({"a": [1]}), pd.DataFrame),
        ],
    )
    def test_accepted(self, value, hint):
        """What means the same passes, and whatever comes for a day, which `tables.day` reads."""
        validation.fits("x", value, hint)


def spoil(result):  # noqa: C901 - a kind a branch
    """Write nonsense into all of a result that can be written into."""
    if isinstance(result, pd.DataFrame):
        for name in list(result.columns):
            result[name] = 0
    elif isinstance(result, pd.Series) and len(result):
        result[:] = result.iloc[0]
    elif isinstance(result, np.ndarray) and result.flags.writeable:
        result[...] = 0
    elif isinstance(result, dict):
        result.clear()
    elif isinstance(result, list):
        del result[:]
    elif isinstance(result, tuple):
        for element in result:
            spoil(element)
    elif dataclasses.is_dataclass(result) and not isinstance(result, tl.explore.Grid):
        for field in dataclasses.fields(result):
            spoil(getattr(result, field.name))


def same(answer, other):
    """Whether two answers say the same."""
    if isinstance(answer, pd.DataFrame | pd.Series):
        return answer.equals(other)
    if isinstance(answer, np.ndarray):
        return np.array_equal(answer, other, equal_nan=answer.dtype.kind == "f")
    if isinstance(answer, tuple | list):
        return len(answer) == len(other) and all(map(same, answer, other))
    return answer == other or answer != answer


# What draws, asks the network or writes to files, what only hands on functions, and what is slow
# and made of others that are here, or of nothing that is kept.
LEFT_OUT = (
    "plot.",
    "live.",
    "report",
    "one_by",
    "refit",
    "fit_growth_model",
    "forecast_changes",
    "questions",
    "pledge_sensitivity",
    "open_targets",
    "timeline",
    "hindcasts",
)


def test_nobody_writes_into_what_is_kept(subtests):
    """A result that is written into changes no later answer."""
    for name, (call, good) in api_calls.goods().items():
        if name.startswith(LEFT_OUT):
            continue
        with subtests.test(function=name):
            first = call(**good)
            if isinstance(first, tl.explore.Grid):
                continue
            kept = copy.deepcopy(first)
            spoil(first)
            assert same(kept, call(**copy.deepcopy(good)))


def nullable(frame):
    """A table in pandas' own types that know missing values."""
    return frame.convert_dtypes()


def mixed(frame):
    """A table of Arrow's columns and of objects, in turn."""
    arrow = frame.convert_dtypes(dtype_backend="pyarrow")
    return arrow.astype(dict.fromkeys(frame.columns[1::2], object))


def without_type(value):
    """A cell, or None for a missing one of whatever kind."""
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value


def plainly(answer):
    """An answer without the types of its columns."""
    if isinstance(answer, pd.Series):
        answer = answer.to_frame()
    if isinstance(answer, pd.DataFrame):
        columns = answer.astype(object).to_numpy().T.tolist()
        return [[without_type(value) for value in column] for column in columns]
    if isinstance(answer, np.ndarray):
        if answer.dtype.kind in "iuf":
            answer = np.nan_to_num(answer.astype(float), nan=-1.0)
        return answer.tolist()
    if isinstance(answer, dict):
        return {key: plainly(value) for key, value in answer.items()}
    if isinstance(answer, tuple | list):
        return [plainly(value) for value in answer]
    if hasattr(answer, "summary"):
        return answer.summary()
    return answer if answer == answer else None


def test_a_table_of_other_types(subtests):
    """Functions that take a table answer alike for nullable, Arrow and object columns.

    Every public function is `validated` in the same way: one in five of their tables is tried.
    """
    tables = [
        (name, argument)
        for name, (_, good) in api_calls.goods().items()
        for argument, value in good.items()
        if isinstance(value, pd.DataFrame)
    ]
    for name, argument in tables[::5]:
        call, good = api_calls.goods()[name]
        with subtests.test(function=name, argument=argument):
            expected = None if name.startswith("plot.") else plainly(api_calls.answer_of(name))
            for make in (nullable, mixed):
                answer = call(**good | {argument: make(good[argument])})
                assert name.startswith("plot.") or plainly(answer) == expected
                api_calls.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: tl.assess(tl.article_target()),
        lambda: tl.panel_growth(tl.load_turnover("KAZ", "TKM"), horizon=2, n_paths=50),
        lambda: tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05"),
        lambda: tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5),
        lambda: tl.pledge_rate(growth=0.256),
        tl.pledge_effect,
        tl.gravity_model,
        tl.growth_model,
        lambda: tl.gravity_check("KAZ", "TKM", target_musd=1000),
        tl.article_target,
        lambda: tl.potential("KAZ", "TKM"),
        lambda: tl.explore.grid(tl.article_target(), days=("2024-06-30",)),
        lambda: estimate_all([gather(tl.article_target())])[0],
    ],
)
def test_equality(make):
    """A result equals its copy, one from another process and another making of it, and nothing else."""
    result = make()
    for same in (copy.deepcopy(result), pickle.loads(pickle.dumps(result)), make()):  # noqa: S301
        assert (result == same) is True
    assert (result == 3) is False
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, pd.DataFrame):
            other = dataclasses.replace(result, **{field.name: value.iloc[:-1]})
            assert (result == other) is False


class TestOrdinaryDays:
    """Every day since the model was known has an answer; what is missing is left out and said."""

    @pytest.mark.parametrize("pair", [("KAZ", "TKM", 1000, 2027), ("UZB", "TKM", 2000, 2028)])
    def test_every_so_often(self, pair):
        """A day of every other year, which go through the seasons."""
        seasons = ("01-15", "07-20", "10-07", "12-26")
        years = range(2021 + pair[3] % 2, 2027, 2)
        days = [f"{year}-{seasons[year // 2 % 4]}" for year in years]
        for day in ["2020-12-31", *days]:
            verdict = tl.assess(tl.Target(*pair), as_of=day)
            assert verdict.words
            assert str(verdict.as_of) == day

    def test_months_before_any_share(self):
        """Seven months of 2021, and no earlier year of which so many were known: read as such."""
        verdict = tl.assess(tl.Target("UZB", "TKM", 2000, 2028), as_of="2021-10-07")
        row = verdict.evidence.set_index("key").loc["nowcast"]
        assert row["item"] == "7 months of 2021, US$351.8m"
        assert "in 1 earlier year" in row["source"]
        assert row["item"] in verdict.summary()

    def test_a_gdp_before_the_turnover(self):
        """In July a year's GDP is out and its turnover not: gravity is asked a year before."""
        verdict = tl.assess(tl.Target("UZB", "TKM", 2000, 2028), as_of="2023-07-20")
        assert verdict.value("potential_year") == verdict.value("last_year") == 2021
        assert tl.potential("UZB", "TKM", as_of="2023-07-20").actual_musd > 0

    def test_months_of_a_pair_not_yet_out(self):
        """Figures of a pair that came later do not stand in the way of what the registry knew."""
        target = tl.open_target("VNM-NZL-2024")
        assert tl.assess(target, as_of="2024-12-10").words

    def test_a_later_figure_breaks_no_earlier_day(self, monkeypatch):
        """Months that came out later, more than their whole year, are not seen before."""
        from tradelib.datasets import tables

        before = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05").to_frame()
        figures = tables.table("figures.csv").copy()
        pair = figures.query("reporter == 'KAZ' and partner == 'TKM' and flow == 'turnover'")
        row = pair[pair["period_end"] == "2022-07-31"]
        late = row.head(1).assign(
            period_start=pd.Timestamp("2021-01-01"),
            released=pd.Timestamp("2026-01-01"),
            period_end=pd.Timestamp("2021-07-31"),
            value_musd=9e5,
            source_id="new",
        )
        poisoned = pd.concat([figures, late], ignore_index=True)
        real = tables.table
        monkeypatch.setattr(
            tables, "table", lambda file: poisoned if file == "figures.csv" else real(file)
        )
        after = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05").to_frame()
        pd.testing.assert_frame_equal(before, after)
