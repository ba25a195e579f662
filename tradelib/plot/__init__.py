"""Pictures of finished results."""

from tradelib.plot.charts import (
    base_rate_by_year,
    base_rates,
    both_flows,
    claims,
    coverage,
    fan,
    gravity_terms,
    history,
    nowcasts,
    open_targets,
    part_year_shares,
    path_to_target,
    pit,
    pledge_rates,
    pledges,
    potential,
    progress_map,
    ratios,
    reliability,
    rises,
    scenarios,
    side_by_side,
    skill,
    timeline,
    verdict,
)  # fmt: skip

__all__ = [
    "base_rate_by_year", "base_rates", "both_flows", "claims", "coverage", "fan",
    "gravity_terms", "history", "nowcasts", "open_targets", "part_year_shares",
    "path_to_target", "pit", "pledge_rates", "pledges", "potential", "progress_map", "ratios",
    "reliability", "rises", "scenarios", "side_by_side", "skill", "timeline", "verdict",
]  # fmt: skip
