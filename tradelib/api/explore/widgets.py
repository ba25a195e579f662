"""Sliders in a notebook over `assess`, with the code of each view."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from html import escape
from typing import Any

from tradelib.api.assess import assess
from tradelib.api.explore.question import grid
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR, heading, million_of, percent, quoted
from tradelib.core.numeric import needs
from tradelib.core.validation import validated
from tradelib.datasets.figures import available, load_turnover
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.pledges.target import Target

# The slider runs from a quarter to four times the pledge, in eighty steps of some 3.5 %.
SPREAD = 4.0
STEPS = 80


@validated
def code(
    target: Target,
    *,
    value_musd: float | None = None,
    deadline: int | None = None,
    day: str | None = None,
    source: str | None = None,
) -> str:
    """Lines of Python that give the verdict on a target as it is moved.

    Parameters
    ----------
    target : Target
        The pledge.
    value_musd : float, optional
        Turnover to be reached, US$ million (of a target in another currency: million of it); the
        pledge's own if omitted.
    deadline : int, optional
        Calendar year; the pledge's own if omitted.
    day : str, optional
        Only what was known by that ISO day.
    source : str, optional
        Source of the series of turnover; the recommended ones if omitted.

    Returns
    -------
    str
        Ready to run; the last line prints the verdict.

    Raises
    ------
    InputError
        If a source is named for a target of exports or imports.

    Examples
    --------
    >>> from tradelib import article_target
    >>> print(code(article_target(), value_musd=800, day="2024-02-15"))
    from datetime import date
    <BLANKLINE>
    import tradelib as tl
    <BLANKLINE>
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=800, deadline=2027,
                       announced=date(2022, 10, 5))
    verdict = tl.assess(target, as_of="2024-02-15")
    print(verdict.summary())
    """
    value = target.value if value_musd is None else value_musd
    by = target.deadline if deadline is None else deadline
    pair = f"reporter={quoted(target.reporter)}, partner={quoted(target.partner)}"
    lines = [
        "from datetime import date",
        "",
        "import tradelib as tl",
        "",
        f"target = tl.Target({pair}, {_named(target, value)}, deadline={by},",
        f"                   {_later_arguments(target)})",
    ]
    option = "" if day is None else f", as_of={quoted(day)}"
    if source is not None:
        if target.flow != "turnover":
            raise InputError(f"a source alone is asked for turnover only, got flow={target.flow!r}")
        members = f", members={quoted(target.convention)}" if target.of_bloc else ""
        lines.append(
            f"history = tl.load_turnover({pair}, source={quoted(source)}{members}{option})"
        )
        option = ", history=history"
    lines.append(f"verdict = tl.assess(target{option})")
    lines.append("print(verdict.summary())")
    return "\n".join(lines)


def _named(target: Target, value: float) -> str:
    """The argument that gives a value in the target's currency."""
    name = "value_musd" if target.currency == DOLLAR else "value"
    return f"{name}={value:.10g}"


def _later_arguments(target: Target) -> str:
    """What follows value and deadline in the call that makes a target."""
    day = target.announced
    announced = "None" if day is None else f"date({day.year}, {day.month}, {day.day})"
    arguments = [f"announced={announced}"]
    if target.flow != "turnover":
        arguments.append(f"flow={quoted(target.flow)}")
    if target.currency != DOLLAR:
        arguments.append(f"currency={quoted(target.currency)}")
    if target.members is not None:
        arguments.append(f"members={quoted(target.members)}")
    if target.target_id:
        arguments.append(f"target_id={quoted(target.target_id)}")
    return ", ".join(arguments)


def answer(
    target: Target,
    *,
    value_musd: float,
    deadline: int | None,
    day: str | None = None,
    source: str | None = None,
) -> Verdict:
    """The verdict that `code` gives."""
    moved = replace(target, value=value_musd, deadline=deadline)
    if source is None:
        return assess(moved, as_of=day)
    history = load_turnover(
        target.reporter, target.partner, source=source, members=target.convention, as_of=day
    )
    return assess(moved, history=history)


def stops(value_musd: float) -> list[float]:
    """Values at which a slider stops: the pledge in the middle, three digits elsewhere."""
    half = STEPS // 2
    factors = [SPREAD ** (step / half - 1) for step in range(STEPS + 1)]
    values = [float(f"{value_musd * factor:.3g}") for factor in factors]
    values[half] = value_musd
    return values


@validated
def sliders(target: Target) -> Any:
    """Sliders for value, deadline, day and source over `assess`, with the code of the view.

    Parameters
    ----------
    target : Target
        With a deadline and the day of its announcement; of any pair with bundled figures.

    Returns
    -------
    ipywidgets.VBox
        Its ``children`` are value, deadline, day, source, the verdict and the code.

    Raises
    ------
    ImportError
        If ipywidgets is not installed (the ``notebooks`` extra).

    Examples
    --------
    >>> from tradelib import article_target
    >>> box = sliders(article_target())
    >>> box.children[0].index = 0
    >>> "reached in 2022" in box.children[4].value
    True
    """
    widgets = needs("ipywidgets", "notebooks")
    style = {"continuous_update": False, "layout": widgets.Layout(width="38em")}
    view = grid(target)
    newest = view.cases[-1].now.last_year
    sources = [(f"{heading(name)}: {name}", name) for name in _sources(target)]
    controls = {
        "value_musd": widgets.SelectionSlider(
            options=stops(target.value),
            value=target.value,
            description=million_of(target.currency),
            **style,
        ),
        "deadline": widgets.IntSlider(
            target.deadline,
            min=max(target.since, newest + 1),
            max=newest + MAX_HORIZON,
            description="by",
            **style,
        ),
        "day": widgets.SelectionSlider(
            options=view.days, value=view.days[-1], description="known on", **style
        ),
        "source": widgets.Dropdown(options=[("recommended", None), *sources], description="source"),
    }
    verdict = widgets.HTML()
    lines = widgets.HTML()

    def show(*_: Any) -> None:
        """Write the verdict and the code of where the controls stand."""
        view = {name: control.value for name, control in controls.items()}
        verdict.value = _html(target, view)
        lines.value = f"<pre>{escape(code(target, **view))}</pre>"

    for control in controls.values():
        control.observe(show, names="value")
    show()
    return widgets.VBox([*controls.values(), verdict, lines])


def _sources(target: Target) -> list[str]:
    """Sources whose series alone can answer for the pledge as it stands."""
    if target.flow != "turnover":
        return []
    usable = []
    for source in available(target.reporter, target.partner)["source_id"].unique().tolist():
        with suppress(InputError, NoAnswerError):
            answer(target, value_musd=target.value, deadline=target.deadline, source=source)
            usable.append(source)
    return usable


def _html(target: Target, view: Mapping[str, Any]) -> str:
    """The verdict on a view as HTML, or why there is none."""
    try:
        verdict = answer(target, **view)
    except (InputError, NoAnswerError) as error:
        return f"<p>{escape(str(error))}</p>"
    if not verdict.has("headline"):
        return f"<p>In {verdict.by}: {verdict.words}.</p>"
    within = percent(verdict.probability_in)
    ever = percent(verdict.probability_ever)
    low, high = verdict.probability_range
    others = "There is no other way to estimate it."
    if not math.isnan(low):
        others = f"Other ways to estimate it give {percent(low)} to {percent(high)}."
    return (
        f'<p><b class="tradelib-number" style="font-size:2em">{within}</b> '
        f"in {verdict.by}: {verdict.words}, and {ever} in any year up to it. {others}</p>"
    )
