"""What is published: both archives, from the source that holds them, and the wheel on its own.

`make dist` gives the archives to be published, `DIST`, and their tag, `TAG`; else they are built here.
"""

import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from conftest import ROOT

import tradelib as tl

PROGRAM = """
import tradelib as tl
print(tl.__file__)
print(tl.load_turnover("KAZ", "TKM").turnover_musd.round(1).tolist()[-1])
print(len(tl.sources()), sum(tl.path(file).is_file() for file in tl.files()["file"]))
print(tl.load_turnover("TUR", "KAZ").turnover_musd.iloc[-1], tl.load_turnover("DEU", "BRA").year.max())
"""


def run(*command, **options):
    """Output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


# Tests that read nothing but the library, and take few seconds.
SELECTION = ["country_codes", "target"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The source archive, and the wheel built from it, without the network."""
    if "DIST" in os.environ:
        return Path(os.environ["DIST"])
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT)
    return out


@pytest.fixture(scope="module")
def wheel(folder):
    """The wheel."""
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """What the wheel brings, laid out in a folder."""
    site = tmp_path_factory.mktemp("site")
    ZipFile(wheel).extractall(site)
    return site


@pytest.mark.parametrize(
    "check",
    [
        ("twine", "check", "--strict", "*"),
        ("check_wheel_contents", "*.whl"),
        # No address of the project or its authors is known yet, which takes two points of ten.
        ("pyroma", "--min", "10", "--skip-tests", "AuthorEmail,Url", "*.tar.gz"),
    ],
)
def test_archives(folder, check):
    """What the index refuses, what does not belong into a wheel, what a reader of its page misses."""
    files = sorted(folder.glob(check[-1]))
    assert files
    for file in files:
        run(sys.executable, "-m", *check[:-1], file)


def test_one_version():
    """Package, changelog and tag name the same, and a tag is of a finished changelog."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest, state = re.search(r"^## (\S+)(.*)$", changes, re.MULTILINE).groups()
    assert newest == version("tradelib")
    assert state == " (unreleased)" or state == f" ({cited.get('date-released')})"
    if tag := os.environ.get("TAG"):
        assert tag == f"v{newest}"
        assert "date-released" in cited


def test_described_alike():
    """Package, citation, CodeMeta, Zenodo and licence name one version, title, licence and authors."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    meta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    zenodo = json.loads((ROOT / ".zenodo.json").read_text("utf-8"))
    assert {cited["version"], meta["version"], zenodo["version"]} == {tl.__version__}
    assert {meta["name"], zenodo["title"]} == {cited["title"]}
    assert {meta["description"], zenodo["description"]} == {project["description"]}
    assert {cited["license"], zenodo["license"]} == {project["license"]}
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert licence.startswith(f"{project['license']} License\n")
    for others in (cited["authors"], meta["author"], zenodo["creators"]):
        assert [author["name"] for author in others] == [a["name"] for a in project["authors"]]
    # None has an address yet; one that is known is known to all.
    address = project.get("urls", {}).get("Repository")
    assert cited.get("repository-code") == meta.get("codeRepository") == address


def linked(page):
    """Links of a page to files and headings of the project, as they stand between brackets."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text)


def anchors(page):
    """The names by which links find the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


PAGES = ["README", "CONTRIBUTING", "OPERATIONS", "SECURITY", "CHANGELOG"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_lead_somewhere(name):
    """Every file, heading and folder that a page at the root names is there."""
    page = ROOT / f"{name}.md"
    for file, anchor in linked(page):
        other = ROOT / file if file else page
        assert other.exists(), file
        assert not anchor or anchor in anchors(other), f"{file}#{anchor}"
    if name != "CHANGELOG":  # which names what has gone, too
        folders = "tradelib|data|tests|benchmarks|site|notebooks|\\.ci|\\.github"
        paths = re.findall(rf"(?<![\w/])(?:{folders})/[\w./-]*[\w/]", page.read_text("utf-8"))
        assert [path for path in paths if not (ROOT / path).exists()] == []


def test_tests_of_the_wheel(installed, tmp_path):
    """The wheel passes tests, and examples of its own modules, where no checkout is on the path."""
    shutil.copytree(ROOT / "tests", tmp_path / "tests")
    tests = [f"tests/test_{name}.py" for name in SELECTION]
    examples = installed / "tradelib" / "core"
    program = f"import tradelib; assert tradelib.__file__.startswith({str(installed)!r})"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    run(sys.executable, "-c", program, cwd=tmp_path, env=environment)
    # Without the plugin of notebooks, which takes as long to load as the tests to run.
    asked = ["-q", "-p", "no:cacheprovider", "-p", "no:nbval", "--doctest-modules"]
    report = run(
        sys.executable, "-m", "pytest", *asked, *tests, examples, cwd=tmp_path, env=environment
    )
    assert re.search(r"^[1-9]\d+ passed", report, re.MULTILINE), report


def test_contents(wheel):
    """Modules, type mark, licence, description and every file, within four megabytes; nothing else."""
    assert wheel.stat().st_size < 4e6
    names = ZipFile(wheel).namelist()
    data = {n.removeprefix("tradelib/data/") for n in names if n.startswith("tradelib/data/")}
    assert data == {"datapackage.json", *tl.files()["file"]}
    assert "tradelib/py.typed" in names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    expected = {"tradelib", f"tradelib-{version('tradelib')}.dist-info"}
    assert {n.split("/")[0] for n in names} == expected


def test_sdist(folder, tmp_path):
    """The source archive holds the description and every file that it describes."""
    shutil.unpack_archive(next(folder.glob("*.tar.gz")), tmp_path, filter="data")
    data = next(tmp_path.glob("*/data"))
    for file in ["datapackage.json", *tl.files()["file"]]:
        assert (data / file).read_bytes() == (ROOT / "data" / file).read_bytes()


def test_loads_in_an_empty_environment(wheel, tmp_path):
    """With numpy and pandas and nothing else, the series loads from the wheel."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    site = Path(run(python, "-c", "import site; print(site.getsitepackages()[0])").strip())
    ZipFile(wheel).extractall(site)
    for package in ("numpy", "pandas", "dateutil", "six"):
        spec = find_spec(package)
        origin = Path(spec.origin)
        here = origin.parent if origin.name == "__init__.py" else origin
        (site / here.name).symlink_to(here)
        libraries = here.parent / f"{package}.libs"
        if libraries.is_dir():
            (site / libraries.name).symlink_to(libraries)
    where, last, counts, pairs = run(python, "-I", "-c", PROGRAM, cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(site)
    assert last == "515.5"
    assert counts == f"{len(tl.sources())} {len(tl.files())}"
    assert pairs == "5410.0 2023"


def test_commands_exist():
    """Every make target that workflow files, the container and the pages at the root name is there."""
    files = [*ROOT.glob(".github/workflows/*.yml"), ROOT / ".devcontainer/devcontainer.json"]
    text = "\n".join(file.read_text("utf-8") for file in files)
    named = set(re.findall(r"\bmake ([a-z.][\w./-]*)", text))
    assert {"test", "site", "dist", "refresh-data", ".venv/.ready"} <= named
    for name in PAGES[:4]:
        page = (ROOT / f"{name}.md").read_text("utf-8")
        named |= set(re.findall(r"(?:`|^ +|&& )make ([a-z][a-z-]*)", page, re.MULTILINE))
    assert {"check", "notebooks", "mutants", "forecast"} <= named
    for target in sorted(named | {"test-lowest", "test-newest"}):
        run("make", "--dry-run", target, cwd=ROOT)


def test_no_function_hides_its_module():
    """`tradelib.a.b` is a module wherever there is a file of this name."""
    packages = {"tradelib": tl}
    hidden = []
    for found in pkgutil.walk_packages(tl.__path__, "tradelib."):
        parent, _, name = found.name.rpartition(".")
        if name == "__main__":
            continue
        packages[found.name] = importlib.import_module(found.name)
        if getattr(packages[parent], name) is not packages[found.name]:
            hidden.append(found.name)
    assert hidden == []
