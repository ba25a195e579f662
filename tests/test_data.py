"""The bundled files: provenance, licences, release days, and that nothing was lost on the way."""

import importlib
import importlib.util
import json
import re
import tomllib
from decimal import Decimal

import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl

sources = importlib.import_module(
    "tradelib.bundle.sources"
)  # the module, not the function of its name
DATA = ROOT / "data"
FACTS = ROOT.parent / "shared" / "facts"
REGISTRY = tomllib.loads((DATA / "registry.toml").read_text())
FILE_FIELDS = {"title", "producer", "version", "landing_page", "published", "accessed", "licence",
               "unit", "bytes", "sha256", "prepared_by"}  # fmt: skip
SOURCE_FIELDS = {"short", "title", "producer", "version", "landing_page", "accessed", "licence",
                 "note"}  # fmt: skip
TABLES = sorted(p.name for p in DATA.glob("*.csv"))
FILES = sorted(p.name for p in DATA.iterdir() if p.is_file() and p.name != "registry.toml")


def script(name):
    """A module of data/prepare."""
    spec = importlib.util.spec_from_file_location(name, DATA / "prepare" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(file):
    """A table as text."""
    return pd.read_csv(DATA / file, dtype=str, keep_default_na=False)


def test_registry_names_every_file_with_every_field():
    """Files and entries match one to one, and each entry is complete."""
    assert sorted(REGISTRY["file"]) == FILES
    for name, entry in REGISTRY["file"].items():
        assert set(entry) == FILE_FIELDS, name
        assert entry["bytes"] == (DATA / name).stat().st_size
        assert tl.path(name).name == name


def test_registry_names_every_source_with_every_field():
    """Each source says who and when, by a lag or by one day; every recommended one exists."""
    for name, entry in REGISTRY["source"].items():
        wide = {"file", "coverage", "valuation"}
        plain = set(entry) - {"lag", "released", "office", "zeros", "preliminary"}
        assert plain - wide == SOURCE_FIELDS, name
        assert plain >= wide or not plain & {"file", "coverage"}, name
        assert ("lag" in entry) != ("released" in entry), name
    for order in REGISTRY["recommended"].values():
        assert set(order) <= set(REGISTRY["source"])


@pytest.mark.parametrize("file", TABLES)
def test_every_row_has_a_source(file):
    """Each row names a registered source; and where it is not derived, an address or a reason."""
    table = rows(file)
    assert set(table["source_id"]) <= set(REGISTRY["source"])
    if "source_url" in table:
        empty = table[table["source_url"] == ""]
        assert set(empty["source_id"]) <= {"derived", "press"}
        reasons = empty[empty["source_id"] == "press"]
        assert set(reasons["source_title"]) <= {"not found"}
        linked = table.loc[table["source_url"] != "", "source_url"]
        assert linked.str.match(r"https?://").all()


@pytest.mark.parametrize("file", TABLES)
def test_tables_are_plain(file):
    """UTF-8, one line end, no stray blanks around cells."""
    text = (DATA / file).read_bytes()
    assert b"\r" not in text
    assert text.endswith(b"\n")
    table = rows(file)
    assert table.map(lambda cell: cell == cell.strip()).all(axis=None)


def test_release_days_follow_the_registry():
    """A day that comes from a lag is the one the registry's rule gives."""
    figures = tl.load_figures().query("released_basis == 'lag'")
    macro = tl.load_macro("gdp")
    for table, ends in [
        (figures, figures["period_end"]),
        (macro, pd.to_datetime(macro["year"].astype(str) + "-12-31")),
    ]:
        for source_id, end, released in zip(
            table["source_id"], ends, table["released"], strict=True
        ):
            whole = REGISTRY["source"][source_id].get("released")
            due = whole or sources.release_day(source_id, end.year)
            assert released == pd.Timestamp(due), (source_id, end)


def test_lags_by_hand():
    """BNS: the following 15 February; Comtrade and BACI types: 31 January two years on."""
    figures = tl.load_figures("KAZ", "TKM")
    of_2020 = figures[figures["period_end"] == "2020-12-31"]
    days = of_2020.groupby("source_id")["released"].first().dt.strftime("%Y-%m-%d").to_dict()
    assert days["bns"] == "2021-02-15"
    assert days["baci_type"] == days["wits"] == "2022-01-31"


def test_no_figure_is_known_before_its_period_ends():
    """Only a forecast may be released inside its own period."""
    figures = tl.load_figures().query("status != 'forecast' and period_end == period_end")
    early = figures[figures["released"] < figures["period_end"]]
    assert early.empty, early[["who", "period_end", "released"]]


def test_licence_of_wits():
    """From WITS only the eight figures of 2020-2023 are shipped."""
    wits = tl.load_figures(source="wits")
    assert sorted(wits["period_end"].dt.year.unique()) == [2020, 2021, 2022, 2023]
    assert len(wits) == 8
    texts = " ".join(rows("macro.csv")["source_title"])
    assert "WITS" not in texts


def test_stated_totals_of_official_sources_add_up():
    """Where an official source states both flows and a total, they agree to US$100."""
    official = tl.load_figures().query("source_id in ['bns', 'baci_type', 'uzstat']")
    sums = tl.flows.turnover(official).dropna(subset="export_musd").query("stated")
    gap = (sums["export_musd"] + sums["import_musd"] - sums["turnover_musd"]).abs()
    assert len(sums) > 40
    assert gap.max() <= 1e-4 * 1.001


def test_no_sentence_of_the_article():
    """Claims are in our own words: no run of six words of the article is repeated."""
    article = ROOT.parent / "shared" / "article"
    if not article.is_dir():
        pytest.skip("the article's text is not at hand (../shared/article)")
    body = " ".join(p.read_text().lower() for p in article.glob("*.txt")).split()
    runs = {tuple(body[i : i + 6]) for i in range(len(body) - 5)}
    claims = rows("article_claims.csv")
    for cell in [*claims["said"], *claims["note"]]:
        words = cell.lower().split()
        assert not runs & {tuple(words[i : i + 6]) for i in range(len(words) - 5)}, cell


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="the research notes are not at hand (../shared/facts)"
)
class TestNotes:
    """The tables against the notes they were compiled from."""

    def test_what_counts_as_double_is_double(self):
        """Rows of the dyad's notes left out as doubles are among the figures, to the dollar."""
        dyad = pd.read_csv(FACTS / "kaz_tkm_dyad.csv")
        same = {
            "bns": "bns",
            "cow_4": "cow",
            "head_mayer_ries": "gravity_2006",
            "unctad_matrix": "unctad",
        }
        doubles = dyad[dyad["source"].isin(same)]
        assert len(doubles) == 22
        figures = tl.load_figures()
        for row in doubles.itertuples():
            there = figures[
                (figures["source_id"] == same[row.source])
                & (figures["period_end"].dt.year == row.year)
                & ((figures["value_musd"] - row.value_musd).abs() < 1e-6)
            ]
            assert len(there) == 1, row


class TestTargets:
    """The registry of pledges: every row whole, every column that follows from others up to date."""

    @pytest.fixture
    def table(self):
        """The registry as text."""
        return rows("targets.csv")

    def test_rows(self, table):
        """365 pledges, seven of them with a region, each with a name of its own."""
        assert len(table) == 365
        assert table["target_id"].is_unique
        regions = table[table["scope"] == "region"]
        assert len(regions) == 7
        assert regions["target_id"].str.startswith("REG-").all()
        groups = {"AFR", "ASEAN", "CEE", "CELAC", "EU"}
        sides = table[["reporter", "partner"]].isin(groups).any(axis=1)
        assert (sides == (table["scope"] == "region")).all()
        assert (table["reporter"] != table["partner"]).all()
        ids = table["target_id"].str.removeprefix("REG-")
        assert (
            ids.str.split("-").str[:2].str.join("-") == table["reporter"] + "-" + table["partner"]
        ).all()

    def test_figures_have_year_and_address(self, table):
        """Every baseline and outcome has its address and, but for one outcome, its year."""
        for name in ("baseline", "outcome"):
            given = table[table[f"{name}_value"] != ""]
            assert given[f"{name}_url"].str.match(r"https?://").all()
            yearless = given[given[f"{name}_year"] == ""]
            assert yearless["target_id"].tolist() == (["CHN-IDN-2011"] if name == "outcome" else [])
            assert (table.loc[table[f"{name}_value"] == "", f"{name}_year"] == "").all()
            assert (given[f"{name}_value"].map(Decimal) > 0).all()
        assert table["announce_url"].str.match(r"https?://").all()
        assert (table["target_value"].map(Decimal) > 0).all()

    def test_deadlines(self, table):
        """A deadline stands where one was named, and not before the announcement."""
        assert ((table["deadline"] == "") == (table["deadline_kind"] == "vague")).all()
        dated = table[table["deadline"] != ""]
        assert (dated["deadline"] >= dated["announced"].str[:4]).all()

    def test_columns_that_follow(self, table):
        """`make data` would change nothing."""
        pd.testing.assert_frame_equal(script("targets").refreshed(table), table)
        text = (DATA / "targets.resource.json").read_text(encoding="utf-8")
        assert json.loads(text) == script("targets").descriptor()

    def test_resolved_follows_the_registry(self):
        """On the day a pledge counts as resolved the deciding year's figures have just come out."""
        targets = tl.load_targets().dropna(subset="resolved")
        deciding = targets[["deadline", "reached_year"]].min(axis=1)
        for year, on in zip(deciding, targets["resolved"], strict=True):
            assert sources.known_year("pledges", on) == year
            assert sources.known_year("pledges", on - pd.Timedelta(days=1)) == year - 1
        without = tl.load_targets().query("resolved.isna()")
        assert (without["deadline"].isna() & without["reached_year"].isna()).all()

    def test_released(self, table):
        """A month counts as its last day, a year as its last; exact days stay."""
        seen = table.set_index("target_id")[["announced", "released", "released_basis"]]
        assert seen.loc["IND-CHN-2005"].tolist() == ["2005-04-11", "2005-04-11", "stated"]
        assert seen.loc["IND-CHN-2008"].tolist() == ["2008-01", "2008-01-31", "month"]
        assert seen.loc["IND-DEU-2007"].tolist() == ["2007", "2007-12-31", "year"]

    def test_versions(self, table):
        """Pledges of a pair count up from 1; a later one names the open one it replaces."""
        pair = table[["reporter", "partner"]].apply(frozenset, axis=1)
        for _, versions in table.groupby(pair)["version"]:
            assert sorted(versions.astype(int)) == list(range(1, len(versions) + 1))
        by_id = table.assign(pair=pair).set_index("target_id")
        links = by_id[by_id["supersedes"] != ""]
        old = by_id.loc[links["supersedes"]]
        assert len(links) == 58
        assert (old["pair"].to_numpy() == links["pair"].to_numpy()).all()
        assert (old["released"].to_numpy() < links["released"].to_numpy()).all()
        replaced = by_id[by_id["status"] == "superseded"].index
        assert set(replaced) - set(links["supersedes"]) == {"KAZ-IRN-2022", "VNM-LAO-2025"}
        assert by_id.loc["TUR-KAZ-2024", "supersedes"] == "TUR-KAZ-2012"
        assert by_id.loc["TUR-ITA-2025", "supersedes"] == "TUR-ITA-2024"
        assert by_id.loc["CHN-RUS-2011B", "supersedes"] == ""

    def test_tags_are_columns(self, table):
        """Nothing is left in brackets; what an audit changed names column, old value, address."""
        assert not table["note"].str.contains(r"\[|Src dates").any()
        counts = {tag: (table[tag] == "True").sum() for tag in script("targets").TAGS}
        assert counts == {
            "presumptive": 23, "near_year": 24, "partial": 12, "derived": 43, "conflict": 45,
            "weak": 25, "re_dated": 18, "audited": 37, "check": 5,
        }  # fmt: skip
        assert ((table["audit"] != "") == (table["audited"] == "True")).all()
        audits = table.loc[table["audit"] != "", "audit"].str.split(" | ", regex=False).explode()
        form = r"\d{4}-\d\d-\d\d: [a-z_]+ was [^;]+; https?://\S+"
        assert audits.str.fullmatch(form).all()

    def test_descriptor_allows_every_cell(self, table):
        """Every cell fits its field, read by the rules of Table Schema alone."""
        fields = json.loads((DATA / "targets.resource.json").read_text())["schema"]["fields"]
        assert [f["name"] for f in fields] == table.columns.tolist()
        for f in fields:
            assert f["description"].endswith(".")
            bad = [cell for cell in table[f["name"]] if not fits(cell, f)]
            assert not bad, (f["name"], bad[:3])

    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("target_id", ""), ("scope", "city"), ("reporter", "Kazakhstan"), ("announced", "2008-1"),
            ("target_value", "1,5"), ("deadline", "2020.5"), ("weak", "yes"), ("resolved", "2020"),
            ("released", ""), ("currency", "XYZ"),
        ],
    )  # fmt: skip
    def test_descriptor_refuses(self, column, cell):
        """The check above can fail."""
        fields = json.loads((DATA / "targets.resource.json").read_text())["schema"]["fields"]
        assert not fits(cell, next(f for f in fields if f["name"] == column))


def fits(cell, field):
    """Whether a cell is allowed by a field of a Table Schema."""
    limits = field["constraints"]
    if cell == "":
        return not limits["required"]
    form = {
        "string": limits.get("pattern", ".*"),
        "number": r"-?\d+(\.\d+)?",
        "integer": r"-?\d+",
        "date": r"\d{4}-\d\d-\d\d",
        "boolean": "|".join(field.get("trueValues", []) + field.get("falseValues", [])),
    }[field["type"]]
    return bool(re.fullmatch(form, cell)) and cell in limits.get("enum", [cell])


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="the research notes are not at hand (../shared/facts)"
)
class TestPledges:
    """The registry against the notes it was compiled from."""

    def test_every_figure_is_the_same(self):
        """Each value is the notes' times a thousand; an empty cell stays empty."""
        notes = pd.read_csv(FACTS / "pledges.csv", dtype=str, keep_default_na=False)
        table = rows("targets.csv").set_index("target_id").loc[notes["pledge_id"]]
        for column in ("target_value", "baseline_value", "outcome_value"):
            for noted, kept in zip(notes[column], table[column], strict=True):
                assert (Decimal(kept) == 1000 * Decimal(noted)) if noted else kept == ""

    def test_every_word_is_kept(self):
        """Words of a note are in the row: in its note, its audit, its dates or as a tag."""
        notes = pd.read_csv(FACTS / "pledges.csv", dtype=str, keep_default_na=False)
        table = rows("targets.csv").set_index("target_id").loc[notes["pledge_id"]]
        signs = {"Src", "dates", "A", "B", "O", "undated", "near-year", "re-dated", "region",
                 "2023-24", "2022-2023", *script("targets").TAGS}  # fmt: skip
        for noted, row in zip(notes["note"], table.to_dict("records"), strict=True):
            text = re.sub(r"(\w+_value was )[0-9.]+", r"\1", noted)
            kept = set(re.findall(r"[\w-]+", " ".join(row.values())))
            assert not set(re.findall(r"[\w-]+", text)) - kept - signs, row["note"]


PANEL = ROOT.parent / "shared" / "panel" / "pair_turnover_2000_2016.parquet"


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
class TestScores:
    """The shipped scores against the panel they were computed from."""

    def test_random_walks_everywhere(self):
        """Every score of naive and drift is rebuilt."""
        prepare = script("forecaster_scores")
        self.same(prepare.scores(prepare.panel(PANEL), names=["naive", "drift"]))

    @pytest.mark.no_cover
    def test_fitted_forecasters_at_the_last_origin(self):
        """The scores of the fitted forecasters at one origin are rebuilt."""
        prepare = script("forecaster_scores")
        self.same(
            prepare.scores(
                prepare.panel(PANEL), origins=[2015], names=["damped_trend", "local_trend", "theta"]
            )
        )

    @staticmethod
    def same(rebuilt):
        """Rebuilt rows equal the shipped ones; fits may stop a hair apart on another processor."""
        keys = ["forecaster", "origin", "horizon"]
        shipped = tl.load_scores().set_index(keys).loc[pd.MultiIndex.from_frame(rebuilt[keys])]
        columns = ["n", "crps", "coverage80", "brier_x2", "brier_x4", "missing", "floored"]
        gap = (shipped[columns] - rebuilt.set_index(keys)[columns]).abs()
        assert gap.max().max() <= 5e-3
        walks = gap[gap.index.get_level_values(0).isin(["naive", "drift"])]
        assert walks.empty or walks.max().max() <= 2e-6


class TestRegistryScript:
    """`make data` refreshes and checks."""

    def test_up_to_date(self):
        """The committed registry is what the script would write."""
        text = (DATA / "registry.toml").read_text()
        assert script("registry").refreshed(text, DATA) == text

    def test_a_changed_file_changes_its_entry_only(self, tmp_path):
        """Bytes and hash of the changed file move, nothing else."""
        for file in FILES:
            (tmp_path / file).write_bytes((DATA / file).read_bytes())
        (tmp_path / "macro.csv").write_text("x")
        old = (DATA / "registry.toml").read_text()
        new = tomllib.loads(script("registry").refreshed(old, tmp_path))
        assert new["file"]["macro.csv"]["bytes"] == 1
        assert new["file"]["macro.csv"]["sha256"].startswith("2d711642b726")
        new["file"]["macro.csv"] = REGISTRY["file"]["macro.csv"]
        assert new == REGISTRY

    def test_an_unknown_file_is_named(self, tmp_path):
        """A file without an entry, or the reverse, stops the script."""
        with pytest.raises(
            SystemExit, match=r"must name the same files; check agreement_effects.csv, "
        ):
            script("registry").refreshed((DATA / "registry.toml").read_text(), tmp_path)


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
@pytest.mark.parametrize("file", ["growth.csv", "growth_groups.csv"])
def test_growth_tables_are_rebuilt(file, growth_tables):
    """Every quantile and count of the shipped growth tables follows from the panel."""
    shipped = tl.load_growth(groups=True)
    rebuilt = growth_tables[file].drop(columns=["released", "note"]).reset_index(drop=True)
    part = shipped.iloc[:3450] if file == "growth.csv" else shipped.iloc[3450:]
    columns = rebuilt.select_dtypes("number").columns
    assert rebuilt["among"].tolist() == part["among"].tolist()
    assert rebuilt["past"].tolist() == part["past"].tolist()
    gap = rebuilt[columns].to_numpy(float) - part[columns].to_numpy(float)
    assert abs(gap).max() <= 1.1e-3


@pytest.fixture(scope="module")
def growth_tables():
    """Both tables, made again."""
    return script("growth_table").tables(PANEL.parent)


def test_shipped_like_pairs_are_what_the_panels_hold():
    """The counts of pairs like each target are what the script finds, cell by cell."""
    folder = ROOT.parent / "shared" / "panel"
    if not folder.is_dir():
        pytest.skip("the panels are not at hand (../shared/panel)")
    made, shipped = script("pledge_peers").table(folder), tl.load_pledge_peers()
    columns = ["target_id", "against", "like", "reached", "why", "source_id"]
    pd.testing.assert_frame_equal(made[columns], shipped[columns])
    assert (pd.to_datetime(made["released"]) == shipped["released"]).all()


def test_every_scored_pledge_was_held_against_pairs():
    """Each scored pledge of the registry stands in the counts: rebuild them if a row changed."""
    scored = tl.pledges.scored_pledges(tl.load_targets())
    assert set(scored["target_id"]) <= set(tl.load_pledge_peers()["target_id"])
