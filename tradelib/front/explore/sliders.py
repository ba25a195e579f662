"""Sliders in a notebook over `assess`, with the code of each view."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from html import escape
from typing import Any

from tradelib.bundle.figures import available, load_turnover
from tradelib.front.assess import assess
from tradelib.front.explore.grid import grid, stops
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.numbers import needs
from tradelib.ground.plain import heading, percent
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.verdict import Verdict


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
    target : Target, the pledge
    value_musd, deadline : float and int, optional, instead of the pledge's own
    day : str, optional, only what was known by that ISO day
    source : str, optional, of the series of turnover, instead of the recommended ones

    Returns
    -------
    str, ready to run; the last line prints the verdict

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
    value = target.value_musd if value_musd is None else value_musd
    by = target.deadline if deadline is None else deadline
    pair = f'reporter="{target.reporter}", partner="{target.partner}"'
    on = target.announced
    said = "None" if on is None else f"date({on.year}, {on.month}, {on.day})"
    said += f', flow="{target.flow}"' if target.flow != "turnover" else ""
    said += f', target_id="{target.target_id}"' if target.target_id else ""
    lines = ["from datetime import date", "", "import tradelib as tl", ""]
    lines += [f"target = tl.Target({pair}, value_musd={value:.10g}, deadline={by},"]
    lines += [f"                   announced={said})"]
    limit = "" if day is None else f', as_of="{day}"'
    if source is not None:
        if target.flow != "turnover":
            raise InputError(f"a source alone is asked for turnover only, got flow={target.flow!r}")
        lines.append(f'history = tl.load_turnover({pair}, source="{source}"{limit})')
        limit = ", history=history"
    lines += [f"verdict = tl.assess(target{limit})", "print(verdict.summary())"]
    return "\n".join(lines)


def answer(
    target: Target,
    *,
    value_musd: float,
    deadline: int | None,
    day: str | None = None,
    source: str | None = None,
) -> Verdict:
    """The verdict that `code` gives."""
    moved = replace(target, value_musd=value_musd, deadline=deadline)
    if source is None:
        return assess(moved, as_of=day)
    history = load_turnover(target.reporter, target.partner, source=source, as_of=day)
    return assess(moved, history=history)


@validated
def sliders(target: Target) -> Any:
    """Sliders for value, deadline, day and source over `assess`, with the code of the view.

    Parameters
    ----------
    target : Target, of a bundled pair, with a deadline and the day of its announcement

    Returns
    -------
    ipywidgets.VBox, its ``children`` value, deadline, day, source, the verdict and the code

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
    days, newest = view.days, view.cases[-1].now.last_year
    controls = {
        "value_musd": widgets.SelectionSlider(
            options=stops(target.value_musd),
            value=target.value_musd,
            description="US$ million",
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
            options=days, value=days[-1], description="known on", **style
        ),
        "source": widgets.Dropdown(
            options=[("recommended", None), *((f"{heading(s)}: {s}", s) for s in _sources(target))],
            description="source",
        ),
    }
    said, shown = widgets.HTML(), widgets.HTML()

    def show(*_: Any) -> None:
        asked = {name: control.value for name, control in controls.items()}
        said.value = _html(target, asked)
        shown.value = f"<pre>{escape(code(target, **asked))}</pre>"

    for control in controls.values():
        control.observe(show, names="value")
    show()
    return widgets.VBox([*controls.values(), said, shown])


def _sources(target: Target) -> list[str]:
    """Sources whose series alone can answer for the pledge as it stands."""
    value, by, found = target.value_musd, target.deadline, []
    named = available(target.reporter, target.partner)["source_id"].unique().tolist()
    for source in named if target.flow == "turnover" else []:
        with suppress(InputError, NoAnswerError):
            answer(target, value_musd=value, deadline=by, source=source)
            found.append(source)
    return found


def _html(target: Target, asked: Mapping[str, Any]) -> str:
    """The verdict as HTML, or why there is none."""
    try:
        found = answer(target, **asked)
    except (InputError, NoAnswerError) as error:
        return f"<p>{escape(str(error))}</p>"
    if not found.has("headline"):
        return f"<p>In {found.by}: {found.words}.</p>"
    low, high = found.probability_range
    return (
        f'<p><b class="tradelib-number" style="font-size:2em">{percent(found.probability_in)}</b> '
        f"in {found.by}: {found.words}, and {percent(found.probability_ever)} in any year up to "
        f"it. Other ways to estimate it give {percent(low)} to {percent(high)}.</p>"
    )
