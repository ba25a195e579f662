"""The wheel alone in an empty environment."""

import subprocess
import sys
import venv
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import ROOT

import tradelib as tl

PROGRAM = """
import tradelib as tl
print(tl.__file__)
print(tl.load_turnover("KAZ", "TKM").turnover_musd.round(1).tolist()[-1])
print(len(tl.sources()), len(tl.files()))
print(tl.load_turnover("TUR", "KAZ").turnover_musd.iloc[-1], tl.load_turnover("DEU", "BRA").year.max())
"""


def run(*command, **options):
    """Output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this checkout without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--no-index", "--wheel-dir", folder, ROOT)  # fmt: skip
    return next(folder.glob("*.whl"))


def test_contents(wheel):
    """Modules, type mark, licence, registry and every table; no scripts, tests or notebooks."""
    names = ZipFile(wheel).namelist()
    data = {n.removeprefix("tradelib/data/") for n in names if n.startswith("tradelib/data/")}
    archived = {f"forecasts/{file.name}" for file in (ROOT / "data" / "forecasts").glob("*.json")}
    assert data == {"registry.toml", *tl.files()["file"]} | archived
    assert "tradelib/py.typed" in names
    assert any(n.endswith("licenses/LICENSE") for n in names)
    assert {n.split("/")[0] for n in names} == {
        "tradelib",
        f"tradelib-{version('tradelib')}.dist-info",
    }


def test_size(wheel):
    """The wheel stays within four megabytes."""
    assert wheel.stat().st_size < 4e6


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
