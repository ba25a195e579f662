"""tradelib's functions as terminal commands: ``tradelib assess KAZ TKM --target 1000 --by 2027``.

Exit codes: 0 if there is an answer, whatever it says; 1 if the question cannot be answered, with
one line that says why; 2 if the command itself is not understood; 3 if tradelib has a bug; 4 if
``track --fail-if-moved`` finds that the newest month moved the chance so far.
"""

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

import tradelib
from tradelib.api.assess import assess as assessed
from tradelib.api.changes import archive_changes
from tradelib.api.forecasts import growth_model, panel_growth
from tradelib.api.goods import goods as goods_of_pair
from tradelib.api.own_history import read_history
from tradelib.api.progress_bar import MANY
from tradelib.api.rates import base_rate as base_rate_of
from tradelib.api.targets import assess_many, registered
from tradelib.api.tracking import (
    NO_MONTHS_WAY_OUT,
    Track,
    lacking_months,
    newest_run,
    pair_targets,
)
from tradelib.api.tracking import track as tracked
from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR, format_value, label, readable
from tradelib.datasets.figures import load_turnover
from tradelib.datasets.sources import sources
from tradelib.datasets.targets import load_targets
from tradelib.live.errors import LiveError
from tradelib.pages.questions import model_output, question_set
from tradelib.science.pledges.counts import OTHER_TRADE
from tradelib.science.pledges.target import Target, check_in_dollars

# What describes one target, by the name of its parameter: as one types it.
OF_ONE_TARGET = {
    "reporter": "REPORTER",
    "partner": "PARTNER",
    "amount": "--target",
    "currency": "--currency",
    "members": "--members",
    "by": "--by",
    "flow": "--flow",
    "history": "--history",
    "unit": "--unit",
    "part_year": "--part-year",
    "months": "--months",
    "source": "--source",
}
# An amount: digits, perhaps grouped by thousands; decimals; perhaps million or billion.
AMOUNT = re.compile(
    r"(?:us\$|\$)?\s*(\d{1,3}(?:[,\s]\d{3})+|\d+)(\.\d+)?\s*(m|mn|million|bn|billion)?",
    re.IGNORECASE,
)
DEBUG = "--debug"
# Exit code if the newest month moved the chance as far as --fail-if-moved says.
MOVED = 4
# Where `track` asks for months if none are at hand.
LIVE_SOURCE = "imts"


def amount_musd(text: str) -> float:
    """An amount in US$ million, from a text such as 1000, 1,000, 1bn or US$500m."""
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(
            "give an amount in US$ million, such as 1000, or with a unit, such as 1bn; got "
            f"{text!r}"
        )
    whole, decimals, unit = match.groups(default="")
    amount = float(re.sub(r"[,\s]", "", whole) + decimals)
    return amount * 1000 if unit.casefold().startswith("b") else amount


app = typer.Typer(
    help="Is an announced bilateral trade target reachable?",
    epilog=(
        "Exit codes: 0 answer given, 1 no answer (the reason is printed), 2 command not "
        f"understood, 3 bug in tradelib ({DEBUG} prints the full traceback), 4 the chance moved "
        "(track --fail-if-moved)."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Country = Annotated[str, typer.Argument(help="Country by code or name, such as KAZ.")]
MonthsFile = Annotated[
    Path | None,
    typer.Option(
        help=(
            "Your own CSV of months, in place of --part-year; columns period (such as 2026-03) and "
            "value_musd, or as tradelib.read_months takes them."
        )
    ),
]
Cumulated = Annotated[
    bool | None,
    typer.Option(
        "--cumulated/--single",
        help=(
            "Whether the values of --months are sums since January or single months; told from "
            "the values if omitted."
        ),
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        help=(
            "Source of the months of --months or --part-year, such as bns; if omitted, that of "
            "--history, else unknown. Growth is taken only from figures of the same source."
        )
    ),
]
HistoryFile = Annotated[
    Path | None,
    typer.Option(
        help=("Your own CSV, used instead of the bundled figures; columns year and turnover_musd.")
    ),
]
Unit = Annotated[
    str | None,
    typer.Option(
        help=(
            "Unit of the values in your own CSV: dollars ('US$'), 'thousand', 'million' (if "
            "omitted) or 'billion'."
        )
    ),
]
Flow = Annotated[
    str | None,
    typer.Option(help="turnover (if omitted), or the first country's export or import."),
]
PartOfYear = Annotated[
    str | None,
    typer.Option(
        help=(
            "Part of the year after the last full one: number of months from January, a colon, "
            "their turnover in US$ million, such as 7:228.8."
        )
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(
        help="Currency of --target, an ISO code such as EUR; the US dollar if omitted.",
    ),
]
Members = Annotated[
    str | None,
    typer.Option(
        help=(
            "Whose trade a bloc's is: 'as they were', or the members of a day YYYY-MM-DD; if "
            "omitted, of the day of the announcement if that is known."
        ),
    ),
]
Amount = Annotated[
    float | None,
    typer.Option(
        "--target",
        help=(
            "Turnover to be reached, in US$ million (1000) or with a unit (1bn); in millions of "
            "--currency if that is given."
        ),
        parser=amount_musd,
    ),
]
Deadline = Annotated[int | None, typer.Option("--by", help="Deadline, a calendar year.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Use only what was known by the day YYYY-MM-DD.")
]


@app.command("assess")
def assess_command(
    context: typer.Context,
    reporter: Annotated[
        str,
        typer.Argument(
            help=(
                "Country by code or name, such as KAZ, or the name of a target of the registry, "
                "such as KAZ-TKM-2022."
            )
        ),
    ] = "",
    partner: Country = "",
    amount: Amount = None,
    currency: Currency = None,
    members: Members = None,
    by: Deadline = None,
    as_of: AsOf = None,
    part_year: PartOfYear = None,
    months: MonthsFile = None,
    cumulated: Cumulated = None,
    source: Source = None,
    history: HistoryFile = None,
    unit: Unit = None,
    flow: Flow = None,
    targets: Annotated[
        Path | None,
        typer.Option(
            help=(
                "CSV of many targets, with columns reporter, partner, value_musd (or value and "
                "currency), deadline."
            )
        ),
    ] = None,
    *,
    any_amount: Annotated[
        bool,
        typer.Option(
            "--any-amount",
            help="Accept a target of any size, even if it is very far from the last turnover.",
        ),
    ] = False,
    evidence: Annotated[bool, typer.Option("--evidence", help="Also list the evidence.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    lang: Annotated[
        str, typer.Option(help="Language of the answer: en, or ru for Russian.")
    ] = "en",
) -> None:
    """How likely a target is, in words and numbers; or many targets, one row per target."""
    if lang != "en":
        _refuse(
            _used({"--targets": targets, "--evidence": evidence, "--json": as_json}),
            f"with --lang {lang}, which has the sentences alone",
        )
    if targets is not None:
        _refuse_one_target(context)
        _refuse(
            _used({"--evidence": evidence}),
            "with --targets, which gives one row per target, without evidence",
        )
        table = assess_many(targets, as_of=as_of, any_amount=any_amount, progress=_bar)
        typer.echo(_json(table) if as_json else _table(readable(table).reset_index()))
        return
    if unit is not None and history is None:
        _refuse(["--unit"], "without --history: it is the unit of your own CSV")
    target = _target(reporter, partner, amount, by, flow, currency, members)
    if history is None:
        own = None
        target = registered(target, as_of=as_of) or target
    else:
        own = read_history(history, unit=unit or "US$ million")
    verdict = assessed(
        target,
        as_of=as_of,
        history=own,
        part_year=_part_year(part_year),
        months=months,
        cumulated=cumulated,
        source=source,
        any_amount=any_amount,
    )
    if as_json:
        typer.echo(verdict.to_json())
        return
    typer.echo(textwrap.fill(verdict.summary(lang), 100))
    if target.target_id and lang == "en":
        typer.echo(f"\n{_recorded(target)}")
    if evidence:
        typer.echo(f"\n{_evidence(verdict.evidence)}")


def _target(
    reporter: str,
    partner: str,
    amount: float | None,
    by: int | None,
    flow: str | None,
    currency: str | None = None,
    members: str | None = None,
) -> Target:
    """The target from the command line, or the one of the registry whose name is REPORTER."""
    only_reporter = bool(reporter) and not partner and amount is None
    if only_reporter and not country_codes.known(reporter):
        _refuse_terms(by, flow, currency)
        recorded = tradelib.open_target(reporter)
        return recorded if members is None else replace(recorded, members=members)
    if not (reporter and partner) or amount is None:
        raise typer.BadParameter(
            "give REPORTER PARTNER --target VALUE, the name of a target such as KAZ-TKM-2022, or "
            "--targets FILE"
        )
    money = (currency or DOLLAR).upper()
    return Target(
        reporter, partner, amount, by, flow=flow or "turnover", currency=money, members=members
    )


def _recorded(target: Target) -> str:
    """A sentence with the target's name in the registry, and its coverage if not goods alone."""
    row = load_targets().set_index("target_id").loc[target.target_id]
    part = f", {label(row['coverage'])}" if row["coverage"] in OTHER_TRADE else ""
    return f"On record as {target.target_id}{part}."


def _used(options: Mapping[str, Any]) -> list[str]:
    """Names of the options that have a value."""
    return [name for name, value in options.items() if value]


def _refuse_terms(by: int | None, flow: str | None, currency: str | None) -> None:
    """Raise if a target of the registry is given terms that are on record."""
    _refuse(
        _used({"--by": by, "--flow": flow, "--currency": currency}),
        "with a target of the registry, whose deadline, flow and currency are on record",
    )


def _refuse_one_target(context: typer.Context) -> None:
    """Raise if one target is described beside a file of many."""
    given = context.params
    options = {option: given[name] for name, option in OF_ONE_TARGET.items()}
    options |= {"--cumulated": given["cumulated"] is True, "--single": given["cumulated"] is False}
    _refuse(_used(options), "with --targets: each target is described by its row of the file")


def _refuse(names: Sequence[str], why: str) -> None:
    """Raise if there are options that would be ignored."""
    if names:
        raise typer.BadParameter(f"{', '.join(names)} cannot be used {why}")


@app.command("report")
def report_command(
    context: typer.Context,
    reporter: Annotated[
        str,
        typer.Argument(
            help=(
                "Country by code or name, such as KAZ, or the name of a target of the registry, "
                "open or not, such as KAZ-TKM-2022."
            )
        ),
    ] = "",
    partner: Country = "",
    amount: Amount = None,
    currency: Currency = None,
    members: Members = None,
    by: Deadline = None,
    part_year: PartOfYear = None,
    months: MonthsFile = None,
    cumulated: Cumulated = None,
    source: Source = None,
    history: HistoryFile = None,
    unit: Unit = None,
    flow: Flow = None,
    targets: Annotated[
        Path | None,
        typer.Option(
            help=(
                "CSV of many targets, with columns reporter, partner, value_musd (or value and "
                "currency), deadline, and name if they have one: an index, and a page for each."
            )
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "report.html"
    ),
    *,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it as PDF too, by a Chromium of this machine.")
    ] = False,
    any_amount: Annotated[
        bool,
        typer.Option(
            "--any-amount",
            help="Accept a target of any size, even if it is very far from the last turnover.",
        ),
    ] = False,
) -> None:
    """The page of a target as one HTML file: answer, picture, reasons, sources, and how it is made.

    It loads nothing, reads without script and prints; a target without an answer has a page that
    says why.
    """
    if targets is not None:
        _refuse_one_target(context)
        written = tradelib.report(targets, output, any_amount=any_amount, pdf=pdf)
    else:
        if unit is not None and history is None:
            _refuse(["--unit"], "without --history: it is the unit of your own CSV")
        written = tradelib.report(
            _reported(
                reporter, partner, amount, by, flow, currency, members, own=history is not None
            ),
            output,
            history=history,
            unit=unit or "US$ million",
            part_year=_part_year(part_year),
            months=months,
            cumulated=cumulated,
            source=source,
            any_amount=any_amount,
            pdf=pdf,
        )
    typer.echo(f"{written} is written.")


def _reported(
    reporter: str,
    partner: str,
    amount: float | None,
    by: int | None,
    flow: str | None,
    currency: str | None,
    members: str | None,
    *,
    own: bool,
) -> Target | str:
    """The target from the command line, or the name of one of the registry, open or not."""
    only_name = not partner and amount is None and members is None
    if only_name and reporter in set(load_targets()["target_id"]):
        _refuse_terms(by, flow, currency)
        return reporter
    target = _target(reporter, partner, amount, by, flow, currency, members)
    return target if own else registered(target) or target


@app.command("track")
def track_command(
    reporter: Annotated[
        str,
        typer.Argument(
            help=(
                "Country by code or name, such as KAZ, or the name of a target of the registry, "
                "such as KAZ-TKM-2022."
            )
        ),
    ],
    partner: Country = "",
    amount: Amount = None,
    by: Deadline = None,
    as_of: AsOf = None,
    part_year: PartOfYear = None,
    months: MonthsFile = None,
    cumulated: Cumulated = None,
    source: Source = None,
    history: HistoryFile = None,
    unit: Unit = None,
    fail_if_moved: Annotated[
        float | None,
        typer.Option(
            metavar="POINTS",
            help=(
                f"Exit code {MOVED} if the newest month moved the chance by as many points or more."
            ),
        ),
    ] = None,
    *,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Ask no network for months; copies on disk may be used."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """How the year is going: months so far, what they point to, what the newest one changed.

    The target is the pair's only open one in the registry, if --target is omitted. Months are those
    of --months or --part-year, else bundled ones, else those that the IMF publishes (--source
    comtrade: the UN).
    """
    if fail_if_moved is not None and not fail_if_moved > 0:
        raise typer.BadParameter(
            f"--fail-if-moved is above 0 points, such as 5; got {fail_if_moved}"
        )
    if unit is not None and history is None:
        _refuse(["--unit"], "without --history: it is the unit of your own CSV")
    target = _tracked_target(reporter, partner, amount, by, as_of)
    check_in_dollars(target, "how a year is going")
    years = None if history is None else read_history(history, unit=unit or "US$ million")
    part = _part_year(part_year)
    # Of a past day only what is bundled is asked: what is live today may have come later.
    if months is None and part is None and as_of is None:
        _refuse(
            _used({"--cumulated": cumulated is True, "--single": cumulated is False}),
            "without --months",
        )
        year = _without_months(target, years, source, offline=offline)
    else:
        year = tracked(
            target,
            as_of=as_of,
            history=years,
            part_year=part,
            months=months,
            cumulated=cumulated,
            source=source,
        )
    if as_json:
        typer.echo(year.to_json())
    else:
        typer.echo(textwrap.fill(year.summary(), 100))
        if target.target_id:
            typer.echo(f"\n{_recorded(target)}")
    if fail_if_moved is not None and abs(year.moved_points) >= fail_if_moved:
        raise typer.Exit(MOVED)


def _tracked_target(
    reporter: str, partner: str, amount: float | None, by: int | None, as_of: str | None
) -> Target:
    """The target from the command line, or the only open one of the pair in the registry."""
    if amount is not None or not partner:
        target = _target(reporter, partner, amount, by, None)
        return registered(target, as_of=as_of) or target
    pair = f"{country_codes.name(reporter)} and {country_codes.name(partner)}"
    if by is not None:
        raise typer.BadParameter("--by is the deadline of --target VALUE: give both, or neither")
    names = pair_targets(reporter, partner, as_of=as_of)
    if not names:
        raise typer.BadParameter(
            f"{pair} have no open target in US dollars on record; give --target VALUE --by YEAR"
        )
    if len(names) > 1:
        raise typer.BadParameter(
            f"{pair} have {len(names)} open targets on record, {', '.join(names)}: name one, as in "
            f"tradelib track {names[-1]}, or give --target VALUE --by YEAR"
        )
    return tradelib.open_target(names[0])


def _without_months(
    target: Target, history: pd.DataFrame | None, source: str | None, *, offline: bool
) -> Track:
    """How the year goes by bundled months, else by those of a live source."""
    lacking = lacking_months(target)
    of_sum = target.of_bloc and history is None
    if of_sum or (not lacking and history is None and source is None):
        return tracked(target)
    source = source or LIVE_SOURCE
    try:
        table = tradelib.live.fetch_months(
            target.reporter, target.partner, source=source, against_years=False, offline=offline
        )
        months = newest_run(table)
        return tracked(target, history=history, months=months, cumulated=False, source=source)
    except (LiveError, ImportError, NoAnswerError, InputError) as error:
        answer = error.answer if isinstance(error, LiveError) else error
        what = lacking or f"no other months of {target.pair} are at hand"
        raise NoAnswerError(
            f"{what}, and {label(source)} did not help: {answer}; {NO_MONTHS_WAY_OUT}"
        ) from None


@app.command("changes")
def changes_command(
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="Only changes in archives of this day, YYYY-MM-DD, or later."
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Every column as JSON.")] = False,
) -> None:
    """Which chances moved by five points or more from one archived forecast to the next.

    Beside each stands what differs between the two archives: the model, the newest figure, months
    (of the article's pair alone: no others are archived), the year judged, or the target.
    """
    changes = archive_changes(since=since)
    if as_json:
        typer.echo(_json(changes))
        return
    if changes.empty:
        when = f" since {since}" if since else ""
        typer.echo(f"No chance moved by five points or more between archives{when}.")
    for file, moved in changes.groupby("file", sort=False):
        chances = "1 chance" if len(moved) == 1 else f"{len(moved)} chances"
        typer.echo(f"{chances} moved by five points or more in the archive {file}:")
        for row in moved.itertuples():
            line = f"{row.event} ({row.target_id}): {row.words}."
            typer.echo(textwrap.fill(line, 100, initial_indent="  ", subsequent_indent="    "))


@app.command()
def forecast(
    reporter: Country,
    partner: Country,
    years: Annotated[int, typer.Option(help="Years ahead, 1 to 10.")] = 5,
    as_of: AsOf = None,
    history: HistoryFile = None,
    unit: Unit = None,
) -> None:
    """Turnover of the coming years by the growth model: median, and ends of the 80 % interval."""
    if history is None:
        if unit is not None:
            _refuse(["--unit"], "without --history: it is the unit of your own CSV")
        pair = load_turnover(reporter, partner, as_of=as_of)
    else:
        if as_of is not None:
            _refuse(
                ["--as-of"],
                "with --history: --as-of limits only the bundled figures; delete the later years "
                "from your file instead",
            )
        pair = read_history(history, unit=unit or "US$ million")
    outlook = panel_growth(pair, horizon=years, model=growth_model(as_of=as_of))
    typer.echo(
        f"{country_codes.name(reporter)}-{country_codes.name(partner)}, US$ million, 80 % interval:"
    )
    typer.echo(_table(outlook.interval(80).round(1)))


@app.command("base-rate")
def base_rate_command(
    size: Annotated[
        float,
        typer.Option(
            help="Turnover at the start, in US$ million (1000) or with a unit (1bn).",
            parser=amount_musd,
        ),
    ],
    multiple: Annotated[
        float,
        typer.Option(
            help="Required turnover divided by turnover at the start, such as 2 for a doubling."
        ),
    ],
    years: Annotated[int, typer.Option(help="Years allowed, 1 to 10.")],
    *,
    ever: Annotated[
        bool,
        typer.Option(
            "--ever",
            help="Count pairs that got there in any year up to the last one, not only in the last.",
        ),
    ] = False,
    real: Annotated[bool, typer.Option("--real", help="In constant dollars.")] = False,
) -> None:
    """How often other pairs of similar size multiplied their turnover at least as much."""
    rate = base_rate_of(size_musd=size, multiple=multiple, horizon=years, ever=ever, real=real)
    typer.echo(rate.summary())


@app.command("goods")
def goods_command(
    reporter: Country,
    partner: Country,
    from_year: Annotated[int | None, typer.Option("--from", help="First year of a change.")] = None,
    to_year: Annotated[int | None, typer.Option("--to", help="Last year of a change.")] = None,
    shares: Annotated[
        Path | None,
        typer.Option(
            help=(
                "Your own panel of shares, CSV or Parquet; columns pair, year, section, export_pm, "
                "import_pm."
            )
        ),
    ] = None,
) -> None:
    """Which goods two countries trade, or with --from and --to which of them rose or fell."""
    traded = goods_of_pair(reporter, partner, shares=shares)
    if from_year is None and to_year is None:
        text, table = traded.summary(), traded.newest()
    elif from_year is None or to_year is None:
        raise typer.BadParameter("a change is between two years: give --from and --to")
    else:
        text = traded.explain(from_year, to_year)
        table = traded.change(from_year, to_year)
    typer.echo(textwrap.fill(text, 100))
    typer.echo(f"\n{_table(readable(table).reset_index())}")


class Form(StrEnum):
    """What questions are written as."""

    CSV = "csv"
    JSON = "json"
    HUBVERSE = "hubverse"


@app.command("questions")
def questions_command(
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help=(
                "csv: a row a question; json: a question set in ForecastBench's shape; hubverse: "
                "our answers as CSV of its model output."
            ),
        ),
    ] = Form.CSV,
) -> None:
    """Open targets as questions for forecasters, with how each is decided, and our answers."""
    asked = tradelib.questions()
    if form is Form.JSON:
        typer.echo(json.dumps(question_set(asked), indent=1, ensure_ascii=False, allow_nan=False))
        return
    table = asked if form is Form.CSV else model_output(asked)
    typer.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)


@app.command()
def targets(
    country: Annotated[str | None, typer.Argument(help="Only targets of this country.")] = None,
    status: Annotated[str | None, typer.Option(help="met_on_time, missed, open, ...")] = None,
) -> None:
    """The registry of announced targets."""
    registry = load_targets(country, status=status)
    reporters = registry["reporter"].map(country_codes.name)
    partners = registry["partner"].map(country_codes.name)
    amounts = registry["target_value"].map("{:,.0f} ".format)
    columns = {
        "target": registry["target_id"],
        "countries": reporters + " and " + partners,
        "announced": registry["announced"],
        "million": amounts + registry["currency"],
        "by": registry["deadline"].astype("str").replace("<NA>", ""),
        "status": registry["status"].map(label),
    }
    typer.echo(_table(pd.DataFrame(columns)))


@app.command("sources")
def list_sources() -> None:
    """Where every figure is from, and under which licence."""
    typer.echo(_table(sources()[["source_id", "title", "landing_page", "licence"]]))


@app.callback(invoke_without_command=True)
def _options(
    *, version: Annotated[bool, typer.Option("--version", help="Say which version.")] = False
) -> None:
    if version:
        typer.echo(f"tradelib {tradelib.__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line: an answer, or one line in place of a traceback."""
    if sys.stdout is None:
        raise SystemExit("tradelib: there is no standard output to write to")
    arguments = [text for text in sys.argv[1:] if text != DEBUG]
    try:
        app(arguments, prog_name="tradelib")
    except (InputError, NoAnswerError, LiveError, ImportError, OSError) as error:
        _end(str(error), 1)
    except Exception as error:
        if DEBUG in sys.argv:
            raise
        fault = f"{type(error).__name__}: {error}"
        _end(f"this is a bug in tradelib ({fault}); {DEBUG} shows where, please report it", 3)


def _end(text: str, code: int) -> None:
    """Write one line to the error stream, and leave with the exit code."""
    sys.stderr.write(f"tradelib: {' '.join(text.split())}\n")
    raise SystemExit(code) from None


def _bar(items: Iterable[Any]) -> Iterator[Any]:
    """The items, with a progress bar on the error stream if they are many and it is a terminal."""
    all_items = list(items)
    if len(all_items) < MANY or not sys.stderr.isatty():
        yield from all_items
        return
    with typer.progressbar(all_items, label="targets", file=sys.stderr) as with_bar:
        yield from with_bar


def _json(table: pd.DataFrame) -> str:
    """A table as JSON, a list of rows; missing values are null."""
    years = {name: "Int64" for name in ("last_year", "by") if name in table}
    cells = table.astype(years).astype(object)
    rows = cells.where(table.notna(), None).to_dict("records")
    return json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False, default=_day)


def _day(cell: Any) -> str:
    """A day as ISO text; anything else that JSON does not know as text."""
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else str(cell)


def _part_year(text: str | None) -> tuple[int, float] | None:
    """Months and their turnover in US$ million, from a text such as 7:228.8."""
    if text is None:
        return None
    months, _, value = text.partition(":")
    try:
        return int(months), amount_musd(value)
    except (ValueError, typer.BadParameter):
        raise InputError(
            "--part-year is a number of months, a colon and their turnover in US$ million, such as "
            f"7:228.8; got {text!r}"
        ) from None


def _evidence(table: pd.DataFrame) -> str:
    """The evidence in lines of at most a hundred columns: item, value and interval."""
    lines = []
    for row in table.itertuples():
        interval = ""
        if not pd.isna(row.low):
            low = format_value(row.low, row.unit)
            high = format_value(row.high, row.unit)
            interval = f"({low} to {high})"
        first, *rest = textwrap.wrap(row.item, 58)
        value = format_value(row.value, row.unit)
        lines.append(f"{first:58} {value:>12} {interval}".rstrip())
        lines += rest
    return "\n".join(lines)


def _table(frame: pd.DataFrame) -> str:
    """A table as text, without its index; missing values are empty."""
    return str(frame.to_string(index=False, na_rep="", max_colwidth=70))
