"""The report of a target, or of many: one file that holds the whole page."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tradelib.api.gather import given_months
from tradelib.api.own_history import read_history
from tradelib.api.own_targets import own_targets
from tradelib.api.targets import open_target
from tradelib.core.convert import History
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.numeric import needs
from tradelib.core.validation import validated
from tradelib.science.assessment.case import PartYear
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.pledges.target import Target

if TYPE_CHECKING:
    from tradelib.pages.cards import Card
    from tradelib.pages.standalone import Answered, Refused

MILLION = "US$ million"


@validated
def report(
    target: Target | Verdict | str | Path | pd.DataFrame | Iterable[Target | Mapping[str, Any]],
    path: str | Path,
    *,
    history: History | str | Path | None = None,
    unit: str = MILLION,
    part_year: PartYear | None = None,
    months: History | str | Path | None = None,
    cumulated: bool | None = None,
    source: str | None = None,
    any_amount: bool = False,
    pdf: bool = False,
) -> Path:
    """Write the page of a target as one HTML file, which loads nothing and reads without script.

    It has the answer, the picture, the reasons, the chance over time, the other ways to estimate
    it, how it will be decided, the sources, the method and its record, the data's day and digest,
    and the command that repeats it. The same question and data give the same bytes.

    Parameters
    ----------
    target : Target, Verdict, str, Path, DataFrame or list
        A target; the name of one of the registry, such as ``"KAZ-TKM-2022"``, open or not; a
        verdict of today; or many targets as `tradelib.assess_many` takes them (a text that ends in
        ``.csv`` is a file of targets): then an index stands on top, and the pages, without
        sliders, below it. A column ``name`` is shown in the index.
    path : str or Path
        The file to write; one that is there is replaced.
    history : DataFrame, Series, mapping, list or path, optional
        Your own figures of one target, as for `tradelib.assess`.
    unit : str
        Of the values of `history`, if that is a file, as for `tradelib.read_history`.
    part_year, months, cumulated, source : optional
        The year under way of one target, as for `tradelib.assess`.
    any_amount : bool
        Answer also if a target is very far from the last figure, as for `tradelib.assess`.
    pdf : bool
        Print the file as PDF too, beside it, by a Chromium of this machine.

    Returns
    -------
    Path
        The file written; the PDF if that was asked.

    Raises
    ------
    InputError
        As `tradelib.assess`; if `history` or months are given for many targets; if the registry
        has no target of that name; if a verdict rests on other figures than those given here: it
        holds none itself; or if the file cannot be written.
    NoAnswerError
        If `pdf` is asked and there is no Chromium. A target without an answer is no error: its page
        says why.
    ImportError
        If jinja2 is not installed (the ``report`` extra).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> target = Target("KAZ", "UZB", 5000, 2030)
    >>> with TemporaryDirectory() as folder:
    ...     file = report(target, Path(folder) / "report.html", history={2024: 4100.0})
    ...     "<title>Will trade between Kazakhstan and Uzbekistan reach" in file.read_text("utf-8")
    True
    """
    needs("jinja2", "report")
    given = {
        "history": history,
        "part_year": part_year,
        "months": months,
        "cumulated": cumulated,
        "source": source,
    }
    out = Path(path)
    of_registry = isinstance(target, str) and not target.casefold().endswith(".csv")
    if isinstance(target, Target | Verdict) or (isinstance(target, str) and of_registry):
        text = _one(target, given, unit=unit, any_amount=any_amount)
    else:
        used = [name for name, value in given.items() if value is not None]
        if used:
            raise InputError(f"{', '.join(used)} is of one target, and many are given")
        text = _many(target, any_amount=any_amount)
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        raise InputError(f"the report cannot be written to {str(path)!r}: {error}") from None
    if not pdf:
        return out
    from tradelib.pages.pdf import print_pdf

    return print_pdf(out)


def _one(
    question: Target | Verdict | str, given: dict[str, Any], *, unit: str, any_amount: bool
) -> str:
    """The file of one target."""
    from tradelib.pages import question_card, standalone

    history = given["history"]
    named = "the history given"
    if isinstance(history, str | Path):
        named = Path(history).name
        history = read_history(history, unit=unit)
    elif unit != MILLION:
        raise InputError(f"unit={unit!r} is of a history that is a file; give US$ million")
    if isinstance(question, str) and all(value is None for value in given.values()):
        card = question_card.of_registry(question)
    else:
        target = question.target if isinstance(question, Verdict) else question
        if isinstance(target, str):
            target = open_target(target)
        under_way = given_months(
            target, **{name: value for name, value in given.items() if name != "history"}
        )
        card = question_card.of_target(
            target, history=history, given=under_way, named=named, any_amount=any_amount
        )
    if isinstance(question, Verdict):
        _check_same(question, card.verdict or card.aged)
    options = given | {"unit": unit if unit != MILLION else None, "any_amount": any_amount}
    return standalone.one(standalone.Answered(card=card, **_again(card, options)))


def _check_same(asked: Verdict, found: Verdict | None) -> None:
    """Raise if a verdict is not what the figures at hand give: it holds no figures itself."""
    if found is None and not asked.has("headline"):
        return
    if found is None or found.to_json() != asked.to_json():
        raise InputError(
            "the verdict rests on other figures or another day than those at hand, and holds none "
            "itself: give report() the history=, part_year= or months= that assess() was given"
        )


def _many(targets: Any, *, any_amount: bool) -> str:
    """The file of many targets."""
    from tradelib.pages import question_card, standalone

    table, parsed = own_targets(targets)
    rows = table.to_dict("records")
    names = ["" if pd.isna(row.get("name")) else str(row["name"]) for row in rows]
    items: list[Answered | Refused] = []
    for target, name, row in zip(parsed, names, rows, strict=True):
        if isinstance(target, str):
            items.append(standalone.Refused(what=name or _called(row), reason=target))
            continue
        try:
            card = question_card.of_target(target, any_amount=any_amount)
        except (InputError, NoAnswerError) as error:
            items.append(standalone.Refused(what=name or _called(row), reason=str(error)))
            continue
        again = _again(card, {"any_amount": any_amount})
        items.append(standalone.Answered(card=card, name=name, **again))
    return standalone.many(items, "How likely are these targets?")


def _called(row: Mapping[Any, Any]) -> str:
    """How a row that is no target calls itself: its two countries."""
    sides = [row.get(side) for side in ("reporter", "partner")]
    return "–".join(str(side) for side in sides if not pd.isna(side))


def _again(card: "Card", options: Mapping[str, Any]) -> dict[str, str]:
    """The command and the lines of Python that make the same report."""
    from tradelib.pages import commands

    return {"command": commands.command(card, options), "code": commands.code(card, options)}
