"""Pictures of finished results, one function each.

Every function takes ``source``, a note to print under the picture, and ``ax``, the Axes to draw on
(a new figure if omitted). It labels both axes with their units and returns the Axes. Colours are
Okabe and Ito's, told apart also by those who see few colours. matplotlib is imported when a
function first draws.
"""

from tradelib.plot.answer import eras, scenarios, timeline, verdict
from tradelib.plot.forecast import coverage, fan, nowcast_skill, pit, reliability, skill
from tradelib.plot.goods_sections import goods
from tradelib.plot.gravity import agreements, gravity_terms, potential, ratios, rises
from tradelib.plot.past import (
    both_flows,
    history,
    nowcast_cone,
    nowcasts,
    part_year_shares,
    side_by_side,
)
from tradelib.plot.pledge import (
    open_targets,
    pledge_effect,
    pledge_rates,
    pledges,
    progress_record,
    track_record,
)
from tradelib.plot.reference import base_rate_by_year, base_rates
from tradelib.plot.target import claims, path_to_target, progress_map

__all__ = [
    "agreements",
    "base_rate_by_year",
    "base_rates",
    "both_flows",
    "claims",
    "coverage",
    "eras",
    "fan",
    "goods",
    "gravity_terms",
    "history",
    "nowcast_cone",
    "nowcast_skill",
    "nowcasts",
    "open_targets",
    "part_year_shares",
    "path_to_target",
    "pit",
    "pledge_effect",
    "pledge_rates",
    "pledges",
    "potential",
    "progress_map",
    "progress_record",
    "ratios",
    "reliability",
    "rises",
    "scenarios",
    "side_by_side",
    "skill",
    "timeline",
    "track_record",
    "verdict",
]
