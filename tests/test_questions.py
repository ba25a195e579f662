"""Open targets as questions: what is asked, how it is decided, our answers, and the files' formats."""

import copy
import io
import json
import sys

import numpy as np
import pandas as pd
import published
import pytest
from reader import faults

import tradelib as tl
from tradelib import cli
from tradelib.pages import questions as module
from tradelib.pages.cards import open_now
from tradelib.pages.questions import model_output, question_set


@pytest.fixture(scope="module")
def asked():
    """All questions."""
    return tl.questions()


@pytest.fixture(scope="module")
def opened():
    """Open targets with our chances, by name."""
    return open_now().set_index("target_id")


@pytest.fixture(scope="module")
def registry():
    """Rows of the registry, by name."""
    return tl.load_targets().set_index("target_id")


@pytest.fixture(scope="module")
def held(asked):
    """The question set of all questions."""
    return question_set(asked)


@pytest.fixture(scope="module")
def table(asked):
    """All rows of model output, as they are read from the file."""
    text = model_output(asked).to_csv(index=False)
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def test_which(asked, opened):
    """Two questions for each open target with a chance that was not reached yet, and no others."""
    undecided = opened["probability_in"].notna() & (opened["probability_ever"] < 1)
    assert set(asked["target_id"]) == set(opened.index[undecided])
    assert set(asked.groupby("target_id")["type"].agg(" ".join)) == {"binary numeric"}
    assert asked["question_id"].is_unique
    assert asked["asked"].unique().tolist() == ["2026-12-01"]


def test_answers_are_the_library_s(asked, opened):
    """Of yes the chance in any year up to the one judged; of a value quantiles, as `assess` has them."""
    for name in ("KAZ-TKM-2022", "UZB-TKM-2025", "TUR-ESP-2024"):
        verdict = tl.assess(tl.open_target(name))
        binary, numeric = (row for _, row in asked[asked["target_id"] == name].iterrows())
        assert binary["probability"] == pytest.approx(verdict.probability_ever, abs=1e-6)
        assert numeric["probability"] == pytest.approx(verdict.probability_in, abs=1e-6)
        low, median, high = verdict.value_range
        assert numeric[["q10", "q50", "q90"]].tolist() == pytest.approx(
            [low, median, high], abs=1e-3
        )
    every = asked[asked["type"] == "binary"].set_index("target_id")
    of_registry = opened.loc[every.index]
    assert np.allclose(every["probability"], of_registry["probability_ever"], atol=1e-6)
    assert (every["by"] == of_registry["by"]).all()
    assert (every["last_year"] == of_registry["last_year"]).all()


def test_quantiles_and_chance_agree(asked):
    """The target's value lies among the quantiles where the chance says so."""
    numeric = asked[asked["type"] == "numeric"]
    columns = list(module.LEVELS)
    assert (np.diff(numeric[columns].to_numpy(float), axis=1) > 0).all()
    below = (numeric[columns].to_numpy(float) < numeric[["target_value"]].to_numpy()).sum(axis=1)
    levels = np.array([0, *module.LEVELS.values(), 1])
    not_reached = 1 - numeric["probability"].to_numpy()
    assert (levels[below] <= not_reached + 1e-6).all()
    assert (not_reached <= levels[below + 1] + 1e-6).all()


def test_decided_as_the_registry_resolves(asked, registry):
    """In or before the year, on 30 June after it; a named deadline is the registry's own."""
    binary = asked[asked["type"] == "binary"].set_index("target_id")
    for name, row in binary.iterrows():
        assert f"or more in any year up to {row['by']}" in row["resolution_criteria"]
        assert row["closes"] == f"{row['by']}-12-31"
        known = registry.loc[name]
        vague = "No deadline was named" in row["fine_print"]
        assert vague == pd.isna(known["deadline"])
        if not vague:
            assert row["by"] == known["deadline"]
            assert row["resolves"] == str(known["resolved"].date())


def test_texts(asked, registry):
    """What a reader needs stands in each: who announced it, whose figures, which trade, what voids it."""
    first = asked.set_index("question_id").loc["KAZ-TKM-2022"]
    assert "5 October 2022 (Ambassador Tazhibayev" in first["background"]
    assert "US$516m in 2025, 52% of the target" in first["background"]
    assert "Kazakh statistics office" in first["statistics"]
    inside = asked.set_index("question_id").loc["REG-CA-2025"]
    assert "members on 13 November 2025" in inside["fine_print"]
    euros = asked.set_index("question_id").loc["TUR-ESP-2024-value"]
    assert euros["question"].endswith("in 2029, in EUR million?")
    assert (asked["source"] == registry.loc[asked["target_id"], "announce_url"].to_numpy()).all()
    careful = registry.loc[asked["target_id"], "conflict"].to_numpy()
    assert (asked["fine_print"].str.contains("sources disagree").to_numpy() == careful).all()
    columns = ["question", "background", "resolution_criteria", "fine_print", "statistics"]
    texts = {text for column in columns for text in asked[column]}
    assert [fault for text in texts for fault in faults(text)] == []


class TestQuestionSet:
    """JSON in ForecastBench's shape."""

    def test_valid(self, asked, held):
        """By our schema; binary ones are the questions, and numeric ones stand apart."""
        assert published.of_question_set(json.loads(json.dumps(held, allow_nan=False))) == []
        names = [item["id"] for item in held["questions"]]
        assert names == asked.loc[asked["type"] == "binary", "question_id"].tolist()
        assert len(held["numeric_questions"]) == len(names)
        first = held["questions"][names.index("KAZ-TKM-2022")]
        assert first["freeze_datetime"] == "2026-12-01T00:00:00+00:00"
        assert first["freeze_datetime_value"] == "515.535"
        assert first["resolution_dates"] == ["2028-06-30"]

    @pytest.mark.parametrize(
        ("spoil", "fault"),
        [
            (lambda item: item.pop("background"), "'background' is a required property"),
            (lambda item: item.update(freeze_datetime="2026-12-01"), "does not match"),
            (lambda item: item["forecast"].update(probability=1.2), "greater than the maximum"),
            (lambda item: item.update(answer=0.1), "Unevaluated properties"),
            (lambda item: item.update(id="KAZ-TKM-2022"), "KAZ-TKM-2022 is there twice"),
        ],
    )
    def test_the_schema_refuses(self, held, spoil, fault):
        """What is not as published is found."""
        some = {**held, "questions": copy.deepcopy([held["questions"][0], *_named(held)])}
        spoil(some["questions"][0])
        found = published.of_question_set(some)
        assert len(found) == 1
        assert fault in found[0]

    def test_on_a_site(self, asked):
        """Where the site's address is known, a question leads to the target's page."""
        item = question_set(asked.head(2), "https://example.org/t")["questions"][0]
        assert item["url"] == f"https://example.org/t/targets/{item['id']}.html"


def _named(held):
    """The question on the article's target."""
    return [item for item in held["questions"] if item["id"] == "KAZ-TKM-2022"]


class TestModelOutput:
    """CSV as hubverse's model output."""

    def test_valid(self, asked, table):
        """Every question has its rows; the chance of the target is in both kinds."""
        assert published.of_model_output(table) == []
        assert set(table["target"]) == set(asked["question_id"])
        mine = table[table["target"] == "KAZ-TKM-2022-value"].set_index("output_type_id")["value"]
        verdict = tl.assess(tl.open_target("KAZ-TKM-2022"))
        assert float(mine["1000"]) == pytest.approx(1 - verdict.probability_in, abs=1e-6)
        assert float(mine["0.5"]) == pytest.approx(verdict.value_range[1], abs=1e-3)
        yes = table[table["target"] == "KAZ-TKM-2022"].set_index("output_type_id")["value"]
        assert float(yes["yes"]) == pytest.approx(verdict.probability_ever, abs=1e-6)

    def test_the_day_it_is_of(self, asked, table):
        """The end of a year, and as many years as the horizon says, are the end of the year judged."""
        year = table["reference_date"].str[:4].astype(int) + table["horizon"].astype(int)
        by = asked.set_index("question_id")["by"]
        assert (year.to_numpy() == by[table["target"]].to_numpy()).all()

    @pytest.mark.parametrize(
        ("column", "value", "fault"),
        [
            ("value", "", "a value is no number"),
            ("value", "0.5", "chances of a question do not sum to one"),
            ("horizon", "1.0", "a horizon is no whole number"),
            ("reference_date", "2025", "a reference date is no day"),
            ("output_type", "quantile", "a quantile has no number as its id"),
            ("output_type_id", "no", "something is said twice"),
        ],
    )
    def test_the_check_refuses(self, table, column, value, fault):
        """What is not as published is found."""
        some = table.head(10).copy()
        some.loc[0, column] = value
        assert fault in published.of_model_output(some)
        assert published.of_model_output(table.drop(columns="horizon"))


def test_in_a_terminal(asked, monkeypatch, capsys):
    """Each format as a file: a table, a question set, and model output; others are refused."""
    monkeypatch.setattr(tl, "questions", lambda: asked)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tradelib", "questions", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code or 0, capsys.readouterr()

    code, said = run()
    assert code == 0
    read = pd.read_csv(io.StringIO(said.out))
    assert read["question_id"].tolist() == asked["question_id"].tolist()
    assert json.loads(run("--format", "json")[1].out) == question_set(asked)
    table = pd.read_csv(io.StringIO(run("--format", "hubverse")[1].out), dtype=str)
    assert published.of_model_output(table) == []
    code, said = run("--format", "yaml")
    assert code == 2
    assert "'csv', 'json', 'hubverse'" in said.err
