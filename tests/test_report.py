"""A report: one file that holds a target's whole page, and says what `assess` says."""

import hashlib
import itertools
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from chromium import SET, launched
from conftest import ROOT
from reader import faults, one_line, under, visible

import tradelib as tl
from tradelib import cli
from tradelib.pages import pdf
from tradelib.pages.cards import known_day
from tradelib.pages.words import day

MINE = tl.Target("KAZ", "UZB", 5000, 2030)
ASKED = ["KAZ", "TKM", "--target", "1bn", "--by", "2027"]
HISTORY = "year,turnover_musd\n2019,3500\n2020,3000\n2021,3900\n2022,4700\n2023,4200\n2024,4300\n"
ODD = ["Ha\"nd'el & 🚀 $(id) `id`.csv", "<script>Торговля<script>.csv", "--history=a b.csv"]
# A registry's target of each kind that has no number.
SILENT = {"IND-CHN-2005": "Met", "REG-CHN-EU-2013": ""}
MEGABYTE = 1_000_000


@pytest.fixture
def run(monkeypatch, capsys):
    """Exit code, output and errors of a command."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tradelib", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        output = capsys.readouterr()
        return stopped.value.code or 0, output.out, output.err

    return run


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of reports."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def article(place):
    """The report of the article's target, from the registry."""
    return tl.report("KAZ-TKM-2022", place / "article.html")


@pytest.fixture(scope="module")
def odd(place):
    """The report on a file with a long name of all kinds of signs."""
    file = place / '<b>Торговля</b>_Казахстана_и_Узбекистана_за_все_годы_"x"_🚀_&amp;.csv'.replace(
        "/", ""
    )
    file.write_text(HISTORY, encoding="utf-8")
    return tl.report(MINE, place / "odd.html", history=file)


@pytest.fixture(scope="module")
def many(place):
    """The report of a list in which not all rows are targets."""
    table = place / "list.csv"
    table.write_text(
        "name,reporter,partner,value_musd,deadline\n"
        '"A ""q"" <b>Цель</b> 🚀",KAZ,TKM,1000,2027\n'
        ",IND,ARE,200000,2030\n"
        "<script>alert(2)</script>,Atlantis<i>,TKM,5,2030\n"
        "none,ABW,AFG,100,2030\n"
        "far,KAZ,TKM,1000000,2027\n",
        encoding="utf-8",
    )
    return tl.report(str(table), place / "many.html")


def parsed(file):
    """A report to search in."""
    return BeautifulSoup(Path(file).read_text("utf-8"), "html.parser")


def headline(soup):
    """The number that stands for programs, and its text."""
    data = soup.find("data", id="probability")
    return float(data["value"]), data.get_text()


def cell(soup, key, column="value"):
    """A cell of a row of the evidence."""
    return one_line(under(soup.select_one(f"#e-{key}"))[column])


class TestFile:
    """What kind of a file it is."""

    def test_sections(self, article):
        """Everything that the site's page has, and what a page alone needs."""
        soup = parsed(article)
        ids = {part["id"] for part in soup.select("[id]")}
        parts = (
            "probability fan explore why time decided method worth given evidence pledge said series "
            "goods sources again python cite digest"
        )
        assert set(parts.split()) <= ids
        headings = [table["aria-label"] for table in soup.select(".scroll")]
        assert any(heading.startswith("Other ways to estimate it") for heading in headings)
        assert soup.title.get_text() == soup.h1.get_text()

    def test_loads_nothing(self, article, many):
        """No address is loaded, and the page forbids it; it has a megabyte at most."""
        for file in (article, many):
            assert file.stat().st_size <= MEGABYTE
            soup = parsed(file)
            policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
            assert policy.startswith("default-src 'none'; ")
            assert soup(["img", "iframe", "object", "embed"]) + soup.select("script[src]") == []
            assert [part["href"] for part in soup("link")] == ["data:,"]
            assert not re.search(r"@import|url\((?!['\"]?data:)", str(soup.style))

    def test_links_lead_somewhere(self, article, many):
        """Each link leads out or to an anchor of the page; no anchor is there twice."""
        for file in (article, many):
            soup = parsed(file)
            ids = [part["id"] for part in soup.select("[id]")]
            assert len(ids) == len(set(ids))
            links = [link["href"] for link in soup.select("a[href]")]
            own = [link for link in links if not link.startswith("http")]
            assert len(own) > 10
            assert {link[1:] for link in own} <= set(ids)
            named = [part["aria-labelledby"] for part in soup.select("[aria-labelledby]")]
            assert set(named) <= set(ids)

    def test_same_bytes(self, article, place):
        """Made by another process, under another name, the file is the same to the byte."""
        command = [sys.executable, "-m", "tradelib", "report", *ASKED, "-o", place / "other.html"]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        assert (place / "other.html").read_bytes() == article.read_bytes()

    def test_plain(self, article, many):
        """No code word, no raw number, no words run together."""
        texts = visible(article.read_text("utf-8"))
        assert len(texts) > 300
        texts += [text for text in visible(many.read_text("utf-8")) if "history=" not in text]
        assert [fault for text in texts for fault in faults(text)] == []

    def test_whence(self, article):
        """The data's day and digest, the version, sources with links, and what repeats it."""
        soup = parsed(article)
        made = one_line(soup.footer)
        assert f"tradelib {tl.__version__}" in made
        assert day(known_day()) in made
        description = (ROOT / "data" / "datapackage.json").read_bytes()
        assert soup.find(id="digest").get_text() == hashlib.sha256(description).hexdigest()
        bns = soup.find(id="source-bns")
        assert bns.a["href"].startswith("https://stat.gov.kz/")
        assert "tradelib report KAZ-TKM-2022 -o report.html" in soup.get_text()


class TestNumbers:
    """What it says is what `assess` says."""

    def test_as_json(self, article, run):
        """The numbers of the page are those of `assess --json`."""
        code, out, _ = run("assess", *ASKED, "--json")
        verdict = json.loads(out)
        assert code == 0
        soup = parsed(article)
        value, text = headline(soup)
        assert value == round(verdict["probability_in"], 4)
        assert text == f"{verdict['probability_in']:.0%}"
        low, high = verdict["probability_range"]
        answer = one_line(soup.select_one(".answer"))
        assert f"Other ways to estimate the chance in 2027 give {low:.0%} to {high:.0%}" in answer
        rows = {row["key"]: row for row in verdict["evidence"]}
        assert cell(soup, "last-musd") == f"US${rows['last_musd']['value']:.0f}m"
        assert cell(soup, "ever") == f"{verdict['probability_ever']:.0%}"
        assert cell(soup, "required") == f"{rows['required']['value']:.0%} a year"
        shown = {row["id"] for row in soup.select("tr[id^='e-']")}
        assert shown == {f"e-{key.replace('_', '-')}" for key in rows}

    def test_own_history(self, place):
        """On own figures the number is that of `assess` on them, and their years are shown."""
        mine = place / "mine.csv"
        mine.write_text(HISTORY, encoding="utf-8")
        verdict = tl.assess(MINE, history=mine)
        soup = parsed(tl.report(MINE, place / "mine.html", history=mine))
        assert headline(soup)[0] == round(verdict.probability_in, 4)
        years = [one_line(row) for row in soup.select("#series + .scroll tbody tr")]
        assert years[0] == "20193,500.0"
        assert len(years) == 6
        assert "mine.csv" in one_line(soup.select_one(".updated"))
        assert cell(soup, "last-musd", "source") == "mine.csv"
        assert "the registry" not in cell(soup, "last-year", "source")

    def test_months(self, place):
        """Months move the number as they do in `assess`, and have a section."""
        verdict = tl.assess(MINE, part_year=(6, 2500.0))
        soup = parsed(tl.report(MINE, place / "months.html", part_year=(6, 2500.0)))
        assert headline(soup)[0] == round(verdict.probability_in, 4)
        text = one_line(soup.find(id="months").find_next("p"))
        assert text.startswith("What is known so far, 6 months of 2026, US$2,500.0m, points to")
        assert "--part-year 6:2500" in soup.find(id="again").find_next("code").get_text()

    def test_flow(self, place):
        """Of exports alone the page says so, in the question and in the picture."""
        target = tl.Target("KAZ", "UZB", 5000, 2030, flow="export")
        soup = parsed(tl.report(target, place / "flow.html"))
        assert headline(soup)[0] == round(tl.assess(target).probability_in, 4)
        assert soup.h1.get_text().startswith(
            "Will exports of Kazakhstan to Uzbekistan reach US$5bn"
        )
        assert one_line(soup.select_one("#fan .unit")) == "exports, US$ billion a year"

    def test_currency(self, run, tmp_path, monkeypatch):
        """A target in euros is told in euros, and its page names the command that repeats it."""
        monkeypatch.chdir(tmp_path)
        asked = ["TUR", "FRA", "--target", "40bn", "--by", "2030", "--currency", "EUR"]
        assert run("report", *asked)[0] == 0
        page = parsed("report.html")
        target = tl.Target("TUR", "FRA", 40_000, 2030, currency="EUR")
        assert headline(page)[0] == pytest.approx(tl.assess(target).probability_in, abs=1e-4)
        assert "EUR 40bn" in page.h1.get_text()
        command = "tradelib report TUR FRA --target 40000 --currency EUR --by 2030 -o report.html"
        assert command in one_line(page)
        assert page.find(id="source-fed_h10")
        # Whose trade a bloc's is stands there too.
        bloc = ["EU", "VNM", "--target", "100bn", "--by", "2030", "--members", "2020-01-15"]
        assert run("report", *bloc)[0] == 0
        assert "--members 2020-01-15 -o report.html" in one_line(parsed("report.html"))

    def test_no_deadline(self, place):
        """Where no deadline was named, the number is that of any year up to the one looked at."""
        target = tl.Target("KAZ", "UZB", 5000)
        verdict = tl.assess(target)
        soup = parsed(tl.report(target, place / "vague.html"))
        assert headline(soup)[0] == round(verdict.probability_ever, 4)

    def test_of_a_verdict(self, place):
        """A verdict's report is that of its target; one on other figures needs them given."""
        verdict = tl.assess(MINE)
        soup = parsed(verdict.report(place / "verdict.html"))
        assert headline(soup)[0] == round(verdict.probability_in, 4)
        own = tl.assess(MINE, history={2023: 4000.0, 2024: 4100.0})
        with pytest.raises(tl.InputError, match="rests on other figures or another day"):
            own.report(place / "other.html")


class TestNoAnswer:
    """A target that has no answer has a page that says so."""

    def test_nothing_known(self, place):
        """Nothing known of the pair: no number, no picture, and the reason."""
        soup = parsed(tl.report(tl.Target("ABW", "AFG", 100, 2030), place / "none.html"))
        answer = one_line(soup.select_one(".answer"))
        assert answer.startswith("No answer. Nothing is known of Aruba-Afghanistan")
        assert soup.find("data") is None
        assert soup.find(id="fan") is None
        assert soup.find(id="decided") is not None

    def test_over(self, place):
        """The year is over: what became of it, with the figures up to now."""
        soup = parsed(tl.report(tl.Target("KAZ", "TKM", 1000, 2020), place / "over.html"))
        assert one_line(soup.select_one(".answer")) == (
            "Missed. 2020 is over. In 2020 trade between Kazakhstan and Turkmenistan came to US$128m."
        )
        assert soup.find(id="fan") is not None
        assert soup.find("data") is None
        assert soup.h1.get_text().startswith("Did trade between Kazakhstan and Turkmenistan reach")

    @pytest.mark.parametrize("name", SILENT)
    def test_of_registry(self, place, name):
        """A target of the registry that is settled, of a group or in euros."""
        soup = parsed(tl.report(name, place / f"{name}.html"))
        assert soup.find("data") is None
        answer = one_line(soup.select_one(".answer"))
        assert answer.startswith(SILENT[name])
        assert len(answer) > 10
        assert f"tradelib report {name} -o report.html" in soup.get_text()

    def test_errors(self, place):
        """What is no question is refused, and no file is written."""
        file = place / "error.html"
        with pytest.raises(tl.InputError, match="no target is called 'KAZ-TKM-1900'"):
            tl.report("KAZ-TKM-1900", file)
        with pytest.raises(tl.InputError, match="history is of one target, and many are given"):
            tl.report([MINE], file, history={2023: 1.0, 2024: 2.0})
        with pytest.raises(tl.InputError, match="unit='thousand' is of a history that is a file"):
            tl.report(MINE, file, history={2023: 1.0, 2024: 2.0}, unit="thousand")
        with pytest.raises(tl.InputError, match="the report cannot be written to"):
            tl.report("IND-CHN-2005", place / "nowhere" / "report.html")
        assert not file.exists()


class TestOwnTexts:
    """Texts of others are texts: nothing of them is run, and none is lost."""

    @pytest.mark.parametrize("name", ODD)
    def test_names_of_files(self, tmp_path, monkeypatch, run, name):
        """A file's name stands as it is, and the command that repeats it works in a shell."""
        monkeypatch.chdir(tmp_path)
        Path(name).write_text(HISTORY, encoding="utf-8")
        options = ["--target", "5bn", "--by", "2030", "--history", name]
        code, _, err = run("report", "KAZ", "UZB", *options)
        assert (code, err) == (0, "")
        first = Path("report.html").read_bytes()
        soup = parsed("report.html")
        assert f"those of {name}, up to 2024" in one_line(soup.select_one(".updated"))
        kinds = [script.get("type", "") for script in soup("script")]
        assert kinds == ["application/json", "", ""]
        assert soup.select("b, i") == []
        Path("report.html").unlink()
        command = soup.find(id="again").find_next("code").get_text()
        # A shell takes it apart; its words go to the same command.
        listed = f"printf '%s\\0' {command}"
        words = subprocess.run(listed, shell=True, check=True, capture_output=True, text=True)  # noqa: S602
        program, *arguments = words.stdout.split("\0")[:-1]
        assert (program, run(*arguments)[0]) == ("tradelib", 0)
        assert Path("report.html").read_bytes() == first

    def test_of_a_target(self, place):
        """Wording and source of a target stand as they are; a script in a link is none."""
        target = tl.Target(
            "KAZ",
            "UZB",
            5000,
            2030,
            announced=date(2024, 5, 1),
            wording='by <b>2030</b> "at last" Цель',
            source="javascript:alert(1)",
        )
        soup = parsed(tl.report(target, place / "texts.html"))
        facts = one_line(soup.select_one("#pledge + .scroll"))
        assert 'by <b>2030</b> "at last" Цель' in facts
        assert "1 May 2024" in facts
        assert [link for link in soup.select("a") if "javascript" in link["href"]] == []
        assert soup.select("b") == []
        # A terminal cannot say as much; Python can.
        assert "tradelib report" not in soup.get_text()
        code = soup.find(id="python").find_next("code").get_text()
        names = {}
        exec(code.split("print(")[0], names)  # noqa: S102 - what the page tells to type
        assert names["target"] == target

    def test_of_a_history(self, place):
        """A source in one's own table is a text too."""
        history = pd.DataFrame(
            {
                "year": [2021, 2022, 2023, 2024],
                "turnover_musd": [3900.0, 4700.0, 4200.0, 4300.0],
                "source_id": "<img src=x onerror=alert(1)>",
            }
        )
        soup = parsed(tl.report(MINE, place / "table.html", history=history))
        assert soup("img") == []


class TestMany:
    """A list: an index on top, and a page of each below."""

    def test_index(self, many):
        """Each row as it was given: its chance, or why there is none; names are escaped."""
        soup = parsed(many)
        rows = [[one_line(cell) for cell in row("td")] for row in soup.select("#top + .scroll tr")]
        assert rows[1][:3] == ["1", 'A "q" <b>Цель</b> 🚀', "2027"]
        table = tl.assess_many([tl.Target("KAZ", "TKM", 1000, 2027)])
        assert rows[1][3] == f"{table['probability_in'].iloc[0]:.0%} in 2027"
        assert rows[2][1] == "India–United Arab Emirates, US$200bn"
        assert rows[3][1] == "<script>alert(2)</script>"
        assert rows[3][3].startswith("no country is called 'Atlantis<i>'")
        assert rows[4][3].startswith("Nothing is known of Aruba-Afghanistan")
        assert "is it off by a factor of 10³" in rows[5][3]
        assert [article["id"] for article in soup("article")] == ["t1", "t2", "t4"]
        # Each page below has its number under its own name.
        number = soup.find(id="t1-probability")
        assert float(number["value"]) == round(table["probability_in"].iloc[0], 4)


class TestCommand:
    """The terminal."""

    def test_options(self, run, tmp_path):
        """Options that would be ignored are refused."""
        (tmp_path / "list.csv").write_text("reporter,partner,value_musd\nKAZ,TKM,1000\n")
        code, _, err = run("report", "--targets", tmp_path / "list.csv", "--by", "2027")
        assert (code, "--by cannot be used with --targets" in err) == (2, True)
        code, _, err = run("report", *ASKED, "--unit", "thousand")
        assert (code, "--unit cannot be used without --history" in err) == (2, True)

    def test_extra(self, run, tmp_path, monkeypatch):
        """Without jinja2 the command names the extra, in one line."""
        monkeypatch.setitem(sys.modules, "jinja2", None)
        code, out, err = run("report", "IND-CHN-2005", "-o", tmp_path / "x.html")
        assert (code, out) == (1, "")
        assert err == "tradelib: this needs jinja2: pip install tradelib[report]\n"

    def test_library_needs_no_jinja2(self):
        """`import tradelib` loads no template."""
        program = "import sys, tradelib, tradelib.cli; print('jinja2' in sys.modules)"
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        assert done.stdout == "False\n"

    def test_no_browser(self, run, tmp_path, monkeypatch):
        """Without Chromium, the file is there and the error says how to print it; one that fails is named."""
        monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
        file = tmp_path / "x.html"
        code, _, err = run("report", "IND-CHN-2005", "-o", file, "--pdf")
        assert code == 1
        assert err == (
            "tradelib: x.html is written, but no Chromium is at hand: open x.html in a browser and "
            "print it, there is a style for paper\n"
        )
        assert file.is_file()
        monkeypatch.setattr(pdf.shutil, "which", lambda _: "/bin/false")
        code, _, err = run("report", "IND-CHN-2005", "-o", file, "--pdf")
        assert (code, "/bin/false did not print it" in err) == (1, True)

    @pytest.mark.usefixtures("browser")
    def test_pdf(self, run, tmp_path):
        """With Chromium there is a PDF beside it."""
        code, out, err = run("report", "IND-CHN-2005", "-o", tmp_path / "x.html", "--pdf")
        assert (code, out, err) == (0, f"{tmp_path / 'x.pdf'} is written.\n", "")
        assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium."""
    with launched() as opened:
        yield opened


@pytest.fixture
def opened(browser):
    """Open a file with the network off; what was wrong is noted."""
    contexts = []

    def opened(file, **options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        local = ("file:", "data:")
        page.on("request", lambda r: None if r.url.startswith(local) else page.wrong.append(r.url))
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


CUT = "document.documentElement.scrollWidth - innerWidth"
PAPER = "getComputedStyle(document.body).backgroundColor"


class TestInBrowser:
    """As a reader sees it, with the network off."""

    @pytest.mark.parametrize("name", ["article", "odd", "many"])
    def test_looks(self, opened, request, name):
        """Nothing is cut off, nothing goes wrong, and dark is dark."""
        page = opened(request.getfixturevalue(name))
        for width, scheme in itertools.product((390, 1300), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CUT) <= 0
            is_light = page.evaluate(PAPER) == "rgb(255, 255, 255)"
            assert is_light == (scheme == "light")
            seen = "wide" if width > 767 else "narrow"
            assert page.locator(f".{seen} svg").first.is_visible()
        assert page.wrong == []

    def test_print(self, opened, article):
        """On paper it is light whatever the screen, and fits; there and without scripts are no sliders."""
        viewport = {"width": 794, "height": 1123}
        page = opened(article, viewport=viewport, color_scheme="dark")
        page.emulate_media(media="print")
        assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
        assert page.locator("#explore").is_hidden()
        assert page.locator("#fan .wide svg").is_visible()
        assert page.evaluate(CUT) <= 0
        without_script = opened(article, java_script_enabled=False)
        assert without_script.locator("#probability").is_visible()
        assert without_script.locator("#explore").is_hidden()

    def test_sliders(self, opened, article):
        """A slider moves the number and the address; a picture tells its points."""
        page = opened(article, viewport={"width": 1300, "height": 900})
        before = page.inner_text("#now")
        assert before == headline(parsed(article))[1]
        page.evaluate(SET, ["value", 5])
        page.wait_for_url("**?value=*")
        assert page.inner_text("#now") != before
        page.hover("#fan .wide svg", position={"x": 200, "y": 200})
        assert re.match(r"\d{4}: US\$", page.inner_text("#fan .told"))
        assert page.wrong == []

    def test_accessible(self, opened, article):
        """No serious or critical violation by axe, and in the dark it can be read."""
        from axe_playwright_python.sync_playwright import Axe

        page = opened(article)
        found = Axe().run(page).response["violations"]
        page.emulate_media(color_scheme="dark")
        options = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
        found += page.evaluate("options => axe.run(options).then(all => all.violations)", options)
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == []
