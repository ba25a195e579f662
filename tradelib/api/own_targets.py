"""Users' own targets: a table, a CSV or a list, each row a target or the reason why it is none."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.api.csv_cells import content_of_file
from tradelib.core.convert import Table, as_pandas, number_of, plain_types, year_of
from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.labels import DOLLAR
from tradelib.datasets.tables import day
from tradelib.science.pledges.target import Target

# Columns that a row must have, one of which gives its value, and all that it may have.
SIDES = ("reporter", "partner")
NEEDED_FIELDS = (*SIDES, "value_musd")
VALUES = ("value_musd", "value")
FIELD_NAMES = (*NEEDED_FIELDS, "deadline", "announced", "flow")
MORE_NAMES = ("value", "currency")
BLOC_NAME = "members"
EVERY_NAME = (*FIELD_NAMES, *MORE_NAMES, BLOC_NAME)


def own_targets(
    targets: pd.DataFrame | Path | str | Table | Iterable[Target | Mapping[str, Any]],
) -> tuple[pd.DataFrame, list[Target | str]]:
    """The rows as a table, and for each row its target, or why it is none."""
    if isinstance(targets, str | Path):
        targets = _read(targets)
    if isinstance(targets, pd.DataFrame):
        return targets, _of_table(targets)
    if isinstance(targets, Table):
        return own_targets(as_pandas(targets))
    rows: list[dict[str, Any]] = []
    parsed: list[Target | str] = []
    for item in targets:
        if isinstance(item, Target):
            rows.append(_fields(item))
            parsed.append(item)
        elif isinstance(item, Mapping):
            rows.append(dict(item))
            parsed.append(_target(item))
        else:
            way = f"a list of targets holds {Target.example}, or mappings of their names"
            raise InputTypeError(f"{way}; got {item!r}")
    columns_if_empty = None if rows else list(NEEDED_FIELDS)
    return pd.DataFrame(rows, columns=columns_if_empty), parsed


def _of_table(table: pd.DataFrame) -> list[Target | str]:
    """The target of each row of a table, or why it is none."""
    if not set(SIDES) <= set(table) or not set(VALUES) & set(table):
        columns = ", ".join(map(str, table))
        raise InputError(
            f"targets need reporter, partner and value_musd, or value and currency, got {columns}"
        )
    return [_target(row) for row in plain_types(table).to_dict("records")]


def _fields(target: Target) -> dict[str, Any]:
    """A target as a row."""
    names: tuple[str, ...] = FIELD_NAMES
    if target.currency != DOLLAR:
        names = (*(name for name in FIELD_NAMES if name != "value_musd"), *MORE_NAMES)
    if target.members is not None:
        names = (*names, BLOC_NAME)
    return {name: getattr(target, name) for name in names}


def _read(file: str | Path) -> pd.DataFrame:
    """The table of a CSV of targets."""
    if "://" in str(file):
        raise InputError(f"{file} is an address: fetch it first, and give the path of your CSV")
    path = Path(file)
    if not path.is_file():
        raise InputError(f"there is no file {path}; give the path of your own CSV of targets")
    try:
        table = pd.read_csv(BytesIO(content_of_file(path)), skipinitialspace=True)
    except (OSError, ValueError) as error:  # no permission, no table, empty, not UTF-8
        raise InputError(f"{file} is no CSV of targets that can be read: {error}") from None
    repeated = [name for name in EVERY_NAME if f"{name}.1" in table]  # as pandas calls the second
    if repeated:
        raise InputError(f"{file} has two columns of {repeated[0]}; keep one")
    return table


def _target(row: Mapping[Any, Any]) -> Target | str:
    """A target from a row, or why it is none."""
    fields = {name: row[name] for name in EVERY_NAME if name in row and not _missing(row[name])}
    values = [name for name in VALUES if name in fields]
    for name in SIDES:
        if name not in fields:
            return f"a target needs its {name}"
    if len(values) != 1:
        return "a target needs its value_musd" if not values else "a target has one value, got two"
    try:
        fields[values[0]] = _value(values[0], fields[values[0]])
        if "deadline" in fields:
            fields["deadline"] = _deadline(fields["deadline"])
        if "announced" in fields:
            fields["announced"] = day(fields["announced"]).date()
        return Target(**fields)
    except InputError as error:
        return str(error)


def _missing(cell: Any) -> bool:
    """Whether a cell is empty."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    is_nan = cell != cell  # only NaN differs from itself
    return bool(is_nan or cell == "")


def _value(name: str, cell: Any) -> float:
    """An amount in millions, as a number or a text."""
    value = number_of(cell)
    if value is None:
        raise InputError(f"{name} must be a number, got {cell!r}")
    return value


def _deadline(cell: Any) -> int:
    """A calendar year, as a number or a text."""
    year = year_of(cell)
    if year is None:
        raise InputError(f"a deadline is a calendar year such as 2027, got {cell!r}")
    return year
