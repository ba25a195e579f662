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
from typing import Any

import numpy as np
import pandas as pd

import tradelib as tl

DAYS = (None, "2026-06-30", "2024-06-30", "2022-10-05")
LOADERS = (
    "load_agreement_effects",
    "load_article",
    "load_calibration",
    "load_drivers",
    "load_figures",
    "load_forecasts",
    "load_growth",
    "load_growth_scores",
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
        return answer.to_json()
    if isinstance(answer, pd.DataFrame | pd.Series):
        return pd.DataFrame(answer).to_csv(float_format="%.17g", lineterminator="\n")
    if isinstance(answer, np.ndarray):
        return json.dumps(answer.tolist())
    if dataclasses.is_dataclass(answer):
        parts = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
        return "\n".join(f"{name}: {text(part)}" for name, part in parts.items())
    return repr(answer)


def long(answer: Any) -> str:
    """A digest and the length in place of a text that is too long to keep."""
    told = text(answer)
    return f"{len(told)} {hashlib.sha256(told.encode()).hexdigest()}"


def refused(call: Callable[..., Any], *args: Any, **options: Any) -> str:
    """The answer of a call, or the refusal in its words."""
    try:
        return text(call(*args, **options))
    except ValueError as error:
        return f"refused: {error}"


def verdicts() -> Iterator[tuple[str, str]]:
    """Of every open target on each day."""
    for target_id in tl.load_targets(status="open")["target_id"]:
        try:
            target = tl.open_target(target_id)
        except ValueError as error:
            yield f"target {target_id}", str(error)
            continue
        for day in DAYS:
            yield f"assess {target_id} {day}", refused(tl.assess, target, as_of=day)


def forecasts() -> Iterator[tuple[str, str]]:
    """Of the article's pair and of a panel drawn once."""
    pair, rng = tl.load_turnover("KAZ", "TKM"), np.random.default_rng(5)
    steps = rng.normal(0.03, 0.4, (200, 18)).cumsum(axis=1)
    names = [f"{a}-{b}" for a, b in zip(rng.permutation(200), range(200), strict=True)]
    wide = pd.DataFrame(np.exp(4 + steps).clip(2), index=names, columns=range(2003, 2021))
    asked = {"horizons": [1, 3, 5, 10], "quantiles": [0.05, 0.5, 0.9]}
    yield "forecast_panel", long(tl.forecast_panel(wide, **asked))
    yield "forecast_panel last", long(tl.forecast_panel(wide[[2020]], **asked))
    for name in ("naive", "drift", "theta", "damped_trend", "local_trend", "panel_growth"):
        made = getattr(tl, name)(pair, horizon=5)
        yield name, text(made.interval(80)) + long(made.paths)
    history = pair[["year", "turnover_musd"]]
    yield "own history", text(tl.assess(tl.Target("ITA", "KAZ", 1000, 2029), history=history))
    months = tl.assess(tl.Target("ITA", "KAZ", 1000, 2029), history=history, part_year=(6, 300.0))
    yield "own months", text(months)


def tables() -> Iterator[tuple[str, str]]:
    """What is bundled and counted, and what is read off models."""
    for name in LOADERS:
        yield name, long(getattr(tl, name)())
    article = tl.article_target()
    yield "growth_model", tl.growth_model().digest()
    yield "gravity_model", long(json.dumps(tl.gravity_model().to_dict()))
    yield "timeline", text(tl.timeline(article))
    yield "hindcasts", text(tl.hindcasts(article))
    for target in ("KAZ-TKM-2022", "UZB-TKM-2025", "VNM-NZL-2024"):
        yield f"grid {target}", long(tl.explore.grid(tl.open_target(target)))
    for day in DAYS:
        yield f"open_targets {day}", text(tl.open_targets(as_of=day))
    for growth in (0.05, 0.256, 0.6):
        yield (
            f"pledge_rate {growth}",
            repr(tl.pledge_rate(growth=growth).to_frame().to_dict("list")),
        )
    yield "pledge_table", text(tl.pledge_table())
    yield "pledge_effect", text(tl.pledge_effect())
    yield "country_records", text(tl.country_records())
    yield "progress_record", long(tl.progress_record())
    for real in (False, True):
        rate = tl.base_rate(size_musd=515.5, multiple=1.94, horizon=2, real=real)
        yield f"base_rate {real}", text(rate.to_frame()) + text(rate.by_origin)
    yield "base_rates", text(tl.base_rates(size_musd=254.3, multiple=3.93, horizon=5))
    for pair in (("KAZ", "TKM"), ("TUR", "KAZ"), ("IND", "BRA"), ("USA", "VNM"), ("DEU", "KAZ")):
        yield f"turnover {pair}", long(tl.load_turnover(*pair))
        yield f"available {pair}", text(tl.available(*pair))
    yield "potential", text(tl.potential("KAZ", "TKM"))
    yield "gravity_check", text(tl.gravity_check("KAZ", "TKM", target_musd=1000))


def answers() -> dict[str, str]:
    """Name -> text of each answer."""
    return {name: told for part in (verdicts, forecasts, tables) for name, told in part()}


def difference(before: str, after: str) -> str:
    """The first line in which two texts differ."""
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"{a.strip()} -> {b.strip()}" for a, b in lines if a != b), "its length")


def main() -> None:
    """Store or compare."""
    began, (verb, file) = time.monotonic(), sys.argv[1:3]
    now = answers()
    if verb == "store":
        Path(file).write_text(json.dumps(now, indent=0), encoding="utf-8")
        print(f"{len(now)} answers stored, {time.monotonic() - began:.0f} s")
        return
    before = json.loads(Path(file).read_text(encoding="utf-8"))
    gone = sorted(before.keys() - now.keys())
    changed = [name for name in now if now[name] != before.get(name)]
    for name in changed:
        print(f"{name}: {difference(before.get(name, ''), now[name])}"[:400])
    for name in gone:
        print(f"{name}: is gone")
    seconds = time.monotonic() - began
    print(f"{len(changed) + len(gone)} of {len(now)} answers changed, {seconds:.0f} s")
    sys.exit(bool(changed or gone))


if __name__ == "__main__":
    main()
