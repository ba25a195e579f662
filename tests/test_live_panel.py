"""All pairs at once: exact, within memory, resumed, and each fault a typed error."""

import io
import json
import signal
import subprocess
import sys
import time
import zipfile
from types import SimpleNamespace

import live_bodies as bodies
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_server import Answer
from pyarrow.csv import ReadOptions

import tradelib as tl
from tradelib import live
from tradelib.live import baci, cache, download, http, imts
from tradelib.live.errors import MalformedError

ZIP = "/baci/BACI_HS92_V202601.zip"
IMTS = "/imts/data/dataflow/IMF.STA/IMTS/+/*."
MANY = settings(max_examples=100)
PROGRAM = """
from tradelib import live
print(len(live.fetch_panel(source="baci", progress=False)))
"""


def fetch(source="baci", **options):
    """The panel, without bars."""
    return live.fetch_panel(source=source, **{"progress": False, **options})


def serve_imts(source, exports=None, imports=None):
    """All pairs of IMTS."""
    head = bodies.imts().splitlines()[0].decode()
    for code, rows in (("XG_FOB_USD", exports or EXPORTS), ("MG_CIF_USD", imports or IMPORTS)):
        lines = [f"dataflow,I,I,{r},{code},{p},A,{y},{v},6," for r, p, y, v in rows]
        body = "\n".join([head, *lines]) + "\n"
        source.routes[f"{IMTS}{code}.*.A"] = Answer(body.encode(), chunked=True)


EXPORTS = [
    ("KAZ", "TKM", 2020, 76.5e6),
    ("TKM", "KAZ", 2020, 40e6),
    ("KAZ", "G001", 2020, 9e9),
    ("KAZ", "TKM", 2021, 0),
    ("KAZ", "UZB", 2020, 1e6),
]
IMPORTS = [
    ("KAZ", "TKM", 2020, 51.25e6),
    ("TKM", "KAZ", 2020, 90e6),
    ("KAZ", "TKM", 2021, ""),
    ("TKM", "KAZ", 2019, "NaN"),
]


def start(program=PROGRAM):
    """A process that runs a program."""
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def generated(rows, years=(2019, 2020, 2021)):
    """A zip shaped like BACI's, and the exact turnover of each pair and year in dollars."""
    rng = np.random.default_rng(0)
    lines = [f"{n},C{n},XX,N/A\n" for n in range(1, 201)]
    table = "country_code,country_name,country_iso2,country_iso3\n" + "".join(lines)
    texts = {}
    sums = {}
    for year in years:
        size = rows // len(years)
        places = rng.choice(200 * 199 * 5000, size=size, replace=False)
        places.sort()
        pair, product = np.divmod(places, 5000)
        i, j = np.divmod(pair, 199)
        j = j + (j >= i)
        dollars = np.maximum(rng.lognormal(8, 3, size).astype(np.int64), 1)
        columns = {"t": year, "i": i + 1, "j": j + 1, "k": product + 10101, "v": dollars / 1000}
        frame = pd.DataFrame(columns | {"q": "  NA"})
        texts[year] = frame.to_csv(index=False, float_format="%.3f")
        low = np.minimum(i, j) + 1
        high = np.maximum(i, j) + 1
        exact = pd.Series(dollars).groupby([low, high]).sum()
        sums |= {(a, b, year): value for (a, b), value in exact.items()}
    return bodies.baci(texts, countries=table, level=zipfile.ZIP_STORED), sums


class TestBaci:
    """BACI's zip."""

    def test_countries(self, source):
        """Our code of a number, else the source's own, else the number; two of one are summed."""
        table = (
            bodies.BACI_COUNTRIES + "804,Ukraine,UA,UKR\n900,Ukraine old,UA,UKR\n901,?,N/A,N/A\n"
        )
        rows = bodies.baci_rows(
            (2020, 490, 697, 1, 1),
            (2020, 804, 900, 1, 7),
            (2020, 901, 398, 1, 1),
            (2020, 804, 398, 1, 2),
            (2020, 900, 398, 1, 3),
        )
        source.routes[ZIP] = Answer(bodies.baci({2020: rows}, countries=table))
        turnover = fetch().set_index("pair")["turnover_musd"]
        assert turnover.to_dict() == {"901-KAZ": 0.001, "KAZ-UKR": 0.005, "R20-TWN": 0.001}

    def test_years(self, source):
        """Only the years asked for are read."""
        source.routes[ZIP] = Answer(bodies.baci())
        assert fetch(years=[2021])["year"].tolist() == [2021]
        kept = [file.name[-12:] for file in cache.folder().rglob("*.parquet")]
        assert kept == ["2021.parquet"]

    def test_copy_at_hand(self, source):
        """Without the network an error, or once it is here the same panel, with its provenance listed."""
        with pytest.raises(live.OfflineError, match="no intact copy at .*BACI_HS92_V202601.zip"):
            fetch(offline=True)
        assert source.seen == []
        source.routes[ZIP] = Answer(bodies.baci())
        first = fetch()
        assert fetch(offline=True).equals(first)
        assert len(source.seen) == 1
        (row,) = live.cached().to_dict("records")
        assert (row["address"], row["bytes"]) == (source.base + ZIP, len(bodies.baci()))

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"<!DOCTYPE html><title>Gone</title>", "a file that is no zip archive"),
            (bodies.baci(countries="a,b\n1,2\n"), "a table without country_code, country_iso3; it"),
            (bodies.baci({2020: ""}), r"columns \[''\] in BACI_HS92_Y2020_V202601.csv"),
            (bodies.baci({2020: "t,i,j,v,q\n2020,398,795,1,1\n"}), r"columns \['t', 'i', 'j', 'v'"),
            (bodies.baci({2019: "", 2021: ""}), "an archive without a file of 2020"),
            (bodies.baci({2020: bodies.baci_rows((2020, 398, 795, 1, "x"))}), "a damaged .*'x'"),
            (bodies.baci({2020: "t,i,j,k,v,q\n2020,398,795\n"}), "a damaged .*Expected 6 columns"),
        ],
    )
    def test_refusals(self, source, body, message):
        """Each with what was wrong; the next call fetches the archive anew."""
        source.routes[ZIP] = Answer(body)
        with pytest.raises(MalformedError, match=message) as caught:
            fetch()
        assert caught.value.asked == source.base + ZIP
        source.routes[ZIP] = Answer(bodies.baci())
        assert len(fetch()) == 3

    @staticmethod
    def years_of(*names, size=1):
        """Files by year in an archive with these members of some size."""
        infos = [zipfile.ZipInfo(name) for name in names]
        for member in infos:
            member.file_size = size
        archive = SimpleNamespace(infolist=lambda: infos, namelist=lambda: list(names))
        members = baci.years(archive, "HS92_V202601")
        return {year: member.filename for year, member in members.items()}

    def test_files_of_years(self):
        """In order of years, of four gigabytes at most, whatever else is there."""
        first = "BACI_HS92_Y2020_V202601.csv"
        second = "x/BACI_HS92_Y2021_V202601.csv"
        files = self.years_of(second, first, "product_codes_HS92_V202601.csv", size=2**32)
        assert list(files.items()) == [(2020, first), (2021, second)]
        with pytest.raises(
            MalformedError, match=f"^an archive with {first} instead of HS92_V202601's"
        ):
            self.years_of(first, size=2**32 + 1)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["BACI_HS92_Y2020_V202601.csv", "x/BACI_HS92_Y2020_V202601.csv"], "two files of 2020"),
            (["BACI_HS17_Y2020_V202601.csv"], "BACI_HS17_Y2020_V202601.csv instead of"),
            (["BACI_HS92_Y2020_V202501.csv"], "BACI_HS92_Y2020_V202501.csv instead of"),
            (["BACI_HS92_Y2099_V202601.csv"], "BACI_HS92_Y2099_V202601.csv instead of"),
            (["a", "xBACI_HS92_Y2020_V202601.csv"], "'xBACI_HS92_Y2020_V202601.csv', which is no"),
            ([], "yearly files; it has none"),
            (["a", "b", "c", "d"], "yearly files; it has a, b, c;"),
        ],
    )
    def test_files_of_no_year(self, names, message):
        """Each year once, of the release that was asked for."""
        with pytest.raises(MalformedError, match=f"^an archive with(out)? {message}"):
            self.years_of(*names)

    @staticmethod
    def country_codes(*lines, size=None):
        """Our codes by number, from lines of a table that says to be of some size."""
        stored = io.BytesIO()
        head = "country_code,country_name,country_iso2,iso_3digit_alpha"
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("x/country_codes_V202601.csv", "\n".join([head, *lines]))
        with zipfile.ZipFile(stored) as archive:
            table = archive.filelist[0]
            table.file_size = size or table.file_size
            return baci.countries(archive, "HS92_V202601")

    def test_country_table(self):
        """Our code of a number, else the source's if it is one, else the number in three digits."""
        lines = ["0,Nowhere,N/A,N/A", "999,?,?, QQ1 ", "7,?,?,q1", "804,?,?,N/A", "891,?,?,SCG"]
        expected = {0: "WLD", 999: "QQ1", 7: "007", 804: "UKR", 891: "SCG"}
        assert self.country_codes(*lines) == expected
        with pytest.raises(
            MalformedError, match="^an archive with 1 tables country_codes_V202601.csv"
        ):
            self.country_codes(*lines, size=2**20 + 1)

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (["1000,?,?,QQ1"], "a table of 1 country codes with a number twice or out of range"),
            (["-1,?,?,QQ1"], "a table of 1 country codes with a number twice or out of range"),
            (["5,?,?,QQ1", "05,?,?,QQ2"], "a table of 2 country codes with a number twice or"),
            (["5"], "a damaged table of country codes"),
            (["x,?,?,QQ1"], "a damaged table of country codes .invalid literal for int"),
            (['5,?,?,"QQ1'], "a damaged table of country codes .unexpected end of data"),
        ],
    )
    def test_no_country_table(self, lines, message):
        """A number that is none, that comes twice, or whose line breaks off."""
        with pytest.raises(MalformedError, match=f"^{message}"):
            self.country_codes(*lines)

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([(398, 795, 1, 1e10 + 1)], "a trade of 10000000001.0 in 2020"),
            ([(398, 795, 1, 1e10), (398, 795, 2, 0.001)], "a trade of 1e+13 US$ between two"),
            ([(398, 795, 1000000, 1)], "a product of no digits, or of more than six, in 2020"),
            ([(398, 795, 0, 1)], "a product of no digits, or of more than six, in 2020"),
            ([(398, 795, 1, "")], "a row of 2020 with an empty cell"),
            ([(398, 795, 1, -1)], "a trade of -1.0 in 2020"),
            ([(398, 795, 1, "inf")], "a trade of inf in 2020"),
            ([(398, 5, 1, 1)], "country 5 in 2020, which its own table does not know"),
            ([(795, 398, 2, 1), (7, 398, 1, 1), (795, 398, 2, 2)], "exporter 795, importer 398"),
            ([], "no rows in a.csv"),
        ],
    )
    def test_refused_rows(self, rows, message):
        """What no row of a year may be, to the last word."""
        with pytest.raises(MalformedError) as no:
            self.year(rows)
        assert no.value.answer.startswith(message)

    def test_sums(self):
        """In whole dollars, each row rounded; the largest trade there can be, and none that is listed."""
        ticks = []
        rows = [
            (7, 398, 999999, 0),
            (398, 795, 3, 1e10),
            (795, 398, 1, 0.0014),
            (795, 398, 2, 0.0014),
        ]
        trade = self.year(rows, tick=ticks.append)
        expected = [["QQ1", "KAZ", 2020, 0], ["KAZ", "TKM", 2020, 10**13], ["TKM", "KAZ", 2020, 2]]
        assert trade.to_numpy().tolist() == expected
        assert trade.columns.tolist() == ["exporter", "importer", "year", "trade_usd"]
        assert trade["trade_usd"].dtype == "int64"
        text = bodies.baci_rows(*[(2020, *row) for row in rows])
        assert sum(ticks) == len(text)

    def test_a_year_in_pieces(self, monkeypatch):
        """A year is summed over all pieces that it is read in."""
        rows = [(795, 398, product, 1.5) for product in range(1, 41)]
        monkeypatch.setattr(baci, "_READ", ReadOptions(block_size=100, use_threads=False))
        assert self.year(rows).to_numpy().tolist() == [["TKM", "KAZ", 2020, 60_000]]

    @staticmethod
    def year(rows, **options):
        """Trade of 2020 from rows (exporter, importer, product, thousand US$)."""
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("a.csv", bodies.baci_rows(*[(2020, *row) for row in rows]))
        country_codes = {398: "KAZ", 795: "TKM", 7: "QQ1"}
        with zipfile.ZipFile(stored) as archive:
            return baci.read_year(
                archive, archive.filelist[0], year=2020, country_codes=country_codes, **options
            )

    def test_damaged_name(self, tmp_path):
        """A year whose name is damaged in the directory is missed, not passed over."""
        body = bodies.baci()
        file = tmp_path / "damaged.zip"
        at = body.rindex(b"_Y2021")
        file.write_bytes(body[:at] + b"^" + body[at + 1 :])
        with pytest.raises(MalformedError, match="no zip archive .File name in directory"):
            baci.open_archive(file)

    @MANY
    @given(data=st.data())
    def test_damage(self, tmp_path_factory, data):
        """A cut or a changed byte anywhere: refused, or not read."""
        body = bodies.baci()
        file = tmp_path_factory.getbasetemp() / "damaged.zip"
        at = data.draw(st.integers(0, len(body) - 1))
        if data.draw(st.booleans()):
            broken = body[:at]
        else:
            changed = bytearray(body)
            changed[at] ^= data.draw(st.integers(1, 255))
            broken = bytes(changed)
        file.write_bytes(broken)
        try:
            trade = self.everything(file)
        except MalformedError:
            return
        file.write_bytes(body)
        assert trade == self.everything(file)

    def everything(self, file):
        """All figures of an archive."""
        with baci.open_archive(file) as archive:
            country_codes = baci.countries(archive, "HS92_V202601")
            records = []
            for year, member in baci.years(archive, "HS92_V202601").items():
                trade = baci.read_year(archive, member, year=year, country_codes=country_codes)
                records.append(trade.to_dict("records"))
            return records


class TestLarge:
    """Many rows; twenty million, and their memory, are in ``benchmarks/live_panel.py``."""

    def test_exact(self, source):
        """Every pair and year to the dollar."""
        body, sums = generated(150_000)
        source.routes[ZIP] = Answer(body)
        panel = fetch()
        dollars = (panel["turnover_musd"] * 1e6).round().astype("int64")
        with baci.open_archive(next(cache.folder().rglob("*.zip"))) as archive:
            country_codes = baci.countries(archive, "HS92_V202601")
        exact = {}
        for (low, high, year), value in sums.items():
            pair = "-".join(sorted([country_codes[low], country_codes[high]]))
            exact[pair, year] = value
        places = zip(panel["pair"], panel["year"], strict=True)
        assert dict(zip(places, dollars, strict=True)) == exact

    def test_killed_while_downloading(self, source):
        """SIGKILL in mid-download: the next call asks only for the rest."""
        body, sums = generated(60_000)
        source.routes[ZIP] = Answer(body, etag='"one"', slow=0.05)
        killed = start()
        part = cache.folder() / "panels" / "baci_HS92_V202601" / "BACI_HS92_V202601.zip.part"
        while not (part.exists() and part.stat().st_size > 200_000) and killed.poll() is None:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert 200_000 < part.stat().st_size < len(body)
        have = json.loads(part.with_name(f"{part.name}.json").read_bytes())["bytes"]
        source.routes[ZIP] = Answer(body, etag='"one"')
        assert len(fetch()) == len(sums)
        assert source.seen[-1][1]["Range"] == f"bytes={have}-"
        assert not part.exists()

    def test_killed_while_reading(self, source):
        """SIGKILL after the first year: it is not read again."""
        body, sums = generated(30_000)
        source.routes[ZIP] = Answer(body)
        program = f"""
import os, signal
from tradelib.live import baci
real = baci.read_year
def once(archive, member, *, year, **more):
    if year == 2020:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(archive, member, year=year, **more)
baci.read_year = once
{PROGRAM}"""
        killed = start(program)
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        first = next(cache.folder().rglob("*-2019.parquet")).stat().st_mtime_ns
        assert len(fetch()) == len(sums)
        assert next(cache.folder().rglob("*-2019.parquet")).stat().st_mtime_ns == first
        assert len(source.seen) == 1

    def test_two_processes_at_once(self, source):
        """One fetches, the other waits; both have the panel."""
        body, sums = generated(30_000)
        source.routes[ZIP] = Answer(body, slow=0.02)
        both = [start(), start()]
        for process in both:
            printed, complaint = process.communicate(timeout=60)
            assert printed.strip() == str(len(sums)), complaint
        assert len(source.seen) == 1

    def test_bars(self, source, capfd):
        """Shown on standard error for both steps, and not at all if not wanted."""
        source.routes[ZIP] = Answer(bodies.baci())
        fetch(progress=True)
        shown = capfd.readouterr()
        assert "BACI_HS92_V202601.zip" in shown.err
        assert "reading" in shown.err
        assert "100%" in shown.err
        fetch()
        assert capfd.readouterr() == ("", "")
        assert shown.out == ""


OLD = bytes(range(250)) * 1600
NEW = b"b" * 300_000
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of "abc"
ANOTHER_PART = Answer(OLD[:5], status=206, headers={"Content-Range": "bytes 0-4/400000"})
BROKEN = Answer(b"abcdef", cut=3, etag='"a"')


class TestDownload:
    """Files in pieces."""

    call = baci.archive_call("HS92_V202601")

    @pytest.fixture
    def file(self, tmp_path):
        """Where the file shall be."""
        return tmp_path / "some" / "file.zip"

    def get(self, file, **options):
        """The file, without bars."""
        return download.fetch_file(self.call, file, **{"timeout": 5, "progress": False, **options})

    @pytest.mark.parametrize(
        ("first", "then", "asked"),
        [
            (Answer(OLD, cut=200_000, etag='"a"'), [Answer(OLD, etag='"a"')], "bytes=200000-"),
            (Answer(OLD, cut=200_000, etag='"a"'), [Answer(NEW, etag='"b"')], "bytes=200000-"),
            (Answer(OLD, cut=200_000), [Answer(OLD)], None),
            (
                Answer(OLD, cut=200_000, etag='"a"'),
                [ANOTHER_PART, Answer(status=416), Answer(OLD)],
                None,
            ),
        ],
        ids=["carried on", "another version", "no version", "another part, then none"],
    )
    def test_broken_connection(self, source, file, first, then, asked):
        """Carried on within the same call, or begun anew: never patched together from two files."""
        source.routes[ZIP] = [first, *then]
        about = self.get(file)
        assert file.read_bytes() == then[-1].body
        assert about["bytes"] == len(then[-1].body)
        assert source.seen[-1][1].get("Range") == asked

    def test_timeout(self, source, file):
        """The download ends when it said it would, and what came stays for the next."""
        source.routes[ZIP] = Answer(b"g" * 2_000_000, slow=0.2, etag='"a"')
        began = time.monotonic()
        with pytest.raises(live.UnavailableError, match="BACI_HS92_V202601.zip, got no complete"):
            self.get(file, timeout=0.7)
        assert time.monotonic() - began < 1.5
        assert file.with_name("file.zip.part").stat().st_size > 0

    def test_age(self, source, file):
        """A copy that is too old is fetched again; offline any will do."""
        source.routes[ZIP] = Answer(b"old")
        self.get(file)
        beside = file.with_name("file.zip.provenance")
        about = cache.unsealed(beside.read_bytes())
        address = about.pop("address")
        old = {**about, "accessed": "2020-01-01T00:00:00+00:00"}
        beside.write_bytes(cache.sealed(address, old))
        source.routes[ZIP] = Answer(b"new")
        assert self.get(file, offline=True, max_age_days=1)["sha256"] == about["sha256"]
        self.get(file, max_age_days=1)
        assert file.read_bytes() == b"new"

    def test_provenance(self, source, file, monkeypatch):
        """What comes back and lies beside the file, and what was asked; a second call asks nobody."""
        source.routes[ZIP] = Answer(b"abc")
        moment = pd.Timestamp("2026-06-01 12:00:01.9", tz="UTC")
        monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: moment.tz_convert(tz))
        about = {
            "address": source.base + ZIP,
            "accessed": "2026-06-01T12:00:01+00:00",
            "bytes": 3,
            "sha256": ABC,
        }
        for how in ({}, {}, {"max_age_days": 1}, {"offline": True}):
            assert self.get(file, **how) == about
        names = sorted(path.name for path in file.parent.iterdir())
        assert names == ["file.zip", "file.zip.provenance"]
        beside = cache.unsealed(file.with_name("file.zip.provenance").read_bytes())
        assert (beside, list(beside)) == (about, list(about))
        ((_, headers),) = source.seen
        assert headers["Accept-Encoding"] == "identity"
        assert "If-Range" not in headers

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("file.zip", b"abcd"),
            ("file.zip", b"abd"),
            ("file.zip", None),
            ("file.zip.provenance", b"{"),
        ],
    )
    def test_changed(self, source, file, name, content):
        """A file that is longer, other, gone or unknown is none: said offline, fetched again else."""
        source.routes[ZIP] = Answer(b"abc")
        self.get(file)
        changed = file.with_name(name)
        changed.write_bytes(content) if content else changed.unlink()
        with pytest.raises(live.OfflineError) as no:
            self.get(file, offline=True)
        way = "call again without offline=True, or use the bundled data"
        assert str(no.value) == f"asked {source.base}{ZIP}, got no intact copy at {file}; {way}"
        self.get(file)
        assert file.read_bytes() == b"abc"

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            ([BROKEN, Answer(b"", 416)] * 3, "no rest, or a wrong one, of 3 bytes on; "),
            ([Answer(b"abc", headers={"Content-Encoding": "br"})], "a file of unknown length"),
            ([BROKEN, Answer(b"f", length=False)], "a file of unknown length from byte 3 on; "),
            ([BROKEN, Answer(b"de", 206, {"Content-Range": "bytes 3-5/6"})], "5 bytes of 6; "),
            ([Answer(b"", 404)], "status 404; "),
        ],
    )
    def test_refusals(self, source, file, monkeypatch, answers, message):
        """What is not the file, with where it went wrong."""
        monkeypatch.setattr(http, "PATIENCE", http.PATIENCE.new(total=1))
        source.routes[ZIP] = list(answers)
        with pytest.raises(live.UnavailableError) as no:
            self.get(file)
        assert str(no.value).startswith(f"asked {source.base}{ZIP}, got {message}")
        assert not file.exists()

    @pytest.mark.parametrize(
        ("headers", "same"),
        [
            ({"ETag": '"a"', "Last-Modified": "Thu"}, '"a"'),
            ({"ETag": 'W/"a"', "Last-Modified": "Thu"}, "Thu"),
            ({"ETag": 'W/"a"'}, ""),
            ({"Last-Modified": "Thu"}, "Thu"),
            ({}, ""),
        ],
    )
    def test_mark(self, source, file, monkeypatch, headers, same):
        """How far a file is lies beside it, with the version that it is of; then it is carried on."""
        monkeypatch.setattr(http, "PATIENCE", http.PATIENCE.new(total=0))
        source.routes[ZIP] = Answer(b"abcdef", cut=3, headers=headers)
        with pytest.raises(live.UnavailableError, match="no complete answer"):
            self.get(file)
        mark = file.with_name("file.zip.part.json")
        about = {"address": source.base + ZIP, "bytes": 3, "sha256": ABC, "same": same}
        assert cache.unsealed(mark.read_bytes(), "same") == about
        file.with_name("file.zip.part").write_bytes(b"abcxy")
        source.routes[ZIP] = Answer(b"abcdef", etag=same)
        assert self.get(file)["bytes"] == 6
        assert file.read_bytes() == b"abcdef"
        asked = source.seen[-1][1]
        wanted = ("bytes=3-", same) if same else (None, None)
        assert (asked.get("Range"), asked.get("If-Range")) == wanted
        assert asked["Accept-Encoding"] == "identity"

    @pytest.mark.parametrize(
        "changes",
        [
            {"address": "http://other"},
            {"sha256": "0" * 64},
            {"bytes": 2},
            {"same": ""},
            b"{",
            b'{"address": "http://x", "same": "a"}',
        ],
    )
    def test_mark_of_another(self, source, file, changes):
        """A part of another address, content, length, of no version or no mark is not carried on."""
        source.routes[ZIP] = Answer(b"abcdef", etag='"a"')
        file.parent.mkdir()
        file.with_name("file.zip.part").write_bytes(b"abc")
        mark = changes
        if isinstance(changes, dict):
            right = {"address": source.base + ZIP, "bytes": 3, "sha256": ABC, "same": '"a"'}
            about = right | changes
            mark = cache.sealed(about.pop("address"), about)
        file.with_name("file.zip.part.json").write_bytes(mark)
        self.get(file)
        assert file.read_bytes() == b"abcdef"
        assert "Range" not in source.seen[-1][1]

    def test_bar(self, source, file, monkeypatch):
        """The bar begins where the file does, with its length and name, and counts what comes."""
        shown = []

        class Bar:
            def __init__(self, **how):
                shown.append(how)

            __enter__ = lambda self: self  # noqa: E731
            __exit__ = lambda *_: None  # noqa: E731
            update = staticmethod(shown.append)

        monkeypatch.setattr(download, "byte_bar", Bar)
        source.routes[ZIP] = [Answer(b"abcdef", cut=4, etag='"a"'), Answer(b"abcdef", etag='"a"')]
        self.get(file, progress=True)
        how = {"total": 6, "disable": False, "desc": "file.zip"}
        assert shown == [{**how, "initial": 0}, 4, {**how, "initial": 4}, 2]
        source.routes[ZIP] = Answer(b"ab", chunked=True)
        self.get(file, progress=False, max_age_days=-1)
        assert shown[4] == {"total": None, "disable": True, "desc": "file.zip", "initial": 0}


class TestImts:
    """IMTS of all pairs."""

    def test_years_and_age(self, source):
        """Years are cut afterwards; a copy serves for thirty days."""
        serve_imts(source)
        assert fetch("imts", years=2021)["year"].tolist() == [2021]
        fetch("imts")
        assert len(source.seen) == 2
        fetch("imts", max_age_days=0)
        assert len(source.seen) == 4

    def test_killed_between_the_flows(self, source):
        """What was fetched before is not fetched again."""
        serve_imts(source)
        imports = source.routes.pop(f"{IMTS}MG_CIF_USD.*.A")
        with pytest.raises(live.UnavailableError):
            fetch("imts")
        source.routes[f"{IMTS}MG_CIF_USD.*.A"] = imports
        fetch("imts")
        indicators = [path[-14:-4] for path in source.paths]
        assert indicators == ["XG_FOB_USD", "MG_CIF_USD", "MG_CIF_USD"]

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("XG_FOB_USD", "TBG_USD", "a row of .'TBG_USD', 'A'. instead of .'XG_FOB_USD', 'A'."),
            ("40000000.0", "1e-400", "'1e-400', a number of no size"),
            ("TKM", "***", "a row of .* where"),
            ("UZB", "TKM", "KAZ TKM 2020 twice"),
        ],
    )
    def test_refusals(self, source, old, new, message):
        """Each with what was wrong; the next call fetches the table anew."""
        serve_imts(source)
        route = source.routes[f"{IMTS}XG_FOB_USD.*.A"]
        intact = route.body
        route.body = intact.decode().replace(old, new).encode()
        with pytest.raises(MalformedError, match=message) as caught:
            fetch("imts")
        assert caught.value.asked.endswith("*.XG_FOB_USD.*.A")
        route.body = intact
        assert len(fetch("imts")) == 4

    def test_empty_tables(self, source):
        """Only a header, or nothing at all."""
        serve_imts(source)
        head = bodies.imts().splitlines()[0] + b"\n"
        for code in imts.INDICATORS:
            source.routes[f"{IMTS}{code}.*.A"] = Answer(head)
        with pytest.raises(live.NoDataError, match="no such years"):
            fetch("imts")


class TestPanel:
    """What both sources have in common."""

    @pytest.fixture(autouse=True)
    def served(self, source, monkeypatch):
        """Both sources, on a day in June 2022, before the figures of 2021 are out by their lag."""
        source.routes[ZIP] = Answer(bodies.baci())
        serve_imts(source)
        moment = pd.Timestamp("2022-06-01 12:00", tz="UTC")
        monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: moment.tz_convert(tz))

    @pytest.mark.parametrize(
        ("name", "rows"),
        [
            (
                "baci",
                [
                    "KAZ,RUS,KAZ-RUS,2020,0.0,0.009,0.009,final,baci,2022-01-31,lag,2022-06-01",
                    "KAZ,TKM,KAZ-TKM,2020,0.076501,0.05125,0.127751,final,baci,2022-01-31,lag,2022-06-01",
                    "KAZ,TKM,KAZ-TKM,2021,0.200123,0.0,0.200123,final,baci,2022-06-01,accessed,2022-06-01",
                ],
            ),
            (
                "imts",
                [
                    "KAZ,TKM,KAZ-TKM,2020,76.5,51.25,127.75,final,imts,2021-09-30,lag,2022-06-01",
                    "KAZ,TKM,KAZ-TKM,2021,0.0,,,final,imts,2022-06-01,accessed,2022-06-01",
                    "KAZ,UZB,KAZ-UZB,2020,1.0,,,final,imts,2021-09-30,lag,2022-06-01",
                    "TKM,KAZ,TKM-KAZ,2020,40.0,90.0,130.0,final,imts,2021-09-30,lag,2022-06-01",
                ],
            ),
        ],
    )
    def test_every_cell(self, name, rows):
        """BACI: summed over products, both directions side by side, thousand US$ to US$ million.

        IMTS: each side's own report; groups are left out, a flow that is not reported is missing.
        """
        head = (
            "reporter,partner,pair,year,export_musd,import_musd,turnover_musd,status,source_id,"
            "released,released_basis,accessed"
        )
        panel = fetch(name)
        assert panel.to_csv(index=False).splitlines() == [head, *rows]
        assert panel.index.tolist() == list(range(len(rows)))
        kinds = (
            "str str str int64 float64 float64 float64 str str datetime64[us] str datetime64[us]"
        )
        assert panel.dtypes.astype(str).tolist() == kinds.split()
        turnover = {"baci": 0.127751, "imts": 127.75}[name]
        assert tl.flows.by_pair(panel).loc["KAZ-TKM", 2020] == turnover
        source_name = {"baci": "CEPII BACI", "imts": "IMF IMTS"}[name]
        assert tl.cite(panel) == f"Source: {source_name}; data released up to 2022-06-01"

    @pytest.mark.parametrize(
        ("name", "whats"), [("baci", ["2020", "2021"]), ("imts", list(imts.INDICATORS))]
    )
    def test_kept(self, monkeypatch, name, whats):
        """A table once made is read again, unless it or its seal is not as it was written."""
        readings = []
        for module, what in ((baci, "read_year"), (imts, "read")):
            read = getattr(module, what)
            spy = lambda *a, read=read, **how: readings.append(1) or read(*a, **how)  # noqa: E731
            monkeypatch.setattr(module, what, spy)
        first = fetch(name)
        assert fetch(name).equals(first)
        assert len(readings) == 2
        files = sorted(cache.folder().rglob("*-2-*"), key=lambda file: file.name[16:])
        expected = []
        for what in sorted(whats):
            expected += [f"-2-{what}.parquet", f"-2-{what}.seal"]
        assert [file.name[16:] for file in files] == expected
        assert {file.name[:16] for file in files} <= set(live.cached()["sha256"].str[:16])
        files[1].write_text("0" * 64)
        files[2].unlink()
        assert fetch(name).equals(first)
        files[3].unlink()
        assert fetch(name).equals(first)
        assert len(readings) == 5

    @pytest.mark.parametrize("name", ["baci", "imts"])
    def test_no_such_years(self, source, name):
        """Said with the years and the address; a source without any figures too."""
        with pytest.raises(live.NoDataError) as no:
            fetch(name, years=[1991, 1990])
        address = source.base + source.paths[0]
        message = f"asked {address}, got no such years: [1990, 1991]; ask for other years"
        assert str(no.value) == message

    @pytest.mark.parametrize(("name", "more"), [("baci", {}), ("imts", {"max_age_days": 3})])
    def test_deadline_and_lock(self, monkeypatch, name, more):
        """The deadline holds for each download and for the wait for another process."""
        seen = []
        monkeypatch.setattr(
            live.panels, "fetch_file", lambda call, file, **how: seen.append(how) or {}["stop"]
        )
        with pytest.raises(KeyError):
            fetch(name, timeout=5, max_age_days=3, offline=True)
        assert seen == [{"timeout": 5, "offline": True, "progress": False, **more}]
        monkeypatch.setattr(cache.time, "sleep", lambda _: None)
        with (
            cache.locked(next(cache.folder().glob(f"panels/{name}*")), timeout=1),
            pytest.raises(live.UnavailableError, match="another process still at work in"),
        ):
            fetch(name, timeout=0.01)
