"""The same verbs in a terminal: ``tradelib assess KAZ TKM --target 1000 --by 2027``.

Exit codes: 0 if there is an answer, whatever it says; 1 if the question cannot be answered, with
one line that says why; 2 if the command itself is not understood.
"""

import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import sources
from tradelib.front.assess import assess as assessed
from tradelib.front.bound import growth_model, panel_growth
from tradelib.front.rates import base_rate as asked_base_rate
from tradelib.front.registry import assess_many
from tradelib.ground import codes
from tradelib.science.pledge.target import Target

SHAPE = (
    "needed are columns year and turnover_musd, separated by commas, with decimal points, in UTF-8"
)

app = typer.Typer(
    help="Is an announced bilateral trade target reachable?",
    epilog="Exit codes: 0 an answer, 1 no answer and why, 2 a command that is not understood.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Country = Annotated[str, typer.Argument(help="Country by code or name, such as KAZ.")]
History = Annotated[
    Path | None, typer.Option(help="Your own CSV instead: year, turnover_musd (US$ million).")
]
Known = Annotated[
    str | None, typer.Option("--as-of", help="Only what was known that day: YYYY-MM-DD.")
]


@app.command()
def assess(
    reporter: Country = "",
    partner: Country = "",
    target: Annotated[float, typer.Option(help="To be reached, US$ million.")] = 0,
    by: Annotated[int | None, typer.Option(help="Deadline, a calendar year.")] = None,
    known: Known = None,
    part_year: Annotated[
        str | None, typer.Option(help="Months published of the next year, MONTHS:US$ million.")
    ] = None,
    history: History = None,
    flow: Annotated[str, typer.Option(help="turnover, or export or import of the first.")] = (
        "turnover"
    ),
    targets: Annotated[
        Path | None, typer.Option(help="CSV of many: reporter, partner, value_musd, deadline.")
    ] = None,
    *,
    evidence: Annotated[bool, typer.Option("--evidence", help="Also list the evidence.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """How likely a target is, in words and numbers; or many, a row each."""
    if targets is not None:
        typer.echo(_table(assess_many(_table_of(targets), as_of=known)))
        return
    if not (reporter and partner and target):
        raise typer.BadParameter("give REPORTER PARTNER --target VALUE, or --targets FILE")
    pledge = Target(reporter=reporter, partner=partner, value_musd=target, deadline=by, flow=flow)
    verdict = assessed(pledge, as_of=known, history=_own(history), part_year=_part_year(part_year))
    typer.echo(verdict.to_json() if as_json else verdict.summary())
    if evidence and not as_json:
        typer.echo(_table(verdict.evidence.drop(columns=["key", "role"])))


@app.command()
def forecast(
    reporter: Country,
    partner: Country,
    years: Annotated[int, typer.Option(help="Years ahead, 1 to 10.")] = 5,
    known: Known = None,
    history: History = None,
) -> None:
    """Turnover of the coming years by the growth model: low, median and high (80 %)."""
    pair = _own(history)
    if pair is None:
        pair = load_turnover(reporter, partner, as_of=known)
    elif known is not None:
        raise ValueError(
            f"--as-of limits the bundled figures, got {known}; cut your own --history instead"
        )
    made = panel_growth(pair, horizon=years, model=growth_model(as_of=known))
    typer.echo(f"{codes.name(reporter)}-{codes.name(partner)}, US$ million, 80 %:")
    typer.echo(_table(made.interval(80).round(1)))


@app.command()
def base_rate(
    size: Annotated[float, typer.Option(help="Turnover at the start, US$ million.")],
    multiple: Annotated[float, typer.Option(help="Turnover asked over turnover at the start.")],
    years: Annotated[int, typer.Option(help="Years allowed, 1 to 10.")],
    *,
    ever: Annotated[bool, typer.Option("--ever", help="In any year up to then.")] = False,
    real: Annotated[bool, typer.Option("--real", help="In constant dollars.")] = False,
) -> None:
    """How often other pairs of like size did as much."""
    rate = asked_base_rate(size_musd=size, multiple=multiple, horizon=years, ever=ever, real=real)
    typer.echo(rate.summary())


@app.command()
def targets(
    country: Annotated[str | None, typer.Argument(help="Only targets of this country.")] = None,
    status: Annotated[str | None, typer.Option(help="met_on_time, missed, open, ...")] = None,
) -> None:
    """The registry of announced targets."""
    columns = ["target_id", "announced", "target_value", "currency", "deadline", "status"]
    typer.echo(_table(load_targets(country, status=status)[columns]))


@app.command("sources")
def list_sources() -> None:
    """Where every figure is from, and under which licence."""
    typer.echo(_table(sources()[["source_id", "title", "landing_page", "licence"]]))


def main() -> None:
    """Run the command line, with one line in place of a traceback."""
    try:
        app(prog_name="tradelib")
    except (ValueError, TypeError, OSError, ImportError) as error:
        sys.stderr.write(f"tradelib: {error}\n")
        raise SystemExit(1) from None


def _own(file: Path | None) -> pd.DataFrame | None:
    """One's own history from a CSV file."""
    if file is None:
        return None
    table = _table_of(file)
    missing = {"year", "turnover_musd"} - set(table)
    if missing:
        raise ValueError(f"{file.name} has columns {', '.join(map(str, table.columns))}; {SHAPE}")
    return table


def _table_of(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file)
    except FileNotFoundError:
        raise ValueError(f"there is no file {file}; give the path of your own CSV") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError):
        raise ValueError(f"{file} is no table; {SHAPE}") from None


def _part_year(text: str | None) -> tuple[int, float] | None:
    if text is None:
        return None
    months, _, value = text.partition(":")
    try:
        return int(months), float(value)
    except ValueError:
        raise ValueError(
            f"--part-year is MONTHS:US$ million such as 7:228.8, got {text!r}"
        ) from None


def _table(frame: pd.DataFrame) -> str:
    return str(frame.to_string(index=False, na_rep="", max_colwidth=70))
