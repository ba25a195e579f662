import numpy as np
import pandas as pd
import pytest

import tradelib as tl
from tradelib.api import forecasts


def test_shares():
    """One share a pair, year and months; bounds and doubtful figures are not among them."""
    shares = tl.part_year_shares()
    assert not shares.duplicated(["reporter", "year", "months"]).any()
    assert set(shares["reporter"]) == {"KAZ", "UZB"}
    assert set(shares["bound"]) == {"exact"}
    assert "doubtful" not in set(shares["status"])
    assert (shares["coverage"] != "farm_goods").all()
    first = shares.query("reporter == 'KAZ' and year == 2024 and months == 6")
    assert first["released"].tolist() == [pd.Timestamp("2024-08-09")]


@pytest.mark.parametrize("day", ["2022-02-15", "2023-07-31", "2024-07-31"])
def test_shares_of_a_day(day):
    """Those of which the months and the year were both out by that day, that day included."""
    then = pd.Timestamp(day)
    shares = tl.part_year_shares()
    out = shares[["released", "full_year_released"]].max(axis=1)
    assert then in set(out)
    expected = shares[out <= then].reset_index(drop=True)
    pd.testing.assert_frame_equal(forecasts.shares_known(then), expected)


@pytest.mark.parametrize(
    ("day", "year", "months", "value"),
    [
        ("2022-10-05", 2022, 7, 228.8),
        ("2024-05-25", 2024, 3, 105.0),
        ("2024-08-08", 2024, 4, 167.8),
        ("2025-11-30", 2025, 9, 363.6),
        ("2022-10-04", 2021, 9, 143.0),
    ],
)
def test_newest_figure_known(day, year, months, value):
    """The newest figure of all goods that was public that day; nothing learned later."""
    nowcast = tl.nowcast_pair("KAZ", "TKM", as_of=day)
    assert (nowcast.year, nowcast.months, nowcast.part_musd) == (year, months, value)
    assert nowcast.known_from <= pd.Timestamp(day)


def test_actual_years_lie_inside():
    """What came lies inside the central 80 % of five hindcasts; the log is off by .078 on average."""
    came = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
    days = ("2022-10-05", "2024-05-25", "2024-07-04", "2024-08-09", "2025-11-30")
    casts = [tl.nowcast_pair("KAZ", "TKM", as_of=day) for day in days]
    for cast in casts:
        low, high = cast.interval(80)
        assert low < came[cast.year] < high
    errors = [np.log(cast.median_musd / came[cast.year]) for cast in casts]
    assert np.abs(errors).mean() <= 0.078


def test_of_its_source_alone():
    """Totals of other sources do not enter: years of the statistics office alone are told."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    assert "the totals of 4 earlier years" in cast.basis.text
    assert not cast.basis.other_source


def test_too_early():
    """Before a firm figure was known there is no nowcast; without a share there is one."""
    with pytest.raises(ValueError, match="^no part-year figure of KAZ-TKM was firm by 2020-12-01$"):
        tl.nowcast_pair("KAZ", "TKM", as_of="2020-12-01")
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2021-12-31")
    assert (cast.year, "shares" in cast.basis.text) == (2021, False)
    with pytest.raises(ValueError, match="^the nowcast model was not known by 2020-07-01"):
        tl.nowcast_pair("UZB", "TKM", as_of="2020-07-01")
