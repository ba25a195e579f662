"""Every public answer, stored and compared to the last bit: what a change of code may not change.

Usage:  .venv/bin/python benchmarks/answers.py store FILE
        .venv/bin/python benchmarks/answers.py compare FILE

Answers are verdicts of every open target on fixed days, tables, models, forecasts of fixed panels,
sliders and timelines. `store` writes one text an answer; `compare` prints which have changed, with
the first line that did, and ends with exit code 1 if any has.
"""

import dataclasses
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

import tradelib as tl

# Answers by name: pairs of a name and a text.
Answers: TypeAlias = Iterator[tuple[str, str]]

# Today, and days with less data: of each answer that depends on the day there is one a day.
DAYS = (None, "2026-06-30", "2024-06-30", "2022-10-05")
# Targets whose sliders are compared: the article's and two others.
SLIDERS = ("KAZ-TKM-2022", "UZB-TKM-2025", "VNM-NZL-2024")
# Pairs whose histories are compared: large and small, of one source and of several.
PAIRS = (("KAZ", "TKM"), ("TUR", "KAZ"), ("IND", "BRA"), ("USA", "VNM"), ("DEU", "KAZ"))
# Forecasters of one history.
FORECASTERS = ("naive", "drift", "theta", "damped_trend", "local_trend", "panel_growth")
# Annual growth that a pledge asks: little, as much as the article's, much.
GROWTH_RATES = (0.05, 0.256, 0.6)
# Characters of a line that is printed.
LINE = 400
# Functions that take no argument and return what is bundled or counted.
LOADERS = (
    "load_agreement_effects",
    "load_article",
    "load_calibration",
    "load_drivers",
    "load_exchange_rates",
    "load_figures",
    "load_forecasts",
    "load_growth",
    "load_growth_scores",
    "load_marks",
    "load_pledge_peers",
    "load_scores",
    "load_target_statements",
    "load_targets",
    "part_year_shares",
    "score_forecasts",
    "sources",
)


def text(answer: Any) -> str:
    """An answer as text, each number to the last bit."""
    if hasattr(answer, "to_json") and not isinstance(answer, pd.DataFrame | pd.Series):
        return str(answer.to_json())
    if isinstance(answer, pd.DataFrame | pd.Series):
        return str(pd.DataFrame(answer).to_csv(float_format="%.17g", lineterminator="\n"))
    if isinstance(answer, np.ndarray):
        return json.dumps(answer.tolist())
    if dataclasses.is_dataclass(answer):
        parts = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
        return "\n".join(f"{name}: {text(part)}" for name, part in parts.items())
    return repr(answer)


def digest(answer: Any) -> str:
    """The length and digest of an answer's text, in place of one that is too long to keep."""
    content = text(answer)
    return f"{len(content)} {hashlib.sha256(content.encode()).hexdigest()}"


def answer_or_refusal(call: Callable[..., Any], *args: Any, **options: Any) -> str:
    """The answer of a call, or the refusal in its words."""
    try:
        return text(call(*args, **options))
    except ValueError as error:
        return f"refused: {error}"


def verdicts() -> Answers:
    """Verdicts of every open target on each day."""
    for target_id in tl.load_targets(status="open")["target_id"]:
        try:
            target = tl.open_target(target_id)
        except ValueError as error:
            yield f"target {target_id}", str(error)
            continue
        for day in DAYS:
            yield f"assess {target_id} {day}", answer_or_refusal(tl.assess, target, as_of=day)


def forecasts() -> Answers:
    """Forecasts of the article's pair and of a panel drawn once, and verdicts of own histories."""
    wide = panel()
    options: dict[str, Any] = {"horizons": [1, 3, 5, 10], "quantiles": [0.05, 0.5, 0.9]}
    yield "forecast_panel", digest(tl.forecast_panel(wide, **options))
    yield "forecast_panel last", digest(tl.forecast_panel(wide[[2020]], **options))
    pair = tl.load_turnover("KAZ", "TKM")
    for name in FORECASTERS:
        forecaster = getattr(tl, name)
        forecast = forecaster(pair, horizon=5)
        yield name, text(forecast.interval(80)) + digest(forecast.paths)
    history = pair[["year", "turnover_musd"]]
    target = tl.Target("ITA", "KAZ", 1000, 2029)
    yield "own history", text(tl.assess(target, history=history))
    yield "own months", text(tl.assess(target, history=history, part_year=(6, 300.0)))


def panel() -> pd.DataFrame:
    """Turnover of 200 pairs over 18 years, drawn with a fixed seed."""
    rng = np.random.default_rng(5)
    steps = rng.normal(0.03, 0.4, (200, 18)).cumsum(axis=1)
    names = [f"{first}-{second}" for second, first in enumerate(rng.permutation(200))]
    values = np.exp(4 + steps).clip(2)
    return pd.DataFrame(values, index=names, columns=range(2003, 2021))


def tables() -> Answers:
    """What is bundled and counted, and what is read off models."""
    for name in LOADERS:
        load = getattr(tl, name)
        yield name, digest(load())
    article = tl.article_target()
    yield "growth_model", tl.growth_model().digest()
    yield "gravity_model", digest(json.dumps(tl.gravity_model().to_dict()))
    yield "timeline", text(tl.timeline(article))
    yield "hindcasts", text(tl.hindcasts(article))
    for target_id in SLIDERS:
        yield f"grid {target_id}", digest(tl.explore.grid(tl.open_target(target_id)))
    for day in DAYS:
        yield f"open_targets {day}", text(tl.open_targets(as_of=day))
    yield from pledges()
    yield "progress_record", digest(tl.progress_record())
    for real in (False, True):
        rate = tl.base_rate(size_musd=515.5, multiple=1.94, horizon=2, real=real)
        yield f"base_rate {real}", text(rate.to_frame()) + text(rate.by_origin)
    yield "base_rates", text(tl.base_rates(size_musd=254.3, multiple=3.93, horizon=5))
    for pair in PAIRS:
        yield f"turnover {pair}", digest(tl.load_turnover(*pair))
        yield f"available {pair}", text(tl.available(*pair))
    yield "potential", text(tl.potential("KAZ", "TKM"))
    yield "gravity_check", text(tl.gravity_check("KAZ", "TKM", target_musd=1000))


def pledges() -> Answers:
    """What became of past pledges, in rates and tables."""
    for growth in GROWTH_RATES:
        rate = tl.pledge_rate(growth=growth)
        yield f"pledge_rate {growth}", repr(rate.to_frame().to_dict("list"))
    yield "pledge_table", text(tl.pledge_table())
    yield "pledge_effect", text(tl.pledge_effect())
    yield "country_records", text(tl.country_records())


def answers() -> dict[str, str]:
    """The text of each answer, by name."""
    by_name: dict[str, str] = {}
    for part in (verdicts, forecasts, tables):
        by_name.update(part())
    return by_name


def difference(before: str, after: str) -> str:
    """The first line in which two texts differ."""
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    for old, new in lines:
        if old != new:
            return f"{old.strip()} -> {new.strip()}"
    return "its length"


def store(file: Path) -> int:
    """Write every answer to a file; the number of answers."""
    now = answers()
    file.write_text(json.dumps(now, indent=0), encoding="utf-8")
    return len(now)


def compare(file: Path) -> tuple[int, int]:
    """Print which answers differ from those of a file; the numbers of changes and of answers."""
    now = answers()
    before = json.loads(file.read_text(encoding="utf-8"))
    gone = sorted(before.keys() - now.keys())
    changed = [name for name in now if now[name] != before.get(name)]
    for name in changed:
        line = f"{name}: {difference(before.get(name, ''), now[name])}"
        print(line[:LINE])
    for name in gone:
        print(f"{name}: is gone")
    return len(changed) + len(gone), len(now)


def main() -> None:
    """Store or compare."""
    began = time.monotonic()
    verb, file = sys.argv[1:3]
    if verb == "store":
        count = store(Path(file))
        print(f"{count} answers stored, {time.monotonic() - began:.0f} s")
        return
    changes, count = compare(Path(file))
    print(f"{changes} of {count} answers changed, {time.monotonic() - began:.0f} s")
    sys.exit(bool(changes))


if __name__ == "__main__":
    main()
