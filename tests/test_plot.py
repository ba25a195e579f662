import sys
from itertools import combinations

import matplotlib.pyplot as plt
import pytest
from api_calls import PAIR, PICTURES
from reader import faults

from tradelib import plot


def drawn(name, **options):
    """A picture of good arguments."""
    return getattr(plot, name)(**PICTURES[name](), **options)


def texts(ax):
    """Everything written into the Axes."""
    return [text.get_text() for text in ax.texts]


def test_every_plot_is_tested():
    """A new plot function needs an entry here."""
    assert set(PICTURES) == set(plot.__all__)


@pytest.mark.parametrize("name", PICTURES)
class TestAll:
    """What holds for every picture."""

    def test_labels_units_and_source(self, name):
        """Labelled axes with their unit, no code word anywhere, the source wrapped below."""
        ax = drawn(name, source="Source: " + "a very long name, " * 20)
        unit = f"{ax.get_xlabel()} {ax.get_ylabel()}"
        assert ax.get_xlabel()
        assert any(word in unit for word in ("US$ million", "%", "percent", "year"))
        everything = [text.get_text() for text in ax.findobj(plt.Text)]
        assert len(everything) > 5
        assert [fault for text in everything for fault in faults(text)] == []
        note = next(text for text in texts(ax) if text.startswith("Source"))
        assert max(map(len, note.splitlines())) <= 105

    def test_can_be_read(self, name):
        """No text is cut off or lies on another, and no two entries of the legend look alike."""
        ax = drawn(name)
        ax.figure.canvas.draw()
        written = [*ax.texts, *(text for text in ax.get_children() if isinstance(text, plt.Text))]
        boxes = [text.get_window_extent() for text in dict.fromkeys(written) if text.get_text()]
        if ax.get_legend():
            boxes.append(ax.get_legend().get_window_extent().padded(-5))  # but its empty border
        assert all(ax.figure.bbox.count_contains([box.min, box.max]) == 2 for box in boxes)
        assert not any(box.overlaps(other) for box, other in combinations(boxes, 2))
        handles, _ = ax.get_legend_handles_labels()
        looks = [
            (line.get_color(), line.get_marker(), line.get_linestyle(), line.get_markerfacecolor())
            for handle in handles
            for line in [handle.lines[0] if hasattr(handle, "lines") else handle]
            if isinstance(line, plt.Line2D)
        ]
        assert len(looks) == len(set(looks))

    def test_given_axes(self, name):
        """They are drawn on and returned; no other figure is opened, and no source noted."""
        _, given = plt.subplots()
        before = plt.get_fignums()
        assert drawn(name, ax=given) is given
        assert plt.get_fignums() == before
        assert not any("Source" in text for text in texts(given))


def test_without_matplotlib(monkeypatch):
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    missing = r"^this needs matplotlib: pip install tradelib\[plot\]$"
    with pytest.raises(ImportError, match=missing):
        plot.history(PAIR)
    with pytest.raises(ImportError, match=missing):
        drawn("progress_map")
