"""Bugs planted in the functions that run behind an answer, to see whether each surfaces as itself."""

import contextlib
import functools
import gc
import io
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pandas as pd

import tradelib as tl
from tradelib import cli
from tradelib.api import targets

ROOT = Path(tl.__file__).parents[1]
OURS = (str(ROOT / "tradelib"), str(ROOT / "site" / "pages"))
# What goes wrong in code: of Python, and of pandas.
BUGS = {
    "attribute": lambda: AttributeError("'NoneType' object has no attribute 'iloc'"),
    "key": lambda: KeyError("turnover_musd"),
    "zero": lambda: ZeroDivisionError("float division by zero"),
    "index": lambda: IndexError("single positional indexer is out-of-bounds"),
    "pandas": lambda: ValueError("cannot reindex on an axis with duplicate labels"),
}
OWN = pd.DataFrame(
    {"year": range(2016, 2025), "turnover_musd": [210.0, 190, 260, 300, 280, 350, 410, 395, 430]}
)
MINE = pd.DataFrame(
    {
        "reporter": ["TUR", "KAZ"],
        "partner": ["KAZ", "TKM"],
        "value_musd": [15000, 1000],
        "deadline": [2030, 2027],
    }
)


def page():
    """A target's page, as the site has it."""
    from tradelib.pages import cards, target

    card = cards.cards({"KAZ-TKM-2022"})[0]
    return target.page(card, [card])["body"]


def slider_stops():
    """What a page holds of a target: every stop of its slider on a day."""
    from tradelib.pages.grid import plain_grid

    return plain_grid(tl.explore.grid(tl.article_target(), days=("2026-06-30",)))


def moved():
    """Sliders, and the words of one of their positions."""
    return tl.explore.sliders(tl.article_target()).children[-2].value


def some_open():
    """A few open targets of the registry: all of them take the same way."""
    every = targets.open_rows

    def few(information):
        return every(information)[:4]

    with mock.patch.object(targets, "open_rows", few):
        return tl.open_targets().to_csv()


def typed():
    """The terminal's answer; what ends it is the error that it would tell."""
    line = ["assess", "KAZ", "TKM", "--target", "1bn", "--by", "2027", "--evidence"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        cli.app(line, standalone_mode=False)
    return out.getvalue()


ROUTES = {
    "assess": lambda: tl.assess(tl.article_target()).to_json(),
    "assess own": lambda: tl.assess(
        tl.Target("ITA", "KAZ", 900, 2029), history=OWN, part_year=(6, 220.0)
    ).to_json(),
    "assess_many": lambda: tl.assess_many(MINE).to_csv(),
    "open_targets": some_open,
    "grid": lambda: tl.explore.grid(tl.article_target()).read(800.0, deadline=2027).summary(),
    "slider's stops": slider_stops,
    "sliders": moved,
    "page": page,
    "terminal": typed,
}


@dataclass(frozen=True)
class Plant:
    """A bug in the middle call of a function on a route."""

    route: str
    file: str
    line: int
    name: str
    call: int
    bug: str
    cold: bool


def forget():
    """Empty every cache of the library, so that what fills them runs again."""
    for held in gc.get_objects():
        if isinstance(held, functools._lru_cache_wrapper) and str(
            getattr(held, "__module__", "")
        ).startswith(("tradelib", "pages")):
            held.cache_clear()


def calls(route, *, cold):
    """How often each function of ours is called on a route."""
    if cold:
        forget()
    else:
        ROUTES[route]()  # what fills caches runs here
    seen = Counter()

    def count(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            code = frame.f_code
            seen[code.co_filename, code.co_firstlineno, code.co_name] += 1

    sys.setprofile(count)
    try:
        ROUTES[route]()
    finally:
        sys.setprofile(None)
    return seen


def plants(route, *, cold):
    """Every bug in every function that runs on a route."""
    for (file, line, name), times in sorted(calls(route, cold=cold).items()):
        if name.startswith("<"):  # a comprehension or a lambda: the function around it has its own
            continue
        for bug in BUGS:
            yield Plant(route, file, line, name, (times + 1) // 2, bug, cold)


def outcome(plant):
    """What became of a planted bug: itself, renamed, silent, or never reached."""
    if plant.cold:
        forget()
    error = BUGS[plant.bug]()
    left = plant.call
    place = (plant.file, plant.line, plant.name)
    planted = False

    def raise_at(frame, event, _):
        nonlocal left, planted
        code = frame.f_code
        if event == "call" and (code.co_filename, code.co_firstlineno, code.co_name) == place:
            left -= 1
            if left == 0:
                planted = True
                raise error

    sys.setprofile(raise_at)
    try:
        ROUTES[plant.route]()
    except BaseException as raised:  # noqa: BLE001 - whatever comes is looked at
        # One that comes back from another process is a copy.
        same = type(raised) is type(error) and raised.args == error.args
        return "itself" if same else f"renamed {type(raised).__name__}: {raised}"[:150]
    finally:
        sys.setprofile(None)
    return "silent" if planted else "never reached"


def sample(n, seed, *, cold=False, routes=tuple(ROUTES)):
    """So many plants of some routes, the same every time."""
    every = [plant for route in routes for plant in plants(route, cold=cold)]
    return random.Random(seed).sample(every, min(n, len(every)))  # noqa: S311
