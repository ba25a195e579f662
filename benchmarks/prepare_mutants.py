"""Change the scripts that make the data in some fifty small ways and count what a test notices.

Usage:  .venv/bin/python benchmarks/prepare_mutants.py [--only N ...]

Each change was picked by hand: a side swapped, a year off, a unit, an order, a rule left out. It is
made in a copy in ``build/prepare_mutants``, and the tests of that script are run up to their first
failure. Scripts that run for minutes are held where their parts are; what reads the panels is
skipped where ``../shared`` is not at hand.
"""

import subprocess
import sys
from pathlib import Path

from site_mutants import Mutant, chosen, count, fresh

# The repository.
ROOT = Path(__file__).parents[1]
# The copy that is changed: scripts and tests are copied, what they read is linked.
FOLDER = ROOT / "build" / "prepare_mutants" / "clone"
COPIED = ("data", "tests")
LINKED = (
    "tradelib",
    "site",
    "notebooks",
    "benchmarks",
    "pyproject.toml",
    "README.md",
    "CITATION.cff",
    "Makefile",
)
# The files of tests that hold each script.
TESTS = {
    "agreement_effects": "agreement prepare_models",
    "baselines": "forecast prepare_models",
    "datapackage": "data prepare_archive",
    "example_months": "tracking prepare_facts",
    "forecast_archive": "archive prepare_archive",
    "gravity_model": "gravity prepare_gravity",
    "gravity_tables": "ceiling",
    "growth_model": "growth_model prepare_growth",
    "growth_table": "data prepare_growth",
    "nowcast_skill": "nowcast_skill prepare_checks",
    "pairs": "any_pair prepare_pairs",
    "pledge_model": "kept prepare_pledges",
    "pledge_peers": "data prepare_pledges",
    "progress_record": "record prepare_checks",
    "refresh": "refresh prepare_archive",
    "registry_release": "data prepare_registry",
    "targets": "data prepare_registry",
}
# Script, what stands there, what it becomes.
MUTANTS: list[Mutant] = [
    ("refresh", "if key not in index_of:", "if key in index_of and False:"),
    (
        "refresh",
        '(column, "status", "source_url", "read_through")',
        '(column, "source_url", "read_through")',
    ),
    ("refresh", "< 1.5e-6", "< 1.5"),
    (
        "refresh",
        "if len(flows) == 2 and len(stated) == 1:",
        "if len(flows) == 2 and len(stated) == 2:",
    ),
    ("refresh", "if dry_run or not changes:", "if not changes:"),
    (
        "refresh",
        "if faults:\n            raise ValueError",
        "if not faults:\n            raise ValueError",
    ),
    (
        "refresh",
        '{"export_musd": ["reporter", "partner"], "import_musd": ["partner", "reporter"]}',
        '{"import_musd": ["reporter", "partner"], "export_musd": ["partner", "reporter"]}',
    ),
    ("refresh", '.query("value > 0")', ""),
    ("refresh", "> np.log1p(NEAR)", "> 2 * np.log1p(NEAR)"),
    (
        "refresh",
        "except live.NoDataError:\n            values.append(np.nan)",
        "except live.NoDataError:\n            values.append(0.0)",
    ),
    ("targets", ".end_time", ".start_time"),
    ("targets", "min(years)", "max(years)"),
    (
        "targets",
        'float(other["target_value"]) <= float(row["target_value"])',
        'float(other["target_value"]) >= float(row["target_value"])',
    ),
    ("targets", "earlier[-1]", "earlier[0]"),
    ("datapackage", 'entry["bytes"] = len(content)', 'entry["bytes"] = len(content) + 1'),
    ("datapackage", "day = name[:10]  #", "day = name  #"),
    ("datapackage", "sorted(present ^ described)", "sorted(present - described)"),
    ("datapackage", "sorted(codes - set(all_codes()))", "sorted(set())"),
    ("growth_model", "logs.diff(axis=1)", "logs.diff(axis=1, periods=2)"),
    ("growth_model", "gain.expanding().mean()", "gain.mean()"),
    (
        "growth_model",
        "total = both.sum(axis=1, min_count=2)",
        "total = both.sum(axis=1, min_count=1)",
    ),
    ("growth_model", "thirds = worst_first[::-1]", "thirds = worst_first"),
    ("growth_model", 'table[table["pair"] != LEFT_OUT] for', "table for"),
    ("growth_table", 'distances["contig"] == 1', 'distances["contig"] == 0'),
    ("pairs", 'later["value_kusd"] / 1000', 'later["value_kusd"]'),
    ("pairs", 'keep="last"', 'keep="first"'),
    ("pairs", 'flows[flows["exporter"] != flows["importer"]]', "flows"),
    ("pairs", "if pd.isna(value):", "if pd.isna(value) or value == 0:"),
    ("pledge_model", "others = rows[~here]", "others = rows"),
    (
        "pledge_model",
        "prior = np.r_[0.0, np.ones(values.shape[1])]",
        "prior = np.r_[1.0, np.ones(values.shape[1])]",
    ),
    (
        "pledge_model",
        'gain = squares["constant"] - squares["model"]',
        'gain = squares["classes"] - squares["model"]',
    ),
    ("pledge_peers", "KNOWN_FROM[source]", 'KNOWN_FROM["itpde_r1"]'),
    ("progress_record", '"came": end >= target', '"came": end > target'),
    ("progress_record", "start + ago - method.window", "start - method.window"),
    (
        "progress_record",
        "later.ge(target, axis=0).any(axis=1)",
        "later.ge(target, axis=0).all(axis=1)",
    ),
    ("progress_record", "known_by=year", "known_by=year + 1"),
    ("registry_release", "sorted(by_day, reverse=True)", "sorted(by_day)"),
    ("registry_release", ".apply(frozenset, axis=1)", ".apply(tuple, axis=1)"),
    ("registry_release", "first = min(years)", "first = max(years)"),
    ("forecast_archive", "if matters(last) == matters(content):", "if last == content:"),
    ("forecast_archive", 'if day <= last["known_by"]:', 'if day < last["known_by"]:'),
    ("baselines", "np.sqrt(h + h**2 / n[:, None])", "np.sqrt(h)"),
    ("baselines", "logs[:, h:] - logs[:, :-h]", "logs[:, :-h] - logs[:, h:]"),
    (
        "agreement_effects",
        "rest.between(size / ALIKE, size * ALIKE)",
        "rest.between(size, size * ALIKE)",
    ),
    ("agreement_effects", "if other not in dates", "if True"),
    ("gravity_tables", "(values >= low) & (values < high)", "(values > low) & (values <= high)"),
    ("gravity_tables", "- years)", "+ years)"),
    ("gravity_model", '"gdp_usd"] / 1e6', '"gdp_usd"] / 1e3'),
    ("example_months", "months=2, days=9", "months=1, days=9"),
    ("example_months", 'FIRST, LAST = "USA", "VNM", 2015', 'FIRST, LAST = "USA", "VNM", 2016'),
    ("nowcast_skill", "~year.isin(years) & (fold != part)", "~year.isin(years)"),
    ("nowcast_skill", "(year <= FORWARD) & (fold", "(year <= FORWARD + 1) & (fold"),
    ("nowcast_skill", "start + BLOCK)", "start + BLOCK - 1)"),
    ("nowcast_skill", "totals[year - 1] >= 1", "totals[year - 1] > 1"),
    ("nowcast_skill", "last * now / same_months", "last * same_months / now"),
    ("nowcast_skill", "np.clip(errors, -CLIP, CLIP)", "np.minimum(errors, CLIP)"),
    ("nowcast_skill", "(came >= logs[:, LOW]) & ", ""),
    ("nowcast_skill", 'side="right"', 'side="left"'),
]


def passes(file: str) -> bool:
    """Whether the tests of a script pass in the copy."""
    tests = [f"tests/test_{name}.py" for name in reversed(TESTS[Path(file).stem].split())]
    pytest = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-c", "pyproject.toml"]
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [*pytest, *plugins, f"--rootdir={FOLDER}", *tests]
    tested = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if tested.returncode not in (0, 1):
        raise SystemExit(tested.stdout[-4000:])
    return tested.returncode == 0


def main() -> None:
    """Count the changes of the scripts."""
    mutants: list[Mutant] = [
        (f"data/prepare/{script}.py", old, new) for script, old, new in MUTANTS
    ]
    numbers = chosen(__doc__, mutants)
    fresh(FOLDER, COPIED, LINKED)
    shared = FOLDER.parent / "shared"
    panels = ROOT.parent / "shared"
    if panels.is_dir() and not shared.exists():
        shared.symlink_to(panels)
    count(mutants, numbers, FOLDER, passes)


if __name__ == "__main__":
    main()
