"""A bug of ours is seen as ours: planted anywhere behind an answer, it surfaces as itself."""

import planted
import pytest

# So many bugs of some routes, in functions that run when nothing is kept yet, or all is; the other
# routes, which go through the same functions, are the benchmark's.
SAMPLES = [
    *((route, True, 2) for route in ("assess_many", "terminal")),
    *((route, False, 5) for route in ("assess own", "open_targets", "slider's stops")),
]


@pytest.mark.parametrize(("route", "cold", "n"), SAMPLES)
def test_a_bug_surfaces_as_itself(route, cold, n):
    """No bug becomes a reason, a missing row, a number or another error."""
    for plant in planted.sample(n, seed=2, cold=cold, routes=(route,)):
        assert planted.outcome(plant) == "itself", plant


def test_what_may_be_caught():
    """Our own refusals are no bugs: nothing known of a pair is a reason in its row."""
    answers = planted.tl.assess_many([planted.tl.Target("ABW", "TCD", 5.0)])
    assert answers["reason"][0].startswith("nothing is known of ABW-TCD")
