"""What makes a report again: a command, and lines of Python."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tradelib.core.labels import DOLLAR, quoted
from tradelib.pages.cards import Card
from tradelib.pages.target import in_python

FILE = "report.html"


def command(card: Card, options: Mapping[str, Any]) -> str:
    """What one types in a terminal; empty where a terminal cannot say as much.

    A table that was given stands as a file to be written first.
    """
    row = card.row
    words = ["tradelib", "report"]
    if card.id:
        words.append(card.id)
    elif row.announced or row.wording or row.announce_url:
        return ""
    else:
        words += [row.reporter, row.partner, "--target", f"{row.target_value:.15g}"]
        if row.currency != DOLLAR:
            words += ["--currency", row.currency]
        if card.deadline:
            words += ["--by", str(card.deadline)]
        if card.flow != "turnover":
            words += ["--flow", card.flow]
        if row.members:
            words += ["--members", row.members]
    for name, value in used(options).items():
        words += _option(name, value)
    return shlex.join([*words, "-o", FILE])


def _option(name: str, value: Any) -> list[str]:
    """An argument of `tradelib.report` as an option of the terminal."""
    if name == "cumulated":
        return ["--cumulated" if value else "--single"]
    if name == "any_amount":
        return ["--any-amount"]
    if name == "part_year":
        n_months, musd = value
        return ["--part-year", f"{n_months}:{musd:.15g}"]
    if name in ("history", "months"):
        return [f"--{name}", _file(value) or f"{name}.csv"]
    return [f"--{name}", str(value)]


def code(card: Card, options: Mapping[str, Any]) -> str:
    """Lines of Python that give the same answer and the same file."""
    asked = used(options)
    if card.id and card.verdict is None:
        return f"{in_python(card)}\ntl.report({quoted(card.id)}, {quoted(FILE)})"
    lines = ["import tradelib as tl", ""]
    unit = asked.pop("unit", None)
    if _file(asked.get("history")):
        more = f", unit={unit!r}" if unit else ""
        lines.append(f"history = tl.read_history({_file(asked['history'])!r}{more})")
    lines.append(f"target = {_target(card)}")
    arguments = ["target", *(f"{name}={_argument(name, value)}" for name, value in asked.items())]
    lines.append(f"print(tl.assess({', '.join(arguments)}).summary())")
    arguments.insert(1, quoted(FILE))
    lines.append(f"tl.report({', '.join(arguments)})")
    if not card.id and card.row.announced:
        lines.insert(0, "from datetime import date\n")
    return "\n".join(lines)


def _target(card: Card) -> str:
    """A target as one writes it."""
    if card.id:
        return f"tl.open_target({quoted(card.id)})"
    row = card.row
    parts = [f"{quoted(row.reporter)}, {quoted(row.partner)}, {row.target_value:.15g}"]
    if card.deadline:
        parts.append(str(card.deadline))
    if row.announced:
        parts.append(f"announced=date.fromisoformat({quoted(row.announced)})")
    if row.wording:
        parts.append(f"wording={row.wording!r}")
    if row.announce_url:
        parts.append(f"source={row.announce_url!r}")
    if card.flow != "turnover":
        parts.append(f"flow={quoted(card.flow)}")
    if row.currency != DOLLAR:
        parts.append(f"currency={quoted(row.currency)}")
    if row.members:
        parts.append(f"members={row.members!r}")
    return f"tl.Target({', '.join(parts)})"


def _argument(name: str, value: Any) -> str:
    """An argument as one writes it: a table by its name."""
    if name == "history":
        return name
    if name == "months":
        return repr(_file(value)) if _file(value) else name
    return repr(value)


def _file(value: Any) -> str:
    """The name of a file that was given, without the folders of this machine; else nothing."""
    return Path(value).name if isinstance(value, str | Path) else ""


def used(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    given = {name: value for name, value in options.items() if value is not None}
    if not given.get("any_amount"):
        given.pop("any_amount", None)
    return given
