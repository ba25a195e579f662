"""Two sliders for gas: so much of it at such a price is so much of what a target lacks."""

from typing import Any

from tradelib.api.assess import assess
from tradelib.api.goods_gap import fill_gap
from tradelib.core.errors import InputError
from tradelib.core.labels import money, percent
from tradelib.core.numeric import needs
from tradelib.core.validation import validated
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.pledges.target import Target

# What Kazakhstan was offered in October 2022, billion cubic metres a year, and where sliders end.
OFFERED_BCM = 1.5
MOST_BCM = 10.0
MOST_USD = 500


@validated
def gas_value(volume_bcm: float, price_usd: float) -> float:
    """Value of gas: a billion cubic metres at a dollar a thousand are a million dollars.

    Parameters
    ----------
    volume_bcm : float
        Billion cubic metres a year, zero or more.
    price_usd : float
        US$ a thousand cubic metres, zero or more.

    Returns
    -------
    float
        US$ million a year.

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Examples
    --------
    >>> gas_value(1.5, 100)
    150.0
    """
    for name, value in (("volume_bcm", volume_bcm), ("price_usd", price_usd)):
        if not 0 <= value < float("inf"):
            raise InputError(f"{name} must be zero or more and finite, got {value}")
    return float(volume_bcm * price_usd)


@validated
def gas(target: Target) -> Any:
    """Sliders for the volume and the price of gas, beside what a target lacks.

    No price of gas between Kazakhstan and Turkmenistan is published, so that the price begins at
    zero and the reader sets it; the volume begins at what was named in 2022, 1.5 billion cubic
    metres a year. Gas that is already in turnover would count twice. The chance stays as it is.

    Parameters
    ----------
    target : Target
        The pledge; of any pair with bundled figures and goods.

    Returns
    -------
    ipywidgets.VBox
        Its ``children`` are volume, price and what they come to.

    Raises
    ------
    ImportError
        If ipywidgets is not installed (the ``notebooks`` extra).
    NoAnswerError
        As `tradelib.fill_gap` and `tradelib.assess` raise it.

    Examples
    --------
    >>> from tradelib import article_target
    >>> box = gas(article_target())
    >>> box.children[1].value = 200
    >>> "US$300m a year, 62% of the US$484m" in box.children[2].value
    True
    """
    widgets = needs("ipywidgets", "notebooks")
    missing = fill_gap(target).missing_musd
    verdict = assess(target)
    style = {"layout": widgets.Layout(width="38em"), "style": {"description_width": "14em"}}
    volume = widgets.FloatSlider(
        OFFERED_BCM, min=0, max=MOST_BCM, step=0.1, description="billion cubic metres", **style
    )
    price = widgets.IntSlider(
        0, min=0, max=MOST_USD, step=5, description="US$ a thousand cubic metres", **style
    )
    text = widgets.HTML()

    def show(*_: Any) -> None:
        """Write what volume and price come to."""
        value = gas_value(volume.value, price.value)
        if value == 0:
            text.value = "<p>Set a volume and a price: no price is published.</p>"
            return
        part = f", {value / missing:.0%} of the {money(missing)} missing" if missing else ""
        said = f"<b>{money(value)} a year{part}</b>, if none of it is traded now."
        text.value = f"<p>{said}{_chance(verdict)}</p>"

    for control in (volume, price):
        control.observe(show, names="value")
    show()
    return widgets.VBox([volume, price, text])


def _chance(verdict: Verdict) -> str:
    """That the chance is what it was; empty where there is none."""
    if not verdict.has("headline"):
        return ""
    return f" The chance stays at {percent(verdict.probability_in)}: nothing here moves it."
