"""Write what decides each archived forecast, what voids it, and, once it is over, what came.

Usage:  python data/prepare/resolve.py

Writes data/forecasts/resolution.csv from the archive, the figures and the registry, and nothing
else: no clock is read, so that the same data give the same bytes. The archived files are not
touched. Where a cell has changed, the description of data/ is refreshed too.
"""

from pathlib import Path

import datapackage

from tradelib.api.archive import resolution

# The file, as the description of data/ names it.
FILE = "forecasts/resolution.csv"
# Outcomes are yes or no: whole numbers, empty while open.
YES_OR_NO = ("reached_in", "reached_ever")


def resolution_text() -> str:
    """Content of the file."""
    table = resolution().astype(dict.fromkeys(("by", *YES_OR_NO), "Int64"))
    return str(table.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n"))


def main() -> None:
    """Write the file, or say that nothing has changed."""
    file = Path(__file__).parents[1] / FILE
    text = resolution_text()
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    if text == old:
        print(f"data/{FILE} is up to date")
        return
    file.write_text(text, encoding="utf-8")
    print(f"data/{FILE} written")
    datapackage.main()


if __name__ == "__main__":
    main()
