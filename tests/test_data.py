"""The bundled files: provenance, licences, release days, and that nothing was lost on the way."""

import importlib
import json
import re
import shutil
from decimal import Decimal

import pandas as pd
import pytest
import targets as prepare_targets
from conftest import ROOT, loaded

import tradelib as tl

sources = importlib.import_module(
    "tradelib.datasets.sources"
)  # the module, not the function of its name
DATA = ROOT / "data"
FACTS = ROOT.parent / "shared" / "facts"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
SOURCES = {row["source_id"]: row for row in PACKAGE["resources"][0]["data"]}
ENTRIES = {entry["path"]: entry for entry in PACKAGE["resources"][1:]}
# A row of a table that is made again now and then.
FIRST_BIN = (DATA / "growth_calibration.csv").read_text(encoding="utf-8").splitlines()[1]
TABLES = sorted(p.name for p in DATA.glob("*.csv"))
# Tables about other tables, with the column of their addresses; and one copied whole from one source.
ADDRESSED = {
    "forecast_notes.csv": "source_url",
    "target_looks.csv": "address",
    "target_reasons.csv": "address",
}
COPIED = ["gdp_2025.csv"]
# Shares of the panel of goods: tests/test_goods.py says where from, and what they may hold.
SHARES = ["goods_countries.csv", "goods_like.csv", "goods_shares.csv"]
# Outlines hold no figure, and one publication has them all: its name stands in their entry.
OUTLINES = ["outlines.csv"]


def script(name):
    """A module of data/prepare."""
    return loaded(DATA / "prepare" / f"{name}.py")


def rows(file):
    """A table as text."""
    return pd.read_csv(DATA / file, dtype=str, keep_default_na=False)


def note_rows(file):
    """A table of the research notes as text."""
    return pd.read_csv(FACTS / file, dtype=str, keep_default_na=False)


class TestPackage:
    """`frictionless validate data/datapackage.json`, and what it must say beyond the standard."""

    @pytest.fixture
    def small(self, tmp_path):
        """A package of one file and the sources, changed; and what is then wrong with it."""

        def changed(file, *, cells=(), entry=(), hashed=True):
            kept = [e for e in PACKAGE["resources"] if e.get("path", file) == file]
            text = (DATA / file).read_text(encoding="utf-8")
            for old, new in cells:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / file).write_text(text)
            script_of = script("datapackage")
            described = script_of.written(PACKAGE | {"resources": kept})
            if hashed:
                described = script_of.refreshed(described, tmp_path)
            assert not entry or entry[0] in described
            described = described.replace(*entry, 1) if entry else described
            (tmp_path / "datapackage.json").write_text(described, encoding="utf-8")
            return script_of.faults(tmp_path)

        return changed

    def test_known_from(self):
        """What was learned says since when it can be known: the first day in the file."""
        learned = {n: e["known_from"] for n, e in ENTRIES.items() if "known_from" in e}
        assert {"growth.csv", "growth_model.json", "gravity_model.json"} <= set(learned)
        assert {f"forecasts/{p.name}" for p in DATA.glob("forecasts/*.json")} <= set(learned)
        for name, day in learned.items():
            if name.endswith(".csv"):
                assert rows(name)["released"].min() == day
            elif not name.startswith("forecasts/"):
                held = json.loads((DATA / name).read_text(encoding="utf-8"))
                assert min(v["known_from"] for v in held.get("vintages", [held])) == day

    def test_changed_digit(self, small):
        """One digit of one figure: the hash of that file and nothing else."""
        faults = small("figures.csv", cells=[("316.299189", "316.299188")], hashed=False)
        assert len(faults) == 1
        assert re.search("figures.*hash", faults[0])

    @pytest.mark.parametrize(
        ("file", "changes"),
        [
            (
                "figures.csv",
                [
                    (",316.299189,", ',"316,3",', 'value_musd.*"number/default"'),
                    (",17.971895,", ",-17.971895,", "value_musd.*minimum"),
                    ("KAZ,TKM,", "Kazakhstan,TKM,", "reporter.*pattern"),
                    ("\nKAZ,TKM,", "\nKZX,TKM,", "figures: 'KZX' is no country's code"),
                    ("2024-12-31,335", "2024-13-31,335", 'period_end.*"date/%Y-%m-%d"'),
                    (",False,final,", ",False,sure,", "status.*enum"),
                    (",bns,", ",bureau,", "foreign key.*bureau"),
                ],
            ),
            (
                "targets.csv",
                [
                    ("IND-CHN-2008,", "=IND-CHN-2008,", "'=IND-CHN-2008' is a formula"),
                    ("\nIND-CHN-2010,", "\nIND-CHN-2005,", "unique.*target_id"),
                ],
            ),
            ("macro.csv", [(",1995,", ",1995.5,", 'year.*"integer/default"')]),
            (
                "growth_calibration.csv",
                [("\nx1.5,1,2007,0,", f"\n{FIRST_BIN}\nx1.5,1,2007,0,", "duplicate")],
            ),
        ],
    )
    def test_bad_cell(self, small, file, changes):
        """A cell of another type, range or list, a stranger and a double: file and place are named."""
        faults = small(file, cells=[(old, new) for old, new, _ in changes])
        for *_, message in changes:
            assert any(re.search(message, line) for line in faults), (message, faults)
        assert all(line.startswith(file.removesuffix(".csv")) for line in faults)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ('   "licenses": ', '   "terms": ', "'licenses' is a required property"),
            ('"licenses": [{"name": "CC-BY-4.0", ', '"licenses": [{', "'name' is a required"),
            ('   "unit": "per row",', "", "'unit' is a required property"),
            ('"description": "Short name of the claim."', '"description": ""', "does not match"),
            ('"type": "date"', '"type": "day"', "day"),
        ],
    )
    def test_bad_entry(self, small, old, new, message):
        """An entry without licence, maker, source or unit, or a column without words, is refused."""
        faults = small("article_claims.csv", entry=(old, new))
        assert any(message in line for line in faults), faults

    def test_office_that_cannot_be_read(self, small, monkeypatch):
        """A source with a wide file says what it counts."""
        monkeypatch.delitem(SOURCES["fts_rus"], "coverage")
        assert small("article_claims.csv") == ["sources: fts_rus has no coverage"]


@pytest.mark.parametrize(
    "file", [t for t in TABLES if t not in [*ADDRESSED, *COPIED, *SHARES, *OUTLINES]]
)
def test_every_row_has_a_source(file):
    """Each row names a source of the package; where it is not derived, an address or a reason."""
    table = rows(file)
    assert set(table["source_id"]) <= set(SOURCES)
    if "source_url" in table:
        empty = table[table["source_url"] == ""]
        assert set(empty["source_id"]) <= {"derived", "press"}
        reasons = empty[empty["source_id"] == "press"]
        assert set(reasons["source_title"]) <= {"not found"}
        linked = table.loc[table["source_url"] != "", "source_url"]
        assert linked.str.match(r"https?://\S+$").all()


@pytest.mark.parametrize("file", ADDRESSED)
def test_every_row_has_an_address(file):
    """Of a page or a bundled file; a look that found nothing says so, and a reason may have none."""
    addresses = rows(file)[ADDRESSED[file]]
    elsewhere = addresses[~addresses.str.fullmatch(r"https?://\S+")]
    bundled = elsewhere[elsewhere.str.startswith("data/")]
    assert all((ROOT / name).is_file() for name in bundled)
    allowed = {"target_looks.csv": {"nothing"}, "target_reasons.csv": {""}}
    assert set(elsewhere) - set(bundled) <= allowed.get(file, set())


@pytest.mark.parametrize("file", COPIED)
def test_a_copied_table_says_where_from(file):
    """Publisher and indicator, repository, revision and file."""
    (source,) = ENTRIES[file]["sources"]
    assert re.search(rf"; read from {TestChain.COPY}$", source["title"])


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
            whole = SOURCES[source_id].get("released")
            due = whole or sources.release_day_by_lag(source_id, end.year)
            assert released == pd.Timestamp(due), (source_id, end)


def test_no_figure_is_known_before_its_period_ends():
    """Only a forecast may be released inside its own period."""
    figures = tl.load_figures().query("status != 'forecast' and period_end == period_end")
    early = figures[figures["released"] < figures["period_end"]]
    assert early.empty, early[["who", "period_end", "released"]]


class TestChain:
    """Who published a figure, through whom it was read, and that nothing is cited before it was."""

    COPY = r"[\w.-]+/[\w.-]+(@[0-9a-f]{7}, \S.*|, \S.*, revision not kept)"
    # What a row whose figure was printed before its year was over must say of it.
    SAYS = (
        r"was named before {year} was over|[Ee]xpect|[Ff]orecast|[Ee]stimate|prospect|Jan-|"
        r"year to|average quoted|round figure quoted"
    )

    @pytest.mark.parametrize("file", ["figures.csv", "macro.csv"])
    def test_a_copy_is_named_to_the_file(self, file):
        """Repository, revision and file; only two teaching data sets came without a revision."""
        table = rows(file)
        read = table[table["read_through"] != ""]
        assert read["read_through"].str.fullmatch(self.COPY).all()
        unknown = read[read["read_through"].str.endswith("revision not kept")]
        assert set(unknown["source_id"]) <= {"cow", "gravity_2006"}
        owner = read["read_through"].str.extract(r"^([^@,]+)")[0]
        linked = read["source_url"].str.extract(r"github\.com/([^/]+/[^/]+)")[0]
        assert (linked.isna() | (linked == owner)).all()

    @pytest.mark.parametrize("file", ["figures.csv", "macro.csv"])
    def test_what_links_to_a_copy_says_so(self, file):
        """An address on a public repository is a file or folder at a revision, and no publisher."""
        table = rows(file)
        there = table[table["source_url"].str.contains("github.com")]
        assert (there["read_through"] != "").all()
        with_revision = there[~there["source_id"].isin(["cow", "gravity_2006"])]
        assert with_revision["source_url"].str.contains(r"/(?:blob|tree)/[0-9a-f]{7,40}/\S").all()
        if "publisher" in table:
            assert not table["publisher"].str.contains("GitHub|repository").any()

    def test_no_target_cites_what_had_not_happened(self):
        """A figure printed before its year began is refused; before it was over, the row says why.

        A figure of a bundled count is not from the page, which then tells of an older one.
        """
        for row in rows("targets.csv").to_dict("records"):
            for name in ("baseline", "outcome"):
                year = row[f"{name}_year"]
                printed = row[f"{name}_printed"]
                if not year or not printed or last_day(printed) >= f"{year}-12-31":
                    continue
                if row[f"{name}_source"]:
                    continue
                assert printed[:4] >= year, (row["target_id"], name)
                reason = re.search(self.SAYS.format(year=year), row["note"])
                assert reason or row["partial"] == "True", (row["target_id"], name, year, printed)

    def test_no_announcement_is_printed_before_it_was_made(self):
        """The text that tells of a target is not older than the target."""
        table = rows("targets.csv").query("announce_printed != ''")
        printed = table["announce_printed"].map(last_day)
        padded = table["announced"].str.ljust(10, "-")
        announced = padded.str.replace("--+", "-01", regex=True)
        assert table.loc[printed < announced, "target_id"].tolist() == []

    def test_no_statement_or_driver_is_released_before_it_was_said(self):
        """Days of release follow the days they are of."""
        stated = rows("target_statements.csv")
        assert (stated["stated"] <= stated["released"]).all()
        claims = rows("article_claims.csv").query(
            "check in ['level', 'ratio'] and period_end != ''"
        )
        assert (claims["period_end"] <= claims["released"]).all()


def last_day(when):
    """The last day that a day, month or year allows."""
    return prepare_targets.last_day(when)[0]


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


def runs_of_six(words):
    """Every run of six words."""
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def test_no_sentence_of_the_article():
    """Claims are in our own words: no run of six words of the article is repeated."""
    article = ROOT.parent / "shared" / "article"
    if not article.is_dir():
        pytest.skip("the article's text is not at hand (../shared/article)")
    body = " ".join(p.read_text().lower() for p in article.glob("*.txt")).split()
    runs = runs_of_six(body)
    claims = rows("article_claims.csv")
    for cell in [*claims["said"], *claims["note"]]:
        words = cell.lower().split()
        assert not runs & runs_of_six(words), cell


# Days of the third audit of the registry, and of the check against every bundled count.
THIRD = "2026-11-24"
FOURTH = "2026-12-01"


class TestTargets:
    """The registry of pledges: every row whole, every column that follows from others up to date."""

    @pytest.fixture
    def table(self):
        """The registry as text."""
        return rows("targets.csv")

    def test_rows(self, table):
        """Those with a region are named so, and every name has both sides."""
        regions = table[table["scope"] == "region"]
        assert regions["target_id"].str.startswith("REG-").all()
        central = "CENTRAL-ASIA"
        groups = {"AFR", "ARAB", "ASEAN", central, "CEE", "CELAC", "EAEU", "EU", "LAC", "OTS"}
        sides = table[["reporter", "partner"]].isin(groups).any(axis=1)
        assert (sides == (table["scope"] == "region")).all()
        within = table[table["reporter"] == table["partner"]]
        assert within["target_id"].tolist() == ["REG-CA-2025"]  # trade of a group's own countries
        between = table.drop(within.index)
        for name, *sides in between[["target_id", "reporter", "partner"]].itertuples(index=False):
            named = set(name.removeprefix("REG-").split("-")[:2])
            assert {central if side == "CA" else side for side in named} == set(sides)

    def test_figures_have_year_and_address(self, table):
        """Every baseline and outcome has its year, and its address or the bundled count it is from."""
        for name in ("baseline", "outcome"):
            given = table[table[f"{name}_value"] != ""]
            without = given[~given[f"{name}_url"].str.match(r"https?://")]
            assert (without[f"{name}_source"] != "").all()
            assert (given[f"{name}_year"] != "").all()
            counted = given.loc[given[f"{name}_source"] != "", f"{name}_source"]
            assert set(counted) <= set(SOURCES)
            absent = table[table[f"{name}_value"] == ""]
            assert (absent[[f"{name}_year", f"{name}_source"]] == "").all(axis=None)
            assert (given[f"{name}_value"].map(Decimal) > 0).all()
        assert table["announce_url"].str.match(r"https?://").all()
        assert (table["target_value"].map(Decimal) > 0).all()

    def test_deadlines(self, table):
        """A deadline stands where one was named, and not before the announcement."""
        assert ((table["deadline"] == "") == (table["deadline_kind"] == "vague")).all()
        dated = table[table["deadline"] != ""]
        assert (dated["deadline"] >= dated["announced"].str[:4]).all()

    def test_tags_are_columns(self, table):
        """Nothing is left in brackets; what an audit changed names column, old value, and why."""
        assert not table["note"].str.contains(r"\[|Src dates").any()
        assert ((table["audit"] != "") == (table["audited"] == "True")).all()
        audits = table.loc[table["audit"] != "", "audit"].str.split(" | ", regex=False).explode()
        where = r"(https?://|data/|only .+ is known of the address|row [A-Z]|follows from |the page |a count )"
        form = rf"\d{{4}}-\d\d-\d\d: ([a-z_]+ was .+; {where}[^;]*|nothing was wrong)"
        assert audits.str.fullmatch(form).all()


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="the research notes are not at hand (../shared/facts)"
)
class TestPledges:
    """The registry against the notes it was compiled from."""

    def test_every_figure_is_the_same(self):
        """Each value is the notes' times a thousand, but for corrections; none stays none."""
        notes = pd.concat([note_rows("pledges.csv"), note_rows("pledges_new.csv")])
        table = uncorrected(rows("targets.csv")).set_index("target_id").loc[notes["pledge_id"]]
        assert len(notes) == 586
        for column in ("target_value", "baseline_value", "outcome_value"):
            for noted, kept in zip(notes[column], table[column], strict=True):
                assert (Decimal(kept) == 1000 * Decimal(noted)) if noted else kept == ""

    @pytest.mark.parametrize(
        ("file", "day", "count"),
        [
            ("pledge_corrections.csv", THIRD, 43),
            ("pledge_corrections_4.csv", FOURTH, 146),
            ("pledge_corrections_5.csv", FOURTH, 340),
        ],
    )
    def test_every_correction(self, file, day, count):
        """Each old value is in the audit, and the new one in its cell or corrected once more."""
        table = rows("targets.csv").set_index("target_id")
        changes = note_rows(file).query("column != 'note'").to_dict("records")
        assert len(changes) == count
        for change in changes:
            row = table.loc[change["target_id"]]
            column = change["column"]
            trail = list(corrections(row["audit"]))
            assert (day, column, change["old"] or "blank") in trail, change
            later = [old for on, name, old in trail if name == column and on >= day]
            assert row[column] == change["new"] or (change["new"] or "blank") in later, change

    def test_every_row_of_the_fourth_search(self):
        """Each new pledge is in, as it was noted but for corrections."""
        notes = note_rows("pledges_fourth.csv").set_index("target_id")
        table = rows("targets.csv")
        assert set(table.loc[table["batch"] == "4", "target_id"]) == set(notes.index)
        table = uncorrected(table, FOURTH).set_index("target_id").loc[notes.index]
        for column in ("announced", "target_value", "deadline", "baseline_value", "announce_url"):
            assert table[column].tolist() == notes[column].tolist(), column


def corrections(audit):
    """Day, column and old value of each correction in the text of an audit, in its order."""
    for entry in audit.split(" | "):
        correction = re.fullmatch(r"(\d{4}-\d\d-\d\d): ([a-z_]+) was (.*); .*", entry)
        if correction:
            yield correction.groups()


def uncorrected(table, day=THIRD):
    """The registry as text before an audit: what the trail from its day on says a cell was."""
    table = table.set_index("target_id")
    for name, audit in table["audit"].items():
        for changed_on, column, old in reversed(list(corrections(audit))):
            if changed_on >= day and column != "note":
                table.loc[name, column] = "" if old == "blank" else old
    return table.reset_index()


PANEL = ROOT.parent / "shared" / "panel" / "pair_turnover_2000_2016.parquet"


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
class TestScores:
    """The shipped scores against the panel they were computed from."""

    def test_random_walks_everywhere(self):
        """Every score of naive and drift is rebuilt."""
        prepare = script("forecaster_scores")
        self.same(prepare.scores(prepare.panel(PANEL), names=["naive", "drift"]))

    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_fitted_forecasters_at_the_last_origin(self):
        """The scores of the fitted forecasters at one origin are rebuilt."""
        prepare = script("forecaster_scores")
        panel = prepare.panel(PANEL)
        names = ["damped_trend", "local_trend", "theta"]
        self.same(prepare.scores(panel, origins=[2015], names=names))

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


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """What is in it, unpacked."""
    folder = tmp_path_factory.mktemp("release")
    path = script("registry_release").release(folder)
    assert path.name == f"tradelib-targets-{ENTRIES['targets.csv']['version']}.zip"
    shutil.unpack_archive(path, folder)
    return folder


class TestRelease:
    """The registry as one file of its own."""

    def test_the_table_and_its_codebook(self, released):
        """Every row, and a description that frictionless holds it to."""
        validate = pytest.importorskip("frictionless").validate
        assert (released / "targets.csv").read_bytes() == (DATA / "targets.csv").read_bytes()
        report = validate(str(released / "datapackage.json"))
        assert report.valid, report.to_summary()
        text = (released / "targets.csv").read_text(encoding="utf-8")
        (released / "targets.csv").write_text(text.replace("20000", "2000O", 1))
        assert not validate(str(released / "datapackage.json")).valid
        (released / "targets.csv").write_text(text, encoding="utf-8")

    def test_how_to_load_it(self, released, monkeypatch):
        """The README's line runs and gives every row; a pair counts once whichever side comes first."""
        readme = (released / "README.md").read_text(encoding="utf-8")
        line = re.search(r"^    (import pandas.*)", readme, re.MULTILINE)
        monkeypatch.chdir(released)
        there = {}
        exec(line[1], there)  # noqa: S102 - the line that readers copy
        targets = there["targets"]
        assert len(targets) == 611
        of_pairs = targets[targets["scope"] == "pair"][["reporter", "partner"]]
        pairs = {frozenset(pair) for pair in of_pairs.itertuples(index=False)}
        assert f"611 targets, {len(pairs)} pairs of countries" in " ".join(readme.split())


def test_the_description_is_up_to_date():
    """The committed one is what the script would write, to the byte."""
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    assert script("datapackage").refreshed(text, DATA) == text


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
@pytest.mark.rebuilt
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


@pytest.mark.rebuilt
def test_shipped_like_pairs_are_what_the_panels_hold():
    """The counts of pairs like each target are what the script finds, cell by cell."""
    folder = ROOT.parent / "shared" / "panel"
    if not folder.is_dir():
        pytest.skip("the panels are not at hand (../shared/panel)")
    rebuilt = script("pledge_peers").table(folder)
    shipped = tl.load_pledge_peers()
    columns = ["target_id", "against", "like", "reached", "why", "source_id"]
    pd.testing.assert_frame_equal(rebuilt[columns], shipped[columns])
    assert (pd.to_datetime(rebuilt["released"]) == shipped["released"]).all()


def test_like_pairs_are_of_targets_announced_by_then():
    """On no day is a target counted that was announced later, nor a panel that was out later."""
    peers = tl.load_pledge_peers()
    targets = tl.load_targets().set_index("target_id")
    announced = peers["target_id"].map(targets["released"])
    first = pd.to_datetime(peers["source_id"].map(script("pledge_peers").KNOWN_FROM))
    later = announced.where(announced > first, first)
    assert (peers["released"] == later).all()
    assert (announced > first).any()
    for day in ("2020-12-31", "2022-10-05", "2025-06-30"):
        then = tl.load_pledge_peers(as_of=day)
        assert set(then["target_id"]) <= set(tl.load_targets(as_of=day)["target_id"])


def test_every_scored_pledge_was_held_against_pairs():
    """Each scored pledge of the registry stands in the counts: rebuild them if a row changed."""
    scored = tl.pledges.scored_pledges(tl.load_targets())
    assert set(scored["target_id"]) <= set(tl.load_pledge_peers()["target_id"])
