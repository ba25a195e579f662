"""What ships of the sections of goods: shares, and no amounts but of the named examples."""

import csv
import gzip
import json
import re
import sys

import goods as prepare
import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl
from tradelib.core.sections import SECTIONS

PANEL = ROOT.parent / "shared" / "panel"
EXAMPLES = {"-".join(pair) for pair in prepare.EXAMPLES}


class TestWhatShips:
    """No amounts by section, and no shares of a pair but the named examples, in any file of data/."""

    FOLDER = ROOT / "data"
    # Files that may name sections: what they hold is tested below.
    WITH_SECTIONS = frozenset({"goods_shares.csv", "goods_countries.csv", "goods_like.csv"})

    def files(self):
        """Every file of data/ but scripts, with its text."""
        for file in sorted(self.FOLDER.rglob("*")):
            relative = file.relative_to(self.FOLDER).as_posix()
            if not file.is_file() or relative.startswith("prepare/") or "__pycache__" in relative:
                continue
            raw = file.read_bytes()
            yield relative, (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode()

    def test_no_other_file_names_sections(self):
        """A table by section names the sections: none but these names three of them."""
        # One word that is no section elsewhere would be enough; texts may hold a single one.
        for name, text in self.files():
            if name in self.WITH_SECTIONS or name == "datapackage.json":
                continue
            cells = {cell.strip('" ') for cell in re.split(r'[,;\t\n"]', text)}
            assert len(cells & set(SECTIONS)) < 3, name

    def test_no_other_file_holds_chapters(self):
        """Nor chapters: a column or key of codes of goods is in the facts of the article's pair alone."""
        for name, text in self.files():
            if name.endswith((".csv", ".csv.gz")) and name != "goods_facts.csv":
                head = next(csv.reader(text.splitlines()))
                assert not {"hs", "chapter", "cmdCode", "product"} & set(head), name
        assert set(
            tl.load_goods_facts()[["reporter", "partner"]].itertuples(index=False, name=None)
        ) == {("KAZ", "TKM")}

    def test_shares_of_named_examples_alone(self):
        """At most twelve pairs, the article's and TUR-UZB among them, and per mille: no amounts."""
        table = pd.read_csv(self.FOLDER / "goods_shares.csv")
        pairs = set(table["reporter"] + "-" + table["partner"])
        assert pairs == EXAMPLES
        assert len(pairs) <= 12
        assert {"KAZ-TKM", "TUR-UZB"} <= pairs
        years = (
            table.drop(columns=["flow", "section"])
            .groupby(["reporter", "partner"])
            .sum(min_count=1)
        )
        assert (years.isna() | ((years >= 993) & (years <= 1006))).all(axis=None)

    def test_countries_are_shares(self):
        """Shares that sum to one, of countries alone, and of no country with fewer than five partners."""
        table = pd.read_csv(self.FOLDER / "goods_countries.csv")
        assert list(table.columns) == ["country", "flow", "known", *SECTIONS]
        assert table[list(SECTIONS)].sum(axis=1).to_numpy() == pytest.approx(1, abs=0.0012)
        assert not table.duplicated(["country", "flow"]).any()

    def test_like_pairs_are_quantiles(self):
        """Quantiles of many pairs: no row is of fewer than a hundred."""
        table = pd.read_csv(self.FOLDER / "goods_like.csv")
        assert not {"country", "reporter", "partner", "pair"} & set(table)
        assert table["n"].min() >= 100
        assert table[["median", "q0.9"]].max().max() <= 1
        assert (table["median"] <= table["q0.9"]).all()

    def test_described(self):
        """Each entry names where it is from."""
        package = json.loads((self.FOLDER / "datapackage.json").read_text())
        entries = {entry.get("path"): entry for entry in package["resources"]}
        for name in self.WITH_SECTIONS:
            assert "af1b6ee" in entries[name]["sources"][0]["title"]

    @pytest.mark.skipif(not PANEL.is_dir(), reason="the panel is not at hand")
    @pytest.mark.rebuilt
    def test_rebuilt(self, tmp_path, monkeypatch):
        """The script writes what ships, to the byte."""
        monkeypatch.setattr(sys, "argv", ["goods.py", str(PANEL), "--out", str(tmp_path)])
        prepare.main()
        for name in self.WITH_SECTIONS:
            assert (tmp_path / name).read_bytes() == (self.FOLDER / name).read_bytes()
