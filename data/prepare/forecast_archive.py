"""Write the forecasts of the article's target and every open one, never to be edited.

Usage:  python data/prepare/forecast_archive.py

The file is named after the newest day in the data, not after the clock. If it exists nothing is
written: a forecast is scored as it was made (`tradelib.score_forecasts`).
"""

from pathlib import Path

from tradelib.front.archive import write_forecasts

if __name__ == "__main__":
    written, new = write_forecasts(Path(__file__).parents[1] / "forecasts")
    print(f"{written.name}: {'written' if new else 'there already, left as it is'}")
