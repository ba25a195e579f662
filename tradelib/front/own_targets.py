"""One's own targets: a table, a CSV or a list, each row a target or the reason why it is none."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.bundle.tables import day
from tradelib.ground.convert import Table, as_pandas, number_of, plain_types, year_of
from tradelib.ground.errors import InputError, InputTypeError
from tradelib.science.pledge.target import Target

# What a row may say, and what it must.
NAMES = ("reporter", "partner", "value_musd", "deadline", "announced", "flow")
NEEDED = NAMES[:3]


def own_targets(
    targets: pd.DataFrame | Path | str | Table | Iterable[Target | Mapping[str, Any]],
) -> tuple[pd.DataFrame, list[Target | str]]:
    """The rows given as a table, and of each the target, or why it is none."""
    if isinstance(targets, str | Path):
        targets = _read(targets)
    if isinstance(targets, pd.DataFrame):
        missing = [name for name in NEEDED if name not in targets]
        if missing:
            there = ", ".join(map(str, targets))
            raise InputError(f"targets need reporter, partner and value_musd, got {there}")
        return targets, [_target(row) for row in plain_types(targets).to_dict("records")]
    if isinstance(targets, Table):
        return own_targets(as_pandas(targets))
    given = list(targets)
    for target in given:
        if not isinstance(target, Target | Mapping):
            way = f"a list of targets holds {Target.example}, or mappings of their names"
            raise InputTypeError(f"{way}; got {target!r}")
    rows = [_fields(one) if isinstance(one, Target) else dict(one) for one in given]
    asked = [one if isinstance(one, Target) else _target(one) for one in given]
    return pd.DataFrame(rows, columns=None if rows else list(NEEDED)), asked


def _fields(target: Target) -> dict[str, Any]:
    """A target as a row."""
    return {name: getattr(target, name) for name in NAMES}


def _read(file: str | Path) -> pd.DataFrame:
    """A CSV of targets, its cells as they stand."""
    if "://" in str(file):
        raise InputError(f"{file} is an address: fetch it first, and give the path of your CSV")
    path = Path(file)
    if not path.is_file():
        raise InputError(f"there is no file {path}; give the path of your own CSV of targets")
    try:
        table = pd.read_csv(path, compression=None, skipinitialspace=True)
    except (OSError, ValueError) as error:  # not to be read, not parsed, empty, not UTF-8
        raise InputError(f"{file} is no CSV of targets that can be read: {error}") from None
    twice = [name for name in NAMES if f"{name}.1" in table]  # as pandas calls the second
    if twice:
        raise InputError(f"{file} has two columns of {twice[0]}; keep one")
    return table


def _target(row: Mapping[Any, Any]) -> Target | str:
    """A target from a row, or why it is none."""
    given = {name: row[name] for name in NAMES if name in row and not _missing(row[name])}
    for name in NEEDED:
        if name not in given:
            return f"a target needs its {name}"
    try:
        given["value_musd"] = _value(given["value_musd"])
        if "deadline" in given:
            given["deadline"] = _deadline(given["deadline"])
        if "announced" in given:
            given["announced"] = day(given["announced"]).date()
        return Target(**given)
    except InputError as error:
        return str(error)


def _missing(cell: Any) -> bool:
    """Whether a cell is empty."""
    return cell is None or cell is pd.NA or cell is pd.NaT or cell != cell or cell == ""


def _value(cell: Any) -> float:
    """US$ million, as a number or a text."""
    value = number_of(cell)
    if value is None:
        raise InputError(f"value_musd must be a number, got {cell!r}")
    return value


def _deadline(cell: Any) -> int:
    """A calendar year, as a number or a text."""
    year = year_of(cell)
    if year is None:
        raise InputError(f"a deadline is a calendar year such as 2027, got {cell!r}")
    return year
