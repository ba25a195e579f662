"""The same verbs in a terminal: ``tradelib assess KAZ TKM --target 1000 --by 2027``.

Exit codes: 0 if there is an answer, whatever it says; 1 if the question cannot be answered, with
one line that says why; 2 if the command itself is not understood.
"""

import re
import sys
import textwrap
from importlib import metadata
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import sources
from tradelib.front.assess import assess as assessed
from tradelib.front.bound import growth_model, panel_growth
from tradelib.front.own import read_history
from tradelib.front.rates import base_rate as asked_base_rate
from tradelib.front.registry import assess_many
from tradelib.ground import codes
from tradelib.ground.plain import readable, said, words
from tradelib.science.pledge.target import Target

# What may follow an amount, and how many US$ million it stands for.
AMOUNT = re.compile(r"(?:us\$|\$)?(\d[\d,\s]*(?:\.\d+)?)(m|mn|million|bn|billion)?", re.IGNORECASE)


def money(text: str) -> float:
    """US$ million from 1000, 1,000, 1bn or US$500m."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"an amount is US$ million such as 1000, or 1bn; got {text!r}")
    amount = float(re.sub(r"[,\s]", "", found[1]))
    return amount * (1000 if (found[2] or "").casefold().startswith("b") else 1)


app = typer.Typer(
    help="Is an announced bilateral trade target reachable?",
    epilog="Exit codes: 0 an answer, 1 no answer and why, 2 a command that is not understood.",
    no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)  # fmt: skip

Country = Annotated[str, typer.Argument(help="Country by code or name, such as KAZ.")]
History = Annotated[
    Path | None, typer.Option(help="Your own CSV instead, with columns year and turnover_musd.")
]
Unit = Annotated[str, typer.Option(help="Of your own CSV: US$, US$ thousand, million, billion.")]
Flow = Annotated[str, typer.Option(help="turnover, or export or import of the first.")]
Known = Annotated[str | None, typer.Option("--as-of", help="Only what was known by YYYY-MM-DD.")]


@app.command()
def assess(
    reporter: Country = "", partner: Country = "",
    target: Annotated[
        float | None, typer.Option(help="To be reached: US$ million, or 1bn.", parser=money)
    ] = None,
    by: Annotated[int | None, typer.Option(help="Deadline, a calendar year.")] = None,
    known: Known = None,
    part_year: Annotated[
        str | None, typer.Option(help="Months published of the next year, MONTHS:US$ million.")
    ] = None,
    history: History = None, unit: Unit = "US$ million", flow: Flow = "turnover",
    targets: Annotated[
        Path | None, typer.Option(help="CSV of many: reporter, partner, value_musd, deadline.")
    ] = None,
    *,
    evidence: Annotated[bool, typer.Option("--evidence", help="Also list the evidence.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:  # fmt: skip
    """How likely a target is, in words and numbers; or many, a row each."""
    if targets is not None:
        typer.echo(_table(readable(assess_many(targets, as_of=known)).reset_index()))
        return
    if not (reporter and partner) or target is None:
        raise typer.BadParameter("give REPORTER PARTNER --target VALUE, or --targets FILE")
    own = None if history is None else read_history(history, unit=unit)
    pledge = Target(reporter, partner, target, by, flow=flow)
    verdict = assessed(pledge, as_of=known, history=own, part_year=_part_year(part_year))
    typer.echo(verdict.to_json() if as_json else textwrap.fill(verdict.summary(), 100))
    if evidence and not as_json:
        typer.echo(f"\n{_evidence(verdict.evidence)}")


@app.command()
def forecast(
    reporter: Country, partner: Country,
    years: Annotated[int, typer.Option(help="Years ahead, 1 to 10.")] = 5,
    known: Known = None, history: History = None, unit: Unit = "US$ million",
) -> None:  # fmt: skip
    """Turnover of the coming years by the growth model: low, median and high (80 %)."""
    if history is None:
        pair = load_turnover(reporter, partner, as_of=known)
    elif known is None:
        pair = read_history(history, unit=unit)
    else:
        way = "cut your own --history instead"
        raise ValueError(f"--as-of limits the bundled figures, got {known}; {way}")
    made = panel_growth(pair, horizon=years, model=growth_model(as_of=known))
    typer.echo(f"{codes.name(reporter)}-{codes.name(partner)}, US$ million, 80 %:")
    typer.echo(_table(made.interval(80).round(1)))


@app.command()
def base_rate(
    size: Annotated[
        float, typer.Option(help="Turnover at the start: US$ million, or 1bn.", parser=money)
    ],
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
    found = load_targets(country, status=status)
    first, second = (found[side].map(codes.name) for side in ("reporter", "partner"))
    columns = {
        "target": found["target_id"], "countries": first + " and " + second,
        "announced": found["announced"],
        "million": found["target_value"].map("{:,.0f} ".format) + found["currency"],
        "by": found["deadline"].astype("str").replace("<NA>", ""),
        "status": found["status"].map(words),
    }  # fmt: skip
    typer.echo(_table(pd.DataFrame(columns)))


@app.command("sources")
def list_sources() -> None:
    """Where every figure is from, and under which licence."""
    typer.echo(_table(sources()[["source_id", "title", "landing_page", "licence"]]))


@app.callback(invoke_without_command=True)
def _options(
    *, version_asked: Annotated[bool, typer.Option("--version", help="Say which version.")] = False
) -> None:
    if version_asked:
        typer.echo("tradelib " + metadata.version("tradelib"))
        raise typer.Exit


def main() -> None:
    """Run the command line, with one line in place of a traceback."""
    if sys.stdout is None:
        raise SystemExit("tradelib: there is no standard output to write to")
    try:
        app(prog_name="tradelib")
    except (ValueError, TypeError, OSError, ImportError) as error:
        sys.stderr.write(f"tradelib: {' '.join(str(error).split())}\n")
        raise SystemExit(1) from None


def _part_year(text: str | None) -> tuple[int, float] | None:
    if text is None:
        return None
    months, _, value = text.partition(":")
    try:
        return int(months), money(value)
    except (ValueError, typer.BadParameter):
        why = f"--part-year is MONTHS:US$ million such as 7:228.8, got {text!r}"
        raise ValueError(why) from None


def _evidence(table: pd.DataFrame) -> str:
    """The evidence in lines of at most a hundred columns: what, how much, between what."""
    rows = []
    for one in table.itertuples():
        ends = f"({said(one.low, one.unit)} to {said(one.high, one.unit)})"
        ends = "" if pd.isna(one.low) else ends
        first, *rest = textwrap.wrap(one.item, 58)
        rows += [f"{first:58} {said(one.value, one.unit):>12} {ends}".rstrip(), *rest]
    return "\n".join(rows)


def _table(frame: pd.DataFrame) -> str:
    return str(frame.to_string(index=False, na_rep="", max_colwidth=70))
