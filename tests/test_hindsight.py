"""What was printed or audited after a day moves no answer of that day."""

import pandas as pd
import pytest

import tradelib as tl
from tradelib.api import information as information_module
from tradelib.api import targets as registry_front
from tradelib.datasets import tables, targets
from tradelib.science.pledges.status import TAGS

DAYS = ["2022-10-05", "2026-11-30"]
# Audits up to this day set tags without writing down what they were before: none.
TAGS_UNRECORDED = "2026-11-24"
ANSWERS = {
    "registry": lambda day: tl.load_targets(as_of=day)[
        [
            "target_id",
            "baseline_value",
            "outcome_value",
            "outcome_year",
            "reached_year",
            "status",
            "resolved",
            *TAGS,
        ]
    ],
    "rate": lambda day: tl.pledge_rate(as_of=day).to_frame(),
    "recorded": lambda day: tl.pledge_rate(outcome_known=False, as_of=day).to_frame(),
    "table": lambda day: tl.pledge_table(by="growth", as_of=day),
    "effect": lambda day: tl.pledge_effect(as_of=day).groups,
    "open": lambda day: tl.open_targets(as_of=day),
    "verdict": lambda day: tl.assess(tl.Target("KAZ", "TKM", 1000, 2027), as_of=day).evidence,
}


def latest(printed):
    """The last day that a text allows: of a year or a month its end."""
    first = pd.to_datetime(printed, format="ISO8601")
    ends = {4: pd.offsets.YearEnd(0), 7: pd.offsets.MonthEnd(0), 10: pd.Timedelta(0)}
    return pd.Series(
        [
            day + ends[len(text)] if isinstance(text, str) else day
            for text, day in zip(printed, first, strict=True)
        ],
        printed.index,
    )


def corrections(audit):
    """Day, column and old text of each correction in the text of an audit, the newest last."""
    for entry in audit.split(" | "):
        changed_on, _, what = entry.partition(": ")
        column, was, old = what.partition(" was ")
        if was:
            yield changed_on, column, old.rpartition("; ")[0]


def pages_then(table, day):
    """Day of the page of each outcome, as the registry had it on a day."""
    printed = table["outcome_printed"].copy()
    for row, audit in table["audit"].dropna().items():
        for changed_on, column, old in reversed(list(corrections(audit))):
            if column == "outcome_printed" and changed_on > day:
                printed[row] = None if old == "blank" else old
    return printed


def nonsense(column, cell):
    """What stands nowhere in a column, or the other of yes and no."""
    if column.name == "status":
        return "met_on_time"
    if pd.api.types.is_bool_dtype(column):
        return not cell
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp("2001-06-30")
    if pd.api.types.is_integer_dtype(column):
        return 1999
    if pd.api.types.is_float_dtype(column):
        return 7.0
    return "1999-01"


def poisoned(table, day):
    """The registry with nonsense in what was printed or audited after a day."""
    table = table.copy()
    late = latest(pages_then(table, day)) > pd.Timestamp(day)
    assert late.any()
    table.loc[late, "outcome_value"] = 10 * table.loc[late, "target_value"]
    table.loc[late, "reached_year"] = table.loc[late, "announced"].str[:4].astype(int)
    table.loc[late & (table["status"] != "superseded"), "status"] = "met_on_time"
    table.loc[late, "resolved"] = pd.Timestamp("2001-06-30")
    unborn = table["released"] > day
    table.loc[unborn, ["deadline", "reached_year", "outcome_year"]] = 2012
    table.loc[unborn, ["target_value", "baseline_value"]] = 1.0
    changed = 0
    for row, audit in table["audit"].dropna().items():
        days = [entry[:10] for entry in audit.split(" | ")]
        if any(day < audited_on <= TAGS_UNRECORDED for audited_on in days):
            table.loc[row, list(TAGS)] = ~table.loc[row, list(TAGS)].astype(bool)
        columns = {column for on, column, _ in corrections(audit) if on > day}
        for column in (columns & set(table)) - {"announced", "announced_by"}:
            table.loc[row, column] = nonsense(table[column], table.loc[row, column])
            changed += 1
    assert changed > 900
    return table


def forget():
    """Empty what is kept from the registry."""
    information_module._information.cache_clear()
    information_module.other_series.cache_clear()
    targets.newest_figures.cache_clear()


@pytest.fixture
def few_open(monkeypatch):
    """Every fifteenth open target instead of all: they take the same way."""
    every = registry_front.open_rows
    monkeypatch.setattr(registry_front, "open_rows", lambda information: every(information)[::15])


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.usefixtures("few_open")
def test_poison(day, monkeypatch):
    """Nonsense in later pages and audits changes nothing; the same nonsense is seen without a day."""
    now, before = tl.pledge_rate().on_time, {name: answer(day) for name, answer in ANSWERS.items()}
    table = poisoned(tables.table("targets.csv"), day)
    monkeypatch.setattr(
        targets.tables,
        "table",
        lambda file, read=tables.table: table if file == "targets.csv" else read(file),
    )
    forget()
    try:
        for name, answer in ANSWERS.items():
            pd.testing.assert_frame_equal(answer(day), before[name], obj=f"{name} of {day}")
        assert day > "2026" or tl.pledge_rate().on_time > now
    finally:
        forget()


def test_a_month_or_a_year_is_known_when_it_is_over():
    """A page of 2012-02 is known on 29 February, one of 2011 on 31 December, not before."""
    texts = pd.Series(["2012-02", "2011", "2012-01-27"])
    assert latest(texts).dt.date.astype(str).tolist() == ["2012-02-29", "2011-12-31", "2012-01-27"]
    before_its_correction = tl.load_targets(as_of="2026-11-30").set_index("target_id")
    row = before_its_correction.loc["IND-JPN-2007"]
    assert (row["outcome_printed"], row["outcome_year"]) == ("2011", 2010)
    for day, seen in (("2011-12-30", False), ("2011-12-31", True)):
        then = tl.load_targets(as_of=day).set_index("target_id").loc["IND-JPN-2007"]
        assert pd.notna(then["outcome_value"]) == seen
