"""The kinds of tables and counts that functions take: columns by what they hold."""

from typing import Annotated

from pandas import DataFrame

from tradelib.ground.edge import From, Numbers, Table

# What a row of the registry of targets may be marked with.
TAGS = (
    "presumptive", "near_year", "partial", "derived", "conflict", "weak", "re_dated", "audited",
    "check",
)  # fmt: skip

Count = Annotated[int, From(1)]
Wide = Annotated[DataFrame, Numbers()]

# fmt: off
Panel = Annotated[DataFrame, Table(name="pair", whole="year", open="turnover_musd")]
Annual = Annotated[DataFrame, Table(whole="year", number="turnover_musd", text="?status")]
Own = Annotated[DataFrame, Table(
    least=0, note="?reporter ?partner ?status ?source_id", number="?export_musd ?import_musd")]
Whole = Annotated[DataFrame, Table(
    text="reporter partner", whole="year", note="?coverage",
    number="?turnover_musd ?export_musd ?import_musd")]
Dated = Annotated[DataFrame, Table(whole="year")]
Flows = Annotated[DataFrame, Table(
    text="reporter partner", whole="year", number="export_musd import_musd")]
Mix = Annotated[DataFrame, Table(whole="year", number="export_musd import_musd")]
Figures = Annotated[DataFrame, Table(
    least=0, text="reporter partner flow",
    note="?coverage ?source_id ?who ?publisher ?bound ?status ?read_through")]
Targets = Annotated[DataFrame, Table(
    least=0, text="target_id scope reporter partner announced currency status", day="resolved",
    number="target_value baseline_value baseline_year deadline outcome_value outcome_year "
    "reached_year version batch", flag=" ".join(TAGS))]
Claims = Annotated[DataFrame, Table(
    text="claim check said unit who source_id reporter partner", note="item",
    number="value decimals", flag="approximate",
    day="period_start period_end compare_start compare_end released")]
Statements = Annotated[DataFrame, Table(
    least=0, text="reporter partner who source_id", day="released", number="value_musd")]
Events = Annotated[DataFrame, Table(least=0, text="item period who source_id", day="released")]
Shares = Annotated[DataFrame, Table(
    least=0, text="reporter partner ?bound ?status", whole="year months", number="share",
    day="released full_year_released")]
Scores = Annotated[DataFrame, Table(
    text="forecaster", whole="horizon origin", known="n crps coverage80 below10 above90 "
    "?brier_x1.5 ?bias_x1.5 ?brier_x2 ?bias_x2 ?brier_x4 ?bias_x4")]
Counts = Annotated[DataFrame, Table(
    text="event", whole="horizon origin bin n hits", number="forecast")]
Frequencies = Annotated[DataFrame, Table(
    text="event", whole="horizon bin", number="forecast frequency low high")]
Sums = Annotated[DataFrame, Table(number="n level weight move stepped volatility size")]
Windows = Annotated[DataFrame, Table(name="pair", whole="origin", open="start_musd past")]
Gains = Annotated[DataFrame, Table(
    text="group", whole="since", number="?q0.05 ?q0.1 ?q0.25 ?q0.5 ?q0.75 ?q0.9 ?q0.95")]
Effects = Annotated[DataFrame, Table(
    text="group", whole="since", number="effect std_error q0.05 q0.25 q0.5 q0.75 q0.95")]

# Results, as pictures draw them.
Swings = Annotated[DataFrame, Table(
    least=0, whole="from_year to_year", number="from_musd to_musd change")]
PartShares = Annotated[DataFrame, Table(whole="year months", number="share")]
Nowcasts = Annotated[DataFrame, Table(
    whole="year months", number="part_musd low median high actual_musd")]
Scored = Annotated[DataFrame, Table(number="asked outcome_value target_value", flag="on_time")]
Rates = Annotated[DataFrame, Table(whole="on_time n", number="share low high")]
Record = Annotated[DataFrame, Table(
    text="method status size", whole="span left", number="multiple share low high")]
Open = Annotated[DataFrame, Table(
    text="reporter partner currency rests_on",
    number="target_value by probability_in probability_ever")]
Terms = Annotated[DataFrame, Table(text="fit term", number="estimate std_error")]
Potentials = Annotated[DataFrame, Table(
    text="fit", whole="year", number="potential_musd low high", flag="carried")]
Ratios = Annotated[DataFrame, Table(open="low high", number="q0.05 q0.2 q0.5 q0.8 q0.95")]
Rises = Annotated[DataFrame, Table(open="low high", whole="n", number="rose least most")]
Grid = Annotated[DataFrame, Table(
    text="varied to", whole="n", number="share low high lowest highest")]
Placed = Annotated[DataFrame, Table(text="scenario", number="value_musd probability")]
Timeline = Annotated[DataFrame, Table(
    day="as_of", text="official", number="probability_in probability_ever range_low range_high")]
Skill = Annotated[DataFrame, Table(text="forecaster", whole="horizon", number="skill low high")]
Coverage = Annotated[DataFrame, Table(
    text="trial", whole="horizon", number="coverage80 coverage_low coverage_high")]
Checked = Annotated[DataFrame, Table(text="said source_id verdict", number="gap")]
Assessed = Annotated[DataFrame, Table(
    text="method status", whole="base_year last_year", number="ratio")]
# fmt: on
