"""Months as people hold them: what is read, how cumulated ones are told, what is refused."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.api import months as months_module
from tradelib.core.cumulated import is_cumulated
from tradelib.core.periods import month_number, month_of

# Single months of 2025, their sums since January, and the first months of 2026.
SINGLE = [10, 12, 11, 14, 9, 13, 12, 15, 11, 10, 16, 14]
SUMS = [10, 22, 33, 47, 56, 69, 81, 96, 107, 117, 133, 147]
PERIODS = [f"2025-{month:02}" for month in range(1, 13)]
WHOLE = pd.DataFrame({"year": 2025, "month": range(1, 13), "value_musd": SINGLE})
# The second half of a year is of twice the size of the first.
DOUBLED = [10, 11, 9, 10, 12, 11, 20, 22, 18, 20, 24, 22]
# Three months that clearly fall, in each layout below.
THREE = [7.0, 5.0, 4.0]
ROWS = [(2025, 11, 7.0), (2025, 12, 5.0), (2026, 1, 4.0)]


@pytest.fixture(autouse=True)
def a_day(monkeypatch):
    """The tests stand on 5 October 2026."""
    monkeypatch.setattr(months_module, "today", lambda: pd.Timestamp("2026-10-05"))


class Polars:
    """A table as polars has it."""

    def to_dicts(self):
        """Its rows."""
        return [{"period": f"{y}-{m:02}", "value_musd": v} for y, m, v in ROWS]

    def to_pandas(self):
        """It needs another package."""
        raise ModuleNotFoundError


def rows_of(table):
    """A table of months as a list of rows."""
    return [tuple(row) for row in table.itertuples(index=False)]


def series(index):
    """Three months with an index."""
    return pd.Series(THREE, index=index)


def table(periods, name="period"):
    """Three months with a column of periods."""
    return pd.DataFrame({name: periods, "value_musd": THREE})


LABELS = {
    "ISO": ["2025-11", "2025-12", "2026-01"],
    "IMF": ["2025-M11", "2025-M12", "2026-M01"],
    "whole numbers": [202511, 202512, 202601],
    "floats": [202511.0, 202512.0, 202601.0],
    "short names": ["Nov 2025", "Dec 2025", "Jan 2026"],
    "year and name": ["2025 Nov", "2025-Dec", "2026 jan."],
    "Russian": ["ноябрь 2025", "декабрь 2025 г.", "Январь 2026 года"],
    "month first": ["11/2025", "12.2025", "1-2026"],
    "dotted days": ["30.11.2025", "31.12.2025", "31.01.2026"],
    "stamps as texts": ["2025-11-01 00:00:00", "2025-12-01T00:00:00Z", "2026-01-01"],
    "dates": [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)],
    "Periods": list(pd.period_range("2025-11", periods=3, freq="M")),
    "Periods of days": [
        pd.Period(text, "D") for text in ("2025-11-30", "2025-12-31", "2026-01-31")
    ],
}
HELD = {
    **{f"labels: {name}": table(labels) for name, labels in LABELS.items()},
    **{f"a column {name}": table(LABELS["ISO"], name) for name in ("month", "DATE", "TIME_PERIOD")},
    "mapping": dict(zip(LABELS["short names"], THREE, strict=True)),
    "Series": series(LABELS["IMF"]),
    "PeriodIndex": series(pd.PeriodIndex(LABELS["Periods"])),
    "DatetimeIndex": series(pd.date_range("2025-11", periods=3, freq="MS")),
    "frame by its index": series(LABELS["Periods"]).to_frame("turnover_musd"),
    "frame by year and month": series(
        pd.MultiIndex.from_tuples([row[:2] for row in ROWS], names=["year", "month"])
    ).to_frame("value_musd"),
    "upside down": table(LABELS["ISO"]).iloc[::-1],
    "texts": table(LABELS["ISO"]).astype(str),
    "decimals": table(LABELS["ISO"]).assign(value_musd=list(map(Decimal, [7, 5, 4]))),
    "Arrow types": table(LABELS["ISO"]).convert_dtypes(dtype_backend="pyarrow"),
    "pyarrow": pa.table({"period": LABELS["ISO"], "value_musd": THREE}),
    "polars": Polars(),
    "pairs": list(zip(LABELS["ISO"], THREE, strict=True)),
    "mappings": [{"year": y, "month": m, "value_musd": v} for y, m, v in ROWS],
    "mapping of columns": {"Year": [2025, 2025, 2026], "Month": [11, 12, 1], "Value": THREE},
    "names of months": pd.DataFrame(
        {"year": [2025, 2025, 2026], "month": ["Nov", "December", "M01"], "value_musd": THREE}
    ),
    "two flows": pd.DataFrame(
        {"period": LABELS["ISO"], "export_musd": [5, 3, 1], "import_musd": [2, 2, 3]}
    ),
    "rows of flows": pd.DataFrame(
        {
            "period": LABELS["ISO"] * 2,
            "flow": ["export"] * 3 + ["Imports"] * 3,
            "value_musd": [5, 3, 1, 2, 2, 3],
        }
    ),
    "CSV": "period,value_musd\n2025-11,7\n2025-12,5\n2026-01,4\n",
    "German CSV": "Handel\n\nDate;Turnover_MUSD\n01.11.2025;7,0\n01.12.2025;5,0\n01.01.2026;4,0",
    "CSV of flows": "Year\tMonth\tExports\tImports\tNote\n2025\t11\t5\t2\tx\n2025\t12\t3\t2\t\n2026\t1\t1\t3\n",
}


@pytest.mark.parametrize("name", HELD)
def test_the_same_three_months(name):
    """Whatever holds them and however the month is written."""
    months = tl.read_months(HELD[name])
    assert rows_of(months) == ROWS
    assert months.dtypes.astype(str).tolist() == ["int64", "int64", "float64"]
    assert months.index.tolist() == [0, 1, 2]


def test_flows():
    """Exports, imports or both, from columns or rows."""
    for name in ("two flows", "rows of flows", "CSV of flows"):
        exports = tl.read_months(HELD[name], flow="export", cumulated=False)
        imports = tl.read_months(HELD[name], flow="import", cumulated=False)
        assert exports["value_musd"].tolist() == [5, 3, 1]
        assert imports["value_musd"].tolist() == [2, 2, 3]
    alone = table(LABELS["ISO"]).assign(flow="export")
    assert rows_of(tl.read_months(alone, flow="export")) == ROWS


def csv_of(values):
    """A CSV of the months of 2025."""
    lines = [f"{period};{value}" for period, value in zip(PERIODS, values, strict=False)]
    return "\n".join(["period;value_musd", *lines])


def from_january(values):
    """A Series from January 2025."""
    return pd.Series(values, index=pd.period_range("2025-01", periods=len(values), freq="M"))


@pytest.mark.parametrize("n_months", [6, 7, 9, 12])
def test_a_file_of_either_kind(tmp_path, n_months):
    """Six months or more of each kind are told, and are the same months."""
    for values in (SINGLE, SUMS):
        file = tmp_path / "f.csv"
        file.write_text(csv_of(values[:n_months]))
        for given_as in (file, str(file), csv_of(values[:n_months])):
            assert tl.read_months(given_as)["value_musd"].tolist() == SINGLE[:n_months]


READ = {
    "rising, called single": ([5, 9, 14], False, [5, 9, 14]),
    "rising, called sums": ([5, 9, 14], True, [5, 4, 5]),
    "half a year of twice the size": (DOUBLED, None, DOUBLED),
    "sums with a large July": (
        [10, 21, 30, 42, 52, 63, 126, 138],
        None,
        [10, 11, 9, 12, 10, 11, 63, 12],
    ),
    "sums start again each January": ([*SUMS, 20, 41, 60], None, [*SINGLE, 20, 21, 19]),
    "lumps, but fifteen rises without a fall": (
        [1, 2, 3, 4, 5, 6, *range(107, 113), 1, 2, 3, 4, 5],
        None,
        [*[1] * 6, 101, *[1] * 10],
    ),
    "a January alone": ([7], None, [7]),
    "no trade": ([0, 0, 0], None, [0, 0, 0]),
}


@pytest.mark.parametrize("name", READ)
def test_kind(name):
    """Single months or sums, as the values tell or the caller says."""
    values, cumulated, expected = READ[name]
    months = tl.read_months(from_january(values), cumulated=cumulated)
    assert months["value_musd"].tolist() == expected


UNCLEAR = {
    "few": ([5, 9, 14], r"no value falls within a year, but only 2 rise, too few to tell"),
    "flat": ([5] * 12, r"only 0 rise, too few"),
    "half a year doubled": ([10] * 6 + [20] * 6, r"only 1 rise, too few"),
    "rising singles": (list(range(100, 112)), r"2025-01 alone is 100, 90% of the 12 months of"),
    "half the year in July": ([10, 21, 30, 42, 52, 63, 126], r"2025-07 alone is 63, 50% of the 7"),
    "a correction": ([10, 22, 33, 47, 46, 69, 81, 96], r"fall from 47 to 46 in 2025-05"),
    "a slip": ([*SUMS[:9], 17, *SUMS[10:]], r"rise like sums, but fall from 107 to 17 in 2025-10"),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_unclear(name):
    """What can be read both ways is refused with the reason and the option."""
    values, reason = UNCLEAR[name]
    message = rf"^months may be single or cumulated .*{reason}.*cumulated=False, .* --single$"
    with pytest.raises(tl.InputError, match=message):
        tl.read_months(csv_of(values))
    single = tl.read_months(csv_of(values), cumulated=False)
    assert single["value_musd"].tolist() == values


# Values from January 2025 on -> sums (True), single months (False) or refused, at each bound of the rule.
BOUNDS = [
    ([10, 21, 31, 42, 52, 63], True),
    ([10, 21, 31, 42, 52], "refused"),
    ([10, 20, 30, 31, 41, 51, 61], "refused"),
    ([10, 20, 30, 34, 44, 54, 64], True),
    ([45, 53, 61, 69, 77, 85, 93, 101], "refused"),
    ([*SUMS, 1, 20, 21], True),
    ([*SUMS, 1, 20, 21, 22], "refused"),
    ([1, 2, 3, 4, 5, 6, *range(107, 113), 1, 2, 3, 4], "refused"),
    ([10, 30, 29], "refused"),
    ([10, 30, 26], False),
    ([10, 20, 15, 30], False),
    ([10, 20, 30, 15, 45, 60], "refused"),
]


@pytest.mark.parametrize(("values", "kind"), BOUNDS)
def test_bounds_of_the_rule(values, kind):
    """What is just enough to tell, and what is just too little."""
    months = tl.read_months(from_january(values), cumulated=False)
    assert kind_of(months) == kind


def test_years_of_different_kinds():
    """A file that changes from one kind to the other is refused."""
    with pytest.raises(tl.InputError, match="2025 looks single and 2026 cumulated; say which"):
        tl.read_months(from_january([*SINGLE, *SUMS[:9]]))


def test_no_new_start():
    """A January above half of the December before it is no new start."""
    message = r"January 2026 \(90\) does not start again after December 2025 \(147\)"
    with pytest.raises(tl.InputError, match=message):
        tl.read_months(from_january([*SUMS, 90, 180, 270]))


def test_labels_that_say_so():
    """January-March is a sum, whatever the values are."""
    labels = ["January 2026", "January-February 2026", "Jan\u2013Mar 2026", "январь-апрель 2026 г."]
    months = tl.read_months(dict(zip(labels, [3, 8, 9, 15], strict=True)))
    assert rows_of(months) == [(2026, 1, 3.0), (2026, 2, 5.0), (2026, 3, 1.0), (2026, 4, 6.0)]
    split = pd.DataFrame({"year": 2026, "month": ["Jan", "Jan-Feb"], "value_musd": [3, 8]})
    assert tl.read_months(split)["value_musd"].tolist() == [3, 5]
    with pytest.raises(tl.InputError, match="^2026-02 is labelled as the sum since January, got c"):
        tl.read_months(split, cumulated=False)
    mixed = {"Jan 2026": 3, "Jan-Feb 2026": 8, "March 2026": 4}
    with pytest.raises(tl.InputError, match="^2026-02 is labelled .* and 2026-03 as a single mon"):
        tl.read_months(mixed)


def revised(**published):
    """Two months, the first of them twice."""
    return pd.DataFrame(
        {"period": ["2026-01", "2026-01", "2026-02"], "value_musd": [9, 8, 5], **published}
    )


@pytest.mark.parametrize(
    "published",
    [
        {"published": ["2026-02-15", "2026-03-15", "2026-03-15"]},
        {"released": pd.to_datetime(["2026-02-15", "2026-03-15", "2026-03-15"])},
        {"vintage": ["2026-02", "2026-03", "2026-03"]},
        {"vintage": [202602, 202603, 202603]},
        {"vintage": [2026, 2027, 2027]},
        {"published": ["15.02.2026", "01.03.2026", "01.03.2026"]},
        {"Published": [date(2026, 3, 1), date(2026, 3, 2), None]},
    ],
)
def test_the_newest_counts(published):
    """Of revised months, whichever row comes first."""
    frame = revised(**published)
    for rows in (frame, frame.iloc[::-1]):
        assert tl.read_months(rows)["value_musd"].tolist() == [8, 5]


def test_back_to_the_first_figure():
    """A revision taken back is the newest figure too; a row given twice alike is that row."""
    frame = pd.DataFrame(
        {
            "period": ["2026-01"] * 3,
            "value_musd": [9, 8, 9],
            "published": ["2026-02-01", "2026-03-01", "2026-04-01"],
        }
    )
    assert tl.read_months(frame)["value_musd"].tolist() == [9]
    undated = frame.drop(columns="published")
    assert tl.read_months(undated.iloc[[0, 2]])["value_musd"].tolist() == [9]
    with pytest.raises(tl.InputError, match="^2026-01 is there twice, with 9 and 8"):
        tl.read_months(undated)


def changed(row, **cells):
    """The months of 2025 with cells of a row changed."""
    frame = WHOLE.astype(object)
    for name, cell in cells.items():
        frame.loc[row, name] = cell
    return frame


REFUSED = {
    "a gap": (WHOLE.drop(3), r"got none for 2025-04; add what is missing .* start with 2025-05$"),
    "a gap over the year": ({"2024-11": 5, "2025-02": 4}, r"got none for 2024-12 to 2025-01; "),
    "twice": (revised(), r"^2026-01 is there twice, with 9 and 8; of revised months the newest c"),
    "twice on a day": (revised(released=["2026-03-01"] * 3), r"^2026-01 .* both released on 2026"),
    "published when": (revised(published=["soon"] * 3), r"^row 0: must be a day .* got 'soon'"),
    "to come": ({"2026-09": 5, "2026-10": 4}, r"^months must be over, got 2026-10 on 2026-10-05; "),
    "month 13": (changed(2, month=13), r"^row 2: must be a month of 1 to 12, got 13; correct it"),
    "no year": (changed(2, year="x"), r"^row 2: must be a year such as 2026, got 'x'"),
    "year 25": (changed(2, year=25), r"^row 2: must be a year such as 2026, got 25"),
    "negative": (changed(2, value_musd=-1), r"^row 2: must be zero or more in value_musd, got -1"),
    "empty": (changed(2, value_musd=None), r"^row 2: value_musd is empty; write 0 if there was no"),
    "text": (changed(2, value_musd="x"), r"^row 2: must be a number of value_musd, got 'x'"),
    "total": (changed(11, month="Total"), r"^row 11 is no month but a total, got 'Total'; leave"),
    "quarter": ({pd.Period("2025Q1", "Q"): 5}, r"^row 0: must be a month .* got Period\('2025Q1'"),
    "which day": ({"3/4/2025": 5}, r"^row 0: must be a month such as 2026-03, got '3/4/2025'"),
    "not from January": ({"Feb-Mar 2025": 5}, r"^row 0: must be a month such as 2026-03, got 'Feb"),
    "no months": (WHOLE[["value_musd"]], r"^the table lacks months, it has value_musd; needed"),
    "no values": (WHOLE[["year", "month"]], r"^the table lacks values of turnover, it has year, m"),
    "empty table": (WHOLE.head(0), r"^months need one row or more, got none; needed are year"),
    "two partners": (
        WHOLE.assign(partner=["TKM", "UZB"] * 6),
        r"got 2 of partner: TKM, UZB; choose",
    ),
    "unknown flow": (WHOLE.assign(flow="transit"), r"^row 0: must be export, import or turnover"),
    "a flow alone": (
        WHOLE.assign(flow="import"),
        r"got imports alone in 2025-01; .*flow='import'$",
    ),
    "heading twice": (
        WHOLE.assign(Value=1),
        r"^months have each column once, got value_musd 2 tim",
    ),
    "two levels": (pd.concat({"a": WHOLE}, axis=1), r"^months have one heading a column, got"),
    "uneven columns": ({"year": [2025], "month": [1, 2]}, r"^the columns of a table of months are"),
    "list": ([1, 2], r"^a list of months has a mapping or a pair .* got \[1"),
    "number": (5, r"^months must be .*, got 5$"),
    "dollars": ({"2025-01": 5e6}, r"below 1,000,000 a month, got 5,000,000 in 2025-01; divide"),
    "CSV heading": ("month,x\n2025-01,5\n", r"^the text starts with 'month,x'; needed are year"),
    "CSV text": ("date,value\n2025-01,x\n", r"^the text line 2: must be a number, got 'x'$"),
    "CSV empty": ("date,value\n2025-01,5\n2025-02,\n", r"^the text line 3: value_musd is empty; "),
    "CSV thousands": ("date;value\n2025-01;1.023\n", r"line 2: must be clear: thousands or"),
    "no file": ("none.csv", r"^there is no file none.csv; give the path of your own CSV$"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """Each with the value, what it must be and the way out."""
    months, message = REFUSED[name]
    with pytest.raises(tl.InputError, match=message):
        tl.read_months(months)


def test_flow_is_one_of_three():
    """A flow that is none, and one that is not there."""
    with pytest.raises(tl.InputError, match="^flow must be turnover, export or import, got 'both'"):
        tl.read_months(WHOLE, flow="both")
    with pytest.raises(tl.InputError, match="^the table has no rows of export, but of import$"):
        tl.read_months(WHOLE.assign(flow="import"), flow="export")


def test_sums_that_cannot_be():
    """They fall, or what came before the first cannot be told apart."""
    message = r"^cumulated values must not fall within a year, got 20 in 2025-03 after 22; correct"
    with pytest.raises(tl.InputError, match=message):
        tl.read_months(csv_of([10, 22, 20]), cumulated=True)
    later = dict(zip(PERIODS[2:], SUMS[2:], strict=True))
    message = r"^cumulated months must start in January, got 2025-03 first; .* leave 2025 out, or"
    for cumulated in (None, True):
        with pytest.raises(tl.InputError, match=message):
            tl.read_months(later, cumulated=cumulated)


def test_a_month_just_over(monkeypatch):
    """September counts from 1 October on."""
    tl.read_months({"2026-08": 5, "2026-09": 4})
    monkeypatch.setattr(months_module, "today", lambda: pd.Timestamp("2026-09-30"))
    with pytest.raises(tl.InputError, match="^months must be over, got 2026-09 on 2026-09-30"):
        tl.read_months({"2026-08": 5, "2026-09": 4})


def test_the_argument_stays():
    """What is given is not changed."""
    frame = from_january([*SUMS, 20, 41]).to_frame("Turnover")
    before = frame.copy()
    tl.read_months(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_year_to_date():
    """Three months of 2026 and of 2025: 20 + 21 + 19 and 10 + 12 + 11."""
    months = tl.read_months(from_january([*SUMS, 20, 41, 60]))
    assert tl.year_so_far(months) == (2026, 3, 60.0)
    assert tl.year_so_far(months, years_back=1) == (2025, 3, 33.0)
    assert tl.year_so_far(WHOLE) == (2025, 12, 147.0)
    message = r"^January to month 3 of 2024 needs 3 months, got 0: the table starts in 2025-01; add"
    with pytest.raises(tl.NoAnswerError, match=message):
        tl.year_so_far(months, years_back=2)
    with pytest.raises(tl.NoAnswerError, match="needs 12 months, got 9: the table starts in"):
        tl.year_so_far(WHOLE.iloc[3:])
    with pytest.raises(tl.InputError, match="^years_back must be 0 or more, got -1"):
        tl.year_so_far(months, years_back=-1)


amounts = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


def sums_of(thousandths):
    """Single months from January 2024 on, and their sums since each January."""
    single = pd.Series(thousandths) / 1000
    index = pd.period_range("2024-01", periods=len(single), freq="M")
    return single.tolist(), single.groupby(index.year).cumsum().set_axis(index)


@FEW
@given(amounts)
def test_cumulated_and_back(thousandths):
    """Single months, cumulated and read, are themselves."""
    single, sums = sums_of(thousandths)
    months = tl.read_months(sums, cumulated=True)
    assert months["value_musd"].tolist() == pytest.approx(single, abs=1e-6)
    year, _, value = tl.year_so_far(months)
    of_year = months.loc[months["year"] == year, "value_musd"]
    assert value == pytest.approx(of_year.sum(), abs=1e-6)


@FEW
@given(amounts)
def test_never_the_wrong_kind(thousandths):
    """Sums of any months are read as what they are or refused, whatever the months."""
    single, sums = sums_of(thousandths)
    try:
        months = tl.read_months(sums)
    except tl.InputError as error:
        assert "cumulated=True" in str(error)  # noqa: PT017 - refused or right
    else:
        assert months["value_musd"].tolist() == pytest.approx(single, abs=1e-6)


@given(st.lists(st.floats(1, 1000), min_size=6, max_size=30), st.integers(-10, 10))
def test_the_unit_does_not_matter(values, power):
    """The same kind is told of the same months in another unit; a power of two rounds nothing."""
    months = tl.read_months(from_january(values[:20]), cumulated=False)
    scaled = months.assign(value_musd=months["value_musd"] * 2.0**power)
    assert kind_of(months) == kind_of(scaled)


def kind_of(frame):
    """Single, cumulated or refused."""
    try:
        return is_cumulated(frame)
    except tl.InputError:
        return "refused"


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_written_and_read(year, month):
    """Each way of writing a month names that month."""
    period = pd.Period(year=year, month=month, freq="M")
    texts = [f"%Y-{'%m'}", "%YM%m", "%Y-M%m", "%Y%m", "%b %Y", "%B %Y", "%m/%Y", "%Y-%m-%d"]
    for text in texts:
        assert month_of(period.strftime(text)) == (year, month, False)
    assert month_of(period) == month_of(period.end_time) == (year, month, False)
    assert month_of(np.datetime64(f"{year}-{month:02}")) == (year, month, False)
    assert month_number(period.strftime("%B")) == month_number(month) == (0, month, False)


@pytest.mark.parametrize(
    "cell", ["2025", "25-03", "Mar-26", "2025.1", "2025-3-4-5", "mar", None, True, pd.NaT, 5]
)
def test_no_month(cell):
    """What could be several months, or none, is none."""
    assert month_of(cell) is None
