"""Published measures of how well one country's sales fit another's purchases."""

import numpy as np
import pandas as pd

from tradelib.core.errors import InputError
from tradelib.core.validation import validated


@validated
def trade_complementarity(exports: pd.Series, imports: pd.Series) -> float:
    """Trade complementarity index: how far one country sells what another buys.

    C = 1 - (1/2) sum over sections k of abs(m_k - x_k), where x_k is the share of section k in all
    exports of the one and m_k its share in all imports of the other.

    Parameters
    ----------
    exports : Series of float
        What the one sells to everyone, by section: shares or amounts, not negative.
    imports : Series of float
        What the other buys from everyone, by section, in any unit; a section that only one of the
        two Series has is zero in the other.

    Returns
    -------
    float
        0 if nothing that is sold is bought, 1 if both have the same shares. Often given times 100.

    Raises
    ------
    InputError
        If a value is negative or missing, a section is given twice, or all are zero.

    References
    ----------
    Michaely, M. (1996), *Trade Preferential Agreements in Latin America: An Ex-Ante Assessment*,
    World Bank Policy Research Working Paper 1583.

    Examples
    --------
    >>> sold = pd.Series({"Metals": 0.75, "Textiles": 0.25})
    >>> bought = pd.Series({"Metals": 0.25, "Machines": 0.75})
    >>> trade_complementarity(sold, bought)
    0.25
    """
    x, m = shares("exports", exports), shares("imports", imports)
    return float(1 - x.sub(m, fill_value=0.0).abs().sum() / 2)


@validated
def comparative_advantage(exports: pd.Series, world: pd.Series) -> pd.Series:
    """Revealed comparative advantage: a section's share of exports over its share of world exports.

    RCA_k = (x_k / X) / (w_k / W), where x_k are a country's exports of section k and X all of its
    exports; w_k and W are those of the world.

    Parameters
    ----------
    exports : Series of float
        What the country sells to everyone, by section: shares or amounts, not negative.
    world : Series of float
        What all countries sell, by section, in any unit; with every section of `exports`.

    Returns
    -------
    Series of float
        The ratio by section, in the order of `world`: above 1 where the country sells more of it
        than countries do on average. Sections that nobody sells are left out.

    Raises
    ------
    InputError
        If a value is negative or missing, a section is given twice, all are zero, or a country
        sells what the world does not.

    References
    ----------
    Balassa, B. (1965), Trade liberalisation and "revealed" comparative advantage, *The Manchester
    School* 33(2), 99-123, doi:10.1111/j.1467-9957.1965.tb00050.x.

    Examples
    --------
    >>> sold = pd.Series({"Metals": 60.0, "Textiles": 40.0})
    >>> world = pd.Series({"Metals": 20.0, "Textiles": 40.0, "Machines": 140.0})
    >>> comparative_advantage(sold, world).round(9).tolist()
    [6.0, 2.0, 0.0]
    """
    x, w = shares("exports", exports), shares("world", world)
    w = w[w > 0]
    strange = x[x > 0].index.difference(w.index)
    if len(strange):
        raise InputError(f"the world sells none of {strange[0]!r}, which exports has; add it")
    return (x.reindex(w.index).fillna(0.0) / w).rename("comparative_advantage")


def shares(name: str, values: pd.Series) -> pd.Series:
    """Values as parts of their sum; refused under `name` unless all are zero or more."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise InputError(f"{name} must be numbers by section, got {values.dtype}")
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()][0]
        raise InputError(f"{name} must have each section once, got {twice!r} twice")
    numbers = values.astype(float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        raise InputError(
            f"{name} must be zero or more, got {numbers[bad].iloc[0]:g} for {numbers[bad].index[0]}"
        )
    total = numbers.sum()
    if not (np.isfinite(total) and total > 0):
        raise InputError(f"{name} must have a value above zero, got {len(numbers)} without")
    return numbers / total
