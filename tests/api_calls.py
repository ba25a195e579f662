"""A good call of every public function, and the kinds of hostile input put in place of its arguments."""

import contextlib
import inspect
import math
import random
import signal
import sys
import tempfile
import traceback
import warnings
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from conftest import annual

import tradelib as tl
from tradelib.pages.cards import open_now

ROOM = str(Path(tl.__file__).parent)
SECONDS = 20
# Given in place of any argument.
ANYTHING = {
    "None": None,
    "nan": math.nan,
    "inf": math.inf,
    "-1": -1,
    "0": 0,
    "1": 1,
    "0.5": 0.5,
    "huge": 10**30,
    "true": True,
    "false": False,
    "np.int64(3)": np.int64(3),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "complex": 1 + 2j,
    "empty text": "",
    "text": "nonsense",
    "long text": "x" * 5000,
    "lower case": "kaz",
    "full-width": "２０２２-０１-０１",
    "Kelvin": "\u212aAZ",
    "bytes": b"KAZ",
    "list": [1, 2],
    "empty list": [],
    "list of texts": ["KAZ"],
    "list of None": [None],
    "dict": {"a": 1},
    "tuple": (3, 1),
    "array": np.array([1.0, math.nan]),
    "set": {1, 2},
    "object": object(),
    "function": len,
    "day": date(2022, 10, 5),
    "far day": date(9999, 12, 31),
    "zoned day": datetime(2022, 10, 5, tzinfo=UTC),
    "year": 2022,
    "empty frame": pd.DataFrame(),
    "other frame": pd.DataFrame({"a": [1]}),
    "series": pd.Series([1.0, 2.0]),
    "empty series": pd.Series(dtype=float),
}


def spoilt(frame):
    """Frames made of a good one, each wrong in one way."""
    first = list(frame.columns[:1])
    yield "no rows", frame.head(0)
    yield "no columns", frame[[]]
    yield "one row", frame.head(1)
    yield "rows twice", pd.concat([frame, frame])
    yield "index twice", frame.set_axis([0] * len(frame))
    yield "upside down", frame.iloc[::-1]
    yield "column twice", pd.concat([frame, frame[first]], axis=1)
    yield "every column twice", pd.concat([frame, frame], axis=1)
    yield "numbered columns", frame.set_axis(range(frame.shape[1]), axis=1)
    yield "as objects", frame.astype(object)
    yield "as texts", frame.astype(str)
    # Old versions of pandas warn where a column of floats holds an infinity.
    with contextlib.suppress(TypeError, ValueError, RuntimeWarning):
        yield "nullable", frame.convert_dtypes()
    yield "all missing", frame.map(lambda _: math.nan)
    yield "two levels", pd.concat({"a": frame}, axis=1)
    for name in frame.columns:
        values = frame[name]
        if isinstance(values, pd.DataFrame):
            continue
        yield f"without {name}", frame.drop(columns=name)
        for what, put in COLUMNS.items():
            with contextlib.suppress(TypeError, ValueError, OverflowError, AttributeError):
                yield f"{name} {what}", frame.assign(**{str(name): put(values)})


def _first(value):
    """One cell changed, the rest as they are."""
    return lambda values: pd.Series([value, *values.iloc[1:]], index=values.index)


COLUMNS = {
    "one missing": _first(None),
    "one NA": lambda v: _first(pd.NA)(v.astype(object)),
    "nan": lambda v: math.nan,
    "negative": lambda v: -abs(v.astype(float)),
    "zero": lambda v: v.astype(float) * 0,
    "inf": _first(math.inf),
    "huge": lambda v: 1e300,
    "fractions": lambda v: v.astype(float) + 0.5,
    "texts": lambda v: "x",
    "one text": _first("x"),
    "true": lambda v: True,
    "lists": lambda v: pd.Series([[1]] * len(v), index=v.index),
    "lower case": lambda v: v.str.lower(),
    "zoned": lambda v: v.dt.tz_localize("UTC"),
    "far": lambda v: 10**15,
}


def wide_of(table):
    """A pair's history as a row."""
    return pd.DataFrame([table["turnover_musd"].tolist()], index=["KAZ-TKM"], columns=table["year"])


def of(function, /, **good):
    """A function and good arguments: those that are given, and the others' defaults."""
    parameters = inspect.signature(function).parameters
    usual = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    return function, usual | good


PAIR = annual(
    [400.0, 100.0, 200.0, 500.0],
    start=2020,
    status=["final"] * 3 + ["preliminary"],
    reporter="KAZ",
    partner="TKM",
    export_musd=[300.0, 60.0, 150.0, 400.0],
    import_musd=[100.0, 40.0, 50.0, 100.0],
    source_id="bns",
)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2025)
SHARES = pd.DataFrame({"year": [2022, 2022, 2023], "months": [9, 7, 3], "share": [0.7, 0.5, 0.2]})
CHECKED = pd.DataFrame(
    {
        "said": ["one", "one", "two", "three"],
        "gap": [0.0, -0.4, 0.05, None],
        "bound": "exact",
        "source_id": ["bns", "wits", "bns", ""],
        "verdict": ["agrees", "contradicts", "rounds to", "cannot tell"],
    }
)
MAP = tl.progress(
    PAIR.assign(turnover_musd=[100.0, 90.0, 120.0, 200.0]), TARGET, every_endpoint=True
)

PATHS = tl.naive(PAIR, horizon=2, n_paths=200)
# A year as its months came, the newest first.
CONE = pd.DataFrame(
    {
        "year": 2022,
        "months": [9, 3],
        "part_musd": [90.0, 25.0],
        "low": [115.0, 80.0],
        "median": [125.0, 110.0],
        "high": [150.0, 160.0],
        "actual_musd": 140.0,
    }
)
DOUBLED_TWICE = {"size_musd": 254.3, "multiple": 4, "horizon": 5}


@cache
def once(function, *given, **options):
    """What a function answers, worked out when a picture first needs it."""
    return function(*given, **options)


@cache
def summary():
    """The scores of the forecasters that were refitted at each origin."""
    scores = tl.load_growth_scores().query("group == 'all'")
    return tl.score_summary(scores[scores["trial"] == "refitted at each origin"])


@cache
def often():
    """How often the event came, by forecast chance."""
    return tl.frequencies(tl.load_calibration().query("horizon in [1, 5]"))


# Good arguments of each picture, made when it is drawn.
PICTURES = {
    "agreements": lambda: {"effects": tl.load_agreement_effects()},
    "gravity_terms": lambda: {"table": tl.gravity_model().coefficients, "ours": "effects"},
    "potential": lambda: {
        "series": PAIR,
        "table": once(tl.potential_history, "KAZ", "TKM"),
        "target": TARGET,
    },
    "ratios": lambda: {"table": tl.gravity_model().ratios, "marks": {"now": 3.8}},
    "rises": lambda: {"table": tl.gravity_model().rises, "at": 3.8},
    "pledges": lambda: {"scored": tl.pledges.scored_pledges(tl.load_targets())},
    "pledge_effect": lambda: {"found": tl.pledge_effect()},
    "pledge_rates": lambda: {"table": tl.pledge_table(by="growth")},
    "open_targets": lambda: {"table": open_now().dropna(subset="probability_in")[:20]},
    "verdict": lambda: {"judged": once(tl.assess, tl.article_target())},
    "eras": lambda: {"judged": once(tl.assess, tl.article_target())},
    "timeline": lambda: {"verdicts": once(tl.timeline, tl.article_target())},
    "scenarios": lambda: {
        "placed": tl.scenario.place(PATHS, {"less": 300.0, "more": 900.0}, year=2024),
        "forecast": PATHS,
        "target": TARGET,
        "year": 2024,
    },
    "skill": lambda: {"summary": summary()},
    "reliability": lambda: {"frequencies": often(), "event": "x2"},
    "pit": lambda: {"frequencies": often()},
    "coverage": lambda: {"summary": summary().query("forecaster == 'growth'").assign(trial="one")},
    "base_rate_by_year": lambda: {"rate": tl.base_rate(**DOUBLED_TWICE)},
    "base_rates": lambda: {"grid": tl.base_rates(**DOUBLED_TWICE)},
    "fan": lambda: {"forecast": PATHS, "series": PAIR, "target": TARGET},
    "nowcast_cone": lambda: {"table": CONE},
    "nowcast_skill": lambda: {"table": tl.load_nowcast_skill().query("split == 'forward'")},
    "nowcasts": lambda: {"table": CONE},
    "history": lambda: {"series": PAIR, "swings": tl.flows.swings(PAIR), "target": TARGET},
    "side_by_side": lambda: {"annual": PAIR, "by": "source_id"},
    "both_flows": lambda: {"series": PAIR},
    "claims": lambda: {"checked": CHECKED},
    "path_to_target": lambda: {"series": PAIR, "target": TARGET, "since": [2021, 2023]},
    "part_year_shares": lambda: {"shares": SHARES},
    "progress_map": lambda: {"assessed": MAP, "method": "un_2026"},
    "progress_record": lambda: {
        "table": once(tl.progress_record, method="un_2026", multiple=2, span=5)
    },
    "track_record": lambda: {"record": once(tl.track_record)},
    "goods": lambda: {
        "traded": tl.goods("KAZ", "TKM"),
        "swings": tl.flows.swings(tl.load_turnover("KAZ", "TKM")),
    },
}


@cache
def goods():
    """Name of each public function and method -> (function, good arguments)."""
    rng = np.random.default_rng(0)
    place = Path(tempfile.mkdtemp())
    (place / "mine.csv").write_text("year,turnover_musd\n2023,100\n2024,120\n")
    (place / "targets.csv").write_text("reporter,partner,value_musd\nTUR,KAZ,15000\n")
    target = tl.article_target()
    traded = tl.goods("KAZ", "TKM")
    parts_of_goods = pd.DataFrame(
        {
            "pair": "ITA-KAZ",
            "year": [2016, 2016, 2017],
            "section": ["Metals", "Machines", "Metals"],
            "export_pm": [400, 100, 300],
            "import_pm": [500, 0, 700],
        }
    )
    pair = tl.load_turnover("KAZ", "TKM")
    wide = wide_of(pair)
    figures = tl.load_figures("KAZ", "TKM", source="bns")
    whole = figures[figures["period_end"].dt.month == 12]
    months = pd.DataFrame({"year": 2025, "month": range(1, 5), "value_musd": [9.0, 7.5, 8.0, 9.5]})
    mine = pd.DataFrame(
        {
            "reporter": ["TUR"],
            "partner": ["KAZ"],
            "value_musd": [15000.0],
            "deadline": [2030],
            "announced": ["2024-01-01"],
            "flow": ["turnover"],
        }
    )
    pairs = [f"A{i:02}-B{i:02}" for i in range(60)]
    walks = rng.normal(size=(60, 12)).cumsum(axis=1)
    panel = pd.DataFrame(
        {
            "pair": np.repeat(pairs, 12),
            "year": np.tile(np.arange(2000, 2012), 60),
            "turnover_musd": np.exp(5 + 0.3 * walks).ravel(),
        }
    )
    forecaster = tl.one_by_one(tl.naive)
    forecast = tl.panel_growth(pair, horizon=2)
    flows = pd.DataFrame(
        {
            "exporter": list("AABBCC"),
            "importer": list("BCACAB"),
            "year": 2016,
            "trade_musd": [8.0, 2, 8, 4, 2, 4],
            "near": [1.0, 0, 1, 0.5, 0, 0.5],
        }
    )
    fit = tl.fit_gravity(flows, terms=["near"], effects=[], cluster="none")
    targets = tl.load_targets("IND")
    shares = tl.part_year_shares()
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    scores = tl.backtest(
        panel, {"naive": forecaster, "other": forecaster}, origins=[2008, 2009], horizons=[1]
    )
    counts = tl.calibration(panel, forecaster, origins=[2008, 2009], horizons=[1])
    verdict = tl.assess(target)
    grid = tl.explore.grid(target, days=("2024-06-30",))
    rate = tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5)
    gravity = tl.gravity_model()
    model = tl.growth_model()
    checked = (tl.load_article(), tl.load_figures(), tl.load_target_statements(), tl.load_drivers())
    prices = pd.Series(1.0, index=range(1990, 2030))
    parts = tl.load_part_years("KAZ", "TKM")
    parts = parts[parts["period_end"] == "2022-07-31"].head(1)
    window = tl.reference.episodes(panel, horizon=2)
    day = {"as_of": "2024-06-30"}
    usual = {"size_musd": 254.3, "multiple": 3.93, "horizon": 5}
    both = {"reporter": "KAZ", "partner": "TKM"}
    pledges = tl.pledges
    asked = {"growth": 0.25, "horizon": (3, 6), "region": "Eastern Asia"}
    plain = {"horizon": 2, "n_paths": 200}
    filters = {
        "deadline_to": 2020,
        "without": ["weak"],
    }
    live = {"years": [2020], "max_age_days": 7.0, "timeout": 5.0}
    asking = [
        partial(getattr(tl.live, f"fetch_{name}"), offline=True)
        for name in ("flows", "macro", "panel", "turnover", "months", "goods")
    ]
    calls = {
        "archive_changes": (tl.archive_changes, {"since": "2026-07-01"}),
        "article_target": (tl.article_target, day),
        "assess": (tl.assess, {"target": target, **day}),
        "assess own": of(
            tl.assess,
            target=tl.Target("ITA", "KAZ", 200, 2030),
            history=pair[["year", "turnover_musd"]],
        ),
        "assess months": of(
            tl.assess,
            target=tl.Target("ITA", "KAZ", 200, 2030),
            history={2023: 100.0, 2024: 120.0},
            months={f"2025-{month:02}": 10.0 + month % 3 for month in range(1, 8)},
            cumulated=False,
            source="imts",
        ),
        "assess_many": (tl.assess_many, {"targets": mine, **day}),
        "available": (tl.available, both),
        "backtest": of(
            tl.backtest,
            panel=panel,
            forecasters={"naive": forecaster},
            origins=[2009],
            horizons=[1],
            sample=50,
            min_cases=20,
        ),
        "base_rate": (tl.base_rate, usual | day | {"origins": (2000, 2008)}),
        "base_rate own": of(tl.base_rate, data=panel, size_musd=150.0, multiple=1.2, horizon=2),
        "base_rates": (tl.base_rates, usual | day),
        "cagr": (tl.cagr, {"first": 100.0, "last": 120.0, "years": 2}),
        "calibration": of(
            tl.calibration,
            panel=panel,
            forecaster=forecaster,
            origins=[2009],
            horizons=[1],
        ),
        "check_claims": (
            tl.check_claims,
            dict(zip(["claims", "figures", "statements", "events"], checked, strict=True)),
        ),
        "cite": (tl.cite, {"frame": pair}),
        **{
            f"codes.{name}": (getattr(tl.codes, name), {"country": "KAZ"})
            for name in ("iso3", "m49", "name", "region")
        },
        "compound": (tl.compound, {"base": 100.0, "rate": 0.1, "years": 2}),
        **{
            name: (getattr(tl, name), {"history": pair[["year", "turnover_musd"]], **plain})
            for name in ("naive", "drift", "theta")
        },
        "panel_growth": of(tl.panel_growth, history=pair, model=model, **plain),
        "explore.code": of(
            tl.explore.code,
            target=target,
            value_musd=800.0,
            deadline=2027,
            day="2024-02-15",
            source="bns",
        ),
        "explore.gas_value": (tl.explore.gas_value, {"volume_bcm": 1.5, "price_usd": 100.0}),
        "explore.grid": (tl.explore.grid, {"target": target, "days": ("2024-06-30",)}),
        "fit_gravity": of(
            tl.fit_gravity,
            panel=flows,
            terms=["near"],
            effects=[],
            cluster="none",
        ),
        "fit_growth_model": of(
            tl.fit_growth_model,
            panel=panel,
            known_by=2011,
            per_origin=60,
            trained_on="x",
            known_from="2012-01-01",
        ),
        "flows.annual": (tl.flows.annual, {"figures": whole}),
        "flows.asymmetry": (tl.flows.asymmetry, {"figures": tl.flows.mirror(whole)}),
        "flows.by_pair": (tl.flows.by_pair, {"panel": panel}),
        "flows.deflate": of(tl.flows.deflate, frame=pair, price_index=prices, base_year=2021),
        "flows.history": (tl.flows.history, {"frame": pair}),
        "flows.mirror": (tl.flows.mirror, {"figures": whole}),
        "flows.swings": (tl.flows.swings, {"frame": pair}),
        "flows.turnover": (tl.flows.turnover, {"figures": whole}),
        "flows.year_to_date": (tl.flows.year_to_date, {"part_years": parts, "annual": pair}),
        "forecast_changes": (tl.forecast_changes, {}),
        "forecast_panel": of(
            tl.forecast_panel,
            history=wide,
            horizons=[1, 5],
            quantiles=[0.1, 0.5],
            model=model,
        ),
        "frequencies": (tl.frequencies, {"counts": counts}),
        "goods": (tl.goods, both),
        "goods own": (tl.goods, {"reporter": "ITA", "partner": "KAZ", "shares": parts_of_goods}),
        "fill_gap": (tl.fill_gap, {"target": target, "history": pair}),
        "Goods.change": (traded.change, {"from_year": 2008, "to_year": 2010}),
        "Goods.explain": (traded.explain, {"from_year": 2008, "to_year": 2010}),
        "Goods.seen_from": (traded.seen_from, {"country": "TKM"}),
        "load_country_goods": (tl.load_country_goods, {"country": "KAZ"}),
        "trade_complementarity": of(
            tl.trade_complementarity,
            exports=pd.Series({"a": 3.0, "b": 1.0}),
            imports=pd.Series({"a": 1.0, "c": 3.0}),
        ),
        "comparative_advantage": of(
            tl.comparative_advantage,
            exports=pd.Series({"a": 3.0}),
            world=pd.Series({"a": 1.0, "c": 3.0}),
        ),
        "gravity.fitted_potential": of(
            tl.gravity.fitted_potential, fit=fit, reporter="A", partner="B", year=2016
        ),
        "gravity_check": (tl.gravity_check, both | {"target_musd": 1000.0, **day}),
        "gravity_model": (tl.gravity_model, day),
        "growth_model": (tl.growth_model, day),
        "nowcast_model": (tl.nowcast_model, day),
        "nowcast_panel": of(
            tl.nowcast_panel,
            year_to_date=wide / 2,
            totals=wide,
            months=6,
            quantiles=[0.1, 0.5],
            **day,
        ),
        "hindcasts": (tl.hindcasts, {"target": target}),
        "likelihood": (tl.likelihood, {"probability": 0.5}),
        **{
            f"load_{name}": (getattr(tl, f"load_{name}"), day)
            for name in (
                "agreement_effects",
                "article",
                "calibration",
                "drivers",
                "example_months",
                "goods_facts",
                "growth_scores",
                "pledge_peers",
                "scores",
            )
        },
        "load_figures": (tl.load_figures, both | {"source": "bns", **day}),
        "load_forecasts": (tl.load_forecasts, {}),
        "load_growth": (tl.load_growth, day),
        "load_macro": (tl.load_macro, {"indicator": "gdp", "country": "KAZ", **day}),
        "load_marks": (tl.load_marks, {"country": "IRN", "partner": "RUS", **day}),
        "load_nowcast_skill": (tl.load_nowcast_skill, {"as_of": "2026-06-30"}),
        "load_part_years": (tl.load_part_years, both | {**day}),
        "load_target_statements": (tl.load_target_statements, both | day),
        "load_targets": (tl.load_targets, both | {"status": "open", **day}),
        "load_turnover": (tl.load_turnover, both | day),
        "load_turnover any": (tl.load_turnover, {"reporter": "KGZ", "partner": "UZB"}),
        "nowcast_pair": (tl.nowcast_pair, both | {"as_of": "2022-10-05"}),
        "nowcast_year": of(
            tl.nowcast_year,
            value_musd=228.8,
            year=2022,
            months=7,
            shares=shares,
            pair=("KAZ", "TKM"),
            known_by="2022-10-05",
            totals={2020: 128.0, 2021: 254.2},
        ),
        "one_by_one": (tl.one_by_one, {"forecaster": tl.naive, "n_paths": 100}),
        "open_target": (tl.open_target, {"target_id": "UZB-TKM-2025"}),
        "open_targets": (tl.open_targets, day),
        "pairs.cross_section": (tl.predictors.cross_section, {"sums": tl.predictors.moments(wide)}),
        "pairs.moments": (tl.predictors.moments, {"history": wide}),
        "pairs.problems": (tl.predictors.problems, {"history": wide}),
        "panel.outlook": (tl.forecasting.outlook, {"history": pair, "model": model}),
        "path": (tl.path, {"file": "figures.csv"}),
        "pledge_effect": (tl.pledge_effect, day),
        "pledge_effect own": (tl.pledge_effect, {"targets": tl.load_targets()}),
        "pledge_rate": (tl.pledge_rate, asked | day),
        "pledge_rate own": (tl.pledge_rate, {"targets": targets, **filters}),
        "pledge_sensitivity": (tl.pledge_sensitivity, asked | day),
        "pledge_table": (tl.pledge_table, day),
        "pledges.derived_status": of(pledges.derived_status, targets=targets, deadline_to=2020),
        "pledges.scored_pledges": (pledges.scored_pledges, {"targets": targets, **filters}),
        "pledges.status_disagreements": (pledges.status_disagreements, {"targets": targets}),
        "potential": (tl.potential, both | {"year": 2016, **day}),
        "potential_history": (tl.potential_history, both | day),
        "progress": of(tl.progress, history=pair, target=target, base_year=2021, last_year=2023),
        "progress_record": of(
            tl.progress_record,
            method="un_2026",
            status="on track",
            multiple=2.0,
            span=5,
            left=3,
            **day,
        ),
        "questions": (tl.questions, {}),
        "read_history": (tl.read_history, {"file": place / "mine.csv"}),
        "reference.episodes": of(tl.reference.episodes, panel=panel, horizon=2, prices=prices),
        "reference.growth_table": of(
            tl.reference.growth_table,
            panel=panel,
            sizes=[150.0],
            horizons=[2],
            groups={"a": list(panel["pair"])},
            past=["any"],
            ever=[False],
        ),
        "refitted": (tl.refitted, {"fit": lambda _: None, "forecaster": forecaster}),
        "replay": (tl.replay, day),
        "report": of(
            tl.report,
            target=tl.Target("ITA", "KAZ", 200, 2030),
            path=place / "report.html",
            history={2023: 100.0, 2024: 120.0},
        ),
        "required_growth": (tl.required_growth, {"base": 100.0, "target": 120.0, "years": 2}),
        "scenario.agreement": of(
            tl.scenario.agreement,
            forecast=forecast,
            effects=tl.load_agreement_effects(),
            target_musd=1000.0,
            year=2027,
            start=2026,
        ),
        "scenario.break_even": of(
            tl.scenario.break_even, gap_musd=484.5, volumes=[1.5], prices=[100.0]
        ),
        "scenario.from_history": of(
            tl.scenario.from_history, history=pair, year=2027, inflation=0.02
        ),
        "scenario.mixes": of(
            tl.scenario.mixes, history=pair, target_musd=1000.0, year=2027, export_growth=[0.0, 0.1]
        ),
        "scenario.place": of(tl.scenario.place, forecast=forecast, values={"x": 500.0}, year=2027),
        "score_forecasts": (tl.score_forecasts, day),
        "score_summary": (tl.score_summary, {"scores": scores}),
        "scoring.brier": (tl.scoring.brier, {"probability": [0.8], "outcome": [1]}),
        "scoring.coverage": (tl.scoring.coverage, {"lower": [0], "upper": [1], "observed": [0.5]}),
        "scoring.crps": (tl.scoring.crps, {"sample": [1.0, 3.0], "observed": 2.0}),
        "scoring.crps_quantiles": of(
            tl.scoring.crps_quantiles,
            values=[1.0, 2.0, 3.0],
            observed=2.0,
            levels=[0.25, 0.5, 0.75],
        ),
        "scoring.skill": of(
            tl.scoring.skill,
            score=[1.0, 1],
            reference=[2.0, 2],
            groups=[1, 2],
            draws=50,
        ),
        "standing": (tl.standing, {"target": target, "history": pair}),
        "Target": of(
            tl.Target,
            **both,
            value_musd=1000.0,
            deadline=2027,
            announced=date(2022, 10, 5),
            wording="x",
            source="x",
            target_id="x",
        ),
        "timeline": (tl.timeline, {"target": target}),
        "track_record": (tl.track_record, day),
        "years_to_reach": (tl.years_to_reach, {"base": 1.0, "target": 2.0, "rate": 0.1}),
        "ReferenceClass": of(tl.ReferenceClass, size_musd=100.0, origins=(2000, 2010)),
        "ReferenceClass.holds": of(
            tl.ReferenceClass(size_musd=150.0).holds, windows=window, groups={}
        ),
        "BaseRate.interval": (rate.interval, {}),
        "Forecast.chance": (forecast.chance, {"values": [1000.0], "year": 2027}),
        "Forecast.first_passage": (forecast.first_passage, {"at_least": 1000.0}),
        "Forecast.interval": (forecast.interval, {}),
        "Forecast.probability": (forecast.probability, {"at_least": 1000.0, "year": 2027}),
        "Forecast.quantile": (forecast.quantile, {"probability": [0.5]}),
        "Forecast.standard_error": (forecast.standard_error, {"probability": 0.5}),
        "Forecast.summary": (forecast.summary, {"at_least": 1000.0}),
        "GravityFit.to_frame": (fit.to_frame, {}),
        "GravityModel.below": (gravity.below, {"ratio": 1.0}),
        "GravityModel.elasticities": (gravity.elasticities, {"fit": "effects"}),
        "GravityModel.fits_of": (gravity.fits_of, both),
        "GravityModel.from_dict": (tl.GravityModel.from_dict, {"plain": gravity.to_dict()}),
        "GravityModel.potential": (gravity.potential, both | {"year": 2016, "fit": "effects"}),
        "GravityModel.years": (gravity.years, both | {"fit": "effects"}),
        "GrowthModel.from_dict": (tl.GrowthModel.from_dict, {"plain": model.to_dict()}),
        "Grid.fan": (grid.fan, {"day": "2024-06-30"}),
        "Grid.readings": (grid.readings, {"values_musd": [500.0, 800.0], "day": "2024-06-30"}),
        "Grid.read": (grid.read, {"value_musd": 800.0, "deadline": 2027, "day": "2024-06-30"}),
        "Nowcast.chance": (cast.chance, {"values": [500.0]}),
        "Nowcast.interval": (cast.interval, {"level": 80}),
        "Nowcast.quantile": (cast.quantile, {"probability": 0.5}),
        "Nowcast.sample": (cast.sample, {"n": 10}),
        "Potential.interval": of(
            gravity.potential("KAZ", "TKM", year=2016, fit="effects").interval
        ),
        "Verdict.has": (verdict.has, {"key": "growth"}),
        "Verdict.value": (verdict.value, {"key": verdict.evidence["key"].iloc[0]}),
        "live.fetch_flows": (asking[0], both | {"source": "imts", **live}),
        "live.fetch_goods": (asking[5], both | live),
        "live.fetch_macro": of(
            asking[1], countries="KAZ", indicator="gdp", **{k: live[k] for k in list(live)[1:]}
        ),
        "live.fetch_months": (asking[4], both | {"source": "imts", "against_years": True, **live}),
        "live.fetch_panel": of(
            asking[2], source="imts", release="HS92_V202601", progress=False, **live
        ),
        "live.fetch_turnover": (asking[3], both | {"source": "imts", **live}),
    }
    for name, made in PICTURES.items():
        calls[f"plot.{name}"] = (getattr(tl.plot, name), made() | {"source": "x", "ax": None})
    calls["read_months"] = (tl.read_months, {"months": months, "cumulated": False})
    calls["nowcast_by_month"] = of(tl.nowcast_by_month, months=months, year=2025, cumulated=False)
    calls["track"] = of(
        tl.track,
        target=tl.Target("ITA", "KAZ", 200, 2030),
        history={2023: 100.0, 2024: 120.0},
        months=months,
        cumulated=False,
        source="imts",
    )
    calls["track part-year"] = (tl.track, {"target": target, "part_year": (7, 300.0), **day})
    calls["year_so_far"] = (tl.year_so_far, {"months": months})
    # Last, so that what is drawn of the others stays.
    calls["load_exchange_rates"] = (tl.load_exchange_rates, {"currency": "EUR", **day})
    calls["Target in euros"] = of(
        tl.Target, reporter="TUR", partner="ESP", value=25_000, currency="EUR"
    )
    calls["load_blocs"] = (tl.load_blocs, {"name": "EU", "on": "2020-01-15"})
    calls["load_turnover of a bloc"] = of(
        tl.load_turnover, reporter="KAZ", partner="CENTRAL-ASIA", members="2020-01-15"
    )
    # What is asked of the network stays as it is: of a partial function `offline` has a default.
    return {
        name: (call, good) if name.startswith("live.") else of(call, **good)
        for name, (call, good) in calls.items()
    }


def hostile(value):
    """Kinds of hostile input in the place of a good argument."""
    yield from ANYTHING.items()
    if isinstance(value, pd.DataFrame):
        yield from spoilt(value)
    elif isinstance(value, str):
        yield from {
            "lower": value.lower(),
            "spaced": f" {value} ",
            "zero byte": "a\0b",
            "late day": "2099-01-01",
            "no day": "2022-02-31",
            "early day": "1900-01-01",
        }.items()
    elif isinstance(value, bool | int | float) and value is not None:
        yield from {
            "as text": str(value),
            "as array": np.array([value]),
            "negative": -value,
            "a million": 10**6,
            "1e-300": 1e-300,
            "1e300": 1e300,
            "numpy": np.float32(value),
            "with half": value + 0.5,
        }.items()
    elif isinstance(value, dict):
        yield from {
            f"values {what}": dict.fromkeys(value, element) for what, element in ANYTHING.items()
        }.items()
    elif isinstance(value, list | tuple):
        yield from {
            f"holding {what}": type(value)([element] * len(value))
            for what, element in ANYTHING.items()
        }.items()


def trials(only="", share=1.0):
    """A seeded share of all functions, arguments and kinds of hostile input, and what is called."""
    pick = random.Random(0)  # noqa: S311
    for function, (call, good) in goods().items():
        for name, value in good.items() if only in function else ():
            for kind, wrong in hostile(value):
                if pick.random() < share:
                    yield function, name, kind, (call, good | {name: wrong})


class LateError(BaseException):
    """The call took too long."""


def _late(*_):
    raise LateError


def hollow(answer, good):
    """Whether an answer says nothing where the good one says something."""
    if isinstance(good, float):
        return isinstance(answer, float) and math.isnan(answer) > math.isnan(good)
    if isinstance(good, np.ndarray) and isinstance(answer, np.ndarray) and good.dtype.kind == "f":
        return bool(np.isnan(answer).any()) and not np.isnan(good).any()
    if isinstance(good, pd.DataFrame) and isinstance(answer, pd.DataFrame):
        if "reason" in answer:  # it says why
            return False
        if len(good) and not len(answer):
            return True
        numbers = good.select_dtypes("number").dropna(axis=1).columns
        there = [name for name in numbers if list(answer.columns).count(name) == 1]
        return bool(answer[there].isna().any(axis=None))
    if isinstance(good, tuple | list) and isinstance(answer, tuple | list):
        return any(hollow(*both) for both in zip(answer, good, strict=False))
    return False


@cache
def answer_of(function):
    """What the good call gives."""
    call, good = goods()[function]
    return call(**good)


def judge(function, call):
    """(outcome, words): clear (a refusal in our words), answer, silent, raw or late."""
    run, given = call
    before = {k: v.copy() for k, v in given.items() if isinstance(v, pd.DataFrame)}
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", UserWarning)
            answer = run(**given)
    except LateError:
        return "late", "no end"
    except Exception as error:  # noqa: BLE001 - what it is, is the question
        return _judge_error(error)
    finally:
        signal.alarm(0)
        close()
    for k, frame in before.items():
        if not frame.equals(given[k]):
            return "raw", f"{k} was changed"
    if function.startswith("live."):
        return "answer", ""
    return ("silent", "nothing said") if hollow(answer, answer_of(function)) else ("answer", "")


def close():
    """Forget pictures."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def _judge_error(error):
    where = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in where if frame.filename.startswith(ROOM)]
    at = f"{Path(ours[-1].filename).relative_to(ROOM)}:{ours[-1].lineno}" if ours else "outside"
    words = f"{type(error).__name__}: {str(error)[:150]!r} at {at}"
    ours = isinstance(error, tl.InputError | tl.NoAnswerError | tl.live.LiveError)
    return ("clear" if ours else "raw"), words
