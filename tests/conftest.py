"""Shared pieces of the tests."""

import importlib.util
import os
import sys
from pathlib import Path

# The matrices are small: threads that wait for each other cost more than they do.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import live_server
import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

mpl.use("agg")
# The same examples in every run, and no failure for being slow on a busy machine.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("steady")
# For properties that build tables: an example takes a tenth of a second.
FEW = settings(max_examples=12)

ROOT = Path(__file__).parents[1]


def loaded(path):
    """A program that is no part of a package, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(*rows, **common):
    """A figures frame from (reporter, partner, flow, year, value) rows."""
    table = [
        {
            "reporter": reporter,
            "partner": partner,
            "flow": flow,
            "period_start": f"{year}-01-01",
            "period_end": f"{year}-12-31",
            "value_musd": value,
            **common,
        }
        for reporter, partner, flow, year, value in rows
    ]
    return pd.DataFrame(table)


def annual(values, start=2018, **columns):
    """A history frame of consecutive years."""
    years = range(start, start + len(values))
    return pd.DataFrame({"year": years, "turnover_musd": values, **columns})


def pytest_collection_modifyitems(items):
    """Start with the longest file, and trace no example of Hypothesis: written tests cover them."""
    items.sort(key=lambda item: item.path.stem != "test_site")
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no picture open."""
    yield
    plt.close("all")


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A server in the place of every live source, an empty cache, no key and little patience."""
    from tradelib.live import http

    with live_server.running() as server:
        monkeypatch.setenv("TRADELIB_LIVE_BASE", server.base)
        monkeypatch.setenv("TRADELIB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.delenv("COMTRADE_API_KEY", raising=False)
        quick = http.PATIENCE.new(backoff_factor=0.001, backoff_jitter=0)
        monkeypatch.setattr(http, "PATIENCE", quick)
        # Thousands of copies are written: no test cuts the power.
        monkeypatch.setattr(os, "fsync", lambda _: None)
        yield server


@pytest.fixture
def own_hosts(source):
    """As `source`, in the place of the sources themselves, which get their keys; a mirror gets none."""
    with live_server.own_hosts(source) as server:
        yield server


@pytest.fixture
def run(monkeypatch, capsys):
    """Exit code, output and errors of a command."""
    from tradelib import cli

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tradelib", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        output = capsys.readouterr()
        return stopped.value.code or 0, output.out, output.err

    return run
